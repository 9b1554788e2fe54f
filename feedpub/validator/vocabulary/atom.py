"""Atom 1.0, as defined by RFC 4287."""

from __future__ import annotations

from typing import Final

from feedpub.validator.vocabulary.element import (
    ADDRESS,
    ANY,
    CONTENT,
    IRI,
    IRI_REFERENCE,
    LANGUAGE,
    LINK_RELATION,
    MEDIA_TYPE,
    PLAIN,
    RFC3339,
    TEXT_CONSTRUCT,
    Element,
    Kind,
    Value,
    integer,
    required,
)


def _section(number: str) -> str:
    return f"https://www.rfc-editor.org/rfc/rfc4287.html#section-{number}"


FEED: Final = {
    "atom:author": "*",
    "atom:category": "*",
    "atom:contributor": "*",
    "atom:generator": "?",
    "atom:icon": "?",
    "atom:id": "1",
    "atom:link": "*",
    "atom:logo": "?",
    "atom:rights": "?",
    "atom:subtitle": "?",
    "atom:title": "1",
    "atom:updated": "1",
    "atom:entry": "*",
}
ENTRY: Final = {
    "atom:author": "*",
    "atom:category": "*",
    "atom:content": "?",
    "atom:contributor": "*",
    "atom:id": "1",
    "atom:link": "*",
    "atom:published": "?",
    "atom:rights": "?",
    "atom:source": "?",
    "atom:summary": "?",
    "atom:title": "1",
    "atom:updated": "1",
}
# §4.2.11: a source has the elements of a feed, all optional. The check missing-source-element warns of some.
SOURCE: Final = {tag: "?" if sign == "1" else sign for tag, sign in FEED.items() if tag != "atom:entry"}
# Atom elements in RSS follow Atom's rules: an item may have once what an entry may have once.
_HEAD: Final = frozenset({"atom:feed", "atom:source", "channel"})
_ENTRY: Final = frozenset({"atom:entry", "item", "podcast:liveItem"})
_PERSON: Final = {"atom:name": "1", "atom:uri": "?", "atom:email": "?"}
_TYPE: Final = {"type": Value(Kind.ANY, "a type")}

ELEMENTS: Final[dict[str, Element]] = {
    "atom:feed": Element(_section("4.1.1"), children=FEED),
    "atom:entry": Element(_section("4.1.2"), children=ENTRY),
    "atom:content": Element(
        _section("4.1.3"), text=CONTENT, attributes={**_TYPE, "src": IRI_REFERENCE}, once=True, within=_ENTRY
    ),
    "atom:author": Element(_section("4.2.1"), children=_PERSON),
    "atom:contributor": Element(_section("4.2.3"), children=_PERSON),
    "atom:name": Element(_section("3.2.1"), text=PLAIN),
    "atom:uri": Element(_section("3.2.2"), text=IRI_REFERENCE),
    "atom:email": Element(_section("3.2.3"), text=ADDRESS),
    "atom:category": Element(
        _section("4.2.2"),
        text=ANY,
        attributes={"term": required(PLAIN), "scheme": IRI, "label": PLAIN},
    ),
    "atom:generator": Element(
        _section("4.2.4"),
        text=PLAIN,
        attributes={"uri": IRI_REFERENCE, "version": ANY},
        once=True,
        within=_HEAD,
    ),
    "atom:icon": Element(_section("4.2.5"), text=IRI_REFERENCE, once=True, within=_HEAD),
    "atom:id": Element(_section("4.2.6"), text=IRI, once=True),
    "atom:link": Element(
        _section("4.2.7"),
        text=ANY,
        attributes={
            "href": required(Value(Kind.IRI_REFERENCE, "an IRI", blank=True)),
            "rel": LINK_RELATION,
            "type": MEDIA_TYPE,
            "hreflang": LANGUAGE,
            "title": PLAIN,
            "length": integer(0),
            # RFC 4685 §4 and §5
            "thr:count": integer(0),
            "thr:updated": RFC3339,
        },
    ),
    "atom:logo": Element(_section("4.2.8"), text=IRI_REFERENCE, once=True, within=_HEAD),
    "atom:published": Element(_section("4.2.9"), text=RFC3339, once=True, within=_ENTRY),
    "atom:rights": Element(_section("4.2.10"), text=TEXT_CONSTRUCT, attributes=_TYPE, once=True),
    "atom:source": Element(_section("4.2.11"), children=SOURCE, once=True),
    "atom:subtitle": Element(
        _section("4.2.12"), text=TEXT_CONSTRUCT, attributes=_TYPE, once=True, within=_HEAD
    ),
    "atom:summary": Element(
        _section("4.2.13"), text=TEXT_CONSTRUCT, attributes=_TYPE, once=True, within=_ENTRY
    ),
    "atom:title": Element(_section("4.2.14"), text=TEXT_CONSTRUCT, attributes=_TYPE, once=True),
    "atom:updated": Element(_section("4.2.15"), text=RFC3339, once=True),
}
