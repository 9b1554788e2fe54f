"""``feedpub deploy``: copy the published set to where it is served."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Annotated

import typer

from feedpub.cli.console import (
    DEFAULT_CONFIG,
    OK,
    ConfigOption,
    Format,
    FormatOption,
    Misused,
    count,
    print_error,
    print_json,
    print_text,
    progress_bar,
)
from feedpub.config import Settings, load_config, parse_target
from feedpub.core.errors import PublishError
from feedpub.planning.routing import Progress
from feedpub.publishing.deploy import (
    OUTCOMES,
    Deployed,
    Outcome,
    published_digest,
    read_outcomes,
    remember_outcome,
)
from feedpub.publishing.deploy import deploy as run
from feedpub.publishing.store import FsspecStore


def deploy(
    to: Annotated[
        str | None,
        typer.Argument(
            help="The address of one target; by default, all targets of the config.", metavar="TARGET"
        ),
    ] = None,
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but problems.")] = False,
    report_format: FormatOption = Format.TEXT,
) -> None:
    """Copy the published files to a store: S3, SFTP, or any other for which fsspec has a driver.

    Only changes are copied, and only files that feedpub wrote are removed. You can repeat it at any time.

    Example: feedpub deploy s3://bucket/feeds
    """
    try:
        named = [parse_target(to)] if to else []
    except ValueError as error:
        raise Misused(f"TARGET: {error}") from None
    settings = load_config(config)
    targets = named or settings.deploy
    if not targets:
        raise Misused(
            f"{config} has no target; write deploy: [{{to: 's3://bucket/feeds'}}], or name one on the command line"
        )
    known = read_outcomes(settings.output.state)
    done: list[dict[str, object]] = []
    status = OK
    for target in targets:
        # If one fails, the others are still copied to.
        try:
            with progress_bar(wanted=not quiet and report_format is Format.TEXT, what="Copying") as progress:
                found = _deploy(settings, target, progress)
        except PublishError as error:
            wrong, status = str(error), status or error.exit_status
            if not quiet or target not in known or known[target].error != wrong:
                print_error(wrong)
            _remember(
                settings, target, Outcome(_now(), known[target].manifest if target in known else "", wrong)
            )
            done.append({"to": target, "error": wrong})
            continue
        done.append({"to": target, "uploaded": [*found.uploaded], "removed": [*found.removed]})
        if report_format is Format.TEXT and not quiet:
            _show(target, found)
    if report_format is Format.JSON:
        print_json({"deployed": done})
    if status:
        raise typer.Exit(status)


def _deploy(settings: Settings, to: str, progress: Progress | None) -> Deployed:
    output = settings.output
    # Read it before copying: if a build runs meanwhile, there is something left to copy.
    digest = published_digest(output.dir)
    found = run(output.dir, output.state, to, FsspecStore(to), int(time.time()), progress)
    _remember(settings, to, Outcome(_now(), digest))
    return found


def _remember(settings: Settings, to: str, outcome: Outcome) -> None:
    try:
        remember_outcome(settings.output.state, to, outcome)
    except OSError as error:
        raise PublishError(
            f"{settings.output.state / OUTCOMES} cannot be written: {error.strerror}"
        ) from error


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _show(target: str, found: Deployed) -> None:
    uploaded = count(len(found.uploaded), "file") + " uploaded" if found.uploaded else ""
    removed = f"{len(found.removed):,} removed" if found.removed else ""
    print_text(f"{target}: " + (", ".join(filter(None, (uploaded, removed))) or "nothing to do"))
    for path in found.foreign:
        print_text(f"  {path}: a file of yours has this name and stays, so the page is not written")
