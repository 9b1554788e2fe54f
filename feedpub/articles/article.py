"""The one record that every source becomes and every later stage reads.

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
    """Where an item stood: the file as the user would name it, and its first and last line (1-based).

    ``column`` is where it begins in its first line (1-based), if something else is before it there; else 0.
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


def file_name(address: str) -> str:
    """Return the name of the file that an address leads to; an empty text where it leads to none."""
    return one_line(clean(unquote(urlsplit(address).path.rpartition("/")[2]))[0])


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that belongs to an article; ``length`` in bytes, 0 where the source does not say.

    ``name`` is what people call it where its address does not say that, as with a file that is published under a hash.
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
        """What people see of it: its name, else the last part of its address."""
        return self.name or file_name(self.url) or self.url


class MediaFile(NamedTuple):
    """A file beside an article, as it is published: its address, and what its bytes say.

    ``length`` is in bytes, ``width`` and ``height`` in pixels, ``duration`` in seconds; 0 for what is not known.
    """

    url: str
    type: str
    length: int
    width: int = 0
    height: int = 0
    duration: int = 0


Use: TypeAlias = Literal["file", "picture", "transcript", "chapters"]
"""What an article names a file beside it for; each takes files of some types alone."""

Local: TypeAlias = Callable[[str, Use], MediaFile | None]
"""Gives the file that an article means by a relative address; ``None`` where that file is not published."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of the image of an article: its media type, its size in pixels and in bytes, and words on it.

    ``alt`` says what it shows, for who does not see it, ``caption`` what is below it, ``credit`` who made it. Empty
    or 0 is what nobody said.
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
    """What is said in an episode, as a file in some ``language``, which may not be told."""

    url: str
    type: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who is heard in an episode: as what, and the addresses of a picture and a page."""

    name: str
    role: str = ""
    image: str | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """What a podcast says of an episode: how long it takes, in seconds, its number, and what goes with it.

    0 is a number that nobody said. ``chapters`` is the address of a file that has them.
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
    """What an article's source says, where its config has that cleaned: the text by which the article is known.

    ``applied`` are the numbers of the rules that fitted something, among those of its source.
    """

    title: str
    body: str
    html: bool
    applied: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """One article, normalised.

    ``body`` is plain text, or HTML where ``html`` is set; ``title`` and ``summary`` are always plain text.
    ``published`` and ``updated`` are aware, in the zone that the source declares. ``key`` is the source's own
    identifier (an id or URL) where it has one, ``by_link`` says that it is the link; ``id`` is derived from it, see
    :func:`article_id`. ``former`` is the id that version 0.1.0 gave it, where that was made of a link that cannot be
    published, or holds a password. ``version`` ranks before ``updated``. ``feed`` is the key of the other people's
    feed that it was read from, see :func:`feed_key`; empty for sources of our own. ``undated`` says that its
    source gave no date, and ``published`` is that of the copy that it came with. It is not to be published before
    it is ``due``, nor once it ``expires``. ``permalink`` says that its id is its address, as the feed that it was
    adopted from said in RSS. A ``mark`` says why it is shown in a preview alone. ``written`` is its text before it was
    cleaned, where a rule for that fitted: which article it is goes by that, what it says by ``title`` and ``body``.
    ``beside`` are the ids of one that its title alone tells, where others have that title: made of the stem of its
    file, and of its path. ``feeds`` and ``not_feeds`` name the feeds that it is to be in, and those that it is not to
    be in, as its own record says. ``license`` is the address of its licence. ``picture``
    is what is known of its ``image``, ``episode`` what is known of what is heard or seen.
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
        """Whether a file of it is audio or video, so that it can be an episode of a podcast."""
        return any(enclosure.plays for enclosure in self.enclosures)

    @property
    def main_enclosure(self) -> Enclosure | None:
        """The file for which there is room where one is: the first that is heard or seen, else the first."""
        return next((each for each in self.enclosures if each.plays), next(iter(self.enclosures), None))

    @property
    def source_title(self) -> str:
        """The title as the source has it, of which ids are made."""
        return self.written.title if self.written else self.title

    @property
    def source_body(self) -> str:
        """The body as the source has it."""
        return self.written.body if self.written else self.body

    def __post_init__(self) -> None:
        if self.published.utcoffset() is None:
            raise ValueError("published has no time zone")
        if self.updated is not None and self.updated.utcoffset() is None:
            raise ValueError("updated has no time zone")


class Plain(NamedTuple):
    """An article of which nothing else is known than this: what most records of texts are.

    It takes a tenth of the time that an :class:`Article` takes to make, which :meth:`article` does once it is needed.
    """

    id: str
    title: str
    body: str
    published: datetime
    origin: Origin

    def article(self) -> Article:
        """Return it as an article like any other."""
        return Article(*self)


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """Input lines that were recognised as no article: a block of related headlines, say."""

    origin: Origin


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record whose owner says that it is not to be published: of which ``kind``, and the ``reason`` as a clause.

    ``id`` is that of its article, where it can be told, ``also`` are others that it may have been published under.
    ``changed`` is the record's own ``updated``; ``version`` and ``feed`` are as an article has them. ``title`` is the
    record's own, as far as it has one.
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
    """Something that was done to an article which its owner should know of.

    ``kind`` groups notices for the summary (``related-links``, ``control-character``, ``ambiguous-time`` …).
    """

    origin: Origin
    kind: str
    message: str


# Where a key begins that is an address, behind its source's namespace.
_SCHEME = re.compile(r"(?<![^ ])https?(?=://)")


def with_other_scheme(key: str) -> str:
    """Return a key that is an address with https for http, or http for https; others as they are."""
    return _SCHEME.sub(lambda found: "http" if found[0] == "https" else "https", key)
