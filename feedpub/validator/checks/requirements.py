"""Requirements of the user: the age of the newest item, the number of items, the profile of a podcast directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedpub.validator.check_kinds import Problem, document_check, here, json_too, shown
from feedpub.validator.finding import Level
from feedpub.validator.grammar import dates

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from feedpub.validator.check_kinds import Context
    from feedpub.validator.document import Node

_SPEC = "https://www.rssboard.org/rss-specification"


def _items(about: Context) -> list[Node]:
    root = about.document.root
    if about.head is None:
        return [root] if root is not None and root.tag == "atom:entry" else []
    return about.head.all("item") + about.head.all("atom:entry")


def _dates(node: Node) -> Iterator[datetime]:
    for child in node.children:
        text = child.text.strip()
        found: datetime | None = None
        if child.tag in {"pubDate", "lastBuildDate"}:
            found = (dates.rfc822(text) or (None,))[0]
        elif child.tag in {"atom:published", "atom:updated"}:
            found = dates.rfc3339(text)
        elif child.tag in {"dc:date", "dcterms:modified"}:
            found = dates.w3cdtf(text)
        if found is not None:
            yield found


@document_check(
    "stale-feed",
    Level.ERROR,
    spec=_SPEC,
    remedy="find out why nothing new is published, or allow more time with --max-age",
)
def stale_feed(about: Context) -> Iterator[Problem]:
    """The newest item is older than your ``--max-age``, or no date says how old the feed is.

    The job that builds or uploads the feed may have stopped.

    Wrong:

        feedpub validate feed.rss --max-age 48h    (the newest item is a week old)

    Right:

        feedpub validate feed.rss --max-age 48h    (the newest item is from today)
    """
    head = about.head
    if head is not None:
        of_items = [found for item in _items(about) for found in _dates(item)]
        wrong = _wrong_age(about, of_items or list(_dates(head)))
        if wrong:
            yield here(head, wrong)


@json_too(stale_feed, "top-level")
def stale_json_feed(about: Context) -> Iterator[Problem]:
    items = about.object.get("items")
    texts = [
        item.text(key)
        for item in (items.items() if items is not None else ())
        for key in ("date_published", "date_modified")
    ]
    wrong = _wrong_age(about, [found for text in texts if (found := dates.rfc3339(text)) is not None])
    if wrong:
        yield Problem(wrong, about.object.line, about.object.column)


def _wrong_age(about: Context, found: list[datetime]) -> str:
    allowed = about.requirements.max_age
    if allowed is None or about.now is None:
        return ""
    if not found:
        return "no date says how old the feed is"
    # A date in the future does not show that anything was published.
    newest = max((one for one in found if one <= about.now), default=min(found))
    if newest >= about.now - allowed:
        return ""
    return f"the newest item is from {newest:%Y-%m-%d %H:%M %Z}, more than {_spoken(allowed.total_seconds())} ago"


def _spoken(seconds: float) -> str:
    for name, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length and seconds % length == 0:
            number = int(seconds // length)
            return f"{number:,} {name}" + ("s" if number > 1 else "")
    return f"{seconds:,.0f} seconds"


@document_check(
    "too-few-items",
    Level.ERROR,
    spec=_SPEC,
    remedy="find out where the items are, or ask for fewer with --min-items",
)
def too_few_items(about: Context) -> Iterator[Problem]:
    """The feed has fewer items than your ``--min-items``.

    A build may have lost some of its input.

    Wrong:

        feedpub validate feed.rss --min-items 10    (it has 3)

    Right:

        feedpub validate feed.rss --min-items 10    (it has 20)
    """
    wrong = _wrong_number(about, len(_items(about)))
    if about.head is not None and wrong:
        yield here(about.head, wrong)


@json_too(too_few_items, "top-level")
def too_few_json_items(about: Context) -> Iterator[Problem]:
    items = about.object.get("items")
    wrong = _wrong_number(about, sum(1 for _ in items.items()) if items is not None else 0)
    if wrong:
        yield Problem(wrong, about.object.line, about.object.column)


def _wrong_number(about: Context, number: int) -> str:
    wanted = about.requirements.min_items
    return f"the feed has {number:,} items, but at least {wanted:,} are required" if number < wanted else ""


@document_check("missing-required-element", Level.ERROR, spec=_SPEC, remedy="add the element")
def missing_required_element(about: Context) -> Iterator[Problem]:
    """An element that your ``--profile`` requires is missing, or the podcast is not in RSS.

    The directory does not accept the podcast.

    Wrong:

        feedpub validate podcast.rss --profile apple    (it has no <itunes:image>)

    Right:

        feedpub validate podcast.rss --profile apple    (it has all the tags that Apple requires)
    """
    profile = about.requirements.profile
    head = about.head
    if profile is None or about.document.root is None or about.document.broken:
        return
    if head is None or head.tag != "channel":
        yield here(about.document.root, f"{profile.name} only accepts RSS 2.0", profile.spec)
        return
    for node, required in [(head, profile.channel), *((item, profile.item) for item in head.all("item"))]:
        own = {child.tag for child in node.children}
        for tag in required:
            if tag not in own:
                yield here(node, f"{shown(node)} has no <{tag}>, which {profile.name} requires", profile.spec)


@json_too(missing_required_element, "top-level")
def json_podcast(about: Context) -> Iterator[Problem]:
    profile = about.requirements.profile
    if profile is not None:
        message = f"{profile.name} only accepts RSS 2.0"
        yield Problem(message, about.object.line, about.object.column, profile.spec)


@document_check("missing-recommended-element", Level.WARNING, spec=_SPEC, remedy="add the element")
def missing_recommended_element(about: Context) -> Iterator[Problem]:
    """An element that your ``--profile`` recommends is missing.

    Some podcast apps offer less without it.

    Wrong:

        feedpub validate podcast.rss --profile podcast-2.0    (it has no <podcast:guid>)

    Right:

        <podcast:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>
    """
    profile = about.requirements.profile
    head = about.head
    if profile is not None and head is not None and head.tag == "channel":
        own = {child.tag for child in head.children}
        for tag in profile.recommended:
            if tag not in own:
                message = f"{shown(head)} has no <{tag}>, which {profile.name} recommends"
                yield here(head, message, profile.spec)
