"""Why documents must not be published, each by the check of its format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from feedpub.documents.faults import opml_faults
from feedpub.documents.formats import OPML_TYPE, Document, of_media_type


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
    check_document = known.check if known else opml_faults
    problem = next(check_document(document.data, document.url), None)
    return Invalid(document.path, *problem) if problem else None
