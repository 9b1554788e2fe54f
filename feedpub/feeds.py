"""Which articles stand in a feed, in which order: select, order, limit. Bytes are not made here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from feedpub.article import Article
from feedpub.config import Site
from feedpub.config.settings import Channel
from feedpub.content import Content, StoredContent, content_of
from feedpub.core.feed_values import web_address
from feedpub.core.spool import Spool


@dataclass(frozen=True, slots=True)
class Selected:
    """An article that feeds took; ``feeds`` are the slugs of all of them."""

    article: Article
    feeds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """An article as it stands in feeds, the same in each: with its content, under the id subscribers know.

    ``dated`` is the time that its source gives it now, where subscribers know it under another.
    """

    article: Article
    feeds: tuple[str, ...]
    content: Content | StoredContent
    dated: datetime | None = None

    @property
    def updated(self) -> datetime:
        """When the entry last changed: the article's own word for it, else its publication."""
        return self.article.updated or self.article.published

    def categories(self, titles: Mapping[str, str]) -> tuple[str, ...]:
        """Return the article's own categories and the ``titles`` of its feeds (by slug), each once."""
        of_feeds = (titles[slug] for slug in self.feeds if slug in titles)
        return tuple(dict.fromkeys((*self.article.categories, *of_feeds)))


def make_entry(selected: Selected | Entry) -> Entry:
    """Return an article as it stands in feeds: its body as content, its addresses such as every format can carry.

    What is an entry already stays as it is.
    Sources have seen to the addresses, and given notice of each that they mended or left out. But an article may
    come from elsewhere, and one address that a format does not allow would cost the whole feed.
    """
    if isinstance(selected, Entry):
        return selected
    article = selected.article
    if article.link or article.image or article.enclosures or article.via or article.authors:
        enclosures = ((enclosure, web_address(enclosure.url)) for enclosure in article.enclosures)
        via = article.via
        article = replace(
            article,
            link=_address(article.link),
            image=_address(article.image),
            enclosures=tuple(replace(enclosure, url=url) for enclosure, url in enclosures if url),
            via=replace(via, url=_address(via.url)) if via else None,
            authors=tuple(replace(author, uri=_address(author.uri)) for author in article.authors),
        )
    return Entry(article, selected.feeds, content_of(article))


def put_aside(entry: Entry, spool: Spool) -> Entry:
    """Return ``entry`` with its texts put aside, for the time until it is rendered."""
    content = StoredContent.of(Content(entry.content.html, entry.content.summary), spool)
    return replace(entry, article=replace(entry.article, body="", summary=None), content=content)


def _address(text: str | None) -> str | None:
    return web_address(text) if text else None


@dataclass(frozen=True, slots=True)
class Feed:
    """A selection of entries with its metadata: newest first, ties in the order of their ids.

    ``full`` says that older entries may have been left out for want of room.
    """

    settings: Channel
    entries: tuple[Entry, ...]
    updated: datetime
    full: bool = False

    @property
    def slug(self) -> str:
        """The feed's name in the config and in the addresses of its documents."""
        return self.settings.slug


class Selection:
    """The newest ``limit`` articles of one feed, or all, gathered from a stream in any order.

    It holds at most twice the limit, whatever the length of the stream, and what it keeps does not depend on
    the order in which they were offered.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._kept: list[tuple[float, str, Selected | Entry]] = []
        self.floor = float("-inf")
        """What was published before this (in epoch seconds) is not among the newest any more."""

    def offer(self, instant: float, selected: Selected | Entry) -> None:
        """Take ``selected``, published at ``instant`` (epoch seconds), if it may be among the newest."""
        if instant < self.floor:
            return
        self._kept.append((-instant, selected.article.id, selected))
        if self._limit is not None and len(self._kept) >= 2 * self._limit:
            self._cut()

    def newest(self) -> tuple[Selected | Entry, ...]:
        """Return what was kept: newest first, ties by id."""
        self._cut()
        return tuple(selected for _, _, selected in self._kept)

    def _cut(self) -> None:
        self._kept.sort(key=lambda kept: kept[:2])
        if self._limit is None:
            return
        del self._kept[self._limit :]
        if len(self._kept) == self._limit:
            self.floor = -self._kept[-1][0]


def newest_first(entries: Iterable[Entry]) -> list[Entry]:
    """Return ``entries`` in the order of a feed."""
    return sorted(entries, key=lambda entry: (-entry.article.published.timestamp(), entry.article.id))


def make_feed(
    settings: Channel,
    entries: Iterable[Entry],
    site: Site,
    *,
    full: bool = False,
    since: datetime | None = None,
) -> Feed:
    """Order ``entries`` and date the feed by the one that changed last; an empty feed by the site's epoch.

    ``since`` is what its document says of when it changed, where it is published: it never goes back behind that, as
    it would when an entry is removed, or pushed out by an older one that comes late.
    """
    ordered = tuple(newest_first(entries))
    updated = max((entry.updated for entry in ordered), default=site.epoch)
    if since is not None:
        updated = max(updated, since)
    return Feed(settings, ordered, updated, full)
