"""Run the checks over a document, in one walk over its elements.

bytes → document.read → document checks, then the checks of each element → findings in the order of lines

A plan lists the checks for an element. It is made once for each pair of parent and name, and kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final, TypeAlias

from feedpub.validator import document as reading
from feedpub.validator import json_document
from feedpub.validator.check_kinds import (
    NOWHERE,
    UNDEFINED,
    Check,
    Context,
    DeliveryCheck,
    DocumentCheck,
    ElementCheck,
    HtmlCheck,
    JsonCheck,
    Problem,
    ValueCheck,
    here,
    quoted,
    shown,
)
from feedpub.validator.checks import CHECKS
from feedpub.validator.checks.texts import is_html
from feedpub.validator.delivery import Delivery
from feedpub.validator.document import NO_ATTRIBUTES, Node
from feedpub.validator.finding import Finding, Level, Report
from feedpub.validator.grammar import html, iris
from feedpub.validator.json_document import Json, Shape, example
from feedpub.validator.requirements import NO_REQUIREMENTS, Requirements
from feedpub.validator.vocabulary import element as defined
from feedpub.validator.vocabulary import json_feed
from feedpub.validator.vocabulary.element import Element, Kind, Value
from feedpub.validator.vocabulary.extensions import GLOBAL_ATTRIBUTES

_READING: Final = tuple(check for check in CHECKS if isinstance(check, DocumentCheck))
_DELIVERY: Final = tuple(check for check in CHECKS if isinstance(check, DeliveryCheck))
_JSON: Final = tuple(check for check in CHECKS if isinstance(check, JsonCheck))
# Templates of site generators begin with a brace, too; most of them make XML, not JSON.
_JSON_START: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*(?:\[|\{(?![{%]))")
_IN_TABLE: Final = {
    table: tuple(check for check in _JSON if not check.tables or table in check.tables)
    for table in json_feed.TABLES
}
_OF_VERSION_1_1: Final = Json({"version": "https://jsonfeed.org/version/1.1"})
_OF_XML: Final = ("https://www.rssboard.org/", "https://www.rfc-editor.org/rfc/rfc4287")
_FORMATS: Final = {"rss": "rss", "atom:feed": "atom", "atom:entry": "atom"}


def examine(
    data: bytes,
    *,
    location: str | None,
    now: datetime | None,
    requirements: Requirements = NO_REQUIREMENTS,
    delivery: Delivery | None = None,
) -> Report:
    """Return the format and the findings of ``data``; see :func:`feedpub.validator.inspect`."""
    about = Context(location, now, requirements=requirements)
    report = _report(data, about) if delivery is None else _delivered(data, about, delivery)
    profile = requirements.profile
    if profile is None:
        return report
    found = tuple(
        replace(finding, level=Level.ERROR) if finding.code in profile.errors else finding
        for finding in report.findings
        if finding.code not in profile.replaced
    )
    return replace(report, findings=found)


def _delivered(data: bytes, about: Context, delivery: Delivery) -> Report:
    """Return the findings about how the feed was served, and about the feed if the server sent it."""
    about.delivery = delivery
    report = _report(data, about) if delivery.status == 200 else Report("unknown", ())
    about.format = report.format
    served = [_stamped(check, problem, "") for check in _DELIVERY for problem in check.find(about)]
    return replace(report, findings=(*served, *report.findings))


def _report(data: bytes, about: Context) -> Report:
    if _JSON_START.match(data) and len(data) <= reading.MAX_BYTES:
        return _json_report(data, about)
    document = about.document = reading.read(data)
    findings = list(_document_findings(about))
    if not document.broken and not document.unchecked:
        findings.extend(_element_findings(about))
    findings.sort(key=lambda finding: (finding.line, finding.column))
    root = document.root
    name = _FORMATS.get(root.tag, "unknown") if root is not None else "unknown"
    return Report(name, tuple(findings), document.unchecked)


def _json_report(data: bytes, about: Context) -> Report:
    root, broken = json_document.read(data)
    if root is None:
        findings = [
            _stamped(check, Problem(broken.message, broken.line, broken.column, remedy=broken.remedy), "")
            for check in _JSON
            if broken is not None and broken.code == check.code
        ]
    else:
        about.feed = root
        findings = list(_object_findings(about, root, "top-level"))
    findings.sort(key=lambda finding: (finding.line, finding.column))
    return Report("json", tuple(findings))


def _object_findings(about: Context, found: Json, table: str) -> Iterator[Finding]:
    """Check an object of JSON Feed and everything in it; the tables limit the depth."""
    spec = json_feed.paragraph(table)
    about.object, about.table = found, table
    for check in for_object(found, table):
        for problem in check.find(about):
            yield _stamped(check, problem, spec)
    plans = _KEYS[table]
    for index, (name, raw) in enumerate(found.pairs()):
        plan = plans.get(name)
        if plan is None:
            continue
        if not plan.many:
            yield from _member_findings(about, plan, raw, found, index)
        elif isinstance(raw, list):
            array = found.below(raw, index)
            for number, one in enumerate(raw):
                yield from _member_findings(about, plan, one, array, number)


def _member_findings(
    about: Context, plan: KeyPlan, raw: object, above: Json, index: int
) -> Iterable[Finding]:
    if plan.table and isinstance(raw, dict):
        return _object_findings(about, above.below(raw, index), plan.table)
    return _text_findings(about, plan, raw, above, index) if type(raw) in plan.types else ()


def for_object(found: Json, table: str) -> tuple[JsonCheck, ...]:
    """Return the checks that may find something in an object. Feeds repeat a few shapes, so answers are kept."""
    if len(found.raw) > _SHAPED:  # type: ignore[arg-type] # it is an object
        return _IN_TABLE[table]
    return _for_json_shape(table, found.shape())


@lru_cache(maxsize=4096)
def _for_json_shape(table: str, shape: Shape) -> tuple[JsonCheck, ...]:
    about = Context(feed=_OF_VERSION_1_1, object=example(shape), table=table)
    return tuple(
        check for check in _IN_TABLE[table] if check.needs != "shape" or any(True for _ in check.find(about))
    )


def _text_findings(about: Context, plan: KeyPlan, raw: object, above: Json, index: int) -> Iterable[Finding]:
    """Check a text or a number of JSON Feed in the same way as in the other formats."""
    grammar = plan.grammar
    text = grammar.in_attribute(raw if isinstance(raw, str) else f"{raw:f}")
    checks, marked = grammar.checks(text), bool(grammar.html) and ("<" in text or "&" in text)
    if not checks and not marked:
        return ()
    about.text, about.value = text, grammar.value
    wrong: list[tuple[Check, str]] = []
    for check in checks:
        said = check.find(about)
        if said is not None:
            wrong.append((check, f": {quoted(text)} {said}"))
    survey = html.survey(text) if marked else None
    if survey is not None:
        about.survey = survey
        wrong += [(by, f" {said}") for by in grammar.html for said in by.find(about)]
    if not wrong:
        return ()
    found = above.below(raw, index)
    return [
        # The paragraphs of RSS and Atom do not apply here; those of a grammar, such as RFC 3339, do.
        _stamped(
            by,
            Problem(
                f"{plan.key}{message}",
                found.line,
                found.column,
                plan.spec if by.spec.startswith(_OF_XML) else "",
            ),
            plan.spec,
        )
        for by, message in wrong
    ]


def _document_findings(about: Context) -> Iterator[Finding]:
    for check in _READING:
        for problem in check.find(about):
            yield _stamped(check, problem, "")


def _element_findings(about: Context) -> Iterator[Finding]:
    for node in about.document.nodes:
        plan = plan_for(node.within, node.tag)
        text, attributes = node.text, node.attributes
        about.node, about.element = node, plan.element or UNDEFINED
        for check in plan.for_element(node) if plan.checks or plan.shaped else ():
            for problem in check.find(about):
                yield _stamped(check, problem, about.element.spec)
        if plan.text is not None:
            if plan.text.html and ("<" in text or "&" in text):
                yield from _html_findings(about, plan.text)
            text = text.strip()
            yield from _value_findings(plan.text, about, text, "")
        if attributes:
            yield from _attribute_findings(about, plan)


def _html_findings(about: Context, grammar: Grammar) -> Iterator[Finding]:
    node = about.node
    survey = html.survey(node.text) if is_html(node, grammar.value.kind) else None
    if survey is not None:
        about.survey = survey
        for check in grammar.html:
            for wrong in check.find(about):
                yield _stamped(check, here(node, f"{shown(node)} {wrong}"), about.element.spec)


def _attribute_findings(about: Context, plan: Plan) -> Iterator[Finding]:
    for name, written in about.node.attributes.items():
        grammar = plan.attributes.get(name)
        if grammar is not None:
            text = grammar.in_attribute(written)
            yield from _value_findings(grammar, about, text, name)


def _value_findings(grammar: Grammar, about: Context, text: str, attribute: str) -> Iterator[Finding]:
    about.text, about.value = text, grammar.value
    for check in grammar.checks(text):
        wrong = check.find(about)
        if wrong is not None:
            node = about.node
            where = f"{shown(node)} attribute {attribute!r}" if attribute else shown(node)
            yield _stamped(check, here(node, f"{where}: {quoted(text)} {wrong}"), about.element.spec)


def _stamped(check: Check, problem: Problem, spec: str) -> Finding:
    """Return a problem as a finding of the check; ``spec`` is used if neither names a paragraph."""
    spec = problem.spec or check.spec or spec
    remedy = problem.remedy or check.remedy
    return Finding(check.code, check.level, problem.message, problem.line, problem.column, spec, remedy)


_ElementChecks: TypeAlias = tuple[ElementCheck, ...]
_ValueChecks: TypeAlias = tuple[ValueCheck, ...]

_ELEMENTS: Final = tuple(check for check in CHECKS if isinstance(check, ElementCheck))
_VALUES: Final = tuple(check for check in CHECKS if isinstance(check, ValueCheck))
_HTML: Final = tuple(check for check in CHECKS if isinstance(check, HtmlCheck))
_ADDRESSES: Final = frozenset({Kind.URI, Kind.WEB, Kind.IRI, Kind.IRI_REFERENCE})
# Kinds of attributes whose grammars do not allow surrounding space, which XML keeps.
_AS_IT_IS: Final = _ADDRESSES | {Kind.LANGUAGE, Kind.MEDIA_TYPE, Kind.CHOICE, Kind.LINK_RELATION}
# Kinds whose values are mostly right, which one quick match can tell.
_ORDINARY: Final[dict[Kind, Callable[[str], bool]]] = dict.fromkeys(_ADDRESSES, iris.is_ordinary)
# An element with more children than this is a channel or the like, whose shape does not repeat.
_SHAPED: Final = 64


@dataclass(frozen=True, slots=True)
class Grammar:
    """A kind of value and its checks, grouped by what they need to find anything."""

    value: Value
    blank: _ValueChecks
    bare: _ValueChecks
    marked: _ValueChecks
    html: tuple[HtmlCheck, ...]
    as_it_is: bool
    is_ordinary: Callable[[str], bool] | None

    def checks(self, text: str) -> _ValueChecks:
        """Return the checks that may find something in ``text``."""
        if not text:
            return self.blank
        if self.is_ordinary is not None and self.is_ordinary(text):
            return ()
        return self.marked if "<" in text or "&" in text else self.bare

    def in_attribute(self, text: str) -> str:
        """Return the value of an attribute in the form that is checked."""
        return text if self.as_it_is else text.strip()


@dataclass(frozen=True, slots=True)
class Plan:
    """The checks for elements of one name in one parent.

    ``checks`` has eight groups of element checks, indexed by three bits: has children, has attributes, has text. It is
    empty if there are none at all. ``shaped`` are the checks that only depend on the names of the children. ``text``
    and ``attributes`` are the grammars of its values.
    """

    within: str
    tag: str
    element: Element | None
    checks: tuple[_ElementChecks, ...]
    shaped: _ElementChecks
    text: Grammar | None
    attributes: dict[str, Grammar]

    def for_element(self, node: Node) -> _ElementChecks:
        """Return the checks of elements that may find something in ``node``."""
        checks: _ElementChecks = ()
        if self.checks:
            checks = self.checks[bool(node.children) << 2 | bool(node.attributes) << 1 | bool(node.text)]
        return checks + self.for_shape(node.children) if self.shaped else checks

    def for_shape(self, children: list[Node]) -> _ElementChecks:
        """Return the checks of ``shaped`` that may find something. Feeds repeat a few shapes, so answers are kept."""
        if len(children) > _SHAPED:
            return self.shaped
        return _for_shape(self.within, self.tag, tuple([child.tag for child in children]))


@lru_cache(maxsize=4096)
def plan_for(within: str, tag: str) -> Plan:
    """Return the plan for ``tag`` in the parent ``within``."""
    element = defined(within, tag)
    wanted = [check for check in _ELEMENTS if check.wants(within, tag, element)]
    needed = {"": 0, "children": 4, "attributes": 2, "text": 1}
    others = [check for check in wanted if check.needs != "shape"]
    text = element.text if element else None
    return Plan(
        within,
        tag,
        element,
        tuple(
            tuple(check for check in others if needed[check.needs] & bits == needed[check.needs])
            for bits in range(8)
        )
        if others
        else (),
        tuple(check for check in wanted if check.needs == "shape"),
        grammar_of(text) if text else None,
        _GLOBAL
        | {name: grammar_of(value) for name, value in (element.attributes if element else {}).items()},
    )


@lru_cache(maxsize=4096)
def _for_shape(within: str, tag: str, shape: tuple[str, ...]) -> _ElementChecks:
    made = plan_for(within, tag)
    bare = _bare(tag, within)
    bare.children = [_bare(child, tag) for child in shape]
    about = Context(node=bare, element=made.element or UNDEFINED)
    return tuple(check for check in made.shaped if any(True for _ in check.find(about)))


def _bare(tag: str, within: str) -> Node:
    return Node(tag, "", within, None, NO_ATTRIBUTES, NOWHERE.source, 0)


@lru_cache(maxsize=4096)
def grammar_of(value: Value) -> Grammar:
    """Return the grammar of a value, with its checks."""
    checks = [check for check in _VALUES if value.kind in check.kinds]

    def needing(*needs: str) -> _ValueChecks:
        return tuple(check for check in checks if check.needs in needs)

    of_html = tuple(check for check in _HTML if value.kind in check.kinds)
    return Grammar(
        value,
        needing("", "blank"),
        needing(""),
        needing("", "markup"),
        of_html,
        value.kind in _AS_IT_IS,
        _ORDINARY.get(value.kind),
    )


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """The checks for the value of a key in JSON Feed: those of ``table`` for objects, those of ``grammar`` for texts.

    ``types`` are the Python types that are checked as texts, which include numbers.
    """

    key: str
    many: bool
    table: str
    types: tuple[type, ...]
    grammar: Grammar
    spec: str


def _key_plan(table: str, name: str, key: json_feed.Key) -> KeyPlan:
    types = json_document.types_of(json_feed.TYPES[key.type] - {"boolean"})
    return KeyPlan(name, key.many, key.table, types, grammar_of(key.value), json_feed.paragraph(table))


_KEYS: Final = {
    table: {name: _key_plan(table, name, key) for name, key in keys.items()}
    for table, keys in json_feed.TABLES.items()
}
_GLOBAL: Final = {name: grammar_of(value) for name, value in GLOBAL_ATTRIBUTES.items()}
