"""RSS 2.0: the rules that its tables cannot express, some of them from the RSS profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from feedpub.validator.grammar import iris
from feedpub.validator.vocabulary.rss import SPEC


@element_check(
    "item-without-title-or-description",
    Level.ERROR,
    at(("channel", "item")),
    needs="shape",
    spec=f"{SPEC}#hrelementsOfLtitemgt",
    remedy="add a title or a description",
)
def item_without_title_or_description(about: Context) -> Iterator[Problem]:
    """An item has neither a title nor a description, so readers have nothing to show.

    Wrong:

        <item><link>https://example.org/1</link></item>

    Right:

        <item><title>One</title><link>https://example.org/1</link></item>
    """
    node = about.node
    if not any(child.tag in {"title", "description"} for child in node.children):
        yield here(node, "<item> has neither a <title> nor a <description>")


@element_check(
    "item-without-link",
    Level.WARNING,
    at(("channel", "item")),
    spec=f"{SPEC}#hrelementsOfLtitemgt",
    remedy="add a link, or use the address of the item as its guid",
)
def item_without_link(about: Context) -> Iterator[Problem]:
    """An item has a title but nothing to open or read: no link, permalink, file or full text.

    In readers, the title leads nowhere.

    Wrong:

        <item><title>One</title><guid isPermaLink="false">tag:example.org,2024:1</guid></item>

    Right:

        <item><title>One</title><link>https://example.org/1</link> … </item>
    """
    node = about.node
    guid = node.first("guid")
    permalink = guid is not None and guid.attributes.get("isPermaLink", "true") == "true"
    tags = {child.tag for child in node.children}
    if "title" in tags and not permalink and not tags & _OPENED:
        yield here(node, "<item> has neither a <link> nor a <guid> that is a permalink")


# What readers can open. The specification allows items that are complete in themselves, as with content:encoded.
_OPENED: Final = frozenset(
    {
        "link",
        "enclosure",
        "atom:link",
        "atom:content",
        "content:encoded",
        "media:content",
        "media:group",
        "source",
    }
)


@element_check(
    "guid-no-permalink",
    Level.ERROR,
    at(("item", "guid")),
    spec=f"{SPEC}#ltguidgtSubelementOfLtitemgt",
    remedy='add isPermaLink="false", or use the address of the item',
)
def guid_no_permalink(about: Context) -> Iterator[Problem]:
    """A guid is a permalink by default, but this one is not a web address.

    Readers that open it as a link fail.

    Wrong:

        <guid>article-17</guid>

    Right:

        <guid isPermaLink="false">article-17</guid>
    """
    node = about.node
    text = node.text.strip()
    if node.attributes.get("isPermaLink", "true") == "true" and not (
        iris.scheme(text) in {"http", "https"} and iris.is_absolute(text) and not iris.wrong_character(text)
    ):
        yield here(node, f"{shown(node)}: {quoted(text)} is a permalink but not a web address")


@element_check(
    "duplicate-guid",
    Level.ERROR,
    named("channel"),
    spec=f"{SPEC}#ltguidgtSubelementOfLtitemgt",
    remedy="give every item its own guid, or remove the copy",
)
def duplicate_guid(about: Context) -> Iterator[Problem]:
    """Two items have the same guid. Readers show only one of them.

    Wrong:

        <item><title>One</title><guid>https://example.org/1</guid></item>
        <item><title>Two</title><guid>https://example.org/1</guid></item>

    Right:

        <item><title>One</title><guid>https://example.org/1</guid></item>
        <item><title>Two</title><guid>https://example.org/2</guid></item>
    """
    first: dict[str, Node] = {}
    for item in about.node.children:
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
def duplicate_skip_value(about: Context) -> Iterator[Problem]:
    """An hour or a day is listed twice. 0 and 24 are the same hour.

    The specification forbids this. Perhaps another hour or day was meant.

    Wrong:

        <skipHours><hour>0</hour><hour>24</hour></skipHours>

    Right:

        <skipHours><hour>0</hour></skipHours>
    """
    node = about.node
    seen: set[str] = set()
    for child in node.children:
        text = child.text.strip()
        value = str(int(text) % 24) if text.isdecimal() and len(text) < 5 else text
        if value in seen:
            yield here(child, f"{shown(child)}: {quoted(text)} is listed twice in {shown(node)}")
        seen.add(value)


_PROFILE: Final = "https://www.rssboard.org/rss-profile#"
OTHER_IMAGES: Final = frozenset(["tif", "tiff", "bmp", "ico", "svg", "webp", "avif", "psd", "eps", "pdf"])


@element_check(
    "text-input",
    Level.WARNING,
    at(("channel", "textInput"), ("channel", "textinput")),
    spec=f"{_PROFILE}element-channel-textinput",
    remedy="leave it out",
)
def text_input(about: Context) -> Iterator[Problem]:
    """A channel has a text input. Readers do not show it.

    Wrong:

        <channel> … <textInput>…</textInput></channel>

    Right:

        <channel> … </channel>
    """
    node = about.node
    yield here(node, f"readers ignore {shown(node)}")


@element_check(
    "image-title-differs",
    Level.WARNING,
    named("channel"),
    spec=f"{_PROFILE}element-channel-image-title",
    remedy="give the image the title of the channel",
)
def image_title_differs(about: Context) -> Iterator[Problem]:
    """The channel's image has a different title from the channel. Readers use it as alternative text.

    Wrong:

        <title>News</title> … <image><title>Logo</title> … </image>

    Right:

        <title>News</title> … <image><title>News</title> … </image>
    """
    yield from _differing(about.node, "title", str)


@element_check(
    "image-link-differs",
    Level.WARNING,
    named("channel"),
    spec=f"{_PROFILE}element-channel-image-link",
    remedy="give the image the link of the channel",
)
def image_link_differs(about: Context) -> Iterator[Problem]:
    """The channel's image links to a different page from the channel.

    Readers show the image as a link to the site.

    Wrong:

        <link>https://example.org/</link> … <image><link>https://example.org/logo</link> … </image>

    Right:

        <link>https://example.org/</link> … <image><link>https://example.org/</link> … </image>
    """
    yield from _differing(about.node, "link", lambda text: text.rstrip("/"))


def _differing(channel: Node, tag: str, comparable: Callable[[str], str]) -> Iterator[Problem]:
    image = channel.first("image")
    own = channel.first(tag)
    if image is not None and own is not None:
        right = " ".join(own.text.split())
        for its in image.all(tag):
            text = " ".join(its.text.split())
            if comparable(text) != comparable(right):
                yield here(
                    its,
                    f"{shown(its)} of the image: {quoted(text)} is not {quoted(right)}, as in the channel",
                )


@element_check(
    "image-format",
    Level.WARNING,
    at(("image", "url")),
    spec=f"{SPEC}#ltimagegtSubelementOfLtchannelgt",
    remedy="use GIF, JPEG or PNG",
)
def image_format(about: Context) -> Iterator[Problem]:
    """The channel's image is not a GIF, JPEG or PNG file. RSS allows no others, and some readers show no others.

    Wrong:

        <url>https://example.org/logo.tiff</url>

    Right:

        <url>https://example.org/logo.png</url>
    """
    node = about.node
    ending = iris.file_ending(node.text.strip())
    if ending in OTHER_IMAGES:
        yield here(node, f"{shown(node)}: files ending in .{ending} are not GIF, JPEG or PNG")


@element_check(
    "comment-count-without-date",
    Level.WARNING,
    named("channel"),
    spec=f"{_PROFILE}namespace-elements-slash-comments",
    remedy="add lastBuildDate to the channel",
)
def comment_count_without_date(about: Context) -> Iterator[Problem]:
    """Items say how many comments they have, but the channel does not say when they were counted.

    Readers cannot tell how old the numbers are.

    Wrong:

        <channel> … <item> … <slash:comments>17</slash:comments></item></channel>

    Right:

        <channel> … <lastBuildDate>Fri, 31 May 2024 08:00:00 GMT</lastBuildDate><item> …
        <slash:comments>17</slash:comments></item></channel>
    """
    node = about.node
    if not node.first("lastBuildDate"):
        for item in node.all("item"):
            count = item.first("slash:comments")
            if count is not None:
                yield here(count, f"{shown(count)} is in a channel without <lastBuildDate>")
                return


@element_check(
    "midnight-as-24",
    Level.WARNING,
    at(("skipHours", "hour")),
    spec="https://www.rssboard.org/skip-hours-days",
    remedy="write 0 for midnight",
)
def midnight_as_24(about: Context) -> Iterator[Problem]:
    """Midnight is written as 24. That was right in RSS 0.91; since RSS 0.92 it is 0.

    Readers may ignore 24.

    Wrong:

        <skipHours><hour>24</hour></skipHours>

    Right:

        <skipHours><hour>0</hour></skipHours>
    """
    node = about.node
    if node.text.strip() == "24":
        yield here(node, f"{shown(node)} is 24")
