"""The memory of what subscribers have seen, read back from what is published."""

from __future__ import annotations

from lxml import etree

_ATOM = "{http://www.w3.org/2005/Atom}"


def published_ids(data: bytes | None) -> frozenset[str]:
    """Return the entry ids (RSS ``guid``, Atom ``id``) of a published document; none for what is no feed."""
    if not data:
        return frozenset()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return frozenset()
    found = [*root.findall(f"{_ATOM}entry/{_ATOM}id"), *root.findall("channel/item/guid")]
    return frozenset(element.text or "" for element in found)
