"""The table of checks. A check that is not in it does not run."""

from __future__ import annotations

from typing import Final

from feedpub.validate.checks import atom, reading, root, rss, selflink, structure, values
from feedpub.validate.checks.model import Check

CHECKS: Final[tuple[Check, ...]] = (
    *reading.CHECKS,
    root.unknown_format,
    root.wrong_namespace,
    *structure.CHECKS,
    *values.CHECKS,
    *selflink.CHECKS,
    *rss.CHECKS,
    *atom.CHECKS,
)
