"""The catalog on disk: an SQLite file in the state folder.

Each value is stored with a digest of itself and its place. Whatever a broken disk or a killed build leaves behind is
noticed by its digest, and treated as missing.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from feedpub.catalog.coding import Row, written

VERSION = 4
# What SQLite raises for a file that is not a database, or no longer one. Its messages may not be text either.
_FAILS = (sqlite3.Error, OSError, ValueError, OverflowError)
_SEAL = 16
MOST = 2
"""How often a build starts again: once because the store is damaged, once because what it wrote itself is."""
_SCHEMA = """
CREATE TABLE site (
    key BLOB NOT NULL,          -- what all of it depends on
    passed BLOB NOT NULL,       -- digests of the documents that are known to be valid
    floors TEXT                 -- for each feed, the instant from which on it needed all articles
);
CREATE TABLE files (
    name BLOB NOT NULL,         -- digest of the file's name and of what its reading depends on
    header BLOB NOT NULL,
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    UNIQUE (name)
);
CREATE TABLE pieces (
    file INTEGER NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,         -- rows: its articles; columns: what tells them apart; others: what else there is;
                                -- answers: which feeds take the articles
    content BLOB NOT NULL,
    PRIMARY KEY (file, number, kind)
) WITHOUT ROWID;
CREATE TABLE whole (            -- the articles that are published, and the newest
    file INTEGER NOT NULL,
    number INTEGER NOT NULL,    -- in its file
    instant REAL NOT NULL,      -- when it was published, in epoch seconds
    content BLOB NOT NULL,
    PRIMARY KEY (file, number)
) WITHOUT ROWID;
"""


class Damaged(Exception):
    """A value in the catalog is not what was written."""


class Stat(NamedTuple):
    """The properties of a file that show, without opening it, whether it has changed."""

    size: int
    mtime: int
    ctime: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> Stat:
        """Return the properties of the file at ``path``."""
        found = path.stat()
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


class Piece(NamedTuple):
    """A run of items in a file: the number of articles, and the instant of the newest in epoch seconds."""

    articles: int
    newest: float


class Header(NamedTuple):
    """A file that was read. ``stat`` is missing if it cannot be relied on; ``digest`` is that of the bytes.

    ``ends`` are the first and the last article. ``is_odd`` says that the ids of some articles depend on others.
    """

    stat: Stat | None
    digest: str
    pieces: tuple[Piece, ...]
    ends: tuple[Row, ...] = ()
    is_odd: bool = False

    @property
    def newest(self) -> float:
        """The instant of the newest article in epoch seconds."""
        return max((piece.newest for piece in self.pieces), default=float("-inf"))

    @property
    def articles(self) -> int:
        """The number of articles."""
        return sum(piece.articles for piece in self.pieces)


class Store:
    """The catalog in the SQLite file ``file``. Anything written under another ``key`` is ignored.

    The ``stat`` of a file is relied on only if the file has not changed for ``race`` nanoseconds. One process at a time
    may write. Reading blocks nobody; if a build replaces a value meanwhile, the reader takes it for damaged. The only
    error is :class:`Damaged`: a value that cannot be written is not stored.
    """

    def __init__(self, file: Path, key: str, race: int, *, writes: bool = True) -> None:
        self.floors: tuple[float, ...] = ()
        """For each feed, the instant (in epoch seconds) of the oldest article that the last saved build needed."""
        self.before = 0
        """A file that changed after this (in nanoseconds since 1970) may change again without showing it."""
        self._file = file
        self._key = hashlib.sha256(f"{VERSION}\n{key}".encode()).digest()
        self._writes = writes
        self._connection: sqlite3.Connection | None = None
        self._used: set[int] = set()
        self._cleared = 0
        try:
            if writes:
                # The clock of the file system, which dates the files.
                with tempfile.TemporaryFile(dir=file.parent) as new:
                    self.before = os.fstat(new.fileno()).st_mtime_ns - race
            self._open()
        except _FAILS:
            self.clear()

    def clear(self) -> None:
        """Start again with an empty store, or without a file if even that fails."""
        self.close()
        self._used.clear()
        self.floors = ()
        if not self._writes:
            return
        with suppress(*_FAILS):
            for name in (
                self._file,
                *(self._file.with_name(self._file.name + end) for end in ("-journal", "-wal")),
            ):
                name.unlink(missing_ok=True)
            self._open()

    @property
    def keeps(self) -> bool:
        """Whether values that are put into it can be read again."""
        return self._writes and self._connection is not None

    def close(self) -> None:
        """Close the file. Anything that was not saved is lost."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> None:
        mode = "rwc" if self._writes else "ro"
        connection = sqlite3.connect(
            f"{self._file.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None
        )
        try:
            # What a power cut leaves is noticed.
            connection.execute("PRAGMA synchronous = OFF")
            if self._writes and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                connection.executescript(f"BEGIN; {_SCHEMA}")
                connection.execute("INSERT INTO site VALUES (?, x'', NULL)", (self._key,))
                connection.execute("COMMIT")
            found = connection.execute("SELECT key, floors FROM site").fetchall()
            if self._writes:
                connection.execute("BEGIN")
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        if len(found) != 1 or found[0][0] != self._key:
            self.clear()
        elif found[0][1] is not None:
            self.floors = _floors(found[0][1])

    @property
    def passed(self) -> frozenset[str]:
        """The digests of the documents that are known to be valid. Empty if they are damaged."""
        with suppress(Damaged, LookupError, ValueError):
            return frozenset(json.loads(self._opened(self._ask("SELECT passed FROM site")[0][0], "passed")))
        return frozenset()

    def keep_passed(self, digests: Iterable[str]) -> None:
        """Store the digests of valid documents."""
        kept = sorted(digests)
        if frozenset(kept) != self.passed:
            self._do("UPDATE site SET passed = ?", (self._sealed(written(kept), "passed"),))
            self._commit()

    def find(self, name: bytes) -> tuple[int, Header] | None:
        """Return the number and the header of a file, or ``None`` if it is not stored."""
        found = self._ask("SELECT id, header FROM files WHERE name = ?", name)
        if not found:
            return None
        number, sealed = found[0]
        stat, digest, pieces, ends, is_odd = json.loads(self._opened(sealed, name, number))
        self._used.add(number)
        of_pieces = tuple(Piece(*piece) for piece in pieces)
        return number, Header(Stat(*stat) if stat else None, digest, of_pieces, tuple(ends), is_odd)

    def add(self, name: bytes) -> int:
        """Add a file, in place of one with the same name, and return its number."""
        for (number,) in self._ask("SELECT id FROM files WHERE name = ?", name):
            self._drop(number)
        self._do("INSERT INTO files (name, header) VALUES (?, x'')", (name,))
        found = self._ask("SELECT id FROM files WHERE name = ?", name)
        return found[0][0] if found else 0

    def settle(self, number: int, name: bytes, header: Header) -> None:
        """Mark a file as complete."""
        self._used.add(number)
        sealed = self._sealed(written(header), name, number)
        self._do("UPDATE files SET header = ? WHERE id = ?", (sealed, number))

    def get(self, number: int, piece: int, kind: str) -> bytes | None:
        """Return a part of a piece of a file, or ``None`` if there is none."""
        found = self._ask(
            "SELECT content FROM pieces WHERE file = ? AND number = ? AND kind = ?", number, piece, kind
        )
        return self._opened(found[0][0], number, piece, kind) if found else None

    def put(self, number: int, piece: int, kind: str, content: bytes) -> None:
        """Store a part of a piece of a file."""
        sealed = self._sealed(content, number, piece, kind)
        self._do("INSERT OR REPLACE INTO pieces VALUES (?, ?, ?, ?)", (number, piece, kind, sealed))

    def whole(self) -> dict[tuple[int, int], float]:
        """Return the instants of the articles that are stored with their texts, by the numbers of file and article."""
        found = self._ask("SELECT file, number, instant FROM whole")
        if {*map(type, chain.from_iterable(found))} - {int, float}:
            raise Damaged("whole")
        return {(file, number): instant for file, number, instant in found}

    def get_whole(self, file: int, number: int) -> Row | None:
        """Return an article with its texts, or ``None`` if it is not stored."""
        found = self._ask("SELECT content FROM whole WHERE file = ? AND number = ?", file, number)
        return json.loads(self._opened(found[0][0], file, number, "whole")) if found else None

    def put_whole(self, file: int, number: int, instant: float, content: Row) -> None:
        """Store an article with its texts."""
        sealed = self._sealed(written(content), file, number, "whole")
        self._do("INSERT OR REPLACE INTO whole VALUES (?, ?, ?, ?)", (file, number, instant, sealed))

    def drop_whole(self, places: Iterable[tuple[int, int]]) -> None:
        """Delete the texts of articles."""
        for place in places:
            self._do("DELETE FROM whole WHERE file = ? AND number = ?", place)

    def forget(self, number: int) -> None:
        """Delete a file."""
        self._used.discard(number)
        self._drop(number)

    def save(self) -> None:
        """Save the files that were found or added since the store was opened, and delete all others."""
        for (number,) in self._ask("SELECT id FROM files"):
            if number not in self._used:
                self._drop(number)
        self._do("UPDATE site SET floors = ?", (json.dumps(self.floors),))
        self._commit()

    def _commit(self) -> None:
        self._do("COMMIT")
        self._do("BEGIN")

    def _drop(self, number: int) -> None:
        self._do("DELETE FROM files WHERE id = ?", (number,))
        self._do("DELETE FROM pieces WHERE file = ?", (number,))
        self._do("DELETE FROM whole WHERE file = ?", (number,))

    def _ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        if self._connection is None:
            return []
        try:
            return self._connection.execute(query, values).fetchall()
        except _FAILS as error:
            raise Damaged(str(error)) from error

    def _do(self, statement: str, values: tuple[object, ...] = ()) -> None:
        if self._connection is None or not self._writes:
            return
        try:
            self._connection.execute(statement, values)
        except _FAILS:
            # A full disk, say. It is only a cache.
            self.close()

    def _sealed(self, data: bytes, *of: object) -> bytes:
        return self._seal(data, of) + data

    def _opened(self, sealed: object, *of: object) -> bytes:
        if isinstance(sealed, bytes) and sealed[:_SEAL] == self._seal(sealed[_SEAL:], of):
            return sealed[_SEAL:]
        raise Damaged(repr(of))

    def _seal(self, data: bytes, of: tuple[object, ...]) -> bytes:
        return hashlib.blake2b(
            data, digest_size=_SEAL, key=hashlib.sha256(repr(of).encode()).digest()
        ).digest()


def _floors(said: object) -> tuple[float, ...]:
    """Return the floors as they were written, or none if they are damaged: they only save work."""
    with suppress(TypeError, ValueError):
        floors = json.loads(said) if isinstance(said, str) else None
        if isinstance(floors, list) and {*map(type, floors)} <= {float}:
            return tuple(floors)
    return ()
