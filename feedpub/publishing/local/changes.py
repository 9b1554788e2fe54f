"""Decides what a build has to change in the output folder, before anything is touched.

This module only reads, so a dry run and a build decide the same.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from feedpub.core.media_types import is_text
from feedpub.publishing.local.dirfd import Folder
from feedpub.publishing.local.location import Stamp, stamp
from feedpub.publishing.local.manifest import (
    COMPRESSED,
    MANIFEST,
    PART,
    Manifest,
    Publishable,
    Published,
    Withdrawn,
    describe,
    manifest_bytes,
    parse_manifest,
)
from feedpub.publishing.local.settled import SettledFiles

_GZIP = 16 + zlib.MAX_WBITS  # RFC 1952, with zlib's largest window
_GZIP_TYPE = "application/gzip"
JSON_TYPE = "application/json"
_GZIP_SYSTEM = 9  # where the header names the operating system; 255 is "unknown"


@dataclass(frozen=True, slots=True)
class Changes:
    """What publishing changed, or would change on a dry run: names of files.

    ``altered`` files were to be kept, but somebody else has changed or removed them since the last build.
    ``foreign`` names belong to files of the owner, which stay.
    """

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    altered: tuple[str, ...]
    foreign: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """One file as it will be: its manifest entry, and the document to write, ``None`` if the file is right already.

    ``standing`` is the ``stat`` of the present file, taken before it was read; ``None`` if there is none. ``twin``
    names the document that a compressed file belongs to; both have the same mtime. If it is ``settled``, a part of the
    manifest lists it.
    """

    entry: Published
    source: Publishable | None
    standing: os.stat_result | None
    twin: str | None = None
    settled: bool = False

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
        """The bytes to write, made on demand: all of them at once may not fit into memory."""
        if self.source is None:
            return None
        return pack(self.source.data) if self.twin else self.source.data

    @property
    def mtime(self) -> int | None:
        """The mtime of the present file, in nanoseconds."""
        return self.standing.st_mtime_ns if self.standing else None


@dataclass(frozen=True, slots=True)
class Plan:
    """All files as they will be (documents before their compressed twins), and the names to be removed.

    ``parts`` are the parts of the manifest that change (with the layout ``releases``, all); ``obsolete`` are the names
    of parts to be removed. ``begun`` are the entries of files that are written, or that the manifest in the folder does
    not list: after a kill, only this tells that those files are ours, or newer than the manifest says.
    ``stamps`` are those of unchanged files.
    """

    files: tuple[File, ...]
    parts: tuple[File, ...]
    manifest: File
    removed: tuple[str, ...]
    obsolete: tuple[str, ...]
    begun: tuple[Published, ...]
    altered: tuple[str, ...]
    foreign: tuple[str, ...]
    stamps: Mapping[str, Stamp]

    @property
    def idle(self) -> bool:
        """Whether there is nothing to change."""
        files = (*self.files, *self.parts, self.manifest)
        return not (self.removed or self.obsolete or any(file.changed for file in files))

    @property
    def changes(self) -> Changes:
        """The changes, as names of files."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The files that a folder shall contain.

    ``keep`` names files of ours that stay although they are not among the ``documents``: the last good
    versions of documents that failed their check. ``gone`` files are removed even if they are settled. All other
    settled files stay, except in a folder that is ``dropped``. With ``gzip``, each text has a ``name.gz`` beside it.
    The manifest remembers what is ``withdrawn``.
    """

    documents: Sequence[Publishable]
    keep: Collection[str] = ()
    gone: Collection[str] = ()
    dropped: str = ""
    gzip: bool = False
    withdrawn: Withdrawn = field(default_factory=dict)


def make_plan(
    wanted: Wanted,
    folder: Folder | None,
    unfinished: Mapping[str, Published],
    stamps: Mapping[str, Stamp],
    *,
    whole: bool = False,
) -> Plan:
    """Decide what to change in ``folder`` (``None``: there is none yet) so that it contains the ``wanted`` files.

    Files that stay are not read if their ``stamps`` are right. ``unfinished`` lists files that a killed build
    may have put into the folder before it could write the manifest. Of settled files, only those that change are
    looked at, unless the plan must cover the ``whole`` folder.
    """
    manifest = read_listing(folder)
    settled = SettledFiles(folder, manifest.parts)
    every = settled.all() if whole else settled.all(wanted.dropped) if wanted.dropped else {}
    listed = {**every, **unfinished, **manifest.documents}
    ours = {path: entry for path, entry in listed.items() if not PART.fullmatch(path)}
    made, twins, foreign = _made(wanted, ours, settled, folder)
    kept = _kept_files(wanted, ours, manifest.documents, every, stamps, folder)
    files = [*made, *(f for f in kept if not f.twin), *twins, *(f for f in kept if f.twin)]
    names = {file.name for file in files}
    removed = {name for name in ours if name not in names and folder and folder.holds_file(name)}
    withdrawn = {path for name in wanted.gone for path in (name, name + COMPRESSED)} - names
    removed |= {path for path in withdrawn if folder and folder.holds_file(path) and settled.get(path)}
    # Settled files that are documents again are listed in the manifest itself.
    back = {f.name for f in files if not f.settled and f.standing and f.name not in manifest.documents}
    revision = settled.revised(
        (file.entry for file in files if file.settled),
        {path for path in {*removed, *back, *every, *unfinished} - (names - back) if "/" in path},
    )
    parts = [
        _planned(_Standing(part, "", JSON_TYPE, data), folder) for part, data in revision.changed.items()
    ]
    if whole and folder:
        same = [
            (part, folder.read(part)) for part in sorted(revision.counts.keys() - revision.changed.keys())
        ]
        parts += [
            _planned(_Standing(part, "", JSON_TYPE, data), folder) for part, data in same if data is not None
        ]
    entries = (file.entry for file in files if not file.settled)
    listing = manifest_bytes(entries, revision.counts, wanted.withdrawn)
    known = {**manifest.documents, **every, **dict.fromkeys(manifest.parts)}
    begun = [
        file.entry
        for file in (*files, *parts)
        if file.changed or file.name not in known or file.name in unfinished
    ]
    # Removed files, too: once they are gone, nothing else would tell that their part must drop them.
    begun += [
        entry
        for name in sorted(removed - known.keys())
        if (entry := settled.get(name) or unfinished.get(name))
    ]
    begun += [
        unfinished[name] for name in sorted(unfinished.keys() - names - removed - revision.counts.keys())
    ]
    return Plan(
        files=tuple(files),
        parts=tuple(parts),
        manifest=_planned(_Standing(MANIFEST, "", JSON_TYPE, listing), folder),
        removed=tuple(sorted(removed)),
        obsolete=tuple(
            sorted(
                part
                for part in {*manifest.parts, *filter(PART.fullmatch, unfinished)} - revision.counts.keys()
                if folder and folder.holds_file(part)
            )
        ),
        begun=tuple(begun),
        altered=tuple(f.name for f in kept if not f.twin and f.entry.sha256 != ours[f.name].sha256)
        + tuple(sorted(_asked(wanted, ours, every, folder) - names)),
        foreign=tuple(foreign),
        stamps={f.name: stamp(f.entry.sha256, f.standing) for f in kept if f.standing and not f.changed},
    )


def _made(
    wanted: Wanted, ours: Mapping[str, Published], settled: SettledFiles, folder: Folder | None
) -> tuple[list[File], list[File], list[str]]:
    """Return the documents that shall be there, their twins, and the names that belong to files of the owner."""
    files: list[File] = []
    twins: list[File] = []
    foreign: list[str] = []
    for document in wanted.documents:
        gzip = wanted.gzip and is_text(document.media_type)
        if (
            document.yields
            and folder
            and (theirs := _theirs(document.path, ours, settled, folder, gzip=gzip))
            and not is_ours(
                folder.read(document.path), hashlib.sha256(document.data).hexdigest(), document.mark
            )
        ):
            foreign.append(theirs)
            continue
        file = _planned(document, folder)
        files.append(file)
        if gzip:
            twins.append(_compressed(file, document, folder))
    return files, twins, foreign


def _asked(
    wanted: Wanted, ours: Mapping[str, Published], every: Mapping[str, Published], folder: Folder | None
) -> set[str]:
    """Return the names of our files that stay, without those of twins."""
    if folder is None:
        return set()
    staying = (path for path in every if not (wanted.dropped and path.startswith(wanted.dropped)))
    names = {*wanted.keep, *staying} & ours.keys()
    return names - {document.path for document in wanted.documents} - {*wanted.gone} - _twins(names)


def _twins(names: Collection[str]) -> set[str]:
    return {name for name in names if name.endswith(COMPRESSED) and name.removesuffix(COMPRESSED) in names}


def _kept_files(
    wanted: Wanted,
    ours: Mapping[str, Published],
    listed: Mapping[str, Published],
    every: Mapping[str, Published],
    stamps: Mapping[str, Stamp],
    folder: Folder | None,
) -> list[File]:
    kept: list[File] = []
    for name in sorted(_asked(wanted, ours, every, folder)):
        assert folder
        settled = name in every and name not in listed
        # A settled file keeps its twin.
        gzip = name + COMPRESSED in every if settled else wanted.gzip
        found = _unread(name, ours, stamps, folder, gzip=gzip) or _kept(ours[name], folder, gzip=gzip)
        kept += [replace(file, settled=settled) for file in found]
    return kept


# How many bytes of a file are searched for the mark.
_HEAD = 1024


@dataclass(frozen=True, slots=True)
class _Standing:
    """A document of which we only know the bytes on the disk."""

    path: str
    feed: str
    media_type: str
    data: bytes
    yields: bool = False
    mark: bytes = b""
    made_of: str = ""
    settled: bool = False


def _theirs(
    name: str, ours: Mapping[str, Published], settled: SettledFiles, folder: Folder, *, gzip: bool
) -> str:
    """Return a file with this ``name``, or that of its twin, which is not ours; an empty text if there is none."""
    names = (name, name + COMPRESSED) if gzip else (name,)
    return next(
        (path for path in names if path not in ours and folder.stat(path) and not settled.get(path)), ""
    )


def is_ours(data: bytes | None, digest: str, mark: bytes) -> bool:
    """Return whether a file with these bytes, which no manifest lists, is ours from before the manifest was lost.

    ``digest`` is the SHA-256 (in hexadecimal) of the document that has its name, ``mark`` that of the document.
    """
    if data is None:
        return False
    return hashlib.sha256(data).hexdigest() == digest or (mark != b"" and mark in data[:_HEAD])


def _unread(
    name: str, ours: Mapping[str, Published], stamps: Mapping[str, Stamp], folder: Folder, *, gzip: bool
) -> list[File]:
    """Return a file that stays, with its twin, as the manifest lists them; nothing if they have to be read."""
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
    """Read a file that stays, with its twin: a killed build may have put newer bytes there."""
    status = folder.stat(listed.path)
    data = folder.read(listed.path)
    if data is None:
        return []
    file = File(describe(listed.path, listed.feed, listed.media_type, data, listed.made_of), None, status)
    document = _Standing(listed.path, listed.feed, listed.media_type, data)
    return [file, _compressed(file, document, folder)] if gzip else [file]


def _planned(document: Publishable, folder: Folder | None) -> File:
    data = document.data
    entry = describe(document.path, document.feed, document.media_type, data, document.made_of)
    status = folder.stat(document.path) if folder else None
    standing = folder.read(document.path, size=entry.size) if folder else None
    return File(entry, None if standing == data else document, status, settled=document.settled)


def _compressed(document: File, source: Publishable, folder: Folder | None) -> File:
    name = document.name + COMPRESSED
    status = folder.stat(name) if folder else None
    standing = folder.read(name) if folder else None
    # Compare the content: another zlib compresses differently, and that is no reason for readers to fetch it again.
    fits = not document.changed and status is not None and status.st_mtime_ns == document.mtime
    if fits and standing is not None and _unpacks_to(standing, source.data):
        entry = describe(name, document.entry.feed, _GZIP_TYPE, standing)
        return File(entry, None, status, twin=document.name, settled=document.settled)
    entry = describe(name, document.entry.feed, _GZIP_TYPE, pack(source.data))
    return File(entry, source, status, twin=document.name, settled=document.settled)


def pack(data: bytes) -> bytes:
    """Return ``data`` as gzip (RFC 1952) without time, name or system: the same bytes for the same input."""
    packer = zlib.compressobj(level=9, wbits=_GZIP)
    packed = bytearray(packer.compress(data) + packer.flush())
    packed[_GZIP_SYSTEM] = 255
    return bytes(packed)


def _unpacks_to(packed: bytes, data: bytes) -> bool:
    unpacker = zlib.decompressobj(wbits=_GZIP)
    try:
        found = unpacker.decompress(packed, len(data) + 1)  # the limit protects against a foreign gzip bomb
    except zlib.error:
        return False
    return found == data and unpacker.eof and not unpacker.unused_data
