"""What the catalog holds as JSON values, and back: the same values, type for type."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

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
    Reject,
    Speaker,
    Transcript,
    Written,
)
from feedpub.articles.sighting import Sighting

Row = list[Any]
"""One item of a file. That of an article begins with its id and the instant of its date, others with a number."""

_BOILERPLATE, _LEFT_OUT, _REJECT, _NOTICE = range(4)
_FIELDS = tuple(field.name for field in fields(Article))
_TIMES = frozenset(("published", "updated", "due", "expires"))


NO_INSTANT = float("inf")
"""What the row of an article has for the epoch seconds of its date if that depends on what is published."""


_encoded = json.JSONEncoder(separators=(",", ":")).encode


def written(value: object) -> bytes:
    """Return the JSON of ``value``, which is ASCII on one line."""
    return _encoded(value).encode("ascii")


def line_of(item: Sighting | Boilerplate | LeftOut | Reject | Notice) -> str:
    """Return the row of an item as JSON, without the name of its file."""
    _, line, last, column = item.origin
    if isinstance(item, Sighting):
        seen = item
        instant = "Infinity" if seen.undated else seen.published.timestamp()
        # It is asked of each article, and twice as fast as to encode a list.
        plain = (
            f'[{_encoded(seen.id)},{instant},{_encoded(seen.title)},"{seen.published.isoformat()}",{line},{last},{column}'
            f",{seen.size},{seen.text}"
        )
        # Most have nothing else.
        if seen[6:] == _PLAIN:
            return f"{plain}]"
        more = [
            seen.own, seen.rest, seen.undue, _written(seen.updated), seen.key, seen.link, seen.version,
            _written(seen.due), _written(seen.expires), seen.former, seen.feed, seen.categories,
            _parts(seen.via), seen.undated, seen.mark, seen.beside, seen.feeds, seen.not_feeds, seen.plays,
        ]  # fmt: skip
        return f"{plain},{_encoded(more)[1:]}"
    if isinstance(item, Boilerplate):
        row: Row = [_BOILERPLATE, line, last, column]
    elif isinstance(item, Reject):
        row = [_REJECT, line, last, column, item.reason, item.text]
    elif isinstance(item, Notice):
        row = [_NOTICE, line, last, column, item.kind, item.message]
    else:
        changed, also = _written(item.changed), sorted(item.also)
        row = [
            _LEFT_OUT, line, last, column, item.kind, item.reason, item.id, changed, item.version, item.feed,
            also, item.title,
        ]  # fmt: skip
    return _encoded(row)


def instant_of(seen: Sighting) -> float:
    """Return the epoch seconds of the date of an article as its row has them."""
    return NO_INSTANT if seen.undated else seen.published.timestamp()


def rows_in(lines: Iterable[bytes]) -> list[Row]:
    """Return the rows that were written as these lines."""
    found: list[Row] = json.loads(b"[" + b",".join(lines) + b"]")
    return found


class Page:
    """Consecutive items of a file, to be kept together."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._kinds = bytearray()
        self._ids = array("Q")
        self._texts = array("Q")
        self._instants = array("d")
        self.newest = float("-inf")
        """The instant of the newest article."""

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, item: Sighting | Boilerplate | LeftOut | Reject | Notice) -> str:
        """Add an item, and return its line."""
        line = line_of(item)
        self._lines.append(line)
        if not isinstance(item, Sighting):
            self._kinds.append(OTHER)
            return line
        self._kinds.append(PLAIN if _is_plain(item) else LOUD)
        instant = instant_of(item)
        self._ids.append(id_number(item.id))
        self._texts.append(item.text & _FEW)
        self._instants.append(instant)
        self.newest = max(self.newest, instant)
        return line

    @property
    def articles(self) -> int:
        """How many articles there are."""
        return len(self._ids)

    def lines(self) -> bytes:
        """Return all lines, without an end of the last."""
        return "\n".join(self._lines).encode("ascii")

    def columns(self) -> Columns:
        """Return what tells the articles apart."""
        return Columns(bytes(self._kinds), self._ids, self._texts, self._instants)


class Columns(NamedTuple):
    """What tells the articles of a piece apart, without reading their rows.

    ``kinds`` has a byte for each row: :data:`PLAIN`, :data:`LOUD`, :data:`OTHER`. ``ids`` and ``texts`` are of its
    articles alone, as numbers of 64 bits, and so are ``instants``, which are as in their rows.
    """

    kinds: bytes
    ids: array[int]
    texts: array[int]
    instants: array[float]

    def packed(self) -> bytes:
        """Return them as bytes."""
        return b"".join((self.ids.tobytes(), self.texts.tobytes(), self.instants.tobytes(), self.kinds))

    @classmethod
    def unpacked(cls, data: bytes, articles: int) -> Columns:
        """Return what :meth:`packed` gave of so many articles."""
        end = _BYTES * articles
        ids = array("Q", data[:end])
        texts = array("Q", data[end : 2 * end])
        instants = array("d", data[2 * end : 3 * end])
        return cls(data[3 * end :], ids, texts, instants)

    def rows(self) -> Sequence[int]:
        """Return for each article the number of its row."""
        if OTHER not in self.kinds:
            return range(len(self.kinds))
        return [row for row, kind in enumerate(self.kinds) if kind != OTHER]


PLAIN, LOUD, OTHER = range(3)
"""An article of which only id, text and date can matter to others, any other article, and what is not one."""
_BYTES = 8
_FEW = (1 << 64) - 1
# Whatever else is said of an article, or will be, others have to hear of it.
_SILENT = frozenset(
    ("id", "title", "published", "origin", "size", "text", "own", "rest", "undue", "key", "link", "version")
) | {"categories"}
_TELLING = tuple(
    (number, Sighting._field_defaults[name])
    for number, name in enumerate(Sighting._fields)
    if name not in _SILENT
)


def _is_plain(seen: Sighting) -> bool:
    """Say whether nothing of an article but its id, its text and its date can matter to any other."""
    return seen[6:] == _PLAIN or all(seen[number] == usual for number, usual in _TELLING)


def id_number(article_id: str) -> int:
    """Return the number of 64 bits that stands for an id: of the same digest as its mark."""
    return int.from_bytes(sha256(article_id.encode("utf-8", "surrogatepass")).digest()[:_BYTES])


def number_of_mark(marked: str) -> int:
    """Return the :func:`id_number` of the id of which this is the :func:`~feedpub.articles.withdrawals.mark`."""
    return int(marked[:16], 16)


_PLAIN = tuple(Sighting._field_defaults.values())


def seen_in(row: Row, file: str) -> Sighting:
    """Return the article that ``row`` has, of the file of this name."""
    identity, _, title, published, line, last, column, size, text, *more = row
    time, origin = datetime.fromisoformat(published), Origin(file, line, last, column)
    if not more:
        return Sighting(identity, title, time, origin, size, text)
    (
        own,
        rest,
        undue,
        updated,
        key,
        link,
        version,
        due,
        expires,
        former,
        feed,
        categories,
        via,
        undated,
        mark,
        beside,
        feeds,
        not_feeds,
        plays,
    ) = more
    return Sighting(
        identity, title, time, origin, size, text, own, rest, undue, _time(updated), key, link, version,
        _time(due), _time(expires), former, feed, tuple(categories), FeedSource(*via) if via else None, undated,
        mark, tuple(beside), tuple(feeds), tuple(not_feeds), plays,
    )  # fmt: skip


def item_in(row: Row, file: str) -> Boilerplate | LeftOut | Reject | Notice:
    """Return what ``row`` has that is not an article."""
    kind, line, last, column, *rest = row
    origin = Origin(file, line, last, column)
    if kind == _BOILERPLATE:
        return Boilerplate(origin)
    if kind == _REJECT:
        return Reject(origin, *rest)
    if kind == _NOTICE:
        return Notice(origin, *rest)
    what, reason, identity, changed, version, feed, also, title = rest
    return LeftOut(origin, what, reason, identity, _time(changed), version, feed, frozenset(also), title)


def values_of(article: Article) -> Row:
    """Return a whole article as JSON has it."""
    return [_value(getattr(article, name)) for name in _FIELDS]


def article_of(values: Row) -> Article:
    """Return the article that :func:`values_of` was given; anything raises for other values."""
    told = dict(zip(_FIELDS, values, strict=True))
    told |= {name: _time(told[name]) for name in _TIMES}
    told["origin"] = Origin(*told["origin"])
    told["authors"] = tuple(Author(*author) for author in told["authors"])
    told["enclosures"] = tuple(Enclosure(*enclosure) for enclosure in told["enclosures"])
    told["picture"] = Picture(*told["picture"]) if told["picture"] else None
    told["episode"] = _episode(told["episode"]) if told["episode"] else None
    told["via"] = FeedSource(*told["via"]) if told["via"] else None
    for name in ("categories", "beside", "feeds", "not_feeds"):
        told[name] = tuple(told[name])
    if before := told["written"]:
        title, body, html, applied = before
        told["written"] = Written(title, body, html, tuple(applied))
    return Article(**told)


def _episode(said: Row) -> Episode:
    duration, explicit, number, season, transcripts, chapters, speakers = said
    return Episode(
        duration,
        explicit,
        number,
        season,
        tuple(Transcript(*transcript) for transcript in transcripts),
        chapters,
        tuple(Speaker(*speaker) for speaker in speakers),
    )


def canonical(value: object) -> object:
    """Return what JSON writes in the same way in each process for equal settings."""
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, [canonical(getattr(value, field.name)) for field in fields(value)]]
    if isinstance(value, tuple | list):
        return [canonical(each) for each in value]
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _value(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_value(each) for each in value]
    parts = _parts(value) if is_dataclass(value) and not isinstance(value, type) else None
    return value if parts is None else [_value(part) for part in parts]


def _parts(value: Any) -> Sequence[object] | None:
    return None if value is None else [getattr(value, field.name) for field in fields(value)]


def _written(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
