"""One build: plan, publish, remember, report."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice

from feedpub.catalog import Catalog, Engine
from feedpub.config import Settings
from feedpub.core.errors import FeedpubError, PublishError, TooManyRejects, check_allowances, require_zone
from feedpub.documents.channel import Site
from feedpub.history.last_read import LAST_READ, LastReadFile, remember_read
from feedpub.history.ledger import LEDGER, Ledger, note, record, remember_withdrawals
from feedpub.history.ledger import adopt as remember_adopted
from feedpub.history.media import media_file, without_young, write_media
from feedpub.history.memory import ArchiveUpdate, ClosedPage, EntryRecord, record_entry, record_of
from feedpub.history.state import open_state, read_feeds
from feedpub.planning.feed_plan import FeedPlan
from feedpub.planning.guards import check_examples
from feedpub.planning.made_feeds import with_made_feeds
from feedpub.planning.routing import Progress, ingest
from feedpub.planning.site_plan import SitePlan, plan_site
from feedpub.publishing.build_report import BuildReport, in_short, summarise
from feedpub.publishing.dependencies import note_of, open_catalog
from feedpub.publishing.early_exit import RACE, forget
from feedpub.publishing.events import NOTHING_GIVEN, Given, events, forget_events, give, write_down
from feedpub.publishing.local import folder
from feedpub.publishing.local.changes import Changes, Wanted
from feedpub.publishing.local.dirfd import exclusive, failure
from feedpub.publishing.local.folder import LocalFolder
from feedpub.publishing.local.manifest import PAGES
from feedpub.publishing.log import write_rejects
from feedpub.publishing.runs import RUNS, remember_run
from feedpub.sources import Readings, Settling

BATCH = 1_000
"""How many entries are recorded at a time."""


@contextmanager
def open_plan(settings: Settings, now: datetime, *, allow: Collection[str] = ()) -> Iterator[SitePlan]:
    """Plan the next build of ``settings`` and change nothing. Inside the context, the plan's state is open.

    Raises what :func:`feedpub.planning.site_plan.plan_site` raises. If a build would be refused, the plan's
    ``refusal`` says why.
    """
    require_zone(now)
    check_allowances(allow)
    readings = readings_of(settings, now)
    settings = with_made(settings, now, allow, readings)
    with (
        open_state(settings, _published(settings)) as state,
        closing(open_catalog(settings, readings, writes=False)) as catalog,
    ):
        yield plan_site(settings, state, now, allowed=allow, catalog=catalog)


def _published(settings: Settings) -> LocalFolder:
    return LocalFolder(settings.output.dir, settings.output.state)


def readings_of(settings: Settings, now: datetime) -> Readings:
    """Return what a build of ``settings`` at ``now`` has to read."""
    output = settings.output
    published = bool(_published(settings).documents)
    settling = Settling(now, LastReadFile(output.state / LAST_READ), published)
    return Readings(settings.sources, settings.site.id_authority, settling)


def with_made(
    settings: Settings, now: datetime, allow: Collection[str] = (), readings: Readings | None = None
) -> Settings:
    """Return ``settings`` with the feeds that are made from the data; only for these, the sources are read."""
    if not settings.templates:
        return settings
    with open_state(settings, _published(settings)) as state:
        values = ingest(settings, now, state.ledger, catalog=Catalog(readings) if readings else None).values
        online = {slug: feed.title for slug, feed in state.online.items()}
    return with_made_feeds(settings, values, online, keep="removed" not in allow)


def with_published(settings: Settings) -> Settings:
    """Return ``settings`` with the published feeds that were made from the data; no source is read."""
    if not settings.templates:
        return settings
    online = read_feeds(settings, _published(settings))
    return with_made_feeds(
        settings, [{}] * len(settings.templates), {s: feed.title for s, feed in online.items()}
    )


def plan(settings: Settings, now: datetime, *, allow: Collection[str] = ()) -> SitePlan:
    """Return what the next build of ``settings`` would do at ``now``, an aware time; change nothing.

    ``allow`` is as for :func:`build`. If that would raise a refusal, the plan has it as ``refusal``.
    """
    with open_plan(settings, now, allow=allow) as made:
        return made


def build(  # noqa: PLR0913 - the parameters have nothing in common
    settings: Settings,
    now: datetime,
    *,
    dry_run: bool = False,
    allow: Collection[str] = (),
    progress: Progress | None = None,
    cache: bool = True,
    engine: Engine | None = None,
) -> BuildReport:
    """Build the feeds of ``settings`` as of ``now`` and publish them; write nothing on a dry run.

    ``allow`` names the guards (:data:`feedpub.core.errors.ALLOWANCES`) that are overridden for this build. Without
    ``cache``, all sources are read, even those that earlier builds knew; an ``engine``
    (:mod:`feedpub.publishing.engines`) reads them in other processes. Neither changes the published files.

    Raises a :class:`feedpub.core.errors.FeedpubError` if the build cannot be done. Then nothing was published, unless
    the message says that the ledger, the list of rejects or the log cannot be written: they are written last. The log
    gets a line in any case. A ``now`` without a time zone is a :class:`ValueError`.
    """
    require_zone(now)
    check_allowances(allow)
    if dry_run:
        return _build(settings, now, allow, progress, dry_run=True, cache=cache, engine=engine)
    log, at = os.fspath(settings.output.state), now.isoformat(timespec="seconds")
    try:
        report = _build(settings, now, allow, progress, cache=cache, engine=engine)
    except FeedpubError as error:
        with suppress(OSError):
            remember_run(log, at, {"status": error.exit_status, "error": str(error)})
        raise
    try:
        remember_run(log, at, in_short(report))
    except OSError as error:
        raise PublishError(
            f"the feeds are published, but {log}/{RUNS} cannot be written: {error.strerror}"
        ) from error
    return report


def _build(  # noqa: PLR0913 - as above
    settings: Settings,
    now: datetime,
    allow: Collection[str],
    progress: Progress | None,
    *,
    dry_run: bool = False,
    cache: bool,
    engine: Engine | None,
) -> BuildReport:
    ours = settings.output.state
    with ExitStack() as held:
        if not dry_run:
            held.enter_context(exclusive(ours))
            try:
                forget(note_of(settings))
            except OSError as error:
                raise failure("cannot remove the note of the last build in", ours, error) from error
        readings = readings_of(settings, now)
        settings = with_made(settings, now, allow, readings)
        state = held.enter_context(open_state(settings, _published(settings)))
        check_examples(settings)
        catalog = Catalog(readings)
        if cache:
            opened = open_catalog(settings, readings, writes=not dry_run, engine=engine)
            catalog = held.enter_context(closing(opened))
        plan = plan_site(settings, state, now, allowed=allow, progress=progress, catalog=catalog)
        catalog.remember_passed()
        if plan.refusal:
            if isinstance(plan.refusal, TooManyRejects) and not dry_run:
                write_rejects(plan.ingested.rejects, ours)
            raise plan.refusal
        if dry_run:
            return summarise(plan, foretell(plan))
        _write_events(plan)
        report = summarise(plan, carry_out(plan))
        # Late: a refused build reports no rejects, so the next one has to.
        report = replace(report, new_rejects=write_rejects(report.rejects, ours))
        return replace(report, given=_give_events(settings))


def _write_events(plan: SitePlan) -> None:
    state = plan.settings.output.state
    try:
        if plan.settings.output.on_publish:
            online = {slug: [entry.id for entry in feed.entries] for slug, feed in plan.state.online.items()}
            write_down(state, events(plan), online)
        else:
            forget_events(state)
    except OSError as error:
        raise failure("cannot write down what changes in", state, error) from error


def _give_events(settings: Settings) -> Given:
    output = settings.output
    try:
        return give(output.state, output.on_publish, settings.base) if output.on_publish else NOTHING_GIVEN
    except OSError as error:
        raise failure("cannot write down what changed in", output.state, error) from error


def foretell(plan: SitePlan) -> Changes:
    """Return what :func:`carry_out` would change; change nothing."""
    output = plan.settings.output
    return folder.compare(_wanted(plan), output.dir, output.state, layout=output.layout)


def carry_out(plan: SitePlan) -> Changes:
    """Publish ``plan``, then remember it. Call it under the lock under which the plan was made.

    Raises :class:`feedpub.core.errors.PublishError`; then every document is whole, old or new.
    """
    output = plan.settings.output
    # Before anything is published: a published article must never be newer than the remembered state of its file.
    remember_read(output.state / LAST_READ, plan.ingested.readings.settling)
    changes = folder.publish(_wanted(plan), output.dir, output.state, layout=output.layout)
    _remember(plan)
    return changes


def _wanted(plan: SitePlan) -> Wanted:
    output = plan.settings.output
    return Wanted(
        documents=plan.verified.documents,
        keep=plan.verified.keep,
        gone=(*plan.pages.gone, *plan.media.gone),
        dropped=PAGES if output.pages == "off" else "",
        gzip=output.gzip,
        withdrawn=_said(plan),
    )


def _said(plan: SitePlan) -> Mapping[str, Mapping[str, int | str]]:
    return {marked: withdrawal.said() for marked, withdrawal in plan.ingested.withdrawals.items()}


def _remember(plan: SitePlan) -> None:
    """Remember what was published. Feeds that were held back are remembered once they are published."""
    ledger, settings = plan.state.ledger, plan.settings
    file = settings.output.state / LEDGER
    media = without_young(plan.media.memory, round(plan.now.timestamp() * 1_000_000_000) - RACE)
    if media != plan.state.media:
        write_media(media_file(settings.output.state, settings.output.dir), media)
    feeds = [feed_plan for feed_plan in plan.feeds if feed_plan.slug not in plan.verified.held]
    known_as = {e.article.id: id_ for id_, e in plan.resolved.entries.items() if e.article.id != id_}
    if plan.adoption.new:
        remember_adopted(file, plan.adoption.new)
    # In batches, because a whole history may be new. The closed documents come last: without them, it is read back.
    missing = _missing(plan, feeds)
    while batch := list(islice(missing, BATCH)):
        record(file, batch)
    published = {entry.article.id for feed_plan in feeds for entry in feed_plan.entries}
    closed = [change for feed_plan in feeds if (change := _closed_pages(plan, feed_plan, known_as))]
    aliases = {
        own: known
        for known, own in known_as.items()
        if known in published and not _is_alias(ledger, own, known)
    }
    # Which file has the title that an article's id is made from.
    aliases |= {
        entry.article.beside[-1]: entry.article.id
        for entry in plan.resolved.entries.values()
        if entry.article.id in published
        and entry.article.beside
        and not _is_alias(ledger, entry.article.beside[-1], entry.article.id)
    }
    if closed or aliases:
        record(file, (), closed, aliases)
    replaced = {p.feed.slug: p.replacing for p in plan.previous if p.feed.slug not in plan.verified.held}
    kept = {change.source for change in plan.zones}
    zones = {
        spec.path: spec.dates.zone
        for spec in settings.sources
        if spec.dates.zone and spec.path not in kept and ledger.zone(spec.path) != spec.dates.zone
    }
    meant = "vanished" in plan.allowed
    authority = settings.site.id_authority
    if any(replaced.values()) or zones or meant or ledger.authority() != authority:
        note(file, replaced, plan.now, zones, authority, anew=meant)
    if ledger.withdrawn() != plan.ingested.withdrawals:
        remember_withdrawals(file, plan.ingested.withdrawals)


def _missing(plan: SitePlan, feeds: Iterable[FeedPlan]) -> Iterator[EntryRecord]:
    """Yield the entries that differ from what the ledger knows."""
    ledger = plan.state.ledger
    entries = {entry.article.id: entry for feed_plan in feeds for entry in feed_plan.entries}
    archives = plan.state.archives.values()
    read = (e for archive in archives for e in archive.entries if archive.anew and e.id not in entries)
    # From now on, only the ledger knows the entries that leave the documents.
    leaving = (e for feed in plan.state.online.values() for e in feed.entries if e.id not in entries)
    # Of entries in closed documents, or unpublished ones, only the new date in the source is remembered.
    redated = (
        replace(known, source_date=entry.source_date)
        for entry in plan.resolved.redated
        if entry.article.id not in entries
        if (known := ledger.by_id(entry.article.id)) and known.source_date != entry.source_date
    )
    return chain(
        (record_of(entry) for entry in read if ledger.lacks(entry)),
        (known for entry in leaving if ledger.lacks(entry) and (known := ledger.by_id(entry.id))),
        (record_entry(e) for e in entries.values() if not ledger.knows(e)),
        redated,
    )


def _closed_pages(plan: SitePlan, feed_plan: FeedPlan, known_as: Mapping[str, str]) -> ArchiveUpdate | None:
    archive = plan.state.archives.get(feed_plan.slug)
    before = archive.ids if archive and archive.anew else None
    update = archive_update(feed_plan, plan.settings.site, known_as, plan.became[feed_plan.slug], before)
    cut = plan.cut.ids.get(feed_plan.slug)
    if not cut or any(path.partition(".")[0] == feed_plan.slug for path in plan.verified.invalid):
        # Documents from which nothing could be cut out are tried again next time.
        return update
    nothing = ArchiveUpdate(feed_plan.slug, plan.settings.site.base_url, (), (), anew=False)
    return replace(update or nothing, cut=tuple(sorted(cut)))


def archive_update(
    feed_plan: FeedPlan,
    site: Site,
    derived: Mapping[str, str],
    became: Iterable[str],
    before: frozenset[str] | None,
) -> ArchiveUpdate | None:
    """Return what the ledger has to remember of the archive documents that ``feed_plan`` closes, or ``None``.

    ``derived`` are the derived ids of articles by entry, if they differ from the entry's; ``became``
    those of articles that turned out to be in a closed document. ``before`` are the ids in documents that were
    closed before, if the ledger did not know them.
    """
    closing = {entry.article.id for page in feed_plan.closing for entry in page.entries}
    # When the earlier text has left the feed, its near-duplicates must not come back.
    closing |= {near.entry.article.id for near in feed_plan.near if near.kept.article.id in closing}
    ids = closing | {derived[entry_id] for entry_id in closing if entry_id in derived} | {*became}
    pages = tuple(ClosedPage(page.name, page.next) for page in feed_plan.closing if page.next)
    if before is None and not ids:
        return None
    return ArchiveUpdate(
        feed=feed_plan.slug,
        base=site.base_url,
        pages=pages if before is None else (*feed_plan.index.pages, *pages),
        ids=tuple(sorted(ids | (before or frozenset()))),
        anew=before is not None,
    )


def _is_alias(ledger: Ledger, own: str, known: str) -> bool:
    became = ledger.became(own)
    return became is not None and became.id == known
