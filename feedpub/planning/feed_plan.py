"""What the documents of a feed hold: near-duplicates out, the newest for subscribers, the rest for the archive."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from html import escape
from itertools import accumulate
from typing import Literal, TypeAlias

from feedpub.articles.article import Article, Origin
from feedpub.articles.duplicates import NearDuplicate, leave_out_near
from feedpub.articles.entry import Entry, content_of, newest_first
from feedpub.articles.ids import article_id
from feedpub.config import FeedSettings
from feedpub.documents.channel import Feed, Page, Site, make_feed
from feedpub.documents.formats import entry_size, head_size
from feedpub.documents.readback import PublishedFeed
from feedpub.history.memory import ArchiveIndex
from feedpub.planning.archive import ByteBudget, paginate

Limit: TypeAlias = Literal["max_items", "max_bytes"]


@dataclass(frozen=True, slots=True)
class FeedPlan:
    """A feed as it is to be written: the subscription document's selection, and the archive's changed pages.

    ``index`` are the archive's closed pages from before, which stay as they are. ``near`` was left out. ``limit`` is
    what keeps older entries out of the subscription document; ``None`` where it holds them all.
    """

    feed: Feed
    pages: tuple[Page, ...] = ()
    index: ArchiveIndex = field(default_factory=ArchiveIndex)
    near: tuple[NearDuplicate, ...] = ()
    limit: Limit | None = None

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


def plan_feed(
    settings: FeedSettings,
    entries: Iterable[Entry],
    site: Site,
    titles: Mapping[str, str],
    index: ArchiveIndex,
    *,
    since: Mapping[str, datetime] | None = None,
) -> FeedPlan:
    """Compose a feed of ``entries``, none of which stands in a closed page of ``index``.

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
    budget = ByteBudget(
        settings.max_bytes - head_size(settings, site), lambda entry: entry_size(entry, settings, titles)
    )
    pages = paginate(ordered[held:], settings.archive, index, budget)
    dated = tuple(replace(page, since=dates.get(page.name)) for page in pages)
    limit: Limit | None = None
    if held < len(ordered):
        limit = "max_items" if held == settings.max_items else "max_bytes"
    return FeedPlan(feed, dated, index, near, limit)


def moved_notice(settings: FeedSettings, site: Site, online: PublishedFeed | None) -> Feed:
    """Return the retired feed of ``settings``; ``online`` is what is published of it.

    The entry is dated just after what the feed last was, so that it stands on top of it; then as it is online.
    """
    assert settings.moved_to is not None
    key = f"retired\n{settings.slug}\n{settings.moved_to}"
    address = escape(settings.moved_to)
    date = site.epoch if online is None else online.updated + timedelta(seconds=1)
    identity = article_id(site.id_authority, key=key, published=date, title="")
    known = {entry.id: entry.published for entry in online.entries} if online else {}
    article = Article(
        id=identity,
        title=f"{settings.title} has moved",
        body=f'<p>This feed has moved to <a href="{address}">{address}</a>. Please subscribe to it there.</p>',
        published=known.get(identity, date),
        origin=Origin(f"feeds.{settings.slug}.retired", 1, 1),
        html=True,
        link=settings.moved_to,
    )
    return make_feed(settings, [Entry(article, (), content_of(article))], site)


def fitting(entries: Sequence[Entry], feed: FeedSettings, site: Site, titles: Mapping[str, str]) -> int:
    """Return how many of ``entries`` (newest first) the subscription document of ``feed`` holds.

    At most ``max_items`` of them, and as many as fit into ``max_bytes`` in every format; but never none, since a
    feed with one entry that is too long is of more use than an empty one. ``titles`` are the categories that
    feeds are, by slug.
    """
    newest = entries[: feed.max_items]
    sizes = accumulate((entry_size(entry, feed, titles) for entry in newest), initial=head_size(feed, site))
    held = sum(size <= feed.max_bytes for size in sizes) - 1
    return max(held, min(1, len(newest)))
