"""Plain text: records of a title line, a body and a timestamp line.

    Title
    Body, one line or more
    2023-10-09 14:25

A record ends with its timestamp line: whatever is wrong with it, the next one begins after that line.
Its first line that is not blank is the title. A declared heading begins a block of boilerplate, see
:func:`_block_end`. Blank lines belong to the item after them (at the end of a file, to the last one), so every line
belongs to exactly one item.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from feedpub.articles.article import Article, Boilerplate, Notice, Origin, Reject
from feedpub.core.errors import DateError
from feedpub.sources.boilerplate import fold_heading, longest_line
from feedpub.sources.decoding import (
    MAX_LINE,
    Block,
    UndecodableError,
    blocks,
    read_whole,
    recover,
    text_of_file,
)
from feedpub.sources.normalisation import build, build_story, has_plain_stories, usual_story
from feedpub.sources.readers import _text_layout
from feedpub.sources.records import MAX_RAW, ByteStream, Item, Record, RecordError, reject, with_blank_lines
from feedpub.sources.spec import ParseContext, SourceSpec
from feedpub.text.dates import DatePolicy, is_declared, parse_date
from feedpub.text.dates.policy import MONTH_NAMES, MONTHS, WEEKDAY_NAMES, WEEKDAYS

MAX_STAMP = 80
# How much is kept while no timestamp comes; a longer record is one reject.
MAX_RECORD = 16 << 20

_MONTH = "|".join((*MONTH_NAMES, "sept", *MONTHS))
_WEEKDAY = "|".join((*WEEKDAY_NAMES, *WEEKDAYS))
_ZONE = r"(?:Z|(?:UTC|GMT|UT)?[+-]\d{1,2}(?::?\d\d)?|[A-Z]{2,5}|[A-Z][a-z]+/[A-Za-z_/]+)"
_CLOCK = rf"\d{{1,2}}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s?[ap]\.?m\.?)?(?:\s?{_ZONE}(?:\s?\(\w+\))?)?"
# Invisible characters around a date must not hide it, or the record would run into the next one.
_INVISIBLE = r"\s\x00-\x1f\x7f\u200b\u200e\u200f\u2060\ufeff"
_DASH = "[-/.\u2010-\u2015\u2212]"
_DAY = (
    rf"\d{{4}}{_DASH}\d{{1,2}}{_DASH}\d{{1,2}}"
    rf"|\d{{1,2}}{_DASH}\d{{1,2}}{_DASH}(?:\d{{4}}|\d\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[ -](?:of )?(?:{_MONTH})\.?,?[ -](?:\d{{4}}|'?\d\d)"
    rf"|(?:{_MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
)
# A line that is nothing but a date, real or not. It ends a record; whether the policy accepts the date is
# decided when it is read.
_STAMP = re.compile(
    rf"[{_INVISIBLE}-]*(?:(?:{_WEEKDAY})\.?,? )?(?:{_DAY})(?:(?:[T\s]|,\s|\sat\s)\s?{_CLOCK})?[{_INVISIBLE}.,;]*\Z",
    re.IGNORECASE,
)
# What may be meant as a date that has to be declared: a long number, or a year, more digits and a few words,
# as in "Published 11 October 2023 at 10h00".
_LONG_NUMBER = re.compile(r"\s*\d{9,14}\s*\Z")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?:\d{4})?(?!\d)")
_ZEROS = str.maketrans("123456789", "000000000")
_COMMENT = re.compile(r"\([^()]*\)")
_MEANT = re.compile(r"\W*(?:[^\W\d_]+[.,:]*\s+)?\W*\d.*\d\D{0,5}\Z|\W*\Z")
_WORD = re.compile(r"[^\W\d_]+")
_SHORT_WORDS = ("a", "am", "at", "m", "nd", "of", "p", "pm", "rd", "st", "t", "th", "z")
_DATE_WORDS = frozenset([*MONTH_NAMES, *MONTHS, "sept", *WEEKDAY_NAMES, *WEEKDAYS, *_SHORT_WORDS])
# With a time of day there may be more words, as in other languages.
_HOURS = re.compile(r"\d\s?(?:[:hH]|[Uu]hr)")
_FEW_WORDS = 3
# The time of day and the zone, which only some timestamps of a file may have.
_TIME = re.compile(rf"(?:[T\s,]|at)*{_CLOCK}.*\Z", re.IGNORECASE)
_PART = re.compile(r"\d+|[^\W\d_]+|[-/.]")


class _Span(NamedTuple):
    """The lines up to a timestamp, or up to the end of the file.

    ``plain`` is that of :class:`~feedpub.sources.decoding.Block`; ``problem`` says why the lines cannot be a
    record.
    """

    first: int
    last: int
    lines: list[str]
    stamped: bool
    plain: bool
    problem: str = ""


def read(stream: ByteStream, reading: ParseContext) -> Iterator[Item]:
    """Yield the items of the records in ``stream``, in the file's order."""
    if reading.spec.is_whole:
        yield from _one(stream, reading)
        return
    if reading.spec.layout.separator:
        yield from _text_layout.read(stream, reading)
        return
    yield from with_blank_lines(_records(stream, reading), reading.file)


def at(lines: Block, reading: ParseContext) -> Iterator[Item]:
    """Yield the items of one record's lines, whatever is before them."""
    if not reading.spec.ends_at_dates:
        return
    record = lines.lines
    end = next((number for number in range(len(record), 0, -1) if record[number - 1].strip()), 0)
    if end:
        yield from _items(reading, _Span(lines.first, lines.first + end - 1, record[:end], True, lines.plain))


def _one(stream: ByteStream, reading: ParseContext) -> Iterator[Item]:
    """Yield the article of a file with one record: the first line is the title, and the file has the date."""
    data, origin = read_whole(stream, reading)
    if not data.strip():
        if data:
            yield Boilerplate(origin)
        return
    try:
        title, _, body = text_of_file(data, reading.spec.encoding).strip().partition("\n")
    except (RecordError, UndecodableError) as error:
        yield reject(origin, str(error), data[:8192].decode(errors="replace"))
        return
    record = Record(title, body, html=reading.spec.html_body)
    yield from build(reading, origin, record, lambda: f"{title}\n{body}")


def _records(stream: ByteStream, reading: ParseContext) -> Generator[list[Item], None, int]:
    shapes = set(reading.shapes)
    last = 0
    is_usual = has_plain_stories(reading.spec) and not reading.spec.layout.headers
    longest = max(MAX_STAMP, longest_line(reading.spec.boilerplate))
    for span in _spans(stream, stamps_of(reading.spec), reading.first):
        last = span.last
        if is_usual and (story := _usual(reading, span, shapes, longest)):
            yield [story]
        elif span.stamped or span.problem or any(line.strip() for line in span.lines):
            items = _items(reading, span)
            items += _doubts(reading, span, shapes, taken=any(isinstance(item, Article) for item in items))
            yield items
    return last


def _usual(reading: ParseContext, span: _Span, shapes: set[str], longest: int) -> Item | None:
    """Return the article of a simple record that needs no notices, like :func:`_items` but faster; else ``None``.

    None of its lines is short enough for a heading or a date (``longest`` characters), except its title and its
    timestamp, which has the form of an earlier one.
    """
    lines = span.lines
    if not (span.plain and span.stamped) or span.problem:
        return None
    start = 0
    while not lines[start].strip():
        start += 1
    title, stamp = lines[start], lines[-1]
    if shape_of(stamp) not in shapes:
        return None
    if len(lines) == start + 3:
        body = lines[start + 1]
        if len(body) <= longest or body.isspace():
            return None
    else:
        if min(map(len, lines[start + 1 : -1]), default=0) <= longest:
            return None
        body = "\n".join(lines[start + 1 : -1])
    headings = reading.spec.boilerplate
    if len(title) <= longest_line(headings) and fold_heading(title) in headings:
        return None
    return usual_story(reading, reading.origin(span.first, span.last), title, body, stamp)


def stamps_of(spec: SourceSpec) -> Callable[[str], object]:
    """Return a function that says whether a line is a timestamp, by its form or by the source's declarations."""
    # A missing zone only matters when the date is read.
    policy = replace(spec.dates, zone=spec.dates.zone or "UTC")
    declares = bool(policy.formats or policy.languages)

    def is_stamp(line: str) -> bool:
        return (
            _STAMP.match(line) is not None
            or (("20" in line or "19" in line) and _may_be_date(line) and _why_no_date(line, policy) == "")
            or (declares and _is_declared(line, spec))
        )

    return is_stamp


def _is_declared(line: str, spec: SourceSpec) -> bool:
    try:
        return is_declared(recover(line, spec.encoding), spec.dates)
    except UndecodableError:
        return False


def _may_be_date(line: str) -> bool:
    """Say whether a line consists mostly of parts of a date. It is called for each line, so it is cheap."""
    if len(line) > MAX_STAMP or not _YEAR.search(line) or sum(map(str.isdigit, line)) <= len("2023"):
        return False
    words = _WORD.findall(_COMMENT.sub("", line))
    others = sum(word.lower() not in _DATE_WORDS for word in words)
    return others <= (_FEW_WORDS if _HOURS.search(line) else 1)


def _is_meant(line: str) -> bool:
    """Say whether a line that is not a date may be meant as one: ordinary text begins and ends differently."""
    return bool(_LONG_NUMBER.match(line) or (_may_be_date(line) and _MEANT.match(_COMMENT.sub("", line))))


def _why_no_date(line: str, policy: DatePolicy) -> str:
    try:
        parse_date(line, policy)
    except DateError as error:
        return str(error)
    return ""


def _doubts(reading: ParseContext, span: _Span, shapes: set[str], *, taken: bool) -> Iterator[Notice]:
    """Report a timestamp in another form than those before it, and a line that may be meant as one but is not.

    ``shapes`` are the forms in the file so far. A record that was not ``taken`` as an article is reported anyway.
    """
    if not span.stamped:
        return
    shape = shape_of(span.lines[-1])
    if shapes and shape not in shapes:
        shown = span.lines[-1].strip()
        told = f"{shown!r} ends a record, but is written in another form than the dates before it"
        here = reading.origin(span.last, span.last)
        yield Notice(here, "odd-date", told)
    shapes.add(shape)
    # This checks each line, so cheap checks come first.
    hinted = [
        number
        for number, line in enumerate(span.lines)
        if len(line) <= MAX_STAMP and ("20" in line or "19" in line or line.strip().isdigit())
    ]
    if not taken or hinted in ([], [len(span.lines) - 1]):
        return
    title = next(number for number, line in enumerate(span.lines) if line and not line.isspace())
    for number in hinted:
        line = span.lines[number]
        if number not in (title, len(span.lines) - 1) and _is_meant(line):
            why = _why_no_date(line, reading.spec.dates)
            told = f"{line.strip()!r} may be meant as a date, but does not end a record: {why}"
            here = reading.origin(span.first + number, span.first + number)
            yield Notice(here, "maybe-date", told)


def shape_of(stamp: str) -> str:
    """Return how the day of a timestamp is written."""
    return _shape(stamp.translate(_ZEROS))


@lru_cache(maxsize=1024)
def _shape(stamp: str) -> str:
    """Return how the day of a timestamp, with 0 for each digit, is written: ``9-9-9``, ``a 9 9``."""
    parts = _PART.findall(_TIME.sub("", stamp))
    forms = (
        "9" if part.isdigit() else "a" if part.isalpha() else part
        for part in parts
        if part.lower()[:3] not in WEEKDAYS
    )
    return " ".join(forms).rstrip(" .")


def _spans(stream: ByteStream, is_stamp: Callable[[str], object], first: int) -> Iterator[_Span]:
    # The lines of an incomplete record in earlier blocks.
    pending: list[str] = []
    size, last, plain, problem = 0, 0, True, ""
    for block in blocks(stream, first):
        lines, start = block.lines, 0
        plain = plain and block.plain
        if block.overlong:
            problem = f"a line has more than {MAX_LINE >> 20} MB"
        for number, line in enumerate(lines):
            if line and len(line) <= MAX_STAMP and is_stamp(line):
                last = block.first + number
                record = lines[start : number + 1]
                yield _Span(first, last, pending + record if pending else record, True, plain, problem)
                first, start, pending, plain, problem = last + 1, number + 1, [], block.plain, ""
        pending += lines[start:]
        last = block.first + len(lines) - 1
        # The overhead of a line in memory counts too: a gigabyte may be nothing but line ends.
        added = sum(map(len, lines[start:])) + 64 * (len(lines) - start)
        # A timestamp in this block ended the pending lines.
        size = added if start else size + added
        if size > MAX_RECORD:
            problem = problem or f"no timestamp comes within {MAX_RECORD >> 20} MB"
            pending = [line[:MAX_RAW] for line in pending[:8]]
    if pending:
        yield _Span(first, last, pending, False, plain, problem)


def _items(reading: ParseContext, span: _Span) -> list[Item]:
    lines = span.lines
    if not span.plain or span.problem:
        problem = span.problem
        text = "\n".join(lines)
        try:
            lines = recover(text, reading.spec.encoding).split("\n")
        except UndecodableError as error:
            problem = problem or str(error)
        if problem:
            return [reject(reading.origin(span.first, span.last), problem, text)]
    items: list[Item] = []
    start = 0
    # The timestamp itself is the last line.
    end_of_text = len(lines) - 1 if span.stamped else len(lines)
    for heading in _headings(lines, reading.spec.boilerplate, end_of_text):
        if heading < start:
            continue
        if any(line.strip() for line in lines[start:heading]):
            origin = reading.origin(span.first + start, span.first + heading - 1)
            problem = "no timestamp comes before the next heading"
            items.append(_half(reading, origin, lines[start:heading], problem))
            start = heading
        end = _block_end(lines, heading, span.stamped)
        items.append(Boilerplate(reading.origin(span.first + start, span.first + end - 1)))
        start = end
    if start < len(lines):
        origin = reading.origin(span.first + start, span.last)
        items += _record(reading, origin, lines[start:], stamped=span.stamped, is_clean=span.plain)
    return items


def _headings(lines: list[str], headings: frozenset[str], end: int) -> Iterator[int]:
    longest = longest_line(headings)
    for number in range(end):
        line = lines[number]
        if len(line) <= longest and fold_heading(line) in headings:
            yield number


def _block_end(lines: list[str], heading: int, stamped: bool) -> int:
    """Return where the block of boilerplate that begins at ``heading`` ends.

    It ends at a blank line after a headline. Without one, it ends before the last two lines if a record follows, as
    these are its title and body, else at the end of the file. Blank lines at the end of the file belong to it.
    """
    # Not all lines at once, as there may be as many headings as lines.
    filled: deque[int] = deque(maxlen=3)
    end_of_text = len(lines) - 1 if stamped else len(lines)
    for number in range(heading + 1, end_of_text):
        if lines[number].strip():
            if filled and number > filled[-1] + 1:
                return filled[-1] + 1
            filled.append(number)
    if not stamped:
        return len(lines)
    return filled[0] + 1 if len(filled) > 2 else heading + 1


def _record(
    reading: ParseContext, origin: Origin, lines: list[str], *, stamped: bool, is_clean: bool
) -> list[Item]:
    if not stamped:
        return [_half(reading, origin, lines, "the file ends before its timestamp")]
    start = 0
    while not (title := lines[start].strip()):
        start += 1
    body = lines[1] if len(lines) == 3 and not start else "\n".join(lines[start + 1 : -1])
    if start == len(lines) - 1:
        return [reject(origin, "the record has neither title nor body before its timestamp", title)]
    if not body.strip():
        reason = "the record has only one line before its timestamp: title or body is missing"
        return [reject(origin, reason, "\n".join(lines))]
    if reading.spec.layout.headers:
        return _text_layout.items_of(reading, origin, lines)
    if is_clean:
        return build_story(reading, origin, title, body, lines[-1], lambda: "\n".join(lines))
    record = Record(title, body, lines[-1], reading.spec.html_body)
    return build(reading, origin, record, lambda: "\n".join(lines))


def _half(reading: ParseContext, origin: Origin, lines: list[str], problem: str) -> Reject:
    meant = next((line for line in lines if _is_meant(line)), None)
    cause = ""
    if meant:
        why = _why_no_date(meant, reading.spec.dates)
        cause = f"; {why or f'if {meant.strip()!r} is one, declare how it is written under dates: formats'}"
    return reject(origin, f"half a record: {problem}{cause}", "\n".join(lines))
