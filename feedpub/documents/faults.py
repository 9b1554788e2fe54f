"""Faults for which feeds and the subscription list (OPML 2.0) must not be published.

These checks share no code with the writers of the documents, so a mistake there cannot hide here.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from feedpub.validator import validate

_FATAL = frozenset(
    {
        "duplicate-id",
        "items-not-newest-first",
        "missing-self-link",
        "relative-self-link",
        "self-link-mismatch",
    }
)
"""Findings that are warnings for others, but that we must never publish: they would hurt our own subscribers."""


def feed_faults(data: bytes, url: str) -> Iterator[tuple[int, str]]:
    """RSS 2.0, Atom 1.0 and JSON Feed 1.1: the validator's errors, and what else we promise."""
    for finding in validate(data, url):
        if finding.level == "error" or finding.code in _FATAL:
            yield finding.line, finding.message


def opml_faults(data: bytes, _: str) -> Iterator[tuple[int, str]]:
    """OPML 2.0: a head, a body, and outlines that are subscriptions (http://opml.org/spec2.opml)."""
    try:
        root = ET.fromstring(data)  # noqa: S314 - just written here
    except ET.ParseError as error:
        yield error.position[0], f"it is not XML: {error}"
        return
    if root.tag != "opml" or root.get("version") != "2.0" or [part.tag for part in root] != ["head", "body"]:
        yield 1, "it is not an OPML 2.0 document with a head and a body"
    for outline in root.iterfind("body/outline"):
        if outline.get("type") != "rss" or not outline.get("text") or not _is_address(outline.get("xmlUrl")):
            yield 1, f"the outline {outline.get('text')!r} is not a subscription"


def _is_address(value: str | None) -> bool:
    return value is not None and value.startswith(("http://", "https://")) and not set(value) & set(' <>"')
