"""The copies of feeds that ``feedpub fetch`` downloads. A build only reads this folder, and never the web."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from feedpub.sources.spec import SourceSpec

FOLDER = ".feedpub/fetched"


IF_GONE = "it is not fetched any more: remove it from the sources, or try once with feedpub fetch --force"
IF_MOVED = "write that address into the config"


def is_web(pattern: str) -> bool:
    """Say whether a source's pattern is an address that has to be fetched."""
    return pattern.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered about a copy: validators for conditional requests, and what a build needs to know.

    ``charset`` is the encoding that the server named, or empty; ``sha256`` is the hash of the content (hex).
    ``known_as`` is the address of the feed before it moved for good, if the config has the new one now: ids may be made
    from it.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    charset: str = ""
    sha256: str = ""
    known_as: str = ""

    def of(self, content: bytes) -> Memory:
        """Return this with the hash of ``content``."""
        return replace(self, sha256=hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class Standing:
    """How an address answered last; no build depends on it. Times are in epoch seconds.

    ``wait_until`` says until when not to ask, ``moved_to`` is the target of a permanent redirect. ``failure`` says why
    the last request failed, at ``failed_at``; both are empty if it did not. An address that is ``gone`` is not asked.
    """

    wait_until: int = 0
    moved_to: str = ""
    failure: str = ""
    failed_at: int = 0
    gone: bool = False

    @property
    def failed(self) -> datetime | None:
        """When the last attempt failed, if it did."""
        return datetime.fromtimestamp(self.failed_at, UTC) if self.failure else None

    @property
    def to_do(self) -> str:
        """What the user should do about the address: a clause to follow it, or empty."""
        if self.gone and self.failed:
            return f"has been gone since {self.failed:%Y-%m-%d} ({self.failure}); {IF_GONE}"
        return f"has moved for good to {self.moved_to}; {IF_MOVED}" if self.moved_to else ""


@dataclass(frozen=True, slots=True)
class Copy:
    """The local copy of an address: its content, what is remembered about it, and how the address answered."""

    url: str
    content: Path
    memory: Path
    state: Path

    @classmethod
    def of(cls, url: str, base: Path) -> Copy:
        """Return the copy of ``url`` under the config's folder ``base``; it may not exist yet."""
        name = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        folder = base / FOLDER
        return cls(url, folder / name, folder / f"{name}.json", folder / f"{name}.state.json")

    def remembered(self) -> Memory:
        """Return what was remembered last."""
        found = _read(self.memory)
        names = ("etag", "last_modified", "charset", "sha256", "known_as")
        return Memory(self.url, **{name: str(found.get(name, "")) for name in names})

    def recall(self) -> Memory:
        """Return what is remembered, without validators if they do not belong to the content.

        Otherwise, a 304 would leave us without a copy.
        """
        memory = self.remembered()
        try:
            content = self.content.read_bytes()
        except OSError:
            content = b""
        # Up to version 0.1.0, the hash of the content was not remembered.
        is_same = content and (memory == memory.of(content) or not memory.sha256)
        return memory if is_same else Memory(self.url, known_as=memory.known_as)

    def keep(self, content: bytes) -> None:
        """Replace the content atomically."""
        _write(self.content, content)

    def remember(self, memory: Memory) -> None:
        """Replace what is remembered."""
        _write_new(self.memory, asdict(memory))

    @property
    def standing(self) -> Standing:
        """How the address answered last, as far as is known."""
        found = _read(self.state)
        try:
            return Standing(
                int(found.get("wait_until", 0)),
                str(found.get("moved_to", "")),
                str(found.get("failure", "")),
                int(found.get("failed_at", 0)),
                bool(found.get("gone")),
            )
        except (ValueError, TypeError):
            return Standing()

    def note(self, standing: Standing) -> None:
        """Replace what is known of how the address answered."""
        _write_new(self.state, {"url": self.url, **asdict(standing)})

    def moved_from(self) -> str:
        """Return the address that has permanently moved to this one; empty if none is known."""
        for path in sorted(self.state.parent.glob("*.state.json")):
            found = _read(path)
            if found.get("moved_to") == self.url and (old := str(found.get("url", ""))) != self.url:
                return Copy(old, *_beside(path)).remembered().known_as or old
        return ""


def addresses(spec: SourceSpec) -> list[str]:
    """Return the addresses of a source and of its old feeds, each once."""
    return [each for each in dict.fromkeys((*spec.patterns, *spec.adopt)) if is_web(each)]


def standings(sources: Iterable[SourceSpec]) -> dict[str, Standing]:
    """Return how all addresses of the sources answered, by address, in the order of the sources."""
    return {url: Copy.of(url, spec.base).standing for spec in sources for url in addresses(spec)}


def _beside(state: Path) -> tuple[Path, Path, Path]:
    name = state.name.removesuffix(".state.json")
    return state.with_name(name), state.with_name(f"{name}.json"), state


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _write_new(path: Path, content: dict[str, Any]) -> None:
    """Write a file if it changed: a build detects changes by the times of files."""
    data = json.dumps(content).encode()
    if not path.exists() or path.read_bytes() != data:
        _write(path, data)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f"{path.name}.{os.getpid()}.part")
    with staged.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
