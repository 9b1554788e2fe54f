"""What all formats share: the address of the feed, the order of its entries, and their files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, TypeVar

from feedpub.validator.check_kinds import (
    Context,
    Problem,
    document_check,
    element_check,
    element_too,
    here,
    is_self_link,
    json_too,
    named,
    quoted,
    relation,
    self_address,
    shown,
)
from feedpub.validator.document import Node
from feedpub.validator.finding import Level
from feedpub.validator.grammar import dates, iris
from feedpub.validator.json_document import Json
from feedpub.validator.vocabulary.rss import SPEC

_ATOM: Final = "https://www.rfc-editor.org/rfc/rfc4287.html#section-4.1.1"
_PROFILE: Final = "https://www.rssboard.org/rss-profile#namespace-elements-atom-link"


def _self_links(about: Context) -> list[Node]:
    head = about.head
    return [link for link in head.children if is_self_link(link)] if head is not None else []


@document_check(
    "missing-self-link",
    Level.WARNING,
    spec=_ATOM,
    remedy='add the address of the feed: a link with rel="self", or feed_url in JSON Feed',
)
def missing_self_link(about: Context) -> Iterator[Problem]:
    """The feed does not say what its own address is. RSS uses Atom's link element for this.

    A reader that opens a copy of the feed cannot find the original.

    Wrong:

        <feed xmlns="http://www.w3.org/2005/Atom"><title>News</title> … </feed>

    Right:

        <feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="https://example.org/feed.atom"/> … </feed>
    """
    head = about.head
    if head is not None and not about.before_rss_2 and not _self_links(about):
        spec = _PROFILE if head.tag == "channel" else _ATOM
        yield here(head, "the feed has no link with rel='self'", spec)


@json_too(missing_self_link, "top-level", needs="shape")
def missing_feed_url(about: Context) -> Iterator[Problem]:
    if about.object.is_object and about.object.get("feed_url") is None:
        yield Problem("the feed has no feed_url", about.object.line, about.object.column)


@document_check(
    "self-link-mismatch",
    Level.WARNING,
    spec=_ATOM,
    remedy="set it to the address that the feed is served from",
)
def self_link_mismatch(about: Context) -> Iterator[Problem]:
    """The self link is not the address that the feed is served from.

    Readers that follow the self link find another feed, or none. feedpub compares it with the address that you
    validate, or with ``--location``.

    Wrong:

        <link rel="self" href="http://localhost:8000/feed.atom"/> served as https://example.org/feed.atom

    Right:

        <link rel="self" href="https://example.org/feed.atom"/>
    """
    links, location = _self_links(about), about.location
    if links and location and iris.same(location) not in {iris.same(self_address(link)) for link in links}:
        found = links[0].attributes.get("href", "")
        yield here(
            links[0],
            f"<link rel='self'>: {quoted(found, 200)} is not {quoted(location, 200)}, where the feed is",
        )


@json_too(self_link_mismatch, "top-level")
def feed_url_mismatch(about: Context) -> Iterator[Problem]:
    own, location = about.object.get("feed_url"), about.location
    if own is not None and location and iris.same(str(own.value)) != iris.same(location):
        message = f"feed_url: {quoted(str(own.value), 200)} is not {quoted(location, 200)}, where the feed is"
        yield Problem(message, own.line, own.column)


@document_check(
    "relative-self-link",
    Level.WARNING,
    spec=_ATOM,
    remedy="write the full address",
)
def relative_self_link(about: Context) -> Iterator[Problem]:
    """The self link is relative, and there is no base address. A copy does not lead back to the feed.

    Wrong:

        <link rel="self" href="feed.atom"/>

    Right:

        <link rel="self" href="https://example.org/feed.atom"/>
    """
    for link in _self_links(about):
        target = self_address(link)
        if ":" not in target.partition("/")[0]:
            yield here(link, f"<link rel='self'>: {quoted(target)} is relative")


_Thing = TypeVar("_Thing")


def _first_later(dated: Iterable[tuple[_Thing, datetime | None]]) -> _Thing | None:
    """Return the first thing that is newer than the one before it."""
    last = None
    for one, instant in dated:
        if instant is not None:
            if last is not None and instant > last:
                return one
            last = instant
    return None


@element_check(
    "items-not-newest-first",
    Level.HINT,
    named("channel"),
    spec="https://www.rssboard.org/rss-profile#element-channel-item",
    remedy="sort the items by date, newest first",
)
def items_not_newest_first(about: Context) -> Iterator[Problem]:
    """An item is newer than the one before it. Readers that only show the first few items may miss it.

    No format requires an order.

    Wrong:

        <item><title>Monday</title><pubDate>Mon, 27 May 2024 08:00:00 GMT</pubDate></item>
        <item><title>Friday</title><pubDate>Fri, 31 May 2024 08:00:00 GMT</pubDate></item>

    Right:

        <item><title>Friday</title><pubDate>Fri, 31 May 2024 08:00:00 GMT</pubDate></item>
        <item><title>Monday</title><pubDate>Mon, 27 May 2024 08:00:00 GMT</pubDate></item>
    """
    found = [date for item in about.node.all("item") if (date := item.first("pubDate"))]
    read = [(date, dates.rfc822(date.text.strip())) for date in found]
    late = _first_later((date, instant and instant[0]) for date, instant in read)
    if late is not None:
        yield here(late, f"{shown(late)}: {quoted(late.text.strip())} is newer than the item before it")


@element_too(items_not_newest_first, named("atom:feed"))
def entries_not_newest_first(about: Context) -> Iterator[Problem]:
    late = _first_later(_dates(about.node, "atom:updated"))
    published = list(_dates(about.node, "atom:published"))
    # A feed in the order of publishing is in order, even if an old entry was edited later.
    if late is not None and (not published or _first_later(published) is not None):
        yield here(late, f"{shown(late)}: {quoted(late.text.strip())} is newer than the entry before it")


def _dates(feed: Node, tag: str) -> Iterator[tuple[Node, datetime | None]]:
    for entry in feed.all("atom:entry"):
        date = entry.first(tag)
        if date is not None:
            yield date, dates.rfc3339(date.text.strip())


@json_too(items_not_newest_first, "top-level")
def json_items_not_newest_first(about: Context) -> Iterator[Problem]:
    late = _first_later((item, dates.rfc3339(item.text("date_published"))) for item in _items(about.object))
    if late is not None:
        yield Problem("the item is newer than the one before it", late.line, late.column)


@element_check(
    "duplicate-enclosure",
    Level.WARNING,
    named("channel", "atom:feed"),
    spec=f"{SPEC}#ltenclosuregtSubelementOfLtitemgt",
    remedy="enclose every file once",
)
def duplicate_enclosure(about: Context) -> Iterator[Problem]:
    """The same file is enclosed twice, in one item or in two. Players download only one of them.

    Wrong:

        <item><title>One</title><enclosure url="https://example.org/1.mp3" … /></item>
        <item><title>Two</title><enclosure url="https://example.org/1.mp3" … /></item>

    Right:

        <item><title>One</title><enclosure url="https://example.org/1.mp3" … /></item>
        <item><title>Two</title><enclosure url="https://example.org/2.mp3" … /></item>
    """
    entries = [entry for entry in about.node.children if entry.tag in {"item", "atom:entry"}]
    files = ((_file(child), child) for entry in entries for child in entry.children)
    for address, again, first in _repeated(files):
        yield here(again, f"{shown(again)}: {quoted(address)} is already enclosed at line {first.line}")


def _file(node: Node) -> str:
    if node.tag == "enclosure":
        return node.attributes.get("url", "").strip()
    if node.tag == "atom:link" and relation(node) == "enclosure":
        return node.attributes.get("href", "").strip()
    return ""


@json_too(duplicate_enclosure, "top-level")
def duplicate_attachment(about: Context) -> Iterator[Problem]:
    attached = (item.get("attachments") for item in _items(about.object))
    files = ((one.text("url").strip(), one) for found in attached if found for one in found.items())
    for address, again, first in _repeated(files):
        message = f"url: {quoted(address)} is already attached at line {first.line}"
        yield Problem(message, again.line, again.column)


def _repeated(named_things: Iterable[tuple[str, _Thing]]) -> Iterator[tuple[str, _Thing, _Thing]]:
    """Yield each name that is repeated, with the thing and the first thing of that name; blank names do not count."""
    first: dict[str, _Thing] = {}
    for name, thing in named_things:
        if name and name in first:
            yield name, thing, first[name]
        first.setdefault(name, thing)


def _items(feed: Json) -> Iterator[Json]:
    found = feed.get("items")
    yield from (item for item in (found.items() if found is not None else ()) if item.is_object)
