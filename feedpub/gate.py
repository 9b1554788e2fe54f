"""What a document must pass before it is published: a check for each media type, in one table.

None of them shares code with what writes the documents, so that a mistake there cannot hide here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET

from feedpub.render import Document, Rendered
from feedpub.validate import validate

JSON_FEED = "https://jsonfeed.org/version/1.1"


@dataclass(frozen=True, slots=True)
class Invalid:
    """Why a document failed validation and stayed unpublished; ``line`` is a line of its bytes."""

    path: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What may be published: the documents, and the names that ``keep`` what is online under them.

    ``invalid`` says by name why documents are not published; ``held`` are the feeds that stay as they are.
    ``listings`` are the names of the site's own documents.
    """

    documents: tuple[Document, ...]
    keep: frozenset[str]
    invalid: Mapping[str, Invalid]
    held: frozenset[str]
    listings: tuple[str, ...]


def check(rendered: Iterable[Rendered], listing: Document) -> Checked:
    """Hold each document against its check, those of feeds and the ``listing`` of all.

    Where a subscription document fails, its last good version is kept. Where an archive document fails, the whole
    feed is kept: its documents link to each other, and each entry has to stand in one of them.
    """
    valid: list[Document] = []
    keep: set[str] = set()
    invalid: dict[str, Invalid] = {}
    held: set[str] = set()
    for feed in rendered:
        keep.update(feed.kept)
        documents = (*feed.documents, *feed.archives)
        wrong = _refusals(documents)
        invalid |= wrong
        if any(document.path in wrong for document in feed.archives):
            held.add(feed.feed.settings.slug)
            keep.update(document.path for document in documents)
        else:
            keep.update(wrong)
            valid += [document for document in documents if document.path not in wrong]
    if wrong := _refusals((listing,)):
        invalid |= wrong
        keep.update(wrong)
    else:
        valid.append(listing)
    return Checked(tuple(valid), frozenset(keep), invalid, frozenset(held), (listing.path,))


def _refusals(documents: Iterable[Document]) -> dict[str, Invalid]:
    return {d.path: refusal for d in documents if (refusal := _refusal(d))}


def _refusal(document: Document) -> Invalid | None:
    problem = next(_CHECKS[document.media_type](document.data, document.url), None)
    return Invalid(document.path, *problem) if problem else None


def _syndication(data: bytes, url: str) -> Iterator[tuple[int, str]]:
    """RSS 2.0 and Atom 1.0: the validator's errors."""
    for finding in validate(data, url):
        if finding.level == "error":
            yield finding.line, finding.message


def _json_feed(data: bytes, _: str) -> Iterator[tuple[int, str]]:
    """JSON Feed 1.1: what it requires of a feed and of its items (https://www.jsonfeed.org/version/1.1/)."""
    try:
        content = json.loads(data, parse_constant=_no_number)
    except ValueError as error:
        yield getattr(error, "lineno", 1), f"it is not JSON: {error}"
        return
    if content.get("version") != JSON_FEED or not _is_text(content.get("title")):
        yield 1, "it has no version or no title"
    for key in ("feed_url", "home_page_url", "next_url"):
        if key in content and not _is_address(content[key]):
            yield 1, f"{key} {content[key]!r} is no web address"
    ids: set[str] = set()
    if not isinstance(content.get("items"), list):
        yield 1, "it has no list of items"
        return
    for item in content["items"]:
        yield from ((1, f"the item {_id(item)!r} {problem}") for problem in _item(item))
        if _id(item) in ids:
            yield 1, f"two items have the id {_id(item)!r}"
        ids.add(_id(item))


def _item(item: Any) -> Iterator[str]:
    if not isinstance(item, dict) or not _id(item):
        yield "has no id"
        return
    if not isinstance(item.get("content_html", item.get("content_text")), str):
        yield "has no content"
    for key in ("date_published", "date_modified"):
        try:
            aware = key not in item or datetime.fromisoformat(item[key]).utcoffset() is not None
        except (TypeError, ValueError):
            aware = False
        if not aware:
            yield f"has as its {key} {item[key]!r}, which is no date with a zone"
    addresses = [item[key] for key in ("url", "external_url", "image") if key in item]
    for attachment in item.get("attachments", ()):
        addresses.append(attachment.get("url"))
        if not _is_text(attachment.get("mime_type")):
            yield "has an attachment without a type"
    for address in addresses:
        if not _is_address(address):
            yield f"has {address!r} for an address"


def _opml(data: bytes, _: str) -> Iterator[tuple[int, str]]:
    """OPML 2.0: a head, a body, and outlines that can be subscribed to (http://opml.org/spec2.opml)."""
    try:
        root = ET.fromstring(data)  # noqa: S314 - just written here
    except ET.ParseError as error:
        yield error.position[0], f"it is not XML: {error}"
        return
    if root.tag != "opml" or root.get("version") != "2.0" or [part.tag for part in root] != ["head", "body"]:
        yield 1, "it is not an OPML 2.0 document with a head and a body"
    for outline in root.iterfind("body/outline"):
        if outline.get("type") != "rss" or not outline.get("text") or not _is_address(outline.get("xmlUrl")):
            yield 1, f"the outline {outline.get('text')!r} is no subscription"


_CHECKS: dict[str, Callable[[bytes, str], Iterator[tuple[int, str]]]] = {
    "application/rss+xml": _syndication,
    "application/atom+xml": _syndication,
    "application/feed+json": _json_feed,
    "text/x-opml": _opml,
}


def _id(item: Any) -> str:
    found = item.get("id") if isinstance(item, dict) else None
    return found if isinstance(found, str) else ""


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_address(value: Any) -> bool:
    return (
        isinstance(value, str) and value.startswith(("http://", "https://")) and not set(value) & set(' <>"')
    )


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")
