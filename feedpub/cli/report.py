"""``feedpub report``: what the rules find in the articles."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from feedpub.cli.console import (
    DEFAULT_CONFIG,
    ConfigOption,
    Failed,
    Format,
    FormatOption,
    console,
    print_json,
    print_text,
)
from feedpub.cli.console import count as counted
from feedpub.config import load_config
from feedpub.documents.pages.look import Look
from feedpub.insight.report_page import page
from feedpub.insight.statistics import FeedCount, Statistics, count
from feedpub.planning.verdicts import articles
from feedpub.publishing.build import open_plan

TOP_TERMS = 5
SHOWN_DEAD = 8
SHOWN_PAIRS = 10
SHOWN_UNROUTED = 20


def report(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    html: Annotated[
        Path | None, typer.Option(help="Also write a page with plots to this file.", metavar="FILE")
    ] = None,
    report_format: FormatOption = Format.TEXT,
) -> None:
    """Count what each feed and each term finds in the articles; publish nothing.

    Example: feedpub report --html report.html
    """
    settings = load_config(config)
    with open_plan(settings, datetime.now(UTC)) as plan:
        titles = {feed.slug: feed.title for feed in plan.settings.feeds}
        statistics = count(plan.settings.rules, titles, articles(plan), plan.ingested.hands.of)
    if html is not None:
        try:
            made = page(statistics, settings.site, Look(settings.output.templates))
            html.write_text(made, encoding="utf-8", errors="replace")
        except OSError as error:
            raise Failed(f"{html} cannot be written: {error.strerror}") from None
    if report_format is Format.JSON:
        print_json(as_json(statistics))
    else:
        _show(statistics)
        if html is not None:
            print_text(f"\nThe page is in {html}.")


def as_json(statistics: Statistics) -> dict[str, Any]:
    """Return the counts in the shape documented for ``--format json``."""
    return {
        "articles": statistics.articles,
        "unrouted": len(statistics.unrouted),
        "unrouted_articles": [
            {"title": title, "file": origin.file, "line": origin.line}
            for title, origin in statistics.unrouted
        ],
        "feeds": [_feed_as_json(feed) for feed in statistics.feeds],
        "overlaps": [
            {"feeds": list(pair), "articles": shared} for pair, shared in statistics.overlaps.items()
        ],
    }


def _feed_as_json(feed: FeedCount) -> dict[str, Any]:
    return {
        "slug": feed.slug,
        "articles": feed.articles,
        "added_by_hand": feed.added,
        "dropped_by_hand": feed.dropped,
        "never_found": len(feed.dead) if feed.enough else None,
        "per_week": None if feed.per_week is None else round(feed.per_week, 2),
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
    out = console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("feed")
    for head in ("articles", "a week", "oldest", "newest", "terms", "never found"):
        table.add_column(head, justify="right")
    for feed in statistics.feeds:
        days = [f"{moment:%Y-%m-%d}" if moment else "–" for moment in (feed.oldest, feed.newest)]
        counts = (
            f"{feed.articles:,}",
            "–" if feed.per_week is None else f"{feed.per_week:,.1f}",
            *days,
            f"{len(feed.terms):,}",
            f"{len(feed.dead):,}" if feed.enough else "–",
        )
        table.add_row(feed.slug, *counts)
    out.print(table)
    unrouted = statistics.unrouted
    ends = ":" if unrouted else "."
    print_text(
        f"\n{counted(statistics.articles, 'article')}, {len(unrouted):,} of them in no feed that has a rule{ends}"
    )
    for title, origin in unrouted[:SHOWN_UNROUTED]:
        print_text(f"  {origin}: {title}")
    if (more := len(unrouted) - SHOWN_UNROUTED) > 0:
        print_text(f"  … and {more:,} more; --format json has all")
    _show_exceptions(statistics)
    for feed in statistics.feeds:
        if feed.terms:
            _show_terms(feed, statistics.articles)
    if statistics.overlaps:
        print_text("\nFeeds that share articles")
        pairs = sorted(statistics.overlaps.items(), key=lambda item: (-item[1], item[0]))
        for (one, other), shared in pairs[:SHOWN_PAIRS]:
            print_text(f"  {shared:>7,}  {one}, {other}")
        if len(pairs) > SHOWN_PAIRS:
            print_text(f"  … and {len(pairs) - SHOWN_PAIRS} more pairs; --format json has all")


def _show_exceptions(statistics: Statistics) -> None:
    for feed in statistics.feeds:
        if feed.added or feed.dropped:
            added = f"{counted(feed.added, 'article')} added by hand"
            print_text(f"{feed.slug}: {added}, {feed.dropped:,} dropped")


def _show_terms(feed: FeedCount, articles: int) -> None:
    print_text(f"\n{feed.slug}: articles by term (by it alone)")
    for term in [term for term in feed.terms if term.hits][:TOP_TERMS]:
        print_text(f"  {term.hits:>7,} ({term.alone:,})  {term.term}")
    if feed.dead and not feed.enough:
        few = f"{counted(articles, 'article')} {'is' if articles == 1 else 'are'} too few to expect each"
        print_text(f"  {len(feed.dead):,} of {len(feed.terms):,} terms not found yet; {few}")
    elif feed.dead:
        names = ", ".join(term.term for term in feed.dead[:SHOWN_DEAD])
        more = f" and {len(feed.dead) - SHOWN_DEAD:,} more" if len(feed.dead) > SHOWN_DEAD else ""
        print_text(f"  never found in {counted(articles, 'article')}: {names}{more}")
