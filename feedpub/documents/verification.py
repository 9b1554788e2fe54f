"""Checks documents before they are published, each with the check of its format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from feedpub.documents.faults import opml_faults
from feedpub.documents.formats import OPML_TYPE, Document, of_media_type


@dataclass(frozen=True, slots=True)
class Invalid:
    """Why a document failed validation and is not published; ``line`` is a line of its bytes."""

    path: str
    line: int
    reason: str


class Passed:
    """The documents that are known to be valid: those of earlier builds by their digests (``before``), and new ones.

    A check depends only on the bytes of a document and its address, so a document that passed once passes again.
    """

    def __init__(self, before: Iterable[str] = ()) -> None:
        self._before = frozenset(before)
        self.digests: set[str] = set()
        """The digests of all valid documents in this build."""

    def has(self, document: Document) -> bool:
        """Say whether a document passed before."""
        digest = _digest(document)
        if digest in self._before:
            self.digests.add(digest)
        return digest in self.digests

    def add(self, document: Document) -> None:
        """Remember that a document is valid."""
        self.digests.add(_digest(document))


def _digest(document: Document) -> str:
    head = f"{document.media_type}\n{document.url}\n".encode("utf-8", "surrogatepass")
    return sha256(head + document.data).hexdigest()


def first_refusal(documents: Iterable[Document]) -> Invalid | None:
    """Return why one of ``documents`` must not be published; ``None`` if all may."""
    return next(iter(refusals(documents).values()), None)


def refusals(documents: Iterable[Document], passed: Passed | None = None) -> dict[str, Invalid]:
    """Return, by name, why documents must not be published; those that ``passed`` knows are not checked again."""
    found: dict[str, Invalid] = {}
    for document in documents:
        if passed and passed.has(document):
            continue
        if refusal := _refusal(document):
            found[document.path] = refusal
        elif passed:
            passed.add(document)
    return found


def _refusal(document: Document) -> Invalid | None:
    known = of_media_type(document.media_type)
    assert known or document.media_type == OPML_TYPE
    check_document = known.check if known else opml_faults
    problem = next(check_document(document.data, document.url), None)
    return Invalid(document.path, *problem) if problem else None
