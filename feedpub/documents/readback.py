"""Reads published documents back, for a checkout that has no other memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Any
from urllib.parse import unquote

from feedpub.articles.article import Author, Enclosure, Episode, FeedSource, Picture, Speaker, Transcript
from feedpub.articles.entry import UNSPECIFIED
from feedpub.articles.ids import feed_key, id_from_atom

_ATOM = "{http://www.w3.org/2005/Atom}"
_TERMS = "{http://purl.org/dc/terms/}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_LICENSES = "{http://backend.userland.com/creativeCommonsRssModule}"
_ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
_PODCAST = "{https://podcastindex.org/namespace/1.0}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}"


@dataclass(frozen=True, slots=True)
class PublishedEntry:
    """One entry of a published document.

    ``updated`` is ``None`` for an RSS item that was not corrected. ``feed`` is the key of the other people's feed that
    it was taken from, if the document says so. ``permalink`` says that RSS calls the id its address. ``html`` is
    ``None`` if the document does not contain the text, but only a summary or a title. The rest is as in the article,
    as far as the format has it; ``categories`` include feeds that are categories.
    """

    id: str
    published: datetime
    updated: datetime | None
    title: str
    html: str | None
    feed: str | None = None
    link: str | None = None
    permalink: bool = False
    summary: str = ""
    authors: tuple[Author, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None
    image: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    via: FeedSource | None = None
    license: str | None = None
    picture: Picture | None = None
    episode: Episode | None = None


@dataclass(frozen=True, slots=True)
class PublishedFeed:
    """A published document of a feed: its ``updated`` and its entries, in their order.

    ``url`` is the address that it contains, ``previous`` that of the previous archive document (RFC 5005 §4), ``id``
    the feed's own id, which only Atom has; ``title`` is its title, ``guid`` that of a podcast.
    """

    updated: datetime
    entries: tuple[PublishedEntry, ...]
    url: str = ""
    previous: str | None = None
    id: str | None = None
    title: str = ""
    guid: str = ""


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
                _atom_html(entry),
                _source(entry),
                _link(entry, "alternate"),
                summary=entry.findtext(f"{_ATOM}summary", ""),
                authors=tuple(_atom_person(author) for author in entry.iterfind(f"{_ATOM}author")),
                categories=tuple(category.get("term", "") for category in entry.iterfind(f"{_ATOM}category")),
                language=entry.get("{http://www.w3.org/XML/1998/namespace}lang"),
                image=_image(entry),
                enclosures=tuple(
                    Enclosure(
                        link.get("href", ""),
                        link.get("type", ""),
                        _size(link.get("length")),
                        link.get("title", ""),
                    )
                    for link in entry.iterfind(f"{_ATOM}link")
                    if link.get("rel") == "enclosure"
                ),
                via=_via(entry),
                license=_link(entry, "license") if _link(entry, "license") != UNSPECIFIED else None,
                picture=_picture(entry),
                episode=_episode(entry),
            )
        )
        for entry in root.iterfind(f"{_ATOM}entry")
    )
    updated = datetime.fromisoformat(_text(root, f"{_ATOM}updated"))
    url, previous = _link(root, "self") or "", _link(root, "prev-archive")
    title, guid = root.findtext(f"{_ATOM}title", ""), root.findtext(f"{_PODCAST}guid", "")
    return PublishedFeed(updated, entries, url, previous, own, title, guid)


def read_rss(data: bytes) -> PublishedFeed:
    """Read an RSS document of ours; only changed items say when they were changed."""
    channel = _root(data).find("channel")

    def entries() -> Iterator[PublishedEntry]:
        for item in channel.iterfind("item"):
            published = parsedate_to_datetime(_text(item, "pubDate"))
            # An item of ours without it has an empty text, or the document has no texts.
            html = item.findtext(f"{_CONTENT}encoded")
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
                    summary=unescape(item.findtext("description", "")),
                    authors=tuple(_rss_people(item)),
                    categories=tuple(category.text or "" for category in item.iterfind("category")),
                    language=item.findtext(f"{_DC}language"),
                    image=_image(item),
                    enclosures=tuple(
                        Enclosure(e.get("url", ""), e.get("type", ""), _size(e.get("length")))
                        for e in item.iterfind("enclosure")
                    ),
                    via=None if source is None else FeedSource(source.text or "", url=source.get("url")),
                    license=item.findtext(f"{_LICENSES}license"),
                    picture=_picture(item),
                    episode=_episode(item),
                )
            )

    updated = parsedate_to_datetime(_text(channel, "lastBuildDate"))
    return PublishedFeed(
        updated,
        tuple(entries()),
        _link(channel, "self") or "",
        _link(channel, "prev-archive"),
        title=channel.findtext("title", ""),
        guid=channel.findtext(f"{_PODCAST}guid", ""),
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
                item["content_html"] if "content_text" not in item else None,
                link=item.get("url"),
                summary=item.get("summary") or item.get("content_text", ""),
                authors=tuple(_json_person(author) for author in item.get("authors", ())),
                categories=tuple(item.get("tags", ())),
                language=item.get("language"),
                image=item.get("image"),
                enclosures=tuple(
                    Enclosure(
                        e.get("url", ""),
                        e.get("mime_type", ""),
                        e.get("size_in_bytes", 0),
                        e.get("title", ""),
                    )
                    for e in item.get("attachments", ())
                ),
                license=item.get("_license", {}).get("url"),
                picture=_json_picture(item.get("_image")),
                episode=_json_episode(item),
            )
        )
        for item in content["items"]
    )
    # JSON Feed has no date for the feed; use that of the entry that changed last.
    updated = max(
        (entry.updated for entry in entries if entry.updated), default=datetime.min.replace(tzinfo=UTC)
    )
    return PublishedFeed(
        updated,
        entries,
        content["feed_url"],
        content.get("next_url"),
        title=content.get("title", ""),
        guid=content.get("_podcast", {}).get("guid", ""),
    )


def _checked(entry: PublishedEntry) -> PublishedEntry:
    if any(time is not None and time.utcoffset() is None for time in (entry.published, entry.updated)):
        raise ValueError("a date without a zone")
    return entry


def _atom_html(entry: Any) -> str | None:
    content = entry.find(f"{_ATOM}content")
    return None if content is None or content.get("type") != "html" else content.text or ""


def _source(entry: Any) -> str | None:
    source = entry.find(f"{_ATOM}source")
    if source is None:
        return None
    return feed_key(source.findtext(f"{_ATOM}id"), _link(source, "self"), _link(source, "alternate")) or None


def _via(entry: Any) -> FeedSource | None:
    source = entry.find(f"{_ATOM}source")
    if source is None:
        return None
    own, url, page = source.findtext(f"{_ATOM}id"), _link(source, "self"), _link(source, "alternate")
    return FeedSource(source.findtext(f"{_ATOM}title", ""), own, url, page)


def _size(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _image(entry: Any) -> str | None:
    thumbnail = entry.find(f"{_MEDIA}thumbnail")
    return None if thumbnail is None else thumbnail.get("url")


def _picture(entry: Any) -> Picture | None:
    """Return what is known about the image; of its two texts, an XML document has only one."""
    content = entry.find(f"{_MEDIA}content")
    if content is None:
        return None
    width, height, length = (_size(content.get(name)) for name in ("width", "height", "fileSize"))
    return Picture(
        content.get("type", ""),
        width,
        height,
        length,
        alt=content.findtext(f"{_MEDIA}description", ""),
        credit=content.findtext(f"{_MEDIA}credit", ""),
    )


def _episode(item: Any) -> Episode | None:
    """Return what is known about an episode; only podcasts have it."""
    explicit = item.findtext(f"{_ITUNES}explicit")
    chapters = item.find(f"{_PODCAST}chapters")
    found = Episode(
        _size(item.findtext(f"{_ITUNES}duration")),
        None if explicit is None else explicit == "true",
        _size(item.findtext(f"{_ITUNES}episode")),
        _size(item.findtext(f"{_ITUNES}season")),
        tuple(
            Transcript(each.get("url", ""), each.get("type", ""), each.get("language"))
            for each in item.iterfind(f"{_PODCAST}transcript")
        ),
        None if chapters is None else chapters.get("url"),
        tuple(
            Speaker(each.text or "", each.get("role", ""), each.get("img"), each.get("href"))
            for each in item.iterfind(f"{_PODCAST}person")
        ),
    )
    return found if found != Episode() else None


def _json_episode(item: Any) -> Episode | None:
    takes = [e["duration_in_seconds"] for e in item.get("attachments", ()) if "duration_in_seconds" in e]
    return Episode(takes[0]) if takes else None


def _json_picture(said: Any) -> Picture | None:
    names = ("mime_type", "width", "height", "size_in_bytes", "alt", "caption", "credit")
    nothing = ("", 0, 0, 0, "", "", "")
    return Picture(*map(said.get, names, nothing)) if said else None


def _atom_person(author: Any) -> Author:
    return Author(
        author.findtext(f"{_ATOM}name", ""), author.findtext(f"{_ATOM}email"), author.findtext(f"{_ATOM}uri")
    )


def _rss_people(item: Any) -> Iterator[Author]:
    """Yield the people of an item; the e-mail address belongs to the name beside it, or to the first person."""
    names = [creator.text or "" for creator in item.iterfind(f"{_DC}creator")]
    address, _, beside = item.findtext("author", "").partition(" (")
    whose = beside.removesuffix(")") if beside.removesuffix(")") in names else next(iter(names), "")
    for name in names:
        yield Author(name, address or None) if name == whose else Author(name)


def _json_person(author: Any) -> Author:
    name, address = author.get("name", ""), author.get("url") or ""
    if address.startswith("mailto:"):
        return Author(name, unquote(address.removeprefix("mailto:")))
    return Author(name, uri=address or None)


def _link(head: Any, rel: str) -> str | None:
    return next((link.get("href") for link in head.iterfind(f"{_ATOM}link") if link.get("rel") == rel), None)


def _root(data: bytes) -> Any:
    # Without huge_tree, a body of more than 10 MB would make our own document unreadable.
    from lxml import etree  # noqa: PLC0415 - so that feedpub.documents.formats loads fast

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    return etree.fromstring(data, parser)


def _text(parent: Any, path: str) -> str:
    text = parent.findtext(path)
    if text is None:
        raise ValueError(f"no {path}")
    return str(text)
