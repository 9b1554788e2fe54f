"""The layout ``files``: each file is replaced in place, so that a reader gets the old one or the new one.

1. Everything that changes is written to a staging folder, flushed to the disk and read back.
2. A journal there lists these files. So after a kill, it is known that they are ours, although no manifest lists them,
   or that they are newer than the manifest says.
3. Each file is moved into place, new files first, otherwise in the given order, so that no link ever leads to a missing
   file. Then the files that no feed needs any more are removed.
4. The manifest is moved into place, and the journal is removed.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from feedpub.core.errors import PublishError
from feedpub.publishing.local.changes import File, Plan
from feedpub.publishing.local.dirfd import Folder
from feedpub.publishing.local.location import Output
from feedpub.publishing.local.manifest import Published, manifest_bytes, parse_manifest

STAGING_INSIDE = ".feedpub-staging"

_JOURNAL = ".journal"  # no published name begins with a dot
_NOT_HERE = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def staging_places(output: Output, state: Path) -> tuple[Path, ...]:
    """Return places for staging, best first: outside the served folder, if files can be moved from there."""
    return (
        state / f"staging-{output.seen_from(state)}",
        output.path.with_name(f".{output.path.name}{STAGING_INSIDE}"),
        output.path / STAGING_INSIDE,
    )


def read_unfinished(places: tuple[Path, ...]) -> Mapping[str, Published]:
    """Return the files that a killed build may have put into the folder, from its journals."""
    found: dict[str, Published] = {}
    for place in places:
        if not place.is_symlink() and place.is_dir():
            with Folder(place) as staging:
                data = staging.read(_JOURNAL)
            # A damaged journal can't tell our files from the owner's, so they stay.
            with contextlib.suppress(PublishError):
                found |= parse_manifest(data, place / _JOURNAL).documents if data is not None else {}
    return found


def replace_files(plan: Plan, folder: Folder, places: tuple[Path, ...]) -> None:
    """Carry out ``plan`` in ``folder``, and remove leftovers of a killed build from staging."""
    for place in places:
        _sweep(place, journal=False)
    if not plan.idle:
        with _staging(places, folder) as staging:
            changed = [file for file in (*plan.files, *plan.parts, plan.manifest) if file.changed]
            write_files(changed, plan, staging, _staged)
            if plan.begun:
                _write_journal(plan, staging)
            for file in sorted(changed, key=lambda file: file.standing is not None):
                if file is not plan.manifest:
                    staging.move(_staged(file.name), folder, file.name)
            for name in (*plan.removed, *plan.obsolete):
                folder.remove(name)
            folder.sync()
            for inside in {name.rpartition("/")[0] for name in (*plan.removed, *plan.obsolete)} - {""}:
                folder.remove_folder(inside)
            if plan.manifest.changed:
                staging.move(plan.manifest.name, folder, plan.manifest.name)
                folder.sync()
    for place in places:
        _sweep(place, journal=True)


def _staged(name: str) -> str:
    """Return the name of a file in staging, which has no subfolders; no published name contains a ``~``."""
    return name.replace("/", "~")


def write_files(files: Sequence[File], plan: Plan, target: Folder, named: Callable[[str], str] = str) -> None:
    """Write the changed ``files`` to ``target``, under the names that ``named`` returns, with their mtimes.

    A compressed file comes after its document in ``files`` and gets the same mtime.
    """
    mtimes = {file.name: file.mtime for file in plan.files}
    for file in files:
        data = file.data
        if data is not None:
            mtime = mtimes[file.twin] if file.twin else None
            mtimes[file.name] = target.write(named(file.name), data, mtime=mtime, after=file.mtime)


def _write_journal(plan: Plan, staging: Folder) -> None:
    # The journal and its folder must be on the disk before the first file moves.
    new = f"{_JOURNAL}.new"
    staging.write(new, manifest_bytes(plan.begun))
    staging.move(new, staging, _JOURNAL)
    staging.sync()
    with Folder(staging.path.parent) as parent:
        parent.sync()


@contextmanager
def _staging(places: tuple[Path, ...], folder: Folder) -> Iterator[Folder]:
    staging = _open_staging(places, folder)
    try:
        with staging:
            yield staging
    except BaseException:
        with contextlib.suppress(OSError):  # report the first error
            _sweep(staging.path, journal=False)
        raise


def _open_staging(places: tuple[Path, ...], folder: Folder) -> Folder:
    for place in places[:-1]:
        if place.parent.stat().st_dev != folder.path.stat().st_dev:
            continue
        try:
            place.mkdir(mode=0o700, exist_ok=True)
            staging = Folder(place)
        except OSError as error:
            if error.errno in _NOT_HERE:
                continue
            raise
        if staging.reaches(folder):
            return staging
        with staging:
            _sweep(place, journal=False)
    places[-1].mkdir(mode=0o700, exist_ok=True)
    return Folder(places[-1])


def _sweep(place: Path, *, journal: bool) -> None:
    """Empty and remove a staging folder, with its ``journal`` if true. Nobody else uses it, because we have the lock.

    A folder inside it is not ours and is an error; anything else in its place is replaced.
    """
    if not os.path.lexists(place):
        return
    if place.is_symlink() or not place.is_dir():
        place.unlink()
        return
    with Folder(place) as staging:
        for name in staging.names():
            if journal or name != _JOURNAL:
                staging.remove(name)
        empty = not staging.names()
    if empty:
        place.rmdir()
