r"""CSV and TSV (RFC 4180): a header line, then a record of as many fields, which may span lines in quotes.

A quote that is never closed would silently swallow the rest of a file. Here it only costs its first line, and
reading goes on with the next one. ``\"`` is read as a quote within quotes if programs write it so. The header is
boilerplate, and so are other lines above it; blank lines belong to the record that follows.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress

from feedpub.articles.article import Boilerplate, Origin
from feedpub.sources.decoding import MAX_LINE, UndecodableError, blocks, recover
from feedpub.sources.field_mapping import row_of
from feedpub.sources.field_names import name_map
from feedpub.sources.normalisation import build
from feedpub.sources.records import ByteStream, Item, RecordError, reject, with_blank_lines
from feedpub.sources.spec import ParseContext

# A quoted field with more lines is considered unclosed.
MAX_LINES = 2000
_DELIMITERS = (",", ";", "\t", "|")
# A first line that tells Excel the delimiter.
_DECLARED = re.compile(r'"?sep=(.)"?\s*\Z', re.IGNORECASE)
# How many lines may be above the header.
MAX_ABOVE = 30
_LOOKED = 1 << 16
# How MySQL and others write a quote, a backslash and a line end within quotes.
_ESCAPE = re.compile(r'\\(["\\]|\Z)')


class _Lines:
    """Passes lines to the csv module one by one and keeps those of the current record."""

    def __init__(self, stream: ByteStream) -> None:
        self._blocks = blocks(stream)
        self._ahead: deque[str] = deque()
        self._blank = 0
        self._taken: list[str] = []
        self.first = 1
        self.escaped = False
        """Whether a backslash escapes a quote."""

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
        return f"{_ESCAPE.sub(_unescaped, line) if self.escaped else line}\n"

    def _fill(self) -> bool:
        while not self._ahead and (block := next(self._blocks, None)):
            self._ahead.extend(block.lines)
        return bool(self._ahead)

    def peek(self) -> str | None:
        """Return the next line that is not blank, or ``None`` at the end; blank lines belong to its record."""
        while self._fill():
            if self._ahead[0].strip():
                return self._ahead[0]
            self._ahead.popleft()
            self._blank += 1
        return None

    def take(self) -> str:
        """Consume the next line."""
        self._taken.append(self._ahead.popleft())
        return self._taken[-1]

    def ahead(self) -> list[str]:
        """Return some of the following lines without consuming them, independently of block sizes."""
        found: list[str] = []
        while len(found) < MAX_ABOVE and sum(map(len, found)) < _LOOKED:
            if len(self._ahead) == len(found):
                if not (block := next(self._blocks, None)):
                    break
                self._ahead.extend(block.lines)
            found.append(self._ahead[len(found)])
        return found

    def again(self) -> bool:
        """Put the lines of the current record back to read them the other way; say whether that differs."""
        if not any('\\"' in line for line in self._taken):
            return False
        self._ahead.extendleft(reversed(self._taken))
        self._taken = []
        self.escaped = not self.escaped
        return True

    def done(self, *, broken: bool = False) -> tuple[int, int, str]:
        """End the record; return its first and last line and its text. A broken one keeps its first line."""
        kept = self._taken[:1] if broken else self._taken
        self._ahead.extendleft(reversed(self._taken[len(kept) :]))
        first, last = self.first, self.first + self._blank + len(kept) - 1
        self.first, self._blank, self._taken = last + 1, 0, []
        return first, last, "\n".join(kept)

    @property
    def has_taken(self) -> bool:
        """Whether a record has begun."""
        return bool(self._taken)

    @property
    def last(self) -> int:
        """The number of the file's last line, after all were consumed."""
        return self.first + self._blank - 1


def read(stream: ByteStream, reading: ParseContext) -> Iterator[Item]:
    """Yield the items of the rows in ``stream``, in the file's order."""
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
            for _ in range(_header_at(lines.ahead(), declared, reading)):
                lines.take()
            if lines.has_taken:
                yield [Boilerplate(reading.origin(*lines.done()[:2]))]
                line = lines.peek() or ""
            delimiter = declared or _delimiter(line)
        row, problem = _row(lines, delimiter)
        first, last, raw = lines.done(broken=bool(problem))
        origin = reading.origin(first, last)
        if problem:
            yield [reject(origin, problem, raw)]
        elif not header:
            header = [_name(name, reading.spec.encoding) for name in row]
            useless = _useless(header, reading, lines.ahead())
            yield [reject(origin, useless, raw) if useless else Boilerplate(origin)]
        elif useless:
            yield [reject(origin, useless, raw)]
        else:
            yield _items(reading, origin, header, row, raw)
    return lines.last


def _row(lines: _Lines, delimiter: str) -> tuple[list[str], str]:
    """Return the fields of the next row, or why it is not a row."""
    try:
        return next(csv.reader(lines, delimiter=delimiter, strict=True)), ""
    except csv.Error as error:
        told = f"the line is not a row: {error}"
    if lines.again():
        with suppress(csv.Error):
            return next(csv.reader(lines, delimiter=delimiter, strict=True)), ""
        # It is not a row either way.
        lines.escaped = not lines.escaped
    return [], told


def _unescaped(sign: re.Match[str]) -> str:
    return '""' if sign[1] == '"' else sign[1]


def _header_at(lines: Sequence[str], declared: str, reading: ParseContext | None) -> int:
    """Return how many lines are above the header, which names a date and a title or text.

    The result is 0 if the first line is usable, or if no line is such a header.
    """
    for number, line in enumerate(lines):
        names = _known(_split(line, declared), reading)
        if "published" in names and names & {"title", "body"}:
            return number
        if not number and names & {"title", "body"}:
            break
    return 0


def _split(line: str, declared: str) -> list[str]:
    with suppress(csv.Error, StopIteration):
        return next(csv.reader([line], delimiter=declared or _delimiter(line), strict=True))
    return []


def _known(header: list[str], reading: ParseContext | None) -> set[str]:
    """Return the fields of articles that a header names, for the source."""
    encoding, declared = (reading.spec.encoding, reading.spec.fields) if reading else (None, ())
    names = tuple(_name(name, encoding) for name in header)
    return {field for field, name in name_map(names, declared).items() if name in names}


def first_record(text: str) -> dict[str, str]:
    """Return the first row under the header by its names; empty if ``text`` is too short."""
    filled = [line for line in text.split("\n") if line.strip()]
    declared = _DECLARED.match(filled[0]) if filled else None
    rows = filled[1:] if declared else filled
    rows = rows[_header_at(rows[:MAX_ABOVE], declared[1] if declared else "", None) :]
    delimiter = declared[1] if declared else _delimiter(rows[0]) if rows else ","
    try:
        header, row = itertools.islice(csv.reader(rows, delimiter=delimiter, strict=True), 2)
    except (csv.Error, ValueError):
        return {}
    return {name.strip(): value for name, value in zip(header, row, strict=False)}


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _name(text: str, encoding: str | None) -> str:
    # An unreadable name costs no row: it may be that of an unneeded column.
    with suppress(UndecodableError):
        text = recover(text, encoding)
    return text.strip()


def _useless(header: list[str], reading: ParseContext, below: Sequence[str]) -> str:
    """Return why no row under this header, with lines ``below``, can be read, or an empty text."""
    # Spreadsheets leave empty columns without a name at the end.
    named = [name for name in header if name]
    if len(set(named)) < len(named):
        return f"the header has {next(name for name in named if named.count(name) > 1)!r} twice"
    if {"title", "body"} & _known(header, reading):
        return ""
    if len(header) < 2 <= max((len(_split(line, "")) for line in below), default=0):
        return "the first line names no title and no body; remove the lines above the header"
    return "the header names no title and no body; say which columns they are under fields:"


def _items(reading: ParseContext, origin: Origin, header: list[str], row: list[str], raw: str) -> list[Item]:
    if len(row) != len(header):
        return [reject(origin, f"the row has {len(row)} fields, the header {len(header)}", raw)]
    try:
        values = [recover(value, reading.spec.encoding) for value in row]
        record, told = row_of(origin, dict(zip(header, values, strict=True)), reading.spec)
    except (RecordError, UndecodableError) as error:
        return [reject(origin, str(error), raw)]
    return [*build(reading, origin, record, lambda: raw), *told]
