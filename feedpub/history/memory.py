"""What is remembered about published entries and closed archive documents (RFC 5005 §4), as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from feedpub.articles.entry import Entry, Prints
from feedpub.documents.readback import PublishedEntry
from feedpub.text.similarity import digest


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """One entry as subscribers have seen it. ``title`` and ``content`` are digests of the published texts.

    If the text is unknown, because no document contains it, ``content`` and ``sketch`` are empty; nothing differs from
    them. ``source_date`` is the date that its source gives now, if it differs from the published one. ``feed`` is the
    key of the other people's feed that it came from; ``None`` if there is none, or it is unknown. ``written`` are the
    digests of the original title and content, if these were cleaned before they were published.
    """

    id: str
    key: str | None
    published: datetime
    updated: datetime
    title: str
    content: str
    sketch: tuple[int, ...]
    source_date: datetime | None = None
    feed: str | None = None
    written: tuple[str, str] | None = None


class EntryHistory(Protocol):
    """The published entries of the past."""

    def by_id(self, entry_id: str) -> EntryRecord | None:
        """Return the entry with this id."""
        ...

    def stores(self, entry_id: str) -> bool:
        """Say whether the entry is remembered, and not only known from published documents."""
        ...

    def became(self, derived: str) -> EntryRecord | None:
        """Return the entry of the article whose derived id is ``derived``, if it is known under another id."""
        ...

    def by_instant(self, time: datetime) -> Sequence[EntryRecord]:
        """Return the entries with this instant, either published or as their source gives it now."""
        ...

    def by_text(self, title: str, content: str) -> Sequence[EntryRecord]:
        """Return the entries with these digests."""
        ...


def record_entry(entry: Entry) -> EntryRecord:
    """Return what to remember about an entry that is published."""
    article = entry.article
    prints = _prints(article.title, None if entry.partial else entry.content.html)
    return EntryRecord(
        article.id,
        article.key,
        article.published,
        entry.updated,
        *prints,
        source_date=entry.source_date,
        feed=article.feed or None,
        written=entry.written and entry.written[:2],
    )


def record_of(entry: PublishedEntry) -> EntryRecord:
    """Return what to remember about an entry read back from a document; its key is not in there."""
    prints = _prints(entry.title, entry.html)
    updated = entry.updated or entry.published
    return EntryRecord(entry.id, None, entry.published, updated, *prints, feed=entry.feed)


def _prints(title: str, html: str | None) -> Prints:
    return Prints(digest(title), "", ()) if html is None else Prints.of(title, html)


def is_current(entry: PublishedEntry, known: EntryRecord) -> bool:
    """Say whether a published entry is the same as the remembered one."""
    if entry.published != known.published or entry.updated not in (None, known.updated):
        return False
    return digest(entry.title) == known.title and (entry.html is None or digest(entry.html) == known.content)


@dataclass(frozen=True, slots=True)
class ClosedPage:
    """A closed archive document: its name, and the name of the one to which its ``next-archive`` links."""

    name: str
    next: str


@dataclass(frozen=True, slots=True)
class ArchiveIndex:
    """The closed archive documents of a feed, oldest first; ``base`` is the start of the addresses in them."""

    pages: tuple[ClosedPage, ...] = ()
    base: str | None = None

    @property
    def open(self) -> str | None:
        """The name of the open document after them; ``None`` if none was ever closed."""
        return self.pages[-1].next if self.pages else None


@dataclass(frozen=True, slots=True)
class ArchiveUpdate:
    """The archive documents that a build closed, and the ids of their entries and of these entries' articles.

    ``cut`` are the ids of entries that were cut out of closed documents.

    ``anew`` says that this is the feed's whole archive, and replaces what was remembered about it.
    """

    feed: str
    base: str
    pages: tuple[ClosedPage, ...]
    ids: tuple[str, ...]
    anew: bool
    cut: tuple[str, ...] = ()
