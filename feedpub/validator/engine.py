"""Run the table of checks over a document: one walk, each element to the checks that asked for it.

bytes → document.read → (document checks) + (each element by its plan) → findings by line
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from feedpub.validator import document as reading
from feedpub.validator import json_document
from feedpub.validator.checks import CHECKS
from feedpub.validator.checks.model import Check, Circumstances, Problem, here, quoted, shown
from feedpub.validator.checks.texts import is_html
from feedpub.validator.document import Document, Node
from feedpub.validator.finding import Finding, Report
from feedpub.validator.grammar import html
from feedpub.validator.plans import Plan
from feedpub.validator.plans import plan as planned
from feedpub.validator.vocabulary.model import Element, Value

_READING: Final = tuple(check for check in CHECKS if check.document is not None)
_JSON: Final = tuple(check for check in CHECKS if check.json is not None)
_FORMATS: Final = {"rss": "rss", "atom:feed": "atom", "atom:entry": "atom"}


def examine(data: bytes, *, location: str | None, now: datetime | None) -> Report:
    """Return format and findings of ``data``; see :func:`feedpub.validator.validate`."""
    if (
        data.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")[:1] in {b"{", b"["}
        and len(data) <= reading.MAX_BYTES
    ):
        return _json_report(data, location)
    document = reading.read(data)
    circumstances = Circumstances(location, now, document)
    findings = list(_document_findings(document, circumstances))
    if not document.broken:
        findings.extend(_element_findings(circumstances))
    findings.sort(key=lambda finding: (finding.line, finding.column))
    root = document.root
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


def _element_findings(about: Circumstances) -> Iterator[Finding]:
    for node in about.document.nodes:
        plan = planned(node.within, node.tag)
        element, text = plan.element, node.text
        children, attributes = node.children, node.attributes
        checks: tuple[Check, ...] = ()
        if plan.checks:
            checks = plan.checks[bool(children) << 2 | bool(attributes) << 1 | bool(text)]
        if plan.shaped:
            checks += plan.for_shape(children)
        for check in checks:
            for problem in check.element(node, element, about):  # type: ignore[misc]
                yield _stamped(check, problem, element)
        if plan.html and ("<" in text or "&" in text):
            yield from _html_findings(node, plan)
        if plan.text is not None:
            text = text.strip()
            for check in plan.text.checks(text):
                yield from _value_findings(check, plan.text.value, node, element, "", text)
        if attributes:
            yield from _attribute_findings(node, plan)


def _html_findings(node: Node, plan: Plan) -> Iterable[Finding]:
    assert plan.text is not None
    survey = html.survey(node.text) if is_html(node, plan.text.value.kind) else None
    if survey is None:
        return ()
    return [
        _stamped(check, here(node, f"{shown(node)} {wrong}"), plan.element)
        for check in plan.html
        for wrong in check.html(survey, node)  # type: ignore[misc]
    ]


def _attribute_findings(node: Node, plan: Plan) -> Iterator[Finding]:
    for name, written in node.attributes.items():
        grammar = plan.attributes.get(name)
        if grammar is not None:
            text = grammar.in_attribute(written)
            for check in grammar.checks(text):
                yield from _value_findings(check, grammar.value, node, plan.element, name, text)


def _value_findings(
    check: Check, value: Value, node: Node, element: Element | None, attribute: str, text: str
) -> Iterable[Finding]:
    wrong = check.value(text, value)  # type: ignore[misc]
    if wrong is None:
        return ()
    where = f"{shown(node)} attribute {attribute!r}" if attribute else shown(node)
    return (_stamped(check, here(node, f"{where}: {quoted(text)} {wrong}"), element),)


def _stamped(check: Check, problem: Problem, element: Element | None) -> Finding:
    spec = problem.spec or check.spec or (element.spec if element else "")
    return Finding(check.code, check.level, problem.message, problem.line, problem.column, spec, check.remedy)
