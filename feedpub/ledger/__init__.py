"""The memory of what subscribers have seen: ids that stay, changes that show, floods that are refused.

selected → identity.settle ← memory (store, or the published documents where the store is lost)
         → guards.check → … published … → store.record
"""

from feedpub.core.errors import ALLOWANCES
from feedpub.documents.readback import PublishedEntry, PublishedFeed
from feedpub.history.identity import Settled, Terms, settle
from feedpub.history.ledger import A_DAY, Store, note, record
from feedpub.history.memory import ClosedPage, Memory, Remembered, Shelf, ShelfChange, remember
from feedpub.ledger.guards import (
    Moving,
    PreviousFeed,
    check_authority,
    check_damaged,
    check_flood,
    check_removed,
    check_state,
)
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
    "check_state",
    "digest",
    "note",
    "record",
    "remember",
    "settle",
    "similarity",
    "sketch",
]
