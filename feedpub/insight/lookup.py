"""Finds the records that a user asks about, with what the next build makes of each."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from feedpub.articles.article import Article, LeftOut, Reject
from feedpub.articles.sighting import Sighting
from feedpub.catalog import Columns, PieceSearch, Rows, id_number
from feedpub.planning.site_plan import SitePlan
from feedpub.planning.verdicts import Known, Search, Verdict, known_id, verdicts
from feedpub.sources.files import display_name
from feedpub.text.folding import fold
from feedpub.text.similarity import digest


@dataclass(frozen=True, slots=True)
class Found:
    """The verdicts on the records that match a query; ``exact`` says that the first is the one that was meant."""

    verdicts: tuple[Verdict, ...]
    exact: bool


def find(plan: SitePlan, wish: str) -> Found:
    """Find records by ``wish``: an id (published or derived), a key, link, title, part of a title, or a file.

    In titles, case, accents and the like do not count. Raises :class:`feedpub.core.errors.SourceError` if a file cannot
    be read.
    """
    wanted = _folded(wish)
    ways: list[Callable[[Known], bool]] = [
        _has_id(plan, wish),
        _is_in(plan, wish),
        lambda record: wanted in map(_folded, _titles(record)),
        lambda record: any(wanted in _folded(title) for title in _titles(record)),
        lambda record: isinstance(record, Reject) and wanted in _folded(record.text),
    ]

    def fits(record: Known) -> bool:
        return any(way(record) for way in ways)

    # The sources are searched once for all ways; the first way that finds anything counts.
    found = verdicts(plan, fits, Search(_meant(plan, wish), _same_file(plan, Path(wish))))
    if plan.state.ledger.by_id(wish) and not any(ways[0](verdict.record) for verdict in found):
        # The derived id of the article has changed since, so each record must be compared with the published entry.
        found = verdicts(plan, fits)
    best = next((fitting for way in ways if (fitting := [v for v in found if way(v.record)])), [])
    return Found(tuple(best), _are_one(best))


def find_at(plan: SitePlan, file: Path, line: int) -> Found:
    """Find the records that include ``line`` (1-based) of ``file``; there may be several."""
    here = _same_file(plan, file)
    names = _names(plan, here)

    def fits(record: Known) -> bool:
        return record.origin.file in names and record.origin.line <= line <= record.origin.last

    found = verdicts(plan, fits, Search(here=here)) if names else []
    return Found(tuple(found), exact=len(found) == 1)


def _meant(plan: SitePlan, wish: str) -> PieceSearch:
    """Return a function that selects the articles which ``wish`` may mean, by their data in the catalog."""
    entry = plan.state.ledger.by_id(wish)
    instants = {time.timestamp() for time in ((entry.published, entry.source_date) if entry else ()) if time}
    number = id_number(wish)
    # This is how the catalog writes a key or a link.
    written = json.dumps(wish, ensure_ascii=False).encode("utf-8", "surrogatepass")
    wanted = _folded(wish)

    def meant(columns: Columns, rows: Rows) -> Iterator[int]:
        if number in columns.ids or written in rows.told or not instants.isdisjoint(columns.instants):
            yield from range(len(columns.ids))
        elif wanted in _folded(" ".join(rows.titles)):
            yield from (at for at, title in enumerate(rows.titles) if wanted in _folded(title))

    return meant


def _are_one(found: Iterable[Verdict]) -> bool:
    """Say whether all verdicts are on records of one article."""
    return len({verdict.id or verdict.record.origin for verdict in found}) == 1


def _has_id(plan: SitePlan, wish: str) -> Callable[[Known], bool]:
    entry = plan.state.ledger.by_id(wish)

    def fits(record: Known) -> bool:
        if isinstance(record, LeftOut | Reject):
            return isinstance(record, LeftOut) and wish in record.ids
        if wish in {record.id, record.key, record.link}:
            return True
        # An edited article still has its date or its title. Only such records need the exact test.
        like = entry and (
            record.published in (entry.published, entry.source_date) or digest(record.title) == entry.title
        )
        # The exact test needs the texts; a sighting without them counts as a match for now.
        return bool(like) and (isinstance(record, Sighting) or known_id(plan, record) == wish)

    return fits


def _is_in(plan: SitePlan, wish: str) -> Callable[[Known], bool]:
    names = _names(plan, _same_file(plan, Path(wish)))
    return lambda record: record.origin.file in names


def _names(plan: SitePlan, here: Callable[[Path | str], bool]) -> frozenset[str]:
    """Return the names of the files that ``here`` selects."""
    return frozenset(
        display_name(spec, file) for _, spec, file in plan.ingested.readings.inputs if here(file)
    )


def _same_file(plan: SitePlan, file: Path) -> Callable[[Path | str], bool]:
    """Return a function that says whether a file of a source is ``file``.

    ``file`` is a path from the current folder, or from the folder of the config, or else the end of the path of only
    one file of the sources.
    """
    if "\0" in str(file):
        return lambda _: False
    if not (file.is_file() or (plan.settings.base / file).is_file()):
        end = f"/{file.as_posix()}"
        ending = {found for _, _, found in plan.ingested.readings.inputs if str(found).endswith(end)}
        return lambda found: len(ending) == 1 and found in ending
    wanted = {os.path.realpath(file), os.path.realpath(plan.settings.base / file)}
    return lambda found: os.path.realpath(plan.settings.base / found) in wanted


def _titles(record: Known) -> Iterable[str]:
    # A reject only has its raw text; its first line may be the title.
    if isinstance(record, Article | Sighting):
        return {record.title, record.source_title}
    return [record.title] if isinstance(record, LeftOut) else record.text.splitlines()[:1]


def _folded(text: str) -> bytes:
    return b" ".join(fold(text).lower().split())
