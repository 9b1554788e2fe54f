"""Recognises a build that would repeat the last one, with a note and before anything heavy is imported.

A build that changed nothing writes the note to the state folder. It lists everything that the build depended on, by
``stat``. As long as nothing of that changes, another build would do, print and return the same. Every other build
removes the note before it begins, so a killed build leaves none. The note is only a shortcut: without it, a build runs
in full.

This module imports almost nothing of ours, because it runs before every build, and reads no clock.
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
"""In nanoseconds: a file that changed this recently may change again without a change of its times."""

_DEFAULT_CONFIG, _DEFAULT_STATE = "config.yaml", ".feedpub"
# Finds the state folder in a config, without parsing it. If it finds a wrong folder, there is no note for this config.
_STATE = re.compile(r"""\bstate["']?\s*:\s*(?:"([^"\n]+)"|'([^'\n]+)'|([^\s,}"'][^\n,}#]*))""")
_VARIABLE = re.compile(r"\$\{?(\w+)")
# The paths of a config and the look of the output depend on these.
_VARIABLES = ("HOME", "COLUMNS", "FEEDPUB_BASE_URL", "FORCE_COLOR", "NO_COLOR", "TERM")


class Told(NamedTuple):
    """The result of a build: its exit status and its lines of output, each with whether it is an error."""

    status: int
    lines: tuple[tuple[str, bool], ...]


class Note(NamedTuple):
    """The note of a build that changed nothing: valid from ``began`` until ``until``.

    Both are in nanoseconds of the epoch; ``until`` is ``None`` if time alone changes nothing.
    """

    told: Told
    began: int
    until: int | None


def repeated(arguments: Sequence[str], now: int) -> Told | None:
    """Return the result of ``feedpub`` with these ``arguments`` at ``now``, if a note has it; else ``None``.

    If so, it also adds a line to the log.
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
                # A dead cron job must not look like a quiet week.
                remember_run(state, _rfc3339(now), {"status": told.status, "repeated": True})
                return told
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            # It is missing or damaged, so the build runs in full.
            continue
    return None


def leave_note(
    place: str, note: Note, arguments: Sequence[str], config: str, depends_on: Iterable[str]
) -> None:
    """Write ``note`` to ``place``, unless a file that the build ``depends_on`` changed so recently that it may change.

    This includes files in the output and state folders that the build, or somebody else meanwhile, has written.
    """
    if os.name != "posix":
        # On other systems, st_ctime is not the time of the last change, and the other times can be set.
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
    """Remove the note at ``place``, because a build begins that may change something."""
    with suppress(FileNotFoundError):
        os.remove(place)  # noqa: PTH107


def note_path(config: str, state: str) -> str:
    """Return the path of a config's note in its state folder, which several configs may share."""
    return os.path.join(state, f"unchanged-{known_config(config)}.json")  # noqa: PTH118


def known_config(config: str) -> str:
    """Return a key for a config, for the names of its files in a state folder that several configs may share."""
    return hashlib.sha256(os.fsencode(os.path.abspath(config))).hexdigest()[:12]  # noqa: PTH100


def program() -> str:
    """Return a text that changes if anything in feedpub or its packages changes."""
    return repr((sys.executable, sys.version, sorted((path, _stat(path)) for path in _program())))


def _rfc3339(time: int) -> str:
    return datetime.fromtimestamp(time // 1_000_000_000, UTC).isoformat()


def _config(arguments: Sequence[str]) -> str:
    """Return the config that ``arguments`` name. A mistake does no harm: the note has the arguments, too."""
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
    """Return what a build depends on besides files, in the form in which JSON reads it back."""
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
    """Yield the files of feedpub, and the folders that change when a package is installed."""
    for folder, _, names in os.walk(os.path.dirname(os.path.dirname(__file__))):  # noqa: PTH120
        if not folder.endswith("__pycache__"):
            yield from (os.path.join(folder, name) for name in names)  # noqa: PTH118
    yield from (place for place in sys.path if place.endswith(("site-packages", "dist-packages")))


def _stat(path: str) -> list[int] | None:
    """Return values by which a change of a file or folder shows, the ctime second; ``None`` if it does not exist."""
    try:
        found = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return None
    return [found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, found.st_mode]
