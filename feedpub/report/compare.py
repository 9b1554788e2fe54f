"""What a config changes: which articles would enter each feed and which would leave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feedpub.compose import compose
from feedpub.config import FeedSettings, Settings
from feedpub.duplicates import NoPast, Past
from feedpub.feeds import Entry, Feed, make_entry
from feedpub.intake import SourceTimes, take_in
from feedpub.ledger import PublishedFeed, Shelf, settle
from feedpub.report.known import memory
from feedpub.retired import last_feed

Titles = Mapping[str, str]
"""The entries of a feed: id → title, in the feed's order."""


@dataclass(frozen=True, slots=True)
class FeedChange:
    """How one feed changes; what enters and leaves as pairs of id and title, in the order of the feed.

    ``moved_to`` is the address that takes its place, of a feed that is retired by this change.
    """

    slug: str
    status: Literal["same", "changed", "new", "retired", "gone"]
    entering: tuple[tuple[str, str], ...]
    leaving: tuple[tuple[str, str], ...]
    moved_to: str | None = None


def compare(
    old: Mapping[str, Titles], new: Mapping[str, Titles], retired: Iterable[FeedSettings] = ()
) -> tuple[FeedChange, ...]:
    """Return the change of each feed (by slug): those of ``new`` in their order, then those that are gone.

    ``retired`` are those of ``new`` that say nothing but where they have moved.
    """
    moved = {feed.slug: feed.moved_to for feed in retired}
    return tuple(
        _change(slug, old.get(slug), new.get(slug), moved.get(slug)) for slug in dict.fromkeys((*new, *old))
    )


def _change(slug: str, old: Titles | None, new: Titles | None, moved_to: str | None) -> FeedChange:
    before, after = old or {}, new or {}
    entering = tuple((entry, title) for entry, title in after.items() if entry not in before)
    leaving = tuple((entry, title) for entry, title in before.items() if entry not in after)
    if new is None:
        return FeedChange(slug, "gone", entering, leaving)
    if moved_to and (old is None or entering):
        return FeedChange(slug, "retired", entering, leaving, moved_to)
    if old is None:
        return FeedChange(slug, "new", entering, leaving)
    return FeedChange(slug, "changed" if entering or leaving else "same", entering, leaving)


class _Unarchived:
    """What earlier builds published, but for closed archive pages: a subscription document does not depend on these."""

    def __init__(self, past: Past) -> None:
        self.by_id, self.split_ids, self.online = past.by_id, past.split_ids, past.online

    def archived(self, feed: str, entry_id: str) -> bool:  # noqa: ARG002 - it is all that can be asked
        return False


def planned(
    settings: Settings, now: datetime, online: Mapping[str, PublishedFeed] | None = None
) -> dict[str, Titles]:
    """Return what a build of ``settings`` at ``now`` would put into each feed's subscription document, by slug.

    With what is ``online``, articles go by the ids under which subscribers know them, else by their own.
    """
    with nullcontext() if online is None else memory(settings, online) as store:
        taken = take_in(settings, now, _Unarchived(store or NoPast()))
        distinct = {s.article.id: s for selections in taken.selected for s in selections}
        entries: Mapping[str, Entry] = {article_id: make_entry(s) for article_id, s in distinct.items()}
        if store is not None:
            times = SourceTimes(settings, now)
            entries = settle(distinct.values(), store, taken.ids, times.of_article).entries
    plan: dict[str, Titles] = {}
    for feed_settings, selections in zip(settings.feeds, taken.selected, strict=True):
        held = [entries[s.article.id] for s in selections]
        composed = compose(feed_settings, held, settings.site, settings.categories, Shelf())
        plan[feed_settings.slug] = _titles(composed.feed)
    for feed_settings in settings.retired:
        last = last_feed(feed_settings, settings.site, online.get(feed_settings.slug) if online else None)
        plan[feed_settings.slug] = _titles(last)
    return plan


def published(online: Mapping[str, PublishedFeed]) -> dict[str, Titles]:
    """Return the entries of what is ``online``, by slug."""
    return {slug: {entry.id: entry.title for entry in feed.entries} for slug, feed in online.items()}


def _titles(feed: Feed) -> Titles:
    return {entry.article.id: entry.article.title for entry in feed.entries}
