"""The report as one HTML page that needs nothing else: no network, no script."""

from __future__ import annotations

from datetime import date
from html import escape

from feedpub.report.plots import bars, matrix, over_time
from feedpub.report.statistics import FeedCount, Statistics

_TERMS = 15
_DEAD = 60

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1d21; --dim: #666b73; --paper: #fff; --line: #d8dce2; --bar: #8fb4e3;
  --strong: #1f5fb0; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --dim: #9aa1ab; --paper: #16181c; --line: #363b44;
  --bar: #35557f; --strong: #7db1f5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 60rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; border-top: 1px solid var(--line);
  padding-top: 1rem; } h3 { font-size: 1rem; margin-bottom: .25rem; }
p, li { overflow-wrap: anywhere; } .dim { color: var(--dim); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; position: sticky; left: 0; background: var(--paper); }
@media (max-width: 40rem) { th, td { padding: .3rem .4rem; font-size: .875rem; }
  .scroll { border-right: 2px dashed var(--line); } }
a { color: var(--strong); } svg { width: 100%; display: block; } .matrix { height: auto; min-width: 20rem; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; } svg .end { text-anchor: end; }
svg .middle { text-anchor: middle; } svg .over { fill: var(--paper); } svg .index { fill: var(--dim); }
svg rect { fill: var(--bar); } svg .strong, .time rect, .matrix rect { fill: var(--strong); }
svg line { stroke: var(--line); }
code { background: color-mix(in srgb, var(--line) 45%, transparent); padding: 0 .25em; border-radius: .2em; }
"""


def page(statistics: Statistics, title: str) -> str:
    """Return the page for a site called ``title``."""
    weeks = [week for feed in statistics.feeds for week in feed.weeks]
    span = (min(weeks), max(weeks)) if weeks else None
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}: what the rules find</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(title)}: what the rules find</h1>",
        f"<p>{statistics.articles:,} articles. {statistics.unrouted:,} are in no feed that has a rule.</p>",
        _overview(statistics),
        "<h2>Feeds that share articles</h2>",
        "<p class=\"dim\">Of a row's articles, the percentage that is in the column's feed, too.</p>",
        f'<div class="scroll">{_matrix(statistics)}</div>',
        *(_feed(feed, span) for feed in statistics.feeds),
        _unrouted(statistics),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _overview(statistics: Statistics) -> str:
    rows = "".join(
        f'<tr><td><a href="#{escape(feed.slug)}">{escape(feed.title)}</a></td><td>{feed.articles:,}</td>'
        f"<td>{feed.per_week:,.1f}</td><td>{_day(feed.oldest)}</td><td>{_day(feed.newest)}</td>"
        f"<td>{len(feed.terms):,}</td><td>{len(feed.dead):,}</td></tr>"
        for feed in statistics.feeds
    )
    heads = "".join(
        f"<th>{head}</th>"
        for head in ("Feed", "Articles", "A week", "Oldest", "Newest", "Terms", "Never found")
    )
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _matrix(statistics: Statistics) -> str:
    feeds = statistics.feeds
    return matrix([feed.slug for feed in feeds], [feed.articles for feed in feeds], statistics.overlaps)


def _feed(feed: FeedCount, span: tuple[date, date] | None) -> str:
    parts = [f'<h2 id="{escape(feed.slug)}">{escape(feed.title)}</h2>']
    if span is None or not feed.articles:
        parts.append("<p>No article is in this feed.</p>")
    else:
        parts.append("<h3>Articles by week</h3>")
        parts.append(over_time(feed.weeks, *span, f"Articles of {feed.title} by week"))
    found = [(term.term, term.hits, term.alone) for term in feed.terms if term.hits][:_TERMS]
    if found:
        parts.append("<h3>Articles by term</h3>")
        parts.append('<p class="dim">The strong part of a bar: articles that are in by this term alone.</p>')
        parts.append(bars(found, f"Articles of {feed.title} by term"))
    if feed.dead:
        shown = ", ".join(f"<code>{escape(term.term)}</code>" for term in feed.dead[:_DEAD])
        more = f" and {len(feed.dead) - _DEAD:,} more" if len(feed.dead) > _DEAD else ""
        parts.append(f"<details><summary>{len(feed.dead):,} terms that no article holds</summary>")
        parts.append(f"<p>{shown}{more}</p></details>")
    return "\n".join(parts)


def _unrouted(statistics: Statistics) -> str:
    if not statistics.unrouted:
        return ""
    items = "".join(f"<li>{escape(title)}</li>" for title in statistics.examples)
    more = statistics.unrouted - len(statistics.examples)
    rest = f'<p class="dim">… and {more:,} more.</p>' if more else ""
    return f"<h2>In no feed that has a rule</h2><ul>{items}</ul>{rest}"


def _day(moment: date | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "–"
