"""The manifest: a list, in the output folder, of the files that feedpub put there.

It tells our files from the owner's: only files that it lists are ever removed. Anybody may have edited it, so it is
read with care.

There may be a hundred thousand files that never change again, such as the pages of old articles. They are
*settled*, and listed in parts of the manifest in their own folder, split by the first letters of their names, so that a
build reads and writes only a few parts. The manifest says which parts there are, and how many files each lists.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeAlias

from feedpub.core.errors import PublishError

MANIFEST = "manifest.json"
MANIFEST_VERSION = 1
PARTED_VERSION = 2
"""The version of a manifest with parts, or with anything else that version 1 does not have."""
COMPRESSED = ".gz"

PAGES, MEDIA = "article/", "media/"
"""The folders that we make inside the output folder."""

_NAME = re.compile(rf"(?:{PAGES}|{MEDIA})?[a-z0-9][a-z0-9._-]{{0,200}}")
PART = re.compile(rf"({PAGES[:-1]}|{MEDIA[:-1]})/manifest(?:-([a-z0-9._-]{{1,6}}))?\.json")
"""The name of a part: the folder whose files it lists, and the first letters of their names."""


Withdrawn: TypeAlias = Mapping[str, Mapping[str, object]]
"""What a site remembers about withdrawn articles, by hashes; this module does not interpret it."""


class Publishable(Protocol):
    """A file to publish: bytes under a name, and what the manifest says about them.

    If it ``yields``, it does not replace a file that the manifest does not list, unless that has the same bytes, or the
    bytes ``mark`` near its beginning: then it is ours from before a manifest was lost. ``made_of`` is stored for the
    code that makes it. If it is ``settled``, it stays in later builds that do not name it.
    """

    @property
    def path(self) -> str: ...
    @property
    def feed(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def data(self) -> bytes: ...
    @property
    def yields(self) -> bool: ...
    @property
    def mark(self) -> bytes: ...
    @property
    def made_of(self) -> str: ...
    @property
    def settled(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Published:
    """One file that we wrote: its name in the output folder, SHA-256 (hex) and size in bytes.

    ``made_of`` is a digest of what its bytes are made from, to recognise an unchanged file without making it.
    """

    path: str
    feed: str
    media_type: str
    sha256: str
    size: int
    made_of: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The published files by name; ``parts`` are the lists of settled files, each with its number of files.

    ``withdrawn`` is what is remembered about withdrawn articles.
    """

    documents: Mapping[str, Published]
    parts: Mapping[str, int] = field(default_factory=dict)
    withdrawn: Withdrawn = field(default_factory=dict)


def is_name(path: str) -> bool:
    """Say whether ``path`` can be a published file: a plain name in lower case, and not the manifest's."""
    return path != MANIFEST and _NAME.fullmatch(path) is not None


def describe(path: str, feed: str, media_type: str, data: bytes, made_of: str = "") -> Published:
    """Return the manifest's entry for ``data``."""
    return Published(path, feed, media_type, hashlib.sha256(data).hexdigest(), len(data), made_of)


def check_names(documents: Sequence[Publishable], *, gzip: bool) -> None:
    """Refuse names outside the folder, the manifest's name, and names that two files share."""
    names: set[str] = set()
    for document in documents:
        for name in (document.path, document.path + COMPRESSED) if gzip else (document.path,):
            if not is_name(name):
                raise PublishError(f"{name!r} is not a name for a published file; rename the feed")
            if name in names:
                raise PublishError(f"two documents are to be published as {name!r}; rename one of the feeds")
            names.add(name)


def manifest_bytes(
    entries: Iterable[Published],
    parts: Mapping[str, int] = MappingProxyType({}),
    withdrawn: Withdrawn = MappingProxyType({}),
) -> bytes:
    """Return the manifest with ``entries``, ``parts`` and ``withdrawn``: the same bytes for the same sets."""
    listed = sorted(entries, key=lambda entry: entry.path)
    documents = [
        {key: value for key, value in asdict(entry).items() if value or key != "made_of"} for entry in listed
    ]
    newer = bool(parts or withdrawn) or any("made_of" in document for document in documents)
    content = {
        "version": PARTED_VERSION if newer else MANIFEST_VERSION,
        "generator": "feedpub",
        "documents": documents,
    }
    if parts:
        content["parts"] = dict(sorted(parts.items()))
    if withdrawn:
        content["withdrawn"] = {mark: dict(withdrawn[mark]) for mark in sorted(withdrawn)}
    return (json.dumps(content, indent=1) + "\n").encode()


def parse_manifest(data: bytes, path: Path) -> Manifest:
    """Parse a manifest; ``path`` is its name in errors.

    Raises :class:`PublishError` if it is damaged: then our files cannot be told from the owner's.
    Entries with a name that feedpub never writes are ignored.
    """
    try:
        content = json.loads(data)
        version = content["version"]
        if type(version) is int and version > PARTED_VERSION:
            raise PublishError(f"{path} was written by a newer feedpub; build with that version")
        documents = _entries(version, content["documents"])
        parts = {name: int(count) for name, count in content.get("parts", {}).items() if PART.fullmatch(name)}
        withdrawn = {str(mark): dict(said) for mark, said in content.get("withdrawn", {}).items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise PublishError(
            f"{path} is not a manifest of feedpub; restore it, or remove it to start over; if another program uses it,"
            f" name another folder as output.dir"
        ) from error
    return Manifest(
        {document.path: document for document in documents if is_name(document.path)}, parts, withdrawn
    )


def _entries(version: object, documents: list[dict[str, object]]) -> list[Published]:
    # The annotations are texts here: the names of the two types that these fields have in JSON.
    wanted = {known.name: known.type for known in fields(Published)}
    if version not in (MANIFEST_VERSION, PARTED_VERSION) or any(
        {key: type(value).__name__ for key, value in ({"made_of": ""} | document).items()} != wanted
        for document in documents
    ):
        raise TypeError(version)
    return [Published(**document) for document in documents]  # type: ignore[arg-type]  # just checked
