"""Which files a pattern matches: like ``glob``, but errors are raised, and links do not lead outside."""

from __future__ import annotations

import errno
import fnmatch
import glob
import os
import stat
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

# A path that does not or cannot exist matches nothing. Any other error would hide files that exist.
_NOT_THERE = frozenset([errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG])


def mode_of(path: Path, *, follow: bool = True) -> int:
    """Return the mode of what ``path`` leads to, 0 if nothing. Raises ``OSError`` if that is unknown."""
    try:
        return path.stat(follow_symlinks=follow).st_mode
    except ValueError:  # a NUL in a pattern
        return 0
    except OSError as error:
        if error.errno in _NOT_THERE:
            return 0
        raise


class _Place(NamedTuple):
    """A folder on the way: its name, its real path, and the next part of the pattern."""

    name: str
    real: str
    part: int


class Walk:
    """Follows ``pattern`` from the folder ``base``.

    ``found`` are the matching names, relative to ``base`` or absolute like the pattern; a folder is among them if the
    last part names it. ``foreign`` are links that were not followed, because they lead out of both ``base`` and the
    pattern's fixed root, the part before its first wildcard, which may itself be a link.
    ``asked`` are all paths that were looked at, existing or not: while they do not change, neither does the rest. A
    folder that is reached in several ways is searched once, so circular links end.
    Raises ``OSError`` for a folder that cannot be searched.
    """

    def __init__(self, base: Path, pattern: str) -> None:
        drive, rest = os.path.splitdrive(pattern.replace(os.sep, "/"))
        start = f"{drive}/" if rest.startswith("/") else drive
        parts = rest.lstrip("/").split("/")
        fixed = list(takewhile(lambda part: not glob.has_magic(part), parts))
        self.found: list[str] = []
        self.foreign: set[str] = set()
        self._searched: set[str] = set()
        self._base = base
        self._parts = [
            part for at, part in enumerate(parts) if not (part == "**" and parts[at - 1 : at] == ["**"])
        ]
        root = os.path.join(start, *fixed)  # noqa: PTH118 - the user's own spelling
        real = os.path.realpath(base / root)
        self._homes = (os.path.realpath(base), real)
        if len(fixed) == len(parts):
            self._searched.add(root)
            self.found += [root] if mode_of(base / root, follow=False) else []
            return
        self._seen: set[tuple[str, int]] = set()
        self._links: list[_Place] = []
        self._todo = [_Place(root, real, len(fixed))]
        # Links are followed last, so that a folder is searched under its own name.
        while self._todo or self._links:
            place = self._todo.pop() if self._todo else self._links.pop()
            if (place.real, place.part) not in self._seen:
                self._seen.add((place.real, place.part))
                self._search(place)

    @property
    def asked(self) -> set[str]:
        """The names of all paths that decide what is found, in the form of ``found``."""
        return {*self._searched, *self.found, *self.foreign}

    def _search(self, place: _Place) -> None:
        part = self._parts[place.part]
        last = place.part + 1 == len(self._parts)
        if part == "**":
            if not last:
                self._todo.append(place._replace(part=place.part + 1))
            for name, is_link in self._entries(place.name, "*"):
                self._take(place, name, place.part, is_link=is_link, takes_files=last)
            return
        if glob.has_magic(part):
            entries = self._entries(place.name, part)
        else:
            self._searched.add(os.path.join(place.name, part))  # noqa: PTH118
            mode = mode_of(self._base / place.name / part, follow=False)
            entries = iter([(part, stat.S_ISLNK(mode))] if mode else [])
        for name, is_link in entries:
            self._take(place, name, place.part + 1, is_link=is_link, takes_files=last)

    def _take(self, place: _Place, entry: str, part: int, *, is_link: bool, takes_files: bool) -> None:
        """Take a matching entry: go on with ``part`` in a folder, or note its name if the pattern ends here."""
        name, real = os.path.join(place.name, entry), os.path.join(place.real, entry)  # noqa: PTH118
        if is_link:
            real = os.path.realpath(real)
            if not any(real == home or real.startswith(os.path.join(home, "")) for home in self._homes):  # noqa: PTH118
                # If only folders are wanted, a file is no loss.
                if takes_files or os.path.isdir(real):  # noqa: PTH112 - what cannot be told is not a folder
                    self.foreign.add(name)
                return
        if part < len(self._parts):
            if stat.S_ISDIR(mode_of(self._base / name)):
                (self._links if is_link else self._todo).append(_Place(name, real, part))
                return
            if not takes_files:
                return
        if takes_files:
            self.found.append(name)

    def _entries(self, folder: str, part: str) -> Iterator[tuple[str, bool]]:
        """Yield the names in a folder that a part of the pattern matches, without hidden ones, and which are links."""
        self._searched.add(folder)
        try:
            with os.scandir(self._base / folder) as entries:
                for entry in entries:
                    if entry.name.startswith(".") == part.startswith(".") and fnmatch.fnmatch(
                        entry.name, part
                    ):
                        yield entry.name, entry.is_symlink()
        except OSError as error:
            if error.errno not in _NOT_THERE:
                raise
