"""What the catalog holds as JSON values, and back: the same values, type for type."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from feedpub.articles.article import (
    Article,
    Author,
    Boilerplate,
    Enclosure,
    FeedSource,
    LeftOut,
    Notice,
    Origin,
    Picture,
    Reject,
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


def row_of(item: Sighting | Boilerplate | LeftOut | Reject | Notice) -> Row:
    """Return an item as JSON has it, without the name of its file."""
    _, line, last, column = item.origin
    if isinstance(item, Sighting):
        seen = item
        instant = NO_INSTANT if seen.undated else seen.published.timestamp()
        plain = [
            seen.id, instant, seen.title, seen.published.isoformat(), line, last, column, seen.size, seen.text,
        ]  # fmt: skip
        # Most have nothing else.
        if seen[6:] == _PLAIN:
            return plain
        return [
            *plain, seen.own, seen.rest, seen.undue, _written(seen.updated), seen.key, seen.link, seen.version,
            _written(seen.due), _written(seen.expires), seen.former, seen.feed, seen.categories,
            _parts(seen.via), seen.undated, seen.mark, seen.beside, seen.feeds, seen.not_feeds,
        ]  # fmt: skip
    if isinstance(item, Boilerplate):
        return [_BOILERPLATE, line, last, column]
    if isinstance(item, Reject):
        return [_REJECT, line, last, column, item.reason, item.text]
    if isinstance(item, Notice):
        return [_NOTICE, line, last, column, item.kind, item.message]
    changed, also = _written(item.changed), sorted(item.also)
    return [
        _LEFT_OUT, line, last, column, item.kind, item.reason, item.id, changed, item.version, item.feed, also,
        item.title,
    ]  # fmt: skip


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
    ) = more
    return Sighting(
        identity, title, time, origin, size, text, own, rest, undue, _time(updated), key, link, version,
        _time(due), _time(expires), former, feed, tuple(categories), FeedSource(*via) if via else None, undated,
        mark, tuple(beside), tuple(feeds), tuple(not_feeds),
    )  # fmt: skip


def item_in(row: Row, file: str) -> Boilerplate | LeftOut | Reject | Notice:
    """Return what ``row`` has that is no article."""
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
    told["via"] = FeedSource(*told["via"]) if told["via"] else None
    for name in ("categories", "beside", "feeds", "not_feeds"):
        told[name] = tuple(told[name])
    if before := told["written"]:
        title, body, html, applied = before
        told["written"] = Written(title, body, html, tuple(applied))
    return Article(**told)


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
    return _parts(value) if is_dataclass(value) and not isinstance(value, type) else value


def _parts(value: Any) -> Sequence[object] | None:
    return None if value is None else [getattr(value, field.name) for field in fields(value)]


def _written(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
