"""The verdict on each record: whether it becomes an article, and where a build places it.

All of this is read from the plan of a build, and not decided again. A record has exactly one fate. An article has one
placement in each feed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeAlias

from feedpub.articles.article import Article, LeftOut, Origin, Reject
from feedpub.articles.entry import RoutedArticle
from feedpub.articles.sighting import Sighting, renamed
from feedpub.articles.withdrawals import mark
from feedpub.catalog import Damaged, Other, PieceSearch, Seen, Skipped, Stale
from feedpub.core.errors import SourceError
from feedpub.documents.formats import of_media_type
from feedpub.history.identity import IdentityOptions, resolve_identities
from feedpub.planning.feed_plan import FeedPlan
from feedpub.planning.routing import SourceTimes
from feedpub.planning.site_plan import SitePlan

Record: TypeAlias = Article | LeftOut | Reject
"""What a source has for one article: the article, or a record that is left out, or a reject."""

Known: TypeAlias = Record | Sighting
"""A record as it is searched: for most articles, the title is known, but no other text."""


class Fate(StrEnum):
    """What becomes of a record."""

    ARTICLE = "article"
    DUPLICATE = "duplicate"
    HELD = "held"
    LEFT_OUT = "left out"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


class Where(StrEnum):
    """Where an article is placed in one feed."""

    SUBSCRIPTION = "subscription document"
    ARCHIVE = "archive document"
    NO_ROOM = "no room"
    NEAR_DUPLICATE = "near-duplicate"
    NOT_TAKEN = "not taken"
    HELD_BACK = "held back"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an article is in one ``feed`` (a slug).

    ``documents`` are the names of the documents that contain it. ``reason`` says why it is in none, or is empty.
    """

    feed: str
    where: Where
    documents: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a build makes of one ``record``.

    - ``reason`` says why it is not an article; it is empty for an article.
    - ``id`` is the id under which its article is or will be published.
    - ``kept`` is the place of the record that stays instead of a duplicate, and ``kept_id`` the id of its article.
    - ``placements`` are those of an article, one for each feed of the config; empty for other records.
    """

    record: Record
    fate: Fate
    reason: str = ""
    id: str | None = None
    kept: Origin | None = None
    kept_id: str | None = None
    placements: tuple[Placement, ...] = ()


class Search(NamedTuple):
    """Which records to look at, so that not all need a verdict.

    It includes all records in the files that ``here`` selects. In the other files it includes the articles that
    ``meant`` selects, those that may be duplicates of others, and all records that are not articles.
    """

    meant: PieceSearch | None = None
    here: Callable[[Path | str], bool] = lambda _: False


EVERYWHERE = Search(here=lambda _: True)


def articles(plan: SitePlan) -> Iterator[Article]:
    """Yield the articles that ``plan`` offers to the feeds, each once. This reads the sources again.

    Raises :class:`feedpub.core.errors.SourceError` if a file cannot be read at all.
    """
    for judged in _judged(plan, None):
        if judged.kept:
            yield judged.whole(judged.kept)


def verdicts(
    plan: SitePlan, wanted: Callable[[Known], bool] = lambda _: True, search: Search = EVERYWHERE
) -> list[Verdict]:
    """Return what ``plan`` makes of the records of the ``search`` for which ``wanted`` is true.

    The ledger and the catalog of the plan must still be open. Raises :class:`feedpub.core.errors.SourceError` if a file
    cannot be read, or has changed since the plan was made.
    """
    return _verdicts(plan, lambda record, _winner: wanted(record), search)


def unplaced(plan: SitePlan) -> Iterator[str]:
    """Yield a sentence for each article that was added to a feed and is not in it: where it was added, and why not."""
    hands = plan.ingested.hands

    def is_named(record: Known) -> bool:
        return not isinstance(record, LeftOut | Reject) and bool(hands.names(record))

    for verdict in verdicts(plan, is_named):
        article = verdict.record
        if not isinstance(article, Article) or verdict.fate is Fate.DUPLICATE:
            continue
        placed = {placement.feed: placement for placement in verdict.placements}
        for decision in hands.decisions(article):
            placement = placed.get(decision.feed)
            if decision.does == "added" and not (placement and placement.documents):
                why = placement.reason if placement else verdict.reason
                if why:
                    yield f"{decision.file}:{decision.line}: {article.title!r} is not in {decision.feed}: {why}"


def duplicates(plan: SitePlan) -> list[Verdict]:
    """Return the verdicts on records that ``plan`` leaves out because another record of the same article stays."""
    return _verdicts(plan, lambda _record, winner: winner is not None, Search())


class _Judged(NamedTuple):
    """A record, and ``kept``, the article if it stays; or ``winner``, the id of the one that stays instead.

    ``seen`` is the place of an article in its file.
    """

    record: Known
    kept: Sighting | None = None
    winner: str | None = None
    seen: Seen | None = None

    def whole(self, sighting: Sighting) -> Article:
        """Return the article with its texts, and with the fields of ``sighting``, which may have changed.

        Raises :class:`SourceError` if its file has changed.
        """
        assert self.seen
        try:
            return sighting.applied_to(self.seen.whole())
        except Stale:
            why = "it changed while feedpub was reading it; run this again when it is complete"
            raise SourceError(sighting.origin.file, why) from None


def _verdicts(plan: SitePlan, wanted: Callable[[Known, str | None], bool], search: Search) -> list[Verdict]:
    try:
        return _found(plan, wanted, search)
    except Damaged:
        # The catalog only has what is in the files, so it can be read again.
        plan.ingested.catalog.clear()
        return _found(plan, wanted, search)


def _found(plan: SitePlan, wanted: Callable[[Known, str | None], bool], search: Search) -> list[Verdict]:
    origins: dict[str, Origin] = {}
    found: list[_Judged] = []
    for judged in _judged(plan, search):
        if judged.kept:
            origins[judged.kept.id] = judged.kept.origin
        if wanted(judged.record, judged.winner):
            found.append(judged)
    # The ids of articles that no feed has room for are not known yet. This is rare, so the sources are searched again.
    unresolved = {each.winner for each in found if each.winner and each.winner not in plan.resolved.entries}
    known = {
        each.kept.id: known_id(plan, each.whole(each.kept))
        for each in (_judged(plan, search) if unresolved else ())
        if each.kept and each.kept.id in unresolved
    }
    judge = _Judge(plan, origins, known)
    return [judge.verdict(each) for each in found]


def known_id(plan: SitePlan, article: Article) -> str:
    """Return the id under which ``article`` is published, or would be."""
    index, ledger, settings = plan.ingested.index, plan.state.ledger, plan.settings
    article = renamed(article, index.identify(article))
    if entry := plan.resolved.entries.get(article.id):
        return entry.article.id
    if ledger.by_id(article.id):
        return article.id
    changed_at = SourceTimes(settings, plan.now, plan.ingested.readings).of_article
    options = IdentityOptions(
        settings.site.id_authority, plan.now, changed_at, adopted=plan.adoption.by_article
    )
    resolved = resolve_identities([RoutedArticle(article, ())], ledger, index, options)
    return resolved.entries[article.id].article.id


def _judged(plan: SitePlan, search: Search | None) -> Iterator[_Judged]:
    """Yield what becomes of each record of the ``search``; without one, all sources are read again."""
    publicity, index = plan.ingested.publicity, plan.ingested.index
    winner = index.winners()
    for seen in _seen(plan, search):
        if not isinstance(seen, Seen):
            yield _Judged(seen)
            continue
        sighting = publicity.dated(seen.told)
        if publicity.why_not(sighting):
            yield _shown(_Judged(sighting, seen=seen))
            continue
        sighting = publicity.without_future_update(sighting)
        instant, source = sighting.published.timestamp(), seen.file.source
        kept = winner(sighting, instant, source)
        other = None if kept else index.winner_of(sighting, instant, source)
        yield _shown(_Judged(sighting, kept, other, seen))


def _seen(plan: SitePlan, search: Search | None) -> Iterator[Seen | LeftOut | Reject]:
    """Yield the records of the ``search``, in the order of a build."""
    ingested = plan.ingested
    items: Iterator[Seen | Skipped | Other]
    for file in ingested.catalog.files():
        if search is None or file.is_cleaned:
            items = file.again()
        elif search.here(file.path):
            items = file.items()
        else:
            items = file.items(ingested.census, search.meant)
        yield from (item for item in items if isinstance(item, Seen | LeftOut | Reject))
        file.leave()


def _shown(judged: _Judged) -> _Judged:
    """Return a record with its texts if rules of the source change them: the catalog has the original title."""
    if judged.seen and judged.seen.file.is_cleaned and isinstance(judged.record, Sighting):
        return judged._replace(record=judged.whole(judged.record))
    return judged


class _Judge:
    """Gives verdicts on the records of one plan.

    ``origins`` are the places of the articles that stay, by derived id; ``known`` are the published ids of those that
    the plan has not resolved, also by derived id.
    """

    def __init__(self, plan: SitePlan, origins: Mapping[str, Origin], known: Mapping[str, str]) -> None:
        self._plan = plan
        self._origins = origins
        self._known = known
        self._settings = plan.settings

    def verdict(self, judged: _Judged) -> Verdict:
        """Return the verdict on a record."""
        record, winner = judged.record, judged.winner
        if isinstance(record, Sighting):
            record = judged.whole(record)
        if isinstance(record, Reject):
            return Verdict(record, Fate.REJECTED, record.reason)
        if isinstance(record, LeftOut):
            return self._left_out(record)
        if judged.kept:
            return self._article(record, judged.whole(judged.kept))
        if why := self._plan.ingested.publicity.why_not(record):
            return self._not_public(record, why)
        if winner is None or winner not in self._origins:
            return Verdict(record, Fate.LEFT_OUT, "its file changed while it was read", record.id)
        place = self._origins[winner]
        reason = f"left out of every feed as a duplicate of {place}, which stays"
        entry = self._plan.resolved.entries.get(winner)
        kept_id = entry.article.id if entry else self._known[winner]
        return Verdict(record, Fate.DUPLICATE, reason, kept_id, place, kept_id)

    def _left_out(self, record: LeftOut) -> Verdict:
        if record.kind != "withdrawn":
            return Verdict(record, Fate.LEFT_OUT, record.reason, record.id)
        withdrawals = self._plan.ingested.withdrawals
        by_what = withdrawals.get(mark(record.id, record.feed)) if record.id else None
        return Verdict(
            record,
            Fate.WITHDRAWN,
            f"{record.reason}; {by_what.remedy}" if by_what else record.reason,
            record.id,
        )

    def _not_public(self, record: Article, why: str) -> Verdict:
        own_id = known_id(self._plan, record)
        if why != "held":
            fate = Fate.WITHDRAWN if why == "withdrawn" else Fate.LEFT_OUT
            return Verdict(record, fate, self._plan.ingested.publicity.reason(record, why), own_id)
        until = max(filter(None, (record.due, record.published)))
        return Verdict(record, Fate.HELD, f"held until {until.isoformat()}", own_id)

    def _article(self, record: Article, kept: Article) -> Verdict:
        entry = self._plan.resolved.entries.get(kept.id)
        own_id = entry.article.id if entry else known_id(self._plan, kept)
        if own_id in self._quarantined:
            return Verdict(record, Fate.REJECTED, self._quarantined[own_id], own_id)
        rules = self._settings.rules
        taken = {rules.slugs[number] for number in rules.route(kept, self._plan.ingested.hands.of(kept))}
        placements = tuple(
            self._placement(feed, entry.article if entry else kept, kept.id, own_id)
            if feed.slug in taken
            else Placement(feed.slug, Where.NOT_TAKEN)
            for feed in self._plan.feeds
        )
        return Verdict(record, Fate.ARTICLE, "", own_id, placements=placements)

    @cached_property
    def _quarantined(self) -> Mapping[str, str]:
        return {q.entry.article.id: q.reason for q in self._plan.quarantined}

    @cached_property
    def _placed(self) -> Mapping[str, Mapping[str, Placement]]:
        """The placements of entries by feed and id, without those in closed archive documents."""
        return {feed.slug: self._placements(feed) for feed in self._plan.feeds}

    def _placements(self, feed: FeedPlan) -> dict[str, Placement]:
        slug, verified = feed.slug, self._plan.verified
        if slug in verified.held:
            # No document of the feed is published; its documents online stay.
            wrong = next(path for path in verified.invalid if path.partition(".")[0] == slug)
            reason = f"the feed is not updated, as {wrong} is invalid: {verified.invalid[wrong].reason}"
            return {e.article.id: Placement(slug, Where.HELD_BACK, (), reason) for e in feed.entries}
        near = {n.entry.article.id: Placement(slug, Where.NEAR_DUPLICATE, (), n.reason) for n in feed.near}
        names = self._documents(slug)
        newest = {e.article.id: Placement(slug, Where.SUBSCRIPTION, names) for e in feed.feed.entries}
        older = {
            entry.article.id: Placement(slug, Where.ARCHIVE, self._documents(f"{slug}.{page.name}"))
            for page in feed.pages
            for entry in page.entries
        }
        return near | older | newest

    def _documents(self, stem: str) -> tuple[str, ...]:
        names = (f"{stem}.{known.name}" for known in self._settings.output.formats)
        return tuple(name for name in names if name not in self._plan.verified.invalid)

    def _placement(self, feed: FeedPlan, article: Article, derived: str, own_id: str) -> Placement:
        if placed := self._placed[feed.slug].get(own_id):
            return placed
        archived = self._plan.state.ledger.archived
        if (
            archived(feed.slug, derived)
            or archived(feed.slug, own_id)
            or derived in self._plan.became[feed.slug]
        ):
            return Placement(feed.slug, Where.ARCHIVE, self._closed_documents(feed, own_id))
        return Placement(feed.slug, Where.NO_ROOM, (), feed.why_no_room(article, own_id))

    def _closed_documents(self, feed: FeedPlan, own_id: str) -> tuple[str, ...]:
        """Return the names of the closed archive documents with the entry, by format; none for a near-duplicate."""
        published = self._plan.state.published
        for page in feed.index.pages:
            names = self._documents(f"{feed.slug}.{page.name}")
            for name in names[:1]:
                document, data = published.documents.get(name), published.read(name)
                known = of_media_type(document.media_type) if document else None
                read_back = known.read_back(data) if known and data is not None else None
                if read_back and any(entry.id == own_id for entry in read_back.entries):
                    return names
        return ()
