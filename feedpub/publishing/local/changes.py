"""What a build has to change in the output folder, decided before anything is touched.

Reading is all that happens here, so that a dry run and a build decide alike.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from feedpub.publishing.local.dirfd import Folder
from feedpub.publishing.local.location import Stamp, stamp
from feedpub.publishing.local.manifest import (
    COMPRESSED,
    MANIFEST,
    Manifest,
    Publishable,
    Published,
    describe,
    manifest_bytes,
    parse_manifest,
)

_GZIP = 16 + zlib.MAX_WBITS  # RFC 1952, with zlib's largest window
_GZIP_TYPE = "application/gzip"
_GZIP_SYSTEM = 9  # where the header names the operating system; 255 is "unknown"


@dataclass(frozen=True, slots=True)
class Changes:
    """What publishing changed, or, on a dry run, would change: names of files.

    ``altered`` are those that were to be kept, and that somebody else has changed or removed since the last build.
    ``foreign`` are those in whose place a file stands that is not ours, and stays.
    """

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    altered: tuple[str, ...]
    foreign: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """One file as it will stand: its manifest entry, and the document to write; ``None``: what stands is right.

    ``standing`` is what is there now, looked at before it was read, ``None`` for nothing. ``twin`` names the
    document that a compressed file belongs to and shares the mtime of.
    """

    entry: Published
    source: Publishable | None
    standing: os.stat_result | None
    twin: str | None = None

    @property
    def name(self) -> str:
        """The file's name in the output folder."""
        return self.entry.path

    @property
    def changed(self) -> bool:
        """Whether it has to be written."""
        return self.source is not None

    @property
    def data(self) -> bytes | None:
        """The bytes to write, made when they are asked for: all of them at once may be more than memory holds."""
        if self.source is None:
            return None
        return pack(self.source.data) if self.twin else self.source.data

    @property
    def mtime(self) -> int | None:
        """The mtime of what is there now, in nanoseconds."""
        return self.standing.st_mtime_ns if self.standing else None


@dataclass(frozen=True, slots=True)
class Plan:
    """All files as they will stand (documents before their compressed twins), and the names to be removed.

    ``fresh`` are entries that the manifest in the folder does not list: after a kill halfway nobody would know
    those files for ours. ``stamps`` are those of what is kept as it is.
    """

    files: tuple[File, ...]
    manifest: File
    removed: tuple[str, ...]
    fresh: tuple[Published, ...]
    altered: tuple[str, ...]
    foreign: tuple[str, ...]
    stamps: Mapping[str, Stamp]

    @property
    def idle(self) -> bool:
        """Whether the folder already is as it has to be."""
        return not (self.removed or self.manifest.changed or any(file.changed for file in self.files))

    @property
    def changes(self) -> Changes:
        """The same in names."""
        return Changes(
            tuple(file.name for file in self.files if file.changed),
            tuple(file.name for file in self.files if not file.changed),
            self.removed,
            self.altered,
            self.foreign,
        )


def read_listing(folder: Folder | None) -> Manifest:
    """Return the manifest in ``folder``; an empty one if there is none."""
    data = folder.read(MANIFEST) if folder else None
    return parse_manifest(data, folder.path / MANIFEST) if folder and data is not None else Manifest({})


def make_plan(
    documents: Sequence[Publishable],
    keep: Collection[str],
    folder: Folder | None,
    unfinished: Mapping[str, Published],
    stamps: Mapping[str, Stamp],
    *,
    gzip: bool,
) -> Plan:
    """Decide what changes in ``folder`` (``None``: there is none yet) to make it hold ``documents``.

    ``keep`` names files of ours that stay as they are, if they are there; those of which ``stamps`` are right are
    not read. ``unfinished`` lists what a killed build may have put into the folder before it could say so in the
    manifest.
    """
    previous = read_listing(folder).documents
    ours = {**unfinished, **previous}
    files: list[File] = []
    twins: list[File] = []
    foreign: list[str] = []
    for document in documents:
        if document.yields and folder and (theirs := _theirs(document.path, ours, folder, gzip=gzip)):
            foreign.append(theirs)
            continue
        file = _planned(document, folder)
        files.append(file)
        if gzip:
            twins.append(_compressed(file, document, folder))
    made = {document.path for document in documents}
    kept: list[File] = []
    altered: list[str] = []
    for name in sorted(name for name in keep if folder and name in ours and name not in made):
        assert folder
        found = _unread(name, ours, stamps, folder, gzip=gzip) or _kept(ours[name], folder, gzip=gzip)
        kept += found
        if not found or found[0].entry.sha256 != ours[name].sha256:
            altered.append(name)
    files += [file for file in kept if not file.twin]
    files += [*twins, *(file for file in kept if file.twin)]
    names = {file.name for file in files}
    entries = [file.entry for file in files]
    removed = sorted(name for name in ours if name not in names and folder and folder.holds_file(name))
    listing = manifest_bytes(entries)
    fresh = [*entries, *(unfinished[name] for name in sorted(unfinished.keys() - names))]
    return Plan(
        files=tuple(files),
        manifest=_planned(_Standing(MANIFEST, "", "application/json", listing), folder),
        removed=tuple(removed),
        fresh=tuple(entry for entry in fresh if entry.path not in previous),
        altered=tuple(altered),
        foreign=tuple(foreign),
        stamps={f.name: stamp(f.entry.sha256, f.standing) for f in kept if f.standing and not f.changed},
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """A document of which only the bytes on the disk are known."""

    path: str
    feed: str
    media_type: str
    data: bytes
    yields: bool = False


def _theirs(name: str, ours: Mapping[str, Published], folder: Folder, *, gzip: bool) -> str:
    """Return the file that stands under ``name``, or as its twin, and is not ours; an empty text for none."""
    names = (name, name + COMPRESSED) if gzip else (name,)
    return next((path for path in names if path not in ours and folder.stat(path)), "")


def _unread(
    name: str, ours: Mapping[str, Published], stamps: Mapping[str, Stamp], folder: Folder, *, gzip: bool
) -> list[File]:
    """Return what is to be kept, with its twin, as the manifest lists it; nothing if it has to be read."""
    files: list[File] = []
    wanted: list[tuple[str, str | None]] = [(name, None)]
    if gzip:
        wanted.append((name + COMPRESSED, name))
    for path, twin in wanted:
        entry, status = ours.get(path), folder.stat(path)
        if not entry or not status or stamps.get(path) != stamp(entry.sha256, status):
            return []
        files.append(File(entry, None, status, twin))
    return files if len({file.mtime for file in files}) == 1 else []


def _kept(listed: Published, folder: Folder, *, gzip: bool) -> list[File]:
    """Return what is to be kept, with its twin, as it is: a killed build may have put newer bytes there."""
    status = folder.stat(listed.path)
    data = folder.read(listed.path)
    if data is None:
        return []
    file = File(describe(listed.path, listed.feed, listed.media_type, data), None, status)
    document = _Standing(listed.path, listed.feed, listed.media_type, data)
    return [file, _compressed(file, document, folder)] if gzip else [file]


def _planned(document: Publishable, folder: Folder | None) -> File:
    data = document.data
    entry = describe(document.path, document.feed, document.media_type, data)
    status = folder.stat(document.path) if folder else None
    standing = folder.read(document.path, size=entry.size) if folder else None
    return File(entry, None if standing == data else document, status)


def _compressed(document: File, source: Publishable, folder: Folder | None) -> File:
    name = document.name + COMPRESSED
    status = folder.stat(name) if folder else None
    standing = folder.read(name) if folder else None
    # Compared by content: another zlib packs otherwise, which is no reason to make every reader fetch anew.
    fits = not document.changed and status is not None and status.st_mtime_ns == document.mtime
    if fits and standing is not None and _unpacks_to(standing, source.data):
        entry = describe(name, document.entry.feed, _GZIP_TYPE, standing)
        return File(entry, None, status, twin=document.name)
    entry = describe(name, document.entry.feed, _GZIP_TYPE, pack(source.data))
    return File(entry, source, status, twin=document.name)


def pack(data: bytes) -> bytes:
    """Return ``data`` as gzip (RFC 1952) without time, name or system: the same bytes for the same input."""
    packer = zlib.compressobj(level=9, wbits=_GZIP)
    packed = bytearray(packer.compress(data) + packer.flush())
    packed[_GZIP_SYSTEM] = 255
    return bytes(packed)


def _unpacks_to(packed: bytes, data: bytes) -> bool:
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        found = unpacker.decompress(packed, len(data) + 1)  # the bound defuses what somebody else packed
    except zlib.error:
        return False
    return found == data and unpacker.eof and not unpacker.unused_data
