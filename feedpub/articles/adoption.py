"""The third source of ids: what the feeds of another generator called the same articles, before feedpub made them.

Ids are derived from what a source says, or remembered. A site that moves to feedpub has neither for what its
subscribers know: its old feeds do. Which article is which of their entries is decided here, from values alone.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from feedpub.articles.article import Article, Origin
from feedpub.articles.ids import feed_key, folded_title


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
    def of(cls, article: Article) -> Adoptable:
        """Return what tells of ``article``."""
        return cls(article.id, article.title, article.published, article.link, article.origin)


class Clash(NamedTuple):
    """Two articles that are one old entry."""

    entry: OldEntry
    one: Adoptable
    other: Adoptable


@dataclass(frozen=True, slots=True)
class Matches:
    """Which old entry each article is, by the article's id, and the entries that no article is, in their order."""

    found: Mapping[str, OldEntry] = field(default_factory=dict)
    others: tuple[OldEntry, ...] = ()
    clashes: tuple[Clash, ...] = ()


def match(articles: Iterable[Adoptable], entries: Iterable[OldEntry]) -> Matches:
    """Say which old entry each article is: the one with its link, else the one with its title and instant.

    Of a link, the scheme, ``www.``, a closing slash and the fragment do not count. What entries of several ids have in
    common says nothing. Of entries with one id the first counts.
    """
    known: dict[str, OldEntry] = {}
    for entry in entries:
        known.setdefault(entry.id, entry)
    by_link = _index(known.values(), lambda entry: _address(entry.link))
    by_story = _index(known.values(), lambda entry: _story(entry.title, entry.published))
    found: dict[str, OldEntry] = {}
    taken: dict[str, Adoptable] = {}
    clashes: list[Clash] = []
    for article in articles:
        story = _story(article.title, article.published)
        if old := by_link.get(_address(article.link)) or by_story.get(story):
            first = taken.setdefault(old.id, article)
            if first.id != article.id:
                clashes.append(Clash(old, first, article))
            found[article.id] = old
    others = tuple(entry for entry in known.values() if entry.id not in taken)
    return Matches(found, others, tuple(clashes))


def _index(
    entries: Iterable[OldEntry], key: Callable[[OldEntry], Hashable | None]
) -> dict[Hashable | None, OldEntry]:
    """Return entries by what tells them, without what tells of several."""
    found: dict[Hashable | None, OldEntry] = {}
    shared: set[Hashable | None] = {None}
    for entry in entries:
        if found.setdefault(told := key(entry), entry) is not entry:
            shared.add(told)
    return {told: entry for told, entry in found.items() if told not in shared}


def _address(link: str | None) -> str | None:
    # A feed may move to https, and so may a page.
    return feed_key(link).removeprefix("www.") or None if link else None


def _story(title: str, published: datetime) -> tuple[str, int]:
    return folded_title(title), int(published.timestamp())
