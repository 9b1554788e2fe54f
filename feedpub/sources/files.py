"""The files of a source, and the items in each of them."""

from __future__ import annotations

import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Protocol

from feedpub.articles.article import Article, Notice, Origin, Plain
from feedpub.articles.ids import PAGE_FOLDER, is_page_file
from feedpub.core.errors import SourceError, printable
from feedpub.core.stores import StoreError, attempt, filesystem_of, hidden, listed
from feedpub.sources.decoding import LinesInOrder, read_whole
from feedpub.sources.http_cache import Copy, is_web
from feedpub.sources.media import MEDIA_FOLDER, is_media_file
from feedpub.sources.readers import INPUT_FORMATS, choose, foreign, lined_reader, reader
from feedpub.sources.records import Item, reject
from feedpub.sources.spec import ParseContext, SourceSpec
from feedpub.sources.streams import InputStream, MissingPackageError, Raw
from feedpub.sources.walk import Walk, mode_of

STDIN = "-"
_WILD = re.compile(r"[*?]+|\[[^]]*\]")
# What editors, synchronisation and transfers leave beside files.
_LEFTOVER = re.compile(
    r".+~|~\$.+|\#.+\#|.+\.sync-conflict-.+|.+\.(?:bak|backup|old|orig|rej|save|sw[nop]|te?mp"
    r"|part|partial|filepart|crdownload|download|opdownload|aria2|!qb|!ut)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Found:
    """A source's files, each once and sorted by name, and sentences about what its patterns do not give.

    Standard input is ``-``; a file that fsspec opens, or a feed that ``feedpub fetch`` has brought, is its URL.
    ``lacks`` says that a pattern, or an address, gave nothing at all.
    """

    files: tuple[Path | str, ...]
    warnings: tuple[str, ...]
    lacks: bool = False


def search(spec: SourceSpec) -> Found:
    """Return the files that match the source's patterns. Raises :class:`SourceError` if a folder cannot be searched."""
    found: set[Path | str] = set()
    warnings: list[str] = []
    lacks = False
    for pattern in spec.patterns:
        fitting: Collection[Path | str]
        odd: list[str] = []
        if pattern == STDIN:
            fitting = [pattern]
        elif is_web(pattern):
            fitting = [pattern] if Copy.of(pattern, spec.base).content.exists() else []
        elif "://" in pattern:
            fitting = _remote_files(spec, pattern)
        else:
            fitting, odd = _local_files(spec, pattern)
        if leftovers := _leftovers(pattern, fitting):
            fitting = [file for file in fitting if file not in leftovers]
            odd.append(_passed_over(sorted(printable(display_name(spec, file)) for file in leftovers)))
        found.update(fitting)
        if is_web(pattern) and not fitting:
            odd = [f"{pattern} has not been fetched yet; run feedpub fetch"]
        elif not (fitting or odd or spec.may_be_empty):
            odd = [f"no file matches the source {pattern}"]
        warnings += odd
        lacks = lacks or bool(odd and not fitting)
    return Found(tuple(sorted(found, key=str)), tuple(warnings), lacks)


def _leftovers(pattern: str, fitting: Collection[Path | str]) -> set[Path | str]:
    """Return the backups, autosaves and unfinished transfers that a pattern matches without asking for them."""
    if is_leftover(_WILD.sub("x", pattern.rpartition("/")[2])):
        return set()
    return {file for file in fitting if is_leftover(str(file).rpartition("/")[2])}


def is_leftover(name: str) -> bool:
    """Say whether a file looks like a backup, an autosave or an unfinished transfer."""
    return _LEFTOVER.fullmatch(name) is not None


def _passed_over(names: list[str]) -> str:
    shown = f"{', '.join(names[:3])}{', …' if len(names) > 3 else ''}"
    are = (
        "looks like a backup, an autosave or an unfinished transfer"
        if len(names) == 1
        else "look like backups, autosaves or unfinished transfers"
    )
    were = "was" if len(names) == 1 else f"({len(names):,}) were"
    return f"{shown} {are} and {were} passed over; a path with the same ending reads them"


def files(spec: SourceSpec) -> list[Path | str]:
    """Return the source's files as :func:`search` does."""
    return list(search(spec).files)


def asked(spec: SourceSpec) -> set[str]:
    """Return the paths that decide what the source's patterns match: while they do not change, neither does that.

    Raises :class:`SourceError` if one cannot be searched, and if a pattern is not a local path.
    """
    places: set[str] = set()
    for pattern in spec.patterns:
        if is_web(pattern):
            copy = Copy.of(pattern, spec.base)
            places.update((os.fspath(copy.content), os.fspath(copy.memory)))
        elif pattern == STDIN or "://" in pattern:
            raise SourceError(pattern, "is not a place on this machine")
        else:
            places.update(os.path.join(spec.base, name) for name in _walk(spec, pattern).asked)  # noqa: PTH118
    return places


def _walk(spec: SourceSpec, pattern: str) -> Walk:
    try:
        return Walk(spec.base, pattern)
    except OSError as error:
        raise _unsearched(spec, pattern, error) from error


def _unsearched(spec: SourceSpec, pattern: str, error: OSError) -> SourceError:
    where = display_name(spec, Path(str(error.filename))) if error.filename else pattern
    return SourceError(where, f"can't be searched: {error.strerror}")


def _local_files(spec: SourceSpec, pattern: str) -> tuple[list[Path], list[str]]:
    """Return the files that a pattern matches, and sentences about matches that are not files."""
    fitting: list[Path] = []
    odd: list[str] = []
    written = 0
    own = _Own(spec.own)
    try:
        walk = Walk(spec.base, pattern)
        for name in walk.found:
            path = spec.base / name
            mode = mode_of(path)
            if stat.S_ISREG(mode) and own.has(path):
                written += 1
            elif stat.S_ISREG(mode):
                fitting.append(path)
            elif not stat.S_ISDIR(mode):
                what = "a broken link" if path.is_symlink() else "not a regular file"
                odd.append(f"{printable(display_name(spec, path))} is {what} and was passed over")
            elif pattern.rpartition("/")[2].strip("*"):
                # A pattern of stars only matches everything in a folder, which may contain other folders.
                shown = printable(display_name(spec, path))
                odd.append(f"{shown} is a folder and was passed over; for its files, write {shown}/*")
    except OSError as error:
        raise _unsearched(spec, pattern, error) from error
    for name in walk.foreign:
        shown = printable(display_name(spec, spec.base / name))
        odd.append(f"{shown} is a link that leads out of the config's folder and was passed over")
    if written and not (fitting or odd):
        odd.append(
            f"everything that {pattern} matches is in the output or the state folder, where nothing is read"
        )
    return fitting, sorted(odd)


class _Own:
    """Recognises what feedpub itself has written, which would come back as articles that nobody can delete."""

    def __init__(self, folders: Collection[Path]) -> None:
        self._folders = {folder.resolve() for folder in folders}
        # If the output folder is a link to a release, other releases are beside it.
        self._shelves = {real.parent for real in self._folders if real.parent.suffix == ".releases"}
        self._known: dict[Path, bool] = {}

    def has(self, path: Path) -> bool:
        """Say whether ``path`` is directly in such a folder, or one of our pages or media; the rest is the user's."""
        folder = path.parent
        if (folder.name == PAGE_FOLDER and is_page_file(path.name)) or (
            folder.name == MEDIA_FOLDER and is_media_file(path.name)
        ):
            folder = folder.parent
        if folder not in self._known:
            real = folder.resolve()
            self._known[folder] = real in self._folders or real.parent in self._shelves
        return self._known[folder]


class Kept(Protocol):
    """Keeps a file as it was when it was first read, for reading it again."""

    told: tuple[str, datetime | None] | None
    """What is known besides its bytes: its encoding, and when it changed."""

    def opened(self, open_file: Callable[[], AbstractContextManager[Raw]]) -> AbstractContextManager[Raw]:
        """Give the bytes of the file, which ``open_file`` opens, as they were."""
        ...


def read(
    spec: SourceSpec, file: Path | str, authority: str, kept: Kept | None = None, *, lean: bool = False
) -> Iterator[Item]:
    """Yield the items of a file in order; memory does not grow with the file.

    ``authority`` mints the ids (RFC 4151). What is ``kept`` of the file is read instead of it. If ``lean``, some
    articles are :class:`~feedpub.articles.article.Plain`. Raises :class:`SourceError` when the file can't be opened
    or read.
    """
    reading = _context(spec, file, authority, kept, lean=lean)
    with open_stream(spec, file, kept) as stream:
        if spec.format is None and (other := foreign(reading.file, stream.head)):
            whole = read_whole(stream, reading)[1]
            told = (
                f"the file is {other}, which feedpub does not read; convert it, or set format: of its source"
            )
            yield reject(whole, told, "")
            return
        name_of_format = format_of(spec, stream, reading.file)
        items = reader(name_of_format, reading.file).read(stream, reading)
        last = 0
        for item in _with_bodies(items) if INPUT_FORMATS[name_of_format].named else items:
            if not isinstance(item, Notice):
                last = max(last, item.origin.last)
            yield item
        if stream.problem:
            yield reject(reading.origin(last + 1, last + 1), f"from here on, {stream.problem}", "")


@contextmanager
def places(
    spec: SourceSpec, file: Path | str, authority: str, kept: Kept | None = None
) -> Iterator[Callable[[Origin], Iterator[Item]] | None]:
    """Yield a function that returns the items at a place of a file; places must be in order.

    It yields ``None`` if the format can only be read from the beginning. The caller must compare items with known
    ones: an item may differ if it is read without those before it. Raises :class:`SourceError` as :func:`read` does.
    """
    reading = _context(spec, file, authority, kept)
    with open_stream(spec, file, kept) as stream:
        found = lined_reader(format_of(spec, stream, reading.file), reading.file)
        if found is None:
            yield None
            return
        lines = LinesInOrder(stream)
        yield lambda place: found.at(lines.between(place.line, place.last), reading)


def _context(
    spec: SourceSpec, file: Path | str, authority: str, kept: Kept | None, *, lean: bool = False
) -> ParseContext:
    name = display_name(spec, file)
    charset, since = (kept and kept.told) or told_beside(spec, file, name)
    if kept:
        kept.told = charset, since
    known_as = Copy.of(name, spec.base).remembered().known_as if is_web(name) else ""
    return ParseContext(spec, name, authority, charset=charset, since=since, known_as=known_as, lean=lean)


def told_beside(spec: SourceSpec, file: Path | str, name: str) -> tuple[str, datetime | None]:
    """Return what affects reading a file but is not in it: the server's charset, and when the file changed."""
    charset = Copy.of(name, spec.base).remembered().charset if is_web(name) else ""
    return charset, _changed(spec, file) if is_dated_by_file(spec) else None


def is_dated_by_file(spec: SourceSpec) -> bool:
    """Say whether an article without a date is dated by its file."""
    return spec.date in ("fetched", "mtime")


def _changed(spec: SourceSpec, file: Path | str) -> datetime | None:
    """Return when a local file last changed, in whole seconds; for a feed, when its copy was fetched."""
    try:
        mtime = local_file(display_name(spec, file), spec.base).stat().st_mtime
        return datetime.fromtimestamp(int(mtime), UTC)
    except (OSError, OverflowError, ValueError):
        return None


class Bodies(NamedTuple):
    """The articles of a file without a body: the ``first``, how many there are, and whether others have one."""

    first: Origin | None = None
    without: int = 0
    has_bodies: bool = False

    def heard(self, item: Item | Plain) -> Bodies:
        """Return the same with one more item."""
        if not isinstance(item, Article | Plain):
            return self
        if item.body:
            return self if self.has_bodies else self._replace(has_bodies=True)
        return Bodies(self.first or item.origin, self.without + 1, self.has_bodies)

    def joined(self, later: Bodies) -> Bodies:
        """Return the same with those of a later part of the file."""
        return Bodies(
            self.first or later.first, self.without + later.without, self.has_bodies or later.has_bodies
        )

    def notices(self) -> Iterator[Notice]:
        """Yield the notice for the file, if any."""
        if self.first and self.has_bodies:
            told = f"a record has no body, but others of the file have one (records {self.without:,})"
            yield Notice(self.first, "no-body", told)


def _with_bodies(items: Iterator[Item]) -> Iterator[Item]:
    """Yield the items of a file, with a notice for articles without a body if others have one."""
    bodies = Bodies()
    for item in items:
        bodies = bodies.heard(item)
        yield item
    yield from bodies.notices()


@contextmanager
def open_stream(spec: SourceSpec, file: Path | str, kept: Kept | None = None) -> Iterator[InputStream]:
    """Open a file's content. Raises :class:`SourceError`, also for failures while it is open."""
    name = display_name(spec, file)
    try:
        with kept.opened(partial(open_file, spec, file)) if kept else open_file(spec, file) as raw:
            yield InputStream(raw, spec.encoding)
    except OSError as error:
        raise SourceError(name, f"can't be read: {error.strerror or error}") from error
    except MissingPackageError as error:
        raise SourceError(name, str(error)) from error


def format_of(spec: SourceSpec, stream: InputStream, name: str) -> str:
    """Return the format of a file: as declared, else by its extension, else by its content."""
    return spec.format or choose(name, stream.head)


def display_name(spec: SourceSpec, file: Path | str) -> str:
    """Return the name of ``file`` in origins: relative to the config's folder, with ``/``."""
    return file if isinstance(file, str) else Path(os.path.relpath(file, spec.base)).as_posix()


def local_file(name: str, base: Path) -> Path:
    """Return the path of the file that origins call ``name``; it may not exist."""
    return Copy.of(name, base).content if is_web(name) else base / name


def open_file(spec: SourceSpec, file: Path | str) -> AbstractContextManager[Raw]:
    """Open a file of a source, wherever it is. Raises ``OSError``, or :class:`SourceError` for a store."""
    if isinstance(file, str) and is_web(file):
        file = local_file(file, spec.base)
    if isinstance(file, Path):
        return file.open("rb", buffering=0)
    if file == STDIN:
        return nullcontext(_rewound(sys.stdin.buffer))
    return _remote(spec, file)


def _rewound(stdin: BinaryIO) -> BinaryIO:
    """Return standard input from its beginning, because sources may be read again."""
    kept = _kept(stdin)
    kept.seek(0)
    return kept


@cache
def _kept(stdin: BinaryIO) -> BinaryIO:
    # It has no name, and disappears when the process ends.
    kept = tempfile.TemporaryFile()  # noqa: SIM115
    shutil.copyfileobj(stdin, kept)
    return kept


def _remote_files(spec: SourceSpec, pattern: str) -> list[str]:
    with _store_errors(spec, pattern):
        filesystem, path = filesystem_of(pattern)
        return _addresses(pattern, filesystem, path, listed(pattern, filesystem, path))


def _addresses(pattern: str, filesystem: Any, path: str, names: Sequence[str]) -> list[str]:
    """Return the addresses of what a pattern matches; the names of a store may lack the host or the archive."""
    if not names:
        return []
    whole: list[str] = attempt(pattern, lambda: [filesystem.unstrip_protocol(name) for name in names])
    try:
        is_whole = filesystem_of(whole[0]) == (filesystem, names[0])
    except StoreError:
        is_whole = False
    before, is_in_it, after = pattern.partition(path)
    return whole if is_whole or not is_in_it else [f"{before}{name}{after}" for name in names]


@contextmanager
def _remote(spec: SourceSpec, url: str) -> Iterator[Raw]:
    """Open a file with fsspec; reading can fail in as many ways as opening."""
    with _store_errors(spec, url):
        filesystem, path = filesystem_of(url)
        file = attempt(url, lambda: filesystem.open(path, "rb"))
        try:
            yield _RemoteFile(file, url)
        finally:
            attempt(url, file.close)


class _RemoteFile:
    """A file of a store."""

    def __init__(self, file: Raw, url: str) -> None:
        self._file = file
        self._url = url

    def read(self, size: int, /) -> bytes:
        return attempt(self._url, lambda: self._file.read(size))


@contextmanager
def _store_errors(spec: SourceSpec, url: str) -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise SourceError(hidden(url), str(error), spec.where) from error
