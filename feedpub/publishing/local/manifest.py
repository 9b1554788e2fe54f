"""The manifest: the list, inside the output folder, of what feedpub put there.

It is what tells our files from the owner's: nothing that it does not list is ever removed. It is read as
something that anybody may have edited.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Protocol

from feedpub.core.errors import PublishError

MANIFEST = "manifest.json"
MANIFEST_VERSION = 1
COMPRESSED = ".gz"

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,200}")


class Publishable(Protocol):
    """What can be published: bytes under a name, and what the manifest says of them.

    Where a file stands under the name of one that ``yields``, and the manifest does not list it, that file stays.
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


@dataclass(frozen=True, slots=True)
class Published:
    """One file that we wrote: its name in the output folder, SHA-256 (hex) and size in bytes."""

    path: str
    feed: str
    media_type: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was published last, by name."""

    documents: Mapping[str, Published]


def is_name(path: str) -> bool:
    """Say whether ``path`` can be a published file: a plain name in lower case, and not the manifest's."""
    return path != MANIFEST and _NAME.fullmatch(path) is not None


def describe(path: str, feed: str, media_type: str, data: bytes) -> Published:
    """Return the manifest's entry for ``data``."""
    return Published(path, feed, media_type, hashlib.sha256(data).hexdigest(), len(data))


def check_names(documents: Sequence[Publishable], *, gzip: bool) -> None:
    """Refuse names that leave the folder, that are the manifest's, or that two files would share."""
    names: set[str] = set()
    for document in documents:
        for name in (document.path, document.path + COMPRESSED) if gzip else (document.path,):
            if not is_name(name):
                raise PublishError(f"{name!r} is not a name for a published file; rename the feed")
            if name in names:
                raise PublishError(f"two documents are to be published as {name!r}; rename one of the feeds")
            names.add(name)


def manifest_bytes(entries: Iterable[Published]) -> bytes:
    """Return the manifest that lists ``entries``: the same bytes for the same set."""
    documents = [asdict(entry) for entry in sorted(entries, key=lambda entry: entry.path)]
    content = {"version": MANIFEST_VERSION, "generator": "feedpub", "documents": documents}
    return (json.dumps(content, indent=1) + "\n").encode()


def parse_manifest(data: bytes, path: Path) -> Manifest:
    """Return the manifest that ``data`` is; ``path`` is the name that errors give.

    Raises :class:`PublishError` when it is damaged: what is ours could then not be told from what is not.
    Entries whose name can be none of ours are passed over.
    """
    try:
        content = json.loads(data)
        version = content["version"]
        if type(version) is int and version > MANIFEST_VERSION:
            raise PublishError(f"{path} was written by a newer feedpub; build with that one")
        documents = _entries(version, content["documents"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise PublishError(
            f"{path} is not a manifest of feedpub; restore it, or remove it to begin anew, or, if it is another"
            f" program's, name another folder as output.dir"
        ) from error
    return Manifest({document.path: document for document in documents if is_name(document.path)})


def _entries(version: object, documents: list[dict[str, object]]) -> list[Published]:
    # The annotations are text here, and just the names of the two types that JSON has for them.
    wanted = {field.name: field.type for field in fields(Published)}
    if version != MANIFEST_VERSION or any(
        {key: type(value).__name__ for key, value in document.items()} != wanted for document in documents
    ):
        raise TypeError(version)
    return [Published(**document) for document in documents]  # type: ignore[arg-type]  # just checked
