"""What a build has to change in the output folder, decided before anything is touched.

Reading is all that happens here, so that a dry run and a build decide alike.
"""

from __future__ import annotations

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
    """What publishing changed, or, on a dry run, would change: names of files.

    ``altered`` are those that were to be kept, and that somebody else has changed or removed since the last build.
    ``foreign`` are those whose name a file has that is not ours; that file stays.
    """

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    altered: tuple[str, ...]
    foreign: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """One file as it will be: its manifest entry, and the document to write; ``None``: what is there is right.

    ``standing`` is what is there now, looked at before it was read, ``None`` for nothing. ``twin`` names the
    document that a compressed file belongs to and shares the mtime of. What is ``settled`` is listed in a part.
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
    """All files as they will be (documents before their compressed twins), and the names to be removed.

    ``parts`` are those of the manifest that change, or with the layout ``releases`` all; ``obsolete`` are the names of
    parts to be removed. ``begun`` are the entries of what is written, and of what the manifest in the folder does not
    list: after a kill halfway nobody would know those files for ours, nor that others are newer than it says.
    ``stamps`` are those of what is kept as it is.
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
        """Whether the folder already is as it has to be."""
        files = (*self.files, *self.parts, self.manifest)
        return not (self.removed or self.obsolete or any(file.changed for file in files))

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a folder is to hold.

    ``keep`` names files of ours that stay as they are though they are not among the ``documents``: the last good
    version of what failed its check. ``gone`` are those that go even where they are settled. All other settled files
    stay, but for those of a folder that is ``dropped``. With ``gzip``, each text has a ``name.gz`` beside it. The
    manifest remembers what is ``withdrawn``.
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
    """Decide what changes in ``folder`` (``None``: there is none yet) to make it hold what is ``wanted``.

    Of what is to be kept, files of which ``stamps`` are right are not read. ``unfinished`` lists what a killed build
    may have put into the folder before it could say so in the manifest. Of settled files only those are looked at
    that change, unless the plan is to be of the ``whole`` folder.
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
    # What comes back from among the settled is listed in the manifest again.
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
    # What is removed as well: once it is gone, nobody else would know that its part has to be cleared of it.
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
    """Return the documents that are to be there, their twins, and the files of others that have the names of some."""
    files: list[File] = []
    twins: list[File] = []
    foreign: list[str] = []
    for document in wanted.documents:
        gzip = wanted.gzip and is_text(document.media_type)
        if (
            document.yields
            and folder
            and (theirs := _theirs(document.path, ours, settled, folder, gzip=gzip))
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
    """Return the names of the files of ours that are to be kept, without those of twins."""
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
        # A settled file keeps the twin that it has.
        gzip = name + COMPRESSED in every if settled else wanted.gzip
        found = _unread(name, ours, stamps, folder, gzip=gzip) or _kept(ours[name], folder, gzip=gzip)
        kept += [replace(file, settled=settled) for file in found]
    return kept


@dataclass(frozen=True, slots=True)
class _Standing:
    """A document of which only the bytes on the disk are known."""

    path: str
    feed: str
    media_type: str
    data: bytes
    yields: bool = False
    made_of: str = ""
    settled: bool = False


def _theirs(
    name: str, ours: Mapping[str, Published], settled: SettledFiles, folder: Folder, *, gzip: bool
) -> str:
    """Return the file that has this ``name``, or that of its twin, and is not ours; an empty text for none."""
    names = (name, name + COMPRESSED) if gzip else (name,)
    return next(
        (path for path in names if path not in ours and folder.stat(path) and not settled.get(path)), ""
    )


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
    # Compared by content: another zlib packs otherwise, which is not a reason to make every reader fetch anew.
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
        found = unpacker.decompress(packed, len(data) + 1)  # the bound defuses what somebody else packed
    except zlib.error:
        return False
    return found == data and unpacker.eof and not unpacker.unused_data
