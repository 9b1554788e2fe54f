"""``feedpub fetch``: bring the feeds that sources name by address up to date, for the next build."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from importlib.util import find_spec
from typing import Annotated, NamedTuple

import typer

from feedpub.cli.console import (
    DEFAULT_CONFIG,
    FAILED,
    ConfigOption,
    Format,
    FormatOption,
    print_error,
    print_json,
    print_text,
)
from feedpub.config import Settings, load_config
from feedpub.core.errors import install_hint, printable
from feedpub.sources.credentials import Own, UnsetError
from feedpub.sources.fetch import Fetched, Limits, Outcome, failed
from feedpub.sources.fetch import fetch as fetch_copy
from feedpub.sources.http_cache import Copy, addresses, standings
from feedpub.sources.spec import FetchOptions


def fetch(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Ask even before the time that a server set.")
    ] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Fetch from private and local addresses too.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing unless something is wrong, and that once.")
    ] = False,
    report_format: FormatOption = Format.TEXT,
) -> None:
    """Fetch the feeds that the config names by https address; a build reads what was fetched last.

    Servers are asked only for what changed, and not before the time that they set. It ends with 1 where an address
    fails, or is gone.

    Example: feedpub fetch --config config.yaml
    """
    settings = load_config(config)
    wanted = _wanted(settings)
    if wanted and find_spec("httpx") is None:
        print_error(f"fetching needs httpx; {install_hint('fetch')}")
        raise typer.Exit(FAILED)
    if not standings(settings.sources):
        print_error(f"{config} names no source by address; write one as - path: https://example.org/feed.xml")
        raise typer.Exit(FAILED)
    limits = Limits(allow_private=allow_private)
    results = [_fetched(each, limits, force=force) for each in wanted]
    if report_format is Format.JSON:
        print_json({"fetched": [_as_json(result) for result in results]})
    else:
        _show(results, quiet=quiet)
    if any(result.fails or result.outcome in {Outcome.FAILED, Outcome.GONE} for result in results):
        raise typer.Exit(FAILED)


class _Wanted(NamedTuple):
    copy: Copy
    format_name: str | None
    options: FetchOptions


def _wanted(settings: Settings) -> list[_Wanted]:
    """Return what is to be fetched, each address once: as the source wants it that has headers for it."""
    found: dict[str, _Wanted] = {}
    for spec in settings.sources:
        for url in addresses(spec):
            copy = Copy.of(url, spec.base)
            is_old = url not in spec.patterns
            # What an old feed said is kept as it was: by the next time, our own may be there.
            if is_old and copy.content.exists():
                continue
            if url not in found or spec.fetch.headers:
                found[url] = _Wanted(copy, None if is_old else spec.format, spec.fetch)
    return list(found.values())


def _fetched(wanted: _Wanted, limits: Limits, *, force: bool) -> Fetched:
    now = int(time.time())
    try:
        own = Own.of(wanted.options, os.environ)
    except UnsetError as error:
        return failed(wanted.copy, now, str(error))
    return fetch_copy(
        wanted.copy, now, limits, time.monotonic, force=force, format_name=wanted.format_name, own=own
    )


def _show(results: Iterable[Fetched], *, quiet: bool) -> None:
    for result in results:
        if not quiet:
            print_text(printable(f"{result.outcome.value:10} {result.url}  {result.detail}".rstrip()))
        elif result.is_news:
            print_error(printable(f"{result.url}: {result.detail}"))


def _as_json(result: Fetched) -> dict[str, str | None]:
    return {
        "url": result.url,
        "outcome": result.outcome.value,
        "detail": result.detail,
        "moved_to": result.moved_to or None,
    }
