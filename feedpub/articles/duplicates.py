"""Decides which record is which article, and which of several records of an article stays, from digests alone.

Records with the same id are versions of one article, and the one that changed last stays, with two exceptions:

- **A key that several articles share.** In one document, or among files of one source with one article each,
  records with different titles and dates are different articles, even if they have the same key. After that, the key
  is ignored, and each title with its instant is an article. The published one, or else the first, keeps
  the id of the key; the others get ids of their own (:func:`feedpub.articles.ids.split_id`).
- **An id that two feeds have.** Records of different feeds are one article if they have the same link or text. Then
  the first feed decides everything except the categories, to which the others add. Otherwise the second feed's record
  is another article, with an id of its own. The first feed is the one whose entry is published, or else the first in
  the config.

Records with the same title and text but different ids are copies of one article, too, and the one published first
stays; but not within one feed (or, for other formats, one source) if their ids, links or enclosures differ.
The result does not depend on the order of reading, except where the order in the config decides.

Near-duplicates concern a single feed (``dedup.near``): entries that say nearly the same as an earlier one, by the
share of common word pairs (Broder, "On the resemblance and containment of documents", 1997).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Literal, NamedTuple, Protocol, TypeAlias

from feedpub.articles.article import Article
from feedpub.articles.entry import Entry
from feedpub.articles.ids import is_split, shown_keys, split_id
from feedpub.articles.sighting import BODY, PART, Sighting, T, renamed
from feedpub.text.similarity import similarity, sketch

Exact: TypeAlias = Literal["across", "all", "none"]
"""Which equal texts with different ids are one article: those of different sources, all, or none."""


class Known(Protocol):
    """What is known about a published entry; ``title`` is its fingerprint in hexadecimal."""

    @property
    def id(self) -> str: ...
    @property
    def published(self) -> datetime: ...
    @property
    def source_date(self) -> datetime | None: ...
    @property
    def title(self) -> str: ...
    @property
    def feed(self) -> str | None: ...
    @property
    def key(self) -> str | None: ...


class Past(Protocol):
    """What must be known about earlier builds."""

    def by_id(self, entry_id: str) -> Known | None:
        """Return the published entry with this id."""
        ...

    def by_instant(self, time: datetime) -> Sequence[Known]:
        """Return the entries with this instant, either published or as their source gives it now."""
        ...

    def became(self, derived: str) -> Known | None:
        """Return the published entry of the article whose derived id is ``derived``, if it has another id."""
        ...

    def split_ids(self) -> Mapping[str, str | None]:
        """Return, by id, the keys of published articles that could not get the id of their key."""
        ...

    def online(self) -> Container[str]:
        """Return the ids of all published entries."""
        ...


def shared_keys(past: Past) -> frozenset[str]:
    """Return the keys that several published articles are known to share."""
    return frozenset(filter(None, past.split_ids().values()))


class NoPast:
    """The history in a first build: nothing."""

    def by_id(self, entry_id: str) -> None:  # noqa: ARG002 - required by the protocol
        """Return nothing."""
        return

    def by_instant(self, time: datetime) -> Sequence[Known]:  # noqa: ARG002 - required by the protocol
        """Return nothing."""
        return ()

    def became(self, derived: str) -> None:  # noqa: ARG002 - required by the protocol
        """Return nothing."""
        return

    def split_ids(self) -> Mapping[str, str | None]:
        """Return nothing."""
        return {}

    def online(self) -> Container[str]:
        """Return nothing."""
        return ()


def known_title(past: Past, article: Article | Sighting) -> str | None:
    """Return the published id of an article that is identified by its title alone, if its file shows which it is."""
    *others, own = article.beside
    known = past.became(own) or past.by_id(own) or next(filter(None, map(past.by_id, others)), None)
    return known.id if known else None


class _Record(NamedTuple):
    """A record as digests. The first six rank versions: changed last, then published first, then the longest body.

    Times are epoch seconds. ``text`` is a digest of title and body, ``rest`` of everything else, to make the order
    definite, ``own`` of id, link and enclosures. ``place`` is the number of its document. ``beside`` are its possible
    ids if it is identified by its title alone, and others have that title, too.
    """

    version: int
    changed: float
    minus_published: float
    size: int
    text: int
    rest: int
    own: int
    place: int
    beside: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[float, ...]:
        return self[:6]

    @property
    def title(self) -> int:
        return self.text >> BODY

    @property
    def instant(self) -> int:
        return int(-self.minus_published)

    @property
    def parts(self) -> tuple[int, int, int]:
        """The digests of id, link and enclosures, 0 if there are none."""
        low = (1 << PART) - 1
        return self.own >> 2 * PART, self.own >> PART & low, self.own & low

    @property
    def point(self) -> tuple[int, int, int]:
        """What distinguishes articles with the same key: instant and title, and without a key, the enclosures."""
        own_id, link, enclosures = self.parts
        return self.instant, self.title, 0 if own_id or link else enclosures


class _Story(NamedTuple):
    """An article with several records: its id, the record that stays, and categories that other feeds add."""

    id: str
    record: _Record
    categories: tuple[str, ...] = ()


_Groups: TypeAlias = list[list[_Record]]


class DuplicateIndex:
    """Watches a stream of articles and says for each whether it is the first of its story.

    If a later record turns out to be the one that should stay, or another article, :meth:`decide` says that
    the stream has to be read again. That is rare, and costs less than storing every article.
    """

    def __init__(
        self,
        authority: str = "",
        exact: Exact = "across",
        past: Past | None = None,
        others: Container[str] = frozenset(),
    ) -> None:
        """Begin to watch; ``others`` are the ids of articles that need not be added.

        No other article has their id or text, so nothing else about them matters here.
        """
        self._others = others
        self._authority = authority
        self._exact = exact
        self._past = past or NoPast()
        self._splits = self._past.split_ids()
        self._shared_keys = shared_keys(self._past)
        # The first record of each id, and all records of ids that have several.
        self._records: dict[str, _Record] = {}
        self._claims: dict[str, list[_Record]] = {}
        # The derived ids of records that are known under other ids.
        self._renamed: set[str] = set()
        # The ids under which another article may be published, and those of keys that are known to be shared.
        self._doubtful: set[str] = set()
        self._shared: set[str] = set()
        # The first id of each text, and all ids of texts that have several, with whether they were accepted at first.
        self._texts: dict[int, str] = {}
        self._copies: dict[int, dict[str, bool]] = {}
        self._categories: dict[tuple[str, int], tuple[str, ...]] = {}
        # Articles that may have been published under the id that 0.1.0 made from a link that cannot be published.
        self._former: dict[str, dict[str, _Record]] = {}
        # For each document: the key of the feed, the number of its source, the number of its records.
        self._places: dict[tuple[int, str], int] = {}
        self._feeds: list[str] = []
        self._shown: dict[str, str] = {}
        self._sources: list[int] = []
        self._counts: list[int] = []
        # The result of settling: the articles of the records of an id, unless it is just one article with that id.
        self._stories: dict[str, dict[_Record, _Story]] = {}
        self._settled: dict[str, _Record] = {}
        self._left_out: dict[str, str] = {}

    def add(self, article: T, instant: float, source: int = 0) -> T | None:
        """Return ``article``, published at ``instant`` (epoch seconds), under its id, if it is new so far.

        ``source`` is the number of its source in the config.
        """
        record = self._record(article, instant, source)
        self._counts[record.place] += 1
        base = self._base(article, record)
        if base != article.id:
            self._renamed.add(article.id)
        if article.feed and article.categories:
            self._categories.setdefault((base, record.place), article.categories)
        known = self._records.setdefault(base, record)
        if known is record:
            return renamed(article, base) if self._is_first(base, record) else None
        if known.place != record.place or known.rank != record.rank:
            self._claims.setdefault(base, [known]).append(record)
        return None

    def pass_over(self, file: str, source: int, articles: int) -> None:
        """Count so many of the ``others`` in a file, after its other articles were added."""
        self._counts[self._place(file, source)] += articles

    def decide(self) -> bool:
        """Decide, after the whole stream; say whether it has to be read again, through :meth:`winners`."""
        for base in self._doubtful:
            self._claims.setdefault(base, [self._records[base]])
        for base, records in self._claims.items():
            stories = dict(self._divided(base, records))
            if any(story != (base, self._records[base], ()) for story in stories.values()):
                self._stories[base] = stories
        self._give_former_ids()
        self._settled = {s.id: s.record for stories in self._stories.values() for s in stories.values()}
        copies: Iterable[Iterable[str]] = self._all_copies() if self._stories else self._copies.values()
        for ids in copies:
            self._left_out |= self._collapsed(ids)
        taken = (known for ids in self._copies.values() for known in ids.items())
        return bool(self._stories) or any(
            was_taken == (known in self._left_out) for known, was_taken in taken
        )

    def winners(self, *, in_order: bool = True) -> Winners:
        """Return what selects, on a second reading of the same stream, the articles that stay.

        Without ``in_order``, the files of the stream may come in another order than before; that is only allowed if
        :meth:`decide` does not say that the stream has to be read again.
        """
        return Winners(self, in_order=in_order)

    def stay(self, article: T, instant: float, source: int, taken: set[str], *, in_order: bool) -> T | None:
        """Return ``article`` under its id if it stays and is not among ``taken``; call this after :meth:`decide`."""
        record = self._record(article, instant, source)
        story = self._story(article, record)
        if (
            story is None
            or story.id in taken
            or story.id in self._left_out
            or story.record.rank != record.rank
            or not (in_order or story.record.place == record.place)
        ):
            return None
        taken.add(story.id)
        return renamed(article, story.id, story.categories)

    def __contains__(self, article_id: object) -> bool:
        """Say whether an article with this id was seen and stays; call this after :meth:`decide`."""
        seen = article_id in self._settled or (
            article_id in self._records and article_id not in self._stories
        )
        return (seen and article_id not in self._left_out) or article_id in self._others

    def source_of(self) -> Mapping[str, int]:
        """Return the number of the source of each file that articles came from."""
        return {file: source for source, file in self._places}

    def saw(self, article_id: str) -> bool:
        """Say whether an article with this derived id was seen, whatever id it gets here."""
        return article_id in self._records or article_id in self._renamed or article_id in self._others

    def identify(self, article: Article | Sighting) -> str:
        """Return the id of an article of the stream; call this after :meth:`decide`."""
        sources = (source for source, file in self._places if file == article.origin.file)
        source = next(sources, None)
        if source is None:
            return article.id
        story = self._story(article, self._record(article, article.published.timestamp(), source))
        return story.id if story else article.id

    def winner_of(self, article: Article | Sighting, instant: float, source: int = 0) -> str | None:
        """Return the id of the article that stays for a record, ``None`` if it was not seen; after :meth:`decide`."""
        story = self._story(article, self._record(article, instant, source))
        return story and self._left_out.get(story.id, story.id)

    def _record(self, article: Article | Sighting, instant: float, source: int) -> _Record:
        place = self._places.get((source, article.origin.file))
        if place is None:
            place = self._place(article.origin.file, source, article.feed)
            if article.feed:
                self._shown[article.feed] = article.feed
                for shown in shown_keys(article):
                    self._shown.setdefault(shown, article.feed)
        seen = article if isinstance(article, Sighting) else Sighting.of(article)
        changed = instant if seen.updated is None else seen.updated.timestamp()
        version = -1 if seen.version is None else seen.version
        return _Record(
            version, changed, -instant, seen.size, seen.text, seen.rest, seen.own, place, seen.beside
        )

    def _place(self, file: str, source: int, feed: str = "") -> int:
        """Return the number of a document; a new one if it was not seen yet."""
        place = self._places.setdefault((source, file), len(self._places))
        if place == len(self._feeds):
            self._feeds.append(feed)
            self._sources.append(source)
            self._counts.append(0)
        return place

    def _base(self, article: Article | Sighting, record: _Record) -> str:
        """Return the id of an article, as far as it is known without the others."""
        base, feed = article.id, article.feed
        if article.beside:
            return known_title(self._past, article) or base
        if article.former and (known := self._past.by_id(article.former)):
            if _fit(known, record) == _SAME:
                return article.former
            self._former.setdefault(article.former, {}).setdefault(base, record)
        if self._splits and (published := self._published_beside(article, record)):
            return published
        if (feed or self._splits) and (known := self._past.by_id(base)) and not _fit(known, record):
            self._doubtful.add(base)
        return base

    def _published_beside(self, article: Article | Sighting, record: _Record) -> str | None:
        """Return the published id of an article whose key belongs to another article, as far as it is known."""
        base, key = article.id, article.key
        own = split_id(self._authority, base, article.feed)
        for shared in (base, own):
            if (known_id := split_id(self._authority, shared, *record.point)) in self._splits:
                self._shared.add(shared)
                return known_id
            if record.version >= 0 and self._versions_id(shared) in self._splits:
                # With its other versions, if there are any.
                self._shared.add(base)
                self._doubtful.add(base)
                return None
        if own in self._splits:
            return own
        if key in self._shared_keys:
            self._shared.add(base)
            # An update or version that was published instead of the article that its key had at its instant.
            published = self._past.by_instant(article.published)
            at_instant = [known.id for known in published if known.key == key]
            is_later = _is_update(record) or record.version >= 0
            if is_later and len(at_instant) == 1 and is_split(at_instant[0]):
                return at_instant[0]
            if record.version >= 0:
                self._doubtful.add(base)
        return None

    def _is_first(self, base: str, record: _Record) -> bool:
        """Say whether ``record`` seems not to be a copy; :meth:`decide` knows."""
        first = self._texts.setdefault(record.text, base)
        if first is base:
            return True
        copies = self._copies.setdefault(record.text, {first: True})
        copies[base] = self._exact == "none" or (
            self._exact == "across" and self._differ(self._records[first], record)
        )
        return copies[base]

    def _story(self, article: Article | Sighting, record: _Record) -> _Story | None:
        base = self._base(article, record)
        if (stories := self._stories.get(base)) is not None:
            return stories.get(record)
        known = self._records.get(base)
        if known is None and base in self._others:
            known = record
        return known and _Story(base, known)

    # Versions of one article, and articles that share a key

    def _divided(self, base: str, records: list[_Record]) -> Iterator[tuple[_Record, _Story]]:
        """Yield the article of each of the records with the id ``base``."""
        if all(record.beside for record in records):
            yield from self._titled(base, records)
            return
        shared = base in self._shared or self._is_shared(records)
        by_feed: dict[str, list[_Record]] = defaultdict(list)
        for record in records:
            by_feed[self._feeds[record.place]].append(record)
        known = self._past.by_id(base)
        order = sorted(by_feed, key=lambda feed: self._claim_of(known, feed, by_feed[feed]))
        # The records of each article by feed; the first feed decides.
        articles: list[dict[str, list[_Record]]] = []
        tokens: dict[tuple[object, ...], int] = {}
        for feed in order:
            for group in _at_points(by_feed[feed]) if shared else [by_feed[feed]]:
                marks = [mark for record in group for mark in _marks(record, shared=shared)]
                alike = (tokens[mark] for mark in marks if mark in tokens)
                number = min((n for n in alike if feed not in articles[n]), default=len(articles))
                if number == len(articles):
                    articles.append({})
                articles[number][feed] = group
                for mark in marks:
                    tokens.setdefault(mark, number)
        # If the feed of the published entry no longer has it, its id stays free.
        is_free = (
            known is None
            or self._owner(known) in {None, *by_feed}
            or any(_fit(known, record) for record in records)
        )
        for feed in order:
            mine = [article for article in articles if next(iter(article)) == feed]
            own_base = base if is_free and feed == order[0] else split_id(self._authority, base, feed)
            for article_id, article in self._named(own_base, mine, feed, shared=shared):
                story = self._told(base, article_id, article, feed)
                yield from ((record, story) for group in article.values() for record in group)

    def _titled(self, base: str, records: list[_Record]) -> Iterator[tuple[_Record, _Story]]:
        """Yield the articles of files with one title: the published one, or else the first, has the id of the title."""
        of_files: dict[str, list[_Record]] = defaultdict(list)
        for record in records:
            of_files[record.beside[-1]].append(record)
        published = self._past.by_id(base)

        def claim(file: str) -> tuple[bool, int, int]:
            became, mine = self._past.became(file), of_files[file]
            owns = became is not None and became.id == base
            fits = max(_fit(published, record) for record in mine) if published else 0
            return not owns, -fits, min(record.place for record in mine)

        taken: set[str] = set()
        for file in sorted(of_files, key=claim):
            mine = of_files[file]
            by_stem = mine[0].beside[0]
            free = (each for each in (base, by_stem) if each not in taken)
            chosen = next((each for each in free if each == base or each not in self._records), file)
            taken.add(chosen)
            story = self._told(base, chosen, {"": mine}, "")
            yield from ((record, story) for record in mine)

    def _is_shared(self, records: Iterable[_Record]) -> bool:
        """Say whether two of the records must be different articles, although they have one id."""
        scopes: dict[tuple[object, int], list[_Record]] = defaultdict(list)
        for record in records:
            if record.version < 0:
                scopes[None, record.place].append(record)
                if self._counts[record.place] == 1:
                    feed = self._feeds[record.place]
                    scopes[feed, self._sources[record.place]].append(record)
        for together in scopes.values():
            instants = {record.instant for record in together}
            titles = {record.title for record in together}
            enclosures = {record.parts[2] for record in together if record.parts[2]}
            if len(instants) > 1 and (len(titles) > 1 or len(enclosures) > 1):
                return True
            if len(enclosures) > 1 and any(record.point[2] for record in together):
                return True
        return False

    def _claim_of(self, known: Known | None, feed: str, records: list[_Record]) -> tuple[int, int]:
        fits = known and max(_fit(known, record) for record in records)
        owner = known is not None and self._owner(known) == feed
        return -(_OWNER * owner + (fits or 0)), min(record.place for record in records)

    def _owner(self, known: Known) -> str | None:
        """Return the feed from which a published entry came; documents may have another of its keys."""
        return self._shown.get(known.feed, known.feed) if known.feed else None

    def _named(
        self, base: str, articles: list[dict[str, list[_Record]]], feed: str, *, shared: bool
    ) -> Iterator[tuple[str, dict[str, list[_Record]]]]:
        """Yield the ids of articles, one of which may have ``base``: the one published under it, or else the first."""
        articles = sorted(articles, key=lambda article: _first_point(article[feed]))
        own = [self._own_id(base, article[feed]) for article in articles]
        known = self._past.by_id(base) if shared else None
        fits = [max(_fit(known, record) for record in article[feed]) if known else 1 for article in articles]
        # An article that is published under an id of its own keeps it.
        free = [fit if own_id not in self._splits else 0 for fit, own_id in zip(fits, own, strict=True)]
        first = free.index(max(free)) if any(free) else None
        for number, article in enumerate(articles):
            yield base if number == first else own[number], article

    def _own_id(self, base: str, records: Sequence[_Record]) -> str:
        """Return the id of an article that cannot have ``base``; with versions, title and instant may change."""
        if any(record.version >= 0 for record in records):
            return self._versions_id(base)
        return split_id(self._authority, base, *_first_point(records))

    def _versions_id(self, base: str) -> str:
        return split_id(self._authority, base, "versions")

    def _told(self, base: str, article_id: str, article: Mapping[str, list[_Record]], feed: str) -> _Story:
        # At equal times, a later file is newer; of equal records, any one will do.
        newest = max(article[feed], key=lambda record: (record[:3], record.place, record.rank))
        same = (record for record in article[feed] if record.rank == newest.rank)
        best = min(same, key=lambda record: record.place)
        others = (record for other, group in article.items() if other != feed for record in sorted(group))
        mine = self._categories.get((base, best.place), ())
        added = (name for record in others for name in self._categories.get((base, record.place), ()))
        return _Story(article_id, best, tuple(dict.fromkeys(name for name in added if name not in mine)))

    def _give_former_ids(self) -> None:
        """Reserve ids that 0.1.0 made from unfit links for the articles that were published under them."""
        for former, records in self._former.items():
            known = self._past.by_id(former)
            free = {base: r for base, r in records.items() if self._past.by_id(base) is None}
            if known is None or former in self._records or not free:
                continue
            base = max(free, key=lambda base: (_fit(known, free[base]), base))
            if base in self._stories or not (_fit(known, free[base]) or len(records) == 1):
                continue
            claims = self._claims.get(base, [self._records[base]])
            self._stories[base] = dict.fromkeys(claims, _Story(former, self._records[base]))

    # Copies of one text under several ids

    def _differ(self, one: _Record, two: _Record) -> bool:
        """Say whether two records with the same text are different articles."""
        if self._group(one) != self._group(two):
            return one.parts[2] != two.parts[2]
        return any(
            first and second and first != second for first, second in zip(one.parts, two.parts, strict=True)
        )

    def _group(self, record: _Record) -> tuple[str, int]:
        feed = self._feeds[record.place]
        return feed, -1 if feed else self._sources[record.place]

    def _all_copies(self) -> list[list[str]]:
        by_text: dict[int, list[str]] = defaultdict(list)
        for base, record in self._records.items():
            if base not in self._stories:
                by_text[record.text].append(base)
        for article_id, record in self._settled.items():
            by_text[record.text].append(article_id)
        return [ids for ids in by_text.values() if len(ids) > 1]

    def _collapsed(self, ids: Iterable[str]) -> dict[str, str]:
        """Return which of the articles ``ids`` with equal texts are left out, and which ones stay for them."""
        if self._exact == "none":
            return {}
        records = {known: self._settled.get(known) or self._records[known] for known in ids}
        online = self._past.online()
        order = sorted(
            records, key=lambda known: (known not in online, -records[known].minus_published, known)
        )
        if self._exact == "all":
            return dict.fromkeys(order[1:], order[0])
        left_out: dict[str, str] = {}
        distinct: dict[tuple[tuple[str, int], object], str] = {}
        rest: list[str] = []
        for known in order:
            record, group = records[known], self._group(records[known])
            if same := next(
                (distinct[group, key] for key in _asked(record) if (group, key) in distinct), None
            ):
                left_out[known] = left_out.get(same, same)
                continue
            for key in _offered(record):
                distinct.setdefault((group, key), known)
            rest.append(known)
        across = self._copies_across({known: records[known] for known in rest}, online)
        return {known: across.get(kept, kept) for known, kept in left_out.items()} | across

    def _copies_across(self, records: Mapping[str, _Record], online: Container[str]) -> dict[str, str]:
        """Return which articles with the same text are copies of those in other sources, and of which; best first.

        A copy has the same day, so that a text that two sources repeat every day stays in step. If each has it only
        once, the date does not count.
        """
        left_out: dict[str, str] = {}
        often = Counter((self._group(record), record.parts[2]) for record in records.values())
        near: dict[tuple[int, int], list[str]] = defaultdict(list)
        single: dict[int, str] = {}
        sources: dict[str, set[tuple[str, int]]] = {}
        for known, record in records.items():
            group, files = self._group(record), record.parts[2]
            day = record.instant // _DAY
            of_days = (near[files, other] for other in (day - 1, day, day + 1))
            found = [
                k for keepers in of_days for k in keepers if abs(records[k].instant - record.instant) < _DAY
            ]
            if often[group, files] == 1 and files in single:
                found.append(single[files])
            fit = (k for k in found if group not in sources[k])
            winner_of = min(fit, key=lambda k: (abs(records[k].instant - record.instant), k), default=known)
            sources.setdefault(winner_of, set()).add(group)
            # An article that subscribers know stays, even if another source now has it as well.
            if winner_of != known and known not in online:
                left_out[known] = winner_of
            if winner_of == known:
                near[files, day].append(known)
                if often[group, files] == 1:
                    single.setdefault(files, known)
        return left_out


class Winners:
    """Selects, on a second reading of a stream, the articles that stay: each once, under its id.

    Articles that are new on the second reading do not stay: a later build will take them.
    """

    def __init__(self, index: DuplicateIndex, *, in_order: bool) -> None:
        self._index = index
        self._in_order = in_order
        self._taken: set[str] = set()

    def __call__(self, article: T, instant: float, source: int = 0) -> T | None:
        """Return ``article``, published at ``instant`` (epoch seconds), under its id if it stays."""
        return self._index.stay(article, instant, source, self._taken, in_order=self._in_order)


_DAY = 86_400
_SAME, _OWNER = 3, 4


def _fit(known: Known, record: _Record) -> int:
    """Return how surely a record is a published entry: by its title, its date, or both."""
    dates = {int(time.timestamp()) for time in (known.published, known.source_date) if time}
    return 2 * (record.instant in dates) + (int(known.title, 16) == record.title)


def _marks(record: _Record, *, shared: bool) -> Iterator[tuple[object, ...]]:
    """Yield keys: records of two feeds with one id are one article if they share one of these."""
    yield "text", record.text
    if shared:
        yield "point", record.point
    elif link := record.parts[1]:
        yield "link", link


def _at_points(records: Sequence[_Record]) -> _Groups:
    """Return the records with a shared key, divided into articles.

    An update is a version of the article that was published at its instant under another title.
    """
    versioned = {record.point for record in records if record.version >= 0}

    def article(record: _Record) -> object:
        # A record with the title and instant of a version is the same article, whether it has a version or not.
        return "versions" if record.version >= 0 or record.point in versioned else record.point

    points: dict[object, list[_Record]] = defaultdict(list)
    updates: list[_Record] = []
    for record in records:
        if _is_update(record):
            updates.append(record)
        else:
            points[article(record)].append(record)
    at: dict[tuple[int, int], list[object]] = defaultdict(list)
    for point, group in points.items():
        for place in {record.place for record in group}:
            at[place, group[0].instant].append(point)
    for record in updates:
        earlier = at[record.place, record.instant]
        point = article(record) if article(record) in points or len(earlier) != 1 else earlier[0]
        points[point].append(record)
    return list(points.values())


def _first_point(records: Iterable[_Record]) -> tuple[int, int, int]:
    """Return the record that distinguishes an article from others with its key: not an update, which may vanish."""
    return min((_is_update(record), record.point) for record in records)[1]


def _is_update(record: _Record) -> bool:
    """Say whether a record without a version was changed after it was published."""
    return record.version < 0 and record.changed > -record.minus_published


def _offered(record: _Record) -> Iterator[object]:
    """Yield the keys under which records with matching ids, links and enclosures find this one."""
    there = tuple(map(bool, record.parts))
    for asked in product((False, True), repeat=3):
        yield (
            there,
            tuple(
                part if has and wants else 0
                for part, has, wants in zip(record.parts, there, asked, strict=True)
            ),
        )


def _asked(record: _Record) -> Iterator[object]:
    """Yield the keys of :func:`_offered` of all records that match ``record``: fields that both have are equal."""
    for there in product((False, True), repeat=3):
        yield there, tuple(part if has else 0 for part, has in zip(record.parts, there, strict=True))


KEYS = 16
"""How many hashes an entry is found by: of pairs of texts that are half alike, 1 in 65,000 shares none of them."""

COMMON = 200
"""A hash that so many entries of a feed share is a turn of phrase and is no longer used."""


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """An ``entry`` that ``feed`` left out because of an earlier one, ``kept``; ``similarity`` from 0 to 1."""

    feed: str
    entry: Entry
    kept: Entry
    similarity: float

    @property
    def reason(self) -> str:
        """Why it was left out, as a sentence."""
        kept = self.kept.article
        return (
            f"left out of {self.feed}: {self.similarity:.0%} of its text is in {kept.title!r} ({kept.origin}),"
            " which is earlier"
        )


def leave_out_near(
    entries: Sequence[Entry], feed: str, share: float
) -> tuple[list[Entry], tuple[NearDuplicate, ...]]:
    """Return ``entries`` (newest first) without near-duplicates by ``share`` of an earlier one, and these.

    An entry is only compared with entries that stay: in a chain of texts, each a little changed, the first stays,
    and so does each that differs enough from it.
    """
    kept: list[tuple[Entry, tuple[int, ...]]] = []
    near: list[NearDuplicate] = []
    found_by = defaultdict[int, list[int]](list)
    for entry in reversed(entries):
        own = sketch(entry.article.title, entry.content.html)
        candidates = sorted({number for hash_ in own[:KEYS] for number in found_by[hash_]})
        alike = [(similarity(own, kept[number][1]), -number) for number in candidates]
        best, number = max(alike, default=(0.0, 0))
        if best >= share:
            near.append(NearDuplicate(feed, entry, kept[-number][0], best))
            continue
        for hash_ in own[:KEYS]:
            if len(found_by[hash_]) < COMMON:
                found_by[hash_].append(len(kept))
        kept.append((entry, own))
    return [entry for entry, _ in reversed(kept)], tuple(near)
