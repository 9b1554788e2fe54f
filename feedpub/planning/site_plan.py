"""The plan of a build: what each document contains, and whether it may be published.

The steps are: sources | duplicates | rules | newest | identity | feed plans | rendering | checks | guards

Making a plan changes nothing. ``build`` carries it out; ``build --dry-run``, ``diff``, ``explain`` and ``report`` read
it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import product

from feedpub.articles.entry import Entry
from feedpub.catalog import Catalog
from feedpub.config import FeedSettings, Settings
from feedpub.core.errors import ALLOWANCES, ConfigError, FeedpubError, Where
from feedpub.documents.channel import make_feed
from feedpub.documents.formats import Document
from feedpub.documents.pages.faults import page_faults
from feedpub.documents.pages.site import HTML_TYPE, SitePages
from feedpub.documents.readback import PublishedFeed
from feedpub.documents.renderer import Quarantined, Rendered, Renderer
from feedpub.documents.verification import Invalid, Passed, first_refusal, refusals
from feedpub.history.identity import IdentityOptions, Resolved, resolve_identities
from feedpub.history.ledger import A_DAY, Ledger
from feedpub.history.state import PublishedArchive, State
from feedpub.planning.adoption import Adoption, adopt
from feedpub.planning.feed_plan import FeedPlan, Surroundings, moved_notice, plan_feed
from feedpub.planning.guards import PreviousFeed, Redated, taken_back, why_refused
from feedpub.planning.kept import has_slid, kept_entry
from feedpub.planning.media import MediaPlan, SiteMedia
from feedpub.planning.pages import plan_pages, with_pages
from feedpub.planning.publicity import earliest
from feedpub.planning.routing import IngestResult, Progress, SourceTimes, ingest


@dataclass(frozen=True, slots=True)
class SitePlan:
    """What a build of ``settings`` at ``now`` will do, given the ``state`` of what is published and remembered.

    - ``allowed`` are the guards that are overridden.
    - ``ingested`` is what the sources contain, ``resolved`` has the entries of its articles, under the ids and dates
      that subscribers know. ``adoption`` has the articles that continue entries of another generator.
    - ``feeds`` are the plans of the feeds, in the order of the config. ``quarantined`` entries are in no document, as
      they would make it invalid. ``became`` has, by feed, the derived ids of articles that turned out to be entries of
      a closed archive document.
    - ``cut`` are closed archive documents that lose entries, ``taken_back`` the ids of withdrawn entries that are
      online.
    - ``previous`` is what is online of the feeds now, for the guards. ``zones`` are sources with a changed time zone.
    - ``rendered`` are the documents of the feeds, those of retired feeds last, ``pages`` the HTML pages, ``media`` the
      files of articles. ``verified`` says which of them may be published.
    - ``refusal`` is the error with which the build stops before it publishes anything; ``None`` if it may go on.
    """

    settings: Settings
    now: datetime
    allowed: Collection[str]
    state: State
    ingested: IngestResult
    resolved: Resolved
    quarantined: tuple[Quarantined, ...]
    feeds: tuple[FeedPlan, ...]
    became: Mapping[str, tuple[str, ...]]
    adoption: Adoption
    cut: Cut
    taken_back: frozenset[str]
    previous: tuple[PreviousFeed, ...]
    zones: tuple[ChangedZone, ...]
    rendered: tuple[Rendered, ...]
    pages: SitePages
    media: MediaPlan
    verified: Verified
    refusal: FeedpubError | None

    @property
    def next_change(self) -> datetime | None:
        """When the same input will first give other documents, as time has passed; ``None`` if it never will."""
        ages_out = (feed.ages_out for feed in self.feeds)
        return earliest(self.now, self.ingested.next_change, self.media.next_change, *ages_out)


@dataclass(frozen=True, slots=True)
class Verified:
    """Which of the planned ``documents`` may be published, in the order in which they are put into place.

    ``keep`` are the names of published documents that stay unchanged. ``invalid`` says, by name, why a document is not
    published; ``held`` are the slugs of feeds that are not updated at all. ``listings`` are the names of documents of
    the whole site, ``pages`` those of HTML pages.
    """

    documents: tuple[Document, ...]
    keep: frozenset[str]
    invalid: Mapping[str, Invalid]
    held: frozenset[str]
    listings: tuple[str, ...]
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """Closed archive documents, without the entries that must not be shown any more.

    ``ids`` are the ids of these entries, by feed; ``failed`` are the documents from which they could not be cut.
    """

    documents: tuple[Document, ...] = ()
    ids: Mapping[str, frozenset[str]] = field(default_factory=dict)
    failed: Mapping[str, Invalid] = field(default_factory=dict)


def cut_out(settings: Settings, state: State, hidden: Iterable[str]) -> Cut:
    """Return the closed archive documents that change when the entries with the ids ``hidden`` are cut out."""
    documents: list[Document] = []
    failed: dict[str, Invalid] = {}
    hidden = frozenset(hidden)
    ids = {
        slug: found
        for slug, archive in state.archives.items()
        if archive.index.pages and (found := frozenset(i for i in hidden if state.ledger.archived(slug, i)))
    }
    for slug, gone in ids.items():
        for page, known in product(state.archives[slug].index.pages, settings.output.formats):
            path = f"{slug}.{page.name}.{known.name}"
            data = state.published.read(path)
            if data is None:
                continue
            try:
                cut = known.cut(data, gone)
                if cut == data:
                    continue
                documents.append(Document(path, slug, known.media_type, settings.site.base_url + path, cut))
            except ValueError as error:
                reason = f"nothing can be cut out of it, because it is not as feedpub wrote it: {error}"
                failed[path] = Invalid(path, 1, reason)
    return Cut(tuple(documents), ids, failed)


def verify_documents(  # noqa: PLR0913 - each comes from elsewhere
    rendered: Iterable[Rendered],
    listing: Document,
    pages: SitePages,
    base: str,
    cut: Cut | None = None,
    media: MediaPlan | None = None,
    *,
    passed: Passed | None = None,
) -> Verified:
    """Check all documents, and say which may be published.

    They are the documents of feeds, the ``listing`` of all feeds, archive documents that entries were ``cut`` out of,
    and ``pages``, whose links are checked with ``base``, the address at which they are served. Files of ``media`` are
    not checked, as their types were detected from their bytes. Documents that ``passed`` before are not checked again.

    If a subscription document is invalid, its published version is kept. If an archive document is invalid, the whole
    feed is kept as published: its documents link to each other, and each entry must be in one of them.

    Documents come before those that link to them, as they are put into place in this order: pages before the documents
    whose entries link to them, archive documents before subscription documents.
    """
    valid: list[Document] = []
    keep: set[str] = set()
    invalid: dict[str, Invalid] = {}
    held: set[str] = set()
    for feed in rendered:
        keep.update(feed.kept)
        documents = (*feed.archives, *feed.documents)
        wrong = refusals(documents, passed)
        invalid |= wrong
        if any(document.path in wrong for document in feed.archives):
            held.add(feed.feed.slug)
            keep.update(document.path for document in documents)
        else:
            keep.update(wrong)
            valid += [document for document in documents if document.path not in wrong]
    if cut:
        # Other documents do not depend on their entries, so an invalid one affects no other.
        wrong = refusals(cut.documents, passed)
        invalid |= {**cut.failed, **wrong}
        valid += [document for document in cut.documents if document.path not in wrong]
    if wrong := refusals((listing,), passed):
        invalid |= wrong
        keep.update(wrong)
    else:
        valid.append(listing)
    keep.update(pages.kept)
    planned = (*pages.notes, *pages.documents)
    files = media.documents if media else ()
    names = {*keep, *(document.path for document in (*valid, *pages.final, *planned, *files))}
    names |= media.names if media else set()
    html = [document for document in planned if document.media_type == HTML_TYPE]
    for path, line, reason in page_faults(html, names, base):
        invalid.setdefault(path, Invalid(path, line, reason))
    # Invalid pages, and all pages of feeds that are held back, stay as they are online.
    stay = {d.path for d in html if d.path in invalid or d.path.partition(".")[0] in held}
    # But if the note in place of a withdrawn article's page is invalid, the page is removed.
    keep.update(stay - {note.path for note in pages.notes})
    # Pages and feeds link to each other. Readers poll the feeds, so the pages come first.
    people = [document for document in planned if document.path not in stay]
    return Verified(
        (*files, *pages.final, *people, *valid),
        frozenset(keep),
        invalid,
        frozenset(held),
        (listing.path,),
        tuple(document.path for document in (*pages.final, *planned)),
    )


@dataclass(frozen=True, slots=True)
class ChangedZone:
    """A source whose time zone was changed. So many of its published ``articles`` keep their dates.

    ``source`` are its patterns; ``was`` and ``now`` are names of zones, or UTC offsets. ``new`` is false if the last
    build reported the same.
    """

    source: str
    was: str
    now: str
    articles: int
    new: bool

    @property
    def reason(self) -> str:
        """What was changed, as a clause."""
        return f"the time zone of the source {self.source} has changed from {self.was} to {self.now}"

    def __str__(self) -> str:
        kept = "1 published article keeps its date"
        if self.articles != 1:
            kept = f"{self.articles:,} published articles keep their dates"
        return f"{self.reason}; {kept}; to use the new dates, run once with {ALLOWANCES['moved-dates']}"


def plan_site(
    settings: Settings,
    state: State,
    now: datetime,
    *,
    allowed: Collection[str] = (),
    progress: Progress | None = None,
    catalog: Catalog | None = None,
) -> SitePlan:
    """Decide what a build of ``settings`` at ``now`` will do. This reads the sources, and changes nothing.

    ``state`` is what subscribers have seen. ``allowed`` are the guards to override, by their names in
    :data:`feedpub.core.errors.ALLOWANCES`. ``catalog`` is what earlier builds read; without one, all sources are read.

    Raises :class:`feedpub.core.errors.SourceError` if a file cannot be read at all, and :class:`ConfigError` if the
    config makes a feed invalid whatever its entries are. A guard does not raise: it is the ``refusal`` of the plan.
    """
    media = SiteMedia(settings, state.published, state.media, now)
    ingested = ingest(settings, now, state.ledger, progress, state.withdrawn, catalog, local=media.of)
    planner = _Planner(
        settings, state, now, allowed, ingested, media, passed=catalog.passed if catalog else None
    )
    plan = planner.plan()
    if plan.verified.invalid:
        # If the config is the cause, no entry is.
        check_heads(settings)
    if harmful := planner.harmful(plan):
        return planner.plan(harmful)
    return plan


def check_heads(settings: Settings) -> None:
    """Raise :class:`ConfigError` if a feed would be invalid even without entries."""
    renderer = Renderer(settings.site, settings.categories, settings.output.formats)
    feeds = [make_feed(feed, [], settings.site) for feed in settings.feeds]
    for feed in (*feeds, *(moved_notice(feed, settings.site, None) for feed in settings.retired)):
        if wrong := first_refusal(renderer.render(feed).documents):
            raise ConfigError(
                Where(str(settings.file), 1, 1, ("feeds", feed.settings.slug)),
                f"{wrong.path} would be invalid whatever its entries are: {wrong.reason}",
                "correct the value of the feed, or of site, that causes this",
            )


class _Planner:
    """Makes a plan; and if entries make documents invalid, another one without them."""

    def __init__(  # noqa: PLR0913 - each comes from elsewhere
        self,
        settings: Settings,
        state: State,
        now: datetime,
        allowed: Collection[str],
        ingested: IngestResult,
        media: SiteMedia,
        *,
        passed: Passed | None,
    ) -> None:
        self._settings = settings
        self._state = state
        self._now = now
        self._allowed = allowed
        self._taken = ingested
        self._media = media
        self._passed = passed
        self._adoption = adopt(settings, state, ingested)
        self._renderer = Renderer(settings.site, settings.categories, settings.output.formats)
        self._sources = ingested.index.source_of()

    def plan(self, harmful: Iterable[Quarantined] = ()) -> SitePlan:
        """Return the plan without the ``harmful`` entries."""
        settings, state, ingested, now = self._settings, self._state, self._taken, self._now
        resolved = self._settled()
        quarantined = (*self._renderer.quarantine(resolved.entries.values()), *harmful)
        refused = {q.entry.article.id for q in quarantined}
        feeds: list[FeedPlan] = []
        became: dict[str, tuple[str, ...]] = {}
        for feed, selection in zip(settings.feeds, ingested.selected, strict=True):
            entries = {s.article.id: resolved.entries[s.article.id] for s in selection}
            became[feed.slug] = self._archived(feed, entries)
            left = [e for d, e in entries.items() if d not in became[feed.slug]]
            left += self._slid(feed, {entry.article.id for entry in resolved.entries.values()})
            left = [entry for entry in left if entry.article.id not in refused]
            feeds.append(self._compose(feed, left))
        zones = _changed_zones(settings, state.ledger, ingested, resolved)
        previous = tuple(
            PreviousFeed(
                c.feed,
                c.without_slid(_missing(state.online[c.slug], ingested, state.ledger), ingested.index),
                state.ledger.replaced(c.slug, now - A_DAY),
            )
            for c, feed in zip(feeds, settings.feeds, strict=True)
            if c.slug in state.online and not feed.lasting
        )
        rendered = self._render(feeds)
        # If another record with the same key is a draft, the entry of a public article is still shown.
        hidden = ingested.hidden - {entry.article.id for entry in resolved.entries.values()}
        pages = plan_pages(settings, state, feeds, hidden)
        cut = cut_out(settings, state, hidden)
        media = self._media.plan(resolved.entries, hidden)
        return SitePlan(
            settings=settings,
            now=now,
            allowed=self._allowed,
            state=state,
            ingested=ingested,
            resolved=resolved,
            quarantined=quarantined,
            feeds=tuple(feeds),
            became=became,
            adoption=self._adoption,
            cut=cut,
            taken_back=taken_back(state, ingested),
            previous=previous,
            zones=zones,
            rendered=rendered,
            pages=pages,
            media=media,
            verified=verify_documents(
                rendered,
                self._renderer.opml(settings.feeds),
                pages,
                settings.site.base_url,
                cut,
                media,
                passed=self._passed,
            ),
            refusal=why_refused(
                settings,
                state,
                ingested,
                previous,
                Redated(resolved.newly_redated, resolved.known, tuple(change.reason for change in zones)),
                self._allowed,
            ),
        )

    def harmful(self, plan: SitePlan) -> list[Quarantined]:
        """Return the entries that would make their feeds invalid on their own."""
        wrong = {path.partition(".")[0] for path in plan.verified.invalid}
        found: dict[str, Quarantined] = {}
        for feed_plan in plan.feeds:
            for entry in feed_plan.entries if feed_plan.slug in wrong else ():
                alone = make_feed(feed_plan.feed.settings, [entry], self._settings.site)
                if why := first_refusal(self._renderer.render(alone).documents):
                    found[entry.article.id] = Quarantined(
                        entry, f"it would make {why.path} invalid: {why.reason}"
                    )
        return list(found.values())

    def _settled(self) -> Resolved:
        ingested = self._taken
        options = IdentityOptions(
            self._settings.site.id_authority,
            self._now,
            SourceTimes(self._settings, self._now, ingested.readings).of_article,
            keep_dates="moved-dates" not in self._allowed,
            released=ingested.released,
            adopted=self._adoption.by_article,
            permalinks=self._adoption.permalinks,
            local=lambda article: self._media.of(self._sources.get(article.origin.file), article),
        )
        selected = {s.article.id: s for selection in ingested.selected for s in selection}
        resolved = resolve_identities(selected.values(), self._state.ledger, ingested.index, options)
        return replace(resolved, entries=with_pages(resolved.entries, self._settings))

    def _archived(self, feed: FeedSettings, entries: Mapping[str, Entry]) -> tuple[str, ...]:
        """Return the derived ids of those ``entries`` that are in a closed archive document of ``feed``."""
        if feed.archive is None:
            return ()
        archived = self._state.ledger.archived
        return tuple(derived for derived, e in entries.items() if archived(feed.slug, e.article.id))

    def _slid(self, feed: FeedSettings, there: Container[str]) -> Iterable[Entry]:
        """Yield the online entries of ``feed`` that the feed they came from no longer lists: the archive keeps them.

        ``there`` are the ids of entries that the sources still have.
        """
        archive = self._state.archives.get(feed.slug)
        if feed.archive is None or archive is None:
            return
        ledger, ingested = self._state.ledger, self._taken
        online = self._state.online[feed.slug].entries if feed.slug in self._state.online else ()
        for entry in {entry.id: entry for entry in (*archive.open, *online)}.values():
            is_gone = entry.id not in there and entry.id not in ingested.index
            is_shown = entry.id not in ingested.hidden and entry.id not in ingested.released
            if not (is_gone and is_shown and has_slid(entry, ingested, ledger)):
                continue
            if not ledger.archived(feed.slug, entry.id):
                kept = kept_entry(entry, ledger.by_id(entry.id), self._state.permalinks)
                yield from with_pages({entry.id: kept}, self._settings).values()

    def _compose(self, feed: FeedSettings, entries: Iterable[Entry]) -> FeedPlan:
        settings, state, slug = self._settings, self._state, feed.slug
        archive = state.archives.get(slug, PublishedArchive())
        # When its published documents changed; a date in the future was a mistake.
        online = {"": state.online[slug].updated} if slug in state.online else {}
        since = {name: time for name, time in {**archive.since, **online}.items() if time <= self._now}
        guid = state.online[slug].guid if slug in state.online and feed.podcast else ""
        around = Surroundings(self._now, since, self._sources, guid)
        return plan_feed(feed, entries, settings.site, settings.categories, archive.index, around)

    def _render(self, feeds: Iterable[FeedPlan]) -> tuple[Rendered, ...]:
        settings, online = self._settings, self._state.online
        rendered = [
            self._renderer.render(
                feed_plan.feed, feed_plan.pages, [page.name for page in feed_plan.index.pages]
            )
            for feed_plan in feeds
        ]
        retired = (moved_notice(feed, settings.site, online.get(feed.slug)) for feed in settings.retired)
        rendered += [self._renderer.render(feed) for feed in retired]
        self._renderer.forget()
        return tuple(rendered)


def _changed_zones(
    settings: Settings, ledger: Ledger, ingested: IngestResult, resolved: Resolved
) -> tuple[ChangedZone, ...]:
    """Return the sources whose published articles keep dates that were read in another zone than now."""
    found: dict[int, list[Entry]] = defaultdict(list)
    source_of = ingested.index.source_of()
    for entry in resolved.redated:
        source = source_of.get(entry.article.origin.file)
        kept = entry.article.published
        if (
            source is not None
            and entry.source_date
            and entry.source_date.replace(tzinfo=None) == kept.replace(tzinfo=None)
        ):
            found[source].append(entry)
    changes: list[ChangedZone] = []
    for source, entries in sorted(found.items()):
        spec = settings.sources[source]
        now = spec.dates.zone or _offset(entries[0].source_date)
        offset = _offset(entries[0].article.published)
        before = ledger.zone(spec.path)
        was = before if before not in (None, now) else "UTC" if offset == "+00:00" else offset
        known = [ledger.by_id(entry.article.id) for entry in entries]
        new = any(
            k is None or k.source_date != entry.source_date for k, entry in zip(known, entries, strict=True)
        )
        changes.append(ChangedZone(spec.path, was, now, len(entries), new))
    return tuple(changes)


def _offset(time: datetime | None) -> str:
    return time.isoformat()[-6:] if time else ""


def _missing(online: PublishedFeed, ingested: IngestResult, ledger: Ledger) -> PublishedFeed:
    """Return the published feed without the entries that guards do not count.

    These are withdrawn and expired ones, those that people decided about by hand, and those that the feed they came
    from no longer lists.
    """
    return replace(
        online,
        entries=tuple(
            e
            for e in online.entries
            if e.id not in ingested.released
            and e.id not in ingested.decided
            and (e.id in ingested.index or not has_slid(e, ingested, ledger))
        ),
    )
