"""Renders feeds and their archive documents in each format, and the subscription list of all feeds (OPML 2.0)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from feedpub.articles.entry import Entry
from feedpub.core.spool import Spool
from feedpub.documents.channel import Channel, DocumentLinks, Feed, Page, Site, make_feed
from feedpub.documents.formats import OPML_NAME, OPML_TYPE, Document, OutputFormat, WriteContext


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An entry that cannot be written as XML, with the reason; its feeds are written without it."""

    entry: Entry
    reason: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """One rendered feed: its subscription documents, and the archive documents that may have changed.

    ``kept`` are the paths of the closed archive documents, which are not written again.
    """

    feed: Feed
    documents: tuple[Document, ...]
    archives: tuple[Document, ...]
    kept: tuple[str, ...]


class Renderer:
    """Renders the feeds of one build in each of the ``formats``.

    ``titles`` are the titles of feeds that are categories, by slug.
    """

    def __init__(self, site: Site, titles: Mapping[str, str], formats: Sequence[OutputFormat]) -> None:
        self._site = site
        self._formats = formats
        self._context = WriteContext(site, titles)
        self._spool = Spool()

    def quarantine(self, entries: Iterable[Entry]) -> tuple[Quarantined, ...]:
        """Return the ``entries`` that cannot be written, each with the reason."""
        return tuple(
            Quarantined(entry, reason)
            for entry in entries
            if (reason := self._context.syndicator.refusal(entry, self._site.author))
        )

    def forget(self) -> None:
        """Free what the feeds share, once all are rendered."""
        self._context.syndicator.forget()

    def render(self, feed: Feed, pages: Sequence[Page] = (), closed: Iterable[str] = ()) -> Rendered:
        """Return the documents of one feed and of its archive ``pages``, oldest first.

        ``closed`` are the names of the archive documents that stay as they are.
        """
        slug = feed.settings.slug
        newest = pages[-1].name if pages else None
        return Rendered(
            feed,
            documents=tuple(self._subscription(feed, newest, known) for known in self._formats),
            archives=tuple(self._archive(feed, page, known) for page in pages for known in self._formats),
            kept=tuple(f"{slug}.{page}.{known.name}" for page in closed for known in self._formats),
        )

    def opml(self, feeds: Sequence[Channel]) -> Document:
        """Return the subscription list of ``feeds``, in the format with the most support."""
        widest = max(self._formats, key=lambda known: known.support)
        data = opml(self._site, feeds, widest.name)
        return Document(OPML_NAME, "", OPML_TYPE, self._site.base_url + OPML_NAME, data)

    def _subscription(self, feed: Feed, newest: str | None, known: OutputFormat) -> Document:
        slug, name = feed.slug, known.name
        place = DocumentLinks(
            url=self._url(f"{slug}.{name}"),
            previous=self._url(f"{slug}.{newest}.{name}") if newest else None,
        )
        return self._document(feed, f"{slug}.{name}", place, known)

    def _archive(self, whole: Feed, page: Page, known: OutputFormat) -> Document:
        slug, name = whole.slug, known.name
        place = DocumentLinks(
            url=self._url(f"{slug}.{page.name}.{name}"),
            previous=self._url(f"{slug}.{page.previous}.{name}") if page.previous else None,
            next=self._url(f"{slug}.{page.next}.{name}") if page.next else None,
            current=self._url(f"{slug}.{name}"),
        )
        feed = make_feed(whole.settings, page.entries, self._site, since=page.since, guid=whole.guid)
        document = self._document(feed, f"{slug}.{page.name}.{name}", place, known)
        return replace(document, rendered=self._spool.put(document.data))

    def _document(self, feed: Feed, path: str, place: DocumentLinks, known: OutputFormat) -> Document:
        data = known.write(self._context, feed, place)
        return Document(path, feed.slug, known.media_type, place.url, data)

    def _url(self, path: str) -> str:
        return self._site.base_url + path


def opml(site: Site, feeds: Sequence[Channel], extension: str) -> bytes:
    """Return the list of ``feeds`` in the format with this ``extension``."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = site.title
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    for feed in feeds:
        # Readers only know type="rss", for all formats; they show the title.
        attributes = {
            "type": "rss",
            "text": feed.title,
            "title": f"{site.title}: {feed.title}",
            "description": feed.description,
            "xmlUrl": f"{site.base_url}{feed.slug}.{extension}",
            "htmlUrl": feed.link,
        }
        if feed.language:
            attributes["language"] = feed.language
        etree.SubElement(body, "outline", attributes)
    data: bytes = etree.tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=True)
    return data
