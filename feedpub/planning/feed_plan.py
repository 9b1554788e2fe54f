"""Decides what the documents of a feed contain: the newest entries for subscribers, older ones for the archive."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import accumulate

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
from feedpub.planning.windows import Limit, OpenWindow


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the plan of a feed depends on, besides its entries.

    ``now`` is the time of the build. ``since`` says when the published documents last changed: the open archive
    document, under its name, and the subscription document, under ``""``. ``sources`` has the number of the source of
    each file. ``guid`` is the published ``podcast:guid``; empty if there is none.
    """

    now: datetime
    since: Mapping[str, datetime] = field(default_factory=dict)
    sources: Mapping[str, int] = field(default_factory=dict)
    guid: str = ""


_NOWHERE = Surroundings(datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class FeedPlan:
    """A feed as it will be written: ``feed`` is its subscription document, ``pages`` are archive documents.

    - ``pages`` has only those that are new or changed, the last of which is open. ``index`` has the closed documents of
      earlier builds, which stay as they are.
    - ``near`` are the near-duplicates that were left out.
    - ``limit`` is what keeps older entries out of the subscription document; ``None`` if it contains them all.
    - ``outside`` says, by id, which limit of the ``window`` keeps an entry out of it.
    """

    feed: Feed
    window: OpenWindow
    pages: tuple[Page, ...] = ()
    index: ArchiveIndex = field(default_factory=ArchiveIndex)
    near: tuple[NearDuplicate, ...] = ()
    limit: Limit | None = None
    outside: Mapping[str, Limit] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The feed's name."""
        return self.feed.settings.slug

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries that will be written."""
        return (*self.feed.entries, *(entry for page in self.pages for entry in page.entries))

    @property
    def closing(self) -> tuple[Page, ...]:
        """The archive documents that this build closes: they are written for the last time."""
        return self.pages[:-1]

    @property
    def ages_out(self) -> datetime | None:
        """When the first entry becomes too old for the subscription document; ``None`` if none ever does."""
        age, entries = self.window.window.newer_than, self.feed.entries
        return None if age is None or not entries else min(e.article.published for e in entries) + age

    def why_no_room(self, article: Article, entry_id: str) -> str:
        """Return why the feed has no room for ``article``, as a clause; ``entry_id`` is its published id."""
        if self.feed.settings.podcast and not article.plays:
            return f"{self.slug} is a podcast, and this article has no audio or video"
        limit = self.outside.get(entry_id) or self.window.why_not_at_hand(article, self.feed.entries)
        if limit is not None:
            return f"{self.slug} only takes {self.window.shown(limit)} ({limit}), and this is not one of them"
        held, size = len(self.feed.entries), "max_bytes" if self.limit == "max_bytes" else "max_items"
        entries = "1 entry" if held == 1 else f"{held:,} entries"
        return f"{self.slug} has room for {entries} ({size}), and this article is older"

    def without_slid(self, online: PublishedFeed, ids: Container[str]) -> PublishedFeed:
        """Return the published feed without entries that have left the window; ``ids`` are those of all articles."""
        shown = {entry.article.id for entry in self.feed.entries}
        left = tuple(
            entry
            for entry in online.entries
            if entry.id in shown
            or not self.window.has_slid(entry.published, self.feed.entries, still_there=entry.id in ids)
        )
        return replace(online, entries=left)


def plan_feed(
    settings: FeedSettings,
    entries: Iterable[Entry],
    site: Site,
    titles: Mapping[str, str],
    index: ArchiveIndex,
    around: Surroundings = _NOWHERE,
) -> FeedPlan:
    """Return the plan of a feed with ``entries``, none of which may be in a closed archive document of ``index``.

    ``titles`` are the titles of the feeds that are written as categories, by slug. The feed counts as full if it has
    as many entries as it may have, or if there were more than fit. Near-duplicates are left out first, so they do not
    take the places of other entries.
    """
    window = OpenWindow(settings.window, around.now, around.sources)
    if settings.podcast:
        # The file of an episode may be missing, or may not be audio or video.
        entries = [entry for entry in entries if entry.article.plays]
    ordered, outside = window.in_bounds(newest_first(entries))
    near: tuple[NearDuplicate, ...] = ()
    if settings.near is not None:
        ordered, near = leave_out_near(ordered, settings.slug, settings.near)
    over = window.without_room(ordered)
    room = [entry for entry in ordered if entry.article.id not in over]
    held = fitting(room, settings, site, titles)
    full = len(room) + len(near) >= settings.max_items or held < len(room)
    feed = make_feed(settings, room[:held], site, full=full, since=around.since.get(""), guid=around.guid)
    older = [*room[held:], *(entry for entry in ordered if entry.article.id in over)]
    budget = ByteBudget(
        settings.max_bytes - head_size(settings, site), lambda entry: entry_size(entry, settings, titles)
    )
    pages = paginate(older, settings.archive, index, budget)
    dated = tuple(replace(page, since=around.since.get(page.name)) for page in pages)
    limit: Limit | None = next(iter(over.values()), None)
    if held < len(room):
        limit = "max_items" if held == settings.max_items else "max_bytes"
    return FeedPlan(feed, window, dated, index, near, limit, outside | over)


def moved_notice(settings: FeedSettings, site: Site, online: PublishedFeed | None) -> Feed:
    """Return the feed of ``settings``, which has moved, with one entry that says so; ``online`` is its published state.

    The entry is dated one second after the feed last changed, so that readers show it at the top. It keeps this date.
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
    """Return how many of ``entries`` (newest first) fit into the subscription document of ``feed``.

    These are at most ``max_items``, and as many as fit into ``max_bytes`` in every format. But it always contains the
    newest entry: a feed with one entry that is too long is more useful than an empty one. ``titles`` are the titles of
    the feeds that are written as categories, by slug.
    """
    newest = entries[: feed.max_items]
    sizes = accumulate((entry_size(entry, feed, titles) for entry in newest), initial=head_size(feed, site))
    held = sum(size <= feed.max_bytes for size in sizes) - 1
    return max(held, min(1, len(newest)))
