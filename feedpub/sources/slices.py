"""Cuts large files of lines into slices that can be read independently; together they give the items of the whole file.

Each slice begins with a record: in JSON Lines after any line, in text after the date that ends a record. A slice also
has what else a record depends on: the number of its first line, and the form of the dates before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from feedpub.articles.article import Notice
from feedpub.core.errors import SourceError
from feedpub.sources.decoding import BLOCK, is_ascii_superset
from feedpub.sources.files import display_name, format_of, open_stream, told_beside
from feedpub.sources.readers import foreign, reader
from feedpub.sources.records import Item
from feedpub.sources.spec import ParseContext, SourceSpec
from feedpub.sources.streams import HEAD

Cut = Callable[[bytes], int]
"""Finds the last place in a block of bytes where one record has ended and another one begins; 0 if there is none."""
_MARK = b"\xef"
"""The first byte of a byte order mark, which would be dropped at the beginning of a slice."""


class Slice(NamedTuple):
    """The bytes of a file from ``start`` to ``end``; the last slice ends with the file, and ``end`` is ``None``.

    ``format`` is the format of the file. ``first`` is the number of the first line (1-based). ``shapes`` are the forms
    of dates in the text before it, see :class:`feedpub.sources.spec.ParseContext`.
    """

    format: str
    start: int
    end: int | None
    first: int
    shapes: frozenset[str] = frozenset()


class InexactError(Exception):
    """A slice turned out to depend on the text before it, so the whole file must be read."""


def slices(spec: SourceSpec, file: Path, size: int) -> Iterator[Slice]:
    """Yield slices of about ``size`` bytes; nothing if the file can't be cut.

    The file is read once. Raises :class:`SourceError` if it can't be read.
    """
    with open_stream(spec, file) as stream:
        head = stream.head
        name = format_of(spec, stream, display_name(spec, file))
        is_foreign = spec.format is None and bool(foreign(display_name(spec, file), head))
    cut = None if is_foreign else _cuts(spec, name)
    if cut is None:
        return
    try:
        with file.open("rb", buffering=0) as raw:
            # The bytes differ if the file is compressed or in another encoding.
            if raw.read(len(head) or HEAD) == head:
                raw.seek(0)
                yield from _slices(raw, Slice(name, 0, None, 1), size, cut)
    except OSError as error:
        raise SourceError(display_name(spec, file), f"can't be read: {error.strerror or error}") from error


def _cuts(spec: SourceSpec, name: str) -> Cut | None:
    """Return a function that finds where to cut files of the format ``name``; ``None`` if they can't be cut."""
    if spec.encoding and not is_ascii_superset(spec.encoding):
        return None
    if name == "jsonl":
        return _after_object
    if name == "text" and spec.ends_at_dates:
        # Like all readers, it is only imported if a file needs it.
        from feedpub.sources.readers.text import MAX_STAMP, stamps_of  # noqa: PLC0415

        is_stamp = stamps_of(spec)

        def after_stamp(data: bytes) -> int:
            end = data.rfind(b"\n")
            while end > 0:
                start = data.rfind(b"\n", 0, end) + 1
                if (
                    start
                    and _is_short(line := data[start:end].removesuffix(b"\r"), MAX_STAMP)
                    and is_stamp(line.decode("ascii"))
                    and data[end + 1 : end + 2] not in (b"", _MARK)
                ):
                    return end + 1
                end = start - 1
            return 0

        return after_stamp
    return None


def _after_object(data: bytes) -> int:
    # Each line is a record, whatever its content. The lines before and after a cut are not blank.
    return max(data.rfind(b"}\n{") + 2, data.rfind(b"}\r\n{") + 3)


def _is_short(line: bytes, longest: int) -> bool:
    """Say whether a line is not longer than a date may be, and is one line for every reader."""
    return 0 < len(line) <= longest and b"\r" not in line and line.isascii()


def _slices(raw: BinaryIO, at: Slice, size: int, cut: Cut) -> Iterator[Slice]:
    rest = b""
    while True:
        data = rest + (raw.read(size) or b"")
        end = cut(data) if len(data) > len(rest) else 0
        if end <= 3:
            yield at
            return
        taken, rest = data[:end], data[end:]
        yield at._replace(end=at.start + end)
        shapes = at.shapes
        if at.format == "text" and not shapes:
            from feedpub.sources.readers.text import shape_of  # noqa: PLC0415 - as above

            last = taken.rstrip(b"\r\n")
            shapes = frozenset((shape_of(last[last.rfind(b"\n") + 1 :].decode("ascii")),))
        lines = taken.count(b"\n") + taken.count(b"\r") - taken.count(b"\r\n")
        at = Slice(at.format, at.start + end, None, at.first + lines, shapes)


def read_slice(
    spec: SourceSpec, file: Path, part: Slice, authority: str, *, lean: bool = False
) -> Iterator[Item]:
    """Yield the items of a slice, as :func:`feedpub.sources.files.read` does for the whole file.

    Notices that it adds at the end, about all records, are missing. Raises :class:`SourceError` if the file can't be
    read, and :class:`InexactError` if the slice depends on the text before it.
    """
    name = display_name(spec, file)
    since = told_beside(spec, file, name)[1]
    reading = ParseContext(
        spec, name, authority, since=since, lean=lean, first=part.first, shapes=part.shapes
    )
    try:
        with file.open("rb", buffering=0) as raw:
            stream = _Stream(raw, part)
            for item in reader(part.format, name).read(stream, reading):
                is_odd = isinstance(item, Notice) and item.kind == "odd-date" and part.shapes
                if is_odd or item.origin.line < part.first:
                    raise InexactError
                yield item
    except OSError as error:
        raise SourceError(name, f"can't be read: {error.strerror or error}") from error


class _Stream:
    """The bytes of a slice, in the same blocks in which the whole file is read."""

    marked = False

    def __init__(self, raw: BinaryIO, part: Slice) -> None:
        raw.seek(part.start)
        self._raw = raw
        self._at = part.start
        self._end = part.end

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes."""
        left = BLOCK - self._at % BLOCK
        size = left if size < 0 else min(size, left)
        if self._end is not None:
            size = min(size, self._end - self._at)
        data = self._raw.read(size) if size else b""
        self._at += len(data)
        return data
