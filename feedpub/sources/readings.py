"""What one build reads of its sources: the same however often it reads them, whatever happens to the files meanwhile.

A build may have to read its sources again, now knowing which records stay. What was read at first is put aside on the
disk for that, up to a bound; of what is beyond it a digest is kept, which says whether it was the same.
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
"""How many bytes of all sources are put aside. A folder for temporary files may lie in memory."""

Input: TypeAlias = tuple[int, SourceSpec, Path | str]
"""A file of a source, with the number of that in the config's order."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A file that was read as it was, when it had this ``stamp``; ``content`` yields its bytes.

    That raises :class:`SourceError` where they are others by now and were not put aside.
    """

    stamp: Stamp
    content: Callable[[], Iterator[bytes]]


class Readings:
    """The files of ``sources`` as they are when they are first asked for; ``authority`` mints the ids.

    Without ``settling``, all files are read as they are. Of all together, ``room`` bytes are put aside.
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
    def warnings(self) -> tuple[str, ...]:
        """What the patterns of the sources do not give, as sentences."""
        return tuple(warning for found in self._found for warning in found.warnings)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What was done with each file that has not settled, as far as they were read."""
        return tuple(notice for notice, _ in self._unsettled)

    @property
    def settled(self) -> datetime | None:
        """When the first of these files will have settled; ``None`` where there is none."""
        return min((until for _, until in self._unsettled), default=None)

    def last_changed(self, name: str) -> datetime | None:
        """Return when a file changed that is read as the last build read it; ``None`` for any other."""
        return self._last.get(name)

    @property
    def settling(self) -> Mapping[str, Mapping[str, Fresh | None]]:
        """By its patterns, the files of each source with ``settle``, by name.

        They are ``None`` where they were not read as they are, but as the last build read them, or not at all.
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
        """Yield what a file gives, as :func:`feedpub.sources.files.read` does, and the same each time.

        Raises :class:`SourceError` where the file can't be read, or where it is another than it was and was not put
        aside.
        """
        if (number, file) not in self._kept:
            self._kept[number, file] = self._chosen(spec, file)
        if kept := self._kept[number, file]:
            yield from read(spec, file, self.authority, kept, lean=lean)

    @contextmanager
    def places(
        self, number: int, spec: SourceSpec, file: Path | str
    ) -> Iterator[Callable[[Origin], Iterator[Item]] | None]:
        """Give what yields the items at a place, as :func:`feedpub.sources.files.places` does."""
        if (number, file) not in self._kept:
            self._kept[number, file] = self._chosen(spec, file)
        kept = self._kept[number, file]
        if kept is None:
            yield None
            return
        with places(spec, file, self.authority, kept.in_part if isinstance(kept, _Kept) else kept) as found:
            yield found

    def beside(self, number: int, spec: SourceSpec, file: Path | str) -> tuple[str, datetime | None]:
        """Return what :func:`feedpub.sources.files.told_beside` says of a file, or said when it was read."""
        kept = self._kept.get((number, file))
        return (kept and kept.told) or told_beside(spec, file, display_name(spec, file))

    def _chosen(self, spec: SourceSpec, file: Path | str) -> _Kept | Remembered | None:
        """Return what is to be read of a file: itself, or if it has not settled what was read last, or nothing."""
        name = display_name(spec, file)
        kept = _Kept(name, self._aside)
        if self._settling is None or spec.settle is None or not isinstance(file, Path):
            return kept
        try:
            stamp = Stamp.of(file)
            until = self._settling.until(spec, file)
            if until is None:
                # Whole, before anything of it counts: whoever writes to it meanwhile shows that it has not settled.
                content = partial(kept.content, partial(open_file, spec, file))
                for _ in content():
                    pass
                until = self._settling.until(spec, file)
                if until is None:
                    self._fresh[spec.path, name] = Fresh(stamp, content)
                    return kept
        except OSError:
            # Whoever reads it says so.
            return kept
        chosen, done = self._of_unsettled(self._settling, spec, name, kept)
        if isinstance(chosen, Remembered):
            self._last[name] = chosen.changed
        if chosen is kept:
            self._fresh[spec.path, name] = Fresh(stamp, partial(kept.content, partial(open_file, spec, file)))
        told = (
            f"{done}, as the file changed less than {spec.settle.total_seconds():.0f} s ago; it has settled by"
            f" {until.isoformat()}"
        )
        self._unsettled.append((Notice(Origin(name, 1, 1), "unsettled", told), until))
        return chosen

    @staticmethod
    def _of_unsettled(
        settling: Settling, spec: SourceSpec, name: str, kept: _Kept
    ) -> tuple[_Kept | Remembered | None, str]:
        if known := settling.last.stamp(spec.path, name):
            told = "", known.time if is_dated_by_file(spec) else None
            content = partial(settling.last.content, spec.path, name)
            return Remembered(content, known.time, told), "read as the last build read it"
        if settling.lacks(spec):
            return kept, "read all the same, as nothing is known of how it was"
        return None, "left for a later build"


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
                told = (
                    "it changed while the build read it, so nothing was done; build again when it is complete"
                )
                raise SourceError(self._name, told)

    @property
    def in_part(self) -> _InPart:
        """It for whoever does not read all of it, and sees whether it is the same."""
        return _InPart(self._parts, self.told)

    def content(self, open_it: Callable[[], AbstractContextManager[Raw]]) -> Iterator[bytes]:
        with self.opened(open_it) as raw:
            while data := raw.read(CHUNK):
                yield data


@dataclass
class _InPart:
    """A file of which some places are read: what was put aside of it, or it as it is."""

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
