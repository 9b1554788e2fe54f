"""feedpub: publishes a folder of articles as valid, stable category feeds.

The names below are the library, and keep their meaning under semantic versioning; ``docs/library.md`` shows how to use
them. Their modules are imported when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feedpub.articles.article import Article, Notice, Origin, Reject
    from feedpub.config import Settings, load_config
    from feedpub.core.errors import (
        ConfigError,
        FeedpubError,
        GuardRefusal,
        Locked,
        PublishError,
        SourceError,
        TooManyRejects,
    )
    from feedpub.planning.site_plan import SitePlan
    from feedpub.publishing.build import build, plan
    from feedpub.publishing.build_report import BuildReport
    from feedpub.validator import Finding, Level, is_valid, validate

__version__ = "0.3.0"

__all__ = [
    "Article",
    "BuildReport",
    "ConfigError",
    "FeedpubError",
    "Finding",
    "GuardRefusal",
    "Level",
    "Locked",
    "Notice",
    "Origin",
    "PublishError",
    "Reject",
    "Settings",
    "SitePlan",
    "SourceError",
    "TooManyRejects",
    "build",
    "is_valid",
    "load_config",
    "plan",
    "validate",
]

_HOMES = {
    "feedpub.articles.article": ("Article", "Notice", "Origin", "Reject"),
    "feedpub.config": ("Settings", "load_config"),
    "feedpub.core.errors": (
        "ConfigError",
        "FeedpubError",
        "GuardRefusal",
        "Locked",
        "PublishError",
        "SourceError",
        "TooManyRejects",
    ),
    "feedpub.planning.site_plan": ("SitePlan",),
    "feedpub.publishing.build": ("build", "plan"),
    "feedpub.publishing.build_report": ("BuildReport",),
    "feedpub.validator": ("Finding", "Level", "is_valid", "validate"),
}


def __getattr__(name: str) -> object:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
