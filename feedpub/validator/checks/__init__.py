"""The table of checks. A check that is not in it does not run."""

from __future__ import annotations

from typing import Final

from feedpub.validator.check_kinds import Check
from feedpub.validator.checks import (
    addresses,
    atom,
    atom_text,
    json_feed,
    links,
    markup,
    media_rss,
    paging,
    people,
    podcasts,
    root,
    rss,
    rss_advice,
    structure,
    texts,
    values,
    wellformedness,
)

CHECKS: Final[tuple[Check, ...]] = (
    *wellformedness.CHECKS,
    *root.CHECKS,
    *structure.CHECKS,
    *values.CHECKS,
    *addresses.CHECKS,
    *people.CHECKS,
    *texts.CHECKS,
    *markup.CHECKS,
    *links.CHECKS,
    *rss.CHECKS,
    *rss_advice.CHECKS,
    *atom.CHECKS,
    *atom_text.CHECKS,
    *paging.CHECKS,
    *media_rss.CHECKS,
    *podcasts.CHECKS,
    *json_feed.CHECKS,
)
