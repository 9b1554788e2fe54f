"""The config file as frozen settings, everything in it compiled when it is loaded."""

from feedpub.config.feeds import RESERVED_SLUGS, both_ways
from feedpub.config.loader import load_config, load_packs, parse_config
from feedpub.config.output import parse_jobs, parse_target
from feedpub.config.scalars import parse_base_url, parse_share, parse_span
from feedpub.config.settings import (
    VALUE,
    Archive,
    FeedSettings,
    Guards,
    Named,
    Output,
    Settings,
    Template,
    Window,
)
from feedpub.documents.channel import Site

__all__ = [
    "RESERVED_SLUGS",
    "VALUE",
    "Archive",
    "FeedSettings",
    "Guards",
    "Named",
    "Output",
    "Settings",
    "Site",
    "Template",
    "Window",
    "both_ways",
    "load_config",
    "load_packs",
    "parse_base_url",
    "parse_config",
    "parse_jobs",
    "parse_share",
    "parse_span",
    "parse_target",
]
