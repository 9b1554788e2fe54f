"""What was read before: of each file of the sources, what a build needs to know of all that is in it.

A cache, never a promise: a build with it equals a build without it. It may be deleted at any time.
"""

from feedpub.catalog.catalog import (
    Catalog,
    CatalogFile,
    Difference,
    Effort,
    Other,
    Seen,
    Stale,
    Unheard,
    Want,
)
from feedpub.catalog.census import Census
from feedpub.catalog.store import Damaged, Store

__all__ = [
    "Catalog",
    "CatalogFile",
    "Census",
    "Damaged",
    "Difference",
    "Effort",
    "Other",
    "Seen",
    "Stale",
    "Store",
    "Unheard",
    "Want",
]
