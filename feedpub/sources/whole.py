"""Formats that need a file as a whole: read it up to a stated size, count its lines, decode it."""

from __future__ import annotations

from feedpub.articles.article import Origin
from feedpub.sources.building import Reading, RecordError
from feedpub.sources.bytestream import ByteStream
from feedpub.sources.decoding import recover
from feedpub.sources.lines import unified

MAX_FILE = 16 << 20


def read_whole(stream: ByteStream, reading: Reading) -> tuple[bytes, Origin]:
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
