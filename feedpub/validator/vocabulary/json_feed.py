"""JSON Feed 1.1, as defined by https://www.jsonfeed.org/version/1.1/."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from feedpub.validator.vocabulary.element import (
    ANY,
    HTML,
    IRI,
    LANGUAGE,
    MEDIA_TYPE,
    PLAIN,
    RFC3339,
    Value,
    decimal,
)

SPEC: Final = "https://www.jsonfeed.org/version/1.1/"
VERSIONS: Final = frozenset({"https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"})


@dataclass(frozen=True, slots=True)
class Key:
    """The definition of a key.

    ``value`` is the grammar of its value, as in the other formats. ``type`` is a key of ``TYPES``. ``table`` is the
    name of the table for an object. ``many`` says that the value is an array of such values.
    """

    value: Value = ANY
    type: str = "string"
    table: str = ""
    required: bool = False
    many: bool = False


def _objects(table: str, *, required: bool = False, many: bool = False) -> Key:
    return Key(type="object", table=table, required=required, many=many)


_AUTHORS: Final = {"authors": _objects("authors", many=True), "author": _objects("authors")}
_SIZE: Final = Key(decimal(0, name="a number of 0 or more"), "number")

TABLES: Final[Mapping[str, Mapping[str, Key]]] = {
    "top-level": {
        "version": Key(required=True),
        "title": Key(PLAIN, required=True),
        "home_page_url": Key(IRI),
        "feed_url": Key(IRI),
        "description": Key(PLAIN),
        "user_comment": Key(),
        "next_url": Key(IRI),
        "icon": Key(IRI),
        "favicon": Key(IRI),
        **_AUTHORS,
        "language": Key(LANGUAGE),
        "expired": Key(type="boolean"),
        "hubs": _objects("hubs", many=True),
        "items": _objects("items", required=True, many=True),
    },
    "items": {
        "id": Key(type="id", required=True),
        "url": Key(IRI),
        "external_url": Key(IRI),
        "title": Key(PLAIN),
        "content_html": Key(replace(HTML, blank=True)),
        "content_text": Key(replace(PLAIN, blank=True)),
        "summary": Key(PLAIN),
        "image": Key(IRI),
        "banner_image": Key(IRI),
        "date_published": Key(RFC3339),
        "date_modified": Key(RFC3339),
        "tags": Key(PLAIN, many=True),
        "language": Key(LANGUAGE),
        **_AUTHORS,
        "attachments": _objects("attachments", many=True),
    },
    "authors": {"name": Key(PLAIN), "url": Key(IRI), "avatar": Key(IRI)},
    "hubs": {"type": Key(required=True), "url": Key(IRI, required=True)},
    "attachments": {
        "url": Key(IRI, required=True),
        "mime_type": Key(MEDIA_TYPE, required=True),
        "title": Key(PLAIN),
        "size_in_bytes": _SIZE,
        "duration_in_seconds": _SIZE,
    },
}
# Names of types, and the types of JSON that are allowed for them. An id may be a number, which readers convert.
TYPES: Final[Mapping[str, frozenset[str]]] = {
    "string": frozenset({"string"}),
    "boolean": frozenset({"boolean"}),
    "object": frozenset({"object"}),
    "number": frozenset({"integer", "number"}),
    "id": frozenset({"string", "integer", "number"}),
}
_ANCHORS: Final = {
    "items": "#items",
    "attachments": "#attachments",
    "hubs": "#subscribing-to-real-time-notifications",
}


def paragraph(table: str) -> str:
    """Return the address of the paragraph that defines the keys of a table."""
    return SPEC + _ANCHORS.get(table, "#top-level")
