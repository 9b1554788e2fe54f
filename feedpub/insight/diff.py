"""What a config changes: the articles that would enter each feed, and those that would leave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from feedpub.config import FeedSettings
from feedpub.documents.channel import Feed
from feedpub.documents.readback import PublishedFeed
from feedpub.planning.site_plan import SitePlan

Titles = Mapping[str, str]
"""The entries of a feed: id → title, in the feed's order."""


@dataclass(frozen=True, slots=True)
class FeedChange:
    """How one feed changes; articles that enter and leave as pairs of id and title, in the order of the feed.

    ``moved_to`` is the address that replaces the feed, if this change retires it.
    """

    slug: str
    status: Literal["same", "changed", "new", "retired", "gone"]
    entering: tuple[tuple[str, str], ...]
    leaving: tuple[tuple[str, str], ...]
    moved_to: str | None = None


def compare(
    old: Mapping[str, Titles], new: Mapping[str, Titles], retired: Iterable[FeedSettings] = ()
) -> tuple[FeedChange, ...]:
    """Return the change of each feed: feeds in ``new`` in their order, then feeds that are gone.

    ``retired`` are feeds in ``new`` that only say where they have moved.
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


def planned(plan: SitePlan) -> dict[str, Titles]:
    """Return the entries of each feed's subscription document, by slug, after ``plan`` is carried out."""
    feeds = {rendered.feed.slug: _titles(rendered.feed) for rendered in plan.rendered}
    stays = published(plan.state.online)
    return {slug: stays.get(slug, {}) if slug in plan.verified.held else feeds[slug] for slug in feeds}


def published(online: Mapping[str, PublishedFeed]) -> dict[str, Titles]:
    """Return the entries of the documents that are ``online``, by slug."""
    return {slug: {entry.id: entry.title for entry in feed.entries} for slug, feed in online.items()}


def _titles(feed: Feed) -> Titles:
    return {entry.article.id: entry.article.title for entry in feed.entries}
