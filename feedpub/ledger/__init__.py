"""The memory of what subscribers have seen: ids that stay, changes that show, floods that are refused.

selected → identity.settle ← memory (store, or the published documents where the store is lost)
         → guards.check → … published … → store.record
"""

from feedpub.core.errors import ALLOWANCES
from feedpub.documents.readback import PublishedEntry, PublishedFeed
from feedpub.ledger.guards import (
    Moving,
    PreviousFeed,
    check_authority,
    check_damaged,
    check_flood,
    check_removed,
)
from feedpub.ledger.identity import Settled, Terms, settle
from feedpub.ledger.memory import Memory, Remembered, remember
from feedpub.ledger.shelf import ClosedPage, Shelf, ShelfChange
from feedpub.ledger.store import A_DAY, Store, note, record
from feedpub.text.similarity import digest, similarity, sketch

__all__ = [
    "ALLOWANCES",
    "A_DAY",
    "ClosedPage",
    "Memory",
    "Moving",
    "PreviousFeed",
    "PublishedEntry",
    "PublishedFeed",
    "Remembered",
    "Settled",
    "Shelf",
    "ShelfChange",
    "Store",
    "Terms",
    "check_authority",
    "check_damaged",
    "check_flood",
    "check_removed",
    "digest",
    "note",
    "record",
    "remember",
    "settle",
    "similarity",
    "sketch",
]
