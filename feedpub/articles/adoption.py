"""The third source of ids: what the feeds of another generator called the same articles, before feedpub made them.

Ids are derived from what a source says, or remembered. A site that moves to feedpub has neither for what its
subscribers know: its old feeds do. Which article is which of their entries is decided here, from values alone.
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
    """An entry as subscribers know it from another document: its id and dates, and what it can be told by.

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
    """What tells of an article which old entry it is; ``id`` is the one that feedpub would give it."""

    id: str
    title: str
    published: datetime
    link: str | None
    origin: Origin

    @classmethod
    def of(cls, article: Told) -> Adoptable:
        """Return what tells of ``article``."""
        return cls(article.id, article.source_title, article.published, article.link, article.origin)


class Clash(NamedTuple):
    """Two articles that are one old entry."""

    entry: OldEntry
    one: Adoptable
    other: Adoptable


@dataclass(frozen=True, slots=True)
class Matches:
    """Which old entry each article is, by the article's id, and the entries that no article is, in their order.

    Of ``seconds`` the article goes on under the id of an earlier feed.
    """

    found: Mapping[str, OldEntry] = field(default_factory=dict)
    others: tuple[OldEntry, ...] = ()
    seconds: tuple[OldEntry, ...] = ()
    clashes: tuple[Clash, ...] = ()


def match(articles: Iterable[Adoptable], entries: Iterable[OldEntry]) -> Matches:
    """Say which old entry each article is: the one with its link, else the one with its title and instant.

    Of a link, the scheme, ``www.``, a closing slash and the fragment do not count. What several entries of one feed
    have in common says nothing; of several feeds the first counts, and of entries with one id.
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
    """Return entries by what tells them, without what tells of several of one feed."""
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
