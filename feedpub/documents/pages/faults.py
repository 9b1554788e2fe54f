"""Why a page must not be published: a scan of its tags, linear in their length.

What is relative in a page leads to the published set, as bodies of articles have absolute addresses only. So each such
link has to be answered there, fragment included, and so has each feed that a page offers to browsers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

from feedpub.documents.formats import Document

# Templates and the sanitiser quote all values and escape < and > in them, so that this finds each tag and stays linear.
_TAG = re.compile(r"<([a-z][a-z0-9]*)((?:\s+[^\s\"<>=]+(?:=\"[^\"]*\")?)*)\s*/?>")
_ATTRIBUTE = re.compile(r"([^\s\"<>=]+)=\"([^\"]*)\"")
_OPENING = re.compile(r"<[a-zA-Z]")
_DATA = '<script type="application/ld+json">'  # which no browser runs
_ADDRESSES = frozenset({"href", "src", "poster"})


def page_faults(
    pages: Sequence[Document], names: Collection[str], base: str
) -> Iterator[tuple[str, int, str]]:
    """Yield name, line and reason of each fault in HTML ``pages`` that are served under ``base``.

    ``names`` are all other files of the published set.
    """
    site = _Site({page.path: page for page in pages}, names, base)
    for page in pages:
        text = _text(page)
        for offset, reason in _faults(page.path, text, site):
            yield page.path, text.count("\n", 0, offset) + 1, reason


def _text(page: Document) -> str:
    return page.data.decode("utf-8", "surrogatepass")


def _anchors(text: str) -> list[str]:
    return [
        unescape(value)
        for tag in _TAG.finditer(text)
        for key, value in _ATTRIBUTE.findall(tag[2])
        if key == "id"
    ]


@dataclass(frozen=True)
class _Site:
    """What links can lead to: ``pages`` by name, and the names of all other files."""

    pages: Mapping[str, Document]
    names: Collection[str]
    base: str
    _known: dict[str, Collection[str]] = field(default_factory=dict)

    def anchors(self, name: str) -> Collection[str]:
        """Return the ids in a page; few pages are asked for them."""
        if name not in self._known:
            self._known[name] = _anchors(_text(self.pages[name]))
        return self._known[name]


def _faults(path: str, text: str, site: _Site) -> Iterator[tuple[int, str]]:
    if not text.startswith("<!doctype html>\n"):
        yield 0, "it does not begin with a document type"
    seen: set[str] = set()
    end = 0
    for tag in _TAG.finditer(text):
        if broken := _OPENING.search(text, end, tag.start()):
            yield broken.start(), "a tag is broken"
        end = tag.end()
        if tag[0] == _DATA:
            continue
        attributes = {key: unescape(value) for key, value in _ATTRIBUTE.findall(tag[2])}
        if (own := attributes.get("id")) is not None:
            if own in seen:
                yield tag.start(), f"the id {own!r} is used twice"
            seen.add(own)
        for reason in _of_tag(path, tag[1], attributes, site):
            yield tag.start(), reason
    if broken := _OPENING.search(text, end):
        yield broken.start(), "a tag is broken"


def _of_tag(path: str, name: str, attributes: Mapping[str, str], site: _Site) -> Iterator[str]:
    if name in ("script", "style"):
        yield f"it has a {name} element"
    for key, value in attributes.items():
        if key.startswith("on") or key == "style":
            yield f"it has the attribute {key}"
        if key in _ADDRESSES and (why := _unanswered(path, value, site, attributes.get("rel"))):
            yield why


def _unanswered(path: str, address: str, site: _Site, rel: str | None) -> str:
    """Return why ``address`` leads nowhere, or an empty text."""
    parts = urlsplit(address)
    if rel != "alternate" and (parts.scheme or parts.netloc):
        return ""
    leads = urljoin(site.base + path, address)
    name, _, fragment = leads.removeprefix(site.base).partition("#")
    if not leads.startswith(site.base) or (name not in site.pages and unquote(name) not in site.names):
        return f"the link to {address} leads to nothing that is published"
    if not fragment or name not in site.pages:
        return ""
    return "" if fragment in site.anchors(name) else f"the link to {address} leads to no place in that page"
