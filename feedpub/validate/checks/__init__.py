"""The table of checks. A check that is not in it does not run."""

from __future__ import annotations

from typing import Final

from feedpub.validate.checks import (
    advice,
    atom,
    constructs,
    history,
    jsonfeed,
    links,
    media,
    namespaces,
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
from feedpub.validate.checks.model import Check

CHECKS: Final[tuple[Check, ...]] = (
    *reading.CHECKS,
    root.unknown_format,
    root.wrong_namespace,
    *structure.CHECKS,
    *namespaces.CHECKS,
    *values.CHECKS,
    *texts.CHECKS,
    *selflink.CHECKS,
    *rss.CHECKS,
    *semantics.CHECKS,
    *atom.CHECKS,
    *advice.CHECKS,
    *constructs.CHECKS,
    *links.CHECKS,
    *history.CHECKS,
    *media.CHECKS,
    *podcasts.CHECKS,
    *jsonfeed.CHECKS,
)
