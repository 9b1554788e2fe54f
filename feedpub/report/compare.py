"""What a config changes: which articles would enter each feed and which would leave it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feedpub import publish
from feedpub.config import Settings
from feedpub.intake import SourceTimes, take_in
from feedpub.ledger import MEDIA_TYPES, PublishedEntry, PublishedFeed, Store, read_document, settle
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


def selected(settings: Settings, now: datetime) -> dict[str, Titles]:
    """Return what a build of ``settings`` at ``now`` would put into each feed, under the articles' own ids."""
    taken = take_in(settings, now)
    return {
        feed.slug: {selection.article.id: selection.article.title for selection in selections}
        for feed, selections in zip(settings.feeds, taken.selected, strict=True)
    }


def published(settings: Settings) -> dict[str, PublishedFeed]:
    """Return what is online of each feed, read from the document that says most."""
    documents = publish.read_manifest(settings.output.dir).documents.values()
    online: dict[str, PublishedFeed] = {}
    for media_type in MEDIA_TYPES:
        for document in documents:
            if document.media_type == media_type and document.feed not in online:
                data = publish.read_published(settings.output.dir, document.path)
                feed = read_document(data, media_type) if data is not None else None
                if feed:
                    online[document.feed] = feed
    return online


def selected_as_known(
    settings: Settings, online: Iterable[PublishedEntry], now: datetime
) -> dict[str, Titles]:
    """Return what a build would put into each feed, under the ids by which subscribers know the articles."""
    taken = take_in(settings, now)
    distinct = {s.article.id: s for selections in taken.selected for s in selections}
    with closing(Store(settings.output.state / LEDGER, list(online))) as store:
        settled = settle(distinct.values(), store, taken.ids, SourceTimes(settings, now).of_article)
    known = {article_id: entry.article for article_id, entry in settled.entries.items()}
    return {
        feed.slug: {known[s.article.id].id: known[s.article.id].title for s in selections}
        for feed, selections in zip(settings.feeds, taken.selected, strict=True)
    }
