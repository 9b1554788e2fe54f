"""What is remembered of a published entry, and how alike two texts are."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Protocol

from feedpub.article import Article, fingerprint
from feedpub.content import visible_text
from feedpub.ledger.published import PublishedEntry

SKETCH_SIZE = 128
"""How many hashes a sketch keeps: enough to tell 0.6 from 0.5 nearly always, at half a kilobyte an entry."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Remembered:
    """One entry as subscribers have seen it. ``title`` and ``content`` are digests of what was published.

    ``dated`` is the time that its source came to give it, where that is another than was published. ``feed`` is the
    key of the other people's feed that it came from; ``None`` if it came from none, or that is not known.
    """

    id: str
    key: str | None
    published: datetime
    updated: datetime
    title: str
    content: str
    sketch: tuple[int, ...]
    dated: datetime | None = None
    feed: str | None = None


class Memory(Protocol):
    """What can be asked of the past."""

    def by_id(self, entry_id: str) -> Remembered | None:
        """Return the entry with this id."""
        ...

    def became(self, derived: str) -> Remembered | None:
        """Return the entry as which an article is known that would have the id ``derived``."""
        ...

    def by_instant(self, time: datetime) -> Sequence[Remembered]:
        """Return the entries that were published at this instant, or to which their source came to give it."""
        ...

    def by_text(self, title: str, content: str) -> Sequence[Remembered]:
        """Return the entries with these digests."""
        ...


def digest(text: str) -> str:
    """Return a digest of ``text`` that equal texts share on every machine."""
    return fingerprint(text).hex()


def remember(article: Article, html: str, updated: datetime, dated: datetime | None = None) -> Remembered:
    """Return what is to be remembered of an article that is published with ``html`` as its content."""
    return Remembered(
        id=article.id,
        key=article.key,
        published=article.published,
        updated=updated,
        title=digest(article.title),
        content=digest(html),
        sketch=sketch(article.title, html),
        dated=dated,
        feed=article.feed or None,
    )


def sketch(title: str, html: str) -> tuple[int, ...]:
    """Return the smallest hashes of the text's pairs of words: enough to tell how alike two texts are."""
    words = _WORD.findall(f"{title} {visible_text(html)}".casefold())
    pairs = pairwise(words) if len(words) > 1 else [(word, "") for word in words]
    return tuple(
        sorted({zlib.crc32(f"{one} {two}".encode("utf-8", "surrogatepass")) for one, two in pairs})[
            :SKETCH_SIZE
        ]
    )


def similarity(one: Iterable[int], two: Iterable[int]) -> float:
    """Estimate the share of word pairs that two sketches have in common, from 0 to 1."""
    first, second = set(one), set(two)
    union = sorted(first | second)[:SKETCH_SIZE]
    return sum(hash_ in first and hash_ in second for hash_ in union) / len(union) if union else 0.0


def record_of(entry: PublishedEntry) -> Remembered:
    """Return what is to be remembered of a published entry; its key is not in the document."""
    prints = digest(entry.title), digest(entry.html), sketch(entry.title, entry.html)
    updated = entry.updated or entry.published
    return Remembered(entry.id, None, entry.published, updated, *prints, feed=entry.feed)


def is_current(entry: PublishedEntry, known: Remembered) -> bool:
    """Say whether a published entry is what is remembered of it."""
    if entry.published != known.published or entry.updated not in (None, known.updated):
        return False
    return (digest(entry.title), digest(entry.html)) == (known.title, known.content)
