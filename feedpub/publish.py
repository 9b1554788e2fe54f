"""The only writer of the output folder: lock, stage, check, replace, prune, manifest.

The order is what makes it safe against a kill at any point:

1. Everything that changes is written to the staging folder, flushed to the disk and read back.
2. A journal of the names that will be new is written, so that a next run knows them for ours.
3. Each file is moved into place; a reader sees the old file or the new one, never a part.
4. Files of the last manifest that no feed owns any more are removed.
5. The manifest is moved into place, and the journal goes.

Staging lies outside the served folder where that is on the same filesystem. Nothing here knows what a feed is.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from feedpub.errors import Locked, PublishError

MANIFEST = "manifest.json"
MANIFEST_VERSION = 1

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,200}")
_MODE = 0o644


class Publishable(Protocol):
    """What can be published: bytes under a name, and what the manifest says of them."""

    @property
    def path(self) -> str: ...
    @property
    def feed(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def data(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Published:
    """One file that we wrote: its name in the output folder, SHA-256 and size in bytes."""

    path: str
    feed: str
    media_type: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was published last, by name."""

    documents: Mapping[str, Published]


@dataclass(frozen=True, slots=True)
class Changes:
    """What publishing changed, or, on a dry run, would change: names of files."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


@contextmanager
def exclusive(state: Path) -> Iterator[None]:
    """Hold the lock of ``state`` for a whole build; :class:`Locked` when another process holds it.

    ``flock`` is given back by the system when its holder dies, however it dies.
    """
    try:
        state.mkdir(parents=True, exist_ok=True)
        handle = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, _MODE)
    except OSError as error:
        raise _failure("cannot open the lock in", state, error) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Locked(f"another build is running and holds {state / 'lock'}; nothing was done") from None
        yield
    finally:
        os.close(handle)


def read_manifest(folder: Path) -> Manifest:
    """Return what the manifest in ``folder`` lists; nothing if there is none.

    Raises :class:`PublishError` when it is damaged: what is ours could then not be told from what is not.
    """
    path = folder / MANIFEST
    try:
        data = _read(path)
        content = json.loads(data) if data is not None else {"documents": []}
        documents = [Published(**document) for document in content["documents"]]
    except OSError as error:
        raise _failure("cannot read", path, error) from error
    except (ValueError, TypeError, KeyError) as error:
        raise PublishError(f"{path} is no manifest of feedpub; restore it, or remove it to begin anew") from error
    return Manifest({document.path: document for document in documents if _NAME.fullmatch(document.path)})


def read_published(folder: Path, name: str) -> bytes | None:
    """Return the bytes of one published file, or ``None`` if it is not there."""
    try:
        return _read(folder / name)
    except OSError as error:
        raise _failure("cannot read", folder / name, error) from error


def compare(documents: Sequence[Publishable], keep: Collection[str], folder: Path) -> Changes:
    """Say what :func:`publish` would change, and change nothing."""
    owned = {document.path for document in documents} | set(keep)
    written, unchanged = [], []
    for document in documents:
        same = read_published(folder, document.path) == document.data
        (unchanged if same else written).append(document.path)
    removed = [path for path in read_manifest(folder).documents if path not in owned and _exists(folder / path)]
    return Changes(tuple(written), tuple(unchanged), tuple(sorted(removed)))


def publish(documents: Sequence[Publishable], keep: Collection[str], folder: Path, state: Path) -> Changes:
    """Make ``folder`` hold ``documents``, to be called under :func:`exclusive`.

    ``keep`` names files of the last manifest that stay as they are though they are not among the documents: the
    last good version of what failed validation. Raises :class:`PublishError`; then every file is still whole,
    old or new, and the next call finishes what this one began.
    """
    for document in documents:
        if not _NAME.fullmatch(document.path):
            raise PublishError(f"{document.path!r} is no name for a published file")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        staging = _staging_folder(folder, state)
        _empty(staging)
        journal = state / "journal.json"
        previous = read_manifest(folder).documents
        ours = set(previous) | _read_journal(journal)
        owned = {document.path for document in documents} | set(keep)
        changed = [document for document in documents if _read(folder / document.path) != document.data]
        removed = sorted(path for path in ours - owned if _exists(folder / path))
        manifest = _manifest_bytes(documents, [previous[path] for path in keep if path in previous])
        if _read(folder / MANIFEST) != manifest or changed or removed:
            staged = [(_stage(staging, d.path, d.data, folder), folder / d.path) for d in changed]
            staged_manifest = _stage(staging, MANIFEST, manifest, folder)
            if any(document.path not in previous for document in changed):
                _write_journal(journal, {document.path for document in changed} | ours)
            for temporary, final in staged:
                _move(temporary, final)
            for path in removed:
                (folder / path).unlink(missing_ok=True)
            _sync_folder(folder)
            _move(staged_manifest, folder / MANIFEST)
            _sync_folder(folder)
        journal.unlink(missing_ok=True)
        staging.rmdir()
    except OSError as error:
        raise _failure("cannot publish to", folder, error) from error
    names = {document.path for document in changed}
    unchanged = tuple(document.path for document in documents if document.path not in names)
    return Changes(tuple(document.path for document in changed), unchanged, tuple(removed))


def _staging_folder(folder: Path, state: Path) -> Path:
    # A rename is atomic only within one filesystem, and a mount point's parent lies on another one.
    state.mkdir(parents=True, exist_ok=True)
    for parent, name in ((state, "staging"), (folder.parent, f".{folder.name}.staging")):
        if parent.stat().st_dev == folder.stat().st_dev:
            return parent / name
    return folder / ".staging"


def _empty(staging: Path) -> None:
    # What lies here was left by a run that was killed; the lock says that nobody is using it.
    if staging.is_symlink() or staging.is_file():
        staging.unlink()
    elif staging.exists():
        shutil.rmtree(staging)
    staging.mkdir(mode=0o700)


def _stage(staging: Path, name: str, data: bytes, folder: Path) -> Path:
    temporary = staging / name
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _MODE)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
        os.fchmod(handle, _MODE)  # whatever the umask says: a web server has to read it
        _advance_mtime(handle, folder / name)
        os.fsync(handle)  # never tried again: after a failed fsync the kernel may have dropped the pages
    finally:
        os.close(handle)
    if hashlib.sha256(temporary.read_bytes()).digest() != hashlib.sha256(data).digest():
        raise OSError(errno.EIO, "what was written reads back differently")
    return temporary


def _advance_mtime(handle: int, final: Path) -> None:
    # Web servers make ETags and Last-Modified from whole seconds of the mtime: a changed file needs another one.
    try:
        old = final.lstat().st_mtime_ns // 10**9
    except FileNotFoundError:
        return
    if os.fstat(handle).st_mtime_ns // 10**9 <= old:
        os.utime(handle, (old + 1, old + 1))


def _move(temporary: Path, final: Path) -> None:
    # Replacing works on the name: a symbolic link planted there is replaced, its target never touched.
    os.replace(temporary, final)


def _read(path: Path) -> bytes | None:
    """Return a regular file's bytes; ``None`` where there is none (a symbolic link counts as none)."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP):
            return None
        raise
    if stat.S_ISDIR(os.fstat(handle).st_mode):
        os.close(handle)
        raise IsADirectoryError(errno.EISDIR, "a folder stands where a feed belongs", str(path))
    with os.fdopen(handle, "rb") as file:
        return file.read()


def _exists(path: Path) -> bool:
    return os.path.lexists(path)


def _read_journal(journal: Path) -> set[str]:
    data = _read(journal)
    try:
        names = json.loads(data) if data else []
    except ValueError:
        return set()  # torn by a kill before anything was moved into place
    return {name for name in names if isinstance(name, str) and _NAME.fullmatch(name)}


def _write_journal(journal: Path, names: Collection[str]) -> None:
    temporary = _stage(journal.parent, f"{journal.name}.new", json.dumps(sorted(names)).encode(), journal.parent)
    _move(temporary, journal)
    _sync_folder(journal.parent)


def _manifest_bytes(documents: Sequence[Publishable], kept: Sequence[Published]) -> bytes:
    listed = [
        Published(d.path, d.feed, d.media_type, hashlib.sha256(d.data).hexdigest(), len(d.data)) for d in documents
    ]
    entries = [asdict(published) for published in sorted((*listed, *kept), key=lambda p: p.path)]
    content = {"version": MANIFEST_VERSION, "generator": "feedpub", "documents": entries}
    return (json.dumps(content, indent=1) + "\n").encode()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _failure(what: str, path: Path, error: OSError) -> PublishError:
    place = f" ({error.filename})" if error.filename and str(error.filename) != str(path) else ""
    return PublishError(f"{what} {path}{place}: {error.strerror}; every published file is still whole")
