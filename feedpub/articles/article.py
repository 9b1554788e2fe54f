"""The article: every source makes it, and every later stage reads it.

Everything here is frozen, cheap to make (a corpus has hundreds of thousands) and picklable. No stage before
this one knows ids; no stage after it sees a date without a zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, TypeAlias
from urllib.parse import unquote, urlsplit

from feedpub.core.errors import printable
from feedpub.core.feed_values import clean, one_line


class Origin(NamedTuple):
    """The place of an item: the file as the user would name it, and its first and last line (1-based).

    ``column`` is where it begins in its first line (1-based) if something else is before it there; otherwise 0.
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
    """A person construct (RFC 4287 §3.2): a name, and an e-mail address or IRI if the source has one."""

    name: str
    email: str | None = None
    uri: str | None = None


def file_name(address: str) -> str:
    """Return the file name in an address; an empty text if it has none."""
    return one_line(clean(unquote(urlsplit(address).path.rpartition("/")[2]))[0])


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that belongs to an article; ``length`` in bytes, 0 if unknown.

    ``name`` is its name for people if its address does not show it, as with a file that is published under a hash.
    """

    url: str
    type: str
    length: int = 0
    name: str = ""

    @property
    def plays(self) -> bool:
        """Whether it is audio or video."""
        return self.type.startswith(("audio/", "video/"))

    @property
    def shown(self) -> str:
        """Its name for people, or the last part of its address."""
        return self.name or file_name(self.url) or self.url


class MediaFile(NamedTuple):
    """A published file beside an article: its address, and what its bytes say.

    ``length`` is in bytes, ``width`` and ``height`` in pixels, ``duration`` in seconds; 0 if unknown.
    """

    url: str
    type: str
    length: int
    width: int = 0
    height: int = 0
    duration: int = 0


Use: TypeAlias = Literal["file", "picture", "transcript", "chapters"]
"""The purposes for which an article names a file beside it; each accepts only some types."""

Local: TypeAlias = Callable[[str, Use], MediaFile | None]
"""Returns the file that an article means by a relative address; ``None`` if that file is not published."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known about the image of an article: its media type, its size in pixels and in bytes, and texts.

    ``alt`` describes it for people who do not see it, ``caption`` is the text below it, ``credit`` says who made it.
    Unknown values are empty or 0.
    """

    type: str = ""
    width: int = 0
    height: int = 0
    length: int = 0
    alt: str = ""
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """The transcript of an episode, a file in some ``language``, which may be unknown."""

    url: str
    type: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody in an episode: the role, and the addresses of a picture and a page."""

    name: str
    role: str = ""
    image: str | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """What a podcast says about an episode: its duration in seconds, its number, and files that belong to it.

    Unknown numbers are 0. ``chapters`` is the address of a file with the chapters.
    """

    duration: int = 0
    explicit: bool | None = None
    number: int = 0
    season: int = 0
    transcripts: tuple[Transcript, ...] = ()
    chapters: str | None = None
    speakers: tuple[Speaker, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedSource:
    """The feed that an article was taken from (``atom:source``, RSS ``source``).

    ``url`` is the address of the feed itself, ``page`` that of the page it belongs to.
    """

    title: str
    id: str | None = None
    url: str | None = None
    page: str | None = None


Mark: TypeAlias = Literal["", "draft", "held"]


@dataclass(frozen=True, slots=True)
class Written:
    """The original text of an article whose source has cleaning rules; it identifies the article.

    ``applied`` are the numbers of its source's rules that matched something.
    """

    title: str
    body: str
    html: bool
    applied: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """One article, normalised.

    - ``body`` is plain text, or HTML if ``html`` is set; ``title`` and ``summary`` are always plain text.
    - ``published`` and ``updated`` are aware, in the zone that the source declares. ``undated`` says that its source
      has no date, and ``published`` is that of the copy in which it first came.
    - ``key`` is the source's own identifier (an id or URL), if any; ``by_link`` says that it is the link. ``id`` is
      derived from it, see :func:`article_id`. ``former`` is the id that version 0.1.0 gave it, if that was made from a
      link that cannot be published, or contains a password.
    - ``beside`` are other ids for an article that is identified by its title alone, if others have that title: made
      from the stem of its file, and from its path.
    - ``version`` ranks before ``updated``.
    - ``feed`` is the key of the other people's feed that it was read from, see :func:`feed_key`; empty for our own
      sources.
    - It may not be published before it is ``due``, nor after it ``expires``. A ``mark`` says why only a preview shows
      it.
    - ``permalink`` says that its id is its address, as in the RSS feed from which it was adopted.
    - ``written`` is its original text, if a cleaning rule matched: it identifies the article, while ``title`` and
      ``body`` are published.
    - ``feeds`` and ``not_feeds`` name the feeds in which its own record wants it, and does not want it.
    - ``license`` is the address of its licence. ``picture`` is what is known about its ``image``, ``episode`` what is
      known about its audio or video.

    Raises ``ValueError`` if a time is naive.
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
    permalink: bool = False
    undated: bool = False
    mark: Mark = ""
    written: Written | None = None
    beside: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    not_feeds: tuple[str, ...] = ()
    license: str | None = None
    picture: Picture | None = None
    episode: Episode | None = None

    @property
    def plays(self) -> bool:
        """Whether it has an audio or video file, so that it can be an episode of a podcast."""
        return any(enclosure.plays for enclosure in self.enclosures)

    @property
    def main_enclosure(self) -> Enclosure | None:
        """The file for formats with room for one: the first audio or video file, or the first of all."""
        return next((each for each in self.enclosures if each.plays), next(iter(self.enclosures), None))

    @property
    def source_title(self) -> str:
        """The original title in the source, from which ids are made."""
        return self.written.title if self.written else self.title

    @property
    def source_body(self) -> str:
        """The original body in the source."""
        return self.written.body if self.written else self.body

    def __post_init__(self) -> None:
        if self.published.utcoffset() is None:
            raise ValueError("published has no time zone")
        if self.updated is not None and self.updated.utcoffset() is None:
            raise ValueError("updated has no time zone")


class Plain(NamedTuple):
    """An article with only these fields, like most text records.

    Making it takes a tenth of the time for an :class:`Article`, which :meth:`article` makes when it is needed.
    """

    id: str
    title: str
    body: str
    published: datetime
    origin: Origin

    def article(self) -> Article:
        """Return it as an :class:`Article`."""
        return Article(*self)


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Input lines that were recognised as not being an article, such as a block of related headlines."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that its owner does not want published: its ``kind``, and the ``reason`` as a clause.

    ``id`` is that of its article, if known; ``also`` are other ids under which it may have been published.
    ``changed`` is the record's own ``updated``; ``version`` and ``feed`` are as in an article. ``title`` may be empty.
    """

    origin: Origin
    kind: str
    reason: str
    id: str | None = None
    changed: datetime | None = None
    version: int | None = None
    feed: str = ""
    also: frozenset[str] = frozenset()
    title: str = ""

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
    """Something that was done to an article, and that its owner should know.

    ``kind`` groups notices for the summary (``related-links``, ``control-character``, ``ambiguous-time`` …).
    """

    origin: Origin
    kind: str
    message: str


# Matches the start of a key that is an address, after the namespace of its source.
_SCHEME = re.compile(r"(?<![^ ])https?(?=://)")


def with_other_scheme(key: str) -> str:
    """Return a key that is an address with https instead of http, or the reverse; other keys unchanged."""
    return _SCHEME.sub(lambda found: "http" if found[0] == "https" else "https", key)
