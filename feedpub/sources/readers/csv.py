"""CSV and TSV (RFC 4180): a header line, then a record of as many fields, which may span lines in quotes.

A quote that is never closed would swallow the rest of a file in silence: here it costs its first line, and
reading goes on with the next one. The header is boilerplate; blank lines belong to the record that follows.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections import deque
from collections.abc import Generator, Iterator
from contextlib import suppress

from feedpub.articles.article import Boilerplate, Origin
from feedpub.sources.decoding import MAX_LINE, UndecodableError, blocks, recover
from feedpub.sources.field_mapping import row_of
from feedpub.sources.field_names import name_map
from feedpub.sources.normalisation import build
from feedpub.sources.records import ByteStream, Item, RecordError, reject, with_blank_lines
from feedpub.sources.spec import ParseContext

# A quoted field with more lines than this has no end.
MAX_LINES = 2000
_DELIMITERS = (",", ";", "\t", "|")
# A first line by which Excel is told the delimiter.
_DECLARED = re.compile(r'"?sep=(.)"?\s*\Z', re.IGNORECASE)


class _Lines:
    """Feeds lines to the csv module one by one and keeps those of the record under way."""

    def __init__(self, stream: ByteStream) -> None:
        self._blocks = blocks(stream)
        self._ahead: deque[str] = deque()
        self._blank = 0
        self._taken: list[str] = []
        self.first = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self._taken) >= MAX_LINES:
            raise csv.Error("a quote is not closed")
        if not self._fill():
            raise StopIteration
        line = self.take()
        if len(line) >= MAX_LINE:
            raise csv.Error("the line is too long")
        return f"{line}\n"

    def _fill(self) -> bool:
        while not self._ahead and (block := next(self._blocks, None)):
            self._ahead.extend(block.lines)
        return bool(self._ahead)

    def peek(self) -> str | None:
        """Return the next line that is not blank, or nothing at the end; blank ones belong to its record."""
        while self._fill():
            if self._ahead[0].strip():
                return self._ahead[0]
            self._ahead.popleft()
            self._blank += 1
        return None

    def take(self) -> str:
        """Use the line that is there."""
        self._taken.append(self._ahead.popleft())
        return self._taken[-1]

    def done(self, *, broken: bool = False) -> tuple[int, int, str]:
        """End the record; return its first and last line and its text. A broken one keeps its first line."""
        kept = self._taken[:1] if broken else self._taken
        self._ahead.extendleft(reversed(self._taken[len(kept) :]))
        first, last = self.first, self.first + self._blank + len(kept) - 1
        self.first, self._blank, self._taken = last + 1, 0, []
        return first, last, "\n".join(kept)

    @property
    def last(self) -> int:
        """The number of the file's last line, once all are used."""
        return self.first + self._blank - 1


def read(stream: ByteStream, reading: ParseContext) -> Iterator[Item]:
    """Yield what the rows of ``stream`` become, in the file's order."""
    return with_blank_lines(_records(stream, reading), reading.file)


def _records(stream: ByteStream, reading: ParseContext) -> Generator[list[Item], None, int]:
    # The module's own limit on fields is 128 kB; lines are bounded here already.
    csv.field_size_limit(2 * MAX_LINE)
    lines = _Lines(stream)
    header: list[str] = []
    useless = ""
    delimiter = declared = ""
    while (line := lines.peek()) is not None:
        if not header and not declared and (found := _DECLARED.match(line)):
            declared = found[1]
            lines.take()
            yield [Boilerplate(reading.origin(*lines.done()[:2]))]
            continue
        if not header:
            delimiter = declared or _delimiter(line)
        try:
            row = next(csv.reader(lines, delimiter=delimiter, strict=True))
        except csv.Error as error:
            row, problem = [], f"the line is not a row: {error}"
        else:
            problem = ""
        first, last, raw = lines.done(broken=bool(problem))
        origin = reading.origin(first, last)
        if problem:
            yield [reject(origin, problem, raw)]
        elif not header:
            header = [_name(name, reading.spec.encoding) for name in row]
            useless = _useless(header, reading)
            yield [reject(origin, useless, raw) if useless else Boilerplate(origin)]
        elif useless:
            yield [reject(origin, useless, raw)]
        else:
            yield _items(reading, origin, header, row, raw)
    return lines.last


def first_record(text: str) -> dict[str, str]:
    """Return the first row under the header by its names, or nothing where ``text`` does not reach so far."""
    filled = [line for line in text.split("\n") if line.strip()]
    declared = _DECLARED.match(filled[0]) if filled else None
    rows = filled[1:] if declared else filled
    delimiter = declared[1] if declared else _delimiter(rows[0]) if rows else ","
    try:
        header, row = itertools.islice(csv.reader(rows, delimiter=delimiter, strict=True), 2)
    except (csv.Error, ValueError):
        return {}
    return {name.strip(): value for name, value in zip(header, row, strict=False)}


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _name(text: str, encoding: str | None) -> str:
    # What can't be read costs no row: it may be the name of a column that nobody needs.
    with suppress(UndecodableError):
        text = recover(text, encoding)
    return text.strip()


def _useless(header: list[str], reading: ParseContext) -> str:
    """Return why no row under this header can be read, or an empty text."""
    # Spreadsheets leave columns at the end that have neither a name nor values.
    named = [name for name in header if name]
    if len(set(named)) < len(named):
        return f"the header has {next(name for name in named if named.count(name) > 1)!r} twice"
    if not {"title", "body"} & set(name_map(tuple(header), reading.spec.fields)):
        return "the header names no title and no body; say which columns they are under fields:"
    return ""


def _items(reading: ParseContext, origin: Origin, header: list[str], row: list[str], raw: str) -> list[Item]:
    if len(row) != len(header):
        return [reject(origin, f"the row has {len(row)} fields, the header {len(header)}", raw)]
    try:
        values = [recover(value, reading.spec.encoding) for value in row]
        record, told = row_of(origin, dict(zip(header, values, strict=True)), reading.spec)
    except (RecordError, UndecodableError) as error:
        return [reject(origin, str(error), raw)]
    return [*build(reading, origin, record, lambda: raw), *told]
