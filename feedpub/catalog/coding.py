"""What the catalog holds as JSON values, and back: the same values, type for type."""

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
"""What is in a file that is not an article."""

KeptItem: TypeAlias = Sighting | Other
"""What is kept of a file, in its order."""

Row = list[Any]
"""One item. That of an article begins with its id, others with a number."""

_BOILERPLATE, _LEFT_OUT, _REJECT, _NOTICE = range(4)
_FIELDS = tuple(field.name for field in fields(Article))
_TIMES = frozenset(("published", "updated", "due", "expires"))


NO_INSTANT = float("inf")
"""What the columns have for the epoch seconds of an article's date if that depends on what is published."""


_encoded = json.JSONEncoder(separators=(",", ":")).encode
_encoded_as_is = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def written(value: object) -> bytes:
    """Return the JSON of ``value``, which is ASCII on one line."""
    return _encoded(value).encode("ascii")


def row_of(item: KeptItem) -> Row:
    """Return what is kept of an item, without the name of its file."""
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
    """Return the epoch seconds of the date of an article as the columns have them."""
    return NO_INSTANT if seen.undated else seen.published.timestamp()


class Page:
    """Consecutive items of a file, to be kept together."""

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
        """How many articles there are."""
        return len(self._seen)

    def rows(self) -> bytes:
        """Return the articles as :class:`Rows` reads them, in columns: most have nothing but what all have."""
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
        """Return the items that are not articles, as :func:`others_in` reads them."""
        if len(self._seen) == len(self._items):
            return b""
        return written([row_of(item) for item in self._items if not isinstance(item, Sighting)])

    def columns(self) -> Columns:
        """Return what tells the articles apart."""
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
    """Return when an article was published as it is written; empty where its instant says the same."""
    time = seen.published
    return "" if time.tzinfo is UTC and not (time.microsecond or seen.undated) else time.isoformat()


class Rows:
    """The articles of a piece of the ``file`` of this name, as :meth:`Page.rows` gave them; ``columns`` are its own."""

    def __init__(self, data: bytes, columns: Columns, file: str) -> None:
        self.told, _, numbers = data.partition(b"\n")
        """Their ids, titles, keys, links and all else that is text, as JSON in UTF-8."""
        self._file = file
        self._instants = columns.instants
        self._ids, self.titles, self._times, more = json.loads(self.told)
        self._more: dict[int, Row] = {number: rest for number, *rest in more}
        end = 4 * _BYTES * len(self._ids)
        self._numbers = array("Q", numbers[:end])
        self._texts = numbers[end:]

    def article(self, number: int) -> Sighting:
        """Return an article, by its number in the piece."""
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
    """Yield what :meth:`Page.others` gave of a piece of the ``file`` of this name."""
    for row in json.loads(data) if data else ():
        yield _other_in(row, file)


class Columns(NamedTuple):
    """What tells the articles of a piece apart, without reading their rows.

    ``kinds`` has a byte for each item: :data:`PLAIN`, :data:`LOUD`, :data:`OTHER`. ``ids`` and ``texts`` are of its
    articles alone, as numbers of 64 bits, and so are ``instants``, in epoch seconds.
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


PLAIN, LOUD, OTHER = range(3)
"""An article of which only id, text and date can matter to others, any other article, and what is not one."""
_BYTES = 8
_TEXT = 28
"""How many bytes ``text`` of a :class:`Sighting` has."""
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
    """Return the article of :func:`row_of`, of the file of this name."""
    identity, title, published, line, last, column, size, text, *more = row
    origin = Origin(file, line, last, column)
    seen = Sighting(identity, title, datetime.fromisoformat(published), origin, size, text)
    return _with_more(seen, more) if more else seen


def _with_more(seen: Sighting, more: Row) -> Sighting:
    """Return an article with what :func:`_more_of` gave of it."""
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
