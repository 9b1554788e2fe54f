"""What checks report. Only these types leave the package."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """The level of a finding: an error makes a feed invalid, a warning hurts some readers, a hint is advice."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a feed.

    ``code`` is stable, in kebab-case. ``message`` is one line that names the element and the value. ``line`` and
    ``column`` begin at 1; columns are characters. ``spec`` is the address of the paragraph that the feed does not
    follow. ``remedy`` says what would be right.
    """

    code: str
    level: Level
    message: str
    line: int
    column: int
    spec: str
    remedy: str


def is_valid(findings: list[Finding]) -> bool:
    """Tell whether a feed with these findings is valid, that is, none of them is an error."""
    return all(finding.level is not Level.ERROR for finding in findings)


@dataclass(frozen=True, slots=True)
class Report:
    """The findings in one feed, and its format: ``rss``, ``atom``, ``json`` or ``unknown``.

    ``unchecked`` is the name of a format that is recognised but not checked, such as RSS 1.0; nobody knows whether such
    a feed is valid.
    """

    format: str
    findings: tuple[Finding, ...]
    unchecked: str = ""

    @property
    def valid(self) -> bool:
        """Whether no finding is an error."""
        return is_valid(list(self.findings))


def select(
    findings: Iterable[Finding], *, level: Level = Level.HINT, ignore: Collection[str] = ()
) -> list[Finding]:
    """Return the findings of ``level`` or a graver one, without the ignored codes."""
    shown = tuple(Level)[: tuple(Level).index(level) + 1]
    return [finding for finding in findings if finding.level in shown and finding.code not in ignore]
