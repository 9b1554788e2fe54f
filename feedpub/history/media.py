"""What is remembered about files beside articles: what their bytes say, and which entries name them.

It is in the state folder and may be lost: then files are measured again, and the published documents say which
entries name them.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from feedpub.articles.ids import page_path
from feedpub.core.errors import PublishError
from feedpub.documents.readback import PublishedEntry
from feedpub.sources.media import Measured

_VERSION = "feedpub media 1"
_NAMED = re.compile(rb"media/[0-9a-f]{16}\.[a-z0-9]{2,5}")

_LOST = (OSError, ValueError, LookupError, TypeError, AttributeError)

Stamp = tuple[int, ...]
"""The ``stat`` of a file: as long as it is the same, so are its bytes."""


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A published file that no article names any more: since when, and which pages named it before."""

    since: datetime
    owners: frozenset[str]


@dataclass(frozen=True, slots=True)
class MediaMemory:
    """What earlier builds know.

    ``files`` are the measurements, by path from the config's folder, each with the stamp for which it is valid. The
    stamp may be empty; a missing file has no measurement. ``named`` are the names of published files by the pages of
    the articles that name them; ``unnamed`` are files that no article names.
    """

    files: Mapping[str, tuple[Stamp, Measured | None]] = field(default_factory=dict)
    named: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unnamed: Mapping[str, Unnamed] = field(default_factory=dict)


class _Published(Protocol):
    @property
    def media(self) -> Mapping[str, str]: ...
    @property
    def settled_pages(self) -> Iterable[str]: ...
    def read(self, name: str) -> bytes | None: ...


def stamp_of(status: os.stat_result) -> Stamp:
    """Return the values by which a change of a file shows: its times in nanoseconds, its size and its inode."""
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def without_young(memory: MediaMemory, since: int) -> MediaMemory:
    """Return ``memory`` without the stamps of files that changed ``since`` then, in nanoseconds of the epoch.

    Such a file may change again with the same stamp.
    """
    files = {
        path: ((), measured) if max(stamp[:2], default=0) >= since else (stamp, measured)
        for path, (stamp, measured) in memory.files.items()
    }
    return replace(memory, files=files)


def media_file(state: Path, output: Path) -> Path:
    """Return the path of the memory for an ``output`` folder; several may share a ``state`` folder."""
    told = hashlib.sha256(os.path.relpath(output, state).encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return state / f"media-{told}.json"


def read_media(
    file: Path, published: _Published, authority: str, entries: Iterable[PublishedEntry]
) -> MediaMemory:
    """Return the memory in ``file``; if it is lost or damaged, published entries say which files they name.

    ``entries`` are those of the published documents, ``authority`` mints their ids.
    """
    try:
        return _remembered(file)
    except _LOST:
        return MediaMemory(named=_read_back(published, authority, entries))


def _remembered(file: Path) -> MediaMemory:
    told = json.loads(file.read_bytes())[_VERSION]
    return MediaMemory(
        {
            path: (tuple(stamp), Measured(*measured) if measured else None)
            for path, (stamp, measured) in told["files"].items()
        },
        {owner: frozenset(names) for owner, names in told["named"].items()},
        {
            name: Unnamed(datetime.fromisoformat(since), frozenset(owners))
            for name, (since, owners) in told["unnamed"].items()
        },
    )


def _read_back(
    published: _Published, authority: str, entries: Iterable[PublishedEntry]
) -> dict[str, frozenset[str]]:
    if not published.media:
        return {}
    texts = {path: published.read(path) or b"" for path in published.settled_pages}
    for entry in entries:
        files = [entry.html or "", entry.image or "", *(enclosure.url for enclosure in entry.enclosures)]
        texts[page_path(authority, entry.id)] = " ".join(files).encode("utf-8", "surrogatepass")
    found = {
        owner: published.media.keys() & {name.decode() for name in _NAMED.findall(text)}
        for owner, text in texts.items()
    }
    return {owner: frozenset(names) for owner, names in found.items() if names}


def files_of(file: Path) -> Collection[str]:
    """Return the paths of the files that the last build looked at, from the config's folder, as ``file`` remembers."""
    try:
        return _remembered(file).files.keys()
    except _LOST:
        return ()


def write_media(file: Path, memory: MediaMemory) -> None:
    """Replace the memory in ``file``. Raises :class:`PublishError` if that is not possible."""
    told = {
        "files": dict(sorted(memory.files.items())),
        "named": {owner: sorted(names) for owner, names in sorted(memory.named.items())},
        "unnamed": {
            name: [gone.since.isoformat(), sorted(gone.owners)]
            for name, gone in sorted(memory.unnamed.items())
        },
    }
    new = file.with_name(f"{file.name}.new")
    try:
        new.write_text(json.dumps({_VERSION: told}), encoding="utf-8")
        new.replace(file)
    except OSError as error:
        raise PublishError(
            f"the feeds are published, but {file} cannot be written: {error.strerror}; the next build measures all"
            " media again"
        ) from error
