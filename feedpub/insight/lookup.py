"""Find the records that someone means, with what the next build makes of each."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from feedpub.articles.article import Article, LeftOut, Reject
from feedpub.articles.sighting import Sighting
from feedpub.catalog import Columns, Meant, Rows, id_number
from feedpub.planning.site_plan import SitePlan
from feedpub.planning.verdicts import Known, Search, Verdict, known_id, verdicts
from feedpub.sources.files import display_name
from feedpub.text.folding import fold
from feedpub.text.similarity import digest


@dataclass(frozen=True, slots=True)
class Found:
    """The verdicts over the records that a wish may mean; ``exact`` says that the first is the one."""

    verdicts: tuple[Verdict, ...]
    exact: bool


def find(plan: SitePlan, wish: str) -> Found:
    """Find a record by its id, the id it is published under, its key, link, title, part of its title, or its file.

    Case, accents and the like do not count in titles. Raises :class:`feedpub.core.errors.SourceError` where a file
    cannot be read.
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

    # Sources are looked through once for all ways; the first that finds anything counts.
    found = verdicts(plan, fits, Search(_meant(plan, wish), _same_file(plan, Path(wish))))
    if plan.state.ledger.by_id(wish) and not any(ways[0](verdict.record) for verdict in found):
        # The article has another id of its own by now, and nothing tells it but the digest of its title.
        found = verdicts(plan, fits)
    best = next((fitting for way in ways if (fitting := [v for v in found if way(v.record)])), [])
    return Found(tuple(best), _are_one(best))


def find_at(plan: SitePlan, file: Path, line: int) -> Found:
    """Find the records of which ``line`` of ``file`` is part; several may share it."""
    here = _same_file(plan, file)
    names = _names(plan, here)

    def fits(record: Known) -> bool:
        return record.origin.file in names and record.origin.line <= line <= record.origin.last

    found = verdicts(plan, fits, Search(here=here)) if names else []
    return Found(tuple(found), exact=len(found) == 1)


def _meant(plan: SitePlan, wish: str) -> Meant:
    """Return what says which articles may be meant, by what the catalog has of them."""
    entry = plan.state.ledger.by_id(wish)
    instants = {time.timestamp() for time in ((entry.published, entry.source_date) if entry else ()) if time}
    number = id_number(wish)
    # As the catalog writes a key or a link.
    written = json.dumps(wish, ensure_ascii=False).encode("utf-8", "surrogatepass")
    wanted = _folded(wish)

    def meant(columns: Columns, rows: Rows) -> Iterator[int]:
        if number in columns.ids or written in rows.told or not instants.isdisjoint(columns.instants):
            yield from range(len(columns.ids))
        elif wanted in _folded(" ".join(rows.titles)):
            yield from (at for at, title in enumerate(rows.titles) if wanted in _folded(title))

    return meant


def _are_one(found: Iterable[Verdict]) -> bool:
    """Say whether all are records of one article."""
    return len({verdict.id or verdict.record.origin for verdict in found}) == 1


def _has_id(plan: SitePlan, wish: str) -> Callable[[Known], bool]:
    entry = plan.state.ledger.by_id(wish)

    def fits(record: Known) -> bool:
        if isinstance(record, LeftOut | Reject):
            return isinstance(record, LeftOut) and wish in record.ids
        if wish in {record.id, record.key, record.link}:
            return True
        # An edited article has kept its date or its title; all others are spared the longer look.
        like = entry and (
            record.published in (entry.published, entry.source_date) or digest(record.title) == entry.title
        )
        # Whether it is the one can be told of the whole only.
        return bool(like) and (isinstance(record, Sighting) or known_id(plan, record) == wish)

    return fits


def _is_in(plan: SitePlan, wish: str) -> Callable[[Known], bool]:
    names = _names(plan, _same_file(plan, Path(wish)))
    return lambda record: record.origin.file in names


def _names(plan: SitePlan, here: Callable[[Path | str], bool]) -> frozenset[str]:
    """Return the names of the files that are ``here``."""
    return frozenset(
        display_name(spec, file) for _, spec, file in plan.ingested.readings.inputs if here(file)
    )


def _same_file(plan: SitePlan, file: Path) -> Callable[[Path | str], bool]:
    """Return what tells whether a file of a source is ``file``.

    That is a path from here or from the config's folder, or the end of the path of only one file of the sources.
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
    # Of a reject, only its raw text tells: any of its lines may be the title.
    if isinstance(record, Article | Sighting):
        return {record.title, record.source_title}
    return [record.title] if isinstance(record, LeftOut) else record.text.splitlines()[:1]


def _folded(text: str) -> bytes:
    return b" ".join(fold(text).lower().split())
