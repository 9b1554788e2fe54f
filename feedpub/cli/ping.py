"""``feedpub ping``: tell the hub of a site which feeds changed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Annotated

import typer

import feedpub
from feedpub.cli.console import (
    DEFAULT_CONFIG,
    FAILED,
    BaseUrlOption,
    ConfigOption,
    Failed,
    Format,
    FormatOption,
    Misused,
    print_error,
    print_json,
    print_text,
)
from feedpub.config import load_config
from feedpub.core.errors import install_hint
from feedpub.publishing.build import with_published
from feedpub.publishing.ping import PINGS
from feedpub.publishing.ping import ping as run

SECONDS = 20


def ping(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    base_url: BaseUrlOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but problems.")] = False,
    report_format: FormatOption = Format.TEXT,
) -> None:
    """Tell the hub of the config (site.hub) which feeds changed since the last ping.

    Run it when the feeds are online: after a build, or after deploy.

    Example: feedpub ping
    """
    settings = with_published(load_config(config, base_url=base_url))
    if not settings.site.hub:
        raise Misused(
            f"{config} has no hub; write one under site:, such as hub: https://pubsubhubbub.appspot.com/"
        )
    if find_spec("httpx") is None:
        raise Failed(f"ping needs httpx; {install_hint('fetch')}")
    try:
        told = run(settings, _send)
    except OSError as error:
        raise Failed(f"{settings.output.state / PINGS} cannot be written: {error.strerror}") from None
    if report_format is Format.JSON:
        print_json({"told": [{"topic": each.topic, "error": each.wrong or None} for each in told]})
    for each in told:
        if each.wrong and not (quiet and each.again):
            print_error(
                f"{settings.site.hub} was not told about {each.topic}: {each.wrong}; the next ping tries again"
            )
        elif not (each.wrong or quiet) and report_format is Format.TEXT:
            print_text(f"told the hub about {each.topic}")
    if not told and not quiet and report_format is Format.TEXT:
        print_text("nothing has changed since the last ping")
    if any(each.wrong for each in told):
        raise typer.Exit(FAILED)


def _send(hub: str, form: Mapping[str, str]) -> str:
    import httpx  # noqa: PLC0415 - an extra

    try:
        answer = httpx.post(
            hub, data=form, timeout=SECONDS, headers={"User-Agent": f"feedpub/{feedpub.__version__}"}
        )
    except httpx.TimeoutException:
        return f"it did not answer within {SECONDS} seconds"
    except httpx.HTTPError as error:
        return str(error) or type(error).__name__
    return "" if answer.is_success else f"it answered {answer.status_code} {answer.reason_phrase}"
