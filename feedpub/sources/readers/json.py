"""JSON: an array of objects, one object, or an object that holds such an array, or objects by their keys.

It is read as a stream. An element that is not JSON is one reject: reading goes on after the next ``},`` before an
object (with its key, if it has one). Text before the first element belongs to it, and text after the last one to that.
If several elements share a line, their places have columns.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeAlias

from feedpub.articles.article import Boilerplate, Origin
from feedpub.core.spool import Spool
from feedpub.sources.decoding import BLOCK, MAX_LINE, UndecodableError, recover, unified
from feedpub.sources.field_mapping import DECODER, PLAIN_DECODER, authors_of, record_of
from feedpub.sources.field_names import name_map
from feedpub.sources.normalisation import build
from feedpub.sources.programs import as_named, keeps_secrets
from feedpub.sources.readers import _contentful, _ghost
from feedpub.sources.readers.jsonl import texts_of
from feedpub.sources.records import MAX_RAW, ByteStream, Item, Record, RecordError, reject, with_blank_lines
from feedpub.sources.spec import ParseContext, SourceSpec

Fields: TypeAlias = tuple[tuple[str, str], ...]
"""The ``fields`` of a source."""
# Names of lists of articles in an object.
LISTS = (
    "articles", "items", "entries", "posts", "stories", "news", "results", "data", "records", "documents",
    "docs", "rows",
)  # fmt: skip
# A list of texts or numbers is not a list of articles, but part of one.
_LIST = re.compile(rf'"(?:{"|".join(LISTS)})"\s*:\s*\[(?!\s*["\d\-tf])')
# The same for an object of objects under keys, as in exports of Firebase.
_KEYED_LIST = re.compile(rf'"(?:{"|".join(LISTS)})"\s*:\s*(?=\{{\s*"[^"]{{1,200}}"\s*:\s*\{{)')
_KEY = re.compile(r'"((?:[^"\\]|\\.){0,500})"\s*:\s*')
# A key that is an id, not a row number or a word.
_ID = re.compile(r"(?!\d+\Z).*[\d_-]", re.DOTALL)
_MOST_TRIED = 5
# An export of phpMyAdmin, and the beginning of a table in it.
_TABLES = re.compile(r'\s*\[\s*\{\s*"type"\s*:\s*"header"\s*,')
_TABLE = re.compile(
    r'"type"\s?:\s?"table"\s?,\s?"name"\s?:\s?"([^"]{1,64})"(?:\s?,\s?"database"\s?:\s?"[^"]{0,64}")?'
    r'\s?,\s?"data"\s?:\s{0,9}\['
)
JSON_FEED = re.compile(r'"version"\s*:\s*"https?:(?:/|\\/){2}jsonfeed\.org')
_EXPORTS = (_ghost, _contentful)
"""Programs whose exports have tables that must be joined with their records."""
_ANY = SourceSpec((), Path())
"""A source that declares nothing."""
_SPACE = re.compile(r"[\s,]*")
_NEXT = re.compile(r"\}\s*,(?=\s*\{)")
_NEXT_KEYED = re.compile(r'\}\s*,(?=\s*"(?:[^"\\]|\\.){0,500}"\s*:\s*\{)')
_LINE_END = re.compile(r",?[ \t]*\r?\n")


class _Window:
    """The part of a text that was read but not consumed: from ``at`` on, in ``line`` after ``column``."""

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
        """Double the text; the first bytes of an incomplete character wait for the others."""
        data = b"".join(islice(self._blocks, 1 + (len(self.text) - self.at) // BLOCK))
        self.ended = not data
        self.ends_line = data.endswith(b"\n") if data else self.ends_line
        data = self._rest + data
        cut = 0 if self.ended else _incomplete(data)
        data, self._rest = (data[:-cut], data[-cut:]) if cut else (data, b"")
        self.text = self.text[self.at :] + data.decode(errors="surrogateescape")
        self.at = 0

    def move(self, to: int) -> None:
        """Consume the text up to index ``to``."""
        line_end = self.text.rfind("\n", self.at, to)
        self.column = to - line_end - 1 if line_end >= 0 else self.column + to - self.at
        self.line += self.text.count("\n", self.at, to)
        self.at = to

    def trim(self) -> None:
        """Drop consumed text if it is long, because an error of the decoder counts all lines before it."""
        if self.at > 1 << 14:
            self.text, self.at = self.text[self.at :], 0

    def seek(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Move after the next match of ``pattern`` (up to 300 characters); ``None`` if there is none."""
        while not (found := pattern.search(self.text, self.at)):
            if self.ended:
                return None
            # A match may be cut in two.
            self.move(max(self.at, len(self.text) - 300))
            self.more()
        self.move(found.end())
        return found

    def key(self) -> str | None:
        """Move after the key of a member and its colon, and return the key; ``None`` if there is none."""
        while not (found := _KEY.match(self.text, self.at)) or found.end() == len(self.text):
            if self.ended or len(self.text) - self.at > MAX_RAW:
                return None
            self.more()
        self.move(found.end())
        with suppress(ValueError):
            return str(json.loads(f'"{found[1]}"'))
        return None

    def next(self) -> str:
        """Skip white space and commas; return the next character, or an empty text at the end."""
        while True:
            space = _SPACE.match(self.text, self.at)
            self.move(space.end() if space else self.at)
            if self.at < len(self.text) or self.ended:
                return self.text[self.at : self.at + 1]
            self.more()


def _of_feed(head: str, reading: ParseContext) -> ParseContext:
    """Return the context of a JSON Feed by its ``head``, the part before its items."""
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
    """Return how many bytes at the end of ``data`` are the beginning of a UTF-8 character."""
    for count in range(1, min(4, len(data) + 1)):
        byte = data[-count]
        if byte >= 0xC0:
            return count if count < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else 0
        if byte < 0x80:
            return 0
    return 0


def read(stream: ByteStream, reading: ParseContext) -> Iterator[Item]:
    """Yield the items of the elements in ``stream``, in the file's order."""
    blocks = unified(stream)
    first = next(blocks, b"")
    blocks = chain([first], blocks)
    records: Generator[list[Item], None, int]
    program = next((each for each in _EXPORTS if each.is_export(first)), None)
    if program:
        window, tables = _with_tables(blocks, program.TABLES, program.Tables())
        records = _records(window, reading, joined=(_list_called((program.RECORDS,)), tables))
    elif _TABLES.match(first.decode(errors="replace")):
        window = _Window(blocks)
        records = _of_tables(window, reading)
    else:
        window = _Window(blocks)
        window.more()
        # The ids of a JSON Feed are globally unique (jsonfeed.org/version/1.1, items).
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
    """Return the texts of the first element in ``text`` by name. Raises ``ValueError`` if there is none."""
    return texts_of(first_object(text))


def first_object(text: str) -> object:
    """Return the first element in ``text``. Raises ``ValueError`` if there is none."""
    if _TABLES.match(text):
        rows = (_object(text, _after_space(text, table.end())) for table in _TABLE.finditer(text))
        if row := next((row for row in rows if row and _is_article(as_named(row, _ANY), ())), None):
            return row
    start = _after_space(text, 0)
    closing, start = (
        _entered(text, start, ())
        if text.startswith("{", start)
        else ("]", start + text.startswith("[", start))
    )
    start = _after_space(text, start)
    key = _KEY.match(text, start) if closing == "}" else None
    return PLAIN_DECODER.raw_decode(text, key.end() if key else start)[0]


def _after_space(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


class _Tables(Protocol):
    """Joins the tables of an export with its records."""

    def hear(self, table: str, row: Any) -> None: ...
    def joined(self, record: Mapping[str, Any], /) -> Mapping[str, Any]: ...


def _list_called(names: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf'"({"|".join(names)})"\s{{0,20}}:\s{{0,20}}\[')


def _with_tables(blocks: Iterator[bytes], names: Sequence[str], tables: _Tables) -> tuple[_Window, _Tables]:
    """Return an export, to read its records from, and its tables."""
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
    is_list = bool(window.seek(joined[0])) if joined else is_array
    closing = "]" if is_list else "" if joined else _enter_object(window, reading)
    # An element on a line with other text needs a column.
    begun = _Begun(1, window.line if closing else 0)
    tables = joined[1] if joined else None
    problem = yield from _elements(window, reading, begun, closing, keep_id=keep_id, tables=tables)
    # A broken last element already shows that the file is cut off.
    window.end_problem = "" if problem else _end_problem(window, is_list=bool(closing), is_array=is_array)
    return _last_line(window)


class _Begun(NamedTuple):
    """The first line of an element's place, and the last line with other text."""

    first: int
    used: int


def _elements(
    window: _Window,
    reading: ParseContext,
    begun: _Begun,
    closing: str,
    *,
    keep_id: bool = False,
    tables: _Tables | None = None,
) -> Generator[list[Item], None, str]:
    """Yield the items of the elements up to the sign ``closing``; return the problem of the last one."""
    problem = ""
    first, used = begun
    while (sign := window.next()) and sign != closing:
        column = window.column + 1 if window.line == used else 0
        key = window.key() if closing == "}" else None
        value, problem, raw = _element(window, _NEXT_KEYED if closing == "}" else _NEXT)
        used = window.line
        if tables and isinstance(value, Mapping):
            value = tables.joined(value)
        if key and _ID.match(key) and isinstance(value, Mapping) and "id" not in value:
            value = {**value, "id": key}
        yield _items(reading, reading.origin(first, used, column), value, problem, raw, keep_id=keep_id)
        # The rest of a line with the end of an element belongs to it.
        first = window.line + 1 if _LINE_END.match(window.text, window.at) else window.line
    return problem


def _of_tables(window: _Window, reading: ParseContext) -> Generator[list[Item], None, int]:
    """Yield the items of the rows in those tables of a database export that have articles."""
    first, others, has_articles = 1, [], False
    while found := window.seek(_TABLE):
        begun = _Begun(window.line + bool(_LINE_END.match(window.text, window.at)), window.line)
        window.next()
        row = _object(window.text, window.at)
        if row is not None and _is_article(as_named(row, reading.spec), reading.spec.fields):
            has_articles = True
            yield [Boilerplate(reading.origin(first, begun.used))]
            yield from _elements(window, reading, begun, "]")
            first = window.line
        else:
            others.append(found[1])
            while (sign := window.next()) and sign != "]":
                _element(window)
    if not has_articles:
        told = f"no table here has a title or a text, and a date: {', '.join(others) or 'there is none'}"
        yield [
            reject(
                reading.origin(first, window.line), f"{told}; say which columns they are under fields:", ""
            )
        ]
    return _last_line(window)


def _end_problem(window: _Window, *, is_list: bool, is_array: bool) -> str:
    """Return what is wrong with the end of a list, or an empty text. An object may go on after its list."""
    if is_list and not window.next():
        return "the list is not closed: the file is cut off here"
    if is_array:
        window.move(window.at + 1)
        return "something follows the array" if window.next() else ""
    return ""


def _enter_object(window: _Window, reading: ParseContext) -> str:
    """Move into the list of articles in an object; return the sign that ends it, or empty if it is an article."""
    fields = reading.spec.fields
    closing, start = _entered(window.text, window.at, fields) if window.next() == "{" else ("", window.at)
    window.move(start)
    return closing


def _entered(text: str, at: int, fields: Fields) -> tuple[str, int]:
    """Return the sign that ends the articles of the object at ``at`` (empty if it is one), and where they begin."""
    if _holds_articles(text, at, fields):
        return "}", at + 1
    listed, keyed = _LIST.search(text, at), _KEYED_LIST.search(text, at)
    # An empty list may come from a service without news, or belong to an article.
    if listed and not (text.startswith("]", listed.end()) and _is_article(_object(text, at), fields)):
        return "]", listed.end()
    if keyed and not listed and _holds_articles(text, keyed.end(), fields):
        return "}", keyed.end() + 1
    return "", at


def _holds_articles(text: str, at: int, fields: Fields) -> bool:
    """Say whether the first members of the object at ``at`` are objects, and one of them is an article."""
    at += 1
    for _ in range(_MOST_TRIED):
        key = _KEY.match(text, _after_space(text, at))
        if (
            not key
            or not text.startswith("{", key.end())
            or key[1] in {name.partition(".")[0] for _, name in fields}
        ):
            return False
        value = _object(text, key.end())
        if value is None:
            return False
        if _is_article(value, fields):
            return True
        at = PLAIN_DECODER.raw_decode(text, key.end())[1]
    return False


def _object(text: str, at: int) -> Mapping[str, Any] | None:
    """Return the object at ``at``; ``None`` if there is none, or it is incomplete."""
    try:
        value = DECODER.raw_decode(text, at)[0]
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, Mapping) else None


def _is_article(value: Mapping[str, Any] | None, fields: Fields) -> bool:
    """Say whether an object has a date, and a title or a text."""
    if value is None:
        return False
    found = {
        field for field, name in name_map(tuple(value), fields).items() if name.partition(".")[0] in value
    }
    return "published" in found and bool(found & {"title", "body"})


def _element(window: _Window, following: re.Pattern[str] = _NEXT) -> tuple[Any, str, str]:
    """Consume one element; return its value, or what is wrong, and its text."""
    while True:
        start = window.at
        raw = window.text[start : start + MAX_RAW]
        try:
            value, problem, end = _decoded(window.text, start)
        except RecursionError:
            value, problem, end = None, "the JSON is nested too deeply", _behind(window, start, following)
        except json.JSONDecodeError as error:
            if not window.ended and len(window.text) - start <= MAX_LINE:
                window.more()
                continue
            value, problem, end = (
                None,
                f"this is not JSON: {error.msg}",
                _behind(window, max(error.pos, start), following),
            )
        else:
            raw = raw[: end - start]
        window.move(end)
        if problem:
            window.trim()
        return value, problem, raw


def _decoded(text: str, start: int) -> tuple[Any, str, int]:
    """Return the value at ``start``, or ``None`` and what is wrong, and the index after it."""
    try:
        value, end = DECODER.raw_decode(text, start)
    except RecordError as error:
        # It is JSON, so its end can be found.
        return None, str(error), PLAIN_DECODER.raw_decode(text, start)[1]
    return value, "", end


def _behind(window: _Window, at: int, following: re.Pattern[str]) -> int:
    """Return the index after a broken element; a part that is longer than the window is consumed."""
    while not (found := following.search(window.text, at)):
        if window.ended:
            return len(window.text)
        # The beginning of the next element may be cut in two.
        window.move(max(window.at, len(window.text) - 64))
        window.more()
        at = 0
    return found.end()


def _holds_columns(value: Mapping[str, Any]) -> bool:
    """Say whether each member of an object is a column by row numbers, as pandas writes tables."""
    return len(value) > 1 and all(
        isinstance(column, Mapping) and column and all(str(key).isdecimal() for key in column)
        for column in value.values()
    )


def _items(
    reading: ParseContext, origin: Origin, value: Any, problem: str, raw: str, *, keep_id: bool
) -> list[Item]:
    try:
        if not problem and not isinstance(value, Mapping):
            problem = "the element is not a JSON object"
            problem += (
                "; write records as objects, as pandas does with orient='records'"
                if isinstance(value, list)
                else ""
            )
        elif not problem and _holds_columns(value):
            problem = (
                "the object contains columns, not records; write records, with orient='records' in pandas"
            )
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
    """Consume the rest; return the number of the last line, 0 if the text is empty."""
    while True:
        window.move(len(window.text))
        if window.ended:
            return window.line - window.ends_line
        window.more()
