"""Lines of a byte stream, in blocks, with bounded memory.

A line ends at LF, CR LF or CR and at nothing else: not at U+2028, U+0085 or a form feed, which are text. Numbers
of lines therefore agree with what editors show.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

BLOCK = 1 << 20
# No article is longer; what is longer is cut, so that a line without an end can't fill the memory.
MAX_LINE = 4 << 20


def is_overlong(line: bytes) -> bool:
    """Say whether ``line`` is what :func:`blocks` left of a line of more than :data:`MAX_LINE` bytes."""
    return len(line) > MAX_LINE


def blocks(stream: BinaryIO) -> Iterator[list[bytes]]:
    """Yield the stream's lines without their ends, some thousands at a time.

    A line of more than :data:`MAX_LINE` bytes is cut to one byte more than that, see :func:`is_overlong`. An
    unfinished last line is a line; nothing follows a final line end. A UTF-8 byte order mark is dropped.
    """
    rest = b""
    held_cr = False
    first = True
    while data := stream.read(BLOCK):
        if first:
            data = data.removeprefix(b"\xef\xbb\xbf")
            first = False
        if held_cr:
            data = b"\r" + data
        # Whether a CR at the end is half of a CR LF shows in the next block.
        held_cr = data.endswith(b"\r")
        if held_cr:
            data = data[:-1]
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = data.split(b"\n")
        lines[0] = _joined(rest, lines[0])
        rest = lines.pop()[: MAX_LINE + 1]
        if lines:
            yield lines
    if held_cr or rest:
        yield [rest]


def _joined(start: bytes, more: bytes) -> bytes:
    return start + more[: MAX_LINE + 1 - len(start)] if start else more
