"""What the templates get: frozen values, all worked out before a template sees them.

Each text is plain and is escaped by the template; only ``Item.content`` is HTML, which was made safe. Addresses without
a scheme are relative to the output folder, to which ``Page.root`` leads.
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
    """Return the ``dir`` of a text: right to left where its language says so, else for the browser to see."""
    parts = (language or "").lower().split("-")
    return "rtl" if parts[0] in _RIGHT_TO_LEFT and "latn" not in parts else "auto"


@dataclass(frozen=True, slots=True)
class Address:
    """A feed document: the ``name`` of its format as people know it, its media type, and where it is served."""

    name: str
    media_type: str
    url: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who wrote an article."""

    name: str
    uri: str | None


@dataclass(frozen=True, slots=True)
class File:
    """A file that belongs to an article; ``length`` in bytes, 0 where it is not known, ``name`` as people know it."""

    url: str
    type: str
    length: int
    name: str


@dataclass(frozen=True, slots=True)
class Topic:
    """A feed as pages see it.

    ``page`` is its page, empty where it has none. ``formats`` are its documents, the one to offer first. ``newest`` is
    its newest article, ``icon`` its small picture and ``image`` a larger one, ``moved_to`` the address that took its
    place, ``license`` the address of its licence.
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
    """An article as pages see it.

    ``digits`` stand for its id. ``page`` is its page, empty where it has none. ``link`` is its own address and ``site``
    the host of that, ``None`` for an article without one. ``topics`` are the feeds that chose it, on the page of a feed
    only the others. ``picture`` is what is known of the ``image``. ``content`` is empty on the page of a feed. ``mark``
    is ``draft`` or ``held`` in a preview that shows such, and empty in what is published.
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
    """The page before or after one: of a feed's, or of an article in the subscription document."""

    page: str
    title: str
    language: str | None
    dir: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page says of itself.

    ``path`` is its name in the output folder and ``url`` where it is served; ``canonical`` is the address that search
    engines are to keep, where it is another one. ``topics`` are the feeds that it offers to browsers, the main one
    first. ``part`` names the page of an archive, and is empty otherwise. ``icon`` and ``image`` are the addresses of
    pictures: a small one of the feed or the site, ``None`` where it is ours, and one to show where the page is shared.
    ``license`` is the address of the licence of what is on it, ``picture`` what is known of ``image``.
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
        """Whether search engines are asked to pass over it."""
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
