"""The declaration of the whole config file: its top level, and the JSON Schema (draft 2020-12) for editors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from feedpub.articles.duplicates import Exact
from feedpub.config.feeds import FEEDS, NAMED, FeedKeys, TemplateKeys
from feedpub.config.output import BUILD, DEDUP, GUARDS, OUTPUT, TARGET
from feedpub.config.packs import PACKS
from feedpub.config.settings import Guards, Named, Output
from feedpub.config.site import SITE
from feedpub.config.sources import SOURCE, read_source
from feedpub.core.declaration import Key, Section, Value, list_of
from feedpub.core.yaml_node import Node
from feedpub.documents.channel import Site
from feedpub.rules import DEFINITIONS, LISTS, MATCHING
from feedpub.sources import SourceSpec

VERSION = 1


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """The sections of a config."""

    version: int
    site: Site
    sources: tuple[SourceSpec, ...]
    dedup: Exact
    withdrawn: tuple[Named, ...]
    feeds: tuple[FeedKeys | TemplateKeys, ...]
    output: Output
    guards: Guards
    build: int | None
    deploy: tuple[str, ...]


def _version(node: Node) -> int:
    if node.value != str(VERSION):
        raise node.error(
            f"feedpub does not know version {node.value!s} of the config", f"write version: {VERSION}"
        )
    return VERSION


def _sources(node: Node) -> tuple[SourceSpec, ...]:
    sources = list_of(Value(read_source, SOURCE.schema)).read(node)
    if not sources:
        raise node.error("there are no sources", "add at least one - path: …")
    return sources


def _feeds(node: Node) -> tuple[FeedKeys | TemplateKeys, ...]:
    feeds = FEEDS.read(node)
    if not feeds:
        raise node.error("there are no feeds", "add at least one feed")
    return feeds


def _misplaced(node: Node) -> str:
    """Return the remedy for a feed at the top level; a misspelt ``site`` has a title, too."""
    keys = node.value if isinstance(node.value, Mapping) else {}
    is_feed = not {"title", "any"}.isdisjoint(keys) and {"base_url", "id_authority"}.isdisjoint(keys)
    return "a feed belongs under feeds:, indented by two" if is_feed else ""


VERSION_KEY = Key(
    "version",
    Value(_version, {"enum": [VERSION, str(VERSION)]}),
    f"`{VERSION}`: the version of this format",
    required=True,
)
MATCHING_KEY = Key(
    "matching", MATCHING, "options for the rules of all feeds", default="{}", without="as below"
)
PACKS_KEY = Key(
    "packs",
    PACKS,
    "packs of rules and lists for the feeds: names of feedpub's own packs, or files, see [rules](rules.md#packs)",
    default="[]",
    without="none",
)
LISTS_KEY = Key("lists", LISTS, "named lists of terms, see [rules](rules.md)", default="{}", without="none")

CONFIG = Section(
    keys=(
        VERSION_KEY,
        Key("site", SITE, "what all feeds share", required=True),
        Key(
            "sources",
            Value(_sources, list_of(SOURCE, least=1).schema),
            "where articles come from: a list",
            required=True,
        ),
        Key("dedup", DEDUP, "which records count as one article", default="{}", without="as below"),
        Key(
            "withdrawn",
            list_of(NAMED),
            "ids, links or pages of articles that are taken back while they are listed here, see"
            " [publishing](publishing.md#what-is-taken-back)",
            default="[]",
            without="none",
        ),
        Key(
            "feeds",
            Value(_feeds, FEEDS.schema),
            "the feeds by slug: a name made of `a-z`, `0-9`, `-` and `_`, which is part of the address",
            required=True,
        ),
        Key(
            "output",
            OUTPUT,
            "where documents go, and how much they contain",
            default="{}",
            without="as below",
        ),
        Key("guards", GUARDS, "what a build refuses to do", default="{}", without="as below"),
        Key("build", BUILD, "how a build works", default="{}", without="as below"),
        Key(
            "deploy",
            list_of(TARGET),
            "where `feedpub deploy` copies the published set, see [deploying](publishing.md#deploying)",
            default="[]",
            without="nowhere",
        ),
    ),
    make=ConfigFile,
    others=(MATCHING_KEY, PACKS_KEY, LISTS_KEY),
    misplaced=_misplaced,
)
"""The top level of a config."""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a config file. It accepts every config that can be loaded."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The config of feedpub",
        **CONFIG.schema,
        "$defs": dict(DEFINITIONS),
    }
