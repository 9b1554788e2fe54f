"""``feedpub build``: run the pipeline, show what it did."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from feedpub.cli.console import (
    DEFAULT_CONFIG,
    FAILED,
    USAGE,
    ConfigOption,
    Format,
    FormatOption,
    console,
    count,
    print_error,
    print_json,
    print_text,
    progress_bar,
)
from feedpub.config import Settings, load_config, parse_share
from feedpub.config.placeholders import told
from feedpub.planning.verdicts import duplicates
from feedpub.publishing.build import build as run
from feedpub.publishing.build import open_plan
from feedpub.publishing.build_report import BuildReport, DocumentReport, FeedReport

SHOWN_REJECTS = 20
SHOWN_DOCUMENTS = 6


def build(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change; write nothing.")] = False,
    max_rejects: Annotated[
        str | None, typer.Option(help="Fail when more is rejected than this count or share.", metavar="N|N%")
    ] = None,
    allow_vanished: Annotated[
        bool, typer.Option("--allow-vanished", help="For once, let many published ids vanish or change.")
    ] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="For once, let a feed become empty.")
    ] = False,
    allow_moved_dates: Annotated[
        bool, typer.Option("--allow-moved-dates", help="For once, let many articles take another date.")
    ] = False,
    allow_removed: Annotated[
        bool, typer.Option("--allow-removed", help="For once, let feeds and documents be deleted.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing unless something is wrong, and that once.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Also list what was done to articles.")
    ] = False,
    report_format: FormatOption = Format.TEXT,
) -> None:
    """Build the feeds of a config and publish those that are valid.

    Example: feedpub build --config config.yaml
    """
    settings = load_config(config)
    if max_rejects is not None:
        try:
            limit = parse_share(max_rejects)
        except ValueError as error:
            print_error(f"--max-rejects: {error}")
            raise typer.Exit(USAGE) from None
        settings = replace(settings, guards=replace(settings.guards, max_rejects=limit))
    allowed = {
        "vanished": allow_vanished,
        "empty": allow_empty,
        "moved-dates": allow_moved_dates,
        "removed": allow_removed,
    }
    allow = frozenset(name for name, wanted in allowed.items() if wanted)
    with progress_bar(wanted=not quiet and report_format is Format.TEXT) as progress:
        report = run(settings, datetime.now(UTC), dry_run=dry_run, allow=allow, progress=progress)
    if report_format is Format.JSON:
        print_json(as_json(report))
    elif not quiet:
        _show(report, settings, dry_run=dry_run, verbose=verbose)
    else:
        _show_news(report, settings)
    for warned in () if quiet else settings.rules.misread():
        print_error(str(warned))
    if settings.placeholders and not quiet:
        print_error(told(settings.placeholders))
    _warn(report, quiet=quiet)
    if report.invalid:
        raise typer.Exit(FAILED)


def as_json(report: BuildReport) -> dict[str, Any]:
    """Return a build's report in the shape that ``--format json`` documents."""
    return {
        "articles": report.articles,
        "duplicates": report.duplicates,
        "edited": report.edited,
        "held": report.held,
        "left_out": report.left_out,
        "withdrawn": report.withdrawn,
        "taken_back": report.taken_back,
        "boilerplate_lines": report.boilerplate_lines,
        "notices": dict(report.notice_counts),
        "rejects": [
            {
                "file": reject.origin.file,
                "line": reject.origin.line,
                "column": reject.origin.column,
                "reason": reject.reason,
            }
            for reject in report.rejects
        ],
        "feeds": [
            {
                "slug": feed.slug,
                "entries": feed.entries,
                "new": feed.new,
                "archived": feed.archived,
                "limit": feed.limit,
                "near": [
                    {
                        "file": near.entry.article.origin.file,
                        "line": near.entry.article.origin.line,
                        "reason": near.reason,
                    }
                    for near in feed.near
                ],
                "documents": [_document(document) for document in feed.documents],
            }
            for feed in report.feeds
        ],
        "listings": [_document(document) for document in report.listings],
        "pages": [_document(document) for document in report.pages],
        "removed": list(report.removed),
        "altered": list(report.altered),
        "warnings": list(report.warnings),
        "foreign": list(report.foreign),
        "next_change": report.next_change.isoformat() if report.next_change else None,
    }


def _document(document: DocumentReport) -> dict[str, Any]:
    invalid = {"invalid": document.invalid.reason} if document.invalid else {}
    return {"path": document.path, "written": document.written} | invalid


def _show(report: BuildReport, settings: Settings, *, dry_run: bool, verbose: bool) -> None:
    from rich.table import Table  # noqa: PLC0415 - rich is slow to import

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("feed")
    table.add_column("entries", justify="right")
    table.add_column("new", justify="right")
    table.add_column("documents")
    for feed in report.feeds:
        entries = str(feed.entries)
        if feed.limit == "max_bytes":
            entries = f"{feed.entries} of {feed.max_items}: max_bytes"
        table.add_row(feed.slug, entries, str(feed.new), _state(feed, dry_run=dry_run))
    out = console()
    out.print(table)
    for path in report.removed:
        out.print(f"{path}: {'would be removed' if dry_run else 'removed'}, no feed owns it any more")
    facts = [
        count(report.articles, "article"),
        count(len(report.rejects), "reject"),
        count(report.boilerplate_lines, "line") + " of boilerplate",
        count(report.duplicates, "duplicate"),
    ]
    if report.edited:
        facts.append(f"{report.edited} edited")
    if near := sum(len(feed.near) for feed in report.feeds):
        facts.append(count(near, "near-duplicate") + " left out")
    if report.held:
        facts.append(f"{report.held} held back until due")
    if report.left_out:
        withdrawn = f", {report.withdrawn} of them withdrawn" if report.withdrawn else ""
        facts.append(f"{report.left_out} left out{withdrawn}")
    print_text("\n" + ", ".join(facts) + ".")
    _show_pages(report, dry_run=dry_run)
    if report.notices:
        kinds = ", ".join(f"{kind} {number:,}" for kind, number in sorted(report.notice_counts.items()))
        print_text(f"Done to articles: {kinds}" + ("." if verbose else " (--verbose lists them)."))
    _show_rejects(report)
    if verbose:
        _show_details(report, settings)


def _show_pages(report: BuildReport, *, dry_run: bool) -> None:
    if changed := sum(page.written for page in report.pages):
        whole = count(len(report.pages), "file")
        print_text(f"Pages: {changed} of {whole} {'would be written' if dry_run else 'written'}.")
    for path in report.foreign:
        print_text(f"{path}: it is not feedpub's and stays; there is no page of ours in its place")


def _show_news(report: BuildReport, settings: Settings) -> None:
    """Show what a quiet build has to tell once: what it rejected and took back that the last one did not."""
    for reject in report.new_rejects[:SHOWN_REJECTS]:
        print_error(f"{reject.origin}: {reject.reason}")
    if (more := len(report.new_rejects) - SHOWN_REJECTS) > 0:
        where = settings.output.state / "rejects.jsonl"
        print_error(f"{count(more, 'more new reject')}; {where} has all")
    if report.taken_back:
        print_error(f"{count(report.taken_back, 'article')} withdrawn")


def _warn(report: BuildReport, *, quiet: bool) -> None:
    for warning in report.source_warnings:
        print_error(warning)
    for warning in () if quiet else report.warnings:
        print_error(warning)
    for zone in report.zones:
        if zone.new or not quiet:
            print_error(str(zone))
    for path in report.altered:
        print_error(
            f"{path}: somebody changed or removed it since the last build, and this one keeps what there is; if that"
            " was not meant, restore it from a backup"
        )
    for invalid in report.invalid:
        print_error(
            f"{invalid.path}:{invalid.line}: {invalid.reason}; it was not published, the last valid one stays"
        )


def _show_details(report: BuildReport, settings: Settings) -> None:
    for notice in report.notices:
        print_text(f"{notice.origin}: {notice.message}")
    if report.next_change:
        print_text(f"The same input gives other documents from {report.next_change.isoformat()} on.")
    # Not in the report: it would hold the place of every article, and most builds are not asked for it.
    if report.duplicates:
        with open_plan(settings, datetime.now(UTC)) as plan:
            for verdict in duplicates(plan):
                print_text(f"{verdict.record.origin}: {verdict.reason}")
    for feed in report.feeds:
        for near in feed.near:
            print_text(f"{near.entry.article.origin}: {near.reason}")


def _show_rejects(report: BuildReport) -> None:
    if not report.rejects:
        return
    print_text("\nRejected:")
    for reject in report.rejects[:SHOWN_REJECTS]:
        print_text(f"  {reject.origin}: {reject.reason}")
    more = len(report.rejects) - SHOWN_REJECTS
    if more > 0:
        print_text(f"  … and {more} more; --format json lists them all")


def _state(feed: FeedReport, *, dry_run: bool) -> str:
    states: dict[str, list[str]] = {}
    for document in feed.documents:
        state = "unchanged"
        if document.invalid:
            state = "INVALID, not published"
        elif document.written:
            state = "would be written" if dry_run else "written"
        states.setdefault(state, []).append(document.path)
    return "; ".join(f"{_some(paths)} {state}" for state, paths in states.items())


def _some(paths: list[str]) -> str:
    """Return the names that people look for; the archive's come last and may be hundreds."""
    more = len(paths) - SHOWN_DOCUMENTS
    return ", ".join(paths[:SHOWN_DOCUMENTS]) + (f" and {more} more" if more > 0 else "")
