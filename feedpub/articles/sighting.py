"""Sightings: what must be known about every article. Only published articles are needed in full."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from feedpub.articles.article import Article, FeedSource, Mark, Origin, Plain
from feedpub.text.similarity import fingerprint

PART = 40
"""How many bits of the digests of id, link and enclosures are stored."""
BODY = 128
"""How many bits of the digest of a body are stored, after those of its title."""


class Told(Protocol):
    """What an article and its :class:`Sighting` have in common."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def source_title(self) -> str: ...
    @property
    def published(self) -> datetime: ...
    @property
    def origin(self) -> Origin: ...
    @property
    def updated(self) -> datetime | None: ...
    @property
    def key(self) -> str | None: ...
    @property
    def link(self) -> str | None: ...
    @property
    def version(self) -> int | None: ...
    @property
    def due(self) -> datetime | None: ...
    @property
    def expires(self) -> datetime | None: ...
    @property
    def former(self) -> str | None: ...
    @property
    def feed(self) -> str: ...
    @property
    def categories(self) -> tuple[str, ...]: ...
    @property
    def via(self) -> FeedSource | None: ...
    @property
    def undated(self) -> bool: ...
    @property
    def beside(self) -> tuple[str, ...]: ...
    @property
    def feeds(self) -> tuple[str, ...]: ...
    @property
    def not_feeds(self) -> tuple[str, ...]: ...
    @property
    def plays(self) -> bool: ...


class Sighting(NamedTuple):
    """An article without its texts: some fields of :class:`Article`, and digests of all others.

    ``size`` is the length of the body. ``text``, of 28 bytes, is a digest of title and body, ``own`` of id, link and
    enclosures (each 0 if there are none), ``rest`` of everything else; ``undue`` is what ``rest`` would be without
    ``updated``.
    """

    id: str
    title: str
    published: datetime
    origin: Origin
    size: int
    text: int
    own: int = 0
    rest: int = 0
    undue: int = 0
    updated: datetime | None = None
    key: str | None = None
    link: str | None = None
    version: int | None = None
    due: datetime | None = None
    expires: datetime | None = None
    former: str | None = None
    feed: str = ""
    categories: tuple[str, ...] = ()
    via: FeedSource | None = None
    undated: bool = False
    mark: Mark = ""
    beside: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    not_feeds: tuple[str, ...] = ()
    plays: bool = False

    @property
    def source_title(self) -> str:
        """The original title in the source; no other is known here."""
        return self.title

    @classmethod
    def of(cls, article: Article | Plain) -> Sighting:
        """Return the sighting of ``article``."""
        if isinstance(article, Plain):
            identity, title, body, published, origin = article
            return cls(identity, title, published, origin, len(body), _text(title, body))
        text, size = _text(article.source_title, article.source_body), len(article.source_body)
        # Most articles are plain and have no other fields.
        if not (
            article.key or article.link or article.updated or article.feed or article.categories
            or article.authors or article.language or article.summary or article.image or article.enclosures
            or article.via or article.html or article.due or article.expires or article.former or article.undated
            or article.mark or article.written or article.beside or article.feeds or article.not_feeds
            or article.license
        ):  # fmt: skip
            return cls(
                article.id,
                article.source_title,
                article.published,
                article.origin,
                size,
                text,
                key=article.key,
                version=article.version,
            )
        rest = _rest(article, article.updated)
        return cls(
            article.id,
            article.source_title,
            article.published,
            article.origin,
            size,
            text,
            _own(article),
            rest,
            _rest(article, None) if article.updated else rest,
            article.updated,
            article.key,
            article.link,
            article.version,
            article.due,
            article.expires,
            article.former,
            article.feed,
            article.categories,
            article.via,
            article.undated,
            article.mark,
            article.beside,
            article.feeds,
            article.not_feeds,
            article.plays,
        )

    def applied_to(self, article: Article) -> Article:
        """Return ``article`` with what was decided here: its id, its dates, and categories that other feeds add."""
        same = (
            article.id == self.id
            and article.published is self.published
            and article.updated is self.updated
            and article.categories == self.categories
            and article.mark == self.mark
        )
        if same:
            return article
        return replace(
            article,
            id=self.id,
            published=self.published,
            updated=self.updated,
            categories=self.categories,
            mark=self.mark,
        )


T = TypeVar("T", Article, Sighting)


def redated(told: T, published: datetime) -> T:
    """Return the same as published at another time."""
    return (
        told._replace(published=published)
        if isinstance(told, Sighting)
        else replace(told, published=published)
    )


def without_update(told: T) -> T:
    """Return the same without the time of its update."""
    if isinstance(told, Sighting):
        return told._replace(updated=None, rest=told.undue)
    return replace(told, updated=None)


def renamed(told: T, article_id: str, more: tuple[str, ...] = ()) -> T:
    """Return the same under another id and with ``more`` categories."""
    if told.id == article_id and not more:
        return told
    categories = (*told.categories, *more)
    if isinstance(told, Sighting):
        return told._replace(id=article_id, categories=categories)
    return replace(told, id=article_id, categories=categories)


def _rest(article: Article, updated: datetime | None) -> int:
    """Return a digest that makes the order of versions definite."""
    rest = (updated, article.key, article.link, article.authors, article.categories, article.language)
    html = article.written.html if article.written else article.html
    more: tuple[object, ...] = (article.summary, article.image, article.enclosures, article.via, html)
    # What came later says nothing where it is not there, so that digests of earlier builds stay.
    if article.feeds or article.not_feeds:
        more += (article.feeds, article.not_feeds)
    if article.license or article.picture or article.episode:
        more += (article.license, article.picture, article.episode)
    return _digest(repr((rest, more)), BODY) if any(rest) or any(more) else 0


def _own(article: Article) -> int:
    if article.key is None and not article.link and not article.enclosures:
        return 0
    own_id = None if article.by_link else article.key
    files = "\n".join(enclosure.url for enclosure in article.enclosures)
    own = 0
    for text in (own_id, article.link, files):
        own = own << PART | (_digest(text, PART) if text else 0)
    return own


def _text(title: str, body: str) -> int:
    data = body.encode("utf-8", "surrogatepass")
    return int.from_bytes(fingerprint(title) + hashlib.blake2b(data, digest_size=BODY // 8).digest())


def _digest(text: str, bits: int) -> int:
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=bits // 8).digest())
