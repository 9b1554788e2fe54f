"""Feed bytes → findings: an offline validator for RSS 2.0, Atom 1.0, JSON Feed 1.1 and their extensions.

    bytes → document.read → Document → engine.examine (the table of checks) → findings

Nothing here knows how feedpub writes feeds, so the validator cannot share its mistakes. Nothing opens a file or a
connection, reads the clock or prints. Importing this module loads no parser; the first call of :func:`validate` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedpub.core.errors import require_zone
from feedpub.validator.delivery import Delivery
from feedpub.validator.finding import Finding, Level, Report, is_valid, select
from feedpub.validator.requirements import NO_REQUIREMENTS, PROFILES, Requirements

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "PROFILES",
    "Delivery",
    "Finding",
    "Level",
    "Report",
    "Requirements",
    "inspect",
    "is_valid",
    "select",
    "validate",
]


def validate(data: bytes, location: str | None = None, *, now: datetime | None = None) -> list[Finding]:
    """Return what is wrong with the feed in ``data``, in the order of its lines.

    ``location`` is the address that the feed is or will be served from; the self link is compared with it. ``now``
    (aware) is the current time; without it, no date counts as in the future. Nothing is fetched, and nothing is raised,
    whatever the bytes are. But a text instead of bytes is a :class:`TypeError`, and a time without a zone a
    :class:`ValueError`.
    """
    if not isinstance(data, bytes):
        raise TypeError(f"data has to be bytes, not {type(data).__name__}")
    if now is not None:
        require_zone(now)
    return list(inspect(data, location, now=now).findings)


def inspect(
    data: bytes,
    location: str | None = None,
    *,
    now: datetime | None = None,
    requirements: Requirements = NO_REQUIREMENTS,
    delivery: Delivery | None = None,
) -> Report:
    """Do what :func:`validate` does, and also return the format of the feed and check ``requirements``.

    ``delivery`` is how the server sent the feed; if given, it is checked, too.
    """
    from feedpub.validator._engine import examine  # noqa: PLC0415 - loads the parser

    return examine(data, location=location, now=now, requirements=requirements, delivery=delivery)
