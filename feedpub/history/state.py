"""What subscribers have seen when a build begins: the ledger, and the published documents.

Subscription documents are read back, and archive documents if the ledger does not know them. Nothing is refused here:
the :class:`State` describes the problems, and the guards decide.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, pairwise
from typing import Protocol

from feedpub.articles.adoption import OldEntry
from feedpub.articles.article import Origin
from feedpub.articles.ids import is_made
from feedpub.articles.withdrawals import Withdrawal, Withdrawn, joined
from feedpub.config import FeedSettings, Settings
from feedpub.documents.formats import OUTPUT_FORMATS, best_evidence, of_media_type
from feedpub.documents.readback import PublishedEntry, PublishedFeed
from feedpub.history.ledger import LEDGER, Ledger
from feedpub.history.media import MediaMemory, media_file, read_media
from feedpub.history.memory import ArchiveIndex, ClosedPage


class PublishedDocument(Protocol):
    """What is known about a published document without reading it."""

    @property
    def path(self) -> str: ...
    @property
    def feed(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def made_of(self) -> str: ...


class PublishedSet(Protocol):
    """The published set, in a folder of this machine or in a store elsewhere."""

    @property
    def documents(self) -> Mapping[str, PublishedDocument]:
        """The documents that we published, by name."""
        ...

    @property
    def withdrawn(self) -> Mapping[str, Mapping[str, object]]:
        """The published withdrawals, by their marks."""
        ...

    @property
    def media(self) -> Mapping[str, str]:
        """The SHA-256 (hex) of each published file beside articles, by name."""
        ...

    @property
    def settled_pages(self) -> Collection[str]:
        """The names of the pages that are settled."""
        ...

    @property
    def begun(self) -> Collection[str]:
        """The names of documents and settled files that an unfinished build may have replaced."""
        ...

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a document, or ``None`` if it is missing."""
        ...

    def holds(self, name: str) -> bool:
        """Say whether a document exists, whatever its bytes are."""
        ...


@dataclass(frozen=True, slots=True)
class PublishedArchive:
    """The closed archive documents of one feed.

    If the ledger did not know them, ``anew`` is set, ``ids`` are those of their entries, and ``entries`` are
    all entries that were read, including those of the open document, which are ``open``. ``since`` has the date of the
    last change of each document that was read, at least of the open one. ``broken`` says why the published documents
    cannot be continued, and would be made anew without the articles that are gone; it is empty if they can.
    """

    index: ArchiveIndex = field(default_factory=ArchiveIndex)
    anew: bool = False
    ids: frozenset[str] = frozenset()
    entries: tuple[PublishedEntry, ...] = ()
    open: tuple[PublishedEntry, ...] = ()
    since: Mapping[str, datetime] = field(default_factory=dict)
    broken: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """What subscribers have seen: the ``ledger``, and what is ``published``.

    - ``online`` are the subscription documents by slug, those of feeds that are no longer in the config last;
      ``archives`` are the archives of feeds that have one.
    - ``damaged`` are subscription documents that cannot be read, whose feeds are therefore not ``online``.
    - ``dropped`` are documents whose format or archive is no longer in the config.
    - ``media`` is what is remembered about files beside articles.
    - ``forgotten`` are published entries with ids of other generators that a lost ledger no longer has: they show which
      ids were adopted.
    - ``permalinks`` are the ids that RSS calls addresses.
    - ``withdrawn`` are the withdrawals that either the ledger or the published set remembers.
    """

    published: PublishedSet
    ledger: Ledger
    online: Mapping[str, PublishedFeed]
    archives: Mapping[str, PublishedArchive]
    damaged: tuple[str, ...]
    dropped: tuple[str, ...]
    forgotten: tuple[OldEntry, ...] = ()
    permalinks: frozenset[str] = frozenset()
    withdrawn: Withdrawn = field(default_factory=dict)
    media: MediaMemory = field(default_factory=MediaMemory)


@contextmanager
def open_state(settings: Settings, published: PublishedSet) -> Iterator[State]:
    """Read what subscribers have seen of the site of ``settings``; the ledger is open inside the context.

    Raises :class:`feedpub.core.errors.PublishError` if the ledger or the manifest cannot be read.
    """
    with closing(Ledger(settings.output.state / LEDGER)) as ledger:
        online = read_feeds(settings, published)
        damaged = damaged_documents(published, online)
        dropped = dropped_documents(settings, published, online)
        archives = {
            feed.slug: read_archive(settings, published, feed, ledger.archive(feed.slug))
            for feed in settings.feeds
            if feed.archive is not None
        }
        ledger.see(
            [
                *(entry for feed in online.values() for entry in feed.entries),
                *(entry for archive in archives.values() for entry in archive.entries),
            ]
        )
        for slug, archive in archives.items():
            if archive.anew:
                ledger.read_back(slug, archive.ids)
        forgotten = _forgotten(settings.site.id_authority, ledger, online, archives)
        permalinks = {entry.id for entry in ledger.adopted().values() if entry.permalink}
        if forgotten:
            permalinks |= _permalinks(published)
        yield State(
            published,
            ledger,
            online,
            archives,
            tuple(damaged),
            tuple(dropped),
            forgotten,
            frozenset(permalinks),
            joined(ledger.withdrawn(), read_withdrawn(published)),
            read_media(
                media_file(settings.output.state, settings.output.dir),
                published,
                settings.site.id_authority,
                chain(
                    (entry for feed in online.values() for entry in feed.entries),
                    (entry for archive in archives.values() for entry in archive.entries),
                ),
            ),
        )


def read_withdrawn(published: PublishedSet) -> Withdrawn:
    """Return the withdrawals that the published set remembers; a damaged one can never be lifted."""
    found: dict[str, Withdrawal] = {}
    for marked, said in published.withdrawn.items():
        try:
            found[marked] = Withdrawal.read(said)
        except (TypeError, ValueError):
            found[marked] = Withdrawal()
    return found


def _forgotten(
    authority: str,
    ledger: Ledger,
    online: Mapping[str, PublishedFeed],
    archives: Mapping[str, PublishedArchive],
) -> tuple[OldEntry, ...]:
    entries = [entry for feed in online.values() for entry in feed.entries]
    entries += [entry for archive in archives.values() for entry in archive.entries]
    return tuple(
        OldEntry(e.id, e.published, Origin("", 0, 0), e.title, e.link, e.updated)
        for e in {entry.id: entry for entry in entries}.values()
        if e.feed is None and not is_made(authority, e.id) and not ledger.stores(e.id)
    )


def _permalinks(published: PublishedSet) -> set[str]:
    """Return the ids that published RSS documents call addresses; other formats do not say so."""
    found: set[str] = set()
    for document in published.documents.values():
        known = of_media_type(document.media_type)
        data = published.read(document.path) if known and known.name == "rss" else None
        if data and b'isPermaLink="true"' in data and (feed := _read(published, document)):
            found.update(entry.id for entry in feed.entries if entry.permalink)
    return found


def read_feeds(settings: Settings, published: PublishedSet) -> dict[str, PublishedFeed]:
    """Read back the subscription document of each feed, by slug, in the format that says most.

    Published feeds that are no longer in the config come last.
    """
    listed = published.documents
    found: dict[str, PublishedFeed] = {}
    slugs = [feed.slug for feed in (*settings.feeds, *settings.retired)]
    slugs += [document.feed for document in listed.values()]
    for slug in dict.fromkeys(slugs):
        paths = [path for known in best_evidence() if (path := f"{slug}.{known.name}") in listed]
        document = next((read for path in paths if (read := _read(published, listed[path]))), None)
        if document:
            found[slug] = document
    return found


def damaged_documents(published: PublishedSet, online: Mapping[str, PublishedFeed]) -> list[str]:
    """Return the subscription documents that exist but cannot be read, so that their feeds are not ``online``."""
    listed = published.documents
    return [
        path
        for path, document in listed.items()
        if document.feed not in online
        and path.rpartition(".")[0] == document.feed
        and path.rpartition(".")[2] in OUTPUT_FORMATS
        and published.read(path) is not None
    ]


def dropped_documents(
    settings: Settings, published: PublishedSet, online: Mapping[str, PublishedFeed]
) -> list[str]:
    """Return the published documents whose format or archive is no longer in the config; a retired feed has none."""
    feeds = {feed.slug: feed.archive is not None for feed in settings.feeds} | {
        feed.slug: None for feed in settings.retired
    }
    dropped: list[str] = []
    for document in published.documents.values():
        if document.feed not in feeds or document.path.endswith(".gz"):
            continue
        name, _, extension = document.path.rpartition(".")
        archive = name != document.feed
        written = [known.name for known in settings.output.formats]
        goes = extension not in written or (archive and not feeds[document.feed])
        if archive and feeds[document.feed] is None:
            continue
        has_entries = archive or (document.feed in online and online[document.feed].entries)
        if goes and has_entries:
            dropped.append(document.path)
    return dropped


def read_archive(
    settings: Settings, published: PublishedSet, feed: FeedSettings, known: ArchiveIndex
) -> PublishedArchive:
    """Return the closed archive documents of ``feed``: those ``known`` to the ledger, if they are published.

    Otherwise the documents themselves are read. Documents that are missing in a format, or contain another address than
    their own, cannot be continued: they are ``broken``.
    """
    listed = published.documents
    by_format = {form.name: _pages(feed.slug, form.name, listed) for form in settings.output.formats}
    names = {frozenset(pages) for pages in by_format.values()}
    if not any(names):
        return PublishedArchive(ArchiveIndex(), anew=bool(known.pages))
    best = next(form.name for form in best_evidence() if form.name in by_format)
    if len(names) == 1:
        expected = {page.name for page in known.pages} | {known.open}
        if known.base == settings.site.base_url and names == {frozenset(expected)}:
            document = _read(published, by_format[best][known.open]) if known.open else None
            since = {known.open: document.updated} if known.open and document else {}
            return PublishedArchive(known, open=document.entries if document else (), since=since)
        if read := _read_back(published, settings.site.base_url, feed.slug, by_format[best]):
            return read if read.index.pages or known.pages else replace(read, anew=False)
    broken = (
        f"the archive documents of the feed {feed.slug} are incomplete, or contain other addresses than"
        f" {settings.site.base_url}, and would be made anew without the articles that are gone"
    )
    return PublishedArchive(ArchiveIndex(), anew=True, broken=broken)


def _pages(
    slug: str, extension: str, listed: Mapping[str, PublishedDocument]
) -> dict[str, PublishedDocument]:
    """Return the archive documents of a feed in one format by name."""
    start, end = f"{slug}.", f".{extension}"
    return {
        path[len(start) : -len(end)]: document
        for path, document in listed.items()
        if path.startswith(start) and path.endswith(end) and len(path) > len(start) + len(end)
    }


def _read(published: PublishedSet, document: PublishedDocument) -> PublishedFeed | None:
    data = published.read(document.path)
    known = of_media_type(document.media_type)
    return known.read_back(data) if known and data is not None else None


def _read_back(
    published: PublishedSet, base: str, slug: str, pages: Mapping[str, PublishedDocument]
) -> PublishedArchive | None:
    """Follow the chain of ``pages``; ``None`` if they are not a chain."""
    documents = {name: _read(published, document) for name, document in pages.items()}
    after: dict[str | None, str] = {}
    for name, document in documents.items():
        if document is None or not document.url.startswith(base):
            return None
        after[_page_name(document.previous, slug, base)] = name
    chain: list[str] = []
    while (name := after.pop(chain[-1] if chain else None, "")) and name not in chain:
        chain.append(name)
    if len(chain) != len(pages):
        return None
    entries = {name: document.entries for name, document in documents.items() if document}
    closed = tuple(ClosedPage(name, following) for name, following in pairwise(chain))
    return PublishedArchive(
        index=ArchiveIndex(closed, base),
        anew=True,
        ids=frozenset(entry.id for page in closed for entry in entries[page.name]),
        entries=tuple(entry for name in chain for entry in entries[name]),
        open=entries[chain[-1]] if chain else (),
        since={name: document.updated for name, document in documents.items() if document},
    )


def _page_name(address: str | None, slug: str, base: str) -> str | None:
    if address is None:
        return None
    return address.removeprefix(f"{base}{slug}.").rpartition(".")[0]
