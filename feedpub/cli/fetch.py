"""``feedpub fetch``: update the copies of remote sources, for the next build."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Annotated

import typer

from feedpub.cli.console import (
    DEFAULT_CONFIG,
    FAILED,
    ConfigOption,
    Failed,
    Format,
    FormatOption,
    print_error,
    print_json,
    print_text,
    progress_bar,
)
from feedpub.config import load_config
from feedpub.core.errors import install_hint, printable
from feedpub.sources.credentials import Own, UnsetError
from feedpub.sources.fetch_round import Fetched, Outcome, Wanted, fetch_round, wanted_of
from feedpub.sources.http_cache import standings


def fetch(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Fetch even before the time that a server set.")
    ] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Fetch from private and local addresses too.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing but problems, each once.")
    ] = False,
    report_format: FormatOption = Format.TEXT,
) -> None:
    """Fetch the sources that the config names by address; a build reads the last good copies.

    Servers are asked only for changes, and not before the time that they set. The exit status is 1 if an address
    fails or is gone.

    Example: feedpub fetch --config config.yaml
    """
    settings = load_config(config)
    if not standings(settings.sources):
        raise Failed(
            f"{config} has no source with an address; add one, such as - path: https://example.org/feed.xml"
        )
    if find_spec("httpx") is None or find_spec("httpcore") is None:
        raise Failed(f"fetching needs httpx; {install_hint('fetch')}")
    # These modules need the extra.
    from feedpub.sources.fetch import Limits, failed, hold  # noqa: PLC0415
    from feedpub.sources.fetch import fetch as fetch_copy  # noqa: PLC0415

    limits = Limits(allow_private=allow_private)

    def ask(each: Wanted) -> Fetched:
        now = int(time.time())
        try:
            own = Own.of(each.options, os.environ)
        except UnsetError as error:
            return failed(each.copy, now, str(error))
        steady = time.monotonic
        return fetch_copy(each.copy, now, limits, steady, force=force, format_name=each.format_name, own=own)

    def hold_back(each: Wanted, wait: int) -> Fetched:
        return hold(each.copy, int(time.time()), wait)

    is_shown = not quiet and report_format is Format.TEXT
    with progress_bar(wanted=is_shown, what="Fetching", things="addresses") as progress:
        results = fetch_round(wanted_of(settings.sources), ask, hold_back, progress)
    if report_format is Format.JSON:
        print_json({"fetched": [_as_json(result) for result in results]})
    else:
        _show(results, quiet=quiet)
    if any(result.fails or result.outcome in {Outcome.FAILED, Outcome.GONE} for result in results):
        raise typer.Exit(FAILED)


def _show(results: Sequence[Fetched], *, quiet: bool) -> None:
    if quiet:
        for result in results:
            if result.is_news:
                print_error(printable(f"{result.url}: {result.detail}"))
        return
    for result in results:
        if result.is_news or result.fails or result.outcome not in _USUAL:
            print_text(printable(f"{result.outcome.value:10} {result.url}  {result.detail}".rstrip()))
    outcomes = Counter(result.outcome for result in results)
    counts = ", ".join(f"{outcomes[outcome]:,} {outcome.value}" for outcome in Outcome if outcomes[outcome])
    print_text(f"{len(results):,} address{'' if len(results) == 1 else 'es'}: {counts or 'nothing to fetch'}")


# Most results are these, so they are only counted.
_USUAL = (Outcome.UNCHANGED, Outcome.NOT_DUE)


def _as_json(result: Fetched) -> dict[str, str | None]:
    return {
        "url": result.url,
        "outcome": result.outcome.value,
        "detail": result.detail,
        "moved_to": result.moved_to or None,
    }
