"""``feedpub build``: build and publish the feeds, show what was done."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from feedpub.cli.console import (
    DEFAULT_CONFIG,
    FAILED,
    OK,
    BaseUrlOption,
    ConfigOption,
    Format,
    FormatOption,
    Misused,
    console,
    count,
    json_line,
    progress_bar,
)
from feedpub.cli.lines import Line, error_line, text_line, write_lines
from feedpub.config import Settings, load_config, parse_jobs, parse_share
from feedpub.config.placeholders import told
from feedpub.planning.verdicts import duplicates
from feedpub.publishing.build import build as run
from feedpub.publishing.build import open_plan
from feedpub.publishing.build_report import BuildReport, DocumentReport, FeedReport
from feedpub.publishing.dependencies import dependencies, note_of
from feedpub.publishing.early_exit import Note, Told, leave_note
from feedpub.publishing.engines import Tasks, cluster, processes, processors

SHOWN_REJECTS = 20
SHOWN_DOCUMENTS = 6


def build(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    base_url: BaseUrlOption = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; write nothing.")
    ] = False,
    max_rejects: Annotated[
        str | None,
        typer.Option(help="Fail if more records are rejected than this number or share.", metavar="N|N%"),
    ] = None,
    allow_vanished: Annotated[
        bool, typer.Option("--allow-vanished", help="This time, let many published ids vanish or change.")
    ] = False,
    allow_empty: Annotated[
        bool, typer.Option("--allow-empty", help="This time, let a feed become empty.")
    ] = False,
    allow_moved_dates: Annotated[
        bool, typer.Option("--allow-moved-dates", help="This time, let the dates of many articles change.")
    ] = False,
    allow_removed: Annotated[
        bool, typer.Option("--allow-removed", help="This time, let feeds and documents be deleted.")
    ] = False,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Read all sources, without the catalog of earlier builds.")
    ] = False,
    jobs: Annotated[
        str | None,
        typer.Option(help="How many processes read the sources, instead of build.jobs.", metavar="auto|N"),
    ] = None,
    executor: Annotated[
        str | None,
        typer.Option(
            help="Let the workers of a Dask scheduler read the sources: dask://HOST:PORT.", metavar="ADDRESS"
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing but problems, each once.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Also list what was done to articles.")
    ] = False,
    report_format: FormatOption = Format.TEXT,
) -> None:
    """Build the feeds of a config and publish those that are valid.

    Example: feedpub build --config config.yaml
    """
    settings = load_config(config, base_url=base_url)
    if max_rejects is not None:
        try:
            limit = parse_share(max_rejects)
        except ValueError as error:
            raise Misused(f"--max-rejects: {error}") from None
        settings = replace(settings, guards=replace(settings.guards, max_rejects=limit))
    allowed = {
        "vanished": allow_vanished,
        "empty": allow_empty,
        "moved-dates": allow_moved_dates,
        "removed": allow_removed,
    }
    allow = frozenset(name for name, wanted in allowed.items() if wanted)
    engine = _engine(jobs, executor, settings.jobs)
    began = datetime.now(UTC)
    with progress_bar(wanted=not quiet and report_format is Format.TEXT) as progress:
        report = run(
            settings,
            began,
            dry_run=dry_run,
            allow=allow,
            progress=progress,
            cache=not no_cache,
            engine=engine,
        )
    lines = list(_lines(report, settings, report_format, dry_run=dry_run, verbose=verbose, quiet=quiet))
    write_lines(lines)
    status = OK if report.is_well else FAILED
    # If the command on_publish failed, the next build has to pass the events again.
    if not dry_run and not allow and not report.given.wrong and (depends_on := dependencies(settings)):
        until = _nanoseconds(report.next_change) if report.next_change else None
        note = Note(Told(status, tuple(lines)), _nanoseconds(began), until)
        leave_note(note_of(settings), note, sys.argv[1:], os.fspath(config), depends_on)
    if status:
        raise typer.Exit(status)


def _engine(jobs: str | None, executor: str | None, configured: int | None) -> Tasks | None:
    """Return the engine that reads the sources if there is much to read; ``None`` for this process alone."""
    if jobs is not None and executor is not None:
        raise Misused("--jobs and --executor: name one of them")
    if executor is not None:
        try:
            return cluster(executor)
        except ValueError as error:
            raise Misused(f"--executor: {error}") from None
    try:
        wanted = configured if jobs is None else parse_jobs(jobs)
    except ValueError as error:
        raise Misused(f"--jobs: {error}") from None
    wanted = wanted or processors()
    return processes(wanted) if wanted > 1 else None


def _nanoseconds(time: datetime) -> int:
    return round(time.timestamp() * 1_000_000) * 1_000


def as_json(report: BuildReport) -> dict[str, Any]:
    """Return a build's report in the shape documented for ``--format json``."""
    return {
        "articles": report.articles,
        "duplicates": report.duplicates,
        "edited": report.edited,
        "held": report.held,
        "left_out": report.left_out,
        "withdrawn": report.withdrawn,
        "taken_back": report.taken_back,
        "boilerplate_lines": report.boilerplate_lines,
        "files_read": report.effort.read,
        "files_reused": report.effort.reused,
        "articles_matched": report.effort.matched,
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
        "media": [_document(document) for document in report.media],
        "removed": list(report.removed),
        "altered": list(report.altered),
        "warnings": [*report.source_warnings, *report.warnings, *map(str, report.zones)],
        "foreign": list(report.foreign),
        "next_change": report.next_change.isoformat() if report.next_change else None,
        "events": report.given.events,
        "hook": report.given.wrong or None,
    }


def _document(document: DocumentReport) -> dict[str, Any]:
    invalid = {"invalid": document.invalid.reason} if document.invalid else {}
    return {"path": document.path, "written": document.written} | invalid


def _lines(
    report: BuildReport,
    settings: Settings,
    report_format: Format,
    *,
    dry_run: bool,
    verbose: bool,
    quiet: bool,
) -> Iterator[Line]:
    """Yield the output of a build."""
    if report_format is Format.JSON:
        yield json_line(as_json(report))
    elif not quiet:
        yield from _summary(report, settings, dry_run=dry_run, verbose=verbose)
    else:
        yield from _news(report, settings)
    for warned in () if quiet else settings.rules.misread():
        yield error_line(str(warned))
    if settings.placeholders and not quiet:
        yield error_line(told(settings.placeholders))
    yield from _warnings(report, quiet=quiet)


def _summary(report: BuildReport, settings: Settings, *, dry_run: bool, verbose: bool) -> Iterator[Line]:
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
    with out.capture() as shown:
        out.print(table)
    yield Line(shown.get())
    for path in report.removed:
        yield text_line(f"{path}: {'would be removed' if dry_run else 'removed'}, no feed needs it any more")
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
    yield text_line("\n" + ", ".join(facts) + ".")
    yield from _pages(report, dry_run=dry_run)
    if report.notices:
        kinds = ", ".join(f"{kind} {number:,}" for kind, number in sorted(report.notice_counts.items()))
        yield text_line(f"Notices: {kinds}" + ("." if verbose else " (--verbose lists them)."))
    yield from _rejects(report)
    if verbose:
        yield from _details(report, settings)


def _pages(report: BuildReport, *, dry_run: bool) -> Iterator[Line]:
    if changed := sum(page.written for page in report.pages):
        whole = count(len(report.pages), "file")
        yield text_line(f"Pages: {changed} of {whole} {'would be written' if dry_run else 'written'}.")
    if added := sum(file.written for file in report.media):
        yield text_line(f"Media: {count(added, 'file')} {'would be written' if dry_run else 'written'}.")
    for path in report.foreign:
        yield text_line(f"{path}: a file of yours has this name and stays, so the page is not written")


def _news(report: BuildReport, settings: Settings) -> Iterator[Line]:
    """Yield what a quiet build reports once: new rejects and withdrawals."""
    for reject in report.new_rejects[:SHOWN_REJECTS]:
        yield error_line(f"{reject.origin}: {reject.reason}")
    if (more := len(report.new_rejects) - SHOWN_REJECTS) > 0:
        where = settings.output.state / "rejects.jsonl"
        yield error_line(f"{count(more, 'more new reject')}; {where} lists all")
    if report.taken_back:
        yield error_line(f"{count(report.taken_back, 'article')} withdrawn")


def _warnings(report: BuildReport, *, quiet: bool) -> Iterator[Line]:
    for warning in report.source_warnings:
        yield error_line(warning)
    for warning in () if quiet else report.warnings:
        yield error_line(warning)
    for zone in report.zones:
        if zone.new or not quiet:
            yield error_line(str(zone))
    for path in report.altered:
        yield error_line(
            f"{path}: somebody changed or removed it since the last build, and it was left as it is; if that was a"
            " mistake, restore it from a backup"
        )
    if report.given.wrong and not (quiet and report.given.again):
        yield error_line(
            f"{report.given.wrong}; everything is published, and the next build passes the same"
            f" {count(report.given.events, 'event')} to it again"
        )
    for invalid in report.invalid:
        yield error_line(
            f"{invalid.path}:{invalid.line}: {invalid.reason}; it was not published, the last valid version stays"
        )


def _details(report: BuildReport, settings: Settings) -> Iterator[Line]:
    effort = report.effort
    yield text_line(
        f"Sources: {count(effort.read, 'file')} read, {effort.reused:,} known from earlier builds;"
        f" {count(effort.matched, 'article')} matched against the rules."
    )
    for notice in report.notices:
        yield text_line(f"{notice.origin}: {notice.message}")
    if report.next_change:
        yield text_line(f"From {report.next_change.isoformat()} on, the same input gives other documents.")
    # Not in the report: it would contain the place of every article, and most builds do not need it.
    if report.duplicates:
        with open_plan(settings, datetime.now(UTC)) as plan:
            for verdict in duplicates(plan):
                yield text_line(f"{verdict.record.origin}: {verdict.reason}")
    for feed in report.feeds:
        for near in feed.near:
            yield text_line(f"{near.entry.article.origin}: {near.reason}")


def _rejects(report: BuildReport) -> Iterator[Line]:
    if not report.rejects:
        return
    yield text_line("\nRejected:")
    for reject in report.rejects[:SHOWN_REJECTS]:
        yield text_line(f"  {reject.origin}: {reject.reason}")
    more = len(report.rejects) - SHOWN_REJECTS
    if more > 0:
        yield text_line(f"  … and {more} more; --format json lists them all")


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
    """Return the first names, which people look for; archive documents come last and may be hundreds."""
    more = len(paths) - SHOWN_DOCUMENTS
    return ", ".join(paths[:SHOWN_DOCUMENTS]) + (f" and {more} more" if more > 0 else "")
