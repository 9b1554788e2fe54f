"""Which articles go on under the ids and dates of another generator's feeds, of all sources of a site."""

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
    """What one source adopts: how many ``entries`` its old feeds have, and how many of them its articles are.

    ``others`` are those that no article is, ``seconds`` those whose article goes on under the id of an earlier old
    feed, ``rejects`` those that cannot be read, ``missing`` the old feeds that cannot be. ``kept`` articles were
    published under ids of our own before, which stay.
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
    """The entries that articles are, ``by_article``'s id, and what is to be said of each source.

    ``permalinks`` are the ids that are addresses to RSS, ``new`` is what the ledger does not know yet.
    """

    by_article: Mapping[str, OldEntry] = field(default_factory=dict)
    permalinks: frozenset[str] = frozenset()
    new: Mapping[str, OldEntry] = field(default_factory=dict)
    sources: tuple[AdoptedSource, ...] = ()


def adopt(settings: Settings, state: State, ingested: IngestResult) -> Adoption:
    """Read the old feeds of ``settings`` and say which of their entries the articles are.

    What was adopted before holds without them: the ledger remembers it, and where that was lost, the published
    documents do. Raises :class:`ConfigError` where two articles are one entry, and :class:`SourceError` where an old
    feed cannot be read before any article of its source is published: all would be new to its readers.
    """
    remembered = state.ledger.adopted()
    told: dict[str, OldEntry] = {}
    again: set[str] = set()
    sources: list[AdoptedSource] = []
    published = _told_by_documents(state, ingested)
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
        told |= matches.found
        if old.missing:
            _check_missing(old, articles, state, {**remembered, **published})
        sources.append(_summary(spec, old, matches, state))
    kept = {derived: entry for derived, entry in remembered.items() if entry.id not in again}
    by_article = {**published, **kept, **told}
    permalinks = state.permalinks | {entry.id for entry in told.values() if entry.permalink}
    by_article = {d: replace(e, permalink=e.id in permalinks) for d, e in by_article.items()}
    new = {derived: entry for derived, entry in by_article.items() if not _knows(remembered, derived, entry)}
    return Adoption(by_article, permalinks, new, tuple(sources))


def survey_adoption(settings: Settings, published: PublishedSet, now: datetime) -> tuple[AdoptedSource, ...]:
    """Read all articles, and say what a build at ``now`` adopts from old feeds; change nothing.

    Raises what :func:`adopt` raises.
    """
    with open_state(settings, published) as state:
        return adopt(settings, state, ingest(settings, now, state.ledger)).sources


def _told_by_documents(state: State, ingested: IngestResult) -> Mapping[str, OldEntry]:
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
        f"{one.origin} and {other.origin} are both the entry {entry.title!r} of {entry.origin}, whose id only one can"
        " have",
        "correct the link of one of them, or its title or date, or say that it is a draft",
    )


def _check_missing(
    old: OldFeeds, articles: tuple[Adoptable, ...], state: State, known: Mapping[str, OldEntry]
) -> None:
    ledger = state.ledger
    if articles and not any(a.id in known or ledger.by_id(a.id) or ledger.became(a.id) for a in articles):
        name, _, reason = old.missing[0].partition(": ")
        raise SourceError(
            name,
            f"{reason}; without it, its readers would be shown all articles as new; if this is meant, remove it from"
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
