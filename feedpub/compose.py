"""What the documents of a feed hold: near-duplicates out, the newest for subscribers, the rest for the archive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from feedpub.archives import Room, paginate
from feedpub.articles.duplicates import NearDuplicate, leave_out_near
from feedpub.articles.entry import Entry, newest_first
from feedpub.config import FeedSettings
from feedpub.documents.channel import Feed, Page, Site, make_feed
from feedpub.documents.formats import entry_size, head_size
from feedpub.history.memory import ClosedPage, Shelf, ShelfChange
from feedpub.limits import fitting


@dataclass(frozen=True, slots=True)
class Composed:
    """A feed as it is to be written: the subscription document's selection, and the archive's changed pages.

    ``shelf`` are the archive's closed pages from before, which stay as they are. ``near`` was left out.
    """

    feed: Feed
    pages: tuple[Page, ...] = ()
    shelf: Shelf = field(default_factory=Shelf)
    near: tuple[NearDuplicate, ...] = ()

    @property
    def slug(self) -> str:
        """The feed's name."""
        return self.feed.settings.slug

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries that are to be written."""
        return (*self.feed.entries, *(entry for page in self.pages for entry in page.entries))

    @property
    def closing(self) -> tuple[Page, ...]:
        """The pages that are written for the last time."""
        return self.pages[:-1]


def compose(
    settings: FeedSettings,
    entries: Iterable[Entry],
    site: Site,
    titles: Mapping[str, str],
    shelf: Shelf,
    *,
    since: Mapping[str, datetime] | None = None,
) -> Composed:
    """Compose a feed of ``entries``, none of which stands in a closed page of ``shelf``.

    ``titles`` are the categories that feeds are, by slug. ``since`` are the dates of its documents that are
    published: of the open page by its name, of the subscription document by ``""``. The feed counts as full when
    there were as many entries as it may hold, or more than it has room for.
    """
    dates = since or {}
    ordered = newest_first(entries)
    full = len(ordered) >= settings.max_items
    near: tuple[NearDuplicate, ...] = ()
    if settings.near is not None:
        ordered, near = leave_out_near(ordered, settings.slug, settings.near)
    held = fitting(ordered, settings, site, titles)
    feed = make_feed(settings, ordered[:held], site, full=full or held < len(ordered), since=dates.get(""))
    room = Room(
        settings.max_bytes - head_size(settings, site), lambda entry: entry_size(entry, settings, titles)
    )
    pages = paginate(ordered[held:], settings.archive, shelf, room)
    return Composed(feed, tuple(replace(page, since=dates.get(page.name)) for page in pages), shelf, near)


def shelf_change(
    composed: Composed,
    site: Site,
    derived: Mapping[str, str],
    became: Iterable[str],
    before: frozenset[str] | None,
) -> ShelfChange | None:
    """Return what the ledger has to remember of the pages that ``composed`` closes; ``None`` for nothing.

    ``derived`` are the ids that entries' articles have of their own, by entry, where they are others; ``became``
    those of articles that turned out to be in a closed page. ``before`` are the ids of the closed pages up to now
    where the ledger did not know them.
    """
    closing = {entry.article.id for page in composed.closing for entry in page.entries}
    # Once an earlier text is out of sight, what was left out for it must not come back.
    closing |= {near.entry.article.id for near in composed.near if near.kept.article.id in closing}
    ids = closing | {derived[entry_id] for entry_id in closing if entry_id in derived} | {*became}
    pages = tuple(ClosedPage(page.name, page.next) for page in composed.closing if page.next)
    if before is None and not ids:
        return None
    return ShelfChange(
        feed=composed.slug,
        base=site.base_url,
        pages=pages if before is None else (*composed.shelf.pages, *pages),
        ids=tuple(sorted(ids | (before or frozenset()))),
        anew=before is not None,
    )
