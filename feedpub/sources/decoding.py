"""Bytes → text: strict UTF-8, then the encoding that the source declares, then nothing. No guessing.

Each record is decoded by itself, so damage only affects one record, and a file that two programs wrote
in two encodings can be read if the second one is declared.

Lines end at LF, CR LF or CR and nothing else: U+2028, U+0085 and form feeds are text. So line numbers are those that
editors show. Lines come in blocks, with bounded memory; a format that needs a whole file gets it up to a stated size.
Bytes that are not UTF-8 are lone surrogates in a line (PEP 383) until :func:`recover` decodes them or says why it
cannot.
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

# What the stream writes for invalid bytes in UTF-16 and the like: U+DCFF in UTF-8, which is not a character.
DAMAGED = "\udced\udcb3\udcbf"
# Surrogates that do not represent a byte; escapes in JSON can produce them.
_OTHER = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_ESCAPED = re.compile("[\udc80-\udcff]")


class UndecodableError(ValueError):
    """Bytes are neither UTF-8 nor the declared encoding; the message is the reject's reason."""


def recover(text: str, fallback: str | None) -> str:
    """Return ``text``, decoded with ``fallback`` if it has bytes that are not UTF-8.

    These bytes are lone surrogates in ``text`` (PEP 383). Raises :class:`UndecodableError` that names one of them.
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
    """Say whether ``encoding`` is a superset of ASCII, so that lines can be found before decoding."""
    plain = bytes(range(128))
    try:
        return plain.decode(encoding) == plain.decode("ascii")
    except UnicodeDecodeError:
        return False


BLOCK = 1 << 18
# No article is longer. Longer lines are cut, so that an endless line cannot fill the memory.
MAX_LINE = 4 << 20
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Block:
    """Some thousand whole lines without their line ends; ``first`` is the number of the first (1-based).

    ``plain`` says that all are strict UTF-8 without characters that XML cannot carry. Most blocks are, and
    their records need no further check. ``overlong`` says that the first line was cut at :data:`MAX_LINE` bytes.
    """

    first: int
    lines: list[str]
    plain: bool
    overlong: bool = False


def blocks(stream: ByteStream, number: int = 1) -> Iterator[Block]:
    """Yield the stream's lines; the first one has this ``number``.

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
        # Only the beginning of an overlong line is kept.
        if size <= MAX_LINE:
            rest.append(tail)
            size += len(tail)
    if size:
        yield _block(number, rest, b"")


class LinesInOrder:
    """Gives requested lines of ``stream``, in their order."""

    def __init__(self, stream: ByteStream) -> None:
        self._blocks = blocks(stream)
        self._held = Block(1, [], True)

    def between(self, first: int, last: int) -> Block:
        """Return the lines from ``first`` to ``last``, except those before the last request."""
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
    # The byte order mark may come in pieces.
    while data and _MARK.startswith(data) and data != _MARK and (more := stream.read(BLOCK)):
        data += more
    data = data.removeprefix(_MARK) or stream.read(BLOCK)
    while data:
        following = stream.read(BLOCK)
        if following and data.endswith(b"\r"):
            # Only the next block shows whether it is half of a CR LF.
            data, following = data[:-1], b"\r" + following
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if data:
            yield data
        data = following


MAX_FILE = 16 << 20


def read_whole(stream: ByteStream, reading: ParseContext) -> tuple[bytes, Origin]:
    """Return the stream's bytes, with LF as their only line end, and the place of all lines.

    After :data:`MAX_FILE` bytes, lines are only counted, and the result is one byte too long, see
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
    """Raise :class:`RecordError` if :func:`read_whole` had to stop."""
    if len(data) > MAX_FILE:
        raise RecordError(f"the file has more than {MAX_FILE >> 20} MB")


def text_of_file(data: bytes, encoding: str | None) -> str:
    """Return the text of a file, by the same rules as records.

    Raises :class:`RecordError` or :class:`~feedpub.sources.decoding.UndecodableError`.
    """
    check_size(data)
    return recover(data.decode(errors="surrogateescape"), encoding)
