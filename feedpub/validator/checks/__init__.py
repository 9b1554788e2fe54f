"""The table of checks. A check that is not in it does not run."""

from __future__ import annotations

from typing import Final

from feedpub.validator.checks import (
    addresses,
    atom,
    channel,
    constructs,
    dates,
    history,
    jsonfeed,
    links,
    markup,
    media,
    namespaces,
    people,
    podcasts,
    reading,
    root,
    rss,
    selflink,
    semantics,
    structure,
    texts,
    values,
)
from feedpub.validator.checks.model import Check

CHECKS: Final[tuple[Check, ...]] = (
    *reading.CHECKS,
    *root.CHECKS,
    *structure.CHECKS,
    *namespaces.CHECKS,
    *values.CHECKS,
    *dates.CHECKS,
    *addresses.CHECKS,
    *people.CHECKS,
    *texts.CHECKS,
    *markup.CHECKS,
    *selflink.CHECKS,
    *rss.CHECKS,
    *semantics.CHECKS,
    *channel.CHECKS,
    *atom.CHECKS,
    *constructs.CHECKS,
    *links.CHECKS,
    *history.CHECKS,
    *media.CHECKS,
    *podcasts.CHECKS,
    *jsonfeed.CHECKS,
)
