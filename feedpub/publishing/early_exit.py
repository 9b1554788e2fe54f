"""A build that would repeat the last one: known before anything heavy is imported, and told from a note.

The note lies in the state folder. A build writes it that changed nothing, and lists all that it depended on by what
``stat`` says; while all of that holds, another build would do, say and return the same. Every other build removes the
note before it begins, so a killed one leaves none. The note is never needed: without it, everything is read.

This module imports next to nothing of ours, as it runs before every build, and reads no clock.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from feedpub.publishing.runs import remember_run

RACE = 2_000_000_000
"""In nanoseconds: a file changed so shortly before a build began may change again without its times showing it."""

_DEFAULT_CONFIG, _DEFAULT_STATE = "config.yaml", ".feedpub"
# Where a config says that the state folder is. What this finds may be wrong: then no note of this config is there.
_STATE = re.compile(r"""\bstate["']?\s*:\s*(?:"([^"\n]+)"|'([^'\n]+)'|([^\s,}"'][^\n,}#]*))""")
_VARIABLE = re.compile(r"\$\{?(\w+)")
# What the paths of a config and the look of the output depend on.
_VARIABLES = ("HOME", "COLUMNS", "FEEDPUB_BASE_URL", "FORCE_COLOR", "NO_COLOR", "TERM")


class Told(NamedTuple):
    """What a build ended with: its exit status, and what it said, in order; of each line whether it is an error."""

    status: int
    lines: tuple[tuple[str, bool], ...]


class Note(NamedTuple):
    """What a build that changed nothing leaves for the next: valid from ``began`` on, before ``until``.

    Both are in nanoseconds of the epoch; ``until`` is ``None`` where the clock alone changes nothing.
    """

    told: Told
    began: int
    until: int | None


def repeated(arguments: Sequence[str], now: int) -> Told | None:
    """Return what ``feedpub`` with these ``arguments`` would end with at ``now``, if a note tells; else ``None``.

    The log has a line for it then.
    """
    if arguments[:1] != ["build"]:
        return None
    config = _config(arguments)
    try:
        with open(config, encoding="utf-8") as file:  # noqa: PTH123 - pathlib takes a tenth of the whole time
            said = file.read()
    except (OSError, ValueError):
        return None
    for named in _state_folders(said):
        state = os.path.join(os.path.dirname(config), named)  # noqa: PTH118, PTH120
        try:
            with open(note_path(config, state), encoding="utf-8") as file:  # noqa: PTH123
                note = json.load(file)
            if (
                note["began"] <= now
                and (note["until"] is None or now < note["until"])
                and note["circumstances"] == _circumstances(arguments, said)
                and all(_stat(path) == known for path, known in note["depends_on"].items())
            ):
                told = Told(note["status"], tuple((text, is_error) for text, is_error in note["lines"]))
                # A cron job that has died must not look like a quiet week.
                remember_run(state, _rfc3339(now), {"status": told.status, "repeated": True})
                return told
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            # Not there, or not as we wrote it: a build tells.
            continue
    return None


def leave_note(
    place: str, note: Note, arguments: Sequence[str], config: str, depends_on: Iterable[str]
) -> None:
    """Write ``note`` to ``place``, unless something that the build ``depends_on`` is so young that it may be another.

    That is so as well where the build, or anybody meanwhile, has written to what is published or remembered.
    """
    if os.name != "posix":
        # Elsewhere st_ctime is not when a file last changed, and nothing else tells what a clock cannot be set to hide.
        return
    stats = {path: _stat(path) for path in sorted({*depends_on, *_program()})}
    if any(found and found[1] >= note.began - RACE for found in stats.values()):
        return
    with suppress(OSError, ValueError):
        with open(config, encoding="utf-8") as file:  # noqa: PTH123
            circumstances = _circumstances(arguments, file.read())
        content = {
            "began": note.began,
            "until": note.until,
            "status": note.told.status,
            "lines": note.told.lines,
            "circumstances": circumstances,
            "depends_on": stats,
        }
        with open(f"{place}.new", "w", encoding="utf-8") as file:  # noqa: PTH123
            json.dump(content, file)
        os.replace(f"{place}.new", place)  # noqa: PTH105


def forget(place: str) -> None:
    """Remove the note at ``place``, as a build begins that may change something."""
    with suppress(FileNotFoundError):
        os.remove(place)  # noqa: PTH107


def note_path(config: str, state: str) -> str:
    """Return where the note of a config lies in its state folder, which several configs may share."""
    return os.path.join(state, f"unchanged-{known_config(config)}.json")  # noqa: PTH118


def known_config(config: str) -> str:
    """Return what tells a config from others in the names of files of a state folder, which they may share."""
    return hashlib.sha256(os.fsencode(os.path.abspath(config))).hexdigest()[:12]  # noqa: PTH100


def program() -> str:
    """Return what is another text once anything of the program, or that it uses, was changed."""
    return repr((sys.executable, sys.version, sorted((path, _stat(path)) for path in _program())))


def _rfc3339(time: int) -> str:
    return datetime.fromtimestamp(time // 1_000_000_000, UTC).isoformat()


def _config(arguments: Sequence[str]) -> str:
    """Return the config that ``arguments`` name; should it be another one, its note has other arguments."""
    for at, argument in enumerate(arguments):
        if argument in {"-c", "--config"}:
            return next(iter(arguments[at + 1 : at + 2]), _DEFAULT_CONFIG)
        if argument.startswith("--config="):
            return argument.removeprefix("--config=")
    return _DEFAULT_CONFIG


def _state_folders(config: str) -> Iterator[str]:
    for found in _STATE.finditer(config):
        named = next(filter(None, found.groups()))
        yield os.path.expanduser(os.path.expandvars(named.strip()))  # noqa: PTH111
    yield _DEFAULT_STATE


def _circumstances(arguments: Sequence[str], config: str) -> dict[str, object]:
    """Return what decides about a build and lies in no file: as JSON reads it back, to be compared."""
    names = {*_VARIABLES, *_VARIABLE.findall(config)}
    is_terminal = sys.stdout.isatty()
    return {
        "arguments": list(arguments),
        "folder": os.getcwd(),  # noqa: PTH109
        "variables": {name: os.environ[name] for name in sorted(names) if name in os.environ},
        "width": os.get_terminal_size(sys.stdout.fileno()).columns if is_terminal else 0,
        "python": [sys.executable, sys.version],
    }


def _program() -> Iterator[str]:
    """Yield the files of the program, and the folders that change when another version of anything is installed."""
    for folder, _, names in os.walk(os.path.dirname(os.path.dirname(__file__))):  # noqa: PTH120
        if not folder.endswith("__pycache__"):
            yield from (os.path.join(folder, name) for name in names)  # noqa: PTH118
    yield from (place for place in sys.path if place.endswith(("site-packages", "dist-packages")))


def _stat(path: str) -> list[int] | None:
    """Return what tells a file or folder from what it was, its ctime second; ``None`` where nothing is there."""
    try:
        found = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return None
    return [found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_mode]
