"""The config file as frozen settings, everything in it compiled when it is loaded."""

from feedpub.config.load import load_config, parse_config, parse_share
from feedpub.config.settings import FeedSettings, Guards, Output, Settings, Site

__all__ = [
    "FeedSettings",
    "Guards",
    "Output",
    "Settings",
    "Site",
    "load_config",
    "parse_config",
    "parse_share",
]
