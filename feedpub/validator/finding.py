"""What a check reports: the only types that leave this package."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How grave a finding is: an error makes a feed invalid, a warning hurts some readers, a hint is advice."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a feed.

    ``code`` is stable and kebab-case; ``message`` is one line that names the element and the value; ``line``
    and ``column`` are 1-based and count characters; ``spec`` is the address of the paragraph that the feed
    does not follow; ``remedy`` says what would be right.
    """

    code: str
    level: Level
    message: str
    line: int
    column: int
    spec: str
    remedy: str


def is_valid(findings: list[Finding]) -> bool:
    """Tell whether a feed with these findings is valid: none of them is an error."""
    return all(finding.level is not Level.ERROR for finding in findings)


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in one feed: ``format`` is ``rss``, ``atom``, ``json`` or ``unknown``.

    ``unchecked`` names a format that is known and not checked, such as RSS 1.0: whether such a feed is valid is open.
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
    """Return the findings of ``level`` and graver whose codes are not to be ignored."""
    shown = tuple(Level)[: tuple(Level).index(level) + 1]
    return [finding for finding in findings if finding.level in shown and finding.code not in ignore]
