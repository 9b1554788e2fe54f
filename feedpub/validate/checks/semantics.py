"""Advice on RSS: things said twice, in odd places, or not as readers expect; mostly from the RSS profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from feedpub.validate.checks.model import (
    Problem,
    at,
    document_check,
    element_check,
    here,
    named,
    quoted,
    shown,
)
from feedpub.validate.finding import Level
from feedpub.validate.vocabulary.rss import SPEC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from feedpub.validate.checks.model import Circumstances
    from feedpub.validate.document import Document, Node
    from feedpub.validate.vocabulary.model import Element

_PROFILE: Final = "https://www.rssboard.org/rss-profile#"
# Pairs that say the same: an element of the channel, or of an item, and that of an extension.
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
    spec=f"{_PROFILE}namespace-elements-dublin",
    remedy="keep the element of RSS; use the extension only for what RSS cannot say",
)
def said_twice(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """An element of RSS and one of an extension say the same: readers take either, or show both.

    Wrong:

        <pubDate>Fri, 31 May 2024 08:00:00 GMT</pubDate><dc:date>2024-05-31</dc:date>

    Right:

        <pubDate>Fri, 31 May 2024 08:00:00 GMT</pubDate>
    """
    there = {child.tag: child for child in node.children}
    for core, extension in _SAME_IN_CHANNEL if node.tag == "channel" else _SAME_IN_ITEM:
        if core in there and extension in there:
            yield here(there[extension], f"{shown(there[extension])} says the same as {shown(there[core])}")


@element_check(
    "content-said-twice",
    Level.WARNING,
    named("item"),
    spec=f"{_PROFILE}namespace-elements-content-encoded",
    remedy="put the summary into description and the full text into content:encoded",
)
def content_said_twice(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """An item has a description and the full text in ``atom:content`` or ``xhtml:body``: few readers see the latter.

    Wrong:

        <item><description>First</description><atom:content type="html">First and more</atom:content></item>

    Right:

        <item><description>First</description><content:encoded>First and more</content:encoded></item>
    """
    tags = {child.tag: child for child in node.children}
    for tag in ("atom:content", "xhtml:body"):
        rival = tags.get(tag)
        if (
            rival is not None
            and "src" not in rival.attributes
            and tags.keys() & {"description", "content:encoded"}
        ):
            yield here(rival, f"{shown(rival)} stands beside a <description>")


@element_check(
    "content-before-description",
    Level.WARNING,
    named("item"),
    spec=f"{_PROFILE}namespace-elements-content-encoded",
    remedy="put the description first, with a summary",
)
def content_before_description(
    node: Node, _element: Element | None, _about: Circumstances
) -> Iterator[Problem]:
    """``content:encoded`` stands before or without a description: readers that take the first text take the full one.

    Wrong:

        <item><content:encoded>First and more</content:encoded><description>First</description></item>

    Right:

        <item><description>First</description><content:encoded>First and more</content:encoded></item>
    """
    for child in node.children:
        if child.tag == "description":
            return
        if child.tag == "content:encoded":
            yield here(child, f"{shown(child)} has no <description> before it")
            return


@element_check(
    "missing-guid",
    Level.WARNING,
    at(("channel", "item")),
    spec=f"{_PROFILE}element-channel-item-guid",
    remedy="add a guid that never changes",
)
def missing_guid(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """An item has no guid: readers guess by link or title, and show it again when those change.

    Wrong:

        <item><title>One</title></item>

    Right:

        <item><title>One</title><guid isPermaLink="false">tag:example.org,2024:1</guid></item>
    """
    if not node.first("guid"):
        yield here(node, "<item> has no <guid>")


@element_check(
    "guid-not-unique-enough",
    Level.WARNING,
    at(("item", "guid")),
    spec=f"{_PROFILE}element-channel-item-guid",
    remedy="use a tag URI, a UUID or the item's address",
)
def guid_not_unique_enough(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """A guid is a short number, which another feed has as well: it should be unique in the world.

    Wrong:

        <guid isPermaLink="false">17</guid>

    Right:

        <guid isPermaLink="false">tag:example.org,2024:17</guid>
    """
    text = node.text.strip()
    if text.isdecimal() and len(text) < 9 and node.attributes.get("isPermaLink") == "false":
        yield here(node, f"{shown(node)}: {quoted(text)} is unlikely to be unique")


@element_check(
    "several-enclosures",
    Level.HINT,
    named("item"),
    spec=f"{_PROFILE}element-channel-item-enclosure",
    remedy="use Media RSS for more than one file",
)
def several_enclosures(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """An item has several enclosures: most readers take the first, some the last.

    Wrong:

        <item><enclosure url="https://example.org/1.mp3" … /><enclosure url="https://example.org/1.ogg" … /></item>

    Right:

        <item><enclosure url="https://example.org/1.mp3" … /></item>
    """
    found = node.all("enclosure")
    if len(found) > 1:
        yield here(found[1], f"{shown(node)} has {len(found)} enclosures")


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


_OTHER_IMAGES: Final = frozenset(["tif", "tiff", "bmp", "ico", "svg", "webp", "avif", "psd", "eps", "pdf"])


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
    "misspelled-comment-feed",
    Level.WARNING,
    named("wfw:commentRSS"),
    spec=f"{_PROFILE}namespace-elements-wfw-commentrss",
    remedy="write wfw:commentRss",
)
def misspelled_comment_feed(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """The comment feed is written ``wfw:commentRSS``, a slip in the first version of its specification.

    Wrong:

        <wfw:commentRSS>https://example.org/1/comments</wfw:commentRSS>

    Right:

        <wfw:commentRss>https://example.org/1/comments</wfw:commentRss>
    """
    yield here(node, f"{shown(node)} is a misspelling of <wfw:commentRss>")


@document_check(
    "dead-dtd",
    Level.ERROR,
    spec="https://www.rssboard.org/rss-0-9-1-netscape",
    remedy="remove the document type declaration",
)
def dead_dtd(document: Document, _about: Circumstances) -> Iterator[Problem]:
    """The document type is that of Netscape's RSS 0.91, whose file is gone: readers that fetch it fail.

    Wrong:

        <!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">

    Right:

        <rss version="2.0">
    """
    doctype = document.doctype
    if doctype is not None and "netscape" in f"{doctype.public} {doctype.system}".lower():
        message = f"the document type {quoted(doctype.system or doctype.public)} does not exist any more"
        yield Problem(message, doctype.line, doctype.column)


@document_check(
    "xml-version",
    Level.ERROR,
    spec="https://www.w3.org/TR/xml/#sec-prolog-dtd",
    remedy='write <?xml version="1.0"?>',
)
def xml_version(document: Document, _about: Circumstances) -> Iterator[Problem]:
    """The XML declaration gives another version than 1.0. Hardly a reader knows XML 1.1.

    Wrong:

        <?xml version="1.1"?>

    Right:

        <?xml version="1.0"?>
    """
    if document.root is not None and document.version != "1.0":
        yield Problem(f"the XML declaration gives the version {quoted(document.version)}", 1, 1)


CHECKS: Final = (
    said_twice,
    content_said_twice,
    content_before_description,
    missing_guid,
    guid_not_unique_enough,
    several_enclosures,
    midnight_as_24,
    text_input,
    image_title_differs,
    image_link_differs,
    image_format,
    comment_count_without_date,
    misspelled_comment_feed,
    dead_dtd,
    xml_version,
)
