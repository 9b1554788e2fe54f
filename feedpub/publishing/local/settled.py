"""The parts of the manifest: lists of settled files, read and written only if needed.

Each part lists the files of one folder whose names begin with the same letters. The number of letters depends only on
the number of files. So the same files have the same parts, in whatever order they were added.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from feedpub.publishing.local.dirfd import Folder
from feedpub.publishing.local.manifest import PART, Published, manifest_bytes, parse_manifest

MOST_IN_PART = 1_000
"""The average number of files in a part before each is split in sixteen (names of pages are hexadecimal)."""

_SPLIT = 16


@dataclass(frozen=True, slots=True)
class Revision:
    """The new parts: the number of files in each, and the bytes of parts that change, by name."""

    counts: Mapping[str, int]
    changed: Mapping[str, bytes]


class SettledFiles:
    """The files in ``folder`` (``None``: there is none yet) that its ``parts`` list; parts are read on demand."""

    def __init__(self, folder: Folder | None, parts: Mapping[str, int]) -> None:
        self._folder = folder
        self._counts = parts
        self._read: dict[str, dict[str, Published]] = {}
        self._letters = {match[1]: len(match[2] or "") for part in parts if (match := PART.fullmatch(part))}

    def get(self, path: str) -> Published | None:
        """Return the entry of ``path``, if a part lists it."""
        part = _part(path, self._letters)
        return self._entries(part).get(path) if part in self._counts else None

    def all(self, folder: str = "") -> dict[str, Published]:
        """Return all entries by name, or those of a ``folder``; this reads every part of it."""
        parts = (part for part in self._counts if part.startswith(folder))
        return {path: entry for part in parts for path, entry in self._entries(part).items()}

    def revised(self, added: Iterable[Published], gone: Collection[str]) -> Revision:
        """Return the parts with ``added`` files, which may be there already, and without those that are ``gone``."""
        new = {entry.path: replace(entry, made_of="") for entry in added}
        if not new and not gone:
            return Revision(self._counts, {})
        lists: dict[str, dict[str, Published]] = {}
        letters = {path.rpartition("/")[0]: 0 for path in new} | self._letters
        for path in (*new, *gone):
            part = _part(path, letters)
            listed = lists.setdefault(part, dict(self._entries(part)))
            if path in new:
                listed[path] = new[path]
            else:
                listed.pop(path, None)
        counts = dict(self._counts) | {part: len(listed) for part, listed in lists.items()}
        wanted = _letters(counts)
        if wanted != {folder: known for folder, known in letters.items() if folder in wanted}:
            whole = {part: self._entries(part) for part in self._counts} | lists
            lists = _split((entry for listed in whole.values() for entry in listed.values()), wanted)
            counts = {part: len(listed) for part, listed in lists.items()}
        return Revision(
            {part: count for part, count in counts.items() if count},
            {part: manifest_bytes(listed.values()) for part, listed in lists.items() if listed},
        )

    def _entries(self, part: str) -> dict[str, Published]:
        if part not in self._read:
            data = self._folder.read(part) if self._folder and part in self._counts else None
            found = (
                parse_manifest(data, self._folder.path / part) if self._folder and data is not None else None
            )
            self._read[part] = dict(found.documents) if found else {}
        return self._read[part]


def _part(path: str, letters: Mapping[str, int]) -> str:
    folder, _, name = path.rpartition("/")
    start = name[: letters.get(folder, 0)]
    return f"{folder}/manifest-{start}.json" if start else f"{folder}/manifest.json"


def _letters(counts: Mapping[str, int]) -> dict[str, int]:
    """Return by folder how many letters the names of its parts need, from the ``counts`` of files in them."""
    files: dict[str, int] = defaultdict(int)
    for part, count in counts.items():
        files[part.rpartition("/")[0]] += count
    found: dict[str, int] = {}
    for folder, count in files.items():
        letters = 0
        while count > MOST_IN_PART * _SPLIT**letters:
            letters += 1
        found[folder] = letters
    return found


def _split(entries: Iterable[Published], letters: Mapping[str, int]) -> dict[str, dict[str, Published]]:
    parts: dict[str, dict[str, Published]] = {}
    for entry in entries:
        parts.setdefault(_part(entry.path, letters), {})[entry.path] = entry
    return parts
