"""``feedpub fetch``: bring the feeds that sources name by address up to date, for the next build."""

from __future__ import annotations

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


def fetch(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    force: Annotated[bool, typer.Option(help="Ask even before the time that a server set.")] = False,
    allow_private: Annotated[bool, typer.Option(help="Fetch from private and local addresses too.")] = False,
    report_format: FormatOption = Format.TEXT,
) -> None:
    """Fetch the feeds that the config names by https address; a build reads what was fetched last.

    Servers are asked only for what changed, and not before the time that they set.

    Example: feedpub fetch --config config.yaml
    """
    import time  # noqa: PLC0415 - keeps --help fast
    from importlib.util import find_spec  # noqa: PLC0415

    from feedpub.config import load_config  # noqa: PLC0415
    from feedpub.core.errors import install_hint, printable  # noqa: PLC0415
    from feedpub.sources.http_cache import Copy, is_web  # noqa: PLC0415

    settings = load_config(config)
    copies = [
        (Copy.of(pattern, spec.base), spec.format)
        for spec in settings.sources
        for pattern in spec.patterns
        if is_web(pattern)
    ]
    if copies and find_spec("httpx") is None:
        print_error(f"fetching needs httpx; {install_hint('fetch')}")
        raise typer.Exit(FAILED)
    if not copies:
        print_error(f"{config} names no source by address; write one as - path: https://example.org/feed.xml")
        raise typer.Exit(FAILED)
    from feedpub.sources.fetch import Limits, Outcome  # noqa: PLC0415
    from feedpub.sources.fetch import fetch as fetch_copy  # noqa: PLC0415

    limits = Limits(allow_private=allow_private)
    results = [
        fetch_copy(copy, int(time.time()), limits, time.monotonic, force=force, format_name=format_name)
        for copy, format_name in copies
    ]
    if report_format is Format.JSON:
        print_json(
            {"fetched": [{"url": r.url, "outcome": r.outcome.value, "detail": r.detail} for r in results]}
        )
    else:
        for result in results:
            print_text(printable(f"{result.outcome.value:10} {result.url}  {result.detail}".rstrip()))
    if any(result.outcome is Outcome.FAILED for result in results):
        raise typer.Exit(FAILED)
