"""One file of a source, as it was read before or as it is read now."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Container, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from math import inf
from pathlib import Path
from typing import NamedTuple

from feedpub.articles.article import Article, Origin, Plain
from feedpub.articles.sighting import Sighting
from feedpub.catalog import sizes
from feedpub.catalog.census import Census
from feedpub.catalog.coding import (
    OTHER,
    Columns,
    Other,
    Page,
    Rows,
    article_of,
    instant_of,
    others_in,
    row_of,
    seen_in,
    written,
)
from feedpub.catalog.newest import Newest
from feedpub.catalog.scan import Found, Part, Recorder, digest_of
from feedpub.catalog.store import Damaged, Header, Piece, Stat, Store
from feedpub.core.errors import SourceError
from feedpub.sources import Readings, local_file
from feedpub.sources.files import STDIN, Bodies, display_name
from feedpub.sources.http_cache import Copy, is_web
from feedpub.sources.readings import Input
from feedpub.sources.records import Item
from feedpub.sources.slices import slices


class Stale(Exception):
    """A file differs from what the catalog says. The catalog has forgotten it, and the work has to start again."""


class Seen(NamedTuple):
    """An article in a ``file``, by its ``number`` there (from 0); ``read`` is the article itself if just read."""

    told: Sighting
    file: CatalogFile
    number: int
    read: Article | Plain | None

    def whole(self) -> Article:
        """Return the article with its texts. Raises :class:`Stale` if the file has changed."""
        if isinstance(self.read, Plain):
            return self.read.article()
        return self.read or self.file.article(self)


class Skipped(NamedTuple):
    """The number of articles of a ``file`` that were skipped, as nothing else depends on them."""

    file: CatalogFile
    articles: int


class Want(NamedTuple):
    """Which known articles are wanted: with a ``census``, only those that were skipped.

    ``trusts`` says that the stored answers of the rules count. They do not if people may have decided otherwise.
    """

    census: Census | None
    trusts: bool


class Difference(NamedTuple):
    """A place where a file differs from the catalog, and what the catalog has instead."""

    origin: Origin
    what: str


PieceSearch = Callable[[Columns, Rows], Iterable[int]]
"""Returns the numbers of the articles in a piece that somebody may be looking for."""

Route = Callable[[Article], Sequence[int] | None]
"""Returns the numbers of the feeds that take an article, or ``None`` if the catalog cannot know them."""


@dataclass(slots=True)
class _Joining:
    """A file that other processes read, and the parts that have come back so far.

    ``stat`` goes into the header. ``before`` is the state of the file when it was cut into slices (``is_cut``).
    """

    stat: Stat | None
    before: Stat | None
    is_cut: bool = False
    problem: str = ""
    is_exact: bool = True
    pieces: list[Piece] = field(default_factory=list)
    articles: int = 0
    ends: tuple[Sighting, ...] = ()
    is_odd: bool = False
    digest: str = ""
    bodies: Bodies = field(default_factory=Bodies)

    def add(self, found: Found) -> None:
        """Add what was found in the next part of the file."""
        self.pieces += (Piece(piece.articles, piece.newest) for piece in found.pieces)
        self.articles += found.articles
        ends = (*self.ends, *found.ends)
        self.ends = (*ends[:1], *ends[1:][-1:])
        self.is_odd = self.is_odd or found.is_odd
        self.digest = self.digest or found.digest
        self.bodies = self.bodies.joined(found.bodies)

    def header(self, stat: Stat | None) -> Header:
        """Return the header that the store keeps of the file."""
        return header_of(self.ends, self.is_odd, self.pieces, stat, self.digest)


class CatalogFile:
    """One file of a source. It ``is_known`` if its contents come from the catalog.

    ``number`` is its number in the store, or 0 if it is not stored.
    """

    def __init__(
        self,
        readings: Readings,
        place: Input,
        store: Store | None,
        fingerprints: tuple[str, str],
        newest: Newest,
    ) -> None:
        self.source, self._spec, self._path = place
        self._readings = readings
        self._held = newest
        self._of_spec, self._rules = fingerprints
        self.name = display_name(self._spec, self._path)
        # Files from elsewhere are read by each build, and so are files with ``settle``, which depend on the clock.
        # Only the others are stored for the next build.
        is_local = isinstance(self._path, Path) or is_web(self._path)
        self.lasts = is_local and self._spec.settle is None
        self._store = store
        self._at = local_file(self.name, self._spec.base)
        self._key = b""
        self.number, self._header = self._found() if self.lasts and self._store else (0, None)
        self.is_known = self._header is not None
        self._is_new = self.lasts and self._store is not None and not self.is_known
        # The last piece that was asked for: its number, the number of its first article, the feeds of each article.
        self._answers: tuple[int, int, list[list[int] | None]] = (-1, 0, [])
        self._has_news = False
        self.was_read = False
        """Whether this build had to read it."""
        self._joining: _Joining | None = None
        self._columns: list[Columns] = []
        # To read articles again: by their places, or the whole file, which has reached article ``_next``.
        self._open = ExitStack()
        self._at_place: Callable[[Origin], Iterator[Item]] | None = None
        self._whole: Generator[Article] | None = None
        self._next = 0

    @property
    def newest(self) -> float:
        """The instant of its newest article in epoch seconds, if the file is known."""
        return self._header.newest if self._header else inf

    @property
    def is_odd(self) -> bool:
        """Whether the ids of some of its articles depend on other articles. True if the file is not known."""
        return self._header is None or self._header.is_odd

    @property
    def articles(self) -> int:
        """The number of its articles, or 0 if the file is not known."""
        return self._header.articles if self._header else 0

    @property
    def lends(self) -> bool:
        """Whether the store can hold it, at least for this build."""
        return self._store is not None and self._store.keeps

    @property
    def is_portable(self) -> bool:
        """Whether another process can read it, since only its bytes count."""
        return self.lasts or (isinstance(self._path, str) and self._path != STDIN)

    @property
    def path(self) -> Path | str:
        """Its path, or its address."""
        return self._path

    @property
    def is_cleaned(self) -> bool:
        """Whether its source has rules that change the texts of articles."""
        return bool(self._spec.cleaning)

    @property
    def size(self) -> int:
        """Its size in bytes, or 0 if that is unknown."""
        if self._header and self._header.stat:
            return self._header.stat.size
        with suppress(OSError):
            return self._at.stat().st_size
        return 0

    @property
    def weight(self) -> int:
        """The number of bytes to read. A file that is not on this machine counts as one whole task."""
        return self.size if isinstance(self._path, Path) or is_web(self._path) else sizes.BATCH

    def columns(self) -> list[Columns]:
        """Return the columns of its pieces, if the file is known."""
        if not self._columns and self._header:
            self._columns = [
                Columns.unpacked(self._get(piece, "columns"), about.articles)
                for piece, about in enumerate(self._header.pieces)
            ]
        return self._columns

    def wanted(self, floors: Sequence[float], but: Sequence[float] | None, want: Want) -> Iterator[Seen]:
        """Yield the articles of a known file that may be among the newest of some feed.

        Each feed takes articles from its floor on (``floors``, in epoch seconds). ``but`` are the floors of an earlier
        call: what that yielded is left out.
        """
        lowest = min(floors, default=inf)
        number = 0
        for piece, about in enumerate(self._header.pieces if self._header else ()):
            first, number = number, number + about.articles
            if about.newest < lowest:
                continue
            columns = self.columns()[piece]
            late = [at for at, instant in enumerate(columns.instants) if instant >= lowest]
            if want.census:
                late = [at for at in late if not want.census.needs(columns.ids[at])]
            if late:
                self._turn_to(piece, first)
                answers = self._answers[2] if want.trusts else None
                if chosen := _answered(columns, late, answers, (floors, but)):
                    rows = self._rows(piece)
                    yield from (Seen(rows.article(at), self, first + at, None) for at in chosen)

    def items(
        self, census: Census | None = None, meant: PieceSearch | None = None
    ) -> Iterator[Seen | Skipped | Other]:
        """Yield the contents of the file in order. Of a known file, articles that ``census`` skips are only counted.

        Articles that are ``meant`` are not skipped. Raises :class:`SourceError` if the file cannot be read, and
        :class:`Damaged`.
        """
        if self.is_known:
            yield from self._needed(census, meant) if census else self._remembered()
            return
        is_new, self._is_new, self.was_read = self._is_new, False, True
        read = self._read()
        stat = self._stat() if is_new else None
        yield from self._recorded(read, stat) if stat else self._seen(read)

    def again(self) -> Iterator[Seen | Other]:
        """Read the file and yield its contents with all texts. Raises :class:`SourceError` if it cannot be read."""
        yield from self._seen(self._read())

    def read_new(self, sift: Callable[[Seen], None] | None) -> None:
        """Read a new or changed file, so that it is known. Raises :class:`SourceError` if it cannot be read."""
        self._is_new, self.was_read = False, True
        stat = self._stat() if self.lasts else None
        for item in self._recorded(self._read(), stat, lends=True):
            if sift and isinstance(item, Seen):
                sift(item)
        self.is_known = self._header is not None

    def parts(self) -> Iterator[Part]:
        """Yield the parts of the file for other processes to read. Pass what they find to :meth:`join`.

        A large file is cut into slices if its format allows it.
        """
        self._is_new, self.was_read = False, True
        size, stat = self.weight, self._stat() if self.lasts else None
        self._make_room(stat)
        self._joining = joining = _Joining(stat, _stat_of(self._at))
        # Paths have to be right in any folder.
        spec = replace(self._spec, base=self._spec.base.absolute(), where=None)
        path = self._path.absolute() if isinstance(self._path, Path) else self._path
        hashed = self._at.absolute() if stat else None
        if size >= 2 * sizes.BATCH and isinstance(path, Path):
            # A file that cannot be read is reported later, in the order of all files.
            with suppress(SourceError):
                for piece in slices(spec, path, sizes.BATCH):
                    joining.is_cut = True
                    yield Part(spec, path, (piece.end or size) - piece.start, piece)
        if joining.is_cut:
            yield Part(spec, path, 0, hashed=hashed, hashes=True)
        else:
            yield Part(spec, path, size, hashed=hashed)

    def join(self, part: Part, found: Found, sift: Callable[[Seen], None]) -> bool:
        """Add what another process found in the next part; return whether that was the last part.

        A file that could not be read there stays unknown.
        """
        joining = self._joining
        assert joining is not None
        joining.problem = joining.problem or found.problem
        joining.is_exact = joining.is_exact and found.is_exact
        if joining.is_exact and not joining.problem:
            self._join(joining, found, sift)
        if part.slice is not None:
            return False
        self._joining, self._header = None, None
        if joining.is_cut and joining.before != _stat_of(self._at):
            joining.is_exact = False
        if not joining.is_exact:
            with suppress(SourceError):
                self.read_new(sift)
        elif not joining.problem:
            self._joined(joining)
        return True

    def _join(self, joining: _Joining, found: Found, sift: Callable[[Seen], None]) -> None:
        assert self._store is not None
        first = joining.articles
        for at, piece in enumerate(found.pieces, len(joining.pieces)):
            self._put_parts(at, piece.rows, piece.others, piece.columns)
            if piece.answers:
                told = b"".join((b"[", written(self._rules), b",", piece.answers, b"]"))
                self._store.put(self.number, at, "answers", told)
        joining.add(found)
        # ``sift`` asks for the feeds of an article, which are in the store by now.
        self._header = joining.header(None)
        for number, instant, read in found.newest:
            self._held.hold(instant, self, first + number, read)
        for picked in found.picked:
            sift(Seen(picked.told, self, first + picked.number, picked.read))
        self.leave()

    def _joined(self, joining: _Joining) -> None:
        for notice in joining.bodies.notices():
            page = Page()
            page.add(notice)
            joining.pieces.append(self._put(len(joining.pieces), page))
        self._settle(joining.stat, joining.header(joining.stat), lends=True)
        self.is_known = self._header is not None

    def feeds(self, number: int) -> list[int] | None:
        """Return the numbers of the feeds whose rules take an article, or ``None`` if that is not known."""
        place = self._place(number)
        return None if place is None else self._answers[2][place]

    def take(self, number: int, feeds: Iterable[int]) -> None:
        """Store the numbers of the feeds that take an article."""
        place = self._place(number)
        if place is not None:
            self._answers[2][place] = list(feeds)
            self._has_news = True

    def article(self, seen: Seen) -> Article:
        """Return an article with its texts. Raises :class:`Stale` if the file has another one in its place."""
        held = self._held.get(self, seen.number)
        if held and Sighting.of(held) == seen.told:
            return held
        if self._store is not None and (values := self._store.get_whole(self.number, seen.number)):
            article = seen.told.applied_to(article_of(values))
            if Sighting.of(article) == seen.told:
                return article
        for article in self._again(seen):
            if Sighting.of(article) == seen.told:
                return article
        self._forget()
        self._header, self.is_known = None, False
        raise Stale(self.name)

    def differences(self, route: Route) -> Iterator[Difference]:
        """Read a known file and yield the first difference from the catalog in each of its pieces.

        Raises :class:`SourceError` if the file cannot be read, and :class:`Damaged`.
        """
        items = iter(self._readings.read(self.source, self._spec, self._path))
        first, place = 0, Origin(self.name, 1, 1)
        for piece, about in enumerate(self._header.pieces if self._header else ()):
            is_last = piece + 1 == len(self._header.pieces) if self._header else True
            size = sizes.PIECE if is_last else len(self.columns()[piece].kinds)
            page, there = Page(), list(islice(items, size))
            place = there[0].origin if there else place
            found = [Sighting.of(item) if isinstance(item, Article) else item for item in there]
            for item in found:
                page.add(item)
            columns = page.columns()
            if (self._get(piece, "rows"), self._others(piece)) != (page.rows(), page.others()):
                known = self._these(piece, first, range(about.articles), self._rows(piece))
                both = zip_longest(found, (each.told if isinstance(each, Seen) else each for each in known))
                other = (
                    now.origin for now, said in both if now and not (said and row_of(now) == row_of(said))
                )
                yield Difference(next(other, there[-1].origin if there else place), "another record, or none")
            elif (about, self.columns()[piece]) != (Piece(page.articles, columns.newest), columns):
                yield Difference(place, "other numbers of ids, texts or dates")
            else:
                yield from self._otherwise(piece, first, [a for a in there if isinstance(a, Article)], route)
            first += about.articles
        if more := next(items, None):
            yield Difference(more.origin, "nothing from here on")

    def _otherwise(
        self, piece: int, first: int, articles: Iterable[Article], route: Route
    ) -> Iterator[Difference]:
        """Yield the articles of which the catalog has another text or other feeds."""
        self._turn_to(piece, first)
        for number, (article, known) in enumerate(zip(articles, self._answers[2], strict=True), first):
            taken = None if known is None else route(article)
            if taken is not None and [*taken] != known:
                yield Difference(article.origin, "other feeds that take it")
            values = self._store.get_whole(self.number, number) if self._store else None
            if values and Sighting.of(article).applied_to(article_of(values)) != article:
                yield Difference(article.origin, "another text")

    def leave(self) -> None:
        """Free the memory that the file takes."""
        self._write_answers()
        self._answers = (-1, 0, [])
        self._close()

    def _read(self) -> Iterator[Item | Plain]:
        return self._readings.read(self.source, self._spec, self._path, lean=True)

    def _articles(self) -> Generator[Article]:
        for item in self._read():
            if isinstance(item, Plain):
                yield item.article()
            elif isinstance(item, Article):
                yield item

    def _again(self, seen: Seen) -> Iterator[Article]:
        """Yield an article as read from its place alone, then as read with the whole file up to it."""
        if seen.number < self._next:
            self._close()
        if self._whole is None:
            if self._at_place is None:
                self._at_place = self._open.enter_context(
                    self._readings.places(self.source, self._spec, self._path)
                )
            if self._at_place:
                self._next = seen.number + 1
                place = seen.told.origin
                yield from (
                    replace(item, origin=place) for item in self._at_place(place) if isinstance(item, Article)
                )
            self._close()
            self._whole, self._next = self._articles(), 0
        for article in self._whole:
            self._next += 1
            if self._next == seen.number + 1:
                yield article
                return

    def _close(self) -> None:
        self._open.close()
        self._at_place, self._next = None, 0
        if self._whole is not None:
            self._whole.close()
            self._whole = None

    def _rows(self, piece: int) -> Rows:
        return Rows(self._get(piece, "rows"), self.columns()[piece], self.name)

    def _others(self, piece: int) -> bytes:
        return self._get(piece, "others") if OTHER in self.columns()[piece].kinds else b""

    def _remembered(self) -> Iterator[Seen | Other]:
        first = 0
        for piece, about in enumerate(self._header.pieces if self._header else ()):
            yield from self._these(piece, first, range(about.articles), self._rows(piece))
            first += about.articles

    def _needed(self, census: Census, meant: PieceSearch | None) -> Iterator[Seen | Skipped | Other]:
        """Yield what the census needs, then the number of skipped articles.

        The first and the last article are never skipped, as they tell in which order the file is.
        """
        header = self._header
        if header is None or not header.ends:
            yield from self._remembered()
            return
        first, skipped, last = 0, 0, header.articles - 1
        for piece, (about, columns) in enumerate(zip(header.pieces, self.columns(), strict=True)):
            needed = census.needed(columns)
            rows = self._rows(piece) if meant or needed else None
            if meant and rows:
                needed |= set(meant(columns, rows))
            skipped += about.articles - len(needed)
            ends = [
                end
                for end in {0, last}
                if first <= end < first + about.articles and end - first not in needed
            ]
            census.add(columns, [end - first for end in ends])
            skipped -= len(ends)
            if 0 in ends:
                yield Seen(seen_in(header.ends[0], self.name), self, 0, None)
            if needed or OTHER in columns.kinds:
                yield from self._these(piece, first, needed, rows)
            if last in ends and last:
                yield Seen(seen_in(header.ends[-1], self.name), self, last, None)
            first += about.articles
        yield Skipped(self, skipped)

    def _these(
        self, piece: int, first: int, numbers: Container[int], rows: Rows | None
    ) -> Iterator[Seen | Other]:
        """Yield the articles with these ``numbers`` in a piece, and everything that is not an article, in order.

        ``rows`` may be missing if there are no such articles.
        """
        kinds, others = self.columns()[piece].kinds, others_in(self._others(piece), self.name)
        if rows is None:
            yield from others
            return
        number = -1
        for kind in kinds:
            if kind == OTHER:
                yield next(others)
                continue
            number += 1
            if number in numbers:
                yield Seen(rows.article(number), self, first + number, None)

    def _seen(self, read: Iterator[Item | Plain]) -> Iterator[Seen | Other]:
        number = 0
        for item in read:
            if isinstance(item, Article | Plain):
                yield Seen(Sighting.of(item), self, number, item)
                number += 1
            else:
                yield item

    def _recorded(
        self, read: Iterator[Item | Plain], stat: Stat | None, *, lends: bool = False
    ) -> Iterator[Seen | Other]:
        """Yield what is read, and store it. See :meth:`_settle`."""
        assert self._store is not None
        digest = digest_of(self._at) if stat else ""
        self._make_room(stat)
        pieces: list[Piece] = []

        def put(page: Page) -> None:
            pieces.append(self._put(len(pieces), page))
            self._answers = (len(pieces), recorder.articles, [])

        recorder = Recorder(sizes.PIECE, put)
        self._answers = (0, 0, [])
        for item in self._seen(read):
            if isinstance(item, Seen):
                told, read_now = item.told, item.read
                recorder.add(told)
                self._answers[2].append(None)
                if read_now and (told.undated or told.published.timestamp() > self._held.floor):
                    self._held.hold(instant_of(told), self, item.number, read_now)
            else:
                recorder.add(item)
            yield item
        recorder.end()
        header = header_of(recorder.ends, recorder.is_odd, pieces, stat, digest)
        self._settle(stat, header, lends=lends)

    def _make_room(self, stat: Stat | None) -> None:
        assert self._store is not None
        named = f"{self.source}\n{self.name}".encode(errors="replace")
        self.number = self._store.add(self._key if stat else hashlib.sha256(named).digest())

    def _settle(self, stat: Stat | None, header: Header, *, lends: bool) -> None:
        """Keep the pieces if the file did not change while it was read; else, if it ``lends``, for this build only."""
        assert self._store is not None
        if stat and self._stat() == stat and self._fingerprint() == self._key:
            self._header = header if os.name == "posix" else header._replace(stat=None)
            self._store.settle(self.number, self._key, self._header)
        elif lends:
            # The store saves only the files that were settled.
            self._header = header._replace(stat=None, digest="")
        else:
            self._forget()

    def _put(self, piece: int, page: Page) -> Piece:
        assert self._store is not None
        columns = page.columns()
        self._put_parts(piece, page.rows(), page.others(), columns.packed())
        self._write_answers()
        return Piece(page.articles, columns.newest)

    def _put_parts(self, piece: int, rows: bytes, others: bytes, columns: bytes) -> None:
        assert self._store is not None
        self._store.put(self.number, piece, "rows", rows)
        self._store.put(self.number, piece, "columns", columns)
        if others:
            self._store.put(self.number, piece, "others", others)

    def _found(self) -> tuple[int, Header | None]:
        """Return what the store knows of the file as it is now."""
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
            if digest_of(self._at) != header.digest:
                return 0, None
        except OSError:
            # The error is reported when the file is read.
            return 0, None
        if os.name == "posix" and self._stat() == stat:
            header = header._replace(stat=stat)
            self._store.settle(number, self._key, header)
        return number, header

    def _fingerprint(self) -> bytes:
        beside: tuple[object, ...] = self._readings.beside(self.source, self._spec, self._path)
        if is_web(self.name):
            beside = (*beside, Copy.of(self.name, self._spec.base).remembered())
        told = json.dumps([self.name, self._of_spec, *map(str, beside)])
        return hashlib.sha256(told.encode("ascii")).digest()

    def _stat(self) -> Stat | None:
        """Return the stat of the file, or ``None`` if it changed so recently that another change might not show.

        Git does the same for its index.
        """
        assert self._store is not None
        with suppress(OSError):
            stat = Stat.of(self._at)
            if max(stat.mtime, stat.ctime) < self._store.before:
                return stat
        return None

    def _forget(self) -> None:
        if self._store is not None:
            self._store.forget(self.number)
        self._store, self.number, self._columns = None, 0, []

    def _get(self, piece: int, kind: str) -> bytes:
        found = self._store.get(self.number, piece, kind) if self._store else None
        if found is None:
            raise Damaged(kind)
        return found

    def _place(self, number: int) -> int | None:
        """Load the answers for the piece of an article, and return its number in that piece."""
        _, first, answers = self._answers
        if first <= number < first + len(answers):
            return number - first
        if self._store is None or self._header is None:
            return None
        piece = first = 0
        while number >= first + self._header.pieces[piece].articles:
            first += self._header.pieces[piece].articles
            piece += 1
        self._turn_to(piece, first)
        return number - first

    def _turn_to(self, piece: int, first: int) -> None:
        """Load which feeds take the articles of a piece, as far as it is known."""
        if self._answers[0] == piece or self._store is None or self._header is None:
            return
        self._write_answers()
        found = self._store.get(self.number, piece, "answers")
        rules, known = json.loads(found) if found else ("", [])
        nothing: list[list[int] | None] = [None] * self._header.pieces[piece].articles
        self._answers = (piece, first, known if rules == self._rules else nothing)

    def _write_answers(self) -> None:
        if self._has_news and self._store is not None:
            self._store.put(
                self.number, self._answers[0], "answers", written([self._rules, self._answers[2]])
            )
        self._has_news = False


def header_of(
    ends: Iterable[Sighting], is_odd: bool, pieces: Iterable[Piece], stat: Stat | None, digest: str
) -> Header:
    """Return the header of a file with these ``pieces``; ``ends`` are its first and last article."""
    return Header(stat, digest, tuple(pieces), tuple(map(row_of, ends)), is_odd)


def _stat_of(file: Path) -> Stat | None:
    with suppress(OSError):
        return Stat.of(file)
    return None


def _answered(
    columns: Columns,
    numbers: Iterable[int],
    answers: Sequence[Sequence[int] | None] | None,
    limits: tuple[Sequence[float], Sequence[float] | None],
) -> list[int]:
    """Return those ``numbers`` that some feed may still need, going by the known ``answers`` of the rules."""
    floors, but = limits
    every: Sequence[int] = range(len(floors))
    wanted = []
    for at in numbers:
        instant, feeds = columns.instants[at], answers[at] if answers else None
        if feeds is None:
            feeds = every
        if any(instant >= floors[feed] for feed in feeds) and not (
            but and any(instant >= but[feed] for feed in feeds)
        ):
            wanted.append(at)
    return wanted
