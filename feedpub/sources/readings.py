"""What one build reads of its sources: the same however often it reads them, whatever happens to the files meanwhile.

A build may have to read its sources again, now knowing which records stay. What was read at first is put aside on the
disk for that, up to a bound; of what is beyond it a digest is kept, which says whether it was the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import BinaryIO, TypeAlias

from feedpub.core.errors import PublishError, SourceError
from feedpub.core.spool import BlobRef, Spool
from feedpub.sources.files import Found, display_name, read, search
from feedpub.sources.records import Item
from feedpub.sources.spec import SourceSpec
from feedpub.sources.streams import Raw

ROOM = 256 << 20
"""How many bytes of all sources are put aside. A folder for temporary files may lie in memory."""

Input: TypeAlias = tuple[int, SourceSpec, Path | str]
"""A file of a source, with the number of that in the config's order."""


class Readings:
    """The files of ``sources`` as they are when they are first asked for; ``authority`` mints the ids.

    Of all files together, ``room`` bytes are put aside.
    """

    def __init__(self, sources: Sequence[SourceSpec], authority: str, room: int = ROOM) -> None:
        self._sources = sources
        self._authority = authority
        self._aside = _Aside(room)
        self._kept: dict[tuple[int, Path | str], _Kept] = {}

    @cached_property
    def _found(self) -> tuple[Found, ...]:
        return tuple(search(spec) for spec in self._sources)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """All files, in the order in which they are read. Raises :class:`SourceError` as :func:`search` does."""
        return tuple(
            (number, spec, file)
            for number, (spec, found) in enumerate(zip(self._sources, self._found, strict=True))
            for file in found.files
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the patterns of the sources do not give, as sentences."""
        return tuple(warning for found in self._found for warning in found.warnings)

    def read(self, number: int, spec: SourceSpec, file: Path | str) -> Iterator[Item]:
        """Yield what a file gives, as :func:`feedpub.sources.files.read` does, and the same each time.

        Raises :class:`SourceError` where the file can't be read, or where it is another than it was and was not put
        aside.
        """
        kept = self._kept.get((number, file))
        if kept is None:
            kept = self._kept[number, file] = _Kept(display_name(spec, file), self._aside)
        return read(spec, file, self._authority, kept)


class _Aside:
    """The room for what is put aside, and how much of it is left."""

    def __init__(self, room: int) -> None:
        self._spool = Spool()
        self._left = room

    def put(self, data: bytes) -> BlobRef | None:
        if len(data) > self._left:
            return None
        try:
            found = self._spool.put(data)
        except PublishError:
            self._left = 0
            return None
        self._left -= len(data)
        return found


class _Kept:
    """What was read of one file."""

    __slots__ = ("_aside", "_digest", "_name", "_parts", "_size", "told")

    def __init__(self, name: str, aside: _Aside) -> None:
        self._name = name
        self._aside = aside
        self._parts: list[BlobRef] | None = None
        self._size = 0
        self._digest = b""
        self.told: tuple[str, datetime | None] | None = None

    @contextmanager
    def opened(self, open_file: Callable[[], AbstractContextManager[BinaryIO]]) -> Iterator[Raw]:
        if self._parts is not None:
            yield _Replayed(iter(self._parts))
            return
        with open_file() as file:
            if not self._digest:
                first = _Recorded(file, self._aside)
                yield first
                self._parts, self._size, self._digest = first.parts, first.size, first.digest
                return
            again = _Bounded(file, self._size)
            yield again
            if again.digest != self._digest:
                told = (
                    "it changed while the build read it, so nothing was done; build again when it is complete"
                )
                raise SourceError(self._name, told)


class _Recorded:
    """A file that is read for the first time."""

    def __init__(self, file: Raw, aside: _Aside) -> None:
        self._file = file
        self._aside = aside
        self._hash = hashlib.blake2b()
        self.parts: list[BlobRef] | None = []
        self.size = 0

    def read(self, size: int, /) -> bytes:
        data = self._file.read(size)
        if data and self.parts is not None:
            part = self._aside.put(data)
            if part:
                self.parts.append(part)
            else:
                for earlier in self.parts:
                    self._hash.update(earlier.read())
                self.parts = None
        if self.parts is None:
            self._hash.update(data)
        self.size += len(data)
        return data

    @property
    def digest(self) -> bytes:
        return self._hash.digest()


class _Replayed:
    """A file that was put aside."""

    def __init__(self, parts: Iterator[BlobRef]) -> None:
        self._rest = b""
        self._more = partial(next, parts, None)

    def read(self, size: int, /) -> bytes:
        if not self._rest and (part := self._more()):
            self._rest = part.read()
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


class _Bounded:
    """A file that was not put aside, as far as it was read before: what was written to its end since is not read."""

    def __init__(self, file: Raw, size: int) -> None:
        self._file = file
        self._left = size
        self._hash = hashlib.blake2b()

    def read(self, size: int, /) -> bytes:
        data = self._file.read(min(size, self._left)) if self._left else b""
        self._left -= len(data)
        self._hash.update(data)
        return data

    @property
    def digest(self) -> bytes:
        return self._hash.digest()
