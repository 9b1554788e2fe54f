"""Reading some files as one task that can run in any process: picklable values in, picklable values out.

A task knows nothing about other files and changes nothing. For the same bytes it finds the same, except for the
articles that it leaves out because a feed already has enough newer ones. If that turns out to be wrong, they are read
later.
"""

from __future__ import annotations

import hashlib
import pickle
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappush, heappushpop
from math import inf
from pathlib import Path
from typing import NamedTuple

from feedpub.articles.article import Article, Plain
from feedpub.articles.sighting import Sighting
from feedpub.catalog.coding import KeptItem, Page, instant_of, written
from feedpub.core.errors import SourceError
from feedpub.rules import RuleSet
from feedpub.sources.files import Bodies, read
from feedpub.sources.readers import INPUT_FORMATS
from feedpub.sources.records import Item
from feedpub.sources.slices import InexactError, Slice, read_slice
from feedpub.sources.spec import SourceSpec

Answers = list[list[int] | None]


class Recorder:
    """Divides the items of a file into pages of at most ``size`` items, and calls ``put`` with each page."""

    def __init__(self, size: int, put: Callable[[Page], None]) -> None:
        self._size = size
        self._put = put
        self._page = Page()
        self.articles = 0
        """The number of articles so far."""
        self.ends: tuple[Sighting, ...] = ()
        """The first and the last article."""
        self.is_odd = False
        """Whether the ids of some articles depend on other articles."""

    def add(self, item: KeptItem) -> None:
        """Add the next item. If the page is full, start a new one."""
        if len(self._page) == self._size:
            self.end()
        self._page.add(item)
        if isinstance(item, Sighting):
            self.ends = (*self.ends[:1], item)
            self.is_odd = self.is_odd or bool(item.beside or item.former)
            self.articles += 1

    def end(self) -> None:
        """Finish the current page."""
        page, self._page = self._page, Page()
        self._put(page)


class Part(NamedTuple):
    """A file of the source ``spec`` to read, or a slice of it; ``size`` is in bytes.

    ``hashed`` is the path of a file whose digest is wanted as well. With ``hashes``, only the digest is wanted.
    """

    spec: SourceSpec
    file: Path | str
    size: int
    slice: Slice | None = None
    hashed: Path | None = None
    hashes: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles a task returns with their texts.

    First, those that may be among the newest of a feed: each feed of ``rules`` has room for so many articles
    (``rooms``), takes none before its instant in ``floors``, and none after ``until``. Second, the ``newest`` newest
    articles of all after ``floor`` that have at most ``longest`` characters. Instants are in epoch seconds.
    """

    rules: bytes
    rooms: tuple[int, ...]
    floors: tuple[float, ...]
    newest: int
    floor: float
    longest: int
    until: float


class Task(NamedTuple):
    """Files to read. Ids are minted under ``authority``; a piece has at most ``size`` items."""

    parts: tuple[Part, ...]
    authority: str
    size: int
    wanted: Wanted


class FoundPiece(NamedTuple):
    """A run of items as the store keeps them, with the feeds of those articles that were matched."""

    rows: bytes
    others: bytes
    columns: bytes
    articles: int
    newest: float
    answers: bytes


class Picked(NamedTuple):
    """An article that some feed may publish, by its ``number`` in the part (from 0); ``read`` is the article."""

    number: int
    told: Sighting
    read: Article | Plain


class Found(NamedTuple):
    """What a task found in one part. See :class:`Wanted` for ``picked`` and ``newest``.

    If the file could not be read, ``problem`` says why, and nothing else counts. Nothing counts either if a slice is
    not exact. ``matched`` is the number of articles that were matched with the rules. ``bodies`` says which articles of
    a slice have no body, as a notice depends on all slices.
    """

    problem: str = ""
    is_exact: bool = True
    pieces: tuple[FoundPiece, ...] = ()
    articles: int = 0
    ends: tuple[Sighting, ...] = ()
    is_odd: bool = False
    digest: str = ""
    picked: tuple[Picked, ...] = ()
    newest: tuple[tuple[int, float, Article | Plain], ...] = ()
    matched: int = 0
    bodies: Bodies = Bodies()


def run(task: Task) -> list[Found]:
    """Read the parts of a task."""
    choice = _Choice(task.wanted)
    found = []
    for part in task.parts:
        choice.begin()
        found.append(_scan(part, task, choice))
    return [
        each._replace(picked=choice.picked(at), newest=choice.newest(at)) for at, each in enumerate(found)
    ]


def _scan(part: Part, task: Task, choice: _Choice) -> Found:
    try:
        digest = digest_of(part.hashed) if part.hashed else ""
        if part.hashes:
            return Found(digest=digest)
        if part.slice and isinstance(part.file, Path):
            items = read_slice(part.spec, part.file, part.slice, task.authority, lean=True)
            found = _found(items, task, choice)
            return found if INPUT_FORMATS[part.slice.format].named else found._replace(bodies=Bodies())
        items = read(part.spec, part.file, task.authority, lean=True)
        return _found(items, task, choice)._replace(digest=digest, bodies=Bodies())
    except InexactError:
        return Found(is_exact=False)
    except SourceError as error:
        return Found(problem=error.reason)


def digest_of(file: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal, or an empty text if the file cannot be read."""
    with suppress(OSError), file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
    return ""


def _found(items: Iterator[Item | Plain], task: Task, choice: _Choice) -> Found:
    pieces: list[FoundPiece] = []
    answers: Answers = []

    def put(page: Page) -> None:
        known = written(answers) if any(taken is not None for taken in answers) else b""
        columns = page.columns()
        pieces.append(
            FoundPiece(page.rows(), page.others(), columns.packed(), page.articles, columns.newest, known)
        )
        answers.clear()

    recorder, matched, bodies = Recorder(task.size, put), choice.matched, Bodies()
    for item in items:
        bodies = bodies.heard(item)
        if isinstance(item, Article | Plain):
            told = Sighting.of(item)
            recorder.add(told)
            answers.append(choice.offer(recorder.articles - 1, told, item))
        else:
            recorder.add(item)
    recorder.end()
    return Found(
        pieces=tuple(pieces),
        articles=recorder.articles,
        ends=recorder.ends,
        is_odd=recorder.is_odd,
        matched=choice.matched - matched,
        bodies=bodies,
    )


class _Choice:
    """Picks what is :class:`Wanted` of the articles of a task, part by part."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._rules = rules_in(wanted.rules)
        self._floors = [*wanted.floors]
        self._kept: list[list[float]] = [[] for _ in wanted.floors]
        self._lowest = min(wanted.floors, default=inf)
        self._picked: list[list[tuple[float, Sequence[int], Picked]]] = []
        self._heap: list[tuple[float, int, int]] = []
        self._whole: list[dict[int, tuple[float, Article | Plain]]] = []
        self._floor = wanted.floor
        self.matched = 0
        """The number of articles that were matched with the rules."""

    def begin(self) -> None:
        """Start the next part."""
        self._picked.append([])
        self._whole.append({})

    def offer(self, number: int, told: Sighting, read: Article | Plain) -> list[int] | None:
        """Pick an article if it may be wanted. Return the feeds that take it, or ``None`` if it was not matched."""
        instant = instant_of(told)
        if instant > self._floor and len(read.body) <= self._wanted.longest:
            self._hold(instant, number, read)
        instant = told.published.timestamp()
        if not self._lowest <= instant <= self._wanted.until:
            return None
        if told.feeds or told.not_feeds:
            # What an article says of feeds is above all rules, and not known here.
            self._picked[-1].append((instant, range(len(self._floors)), Picked(number, told, read)))
            return None
        taken = self._rules.route(read.article() if isinstance(read, Plain) else read)
        self.matched += 1
        if any(instant >= self._floors[feed] for feed in taken):
            self._picked[-1].append((instant, taken, Picked(number, told, read)))
            for feed in taken:
                self._raise(feed, instant)
        return list(taken)

    def _raise(self, feed: int, instant: float) -> None:
        if instant < self._floors[feed]:
            return
        kept = self._kept[feed]
        if len(kept) < self._wanted.rooms[feed]:
            heappush(kept, instant)
        else:
            heappushpop(kept, instant)
        if len(kept) == self._wanted.rooms[feed] and kept[0] > self._floors[feed]:
            was_lowest = self._floors[feed] == self._lowest
            self._floors[feed] = kept[0]
            if was_lowest:
                self._lowest = min(self._floors)

    def _hold(self, instant: float, number: int, read: Article | Plain) -> None:
        part = len(self._whole) - 1
        self._whole[part][number] = (instant, read)
        if len(self._heap) < self._wanted.newest:
            heappush(self._heap, (instant, part, number))
        else:
            _, of_part, dropped = heappushpop(self._heap, (instant, part, number))
            del self._whole[of_part][dropped]
            self._floor = max(self._floor, self._heap[0][0])

    def picked(self, part: int) -> tuple[Picked, ...]:
        """Return the articles of a part that are still wanted after all parts were read."""
        return tuple(
            one
            for instant, taken, one in self._picked[part]
            if any(instant >= self._floors[feed] for feed in taken)
        )

    def newest(self, part: int) -> tuple[tuple[int, float, Article | Plain], ...]:
        """Return the articles of a part that are among the newest of all parts, by their numbers in it."""
        return tuple((number, *whole) for number, whole in sorted(self._whole[part].items()))


def rules_as_bytes(rules: RuleSet) -> bytes:
    """Return rules as bytes that :func:`rules_in` reads in another process."""
    return zlib.compress(pickle.dumps(rules.to_route()), 1)


@lru_cache(maxsize=1)
def rules_in(data: bytes) -> RuleSet:
    """Return the rules of a task. Nearly all tasks of a process have the same ones."""
    found: RuleSet = pickle.loads(zlib.decompress(data))  # noqa: S301 - what started this task made it
    return found
