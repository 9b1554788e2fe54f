"""Decides which files have settled: a file that has just changed may be incomplete, as it is still being written.

If ``settle`` of its source says how long to wait, such a file is read as the last build read it, so its published
articles stay. If it is new, it is left for a later build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

from feedpub.sources.spec import SourceSpec
from feedpub.sources.streams import Raw

AHEAD = timedelta(minutes=10)
"""How long a build may run: a file that changed later than this after its start comes from a wrong clock."""


class Stamp(NamedTuple):
    """What identifies the version of a file that was read: mtime in nanoseconds, and size."""

    mtime: int
    size: int

    @classmethod
    def of(cls, file: Path) -> Stamp:
        """Return the stamp of a file. Raises ``OSError``."""
        found = file.stat()
        return cls(found.st_mtime_ns, found.st_size)

    @property
    def time(self) -> datetime:
        """When the file changed, in whole seconds."""
        return datetime.fromtimestamp(self.mtime // 10**9, UTC)


class LastRead(Protocol):
    """The files of sources with ``settle``, as the last build read them."""

    def knows(self, source: str) -> bool:
        """Say whether a build has read the ``source`` with these patterns."""
        ...

    def stamp(self, source: str, file: str) -> Stamp | None:
        """Return the stamp that the ``file`` of this name had when it was read; ``None`` if it never was."""
        ...

    def content(self, source: str, file: str) -> Iterator[bytes]:
        """Yield the content of the file, as it was read."""
        ...


@dataclass(frozen=True, slots=True)
class Settling:
    """Decides whether a file has settled, with the time ``now`` and the files that the ``last`` build read.

    ``published`` says that something is online, which may come from a file that ``last`` does not know.
    """

    now: datetime
    last: LastRead
    published: bool

    def until(self, spec: SourceSpec, file: Path) -> datetime | None:
        """Return when a ``file`` will have settled; ``None`` if it has. Raises ``OSError``."""
        changed = Stamp.of(file).time
        if spec.settle is None or changed - self.now > max(spec.settle, AHEAD):
            return None
        until = changed + spec.settle
        return until if until > self.now else None

    def lacks(self, spec: SourceSpec) -> bool:
        """Say whether articles of a source may be online although it is not known what was read."""
        return self.published and not self.last.knows(spec.path)


class Remembered:
    """A file as the last build read it; ``changed`` is the mtime that it had.

    ``told`` is what :func:`feedpub.sources.files.told_beside` returned for it.
    """

    def __init__(
        self, open_last: Callable[[], Iterator[bytes]], changed: datetime, told: tuple[str, datetime | None]
    ) -> None:
        self._open_last = open_last
        self.changed = changed
        self.told: tuple[str, datetime | None] | None = told

    @contextmanager
    def opened(self, open_it: Callable[[], AbstractContextManager[Raw]]) -> Iterator[Raw]:  # noqa: ARG002 - the present file is not read
        """Give the bytes that were read then."""
        yield Replayed(self._open_last())


class Replayed:
    """A file made of the ``parts`` of its content."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._rest = b""
        self._more = partial(next, parts, b"")

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; no bytes at the end."""
        if not self._rest:
            self._rest = self._more()
        data, self._rest = self._rest[:size], self._rest[size:]
        return data
