"""What readers read from and what they give: a stream of bytes in, records and items out."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import NamedTuple, Protocol

from feedpub.articles.article import (
    Article,
    Author,
    Boilerplate,
    Enclosure,
    Episode,
    FeedSource,
    LeftOut,
    Notice,
    Origin,
    Picture,
    Plain,
    Reject,
)
from feedpub.sources.cleaning import Selected
from feedpub.sources.withheld import FREE, Hold


class ByteStream(Protocol):
    """Bytes in UTF-8, from the beginning to the end: a file, or what is left of one when decompressed."""

    marked: bool
    """Whether it began with a byte order mark, so that what else is said of its encoding does not count."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes, all of them if it is negative, none at the end only."""


Item = Article | Boilerplate | LeftOut | Reject | Notice


MAX_RAW = 4096


class Record(NamedTuple):
    """The fields of one record as its format found them, decoded, otherwise untouched; empty where absent.

    ``formerly`` are id and link as version 0.1.0 would have read them, where it did so otherwise.
    ``base`` is the address that relative ones are resolved against; ids are made of what is written.
    ``named`` are the values of the names that the source's template of links asks for.
    ``selected`` is the body after the source's selectors, where they choose in more than the body.
    ``html`` says that ``body`` is HTML. ``keep_id`` says that ``id`` was minted for all the world, as in a
    feed. ``hold`` is what the record says of its being public. ``version`` ranks before ``updated``. ``feeds`` are the
    slugs of feeds that it asks to be in, ``not_feeds`` of those that it asks not to be in.
    """

    title: str = ""
    body: str = ""
    published: str = ""
    html: bool = False
    updated: str = ""
    id: str = ""
    keep_id: bool = False
    link: str = ""
    authors: tuple[Author, ...] = ()
    categories: tuple[str, ...] = ()
    language: str = ""
    summary: str = ""
    image: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    via: FeedSource | None = None
    left_out: tuple[str, ...] = ()
    formerly: tuple[str, str] | None = None
    hold: Hold = FREE
    version: int | None = None
    base: str = ""
    named: tuple[tuple[str, str], ...] = ()
    selected: Selected | None = None
    feeds: tuple[str, ...] = ()
    not_feeds: tuple[str, ...] = ()
    license: str = ""
    picture: Picture | None = None
    episode: Episode | None = None


class RecordError(ValueError):
    """A record can't become an article; the message is the reject's reason."""


def reject(origin: Origin, reason: str, raw: str) -> Reject:
    """Return a reject that keeps the first kilobytes of its raw text."""
    return Reject(origin, reason, raw if len(raw) <= MAX_RAW else f"{raw[:MAX_RAW]}…")


def with_blank_lines(groups: Generator[list[Item], None, int], file: str) -> Iterator[Item]:
    """Yield the items of each record of ``groups``, with the blank lines at the end of the file given to the last.

    Each group has the items of one record, whose origins begin with the blank lines before it. The generator returns
    the number of the file's last line. So every line of a ``file`` belongs to an item, and none is lost in silence.
    """
    held: list[Item] = []
    while True:
        try:
            group = next(groups)
        except StopIteration as end:
            last: int = end.value
            break
        yield from held
        held = group
    if last and not held:
        held = [Boilerplate(Origin(file, 1, last))]
    yield from _stretched(held, last)


def _stretched(items: list[Item], last: int) -> list[Item]:
    end = max((item.origin.last for item in items), default=last)
    if end >= last:
        return items
    return [_ending(item, last) if item.origin.last == end else item for item in items]


def _ending(item: Item, last: int) -> Item:
    origin = item.origin._replace(last=last)
    return item._replace(origin=origin) if isinstance(item, Plain) else replace(item, origin=origin)
