"""JSON text → values that know their line and column.

The standard library's parser gives no positions and keeps the last of two equal keys in silence; this one keeps
both, and refuses what JSON does (NaN, trailing commas, comments). Nesting is bounded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from feedpub.validator._source_text import Remark

MAX_DEPTH: Final = 64
_TOKEN: Final = re.compile(
    r'[ \t\r\n]*(?:("(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9A-Fa-f]{4})*")|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?'
    r"(?:[eE][+-]?[0-9]+)?)(?![0-9A-Za-z.])|(true|false|null)\b|([{}\[\],:]))"
)

Scalar: TypeAlias = "str | int | float | bool | None"


@dataclass(frozen=True, slots=True)
class Json:
    """One JSON value: a scalar, a tuple of values or, for an object, a tuple of members in their order."""

    value: Scalar | tuple[Json, ...] | tuple[Member, ...]
    line: int
    column: int
    is_object: bool = False

    @property
    def kind(self) -> str:
        """The type's name in JSON, and ``integer`` for whole numbers."""
        if isinstance(self.value, tuple):
            return "object" if self.is_object else "array"
        if self.value is None:
            return "null"
        if isinstance(self.value, bool):
            return "boolean"
        return (
            "string"
            if isinstance(self.value, str)
            else "integer"
            if isinstance(self.value, int)
            else "number"
        )

    def members(self) -> Iterator[Member]:
        """Yield the members of an object, none for anything else."""
        if self.is_object and isinstance(self.value, tuple):
            yield from (member for member in self.value if isinstance(member, Member))

    def items(self) -> Iterator[Json]:
        """Yield the values of an array, none for anything else."""
        if not self.is_object and isinstance(self.value, tuple):
            yield from (item for item in self.value if isinstance(item, Json))

    def get(self, key: str) -> Json | None:
        """Return the last value under a key, as parsers do."""
        return next((member.value for member in reversed(list(self.members())) if member.key == key), None)

    def text(self, key: str) -> str:
        """Return the text under a key, empty where there is none."""
        found = self.get(key)
        return found.value if found is not None and isinstance(found.value, str) else ""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object; the place is that of its key."""

    key: str
    value: Json
    line: int
    column: int


class _Broken(Exception):
    def __init__(self, message: str, position: int) -> None:
        self.message = message
        self.position = position
        super().__init__(message)


class _Reader:
    """A recursive-descent reader; the depth is bounded, so that recursion is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.start = 0
        # Line numbers are counted on from the last sign, so that reading stays linear.
        self.counted = 0
        self.line = 1
        self.line_start = 0

    def token(self) -> tuple[str, str]:
        found = _TOKEN.match(self.text, self.position)
        if found is None:
            rest = self.text[self.position :]
            at = self.position + len(rest) - len(rest.lstrip(" \t\r\n"))
            what = (
                f"{self.text[at : at + 20]!r} is not JSON"
                if at < len(self.text)
                else "the text ends too early"
            )
            raise _Broken(what, at)
        self.position = found.end()
        self.start = found.start(found.lastindex or 0)
        return ("string", "number", "word", "sign")[(found.lastindex or 1) - 1], found[found.lastindex or 0]

    def end(self) -> None:
        rest = self.text[self.position :].lstrip(" \t\r\n")
        if rest:
            raise _Broken("more text follows the value", len(self.text) - len(rest))

    def place(self) -> tuple[int, int]:
        lines = self.text.count("\n", self.counted, self.start)
        if lines:
            self.line += lines
            self.line_start = self.text.rfind("\n", 0, self.start) + 1
        self.counted = self.start
        return self.line, self.start - self.line_start + 1

    def value(self, kind: str, sign: str, depth: int) -> Json:
        line, column = self.place()
        if kind == "string":
            return Json(json.loads(sign), line, column)
        if kind == "number":
            # Digits beyond what a double can tell apart are no number of a feed; int() of millions of them is slow.
            whole = sign.lstrip("-").isdecimal() and len(sign) < 20
            return Json(int(sign) if whole else float(sign), line, column)
        if kind == "word":
            return Json({"true": True, "false": False, "null": None}[sign], line, column)
        if depth > MAX_DEPTH:
            raise _Broken(f"values nest more than {MAX_DEPTH} levels deep", self.start)
        if sign == "{":
            return Json(tuple(self.object(depth)), line, column, is_object=True)
        if sign == "[":
            return Json(tuple(self.array(depth)), line, column)
        raise _Broken(f"{sign!r} stands where a value should", self.start)

    def array(self, depth: int) -> Iterator[Json]:
        kind, sign = self.token()
        while sign != "]" or kind != "sign":
            yield self.value(kind, sign, depth + 1)
            if self.comma("]"):
                return
            kind, sign = self.token()
            if kind == "sign" and sign == "]":
                raise _Broken("a comma stands before ']'", self.start)

    def object(self, depth: int) -> Iterator[Member]:
        kind, sign = self.token()
        while sign != "}" or kind != "sign":
            if kind != "string":
                raise _Broken(f"{sign!r} stands where a key in quotes should", self.start)
            line, column = self.place()
            if self.token() != ("sign", ":"):
                raise _Broken("a key has no ':' behind it", self.start)
            yield Member(json.loads(sign), self.value(*self.token(), depth + 1), line, column)
            if self.comma("}"):
                return
            kind, sign = self.token()
            if kind == "sign" and sign == "}":
                raise _Broken("a comma stands before '}'", self.start)

    def comma(self, end: str) -> bool:
        kind, sign = self.token()
        if kind == "sign" and sign in {end, ","}:
            return sign == end
        raise _Broken(f"{sign[:20]!r} stands where ',' or '{end}' should", self.start)


def read(data: bytes) -> tuple[Json | None, Remark | None]:
    """Return the value that ``data`` holds, or what keeps it from being JSON (RFC 8259); never raises."""
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, Remark("json-not-well-formed", "the bytes are not UTF-8", line, 1)
    reader = _Reader(text)
    try:
        root = reader.value(*reader.token(), 0)
        reader.end()
    except _Broken as broken:
        line = text.count("\n", 0, broken.position) + 1
        column = broken.position - text.rfind("\n", 0, broken.position)
        return None, Remark("json-not-well-formed", f"not JSON: {broken.message}", line, column)
    return root, None
