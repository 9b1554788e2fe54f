"""Decides which articles continue entries of another generator's feeds, under the ids and dates of these entries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from feedpub.articles.adoption import Adoptable, Clash, Matches, OldEntry, match
from feedpub.articles.article import Reject
from feedpub.config import Settings
from feedpub.core.errors import ConfigError, SourceError, Where
from feedpub.history.state import PublishedSet, State, open_state
from feedpub.planning.routing import IngestResult, ingest
from feedpub.sources import SourceSpec
from feedpub.sources.old_feeds import OldFeeds, read_old_feeds


@dataclass(frozen=True, slots=True)
class AdoptedSource:
    """What one source adopts: its old feeds have so many ``entries``, and its articles ``matched`` so many of them.

    - ``others`` are the entries that match no article.
    - ``seconds`` are entries whose article continues under the id of another old feed, which is listed earlier.
    - ``rejects`` are entries that cannot be read, ``missing`` are sentences about feeds that cannot be read.
    - ``kept`` is the number of articles that were already published under ids of our own, which they keep.
    """

    spec: SourceSpec
    entries: int
    matched: int
    others: tuple[OldEntry, ...]
    seconds: tuple[OldEntry, ...]
    rejects: tuple[Reject, ...]
    missing: tuple[str, ...]
    kept: int


@dataclass(frozen=True, slots=True)
class Adoption:
    """The old entries that articles continue, by the derived ids of the articles; and what each source adopts.

    ``permalinks`` are the ids that RSS calls addresses. ``new`` are the entries that the ledger does not know yet.
    """

    by_article: Mapping[str, OldEntry] = field(default_factory=dict)
    permalinks: frozenset[str] = frozenset()
    new: Mapping[str, OldEntry] = field(default_factory=dict)
    sources: tuple[AdoptedSource, ...] = ()


def adopt(settings: Settings, state: State, ingested: IngestResult) -> Adoption:
    """Read the old feeds of ``settings``, and match their entries to articles.

    Earlier adoptions stay valid without the old feeds: the ledger remembers them, and if it was lost, the published
    documents show them.

    Raises :class:`ConfigError` if two articles match one entry. Raises :class:`SourceError` if an old feed cannot be
    read and no article of its source is published yet, as readers of the old feed would see all articles as new.
    """
    remembered = state.ledger.adopted()
    matched: dict[str, OldEntry] = {}
    again: set[str] = set()
    sources: list[AdoptedSource] = []
    published = _shown_by_documents(state, ingested)
    owners: dict[str, Adoptable] = {}
    for number, articles in ingested.adoptable.items():
        spec = settings.sources[number]
        old = read_old_feeds(spec, settings.site.id_authority)
        matches = match(articles, old.entries)
        by_id = {article.id: article for article in articles}
        clashes = [*matches.clashes]
        for derived, entry in matches.found.items():
            first = owners.setdefault(entry.id, by_id[derived])
            if first.id != derived:
                clashes.append(Clash(entry, first, by_id[derived]))
        if clashes:
            raise _clash(spec, clashes[0])
        again.update(entry.id for entry in old.entries)
        matched |= matches.found
        if old.missing:
            _check_missing(old, articles, state, {**remembered, **published})
        sources.append(_summary(spec, old, matches, state))
    kept = {derived: entry for derived, entry in remembered.items() if entry.id not in again}
    by_article = {**published, **kept, **matched}
    permalinks = state.permalinks | {entry.id for entry in matched.values() if entry.permalink}
    by_article = {d: replace(e, permalink=e.id in permalinks) for d, e in by_article.items()}
    new = {derived: entry for derived, entry in by_article.items() if not _knows(remembered, derived, entry)}
    return Adoption(by_article, permalinks, new, tuple(sources))


def survey_adoption(settings: Settings, published: PublishedSet, now: datetime) -> tuple[AdoptedSource, ...]:
    """Return what a build at ``now`` would adopt from old feeds. This reads all articles, and changes nothing.

    Raises the same errors as :func:`adopt`.
    """
    with open_state(settings, published) as state:
        return adopt(settings, state, ingest(settings, now, state.ledger)).sources


def _shown_by_documents(state: State, ingested: IngestResult) -> Mapping[str, OldEntry]:
    if not state.forgotten:
        return {}
    selected = {s.article.id: s.article for selection in ingested.selected for s in selection}
    unknown = (
        Adoptable.of(a)
        for a in selected.values()
        if not a.feed and not state.ledger.by_id(a.id) and not state.ledger.became(a.id)
    )
    free = [entry for entry in state.forgotten if entry.id not in ingested.index]
    matches = match(unknown, free)
    doubtful = {clash.entry.id for clash in matches.clashes}
    return {derived: entry for derived, entry in matches.found.items() if entry.id not in doubtful}


def _knows(remembered: Mapping[str, OldEntry], derived: str, entry: OldEntry) -> bool:
    known = remembered.get(derived)
    return known is not None and (known.id, known.published, known.updated, known.permalink) == (
        entry.id,
        entry.published,
        entry.updated,
        entry.permalink,
    )


def _clash(spec: SourceSpec, clash: Clash) -> ConfigError:
    entry, one, other = clash
    return ConfigError(
        spec.where or Where("", 1, 1),
        f"{one.origin} and {other.origin} both match the entry {entry.title!r} of {entry.origin}, but only one article"
        " can have its id",
        "correct the link, the title or the date of one of them, or mark it as a draft",
    )


def _check_missing(
    old: OldFeeds, articles: tuple[Adoptable, ...], state: State, known: Mapping[str, OldEntry]
) -> None:
    ledger = state.ledger
    if articles and not any(a.id in known or ledger.by_id(a.id) or ledger.became(a.id) for a in articles):
        name, _, reason = old.missing[0].partition(": ")
        raise SourceError(
            name,
            f"{reason}; without it, its readers would see all articles as new; if this is intended, remove it from"
            " adopt of the source",
        )


def _summary(spec: SourceSpec, old: OldFeeds, matches: Matches, state: State) -> AdoptedSource:
    entries = len({entry.id for entry in old.entries})
    kept = sum(
        derived != entry.id and (known := state.ledger.by_id(derived)) is not None and known.id != entry.id
        for derived, entry in matches.found.items()
    )
    return AdoptedSource(
        spec=spec,
        entries=entries,
        matched=entries - len(matches.others) - len(matches.seconds),
        others=matches.others,
        seconds=matches.seconds,
        rejects=old.rejects,
        missing=old.missing,
        kept=kept,
    )
