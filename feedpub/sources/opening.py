"""Which files a source has, and the stream of items that one of them gives."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from pathlib import Path

from feedpub.errors import SourceError
from feedpub.sources import text
from feedpub.sources.building import Item, Reading
from feedpub.sources.spec import SourceSpec


def files(spec: SourceSpec) -> list[Path]:
    """Return the source's files, sorted by name, each once; an empty list where no file fits its patterns.

    Raises :class:`SourceError` where a folder on the way can't be read.
    """
    found: set[Path] = set()
    for pattern in spec.patterns:
        try:
            names = glob.glob(pattern, root_dir=spec.base, recursive=True)
            found.update(path for name in names if (path := spec.base / name).is_file())
        except OSError as error:
            raise SourceError(pattern, f"can't be searched: {error.strerror}") from error
    return sorted(found, key=lambda path: path.as_posix())


def display_name(spec: SourceSpec, file: Path) -> str:
    """Return how origins name ``file``: relative to the config's folder, with ``/``."""
    return Path(os.path.relpath(file, spec.base)).as_posix()


def read(spec: SourceSpec, file: Path, authority: str) -> Iterator[Item]:
    """Yield what one file gives, in its order; memory does not grow with the file.

    ``authority`` mints the ids (RFC 4151). Raises :class:`SourceError` when the file can't be opened or read.
    """
    reading = Reading(spec, display_name(spec, file), authority)
    try:
        with file.open("rb", buffering=0) as stream:
            yield from text.read(stream, reading)
    except OSError as error:
        raise SourceError(reading.file, f"can't be read: {error.strerror}") from error
