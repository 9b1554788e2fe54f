"""The values that templates get. All are frozen and computed before a template sees them.

Texts are plain, and the template escapes them; only ``Item.content`` is HTML, which was sanitised. Addresses without
a scheme are relative to the output folder; ``Page.root`` is the relative path to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal, TypeAlias

from markupsafe import Markup

from feedpub.articles.article import Mark, Picture

Kind: TypeAlias = Literal["index", "feed", "article", "missing", "moved", "withdrawn", "report"]

_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"})


@lru_cache(maxsize=256)
def direction(language: str | None) -> str:
    """Return the ``dir`` of a text: right to left if its language is, otherwise the browser decides."""
    parts = (language or "").lower().split("-")
    return "rtl" if parts[0] in _RIGHT_TO_LEFT and "latn" not in parts else "auto"


@dataclass(frozen=True, slots=True)
class Address:
    """A feed document: the usual ``name`` of its format, its media type, and its address."""

    name: str
    media_type: str
    url: str


@dataclass(frozen=True, slots=True)
class Person:
    """An author of an article."""

    name: str
    uri: str | None


@dataclass(frozen=True, slots=True)
class File:
    """A file that belongs to an article; ``length`` in bytes, 0 if unknown; ``name`` is for people."""

    url: str
    type: str
    length: int
    name: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A feed in the form that pages need.

    ``page`` is its page, empty if it has none. ``formats`` are its documents; the first is offered to people.
    ``newest`` is its newest article, ``icon`` its small picture and ``image`` a larger one, ``moved_to`` the address
    that replaces it, ``license`` the address of its licence.
    """

    slug: str
    title: str
    full_title: str
    description: str
    language: str | None
    page: str
    formats: tuple[Address, ...]
    newest: Item | None = None
    icon: str | None = None
    image: str | None = None
    moved_to: str | None = None
    license: str | None = None

    @property
    def dir(self) -> str:
        """The direction of its texts."""
        return direction(self.language)


@dataclass(frozen=True, slots=True)
class Item:
    """An article in the form that pages need.

    ``digits`` are made from its id. ``page`` is its page, empty if it has none. ``link`` is its own address and
    ``site`` the host of that address, both ``None`` without one. ``topics`` are the feeds that chose it; on the page of
    a feed, the other ones. ``picture`` is what is known about the ``image``. ``content`` is empty on the page of a
    feed. ``mark`` is ``draft`` or ``held`` in a preview with drafts, and empty on published pages.
    """

    digits: str
    title: str
    published: datetime
    updated: datetime
    summary: str
    language: str | None
    page: str
    link: str | None
    site: str | None
    authors: tuple[Person, ...]
    image: str | None
    picture: Picture
    content: Markup
    files: tuple[File, ...]
    topics: tuple[Topic, ...]
    mark: Mark = ""

    @property
    def dir(self) -> str:
        """The direction of its texts."""
        return direction(self.language)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The previous or next page: of a feed's archive, or of an article in the subscription document."""

    page: str
    title: str
    language: str | None
    dir: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says about itself.

    ``path`` is its name in the output folder and ``url`` its address; ``canonical`` is the address for search engines,
    if it is another one. ``topics`` are the feeds that it offers to browsers, the main one first. ``part`` names the
    archive document of a page, and is empty otherwise. ``icon`` is the address of the icon of the feed or the site,
    ``None`` for ours. ``image`` is the address of a picture for shared links, and ``picture`` what is known about it.
    ``license`` is the address of the licence of its content.
    """

    kind: Kind
    path: str
    url: str
    root: str
    title: str
    description: str
    topics: tuple[Topic, ...]
    part: str = ""
    canonical: str = ""
    icon: str | None = None
    image: str | None = None
    newer: Neighbour | None = None
    older: Neighbour | None = None
    license: str | None = None
    picture: Picture | None = None

    @property
    def unlisted(self) -> bool:
        """Whether search engines are asked not to index it."""
        return self.kind in ("missing", "moved", "withdrawn", "report")


@dataclass(frozen=True, slots=True)
class Site:
    """What all pages share: the site's name, the list of its feeds, and the names of style sheet and icon.

    ``icon`` is ours, in the output folder.
    """

    title: str
    language: str | None
    rights: str | None
    url: str
    opml: str
    style: str
    icon: str

    @property
    def dir(self) -> str:
        """The direction of its name."""
        return direction(self.language)
