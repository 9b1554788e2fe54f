"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/): the same entries for readers that prefer JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from feedpub.articles.article import Article, Author
from feedpub.articles.entry import Entry
from feedpub.documents.channel import (
    Channel,
    DocumentLinks,
    Feed,
    Site,
    guid_of,
    license_of,
    summary_in,
    whole_seconds,
)

VERSION = "https://jsonfeed.org/version/1.1"

MEDIA_RSS = "https://www.rssboard.org/media-rss"
PODCASTS = "https://podcastindex.org/namespace/1.0"
RFC_LICENSES = "https://www.rfc-editor.org/rfc/rfc4946"

_MAIL_SAFE = "@!$&'*+/="


def json_feed(feed: Feed, site: Site, place: DocumentLinks, titles: Mapping[str, str]) -> bytes:
    """Return ``feed`` as a JSON Feed document that will be served at ``place``; ``titles`` are its entries' tags.

    ``next_url`` is the address of the next older document.
    """
    settings = feed.settings
    hub = site.hub if not (place.is_archive or settings.moved_to) else None
    content = {
        "version": VERSION,
        "title": f"{site.title}: {settings.title}",
        "home_page_url": settings.link,
        "feed_url": place.url,
        "next_url": place.previous,
        "description": settings.description,
        "icon": settings.image,
        "favicon": settings.icon,
        "authors": _authors((settings.author,)),
        "language": settings.language,
        "expired": settings.moved_to is not None,
        "hubs": [{"type": "WebSub", "url": hub}] if hub else [],
        "_license": _license(settings.license),
        "_podcast": {"about": PODCASTS, "guid": guid_of(feed, place)} if settings.podcast else {},
    }
    # A feed must have items, even if the list is empty.
    whole = _present(content) | {"items": [_item(entry, titles, settings) for entry in feed.entries]}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _item(entry: Entry, titles: Mapping[str, str], feed: Channel) -> dict[str, Any]:
    article, carried = entry.article, feed.carries(entry)
    takes = article.episode.duration if feed.podcast and article.episode else 0
    # An item must have content, even if it is empty; content that is not the article's text is not HTML.
    summary = summary_in(entry, carried)
    content = {"content_html": entry.content.html} if carried == "full" else {"content_text": summary}
    item = {
        "id": article.id,
        "url": entry.address,
        "title": article.title,
        **content,
        "summary": summary if carried == "full" else "",
        "image": article.image,
        "date_published": whole_seconds(article.published).isoformat(),
        "date_modified": whole_seconds(entry.updated).isoformat(),
        "authors": _authors(article.authors),
        "tags": entry.categories(titles),
        "language": article.language,
        "attachments": [
            _present(
                {
                    "url": e.url,
                    "mime_type": e.type,
                    "title": e.name,
                    "size_in_bytes": e.length,
                    "duration_in_seconds": takes if e is article.main_enclosure else 0,
                }
            )
            for e in article.enclosures
        ],
        "_license": _license(license_of(entry, feed.license)),
        "_image": _image(article),
    }
    return {"id": article.id} | _present(item) | content


def _image(article: Article) -> dict[str, Any]:
    """Return what is known about the image as an extension, with names from attachments and HTML."""
    picture = article.picture
    if not (article.image and picture):
        return {}
    return _present(
        {
            "about": MEDIA_RSS,
            "url": article.image,
            "mime_type": picture.type,
            "size_in_bytes": picture.length,
            "width": picture.width,
            "height": picture.height,
            "alt": picture.alt,
            "caption": picture.caption,
            "credit": picture.credit,
        }
    )


def _license(address: str | None) -> dict[str, str]:
    """Return a licence as an extension (JSON Feed 1.1 §Extensions), because the format has no key for it."""
    return {"about": RFC_LICENSES, "url": address} if address else {}


def _authors(authors: Sequence[Author]) -> list[dict[str, str]]:
    addresses = (
        (a.name, a.uri or (f"mailto:{quote(a.email, safe=_MAIL_SAFE)}" if a.email else None)) for a in authors
    )
    return [_present({"name": name, "url": address}) for name, address in addresses]


def _present(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if value}
