"""The reading of some files as one task: picklable values in, picklable values out, wherever it is run.

A task knows nothing of other files and changes nothing. What it finds is the same for the same bytes, but for what it
left out because a feed was known to have newer articles enough: that is asked for later, where it turns out otherwise.
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
    """Makes pages of the items of a file, each of ``size`` at the most; ``put`` gets each page that is full."""

    def __init__(self, size: int, put: Callable[[Page], None]) -> None:
        self._size = size
        self._put = put
        self._page = Page()
        self.articles = 0
        """How many articles there were up to now."""
        self.ends: tuple[Sighting, ...] = ()
        """The first and the last article."""
        self.is_odd = False
        """Whether there were articles whose ids depend on what else there is."""

    def add(self, item: KeptItem) -> None:
        """Add the next item; if the page before is full, that is put first."""
        if len(self._page) == self._size:
            self.end()
        self._page.add(item)
        if isinstance(item, Sighting):
            self.ends = (*self.ends[:1], item)
            self.is_odd = self.is_odd or bool(item.beside or item.former)
            self.articles += 1

    def end(self) -> None:
        """Put the last page."""
        page, self._page = self._page, Page()
        self._put(page)


class Part(NamedTuple):
    """A file to be read, of the source ``spec``, or a slice of it.

    With ``hashed``, the digest of the bytes there is wanted as well; with ``hashes`` nothing but that.
    """

    spec: SourceSpec
    file: Path | str
    size: int
    slice: Slice | None = None
    hashed: Path | None = None
    hashes: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of the articles that are read, beside what is known of all.

    Of each feed by the ``rules``, those that may be among the newest as far as can be told here: it has room for so
    many (``rooms``) and takes none before its ``floors``; and ``newest`` of all that came after ``floor``, with at most
    ``longest`` characters. What comes after ``until`` is no feed's yet. All of these are in epoch seconds.
    """

    rules: bytes
    rooms: tuple[int, ...]
    floors: tuple[float, ...]
    newest: int
    floor: float
    longest: int
    until: float


class Task(NamedTuple):
    """Some files to be read; ``authority`` mints the ids, and ``size`` items make a piece."""

    parts: tuple[Part, ...]
    authority: str
    size: int
    wanted: Wanted


class FoundPiece(NamedTuple):
    """Some consecutive items: what the store keeps of them, and which feeds take them where that was asked."""

    rows: bytes
    others: bytes
    columns: bytes
    articles: int
    newest: float
    answers: bytes


class Picked(NamedTuple):
    """An article that some feed may publish: the ``number`` of those before it, and what was ``read`` of it."""

    number: int
    told: Sighting
    read: Article | Plain


class Found(NamedTuple):
    """What was read of a part: see :class:`Wanted` for ``picked`` and ``newest``.

    Where the file couldn't be read, ``problem`` says why, and nothing else counts; nor does it where a slice is not
    exact. ``matched`` articles were looked at by the rules. ``bodies`` are those of a slice, as something may be to
    be said of all.
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
    """Return the digest of a file's bytes; an empty text where it can't be read."""
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
        """Of how many articles the rules were asked."""

    def begin(self) -> None:
        """Begin the next part."""
        self._picked.append([])
        self._whole.append({})

    def offer(self, number: int, told: Sighting, read: Article | Plain) -> list[int] | None:
        """Pick an article, if it may be wanted; return which feeds take it, if that was asked."""
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
        """Return what was picked of a part and is still wanted after all of them."""
        return tuple(
            one
            for instant, taken, one in self._picked[part]
            if any(instant >= self._floors[feed] for feed in taken)
        )

    def newest(self, part: int) -> tuple[tuple[int, float, Article | Plain], ...]:
        """Return those of the newest articles of all parts that are in this one, by their numbers in it."""
        return tuple((number, *whole) for number, whole in sorted(self._whole[part].items()))


def rules_as_bytes(rules: RuleSet) -> bytes:
    """Return what :func:`rules_in` makes the same rules of, somewhere else."""
    return zlib.compress(pickle.dumps(rules.to_route()), 1)


@lru_cache(maxsize=1)
def rules_in(data: bytes) -> RuleSet:
    """Return the rules of a task; those of most tasks are the same."""
    found: RuleSet = pickle.loads(zlib.decompress(data))  # noqa: S301 - what started this task made it
    return found
