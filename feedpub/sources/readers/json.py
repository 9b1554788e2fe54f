"""JSON: an array of objects, one object, or an object that holds such an array. Read as a stream.

An element that is not JSON costs itself: reading goes on behind the next ``},`` that an object follows. What
is before the first element belongs to it, what is behind the last one to that. Where several elements
share a line, so do their places, which have a column then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any, Protocol

from feedpub.articles.article import Origin
from feedpub.core.spool import Spool
from feedpub.sources.decoding import BLOCK, MAX_LINE, UndecodableError, recover, unified
from feedpub.sources.field_mapping import DECODER, PLAIN_DECODER, authors_of, record_of
from feedpub.sources.field_names import name_map
from feedpub.sources.normalisation import build
from feedpub.sources.programs import keeps_secrets
from feedpub.sources.readers import _contentful, _ghost
from feedpub.sources.readers.jsonl import texts_of
from feedpub.sources.records import MAX_RAW, ByteStream, Item, Record, RecordError, reject, with_blank_lines
from feedpub.sources.spec import ParseContext

# Names under which an object holds its list of articles.
LISTS = (
    "articles", "items", "entries", "posts", "stories", "news", "results", "data", "records", "documents",
    "docs", "rows",
)  # fmt: skip
# A list of texts or numbers is none of articles, but belongs to one.
_LIST = re.compile(rf'"(?:{"|".join(LISTS)})"\s*:\s*\[(?!\s*["\d\-tf])')
JSON_FEED = re.compile(r'"version"\s*:\s*"https?:(?:/|\\/){2}jsonfeed\.org')
_EXPORTS = (_ghost, _contentful)
"""Programs whose exports hold tables beside their records, which have to be joined."""
_SPACE = re.compile(r"[\s,]*")
_NEXT = re.compile(r"\}\s*,(?=\s*\{)")
_LINE_END = re.compile(r",?[ \t]*\r?\n")


class _Window:
    """The part of a text that has been read and not yet used: from ``at`` on, in ``line`` behind ``column``."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks = blocks
        self._rest = b""
        self.text = ""
        self.at = 0
        self.line = 1
        self.column = 0
        self.ended = False
        self.ends_line = True
        self.end_problem = ""

    def more(self) -> None:
        """Read as much again as is there already; bytes that begin a character wait for the others."""
        data = b"".join(islice(self._blocks, 1 + (len(self.text) - self.at) // BLOCK))
        self.ended = not data
        self.ends_line = data.endswith(b"\n") if data else self.ends_line
        data = self._rest + data
        cut = 0 if self.ended else _incomplete(data)
        data, self._rest = (data[:-cut], data[-cut:]) if cut else (data, b"")
        self.text = self.text[self.at :] + data.decode(errors="surrogateescape")
        self.at = 0

    def move(self, to: int) -> None:
        """Use the text up to index ``to``."""
        line_end = self.text.rfind("\n", self.at, to)
        self.column = to - line_end - 1 if line_end >= 0 else self.column + to - self.at
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def trim(self) -> None:
        """Drop what has been used, if that is much: an error of the decoder counts all lines before it."""
        if self.at > 1 << 14:
            self.text, self.at = self.text[self.at :], 0

    def seek(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Move behind what ``pattern`` finds next, which has at most 100 characters; nothing where it finds no more."""
        while not (found := pattern.search(self.text, self.at)):
            if self.ended:
                return None
            # It may be cut in two.
            self.move(max(self.at, len(self.text) - 100))
            self.more()
        self.move(found.end())
        return found

    def next(self) -> str:
        """Skip white space and commas; return the character that follows, or nothing at the end."""
        while True:
            space = _SPACE.match(self.text, self.at)
            self.move(space.end() if space else self.at)
            if self.at < len(self.text) or self.ended:
                return self.text[self.at : self.at + 1]
            self.more()


def _of_feed(head: str, reading: ParseContext) -> ParseContext:
    """Return the reading of a JSON Feed by its ``head``: what is before its items."""
    try:
        feed = json.loads(head.rstrip().rstrip(",") + "}")
    except (ValueError, RecursionError):
        feed = {}
    address, page, title = (
        value if isinstance(value := feed.get(name), str) else ""
        for name in ("feed_url", "home_page_url", "title")
    )
    try:
        authors = authors_of(feed.get("authors") or feed.get("author"))
    except RecordError:
        authors = ()
    return reading.of_feed(address, page, authors=authors, title=title)


def _incomplete(data: bytes) -> int:
    """Return how many bytes at the end of ``data`` begin a character of UTF-8 without ending it."""
    for count in range(1, min(4, len(data) + 1)):
        byte = data[-count]
        if byte >= 0xC0:
            return count if count < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else 0
        if byte < 0x80:
            return 0
    return 0


def read(stream: ByteStream, reading: ParseContext) -> Iterator[Item]:
    """Yield what the elements of ``stream`` become, in the file's order."""
    blocks = unified(stream)
    first = next(blocks, b"")
    blocks = chain([first], blocks)
    records: Generator[list[Item], None, int]
    program = next((each for each in _EXPORTS if each.is_export(first)), None)
    if program:
        window, tables = _with_tables(blocks, program.TABLES, program.Tables())
        records = _records(window, reading, joined=(_list_called((program.RECORDS,)), tables))
    else:
        window = _Window(blocks)
        window.more()
        # The ids of a JSON Feed are minted for all the world (jsonfeed.org/version/1.1, items).
        keep_id = JSON_FEED.search(window.text[:4096]) is not None
        if keep_id:
            head = window.text[: found.start()] if (found := _LIST.search(window.text)) else window.text
            reading = _of_feed(head, reading)
        records = _records(window, reading, keep_id=keep_id)
    yield from with_blank_lines(records, reading.file)
    if window.end_problem:
        last = _last_line(window)
        yield reject(reading.origin(last + 1, last + 1), window.end_problem, "")


def first_record(text: str) -> dict[str, str]:
    """Return the texts of the first element in ``text`` by their names. Raises ``ValueError`` where there is none."""
    return texts_of(first_object(text))


def first_object(text: str) -> object:
    """Return the first element in ``text``. Raises ``ValueError`` where there is none."""
    listed = re.match(r"\s*\[", text) or _LIST.search(text)
    space = _SPACE.match(text, listed.end() if listed else 0)
    return PLAIN_DECODER.raw_decode(text, space.end() if space else 0)[0]


class _Tables(Protocol):
    """What the tables of an export say of its records."""

    def hear(self, table: str, row: Any) -> None: ...
    def joined(self, record: Mapping[str, Any], /) -> Mapping[str, Any]: ...


def _list_called(names: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf'"({"|".join(names)})"\s{{0,20}}:\s{{0,20}}\[')


def _with_tables(blocks: Iterator[bytes], names: Sequence[str], tables: _Tables) -> tuple[_Window, _Tables]:
    """Return an export to read its records from, and what its tables say of these."""
    spool = Spool()
    kept = [spool.put(block) for block in blocks]
    window = _Window(block.read() for block in kept)
    while found := window.seek(_list_called(names)):
        while (sign := window.next()) and sign != "]":
            tables.hear(found[1], _element(window)[0])
    return _Window(block.read() for block in kept), tables


def _records(
    window: _Window,
    reading: ParseContext,
    *,
    keep_id: bool = False,
    joined: tuple[re.Pattern[str], _Tables] | None = None,
) -> Generator[list[Item], None, int]:
    is_array = window.next() == "["
    if is_array:
        window.move(window.at + 1)
    entered = window.seek(joined[0]) if joined else is_array or _enter_object(window, reading)
    is_list = bool(entered)
    first, problem = 1, ""
    # The line that something else ends in: what begins there needs a column to be found.
    used = window.line if is_list else 0
    while (sign := window.next()) and not (is_list and sign == "]"):
        column = window.column + 1 if window.line == used else 0
        value, problem, raw = _element(window)
        used = window.line
        if joined and isinstance(value, Mapping):
            value = joined[1].joined(value)
        yield _items(reading, reading.origin(first, used, column), value, problem, raw, keep_id=keep_id)
        # The rest of a line that only ends an element belongs to it.
        first = window.line + 1 if _LINE_END.match(window.text, window.at) else window.line
    # A broken last element has told already that the file is cut off.
    window.end_problem = "" if problem else _end_problem(window, is_list=is_list, is_array=is_array)
    return _last_line(window)


def _end_problem(window: _Window, *, is_list: bool, is_array: bool) -> str:
    """Return what is wrong with the end of a list, or an empty text. An object may go on behind its list."""
    if is_list and not window.next():
        return "the list is not closed: the file is cut off here"
    if is_array:
        window.move(window.at + 1)
        return "something follows the array" if window.next() else ""
    return ""


def _enter_object(window: _Window, reading: ParseContext) -> bool:
    """Move into the list of articles that an object holds, and say whether it holds one."""
    found = _LIST.search(window.text) if window.next() == "{" else None
    # An empty list may be that of a service which has no news, or of an article.
    if found is None or (window.text.startswith("]", found.end()) and _is_article(window, reading)):
        return False
    window.move(found.end())
    return True


def _is_article(window: _Window, reading: ParseContext) -> bool:
    try:
        value = DECODER.raw_decode(window.text, window.at)[0]
    except (ValueError, RecursionError):
        return False
    names = name_map(tuple(value), reading.spec.fields)
    return "published" in names and ("title" in names or "body" in names)


def _element(window: _Window) -> tuple[Any, str, str]:
    """Use one element; return its value, or why it has none, and its text."""
    while True:
        start = window.at
        raw = window.text[start : start + MAX_RAW]
        try:
            value, problem, end = _decoded(window.text, start)
        except RecursionError:
            value, problem, end = None, "the JSON is nested too deeply", _behind(window, start)
        except json.JSONDecodeError as error:
            if not window.ended and len(window.text) - start <= MAX_LINE:
                window.more()
                continue
            value, problem, end = (
                None,
                f"this is not JSON: {error.msg}",
                _behind(window, max(error.pos, start)),
            )
        else:
            raw = raw[: end - start]
        window.move(end)
        if problem:
            window.trim()
        return value, problem, raw


def _decoded(text: str, start: int) -> tuple[Any, str, int]:
    """Return the value at ``start``, or nothing and why it is not taken, and the index behind it."""
    try:
        value, end = DECODER.raw_decode(text, start)
    except RecordError as error:
        # JSON all the same: its end can be found.
        return None, str(error), PLAIN_DECODER.raw_decode(text, start)[1]
    return value, "", end


def _behind(window: _Window, at: int) -> int:
    """Return the index behind a broken element; what is longer than the window is used up on the way."""
    while not (found := _NEXT.search(window.text, at)):
        if window.ended:
            return len(window.text)
        # The sign of the next element may be cut in two.
        window.move(max(window.at, len(window.text) - 64))
        window.more()
        at = 0
    return found.end()


def _items(
    reading: ParseContext, origin: Origin, value: Any, problem: str, raw: str, *, keep_id: bool
) -> list[Item]:
    try:
        if not problem and not isinstance(value, Mapping):
            problem = "the element is not a JSON object"
        record = Record() if problem else _record(reading, value, keep_id=keep_id)
    except (UndecodableError, RecordError) as error:
        problem = problem or str(error)
    if isinstance(value, Mapping) and keeps_secrets(value):
        raw = ""
    if problem:
        return [reject(origin, problem, raw)]
    return build(reading, origin, record, lambda: raw)


def _record(reading: ParseContext, value: Mapping[str, Any], *, keep_id: bool) -> Record:
    record = record_of(_recovered(value, reading.spec.encoding), reading.spec)
    return record._replace(keep_id=True, authors=record.authors or reading.credit) if keep_id else record


def _recovered(value: Any, encoding: str | None) -> Any:
    if isinstance(value, str):
        return recover(value, encoding)
    if isinstance(value, list):
        return [_recovered(item, encoding) for item in value]
    if isinstance(value, Mapping):
        return {name: _recovered(item, encoding) for name, item in value.items()}
    return value


def _last_line(window: _Window) -> int:
    """Use up the rest; return the number of the text's last line, 0 if it is empty."""
    while True:
        window.move(len(window.text))
        if window.ended:
            return window.line - window.ends_line
        window.more()
