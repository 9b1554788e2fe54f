"""The files of all sources: an unchanged file is not read again, as the catalog knows what it contains."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import chain
from math import inf
from pathlib import Path
from typing import NamedTuple

from feedpub.articles.article import Article, Plain
from feedpub.catalog import sizes
from feedpub.catalog.catalog_file import CatalogFile, Seen
from feedpub.catalog.census import Census
from feedpub.catalog.coding import canonical, values_of
from feedpub.catalog.engine import Engine
from feedpub.catalog.newest import Newest
from feedpub.catalog.scan import Part, Task, Wanted, rules_as_bytes
from feedpub.catalog.store import Store
from feedpub.core.errors import EngineError, SourceError
from feedpub.documents.verification import Passed
from feedpub.rules import RuleSet
from feedpub.sources import Readings
from feedpub.sources.spec import SourceSpec


class Effort(NamedTuple):
    """How many files a build ``read``, how many it ``reused``, and how many articles it ``matched`` with the rules."""

    read: int = 0
    reused: int = 0
    matched: int = 0


class Selector(NamedTuple):
    """Which articles other processes are to send back with their texts: those that a feed may have room for.

    Each feed of ``rules`` has room for so many articles (``rooms``). ``floors`` returns, for each feed, the instant
    before which it takes no article any more. Articles after ``until`` are not due yet. Instants are in epoch seconds.
    ``sift`` is called with each article that is sent back, ``matched`` with the number of articles that were matched.
    """

    rules: RuleSet
    rooms: tuple[int, ...]
    floors: Callable[[], tuple[float, ...]]
    until: float
    sift: Callable[[Seen], None]
    matched: Callable[[int], None]


class Catalog:
    """All files of ``readings``, with what they contain: from the ``store`` if they are unchanged, else read now.

    ``rules`` is a fingerprint of everything that decides which feeds take an article. With an ``engine``, other
    processes read when there is much to read, provided that the store can keep what they find.
    """

    def __init__(
        self, readings: Readings, store: Store | None = None, rules: str = "", engine: Engine | None = None
    ) -> None:
        self.readings = readings
        self._engine = engine
        self._store = store
        self._rules = rules
        self._specs: dict[int, str] = {}
        self._files: dict[tuple[int, Path | str], CatalogFile] = {}
        self._newest = Newest()
        self.passed = Passed(store.passed if store else ())
        """The documents that are known to be valid."""

    def files(self) -> Iterator[CatalogFile]:
        """Yield all files in the order of the sources, the same objects each time."""
        for source, spec, file in self.readings.inputs:
            known = self._files.get((source, file))
            if known is None:
                known = self._files[source, file] = CatalogFile(
                    self.readings,
                    (source, spec, file),
                    self._store,
                    (self._spec(source, spec), self._rules),
                    self._newest,
                )
            yield known

    def read_new(
        self,
        sift: Callable[[Seen], None] | None,
        progress: Callable[[int, int], None],
        selector: Selector | None = None,
    ) -> bool:
        """Read all new and changed files before anything is decided; return whether every file is known then.

        ``sift`` is called with each article while its text is in memory. Without it, nothing is read if more than half
        of the bytes are new, as too many articles would have to be read a second time. ``progress`` is called with the
        number of files and of articles known so far. With a ``selector``, other processes read if that is worth it.
        """
        files = list(self.files())
        new = [file for file in files if not file.is_known]
        done, articles = len(files) - len(new), sum(file.articles for file in files)
        if not all(file.lends for file in new):
            return False
        away = {file for file in new if file.is_portable} if self._engine and selector else set()
        if self._engine and away and not self._engine.is_worth(sum(file.weight for file in away)):
            away.clear()
        here = [file for file in new if file not in away]
        if sift is None and sum(file.size for file in here) > sum(file.size for file in files) / 2:
            return False
        # The newest articles are usually in the last files. Once feeds are full of them, older ones are not matched.
        # Files with ``settle`` report what was done with them, so they are read in order.
        in_turn = [file for file in here if not file.lasts]
        ordered = (*in_turn, *(file for file in reversed(here) if file.lasts))
        read_away = self._read_elsewhere([file for file in reversed(new) if file in away], selector)
        for file in chain(self._read_here(ordered, sift), read_away):
            done, articles = done + 1, articles + file.articles
            progress(done, articles)
        return all(file.is_known for file in new)

    @staticmethod
    def _read_here(
        files: Iterable[CatalogFile], sift: Callable[[Seen], None] | None
    ) -> Iterator[CatalogFile]:
        for file in files:
            # A file that cannot be read is reported later, in the order of all files.
            with suppress(SourceError):
                file.read_new(sift)
            yield file

    def _read_elsewhere(
        self, files: Sequence[CatalogFile], selector: Selector | None
    ) -> Iterator[CatalogFile]:
        if not (files and self._engine and selector):
            return
        waiting: deque[list[tuple[CatalogFile, Part]]] = deque()
        rules = rules_as_bytes(selector.rules)

        def tasks() -> Iterator[Task]:
            for batch in _batched((file, part) for file in files for part in file.parts()):
                waiting.append(batch)
                parts = tuple(part for _, part in batch)
                wanted = Wanted(
                    rules,
                    selector.rooms,
                    selector.floors(),
                    sizes.NEWEST,
                    self._newest.floor,
                    sizes.LONG,
                    selector.until,
                )
                yield Task(parts, self.readings.authority, sizes.PIECE, wanted)

        for found in self._engine.run(tasks()):
            for (file, part), each in zip(waiting.popleft(), found, strict=True):
                selector.matched(each.matched)
                if each.problem and self._engine.is_remote and file.size:
                    raise EngineError(
                        f"{file.name} can be read here, but a worker says that it {each.problem}, so nothing was"
                        f" published; the sources have to be at the same place there: {part.file}"
                    )
                if file.join(part, each, selector.sift):
                    yield file

    def hold(self, articles: Mapping[tuple[CatalogFile, int], Article]) -> None:
        """Keep these articles in memory, by file and number, as they will be needed with their texts."""
        self._newest.others = articles

    def census(self, now: datetime, marks: Iterable[str]) -> Census | None:
        """Return which articles can be skipped at ``now``; ``None`` if none can, as some file is not known.

        Articles whose ids have one of these ``marks`` are not skipped.
        """
        files = list(self.files())
        if not files or not all(file.is_known and not file.is_odd for file in files):
            return None
        return Census((columns for file in files for columns in file.columns()), now.timestamp(), marks)

    def remember_passed(self) -> None:
        """Store which documents are valid. Call it after all of them are checked."""
        if self._store is not None:
            self._store.keep_passed(self.passed.digests)

    def _spec(self, source: int, spec: SourceSpec) -> str:
        """Return a fingerprint of all settings on which the reading of a source depends."""
        if source not in self._specs:
            told = (self.readings.authority, replace(spec, where=None))
            self._specs[source] = json.dumps(canonical(told)) if self._store else ""
        return self._specs[source]

    def clear(self) -> None:
        """Start again with an empty store, because it is damaged."""
        if self._store:
            self._store.clear()
        self._files.clear()
        self._newest = Newest()

    def close(self) -> None:
        """Close the store. Anything that was not saved is lost."""
        if self._store:
            self._store.close()

    def effort(self, matched: int) -> Effort:
        """Return the work done so far; ``matched`` is the number of articles that were matched."""
        files = list(self.files())
        read = sum(file.was_read for file in files)
        return Effort(read, len(files) - read, matched)

    def floors(self, feeds: int) -> tuple[float, ...]:
        """Return, for each feed, the instant (in epoch seconds) of the oldest article that the last build needed.

        This build may need older ones.
        """
        floors = self._store.floors if self._store else ()
        return floors if len(floors) == feeds else (min(floors, default=-inf),) * feeds

    def save(self, selected: Mapping[tuple[CatalogFile, int], Article], floors: Iterable[float]) -> None:
        """Store what was read for the next build, and the texts of the ``selected`` articles, by file and number.

        The texts of the newest articles are stored as well, since they are matched again when a rule changes.
        """
        if self._store is None:
            return
        for file in self._files.values():
            file.leave()
        there = self._store.whole()
        at_hand: dict[tuple[int, int], Article | Plain] = {
            (file.number, number): article for (file, number), article in selected.items()
        }
        needed = frozenset(at_hand)
        at_hand |= {(file.number, number): article for (file, number), article in self._newest.all()}
        instants = there | {place: article.published.timestamp() for place, article in at_hand.items()}
        newest = sorted(instants, key=lambda place: (-instants[place], place))[: sizes.NEWEST]
        kept = needed.union(newest)
        self._store.drop_whole(there.keys() - kept)
        for place, article in at_hand.items():
            if place in kept and place not in there and place[0]:
                whole = article.article() if isinstance(article, Plain) else article
                self._store.put_whole(*place, instants[place], values_of(whole))
        self._store.floors = tuple(floors)
        self._store.save()


def _batched(work: Iterable[tuple[CatalogFile, Part]]) -> Iterator[list[tuple[CatalogFile, Part]]]:
    """Yield the work in batches of about :data:`sizes.BATCH` bytes."""
    batch: list[tuple[CatalogFile, Part]] = []
    size = 0
    for one in work:
        batch.append(one)
        size += one[1].size
        if size >= sizes.BATCH or len(batch) == sizes.FEW:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
