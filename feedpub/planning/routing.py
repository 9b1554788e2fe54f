"""Reads the sources: drops duplicates, holds back what is not due, applies the rules, keeps the newest for each feed.

One pass is usually enough. Only the newest articles of each feed and two digests per article are in memory; for a
feed with an archive, texts are kept on disk. The result does not depend on the order of files and records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from math import inf
from types import MappingProxyType
from typing import Generic, TypeVar

from feedpub.articles.adoption import Adoptable
from feedpub.articles.article import Article, Boilerplate, LeftOut, Local, Notice, Reject
from feedpub.articles.duplicates import DuplicateIndex, Winners
from feedpub.articles.entry import Entry, RoutedArticle, Turn, make_entry, offload
from feedpub.articles.ids import is_split, shown_keys
from feedpub.articles.sighting import Sighting, Told
from feedpub.articles.withdrawals import Gone, Withdrawal, Withdrawn, dated, mark
from feedpub.catalog import (
    Catalog,
    CatalogFile,
    Census,
    Damaged,
    Effort,
    Seen,
    Selector,
    Skipped,
    Stale,
    Want,
)
from feedpub.config import FeedSettings, Settings
from feedpub.core.spool import Spool
from feedpub.planning.hands import Hands, Heard
from feedpub.planning.made_feeds import ValueCounter, Values
from feedpub.planning.publicity import Past, Publicity, earliest
from feedpub.planning.source_order import SourceOrder
from feedpub.planning.windows import origin_of, out_of_bounds
from feedpub.sources import Readings, Statuses, local_file

LocalOf = Callable[[int, Article], Local | None]

Progress = Callable[[int, int, int], None]
"""Called after each file with the number of files read, of all files, and of articles so far."""


@dataclass(frozen=True, slots=True)
class IngestResult:
    """What the sources contain: the articles selected for the feeds, and what later steps need to know about the rest.

    - ``selected`` are the newest articles of each feed, in the order of the config. For a feed with an archive, they
      are all articles that are not in a closed archive document, as entries whose texts are on disk.
    - ``readings`` and ``catalog`` are the files as they were read, and what is known about them. ``census`` selects the
      articles that only needed to be counted; without one, each article was looked at.
    - ``publicity`` and ``index`` decided which records became articles; ``index`` contains the id of each article that
      stays, whether it was selected or not.
    - ``withdrawn`` contains the ids of withdrawn articles, ``released`` also those of expired ones: guards count
      neither. ``hidden`` are the ids of everything that must not be shown any more. ``withdrawals`` are to be
      remembered.
    - ``listed`` is the date of the oldest entry of each feed of other people, by the keys of that feed.
    - ``adoptable`` are the articles of sources that adopt old feeds, by the number of the source.
    - ``values`` are those that each template of the config asks for.
    - ``articles`` to ``boilerplate_lines`` are counts. The articles that were ``taken_back`` are also among those
      ``left_out``.
    - ``next_change`` is the earliest instant at which the clock alone changes which records are public, or how.
    - ``hands`` knows what people decided about articles, and ``decided`` are the ids of the articles concerned: guards
      do not count them when they leave a feed. ``unused`` are warnings about decisions in the config that match no
      record, ``not_withdrawn`` are warnings about articles that it withdraws and that do not exist.
    - ``effort`` says how much had to be read and matched.
    """

    selected: tuple[tuple[RoutedArticle | Entry, ...], ...]
    readings: Readings
    catalog: Catalog
    census: Census | None
    index: DuplicateIndex
    withdrawn: Container[str]
    released: Container[str]
    hidden: frozenset[str]
    withdrawals: Withdrawn
    listed: Mapping[str, datetime]
    adoptable: Mapping[int, tuple[Adoptable, ...]]
    values: tuple[Values, ...]
    publicity: Publicity
    articles: int
    duplicates: int
    held: int
    left_out: int
    taken_back: int
    boilerplate_lines: int
    rejects: tuple[Reject, ...]
    notices: tuple[Notice, ...]
    source_warnings: tuple[str, ...]
    next_change: datetime | None
    hands: Hands
    unused: tuple[str, ...]
    not_withdrawn: tuple[str, ...]
    decided: frozenset[str]
    effort: Effort


def _no_files(_source: int, _article: Article) -> None:
    return None


def ingest(  # noqa: PLR0913 - each comes from elsewhere
    settings: Settings,
    now: datetime,
    past: Past,
    progress: Progress | None = None,
    remembered: Withdrawn = MappingProxyType({}),
    catalog: Catalog | None = None,
    *,
    local: LocalOf | None = None,
) -> IngestResult:
    """Read all sources of ``settings``; articles that are not public at ``now`` are left out or held back.

    ``past`` is what earlier builds published, ``remembered`` are the withdrawals that they saw, and ``catalog`` is what
    they read. ``local`` returns what publishes the files of an article, for the number of its source and the article.

    Raises :class:`feedpub.core.errors.SourceError` if a file cannot be read at all.
    """
    catalog = catalog or Catalog(Readings(settings.sources, settings.site.id_authority))
    while True:
        try:
            return _ingest(settings, now, past, progress, remembered, catalog, local=local or _no_files)
        except Stale:
            # The catalog has forgotten the file, so it is read now.
            continue
        except Damaged:
            catalog.clear()


def _ingest(  # noqa: PLR0913 - as above
    settings: Settings,
    now: datetime,
    past: Past,
    progress: Progress | None,
    remembered: Withdrawn,
    catalog: Catalog,
    *,
    local: LocalOf,
) -> IngestResult:
    hands = Hands(settings, past)
    publicity = Publicity(settings, now, past, remembered)
    tally = _Tally(Heard(hands, publicity.listed))
    order = SourceOrder()

    routers = [sieve := _Router(settings, past, SourceOrder(), hands, local)]

    def new_router() -> _Router:
        routers.append(_Router(settings, past, order, hands, local))
        return routers[-1]

    def asks_all() -> bool:
        return publicity.asks_all or sieve.asks_all or tally.heard.listens or bool(past.split_ids())

    def read(progress: Progress | None) -> tuple[Census | None, DuplicateIndex, _Router]:
        router = new_router()
        census = None if asks_all() else catalog.census(now, publicity.withdrawn)
        index = DuplicateIndex(settings.site.id_authority, settings.exact, past, census or ())
        articles = _articles(catalog, publicity, tally, progress, census)
        _first_reading(index, router, publicity, articles, tally, order)
        return census, index, router

    if _read_new(catalog, publicity, progress, sieve, asks_all=asks_all()):
        progress = None
    census, index, router = read(progress)
    declared = {
        marked: dated(withdrawal, remembered.get(marked)) for marked, withdrawal in tally.declared.items()
    }
    withdrawn = {**remembered, **declared}
    news = {gone for gone, marked in tally.gone if withdrawn[marked] != remembered.get(marked)}
    alone = {early for early in tally.early - tally.hidden if not index.saw(early)}
    if alone or any(map(index.saw, news)):
        # Only after reading all records is it known which withdrawals count, and which published articles have no
        # other record. So the sources are read again.
        publicity = Publicity(settings, now, past, withdrawn, alone)
        tally = _Tally(Heard(hands, publicity.listed))
        census, index, router = read(None)
    if index.decide():
        # Some of the articles offered to feeds do not stay, or have another id. So the sources are read again.
        router, winners = new_router(), index.winners()
        if census:
            _offer_known(catalog, publicity, winners, router, sieve, census)
        _second_reading(winners, router, publicity, catalog, tally, census)
    else:
        _offer_known(catalog, publicity, index.winners(in_order=False), router, sieve)
    selected = router.newest()
    catalog.save(router.whole, router.floors)
    # A lifted withdrawal is forgotten, unless a record still declares it or it still keeps another record back.
    needed = declared.keys() | tally.keeping
    withdrawn = {m: w for m, w in withdrawn.items() if m in needed or m not in tally.lifted}
    known = _Known(past, index)
    gone = known.ids(tally.withdrawn) | publicity.listed.ids
    released = gone | known.ids(tally.expired)
    return IngestResult(
        selected=selected,
        readings=catalog.readings,
        catalog=catalog,
        census=census,
        index=index,
        withdrawn=Gone(gone, withdrawn.keys() - tally.lifted),
        released=Gone(released, withdrawn.keys() - tally.lifted),
        hidden=released | (known.ids(tally.hidden) - known.shown() if tally.hidden else frozenset()),
        withdrawals=withdrawn,
        listed=tally.listed,
        adoptable={source: tuple(found) for source, found in router.adoptable.items()},
        values=router.values.counts,
        publicity=publicity,
        articles=router.offered,
        duplicates=tally.articles - tally.held - tally.not_public - router.offered,
        held=tally.held,
        left_out=tally.left_out,
        taken_back=tally.taken_back,
        boilerplate_lines=tally.boilerplate_lines,
        rejects=tuple(tally.rejects),
        notices=(
            *tally.notices,
            *tally.statuses.notices(),
            *tally.heard.notices(),
            *catalog.readings.notices,
        ),
        source_warnings=tuple(tally.source_warnings),
        next_change=earliest(now, tally.next_change, catalog.readings.settled),
        hands=hands,
        unused=tally.heard.unused,
        not_withdrawn=tally.heard.not_withdrawn(settings.withdrawn, past),
        decided=tally.heard.decided(past),
        effort=catalog.effort(sum(router.matched for router in routers)),
    )


LONG_AGO = datetime.min.replace(tzinfo=UTC)


class SourceTimes:
    """When sources last changed, by the mtimes of their files, in whole seconds.

    No date comes from the clock, so the same input gives the same bytes later. A source that is not a file, or whose
    mtime is after ``now``, counts as changed :data:`LONG_AGO`, which is before every other date. For a file that has
    not settled, and was read as the last build read it, ``readings`` have its mtime from then.
    """

    def __init__(self, settings: Settings, now: datetime, readings: Readings) -> None:
        self._settings = settings
        self._now = now
        self._readings = readings

    def of_article(self, article: Article) -> datetime:
        """Return when the file of ``article`` last changed; for an article from the web, its local copy."""
        if last := self._readings.last_changed(article.origin.file):
            return last
        try:
            mtime = local_file(article.origin.file, self._settings.base).stat().st_mtime
            changed = datetime.fromtimestamp(int(mtime), UTC)
        except (OSError, OverflowError, ValueError):
            return LONG_AGO
        return changed if changed <= self._now else LONG_AGO


@dataclass(slots=True)
class _Tally:
    """Counts and collects what is read.

    - Of the records ``left_out``, ``taken_back`` were withdrawn, and ``not_public`` had become articles before.
    - ``declared`` are the withdrawals that records declare, by mark; ``gone`` are the ids concerned, with their marks.
    - ``lifted`` are marks of withdrawals with a record that is public again, ``keeping`` of those that keep one back.
    - ``withdrawn``, ``expired`` and ``hidden`` (everything left out) are ids. ``early`` are the ids of published
      articles that have a record held back because of its date.
    """

    heard: Heard
    articles: int = 0
    held: int = 0
    not_public: int = 0
    left_out: int = 0
    taken_back: int = 0
    boilerplate_lines: int = 0
    rejects: list[Reject] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    statuses: Statuses = field(default_factory=Statuses)
    declared: dict[str, Withdrawal] = field(default_factory=dict)
    gone: set[tuple[str, str]] = field(default_factory=set)
    lifted: set[str] = field(default_factory=set)
    keeping: set[str] = field(default_factory=set)
    withdrawn: set[str] = field(default_factory=set)
    expired: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    early: set[str] = field(default_factory=set)
    listed: dict[str, datetime] = field(default_factory=dict)
    source_warnings: list[str] = field(default_factory=list)
    next_change: datetime | None = None

    def count(self, article: Sighting, publicity: Publicity) -> Sighting:
        """Count an article, and return it with the date that subscribers know, and without a future update."""
        self.articles += 1
        if self.heard.listens or article.feeds or article.not_feeds:
            self.heard.hear(article)
        if publicity.is_plain(article):
            return article
        article = publicity.dated(article)
        self.next_change = earliest(publicity.now, self.next_change, publicity.changes_at(article))
        if article.feed:
            for key in {article.feed, *shown_keys(article)}:
                self.listed[key] = min(self.listed.get(key, article.published), article.published)
        due = publicity.without_future_update(article)
        if due is not article:
            self.notices.append(_future_update(article))
        return due

    def leave_out(self, left_out: LeftOut) -> None:
        self.left_out += 1
        self.heard.hear_left_out(left_out)
        self.notices.append(Notice(left_out.origin, left_out.kind, f"left out, as {left_out.reason}"))
        self.hidden.update(left_out.ids)
        if left_out.kind == "withdrawn":
            self.taken_back += 1
            self.withdrawn.update(left_out.ids)
        if left_out.kind == "expired":
            self.expired.update(left_out.ids)

    def take_back(self, left_out: LeftOut, now: datetime) -> None:
        """Remember what the record withdraws, if it is a withdrawal."""
        if left_out.kind != "withdrawn":
            return
        withdrawal = Withdrawal.of(left_out, now)
        for article_id in left_out.ids:
            marked = mark(article_id, left_out.feed)
            self.gone.add((article_id, marked))
            self.declared[marked] = withdrawal.joined(self.declared.get(marked))


@dataclass(frozen=True, slots=True)
class _Known:
    """Knows under which ids articles were published."""

    past: Past
    index: DuplicateIndex

    def ids(self, gone: Iterable[str]) -> frozenset[str]:
        """Return the ids ``gone`` and those under which their articles were published."""
        # An article with another record that is public, such as a later version, is not gone.
        own = {each for each in gone if not self.index.saw(each)}
        found = (known for each in own for known in (self.past.by_id(each), self.past.became(each)))
        return frozenset(own | {known.id for known in found if known})

    def shown(self) -> frozenset[str]:
        """Return the published ids of public articles, where they differ from the derived ones."""
        return frozenset(known for derived, known in self.past.aliases().items() if self.index.saw(derived))


def _read_new(
    catalog: Catalog, publicity: Publicity, progress: Progress | None, sieve: _Router, *, asks_all: bool
) -> bool:
    """Read the files that the catalog does not know; say whether it knows all files after that.

    The ``sieve`` selects articles that feeds may have room for, as far as this is known before everything is read.
    If the build ``asks_all`` about each article, this only pays when worker processes do it.
    """
    files = len(catalog.readings.inputs)

    def sift(seen: Seen) -> None:
        instant = seen.told.published.timestamp()
        # Most articles are too old for all feeds.
        if instant >= sieve.floor and not publicity.why_not(seen.told):
            sieve.offer(seen.told, instant, seen)

    def report(done: int, articles: int) -> None:
        if progress:
            progress(done, files, articles)

    if not sieve.is_bounded or sieve.asks_all:
        return catalog.read_new(None, report)
    knows_all = catalog.read_new(None if asks_all else sift, report, sieve.selector(sift, publicity.now))
    catalog.hold(sieve.at_hand())
    return knows_all


def _first_reading(
    index: DuplicateIndex,
    router: _Router,
    publicity: Publicity,
    articles: Iterable[tuple[Sighting, Seen] | Skipped],
    tally: _Tally,
    order: SourceOrder,
) -> None:
    """Register all articles; offer those that are read now to the feeds, as their texts are at hand."""
    for one in articles:
        if isinstance(one, Skipped):
            index.pass_over(one.file.name, one.file.source, one.articles)
            router.offered += one.articles
            continue
        sighting, seen = one
        instant = sighting.published.timestamp()
        order.hear(sighting, instant)
        if why := publicity.why_not(sighting):
            if why == "held":
                tally.held += 1
                if sighting.due is not None:
                    tally.hidden.add(sighting.id)
                if publicity.may_be_alone(sighting):
                    tally.early.add(sighting.id)
            else:
                tally.not_public += 1
                tally.keeping.update(publicity.marks(sighting))
                tally.leave_out(LeftOut(sighting.origin, why, publicity.reason(sighting, why), sighting.id))
            continue
        tally.lifted.update(publicity.marks(sighting))
        if new := index.add(sighting, instant, seen.file.source):
            router.count(new, seen)
            if seen.read:
                router.offer(new, instant, seen)
    order.end_file()


def _second_reading(
    winners: Winners,
    router: _Router,
    publicity: Publicity,
    catalog: Catalog,
    tally: _Tally,
    census: Census | None,
) -> None:
    """Offer the articles that stay, which the first reading has decided; ``tally`` has its counts."""
    again = _Tally(Heard(router.hands))
    for one in _articles(catalog, publicity, again, None, census):
        if isinstance(one, Skipped):
            router.offered += one.articles
            continue
        sighting, seen = one
        instant = sighting.published.timestamp()
        if not publicity.why_not(sighting) and (kept := winners(sighting, instant, seen.file.source)):
            router.count(kept, seen)
            router.offer(kept, instant, seen)
            if is_split(kept.id) and not is_split(sighting.id):
                tally.notices.append(_shared_id(sighting))


def _offer_known(
    catalog: Catalog,
    publicity: Publicity,
    winners: Winners,
    router: _Router,
    sieve: _Router,
    census: Census | None = None,
) -> None:
    """Offer the articles of known files: roughly the newest first, so that feeds are full sooner.

    The ``sieve`` has been offered those that this build has read. With ``census``, only the articles that it
    skipped are offered.
    """
    tally = _Tally(Heard(router.hands))
    want = Want(census, trusts=not tally.heard.listens)
    known = sorted((file for file in catalog.files() if file.is_known), key=lambda file: -file.newest)
    router.raise_floor()
    # What the last build needed is probably enough, and reading the texts of more articles takes time.
    enough = tuple(map(max, catalog.floors(len(router.floors)), sieve.floors))
    for by, before in ((enough, None), (None, enough)):
        for file in known:
            floors = tuple(map(max, by or router.floors, router.floors))
            if file.newest < min(floors, default=inf):
                break
            for seen in file.wanted(floors, before, want):
                sighting = publicity.marked(tally.count(seen.told, publicity))
                instant = sighting.published.timestamp()
                if not publicity.why_not(sighting) and (kept := winners(sighting, instant, file.source)):
                    router.offer(kept, instant, seen)
            file.leave()
        router.raise_floor()


def _future_update(article: Told) -> Notice:
    assert article.updated is not None
    return Notice(
        article.origin,
        "bad-updated",
        f"left out the time of the update until it is due: {article.updated.isoformat()} is in the future",
    )


def _shared_id(article: Told) -> Notice:
    shown = f"{article.key or article.title!r}"[:200]
    return Notice(
        article.origin,
        "shared-id",
        f"{shown} is also the id or link of another article, so this one has an id of its own",
    )


def _articles(
    catalog: Catalog,
    publicity: Publicity,
    tally: _Tally,
    progress: Progress | None,
    census: Census | None = None,
) -> Iterator[tuple[Sighting, Seen] | Skipped]:
    """Yield all articles as they are now, each with its place; of those that ``census`` skips, only the number."""
    inputs = catalog.readings.inputs
    tally.source_warnings += catalog.readings.warnings
    for done, file in enumerate(catalog.files(), 1):
        yield from _articles_of(file, publicity, tally, census)
        if progress:
            progress(done, len(inputs), tally.articles)


def _articles_of(
    file: CatalogFile, publicity: Publicity, tally: _Tally, census: Census | None
) -> Iterator[tuple[Sighting, Seen] | Skipped]:
    for item in file.items(census):
        if isinstance(item, Seen):
            yield publicity.marked(tally.count(item.told, publicity)), item
        elif isinstance(item, Skipped):
            tally.articles += item.articles
            yield item
        elif isinstance(item, Boilerplate):
            tally.boilerplate_lines += item.origin.lines
        elif isinstance(item, Reject):
            tally.rejects.append(item)
        elif isinstance(item, LeftOut):
            tally.leave_out(item)
            tally.take_back(item, publicity.now)
        elif not tally.statuses.counts(item):
            tally.notices.append(item)
    file.leave()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An article that feeds may publish; ``whole`` is its text, if it is at hand."""

    article: Sighting
    feeds: tuple[str, ...]
    seen: Seen
    archived: bool
    whole: RoutedArticle | Entry | None
    turn: Turn = (0, 0, 0)


class _Router:
    """Offers each article to the feeds whose rules take it, unless a closed archive document already has it."""

    def __init__(
        self, settings: Settings, past: Past, order: SourceOrder, hands: Hands, local: LocalOf
    ) -> None:
        self._local = local
        self.hands = hands
        self._rules = settings.rules
        self._slugs = settings.rules.slugs
        self._rooms = [_room(feed) for feed in settings.feeds]
        self._selections = [NewestN[_Candidate](*room, order) for room in self._rooms]
        self._podcasts = {number for number, feed in enumerate(settings.feeds) if feed.podcast}
        self._windows = [feed.window for feed in settings.feeds]
        self._shares = any(window.max_per_source for window in self._windows)
        self._archiving = {n for n, feed in enumerate(settings.feeds) if feed.archive is not None}
        self._past = past
        self._spool = Spool()
        self.floor = float("-inf")
        """An article published before this (in epoch seconds) is too old for every feed."""
        self.offered = 0
        self.matched = 0
        """The number of articles that were matched against the rules."""
        self.values = ValueCounter(settings)
        self.adoptable: dict[int, list[Adoptable]] = {
            number: [] for number, spec in enumerate(settings.sources) if spec.adopt
        }
        self.whole: dict[tuple[CatalogFile, int], Article] = {}
        """The newest articles, where they are not entries on disk, by file and number in it."""

    @property
    def asks_all(self) -> bool:
        """Whether a build needs more from each article than which feeds take it."""
        return bool(self.values.counts or self.adoptable)

    @property
    def is_bounded(self) -> bool:
        """Whether each feed has room for a fixed number of articles, whatever their source."""
        return all(selection.is_bounded for selection in self._selections)

    def selector(self, sift: Callable[[Seen], None], now: datetime) -> Selector:
        """Return what worker processes are to look for when they read files; requires :attr:`is_bounded`."""

        def matched(articles: int) -> None:
            self.matched += articles

        rooms = tuple(room or 0 for room, _ in self._rooms)
        return Selector(self._rules, rooms, lambda: self.floors, now.timestamp(), sift, matched)

    def at_hand(self) -> dict[tuple[CatalogFile, int], Article]:
        """Return the articles selected so far whose texts are at hand, by file and number in it."""
        kept = chain.from_iterable(selection.kept() for selection in self._selections)
        return {(c.seen.file, c.seen.number): c.whole.article for c in kept if c.whole}

    @property
    def floors(self) -> tuple[float, ...]:
        """For each feed, the instant (in epoch seconds) before which it takes no more articles."""
        return tuple(selection.floor for selection in self._selections)

    def count(self, sighting: Sighting, seen: Seen) -> None:
        """Count an article that stays."""
        self.offered += 1
        if seen.file.source in self.adoptable:
            self.adoptable[seen.file.source].append(Adoptable.of(sighting))
        if self.values.counts:
            self.values.add(sighting.applied_to(seen.whole()))

    def offer(self, sighting: Sighting, instant: float, seen: Seen) -> None:
        """Offer an article, which has been counted, to the feeds."""
        if instant < self.floor:
            # All feeds have enough newer articles.
            return
        taken = self._taken(sighting, seen)
        wanting = [
            index for index in taken if not self._has(index, sighting) and self._in_bounds(index, sighting)
        ]
        selections = [self._selections[index] for index in wanting]
        if any(instant >= selection.floor for selection in selections):
            candidate = self._candidate(
                sighting, seen, taken, archived=not self._archiving.isdisjoint(wanting)
            )
            origin = origin_of(sighting, seen.file.source) if self._shares else ""
            for selection in selections:
                selection.offer(instant, candidate, origin)
            self.floor = min(selection.floor for selection in self._selections)

    def raise_floor(self) -> None:
        """Update :attr:`floor`, which lags behind while articles are offered."""
        for selection in self._selections:
            selection.raise_floor()
        self.floor = min((selection.floor for selection in self._selections), default=-inf)

    def _taken(self, sighting: Sighting, seen: Seen) -> Sequence[int]:
        """Return the numbers of the feeds that take an article, by their rules or by hand."""
        # No rule looks at the other fields that may have changed. But the catalog does not know what the config lists.
        is_same = sighting.categories == seen.told.categories and not self.hands.names(sighting)
        known = seen.file.feeds(seen.number) if is_same else None
        if known is not None:
            return known
        taken = self._rules.route(sighting.applied_to(seen.whole()), self.hands.of(sighting))
        self.matched += 1
        if is_same:
            seen.file.take(seen.number, taken)
        return taken

    def _candidate(
        self, sighting: Sighting, seen: Seen, taken: Iterable[int], *, archived: bool
    ) -> _Candidate:
        feeds = tuple(self._slugs[index] for index in taken)
        whole = None
        if seen.read:
            whole = self._whole(sighting, seen.whole(), feeds, seen.file.source, archived=archived)
        if whole:
            # The text is not needed twice in memory.
            seen = seen._replace(read=None)
        return _Candidate(sighting, feeds, seen, archived, whole)

    def _whole(
        self, sighting: Sighting, article: Article, feeds: tuple[str, ...], source: int, *, archived: bool
    ) -> RoutedArticle | Entry:
        selected = RoutedArticle(sighting.applied_to(article), feeds)
        if not archived:
            return selected
        return offload(make_entry(selected, self._local(source, selected.article)), self._spool)

    def newest(self) -> tuple[tuple[RoutedArticle | Entry, ...], ...]:
        """Return the newest articles of each feed. Raises :class:`feedpub.catalog.Stale` if a file has changed."""
        chosen = [selection.newest() for selection in self._selections]
        of_files: dict[CatalogFile, dict[int, _Candidate]] = {}
        for candidate in chain.from_iterable(chosen):
            of_files.setdefault(candidate.seen.file, {})[candidate.seen.number] = candidate
        whole: dict[tuple[CatalogFile, int], RoutedArticle | Entry] = {}
        for file, candidates in of_files.items():
            for number, one in sorted(candidates.items()):
                whole[file, number] = one.whole or self._whole(
                    one.article, one.seen.whole(), one.feeds, file.source, archived=one.archived
                )
            file.leave()
        self.whole = {place: each.article for place, each in whole.items() if isinstance(each, RoutedArticle)}
        return tuple(
            tuple(replace(whole[each.seen.file, each.seen.number], turn=each.turn) for each in of_feed)
            for of_feed in chosen
        )

    def _has(self, index: int, article: Told) -> bool:
        return index in self._archiving and self._past.archived(self._slugs[index], article.id)

    def _in_bounds(self, index: int, article: Told) -> bool:
        if index in self._podcasts and not article.plays:
            return False
        window = self._windows[index]
        if window.after is None and window.before is None:
            return True
        # Subscribers may know the article under another date, which counts as well.
        known = (self._past.by_id(article.id), self._past.became(article.id))
        times = (article.published, *(entry.published for entry in known if entry))
        return any(out_of_bounds(window, time) is None for time in times)


def _room(feed: FeedSettings) -> tuple[int | None, int | None]:
    """Return how many articles are needed to choose those of ``feed``, and how many of one source; ``None``: all."""
    share = feed.window.max_per_source
    if feed.archive is not None:
        return None, None
    # Near-duplicates are left out later. With twice as many articles the feed is full all the same, and one that was
    # left out does not come back as soon as the earlier one has slid out.
    spare = 1 if feed.near is None else 2
    return spare * feed.max_items, None if share is None else spare * share


Selected = TypeVar("Selected", RoutedArticle, Entry, _Candidate)


class NewestN(Generic[Selected]):
    """Selects the newest ``limit`` articles of one feed, or all, from a stream in any order.

    It takes the newest ``share`` articles of each source, or all. ``order`` decides between articles of the same
    instant. It keeps at most a few times ``limit`` articles, however long the stream is, and the result does not depend
    on the order of the stream.
    """

    def __init__(self, limit: int | None, share: int | None = None, order: SourceOrder | None = None) -> None:
        self._limit = limit
        self._share = share
        self._order = order or SourceOrder()
        self._kept: list[tuple[float, Selected, str]] = []
        self._full = 2 * (limit or 0)
        self.floor = float("-inf")
        """An article published before this (in epoch seconds) is no longer among the newest."""

    def offer(self, instant: float, selected: Selected, origin: str = "") -> None:
        """Take ``selected``, published at ``instant`` (epoch seconds), if it may be among the newest.

        ``origin`` identifies its source, for ``share``.
        """
        if instant < self.floor:
            return
        self._kept.append((-instant, selected, origin))
        if self._limit is not None and len(self._kept) >= self._full:
            self._cut(self._limit)

    @property
    def is_bounded(self) -> bool:
        """Whether it takes a fixed number of articles, whatever their source."""
        return self._limit is not None and self._share is None

    def kept(self) -> Iterable[Selected]:
        """Return the articles kept so far; there may be more than it selects in the end."""
        return (selected for _, selected, _ in self._kept)

    def raise_floor(self) -> None:
        """Update :attr:`floor`."""
        if self._limit is not None and len(self._kept) >= self._limit:
            self._cut(self._limit)

    def newest(self) -> tuple[Selected, ...]:
        """Return the selection, newest first, each article with its turn; call this after the stream has ended."""
        return tuple(
            replace(selected, turn=self._order.turn(selected.article)) for _, selected, _ in self._chosen(1)
        )

    def _cut(self, limit: int) -> None:
        # While a file is being read, either of its ends may turn out to be the newer one, so both selections are kept.
        chosen = self._chosen(1)
        if len(chosen) >= limit:
            self.floor = -chosen[limit - 1][0]
        there = {id(selected) for _, selected, _ in chosen}
        chosen += [kept for kept in self._chosen(-1) if id(kept[1]) not in there]
        self._kept = chosen
        self._full = len(chosen) + limit

    def _chosen(self, sign: int) -> list[tuple[float, Selected, str]]:
        """Return the selection, newest first, if ``sign`` is the direction of the file that is being read."""

        def place(kept: tuple[float, Selected, str]) -> tuple[float, int, int, int, str]:
            file, line, column = self._order.turn(kept[1].article, sign)
            return kept[0], -file, -line, -column, kept[1].article.id

        ordered = sorted(self._kept, key=place)
        if self._share is not None:
            # An article that is not among the newest of its source now will never be.
            seen: Counter[str] = Counter()
            shares = []
            for kept in ordered:
                seen[kept[2]] += 1
                if seen[kept[2]] <= self._share:
                    shares.append(kept)
            ordered = shares
        return ordered[: self._limit]
