"""``feedpub diff``: what a changed config does to the feeds, before anything is published."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from feedpub.cli.console import (
    DEFAULT_CONFIG,
    FAILED,
    BaseUrlOption,
    Failed,
    Format,
    FormatOption,
    Misused,
    console,
    print_json,
    print_text,
)
from feedpub.config import load_config, parse_config
from feedpub.core.errors import FeedpubError
from feedpub.insight.diff import FeedChange, compare, planned, published
from feedpub.publishing.build import plan

SHOWN = 20


def diff(
    new: Annotated[Path, typer.Argument(help="The new config.", metavar="FILE")] = DEFAULT_CONFIG,
    *,
    old: Annotated[
        Path | None,
        typer.Option(
            "--config", "-c", help="Compare with this config, not with the published feeds.", metavar="OLD"
        ),
    ] = None,
    revision: Annotated[
        str | None, typer.Option("--git", help="Compare with the config of a Git revision.", metavar="REV")
    ] = None,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 if anything changes.")] = False,
    base_url: BaseUrlOption = None,
    report_format: FormatOption = Format.TEXT,
) -> None:
    """Show which articles enter and leave each feed with a config; write nothing.

    Example: feedpub diff --git HEAD
    """
    if old is not None and revision is not None:
        raise Misused("compare with one config: --config or --git")
    settings = load_config(new, base_url=base_url)
    now = datetime.now(UTC)
    if old is not None:
        before = planned(plan(load_config(old, base_url=base_url), now))
    elif revision is not None:

        def read(path: Path) -> bytes:
            return _committed(path, new.parent, revision)

        before = planned(plan(parse_config(read(new), new, read, base_url=base_url), now))
    coming = plan(settings, now)
    if old is None and revision is None:
        before = published(coming.state.online)
    changes = compare(before, planned(coming), settings.retired)
    if report_format is Format.JSON:
        print_json(as_json(changes, coming.refusal))
    else:
        _show(changes)
        if coming.refusal:
            print_text(f"build would refuse: {coming.refusal}")
    if exit_code and any(change.status != "same" for change in changes):
        raise typer.Exit(FAILED)


def as_json(changes: Sequence[FeedChange], refusal: FeedpubError | None = None) -> dict[str, Any]:
    """Return the changes in the shape documented for ``--format json``; ``refusal`` is why a build would be refused."""
    return {
        "refused": str(refusal) if refusal else None,
        "changed": any(change.status != "same" for change in changes),
        "feeds": [
            {
                "slug": change.slug,
                "status": change.status,
                "moved_to": change.moved_to,
                "enter": [{"id": entry, "title": title} for entry, title in change.entering],
                "leave": [{"id": entry, "title": title} for entry, title in change.leaving],
            }
            for change in changes
        ],
    }


def _committed(path: Path, folder: Path, revision: str) -> bytes:
    """Return a config, or a pack of it, from a revision of the Git repository that contains ``folder``."""
    if revision.startswith("-"):
        raise Misused(f"{revision} is not a revision")
    named = os.path.relpath(path, folder)
    command = ["git", "show", f"{revision}:./{named}"]
    try:
        shown = subprocess.run(command, cwd=folder, capture_output=True, check=False)  # noqa: S603
    except FileNotFoundError:
        raise Failed("--git needs git, which is not installed; compare with --config OLD") from None
    if shown.returncode:
        reason = shown.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Failed(f"git cannot read {named} in {revision}: {reason[0] if reason else 'no reason given'}")
    return shown.stdout


def _show(changes: Sequence[FeedChange]) -> None:
    out = console()
    for change in changes:
        if change.status == "same":
            continue
        counts = f"{len(change.entering)} added, {len(change.leaving)} removed"
        what = {
            "new": f"new feed, {counts}",
            "retired": f"retired, moved to {change.moved_to}",
            "gone": "the feed is gone",
        }.get(change.status, counts)
        out.print(Text.assemble((change.slug, "bold"), f"  {what}"))
        for sign, style, entries in (("+", "green", change.entering), ("-", "red", change.leaving)):
            for _, title in entries[:SHOWN]:
                out.print(Text(f"  {sign} {title}", style))
            if len(entries) > SHOWN:
                out.print(Text(f"  {sign} … and {len(entries) - SHOWN} more; --format json has all", "dim"))
    same = [change.slug for change in changes if change.status == "same"]
    if same:
        out.print(Text(f"unchanged: {', '.join(same)}", "dim"))
