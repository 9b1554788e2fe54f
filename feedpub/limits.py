"""How many of a feed's newest entries its subscription document holds, and what any document has room for. Pure.

This is decided before rendering, so that dating, guards and archives all see the same cut: an entry's size is not
measured but estimated from above, as its texts the way the costliest format escapes them, and a constant for the
markup around them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

from feedpub.articles.entry import Entry
from feedpub.config import FeedSettings
from feedpub.documents.channel import Channel, Site

HEAD_MARKUP = 1_500
"""Bytes that a document has around its entries, without the texts of its feed."""

ENTRY_MARKUP = 500
"""Bytes that an entry has around its texts: tags, dates, indentation."""

PART_MARKUP = 120
"""Bytes that each author, category and enclosure of an entry has around its texts."""


def fitting(entries: Sequence[Entry], feed: FeedSettings, site: Site, titles: Mapping[str, str]) -> int:
    """Return how many of ``entries`` (newest first) the subscription document of ``feed`` holds.

    At most ``max_items`` of them, and as many as fit into ``max_bytes`` in every format; but never none, since a
    feed with one entry that is too long is of more use than an empty one. ``titles`` are the categories that
    feeds are, by slug.
    """
    newest = entries[: feed.max_items]
    sizes = accumulate((entry_size(entry, feed, titles) for entry in newest), initial=head_size(feed, site))
    held = sum(size <= feed.max_bytes for size in sizes) - 1
    return max(held, min(1, len(newest)))


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
