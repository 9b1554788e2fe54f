"""Where feeds from the web lie after ``feedpub fetch``, which alone goes there: a build reads this folder only."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

FOLDER = ".feedpub/fetched"


def is_web(pattern: str) -> bool:
    """Say whether a source's pattern is an address that has to be fetched."""
    return pattern.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of an address, to ask politely: validators, and until when not to ask (epoch seconds).

    ``charset`` is the encoding that the server named for the content, empty where it named none; ``sha256`` tells the
    content, in hexadecimal.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    wait_until: int = 0
    charset: str = ""
    sha256: str = ""

    def of(self, content: bytes) -> Memory:
        """Return this as what is remembered of ``content``."""
        return replace(self, sha256=hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class Copy:
    """One address's local copy: its content, and beside it what is remembered."""

    url: str
    content: Path
    memory: Path

    @classmethod
    def of(cls, url: str, base: Path) -> Copy:
        """Return the copy of ``url`` under the config's folder ``base``; it may not exist yet."""
        name = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return cls(url, base / FOLDER / name, base / FOLDER / f"{name}.json")

    def remembered(self) -> Memory:
        """Return what was remembered last."""
        try:
            found = json.loads(self.memory.read_bytes())
            texts = {
                name: str(found.get(name, "")) for name in ("etag", "last_modified", "charset", "sha256")
            }
            return Memory(self.url, **texts, wait_until=int(found["wait_until"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return Memory(self.url)

    def recall(self) -> Memory:
        """Return what is remembered; nothing, where the content is not the one that it is about any more.

        Then a "not modified" would leave us without it, and there is no reason to wait.
        """
        memory = self.remembered()
        try:
            content = self.content.read_bytes()
        except FileNotFoundError:
            # A server may have asked to wait before it ever gave something.
            return Memory(self.url, wait_until=0 if memory.sha256 else memory.wait_until)
        except OSError:
            return Memory(self.url)
        # Up to version 0.1.0, the content was not remembered.
        is_same = memory == memory.of(content) or (not memory.sha256 and content)
        return memory if is_same else Memory(self.url)

    def keep(self, content: bytes) -> None:
        """Replace the content, whole or not at all."""
        _write(self.content, content)

    def remember(self, memory: Memory) -> None:
        """Replace what is remembered."""
        _write(self.memory, json.dumps(asdict(memory)).encode())


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
