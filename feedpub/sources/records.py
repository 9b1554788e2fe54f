"""The input and output of readers: a stream of bytes in, records and items out."""

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
    """A decompressed file as bytes in UTF-8, from the beginning to the end."""

    marked: bool
    """Whether it began with a byte order mark, which overrides other statements about its encoding."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes, or all if it is negative; empty only at the end."""


Item = Article | Boilerplate | LeftOut | Reject | Notice


MAX_RAW = 4096


class Record(NamedTuple):
    """The fields of one record as its reader found them: decoded, but otherwise unchanged; empty if missing.

    ``formerly`` are id and link as version 0.1.0 would have read them, if they differ.
    ``base`` is the address that relative ones are resolved against; ids are made from what is written.
    ``named`` are the values of the names in the source's link template.
    ``selected`` is the body after the source's selectors, if they select from more than the body.
    ``html`` says that ``body`` is HTML, and ``keep_id`` that ``id`` is globally unique, as in a feed.
    ``hold`` is whether the record is public. ``version`` ranks before ``updated``. ``feeds`` are the
    slugs of feeds that it asks to be in, ``not_feeds`` those that it asks not to be in.
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
    """A record cannot become an article; the message is the reject's reason."""


def reject(origin: Origin, reason: str, raw: str) -> Reject:
    """Return a reject that keeps the beginning of its raw text."""
    return Reject(origin, reason, raw if len(raw) <= MAX_RAW else f"{raw[:MAX_RAW]}…")


def with_blank_lines(groups: Generator[list[Item], None, int], file: str) -> Iterator[Item]:
    """Yield the items of each record in ``groups``; blank lines at the end of the file go to the last one.

    Each group has the items of one record, whose origins begin with the blank lines before it. The generator returns
    the number of the file's last line. So every line of a ``file`` belongs to an item, and none is lost silently.
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
