"""The report as one HTML page that needs nothing else: plots are inline SVG; no network, no script.

It looks like the site's pages: it has the same style sheet and frame, and its templates can be replaced, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from markupsafe import Markup

from feedpub.documents import channel
from feedpub.documents.pages.context import Page, Site
from feedpub.documents.pages.look import Look
from feedpub.documents.pages.words import ENGLISH
from feedpub.insight.statistics import FeedCount, Statistics

_TERMS = 15
_DEAD = 60
_LISTED = 100

_HEADS = ("Feed", "Articles", "A week", "Oldest", "Newest", "Terms", "Never found")


@dataclass(frozen=True, slots=True)
class Part:
    """What the page says about one feed.

    ``name`` is unique, ``cells`` are the cells of its row in the table. ``weeks`` and ``terms`` are plots,
    empty if there is nothing to show. ``never`` is the number of terms that were never found, as text; ``dead`` are
    some of them, and ``more`` is the number of the others.
    """

    anchor: str
    name: str
    cells: tuple[str, ...]
    weeks: Markup
    terms: Markup
    never: str
    dead: tuple[str, ...]
    more: str


def page(statistics: Statistics, site: channel.Site, look: Look) -> str:
    """Return the page for a ``site`` in its ``look``, which may raise :class:`feedpub.core.errors.ConfigError`."""
    title = f"{site.title}: what the rules find"
    listed = statistics.unrouted[:_LISTED]
    more = len(statistics.unrouted) - len(listed)
    return look.render(
        "report.html",
        site=Site(site.title, site.language, site.rights, site.base_url, "", "", ""),
        page=Page(kind="report", path="", url="", root="", title=title, description="", topics=()),
        words=ENGLISH,
        style=Markup(look.style[1].decode()),  # noqa: S704 - the site's own style sheet
        articles=f"{statistics.articles:,}",
        unrouted=f"{len(statistics.unrouted):,}",
        heads=_HEADS,
        topics=_parts(statistics),
        matrix=_safe(_matrix(statistics)),
        listed=[(title, str(origin)) for title, origin in listed],
        more=f"{more:,}" if more else "",
    )


def _safe(svg: str) -> Markup:
    return Markup(svg)  # noqa: S704 - the functions below escape texts


def _parts(statistics: Statistics) -> list[Part]:
    weeks = [week for feed in statistics.feeds for week in feed.weeks]
    span = (min(weeks), max(weeks)) if weeks else None
    titles = Counter(feed.title for feed in statistics.feeds)
    return [
        _part(feed, feed.title if titles[feed.title] == 1 else f"{feed.title} ({feed.slug})", span)
        for feed in statistics.feeds
    ]


def _matrix(statistics: Statistics) -> str:
    feeds = statistics.feeds
    return matrix([feed.slug for feed in feeds], [feed.articles for feed in feeds], statistics.overlaps)


def _part(feed: FeedCount, name: str, span: tuple[date, date] | None) -> Part:
    found = [(term.term, term.hits, term.alone) for term in feed.terms if term.hits][:_TERMS]
    dead = feed.dead if feed.enough else ()
    return Part(
        anchor=f"feed-{feed.slug}",
        name=name,
        cells=(
            f"{feed.articles:,}",
            _rate(feed),
            _day(feed.oldest),
            _day(feed.newest),
            f"{len(feed.terms):,}",
            f"{len(feed.dead):,}" if feed.enough else "–",
        ),
        weeks=_safe(over_time(feed.weeks, *span, f"Articles of {name} by week"))
        if span and feed.articles
        else Markup(),
        terms=_safe(bars(found, f"Articles of {name} by term")) if found else Markup(),
        never=f"{len(dead):,}" if dead else "",
        dead=tuple(term.term for term in dead[:_DEAD]),
        more=f"{len(dead) - _DEAD:,}" if len(dead) > _DEAD else "",
    )


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
    """Return a plot with a bar for each week from ``first`` to ``last`` (Mondays), the same for all plots of a page."""
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
    """Return a plot with a bar for each name with its count; a part of each bar is drawn stronger."""
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
    # No viewBox: as wide as the page, with letters as large as the page's on any screen.
    return f'<svg class="{kind}" height="{height}" role="img" aria-label="{escape(label)}">'


def matrix(names: Sequence[str], sizes: Sequence[int], shared: Mapping[tuple[str, str], int]) -> str:
    """Return a table of squares: the share of the row's articles that are also in the column's feed."""
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
                drawn.append(
                    f'<text x="{left + column * _CELL + 18}" y="{top + 22}" class="middle">{100 * share:.0f}</text>'
                )
    return (
        f'<svg class="matrix" viewBox="0 0 {side} {side - left + _CELL}" width="{side}" role="img" '
        f'aria-label="Which feeds share articles, in percent">{"".join(drawn)}</svg>'
    )


def _shortened(name: str, length: int = 26) -> str:
    return name if len(name) <= length else f"{name[: length - 1]}…"
