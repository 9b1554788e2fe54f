"""The third source of ids: the feeds that another generator made from the same articles.

Ids are derived from the source, or remembered. For a site that moves to feedpub, only its old feeds have the ids that
its subscribers know. This module matches articles to their entries; its decisions are pure.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from feedpub.articles.article import Origin
from feedpub.articles.ids import folded_title, page_key
from feedpub.articles.sighting import Told


@dataclass(frozen=True, slots=True)
class OldEntry:
    """An entry as subscribers know it from another document: its id and dates, and what identifies its article.

    ``permalink`` says that RSS called its id its address (``isPermaLink``).
    """

    id: str
    published: datetime
    origin: Origin
    title: str = ""
    link: str | None = None
    updated: datetime | None = None
    permalink: bool = False


class Adoptable(NamedTuple):
    """What identifies the old entry of an article; ``id`` is its derived id."""

    id: str
    title: str
    published: datetime
    link: str | None
    origin: Origin

    @classmethod
    def of(cls, article: Told) -> Adoptable:
        """Return what identifies ``article``."""
        return cls(article.id, article.source_title, article.published, article.link, article.origin)


class Clash(NamedTuple):
    """Two articles that match one old entry."""

    entry: OldEntry
    one: Adoptable
    other: Adoptable


@dataclass(frozen=True, slots=True)
class Matches:
    """The old entry of each article, by the article's id, and the entries without an article, in their order.

    The articles of ``seconds`` have adopted the id of an earlier feed.
    """

    found: Mapping[str, OldEntry] = field(default_factory=dict)
    others: tuple[OldEntry, ...] = ()
    seconds: tuple[OldEntry, ...] = ()
    clashes: tuple[Clash, ...] = ()


def match(articles: Iterable[Adoptable], entries: Iterable[OldEntry]) -> Matches:
    """Match articles to old entries: the one with the same link, or else the one with the same title and instant.

    The scheme, ``www.``, a closing slash and the fragment of a link do not count. Links and titles that several entries
    of one feed share are ignored. If several feeds or entries with one id match, the first counts.
    """
    known: dict[str, OldEntry] = {}
    for entry in entries:
        known.setdefault(entry.id, entry)
    by_link = _index(known.values(), lambda entry: _address(entry.link))
    by_story = _index(known.values(), _story)
    found: dict[str, OldEntry] = {}
    taken: dict[str, Adoptable] = {}
    clashes: list[Clash] = []
    told: dict[Hashable | None, str] = {}
    for article in articles:
        if old := by_link.get(_address(article.link)) or by_story.get(_story(article)):
            first = taken.setdefault(old.id, article)
            if first.id != article.id:
                clashes.append(Clash(old, first, article))
            found[article.id] = old
            keys = (_address(article.link), _story(article), _address(old.link), _story(old))
            told |= dict.fromkeys(keys, old.origin.file)
    others: list[OldEntry] = []
    seconds: list[OldEntry] = []
    for entry in known.values():
        if entry.id not in taken:
            feeds = {told.get(key) for key in (_address(entry.link), _story(entry)) if key}
            (seconds if feeds - {None, entry.origin.file} else others).append(entry)
    return Matches(found, tuple(others), tuple(seconds), tuple(clashes))


def _index(
    entries: Iterable[OldEntry], key: Callable[[OldEntry], Hashable | None]
) -> dict[Hashable | None, OldEntry]:
    """Return entries by a key, without keys that several entries of one feed share."""
    of_feeds: dict[str, dict[Hashable | None, list[OldEntry]]] = {}
    for entry in entries:
        of_feeds.setdefault(entry.origin.file, {}).setdefault(key(entry), []).append(entry)
    found: dict[Hashable | None, OldEntry] = {}
    for feed in of_feeds.values():
        for told, alike in feed.items():
            if told is not None and len(alike) == 1:
                found.setdefault(told, alike[0])
    return found


def _address(link: str | None) -> str | None:
    return page_key(link) or None if link else None


def _story(told: OldEntry | Adoptable) -> tuple[str, int]:
    return folded_title(told.title), int(told.published.timestamp())
