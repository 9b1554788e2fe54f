"""What ``stat`` said of files when they were last read: one that says the same again is not read again.

For what stays as it is (closed archive pages are hundreds of files), in the state folder, as it holds for one machine
only. An edit moves the mtime, whatever replaces a file has another inode, and what is doubtful is read: the file of
stamps may be lost, old or somebody else's. What ``stat`` cannot see is a disk that forgets bytes.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from feedpub.publish.folders import Folder
from feedpub.publish.output import Output


class Stamp(NamedTuple):
    """The SHA-256 of a file that was read, and what tells it from any other: inode, size, mtime in nanoseconds."""

    sha256: str
    inode: int
    size: int
    mtime: int


def stamp(sha256: str, status: os.stat_result) -> Stamp:
    """Return the stamp of a file that had that hash when it was read after ``status`` was."""
    # Not the ctime: each hard link that a release makes or drops moves it.
    return Stamp(sha256, status.st_ino, status.st_size, status.st_mtime_ns)


def stamps_name(output: Output, state: Path) -> str:
    """Return the name of the file of stamps for ``output`` in the state folder."""
    return f"stamps-{output.seen_from(state)}.json"


def read_stamps(state: Folder, name: str) -> dict[str, Stamp]:
    """Return the stamps in ``name`` of the state folder by the files' names; none where it is not what we wrote."""
    try:
        return {file: Stamp(*values) for file, values in json.loads(state.read(name) or b"{}").items()}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return {}


def write_stamps(state: Folder, name: str, stamps: Mapping[str, Stamp]) -> None:
    """Put ``stamps`` into ``name`` of the state folder; no file for none.

    One that is torn or missing makes the next build read more, so nothing is done about what fails here.
    """
    with contextlib.suppress(OSError):
        state.remove(name)
        if stamps:
            state.write(name, json.dumps(stamps).encode())
