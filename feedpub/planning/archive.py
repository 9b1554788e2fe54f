"""Which archive document (RFC 5005 §4) each older entry of a feed is in. Pure decisions.

Pages form one chain, oldest first. A page is *closed* once there is one after it, and never changes again; the
last one is *open*. What comes late goes into the open page, however old it is: readers have fetched the others
for good. So the chain depends on when articles arrived, and the names of its closed pages have to be remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, count

from feedpub.articles.entry import Entry, newest_first
from feedpub.config import Archive
from feedpub.documents.channel import Page
from feedpub.history.memory import ArchiveIndex

# A month's first page has its name; those after it, where it fills several, are 2023-06-2 and so on.
_MONTH = re.compile(r"([0-9]{4}-[0-9]{2})(?:-[0-9]+)?")


@dataclass(frozen=True, slots=True)
class ByteBudget:
    """How many bytes a page has for its entries, and what one of them takes."""

    size: int
    of: Callable[[Entry], int]


def paginate(
    entries: Iterable[Entry], archive: Archive, index: ArchiveIndex, budget: ByteBudget
) -> tuple[Page, ...]:
    """Return the pages that hold ``entries``, none of which is in a closed page of ``index``, oldest first.

    The last of them is the open one. There is none while nothing is archived. A page ends where the next entry
    would take more than its ``budget``, but has one, however large. A month is that of an entry's ``published`` in
    UTC, so that a page's name does not depend on the zone that a source writes.
    """
    pending = newest_first(entries)[::-1]
    if archive is None or not (pending or index.pages):
        return ()
    make = (
        _by_month(pending, index, budget)
        if archive == "monthly"
        else _by_count(pending, archive, index, budget)
    )
    groups = list(make)
    names = [name for name, _ in groups]
    before = index.pages[-1].name if index.pages else None
    return tuple(
        Page(name, previous, after, tuple(group))
        for (name, group), previous, after in zip(
            groups, [before, *names[:-1]], [*names[1:], None], strict=True
        )
    )


def _by_count(
    pending: Sequence[Entry], size: int, index: ArchiveIndex, budget: ByteBudget
) -> Iterator[tuple[str, Sequence[Entry]]]:
    first = len(index.pages) + 1
    for number, group in enumerate(_cut(pending, budget, size)):
        yield index.open if number == 0 and index.open else str(first + number), group


def _by_month(
    pending: Sequence[Entry], index: ArchiveIndex, budget: ByteBudget
) -> Iterator[tuple[str, Sequence[Entry]]]:
    """Yield pages by month; the first takes what is no newer than the newest page that has a month for its name."""
    ingested = {*(page.name for page in index.pages), index.open or ""}
    floor = max((match[1] for name in ingested if (match := _MONTH.fullmatch(name))), default="")
    if not floor and pending:
        floor = _month(pending[0].article.published)
    months: dict[str, list[Entry]] = {floor: []}
    for entry in pending:
        months.setdefault(max(floor, _month(entry.article.published)), []).append(entry)
    name = index.open
    for month, entries in months.items():
        for group in _cut(entries, budget):
            name = name or _free(month, ingested)
            ingested.add(name)
            yield name, group
            name = None


def _cut(entries: Sequence[Entry], budget: ByteBudget, most: int | None = None) -> Iterator[list[Entry]]:
    """Yield ``entries`` in groups, at least one of them, that hold ``most`` and fit."""
    group: list[Entry] = []
    used = 0
    for entry in entries:
        size = budget.of(entry)
        if group and (used + size > budget.size or len(group) == most):
            yield group
            group, used = [], 0
        group.append(entry)
        used += size
    yield group


def _free(month: str, ingested: Collection[str]) -> str:
    return next(name for name in chain([month], (f"{month}-{n}" for n in count(2))) if name not in ingested)


def _month(time: datetime) -> str:
    moment = time.astimezone(UTC)
    return f"{moment.year:04}-{moment.month:02}"
