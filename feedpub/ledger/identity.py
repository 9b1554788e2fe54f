"""Which entry that subscribers know an article is, and when it last changed. Pure decisions.

An article whose id is known is that entry. One whose id is new may be an edited one: ids of articles without a
key of their own come from instant and title. It takes over the id of an entry that no article has any more if

- the texts are equal (its time moved), or
- the instants are equal, and so are the bodies or most of the words (its title was edited). An entry has two
  instants if its source has corrected its date: the one it was published under, and the one its source gives now.

Two stories of one minute stay two: an entry whose article is still there is never taken over.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feedpub.article import Article
from feedpub.content import visible_text
from feedpub.feeds import Entry, Selected, make_entry
from feedpub.ledger.memory import Memory, Remembered, digest, remember, similarity

ALIKE = 0.6
"""The share of word pairs from which on two texts of the same instant are one story, edited."""

ENOUGH_WORDS = 5
"""The length from which on an equal body says something: many stories share "Read the full story"."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Entries under the ids that subscribers know. ``entries`` has them by the id that their article derives.

    ``moved`` are those ``dated`` by their source otherwise than subscribers saw them; what they saw was kept.
    ``moving`` is how many came to be so since the last build.
    """

    entries: Mapping[str, Entry]
    edited: tuple[Entry, ...]
    moved: tuple[Entry, ...]
    moving: int
    known: int


def settle(
    selected: Iterable[Selected | Entry],
    memory: Memory,
    ids: Container[str],
    changed_at: Callable[[Article], datetime],
    *,
    keep_dates: bool = True,
) -> Settled:
    """Settle the identity of all ``selected`` articles.

    ``ids`` holds the ids of all articles that there are, but for duplicates of others; ``changed_at`` tells when
    an article's source last changed, for one without an ``updated`` of its own. With ``keep_dates`` off, moved times
    are taken over.
    """
    entries = {s.article.id: make_entry(s) for s in selected}
    past = {derived: known for derived in entries if (known := memory.by_id(derived))}
    past |= _edited(entries, past, memory, ids)
    settled: dict[str, Entry] = {}
    edited: list[Entry] = []
    moved: list[Entry] = []
    moving = 0
    for derived, entry in entries.items():
        known = past.get(derived)
        if known is None:
            settled[derived] = entry
            continue
        same_text = (known.title, known.content) == (digest(entry.article.title), digest(entry.content.html))
        updated = _updated(entry.article, known, None if same_text else changed_at(entry.article))
        own = entry.article.published
        dated = own if keep_dates and own != known.published else None
        published = known.published if dated else own
        article = replace(entry.article, id=known.id, published=published, updated=max(updated, published))
        settled[derived] = entry = replace(entry, article=article, dated=dated)  # noqa: PLW2901 - it is from here on
        if not same_text:
            edited.append(entry)
        if dated:
            moved.append(entry)
            # An embargo that has ended dates its article by rule; no zone has changed.
            moving += dated != known.dated and own != entry.article.due
    return Settled(settled, tuple(edited), tuple(moved), moving, len(past))


def _updated(article: Article, known: Remembered, changed: datetime | None) -> datetime:
    own = article.updated or known.updated
    if changed is None:
        return max(own, known.updated)
    if article.updated and article.updated > known.updated:
        return article.updated
    # A change must show, whatever the clock of the machine that made the file said.
    return max(changed, known.updated + timedelta(seconds=1))


def _edited(
    entries: Mapping[str, Entry], past: Mapping[str, Remembered], memory: Memory, ids: Container[str]
) -> dict[str, Remembered]:
    """Return, by derived id, the remembered entry that each edited article is; best matches first."""
    matches: list[tuple[float, str, str, Remembered]] = []
    for derived, entry in entries.items():
        if derived not in past:
            gone = [known for known in _candidates(entry, memory) if known.id not in ids]
            # Made once, and only where it is asked for: a source without times of day has many at one instant.
            own = remember(entry.article, entry.content.html, entry.updated) if gone else None
            matches += [
                (-score, known.id, derived, known)
                for known in gone
                if own and (score := _score(entry, own, known))
            ]
    found: dict[str, Remembered] = {}
    taken: set[str] = set()
    for _, known_id, derived, known in sorted(matches, key=lambda match: match[:3]):
        if known_id not in taken and derived not in found:
            taken.add(known_id)
            found[derived] = known
    return found


def _candidates(entry: Entry, memory: Memory) -> Iterable[Remembered]:
    article = entry.article
    if article.key is not None:
        return ()  # its key says which one it is, and it is a new one
    texts = memory.by_text(digest(article.title), digest(entry.content.html))
    instants = memory.by_instant(article.published)
    return {known.id: known for known in (*texts, *instants)}.values()


def _score(entry: Entry, own: Remembered, known: Remembered) -> float:
    """Return how surely ``entry``, which is ``own``, is ``known``, edited: 0 for not, up to 3 for the same text."""
    same_body = known.content == own.content
    if same_body and known.title == own.title:
        return 3.0
    if own.published not in (known.published, known.dated):
        return 0.0
    if same_body and len(visible_text(entry.content.html).split()) >= ENOUGH_WORDS:
        return 2.0
    alike = similarity(known.sketch, own.sketch)
    return alike if alike >= ALIKE else 0.0
