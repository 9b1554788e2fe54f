"""Bytes → text: strict UTF-8, then the encoding that the source declares, then nothing. No guessing.

A record is decoded by itself, so that one damaged record costs one record, and a file that two programs wrote
in two encodings is read as far as the declaration reaches.

A line ends at LF, CR LF or CR and at nothing else: not at U+2028, U+0085 or a form feed, which are text. Numbers of
lines therefore agree with what editors show. Lines come in blocks, with bounded memory; a format that needs a file as
a whole gets it up to a stated size. Bytes that are not UTF-8 are lone surrogates in a line (PEP 383) until
:func:`recover` makes text of them or says why not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from feedpub.articles.article import Origin
from feedpub.core.feed_values import may_need_cleaning
from feedpub.sources.records import ByteStream, RecordError
from feedpub.sources.spec import ParseContext

# What the stream puts for bytes that mean nothing in UTF-16 and the like: U+DCFF in UTF-8, which is not a character.
DAMAGED = "\udced\udcb3\udcbf"
# Surrogates that stand for no byte: JSON's escapes can spell them.
_OTHER = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_ESCAPED = re.compile("[\udc80-\udcff]")


class UndecodableError(ValueError):
    """Bytes are neither UTF-8 nor the declared encoding; the message is the reject's reason."""


def recover(text: str, fallback: str | None) -> str:
    """Return ``text``, read in the ``fallback`` encoding where it has bytes that are not UTF-8.

    Such bytes are in it as lone surrogates (PEP 383). Raises :class:`UndecodableError` with one of them.
    """
    escaped = None if text.isascii() else _ESCAPED.search(text)
    if not escaped:
        return text
    if DAMAGED in text:
        raise UndecodableError("a character is damaged: its bytes mean nothing in the file's encoding")
    byte = f"the byte 0x{ord(escaped[0]) - 0xDC00:02X}"
    if fallback is None or not is_ascii_superset(fallback):
        raise UndecodableError(
            f"{byte} is not UTF-8; if the encoding is another, declare it: encoding: cp1252"
        )
    data = _OTHER.sub("?", text).encode(errors="surrogateescape")
    try:
        return data.decode(fallback)
    except UnicodeDecodeError as error:
        byte = f"the byte 0x{data[error.start]:02X}"
        raise UndecodableError(f"{byte} is neither UTF-8 nor {fallback}") from None


@lru_cache(maxsize=64)
def is_ascii_superset(encoding: str) -> bool:
    """Say whether ASCII bytes mean themselves in ``encoding``, so that lines are found before decoding."""
    plain = bytes(range(128))
    try:
        return plain.decode(encoding) == plain.decode("ascii")
    except UnicodeDecodeError:
        return False


BLOCK = 1 << 18
# No article is longer; what is longer is cut, so that a line without an end can't fill the memory.
MAX_LINE = 4 << 20
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Block:
    """Some thousand whole lines without their ends; ``first`` is the number of the first (1-based).

    ``plain`` says that all are strict UTF-8 without a character that XML can't carry: most blocks are, and
    their records need no second look. ``overlong`` says that the first line was cut at :data:`MAX_LINE`
    bytes.
    """

    first: int
    lines: list[str]
    plain: bool
    overlong: bool = False


def blocks(stream: ByteStream, number: int = 1) -> Iterator[Block]:
    """Yield the stream's lines, the first of which has this ``number``.

    An unfinished last line is a line; nothing follows a final line end.

    A UTF-8 byte order mark at the beginning is dropped.
    """
    rest: list[bytes] = []
    size = 0
    for data in unified(stream):
        head, newline, tail = data.rpartition(b"\n")
        if newline:
            block = _block(number, rest, head)
            number += len(block.lines)
            yield block
            rest, size = [], 0
        # Of a line without an end only the beginning is kept.
        if size <= MAX_LINE:
            rest.append(tail)
            size += len(tail)
    if size:
        yield _block(number, rest, b"")


class LinesInOrder:
    """Some of the lines of ``stream``: those asked for, from its beginning to its end."""

    def __init__(self, stream: ByteStream) -> None:
        self._blocks = blocks(stream)
        self._held = Block(1, [], True)

    def between(self, first: int, last: int) -> Block:
        """Return the lines from ``first`` to ``last``, as far as there are some that were not let go of."""
        held = self._held
        while held.first + len(held.lines) <= last and (block := next(self._blocks, None)):
            kept = held.lines[max(first - held.first, 0) :]
            plain = block.plain and (held.plain or not kept)
            held = Block(block.first - len(kept), kept + block.lines, plain, block.overlong)
        self._held = held
        start = max(first - held.first, 0)
        lines = held.lines[start : last + 1 - held.first]
        return Block(held.first + start, lines, held.plain, held.overlong)


def _block(number: int, rest: list[bytes], head: bytes) -> Block:
    data = b"".join((*rest, head)) if rest else head
    overlong = data.find(b"\n", 0, MAX_LINE + 1) < 0 and len(data) > MAX_LINE
    if overlong:
        _, newline, after = data.partition(b"\n")
        data = data[:MAX_LINE] + newline + after
    try:
        lines = data.decode().split("\n")
    except UnicodeDecodeError:
        return Block(number, data.decode(errors="surrogateescape").split("\n"), False, overlong)
    return Block(number, lines, not may_need_cleaning(data), overlong)


def unified(stream: ByteStream) -> Iterator[bytes]:
    """Yield the stream's bytes with LF as the only line end and without a byte order mark."""
    data = stream.read(BLOCK)
    # The mark may come in pieces.
    while data and _MARK.startswith(data) and data != _MARK and (more := stream.read(BLOCK)):
        data += more
    data = data.removeprefix(_MARK) or stream.read(BLOCK)
    while data:
        following = stream.read(BLOCK)
        if following and data.endswith(b"\r"):
            # Whether it is half of a CR LF shows in the next block only.
            data, following = data[:-1], b"\r" + following
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if data:
            yield data
        data = following


MAX_FILE = 16 << 20


def read_whole(stream: ByteStream, reading: ParseContext) -> tuple[bytes, Origin]:
    """Return the stream's bytes, with LF as their only line end, and the place of all lines.

    Past :data:`MAX_FILE` bytes only lines are counted and what is returned is one byte too long, see
    :func:`text_of_file`.
    """
    parts: list[bytes] = []
    size = lines = 0
    last = b"\n"
    for data in unified(stream):
        if size <= MAX_FILE:
            parts.append(data)
        size += len(data)
        lines += data.count(b"\n")
        last = data[-1:]
    count = lines + (last != b"\n")
    return b"".join(parts)[: MAX_FILE + 1], reading.origin(1, max(count, 1))


def check_size(data: bytes) -> None:
    """Raise :class:`RecordError` where :func:`read_whole` had to stop."""
    if len(data) > MAX_FILE:
        raise RecordError(f"the file has more than {MAX_FILE >> 20} MB")


def text_of_file(data: bytes, encoding: str | None) -> str:
    """Return the text of a file, by the same rules as records.

    Raises :class:`RecordError` or :class:`~feedpub.sources.decoding.UndecodableError`.
    """
    check_size(data)
    return recover(data.decode(errors="surrogateescape"), encoding)
