"""The values that a document is made from: site, channel, entries, and the addresses of neighbours (RFC 5005 §4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias
from uuid import UUID, uuid5

from feedpub.articles.article import Author
from feedpub.articles.entry import Entry, newest_first


@dataclass(frozen=True, slots=True)
class Site:
    """What all feeds share.

    ``base_url`` ends with a slash: document ``name`` is served at ``base_url + name``. ``link`` is the page for
    people. ``id_authority`` is the tagging entity of every id (RFC 4151 §2.1), such as ``example.org,2023``.
    ``icon``, ``image`` and ``license`` are as in a :class:`Channel`. ``hub`` is the address of a WebSub hub.
    """

    title: str
    base_url: str
    link: str
    id_authority: str
    author: Author
    language: str | None
    rights: str | None
    icon: str | None = None
    image: str | None = None
    hub: str | None = None
    license: str | None = None

    @property
    def epoch(self) -> datetime:
        """The first moment at which ids could be minted under ``id_authority``: the date of an empty feed."""
        parts = [int(part) for part in self.id_authority.rpartition(",")[2].split("-")]
        year, month, day = (*parts, 1, 1)[:3]
        return datetime(year, month, day, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Podcast:
    """What podcast directories need to know about a feed, such as Apple's category, perhaps with a subcategory.

    ``image`` is the address of its artwork, ``owner`` the contact for directories, with an e-mail address.
    """

    category: tuple[str, ...]
    explicit: bool
    image: str
    author: str
    type: Literal["episodic", "serial"] | None = None
    owner: Author | None = None


Carried: TypeAlias = Literal["full", "summary", "title"]
"""How much of an entry's text is in the documents of a feed: all of it, a summary, or nothing."""


def license_of(entry: Entry, of_feed: str | None) -> str | None:
    """Return the licence of an entry: its own, or that of its feed, unless it is from other people's feeds."""
    return entry.article.license or (None if entry.article.feed else of_feed)


def summary_in(entry: Entry, carried: Carried) -> str:
    """Return the summary for documents with so much of an entry's text, beside the text or instead of it."""
    if carried == "title":
        return ""
    return entry.content.summary if carried == "full" else entry.content.lead


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What a feed says about itself.

    ``icon`` is the address of a small square picture, which readers show beside the feed's name in lists, ``image``
    that of a larger one. ``license`` is the address of the licence of the site's own articles. ``moved_to`` is the
    address that replaces a retired feed. ``content`` says how much of the text of its entries is in its documents.
    A ``podcast`` contains only episodes.
    """

    slug: str
    title: str
    description: str
    link: str
    author: Author
    language: str | None
    rights: str | None
    icon: str | None = None
    image: str | None = None
    moved_to: str | None = None
    content: Carried = "full"
    license: str | None = None
    podcast: Podcast | None = None

    def carries(self, entry: Entry) -> Carried:
        """Return how much of the text of ``entry`` is in the documents."""
        return "summary" if entry.partial and self.content == "full" else self.content


@dataclass(frozen=True, slots=True)
class Feed:
    """A selection of entries with its metadata: newest first, ties in the order of their ids.

    ``full`` says that older entries may have been left out because there was no room. ``guid`` is that of a published
    podcast; otherwise it follows from the feed's address.
    """

    settings: Channel
    entries: tuple[Entry, ...]
    updated: datetime
    full: bool = False
    guid: str = ""

    @property
    def slug(self) -> str:
        """The feed's name in the config and in the addresses of its documents."""
        return self.settings.slug


def make_feed(
    settings: Channel,
    entries: Iterable[Entry],
    site: Site,
    *,
    full: bool = False,
    since: datetime | None = None,
    guid: str = "",
) -> Feed:
    """Order ``entries`` and date the feed by the one that changed last; an empty feed by the site's epoch.

    ``since`` is the published date of the feed, if there is one. The new date is never before it, even if an entry is
    removed, or pushed out by a late article with an older date. ``guid`` is that of a published podcast.
    """
    ordered = tuple(newest_first(entries))
    updated = max((entry.updated for entry in ordered), default=site.epoch)
    if since is not None:
        updated = max(updated, since)
    return Feed(settings, ordered, updated, full, guid)


@dataclass(frozen=True, slots=True)
class Page:
    """An archive document to write: its name and those of its neighbours, and its entries.

    ``next`` is ``None`` in the open document, ``previous`` in the oldest one. ``since`` is the published date of its
    last change, if it is published.
    """

    name: str
    previous: str | None
    next: str | None
    entries: tuple[Entry, ...]
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class DocumentLinks:
    """The ``url`` at which a document will be served, and its neighbours in the terms of RFC 5005 §4.

    ``previous`` is its ``prev-archive``, ``next`` its ``next-archive``. ``current`` is the subscription document;
    only archive documents name it.
    """

    url: str
    previous: str | None = None
    next: str | None = None
    current: str | None = None

    @property
    def is_archive(self) -> bool:
        """Whether this is an archive document."""
        return self.current is not None

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """The links to the neighbours: relation and address."""
        links = (("current", self.current), ("prev-archive", self.previous), ("next-archive", self.next))
        return tuple((rel, href) for rel, href in links if href)


# The namespace of podcasts' UUIDs (podcast:guid).
_PODCASTS = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")


def podcast_guid(url: str) -> str:
    """Return the unique id of the podcast at this address (podcast:guid)."""
    return str(uuid5(_PODCASTS, url.partition("://")[2].rstrip("/")))


def guid_of(feed: Feed, place: DocumentLinks) -> str:
    """Return the guid of a podcast in its document at ``place``: the published one, or that of its RSS document."""
    if feed.guid:
        return feed.guid
    return podcast_guid((place.current or place.url).rpartition(".")[0] + ".rss")


def whole_seconds(time: datetime) -> datetime:
    """Return an aware time in whole seconds, with an offset in whole minutes, as RFC 3339 and 822 require.

    The offset of the source stays if it is a whole minute; otherwise (local mean time) the result is in UTC.
    """
    offset = time.utcoffset()
    assert offset is not None
    whole = time.replace(microsecond=0)
    return whole if offset % timedelta(minutes=1) == timedelta(0) else whole.astimezone(UTC)
