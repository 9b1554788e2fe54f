"""``feedpub fetch``: bring the feeds that sources name by address up to date, for the next build."""

from __future__ import annotations

import os
import time
from importlib.util import find_spec
from typing import Annotated

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
from feedpub.config import load_config
from feedpub.core.errors import install_hint, printable
from feedpub.sources.credentials import Own, UnsetError
from feedpub.sources.fetch import Fetched, Limits, Outcome
from feedpub.sources.fetch import fetch as fetch_copy
from feedpub.sources.http_cache import Copy, is_web
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
    report_format: FormatOption = Format.TEXT,
) -> None:
    """Fetch the feeds that the config names by https address; a build reads what was fetched last.

    Servers are asked only for what changed, and not before the time that they set.

    Example: feedpub fetch --config config.yaml
    """
    settings = load_config(config)
    copies = [
        (Copy.of(pattern, spec.base), spec.format, spec.fetch)
        for spec in settings.sources
        for pattern in spec.patterns
        if is_web(pattern)
    ]
    old = [
        (Copy.of(pattern, spec.base), None, spec.fetch)
        for spec in settings.sources
        for pattern in spec.adopt
        if is_web(pattern)
    ]
    named = bool(copies or old)
    # What an old feed said is kept as it was: by the next time, our own may be there.
    copies += [each for each in old if not each[0].content.exists()]
    if copies and find_spec("httpx") is None:
        print_error(f"fetching needs httpx; {install_hint('fetch')}")
        raise typer.Exit(FAILED)
    if not named:
        print_error(f"{config} names no source by address; write one as - path: https://example.org/feed.xml")
        raise typer.Exit(FAILED)
    limits = Limits(allow_private=allow_private)

    def fetched(copy: Copy, format_name: str | None, options: FetchOptions) -> Fetched:
        try:
            own = Own.of(options, os.environ)
        except UnsetError as error:
            return Fetched(copy.url, Outcome.FAILED, str(error))
        now = int(time.time())
        return fetch_copy(copy, now, limits, time.monotonic, force=force, format_name=format_name, own=own)

    results = [fetched(*each) for each in copies]
    if report_format is Format.JSON:
        print_json(
            {"fetched": [{"url": r.url, "outcome": r.outcome.value, "detail": r.detail} for r in results]}
        )
    else:
        for result in results:
            print_text(printable(f"{result.outcome.value:10} {result.url}  {result.detail}".rstrip()))
    if any(result.outcome is Outcome.FAILED for result in results):
        raise typer.Exit(FAILED)
