"""Published documents read back, for a checkout that has them and no other memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from feedpub.articles.ids import feed_key, id_from_atom

_ATOM = "{http://www.w3.org/2005/Atom}"
_TERMS = "{http://purl.org/dc/terms/}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}"


@dataclass(frozen=True, slots=True)
class PublishedEntry:
    """One entry of a document that is online.

    ``updated`` is ``None`` where RSS does not say: of an item that was not corrected since it was published. ``feed``
    is the key of the other people's feed that it was taken from, as far as the document tells. ``permalink`` says that
    RSS calls the id its address.
    """

    id: str
    published: datetime
    updated: datetime | None
    title: str
    html: str
    feed: str | None = None
    link: str | None = None
    permalink: bool = False


@dataclass(frozen=True, slots=True)
class PublishedFeed:
    """A document of a feed as it is online: its ``updated`` and its entries, in their order.

    ``url`` is its address as it says itself, ``previous`` that of the archive page before it (RFC 5005 §4), ``id`` the
    feed's own, which only Atom has; ``title`` is its name.
    """

    updated: datetime
    entries: tuple[PublishedEntry, ...]
    url: str = ""
    previous: str | None = None
    id: str | None = None
    title: str = ""


def read_atom(data: bytes) -> PublishedFeed:
    """Read an Atom document of ours."""
    root = _root(data)
    own = _text(root, f"{_ATOM}id")
    authority = own.removeprefix("tag:").partition(":")[0]
    entries = tuple(
        _checked(
            PublishedEntry(
                id_from_atom(authority, _text(entry, f"{_ATOM}id")),
                datetime.fromisoformat(_text(entry, f"{_ATOM}published")),
                datetime.fromisoformat(_text(entry, f"{_ATOM}updated")),
                _text(entry, f"{_ATOM}title"),
                _text(entry, f"{_ATOM}content"),
                _source(entry),
                _link(entry, "alternate"),
            )
        )
        for entry in root.iterfind(f"{_ATOM}entry")
    )
    updated = datetime.fromisoformat(_text(root, f"{_ATOM}updated"))
    url, previous = _link(root, "self") or "", _link(root, "prev-archive")
    return PublishedFeed(updated, entries, url, previous, own, root.findtext(f"{_ATOM}title", ""))


def read_rss(data: bytes) -> PublishedFeed:
    """Read an RSS document of ours; an item says when it was changed only where it was."""
    channel = _root(data).find("channel")

    def entries() -> Iterator[PublishedEntry]:
        for item in channel.iterfind("item"):
            published = parsedate_to_datetime(_text(item, "pubDate"))
            # An item without a body has none.
            html = item.findtext(f"{_CONTENT}encoded", "")
            source = item.find("source")
            feed = None if source is None else feed_key(source.get("url")) or None
            modified = item.findtext(f"{_TERMS}modified")
            updated = datetime.fromisoformat(modified) if modified else None
            permalink = item.find("guid") is not None and item.find("guid").get("isPermaLink") == "true"
            yield _checked(
                PublishedEntry(
                    _text(item, "guid"),
                    published,
                    updated,
                    _text(item, "title"),
                    html,
                    feed,
                    item.findtext("link"),
                    permalink,
                )
            )

    updated = parsedate_to_datetime(_text(channel, "lastBuildDate"))
    return PublishedFeed(
        updated,
        tuple(entries()),
        _link(channel, "self") or "",
        _link(channel, "prev-archive"),
        title=channel.findtext("title", ""),
    )


def read_json_feed(data: bytes) -> PublishedFeed:
    """Read a JSON Feed document of ours."""
    content = json.loads(data)
    entries = tuple(
        _checked(
            PublishedEntry(
                item["id"],
                datetime.fromisoformat(item["date_published"]),
                datetime.fromisoformat(item["date_modified"]),
                item["title"],
                item["content_html"],
                link=item.get("url"),
            )
        )
        for item in content["items"]
    )
    # JSON Feed has no date of its own; that of the entry that changed last stands for it.
    updated = max(
        (entry.updated for entry in entries if entry.updated), default=datetime.min.replace(tzinfo=UTC)
    )
    return PublishedFeed(
        updated, entries, content["feed_url"], content.get("next_url"), title=content.get("title", "")
    )


def _checked(entry: PublishedEntry) -> PublishedEntry:
    if any(time is not None and time.utcoffset() is None for time in (entry.published, entry.updated)):
        raise ValueError("a date without a zone")
    return entry


def _source(entry: Any) -> str | None:
    source = entry.find(f"{_ATOM}source")
    if source is None:
        return None
    return feed_key(source.findtext(f"{_ATOM}id"), _link(source, "self"), _link(source, "alternate")) or None


def _link(head: Any, rel: str) -> str | None:
    return next((link.get("href") for link in head.iterfind(f"{_ATOM}link") if link.get("rel") == rel), None)


def _root(data: bytes) -> Any:
    # Without huge_tree, a body of more than 10 MB would make a document of our own unreadable.
    from lxml import etree  # noqa: PLC0415 - as feedpub.documents.formats is light

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    return etree.fromstring(data, parser)


def _text(parent: Any, path: str) -> str:
    text = parent.findtext(path)
    if text is None:
        raise ValueError(f"no {path}")
    return str(text)
