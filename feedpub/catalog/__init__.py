"""What was read before: of each file of the sources, what a build needs to know of all that is in it.

A cache, never a promise: a build with it equals a build without it. It may be deleted at any time.
"""

from feedpub.catalog.catalog import Catalog, Effort, Selector
from feedpub.catalog.catalog_file import CatalogFile, Difference, PieceSearch, Seen, Skipped, Stale, Want
from feedpub.catalog.census import Census
from feedpub.catalog.coding import Columns, Other, Rows, id_number
from feedpub.catalog.engine import Engine
from feedpub.catalog.scan import Found, Task, run
from feedpub.catalog.store import Damaged, Store

__all__ = [
    "Catalog",
    "CatalogFile",
    "Census",
    "Columns",
    "Damaged",
    "Difference",
    "Effort",
    "Engine",
    "Found",
    "Other",
    "PieceSearch",
    "Rows",
    "Seen",
    "Selector",
    "Skipped",
    "Stale",
    "Store",
    "Task",
    "Want",
    "id_number",
    "run",
]
