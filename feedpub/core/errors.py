"""What can stop a run, and what each error is about.

    FeedpubError
    ├── ConfigError        the config (or a rule in it) is wrong: file, line, key path, remedy
    ├── SourceError        an input that was asked for cannot be read at all
    ├── DateError          a text is not a date under the declared policy
    ├── TooManyRejects     more input was rejected than the config allows; nothing was written
    ├── GuardRefusal       a build would hurt subscribers; nothing was written
    └── PublishError       the output folder could not be changed
        └── Locked         another build holds the lock

Findings and rejects are values, not errors: raising is for what stops a run (a ``DateError`` stops one
record and becomes its reject). Nothing here knows of the command line; ``cli`` maps types to exit statuses.
"""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import dataclass
from importlib.util import find_spec

# What moves the cursor of a terminal, ends a line, turns the direction of what follows, or is no character at all.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class FeedpubError(Exception):
    """The root. ``str(error)`` is one sentence that a user can act on."""


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a config file: 1-based line and column, and the path of keys that leads there."""

    file: str
    line: int
    column: int
    path: tuple[str | int, ...] = ()

    @property
    def key_path(self) -> str:
        """The path as people write it: ``feeds.business.any[2]``; empty for the whole file."""
        text = ""
        for step in self.path:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        return text

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {self.key_path}" if self.path else place


def printable(name: str) -> str:
    """Return the name of a file as a message may show it: a name may hold any character but NUL and ``/``."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", name)


class ConfigError(FeedpubError):
    """The config is wrong at ``where``: what ``problem`` it has and, as ``remedy``, what would be right."""

    def __init__(self, where: Where, problem: str, remedy: str = "") -> None:
        self.where = where
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{where}: {problem}" + (f"; {remedy}" if remedy else ""))


class SourceError(FeedpubError):
    """The input ``file`` cannot be read; a record that cannot be read is a reject instead."""

    def __init__(self, file: str, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(f"{printable(file)}: {reason}")


class DateError(FeedpubError):
    """``text`` is no date under the declared policy, for ``reason``."""

    def __init__(self, text: str, reason: str) -> None:
        self.text = text
        self.reason = reason
        super().__init__(f"{text!r} {reason}")


class TooManyRejects(FeedpubError):
    """More records were rejected than allowed; ``first`` says of one of them where it stands and why."""

    def __init__(self, rejected: int, records: int, first: str) -> None:
        self.rejected = rejected
        self.records = records
        super().__init__(
            f"{rejected} of {records} records were rejected, more than max_rejects allows, so nothing was"
            f" published; the first is {first}"
        )


class GuardRefusal(FeedpubError):
    """Publishing would hurt subscribers; ``allow`` is the option that overrides the guard for once."""

    def __init__(self, reason: str, allow: str) -> None:
        self.reason = reason
        self.allow = allow
        super().__init__(f"{reason}; if this is meant, run once with {allow}")


class PublishError(FeedpubError):
    """The output folder could not be changed; what was published before is still there."""


class Locked(PublishError):
    """Another build is publishing to the same folder."""


def install_hint(extra: str) -> str:
    """Return the command that installs an extra where this program runs, whichever environment is active."""
    python = shlex.quote(sys.executable)
    installer = f"{python} -m pip install" if find_spec("pip") else f"uv pip install --python {python}"
    return f"install it with: {installer} 'feedpub[{extra}]'"


ALLOWANCES = {
    "vanished": "--allow-vanished",
    "empty": "--allow-empty",
    "moved-dates": "--allow-moved-dates",
    "removed": "--allow-removed",
}
"""What may be allowed for one build, with its option on the command line."""
