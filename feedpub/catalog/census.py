"""Which known articles a build can skip, because no other article has their id or their text.

This is true of nearly all articles. A build then only has to know how many they are and which ids they have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from feedpub.catalog.coding import LOUD, OTHER, Columns, id_number, number_of_mark


class Census:
    """Decides which articles of all ``pieces`` are skipped at ``now`` (in epoch seconds).

    Articles whose ids have one of these ``marks`` are never skipped.
    """

    def __init__(self, pieces: Iterable[Columns], now: float, marks: Iterable[str]) -> None:
        pieces = tuple(pieces)
        self._now = now
        # Nothing else of the texts may stay in memory: of a million articles, that is 60 MB.
        self._texts = _shared(columns.texts for columns in pieces)[0]
        self._ids, self._skipped = _shared(columns.ids for columns in pieces)
        self._ids.update(map(number_of_mark, marks))

    def needed(self, columns: Columns) -> set[int]:
        """Return the numbers of the articles in a piece that cannot be skipped. Call it for each piece."""
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
        """Note that more articles of a piece are not skipped."""
        self._skipped.difference_update(columns.ids[number] for number in numbers)

    def needs(self, number: int) -> bool:
        """Return whether the article with this :func:`~feedpub.catalog.coding.id_number` is not skipped."""
        return number not in self._skipped

    def __contains__(self, article_id: object) -> bool:
        """Return whether there is an article with this id that is skipped."""
        return isinstance(article_id, str) and id_number(article_id) in self._skipped


def _shared(columns: Iterable[Sequence[int]]) -> tuple[set[int], set[int]]:
    """Return the numbers that occur more than once, and all numbers."""
    seen: set[int] = set()
    shared: set[int] = set()
    for column in columns:
        own = set(column)
        if len(own) < len(column):
            shared.update(number for number, times in Counter(column).items() if times > 1)
        shared |= own & seen
        seen |= own
    return shared, seen
