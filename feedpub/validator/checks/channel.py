"""Advice on the channel of RSS, mostly from the RSS profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import urlsplit

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
from feedpub.validator.vocabulary.model import Element
from feedpub.validator.vocabulary.rss import SPEC

_PROFILE: Final = "https://www.rssboard.org/rss-profile#"
_OTHER_IMAGES: Final = frozenset(["tif", "tiff", "bmp", "ico", "svg", "webp", "avif", "psd", "eps", "pdf"])


@element_check(
    "text-input",
    Level.WARNING,
    at(("channel", "textInput"), ("channel", "textinput")),
    spec=f"{_PROFILE}element-channel-textinput",
    remedy="leave it out; readers ignore it",
)
def text_input(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """A channel has a text input, which no reader shows.

    Wrong:

        <channel> … <textInput>…</textInput></channel>

    Right:

        <channel> … </channel>
    """
    yield here(node, f"{shown(node)} is ignored by readers")


@element_check(
    "image-title-differs",
    Level.WARNING,
    named("channel"),
    spec=f"{_PROFILE}element-channel-image-title",
    remedy="give the image the title of the channel",
)
def image_title_differs(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """The title of the channel's image is not that of the channel, of which it is the alternative text.

    Wrong:

        <title>News</title> … <image><title>Logo</title> … </image>

    Right:

        <title>News</title> … <image><title>News</title> … </image>
    """
    yield from _differing(node, "title", str)


@element_check(
    "image-link-differs",
    Level.WARNING,
    named("channel"),
    spec=f"{_PROFILE}element-channel-image-link",
    remedy="link the image to the page that the channel links to",
)
def image_link_differs(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """The link of the channel's image leads elsewhere than that of the channel.

    Wrong:

        <link>https://example.org/</link> … <image><link>https://example.org/logo</link> … </image>

    Right:

        <link>https://example.org/</link> … <image><link>https://example.org/</link> … </image>
    """
    yield from _differing(node, "link", lambda text: text.rstrip("/"))


def _differing(channel: Node, tag: str, comparable: Callable[[str], str]) -> Iterator[Problem]:
    image = channel.first("image")
    own = channel.first(tag)
    if image is not None and own is not None:
        for its in image.all(tag):
            if comparable(" ".join(its.text.split())) != comparable(" ".join(own.text.split())):
                yield here(its, f"{shown(its)} of the image: {quoted(its.text)} is not {quoted(own.text)}")


@element_check(
    "image-format",
    Level.WARNING,
    at(("image", "url")),
    spec=f"{SPEC}#ltimagegtSubelementOfLtchannelgt",
    remedy="use GIF, JPEG or PNG",
)
def image_format(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """The channel's image is not in one of the formats of RSS: GIF, JPEG and PNG.

    Wrong:

        <url>https://example.org/logo.tiff</url>

    Right:

        <url>https://example.org/logo.png</url>
    """
    try:
        path = urlsplit(node.text.strip()).path
    except ValueError:
        return
    name, dot, ending = path.rpartition("/")[2].rpartition(".")
    if name and dot and ending.lower() in _OTHER_IMAGES:
        yield here(node, f"{shown(node)}: files ending in .{ending} are no GIF, JPEG or PNG")


@element_check(
    "comment-count-without-date",
    Level.WARNING,
    named("channel"),
    spec=f"{_PROFILE}namespace-elements-slash-comments",
    remedy="add lastBuildDate",
)
def comment_count_without_date(
    node: Node, _element: Element | None, _about: Circumstances
) -> Iterator[Problem]:
    """Items count their comments, and the channel does not say as of when.

    Wrong:

        <channel> … <item> … <slash:comments>17</slash:comments></item></channel>

    Right:

        <channel> … <lastBuildDate>Fri, 31 May 2024 08:00:00 GMT</lastBuildDate><item> …
        <slash:comments>17</slash:comments></item></channel>
    """
    if not node.first("lastBuildDate"):
        for item in node.all("item"):
            count = item.first("slash:comments")
            if count is not None:
                yield here(count, f"{shown(count)} stands in a channel without <lastBuildDate>")
                return


@element_check(
    "midnight-as-24",
    Level.WARNING,
    at(("skipHours", "hour")),
    spec="https://www.rssboard.org/skip-hours-days",
    remedy="write 0 for midnight",
)
def midnight_as_24(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """Midnight is written as 24, as RSS 0.91 did; since RSS 0.92 it is 0.

    Wrong:

        <skipHours><hour>24</hour></skipHours>

    Right:

        <skipHours><hour>0</hour></skipHours>
    """
    if node.text.strip() == "24":
        yield here(node, f"{shown(node)} is 24")


CHECKS: Final = (
    text_input,
    image_title_differs,
    image_link_differs,
    image_format,
    comment_count_without_date,
    midnight_as_24,
)
