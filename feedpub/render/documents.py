"""What rendering gives, and the table of formats that it gives it in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from feedpub.config import Site
from feedpub.feeds import Entry, Feed, make_feed
from feedpub.render.syndication import Syndicator

MEDIA_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
}

_WRITERS: dict[str, Callable[[Syndicator, Feed, str], bytes]] = {
    "rss": Syndicator.rss,
    "atom": Syndicator.atom,
}


@dataclass(frozen=True, slots=True)
class Document:
    """Rendered bytes. ``path`` is relative to the output folder; ``url`` is where it will be served."""

    path: str
    feed: str
    media_type: str
    url: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An entry that cannot be written as XML, with the reason; its feeds are written without it."""

    entry: Entry
    reason: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """One feed as it is written: without the entries that were quarantined, and its documents."""

    feed: Feed
    documents: tuple[Document, ...]
    quarantined: tuple[Quarantined, ...]


def render(feeds: Iterable[Feed], site: Site, formats: Iterable[str]) -> Iterator[Rendered]:
    """Render each feed in each of the ``formats``. An entry that stands in several feeds is built once."""
    names = tuple(formats)
    feeds = tuple(feeds)
    titles = {feed.settings.slug: feed.settings.title for feed in feeds if feed.settings.selective}
    syndicator = Syndicator(site, titles)
    for feed in feeds:
        refused = tuple(
            Quarantined(entry, reason) for entry in feed.entries if (reason := syndicator.refusal(entry, feed))
        )
        if refused:
            bad = {quarantined.entry.article.id for quarantined in refused}
            entries = (entry for entry in feed.entries if entry.article.id not in bad)
            feed = make_feed(feed.settings, entries, site)  # noqa: PLW2901 - it is the feed from here on
        documents = tuple(_document(syndicator, feed, site, name) for name in names)
        yield Rendered(feed, documents, refused)


def _document(syndicator: Syndicator, feed: Feed, site: Site, name: str) -> Document:
    path = f"{feed.settings.slug}.{name}"
    url = site.base_url + path
    return Document(path, feed.settings.slug, MEDIA_TYPES[name], url, _WRITERS[name](syndicator, feed, url))
