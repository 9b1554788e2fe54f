"""Advice on RSS: what is said twice, in an unusual place, or in a way that readers do not expect."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feedpub.validator.check_kinds import (
    Context,
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

_PROFILE: Final = "https://www.rssboard.org/rss-profile#"
# Pairs that say the same thing: an element of RSS, and one of an extension.
_SAME_IN_CHANNEL: Final = (
    ("copyright", "dc:rights"),
    ("generator", "admin:generatorAgent"),
    ("language", "dc:language"),
    ("lastBuildDate", "dcterms:modified"),
    ("managingEditor", "dc:creator"),
    ("pubDate", "dc:date"),
    ("category", "dc:subject"),
    ("webMaster", "dc:publisher"),
    ("creativeCommons:license", "cc:license"),
)
_SAME_IN_ITEM: Final = (
    ("author", "dc:creator"),
    ("category", "dc:subject"),
    ("guid", "atom:id"),
    ("pubDate", "dc:date"),
    ("pubDate", "atom:published"),
    ("source", "dc:source"),
    ("creativeCommons:license", "cc:license"),
)


@element_check(
    "said-twice",
    Level.WARNING,
    named("channel", "item"),
    needs="shape",
    spec=f"{_PROFILE}namespace-elements-dublin",
    remedy="keep the RSS element; use the extension only for what RSS cannot say",
)
def said_twice(about: Context) -> Iterator[Problem]:
    """An RSS element and an extension element say the same thing. Readers use either one, or show both.

    Wrong:

        <pubDate>Fri, 31 May 2024 08:00:00 GMT</pubDate><dc:date>2024-05-31</dc:date>

    Right:

        <pubDate>Fri, 31 May 2024 08:00:00 GMT</pubDate>
    """
    node = about.node
    there = {child.tag: child for child in node.children}
    for core, extension in _SAME_IN_CHANNEL if node.tag == "channel" else _SAME_IN_ITEM:
        if core in there and extension in there and not _names(node, there[core], extension):
            yield here(there[extension], f"{shown(there[extension])} says the same as {shown(there[core])}")


def _names(node: Node, contact: Node, creator: str) -> bool:
    """Tell whether a creator repeats the name of the contact, for readers that do not show addresses."""
    name = contact.text.partition("(")[2].rpartition(")")[0].strip()
    return creator == "dc:creator" and bool(name) and name in {c.text.strip() for c in node.all(creator)}


@element_check(
    "content-said-twice",
    Level.WARNING,
    named("item"),
    needs="shape",
    spec=f"{_PROFILE}namespace-elements-content-encoded",
    remedy="put the summary in description and the full text in content:encoded",
)
def content_said_twice(about: Context) -> Iterator[Problem]:
    """An item has its full text in ``atom:content`` or ``xhtml:body``. Few readers show those in RSS.

    Wrong:

        <item><description>First</description><atom:content type="html">First and more</atom:content></item>

    Right:

        <item><description>First</description><content:encoded>First and more</content:encoded></item>
    """
    tags = {child.tag: child for child in about.node.children}
    for tag in ("atom:content", "xhtml:body"):
        rival = tags.get(tag)
        if (
            rival is not None
            and "src" not in rival.attributes
            and tags.keys() & {"description", "content:encoded"}
        ):
            yield here(
                rival, f"{shown(rival)} repeats {shown(tags.get('content:encoded') or tags['description'])}"
            )


@element_check(
    "content-before-description",
    Level.WARNING,
    named("item"),
    needs="shape",
    spec=f"{_PROFILE}namespace-elements-content-encoded",
    remedy="put a description with a summary first",
)
def content_before_description(about: Context) -> Iterator[Problem]:
    """No description comes before ``content:encoded``. Some readers use the first text as the summary.

    Wrong:

        <item><content:encoded>First and more</content:encoded><description>First</description></item>

    Right:

        <item><description>First</description><content:encoded>First and more</content:encoded></item>
    """
    for child in about.node.children:
        if child.tag == "description":
            return
        if child.tag == "content:encoded":
            yield here(child, f"{shown(child)} has no <description> before it")
            return


@element_check(
    "missing-guid",
    Level.WARNING,
    at(("channel", "item")),
    needs="shape",
    spec=f"{_PROFILE}element-channel-item-guid",
    remedy="add a guid that never changes",
)
def missing_guid(about: Context) -> Iterator[Problem]:
    """An item has no guid. Readers use its link or title, and show it again when that changes.

    Wrong:

        <item><title>One</title></item>

    Right:

        <item><title>One</title><guid isPermaLink="false">tag:example.org,2024:1</guid></item>
    """
    node = about.node
    if not node.first("guid") and not about.before_rss_2:
        yield here(node, "<item> has no <guid>")


@element_check(
    "guid-not-unique-enough",
    Level.WARNING,
    at(("item", "guid")),
    spec=f"{_PROFILE}element-channel-item-guid",
    remedy="use a tag URI, a UUID or the address of the item",
)
def guid_not_unique_enough(about: Context) -> Iterator[Problem]:
    """A guid is a short number. Another feed may use the same one, and readers may confuse the two.

    Wrong:

        <guid isPermaLink="false">17</guid>

    Right:

        <guid isPermaLink="false">tag:example.org,2024:17</guid>
    """
    node = about.node
    text = node.text.strip()
    if text.isdecimal() and len(text) < 9 and node.attributes.get("isPermaLink") == "false":
        yield here(node, f"{shown(node)}: {quoted(text)} is unlikely to be unique")


@element_check(
    "several-enclosures",
    Level.HINT,
    named("item"),
    needs="children",
    spec=f"{_PROFILE}element-channel-item-enclosure",
    remedy="use Media RSS for more than one file",
)
def several_enclosures(about: Context) -> Iterator[Problem]:
    """An item has several enclosures. Most readers use the first, some the last.

    Wrong:

        <item><enclosure url="https://example.org/1.mp3" … /><enclosure url="https://example.org/1.ogg" … /></item>

    Right:

        <item><enclosure url="https://example.org/1.mp3" … /></item>
    """
    node = about.node
    found = {enclosure.attributes.get("url", ""): enclosure for enclosure in reversed(node.all("enclosure"))}
    if len(found) > 1:
        yield here(list(found.values())[-2], f"{shown(node)} has {len(found)} enclosures")


@element_check(
    "misspelled-comment-feed",
    Level.WARNING,
    named("wfw:commentRSS"),
    spec=f"{_PROFILE}namespace-elements-wfw-commentrss",
    remedy="write wfw:commentRss",
)
def misspelled_comment_feed(about: Context) -> Iterator[Problem]:
    """The element is spelled ``wfw:commentRSS``, a typo in the first version of the specification.

    Some readers only look for the correct name.

    Wrong:

        <wfw:commentRSS>https://example.org/1/comments</wfw:commentRSS>

    Right:

        <wfw:commentRss>https://example.org/1/comments</wfw:commentRss>
    """
    node = about.node
    yield here(node, f"{shown(node)} is a misspelling of <wfw:commentRss>")
