"""The files that a build depends on: what it reads, what is published, and what is remembered."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from feedpub.catalog import Catalog, Engine, Store
from feedpub.config import Settings
from feedpub.core.errors import SourceError
from feedpub.history.last_read import LAST_READ
from feedpub.history.ledger import LEDGER
from feedpub.history.media import files_of, media_file
from feedpub.publishing.early_exit import RACE, known_config, note_path, program
from feedpub.publishing.events import EVENTS
from feedpub.publishing.local.folder import LocalFolder
from feedpub.publishing.local.location import locate, stamps_name
from feedpub.publishing.local.manifest import MANIFEST
from feedpub.publishing.log import REJECTS
from feedpub.sources import Readings
from feedpub.sources.files import asked
from feedpub.sources.spec import SourceSpec


def note_of(settings: Settings) -> str:
    """Return the path of the note of a build that changed nothing."""
    return note_path(os.fspath(settings.file), os.fspath(settings.output.state))


def catalog_of(settings: Settings) -> Path:
    """Return the path of the catalog."""
    return settings.output.state / f"catalog-{known_config(os.fspath(settings.file))}.sqlite"


def open_catalog(
    settings: Settings, readings: Readings, *, writes: bool = True, engine: Engine | None = None
) -> Catalog:
    """Return the catalog of earlier builds. If it ``writes``, call this under the lock."""
    store = Store(catalog_of(settings), program(), RACE, writes=writes)
    return Catalog(readings, store, settings.rules.fingerprint(), engine)


def inputs(settings: Settings) -> frozenset[str]:
    """Return the files and folders that a build of ``settings`` reads, and those that it would read if they existed.

    As long as none of them changes, the input is the same. Raises :class:`SourceError` if a source is not a file of
    this machine: standard input, or a file that fsspec opens.
    """
    places = {os.fspath(file) for file in settings.files}
    for spec in settings.sources:
        places.update(asked(spec))
        places.update(asked(SourceSpec(spec.adopt, spec.base)))
    if folder := settings.output.templates:
        places.update((os.fspath(folder), *(os.fspath(file) for file in folder.iterdir())))
    return frozenset(places)


def dependencies(settings: Settings) -> frozenset[str] | None:
    """Return the :func:`inputs` of a build and what it compares them with; ``None`` if it depends on more than files.

    Settled pages, which a build does not look at, are represented by their folders.
    """
    try:
        return inputs(settings) | {*_published(settings), *_remembered(settings)}
    except (OSError, SourceError):
        # A file that cannot be read now may be different next time.
        return None


def _published(settings: Settings) -> Iterator[str]:
    folder = settings.output.dir
    manifest = LocalFolder(folder).manifest
    names = {MANIFEST, *manifest.documents, *manifest.parts}
    yield from (os.fspath(folder / name) for name in names)
    yield from {os.fspath((folder / name).parent) for name in names}


def _remembered(settings: Settings) -> Iterator[str]:
    state, memory = settings.output.state, media_file(settings.output.state, settings.output.dir)
    yield os.fspath(memory)
    yield from (os.fspath(settings.base / path) for path in files_of(memory))
    names = (LEDGER, LAST_READ, REJECTS, EVENTS, stamps_name(locate(settings.output.dir), state))
    yield from (os.fspath(state / name) for name in names)
