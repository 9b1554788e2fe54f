"""The newest articles of all that a build reads, with their texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import heappush, heappushpop
from math import inf
from typing import TYPE_CHECKING

from feedpub.articles.article import Article, Plain
from feedpub.catalog import sizes

if TYPE_CHECKING:
    from feedpub.catalog.catalog_file import CatalogFile


class Newest:
    """The :data:`sizes.NEWEST` newest articles read so far, each with its file and its number there."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, tuple[CatalogFile, int]]] = []
        self._whole: dict[tuple[CatalogFile, int], Article | Plain] = {}
        self.others: Mapping[tuple[CatalogFile, int], Article] = {}
        """More articles that are in memory."""
        self._held = 0
        self.floor = -inf
        """The instant (in epoch seconds) that an article has to exceed to be among them."""

    def hold(self, instant: float, file: CatalogFile, number: int, article: Article | Plain) -> None:
        """Keep an article as long as it is among the newest."""
        if instant > self.floor and len(article.body) <= sizes.LONG:
            self._held += 1
            one = (instant, self._held, (file, number))
            if len(self._heap) < sizes.NEWEST:
                heappush(self._heap, one)
            else:
                # A file that was read once more has its articles twice.
                self._whole.pop(heappushpop(self._heap, one)[2], None)
            self._whole[file, number] = article
            if len(self._heap) == sizes.NEWEST:
                self.floor = self._heap[0][0]

    def get(self, file: CatalogFile, number: int) -> Article | None:
        """Return an article that is in memory, else ``None``."""
        found = self._whole.get((file, number)) or self.others.get((file, number))
        return found.article() if isinstance(found, Plain) else found

    def all(self) -> Iterable[tuple[tuple[CatalogFile, int], Article | Plain]]:
        """Return the newest articles with their files and numbers."""
        return self._whole.items()
