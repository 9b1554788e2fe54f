"""Feed paging and archiving (RFC 5005): which links a complete, a paged and an archived feed may have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from feedpub.validator.check_kinds import element_check, here, named, quoted, relation, shown
from feedpub.validator.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedpub.validator.check_kinds import Context, Problem
    from feedpub.validator.document import Node

_RFC5005: Final = "https://www.rfc-editor.org/rfc/rfc5005.html#section-"
_PAGING: Final = frozenset({"first", "last", "next", "previous", "prev-archive", "next-archive"})
_HEADS: Final = named("atom:feed", "channel")


def _targets(head: Node, name: str) -> set[str]:
    return {
        link.attributes.get("href", "").strip() for link in head.all("atom:link") if relation(link) == name
    }


@element_check(
    "paging-in-complete-feed",
    Level.ERROR,
    _HEADS,
    spec=f"{_RFC5005}2",
    remedy="remove the link, or remove fh:complete",
)
def paging_in_complete_feed(about: Context) -> Iterator[Problem]:
    """A feed says that it is complete, but links to more pages or archives.

    Readers cannot tell which of the two is true.

    Wrong:

        <fh:complete/><link rel="next" href="https://example.org/2.atom"/>

    Right:

        <fh:complete/>
    """
    node = about.node
    if node.first("fh:complete"):
        for link in node.all("atom:link"):
            if relation(link) in _PAGING:
                yield here(link, f"{shown(link)} with rel={quoted(relation(link))} is in a complete feed")


@element_check(
    "current-of-complete-feed",
    Level.ERROR,
    _HEADS,
    spec=f"{_RFC5005}2",
    remedy="remove the link; a complete feed is the current one",
)
def current_of_complete_feed(about: Context) -> Iterator[Problem]:
    """A feed says that it is complete, but links to another document as the current feed.

    Readers cannot tell which of the two to subscribe to.

    Wrong:

        <fh:complete/><link rel="self" href="https://example.org/a.atom"/><link rel="current" href="https://example.org/b.atom"/>

    Right:

        <fh:complete/><link rel="self" href="https://example.org/a.atom"/>
    """
    node = about.node
    if node.first("fh:complete"):
        own = _targets(node, "self")
        for link in node.all("atom:link"):
            if relation(link) == "current" and link.attributes.get("href", "").strip() not in own:
                yield here(
                    link, f"{shown(link)} with rel='current' differs from the self link of a complete feed"
                )


@element_check(
    "page-past-the-end",
    Level.ERROR,
    _HEADS,
    spec=f"{_RFC5005}3",
    remedy="remove the link",
)
def page_past_the_end(about: Context) -> Iterator[Problem]:
    """The first page of a feed links to a previous page, or the last page links to a next page.

    Readers that follow the link go past the end of the feed.

    Wrong:

        <link rel="self" href="https://example.org/9.atom"/><link rel="last" href="https://example.org/9.atom"/>
        <link rel="next" href="https://example.org/10.atom"/>

    Right:

        <link rel="self" href="https://example.org/9.atom"/><link rel="last" href="https://example.org/9.atom"/>
    """
    node = about.node
    own = _targets(node, "self")
    for end, beyond in (("last", "next"), ("first", "previous")):
        for link in node.all("atom:link") if own & _targets(node, end) else ():
            if relation(link) == beyond:
                yield here(link, f"{shown(link)} with rel={quoted(beyond)} is on the {end} page")


@element_check(
    "archive-without-links",
    Level.WARNING,
    _HEADS,
    spec=f"{_RFC5005}4",
    remedy="link to the previous archive and to the current feed",
)
def archive_without_links(about: Context) -> Iterator[Problem]:
    """An archive document has no link to another archive or to the current feed. Readers get stuck in it.

    Wrong:

        <fh:archive/>

    Right:

        <fh:archive/><link rel="current" href="https://example.org/a.atom"/>
        <link rel="prev-archive" href="https://example.org/2023.atom"/>
    """
    node = about.node
    if node.first("fh:archive") and not node.first("fh:complete"):
        names = {relation(link) for link in node.all("atom:link")}
        if not names & {"prev-archive", "next-archive"}:
            yield here(node, "the archive document has no link to another archive")
        if "current" not in names:
            yield here(node, "the archive document has no link to the current feed")


@element_check(
    "paging-in-entry",
    Level.WARNING,
    named("atom:entry", "item"),
    spec=f"{_RFC5005}3",
    remedy="move the link out of the entry, into the feed",
)
def paging_in_entry(about: Context) -> Iterator[Problem]:
    """An entry contains a paging link. Such links only work in the feed itself.

    Wrong:

        <entry> … <link rel="next" href="https://example.org/2.atom"/></entry>

    Right:

        <feed …><link rel="next" href="https://example.org/2.atom"/> … </feed>
    """
    for link in about.node.children:
        if link.tag == "atom:link" and relation(link) in _PAGING | {"current"}:
            yield here(link, f"{shown(link)} with rel={quoted(relation(link))} is in an entry")
