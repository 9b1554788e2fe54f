"""Decides which published entry an article is, and when it last changed. Pure decisions.

An article with a known id is that entry. An article with a new id takes over the id of an entry without an article if

- it was known as that entry before, or adopted it, or
- its id would be that one without its new key, or with http instead of https in it, or
- instant, title and text are equal (it has another key now).

The id of an article without a key is made from instant and title, so it may also be an edited article. It is the entry
if

- the texts are equal (its time moved), or
- the instants are equal, and so are the bodies or most of the words (its title was edited). An entry has two
  instants if its source has corrected its date: the published one, and the present one.

If it is no entry of ours, but one of another generator's feed, it takes id and date of that.

If a source has cleaning rules, its original text is compared as well as the published one, so rules may come and go.

Two stories of one minute stay two: an entry whose article still exists is never taken over.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feedpub.articles.adoption import OldEntry
from feedpub.articles.article import Article, Local, with_other_scheme
from feedpub.articles.entry import Entry, RoutedArticle, make_entry
from feedpub.articles.ids import article_id, is_split, shown_keys
from feedpub.history.memory import EntryHistory, EntryRecord, record_entry
from feedpub.text.safe_html import visible_text
from feedpub.text.similarity import digest, similarity

ALIKE = 0.6
"""If two texts of the same instant share at least this part of their word pairs, one is an edit of the other."""

ENOUGH_WORDS = 5
"""Equal bodies count only from this length on: many stories share "Read the full story"."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """Entries under the ids that subscribers know. ``entries`` has them by the derived ids of their articles.

    ``redated`` are entries whose source now gives another date than the published one, which is kept;
    ``newly_redated`` is how many of them are new since the last build. ``known`` is how many were published before.
    """

    entries: Mapping[str, Entry]
    edited: tuple[Entry, ...]
    redated: tuple[Entry, ...]
    newly_redated: int
    known: int


@dataclass(frozen=True, slots=True)
class IdentityOptions:
    """How identities are resolved: ``authority`` mints the ids, and dates later than ``now`` are mistakes.

    ``changed_at`` returns when an article's source last changed, for articles without ``updated``. Without
    ``keep_dates``, moved times are taken over. ``released`` are ids of withdrawn or expired articles: no other
    article takes them over. ``adopted`` are entries of other generators' feeds, by the ids of their articles;
    ``permalinks`` are the ids that RSS calls addresses. ``local`` returns the published files beside an article.
    """

    authority: str
    now: datetime
    changed_at: Callable[[Article], datetime]
    keep_dates: bool = True
    released: Container[str] = frozenset()
    adopted: Mapping[str, OldEntry] = field(default_factory=dict)
    permalinks: Container[str] = frozenset()
    local: Callable[[Article], Local | None] = lambda _: None


def resolve_identities(
    selected: Iterable[RoutedArticle | Entry],
    memory: EntryHistory,
    ids: Container[str],
    options: IdentityOptions,
) -> Resolved:
    """Resolve the identities of all ``selected`` articles.

    ``ids`` are the ids of all existing articles, without duplicates of others.
    """
    entries = {s.article.id: make_entry(s, options.local(s.article)) for s in selected}
    past = {derived: known for derived in entries if (known := memory.by_id(derived))}
    past |= _edited(entries, past, memory, ids, options)
    taken = {known.id for known in past.values()}
    resolved: dict[str, Entry] = {}
    edited: list[Entry] = []
    redated: list[Entry] = []
    newly_redated = 0
    for derived, entry in entries.items():
        known = past.get(derived)
        if known is None:
            old = options.adopted.get(derived)
            if old and _is_free(old.id, derived, ids, options.released) and old.id not in taken:
                taken.add(old.id)
                entry = _adopted(entry, old, options)  # noqa: PLW2901 - it is from here on
            resolved[derived] = entry
            continue
        same_text = _says_the_same(entry, known)
        changed = None if same_text else options.changed_at(entry.article)
        updated = _updated(entry.article, known, changed, options.now)
        own = entry.article.published
        # The date of a file is not from the source: touching the file moves nothing.
        is_given = not entry.article.undated
        source_date = own if is_given and options.keep_dates and own != known.published else None
        published = known.published if source_date or not is_given else own
        article = replace(
            entry.article,
            id=known.id,
            published=published,
            updated=max(updated, published),
            permalink=known.id in options.permalinks,
        )
        resolved[derived] = entry = replace(entry, article=article, source_date=source_date)  # noqa: PLW2901 - it is from here on
        if not same_text:
            edited.append(entry)
        if source_date:
            redated.append(entry)
            # The end of an embargo or an old feed may also date an article: that is no changed zone.
            ruled = own == entry.article.due or (
                derived in options.adopted and memory.became(derived) is None
            )
            newly_redated += source_date != known.source_date and not ruled
    return Resolved(resolved, tuple(edited), tuple(redated), newly_redated, len(past))


def _is_free(known: str, derived: str, ids: Container[str], released: Container[str]) -> bool:
    return known == derived or (known not in ids and known not in released)


def _adopted(entry: Entry, old: OldEntry, options: IdentityOptions) -> Entry:
    """Return an article that we never published as its entry in another generator's feed."""
    article, own = entry.article, entry.article.published
    source_date = own if options.keep_dates and own != old.published else None
    published = old.published if source_date else own
    told = (time for time in (article.updated, old.updated) if time and published < time <= options.now)
    adopted = replace(
        article, id=old.id, published=published, updated=max(told, default=None), permalink=old.permalink
    )
    return replace(entry, article=adopted, source_date=source_date)


def _updated(article: Article, known: EntryRecord, changed: datetime | None, now: datetime) -> datetime:
    if known.updated > now and (article.updated or changed):
        # A published change in the future is replaced as soon as there is a better date.
        known = replace(known, updated=article.published)
    own = article.updated or known.updated
    if changed is None:
        return max(own, known.updated)
    if article.updated and article.updated > known.updated:
        return article.updated
    # A change must be visible, even if the clock of the machine that made the file was wrong.
    return max(changed, known.updated + timedelta(seconds=1))


def _edited(
    entries: Mapping[str, Entry],
    past: Mapping[str, EntryRecord],
    memory: EntryHistory,
    ids: Container[str],
    options: IdentityOptions,
) -> dict[str, EntryRecord]:
    """Return, by derived id, the remembered entries of articles that are known under another id; best ones first."""

    def is_free(known: EntryRecord) -> bool:
        return known.id not in ids and known.id not in options.released

    matches: list[tuple[float, str, str, EntryRecord]] = []
    for derived, entry in entries.items():
        if derived not in past:
            otherwise = [*_known_otherwise(entry.article, memory, options.authority)]
            if (old := options.adopted.get(derived)) and (known := memory.by_id(old.id)):
                otherwise.append((6.0, True, known))
            sure = [found for found in otherwise if is_free(found[2])]
            gone = [known for known in _candidates(entry, memory) if is_free(known)]
            if not sure and not gone:
                continue
            # Made once, and only if needed: a source without times of day has many articles at one instant.
            texts = _texts(entry)
            # Several may have been known by one key or story: take the one with the same text.
            scores = [
                (score + max(_likeness(own, there) for own in texts for there in _ways(known)), known)
                for score, certain, known in sure
                if certain or any(_may_be(own, there) for own in texts for there in _ways(known))
            ]
            scores += [
                (max(_score(entry, own, there) for own in texts for there in _ways(known)), known)
                for known in gone
            ]
            matches += [(-score, known.id, derived, known) for score, known in scores if score]
    found: dict[str, EntryRecord] = {}
    taken: set[str] = set()
    for _, known_id, derived, known in sorted(matches, key=lambda match: match[:3]):
        if known_id not in taken and derived not in found:
            taken.add(known_id)
            found[derived] = known
    return found


def _says_the_same(entry: Entry, known: EntryRecord) -> bool:
    """Say whether an article's text is the known one, before or after cleaning."""
    told = {(digest(entry.article.title), digest(entry.content.html)), entry.written and entry.written[:2]}
    if not known.content and known.title in {text[0] for text in told if text}:
        # A text that no document contains is unknown, which is not a difference.
        return True
    return not told.isdisjoint({(known.title, known.content), known.written} - {None})


def _texts(entry: Entry) -> list[EntryRecord]:
    """Return an article as it is published, and with the original text of its source, if that differs."""
    own = record_entry(entry)
    if not entry.written:
        return [own]
    title, content, sketch = entry.written
    return [own, replace(own, title=title, content=content, sketch=sketch)]


def _ways(known: EntryRecord) -> list[EntryRecord]:
    """Return what is known about an entry, with the published text and with the original text of its source."""
    if not known.written:
        return [known]
    title, content = known.written
    return [known, replace(known, title=title, content=content)]


def _known_otherwise(
    article: Article, memory: EntryHistory, authority: str
) -> Iterable[tuple[float, bool, EntryRecord]]:
    """Yield the entries of an article by its former ids, with how sure each is, and whether it is certain."""
    if known := memory.became(article.id):
        yield 6.0, True, known
    if article.key is None or is_split(article.id):
        return

    def found(other: str) -> EntryRecord | None:
        return memory.by_id(other) or memory.became(other)

    swapped = with_other_scheme(article.key)
    if swapped != article.key and (known := found(_id_of(article, swapped, authority))):
        yield 5.0, True, known
    story = article_id(authority, key=None, published=article.published, title=article.source_title)
    if known := found(story):
        yield 5.0, True, known
    if article.link and not article.by_link:
        known = found(_id_of(article, article.link, authority))
        if known:
            yield 5.0, False, known


def _may_be(own: EntryRecord, known: EntryRecord) -> bool:
    """Say whether an article can be the entry with its key: a section's key may have belonged to something else."""
    return known.title == own.title or (
        _is_dated(known, own.published) and _likeness(own, known) >= ALIKE / 2
    )


def _likeness(own: EntryRecord, known: EntryRecord) -> float:
    """Return how similar title and text are, from 0 to less than 1."""
    text = 1.0 if known.content == own.content else similarity(known.sketch, own.sketch)
    return (0.9 if known.title == own.title else 0.0) / 2 + text * 0.49


def _is_dated(known: EntryRecord, time: datetime) -> bool:
    return time in (known.published, known.source_date)


def _id_of(article: Article, key: str, authority: str) -> str:
    """Return the id that an article would have with another key; in other people's feeds, keys may be ids."""
    if article.id == article.key:
        return key
    return article_id(authority, key=key, published=article.published, title=article.source_title)


def _candidates(entry: Entry, memory: EntryHistory) -> Iterable[EntryRecord]:
    article = entry.article
    title = digest(article.title)
    texts = [*memory.by_text(title, digest(entry.content.html))]
    if entry.written:
        texts += memory.by_text(entry.written.title, entry.written.content)
    instants = memory.by_instant(article.published)
    found = {known.id: known for known in (*texts, *instants)}.values()
    if article.key is None or is_split(article.id):
        return found
    # An article with a key is only that entry if nothing else has changed.
    titles = {title, digest(article.source_title)}
    same = (
        known
        for known in found
        if not titles.isdisjoint(way.title for way in _ways(known)) and _is_dated(known, article.published)
    )
    feeds = {article.feed or None, *shown_keys(article)}
    # Documents do not always say from which feed an entry came.
    return [
        known for known in same if known.feed in feeds or (known.feed is None and not memory.stores(known.id))
    ]


def _score(entry: Entry, own: EntryRecord, known: EntryRecord) -> float:
    """Return how surely ``entry``, which is ``own``, is an edit of ``known``: from 0 (not) to 4 (the same)."""
    same_body = known.content == own.content
    same_text = known.title == own.title and (same_body or not known.content or known.sketch == own.sketch)
    same_date = _is_dated(known, own.published)
    if same_text and same_date:
        return 4.0
    if own.key is not None and not is_split(own.id):
        return 0.0
    if same_body and known.title == own.title:
        return 3.0
    if not same_date:
        return 0.0
    if same_body and len(visible_text(entry.content.html).split()) >= ENOUGH_WORDS:
        return 2.0
    alike = similarity(known.sketch, own.sketch)
    return alike if alike >= ALIKE else 0.0
