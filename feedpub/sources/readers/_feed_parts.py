"""A feed of any size in parts of some entries each, with the text around all entries, so each part is a feed.

The parts are kept compressed on disk until the end of the feed is known: the text after the entries belongs to
each part, and a post may show a picture that comes later.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

from feedpub.core.spool import BlobRef, Spool
from feedpub.sources.decoding import MAX_FILE
from feedpub.sources.feed_encoding import Encoding, FeedText

PART = 1 << 20
"""How many bytes of entries a part has, at least."""
MAX_ENTRY = MAX_FILE
MAX_FRAME = 8 << 20
"""How long the text around the entries may be, as it is parsed with each part."""
_OUTSIDE = 1 << 20
# No token is longer, so none is missed at the end of a block.
_LONGEST = 128
_TOKEN = re.compile(rb"<!\[CDATA\[|<!--|<(?P<end>/?)(?:[A-Za-z_][\w.-]{0,60}:)?(?:item|entry)(?=[\s>/])")
_CLOSED_BY = {b"<!--": b"-->", b"<![CDATA[": b"]]>"}
# The lists of all terms of a blog, which its posts repeat. An unclosed one ends where the next one begins.
_WORDS = re.compile(rb"<wp:(category|tag|term)>(?:[^<]|<(?!/?wp:(?:category|tag|term)>))*</wp:\1>\s*")


@dataclass(frozen=True, slots=True)
class Place:
    """The beginning of something: its line, the number of characters before it there, and whether any is not blank."""

    line: int = 1
    column: int = 0
    shared: bool = False

    def after(self, data: bytes) -> Place:
        """Return the place after ``data``, which begins here."""
        before, newline, beside = data.rpartition(b"\n")
        return Place(
            self.line + before.count(b"\n") + len(newline),
            (0 if newline else self.column) + len(beside.decode(errors="replace")),
            bool(beside.strip()) or (self.shared and not newline),
        )


@dataclass(frozen=True, slots=True)
class Part:
    """Some entries on disk: where the first begins, and the last line of the last; none if one is too long."""

    begins: Place
    entries: BlobRef | None
    last: int = 0

    def read(self) -> bytes:
        """Return the text of the entries."""
        return zlib.decompress(self.entries.read()) if self.entries else b""


@dataclass(frozen=True, slots=True)
class Parts:
    """A feed in parts; ``head`` and ``tail`` go around the entries of each. ``last`` is its last line.

    ``problem`` says why there are no parts, if there are none.
    """

    encoding: Encoding
    head: bytes
    tail: bytes
    parts: tuple[Part, ...]
    last: int
    problem: str = ""

    def text(self, entries: bytes) -> FeedText:
        """Return a feed with only these ``entries``."""
        return self.encoding.text(self.head + entries + self.tail)


class _Kind(Enum):
    ENTRY = "entry"
    LONG = "the beginning of an entry that is too long"
    MORE = "what follows of it"
    OUTSIDE = "outside"


def split(pieces: Iterable[bytes], encoding: Encoding) -> Parts:
    """Write a feed to disk in parts, and pass all of it to ``encoding``.

    Raises :class:`~feedpub.core.errors.PublishError` if the disk is full.
    """
    splitting = _Splitting(encoding)
    for kind, data in _segments(pieces):
        splitting.take(kind, data)
    return splitting.parts()


class _Splitting:
    """A feed while it is written to disk."""

    def __init__(self, encoding: Encoding) -> None:
        self._encoding = encoding
        self._spool = Spool()
        self._parts: list[Part] = []
        self._frame = b""
        self._head: int | None = None
        self._place = self._begins = Place()
        self._passed: list[bytes] = []
        self._held: list[bytes] = []
        self._size = 0
        self._problem = ""

    def take(self, kind: _Kind, data: bytes) -> None:
        if not self._problem:
            self._keep(kind, data)
        self._passed.append(data)
        if self._size >= max(PART, self._head or 0):
            self._put()
        if self._problem or kind is not _Kind.ENTRY:
            self._here()

    def _keep(self, kind: _Kind, data: bytes) -> None:
        if kind is _Kind.OUTSIDE:
            # The lines of shared text belong to the place where it is.
            self._hold(data if data.isspace() else b"\n" * data.count(b"\n"))
            if self._head is None or not data.isspace():
                self._around(data)
        else:
            if self._head is None:
                self._frame = _WORDS.sub(b"", self._frame)
                self._head = len(self._frame)
            if kind is _Kind.LONG:
                self._put()
                self._parts.append(Part(self._here(), None))
            elif kind is _Kind.ENTRY and not self._held:
                self._begins = self._here()
                self._held = [b""]
            self._hold(data)

    def parts(self) -> Parts:
        self._put()
        head = len(self._frame) if self._head is None else self._head
        here = self._here()
        last = max(here.line - (not here.column), 1)
        ends = [max(part.begins.line, after.begins.line - 1) for part, after in pairwise(self._parts)]
        parts = (replace(part, last=end) for part, end in zip(self._parts, [*ends, last], strict=False))
        self._encoding.hear(self._frame)
        problem = self._problem or ("" if self._parts else "the file is long and has no entry")
        return Parts(self._encoding, self._frame[:head], self._frame[head:], tuple(parts), last, problem)

    def _here(self) -> Place:
        self._place = self._place.after(b"".join(self._passed))
        self._passed = []
        return self._place

    def _around(self, data: bytes) -> None:
        self._frame += data
        if len(self._frame) > MAX_FRAME and self._head is None:
            self._frame = _WORDS.sub(b"", self._frame)
        if len(self._frame) > MAX_FRAME:
            self._problem = f"the part outside its entries has more than {MAX_FRAME >> 20} MB"
            self._frame, self._held, self._parts, self._size = b"", [], [], 0

    def _hold(self, data: bytes) -> None:
        if self._held:
            self._held.append(data)
            self._size += len(data)

    def _put(self) -> None:
        if self._held:
            data = b"".join(self._held)
            self._encoding.hear(data)
            self._parts.append(Part(self._begins, self._spool.put(zlib.compress(data, 1))))
        self._held, self._size = [], 0


def _segments(pieces: Iterable[bytes]) -> Iterator[tuple[_Kind, bytes]]:
    """Cut a feed before and after each entry, but not within quoted text; yields all pieces in order."""
    data, start = b"", 0
    kind = _Kind.OUTSIDE
    tags = _Tags()
    for piece in pieces:
        data = tags.moved(data, start) + piece
        start = 0
        for is_end, first, after in tags.found(data):
            cut = after if is_end else first
            if cut > start and (kind is not _Kind.OUTSIDE or not is_end):
                yield kind, data[start:cut]
                start = cut
            kind = _Kind.OUTSIDE if is_end else _Kind.ENTRY
        seen = tags.at - start
        if kind is _Kind.ENTRY and seen > MAX_ENTRY:
            kind = _Kind.LONG
        if kind in (_Kind.LONG, _Kind.MORE) or (kind is _Kind.OUTSIDE and seen > _OUTSIDE):
            yield kind, data[start : tags.at]
            start = tags.at
            kind = _Kind.MORE if kind is _Kind.LONG else kind
    if start < len(data):
        yield kind, data[start:]


class _Tags:
    """Finds the tags of entries in pieces of text; everything before ``at`` has been searched."""

    def __init__(self) -> None:
        self.at = 0
        self._closed_by = b""

    def moved(self, data: bytes, start: int) -> bytes:
        """Return the rest of ``data`` from ``start`` on."""
        self.at -= start
        return data[start:]

    def found(self, data: bytes) -> Iterator[tuple[bool, int, int]]:
        """Yield for each tag whether it is an end tag, and its beginning and end (for end tags only)."""
        while True:
            if self._closed_by:
                end = data.find(self._closed_by, self.at)
                if end < 0:
                    self.at = max(self.at, len(data) - len(self._closed_by) + 1)
                    return
                self.at, self._closed_by = end + len(self._closed_by), b""
            match = _TOKEN.search(data, self.at)
            if not match:
                self.at = max(self.at, len(data) - _LONGEST)
                return
            if match["end"] is None:
                self.at, self._closed_by = match.end(), _CLOSED_BY[match[0]]
                continue
            after = data.find(b">", match.end(), match.end() + _LONGEST) + 1 if match["end"] else 0
            if match["end"] and not after and len(data) - match.end() < _LONGEST:
                # The rest of the end tag comes with the next piece.
                self.at = match.start()
                return
            self.at = max(match.end(), after)
            yield bool(match["end"]), match.start(), self.at
