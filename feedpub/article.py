"""The one record that every source becomes and every later stage reads.

Everything here is frozen, cheap to make (a corpus has hundreds of thousands) and picklable. No stage before
this one knows ids; no stage after it sees a date without a zone.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from feedpub.core.errors import printable


class Origin(NamedTuple):
    """Where an item stood: the file as the user would name it, and its first and last line (1-based).

    ``column`` is where it begins in its first line (1-based), if something else stands before it there; else 0.
    """

    file: str
    line: int
    last: int
    column: int = 0

    @property
    def lines(self) -> int:
        """How many input lines the item took."""
        return self.last - self.line + 1

    def __str__(self) -> str:
        file = printable(self.file)
        return f"{file}:{self.line}:{self.column}" if self.column else f"{file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Author:
    """A person construct (RFC 4287 §3.2): a name, and an e-mail address or IRI where the source gives one."""

    name: str
    email: str | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that belongs to an article; ``length`` in bytes, 0 where the source does not say."""

    url: str
    type: str
    length: int = 0


@dataclass(frozen=True, slots=True)
class FeedSource:
    """The feed that an article was taken from (``atom:source``, RSS ``source``)."""

    title: str
    id: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One article, normalised.

    ``body`` is plain text, or HTML where ``html`` is set; ``title`` and ``summary`` are always plain text.
    ``published`` and ``updated`` are aware, in the zone that the source declares. ``key`` is the source's own
    identifier (an id or URL) where it has one, ``by_link`` says that it is the link; ``id`` is derived from it, see
    :func:`article_id`. ``former`` is the id that version 0.1.0 gave it, where that was made of a link that cannot be
    published, or holds a password. ``version`` ranks before ``updated``. ``feed`` is the key of the other people's
    feed that it was read from, see :func:`feed_key`; empty for sources of our own. It is not to be published before
    it is ``due``, nor once it ``expires``.
    Raises ``ValueError`` when a time is naive: none may come into being.
    """

    id: str
    title: str
    body: str
    published: datetime
    origin: Origin
    html: bool = False
    updated: datetime | None = None
    key: str | None = None
    link: str | None = None
    authors: tuple[Author, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None
    summary: str | None = None
    image: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    via: FeedSource | None = None
    due: datetime | None = None
    expires: datetime | None = None
    by_link: bool = False
    former: str | None = None
    version: int | None = None
    feed: str = ""

    def __post_init__(self) -> None:
        if self.published.utcoffset() is None:
            raise ValueError("published has no time zone")
        if self.updated is not None and self.updated.utcoffset() is None:
            raise ValueError("updated has no time zone")


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Input lines that were recognised as no article: a block of related headlines, say."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record whose owner says that it is not to be published: of which ``kind``, and the ``reason`` as a clause.

    Of one that was withdrawn or has expired, ``id`` is that of its article, where it can be told, ``also`` are others
    that it may have been published under, ``changed`` is when it changed last, and ``version`` and ``feed`` are as an
    article has them.
    """

    origin: Origin
    kind: str
    reason: str
    id: str | None = None
    changed: datetime | None = None
    version: int | None = None
    feed: str = ""
    also: frozenset[str] = frozenset()

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids that its article may have."""
        return (self.id, *self.also) if self.id else ()


@dataclass(frozen=True, slots=True)
class Reject:
    """Input that could not become an article, and why. ``text`` is the raw input, cut at a few kilobytes."""

    origin: Origin
    reason: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that was done to an article which its owner should know of.

    ``kind`` groups notices for the summary (``related-links``, ``control-character``, ``ambiguous-time`` …).
    """

    origin: Origin
    kind: str
    message: str


def article_id(authority: str, *, key: str | None, published: datetime, title: str) -> str:
    """Return the article's id for ever: a tag URI (RFC 4151) under ``authority`` (``example.org,2023``).

    It is derived from the source's own ``key`` where there is one, else from the published instant (whole
    seconds, so that the zone it was written in does not count) and the folded title. Changing a byte of what
    is hashed here would show every article as new to every subscriber.
    """
    if key is not None:
        seed = f"key\n{key.strip()}"
    else:
        instant = published.astimezone(UTC).isoformat(timespec="seconds")
        seed = f"story\n{instant}\n{_folded(title)}"
    return f"tag:{authority}:{hashlib.sha256(seed.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


# Where a key begins that is an address, behind its source's namespace.
_SCHEME = re.compile(r"(?<![^ ])https?(?=://)")


def with_other_scheme(key: str) -> str:
    """Return a key that is an address with https for http, or http for https; others as they are."""
    return _SCHEME.sub(lambda found: "http" if found[0] == "https" else "https", key)


_SPLIT = ":split:"


def split_id(authority: str, base: str, *parts: object) -> str:
    """Return the id for ever of an article that cannot have the id ``base``, as another one has it.

    ``parts`` tell it from the others that would have ``base``: the feed that it comes from, or its instant and title.
    """
    seed = "\n".join(("split", base, *map(str, parts)))
    return f"tag:{authority}{_SPLIT}{hashlib.sha256(seed.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def is_split(article_id: str) -> bool:
    """Say whether an id is one of :func:`split_id`, so that its article's key does not say which one it is."""
    return article_id.startswith("tag:") and _SPLIT in article_id


def feed_key(*candidates: str | None) -> str:
    """Return what tells a feed from others: the first of ``candidates`` that says something.

    Of a web address the scheme and a closing slash do not count, so that a feed may move to https.
    """
    found = next((text for candidate in candidates if (text := (candidate or "").strip())), "")
    try:
        parts = urlsplit(found) if found.lower().startswith(("http://", "https://")) else None
    except ValueError:  # a bracket without its other
        parts = None
    if parts is None:
        return found
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.rpartition('@')[2].lower()}{parts.path.rstrip('/')}{query}"


def shown_key(article: Article) -> str | None:
    """Return the key of the feed that an article was taken from as it can be told from published documents."""
    return feed_key(article.via.id, article.via.url) or None if article.feed and article.via else None


def feed_id(authority: str, slug: str) -> str:
    """Return the id for ever of the feed ``slug``: a tag URI under ``authority``, like those of its articles."""
    return f"tag:{authority}:feed:{slug}"


def _folded(title: str) -> str:
    # Not the folding of the rules, which may grow: this one is part of every published id.
    if title.isascii():
        return " ".join(title.lower().split())
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", title).casefold()).split())
