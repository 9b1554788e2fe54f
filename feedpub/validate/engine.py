"""Run the table of checks over a document: one walk, each element to the checks that asked for it.

    bytes → document.read → (document checks) + (walk: element checks, value checks) → findings by line

Which checks an element meets depends on its tag and its parent's only, so it is decided once for each such pair and
kept for the next feed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, TypeAlias

from feedpub.validate import document as reading
from feedpub.validate import json_document
from feedpub.validate.checks import CHECKS
from feedpub.validate.checks.model import Check, Circumstances, Problem, quoted, shown
from feedpub.validate.document import Document, Node
from feedpub.validate.finding import Finding, Report
from feedpub.validate.vocabulary import element as defined
from feedpub.validate.vocabulary.model import Element, Kind, Value
from feedpub.validate.vocabulary.small import GLOBAL_ATTRIBUTES

_Bound: TypeAlias = tuple[Check, Value]
_Checks: TypeAlias = tuple[Check, ...]

_READING: Final = tuple(check for check in CHECKS if check.document is not None)
_ELEMENTS: Final = tuple(check for check in CHECKS if check.element is not None)
_JSON: Final = tuple(check for check in CHECKS if check.json is not None)
_VALUES: Final = tuple(check for check in CHECKS if check.value is not None)
_FORMATS: Final = {"rss": "rss", "atom:feed": "atom", "atom:entry": "atom"}
# Kinds of attributes that no space may surround: no grammar of theirs has any. XML leaves it there.
_AS_IT_IS: Final = frozenset(
    {
        Kind.URI,
        Kind.WEB,
        Kind.IRI,
        Kind.IRI_REFERENCE,
        Kind.LANGUAGE,
        Kind.MEDIA_TYPE,
        Kind.CHOICE,
        Kind.LINK_RELATION,
    }
)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The checks that elements of one tag in one parent meet, parted by what they need to be worth a call."""

    element: Element | None
    # By three bits: whether the element has children, attributes, text.
    checks: tuple[_Checks, ...]
    text: tuple[_Bound, ...]
    attributes: dict[str, tuple[_Bound, ...]]


def examine(data: bytes, *, location: str | None, now: datetime | None) -> Report:
    """Return format and findings of ``data``; see :func:`feedpub.validate.validate`."""
    if (
        data.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:1] in {b"{", b"["}
        and len(data) <= reading.MAX_BYTES
    ):
        return _json_report(data, location)
    document = reading.read(data)
    circumstances = Circumstances(location, now, document)
    findings = list(_document_findings(document, circumstances))
    root = document.root
    if root is not None and not document.broken:
        findings.extend(_element_findings(circumstances, root))
    findings.sort(key=lambda finding: (finding.line, finding.column))
    return Report(_FORMATS.get(root.tag, "unknown") if root is not None else "unknown", tuple(findings))


def _json_report(data: bytes, location: str | None) -> Report:
    root, broken = json_document.read(data)
    findings = []
    for check in _JSON:
        if broken is not None and broken.code == check.code:
            findings.append(_stamped(check, Problem(broken.message, broken.line, broken.column), None))
        if root is not None and check.json is not None:
            findings += [_stamped(check, problem, None) for problem in check.json(root, location)]
    findings.sort(key=lambda finding: (finding.line, finding.column))
    return Report("json", tuple(findings))


def _document_findings(document: Document, circumstances: Circumstances) -> Iterator[Finding]:
    for check in _READING:
        assert check.document is not None
        for problem in check.document(document, circumstances):
            yield _stamped(check, problem, None)


def _element_findings(about: Circumstances, root: Node) -> Iterator[Finding]:
    for node in root.walk():
        plan = _plan(node.within, node.tag)
        element = plan.element
        for check in plan.checks[bool(node.children) << 2 | bool(node.attributes) << 1 | bool(node.text)]:
            for problem in check.element(node, element, about):  # type: ignore[misc]
                yield _stamped(check, problem, element)
        if plan.text:
            text = node.text.strip()
            for check, value in plan.text:
                wrong = check.value(text, value)  # type: ignore[misc]
                if wrong is not None:
                    yield _value_finding(check, node, element, shown(node), text, wrong)
        if node.attributes:
            yield from _attribute_findings(node, element, plan.attributes)


def _attribute_findings(
    node: Node, element: Element | None, checks: dict[str, tuple[_Bound, ...]]
) -> Iterator[Finding]:
    for name, text in node.attributes.items():
        for check, value in checks.get(name, ()):
            stripped = text if value.kind in _AS_IT_IS else text.strip()
            wrong = check.value(stripped, value)  # type: ignore[misc]
            if wrong is not None:
                yield _value_finding(check, node, element, f"{shown(node)} attribute {name!r}", text, wrong)


@lru_cache(maxsize=4096)
def _plan(within: str, tag: str) -> _Plan:
    element = defined(within, tag)
    wanted = [check for check in _ELEMENTS if check.wants is not None and check.wants(within, tag, element)]
    needed = {"": 0, "children": 4, "attributes": 2, "text": 1}
    checks = tuple(
        tuple(check for check in wanted if needed[check.needs] & bits == needed[check.needs])
        for bits in range(8)
    )
    values = {name: _bound(value) for name, value in element.attributes.items()} if element else {}
    return _Plan(element, checks, _bound(element.text) if element else (), _GLOBAL | values)


def _bound(value: Value | None) -> tuple[_Bound, ...]:
    if value is None:
        return ()
    return tuple((check, value) for check in _VALUES if value.kind in check.kinds)


def _stamped(check: Check, problem: Problem, element: Element | None) -> Finding:
    spec = problem.spec or check.spec or (element.spec if element else "")
    return Finding(check.code, check.level, problem.message, problem.line, problem.column, spec, check.remedy)


def _value_finding(
    check: Check, node: Node, element: Element | None, where: str, text: str, wrong: str
) -> Finding:
    return _stamped(check, Problem(f"{where}: {quoted(text)} {wrong}", node.line, node.column), element)


_GLOBAL: Final = {name: _bound(value) for name, value in GLOBAL_ATTRIBUTES.items()}
