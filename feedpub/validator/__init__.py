"""Feed bytes → findings: an offline validator for RSS 2.0, Atom 1.0, JSON Feed 1.1 and their extensions.

    bytes → document.read → Document → engine.examine (the table of checks) → findings

Nothing here knows how the project writes feeds, so that it cannot share its mistakes; nothing opens a file
or a connection, reads the clock or prints. Importing this module loads no parser: that waits for the first
call of :func:`validate`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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

    ``location`` is the address that the feed is or will be served from: with it, the feed's self link is held
    against it. ``now`` (aware) is the time that dates must not be later than; without it, no date is in the
    future. Whatever the bytes are, the answer is a list: nothing is raised and nothing is fetched.
    """
    return list(inspect(data, location, now=now).findings)


def inspect(
    data: bytes,
    location: str | None = None,
    *,
    now: datetime | None = None,
    requirements: Requirements = NO_REQUIREMENTS,
    delivery: Delivery | None = None,
) -> Report:
    """Do what :func:`validate` does, say as well which format the feed is in, and check what else is required of it.

    ``delivery`` is how the feed came from its address, which is checked as well.
    """
    from feedpub.validator._engine import examine  # noqa: PLC0415 - the parser is loaded when it is needed

    return examine(data, location=location, now=now, requirements=requirements, delivery=delivery)
