"""The guards, which refuse to publish what would hurt subscribers.

These are pure decisions. Each refusal names the command-line option that overrides it.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass

from feedpub.articles.ids import feed_id
from feedpub.config import Settings
from feedpub.core.errors import ConfigError, FeedpubError, GuardRefusal, TooManyRejects
from feedpub.documents.channel import Feed
from feedpub.documents.readback import PublishedEntry, PublishedFeed
from feedpub.history.state import State
from feedpub.planning.routing import IngestResult

SHOWN = 6
"""How many names a refusal lists."""

FEW = 3
"""If fewer entries than this are concerned, an editor did it, even if they are a large share of a small feed."""


@dataclass(frozen=True, slots=True)
class PreviousFeed:
    """A feed as it would be published, and as it is online now.

    ``replaced`` are the ids that builds of the last 24 hours removed from it, as others replaced them.
    """

    feed: Feed
    online: PublishedFeed
    replaced: frozenset[str] = frozenset()

    @property
    def replacing(self) -> frozenset[str]:
        """The ids that would vanish now, while an entry with the same title or text appears under another id."""
        known = {entry.id for entry in self.online.entries}
        entries = self.feed.entries
        ids = {entry.article.id for entry in entries}
        new = [entry for entry in entries if entry.article.id not in known]
        titles = {entry.article.title for entry in new}
        texts = {entry.content.html for entry in new} - {""}
        # An entry older than all others has slid out, such as the first of several episodes with the same title.
        oldest = min((entry.article.published for entry in entries), default=None)
        return frozenset(
            entry.id
            for entry in self.online.entries
            if entry.id not in ids and (entry.title in titles or entry.html in texts)
            if oldest is not None and entry.published >= oldest
        )


@dataclass(frozen=True, slots=True)
class Redated:
    """How many ``entries`` of those ``known`` have another date in their source than at the last build.

    ``zones`` are clauses about sources with a changed time zone.
    """

    entries: int
    known: int
    zones: tuple[str, ...] = ()


def why_refused(
    settings: Settings,
    state: State,
    ingested: IngestResult,
    previous: Iterable[PreviousFeed],
    redated: Redated,
    allowed: Collection[str],
) -> FeedpubError | None:
    """Return the first reason not to publish; ``None`` if there is none.

    Its message also says how many withdrawals wait until a build is not refused.
    """
    try:
        check_examples(settings)
        check_online(settings, state, allowed)
        check_rejects(settings, ingested)
        check_flood(
            previous,
            redated=redated,
            share=settings.guards.max_vanished,
            causes=ingested.source_warnings,
            known=ingested.index,
            is_incomplete=ingested.readings.lacks,
            remedy=f"put the zone back, or {starting_over(settings)}",
            allowed=allowed,
        )
    except FeedpubError as refusal:
        # An error in the config does not depend on what is online.
        waiting = 0 if isinstance(refusal, ConfigError) else len(taken_back(state, ingested))
        if waiting:
            words = "withdrawal waits" if waiting == 1 else "withdrawals wait"
            refusal.args = (f"{refusal}; {waiting:,} {words} for a build that is not refused",)
        return refusal
    return None


def taken_back(state: State, ingested: IngestResult) -> frozenset[str]:
    """Return the ids of online entries that are now withdrawn, including those in closed archive documents."""
    online = {entry.id for feed in state.online.values() for entry in feed.entries}
    online |= {
        entry_id
        for entry_id in ingested.hidden
        # The ledger knows archived entries by the derived ids of their articles, too; only published ids count here.
        if state.ledger.by_id(entry_id)
        and any(state.ledger.archived(feed, entry_id) for feed in state.archives)
    }
    return frozenset(entry_id for entry_id in online if entry_id in ingested.withdrawn)


def check_examples(settings: Settings) -> None:
    """Raise :class:`ConfigError` if an example of a rule fails; this does not need any source."""
    if failing := settings.rules.failing_examples:
        raise failing[0].error(more=len(failing) - 1)


def check_online(settings: Settings, state: State, allowed: Collection[str] = ()) -> None:
    """Raise :class:`GuardRefusal` if what is online shows that no build of ``settings`` may replace it."""
    slugs = {feed.slug for feed in (*settings.feeds, *settings.retired)}
    check_damaged(state.damaged, allowed)
    check_removed(state.online, slugs, state.dropped, allowed)
    check_authority(settings, state, allowed)
    for archive in state.archives.values():
        if archive.broken and "vanished" not in allowed:
            raise GuardRefusal(archive.broken, "vanished")


def check_rejects(settings: Settings, ingested: IngestResult) -> None:
    """Raise :class:`TooManyRejects` if there are more rejects than ``guards.max_rejects`` allows."""
    limit, rejected = settings.guards.max_rejects, len(ingested.rejects)
    records = ingested.articles + ingested.duplicates + ingested.held + ingested.left_out + rejected
    if limit is not None and rejected > (limit if isinstance(limit, int) else limit * records):
        first = ingested.rejects[0]
        raise TooManyRejects(rejected, records, limit, f"{first.origin}: {first.reason}")


def check_damaged(damaged: Collection[str], allowed: Collection[str] = ()) -> None:
    """Raise :class:`GuardRefusal` if all documents of a feed are ``damaged``, as its online entries are unknown."""
    if damaged and "vanished" not in allowed:
        raise GuardRefusal(
            f"the published {_some(damaged)} cannot be read, so feedpub does not know which entries subscribers have;"
            " restore these files from a backup, or from version control",
            "vanished",
        )


def _some(names: Collection[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join([*names][:SHOWN]) + (f" and {more} more" if more > 0 else "")


def check_removed(
    online: Mapping[str, PublishedFeed],
    slugs: Collection[str],
    dropped: Collection[str] = (),
    allowed: Collection[str] = (),
) -> None:
    """Raise :class:`GuardRefusal` if a feed with entries ``online`` (by slug) is not among ``slugs``.

    It is also raised if there are ``dropped`` documents, whose format or archive is no longer in the config.
    """
    gone = [slug for slug, feed in online.items() if feed.entries and slug not in slugs]
    if gone and "removed" not in allowed:
        feeds, they, their, them = (
            ("feed", "it", "its", "it") if len(gone) == 1 else ("feeds", "they", "their", "them")
        )
        raise GuardRefusal(
            f"the config no longer has the published {feeds} {', '.join(gone)}: {they} would be deleted, and {their}"
            f" subscribers would get errors; put {them} back, or list {them} with retired: {{moved_to: …}}",
            "removed",
        )
    if dropped and "removed" not in allowed:
        raise GuardRefusal(
            f"the config no longer has the formats or archives of {_some(dropped)}: these documents would be deleted,"
            " and their subscribers would get errors; put output.formats or archive back as they were",
            "removed",
        )


def check_authority(settings: Settings, state: State, allowed: Collection[str] = ()) -> None:
    """Raise :class:`GuardRefusal` if the published ids were made with another authority than that of ``settings``.

    The published documents show this; if they were moved or deleted, the ledger does.
    """
    if "vanished" in allowed:
        return
    authority, remedy = settings.site.id_authority, f"put back the old value, or {starting_over(settings)}"
    for slug, feed in state.online.items():
        if feed.id not in (None, feed_id(authority, slug)):
            raise GuardRefusal(
                f"the feed {slug} is known to its subscribers as {feed.id}, and with {authority!r} as"
                f" site.id_authority, it would be a new feed to them; {remedy}",
                "vanished",
            )
    if (known := state.ledger.authority()) not in (None, authority):
        raise GuardRefusal(
            f"the published ids were made with {known!r} as site.id_authority, and with {authority!r}, new"
            f" articles would get ids of another kind; {remedy}",
            "vanished",
        )


def starting_over(settings: Settings) -> str:
    """Return what to do if nobody has subscribed yet, as a clause."""
    return (
        f"if nobody has subscribed yet, start over: delete {settings.output.dir} and {settings.output.state}, and build"
        " again"
    )


def check_flood(  # noqa: PLR0913 - the parameters have nothing in common
    feeds: Iterable[PreviousFeed],
    *,
    redated: Redated,
    share: float,
    known: Container[str],
    causes: Iterable[str] = (),
    is_incomplete: bool = False,
    remedy: str = "put the zone back",
    allowed: Collection[str] = (),
) -> None:
    """Raise :class:`GuardRefusal` if publishing ``feeds`` would show many entries as new, or make a feed empty.

    ``share`` (0 to 1) is the part of a feed's published ids that may vanish, and of all known entries that may be
    ``redated``. ``known`` has the ids of all articles of the sources. A refusal begins with ``causes``, which are
    warnings about the sources; ``remedy`` is what to do about changed dates.
    """
    why = "".join(f"{cause}; " for cause in causes)
    if "moved-dates" not in allowed and redated.entries >= FEW and redated.entries > share * redated.known:
        raise GuardRefusal(
            f"{redated.entries} of {redated.known} known articles have another date than the published one; "
            + ("; ".join(redated.zones) or "did a time zone change?")
            + f"; {remedy}",
            "moved-dates",
        )
    for previous in feeds:
        slug, before = previous.feed.settings.slug, len(previous.online.entries)
        if "empty" not in allowed and before and not previous.feed.entries:
            entries = "1 entry" if before == 1 else f"{before:,} entries"
            raise GuardRefusal(f"{why}the feed {slug} has {entries} online and would be empty", "empty")
        left = vanished(previous)
        gone = len(left)
        is_many = gone >= FEW and gone > share * before
        if "vanished" not in allowed and (is_many or (gone and is_incomplete)):
            raise GuardRefusal(
                f"{why}{gone} of the {before} ids published in the feed {slug} would vanish or change, and readers"
                f" would show the entries that replace them as new; {_why_gone(left, known)}",
                "vanished",
            )
        replacing = previous.replacing
        gone = len(replacing | previous.replaced)
        if "vanished" not in allowed and replacing and gone >= FEW and gone > share * before:
            raise GuardRefusal(
                f"{why}within a day, {gone} ids of the feed {slug}, which has {before} entries, would be replaced by"
                " others with the same titles or texts, and readers would show these as new; did the ids, links,"
                " titles or dates in the source change?",
                "vanished",
            )


def _why_gone(left: Collection[PublishedEntry], known: Container[str]) -> str:
    """Return why entries ``left`` a feed and what brings them back, as clauses."""
    missing = sum(entry.id not in known for entry in left)
    if not missing:
        return "the rules or limits of the feed leave them out; put the config back"
    if missing == len(left):
        return "no source has them any more; put the files back"
    return (
        f"no source has {missing} of them any more, and the rules or limits of the feed leave out the others;"
        " put the files or the config back"
    )


def vanished(previous: PreviousFeed) -> tuple[PublishedEntry, ...]:
    """Return the entries that leave a feed, except those that newer ones push out."""
    entries = previous.feed.entries
    ids = {entry.article.id for entry in entries}
    # It is normal that newer entries push out those that are older than all entries of a full feed.
    oldest = min((entry.article.published for entry in entries), default=None) if previous.feed.full else None
    return tuple(
        entry
        for entry in previous.online.entries
        if entry.id not in ids and (oldest is None or entry.published >= oldest)
    )
