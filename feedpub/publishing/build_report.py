"""What a build read and what it changed, as values that the command line prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import chain

from feedpub.articles.article import Notice, Reject
from feedpub.articles.duplicates import NearDuplicate
from feedpub.articles.entry import Entry
from feedpub.catalog import Effort
from feedpub.core.errors import ALLOWANCES
from feedpub.documents.readback import PublishedFeed
from feedpub.documents.renderer import Rendered
from feedpub.documents.verification import Invalid
from feedpub.planning.feed_plan import FeedPlan
from feedpub.planning.guards import PreviousFeed, vanished
from feedpub.planning.site_plan import ChangedZone, SitePlan, Verified
from feedpub.planning.windows import Limit
from feedpub.publishing.events import NOTHING_GIVEN, Given
from feedpub.publishing.local.changes import Changes

MOST_GONE = 50
"""How many departures of one build the log lists by name."""


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """One document: its name, whether its bytes changed, and why it was not published, if so."""

    path: str
    written: bool
    invalid: Invalid | None = None


@dataclass(frozen=True, slots=True)
class FeedReport:
    """One feed: the entries of its subscription document, how many of them are new to subscribers, its documents.

    ``limit`` is what keeps older entries out of the subscription document, ``None`` if it contains them all.
    ``max_items`` is how many it may have. Archive documents are listed only if they changed or failed. ``archived`` is
    the number of entries in open archive documents. ``near`` are the near-duplicates that were left out.
    """

    slug: str
    entries: int
    new: int
    archived: int
    documents: tuple[DocumentReport, ...]
    near: tuple[NearDuplicate, ...]
    limit: Limit | None = None
    max_items: int = 0


@dataclass(frozen=True, slots=True)
class Departure:
    """An entry that left a feed, though not because of newer ones, and why, as a clause."""

    feed: str
    id: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build read and what it changed; on a dry run, what it would change.

    - ``left_out`` counts records that are not to be published, such as drafts. ``withdrawn`` of them withdraw an
      article or are withdrawn. ``taken_back`` counts articles that were online until now.
    - ``notices`` say what was done to articles (``related-links``: tails cut off), and why records were left out.
    - ``new_rejects`` are the rejects that the last build did not have.
    - ``source_warnings`` name patterns of sources that match nothing, and articles of the config's ``withdrawn`` that
      do not exist. ``zones`` are sources whose zone was changed. ``warnings`` are about feeds made from the data, and
      articles that the config adds or drops and that do not exist.
    - ``listings`` are the documents of the whole site. ``pages`` are for people. ``media`` are new files beside
      articles. ``foreign`` are the owner's files that have the names of pages, and stay.
    - ``altered`` are closed documents that somebody else has changed or removed since the last build.
    - ``next_change`` is when the same input gives other documents.
    - ``departures`` are the entries that feeds lose, ``given`` is what became of the events for ``on_publish``.
    - ``effort`` says how much work it was. It may differ between builds that publish the same.
    """

    articles: int
    duplicates: int
    edited: int
    held: int
    left_out: int
    withdrawn: int
    taken_back: int
    boilerplate_lines: int
    rejects: tuple[Reject, ...]
    notices: tuple[Notice, ...]
    source_warnings: tuple[str, ...]
    feeds: tuple[FeedReport, ...]
    listings: tuple[DocumentReport, ...]
    removed: tuple[str, ...]
    altered: tuple[str, ...]
    zones: tuple[ChangedZone, ...] = ()
    next_change: datetime | None = None
    new_rejects: tuple[Reject, ...] = ()
    warnings: tuple[str, ...] = ()
    pages: tuple[DocumentReport, ...] = ()
    media: tuple[DocumentReport, ...] = ()
    foreign: tuple[str, ...] = ()
    departures: tuple[Departure, ...] = ()
    given: Given = NOTHING_GIVEN
    # It does not affect what is published.
    effort: Effort = field(default=Effort(), compare=False)

    @property
    def is_well(self) -> bool:
        """Whether everything was published, and the command ``on_publish`` succeeded."""
        return not (self.invalid or self.given.wrong)

    @property
    def written(self) -> int:
        """How many documents, pages and files beside articles changed."""
        return sum(document.written for document in self._documents())

    @property
    def notice_counts(self) -> Mapping[str, int]:
        """The number of notices of each kind."""
        return Counter(notice.kind for notice in self.notices)

    @property
    def invalid(self) -> tuple[Invalid, ...]:
        """Why documents were not published; empty if all were."""
        return tuple(document.invalid for document in self._documents() if document.invalid)

    def _documents(self) -> Iterator[DocumentReport]:
        return chain(*(feed.documents for feed in self.feeds), self.listings, self.pages, self.media)


def summarise(plan: SitePlan, changes: Changes) -> BuildReport:
    """Return the report of a build that carried ``plan`` out with these ``changes``."""
    ingested, verified, online = plan.ingested, plan.verified, plan.state.online
    written = frozenset(changes.written)
    feed_plan = {feed.slug: feed for feed in plan.feeds}
    quarantined = tuple(
        Reject(q.entry.article.origin, q.reason, q.entry.article.title) for q in plan.quarantined
    )
    most = {feed.slug: feed.max_items for feed in plan.settings.feeds}
    return BuildReport(
        articles=ingested.articles - len(quarantined),
        duplicates=ingested.duplicates,
        edited=len(plan.resolved.edited),
        held=ingested.held,
        left_out=ingested.left_out,
        withdrawn=ingested.taken_back,
        taken_back=len(plan.taken_back),
        boilerplate_lines=ingested.boilerplate_lines,
        rejects=(*ingested.rejects, *quarantined),
        notices=(
            *ingested.notices,
            *plan.media.notices,
            *(_date_kept(entry) for entry in plan.resolved.redated),
        ),
        source_warnings=(*ingested.source_warnings, *ingested.not_withdrawn),
        feeds=tuple(
            _feed_report(
                r,
                feed_plan.get(r.feed.slug),
                online.get(r.feed.slug),
                verified,
                written,
                most.get(r.feed.slug, 0),
            )
            for r in plan.rendered
        ),
        listings=tuple(_document_report(path, verified, written) for path in verified.listings),
        removed=changes.removed,
        altered=changes.altered,
        zones=plan.zones,
        warnings=(*plan.settings.warnings, *ingested.unused),
        pages=tuple(
            _document_report(path, verified, written)
            for path in verified.pages
            if path in written or path in verified.invalid or path not in changes.foreign
        ),
        media=tuple(_document_report(file.path, verified, written) for file in plan.media.documents),
        foreign=changes.foreign,
        next_change=plan.next_change,
        departures=tuple(_departures(plan)),
        effort=ingested.effort,
    )


def in_short(report: BuildReport) -> dict[str, object]:
    """Return the line of the log for a build as a JSON object: counts, and the entries that are gone by name."""
    gone = [asdict(departure) for departure in report.departures]
    return {
        "status": 0 if report.is_well else 1,
        "articles": report.articles,
        "rejects": len(report.rejects),
        "new_rejects": len(report.new_rejects),
        "held": report.held,
        "left_out": report.left_out,
        "new": {feed.slug: feed.new for feed in report.feeds if feed.new},
        "edited": report.edited,
        "written": report.written,
        "removed": len(report.removed),
        "gone": gone[:MOST_GONE],
        "more_gone": len(gone[MOST_GONE:]),
        "invalid": [f"{invalid.path}: {invalid.reason}" for invalid in report.invalid],
        "events": report.given.events,
        "hook": report.given.wrong,
        "next_change": report.next_change.isoformat() if report.next_change else None,
    }


def _departures(plan: SitePlan) -> Iterator[Departure]:
    for feed_plan in plan.feeds:
        if (online := plan.state.online.get(feed_plan.slug)) is None:
            continue
        for entry in vanished(PreviousFeed(feed_plan.feed, online)):
            yield Departure(feed_plan.slug, entry.id, entry.title, _why_gone(plan, entry.id))


def _why_gone(plan: SitePlan, entry_id: str) -> str:
    ingested = plan.ingested
    if entry_id in ingested.withdrawn:
        return "it was withdrawn"
    if entry_id in ingested.hidden or entry_id in ingested.released:
        return "it is held, has expired, or may not be published any more"
    if entry_id in ingested.decided:
        return "it was dropped by hand, in the config or in the article"
    if entry_id in ingested.index:
        return "the rules or limits of the feed leave it out"
    return "no source has it any more"


def _date_kept(entry: Entry) -> Notice:
    assert entry.source_date is not None
    return Notice(
        entry.article.origin,
        "date-kept",
        f"the source now says {entry.source_date.isoformat()}, but it was published under"
        f" {entry.article.published.isoformat()} and keeps that; {ALLOWANCES['moved-dates']} takes such dates over",
    )


def _feed_report(
    rendered: Rendered,
    feed_plan: FeedPlan | None,
    online: PublishedFeed | None,
    verified: Verified,
    written: frozenset[str],
    max_items: int,
) -> FeedReport:
    known = {entry.id for entry in online.entries} if online else set()
    ids = {entry.article.id for entry in rendered.feed.entries}
    paths = [d.path for d in rendered.documents]
    paths += [d.path for d in rendered.archives if d.path in written or d.path in verified.invalid]
    # Closed documents may lose entries, too.
    paths += [path for path in sorted(rendered.kept) if path in written or path in verified.invalid]
    return FeedReport(
        slug=rendered.feed.slug,
        entries=len(ids),
        new=len(ids - known),
        archived=sum(len(page.entries) for page in feed_plan.pages) if feed_plan else 0,
        documents=tuple(_document_report(path, verified, written) for path in paths),
        near=feed_plan.near if feed_plan else (),
        limit=feed_plan.limit if feed_plan else None,
        max_items=max_items,
    )


def _document_report(path: str, verified: Verified, written: frozenset[str]) -> DocumentReport:
    return DocumentReport(path, path in written, verified.invalid.get(path))
