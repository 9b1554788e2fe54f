"""Plain text: records of a title line, a body and a timestamp line.

    Title
    Body, one line or more
    2023-10-09 14:25

A record is anchored on its timestamp line: whatever is wrong with it, the next one begins after that line. Its
first line that is not blank is the title. A declared heading begins a block of boilerplate, see :func:`_block_end`.
Blank lines belong to the item that follows them, at the end of a file to the last one, so that every line
belongs to exactly one item.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from feedpub.article import Boilerplate
from feedpub.dates.formats import MONTH_NAMES, MONTHS, WEEKDAY_NAMES, WEEKDAYS
from feedpub.sources.boilerplate import fold_heading
from feedpub.sources.building import Item, Reading, Record, build, reject
from feedpub.sources.cleaning import may_need_cleaning
from feedpub.sources.decoding import UndecodableError, decode
from feedpub.sources.lines import MAX_LINE, blocks, is_overlong

MAX_STAMP = 64
# What is kept of lines while no timestamp comes; beyond it a record is one reject.
MAX_RECORD = 16 << 20

_MONTH = "|".join((*MONTH_NAMES, "sept", *MONTHS))
_WEEKDAY = "|".join((*WEEKDAY_NAMES, *WEEKDAYS))
_ZONE = r"(?:Z|(?:UTC|GMT|UT)?[+-]\d{1,2}(?::?\d\d)?|[A-Z]{2,5}|[A-Z][a-z]+/[A-Za-z_/]+)"
_CLOCK = rf"\d{{1,2}}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s?[ap]\.?m\.?)?(?:\s?{_ZONE}(?:\s?\(\w+\))?)?"
_DAY = (
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
    r"|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[ -](?:of )?(?:{_MONTH})\.?,?[ -](?:\d{{4}}|'?\d\d)"
    rf"|(?:{_MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
)
# A line that is a date and nothing else, real or not: it anchors a record, and whether it is a date that the
# policy takes is decided when it is read.
_STAMP = re.compile(
    rf"\s*(?:(?:{_WEEKDAY})\.?,? )?(?:{_DAY})(?:(?:[T\s]|,\s|\sat\s)\s?{_CLOCK})?\s*\Z".encode(),
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Span:
    """The lines up to a timestamp, or what the file ends with; ``dropped`` ones were counted, but not kept."""

    first: int
    lines: list[bytes]
    stamped: bool
    dropped: int = 0

    @property
    def last(self) -> int:
        return self.first + len(self.lines) + self.dropped - 1

    @property
    def blank(self) -> bool:
        return not self.dropped and not any(line.strip() for line in self.lines)


def read(stream: BinaryIO, reading: Reading) -> Iterator[Item]:
    """Yield what the records of ``stream`` become, in the file's order."""
    # The items of one record are held back: if only blank lines follow, they belong to the last of them.
    held: list[Item] = []
    for span in _spans(stream):
        if not span.blank:
            yield from held
            held = _items(reading, span)
        elif held:
            held = [_until(item, span) for item in held]
        else:
            held = [Boilerplate(reading.origin(span.first, span.last))]
    yield from held


def _until(item: Item, blank: _Span) -> Item:
    if item.origin.last != blank.first - 1:
        return item
    return replace(item, origin=replace(item.origin, last=blank.last))


def _spans(stream: BinaryIO) -> Iterator[_Span]:
    is_stamp = _STAMP.match
    first, size, dropped = 1, 0, 0
    pending: list[bytes] = []
    for block in blocks(stream):
        start = 0
        for number, line in enumerate(block):
            if len(line) <= MAX_STAMP and is_stamp(line):
                span = _Span(first, pending + block[start : number + 1], True, dropped)
                yield span
                first, size, dropped, pending, start = span.last + 1, 0, 0, [], number + 1
        pending += block[start:]
        # What a line costs in memory beside its bytes counts too: a gigabyte may be nothing but line ends.
        size += sum(map(len, block[start:])) + 64 * (len(block) - start)
        if size > MAX_RECORD:
            dropped += len(pending) - 1
            pending = [pending[0][:MAX_STAMP]]
    if pending:
        yield _Span(first, pending, False, dropped)


def _items(reading: Reading, span: _Span) -> list[Item]:
    data = b"\n".join(span.lines)
    try:
        text = decode(data, reading.spec.encoding)
    except UndecodableError as error:
        raw = data.decode(errors="backslashreplace")
        return [reject(reading.origin(span.first, span.last), str(error), raw)]
    whole = reading.origin(span.first, span.last)
    if span.dropped:
        return [reject(whole, f"no timestamp comes within {MAX_RECORD >> 20} MB", text)]
    if len(data) > MAX_LINE and any(is_overlong(line) for line in span.lines):
        return [reject(whole, f"a line has more than {MAX_LINE >> 20} MB", text)]
    lines = text.split("\n")
    items: list[Item] = []
    start = 0
    for heading in _headings(lines, reading.spec.boilerplate):
        if heading < start:
            continue
        if any(line.strip() for line in lines[start:heading]):
            origin = reading.origin(span.first + start, span.first + heading - 1)
            items.append(
                reject(
                    origin,
                    "half a record: no timestamp comes before the next heading",
                    "\n".join(lines[start:heading]),
                )
            )
            start = heading
        end = _block_end(lines, heading, span.stamped)
        items.append(Boilerplate(reading.origin(span.first + start, span.first + end - 1)))
        start = end
    if start < len(lines):
        items += _record(reading, span, lines[start:], is_clean=not may_need_cleaning(data))
    return items


def _headings(lines: list[str], headings: frozenset[str]) -> Iterator[int]:
    # Folding costs; a line that is much longer than all headings is none. Folding can shorten a text, by
    # white space, so some room is left.
    longest = max(map(len, headings), default=0) + 16
    for number, line in enumerate(lines):
        if len(line) <= longest and fold_heading(line) in headings:
            yield number


def _block_end(lines: list[str], heading: int, stamped: bool) -> int:
    """Return where the block of boilerplate ends that begins at ``heading``.

    It ends at a blank line after a headline; else, where a record follows, before the last two lines that can be
    its title and body; else at the end of the file. A blank rest of the file belongs to it.
    """
    filled = [number for number in range(heading + 1, len(lines) - stamped) if lines[number].strip()]
    for number, following in itertools.pairwise(filled):
        if following > number + 1:
            return number + 1
    if not stamped:
        return len(lines)
    return filled[-3] + 1 if len(filled) > 2 else heading + 1


def _record(reading: Reading, span: _Span, lines: list[str], *, is_clean: bool) -> list[Item]:
    origin = reading.origin(span.last - len(lines) + 1, span.last)
    raw = "\n".join(lines)
    if not span.stamped:
        return [reject(origin, "half a record: the file ends before its timestamp", raw)]
    title, _, body = "\n".join(lines[:-1]).lstrip().partition("\n")
    if not title:
        return [reject(origin, "the record has neither title nor body before its timestamp", raw)]
    if not body.strip():
        return [
            reject(origin, "the record has only one line before its timestamp: title or body is missing", raw)
        ]
    return build(reading, origin, Record(title, body, lines[-1]), raw, is_clean=is_clean)
