"""One build, from sources to published files. It orders the calls and decides nothing.

sources | duplicates | rules | newest | identity | compose | guards | render | gate | publish | ledger
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice

from feedpub.articles.entry import Entry
from feedpub.compose import Composed, compose, shelf_change
from feedpub.config import Output, Settings
from feedpub.core.errors import ALLOWANCES, ConfigError, TooManyRejects, Where
from feedpub.documents.channel import Feed, make_feed
from feedpub.documents.readback import PublishedEntry, PublishedFeed
from feedpub.documents.renderer import Quarantined, Rendered, Renderer
from feedpub.documents.verification import Checked, check, first_refusal
from feedpub.history.identity import Settled, Terms, settle
from feedpub.history.ledger import A_DAY, LEDGER, Store, note, record
from feedpub.history.memory import record_of, remember
from feedpub.history.state import OnlineShelf, State, open_state
from feedpub.intake import Progress, SourceTimes, Taken, take_in
from feedpub.ledger import Moving, PreviousFeed, check_flood, check_state
from feedpub.publishing.local import folder
from feedpub.publishing.local.changes import Changes
from feedpub.publishing.local.dirfd import exclusive
from feedpub.publishing.log import write_rejects
from feedpub.retired import last_feed
from feedpub.summary import BuildReport, ChangedZone, summarise

BATCH = 1_000
"""How many entries are recorded at a time."""


@dataclass(frozen=True, slots=True)
class _Build:
    """What the steps of one build share: what was asked for, and what is online of each feed (by slug)."""

    settings: Settings
    now: datetime
    allow: Collection[str]
    times: SourceTimes
    state: State
    renderer: Renderer

    @property
    def store(self) -> Store:
        return self.state.ledger

    @property
    def online(self) -> Mapping[str, PublishedFeed]:
        return self.state.online

    @property
    def shelves(self) -> Mapping[str, OnlineShelf]:
        return self.state.shelves


@dataclass(frozen=True, slots=True)
class _Made:
    """The feeds as they are to be rendered.

    ``became`` are ids of articles that turned out to be entries of a closed archive page, by feed. ``previous`` is what
    they replace, ``zones`` of which sources the zone was changed.
    """

    feeds: tuple[Composed, ...]
    settled: Settled
    quarantined: tuple[Quarantined, ...]
    became: Mapping[str, tuple[str, ...]]
    previous: tuple[PreviousFeed, ...]
    zones: tuple[ChangedZone, ...]


def build(
    settings: Settings,
    now: datetime,
    *,
    dry_run: bool = False,
    allow: Collection[str] = (),
    progress: Progress | None = None,
) -> BuildReport:
    """Build the feeds of ``settings`` as of ``now`` and publish them; write nothing on a dry run.

    ``allow`` names the guards (:data:`feedpub.core.errors.ALLOWANCES`) that are overridden for this build. Raises a
    :class:`feedpub.core.errors.FeedpubError` for what stops a build; then nothing was published, but where it says that
    the ledger or the list of rejects cannot be written, which come after.
    """
    folder_ = settings.output.state
    published = folder.LocalFolder(settings.output.dir)
    with nullcontext() if dry_run else exclusive(folder_), open_state(settings, published) as state:
        _check_examples(settings)
        check_state(settings, state, allow)
        job = _begin(settings, now, allow, state)
        taken = take_in(settings, now, state.ledger, progress)
        if refusal := _too_many_rejects(settings, taken):
            if not dry_run:
                write_rejects(taken.rejects, folder_)
            raise refusal
        made, rendered, checked = _prepare(job, taken, guarded=True)
        changes = _publish(settings.output, checked, dry_run=dry_run)
        if not dry_run:
            _record(job, made, checked)
        report = summarise(taken, made, rendered, job.online, checked, changes)
        if dry_run:
            return report
        # Last: a build that is refused tells of none, so the next one has to.
        return replace(report, new_rejects=write_rejects(report.rejects, folder_))


def check_heads(settings: Settings) -> None:
    """Raise :class:`ConfigError` where a feed could not be published with any entry, or with none."""
    renderer = Renderer(settings.site, settings.categories, settings.output.formats)
    feeds = [make_feed(feed, [], settings.site) for feed in settings.feeds]
    for feed in (*feeds, *(last_feed(feed, settings.site, None) for feed in settings.retired)):
        if wrong := first_refusal(renderer.render(feed).documents):
            raise ConfigError(
                Where(str(settings.file), 1, 1, ("feeds", feed.settings.slug)),
                f"{wrong.path} would be invalid whatever its entries are: {wrong.reason}",
                "correct the value of the feed, or of site, that this comes from",
            )


def plan(settings: Settings, now: datetime) -> dict[str, Feed]:
    """Return what the next build would put into each feed's subscription document, by slug; write nothing.

    It is that build but for its guards. A feed that would stay as it is online, as its documents fail their check, is
    not among them.
    """
    with open_state(settings, folder.LocalFolder(settings.output.dir)) as state:
        # With the dates that subscribers know, as without options.
        job = _begin(settings, now, ALLOWANCES.keys() - {"moved-dates"}, state)
        _, rendered, checked = _prepare(job, take_in(settings, now, state.ledger), guarded=False)
        return {slug: made.feed for made in rendered if (slug := made.feed.slug) not in checked.held}


def _begin(settings: Settings, now: datetime, allow: Collection[str], state: State) -> _Build:
    renderer = Renderer(settings.site, settings.categories, settings.output.formats)
    return _Build(settings, now, allow, SourceTimes(settings, now), state, renderer)


def _prepare(job: _Build, taken: Taken, *, guarded: bool) -> tuple[_Made, list[Rendered], Checked]:
    """Make, render and check the documents; once more, where entries make them invalid, without these."""
    made, rendered, checked = _attempt(job, taken, guarded=guarded)
    if checked.invalid:
        # Before entries are blamed for it.
        check_heads(job.settings)
    if harmful := _harmful(job, made, checked):
        return _attempt(job, taken, harmful, guarded=guarded)
    return made, rendered, checked


def _attempt(
    job: _Build, taken: Taken, harmful: Iterable[Quarantined] = (), *, guarded: bool
) -> tuple[_Made, list[Rendered], Checked]:
    made = _make(job, taken, harmful)
    if guarded:
        _guard(job, taken, made)
    return made, *_render(job, made)


def _make(job: _Build, taken: Taken, harmful: Iterable[Quarantined] = ()) -> _Made:
    settings, store = job.settings, job.store
    settled = settle(
        {s.article.id: s for selection in taken.selected for s in selection}.values(),
        store,
        taken.ids,
        Terms(
            settings.site.id_authority,
            job.now,
            job.times.of_article,
            keep_dates="moved-dates" not in job.allow,
            released=taken.released,
        ),
    )
    quarantined = (*job.renderer.quarantine(settled.entries.values()), *harmful)
    refused = {q.entry.article.id for q in quarantined}
    feeds: list[Composed] = []
    became: dict[str, tuple[str, ...]] = {}
    for feed, selection in zip(settings.feeds, taken.selected, strict=True):
        shelf = job.shelves.get(feed.slug, OnlineShelf()).shelf
        entries = {s.article.id: settled.entries[s.article.id] for s in selection}
        gone = feed.archive is not None
        became[feed.slug] = tuple(
            derived for derived, e in entries.items() if gone and store.archived(feed.slug, e.article.id)
        )
        left = [e for d, e in entries.items() if d not in became[feed.slug] and e.article.id not in refused]
        feeds.append(
            compose(feed, left, settings.site, settings.categories, shelf, since=_since(job, feed.slug))
        )
    zones = _changed_zones(job, taken, settled)
    previous = tuple(
        PreviousFeed(
            c.feed, _missing(job.online[c.slug], taken, store), store.replaced(c.slug, job.now - A_DAY)
        )
        for c in feeds
        if c.slug in job.online
    )
    return _Made(tuple(feeds), settled, quarantined, became, previous, zones)


def _guard(job: _Build, taken: Taken, made: _Made) -> None:
    settled = made.settled
    check_flood(
        made.previous,
        moving=Moving(settled.moving, settled.known, tuple(change.reason for change in made.zones)),
        share=job.settings.guards.max_vanished,
        causes=taken.source_warnings,
        allowed=job.allow,
    )


def _changed_zones(job: _Build, taken: Taken, settled: Settled) -> tuple[ChangedZone, ...]:
    """Return the sources whose dates are read in another zone than those that are published, and are kept."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for entry in settled.moved:
        source = taken.source_of.get(entry.article.origin.file)
        kept = entry.article.published
        if (
            source is not None
            and entry.dated
            and entry.dated.replace(tzinfo=None) == kept.replace(tzinfo=None)
        ):
            found[source].append(entry)
    changes: list[ChangedZone] = []
    for source, entries in sorted(found.items()):
        spec = job.settings.sources[source]
        now = spec.dates.zone or _offset(entries[0].dated)
        offset = _offset(entries[0].article.published)
        before = job.store.zone(spec.path)
        was = before if before not in (None, now) else "UTC" if offset == "+00:00" else offset
        known = [job.store.by_id(entry.article.id) for entry in entries]
        new = any(k is None or k.dated != entry.dated for k, entry in zip(known, entries, strict=True))
        changes.append(ChangedZone(spec.path, was, now, len(entries), new))
    return tuple(changes)


def _offset(time: datetime | None) -> str:
    return time.isoformat()[-6:] if time else ""


def _since(job: _Build, slug: str) -> dict[str, datetime]:
    """Return when the documents of a feed that are online changed; what lies in the future was a mistake."""
    online = {"": job.online[slug].updated} if slug in job.online else {}
    pages = job.shelves.get(slug, OnlineShelf()).since
    return {name: changed for name, changed in {**pages, **online}.items() if changed <= job.now}


def _missing(online: PublishedFeed, taken: Taken, store: Store) -> PublishedFeed:
    """Return what is online without what no guard counts.

    That is what its owners took away, and what has slid out of another people's feed, as all that this lists now is
    newer.
    """

    def slid(entry: PublishedEntry) -> bool:
        known = store.by_id(entry.id)
        listed = taken.listed.get(known.feed) if known and known.feed else None
        return listed is not None and entry.published < listed

    return replace(
        online,
        entries=tuple(
            e for e in online.entries if e.id not in taken.released and (e.id in taken.ids or not slid(e))
        ),
    )


def _render(job: _Build, made: _Made) -> tuple[list[Rendered], Checked]:
    rendered = [
        job.renderer.render(composed.feed, composed.pages, [page.name for page in composed.shelf.pages])
        for composed in made.feeds
    ]
    rendered += [job.renderer.render(feed) for feed in _retired(job)]
    return rendered, check(rendered, job.renderer.opml(job.settings.feeds))


def _harmful(job: _Build, made: _Made, checked: Checked) -> list[Quarantined]:
    """Return the entries that make their feeds invalid: those that would if they stood there alone."""
    wrong = {path.partition(".")[0] for path in checked.invalid}
    found: dict[str, Quarantined] = {}
    for composed in made.feeds:
        for entry in composed.entries if composed.slug in wrong else ():
            alone = make_feed(composed.feed.settings, [entry], job.settings.site)
            if why := first_refusal(job.renderer.render(alone).documents):
                found[entry.article.id] = Quarantined(
                    entry, f"it would make {why.path} invalid: {why.reason}"
                )
    return list(found.values())


def _retired(job: _Build) -> list[Feed]:
    site = job.settings.site
    return [last_feed(feed, site, job.online.get(feed.slug)) for feed in job.settings.retired]


def _publish(output: Output, checked: Checked, *, dry_run: bool) -> Changes:
    act = folder.compare if dry_run else folder.publish
    return act(
        checked.documents, checked.keep, output.dir, output.state, layout=output.layout, gzip=output.gzip
    )


def _record(job: _Build, made: _Made, checked: Checked) -> None:
    """Remember what was published; feeds that were held back are remembered when they are published."""
    store, site = job.store, job.settings.site
    feeds = [composed for composed in made.feeds if composed.slug not in checked.held]
    entries = {entry.article.id: entry for composed in feeds for entry in composed.entries}
    derived = {e.article.id: id_ for id_, e in made.settled.entries.items() if e.article.id != id_}
    changes = [
        change
        for composed in feeds
        if (change := shelf_change(composed, site, derived, made.became[composed.slug], _read(job, composed)))
    ]
    read = (e for shelf in job.shelves.values() for e in shelf.entries if shelf.anew and e.id not in entries)
    # Of what stands in a closed page, or stayed unpublished, only the new date of its source is to be remembered.
    moved = (
        replace(known, dated=entry.dated)
        for entry in made.settled.moved
        if entry.article.id not in entries
        if (known := store.by_id(entry.article.id)) and known.dated != entry.dated
    )
    missing = chain(
        (record_of(entry) for entry in read if store.lacks(entry)),
        (
            remember(e.article, e.content.html, e.updated, e.dated)
            for e in entries.values()
            if not store.knows(e)
        ),
        moved,
    )
    # Some at a time, as a whole history may be new. The pages come last: without them, it is read back.
    while batch := list(islice(missing, BATCH)):
        record(job.settings.output.state / LEDGER, batch)
    aliases = {
        own: known for known, own in derived.items() if known in entries and not _is_alias(store, own, known)
    }
    if changes or aliases:
        record(job.settings.output.state / LEDGER, (), changes, aliases)
    replaced = {p.feed.slug: p.replacing for p in made.previous if p.feed.slug not in checked.held}
    kept = {change.source for change in made.zones}
    zones = {
        spec.path: spec.dates.zone
        for spec in job.settings.sources
        if spec.dates.zone and spec.path not in kept and store.zone(spec.path) != spec.dates.zone
    }
    meant = "vanished" in job.allow
    if any(replaced.values()) or zones or meant:
        note(job.settings.output.state / LEDGER, replaced, job.now, zones, anew=meant)


def _is_alias(store: Store, own: str, known: str) -> bool:
    became = store.became(own)
    return became is not None and became.id == known


def _read(job: _Build, composed: Composed) -> frozenset[str] | None:
    shelf = job.shelves.get(composed.slug)
    return shelf.ids if shelf and shelf.anew else None


def _check_examples(settings: Settings) -> None:
    failing = settings.rules.failing_examples()
    if failing:
        raise failing[0].error(more=len(failing) - 1)


def _too_many_rejects(settings: Settings, taken: Taken) -> TooManyRejects | None:
    limit = settings.guards.max_rejects
    rejected = len(taken.rejects)
    if limit is None:
        return None
    records = taken.articles + taken.duplicates + taken.held + taken.left_out + rejected
    if rejected <= (limit if isinstance(limit, int) else limit * records):
        return None
    first = taken.rejects[0]
    return TooManyRejects(rejected, records, f"{first.origin}: {first.reason}")
