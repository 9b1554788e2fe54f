"""What a check is.

A check is a function with a code, a level and the paragraph it follows; its docstring is its manual page. There
are five scopes, so that each function sees no more than it needs:

* a *value* check gets one text or attribute value of the kinds it is for and returns what is wrong with it;
* an *HTML* check gets what a text of HTML holds and yields what is wrong with it;
* an *element* check gets an element whose definition it asked for and yields problems;
* a *document* check gets the whole document and yields problems;
* a *JSON* check gets the whole of a JSON Feed and yields problems.

The engine stamps code, level and address; a check only says what and where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from feedpub.validator.document import Document, Node
from feedpub.validator.finding import Level
from feedpub.validator.grammar.html import Survey
from feedpub.validator.json_document import Json
from feedpub.validator.namespaces import KNOWN
from feedpub.validator.vocabulary.element import Element, Kind, Value


@dataclass(frozen=True, slots=True)
class Problem:
    """What an element or document check found: a message, a place, and a paragraph where the check has several."""

    message: str
    line: int
    column: int
    spec: str = ""


ValueTest: TypeAlias = Callable[[str, Value], str | None]
HtmlTest: TypeAlias = Callable[[Survey, Node], Iterator[str]]
ElementTest: TypeAlias = Callable[[Node, Element | None, "Circumstances"], Iterator[Problem]]
DocumentTest: TypeAlias = Callable[[Document, "Circumstances"], Iterator[Problem]]
JsonTest: TypeAlias = Callable[[Json, str | None], Iterator["Problem"]]
# What there must be for a check to be worth a call; the engine asks, because calls cost. Of a value: that it is blank,
# or that it holds a sign of markup. Of an element: children, attributes, text; or ``shape``: that a bare element with
# children of the same names, without any attribute and text, is a case for the check.
ValueNeeds: TypeAlias = Literal["", "blank", "markup"]
Needs: TypeAlias = Literal["", "children", "attributes", "text", "shape"]
Wants: TypeAlias = Callable[[str, str, Element | None], bool]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a check may ask beside its element: the document, the address it is served from, and the time."""

    location: str | None
    now: datetime | None
    document: Document

    def uses(self, prefix: str) -> bool:
        """Tell whether the feed declares a namespace, named by its usual prefix."""
        return any(KNOWN.get(found.uri) == prefix for found in self.document.declarations)

    @property
    def before_rss_2(self) -> bool:
        """Whether the feed is in a version of RSS that has neither guids nor namespaces."""
        root = self.document.root
        return root is not None and root.attributes.get("version", "").startswith("0.9")


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of the validator. ``spec`` is empty where the vocabulary says which paragraph defines the element."""

    code: str
    level: Level
    spec: str
    remedy: str
    manual: str
    value: ValueTest | None = None
    html: HtmlTest | None = None
    kinds: frozenset[Kind] = frozenset()
    element: ElementTest | None = None
    wants: Wants | None = None
    needs: Needs | ValueNeeds = ""
    document: DocumentTest | None = None
    json: JsonTest | None = None


def value_check(
    code: str, level: Level, *kinds: Kind, spec: str = "", needs: ValueNeeds = "", remedy: str
) -> Callable[[ValueTest], Check]:
    """Make a check of values: the function returns the rest of a sentence that begins with the value, or None."""

    def made(function: ValueTest) -> Check:
        return Check(
            code, level, spec, remedy, _manual(function), value=function, kinds=frozenset(kinds), needs=needs
        )

    return made


def html_check(code: str, level: Level, *kinds: Kind, spec: str, remedy: str) -> Callable[[HtmlTest], Check]:
    """Make a check of HTML: the function yields the rests of sentences that begin with the element."""

    def made(function: HtmlTest) -> Check:
        return Check(code, level, spec, remedy, _manual(function), html=function, kinds=frozenset(kinds))

    return made


def element_check(
    code: str, level: Level, wants: Wants, *, spec: str = "", needs: Needs = "", remedy: str
) -> Callable[[ElementTest], Check]:
    """Make a check of elements; ``wants(parent's tag, tag, definition)`` chooses which it sees."""

    def made(function: ElementTest) -> Check:
        return Check(code, level, spec, remedy, _manual(function), element=function, wants=wants, needs=needs)

    return made


def document_check(code: str, level: Level, *, spec: str, remedy: str) -> Callable[[DocumentTest], Check]:
    """Make a check of whole documents."""

    def made(function: DocumentTest) -> Check:
        return Check(code, level, spec, remedy, _manual(function), document=function)

    return made


def json_check(code: str, level: Level, *, spec: str, remedy: str) -> Callable[[JsonTest], Check]:
    """Make a check of JSON Feed; the function gets the whole feed and the address it is served from."""

    def made(function: JsonTest) -> Check:
        return Check(code, level, spec, remedy, _manual(function), json=function)

    return made


def _manual(function: Callable[..., object]) -> str:
    from inspect import cleandoc  # noqa: PLC0415 - not needed to validate

    return cleandoc(function.__doc__ or "")


def named(*tags: str) -> Wants:
    """Choose elements by tag."""
    chosen = frozenset(tags)
    return lambda _within, tag, _element: tag in chosen


def at(*places: tuple[str, str]) -> Wants:
    """Choose elements by parent's tag and tag."""
    chosen = frozenset(places)
    return lambda within, tag, _element: (within, tag) in chosen


def shown(node: Node) -> str:
    """Return the element's name as the feed writes it: ``<media:content>``."""
    local = node.tag.rpartition("}")[2].rpartition(":")[2]
    return f"<{node.prefix}:{local}>" if node.prefix else f"<{local}>"


def quoted(text: str, limit: int = 60) -> str:
    """Return a value as one line between quotes, cut where it is long."""
    line = " ".join(text.split())
    return f"'{line[: limit - 1]}…'" if len(line) > limit else f"'{line}'"


def here(node: Node, message: str, spec: str = "") -> Problem:
    """Return the problem that ``message`` is, at an element."""
    return Problem(message, *node.place, spec)
