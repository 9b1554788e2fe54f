"""The files of the sources as a build sees them: as they were read before, where they are still the same."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from heapq import heappush, heappushpop
from pathlib import Path
from typing import Any, NamedTuple

from feedpub.articles.article import Article, Boilerplate, LeftOut, Notice, Reject
from feedpub.articles.sighting import Sighting
from feedpub.catalog.coding import NO_INSTANT, Row, article_of, canonical, item_in, row_of, seen_in, values_of
from feedpub.catalog.store import Damaged, Header, Piece, Stat, Store
from feedpub.sources import Readings, local_file
from feedpub.sources.files import display_name
from feedpub.sources.http_cache import Copy, is_web
from feedpub.sources.readings import Input
from feedpub.sources.records import Item
from feedpub.sources.spec import SourceSpec

PIECE = 1_000
"""How many items are held at a time."""
NEWEST = 2_500
"""Of how many of the newest articles the whole is kept."""
LONG = 20_000
"""Of articles with more characters, the whole is kept only while they are published."""

Other = Boilerplate | LeftOut | Reject | Notice


class Stale(Exception):
    """A file is not what the catalog says of it; it is forgotten, and what came of it has to be done again."""


class Seen(NamedTuple):
    """An article in its ``file``: the ``number`` of those before it there, and the whole of it if it is at hand."""

    told: Sighting
    file: CatalogFile
    number: int
    article: Article | None

    def whole(self) -> Article:
        """Return the whole of it, as the file has it. Raises :class:`Stale` where the file has another."""
        return self.article or self.file.article(self)


class Catalog:
    """What is in the files that ``readings`` has: read now, or as ``store`` knows it from an earlier build.

    ``rules`` is a fingerprint of what decides which feeds take an article.
    """

    def __init__(self, readings: Readings, store: Store | None = None, rules: str = "") -> None:
        self.readings = readings
        self._store = store
        self._rules = rules
        self._specs: dict[int, str] = {}
        self._files: dict[tuple[int, Path | str], CatalogFile] = {}
        self._newest = _Newest()

    def files(self) -> Iterator[CatalogFile]:
        """Yield all files in the order in which they are read; the same ones each time."""
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

    def _spec(self, source: int, spec: SourceSpec) -> str:
        """Return a fingerprint of all that the reading of a source depends on."""
        if source not in self._specs:
            told = (self.readings.authority, replace(spec, where=None))
            self._specs[source] = json.dumps(canonical(told)) if self._store else ""
        return self._specs[source]

    def clear(self) -> None:
        """Begin anew, with an empty store: it is damaged."""
        if self._store:
            self._store.clear()
        self._files.clear()
        self._newest = _Newest()

    def close(self) -> None:
        """Let go of the store; what was not saved is lost."""
        if self._store:
            self._store.close()

    @property
    def floor(self) -> float:
        """The instant from which on an earlier build needed all articles; this one may need others."""
        return self._store.floor if self._store else _NEVER

    def save(self, selected: Mapping[tuple[CatalogFile, int], Article], floor: float) -> None:
        """Keep what was read for the next build, and the whole of the ``selected`` articles, by file and number.

        Of others, the whole is kept of the newest: once rules change, those are asked.
        """
        if self._store is None:
            return
        for file in self._files.values():
            file.leave()
        there = self._store.whole()
        at_hand = {(file.number, number): article for (file, number), article in selected.items()}
        needed = frozenset(at_hand)
        at_hand |= {(file.number, number): article for file, number, article in self._newest.all()}
        instants = there | {place: article.published.timestamp() for place, article in at_hand.items()}
        newest = sorted(instants, key=lambda place: (-instants[place], place))[:NEWEST]
        kept = needed.union(newest)
        self._store.drop_whole(there.keys() - kept)
        for place, article in at_hand.items():
            if place in kept and place not in there and place[0]:
                self._store.put_whole(*place, instants[place], values_of(article))
        self._store.floor = floor
        self._store.save()


class _Newest:
    """The newest articles of all that are read, each with its file and its number there."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, CatalogFile, int, Article]] = []
        self._held = 0

    def hold(self, instant: float, file: CatalogFile, number: int, article: Article) -> None:
        """Hold an article as long as it is among the newest."""
        if len(self._heap) == NEWEST and instant <= self._heap[0][0]:
            return
        if len(article.body) <= LONG:
            self._held += 1
            one = (instant, self._held, file, number, article)
            (heappush if len(self._heap) < NEWEST else heappushpop)(self._heap, one)

    def all(self) -> Iterator[tuple[CatalogFile, int, Article]]:
        """Yield them."""
        return (one[2:] for one in self._heap)


class CatalogFile:
    """One file of a source; it ``is_known`` if what is in it comes from the catalog.

    ``number`` is what the store knows it by, 0 if it does not.
    """

    def __init__(
        self,
        readings: Readings,
        place: Input,
        store: Store | None,
        fingerprints: tuple[str, str],
        newest: _Newest,
    ) -> None:
        self.source, self._spec, self._path = place
        self._readings = readings
        self._held = newest
        self._of_spec, self._rules = fingerprints
        self._name = display_name(self._spec, self._path)
        # What comes from elsewhere is read each time, and where the clock decides what is to be read.
        is_local = isinstance(self._path, Path) or is_web(self._path)
        self._store = store if is_local and self._spec.settle is None else None
        self._at = local_file(self._name, self._spec.base)
        self._key = b""
        self.number, self._header = self._found() if self._store else (0, None)
        self.is_known = self._header is not None
        self._is_new = self._store is not None and not self.is_known
        # Of the piece that was asked for last: its number, that of its first article, which feeds take each.
        self._answers: tuple[int, int, list[list[int] | None]] = (-1, 0, [])
        self._has_news = False
        # Those of its articles, with their instants, that are not before the floor of the store.
        self._recent: list[tuple[float, Seen]] | None = None
        self._whole: Generator[Article] | None = None
        self._next = 0

    @property
    def newest(self) -> float:
        """The epoch seconds of its newest article; of a file that is known."""
        return self._header.newest if self._header else float("inf")

    def between(self, oldest: Callable[[], float], end: float) -> Iterator[Seen]:
        """Yield the articles of a file that is known, from an instant on, which may rise meanwhile, up to ``end``.

        Where dates depend on what is published, no instant tells; then it yields all of the file, if ``end`` is none.
        """
        timeless = self.newest == NO_INSTANT
        if timeless and end != NO_INSTANT:
            return
        if self._recent is not None and end == NO_INSTANT and not timeless:
            yield from (seen for instant, seen in self._recent if instant >= oldest())
            return
        number = 0
        for piece, about in enumerate(self._header.pieces if self._header else ()):
            if about.newest < oldest() and not timeless:
                number += about.articles
                continue
            for row in self._get(piece, "rows"):
                if type(row[0]) is str:
                    if timeless or oldest() <= row[1] < end:
                        yield Seen(seen_in(row, self._name), self, number, None)
                    number += 1

    def items(self) -> Iterator[Seen | Other]:
        """Yield all that is in the file, in its order.

        Raises :class:`SourceError` where it can't be read, and :class:`Damaged`.
        """
        if self.is_known:
            yield from self._remembered()
            return
        is_new, self._is_new = self._is_new, False
        read = self._readings.read(self.source, self._spec, self._path)
        stat = self._stat() if is_new else None
        yield from self._recorded(read, stat) if stat else self._seen(read)

    def feeds(self, number: int) -> list[int] | None:
        """Return the numbers of the feeds whose rules take an article, if that is known."""
        place = self._place(number)
        return None if place is None else self._answers[2][place]

    def take(self, number: int, feeds: Iterable[int]) -> None:
        """Remember which feeds take an article."""
        place = self._place(number)
        if place is not None:
            self._answers[2][place] = list(feeds)
            self._has_news = True

    def article(self, seen: Seen) -> Article:
        """Return the whole of an article as the file has it. Raises :class:`Stale` where it is another."""
        if self._store is not None and (values := self._store.get_whole(self.number, seen.number)):
            article = seen.told.applied_to(article_of(values))
            if Sighting.of(article) == seen.told:
                return article
        if self._whole is None or seen.number < self._next:
            self._whole, self._next = self._articles(), 0
        for article in self._whole:
            self._next += 1
            if self._next == seen.number + 1:
                if Sighting.of(article) == seen.told:
                    return article
                break
        self._forget()
        self._header, self.is_known = None, False
        raise Stale(self._name)

    def leave(self) -> None:
        """Let go of what is held in memory."""
        self._write_answers()
        self._answers = (-1, 0, [])
        if self._whole is not None:
            self._whole.close()
            self._whole = None

    def _articles(self) -> Generator[Article]:
        for item in self._readings.read(self.source, self._spec, self._path):
            if isinstance(item, Article):
                yield item

    def _remembered(self) -> Iterator[Seen | Other]:
        number = 0
        # What was needed last time is asked for once more as soon as all has been heard of.
        floor = self._store.floor if self._store else _NEVER
        recent: list[tuple[float, Seen]] = []
        self._recent = None if floor == _NEVER else recent
        for piece in range(len(self._header.pieces) if self._header else 0):
            for row in self._get(piece, "rows"):
                if type(row[0]) is str:
                    seen = Seen(seen_in(row, self._name), self, number, None)
                    if row[1] >= floor > _NEVER:
                        recent.append((row[1], seen))
                    yield seen
                    number += 1
                else:
                    yield item_in(row, self._name)

    def _seen(self, read: Iterator[Item]) -> Iterator[Seen | Other]:
        number = 0
        for item in read:
            if isinstance(item, Article):
                yield Seen(Sighting.of(item), self, number, item)
                number += 1
            else:
                yield item

    def _recorded(self, read: Iterator[Item], stat: Stat) -> Iterator[Seen | Other]:
        """Yield what is read, and keep it if the file was left alone meanwhile."""
        assert self._store is not None
        digest = self._digest()
        self.number = self._store.add(self._key)
        pieces: list[Piece] = []
        rows: list[Row] = []
        newest = _NEVER
        number = 0
        self._answers = (0, 0, [])
        for item in self._seen(read):
            if len(rows) == PIECE:
                pieces.append(self._put(len(pieces), rows, newest))
                rows, newest = [], _NEVER
                self._answers = (len(pieces), number, [])
            if isinstance(item, Seen):
                self._answers[2].append(None)
                rows.append(row_of(item.told))
                newest = max(newest, instant := rows[-1][1])
                if item.article:
                    self._held.hold(instant, self, number, item.article)
                number += 1
            else:
                rows.append(row_of(item))
            yield item
        pieces.append(self._put(len(pieces), rows, newest))
        if self._stat() == stat and self._fingerprint() == self._key:
            self._header = Header(stat if os.name == "posix" else None, digest, tuple(pieces))
            self._store.settle(self.number, self._key, self._header)
        else:
            self._forget()

    def _put(self, piece: int, rows: list[Row], newest: float) -> Piece:
        assert self._store is not None
        self._store.put(self.number, piece, "rows", rows)
        self._write_answers()
        return Piece(len(self._answers[2]), newest)

    def _found(self) -> tuple[int, Header | None]:
        """Return what is known of the file as it is now."""
        assert self._store is not None
        self._key = self._fingerprint()
        found = self._store.find(self._key)
        if found is None:
            return 0, None
        number, header = found
        try:
            stat = Stat.of(self._at)
            if header.stat == stat:
                return number, header
            if self._digest() != header.digest:
                return 0, None
        except OSError:
            # Whoever reads it will say so.
            return 0, None
        if os.name == "posix" and self._stat() == stat:
            header = header._replace(stat=stat)
            self._store.settle(number, self._key, header)
        return number, header

    def _fingerprint(self) -> bytes:
        beside: tuple[object, ...] = self._readings.beside(self.source, self._spec, self._path)
        if is_web(self._name):
            beside = (*beside, Copy.of(self._name, self._spec.base).remembered())
        told = json.dumps([self._name, self._of_spec, *map(str, beside)])
        return hashlib.sha256(told.encode("ascii")).digest()

    def _stat(self) -> Stat | None:
        """Return what tells the file as long as nobody touches it; ``None`` where somebody just did.

        As git does of its index: a change in the same instant would not show.
        """
        assert self._store is not None
        with suppress(OSError):
            stat = Stat.of(self._at)
            if max(stat.mtime, stat.ctime) < self._store.before:
                return stat
        return None

    def _digest(self) -> str:
        with suppress(OSError), self._at.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
        return ""

    def _forget(self) -> None:
        if self._store is not None:
            self._store.forget(self.number)
        self._store, self.number = None, 0

    def _get(self, piece: int, kind: str) -> list[Any]:
        found = self._store.get(self.number, piece, kind) if self._store else None
        if not isinstance(found, list):
            raise Damaged(kind)
        return found

    def _place(self, number: int) -> int | None:
        """Return the place of an article in the piece whose answers are at hand."""
        _, first, answers = self._answers
        if first <= number < first + len(answers):
            return number - first
        if self._store is None or self._header is None:
            return None
        self._write_answers()
        piece = first = 0
        while number >= first + self._header.pieces[piece].articles:
            first += self._header.pieces[piece].articles
            piece += 1
        found = self._store.get(self.number, piece, "answers")
        known = (
            found[1] if found and found[0] == self._rules else [None] * self._header.pieces[piece].articles
        )
        self._answers = (piece, first, known)
        return number - first

    def _write_answers(self) -> None:
        if self._has_news and self._store is not None:
            self._store.put(self.number, self._answers[0], "answers", [self._rules, self._answers[2]])
        self._has_news = False


_NEVER = float("-inf")
