"""What rendering gives, and the table of formats that it gives it in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from feedpub.config import Site
from feedpub.feeds import Entry, Feed, make_feed
from feedpub.render.jsonfeed import json_feed
from feedpub.render.syndication import Syndicator

MEDIA_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


_Writer = Callable[[Feed, str], bytes]


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


def render(feeds: Iterable[Feed], site: Site, formats: Sequence[str]) -> Iterator[Rendered]:
    """Render each feed in each of the ``formats``. An entry that stands in several feeds is built once."""
    feeds = tuple(feeds)
    titles = {feed.settings.slug: feed.settings.title for feed in feeds if feed.settings.selective}
    syndicator = Syndicator(site, titles)
    writers: dict[str, _Writer] = {
        "rss": syndicator.rss,
        "atom": syndicator.atom,
        "json": lambda feed, url: json_feed(feed, site, url, titles),
    }
    for feed in feeds:
        refused = tuple(
            Quarantined(entry, reason)
            for entry in feed.entries
            if (reason := syndicator.refusal(entry, feed))
        )
        if refused:
            bad = {quarantined.entry.article.id for quarantined in refused}
            entries = (entry for entry in feed.entries if entry.article.id not in bad)
            feed = make_feed(feed.settings, entries, site)  # noqa: PLW2901 - it is the feed from here on
        documents = tuple(_document(writers[name], feed, site, name) for name in formats)
        yield Rendered(feed, documents, refused)


def _document(write: _Writer, feed: Feed, site: Site, name: str) -> Document:
    path = f"{feed.settings.slug}.{name}"
    url = site.base_url + path
    return Document(path, feed.settings.slug, MEDIA_TYPES[name], url, write(feed, url))
