"""Which entries of a feed say nearly the same as an earlier one (``dedup.near``). Pure decisions.

Likeness is that by which the ledger knows an edited text: the share of word pairs in common, estimated from
sketches (bottom-k MinHash; Broder, "On the resemblance and containment of documents", 1997).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from feedpub.feeds import Entry
from feedpub.text.similarity import similarity, sketch

KEYS = 16
"""How many hashes an entry is found by: of two texts that are half alike, 1 in 65,000 pairs shares none of them."""

COMMON = 200
"""A hash that so many entries of a feed share is a turn of phrase and finds nobody any more."""


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """An ``entry`` that ``feed`` left out because of an earlier one, ``kept``; ``likeness`` from 0 to 1."""

    feed: str
    entry: Entry
    kept: Entry
    likeness: float

    @property
    def reason(self) -> str:
        """Why it was left out, as a sentence."""
        kept = self.kept.article
        return (
            f"left out of {self.feed}: {self.likeness:.0%} of its text is in {kept.title!r} ({kept.origin}),"
            " which is earlier"
        )


def leave_out_near(
    entries: Sequence[Entry], feed: str, share: float
) -> tuple[list[Entry], tuple[NearDuplicate, ...]]:
    """Return ``entries`` (newest first) without those that are alike by ``share`` to an earlier one, and those.

    An entry is only ever held against ones that stay: of a chain of texts, each a little changed, the first stays
    and so does each that has moved far enough from it.
    """
    kept: list[tuple[Entry, tuple[int, ...]]] = []
    near: list[NearDuplicate] = []
    found_by = defaultdict[int, list[int]](list)
    for entry in reversed(entries):
        own = sketch(entry.article.title, entry.content.html)
        candidates = sorted({number for hash_ in own[:KEYS] for number in found_by[hash_]})
        alike = [(similarity(own, kept[number][1]), -number) for number in candidates]
        best, number = max(alike, default=(0.0, 0))
        if best >= share:
            near.append(NearDuplicate(feed, entry, kept[-number][0], best))
            continue
        for hash_ in own[:KEYS]:
            if len(found_by[hash_]) < COMMON:
                found_by[hash_].append(len(kept))
        kept.append((entry, own))
    return [entry for entry, _ in reversed(kept)], tuple(near)
