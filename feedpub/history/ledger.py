"""The ledger on disk: an SQLite file in the state folder.

It may be deleted at any time: ids are derived, and the published documents have what it learned from edits, and the
archives. Only the ledger knows entries that have left the documents.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from feedpub.articles.adoption import OldEntry
from feedpub.articles.article import Origin
from feedpub.articles.entry import Entry
from feedpub.articles.ids import is_split
from feedpub.articles.withdrawals import Withdrawal, Withdrawn
from feedpub.core.errors import PublishError
from feedpub.documents.readback import PublishedEntry
from feedpub.history.memory import ArchiveIndex, ArchiveUpdate, ClosedPage, EntryRecord, is_current, record_of
from feedpub.text.similarity import digest

VERSION = 8
_NOWHERE = Origin("", 0, 0)
A_DAY = timedelta(days=1)
"""For this long, replaced ids count together with later ones."""

# Version 1 had no archives, version 2 no dates of sources, version 3 no owners, aliases and the tables after them,
# version 4 no site, version 5 nothing adopted, version 7 no texts before cleaning. Missing tables are added at the next
# write.
_SCHEMA = f"""
BEGIN;  -- one transaction, not one for each statement: each would wait for the disk
CREATE TABLE IF NOT EXISTS entries (
    id TEXT PRIMARY KEY,
    key TEXT,
    published TEXT NOT NULL,  -- RFC 3339 with the offset of the source
    instant INTEGER NOT NULL, -- the same in epoch seconds
    updated TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    sketch BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entries_by_instant ON entries (instant);
CREATE INDEX IF NOT EXISTS entries_by_content ON entries (content, title);
CREATE TABLE IF NOT EXISTS redated (
    id TEXT PRIMARY KEY,     -- of an entry to which its source came to give another time than was published
    dated INTEGER NOT NULL   -- that time, in epoch seconds
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS redated_by_time ON redated (dated);
CREATE INDEX IF NOT EXISTS split_entries ON entries (id, key) WHERE id GLOB 'tag:*:split:*';
CREATE TABLE IF NOT EXISTS owners (
    id TEXT PRIMARY KEY,     -- of an entry of other people's feeds
    feed TEXT NOT NULL       -- the key of the feed
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS written (
    id TEXT PRIMARY KEY,     -- of an entry whose text was cleaned before it was published
    title TEXT NOT NULL,     -- digests of what its source said
    content TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS aliases (
    derived TEXT PRIMARY KEY, -- the id that an article would have if it were not known as
    id TEXT NOT NULL          -- the entry of this id
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS replaced (
    feed TEXT NOT NULL,       -- the slug of a feed of ours
    id TEXT NOT NULL,         -- of an entry that vanished from it as its article appeared under another id
    time INTEGER NOT NULL,    -- of the build that let it, in epoch seconds
    PRIMARY KEY (feed, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS zones (
    source TEXT PRIMARY KEY,  -- the patterns of a source
    zone TEXT NOT NULL        -- in which its dates were read that are published
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS site (
    name TEXT PRIMARY KEY,    -- of a value that all ids depend on
    value TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS adopted (
    derived TEXT PRIMARY KEY,   -- the id that an article would have if it were not
    id TEXT NOT NULL,           -- an entry of another generator's feed
    published TEXT NOT NULL,    -- as there, RFC 3339
    updated TEXT,               -- likewise
    permalink INTEGER NOT NULL  -- whether RSS called the id its address
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS withdrawn (
    mark TEXT PRIMARY KEY,    -- a hash of the id of an article that was withdrawn
    version INTEGER,          -- what a record has to outrank to bring it back
    changed TEXT,
    seen TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pages (
    feed TEXT NOT NULL,
    number INTEGER NOT NULL, -- from 1, the oldest
    name TEXT NOT NULL,
    next TEXT NOT NULL,
    base TEXT NOT NULL,      -- what the addresses in it begin with
    PRIMARY KEY (feed, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS archived (
    feed TEXT NOT NULL,
    id TEXT NOT NULL,        -- of an entry in a closed page, or of an article that became one
    PRIMARY KEY (feed, id)
) WITHOUT ROWID;
PRAGMA user_version = {VERSION};
COMMIT;
"""
_ENTRIES = """
SELECT id, key, published, updated, entries.title, entries.content, sketch, dated, feed, written.title, written.content
FROM entries LEFT JOIN redated USING (id) LEFT JOIN owners USING (id) LEFT JOIN written USING (id)
"""


class Ledger:
    """What was published: the file, corrected by the published documents; an :class:`EntryHistory`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connection = _open(file)
        self._online: dict[str, EntryRecord] = {}
        self._read_back: dict[str, frozenset[str]] = {}
        self._by_instant = defaultdict[datetime, list[EntryRecord]](list)
        self._by_text = defaultdict[tuple[str, str], list[EntryRecord]](list)
        self._seen: set[str] = set()
        self._feeds: dict[str, str] = {}

    def see(self, online: Iterable[PublishedEntry]) -> None:
        """Let published entries override the file where they differ, because it may be older, or lost.

        Call it once, with the entries of all documents. A document that failed its check may still show an older
        state of an entry than others, so the newest counts; if any of them agrees with the file, the file counts.
        """
        newest: dict[str, EntryRecord] = {}
        agreed: set[str] = set()
        for entry in online:
            self._seen.add(entry.id)
            if entry.feed:
                self._feeds[entry.id] = entry.feed
            if entry.id in agreed:
                continue
            stored = self._stored(entry.id)
            if stored is not None and is_current(entry, stored):
                agreed.add(entry.id)
                newest.pop(entry.id, None)
                continue
            # No document has the corrected date of the source.
            told = record_of(entry)
            if stored:
                told = replace(
                    told if told.content else replace(told, content=stored.content, sketch=stored.sketch),
                    source_date=stored.source_date,
                    feed=stored.feed or told.feed,
                    written=stored.written,
                )
            before = newest.get(entry.id)
            if before is None or (before.updated, before.content != "") < (told.updated, told.content != ""):
                newest[entry.id] = told
        for told in newest.values():
            self._online[told.id] = told
            for time in filter(None, (told.published, told.source_date)):
                self._by_instant[time].append(told)
            self._by_text[told.title, told.content].append(told)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def by_id(self, entry_id: str) -> EntryRecord | None:
        """Return the entry with this id."""
        return self._online.get(entry_id) or self._stored(entry_id)

    def became(self, derived: str) -> EntryRecord | None:
        """Return the entry of the article whose derived id is ``derived``, if it is known under another id."""
        rows = self._rows("SELECT id FROM aliases WHERE derived = ?", derived)
        return self.by_id(rows[0][0]) if rows else None

    def aliases(self) -> Mapping[str, str]:
        """Return the ids of entries by the derived ids of their articles, if these differ."""
        return dict(self._rows("SELECT derived, id FROM aliases"))

    def adopted(self) -> Mapping[str, OldEntry]:
        """Return the adopted entries of other generators' feeds, by the derived ids of their articles."""
        rows = self._rows("SELECT derived, id, published, updated, permalink FROM adopted")
        try:
            return {
                derived: OldEntry(
                    entry_id,
                    datetime.fromisoformat(published),
                    _NOWHERE,
                    updated=updated and datetime.fromisoformat(updated),
                    permalink=bool(permalink),
                )
                for derived, entry_id, published, updated, permalink in rows
            }
        except (ValueError, TypeError) as error:
            raise _damaged(self._file, error) from error

    @property
    def is_empty(self) -> bool:
        """Whether the file has no entry, as before the first build, or after it was lost."""
        return not self._rows("SELECT 1 FROM entries LIMIT 1")

    def stores(self, entry_id: str) -> bool:
        """Say whether the file has an entry with this id, in any state."""
        return bool(self._rows("SELECT 1 FROM entries WHERE id = ?", entry_id))

    def replaced(self, feed: str, since: datetime) -> frozenset[str]:
        """Return the ids that vanished from a feed after ``since``, because their articles appeared under others."""
        rows = self._rows("SELECT id FROM replaced WHERE feed = ? AND time > ?", feed, int(since.timestamp()))
        return frozenset(str(row[0]) for row in rows)

    def zone(self, source: str) -> str | None:
        """Return the zone in which the published dates of a source were read, if it is known."""
        rows = self._rows("SELECT zone FROM zones WHERE source = ?", source)
        return str(rows[0][0]) if rows else None

    def authority(self) -> str | None:
        """Return the tagging entity with which the last build made ids, if it is known."""
        rows = self._rows("SELECT value FROM site WHERE name = 'id_authority'")
        return str(rows[0][0]) if rows else None

    def split_ids(self) -> Mapping[str, str | None]:
        """Return the keys of the entries that could not have the id of their key, by id."""
        found = dict(self._rows("SELECT id, key FROM entries WHERE id GLOB 'tag:*:split:*'"))
        return dict.fromkeys(filter(is_split, self._seen)) | found

    def online(self) -> Container[str]:
        """Return the ids of all published entries: those read back, and those in closed archive documents."""
        return _Online(self, self._seen)

    def archives(self) -> frozenset[str]:
        """Return the feeds with known closed archive documents."""
        return frozenset(str(row[0]) for row in self._rows("SELECT DISTINCT feed FROM pages"))

    def by_instant(self, time: datetime) -> Sequence[EntryRecord]:
        """Return the entries with this instant, either published or as their source gives it now."""
        instant = int(time.timestamp())
        source_date = "id IN (SELECT id FROM redated WHERE dated = ?)"
        stored = self._select(f"instant = ? OR {source_date}", instant, instant)
        return self._merged(self._by_instant.get(time, []), stored)

    def by_text(self, title: str, content: str) -> Sequence[EntryRecord]:
        """Return the entries with these digests."""
        stored = self._select("entries.content = ? AND entries.title = ?", content, title)
        before = "id IN (SELECT id FROM written WHERE content = ? AND title = ?)"
        stored += [known for known in self._select(before, content, title) if known not in stored]
        return self._merged(self._by_text.get((title, content), []), stored)

    def withdrawn(self) -> Withdrawn:
        """Return the withdrawals that the file remembers."""
        rows = self._rows("SELECT mark, version, changed, seen FROM withdrawn")
        try:
            return {
                str(row[0]): Withdrawal.read(dict(zip(("version", "changed", "seen"), row[1:], strict=True)))
                for row in rows
            }
        except (ValueError, TypeError) as error:
            raise _damaged(self._file, error) from error

    def archive(self, feed: str) -> ArchiveIndex:
        """Return the closed archive documents of ``feed`` that the file knows."""
        rows = self._rows("SELECT name, next, base FROM pages WHERE feed = ? ORDER BY number", feed)
        return ArchiveIndex(
            tuple(ClosedPage(name, after) for name, after, _ in rows), rows[-1][2] if rows else None
        )

    def read_back(self, feed: str, ids: Collection[str]) -> None:
        """Use the ids in the closed documents themselves instead of those that the file has for ``feed``."""
        self._read_back[feed] = frozenset(ids)

    def archived(self, feed: str, entry_id: str) -> bool:
        """Say whether a closed document of ``feed`` contains the entry, or the entry that the article became."""
        if (ids := self._read_back.get(feed)) is not None:
            return entry_id in ids
        return bool(self._rows("SELECT 1 FROM archived WHERE feed = ? AND id = ?", feed, entry_id))

    def lacks(self, entry: PublishedEntry) -> bool:
        """Say whether ``entry`` differs from the file."""
        stored = self._stored(entry.id)
        return stored is None or not is_current(entry, stored)

    def knows(self, entry: Entry) -> bool:
        """Say whether the file has ``entry`` as it is, by digests alone: a sketch of it would cost far more."""
        article, stored = entry.article, self._stored(entry.article.id)
        return stored is not None and (
            (stored.key, stored.published, stored.updated) == (article.key, article.published, entry.updated)
            and stored.title == digest(article.title)
            and (entry.partial or stored.content == digest(entry.content.html))
            and (stored.source_date, self._owner(article.id)) == (entry.source_date, article.feed or None)
            and stored.written == (entry.written and entry.written[:2])
        )

    def _owner(self, entry_id: str) -> str | None:
        rows = self._rows("SELECT feed FROM owners WHERE id = ?", entry_id)
        return str(rows[0][0]) if rows else None

    def _stored(self, entry_id: str) -> EntryRecord | None:
        return next(iter(self._select("id = ?", entry_id)), None)

    def _merged(self, online: list[EntryRecord], stored: Iterable[EntryRecord]) -> list[EntryRecord]:
        return [*online, *(entry for entry in stored if entry.id not in self._online)]

    def _select(self, condition: str, *values: str | int) -> list[EntryRecord]:
        query = f"{_ENTRIES} WHERE {condition} ORDER BY id"
        try:
            found = [_remembered(row) for row in self._rows(query, *values)]
        except (ValueError, TypeError) as error:
            raise _damaged(self._file, error) from error
        return [
            known if known.feed or known.id not in self._feeds else replace(known, feed=self._feeds[known.id])
            for known in found
        ]

    def _rows(self, query: str, *values: str | int) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise _damaged(self._file, error) from error


class _Online:
    """The ids of all published entries."""

    def __init__(self, ledger: Ledger, seen: Container[str]) -> None:
        self._ledger = ledger
        self._seen = seen
        self._feeds = ledger.archives()

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self._seen or any(
            self._ledger.archived(feed, str(entry_id)) for feed in self._feeds
        )


def record(
    file: Path,
    entries: Collection[EntryRecord],
    archives: Iterable[ArchiveUpdate] = (),
    aliases: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Remember in ``file`` that ``entries`` were just published, and which archive documents were closed.

    ``aliases`` are the ids of entries by the derived ids of their articles, if these differ.
    """
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(_SCHEMA)
            with connection:
                connection.executemany(
                    "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    [_row(entry) for entry in entries],
                )
                connection.executemany("DELETE FROM redated WHERE id = ?", [(entry.id,) for entry in entries])
                connection.executemany(
                    "INSERT INTO redated VALUES (?, ?)",
                    [
                        (entry.id, int(entry.source_date.timestamp()))
                        for entry in entries
                        if entry.source_date
                    ],
                )
                connection.executemany("DELETE FROM owners WHERE id = ?", [(entry.id,) for entry in entries])
                connection.executemany(
                    "INSERT INTO owners VALUES (?, ?)",
                    [(entry.id, entry.feed) for entry in entries if entry.feed],
                )
                connection.executemany("DELETE FROM written WHERE id = ?", [(entry.id,) for entry in entries])
                connection.executemany(
                    "INSERT INTO written VALUES (?, ?, ?)",
                    [(entry.id, *entry.written) for entry in entries if entry.written],
                )
                connection.executemany("INSERT OR REPLACE INTO aliases VALUES (?, ?)", aliases.items())
                for archive in archives:
                    _record_pages(connection, archive)
    except sqlite3.Error as error:
        raise _unwritten(file, error) from error


def adopt(file: Path, adopted: Mapping[str, OldEntry]) -> None:
    """Remember the ``adopted`` entries in ``file``, by the derived ids of their articles."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(_SCHEMA)
            with connection:
                # Another article may have been taken for this entry before it was published.
                connection.executemany(
                    "DELETE FROM adopted WHERE id = ?", [(e.id,) for e in adopted.values()]
                )
                connection.executemany(
                    "INSERT OR REPLACE INTO adopted VALUES (?, ?, ?, ?, ?)",
                    [
                        (
                            derived,
                            entry.id,
                            entry.published.isoformat(),
                            entry.updated and entry.updated.isoformat(),
                            entry.permalink,
                        )
                        for derived, entry in adopted.items()
                    ],
                )
    except sqlite3.Error as error:
        raise _unwritten(file, error) from error


def note(
    file: Path,
    replaced: Mapping[str, Collection[str]],
    now: datetime,
    zones: Mapping[str, str],
    authority: str,
    *,
    anew: bool,
) -> None:
    """Remember in ``file`` what a build at ``now`` depended on besides entries.

    These are the ids that were ``replaced`` in each feed, the ``zones`` of sources, and the ``authority`` of ids.

    ``anew`` says that the owner allowed this, so ids that were replaced before no longer count.
    """
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(_SCHEMA)
            time = int(now.timestamp())
            rows = [(feed, entry_id, time) for feed, ids in replaced.items() for entry_id in ids]
            with connection:
                connection.execute(
                    "DELETE FROM replaced WHERE time <= ? OR ?", (int((now - A_DAY).timestamp()), anew)
                )
                connection.executemany(
                    "INSERT OR REPLACE INTO replaced VALUES (?, ?, ?)", [] if anew else rows
                )
                connection.executemany("INSERT OR REPLACE INTO zones VALUES (?, ?)", zones.items())
                connection.execute("INSERT OR REPLACE INTO site VALUES ('id_authority', ?)", (authority,))
    except sqlite3.Error as error:
        raise _unwritten(file, error) from error


def remember_withdrawals(file: Path, withdrawn: Withdrawn) -> None:
    """Make ``file`` remember these withdrawals, and no others."""
    rows = [
        {"version": None, "changed": None, "seen": None, **withdrawal.said(), "mark": marked}
        for marked, withdrawal in withdrawn.items()
    ]
    try:
        with closing(sqlite3.connect(file)) as connection:
            connection.executescript(_SCHEMA)
            with connection:
                connection.execute("DELETE FROM withdrawn")
                connection.executemany(
                    "INSERT INTO withdrawn VALUES (:mark, :version, :changed, :seen)", rows
                )
    except sqlite3.Error as error:
        raise _unwritten(file, error) from error


def _unwritten(file: Path, error: sqlite3.Error) -> PublishError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    remedy = f"; {_REMEDIES[code]}" if code in _REMEDIES else ""
    return PublishError(f"the feeds are published, but the ledger {file} cannot be written: {error}{remedy}")


def _record_pages(connection: sqlite3.Connection, change: ArchiveUpdate) -> None:
    if change.anew:
        connection.execute("DELETE FROM pages WHERE feed = ?", (change.feed,))
        connection.execute("DELETE FROM archived WHERE feed = ?", (change.feed,))
    (known,) = connection.execute("SELECT count(*) FROM pages WHERE feed = ?", (change.feed,)).fetchone()
    connection.executemany(
        "INSERT INTO pages VALUES (?, ?, ?, ?, ?)",
        [
            (change.feed, number, page.name, page.next, change.base)
            for number, page in enumerate(change.pages, known + 1)
        ],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO archived VALUES (?, ?)", [(change.feed, entry_id) for entry_id in change.ids]
    )
    connection.executemany(
        "DELETE FROM archived WHERE feed = ? AND id = ?", [(change.feed, entry_id) for entry_id in change.cut]
    )


def _open(file: Path) -> sqlite3.Connection:
    """Open the ledger for reading; a missing one counts as empty, and is not created."""
    try:
        blank = sqlite3.connect(":memory:")
        if file.exists():
            # Not read-only: SQLite must be able to undo what a killed build left half-written.
            connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version == VERSION:
                blank.close()
                return connection
            if version > VERSION:
                raise PublishError(
                    f"the ledger {file} was written by a newer feedpub (its version is {version}, not {VERSION});"
                    " install it again, or delete the ledger: ids are derived, and edits are read back from the"
                    " feeds"
                )
            if version:  # at 0, it was killed before the schema was written
                connection.backup(blank)
            connection.close()
        blank.executescript(_SCHEMA)
    except sqlite3.Error as error:
        raise _damaged(file, error) from error
    return blank


def _damaged(file: Path, why: Exception) -> PublishError:
    """Return the error that says why the ledger cannot be read, and what to do."""
    return PublishError(f"the ledger {file} cannot be read ({why}); {remedy_of(why, _DELETE)}")


def remedy_of(why: Exception, otherwise: str) -> str:
    """Return what to do if an SQLite file cannot be read or written, as a clause."""
    code = getattr(why, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
    return _REMEDIES.get(code, otherwise)


_DELETE = "delete it: ids are derived, and edits are read back from the feeds"
_REMEDIES = {
    sqlite3.SQLITE_BUSY: "another program has it open: close that, or build again later",
    sqlite3.SQLITE_LOCKED: "another program has it open: close that, or build again later",
    sqlite3.SQLITE_CANTOPEN: "give the user who runs the build read and write permission for it and its folder",
    sqlite3.SQLITE_PERM: "give the user who runs the build read and write permission for it and its folder",
    sqlite3.SQLITE_READONLY: "give the user who runs the build write permission for it and its folder",
    sqlite3.SQLITE_IOERR: "its disk may be failing: check that first",
    sqlite3.SQLITE_FULL: "free some space on its disk",
}


def _row(entry: EntryRecord) -> tuple[object, ...]:
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


def _remembered(
    row: tuple[str, str | None, str, str, str, str, bytes, int | None, str | None, str | None, str | None],
) -> EntryRecord:
    entry_id, key, published, updated, title, content, hashes, source_date, feed, own_title, own_content = row
    return EntryRecord(
        id=entry_id,
        key=key,
        published=datetime.fromisoformat(published),
        updated=datetime.fromisoformat(updated),
        title=title,
        content=content,
        sketch=tuple(array("I", hashes)),
        source_date=None if source_date is None else datetime.fromtimestamp(source_date, UTC),
        feed=feed,
        written=(own_title, own_content) if own_title and own_content else None,
    )


LEDGER = "ledger.sqlite"
