"""What a build refuses to do to subscribers. Pure decisions; each refusal names the option that overrides it."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass

from feedpub.articles.ids import feed_id
from feedpub.config import Settings
from feedpub.core.errors import ALLOWANCES, ConfigError, FeedpubError, GuardRefusal, TooManyRejects
from feedpub.documents.channel import Feed
from feedpub.documents.readback import PublishedEntry, PublishedFeed
from feedpub.history.state import State
from feedpub.planning.routing import IngestResult

SHOWN = 6
"""How many names a refusal lists."""

FEW = 3
"""Fewer entries than this are an editor's doing, whatever share of a small feed they are."""


@dataclass(frozen=True, slots=True)
class PreviousFeed:
    """A feed that is to be published, and as it is online now.

    ``replaced`` are the ids that earlier builds of the day let vanish from it as others took their places.
    """

    feed: Feed
    online: PublishedFeed
    replaced: frozenset[str] = frozenset()

    @property
    def replacing(self) -> frozenset[str]:
        """The ids that vanish now while an article with the same title or text appears under another id."""
        known = {entry.id for entry in self.online.entries}
        entries = self.feed.entries
        ids = {entry.article.id for entry in entries}
        new = [entry for entry in entries if entry.article.id not in known]
        titles = {entry.article.title for entry in new}
        texts = {entry.content.html for entry in new} - {""}
        # What is older than all that is left has slid out, as the first of several episodes with one title does.
        oldest = min((entry.article.published for entry in entries), default=None)
        return frozenset(
            entry.id
            for entry in self.online.entries
            if entry.id not in ids and (entry.title in titles or entry.html in texts)
            if oldest is not None and entry.published >= oldest
        )


@dataclass(frozen=True, slots=True)
class Redated:
    """How many of the known entries have another date than at the last build, and of which sources the zone changed."""

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
    """Return what a build stops with, the first reason only; ``None`` where nothing speaks against it.

    It says how many withdrawals wait for a build that is not refused.
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
            remedy=f"put the zone back, or {starting_over(settings)}",
            allowed=allowed,
        )
    except FeedpubError as refusal:
        # What is wrong with a config does not depend on what is online.
        waiting = 0 if isinstance(refusal, ConfigError) else len(taken_back(state, ingested))
        if waiting:
            words = "withdrawal waits" if waiting == 1 else "withdrawals wait"
            refusal.args = (f"{refusal}; {waiting:,} {words} for a build that is not refused",)
        return refusal
    return None


def taken_back(state: State, ingested: IngestResult) -> frozenset[str]:
    """Return the ids of what is online and withdrawn now, in closed archive documents as well."""
    online = {entry.id for feed in state.online.values() for entry in feed.entries}
    online |= {
        entry_id
        for entry_id in ingested.hidden
        # By the id that an article has of its own, too, it is known which page has it.
        if state.ledger.by_id(entry_id)
        and any(state.ledger.archived(feed, entry_id) for feed in state.archives)
    }
    return frozenset(entry_id for entry_id in online if entry_id in ingested.withdrawn)


def check_examples(settings: Settings) -> None:
    """Raise :class:`ConfigError` for an example of a rule that fails; no source has to be read for that."""
    if failing := settings.rules.failing_examples:
        raise failing[0].error(more=len(failing) - 1)


def check_online(settings: Settings, state: State, allowed: Collection[str] = ()) -> None:
    """Raise :class:`GuardRefusal` where what is online says that no build of ``settings`` may follow it."""
    slugs = {feed.slug for feed in (*settings.feeds, *settings.retired)}
    check_damaged(state.damaged, allowed)
    check_removed(state.online, slugs, state.dropped, allowed)
    check_authority(settings, state, allowed)
    for archive in state.archives.values():
        if archive.broken and "vanished" not in allowed:
            raise GuardRefusal(archive.broken, ALLOWANCES["vanished"])


def check_rejects(settings: Settings, ingested: IngestResult) -> None:
    """Raise :class:`TooManyRejects` where more was rejected than ``guards.max_rejects`` allows."""
    limit, rejected = settings.guards.max_rejects, len(ingested.rejects)
    records = ingested.articles + ingested.duplicates + ingested.held + ingested.left_out + rejected
    if limit is not None and rejected > (limit if isinstance(limit, int) else limit * records):
        first = ingested.rejects[0]
        raise TooManyRejects(rejected, records, limit, f"{first.origin}: {first.reason}")


def check_damaged(damaged: Collection[str], allowed: Collection[str] = ()) -> None:
    """Raise :class:`GuardRefusal` where all documents of a feed are ``damaged``: nothing says what it has online."""
    if damaged and "vanished" not in allowed:
        raise GuardRefusal(
            f"what is online as {_some(damaged)} cannot be read, so nothing tells which entries subscribers know;"
            " restore these files from a copy, or from version control",
            ALLOWANCES["vanished"],
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
    """Raise :class:`GuardRefusal` where a feed that has entries ``online`` (by slug) is not among ``slugs``.

    Likewise where documents would be ``dropped``, as the config no longer has their format or their archive.
    """
    gone = [slug for slug, feed in online.items() if feed.entries and slug not in slugs]
    if gone and "removed" not in allowed:
        raise GuardRefusal(
            f"the config no longer has what is online as {', '.join(gone)}: it would be deleted, and its subscribers"
            " would get errors; put the slug back, or list it with retired: {moved_to: …}",
            ALLOWANCES["removed"],
        )
    if dropped and "removed" not in allowed:
        raise GuardRefusal(
            f"the config no longer has the formats or the archives of {_some(dropped)}: they would be deleted, and"
            " whoever reads them would get errors; put output.formats or archive back as they were",
            ALLOWANCES["removed"],
        )


def check_authority(settings: Settings, state: State, allowed: Collection[str] = ()) -> None:
    """Raise :class:`GuardRefusal` where ids were made under another authority than that of ``settings``.

    The documents say so, and the ledger, which knows it too where they were moved or deleted.
    """
    if "vanished" in allowed:
        return
    authority, remedy = settings.site.id_authority, f"put back what it was, or {starting_over(settings)}"
    for slug, feed in state.online.items():
        if feed.id not in (None, feed_id(authority, slug)):
            raise GuardRefusal(
                f"the feed {slug} is known to its subscribers as {feed.id}, and with {authority!r} as site.id_authority"
                f" would be another one to them; {remedy}",
                ALLOWANCES["vanished"],
            )
    if (known := state.ledger.authority()) not in (None, authority):
        raise GuardRefusal(
            f"ids were made under {known}, and with {authority!r} as site.id_authority new articles would have ids of"
            f" another kind than those that subscribers know; {remedy}",
            ALLOWANCES["vanished"],
        )


def starting_over(settings: Settings) -> str:
    """Return how a first config can be corrected that nobody has subscribed to, as a clause."""
    return (
        f"if nobody has subscribed yet, start over: delete {settings.output.dir} and {settings.output.state}, and build"
        " again"
    )


def check_flood(  # noqa: PLR0913 - each comes from elsewhere
    feeds: Iterable[PreviousFeed],
    *,
    redated: Redated,
    share: float,
    known: Container[str],
    causes: Iterable[str] = (),
    remedy: str = "put the zone back",
    allowed: Collection[str] = (),
) -> None:
    """Raise :class:`GuardRefusal` where publishing ``feeds`` would hurt their subscribers.

    ``share`` is the part of a feed's published ids that may vanish, and of the known entries that may be
    ``redated``, both at once. ``known`` has the ids of all articles of the sources. ``causes`` say what is wrong with
    the sources, which a refusal begins with; ``remedy`` is what helps against dates that moved.
    """
    why = "".join(f"{cause}; " for cause in causes)
    if "moved-dates" not in allowed and redated.entries >= FEW and redated.entries > share * redated.known:
        raise GuardRefusal(
            f"{redated.entries} of {redated.known} known articles have another date than was published; "
            + ("; ".join(redated.zones) or "did a time zone change?")
            + f"; {remedy}",
            ALLOWANCES["moved-dates"],
        )
    for previous in feeds:
        slug, before = previous.feed.settings.slug, len(previous.online.entries)
        if "empty" not in allowed and before and not previous.feed.entries:
            entries = "1 entry" if before == 1 else f"{before:,} entries"
            raise GuardRefusal(
                f"{why}the feed {slug} has {entries} online and would be empty", ALLOWANCES["empty"]
            )
        left = vanished(previous)
        gone = len(left)
        if "vanished" not in allowed and gone >= FEW and gone > share * before:
            raise GuardRefusal(
                f"{why}{gone} of the {before} ids published in the feed {slug} would vanish or change, and readers"
                f" would show what replaces them as new; {_why_gone(left, known)}",
                ALLOWANCES["vanished"],
            )
        now = previous.replacing
        gone = len(now | previous.replaced)
        if "vanished" not in allowed and now and gone >= FEW and gone > share * before:
            raise GuardRefusal(
                f"{why}within a day, {gone} ids of the feed {slug}, which has {before} entries, would be replaced by"
                " others with the same titles or texts, and readers would show these as new; did what ids are made of"
                " change?",
                ALLOWANCES["vanished"],
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
    """Return the entries that leave a feed, but for those that newer ones push out of it."""
    entries = previous.feed.entries
    ids = {entry.article.id for entry in entries}
    # Entries older than all of a full feed were pushed out by newer ones, as they should be.
    oldest = min((entry.article.published for entry in entries), default=None) if previous.feed.full else None
    return tuple(
        entry
        for entry in previous.online.entries
        if entry.id not in ids and (oldest is None or entry.published >= oldest)
    )
