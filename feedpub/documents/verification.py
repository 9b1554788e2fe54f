"""What a document must pass before it is published: the check of its format.

None of these checks shares code with what writes the documents, so that a mistake there cannot hide here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from feedpub.documents.formats import OPML_TYPE, Document, of_media_type
from feedpub.documents.renderer import Rendered
from feedpub.validator import validate


@dataclass(frozen=True, slots=True)
class Invalid:
    """Why a document failed validation and stayed unpublished; ``line`` is a line of its bytes."""

    path: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What may be published: the documents, and the names that ``keep`` what is online under them.

    ``invalid`` says by name why documents are not published; ``held`` are the feeds that stay as they are.
    ``listings`` are the names of the site's own documents.
    """

    documents: tuple[Document, ...]
    keep: frozenset[str]
    invalid: Mapping[str, Invalid]
    held: frozenset[str]
    listings: tuple[str, ...]


def check(rendered: Iterable[Rendered], listing: Document) -> Checked:
    """Hold each document against its check, those of feeds and the ``listing`` of all.

    Where a subscription document fails, its last good version is kept. Where an archive document fails, the whole
    feed is kept: its documents link to each other, and each entry has to stand in one of them.
    """
    valid: list[Document] = []
    keep: set[str] = set()
    invalid: dict[str, Invalid] = {}
    held: set[str] = set()
    for feed in rendered:
        keep.update(feed.kept)
        documents = (*feed.documents, *feed.archives)
        wrong = _refusals(documents)
        invalid |= wrong
        if any(document.path in wrong for document in feed.archives):
            held.add(feed.feed.slug)
            keep.update(document.path for document in documents)
        else:
            keep.update(wrong)
            valid += [document for document in documents if document.path not in wrong]
    if wrong := _refusals((listing,)):
        invalid |= wrong
        keep.update(wrong)
    else:
        valid.append(listing)
    return Checked(tuple(valid), frozenset(keep), invalid, frozenset(held), (listing.path,))


def first_refusal(documents: Iterable[Document]) -> Invalid | None:
    """Return why one of ``documents`` must not be published; ``None`` if all may."""
    return next(iter(_refusals(documents).values()), None)


def _refusals(documents: Iterable[Document]) -> dict[str, Invalid]:
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
        "entries-not-newest-first",
        "items-not-newest-first",
        "json-feed-url",
        "json-items-not-newest-first",
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
            yield 1, f"the outline {outline.get('text')!r} is no subscription"


def _is_address(value: str | None) -> bool:
    return value is not None and value.startswith(("http://", "https://")) and not set(value) & set(' <>"')
