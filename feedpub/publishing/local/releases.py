"""The layout ``releases``: the output folder is a symbolic link, and changing it replaces all files at once.

1. The next release is made as a folder beside the output: first its manifest, so that its files are known to be ours
   after a kill, then every file, flushed and read back. Unchanged files are hard links to the old ones.
2. A symbolic link to it replaces the one at the output folder in one step.
3. All releases except the shown one and the previous one are removed, by their manifests.

When the layout changes, the link and the plain folder change places in one step.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from feedpub.core.errors import PublishError
from feedpub.publishing.local.changes import File, Plan, read_listing
from feedpub.publishing.local.dirfd import FOLDER_MODE, Folder, make_folder
from feedpub.publishing.local.in_place import STAGING_INSIDE, write_files
from feedpub.publishing.local.location import (
    Output,
    check_unmoved,
    locate,
    release_name,
    release_number,
    stamp,
)
from feedpub.publishing.local.manifest import MANIFEST
from feedpub.publishing.local.settled import SettledFiles

KEPT = 2

_NEXT = "next"
_SHOWN = 5  # how many foreign names an error lists
_CANNOT_SWAP = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP})


def refuse_foreign(output: Output, plan: Plan, folder: Folder | None) -> None:
    """Refuse to replace a whole folder if it contains files that are not ours."""
    if output.release is None and output.exists and output.path.is_mount():
        raise PublishError(
            f"{output.path} is a mount point, which no link can replace; name a folder inside it as output.dir,"
            f" or set output.layout to files"
        )
    if folder is None:
        return
    files = {file.name for file in (*plan.files, *plan.parts)} | {*plan.removed, *plan.obsolete}
    inside = {name.rpartition("/")[0] for name in files} - {""}
    ours = {MANIFEST, STAGING_INSIDE, *files, *inside}
    there = [*folder.names(), *(name for part in sorted(inside) for name in folder.names(part))]
    foreign = [name for name in there if name not in ours]
    if foreign:
        names = ", ".join(foreign[:_SHOWN]) + (" …" if len(foreign) > _SHOWN else "")
        # A release is replaced in either layout.
        other = ", or set output.layout to files" if output.release is None else ""
        raise PublishError(
            f"{output.path} contains what its manifest does not list ({names}), and replacing the folder"
            f" would take it offline; move it elsewhere{other}"
        )


@contextmanager
def open_releases(output: Output) -> Iterator[Folder]:
    """Open and lock the folder of the releases, and remove leftovers of a killed build."""
    make_folder(output.releases)
    try:
        with Folder(output.releases) as kept_releases:
            kept_releases.lock()
            check_unmoved(output)
            _prune(kept_releases, output.release)
            yield kept_releases
    finally:
        _remove_if_empty(output.releases)


def show_release(plan: Plan, output: Output, kept_releases: Folder, shown: Folder | None) -> None:
    """Carry out ``plan`` as a new release, and make the output folder a link to it."""
    plain = output.release is None and output.exists
    number = (output.release or int(plain)) + 1
    # A plain folder becomes the previous release: the link that changes places with it waits under that name.
    link = release_name(number - 1) if plain else _NEXT
    with _new_release(plan, output, kept_releases, number, shown), Folder(output.path.parent) as parent:
        kept_releases.point(link, output.target(number))
        if plain:
            _swap(kept_releases, link, parent, output)
        else:
            kept_releases.move(link, parent, output.path.name)
        parent.sync()
    _prune(kept_releases, number)


def show_plain(plan: Plan, output: Output, kept_releases: Folder, shown: Folder | None) -> None:
    """Carry out ``plan`` as a plain folder that replaces the link, and remove all releases."""
    number = (output.release or 0) + 1
    with _new_release(plan, output, kept_releases, number, shown), Folder(output.path.parent) as parent:
        _swap(kept_releases, release_name(number), parent, output)
        parent.sync()
    _prune(kept_releases, None)


def remove_releases(output: Output) -> None:
    """Remove the releases that a killed build left beside a plain folder, if everything in them is ours."""
    if not output.releases.is_symlink() and output.releases.is_dir():
        with open_releases(output):
            pass


def _swap(kept_releases: Folder, name: str, parent: Folder, output: Output) -> None:
    try:
        kept_releases.swap(name, parent, output.path.name)
    except OSError as error:
        if error.errno not in _CANNOT_SWAP:
            raise
        raise PublishError(
            f"this system cannot change the layout of {output.path} in one step, so nothing was changed;"
            f" move that folder away while nobody reads it, and build again"
        ) from error


@contextmanager
def _new_release(
    plan: Plan, output: Output, kept_releases: Folder, number: int, shown: Folder | None
) -> Iterator[None]:
    """Write the release to the disk; if that or showing it fails, remove it."""
    path = kept_releases.path / release_name(number)
    try:
        path.mkdir()
        path.chmod(FOLDER_MODE)  # whatever the umask is
        with Folder(path) as release:
            for files in ((plan.manifest,), (*plan.parts, *plan.files)):
                write_files(files, plan, release)
                if shown:
                    _carry_over([file for file in files if not file.changed], plan, shown, release)
                release.sync()
        kept_releases.sync()
        yield
    except BaseException:
        # Report the first error. If the release is shown already, it stays for the next build.
        with contextlib.suppress(OSError, PublishError):
            if locate(output.path) == output:
                _prune(kept_releases, output.release)
        raise


def _carry_over(files: Iterable[File], plan: Plan, shown: Folder, release: Folder) -> None:
    for file in files:
        linked = shown.link(file.name, release)
        status = release.stat(file.name)
        if status and plan.stamps.get(file.name) == stamp(file.entry.sha256, status):
            continue
        data = (release if linked else shown).read(file.name)
        if data is None or hashlib.sha256(data).hexdigest() != file.entry.sha256:
            raise OSError(errno.EIO, "what was published reads back differently", file.name)
        if not linked:
            release.write(file.name, data, mtime=file.mtime)


def _prune(kept_releases: Folder, shown: int | None) -> None:
    """Remove all releases except ``shown`` and the previous one, and a link that was not moved into place."""
    for name in kept_releases.names():
        number = release_number(name)
        if kept_releases.holds_file(name):
            if number is not None or name == _NEXT:
                kept_releases.remove(name)
        elif number is not None and (shown is None or not shown - KEPT < number <= shown):
            _remove_release(kept_releases, name)


def _remove_release(kept_releases: Folder, name: str) -> None:
    with Folder(kept_releases.path / name) as release:
        files: list[str] = []
        # The manifest is written first, then its parts: if a kill tore one of these, there are no other files of ours.
        with contextlib.suppress(PublishError):
            listed = read_listing(release)
            files += (*listed.documents, *listed.parts)
            files += SettledFiles(release, listed.parts).all()
        for file in files:
            if release.holds_file(file):
                release.remove(file)
        for inside in {file.rpartition("/")[0] for file in files} - {""}:
            release.remove_folder(inside)
        release.remove(MANIFEST)  # the list last, so that it survives a kill
    _remove_if_empty(kept_releases.path / name)


def _remove_if_empty(path: Path) -> None:
    try:
        path.rmdir()
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):  # the rest is not ours
            raise
