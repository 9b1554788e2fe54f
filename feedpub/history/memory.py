"""What is remembered of published entries and of closed archive pages (RFC 5005 §4), as values."""

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
    """One entry as subscribers have seen it. ``title`` and ``content`` are digests of what was published.

    Where no document carries the text, and nothing else tells, ``content`` and ``sketch`` are empty: it is unknown, and
    nothing differs from that.
    ``source_date`` is the date that its source gives now, if it differs from the published one. ``feed`` is the key of
    the other people's feed that it came from; ``None`` if it came from none, or that is not known. ``written`` are the
    digests of title and content that its source gave, where these were cleaned before they were published.
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
    """What can be asked of the past."""

    def by_id(self, entry_id: str) -> EntryRecord | None:
        """Return the entry with this id."""
        ...

    def stores(self, entry_id: str) -> bool:
        """Say whether the entry is remembered, and not only known from what is published."""
        ...

    def became(self, derived: str) -> EntryRecord | None:
        """Return the entry as which an article is known that would have the id ``derived``."""
        ...

    def by_instant(self, time: datetime) -> Sequence[EntryRecord]:
        """Return the entries that were published at this instant, or to which their source came to give it."""
        ...

    def by_text(self, title: str, content: str) -> Sequence[EntryRecord]:
        """Return the entries with these digests."""
        ...


def record_entry(entry: Entry) -> EntryRecord:
    """Return what is to be remembered of an entry that is published."""
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
    """Return what is to be remembered of a published entry; its key is not in the document."""
    prints = _prints(entry.title, entry.html)
    updated = entry.updated or entry.published
    return EntryRecord(entry.id, None, entry.published, updated, *prints, feed=entry.feed)


def _prints(title: str, html: str | None) -> Prints:
    return Prints(digest(title), "", ()) if html is None else Prints.of(title, html)


def is_current(entry: PublishedEntry, known: EntryRecord) -> bool:
    """Say whether a published entry is what is remembered of it."""
    if entry.published != known.published or entry.updated not in (None, known.updated):
        return False
    return digest(entry.title) == known.title and (entry.html is None or digest(entry.html) == known.content)


@dataclass(frozen=True, slots=True)
class ClosedPage:
    """An archive page that never changes again: its name, and that of the page its ``next-archive`` leads to."""

    name: str
    next: str


@dataclass(frozen=True, slots=True)
class ArchiveIndex:
    """The closed pages of a feed, oldest first; ``base`` is what the addresses in them begin with."""

    pages: tuple[ClosedPage, ...] = ()
    base: str | None = None

    @property
    def open(self) -> str | None:
        """The name of the page after them, which is still written to; ``None`` if none was ever closed."""
        return self.pages[-1].next if self.pages else None


@dataclass(frozen=True, slots=True)
class ArchiveUpdate:
    """What a build closed: the pages, and the ids of their entries and of the articles these were made from.

    ``cut`` are the ids of what closed pages hold no more.

    ``anew`` says that this is the feed's whole archive, and that what was remembered of it is void.
    """

    feed: str
    base: str
    pages: tuple[ClosedPage, ...]
    ids: tuple[str, ...]
    anew: bool
    cut: tuple[str, ...] = ()
