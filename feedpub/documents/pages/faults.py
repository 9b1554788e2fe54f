"""Checks pages before they are published, with a linear scan of their tags.

Relative links in a page lead to the published set, because bodies of articles contain only absolute addresses. So each
such link must have a target there, including the fragment, and so must each feed that a page offers to browsers.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from feedpub.documents.formats import Document

# Templates and the sanitiser quote all values and escape < and > in them, so this finds each tag and is linear.
_TAG = re.compile(r"<([a-z][a-z0-9]*)((?:\s+[^\s\"<>=]+(?:=\"[^\"]*\")?)*)\s*/?>")
_ATTRIBUTE = re.compile(r"([^\s\"<>=]+)=\"([^\"]*)\"")
_OPENING = re.compile(r"<[a-zA-Z]")
_DATA = '<script type="application/ld+json">'  # browsers do not run it
_ADDRESSES = frozenset({"href", "src", "poster"})
# Paths that lead straight down from a folder, or up from its only level; all others are resolved by RFC 3986.
_STRAIGHT = re.compile(r"(?:\w[\w.-]*/)*\w[\w.-]*", re.ASCII)


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
    told = (_told(name, written) for name, written in _TAG.findall(text) if written)
    return [each.own for each in told if each.own is not None]


@dataclass(frozen=True)
class _Site:
    """The targets of links: ``pages`` by name, and the names of all other files."""

    pages: Mapping[str, Document]
    names: Collection[str]
    base: str
    _known: dict[str, Collection[str]] = field(default_factory=dict)

    def anchors(self, name: str) -> Collection[str]:
        """Return the ids in a page; this is needed for few pages."""
        if name not in self._known:
            self._known[name] = _anchors(_text(self.pages[name]))
        return self._known[name]


class _Told(NamedTuple):
    """A tag: its id, the addresses in it, and why no page may have it."""

    own: str | None
    addresses: tuple[tuple[str, str | None], ...]
    reasons: tuple[str, ...]


# Most tags come from templates and are the same on each page.
@lru_cache(maxsize=4_096)
def _told(name: str, written: str) -> _Told:
    attributes = {key: unescape(value) for key, value in _ATTRIBUTE.findall(written)}
    rel = attributes.get("rel")
    reasons = [f"it has a {name} element"] if name in ("script", "style") else []
    reasons += [f"it has the attribute {key}" for key in attributes if key.startswith("on") or key == "style"]
    addresses = tuple((value, rel) for key, value in attributes.items() if key in _ADDRESSES)
    return _Told(attributes.get("id"), addresses, tuple(reasons))


def _faults(path: str, text: str, site: _Site) -> Iterator[tuple[int, str]]:
    if not text.startswith("<!doctype html>\n"):
        yield 0, "it does not begin with a document type"
    if not _is_sound(path, text, site):
        yield from _of_tags(path, text, site)


def _of_tags(path: str, text: str, site: _Site) -> Iterator[tuple[int, str]]:
    own = frozenset(_anchors(text))
    seen: set[str] = set()
    end = 0
    for tag in _TAG.finditer(text):
        if broken := _OPENING.search(text, end, tag.start()):
            yield broken.start(), "a tag is broken"
        end = tag.end()
        if tag[0] == _DATA:
            continue
        told = _told(tag[1], tag[2])
        if told.own is not None:
            if told.own in seen:
                yield tag.start(), f"the id {told.own!r} is used twice"
            seen.add(told.own)
        for reason in told.reasons:
            yield tag.start(), reason
        for address, rel in told.addresses:
            if why := _unanswered(path, address, rel, site, own):
                yield tag.start(), why
    if broken := _OPENING.search(text, end):
        yield broken.start(), "a tag is broken"


def _is_sound(path: str, text: str, site: _Site) -> bool:
    """Say whether certainly nothing is wrong, without looking at positions. This is true of almost all pages."""
    tags = _TAG.findall(text)
    # Each tag has one opening bracket, so if there are as many of them as tags, none is broken.
    if len(_OPENING.findall(text)) != len(tags):
        return False
    told = [_told(*tag) for tag in tags if tag[1] or tag[0] in ("script", "style")]
    ids = [each.own for each in told if each.own is not None]
    own = frozenset(ids)
    if len(ids) != len(own) or sum(len(each.reasons) for each in told) != text.count(_DATA):
        return False
    addresses = {address for each in told for address in each.addresses}
    return not any(_unanswered(path, address, rel, site, own) for address, rel in addresses)


def _unanswered(path: str, address: str, rel: str | None, site: _Site, own: Collection[str]) -> str:
    """Return why the link to ``address`` is broken in a page with its ``own`` ids, or an empty text."""
    if (address[:1] == "#" and address[1:] in own) or _leads_straight(path, address, site):
        return ""
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


def _leads_straight(path: str, address: str, site: _Site) -> bool:
    """Say whether ``address`` is plainly that of a page or file; others take more time to check."""
    if address.startswith(site.base):
        name = address.removeprefix(site.base)
    else:
        folder, _, _ = path.rpartition("/")
        if folder and "/" not in folder and address.startswith("../"):
            folder, address = "", address[3:]
        name = f"{folder}/{address}" if folder else address
    return _STRAIGHT.fullmatch(name) is not None and (name in site.pages or name in site.names)
