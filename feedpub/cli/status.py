"""``feedpub status``: what the last builds did, and what is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

import typer

from feedpub.cli.console import (
    DEFAULT_CONFIG,
    BaseUrlOption,
    ConfigOption,
    Failed,
    Misused,
    console,
    count,
    print_json,
    print_text,
)
from feedpub.config import load_config, parse_span
from feedpub.core.errors import printable
from feedpub.insight.status import Run, Status, TargetStatus, status_of

SHOWN_RUNS = 10
SHOWN_GONE = 10


class Report(StrEnum):
    """How ``status`` reports."""

    TEXT = "text"
    JSON = "json"
    PROMETHEUS = "prometheus"


def status(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    base_url: BaseUrlOption = None,
    max_age: Annotated[
        str | None,
        typer.Option(help="Exit with 1 if no build has succeeded for this long: 30m, 2h, 3d.", metavar="AGE"),
    ] = None,
    only_next: Annotated[
        bool, typer.Option("--next", help="Print only when time alone next changes something, if ever.")
    ] = False,
    report_format: Annotated[Report, typer.Option("--format", help="How to report.")] = Report.TEXT,
) -> None:
    """Show what the last builds did, how old the feeds are, and what is due; read no source.

    Example: feedpub status --max-age 2h
    """
    try:
        most = parse_span(max_age) if max_age is not None else None
    except ValueError as error:
        raise Misused(f"--max-age: {error}") from None
    settings = load_config(config, base_url=base_url)
    now = datetime.now(UTC)
    try:
        found_status = status_of(settings)
    except OSError as error:
        raise Failed(f"{error.filename}: the log cannot be read: {error.strerror}") from None
    if only_next:
        if due := found_status.next_change:
            print_text(due.isoformat())
        return
    too_old = _too_old(found_status, most, now)
    if report_format is Report.JSON:
        if not too_old:
            print_json(as_json(found_status))
    elif report_format is Report.PROMETHEUS:
        print_text("\n".join(as_metrics(found_status)))
    else:
        _show(found_status, now)
    if too_old:
        raise Failed(
            f"no build has succeeded {too_old}; --max-age allows {max_age}",
            report=as_json(found_status),
        )


def _too_old(found: Status, most: timedelta | None, now: datetime) -> str:
    """Return how long no build has succeeded, as words, if that is longer than allowed."""
    good = found.good
    if most is None or (good is not None and now - good.at <= most):
        return ""
    return f"for {_ago(good.at, now)}" if good else "yet"


def as_json(found: Status) -> dict[str, Any]:
    """Return the status in the shape documented for ``--format json``."""
    return {
        "last_build": found.last.at.isoformat() if found.last else None,
        "last_good_build": found.good.at.isoformat() if found.good else None,
        "next_change": found.next_change.isoformat() if found.next_change else None,
        "feeds": [
            {
                "slug": feed.slug,
                "entries": feed.entries,
                "newest": feed.newest.isoformat() if feed.newest else None,
            }
            for feed in found.feeds
        ],
        "targets": [
            {
                "to": target.to,
                "at": target.at.isoformat() if target.at else None,
                "waits": target.waits,
                "error": target.error or None,
            }
            for target in found.targets
        ],
        "fetched": [
            {
                "url": url,
                "failure": standing.failure or None,
                "failed_at": standing.failed.isoformat() if standing.failed else None,
                "gone": standing.gone,
                "moved_to": standing.moved_to or None,
            }
            for url, standing in found.fetched.items()
        ],
        "pings_waiting": found.pings,
        "builds": [
            {**run.facts, "at": run.at.isoformat(), "times": run.times} for run in found.runs[-SHOWN_RUNS:]
        ],
    }


def as_metrics(found: Status) -> Iterator[str]:
    """Yield the status as lines of Prometheus' text format 0.0.4; times are in seconds of the epoch."""
    values: list[tuple[str, str, float | None]] = [
        ("last_build_timestamp_seconds", "When the last build began.", _seconds(found.last)),
        (
            "last_good_build_timestamp_seconds",
            "When the last build with exit status 0 began.",
            _seconds(found.good),
        ),
        (
            "last_build_status",
            "The exit status of the last build.",
            found.last.status if found.last else None,
        ),
        (
            "next_change_timestamp_seconds",
            "When time alone changes something.",
            _epoch(found.next_change),
        ),
    ]
    if whole := found.whole:
        values += [
            ("articles", "Articles in the last build that read them.", whole.facts.get("articles")),
            ("rejects", "Rejects in that build.", whole.facts.get("rejects")),
            ("held", "Articles that wait for their time.", whole.facts.get("held")),
        ]
    for name, meaning, value in values:
        if value is not None:
            yield from _metric(name, meaning, "", {"": value})
    entries = {feed.slug: float(feed.entries) for feed in found.feeds}
    newest = {feed.slug: _epoch(feed.newest) for feed in found.feeds}
    yield from _metric("feed_entries", "Entries of the document that readers subscribe to.", "feed", entries)
    if found.pings:
        yield from _metric(
            "pings_waiting", "Documents that the hub has not been told about.", "", {"": found.pings}
        )
    if found.targets:
        waiting = sum(target.waits for target in found.targets)
        yield from _metric("deploys_waiting", "Targets that are out of date.", "", {"": waiting})
    yield from _metric(
        "feed_newest_timestamp_seconds", "When its newest entry was published.", "feed", newest
    )
    if found.fetched:
        failing = {url: float(bool(standing.failure)) for url, standing in found.fetched.items()}
        yield from _metric("source_failing", "Whether the last fetch of an address failed.", "url", failing)


def _metric(name: str, meaning: str, label: str, values: Mapping[str, float | None]) -> Iterator[str]:
    yield f"# HELP feedpub_{name} {meaning}"
    yield f"# TYPE feedpub_{name} gauge"
    for labelled, value in values.items():
        if value is not None:
            escaped = labelled.replace("\\", r"\\").replace('"', r"\"")
            of = f'{{{label}="{escaped}"}}' if label else ""
            yield f"feedpub_{name}{of} {value:.0f}"


def _seconds(run: Run | None) -> float | None:
    return _epoch(run.at) if run else None


def _epoch(time: datetime | None) -> float | None:
    return time.timestamp() if time else None


def _show(found: Status, now: datetime) -> None:
    if found.last is None:
        print_text("No build has been run yet.")
    else:
        print_text(f"Last build: {_when(found.last.at)}, {_ago(found.last.at, now)} ago: {_said(found.last)}")
    if found.good and found.good is not found.last:
        print_text(f"Last successful build: {_when(found.good.at)}, {_ago(found.good.at, now)} ago")
    if due := found.next_change:
        print_text(f"Next change by the clock: {_when(due)}" + (" (due now)" if due <= now else ""))
    if held := found.whole and found.whole.facts.get("held"):
        print_text(f"Held until due: {count(held, 'article')}")
    if found.feeds:
        print_text("")
        _show_feeds(found, now)
    _show_fetched(found)
    for target in found.targets:
        print_text(f"\nDeployed to {target.to}: {_deployed(target, now)}")
    if found.pings:
        print_text(f"\nThe hub has not been told about {count(found.pings, 'feed document')} yet.")
    if found.runs:
        print_text("\nBuilds, the last one first")
        for run in found.runs[: -SHOWN_RUNS - 1 : -1]:
            _show_run(run)


def _deployed(target: TargetStatus, now: datetime) -> str:
    when = f"{_ago(target.at, now)} ago" if target.at else "not yet"
    if target.error:
        return f"failed {when}: {target.error}"
    return f"{when}; there is something to copy" if target.waits and target.at else when


def _show_feeds(found: Status, now: datetime) -> None:
    from rich.table import Table  # noqa: PLC0415 - rich is slow to import

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("feed")
    table.add_column("entries", justify="right")
    table.add_column("newest entry")
    table.add_column("age", justify="right")
    for feed in found.feeds:
        newest = (_when(feed.newest), _ago(feed.newest, now)) if feed.newest else ("–", "–")
        table.add_row(feed.slug, f"{feed.entries:,}", *newest)
    console().print(table)


def _show_fetched(found: Status) -> None:
    """Show the addresses that need attention."""
    lines = []
    for url, standing in found.fetched.items():
        if standing.to_do:
            lines.append(f"  {url} {standing.to_do}")
        if standing.failed and not standing.gone:
            lines.append(f"  {url} failed at {_when(standing.failed)}: {standing.failure}")
    if lines:
        print_text("\nAddresses that need a look")
        for line in lines:
            print_text(printable(line))


def _show_run(run: Run) -> None:
    print_text(f"  {_when(run.at)}  {_said(run)}")
    gone = run.facts.get("gone", [])
    for entry in gone[:SHOWN_GONE]:
        print_text(f"    left {entry['feed']}: {entry['title']} ({entry['id']}): {entry['why']}")
    if more := len(gone[SHOWN_GONE:]) + run.facts.get("more_gone", 0):
        print_text(f"    … and {more:,} more")


def _said(run: Run) -> str:
    """Return what a build did, as a clause."""
    times = f", {run.times:,} times" if run.times > 1 else ""
    if run.repeated:
        return f"nothing to do{times}" + (f", exit status {run.status} as before" if run.status else "")
    if run.error:
        return f"stopped with {run.status}{times}: {run.error}"
    facts = run.facts
    new = sum(facts.get("new", {}).values())
    parts = [count(facts.get("articles", 0), "article"), f"{new:,} new in feeds" if new else ""]
    parts += [f"{facts[kind]:,} {word}" for kind, word in _COUNTS.items() if facts.get(kind)]
    if wrong := facts.get("hook"):
        parts.append(f"{wrong}, so {count(facts['events'], 'event')} wait")
    parts += [f"NOT PUBLISHED: {reason}" for reason in facts.get("invalid", ())]
    return ", ".join(filter(None, parts)) or "done"


_COUNTS = {
    "edited": "edited",
    "held": "held",
    "rejects": "rejected",
    "written": "files written",
    "removed": "files removed",
}


def _when(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _ago(time: datetime, now: datetime) -> str:
    seconds = max(int((now - time).total_seconds()), 0)
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size:,} {unit}s"
    return count(seconds, "second")
