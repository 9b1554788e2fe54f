"""The report as one HTML page that needs nothing else: plots are inline SVG; no network, no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from html import escape

from feedpub.insight.statistics import FeedCount, Statistics

_TERMS = 15
_DEAD = 60
_LISTED = 100

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
        f"<p>{statistics.articles:,} articles. {len(statistics.unrouted):,} are in no feed that has a rule.</p>",
        _overview(statistics),
        "<h2>Feeds that share articles</h2>",
        "<p class=\"dim\">Of a row's articles, the percentage that is in the column's feed, too.</p>",
        f'<div class="scroll">{_matrix(statistics)}</div>',
        *(_feed(feed, span, statistics.articles) for feed in statistics.feeds),
        _unrouted(statistics),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _overview(statistics: Statistics) -> str:
    rows = "".join(
        f'<tr><td><a href="#{escape(feed.slug)}">{escape(feed.title)}</a></td><td>{feed.articles:,}</td>'
        f"<td>{_rate(feed)}</td><td>{_day(feed.oldest)}</td><td>{_day(feed.newest)}</td>"
        f"<td>{len(feed.terms):,}</td><td>{f'{len(feed.dead):,}' if feed.enough else '–'}</td></tr>"
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


def _feed(feed: FeedCount, span: tuple[date, date] | None, articles: int) -> str:
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
    if feed.dead and feed.enough:
        shown = ", ".join(f"<code>{escape(term.term)}</code>" for term in feed.dead[:_DEAD])
        more = f" and {len(feed.dead) - _DEAD:,} more" if len(feed.dead) > _DEAD else ""
        parts.append(
            f"<details><summary>{len(feed.dead):,} terms that none of {articles:,} articles holds</summary>"
        )
        parts.append(f"<p>{shown}{more}</p></details>")
    return "\n".join(parts)


def _unrouted(statistics: Statistics) -> str:
    if not statistics.unrouted:
        return ""
    listed = statistics.unrouted[:_LISTED]
    items = "".join(
        f'<li>{escape(title)} <span class="dim">{escape(str(origin))}</span></li>' for title, origin in listed
    )
    more = len(statistics.unrouted) - len(listed)
    rest = f'<p class="dim">… and {more:,} more.</p>' if more else ""
    return f"<h2>In no feed that has a rule</h2><ul>{items}</ul>{rest}"


def _rate(feed: FeedCount) -> str:
    return "–" if feed.per_week is None else f"{feed.per_week:,.1f}"


def _day(moment: date | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "–"


_HEIGHT = 120
_LABEL = 16
_ROW = 24
_CELL = 36
# Where bars of terms begin, and how long the longest is, in percent of the width.
_BEGIN, _LONGEST = 45, 44


def over_time(weeks: Mapping[date, int], first: date, last: date, label: str) -> str:
    """Return a bar a week from ``first`` to ``last`` (Mondays), all plots of a page over the same weeks."""
    step = 100 / ((last - first).days // 7 + 1)
    highest = max(weeks.values(), default=0) or 1
    axis = _HEIGHT - _LABEL
    bars = []
    for week, count in weeks.items():
        height = count / highest * (axis - _LABEL)
        place = (week - first).days // 7 * step
        tip = f"<title>{week:%Y-%m-%d}: {count:,}</title>"
        bars.append(
            f'<rect x="{place:.2f}%" y="{axis - height:.1f}" width="{0.96 * step:.2f}%" '
            f'height="{height:.1f}">{tip}</rect>'
        )
    return (
        f"{_opening('time', _HEIGHT, label)}"
        f'<line x1="0" y1="{axis}" x2="100%" y2="{axis}"/>{"".join(bars)}'
        f'<text x="0" y="{_HEIGHT - 3}">{first:%Y-%m-%d}</text>'
        f'<text x="100%" y="{_HEIGHT - 3}" class="end">{last + timedelta(6):%Y-%m-%d}</text>'
        f'<text x="100%" y="10" class="end">at most {highest:,} a week</text></svg>'
    )


def bars(rows: Sequence[tuple[str, int, int]], label: str) -> str:
    """Return a bar for each name with its count, of which a part is drawn stronger."""
    highest = max((count for _, count, _ in rows), default=0) or 1
    drawn = []
    for index, (name, count, part) in enumerate(rows):
        top = index * _ROW
        whole, strong = (value / highest * _LONGEST for value in (count, part))
        drawn.append(
            f'<text x="{_BEGIN}%" dx="-8" y="{top + 16}" class="end">{escape(_shortened(name))}'
            f"<title>{escape(name)}</title></text>"
            f'<rect x="{_BEGIN}%" y="{top + 4}" width="{whole:.2f}%" height="16"/>'
            f'<rect class="strong" x="{_BEGIN}%" y="{top + 4}" width="{strong:.2f}%" height="16"/>'
            f'<text x="{_BEGIN + whole:.2f}%" dx="6" y="{top + 16}">{count:,}</text>'
        )
    return f"{_opening('terms', max(len(rows), 1) * _ROW, label)}{''.join(drawn)}</svg>"


def _opening(kind: str, height: int, label: str) -> str:
    # No viewBox: as wide as the page, with letters as large as those of the page on any screen.
    return f'<svg class="{kind}" height="{height}" role="img" aria-label="{escape(label)}">'


def matrix(names: Sequence[str], sizes: Sequence[int], shared: Mapping[tuple[str, str], int]) -> str:
    """Return a table of squares: the share of each row's articles that the column's feed takes, too."""
    left = 150
    side = left + len(names) * _CELL
    drawn = []
    for row, (name, size) in enumerate(zip(names, sizes, strict=True)):
        top = _CELL + row * _CELL
        drawn.append(
            f'<text x="{left - 8}" y="{top + 22}" class="end">{escape(_shortened(name))}</text>'
            f'<text x="{left + row * _CELL + 18}" y="24" class="middle">{row + 1}</text>'
            f'<text x="4" y="{top + 22}" class="index">{row + 1}</text>'
        )
        for column, other in enumerate(names):
            both = size if row == column else shared.get((name, other)) or shared.get((other, name)) or 0
            share = both / size if size else 0.0
            tip = f"<title>{escape(name)} and {escape(other)}: {both:,} of {size:,}</title>"
            place = f'x="{left + column * _CELL + 1}" y="{top + 1}"'
            drawn.append(
                f'<rect {place} width="{_CELL - 2}" height="{_CELL - 2}" fill-opacity="{0.06 + 0.94 * share:.2f}">'
                f"{tip}</rect>"
            )
            if both and row != column:
                strong = ' class="middle over"' if share > 0.55 else ' class="middle"'
                drawn.append(
                    f'<text x="{left + column * _CELL + 18}" y="{top + 22}"{strong}>{100 * share:.0f}</text>'
                )
    return (
        f'<svg class="matrix" viewBox="0 0 {side} {side - left + _CELL}" style="max-width:{side}px" role="img" '
        f'aria-label="Which feeds share articles, in percent">{"".join(drawn)}</svg>'
    )


def _shortened(name: str, length: int = 26) -> str:
    return name if len(name) <= length else f"{name[: length - 1]}…"
