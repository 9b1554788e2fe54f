"""Layouts of texts that are not title, body and date: what a sample shows, and what to try."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from feedpub.articles.article import Article, Reject
from feedpub.sources.boilerplate import fold_heading, tail_start
from feedpub.sources.bylines import is_byline
from feedpub.sources.field_names import field_called
from feedpub.sources.records import Item
from feedpub.sources.spec import ORDERS, TextLayout

# Headings over lists of other articles, and words before links at the end of an article.
HEADINGS = (
    "You Might Like...",
    "You may also like",
    "Related articles",
    "More from us",
    "Recommended for you",
)
MARKERS = ("Read More", "See also", "Related:")
HEADER = re.compile(r"([A-Za-z][\w-]{1,20}):\s+\S")
"""A line such as ``Title: …``."""
# A line that people write between records, and the one to propose if there is none.
_SEPARATOR = re.compile(r"([-*_=#~+.%])\1{2,}\Z")
_USUAL_SEPARATOR = "---"
_FIRST_LINES = 15
_TOP_LINES = 4
_ENDS_SENTENCE = re.compile(r"[.!?…:;,\"'”’»)\]>]\s*\Z")
_SHORT = 100
# A day with its year, in digits or with a month name in any language.
_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:\w\w )?[^\W\d_]{3,}\.?,? (?:\w\w )?"
_DATE = re.compile(
    rf"\b{_YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}\b|\b\d{{1,2}}[-/.]\d{{1,2}}[-/.]{_YEAR}\b"
    rf"|\b[^\W\d_]{{3,}}\.? \d{{1,2}}(?:st|nd|rd|th)?,? {_YEAR}\b"
    rf"|\b\d{{1,2}}(?:\.|st|nd|rd|th)? {_MONTH}{_YEAR}\b",
    re.IGNORECASE,
)
ENDS_OPEN = "the file ends before its timestamp"
"""What the reader says about lines at the end of a text without a date."""
_LONG_HEADING = 60


def possible_layouts(texts: Sequence[Sequence[str]], *, several: bool) -> Iterator[tuple[TextLayout, str]]:
    """Yield the layouts that ``texts`` may have by their first lines, with a comment for each.

    With ``several`` records in a file, a line must separate them; otherwise each file may be one record.
    """
    named_first = most_are_bylined(texts, alone=True)
    orders = sorted(ORDERS, key=lambda order: "author" not in order) if named_first else ORDERS
    orders = [order for order in orders if named_first or "author" not in order]
    separators: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for lines in texts:
        separators.update({line for line in lines if _SEPARATOR.match(line)})
        starts = (HEADER.match(line) for line in lines[:_FIRST_LINES])
        names.update({start[1] for start in starts if start and field_called(start[1])})
    seen = [separator for separator, count in separators.most_common(2) if 2 * count >= len(texts)]
    common = {name: field_called(name) for name, count in names.items() if 2 * count >= len(texts)}
    # One line for each field: the first name that occurs.
    headers = tuple({field: (name, field) for name, field in reversed(common.items())}.values())
    for separator in (*seen, *(() if several else (_USUAL_SEPARATOR,))):
        told = (
            "# Such a line ends each record."
            if separator in seen
            else "# Each file is one record; a file of several needs such a line between them."
        )
        for named in (headers, ()) if headers else ((),):
            for order in orders:
                yield TextLayout(order, separator, named), told


def most_are_bylined(texts: Sequence[Sequence[str]], *, alone: bool = False) -> bool:
    """Say whether most texts have a byline after the first line; with ``alone``, a name is enough."""
    bylined = sum(any(is_byline(line, alone=alone) for line in lines[1:_TOP_LINES]) for lines in texts)
    return 2 * bylined > len(texts)


def ends_open(items: Sequence[Item]) -> bool:
    """Say whether a text ends without a date."""
    return isinstance(items[-1], Reject) and ENDS_OPEN in items[-1].reason


def is_dated_above(items: Sequence[Item]) -> bool:
    """Say whether most of a text with one record is below its date."""
    above = sum(len(item.body) for item in items if isinstance(item, Article))
    return ends_open(items) and isinstance(items[-1], Reject) and len(items[-1].text) > above


def most_say_dates(texts: Sequence[Sequence[str]]) -> bool:
    """Say whether most texts have a short line with a date among their first or last lines."""
    said = sum(
        any(len(line) < _SHORT and _DATE.search(line) for line in (*lines[:_FIRST_LINES], *lines[-2:]))
        for lines in texts
    )
    return 2 * said > len(texts)


def dates_stand_between(items: Sequence[Item]) -> bool:
    """Say whether the dates of a text seem to be below its titles or bylines, and above their texts."""
    articles = [item for item in items if isinstance(item, Article)]
    bylined = sum(is_byline(article.body.rpartition("\n")[2]) for article in articles)
    is_lone_title = isinstance(items[0], Reject) and "has only one line before" in items[0].reason
    # Above each date are then the end of a text, and a title.
    titled = sum("\n" in article.body and not _ENDS_SENTENCE.search(article.body) for article in articles)
    seen = titled if is_lone_title else bylined
    return ends_open(items) and bool(articles) and 2 * seen > len(articles)


def written(layout: TextLayout) -> str:
    """Return the config line that declares a layout."""
    said: dict[str, object] = {"order": layout.order, "separator": layout.separator}
    if layout.headers:
        said["headers"] = dict(layout.headers)
    return f"layout: {json.dumps(said)}"


def as_read(layout: TextLayout) -> TextLayout:
    """Return a layout as the config will read it."""
    return TextLayout(
        layout.order, layout.separator, tuple((name.casefold(), field) for name, field in layout.headers)
    )


def lines_of(items: Iterable[Item], *, has_layout: bool) -> list[str]:
    """Return config lines that name the headings, markers and header lines in ``items``."""
    known = {fold_heading(heading).rstrip("."): heading for heading in HEADINGS}
    headings: dict[str, None] = {}
    markers: dict[str, None] = {}
    headers: Counter[str] = Counter()
    articles = 0
    for item in items:
        text = item.text if isinstance(item, Reject) else item.body if isinstance(item, Article) else ""
        for line in text.split("\n"):
            if len(line) < _LONG_HEADING and fold_heading(line).rstrip(".: ") in known:
                headings[line.strip()] = None
        if isinstance(item, Article):
            articles += 1
            markers |= {marker: None for marker in MARKERS if tail_start(item.body, (marker,)) is not None}
            headers.update(_headers(item))
    lines: list[str] = []
    # One or two headlines with a colon are headlines, not header lines.
    fields = {name: field_called(name) for name, count in headers.items() if 2 * count >= articles}
    if fields and not has_layout:
        lines += ["# Records begin with header lines.", f"layout: {json.dumps({'headers': fields})}"]
    if headings:
        lines.append(f"boilerplate: {json.dumps(list(headings), ensure_ascii=False)}")
    if markers:
        lines.append(f"related_links: {json.dumps(list(markers), ensure_ascii=False)}")
    return lines


def _headers(article: Article) -> Iterator[str]:
    """Yield the names of the header lines at the beginning of an article's text."""
    for line in (article.title, *article.body.split("\n")):
        header = HEADER.match(line)
        if header is None or field_called(header[1]) in ("", "published"):
            return
        yield header[1]
