"""The values of the catalog as bytes and back, with the same types."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple, TypeAlias

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

Other: TypeAlias = Boilerplate | LeftOut | Reject | Notice
"""An item of a file that is not an article."""

KeptItem: TypeAlias = Sighting | Other
"""An item of a file as the catalog keeps it."""

Row = list[Any]
"""An item as JSON values. The row of an article begins with its id, all others begin with a number."""

_BOILERPLATE, _LEFT_OUT, _REJECT, _NOTICE = range(4)
_FIELDS = tuple(field.name for field in fields(Article))
_TIMES = frozenset(("published", "updated", "due", "expires"))


NO_INSTANT = float("inf")
"""The instant in the columns for an article without a date of its own: it depends on what is published."""


_encoded = json.JSONEncoder(separators=(",", ":")).encode
_encoded_as_is = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def written(value: object) -> bytes:
    """Return ``value`` as JSON, in ASCII and on one line."""
    return _encoded(value).encode("ascii")


def row_of(item: KeptItem) -> Row:
    """Return an item as a row, without the name of its file."""
    _, line, last, column = item.origin
    if isinstance(item, Sighting):
        seen = item
        row: Row = [seen.id, seen.title, seen.published.isoformat(), line, last, column, seen.size, seen.text]
        # Most have nothing else.
        return row if seen[6:] == _PLAIN else row + _more_of(seen)
    if isinstance(item, Boilerplate):
        return [_BOILERPLATE, line, last, column]
    if isinstance(item, Reject):
        return [_REJECT, line, last, column, item.reason, item.text]
    if isinstance(item, Notice):
        return [_NOTICE, line, last, column, item.kind, item.message]
    changed, also = _written(item.changed), sorted(item.also)
    return [
        _LEFT_OUT, line, last, column, item.kind, item.reason, item.id, changed, item.version, item.feed,
        also, item.title,
    ]  # fmt: skip


def _more_of(seen: Sighting) -> Row:
    return [
        seen.own, seen.rest, seen.undue, _written(seen.updated), seen.key, seen.link, seen.version,
        _written(seen.due), _written(seen.expires), seen.former, seen.feed, seen.categories,
        _parts(seen.via), seen.undated, seen.mark, seen.beside, seen.feeds, seen.not_feeds, seen.plays,
    ]  # fmt: skip


def instant_of(seen: Sighting) -> float:
    """Return the instant of an article in epoch seconds, as the columns have it."""
    return NO_INSTANT if seen.undated else seen.published.timestamp()


class Page:
    """A run of items in a file that are stored together."""

    def __init__(self) -> None:
        self._items: list[KeptItem] = []
        self._seen: list[Sighting] = []

    def __len__(self) -> int:
        return len(self._items)

    def add(self, item: KeptItem) -> None:
        """Add an item."""
        self._items.append(item)
        if isinstance(item, Sighting):
            self._seen.append(item)

    @property
    def articles(self) -> int:
        """The number of articles."""
        return len(self._seen)

    def rows(self) -> bytes:
        """Return the articles as bytes for :class:`Rows`: what all articles have in columns, the rest by article."""
        ids, titles, _, origins, sizes, texts = [*zip(*(seen[:6] for seen in self._seen), strict=True)] or [
            ()
        ] * 6
        _, *places = [*zip(*origins, strict=True)] or [()] * 4
        times = [_time_of(seen) for seen in self._seen]
        more = [[number, *_more_of(seen)] for number, seen in enumerate(self._seen) if seen[6:] != _PLAIN]
        told = _encoded_as_is([ids, titles, times if any(times) else [], more])
        numbers = [array("Q", column).tobytes() for column in (*places, sizes)]
        digests = [text.to_bytes(_TEXT) for text in texts]
        return b"".join((told.encode("utf-8", "surrogatepass"), b"\n", *numbers, *digests))

    def others(self) -> bytes:
        """Return the items that are not articles as bytes for :func:`others_in`."""
        if len(self._seen) == len(self._items):
            return b""
        return written([row_of(item) for item in self._items if not isinstance(item, Sighting)])

    def columns(self) -> Columns:
        """Return the columns of the page."""
        if len(self._seen) == len(self._items):
            kinds = bytes([PLAIN if _is_plain(seen) else LOUD for seen in self._seen])
        else:
            kinds = bytes(map(_kind_of, self._items))
        return Columns(
            kinds,
            array("Q", [id_number(seen.id) for seen in self._seen]),
            array("Q", [seen.text & _FEW for seen in self._seen]),
            array("d", map(instant_of, self._seen)),
        )


def _kind_of(item: KeptItem) -> int:
    if isinstance(item, Sighting):
        return PLAIN if _is_plain(item) else LOUD
    return OTHER


def _time_of(seen: Sighting) -> str:
    """Return the date of an article as text, or an empty text if the instant in the columns gives the same date."""
    time = seen.published
    return "" if time.tzinfo is UTC and not (time.microsecond or seen.undated) else time.isoformat()


class Rows:
    """The articles of one piece, read from the bytes of :meth:`Page.rows` and the ``columns`` of the same piece."""

    def __init__(self, data: bytes, columns: Columns, file: str) -> None:
        self.told, _, numbers = data.partition(b"\n")
        """Ids, titles, keys, links and all other texts, as JSON in UTF-8."""
        self._file = file
        self._instants = columns.instants
        self._ids, self.titles, self._times, more = json.loads(self.told)
        self._more: dict[int, Row] = {number: rest for number, *rest in more}
        end = 4 * _BYTES * len(self._ids)
        self._numbers = array("Q", numbers[:end])
        self._texts = numbers[end:]

    def article(self, number: int) -> Sighting:
        """Return an article by its number in the piece, from 0."""
        line, last, column, size = self._numbers[number :: len(self._ids)]
        text = int.from_bytes(self._texts[_TEXT * number : _TEXT * (number + 1)])
        published = self._times[number] if self._times else ""
        time = (
            datetime.fromisoformat(published)
            if published
            else datetime.fromtimestamp(self._instants[number], UTC)
        )
        origin = Origin(self._file, line, last, column)
        seen = Sighting(self._ids[number], self.titles[number], time, origin, size, text)
        more = self._more.get(number)
        return _with_more(seen, more) if more else seen


def others_in(data: bytes, file: str) -> Iterator[Other]:
    """Yield the items of ``file`` that :meth:`Page.others` wrote."""
    for row in json.loads(data) if data else ():
        yield _other_in(row, file)


class Columns(NamedTuple):
    """The ids, texts and dates of the articles in a piece as numbers: enough to compare them with all other articles.

    ``kinds`` has a byte for each item: :data:`PLAIN`, :data:`LOUD` or :data:`OTHER`. ``ids`` and ``texts`` are digests
    of 64 bits, ``instants`` are in epoch seconds. These three have a number for each article, and none for other items.
    """

    kinds: bytes
    ids: array[int]
    texts: array[int]
    instants: array[float]

    @property
    def newest(self) -> float:
        """The instant of the newest article."""
        return max(self.instants, default=float("-inf"))

    def packed(self) -> bytes:
        """Return the columns as bytes."""
        return b"".join((self.ids.tobytes(), self.texts.tobytes(), self.instants.tobytes(), self.kinds))

    @classmethod
    def unpacked(cls, data: bytes, articles: int) -> Columns:
        """Return the columns of this number of articles from the bytes of :meth:`packed`."""
        end = _BYTES * articles
        ids = array("Q", data[:end])
        texts = array("Q", data[end : 2 * end])
        instants = array("d", data[2 * end : 3 * end])
        return cls(data[3 * end :], ids, texts, instants)


PLAIN, LOUD, OTHER = range(3)
"""An article that can affect others only by its id, text and date; any other article; an item that is none."""
_BYTES = 8
_TEXT = 28
"""The number of bytes in ``text`` of a :class:`Sighting`."""
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
    """Return whether an article can affect others only by its id, text and date."""
    return seen[6:] == _PLAIN or all(seen[number] == usual for number, usual in _TELLING)


def id_number(article_id: str) -> int:
    """Return the number for an id in the columns: the first 64 bits of the same digest as its mark."""
    return int.from_bytes(sha256(article_id.encode("utf-8", "surrogatepass")).digest()[:_BYTES])


def number_of_mark(marked: str) -> int:
    """Return the :func:`id_number` of the id with this :func:`~feedpub.articles.withdrawals.mark`."""
    return int(marked[:16], 16)


_PLAIN = tuple(Sighting._field_defaults.values())


def seen_in(row: Row, file: str) -> Sighting:
    """Return the article of ``file`` that :func:`row_of` wrote."""
    identity, title, published, line, last, column, size, text, *more = row
    origin = Origin(file, line, last, column)
    seen = Sighting(identity, title, datetime.fromisoformat(published), origin, size, text)
    return _with_more(seen, more) if more else seen


def _with_more(seen: Sighting, more: Row) -> Sighting:
    """Return an article with the values that :func:`_more_of` wrote."""
    (
        own, rest, undue, updated, key, link, version, due, expires, former, feed, categories, via, undated, mark,
        beside, feeds, not_feeds, plays,
    ) = more  # fmt: skip
    return Sighting(
        *seen[:6], own, rest, undue, _time(updated), key, link, version, _time(due), _time(expires), former, feed,
        tuple(categories), FeedSource(*via) if via else None, undated, mark, tuple(beside), tuple(feeds),
        tuple(not_feeds), plays,
    )  # fmt: skip


def _other_in(row: Row, file: str) -> Other:
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
    """Return an article with its texts as JSON values."""
    return [_value(getattr(article, name)) for name in _FIELDS]


def article_of(values: Row) -> Article:
    """Return the article that :func:`values_of` wrote. Other values raise all kinds of errors."""
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
    """Return settings as JSON values that are the same in each process for equal settings."""
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
