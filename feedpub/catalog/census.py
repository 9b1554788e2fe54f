"""Which of the articles that are known need not be heard of, as nothing else has their id or their text.

For nearly all it is so. What a build then has to know of them is how many they are, and which ids they have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from feedpub.catalog.coding import LOUD, OTHER, Columns, id_number, number_of_mark


class Census:
    """Decides it for the articles of all ``pieces``, at a time of the clock.

    The articles of the ids with these ``marks`` have to be heard of in any case.
    """

    def __init__(self, pieces: Iterable[Columns], now: float, marks: Iterable[str]) -> None:
        pieces = tuple(pieces)
        self._now = now
        self._texts, _ = _shared(columns.texts for columns in pieces)
        self._ids, self._skipped = _shared(columns.ids for columns in pieces)
        self._ids.update(map(number_of_mark, marks))

    def needed(self, columns: Columns) -> set[int]:
        """Return which articles of a piece have to be heard of, by their numbers in it; to be asked of each piece."""
        now = self._now
        found = {number for number, instant in enumerate(columns.instants) if instant >= now}
        for known, column in ((self._ids, columns.ids), (self._texts, columns.texts)):
            if not known.isdisjoint(column):
                found.update(number for number, each in enumerate(column) if each in known)
        if LOUD in columns.kinds:
            kinds = columns.kinds.translate(None, bytes([OTHER]))
            found.update(number for number, kind in enumerate(kinds) if kind == LOUD)
        self.add(columns, found)
        return found

    def add(self, columns: Columns, numbers: Iterable[int]) -> None:
        """Take note that some more articles of a piece are heard of."""
        self._skipped.difference_update(columns.ids[number] for number in numbers)

    def needs(self, number: int) -> bool:
        """Say whether the article with this :func:`~feedpub.catalog.coding.id_number` was heard of."""
        return number not in self._skipped

    def __contains__(self, article_id: object) -> bool:
        """Say whether there is an article of this id that need not be heard of."""
        return isinstance(article_id, str) and id_number(article_id) in self._skipped


def _shared(columns: Iterable[Sequence[int]]) -> tuple[set[int], set[int]]:
    """Return the numbers that come more than once, and all."""
    seen: set[int] = set()
    shared: set[int] = set()
    for column in columns:
        own = set(column)
        if len(own) < len(column):
            shared.update(number for number, times in Counter(column).items() if times > 1)
        shared |= own & seen
        seen |= own
    return shared, seen
