"""The files of the sources in one build: each reading gives the same, even if the files change meanwhile.

A build sometimes has to read its sources again, once it knows which records stay. So the content that was read first is
copied to a temporary file, up to a limit. Of files beyond the limit, only a digest is kept; a file that differs from it
is an error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TypeAlias

from feedpub.articles.article import Notice, Origin
from feedpub.core.errors import PublishError, SourceError
from feedpub.core.spool import BlobRef, Spool
from feedpub.sources.files import (
    Found,
    display_name,
    is_dated_by_file,
    open_file,
    places,
    read,
    search,
    told_beside,
)
from feedpub.sources.records import Item
from feedpub.sources.settling import Remembered, Replayed, Settling, Stamp
from feedpub.sources.spec import SourceSpec
from feedpub.sources.streams import CHUNK, Raw

ROOM = 256 << 20
"""How many bytes of all sources are copied: the folder for temporary files may be in memory."""

Input: TypeAlias = tuple[int, SourceSpec, Path | str]
"""The number of a source in the config, the source, and one of its files."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A file that was read in its present state, with its ``stamp``; ``content`` yields its bytes.

    ``content`` raises :class:`SourceError` if the file was not copied and has changed since.
    """

    stamp: Stamp
    content: Callable[[], Iterator[bytes]]


class Readings:
    """The files of ``sources``, in the state in which each was first read; ``authority`` mints the ids.

    ``settling`` decides which files have settled; without it, all have. Up to ``room`` bytes of all files are copied.
    """

    def __init__(
        self,
        sources: Sequence[SourceSpec],
        authority: str,
        settling: Settling | None = None,
        room: int = ROOM,
    ) -> None:
        self._sources = sources
        self.authority = authority
        self._settling = settling
        self._aside = _Aside(room)
        self._kept: dict[tuple[int, Path | str], _Kept | Remembered | None] = {}
        self._fresh: dict[tuple[str, str], Fresh] = {}
        self._unsettled: list[tuple[Notice, datetime]] = []
        self._last: dict[str, datetime] = {}

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
    def lacks(self) -> bool:
        """Whether a pattern matches no file, although its source may not be empty."""
        return any(found.lacks for found in self._found)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about what the patterns of the sources do not match."""
        return tuple(warning for found in self._found for warning in found.warnings)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """A notice for each file that has not settled; it says what was done with it."""
        return tuple(notice for notice, _ in self._unsettled)

    @property
    def settled(self) -> datetime | None:
        """When the first of these files will have settled; ``None`` if there are none."""
        return min((until for _, until in self._unsettled), default=None)

    def last_changed(self, name: str) -> datetime | None:
        """Return when a file had changed that is read as the last build read it; ``None`` for other files."""
        return self._last.get(name)

    @property
    def settling(self) -> Mapping[str, Mapping[str, Fresh | None]]:
        """The files of each source with ``settle``: by the patterns of the source, then by the name of the file.

        A file is ``None`` if it was read as the last build read it, or not at all.
        """
        found: dict[str, dict[str, Fresh | None]] = {
            s.path: {} for s in self._sources if s.settle is not None
        }
        for _, spec, file in self.inputs:
            if spec.path in found and isinstance(file, Path):
                name = display_name(spec, file)
                found[spec.path][name] = self._fresh.get((spec.path, name))
        return found

    def read(self, number: int, spec: SourceSpec, file: Path | str, *, lean: bool = False) -> Iterator[Item]:
        """Yield the items of a file, as :func:`feedpub.sources.files.read` does, but the same each time.

        Raises :class:`SourceError` if the file can't be read, or if it was not copied and has changed since.
        """
        if (number, file) not in self._kept:
            self._kept[number, file] = self._chosen(spec, file)
        if kept := self._kept[number, file]:
            yield from read(spec, file, self.authority, kept, lean=lean)

    @contextmanager
    def places(
        self, number: int, spec: SourceSpec, file: Path | str
    ) -> Iterator[Callable[[Origin], Iterator[Item]] | None]:
        """Give a function that yields the items at a place, as :func:`feedpub.sources.files.places` does."""
        if (number, file) not in self._kept:
            self._kept[number, file] = self._chosen(spec, file)
        kept = self._kept[number, file]
        if kept is None:
            yield None
            return
        with places(spec, file, self.authority, kept.in_part if isinstance(kept, _Kept) else kept) as found:
            yield found

    def beside(self, number: int, spec: SourceSpec, file: Path | str) -> tuple[str, datetime | None]:
        """Return what :func:`feedpub.sources.files.told_beside` returned when the file was read, or returns now."""
        kept = self._kept.get((number, file))
        return (kept and kept.told) or told_beside(spec, file, display_name(spec, file))

    def _chosen(self, spec: SourceSpec, file: Path | str) -> _Kept | Remembered | None:
        """Return what to read for a file: itself; or if it has not settled, what the last build read, or nothing."""
        name = display_name(spec, file)
        kept = _Kept(name, self._aside)
        if self._settling is None or spec.settle is None or not isinstance(file, Path):
            return kept
        try:
            stamp = Stamp.of(file)
            until = self._settling.until(spec, file)
            if until is None:
                # The whole file is read before any of it is used. If it changes meanwhile, it has not settled.
                content = partial(kept.content, partial(open_file, spec, file))
                for _ in content():
                    pass
                until = self._settling.until(spec, file)
                if until is None:
                    self._fresh[spec.path, name] = Fresh(stamp, content)
                    return kept
        except OSError:
            # Reading it raises the same error, with its name.
            return kept
        chosen, done = self._of_unsettled(self._settling, spec, name, kept)
        if isinstance(chosen, Remembered):
            self._last[name] = chosen.changed
        if chosen is kept:
            self._fresh[spec.path, name] = Fresh(stamp, partial(kept.content, partial(open_file, spec, file)))
        message = (
            f"{done}, as the file changed less than {spec.settle.total_seconds():.0f} s ago; it has settled by"
            f" {until.isoformat()}"
        )
        self._unsettled.append((Notice(Origin(name, 1, 1), "unsettled", message), until))
        return chosen

    @staticmethod
    def _of_unsettled(
        settling: Settling, spec: SourceSpec, name: str, kept: _Kept
    ) -> tuple[_Kept | Remembered | None, str]:
        if known := settling.last.stamp(spec.path, name):
            beside = "", known.time if is_dated_by_file(spec) else None
            content = partial(settling.last.content, spec.path, name)
            return Remembered(content, known.time, beside), "read as the last build read it"
        if settling.lacks(spec):
            return kept, "read all the same, as it is not known what the last build read"
        return None, "left for a later build"


class _Aside:
    """The temporary file for the content of sources, and how many bytes it may still take."""

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
    """The content of one file as it was first read: a copy, or else its size and digest."""

    __slots__ = ("_aside", "_digest", "_name", "_parts", "_size", "told")

    def __init__(self, name: str, aside: _Aside) -> None:
        self._name = name
        self._aside = aside
        self._parts: list[BlobRef] | None = None
        self._size = 0
        self._digest = b""
        self.told: tuple[str, datetime | None] | None = None

    @contextmanager
    def opened(self, open_it: Callable[[], AbstractContextManager[Raw]]) -> Iterator[Raw]:
        if self._parts is not None:
            yield Replayed(part.read() for part in self._parts)
            return
        with open_it() as file:
            if not self._digest:
                first = _Recorded(file, self._aside)
                yield first
                self._parts, self._size, self._digest = first.parts, first.size, first.digest
                return
            again = _Bounded(file, self._size)
            yield again
            if again.digest != self._digest:
                why = (
                    "it changed while the build read it, so nothing was done; build again when it is complete"
                )
                raise SourceError(self._name, why)

    @property
    def in_part(self) -> _InPart:
        """The same file for reading in parts; the caller must check that these have not changed."""
        return _InPart(self._parts, self.told)

    def content(self, open_it: Callable[[], AbstractContextManager[Raw]]) -> Iterator[bytes]:
        with self.opened(open_it) as raw:
            while data := raw.read(CHUNK):
                yield data


@dataclass
class _InPart:
    """A file of which only parts are read: from the copy, or else from the file in its present state."""

    parts: list[BlobRef] | None
    told: tuple[str, datetime | None] | None

    @contextmanager
    def opened(self, open_it: Callable[[], AbstractContextManager[Raw]]) -> Iterator[Raw]:
        if self.parts is not None:
            yield Replayed(part.read() for part in self.parts)
        else:
            with open_it() as file:
                yield file


class _Recorded:
    """A file that is read for the first time, and copied meanwhile."""

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


class _Bounded:
    """A file that was not copied, up to the size that was read before: later additions are not read."""

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
