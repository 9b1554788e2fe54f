"""RSS 2.0: what its tables do not say."""

from __future__ import annotations

from collections.abc import Iterator

from feedpub.validator.checks.model import (
    Circumstances,
    Problem,
    at,
    element_check,
    here,
    named,
    quoted,
    shown,
)
from feedpub.validator.document import Node
from feedpub.validator.finding import Level
from feedpub.validator.grammar import dates, iris
from feedpub.validator.vocabulary.model import Element
from feedpub.validator.vocabulary.rss import SPEC


@element_check(
    "item-without-title-or-description",
    Level.ERROR,
    at(("channel", "item")),
    needs="shape",
    spec=f"{SPEC}#hrelementsOfLtitemgt",
    remedy="give it at least one of the two",
)
def item_without_title_or_description(
    node: Node, _element: Element | None, _about: Circumstances
) -> Iterator[Problem]:
    """An item has neither a title nor a description: there is nothing to show.

    Wrong:

        <item><link>https://example.org/1</link></item>

    Right:

        <item><title>One</title><link>https://example.org/1</link></item>
    """
    if not any(child.tag in {"title", "description"} for child in node.children):
        yield here(node, "<item> has neither a <title> nor a <description>")


@element_check(
    "guid-no-permalink",
    Level.ERROR,
    at(("item", "guid")),
    spec=f"{SPEC}#ltguidgtSubelementOfLtitemgt",
    remedy='add isPermaLink="false", or use the address of the item',
)
def guid_no_permalink(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """A guid counts as a permalink, which it is by default, and is no address that a browser can open.

    Wrong:

        <guid>article-17</guid>

    Right:

        <guid isPermaLink="false">article-17</guid>
    """
    text = node.text.strip()
    if node.attributes.get("isPermaLink", "true") == "true" and not (
        iris.scheme(text) in {"http", "https"} and iris.is_absolute(text) and not iris.wrong_character(text)
    ):
        yield here(node, f"{shown(node)}: {quoted(text)} counts as a permalink and is no web address")


@element_check(
    "duplicate-guid",
    Level.ERROR,
    named("channel"),
    spec=f"{SPEC}#ltguidgtSubelementOfLtitemgt",
    remedy="give every item a guid of its own; drop the copy if the items are the same",
)
def duplicate_guid(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """Two items have the same guid: readers show one of them only.

    Wrong:

        <item><title>One</title><guid>https://example.org/1</guid></item>
        <item><title>Two</title><guid>https://example.org/1</guid></item>

    Right:

        <item><title>One</title><guid>https://example.org/1</guid></item>
        <item><title>Two</title><guid>https://example.org/2</guid></item>
    """
    first: dict[str, Node] = {}
    for item in node.children:
        guid = item.first("guid") if item.tag == "item" else None
        text = guid.text.strip() if guid else ""
        if guid and text:
            if text in first:
                yield here(
                    guid,
                    f"{shown(guid)}: {quoted(text)} is already the guid of the item at line {first[text].line}",
                )
            first.setdefault(text, guid)


@element_check(
    "duplicate-skip-value",
    Level.ERROR,
    named("skipHours", "skipDays"),
    spec="https://www.rssboard.org/skip-hours-days",
    remedy="list each hour or day once",
)
def duplicate_skip_value(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """An hour or a day is listed twice; 0 and 24 are the same hour.

    Wrong:

        <skipHours><hour>0</hour><hour>24</hour></skipHours>

    Right:

        <skipHours><hour>0</hour></skipHours>
    """
    seen: set[str] = set()
    for child in node.children:
        text = child.text.strip()
        value = str(int(text) % 24) if text.isdecimal() and len(text) < 5 else text
        if value in seen:
            yield here(child, f"{shown(child)}: {quoted(text)} is listed twice in {shown(node)}")
        seen.add(value)


@element_check(
    "items-not-newest-first",
    Level.HINT,
    named("channel"),
    spec="https://www.rssboard.org/rss-profile#element-channel-item",
    remedy="sort the items by pubDate, newest first",
)
def items_not_newest_first(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """An item is newer than the one before it. Readers that show the first few then miss it.

    Wrong:

        <item><title>Monday</title><pubDate>Mon, 27 May 2024 08:00:00 GMT</pubDate></item>
        <item><title>Friday</title><pubDate>Fri, 31 May 2024 08:00:00 GMT</pubDate></item>

    Right:

        <item><title>Friday</title><pubDate>Fri, 31 May 2024 08:00:00 GMT</pubDate></item>
        <item><title>Monday</title><pubDate>Mon, 27 May 2024 08:00:00 GMT</pubDate></item>
    """
    last = None
    for item in node.children:
        date = item.first("pubDate") if item.tag == "item" else None
        found = dates.rfc822(date.text.strip()) if date else None
        if date and found:
            if last is not None and found[0] > last:
                yield here(date, f"{shown(date)}: {quoted(date.text)} is newer than the item before it")
                return
            last = found[0]


CHECKS = (
    item_without_title_or_description,
    guid_no_permalink,
    duplicate_guid,
    duplicate_skip_value,
    items_not_newest_first,
)
