"""What a config changes: which articles would enter each feed and which would leave it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feedpub.compose import compose
from feedpub.config import Settings
from feedpub.feeds import Entry, make_entry
from feedpub.intake import SourceTimes, take_in
from feedpub.ledger import PublishedFeed, Shelf, Store, settle
from feedpub.pipeline import LEDGER

Titles = Mapping[str, str]
"""The entries of a feed: id → title, in the feed's order."""


@dataclass(frozen=True, slots=True)
class FeedChange:
    """How one feed changes; what enters and leaves as pairs of id and title, in the order of the feed."""

    slug: str
    status: Literal["same", "changed", "new", "gone"]
    entering: tuple[tuple[str, str], ...]
    leaving: tuple[tuple[str, str], ...]


def compare(old: Mapping[str, Titles], new: Mapping[str, Titles]) -> tuple[FeedChange, ...]:
    """Return the change of each feed (by slug): those of ``new`` in their order, then those that are gone."""
    return tuple(_change(slug, old.get(slug), new.get(slug)) for slug in dict.fromkeys((*new, *old)))


def _change(slug: str, old: Titles | None, new: Titles | None) -> FeedChange:
    before, after = old or {}, new or {}
    entering = tuple((entry, title) for entry, title in after.items() if entry not in before)
    leaving = tuple((entry, title) for entry, title in before.items() if entry not in after)
    if old is None:
        return FeedChange(slug, "new", entering, leaving)
    if new is None:
        return FeedChange(slug, "gone", entering, leaving)
    return FeedChange(slug, "changed" if entering or leaving else "same", entering, leaving)


class _NoPast:
    """A first build's knowledge of earlier ones: a subscription document does not depend on more."""

    def archived(self, feed: str, entry_id: str) -> bool:  # noqa: ARG002 - it is all that can be asked
        return False

    def by_id(self, entry_id: str) -> None:  # noqa: ARG002
        return None


def planned(
    settings: Settings, now: datetime, online: Mapping[str, PublishedFeed] | None = None
) -> dict[str, Titles]:
    """Return what a build of ``settings`` at ``now`` would put into each feed's subscription document, by slug.

    With what is ``online``, articles go by the ids under which subscribers know them, else by their own.
    """
    taken = take_in(settings, now, _NoPast())
    distinct = {s.article.id: s for selections in taken.selected for s in selections}
    entries: Mapping[str, Entry] = {article_id: make_entry(s) for article_id, s in distinct.items()}
    if online is not None:
        times = SourceTimes(settings, now)
        with closing(Store(settings.output.state / LEDGER)) as store:
            for feed in online.values():
                store.see(feed.entries)
            entries = settle(distinct.values(), store, taken.ids, times.of_article).entries
    plan: dict[str, Titles] = {}
    for feed_settings, selections in zip(settings.feeds, taken.selected, strict=True):
        held = [entries[s.article.id] for s in selections]
        composed = compose(feed_settings, held, settings.site, settings.categories, Shelf())
        plan[feed_settings.slug] = {e.article.id: e.article.title for e in composed.feed.entries}
    return plan


def published(online: Mapping[str, PublishedFeed]) -> dict[str, Titles]:
    """Return the entries of what is ``online``, by slug."""
    return {slug: {entry.id: entry.title for entry in feed.entries} for slug, feed in online.items()}
