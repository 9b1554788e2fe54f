"""The files in folders by extension, before anything else is known, and patterns that match some of them."""

from __future__ import annotations

import glob
import os
import stat
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from feedpub.sources.files import is_leftover
from feedpub.sources.readers import COMPRESSED
from feedpub.sources.walk import mode_of

# Folders that programs fill, with packages or with output made from the articles.
_FILLED = frozenset(("node_modules", "bower_components", "site-packages", "__pycache__", "_site"))
# With more places, a pattern for each would be hard to read.
_FEW = 3

Place: TypeAlias = tuple[Path, bool]
"""A folder, and whether its subfolders belong to it."""
Verdicts: TypeAlias = Mapping[Path, bool | None]
"""Whether each file of a kind has articles; ``None`` if that is unknown."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in a folder: its files by extension, sorted, and ``top``, the names directly in it.

    ``closed`` are the folders that were skipped, and that patterns must avoid; ``unreadable`` are those of them that
    cannot be read, with the reason.
    """

    folder: Path
    groups: Mapping[str, tuple[Path, ...]]
    top: frozenset[str]
    closed: frozenset[Path]
    unreadable: Mapping[Path, str]


def look(folder: Path, passed_over: Collection[Path]) -> Looked:
    """Return what is in ``folder``, except hidden files, folders that programs fill, and ``passed_over``."""
    groups: dict[str, list[Path]] = defaultdict(list)
    closed: set[Path] = set()
    unreadable: dict[Path, str] = {}
    top: frozenset[str] = frozenset()
    own = {path.resolve() for path in passed_over}

    def note(error: OSError) -> None:
        place = Path(error.filename)
        closed.add(place)
        unreadable[place] = error.strerror or str(error)

    for place, folders, names in os.walk(folder, onerror=note):
        here = Path(place)
        top = top or frozenset((*folders, *names))
        closed.update(here / name for name in folders if _is_filled(here / name))
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and here / name not in closed and (here / name).resolve() not in own
        )
        for name in sorted(names):
            path = here / name
            is_input = not (name.startswith(".") or is_leftover(name) or path.resolve() in own)
            if is_input and _is_file(path):
                groups[ending(name)].append(path)
    found = {each: tuple(paths) for each, paths in sorted(groups.items())}
    return Looked(folder, found, top, frozenset(closed), unreadable)


def _is_filled(folder: Path) -> bool:
    # Walking reports what cannot be read.
    return folder.name in _FILLED or os.path.exists(folder / "pyvenv.cfg")  # noqa: PTH110


def _is_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(mode_of(path))
    except OSError:
        return False


def ending(name: str) -> str:
    """Return the extension of a file's name, with that of its compression: ``.csv.gz``."""
    for compressed in COMPRESSED:
        if name.lower().endswith(compressed):
            cut = len(name) - len(compressed)
            return PurePosixPath(name[:cut]).suffix + name[cut:]
    return PurePosixPath(name).suffix


def patterns(looked: Looked, verdicts: Verdicts, kind: str, base: Path) -> tuple[str, ...]:
    """Return the patterns, relative to ``base``, that match the files of an extension where articles are.

    A folder whose files of that extension have no articles is left out, if few patterns are enough.
    """
    return tuple(_pattern(place, kind, base) for place in _Places(looked, verdicts).found)


def whole_pattern(looked: Looked, kind: str, base: Path) -> str:
    """Return the pattern that matches all files of an extension, also in folders that were skipped."""
    folders = {path.parent for path in looked.groups[kind]}
    return _pattern((Path(os.path.commonpath(folders)), len(folders) > 1), kind, base)


def _pattern(place: Place, kind: str, base: Path) -> str:
    folder, is_deep = place
    relative = glob.escape(Path(os.path.relpath(folder, base)).as_posix())
    return str(PurePosixPath(relative) / ("**" if is_deep else "") / f"*{glob.escape(kind)}")


class _Places:
    """Finds the folders of a tree that have articles."""

    def __init__(self, looked: Looked, verdicts: Verdicts) -> None:
        self._closed = looked.closed
        self._verdicts = _of_folders(verdicts)
        # If each article has a folder, there will be more folders.
        self._deep = {path.parent.parent for path, found in verdicts.items() if found and is_bundle(path)}
        self._below: dict[Path, set[Path]] = defaultdict(set)
        for folder in self._verdicts:
            inner = folder
            while inner != looked.folder:
                self._below[inner.parent].add(inner)
                inner = inner.parent
        self.found = tuple(self._places(looked.folder)[0])

    def _places(self, folder: Path) -> tuple[list[Place], bool]:
        """Return the places in ``folder``, and whether all of it has articles."""
        below = sorted(self._below[folder])
        own = self._verdicts.get(folder)
        found: list[Place] = [(folder, False)] if own else []
        if not below:
            return found, own is not False
        inner = [self._places(each) for each in below]
        found += [place for places, _ in inner for place in places]
        is_clean = all(clean for _, clean in inner) and own is not False
        if not found or any(closed.is_relative_to(folder) for closed in self._closed):
            return found, is_clean
        is_choice = folder not in self._deep and _is_choice(found, folder)
        # A folder that only contains another one is not a place of articles.
        if is_choice and (not is_clean or (len(found) == 1 and not own)):
            return found, is_clean
        return [(folder, True)], is_clean


def _of_folders(verdicts: Verdicts) -> Verdicts:
    """Return whether folders have articles: yes for unread ones, ``None`` if no file shows it."""
    folders: dict[Path, set[bool | None]] = defaultdict(set)
    for path, verdict in verdicts.items():
        if not (verdict is False and _says_nothing(path)):
            folders[path.parent].add(verdict)
    return {
        path.parent: None if not (found := folders[path.parent]) else True in found or False not in found
        for path in verdicts
    }


def _is_choice(found: Sequence[Place], folder: Path) -> bool:
    """Say whether ``found`` will stay complete: folders named after years will not."""
    steps = [place.relative_to(folder).parts for place, _ in found]
    return len(found) <= _FEW and not any(part[0].isdigit() for part in steps if part)


def is_bundle(path: Path) -> bool:
    """Say whether a file represents its folder, such as ``index.md``."""
    return path.name.partition(".")[0] == "index"


def _says_nothing(path: Path) -> bool:
    """Say whether a file is about its folder, and so does not show what the other files are."""
    return path.name.partition(".")[0].lower() in ("_index", "readme", "changelog", "license")
