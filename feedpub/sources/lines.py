"""Lines of a byte stream as text, in blocks, with bounded memory.

A line ends at LF, CR LF or CR and at nothing else: not at U+2028, U+0085 or a form feed, which are text.
Numbers of lines therefore agree with what editors show.

Bytes that are not UTF-8 stand in a line as lone surrogates (PEP 383), so that a damaged record costs itself
only; :func:`feedpub.sources.decoding.recover` makes text of it or says why not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from feedpub.core.feed_values import may_need_cleaning
from feedpub.sources.bytestream import ByteStream

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


def blocks(stream: ByteStream) -> Iterator[Block]:
    """Yield the stream's lines. An unfinished last line is a line; nothing follows a final line end.

    A UTF-8 byte order mark at the beginning is dropped.
    """
    rest: list[bytes] = []
    size = 0
    number = 1
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
