"""Which archive document (RFC 5005 §4) each older entry of a feed stands in. Pure decisions.

Pages form one chain, oldest first. A page is *closed* once there is one after it, and never changes again; the
last one is *open*. What comes late goes into the open page, however old it is: readers have fetched the others
for good. So the chain depends on when articles arrived, and the names of its closed pages have to be remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from feedpub.config import Archive
from feedpub.feeds import Entry, newest_first
from feedpub.ledger import Shelf

_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Page:
    """One archive document that is to be written: its name and those of its neighbours, and its entries.

    ``next`` is ``None`` in the open page, ``previous`` in the oldest one.
    """

    name: str
    previous: str | None
    next: str | None
    entries: tuple[Entry, ...]


def paginate(entries: Iterable[Entry], archive: Archive, shelf: Shelf) -> tuple[Page, ...]:
    """Return the pages that hold ``entries``, none of which stands in a closed page of ``shelf``, oldest first.

    The last of them is the open one. There is none while nothing is archived. A month is that of an entry's
    ``published`` in UTC, so that a page's name does not depend on the zone that a source writes.
    """
    pending = newest_first(entries)[::-1]
    if archive is None or not (pending or shelf.pages):
        return ()
    groups = list(_by_month(pending, shelf) if archive == "monthly" else _by_count(pending, archive, shelf))
    names = [name for name, _ in groups]
    before = shelf.pages[-1].name if shelf.pages else None
    return tuple(
        Page(name, previous, after, tuple(group))
        for (name, group), previous, after in zip(
            groups, [before, *names[:-1]], [*names[1:], None], strict=True
        )
    )


def _by_count(pending: Sequence[Entry], size: int, shelf: Shelf) -> Iterator[tuple[str, Sequence[Entry]]]:
    first = len(shelf.pages) + 1
    for number in range(max(1, -(-len(pending) // size))):
        name = shelf.open if number == 0 and shelf.open else str(first + number)
        yield name, pending[number * size : (number + 1) * size]


def _by_month(pending: Sequence[Entry], shelf: Shelf) -> Iterator[tuple[str, Sequence[Entry]]]:
    """Yield pages by month; the first takes what is no newer than the newest page that has a month for its name."""
    names = [*(page.name for page in shelf.pages), shelf.open or ""]
    floor = max((name for name in names if _MONTH.fullmatch(name)), default="")
    if not floor and pending:
        floor = _month(pending[0].article.published)
    groups: dict[str, list[Entry]] = {shelf.open or floor: []}
    for entry in pending:
        month = _month(entry.article.published)
        groups.setdefault(month if month > floor else shelf.open or floor, []).append(entry)
    yield from groups.items()


def _month(time: datetime) -> str:
    moment = time.astimezone(UTC)
    return f"{moment.year:04}-{moment.month:02}"
