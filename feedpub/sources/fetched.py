"""Where feeds from the web lie after ``feedpub fetch``, which alone goes there: a build reads this folder only."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

FOLDER = ".feedpub/fetched"


def is_web(pattern: str) -> bool:
    """Say whether a source's pattern is an address that has to be fetched."""
    return pattern.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of an address, to ask politely: validators, and until when not to ask (epoch seconds).

    ``charset`` is the encoding that the server named for the content; empty where it named none.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    wait_until: int = 0
    charset: str = ""


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

    def recall(self) -> Memory:
        """Return what is remembered; nothing, where it is not for this content any more."""
        try:
            found = json.loads(self.memory.read_bytes())
            memory = Memory(
                self.url,
                str(found["etag"]),
                str(found["last_modified"]),
                int(found["wait_until"]),
                str(found.get("charset", "")),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return Memory(self.url)
        # Without the content, a "not modified" would leave us with nothing.
        return memory if self.content.exists() else Memory(self.url, wait_until=memory.wait_until)

    def keep(self, content: bytes) -> None:
        """Replace the content, whole or not at all."""
        _write(self.content, content)

    def remember(self, memory: Memory) -> None:
        """Replace what is remembered."""
        _write(self.memory, json.dumps(asdict(memory)).encode())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f"{path.name}.{os.getpid()}.part")
    staged.write_bytes(content)
    staged.replace(path)
