"""JSON text → values that know their line and column; duplicate keys are kept.

The standard library reads the text: it is fast, but does not report places. If a finding needs a place, the array or
object around the value is read once more, and the places of all its values are kept. A second, slow reader says why a
text is not JSON.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from typing import Final, TypeAlias

from feedpub.validator._source_text import Remark

MAX_DEPTH: Final = 64

Scalar: TypeAlias = "str | int | float | bool | None"


class _Doubled(dict[str, object]):
    """An object with duplicate keys: a dict with the last value of each key, and all pairs."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


class _Several:
    """A placeholder for the value of an array or object, which is not a scalar."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        return self._name


_ARRAY, _OBJECT = _Several("an array"), _Several("an object")
_KINDS: Final[dict[type, str]] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
    list: "array",
    dict: "object",
    _Doubled: "object",
}
# One example of each kind of value.
_EXAMPLES: Final[dict[str, object]] = {
    "blank": "",
    "string": "a",
    "integer": 1,
    "number": 0.5,
    "boolean": True,
    "null": None,
    "object": {},
}
Shape: TypeAlias = tuple[tuple[str, str | frozenset[str]], ...]


class Json:
    """One JSON value. Read-only by contract; its place is only looked for when needed."""

    __slots__ = ("_above", "_index", "_text", "raw")

    def __init__(
        self, raw: object = None, text: _Text | None = None, above: Json | None = None, index: str | int = 0
    ) -> None:
        self.raw = raw
        self._text = text or _NO_TEXT
        self._above = above
        self._index = index

    @property
    def value(self) -> Scalar | _Several:
        """The value of a scalar; a placeholder to be shown for an array or object."""
        raw = self.raw
        if isinstance(raw, dict):
            return _OBJECT
        return _ARRAY if isinstance(raw, list) else raw  # type: ignore[return-value] # JSON has no other types

    @property
    def kind(self) -> str:
        """The type's name in JSON, and ``integer`` for whole numbers."""
        return kind_of(self.raw)

    @property
    def is_object(self) -> bool:
        """Whether it is an object."""
        return isinstance(self.raw, dict)

    def pairs(self) -> Iterable[tuple[str, object]]:
        """Return the keys of an object with their raw values."""
        if isinstance(self.raw, _Doubled):
            return self.raw.pairs
        return self.raw.items() if isinstance(self.raw, dict) else ()

    def members(self) -> Iterator[Member]:
        """Yield the members of an object, or nothing for any other value."""
        for index, (key, value) in enumerate(self.pairs()):
            yield Member(key, self.below(value, index))

    def items(self) -> Iterator[Json]:
        """Yield the values of an array, or nothing for any other value."""
        if isinstance(self.raw, list):
            for index, value in enumerate(self.raw):
                yield self.below(value, index)

    def get(self, key: str) -> Json | None:
        """Return the last value of a key, as most parsers do; None if there is no such key."""
        if isinstance(self.raw, dict) and key in self.raw:
            return self.below(self.raw[key], key)
        return None

    def text(self, key: str) -> str:
        """Return the text of a key; empty if it has none."""
        found = self.raw.get(key) if isinstance(self.raw, dict) else None
        return found if isinstance(found, str) else ""

    def below(self, raw: object, index: str | int) -> Json:
        """Return a value in this one; ``index`` is its number, or the key whose last value it is."""
        return Json(raw, self._text, self, index)

    def shape(self) -> Shape:
        """Return the keys of an object and the kinds of their values, which is all that most checks look at."""
        return tuple([(key, _sort(value)) for key, value in self.pairs()])

    @property
    def line(self) -> int:
        """The line where it begins, from 1."""
        return self._text.place(self.offset())[0]

    @property
    def column(self) -> int:
        """The column where it begins, from 1, in characters."""
        return self._text.place(self.offset())[1]

    def offset(self, *, of_key: bool = False) -> int:
        """Return the offset where it begins in the text, or where its key does."""
        if self._above is None or self._text is _NO_TEXT:
            return self._text.start
        starts, index = self._text.starts(self._above), self._index
        start = (
            next(one for one in reversed(starts) if one[2] == index)
            if isinstance(index, str)
            else starts[index]
        )
        return start[1] if of_key else start[0]


class Member:
    """One member of an object. Its place is that of the key."""

    __slots__ = ("key", "value")

    def __init__(self, key: str, value: Json) -> None:
        self.key = key
        self.value = value

    @property
    def _place(self) -> tuple[int, int]:
        return self.value._text.place(self.value.offset(of_key=True))  # noqa: SLF001 - both are of this module

    @property
    def line(self) -> int:
        """The line where it begins, from 1."""
        return self._place[0]

    @property
    def column(self) -> int:
        """The column where it begins, from 1, in characters."""
        return self._place[1]


def kind_of(raw: object) -> str:
    """Return the name of a raw value's type in JSON, and ``integer`` for whole numbers."""
    return _KINDS[type(raw)]


def types_of(kinds: Collection[str]) -> tuple[type, ...]:
    """Return the types of Python that raw values of some kinds have."""
    return tuple(kind for kind, name in _KINDS.items() if name in kinds)


def _sort(raw: object) -> str | frozenset[str]:
    if isinstance(raw, list):
        return frozenset([_KINDS[kind] for kind in set(map(type, raw))])
    return "blank" if isinstance(raw, str) and (not raw or raw.isspace()) else _KINDS[type(raw)]


def example(shape: Shape) -> Json:
    """Return an object of a shape."""
    pairs = [
        (key, _EXAMPLES[sort] if isinstance(sort, str) else [_example(kind) for kind in sort])
        for key, sort in shape
    ]
    return Json(_object(pairs))


def _example(kind: str) -> object:
    return [] if kind == "array" else _EXAMPLES[kind]


_SPACE: Final = re.compile(r"[ \t\r\n]*")
_LINE_END: Final = re.compile(r"\r\n?|\n")
_Start: TypeAlias = tuple[int, int, str]


class _Text:
    """The text of a document, and the places that were asked for so far."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.start = self._skipped(0)
        # By the id() of the raw value, which exists as long as the document.
        self._starts: dict[int, list[_Start]] = {}
        self._lines: list[int] = []
        self._scan = json.JSONDecoder().raw_decode

    def _skipped(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def starts(self, found: Json) -> list[_Start]:
        """Return the offset, the offset of the key, and the key, for each value in an array or object."""
        known = self._starts.get(id(found.raw))
        if known is None:
            known = self._starts[id(found.raw)] = list(self._walk(found.offset(), keyed=found.is_object))
        return known

    def _walk(self, at: int, *, keyed: bool) -> Iterator[_Start]:
        text = self._text
        at = self._skipped(at + 1)
        while text[at] not in "]}":
            key, before = "", at
            if keyed:
                key, at = self._scan(text, at)
                at = self._skipped(self._skipped(at) + 1)
            yield at, before, key
            at = self._skipped(self._scan(text, at)[1])
            if text[at] == ",":
                at = self._skipped(at + 1)

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and column of an offset, both from 1."""
        if not self._lines:
            self._lines = [0, *(found.end() for found in _LINE_END.finditer(self._text))]
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1


_NO_TEXT: Final = _Text("")


def read(data: bytes) -> tuple[Json | None, Remark | None]:
    """Return the value in ``data``, or a remark that says why it is not JSON (RFC 8259); never raises."""
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, Remark("json-not-well-formed", "the file is not in UTF-8", line, 1)
    try:
        raw = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None, _complaint(text)
    return (Json(raw, _Text(text)), None) if _is_flat(raw) else (None, _complaint(text))


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else _Doubled(pairs)


def _whole(digits: str) -> int | float:
    # No number in a feed has more digits than a double can tell apart, and int() of millions of digits is slow.
    return int(digits) if len(digits) < 20 else float(digits)


def _no_constant(name: str) -> object:
    raise ValueError(name)


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_int=_whole, parse_constant=_no_constant)


def _is_flat(raw: object) -> bool:
    """Tell whether values are nested no deeper than is allowed."""
    level: list[object] = [raw]
    for _ in range(MAX_DEPTH + 1):
        level = [
            value
            for above in level
            for value in (
                above.values() if isinstance(above, dict) else above if isinstance(above, list) else ()
            )
            if isinstance(value, (dict, list))
        ]
        if not level:
            return True
    return False


class _Broken(Exception):
    def __init__(self, message: str, position: int) -> None:
        self.message = message
        self.position = position
        super().__init__(message)


_TOKEN: Final = re.compile(
    r'[ \t\r\n]*(?:("(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*")|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?'
    r"(?:[eE][+-]?[0-9]+)?)(?![0-9A-Za-z.])|(true|false|null)\b|([{}\[\],:]))"
)


class _Reader:
    """A recursive-descent parser that keeps nothing. The depth is bounded, and so is the recursion."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.start = 0

    def token(self) -> tuple[str, str]:
        found = _TOKEN.match(self.text, self.position)
        if found is None:
            rest = self.text[self.position :]
            at = self.position + len(rest) - len(rest.lstrip(" \t\r\n"))
            what = (
                f"{self.text[at : at + 20]!r} is not JSON"
                if at < len(self.text)
                else "the file ends too early"
            )
            raise _Broken(what, at)
        self.position = found.end()
        self.start = found.start(found.lastindex or 0)
        return ("string", "number", "word", "sign")[(found.lastindex or 1) - 1], found[found.lastindex or 0]

    def document(self) -> None:
        self.value(*self.token(), 0)
        rest = self.text[self.position :].lstrip(" \t\r\n")
        if rest:
            raise _Broken("there is more text after the value", len(self.text) - len(rest))

    def value(self, kind: str, sign: str, depth: int) -> None:
        if kind != "sign":
            return
        if depth > MAX_DEPTH:
            raise _Broken(f"values are nested more than {MAX_DEPTH} levels deep", self.start)
        if sign not in {"{", "["}:
            raise _Broken(f"expected a value, found {sign!r}", self.start)
        end = "}" if sign == "{" else "]"
        kind, sign = self.token()
        if (kind, sign) == ("sign", end):
            return
        while True:
            if end == "}":
                kind, sign = self.after_key(kind, sign)
            self.value(kind, sign, depth + 1)
            kind, sign = self.token()
            if (kind, sign) == ("sign", end):
                return
            if (kind, sign) != ("sign", ","):
                raise _Broken(f"expected ',' or {end!r}, found {sign[:20]!r}", self.start)
            kind, sign = self.token()
            if (kind, sign) == ("sign", end):
                raise _Broken(f"a comma comes before {end!r}", self.start)

    def after_key(self, kind: str, sign: str) -> tuple[str, str]:
        if kind != "string":
            raise _Broken(f"expected a key in quotes, found {sign[:20]!r}", self.start)
        if self.token() != ("sign", ":"):
            raise _Broken("expected ':' after a key", self.start)
        return self.token()


def _complaint(text: str) -> Remark:
    """Return a remark that says why a text is not JSON."""
    message, position = "this is not JSON", 0
    try:
        _Reader(text).document()
    except _Broken as broken:
        message, position = broken.message, broken.position
    return Remark("json-not-well-formed", message, *_Text(text).place(position))
