"""The tables of keys in the docs, made from the declarations.

``python -m feedpub.config.tables PAGE`` prints a page with updated tables. A table is between
``<!-- keys of NAME -->`` and ``<!-- end of keys -->``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from feedpub.config.feeds import (
    ABOUT_KEYS,
    ARTICLES_KEY,
    EACH_KEYS,
    EXCEPTIONS,
    NEAR,
    PODCAST,
    PODCAST_KEY,
    RETIRED,
    RETIRED_KEY,
    TAKING_KEYS,
)
from feedpub.config.output import BUILD, DEDUP, GUARDS, MEDIA, OUTPUT
from feedpub.config.schema import CONFIG
from feedpub.config.site import SITE
from feedpub.config.sources import DATES, HTML_RULES, LAYOUT, REPLACE, REPLACEMENT, SOURCE
from feedpub.core.declaration import Key
from feedpub.rules import MATCHING_KEYS, RULE_KEYS

TABLES: Mapping[str, tuple[Key, ...]] = {
    "a config": CONFIG.keys + CONFIG.others,
    "site": SITE.keys,
    "a source": SOURCE.keys,
    "dates": DATES.keys,
    "layout": LAYOUT.keys,
    "html": HTML_RULES.keys,
    "replace": REPLACE.keys,
    "an item of replace": REPLACEMENT.keys,
    "matching": MATCHING_KEYS,
    "dedup": DEDUP.keys,
    "a feed": (*ABOUT_KEYS, *TAKING_KEYS, ARTICLES_KEY, PODCAST_KEY, RETIRED_KEY),
    "a rule": RULE_KEYS,
    "feeds.dedup": NEAR.keys,
    "articles": EXCEPTIONS.keys,
    "podcast": PODCAST.keys,
    "each": EACH_KEYS,
    "retired": RETIRED.keys,
    "output": OUTPUT.keys,
    "media": MEDIA.keys,
    "guards": GUARDS.keys,
    "build": BUILD.keys,
}
"""The keys of each table by the name in its marker."""

_TABLE = re.compile(r"(<!-- keys of (.+?) -->\n).*?(<!-- end of keys -->)", re.DOTALL)


def renewed(page: str) -> str:
    """Return a page of the docs with its tables of keys updated from the declarations."""
    return _TABLE.sub(lambda found: f"{found[1]}\n{table(TABLES[found[2]])}\n{found[3]}", page)


def table(keys: tuple[Key, ...]) -> str:
    """Return the table of these keys, in Markdown."""
    rows = (f"| `{key.name}` | {key.shown_default} | {key.doc.replace('|', chr(92) + '|')} |" for key in keys)
    return "\n".join(("| key | default | meaning |", "|---|---|---|", *rows, ""))


if __name__ == "__main__":
    sys.stdout.buffer.write(renewed(Path(sys.argv[1]).read_text(encoding="utf-8")).encode())
