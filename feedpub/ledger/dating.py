"""When a feed last changed. Pure decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from feedpub.feeds import Feed
from feedpub.ledger.published import PublishedFeed


def date_feed(feed: Feed, online: PublishedFeed | None, sources_changed: datetime) -> Feed:
    """Return ``feed`` with its ``updated`` as subscribers have to see it (RFC 4287 §4.2.15).

    It is that of the entry that changed last; but an entry that was removed leaves no such trace, so a feed whose
    entries are others than those ``online`` is never dated as before: ``sources_changed`` dates it then, when the
    folder of articles changed.
    """
    if online is None:
        return feed
    now = {entry.article.id: entry.updated for entry in feed.entries}
    before = {entry.id: entry.updated for entry in online.entries}
    if now.keys() == before.keys() and all(time in (None, now[known]) for known, time in before.items()):
        return replace(feed, updated=max(feed.updated, online.updated))
    if feed.updated > online.updated:
        return feed
    return replace(feed, updated=max(sources_changed, online.updated + timedelta(seconds=1)))
