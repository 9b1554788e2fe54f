"""Divides the older entries of a feed among archive documents (RFC 5005 §4). Pure decisions.

The code calls archive documents pages. They form one chain, oldest first. The last one is *open*; all others are
*closed*, and never change again, as readers fetch them only once. An article that arrives late goes into the open one,
however old it is. So the chain depends on when articles arrived, and the names of closed documents must be remembered.
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

# The first document of a month has the name of the month; if it needs more, they are 2023-06-2 and so on.
_MONTH = re.compile(r"([0-9]{4}-[0-9]{2})(?:-[0-9]+)?")


@dataclass(frozen=True, slots=True)
class ByteBudget:
    """The ``size`` (in bytes) that a document has for its entries, and the size ``of`` one of them."""

    size: int
    of: Callable[[Entry], int]


def paginate(
    entries: Iterable[Entry], archive: Archive, index: ArchiveIndex, budget: ByteBudget
) -> tuple[Page, ...]:
    """Return the archive documents for ``entries``, oldest first, after the closed ones of ``index``.

    None of the entries may be in a closed document. The last document is the open one; there is none as long as nothing
    is archived. A document ends where the next entry would exceed its ``budget``, but it has at least one entry.
    ``archive`` is ``"monthly"`` or a number of entries. The month of an entry is that of its date in UTC, so the name
    of a document does not depend on the time zone of a source.
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
    """Yield the documents by month; late entries of earlier months go into the first one."""
    names = {*(page.name for page in index.pages), index.open or ""}
    floor = max((match[1] for name in names if (match := _MONTH.fullmatch(name))), default="")
    if not floor and pending:
        floor = _month(pending[0].article.published)
    months: dict[str, list[Entry]] = {floor: []}
    for entry in pending:
        months.setdefault(max(floor, _month(entry.article.published)), []).append(entry)
    name = index.open
    for month, entries in months.items():
        for group in _cut(entries, budget):
            name = name or _free(month, names)
            names.add(name)
            yield name, group
            name = None


def _cut(entries: Sequence[Entry], budget: ByteBudget, most: int | None = None) -> Iterator[list[Entry]]:
    """Yield ``entries`` in groups of up to ``most`` that fit; at least one group, which may be empty."""
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


def _free(month: str, names: Collection[str]) -> str:
    return next(name for name in chain([month], (f"{month}-{n}" for n in count(2))) if name not in names)


def _month(time: datetime) -> str:
    moment = time.astimezone(UTC)
    return f"{moment.year:04}-{moment.month:02}"
