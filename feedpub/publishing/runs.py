"""``builds.jsonl`` in the state folder: the result of each build as a JSON object in a line, the newest last.

``feedpub status`` reads it. Nothing published depends on it. It is bounded: when it is larger than :data:`MOST`, its
older half is dropped. This module imports nothing of ours, because a build that ends early also writes a line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

RUNS = "builds.jsonl"
MOST = 1 << 20
"""In bytes: some months of a build every ten minutes."""


def remember_run(state: str, at: str, run: Mapping[str, object]) -> None:
    """Append the result of a build that began ``at`` (RFC 3339) to the log in the folder ``state``.

    Raises ``OSError`` if it cannot be written.
    """
    place = os.path.join(state, RUNS)  # noqa: PTH118 - importing pathlib would take most of the time of an early exit
    with open(place, "ab+") as file:  # noqa: PTH123
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 1, 0))
        # A build may have been killed while it wrote: its torn line stays separate.
        torn = file.read(1) not in {b"", b"\n"}
        file.write(b"\n" * torn + json.dumps({"at": at, **run}).encode() + b"\n")
    if size > MOST:
        _trim(place)


def _trim(place: str) -> None:
    with open(place, "rb") as file:  # noqa: PTH123
        file.seek(-MOST // 2, os.SEEK_END)
        file.readline()
        kept = file.read()
    with open(f"{place}.new", "wb") as file:  # noqa: PTH123
        file.write(kept)
    os.replace(f"{place}.new", place)  # noqa: PTH105


def read_runs(state: str) -> Iterator[dict[str, Any]]:
    """Yield the builds in the log in ``state``, in order; lines that feedpub did not write are skipped.

    Raises ``OSError`` if it exists and cannot be read.
    """
    try:
        with open(os.path.join(state, RUNS), "rb") as file:  # noqa: PTH118, PTH123
            for line in file:
                try:
                    run = json.loads(line)
                except ValueError:
                    continue
                if (
                    isinstance(run, dict)
                    and isinstance(run.get("at"), str)
                    and isinstance(run.get("status"), int)
                ):
                    yield run
    except FileNotFoundError:
        return
