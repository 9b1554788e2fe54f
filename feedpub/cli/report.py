"""``feedpub report``: what the rules find in the articles at hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedpub.cli.console import (
    DEFAULT_CONFIG,
    FAILED,
    ConfigOption,
    Format,
    FormatOption,
    console,
    print_error,
    print_json,
    print_text,
)

if TYPE_CHECKING:
    from feedpub.insight.statistics import FeedCount, Statistics

TOP_TERMS = 5
SHOWN_DEAD = 8
SHOWN_PAIRS = 10


def report(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    html: Annotated[
        Path | None, typer.Option(help="Write a page with plots to this file.", metavar="FILE")
    ] = None,
    report_format: FormatOption = Format.TEXT,
) -> None:
    """Count, for each feed and term, what the articles at hand give; publish nothing.

    Example: feedpub report --html report.html
    """
    from datetime import UTC, datetime  # noqa: PLC0415 - keeps --help fast

    from feedpub.config import load_config  # noqa: PLC0415
    from feedpub.insight.lookup import due_articles, known  # noqa: PLC0415
    from feedpub.insight.report_page import page  # noqa: PLC0415
    from feedpub.insight.statistics import count  # noqa: PLC0415

    settings = load_config(config)
    titles = {feed.slug: feed.title for feed in settings.feeds}
    now = datetime.now(UTC)
    with known(settings, now) as subscribers:
        statistics = count(settings.rules, titles, due_articles(settings, now, subscribers.past))
    if html is not None:
        try:
            html.write_text(page(statistics, settings.site.title), encoding="utf-8", errors="replace")
        except OSError as error:
            print_error(f"{html} cannot be written: {error.strerror}")
            raise typer.Exit(FAILED) from None
    if report_format is Format.JSON:
        print_json(as_json(statistics))
    else:
        _show(statistics)
        if html is not None:
            print_text(f"\nThe page is in {html}.")


def as_json(statistics: Statistics) -> dict[str, Any]:
    """Return the counts in the shape that ``--format json`` documents."""
    return {
        "articles": statistics.articles,
        "unrouted": statistics.unrouted,
        "feeds": [_feed_as_json(feed) for feed in statistics.feeds],
        "overlaps": [
            {"feeds": list(pair), "articles": shared} for pair, shared in statistics.overlaps.items()
        ],
    }


def _feed_as_json(feed: FeedCount) -> dict[str, Any]:
    return {
        "slug": feed.slug,
        "articles": feed.articles,
        "per_week": round(feed.per_week, 2),
        "oldest": feed.oldest.isoformat() if feed.oldest else None,
        "newest": feed.newest.isoformat() if feed.newest else None,
        "weeks": {week.isoformat(): number for week, number in feed.weeks.items()},
        "terms": [
            {
                "term": term.term,
                "where": str(term.where),
                "seen": term.seen,
                "hits": term.hits,
                "alone": term.alone,
            }
            for term in feed.terms
        ],
    }


def _show(statistics: Statistics) -> None:
    from rich.table import Table  # noqa: PLC0415 - rich is slow to import

    out = console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("feed")
    for head in ("articles", "a week", "oldest", "newest", "terms", "never found"):
        table.add_column(head, justify="right")
    for feed in statistics.feeds:
        days = [f"{moment:%Y-%m-%d}" if moment else "–" for moment in (feed.oldest, feed.newest)]
        counts = (
            f"{feed.articles:,}",
            f"{feed.per_week:.1f}",
            *days,
            f"{len(feed.terms):,}",
            f"{len(feed.dead):,}",
        )
        table.add_row(feed.slug, *counts)
    out.print(table)
    print_text(
        f"\n{statistics.articles:,} articles, {statistics.unrouted:,} of them in no feed that has a rule."
    )
    for feed in statistics.feeds:
        if feed.terms:
            _show_terms(feed)
    if statistics.overlaps:
        print_text("\nFeeds that share articles")
        pairs = sorted(statistics.overlaps.items(), key=lambda item: (-item[1], item[0]))
        for (one, other), shared in pairs[:SHOWN_PAIRS]:
            print_text(f"  {shared:>7,}  {one}, {other}")
        if len(pairs) > SHOWN_PAIRS:
            print_text(f"  … and {len(pairs) - SHOWN_PAIRS} more pairs; --format json has all")


def _show_terms(feed: FeedCount) -> None:
    print_text(f"\n{feed.slug}: articles by term (by it alone)")
    for term in [term for term in feed.terms if term.hits][:TOP_TERMS]:
        print_text(f"  {term.hits:>7,} ({term.alone:,})  {term.term}")
    if feed.dead:
        names = ", ".join(term.term for term in feed.dead[:SHOWN_DEAD])
        more = f" and {len(feed.dead) - SHOWN_DEAD:,} more" if len(feed.dead) > SHOWN_DEAD else ""
        print_text(f"  never found: {names}{more}")
