"""The catalog on disk: an SQLite file in the state folder, of which nothing is believed that is not whole.

Each value has a digest of itself and of what it belongs to. So what a broken disk or a killed build leaves is noticed,
and what is noticed is as if it were not there.
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
"""How often a build begins anew: once for what it finds damaged, once for what it wrote itself."""
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
    """Something in the catalog is not as it was written."""


class Stat(NamedTuple):
    """What tells a file from what it was, without opening it."""

    size: int
    mtime: int
    ctime: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> Stat:
        """Return what is so of the file at ``path``."""
        found = path.stat()
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


class Piece(NamedTuple):
    """Some consecutive items of a file: how many articles, and the epoch seconds of the newest."""

    articles: int
    newest: float


class Header(NamedTuple):
    """A file that was read: its ``stat`` where that tells it for sure, the digest of its bytes, its pieces.

    ``ends`` are its first and its last article; ``is_odd`` says that it has articles whose ids depend on others.
    """

    stat: Stat | None
    digest: str
    pieces: tuple[Piece, ...]
    ends: tuple[Row, ...] = ()
    is_odd: bool = False

    @property
    def newest(self) -> float:
        """The epoch seconds of the newest article, of all pieces."""
        return max((piece.newest for piece in self.pieces), default=float("-inf"))

    @property
    def articles(self) -> int:
        """How many articles it has."""
        return sum(piece.articles for piece in self.pieces)


class Store:
    """What the file at ``file`` holds; of what was written under another ``key``, nothing.

    Files have to be left alone for ``race`` nanoseconds before their ``stat`` tells them.
    Nobody else may write to it while this one does. Who only reads holds up nobody, and what a build replaces
    meanwhile is to it as if it were damaged. Nothing raises but :class:`Damaged`: what cannot be written is not kept.
    """

    def __init__(self, file: Path, key: str, race: int, *, writes: bool = True) -> None:
        self.floors: tuple[float, ...] = ()
        """From which instant on (in epoch seconds) each feed of the last build that was saved needed all articles."""
        self.before = 0
        """What changed since, in nanoseconds of the epoch, may change again without its times showing it."""
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
        """Begin anew, with nothing; where that did not help either, without a file."""
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
        """Whether what is put into it can be got again."""
        return self._writes and self._connection is not None

    def close(self) -> None:
        """Leave what was saved, and nothing else."""
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
        """The digests of the documents that were found valid; none where that is damaged."""
        with suppress(Damaged, LookupError, ValueError):
            return frozenset(json.loads(self._opened(self._ask("SELECT passed FROM site")[0][0], "passed")))
        return frozenset()

    def keep_passed(self, digests: Iterable[str]) -> None:
        """Keep these digests."""
        kept = sorted(digests)
        if frozenset(kept) != self.passed:
            self._do("UPDATE site SET passed = ?", (self._sealed(written(kept), "passed"),))
            self._commit()

    def find(self, name: bytes) -> tuple[int, Header] | None:
        """Return the number of a file and what is known of it."""
        found = self._ask("SELECT id, header FROM files WHERE name = ?", name)
        if not found:
            return None
        number, sealed = found[0]
        stat, digest, pieces, ends, is_odd = json.loads(self._opened(sealed, name, number))
        self._used.add(number)
        of_pieces = tuple(Piece(*piece) for piece in pieces)
        return number, Header(Stat(*stat) if stat else None, digest, of_pieces, tuple(ends), is_odd)

    def add(self, name: bytes) -> int:
        """Make room for a file, instead of what was known under its name, and return its number."""
        for (number,) in self._ask("SELECT id FROM files WHERE name = ?", name):
            self._drop(number)
        self._do("INSERT INTO files (name, header) VALUES (?, x'')", (name,))
        found = self._ask("SELECT id FROM files WHERE name = ?", name)
        return found[0][0] if found else 0

    def settle(self, number: int, name: bytes, header: Header) -> None:
        """Say that all is there of a file."""
        self._used.add(number)
        sealed = self._sealed(written(header), name, number)
        self._do("UPDATE files SET header = ? WHERE id = ?", (sealed, number))

    def get(self, number: int, piece: int, kind: str) -> bytes | None:
        """Return a part of a piece of a file, ``None`` where there is none."""
        found = self._ask(
            "SELECT content FROM pieces WHERE file = ? AND number = ? AND kind = ?", number, piece, kind
        )
        return self._opened(found[0][0], number, piece, kind) if found else None

    def put(self, number: int, piece: int, kind: str, content: bytes) -> None:
        """Keep a part of a piece of a file."""
        sealed = self._sealed(content, number, piece, kind)
        self._do("INSERT OR REPLACE INTO pieces VALUES (?, ?, ?, ?)", (number, piece, kind, sealed))

    def whole(self) -> dict[tuple[int, int], float]:
        """Return of which articles the whole is kept, by the numbers of file and article, and their instants."""
        found = self._ask("SELECT file, number, instant FROM whole")
        if {*map(type, chain.from_iterable(found))} - {int, float}:
            raise Damaged("whole")
        return {(file, number): instant for file, number, instant in found}

    def get_whole(self, file: int, number: int) -> Row | None:
        """Return the whole of an article, ``None`` where it is not kept."""
        found = self._ask("SELECT content FROM whole WHERE file = ? AND number = ?", file, number)
        return json.loads(self._opened(found[0][0], file, number, "whole")) if found else None

    def put_whole(self, file: int, number: int, instant: float, content: Row) -> None:
        """Keep the whole of an article."""
        sealed = self._sealed(written(content), file, number, "whole")
        self._do("INSERT OR REPLACE INTO whole VALUES (?, ?, ?, ?)", (file, number, instant, sealed))

    def drop_whole(self, places: Iterable[tuple[int, int]]) -> None:
        """Forget the whole of articles."""
        for place in places:
            self._do("DELETE FROM whole WHERE file = ? AND number = ?", place)

    def forget(self, number: int) -> None:
        """Forget a file."""
        self._used.discard(number)
        self._drop(number)

    def save(self) -> None:
        """Keep what was found or added since it was opened, and forget all other files."""
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
    """Return the floors as they were written; none where they are not: they only say what to look at first."""
    with suppress(TypeError, ValueError):
        floors = json.loads(said) if isinstance(said, str) else None
        if isinstance(floors, list) and {*map(type, floors)} <= {float}:
            return tuple(floors)
    return ()
