"""The checks. Importing this package imports all of its modules, and the checks register themselves."""

from __future__ import annotations

from typing import Final

from feedpub.validator.check_kinds import REGISTERED, Check
from feedpub.validator.checks import (  # noqa: F401 - imported because they register checks
    addresses,
    atom,
    atom_text,
    delivery,
    feeds,
    json_feed,
    links,
    markup,
    media_rss,
    paging,
    people,
    podcasts,
    requirements,
    root,
    rss,
    rss_advice,
    structure,
    texts,
    values,
    wellformedness,
)

CHECKS: Final[tuple[Check, ...]] = tuple(REGISTERED)
