"""What a build refuses to do to subscribers. Pure decisions; each refusal names the option that overrides it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from feedpub.article import feed_id
from feedpub.errors import GuardRefusal
from feedpub.feeds import Feed
from feedpub.ledger.published import PublishedFeed

ALLOWANCES = {
    "vanished": "--allow-vanished",
    "empty": "--allow-empty",
    "moved-dates": "--allow-moved-dates",
    "removed": "--allow-removed",
}
"""What may be allowed for one build, with its option on the command line."""

FEW = 3
"""Fewer entries than this are an editor's doing, whatever share of a small feed they are."""


@dataclass(frozen=True, slots=True)
class PreviousFeed:
    """A feed that is to be published, and as it is online now."""

    feed: Feed
    online: PublishedFeed


def check_removed(
    online: Mapping[str, PublishedFeed], slugs: Collection[str], allowed: Collection[str] = ()
) -> None:
    """Raise :class:`GuardRefusal` where a feed that has entries ``online`` (by slug) is not among ``slugs``."""
    gone = [slug for slug, feed in online.items() if feed.entries and slug not in slugs]
    if gone and "removed" not in allowed:
        raise GuardRefusal(
            f"the config no longer has what is online as {', '.join(gone)}: it would be deleted, and its subscribers"
            " would get errors; put the slug back, or list it with retired: {moved_to: …}",
            ALLOWANCES["removed"],
        )


def check_authority(
    online: Mapping[str, PublishedFeed], authority: str, allowed: Collection[str] = ()
) -> None:
    """Raise :class:`GuardRefusal` where feeds ``online`` have their ids from another ``authority``."""
    if "vanished" in allowed:
        return
    for slug, feed in online.items():
        if feed.id not in (None, feed_id(authority, slug)):
            raise GuardRefusal(
                f"the feed {slug} is known to its subscribers as {feed.id}, and with {authority!r} as site.id_authority"
                " would be another one to them; put back what it was",
                ALLOWANCES["vanished"],
            )


def check_flood(
    feeds: Iterable[PreviousFeed],
    *,
    moving: int,
    known: int,
    share: float,
    causes: Iterable[str] = (),
    allowed: Collection[str] = (),
) -> None:
    """Raise :class:`GuardRefusal` where publishing ``feeds`` would hurt their subscribers.

    ``share`` is the part of a feed's published ids that may vanish, and of the ``known`` entries that may be ``moving``
    in time, both at once. ``causes`` say what is wrong with the sources, which a refusal begins with.
    """
    why = "".join(f"{cause}; " for cause in causes)
    if "moved-dates" not in allowed and moving >= FEW and moving > share * known:
        raise GuardRefusal(
            f"{moving} of {known} known articles have another date than was published; did a time zone change?",
            ALLOWANCES["moved-dates"],
        )
    for previous in feeds:
        slug, before = previous.feed.settings.slug, len(previous.online.entries)
        if "empty" not in allowed and before and not previous.feed.entries:
            raise GuardRefusal(
                f"{why}the feed {slug} has {before} entries online and would be empty", ALLOWANCES["empty"]
            )
        gone = _vanished(previous)
        if "vanished" not in allowed and gone >= FEW and gone > share * before:
            raise GuardRefusal(
                f"{why}{gone} of the {before} ids published in the feed {slug} would vanish or change, and readers"
                " would show what replaces them as new",
                ALLOWANCES["vanished"],
            )


def _vanished(previous: PreviousFeed) -> int:
    entries = previous.feed.entries
    ids = {entry.article.id for entry in entries}
    # Entries older than all of a full feed were pushed out by newer ones, as they should be.
    oldest = min((entry.article.published for entry in entries), default=None) if previous.feed.full else None
    return sum(
        entry.id not in ids and (oldest is None or entry.published >= oldest)
        for entry in previous.online.entries
    )
