"""Which files a source has, and the stream of items that one of them gives."""

from __future__ import annotations

import glob
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from feedpub.article import Notice
from feedpub.errors import SourceError
from feedpub.sources.building import Item, Reading, reject
from feedpub.sources.fetched import Copy, is_web
from feedpub.sources.formats import choose, reader
from feedpub.sources.spec import SourceSpec
from feedpub.sources.streams import InputStream, MissingPackageError

STDIN = "-"


def files(spec: SourceSpec) -> list[Path | str]:
    """Return the source's files, sorted by name, each once; an empty list where no file fits its patterns.

    Standard input is ``-``; what fsspec opens is its URL, as is a feed that ``feedpub fetch`` has brought.
    Raises :class:`SourceError` where a place can't be searched.
    """
    found: set[Path | str] = set()
    for pattern in spec.patterns:
        if pattern == STDIN:
            found.add(pattern)
        elif is_web(pattern):
            found.update([pattern] if Copy.of(pattern, spec.base).content.exists() else [])
        elif "://" in pattern:
            found.update(_remote_files(pattern))
        else:
            try:
                # Path.glob takes no absolute pattern and lists hidden files.
                names = glob.glob(pattern, root_dir=spec.base, recursive=True)  # noqa: PTH207
                found.update(path for name in names if (path := spec.base / name).is_file())
            except OSError as error:
                raise SourceError(pattern, f"can't be searched: {error.strerror}") from error
    return sorted(found, key=str)


def read(spec: SourceSpec, file: Path | str, authority: str) -> Iterator[Item]:
    """Yield what one file gives, in its order; memory does not grow with the file.

    ``authority`` mints the ids (RFC 4151). Raises :class:`SourceError` when the file can't be opened or read.
    """
    reading = Reading(spec, display_name(spec, file), authority)
    with open_stream(spec, file) as stream:
        read_format = reader(format_of(spec, stream, reading.file), reading.file)
        last = 0
        for item in read_format(stream, reading):
            if not isinstance(item, Notice):
                last = max(last, item.origin.last)
            yield item
        if stream.problem:
            yield reject(reading.origin(last + 1, last + 1), f"from here on, {stream.problem}", "")


@contextmanager
def open_stream(spec: SourceSpec, file: Path | str) -> Iterator[InputStream]:
    """Give a file's content to read. Raises :class:`SourceError` here and for what fails while it is open."""
    name = display_name(spec, file)
    try:
        with _opened(spec, file) as raw:
            yield InputStream(raw, spec.encoding)
    except OSError as error:
        raise SourceError(name, f"can't be read: {error.strerror or error}") from error
    except MissingPackageError as error:
        raise SourceError(name, str(error)) from error


def format_of(spec: SourceSpec, stream: InputStream, name: str) -> str:
    """Return the format that a file is read as: as declared, else by its extension, else by its content."""
    return spec.format or choose(name, stream.head)


def display_name(spec: SourceSpec, file: Path | str) -> str:
    """Return how origins name ``file``: relative to the config's folder, with ``/``."""
    return file if isinstance(file, str) else Path(os.path.relpath(file, spec.base)).as_posix()


def _opened(spec: SourceSpec, file: Path | str) -> AbstractContextManager[BinaryIO]:
    if isinstance(file, str) and is_web(file):
        file = Copy.of(file, spec.base).content
    if isinstance(file, Path):
        return file.open("rb", buffering=0)
    if file == STDIN:
        return nullcontext(_rewound(sys.stdin.buffer))
    opened: AbstractContextManager[BinaryIO] = _fsspec(file).open(file, "rb")
    return opened


def _rewound(stdin: BinaryIO) -> BinaryIO:
    """Return what came on standard input from its beginning, as sources may have to be read again."""
    kept = _kept(stdin)
    kept.seek(0)
    return kept


@cache
def _kept(stdin: BinaryIO) -> BinaryIO:
    # Open until the process ends, and then gone: it has no name.
    kept = tempfile.TemporaryFile()  # noqa: SIM115
    shutil.copyfileobj(stdin, kept)
    return kept


def _remote_files(pattern: str) -> list[str]:
    filesystem, path = _fsspec(pattern).url_to_fs(pattern)
    return [filesystem.unstrip_protocol(name) for name in filesystem.glob(path) if filesystem.isfile(name)]


def _fsspec(url: str) -> Any:
    try:
        # The extra's module.
        from fsspec import core  # noqa: PLC0415
    except ImportError:
        raise SourceError(url, "needs fsspec; install feedpub[remote]") from None
    return core
