"""The only writer of the output folder: lock, plan, write, replace, prune, manifest.

exclusive( locate | plan | replace_files )            the layout ``files``
exclusive( locate | plan | show_release | prune )     the layout ``releases``

After a kill at any point, every file is old or new and none is torn, and the next call finishes or undoes the rest.
Only files that the manifest lists are ever removed. This package does not know what a feed is. ``docs/publishing.md``
says what is promised to operators.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Literal

from feedpub.publishing.local.changes import JSON_TYPE, Changes, Plan, Wanted, make_plan, read_listing
from feedpub.publishing.local.dirfd import Folder, failure, make_folder
from feedpub.publishing.local.in_place import read_unfinished, replace_files, staging_places
from feedpub.publishing.local.location import (
    Output,
    Stamp,
    check_unmoved,
    locate,
    read_stamps,
    stamps_name,
    write_stamps,
)
from feedpub.publishing.local.manifest import (
    COMPRESSED,
    MANIFEST,
    MEDIA,
    PAGES,
    Manifest,
    Published,
    Withdrawn,
    check_names,
    describe,
    is_name,
)
from feedpub.publishing.local.releases import (
    open_releases,
    refuse_foreign,
    remove_releases,
    show_plain,
    show_release,
)
from feedpub.publishing.local.settled import SettledFiles

Layout = Literal["files", "releases"]
LAYOUTS: tuple[Layout, ...] = ("files", "releases")


@dataclass(frozen=True)
class LocalFolder:
    """The published set in a folder of this machine; its manifest is read once.

    ``state`` is the state folder, which is only needed for :attr:`begun`.
    """

    path: Path
    state: Path | None = None

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest. Raises what :func:`read_manifest` raises."""
        return read_manifest(self.path)

    @property
    def documents(self) -> Mapping[str, Published]:
        """The files that the manifest lists, by name."""
        return self.manifest.documents

    @property
    def withdrawn(self) -> Withdrawn:
        """The withdrawals that the manifest remembers, by their marks."""
        return self.manifest.withdrawn

    @cached_property
    def media(self) -> Mapping[str, str]:
        """The SHA-256 (hex) of each file in the folder for media, by name, without compressed twins.

        Files that an unfinished build put there are not included: they are published if a later build needs them.
        """
        return {
            path: entry.sha256
            for path, entry in self._settled(MEDIA).items()
            if path not in self.begun and not path.endswith(COMPRESSED)
        }

    @property
    def settled_pages(self) -> Collection[str]:
        """The names of the pages that are settled."""
        return self._settled(PAGES).keys()

    def _settled(self, folder: str) -> Mapping[str, Published]:
        if not any(part.startswith(folder) for part in self.manifest.parts):
            return {}
        try:
            with _shown(locate(self.path)) as shown:
                return SettledFiles(shown, self.manifest.parts).all(folder)
        except OSError as error:
            raise failure("cannot read", self.path, error) from error

    @cached_property
    def begun(self) -> tuple[str, ...]:
        """The names of published files that an unfinished build may have replaced."""
        try:
            output = locate(self.path)
            names = read_unfinished(staging_places(output, self.state)) if self.state else {}
            if not names:
                return ()
            with _shown(output) as shown:
                settled = SettledFiles(shown, self.manifest.parts)
                return tuple(name for name in names if name in self.documents or settled.get(name))
        except OSError as error:
            raise failure("cannot read what an unfinished build left in", self.path, error) from error

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a published file, or ``None`` if it is missing."""
        return read_published(self.path, name)

    def holds(self, name: str) -> bool:
        """Say whether a published file exists."""
        return (self.path / name).is_file()


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest in ``folder``; an empty one if there is none.

    Raises :class:`PublishError` if it is damaged: then our files cannot be told from the owner's.
    """
    try:
        with _shown(locate(folder)) as shown:
            return read_listing(shown)
    except OSError as error:
        raise failure("cannot read the manifest in", folder, error) from error


def read_published(folder: Path, name: str) -> bytes | None:
    """Return the bytes of one published file, or ``None`` if it is not there."""
    try:
        with _shown(locate(folder)) as shown:
            return shown.read(name) if shown and is_name(name) else None
    except OSError as error:
        raise failure("cannot read", folder / name, error) from error


def find_published(folder: Path, name: str) -> tuple[Published, bytes] | None:
    """Return the entry and the bytes of a published file, settled or not; ``None`` if it is missing."""
    try:
        with _shown(locate(folder)) as shown:
            manifest = read_listing(shown)
            entry = manifest.documents.get(name) or SettledFiles(shown, manifest.parts).get(name)
            data = shown.read(name) if shown and entry else None
            return (entry, data) if entry and data is not None else None
    except OSError as error:
        raise failure("cannot read", folder / name, error) from error


def manifest_data(folder: Path) -> bytes | None:
    """Return the bytes of the manifest in ``folder``, ``None`` if there is none."""
    try:
        with _shown(locate(folder)) as shown:
            return shown.read(MANIFEST) if shown else None
    except OSError as error:
        raise failure("cannot read the manifest in", folder, error) from error


def read_set(folder: Path) -> tuple[dict[str, Published], bytes | None]:
    """Return the files of the published set by name, including settled ones and parts, and the manifest's bytes."""
    try:
        with _shown(locate(folder)) as shown:
            manifest = read_listing(shown)
            files = {**SettledFiles(shown, manifest.parts).all(), **manifest.documents}
            for part in manifest.parts:
                if shown and (data := shown.read(part)) is not None:
                    files[part] = describe(part, "", JSON_TYPE, data)
            return files, shown.read(MANIFEST) if shown else None
    except OSError as error:
        raise failure("cannot read", folder, error) from error


def compare(wanted: Wanted, folder: Path, state: Path | None = None, *, layout: Layout = "files") -> Changes:
    """Return what :func:`publish` would change, or raise what it would refuse; change nothing.

    Without ``state``, leftovers of a killed build are not included.
    """
    check_names(wanted.documents, gzip=wanted.gzip)
    try:
        output = locate(folder)
        unfinished = read_unfinished(staging_places(output, state)) if state else {}
        stamps: Mapping[str, Stamp] = {}
        if state and state.is_dir():
            with Folder(state) as known:
                stamps = read_stamps(known, stamps_name(output, state))
        with _shown(output) as shown:
            whole = layout == "releases" or output.release is not None
            plan = make_plan(wanted, shown, unfinished, stamps, whole=whole)
            if whole:
                refuse_foreign(output, plan, shown)
    except OSError as error:
        raise failure("cannot read", folder, error) from error
    return plan.changes


def publish(wanted: Wanted, folder: Path, state: Path, *, layout: Layout = "files") -> Changes:
    """Make ``folder`` contain the ``wanted`` files. Call this under :func:`exclusive`.

    Raises :class:`PublishError`; then every file is still whole, old or new, and the next call finishes or
    undoes what this one began.
    """
    check_names(wanted.documents, gzip=wanted.gzip)
    try:
        make_folder(state)
        # This refuses a link, through which staging would be made and cleared in another place.
        with Folder(state) as known:
            output = locate(folder)
            name = stamps_name(output, state)
            stamps = read_stamps(known, name)

            def make(shown: Folder | None, unfinished: Mapping[str, Published]) -> Plan:
                return make_plan(wanted, shown, unfinished, stamps, whole=whole)

            places = staging_places(output, state)
            whole = layout == "releases" or output.release is not None
            plan = (
                _publish_release(make, output, places, layout)
                if whole
                else _publish_files(make, output, places)
            )
            if plan.stamps != stamps:
                write_stamps(known, name, plan.stamps)
    except OSError as error:
        raise failure("cannot publish to", folder, error) from error
    return plan.changes


Planner = Callable[[Folder | None, Mapping[str, Published]], Plan]


def _publish_files(make: Planner, output: Output, places: tuple[Path, ...]) -> Plan:
    make_folder(output.path)
    output = replace(output, exists=True)
    with Folder(output.path) as shown:
        shown.lock()
        check_unmoved(output)
        plan = make(shown, read_unfinished(places))
        replace_files(plan, shown, places)
        remove_releases(output)
    return plan


def _publish_release(make: Planner, output: Output, places: tuple[Path, ...], layout: Layout) -> Plan:
    with open_releases(output) as kept_releases, _shown(output) as shown:
        plain = shown is not None and output.release is None
        unfinished: Mapping[str, Published] = {}
        if shown and plain:
            shown.lock()
            unfinished = read_unfinished(places)
        first = plan = make(shown, unfinished)
        refuse_foreign(output, plan, shown)
        if shown and plain and any(os.path.lexists(place) for place in places):
            # Finish in the plain folder what a killed build began there, before the folder is replaced.
            replace_files(plan, shown, places)
            plan = make(shown, {})
        if layout == "files":
            show_plain(plan, output, kept_releases, shown)
        elif shown is None or plain or not plan.idle:
            show_release(plan, output, kept_releases, shown)
    return first


@contextmanager
def _shown(output: Output) -> Iterator[Folder | None]:
    """Open the folder that is now served, if there is one."""
    if output.shown is None:
        yield None
    else:
        with Folder(output.shown) as folder:
            yield folder
