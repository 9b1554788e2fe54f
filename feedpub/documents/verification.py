"""What a document must pass before it is published: the check of its format.

None of these checks shares code with what writes the documents, so that a mistake there cannot hide here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from feedpub.documents.formats import OPML_TYPE, Document, of_media_type
from feedpub.validator import validate


@dataclass(frozen=True, slots=True)
class Invalid:
    """Why a document failed validation and stayed unpublished; ``line`` is a line of its bytes."""

    path: str
    line: int
    reason: str


def first_refusal(documents: Iterable[Document]) -> Invalid | None:
    """Return why one of ``documents`` must not be published; ``None`` if all may."""
    return next(iter(refusals(documents).values()), None)


def refusals(documents: Iterable[Document]) -> dict[str, Invalid]:
    """Return, by name, why documents must not be published."""
    return {d.path: refusal for d in documents if (refusal := _refusal(d))}


def _refusal(document: Document) -> Invalid | None:
    known = of_media_type(document.media_type)
    assert known or document.media_type == OPML_TYPE
    check_document = known.check if known else _opml
    problem = next(check_document(document.data, document.url), None)
    return Invalid(document.path, *problem) if problem else None


_FATAL = frozenset(
    {
        "duplicate-id",
        "items-not-newest-first",
        "missing-self-link",
        "relative-self-link",
        "self-link-mismatch",
    }
)
"""What others may be warned of and we may never publish: it would hurt our own subscribers."""


def feed_faults(data: bytes, url: str) -> Iterator[tuple[int, str]]:
    """RSS 2.0, Atom 1.0 and JSON Feed 1.1: the validator's errors, and what we promise beyond them."""
    for finding in validate(data, url):
        if finding.level == "error" or finding.code in _FATAL:
            yield finding.line, finding.message


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
            yield 1, f"the outline {outline.get('text')!r} is not a subscription"


def _is_address(value: str | None) -> bool:
    return value is not None and value.startswith(("http://", "https://")) and not set(value) & set(' <>"')
