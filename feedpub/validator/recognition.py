"""Which files are feeds, by their names and their first bytes; for folders and for the pre-commit hook.

A file with a conventional name for feeds always counts, because a broken feed may no longer look like one. Other XML
and JSON files count if they look like feeds.
"""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath
from typing import Final

from feedpub.validator._source_text import decode

HEAD: Final = 1 << 20
"""The number of bytes from the start of a file for :func:`kind_of`."""


class Kind(StrEnum):
    """What a file contains. The value is the name for people."""

    FEED = "feed"
    EMPTY = "empty file"
    COMPRESSED = "compressed file"
    TEXT = "neither XML nor JSON"
    HTML = "HTML page"
    TEMPLATE = "template of a site generator"
    RSS_1 = "RSS 1.0 or 0.90, which is not checked"
    XML = "other XML"
    JSON = "other JSON"


_SUFFIXES: Final = frozenset({".rss", ".atom", ".jsonfeed"})
# Folders contain other files with these suffixes, such as sitemaps and manifests.
_PERHAPS: Final = frozenset({".xml", ".json", ".rdf"})
_CONVENTIONAL: Final = re.compile(r"(?:.+\.)?(?:feed|rss2?|atom)\.xml|podcast\.xml|feed\.json")
# File names that programs use for addresses without a suffix, such as /feed/.
_BARE: Final = frozenset({"feed", "rss", "atom"})
_PAGES: Final = frozenset({"index.html", "index.htm"})
# Generators give this name to the feed of a whole site, but also to documentation and sitemaps.
_INDEX: Final = "index.xml"


def may_be_feed(file: str) -> bool:
    """Tell whether a file in a folder may be a feed, by its name."""
    # A compressed copy is opened, too, to be named among the skipped files: it may be the only copy.
    path = PurePath(file.lower().removesuffix(".gz"))
    return (
        path.suffix in _SUFFIXES | _PERHAPS
        or path.name in _BARE
        or (path.name in _PAGES and path.parent.name in _BARE)
    )


def passed_over(file: str, head: bytes) -> Kind | None:
    """Return what a file is if it is not validated, None for a feed; ``head`` is its first :data:`HEAD` bytes."""
    kind = kind_of(head)
    if kind is Kind.FEED:
        return None
    if kind in {Kind.TEMPLATE, Kind.RSS_1}:
        return kind
    path = PurePath(file.lower())
    counts = (
        path.suffix in _SUFFIXES
        or _CONVENTIONAL.fullmatch(path.name) is not None
        or (path.name == _INDEX and kind not in {Kind.XML, Kind.JSON})
    )
    return None if counts else kind


_GZIP: Final = b"\x1f\x8b"
_PROLOG: Final = re.compile(
    rb"""(?:\s++|<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^<>\[\]"']|"[^"]*+"|'[^']*+'|\[.*?\]\s*+(?=>))*+>)*+""",
    re.DOTALL | re.IGNORECASE,
)
_TAG: Final = re.compile(rb"<(?:[^\s<>/:!?]++:)?([^\s<>/:!?]++)([^>]*)")
# The first tags of a page, and those of an error message that a server wrote before a feed.
_PAGE_TYPE: Final = re.compile(rb"<!DOCTYPE\s+html\b", re.IGNORECASE)
_OF_PAGES: Final = frozenset({b"html", b"head", b"body"})
_OF_COMPLAINTS: Final = frozenset({b"br", b"b", b"p", b"div", b"pre", b"font", b"table", b"center", b"h1"})
_FEED_ANYWHERE: Final = re.compile(rb"<rss[\s>]|<(?:[\w.-]+:)?feed\s[^<>]*w3\.org/2005/Atom")
_OF_RSS_1: Final = re.compile(rb"purl\.org/rss/1\.0/[\"']|netscape\.com/rdf/simple/0\.9/")
_JSON_FEED: Final = re.compile(rb'jsonfeed\.org/version|"items"\s*:')
_OF_JSON_FEED: Final = re.compile(
    rb'jsonfeed\.org/version|"(?:content_html|content_text|home_page_url|feed_url)"\s*:'
)


def kind_of(head: bytes) -> Kind:
    """Return what a file contains, by its first :data:`HEAD` bytes."""
    if head.startswith(_GZIP):
        return Kind.COMPRESSED
    # Without its zero bytes, UTF-16 without a byte order mark reads like ASCII.
    text = decode(head).data.replace(b"\0", b"").lstrip()
    if not text:
        return Kind.EMPTY
    if is_template(text):
        return Kind.TEMPLATE
    return _json_kind(text) if text[:1] in {b"{", b"["} else xml_kind(text)


def _json_kind(text: bytes) -> Kind:
    return Kind.FEED if _JSON_FEED.search(text) and _OF_JSON_FEED.search(text) else Kind.JSON


def xml_kind(text: bytes) -> Kind:
    """Return what a text in UTF-8 that is not JSON contains, by its first element."""
    start = _PROLOG.match(text)
    assert start is not None
    if _PAGE_TYPE.search(text, 0, start.end()):
        return Kind.HTML
    tag = _TAG.match(text, start.end())
    if tag is None or tag[1].lower() in _OF_COMPLAINTS:
        return Kind.FEED if _FEED_ANYWHERE.search(text) else Kind.TEXT
    name, attributes = tag[1].lower(), tag[2]
    if name in {b"rss", b"feed"} or (name == b"entry" and b"w3.org/2005/Atom" in attributes):
        return Kind.FEED
    if name == b"rdf" and _OF_RSS_1.search(attributes):
        return Kind.RSS_1
    return Kind.HTML if name in _OF_PAGES else Kind.XML


# Tags of Hugo, Jekyll, Zola and others, and the front matter that makes Jekyll process a file.
_TEMPLATE_START: Final = re.compile(rb"\{\{|\{%|---[ \t]*\r?\n")
# A tag that is a whole value, or is between elements. Tags within a text may be from an article about templates.
_TEMPLATE_TAG: Final = re.compile(
    rb"""[>"']\s*\{\{[^{}<>]*+\}\}\s*[<"']|>\s*\{%-?\s*\w[^<>]*?%\}|(?<!\\)"\s*:\s*\{[{%]"""
)
_CONTENT: Final = re.compile(rb"""<(?:[\w.-]+:)?(?:item|entry)[\s>]|"items"\s*:""")
_LONGEST_START: Final = 1 << 14


def is_template(text: bytes) -> bool:
    """Tell whether a text is a template for a feed, that is, whether there are template tags before its first entry."""
    if _TEMPLATE_START.match(text):
        return True
    if b"{{" not in text and b"{%" not in text:
        return False
    content = _CONTENT.search(text)
    return _TEMPLATE_TAG.search(text, 0, content.start() if content else _LONGEST_START) is not None
