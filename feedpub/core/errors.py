"""The errors that stop a run.

    FeedpubError
    ├── ConfigError        the config (or a rule in it) is wrong: file, line, key path, remedy
    │   └── ConfigErrors   several things in it are wrong
    ├── SourceError        an input cannot be read at all
    ├── DateError          a text is not a date under the declared policy
    ├── TooManyRejects     more input was rejected than the config allows; nothing was written
    ├── EngineError        what a build has read elsewhere failed there; nothing was written
    ├── GuardRefusal       a build would hurt subscribers; nothing was written
    └── PublishError       the output folder could not be changed
        └── Locked         another build holds the lock

Findings and rejects are values, not errors: only what stops a run is raised (a ``DateError`` stops one
record and becomes its reject).
"""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from typing import ClassVar

# Characters that move the cursor of a terminal, end a line or change the text direction, and noncharacters.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class FeedpubError(Exception):
    """The base class. ``str(error)`` is one sentence that a user can act on; ``exit_status`` is that of the program."""

    exit_status: ClassVar[int] = 1


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
    """Return the name of a file for a message: names may contain any character except NUL and ``/``."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", name)


class ConfigError(FeedpubError):
    """The config is wrong at ``where``; ``problem`` says what is wrong, ``remedy`` what would be right."""

    exit_status = 2

    def __init__(self, where: Where, problem: str, remedy: str = "") -> None:
        self.where = where
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{where}: {problem}" + (f"; {remedy}" if remedy else ""))

    @property
    def errors(self) -> tuple[ConfigError, ...]:
        """All errors of one run: here, only this one."""
        return (self,)


class ConfigErrors(ConfigError):
    """Several errors in the config. ``str`` has a line for each; the other attributes are those of the first."""

    def __init__(self, errors: Iterable[ConfigError]) -> None:
        self._errors = tuple(errors)
        first = self._errors[0]
        super().__init__(first.where, first.problem, first.remedy)
        self.args = ("\n".join(map(str, self._errors)),)

    @property
    def errors(self) -> tuple[ConfigError, ...]:
        """Each of the errors, in the order of their lines."""
        return self._errors


class Problems:
    """Collects the errors of a config, so that one run reports all of them.

    A reader goes on after an error as long as it makes sense::

        problems = Problems()
        with problems:
            title = read_line(node)
        problems.raise_any()
    """

    def __init__(self) -> None:
        self._errors: list[ConfigError] = []
        self._causes: dict[tuple[str, int, int], ConfigError] = {}

    def add(self, error: ConfigError, *, cause: bool = False) -> None:
        """Collect an error, or all errors in it; a ``cause`` replaces other errors at its place."""
        self._errors.extend(error.errors)
        if cause:
            self._causes[_place(error)] = error

    def add_all(self, others: Problems) -> None:
        """Collect the errors of other problems."""
        self._errors.extend(others._errors)
        self._causes.update(others._causes)

    def __enter__(self) -> None:
        """Begin something that may fail."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        """Collect the error, if it failed."""
        if isinstance(error, ConfigError):
            self.add(error)
            return True
        return False

    def raise_any(self) -> None:
        """Raise the collected errors, if any: each once, by file and in the order of lines."""
        different: dict[tuple[Where, str], ConfigError] = {}
        files: dict[str, int] = {}
        for error in self._errors:
            files.setdefault(error.where.file, len(files))
            if self._causes.get(_place(error), error) is error:
                different.setdefault((error.where, error.problem), error)
        errors = sorted(
            different.values(),
            key=lambda error: (files[error.where.file], error.where.line, error.where.column),
        )
        if len(errors) > 1:
            raise ConfigErrors(errors)
        if errors:
            raise errors[0]


def _place(error: ConfigError) -> tuple[str, int, int]:
    return error.where.file, error.where.line, error.where.column


class SourceError(FeedpubError):
    """The input ``file`` cannot be read; a record that cannot be read is a reject instead.

    ``where`` is the place in the config to look at, if there is one.
    """

    def __init__(self, file: str, reason: str, where: Where | None = None) -> None:
        self.file = file
        self.reason = reason
        place = f"{where}: " if where else ""
        super().__init__(f"{place}{printable(file)}: {reason}")


class DateError(FeedpubError):
    """``text`` is not a date under the declared policy, for ``reason``."""

    def __init__(self, text: str, reason: str) -> None:
        self.text = text
        self.reason = reason
        super().__init__(f"{text!r} {reason}")


class TooManyRejects(FeedpubError):
    """More records were rejected than the ``limit``; ``first`` is place and reason of one of them.

    A ``limit`` that is a float is a share of the records.
    """

    def __init__(self, rejected: int, records: int, limit: float, first: str) -> None:
        self.rejected = rejected
        self.records = records
        were, them = ("was", "it") if rejected == 1 else ("were", "them")
        allowed = f"{limit:,}" if isinstance(limit, int) else f"{limit * 100:g}%"
        super().__init__(
            f"{rejected:,} of {records:,} records {were} rejected; guards.max_rejects allows {allowed}, so nothing was"
            f" published; correct {them}, or raise the limit; the first is {first}"
        )


class EngineError(FeedpubError):
    """Other processes or machines of a build failed; nothing was published."""


class GuardRefusal(FeedpubError):
    """Publishing would hurt subscribers. ``allow`` is the name in :data:`ALLOWANCES` that overrides the guard once."""

    exit_status = 3

    def __init__(self, reason: str, allow: str) -> None:
        self.reason = reason
        self.allow = allow
        super().__init__(f"{reason}; if this is intended, run once with {ALLOWANCES[allow]}")


class PublishError(FeedpubError):
    """The output folder could not be changed; what was published before is still there."""


class Locked(PublishError):
    """Another build is publishing to the same folder."""

    exit_status = 75  # EX_TEMPFAIL of sysexits.h


def require_zone(now: datetime) -> None:
    """Raise :class:`ValueError` for a time without a zone, which nothing can be compared with."""
    if now.utcoffset() is None:
        raise ValueError("now has to have a time zone, such as datetime.now(UTC)")


def install_hint(extra: str) -> str:
    """Return the command that installs an extra of feedpub, as a clause."""
    return f"install it with: {install_command(f'feedpub[{extra}]')}"


def install_command(requirement: str) -> str:
    """Return the command that installs a package for this program, whichever environment is active."""
    python = shlex.quote(sys.executable)
    installer = f"{python} -m pip install" if find_spec("pip") else f"uv pip install --python {python}"
    return f"{installer} {shlex.quote(requirement)}"


ALLOWANCES = {
    "vanished": "--allow-vanished",
    "empty": "--allow-empty",
    "moved-dates": "--allow-moved-dates",
    "removed": "--allow-removed",
}
"""What can be allowed for one build, with its command-line option."""


def check_allowances(names: Collection[str]) -> None:
    """Raise ``ValueError`` unless ``names`` is a collection of names in :data:`ALLOWANCES`."""
    unknown = [names] if isinstance(names, str) else [name for name in names if name not in ALLOWANCES]
    if unknown:
        raise ValueError(f"allow: {unknown[0]!r} is not a guard; give a set of {', '.join(ALLOWANCES)}")
