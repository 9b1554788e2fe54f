"""Plain text with a declared layout: separator lines between records, header lines, and another order.

    Author: A. Person
    Title
    Body
    2023-10-09 14:25
    ---

The separator ends a record and belongs to it. A line ``Name: value`` whose name the layout declares is a
header wherever it is in the record; a field from a header is not expected among the other lines. If headers
are declared without a separator, the date line ends the record as in ``text``.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace

from feedpub.articles.article import Boilerplate, Origin
from feedpub.sources.boilerplate import fold_heading
from feedpub.sources.bylines import without_by
from feedpub.sources.decoding import MAX_LINE, UndecodableError, blocks, recover
from feedpub.sources.field_mapping import record_of
from feedpub.sources.normalisation import build
from feedpub.sources.records import ByteStream, Item, RecordError, reject, with_blank_lines
from feedpub.sources.spec import ParseContext, TextLayout

MAX_RECORD = 16 << 20
FIELDS = {"title": "title", "body": "body", "date": "published", "author": "author"}


def read(stream: ByteStream, reading: ParseContext) -> Iterator[Item]:
    """Yield the items of the records in ``stream``, in the file's order."""
    return with_blank_lines(_records(stream, reading), reading.file)


def _records(stream: ByteStream, reading: ParseContext) -> Generator[list[Item], None, int]:
    separator = reading.spec.layout.separator
    lines: list[str] = []
    first, last, size, problem = 1, 0, 0, ""
    for block in blocks(stream):
        if block.overlong:
            problem = f"a line has more than {MAX_LINE >> 20} MB"
        for number, line in enumerate(block.lines, block.first):
            last = number
            if line.strip() == separator:
                yield items_of(reading, reading.origin(first, last), lines, problem)
                first, lines, size, problem = last + 1, [], 0, ""
                continue
            # The overhead of a line in memory counts too.
            size += len(line) + 64
            if size <= MAX_RECORD:
                lines.append(line)
            else:
                problem = problem or f"no separator comes within {MAX_RECORD >> 20} MB"
    if problem or any(line.strip() for line in lines):
        yield items_of(reading, reading.origin(first, last), lines, problem)
    return last


def items_of(reading: ParseContext, origin: Origin, lines: list[str], problem: str = "") -> list[Item]:
    """Return the items of one record's lines; ``problem`` says why they cannot be a record."""
    raw = "\n".join(lines)
    if problem:
        return [reject(origin, problem, raw)]
    try:
        lines = recover(raw, reading.spec.encoding).split("\n")
        if not any(line.strip() for line in lines):
            return [Boilerplate(origin)]
        if any(fold_heading(line) in reading.spec.boilerplate for line in lines[:1]):
            return [Boilerplate(origin)]
        # Its names are already those of an article's fields.
        named = replace(reading.spec, fields=())
        record = record_of(_values(reading.spec.layout, lines), named)
    except (UndecodableError, RecordError) as error:
        return [reject(origin, str(error), raw)]
    return build(reading, origin, record, lambda: raw)


def _values(layout: TextLayout, lines: list[str]) -> dict[str, str]:
    """Return the article's fields by name: from header lines, then from the order."""
    headers = dict(layout.headers)
    values: dict[str, str] = {}
    others: list[str] = []
    for line in lines:
        name, colon, value = line.partition(":")
        field = headers.get(name.strip().casefold()) if colon else None
        if field is None:
            others.append(line)
        elif field in values:
            raise RecordError(f"the header {name.strip()!r} appears twice")
        else:
            values[field] = value.strip()
    while others and not others[0].strip():
        del others[0]
    while others and not others[-1].strip():
        others.pop()
    order = [part for part in layout.order.split() if FIELDS[part] not in values]
    for part in order[: order.index("body")] if "body" in order else order:
        line = _take(others, 0)
        values[FIELDS[part]] = without_by(line) if part == "author" else line
    if "date" in order[-1:] and "body" in order:
        values["published"] = _take(others, -1)
    if "body" in order:
        values["body"] = "\n".join(others)
    return values


def _take(lines: list[str], index: int) -> str:
    filled = [number for number, line in enumerate(lines) if line.strip()]
    if not filled:
        raise RecordError("the record has too few lines for its layout")
    return lines.pop(filled[index])
