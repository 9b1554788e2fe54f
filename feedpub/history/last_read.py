"""Copies of files that may not have settled in the next build: an SQLite file in the state folder.

It exists only if a source has ``settle``, and may be deleted: then a build reads all files as they are.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from feedpub.core.errors import PublishError
from feedpub.history.ledger import remedy_of
from feedpub.sources.readings import Fresh
from feedpub.sources.settling import Stamp

LAST_READ = "settled.sqlite"
_PART = 1 << 20
"""How many bytes are stored in one row."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS sources (
    source TEXT PRIMARY KEY      -- the patterns of a source that was read
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    number INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    file TEXT NOT NULL,          -- relative to the config's folder
    mtime INTEGER NOT NULL,      -- in nanoseconds, when it was read
    size INTEGER NOT NULL,
    UNIQUE (source, file)
);
CREATE TABLE IF NOT EXISTS parts (
    number INTEGER NOT NULL,     -- of a file
    part INTEGER NOT NULL,
    data BLOB NOT NULL,          -- its bytes, deflated
    PRIMARY KEY (number, part)
);
"""


class LastReadFile:
    """The content of the file, which may not exist.

    Its methods raise :class:`PublishError` if it cannot be read.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def knows(self, source: str) -> bool:
        """Say whether a build has read the ``source``, by its patterns."""
        return bool(self._rows("SELECT 1 FROM sources WHERE source = ?", source))

    def stamp(self, source: str, file: str) -> Stamp | None:
        """Return the stamp of a ``file`` when it was read, by its name; ``None`` if it was not."""
        rows = self._rows("SELECT mtime, size FROM files WHERE source = ? AND file = ?", source, file)
        return Stamp(*rows[0]) if rows else None

    def content(self, source: str, file: str) -> Iterator[bytes]:
        """Yield its bytes when it was read."""
        query = "SELECT data FROM files JOIN parts USING (number) WHERE source = ? AND file = ? ORDER BY part"
        with _reading(self._file) as connection:
            for (data,) in connection.execute(query, (source, file)):
                yield zlib.decompress(data)

    def sources(self) -> set[str]:
        """Return the sources that were read."""
        return {source for (source,) in self._rows("SELECT source FROM sources")}

    def files(self) -> dict[tuple[str, str], Stamp]:
        """Return the stamps of all files, by source and name."""
        rows = self._rows("SELECT source, file, mtime, size FROM files")
        return {(source, file): Stamp(mtime, size) for source, file, mtime, size in rows}

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        if not self._file.exists():
            return []
        with _reading(self._file) as connection:
            return connection.execute(query, values).fetchall()


def remember_read(file: Path, sources: Mapping[str, Mapping[str, Fresh | None]]) -> None:
    """Make ``file`` remember these files, by source and name, and no others; write only new ones.

    For those that are ``None``, the remembered copy stays. Raises :class:`PublishError` if it cannot be written.
    """
    known = LastReadFile(file)
    had = known.files()
    there = {(source, name) for source, names in sources.items() for name in names}
    new = {
        (source, name): fresh
        for source, names in sources.items()
        for name, fresh in names.items()
        if fresh and had.get((source, name)) != fresh.stamp
    }
    gone = had.keys() - there
    if not (new or gone or known.sources() != sources.keys()):
        return
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(_SCHEMA)
            with connection:
                connection.execute("DELETE FROM sources")
                connection.executemany("INSERT INTO sources VALUES (?)", [(source,) for source in sources])
                old = sorted({*gone, *new})
                connection.executemany("DELETE FROM files WHERE source = ? AND file = ?", old)
                connection.execute("DELETE FROM parts WHERE number NOT IN (SELECT number FROM files)")
                for (source, name), fresh in new.items():
                    row = connection.execute(
                        "INSERT INTO files (source, file, mtime, size) VALUES (?, ?, ?, ?)",
                        (source, name, *fresh.stamp),
                    )
                    parts = enumerate(_parts(fresh.content()))
                    connection.executemany(
                        "INSERT INTO parts VALUES (?, ?, ?)",
                        ((row.lastrowid, part, zlib.compress(data, 1)) for part, data in parts),
                    )
    except sqlite3.Error as error:
        raise PublishError(
            f"{file}, which has copies of files that may change, cannot be written, so nothing was published:"
            f" {error}; {remedy_of(error, _DELETE)}"
        ) from error


def _parts(pieces: Iterator[bytes]) -> Iterator[bytes]:
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _PART:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


@contextmanager
def _reading(file: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            yield connection
    except (sqlite3.Error, zlib.error) as error:
        raise PublishError(
            f"{file}, which has copies of files that may change, cannot be read ({error});"
            f" {remedy_of(error, _DELETE)}"
        ) from error


_DELETE = "delete it: then this build reads files as they are, even if they have not settled"
