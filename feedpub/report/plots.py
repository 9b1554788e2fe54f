"""Plots as inline SVG: bars over time, bars of terms, an overlap matrix. Colours come from the page's style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from html import escape

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
