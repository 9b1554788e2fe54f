"""What a check reports: the only types that leave this package."""

from __future__ import annotations

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
