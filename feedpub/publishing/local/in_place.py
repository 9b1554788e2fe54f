"""The layout ``files``: each file is replaced where it is, so that a reader gets the old one or the new one.

1. Everything that changes is written to a staging folder, flushed to the disk and read back.
2. A journal there lists them, so that after a kill those that no manifest knows yet are known for ours, and the others
   for newer than it says.
3. Each file is moved into place, in the order that they come in, but those first that nobody can know yet: what is
   there never leads to what is not. Then those that no feed owns any more are removed.
4. The manifest is moved into place, and the journal goes.
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
    """Return where staging may lie, best first: outside what is served, if files can be moved from there."""
    return (
        state / f"staging-{output.seen_from(state)}",
        output.path.with_name(f".{output.path.name}{STAGING_INSIDE}"),
        output.path / STAGING_INSIDE,
    )


def read_unfinished(places: tuple[Path, ...]) -> Mapping[str, Published]:
    """Return the files that a killed build may have put into the folder, by the journals it left."""
    found: dict[str, Published] = {}
    for place in places:
        if not place.is_symlink() and place.is_dir():
            with Folder(place) as staging:
                data = staging.read(_JOURNAL)
            # A damaged journal can't tell our files from the owner's, so what it knew stays.
            with contextlib.suppress(PublishError):
                found |= parse_manifest(data, place / _JOURNAL).documents if data is not None else {}
    return found


def replace_files(plan: Plan, folder: Folder, places: tuple[Path, ...]) -> None:
    """Carry out ``plan`` in ``folder``, and remove whatever a killed build left in staging."""
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
    """Return the name under which a file waits: staging has no folders in it, and no published name a ``~``."""
    return name.replace("/", "~")


def write_files(files: Sequence[File], plan: Plan, target: Folder, named: Callable[[str], str] = str) -> None:
    """Write what changed of ``files`` to ``target``, as ``named`` there, with the mtimes that they have to have.

    A compressed file is behind its document in ``files`` and gets the document's.
    """
    mtimes = {file.name: file.mtime for file in plan.files}
    for file in files:
        data = file.data
        if data is not None:
            mtime = mtimes[file.twin] if file.twin else None
            mtimes[file.name] = target.write(named(file.name), data, mtime=mtime, after=file.mtime)


def _write_journal(plan: Plan, staging: Folder) -> None:
    # On the disk, with the folder it lies in, before the first file moves.
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
        with contextlib.suppress(OSError):  # what went wrong first is what is to be told
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
    """Empty and remove a staging folder, which nobody uses as we hold the lock; ``journal``: that too.

    A folder inside it is not ours, which is an error; whatever is in its own place is replaced.
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
