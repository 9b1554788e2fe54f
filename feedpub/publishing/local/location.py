"""Where the output folder and its releases are, and the stamps of its files: their ``stat`` when they were last read.

A file with the same ``stat`` is not read again, because there may be hundreds of closed archive documents. The stamps
are in the state folder, because they are only valid on one machine. An edit moves the mtime, a replaced file has
another inode, and a doubtful file is read: the file of stamps may be lost, old or damaged. Only a disk that loses bytes
goes unnoticed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from feedpub.core.errors import Locked, PublishError
from feedpub.publishing.local.dirfd import Folder

_RELEASE = re.compile(r"[0-9]{6,}")


@dataclass(frozen=True, slots=True)
class Output:
    """The output folder: its real path, whether it exists, and the number of the release that it shows."""

    path: Path
    exists: bool
    release: int | None = None

    @property
    def releases(self) -> Path:
        """The folder beside it for the releases, if the layout has any."""
        return self.path.with_name(f"{self.path.name}.releases")

    @property
    def shown(self) -> Path | None:
        """The plain folder that is served now; ``None`` if there is none."""
        shown = self.path if self.release is None else self.releases / release_name(self.release)
        return shown if shown.is_dir() else None

    def seen_from(self, state: Path) -> str:
        """Return a key for this folder, for the names of its files in ``state``, which several configs may share.

        It depends on the path from one folder to the other, which stays the same when the whole project is moved.
        """
        way = os.path.relpath(self.path, state.resolve())
        return hashlib.sha256(os.fsencode(way)).hexdigest()[:12]

    def target(self, release: int) -> str:
        """The target of the symbolic link at the output folder that shows ``release``."""
        return f"{self.releases.name}/{release_name(release)}"


def release_name(number: int) -> str:
    """Return the folder name of a release."""
    return f"{number:06d}"


def release_number(name: str) -> int | None:
    """Return the number of a release from the name of its folder; ``None`` for other names."""
    return int(name) if _RELEASE.fullmatch(name) else None


def locate(folder: Path) -> Output:
    """Find out what is at ``folder``.

    A symbolic link that feedpub did not make is the owner's and is followed once, here. Raises
    :class:`PublishError` if it is neither a folder nor a link to one.
    """
    # A last part such as ".." cannot be replaced.
    named = folder.name not in ("", "..")
    path = folder.parent.resolve() / folder.name if named else folder.resolve()
    if not path.name:
        raise PublishError(f"{path} cannot be published to as a whole; name a folder inside it as output.dir")
    if not path.is_symlink():
        if os.path.lexists(path) and not path.is_dir():
            raise PublishError(f"{path} is not a folder; remove it, or name another folder as output.dir")
        return Output(path, path.is_dir())
    target = str(path.readlink())
    kept_releases, _, name = target.rpartition("/")
    number = release_number(name)
    if kept_releases == f"{path.name}.releases" and number is not None:
        return Output(path, exists=True, release=number)
    if not path.is_dir():
        raise PublishError(
            f"{path} is a symbolic link that does not lead to a folder; repair it or remove it"
        )
    return locate(path.parent / target)


def check_unmoved(output: Output) -> None:
    """Raise :class:`Locked` if another build replaced the output folder before it was locked."""
    if locate(output.path) != output:
        raise Locked(f"another build has just published to {output.path}; nothing was done")


class Stamp(NamedTuple):
    """The SHA-256 of a file, and its inode, size and mtime (in nanoseconds) when it was read."""

    sha256: str
    inode: int
    size: int
    mtime: int


def stamp(sha256: str, status: os.stat_result) -> Stamp:
    """Return the stamp of a file whose ``status`` was taken before it was read with this hash."""
    # Without the ctime: each hard link that a release makes or removes changes it.
    return Stamp(sha256, status.st_ino, status.st_size, status.st_mtime_ns)


def stamps_name(output: Output, state: Path) -> str:
    """Return the name of the file of stamps for ``output`` in the state folder."""
    return f"stamps-{output.seen_from(state)}.json"


def read_stamps(state: Folder, name: str) -> dict[str, Stamp]:
    """Return the stamps in ``name`` of the state folder by the files' names; none if that file is damaged."""
    try:
        return {file: Stamp(*values) for file, values in json.loads(state.read(name) or b"{}").items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def write_stamps(state: Folder, name: str, stamps: Mapping[str, Stamp]) -> None:
    """Write ``stamps`` to ``name`` in the state folder; without stamps, remove that file.

    A torn or missing file only makes the next build read more, so errors are ignored.
    """
    with contextlib.suppress(OSError):
        state.remove(name)
        if stamps:
            state.write(name, json.dumps(stamps).encode())
