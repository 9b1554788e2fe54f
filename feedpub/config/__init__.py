"""The config file as frozen settings, everything in it compiled when it is loaded."""

from feedpub.config.loader import load_config, load_packs, parse_config
from feedpub.config.scalars import parse_share
from feedpub.config.settings import Archive, FeedSettings, Guards, Output, Settings, Window
from feedpub.documents.channel import Site

__all__ = [
    "Archive",
    "FeedSettings",
    "Guards",
    "Output",
    "Settings",
    "Site",
    "Window",
    "load_config",
    "load_packs",
    "parse_config",
    "parse_share",
]
