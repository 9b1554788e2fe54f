"""Which files have settled: a file that has just changed may still be written to, and be incomplete.

If a source says how long that takes (``settle``), such a file is read as the last build read it, or left for a later
build if it is new. So its published articles stay.
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
"""How long after the beginning of a build a file may change while it runs; a later date is a wrong clock."""


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
    """The files of sources with ``settle`` as the last build read them."""

    def knows(self, source: str) -> bool:
        """Say whether a build has read the ``source``, by its patterns."""
        ...

    def stamp(self, source: str, file: str) -> Stamp | None:
        """Return the stamp of a ``file`` (by name) when it was read; ``None`` if it never was."""
        ...

    def content(self, source: str, file: str) -> Iterator[bytes]:
        """Yield the content that was read."""
        ...


@dataclass(frozen=True, slots=True)
class Settling:
    """What decides whether a file has settled: the time ``now``, and what the ``last`` build read.

    ``published`` says that something is online, which may come from an unknown file.
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
        """Say whether it is unknown what was read of a source, although it may be online."""
        return self.published and not self.last.knows(spec.path)


class Remembered:
    """A file as the last build read it; ``changed`` is its mtime then, ``told`` what was known besides its bytes."""

    def __init__(
        self, open_last: Callable[[], Iterator[bytes]], changed: datetime, told: tuple[str, datetime | None]
    ) -> None:
        self._open_last = open_last
        self.changed = changed
        self.told: tuple[str, datetime | None] | None = told

    @contextmanager
    def opened(self, open_it: Callable[[], AbstractContextManager[Raw]]) -> Iterator[Raw]:  # noqa: ARG002 - it is not what counts
        """Give the bytes that were read."""
        yield Replayed(self._open_last())


class Replayed:
    """A file made of the ``parts`` of its content."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._rest = b""
        self._more = partial(next, parts, b"")

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, none at the end."""
        if not self._rest:
            self._rest = self._more()
        data, self._rest = self._rest[:size], self._rest[size:]
        return data
