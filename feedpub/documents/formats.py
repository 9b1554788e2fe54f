"""The formats of documents: their names, media types and sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from feedpub.articles.entry import Entry
from feedpub.core.spool import Aside
from feedpub.documents.channel import Channel, Site

FORMATS = ("rss", "atom", "json")


DEFAULT_FORMATS = ("rss", "atom")


HEAD_MARKUP = 1_500
"""Bytes that a document has around its entries, without the texts of its feed."""


ENTRY_MARKUP = 500
"""Bytes that an entry has around its texts: tags, dates, indentation."""


PART_MARKUP = 120
"""Bytes that each author, category and enclosure of an entry has around its texts."""


def head_size(feed: Channel, site: Site) -> int:
    """Return an upper bound on the bytes of a document of ``feed`` without its entries."""
    author = feed.author
    texts = (feed.title, site.title, feed.description, feed.description, feed.rights, feed.rights)
    addresses = (feed.link, feed.link, *[site.base_url] * 5, site.id_authority)
    people = (author.name, author.name, author.email, author.email, author.uri)
    return HEAD_MARKUP + sum(text_size(text) for text in (*texts, *addresses, *people) if text)


def entry_size(entry: Entry, feed: Channel, titles: Mapping[str, str]) -> int:
    """Return an upper bound on the bytes of ``entry`` in a document of ``feed``, in whichever format."""
    article, content = entry.article, entry.content
    authors = article.authors or (feed.author,)
    categories = entry.categories(titles)
    # RSS carries the summary as HTML, so it is escaped twice.
    texts = [content.html, content.summary.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")]
    texts += [article.id, article.title, article.link or "", article.image or "", *categories]
    texts += [
        part for author in authors for part in (author.name, author.name, author.email, author.uri) if part
    ]
    texts += [part for enclosure in article.enclosures for part in (enclosure.url, enclosure.type)]
    if article.via:
        texts += [part for part in (article.via.title, article.via.id, article.via.url) if part]
    parts = len(authors) + len(categories) + len(article.enclosures)
    return ENTRY_MARKUP + PART_MARKUP * parts + sum(map(text_size, texts))


def text_size(text: str) -> int:
    """Return an upper bound on the bytes of ``text`` in UTF-8 when it is escaped for XML or JSON."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    breaks = text.count("\n") + text.count("\r") + text.count("\t")
    quotes = text.count('"')
    # "&amp;" adds 4 and "&lt;" 3; in an attribute '"' becomes "&quot;" and a line break "&#10;".
    xml = 4 * (text.count("&") + breaks) + 3 * (text.count("<") + text.count(">")) + 5 * quotes
    json = quotes + text.count("\\") + breaks
    return size + max(xml, json)


MEDIA_TYPES = {
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


@dataclass(frozen=True, slots=True)
class Document:
    """Rendered bytes. ``path`` is relative to the output folder; ``url`` is where it will be served."""

    path: str
    feed: str
    media_type: str
    url: str
    rendered: bytes | Aside

    @property
    def data(self) -> bytes:
        """The bytes; those of archive documents are put aside until they are asked for."""
        return self.rendered if isinstance(self.rendered, bytes) else self.rendered.read()


OPML_NAME = "subscriptions.opml"


OPML_TYPE = "text/x-opml"
