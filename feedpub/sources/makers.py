"""Which program made files: recognised by their records, the beginning of an export, or other files beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from feedpub.sources.programs import program_of
from feedpub.sources.readers import json, jsonl
from feedpub.sources.records import RecordError

# How exports of blogs identify themselves before their first post.
_EXPORTS = (
    ("WordPress", re.compile(rb"<wp:wxr_version>|xmlns:wp=")),
    ("Blogger", re.compile(rb"schemas\.google\.com/blogger/|<generator[^>]*>Blogger<")),
)
# The settings files of site generators, by the beginnings of their names.
_GENERATORS = (
    ("Hexo", ("scaffolds", "_config.landscape.yml", "_config.next.yml")),
    ("Jekyll", ("_config.yml", "_config.yaml")),
    ("Pelican", ("pelicanconf.py",)),
    ("Hugo", ("hugo.toml", "hugo.yaml", "hugo.json")),
    ("Eleventy", ("eleventy.config.", ".eleventy.js")),
    ("Astro", ("astro.config.",)),
    ("Next.js", ("next.config.",)),
    ("Docusaurus", ("docusaurus.config.",)),
    ("Gatsby", ("gatsby-config.",)),
)
_OBJECTS: Mapping[str, Callable[[str], object]] = {"json": json.first_object, "jsonl": jsonl.first_object}


def maker_of(taken: str, head: bytes, beside: Collection[str]) -> str:
    """Return the program that made a file in format ``taken`` that begins with ``head``; empty if unknown.

    ``beside`` are the names in the folder of the site.
    """
    if taken == "markdown":
        found = (name for name, files in _GENERATORS if any(each.startswith(files) for each in beside))
    elif taken == "feed":
        found = (name for name, sign in _EXPORTS if sign.search(head))
    elif taken in _OBJECTS:
        found = (name for name in [_of_records(taken, head)] if name)
    else:
        return ""
    return next(found, "")


def _of_records(taken: str, head: bytes) -> str:
    try:
        record = _OBJECTS[taken](head.decode(errors="replace"))
    except (ValueError, RecordError, RecursionError):
        return ""
    return program_of(record) if isinstance(record, Mapping) else ""
