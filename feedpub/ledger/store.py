"""The ledger on disk: an SQLite file in the state folder.

It may be deleted at any time: ids are derived, and what edits taught stands in the published documents. What
only it knows is what left the documents again.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from feedpub.errors import PublishError
from feedpub.ledger.memory import Remembered
from feedpub.ledger.published import PublishedEntry

VERSION = 1

_SCHEMA = f"""
CREATE TABLE entries (
    id TEXT PRIMARY KEY,
    key TEXT,
    published TEXT NOT NULL,  -- RFC 3339 with the offset of the source
    instant INTEGER NOT NULL, -- the same in epoch seconds
    updated TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    sketch BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX entries_by_instant ON entries (instant);
CREATE INDEX entries_by_content ON entries (content, title);
PRAGMA user_version = {VERSION};
"""
_COLUMNS = "id, key, published, updated, title, content, sketch"


class Store:
    """What was published, over what the published documents say of it; a :class:`feedpub.ledger.Memory`.

    ``online`` are the entries that are published now: they count where they differ from the file, which may be
    older than they are, or lost.
    """

    def __init__(self, file: Path, online: Iterable[PublishedEntry]) -> None:
        self._file = file
        self._connection = _open(file)
        self._online: dict[str, Remembered] = {}
        for entry in online:
            stored = self._stored(entry.id)
            if stored is None or not entry.says(stored):
                self._online[entry.id] = entry.remembered()
        self._by_instant = defaultdict[datetime, list[Remembered]](list)
        self._by_text = defaultdict[tuple[str, str], list[Remembered]](list)
        for remembered in self._online.values():
            self._by_instant[remembered.published].append(remembered)
            self._by_text[remembered.title, remembered.content].append(remembered)

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()

    def by_id(self, entry_id: str) -> Remembered | None:
        """Return the entry with this id."""
        return self._online.get(entry_id) or self._stored(entry_id)

    def by_instant(self, published: datetime) -> Sequence[Remembered]:
        """Return the entries published at this instant."""
        stored = self._select("instant = ?", int(published.timestamp()))
        return self._merged(self._by_instant.get(published, []), stored)

    def by_text(self, title: str, content: str) -> Sequence[Remembered]:
        """Return the entries with these digests."""
        stored = self._select("content = ? AND title = ?", content, title)
        return self._merged(self._by_text.get((title, content), []), stored)

    def lacks(self, entry: Remembered) -> bool:
        """Say whether the file has not got ``entry`` as it is."""
        return self._stored(entry.id) != entry

    def _stored(self, entry_id: str) -> Remembered | None:
        return next(iter(self._select("id = ?", entry_id)), None)

    def _merged(self, online: list[Remembered], stored: Iterable[Remembered]) -> list[Remembered]:
        return [*online, *(entry for entry in stored if entry.id not in self._online)]

    def _select(self, condition: str, *values: str | int) -> list[Remembered]:
        query = f"SELECT {_COLUMNS} FROM entries WHERE {condition} ORDER BY id"  # noqa: S608 - conditions of this file
        try:
            return [_remembered(row) for row in self._connection.execute(query, values)]
        except (sqlite3.Error, ValueError, TypeError) as error:
            raise _damaged(self._file, error) from error


def record(file: Path, entries: Iterable[Remembered]) -> None:
    """Remember in ``file`` that ``entries`` were just published."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'entries'").fetchone():
                connection.executescript(_SCHEMA)
            with connection:
                connection.executemany(
                    "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    [_row(entry) for entry in entries],
                )
    except sqlite3.Error as error:
        raise PublishError(
            f"the feeds are published, but the ledger {file} cannot be written: {error}"
        ) from error


def _open(file: Path) -> sqlite3.Connection:
    """Open the ledger for reading; one that is not there yet is empty, and is not made."""
    try:
        if file.exists():
            connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version == VERSION:
                return connection
            connection.close()
            if version != 0:  # 0: killed before the schema was written
                raise _damaged(file, f"its version is {version}, not {VERSION}")
        connection = sqlite3.connect(":memory:")
        connection.executescript(_SCHEMA)
    except sqlite3.Error as error:
        raise _damaged(file, error) from error
    return connection


def _damaged(file: Path, why: object) -> PublishError:
    return PublishError(
        f"the ledger {file} cannot be read ({why}); delete it: ids are derived, and edits are read back from the feeds"
    )


def _row(entry: Remembered) -> tuple[object, ...]:
    return (
        entry.id,
        entry.key,
        entry.published.isoformat(),
        int(entry.published.timestamp()),
        entry.updated.isoformat(),
        entry.title,
        entry.content,
        array("I", entry.sketch).tobytes(),
    )


def _remembered(row: tuple[str, str | None, str, str, str, str, bytes]) -> Remembered:
    entry_id, key, published, updated, title, content, hashes = row
    return Remembered(
        id=entry_id,
        key=key,
        published=datetime.fromisoformat(published),
        updated=datetime.fromisoformat(updated),
        title=title,
        content=content,
        sketch=tuple(array("I", hashes)),
    )
