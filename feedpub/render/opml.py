"""The subscription list of all feeds, for readers that import one (OPML 2.0, http://opml.org/spec2.opml)."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from feedpub.documents.channel import Channel, Site

OPML_NAME = "subscriptions.opml"
OPML_TYPE = "text/x-opml"


def opml(site: Site, feeds: Sequence[Channel], extension: str) -> bytes:
    """Return the list of ``feeds`` in one format: that of ``extension`` (``rss`` or ``atom``)."""
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = site.title
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    body = etree.SubElement(root, "body")
    for feed in feeds:
        # Readers know only type="rss", whatever the format; the title is what they show.
        attributes = {
            "type": "rss",
            "text": feed.title,
            "title": f"{site.title}: {feed.title}",
            "description": feed.description,
            "xmlUrl": f"{site.base_url}{feed.slug}.{extension}",
            "htmlUrl": feed.link,
        }
        if feed.language:
            attributes["language"] = feed.language
        etree.SubElement(body, "outline", attributes)
    data: bytes = etree.tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=True)
    return data
