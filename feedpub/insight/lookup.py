"""Find the records that someone means, with what the next build makes of each."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from feedpub.articles.article import Article, LeftOut, Reject
from feedpub.planning.site_plan import SitePlan
from feedpub.planning.verdicts import Record, Verdict, every_record, known_id, verdicts
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
    ways: list[Callable[[Record], bool]] = [
        _has_id(plan, wish),
        _is_in(plan, wish),
        lambda record: wanted in map(_folded, _titles(record)),
        lambda record: any(wanted in _folded(title) for title in _titles(record)),
        lambda record: isinstance(record, Reject) and wanted in _folded(record.text),
    ]
    # Sources are read once for all ways; the first that finds anything counts.
    found = verdicts(plan, lambda record: any(fits(record) for fits in ways))
    best = next((fitting for fits in ways if (fitting := [v for v in found if fits(v.record)])), [])
    return Found(tuple(best), _are_one(best))


def find_at(plan: SitePlan, file: Path, line: int) -> Found:
    """Find the records of which ``line`` of ``file`` is part; several may share it."""
    here = _same_file(plan, file)
    places = {
        record.origin
        for _, record in every_record(plan, here)
        if record.origin.line <= line <= record.origin.last
    }
    found = verdicts(plan, lambda record: record.origin in places) if places else []
    return Found(tuple(found), exact=len(found) == 1)


def _are_one(found: Iterable[Verdict]) -> bool:
    """Say whether all are records of one article."""
    return len({verdict.id or verdict.record.origin for verdict in found}) == 1


def _has_id(plan: SitePlan, wish: str) -> Callable[[Record], bool]:
    entry = plan.state.ledger.by_id(wish)

    def fits(record: Record) -> bool:
        if not isinstance(record, Article):
            return isinstance(record, LeftOut) and wish in record.ids
        if wish in {record.id, record.key, record.link}:
            return True
        # An edited article has kept its date or its title; all others are spared the longer look.
        like = entry and (
            record.published in (entry.published, entry.source_date) or digest(record.title) == entry.title
        )
        return bool(like) and known_id(plan, record) == wish

    return fits


def _is_in(plan: SitePlan, wish: str) -> Callable[[Record], bool]:
    path = Path(wish)
    if "\0" in wish or not (path.is_file() or (plan.settings.base / path).is_file()):
        return lambda _: False
    here = _same_file(plan, path)
    origins = {record.origin for _, record in every_record(plan, here)}
    return lambda record: record.origin in origins


def _same_file(plan: SitePlan, file: Path) -> Callable[[Path | str], bool]:
    """Return what tells whether a file of a source is ``file``, by a path from here or from the config's folder."""
    wanted = {os.path.realpath(file), os.path.realpath(plan.settings.base / file)}
    return lambda found: os.path.realpath(plan.settings.base / found) in wanted


def _titles(record: Record) -> Iterable[str]:
    # Of a reject, only its raw text tells: any of its lines may be the title.
    if isinstance(record, Article):
        return {record.title, record.source_title}
    return [record.title] if isinstance(record, LeftOut) else record.text.splitlines()[:1]


def _folded(text: str) -> bytes:
    return b" ".join(fold(text).lower().split())
