"""Copies the published set to a store that fsspec reaches: only changes, in an order that leaves no broken links.

lock | what is there | upload | remove | manifest | unlock

The manifest of the store says what is there, and is written last. An interrupted deploy leaves its lock, which
lists all files that it may have changed; for these, the next deploy does not trust the manifest. Only files that one of
the two lists are removed.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from feedpub.core.errors import Locked, PublishError
from feedpub.core.media_types import with_charset
from feedpub.documents.pages.site import MADE_BY_US
from feedpub.planning.routing import Progress
from feedpub.publishing.local.changes import JSON_TYPE, is_ours
from feedpub.publishing.local.dirfd import exclusive
from feedpub.publishing.local.folder import manifest_data, read_published, read_set
from feedpub.publishing.local.manifest import (
    MANIFEST,
    MEDIA,
    PAGES,
    PART,
    Published,
    describe,
    is_name,
    parse_manifest,
)

LOCK = ".feedpub-deploy.json"
OUTCOMES = "deploys.json"
STALE = 3600
"""In seconds: after that time, the lock of a deploy from another machine has expired."""

_BATCH = 64
# Pages never replace the owner's files, but documents that people subscribe to do, as in the output folder.
_PAGES = frozenset(("text/html", "text/css", "image/svg+xml", "application/xml"))
_SOON = "public, max-age=300"
_FOR_GOOD = "public, max-age=31536000, immutable"


class Store(Protocol):
    """A folder of files elsewhere. All errors are :class:`PublishError`."""

    def read(self, name: str) -> bytes | None:
        """Return a file's bytes, ``None`` if it does not exist."""
        ...

    def names(self, inside: str = "") -> frozenset[str]:
        """Return the names of the files in the folder, or in the one ``inside`` it."""
        ...

    def write(self, files: Mapping[str, bytes], media_type: str, cache_control: str) -> None:
        """Write files that are served as ``media_type``; each is the old one or the new one, never a part."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file if it exists."""
        ...


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a deploy did, by names; ``foreign`` are the owner's files that have the names of pages, and stay."""

    uploaded: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    foreign: tuple[str, ...] = ()


def deploy(
    folder: Path, state: Path, to: str, store: Store, now: int, progress: Progress | None = None
) -> Deployed:
    """Copy the published set of ``folder`` to ``store``; ``to`` is its address, ``now`` in seconds of the epoch.

    Raises :class:`PublishError` if something fails: then each file there is whole, and the next deploy continues.
    :class:`Locked` says that another deploy is running.
    """
    key = hashlib.sha256(to.encode()).hexdigest()[:12]
    with exclusive(state, f"deploy-{key}.lock", "deploy"):
        journal = _Journal(state / f"deploy-{key}.jsonl")
        here, data = read_set(folder)
        if data is None:
            raise PublishError(f"nothing has been published in {folder} yet; run feedpub build first")
        plan = _plan(here, data, store, journal, to, now)
        if plan.is_done:
            return Deployed(unchanged=len(here), foreign=plan.foreign)
        _Deploy(folder, store, journal, progress).run(plan, data, here, now)
        return Deployed(plan.upload, plan.remove, len(here) - len(plan.upload), plan.foreign)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What has to be uploaded, in order, and removed. An earlier deploy may have changed ``doubtful`` files."""

    upload: tuple[str, ...]
    remove: tuple[str, ...]
    foreign: tuple[str, ...]
    doubtful: frozenset[str]
    is_done: bool


def _plan(
    here: Mapping[str, Published], manifest: bytes, store: Store, journal: _Journal, to: str, now: int
) -> _Plan:
    lock = _parse_lock(store.read(LOCK))
    if lock is None or lock.token != journal.token:
        # Another deploy replaced our lock and may have changed everything since.
        journal.forget()
    if lock and lock.token != journal.token and now - lock.at < STALE:
        raise Locked(
            f"another deploy to {to} began {max(now - lock.at, 0) // 60} minutes ago; if it has died, remove"
            f" {LOCK} there, or wait an hour"
        )
    doubtful = lock.changed if lock else frozenset()
    listed = store.read(MANIFEST)
    there = _read_there(listed, store, to)
    known = {path: entry.sha256 for path, entry in there.items() if path not in doubtful}
    known |= journal.uploaded
    changed = [path for path, entry in here.items() if known.get(path) != entry.sha256]
    foreign = _foreign(here, (path for path in changed if path not in there and path not in doubtful), store)
    upload = sorted((path for path in changed if path not in foreign), key=lambda path: _turn(here[path]))
    gone = ({*there, *doubtful} - here.keys()) - {MANIFEST}
    return _Plan(
        tuple(upload),
        tuple(sorted(gone)),
        tuple(sorted(foreign)),
        doubtful,
        is_done=not (upload or gone or lock) and listed == manifest,
    )


class _Deploy:
    def __init__(self, folder: Path, store: Store, journal: _Journal, progress: Progress | None) -> None:
        self._folder = folder
        self._store = store
        self._journal = journal
        self._progress = progress or (lambda _done, _total, _articles: None)

    def run(self, plan: _Plan, manifest: bytes, here: Mapping[str, Published], now: int) -> None:
        token = self._journal.token or secrets.token_hex(8)
        # Note the token here before the lock is there: otherwise we might have to wait for our own lock.
        self._journal.begin(token)
        lock = _Lock(token, now, frozenset((*plan.upload, *plan.remove, *plan.doubtful)))
        self._store.write({LOCK: lock.data}, JSON_TYPE, "no-store")
        if (found := _parse_lock(self._store.read(LOCK))) is None or found.token != token:
            raise Locked("another deploy began at the same moment; nothing was done")
        total, done = len(plan.upload) + len(plan.remove), 0
        for batch in _batches(plan.upload, here):
            entry = here[batch[0]]
            data = {path: self._read(here[path]) for path in batch}
            self._store.write(data, with_charset(entry.media_type), _cache_control(entry.path))
            self._journal.note({path: here[path].sha256 for path in batch})
            done += len(batch)
            self._progress(done, total, 0)
        for path in plan.remove:
            self._journal.note({path: ""})
            self._store.remove(path)
            done += 1
            self._progress(done, total, 0)
        self._store.write({MANIFEST: manifest}, JSON_TYPE, "no-store")
        self._store.remove(LOCK)
        self._journal.end()

    def _read(self, entry: Published) -> bytes:
        data = read_published(self._folder, entry.path)
        if data is None or describe("", "", "", data).sha256 != entry.sha256:
            raise PublishError(
                f"{self._folder / entry.path} differs from the manifest; did a build run meanwhile? Deploy again"
            )
        return data


class _Journal:
    """What an interrupted deploy of this machine had done; ``token`` is that of its lock.

    By name the SHA-256 of each file that it uploaded, empty for each that it removed.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.token = ""
        self.uploaded: dict[str, str] = {}
        with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
            first, *lines = file.read_bytes().splitlines()
            token = json.loads(first)["token"]
            for line in lines:
                with suppress(ValueError):  # the last one may be torn
                    self.uploaded.update(json.loads(line))
            self.token = str(token)

    def forget(self) -> None:
        self.token, self.uploaded = "", {}

    def begin(self, token: str) -> None:
        lines = [{"token": token}, self.uploaded]
        self._write("w", lines)

    def note(self, uploaded: Mapping[str, str]) -> None:
        self._write("a", [uploaded])

    def end(self) -> None:
        self._file.unlink(missing_ok=True)

    def _write(self, mode: str, lines: Iterable[object]) -> None:
        try:
            with self._file.open(mode, encoding="utf-8") as file:
                file.writelines(f"{json.dumps(line)}\n" for line in lines)
        except OSError as error:
            raise PublishError(f"{self._file} cannot be written: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class _Lock:
    token: str
    at: int
    changed: frozenset[str]

    @property
    def data(self) -> bytes:
        return json.dumps({"token": self.token, "at": self.at, "changed": sorted(self.changed)}).encode()


def _parse_lock(data: bytes | None) -> _Lock | None:
    if data is None:
        return None
    try:
        said = json.loads(data)
        changed = frozenset(path for path in said["changed"] if is_name(path) or PART.fullmatch(path))
        return _Lock(str(said["token"]), int(said["at"]), changed)
    except (ValueError, TypeError, LookupError):
        # A torn lock: its writer had not changed anything yet.
        return _Lock("", 0, frozenset())


def _read_there(listed: bytes | None, store: Store, to: str) -> dict[str, Published]:
    if listed is None:
        return {}
    folder = Path(to.rstrip("/"))
    manifest = parse_manifest(listed, folder / MANIFEST)
    found = dict(manifest.documents)
    for part in manifest.parts:
        if (data := store.read(part)) is not None:
            found |= parse_manifest(data, folder / part).documents
            found[part] = describe(part, "", JSON_TYPE, data)
    return found


def _foreign(here: Mapping[str, Published], new: Iterable[str], store: Store) -> set[str]:
    """Return the pages whose names belong to files that the manifest of the store does not list."""
    pages = [path for path in new if here[path].media_type in _PAGES]
    there: dict[str, frozenset[str]] = {}
    found: set[str] = set()
    for path in pages:
        inside, _, name = path.rpartition("/")
        if inside not in there:
            there[inside] = store.names(inside)
        if name in there[inside] and not is_ours(store.read(path), here[path].sha256, MADE_BY_US):
            found.add(path)
    return found


def _turn(entry: Published) -> tuple[int, str]:
    """Return the turn in which a file is uploaded: it comes after the files that it links to."""
    path = entry.path
    is_page = entry.media_type.startswith("text/html")
    if PART.fullmatch(path):
        turn = 5
    elif path.startswith(MEDIA):
        turn = 0
    elif path.startswith(PAGES):
        turn = 1
    elif is_page:
        turn = 3
    elif entry.feed:
        # ``world.2023-10.atom`` is an archive document, and ``world.atom`` links to it.
        turn = 2 if path.removeprefix(f"{entry.feed}.").count(".") else 4
    else:
        turn = 0 if entry.media_type in {"text/css", "image/svg+xml"} else 4
    return turn, path


def _batches(paths: Iterable[str], here: Mapping[str, Published]) -> Iterator[list[str]]:
    """Yield ``paths`` in their order, in batches with the same turn, type and caching."""
    batch: list[str] = []
    kind: tuple[object, ...] = ()
    for path in paths:
        entry = here[path]
        found = (_turn(entry)[0], entry.media_type, _cache_control(path))
        if batch and (found != kind or len(batch) == _BATCH):
            yield batch
            batch = []
        kind = found
        batch.append(path)
    if batch:
        yield batch


def _cache_control(path: str) -> str:
    # The names of the style sheet and of media contain the hash of their bytes.
    is_fixed = PurePosixPath(path).suffix == ".css" or (path.startswith(MEDIA) and not PART.fullmatch(path))
    return _FOR_GOOD if is_fixed else _SOON


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the last deploy to a target ended: when (RFC 3339), its manifest (SHA-256), and what went wrong."""

    at: str
    manifest: str = ""
    error: str = ""


def read_outcomes(state: Path) -> dict[str, Outcome]:
    """Return the outcomes that the state folder remembers, by the addresses of their targets."""
    try:
        return {str(to): Outcome(**said) for to, said in json.loads((state / OUTCOMES).read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def remember_outcome(state: Path, to: str, outcome: Outcome) -> None:
    """Remember how a deploy ended. Raises ``OSError`` if that cannot be written."""
    outcomes = {**read_outcomes(state), to: outcome}
    fresh = state / f"{OUTCOMES}.new"
    fresh.write_text(json.dumps({known: asdict(said) for known, said in sorted(outcomes.items())}))
    fresh.replace(state / OUTCOMES)


def published_digest(folder: Path) -> str:
    """Return a digest of the published set of ``folder``; empty if there is none."""
    data = manifest_data(folder)
    return hashlib.sha256(data).hexdigest() if data is not None else ""
