"""Podcasts: the rules that the tables of Apple's tags cannot express."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from feedpub.validator.check_kinds import element_check, here, named, quoted, shown, value_check
from feedpub.validator.checks.rss import OTHER_IMAGES
from feedpub.validator.finding import Level
from feedpub.validator.grammar import iris, words
from feedpub.validator.vocabulary.element import Kind
from feedpub.validator.vocabulary.podcasts import APPLE, CATEGORIES, FORMER_CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedpub.validator.check_kinds import Context, Problem
    from feedpub.validator.document import Node
    from feedpub.validator.vocabulary.podcasts import Categories

_LIST: Final = "https://podcasters.apple.com/support/1691-apple-podcasts-categories"
_DURATION: Final = re.compile(r"[0-9]+(?::[0-5]?[0-9]){0,2}(?:\.[0-9]*)?\Z", re.ASCII)
_REQUIRED: Final = ("itunes:category", "itunes:explicit", "itunes:image", "language")


@element_check(
    "unknown-podcast-category",
    Level.ERROR,
    named("itunes:category"),
    spec=_LIST,
    remedy="use a category from Apple's list, spelled exactly as there",
)
def unknown_podcast_category(about: Context) -> Iterator[Problem]:
    """A podcast has a category that was never in Apple's list. The directory ignores it.

    Wrong:

        <itunes:category text="Computers and stuff"/>

    Right:

        <itunes:category text="Technology"/>
    """
    node = about.node
    if node.within == "itunes:category":
        for child in node.all("itunes:category"):
            yield here(child, f"{shown(child)} is in a subcategory, which cannot contain another")
        return
    name = _name(node)
    if name not in CATEGORIES and name not in FORMER_CATEGORIES:
        # Its subcategories cannot be checked; a missing name is a finding of its own.
        if "text" in node.attributes:
            yield here(node, f"{shown(node)}: {quoted(name)} is not a category")
        return
    for child in node.all("itunes:category"):
        sub = _name(child)
        if sub not in _below(CATEGORIES, name) and sub not in _below(FORMER_CATEGORIES, name):
            yield here(child, f"{shown(child)}: {quoted(sub)} is not a subcategory of {quoted(name)}")


def _name(category: Node) -> str:
    return category.attributes.get("text", "").strip()


def _below(table: Categories, name: str) -> frozenset[str]:
    return table.get(name, frozenset())


@element_check(
    "old-podcast-category",
    Level.WARNING,
    named("itunes:category"),
    needs="attributes",
    spec=_LIST,
    remedy="use a category from the current list",
)
def old_podcast_category(about: Context) -> Iterator[Problem]:
    """A podcast has a category from the list that Apple replaced in 2019.

    Apple still understands such categories, but other directories may not.

    Wrong:

        <itunes:category text="Talk Radio"/>

    Right:

        <itunes:category text="News"/>
    """
    node = about.node
    if node.within == "itunes:category":
        return
    name = _name(node)
    if name in FORMER_CATEGORIES and name not in CATEGORIES:
        yield here(node, f"{shown(node)}: {quoted(name)} is a category of Apple's former list")
    for child in node.all("itunes:category"):
        sub = _name(child)
        if sub in _below(FORMER_CATEGORIES, name) and sub not in _below(CATEGORIES, name):
            yield here(child, f"{shown(child)}: {quoted(sub)} is a subcategory of Apple's former list")


@element_check(
    "missing-podcast-element",
    Level.WARNING,
    named("channel"),
    spec=APPLE,
    remedy="add the element",
)
def missing_podcast_element(about: Context) -> Iterator[Problem]:
    """A tag that Apple requires is missing. Apple's directory does not list the podcast.

    Wrong:

        <channel> … <itunes:author>Ada</itunes:author> … </channel>

    Right:

        <channel> … <itunes:author>Ada</itunes:author><itunes:explicit>false</itunes:explicit>
        <itunes:category text="News"/><itunes:image href="https://example.org/art.jpg"/>
        <language>en</language> … </channel>
    """
    node = about.node
    if node is not about.head or not about.uses("itunes"):
        return
    # A blocked feed is not listed: newsletters use these tags only for names of authors.
    blocked = any(found.text.strip().lower() == "yes" for found in node.all("itunes:block"))
    if not blocked and any(found.tag.startswith("itunes:") for found in about.document.nodes):
        own = {child.tag for child in node.children}
        for tag in _REQUIRED:
            if tag not in own:
                yield here(node, f"{shown(node)} of a podcast has no <{tag}>")


@value_check(
    "podcast-duration",
    Level.WARNING,
    Kind.DURATION,
    spec=APPLE,
    remedy="write the seconds, or hours:minutes:seconds",
)
def podcast_duration(about: Context) -> str | None:
    """The duration of an episode has a form that not every player understands. Apple recommends seconds.

    Wrong:

        <itunes:duration>25 minutes</itunes:duration>

    Right:

        <itunes:duration>1507</itunes:duration>
    """
    return None if not about.text or _DURATION.match(about.text) else f"is not {about.value.name}"


@element_check(
    "podcast-keywords-form",
    Level.WARNING,
    named("itunes:keywords"),
    needs="text",
    spec=APPLE,
    remedy="separate the keywords with commas, and use at most twelve",
)
def podcast_keywords_form(about: Context) -> Iterator[Problem]:
    """The keywords of a podcast are not words separated by commas.

    Programs that split them at commas see one long keyword.

    Wrong:

        <itunes:keywords>salt; pepper; spice</itunes:keywords>

    Right:

        <itunes:keywords>salt, pepper, spice</itunes:keywords>
    """
    node = about.node
    text = node.text.strip()
    parts = text.split(",")
    if any(not (char.isalnum() or char in " ,'-&_\n\t") for char in text) or any(
        len(p.split()) > 2 for p in parts
    ):
        yield here(node, f"{shown(node)}: {quoted(text)} is not a list of words separated by commas")


@element_check(
    "podcast-artwork-format",
    Level.WARNING,
    named("itunes:image"),
    needs="attributes",
    spec=APPLE,
    remedy="use JPEG or PNG",
)
def podcast_artwork_format(about: Context) -> Iterator[Problem]:
    """The artwork of a podcast or episode is not a JPEG or PNG file. Apple accepts no other format.

    Wrong:

        <itunes:image href="https://example.org/art.webp"/>

    Right:

        <itunes:image href="https://example.org/art.jpg"/>
    """
    node = about.node
    ending = iris.file_ending(node.attributes.get("href", ""))
    if ending == "gif" or ending in OTHER_IMAGES:
        yield here(node, f"{shown(node)}: files ending in .{ending} are not JPEG or PNG")


@element_check(
    "podcast-format",
    Level.WARNING,
    named("channel"),
    spec=APPLE,
    remedy="use mp3, m4a, mp4, m4v, mov, pdf or epub",
)
def podcast_format(about: Context) -> Iterator[Problem]:
    """The file of an episode has a format that podcast players do not play.

    Wrong:

        <enclosure url="https://example.org/1.wmv" type="video/x-ms-wmv" length="1"/>

    Right:

        <enclosure url="https://example.org/1.mp4" type="video/mp4" length="1"/>
    """
    if about.node is not about.head or not about.uses("itunes"):
        return
    for item in about.node.all("item"):
        for enclosure in item.all("enclosure"):
            ending = iris.file_ending(enclosure.attributes.get("url", ""))
            if ending in _UNPLAYED:
                yield here(enclosure, f"{shown(enclosure)}: players do not play files ending in .{ending}")


_UNPLAYED: Final = words(
    """
    wmv wma asf avi ra rm ram rmvb swf flv mkv exe zip
    """,
)
