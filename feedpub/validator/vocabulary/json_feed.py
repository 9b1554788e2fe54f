"""JSON Feed 1.1, as https://www.jsonfeed.org/version/1.1/ defines it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SPEC: Final = "https://www.jsonfeed.org/version/1.1/"
VERSIONS: Final = frozenset({"https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"})


@dataclass(frozen=True, slots=True)
class Key:
    """What a key's value is.

    ``type`` is ``text``, ``url``, ``date``, ``language``, ``media-type``, ``boolean``, ``number``, ``id``, or the name
    of a table for an object; ``many`` says that the value is an array of them.
    """

    type: str
    required: bool = False
    many: bool = False


TABLES: Final[Mapping[str, Mapping[str, Key]]] = {
    "top-level": {
        "version": Key("text", required=True),
        "title": Key("text", required=True),
        "home_page_url": Key("url"),
        "feed_url": Key("url"),
        "description": Key("text"),
        "user_comment": Key("text"),
        "next_url": Key("url"),
        "icon": Key("url"),
        "favicon": Key("url"),
        "authors": Key("authors", many=True),
        "author": Key("authors"),
        "language": Key("language"),
        "expired": Key("boolean"),
        "hubs": Key("hubs", many=True),
        "items": Key("items", required=True, many=True),
    },
    "items": {
        "id": Key("id", required=True),
        "url": Key("url"),
        "external_url": Key("url"),
        "title": Key("text"),
        "content_html": Key("text"),
        "content_text": Key("text"),
        "summary": Key("text"),
        "image": Key("url"),
        "banner_image": Key("url"),
        "date_published": Key("date"),
        "date_modified": Key("date"),
        "authors": Key("authors", many=True),
        "author": Key("authors"),
        "tags": Key("text", many=True),
        "language": Key("language"),
        "attachments": Key("attachments", many=True),
    },
    "authors": {"name": Key("text"), "url": Key("url"), "avatar": Key("url")},
    "hubs": {"type": Key("text", required=True), "url": Key("url", required=True)},
    "attachments": {
        "url": Key("url", required=True),
        "mime_type": Key("media-type", required=True),
        "title": Key("text"),
        "size_in_bytes": Key("number"),
        "duration_in_seconds": Key("number"),
    },
}
