"""What a check is.

A check is a function with a code, a level and the paragraph it follows; its docstring is its manual page. Its one
argument is a :class:`Context`, of which it reads what its kind is about:

* a *value* check, one text or attribute value of the kinds it is for; it returns what is wrong with it;
* an *HTML* check, what a text of HTML holds; it yields what is wrong with it;
* an *element* check, an element whose definition it asked for; it yields problems;
* a *document* check, the whole document; it yields problems;
* a *delivery* check, how the feed came from its address; it yields problems;
* a *JSON* check, an object of a JSON Feed; it yields problems.

The decorator registers it. The engine stamps code, level and address; a check only says what and where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Literal, TypeAlias, TypeVar

from feedpub.validator._source_text import Source
from feedpub.validator.delivery import Delivery
from feedpub.validator.document import NO_ATTRIBUTES, Document, Node
from feedpub.validator.finding import Level
from feedpub.validator.grammar import iris
from feedpub.validator.grammar.html import Survey
from feedpub.validator.json_document import Json
from feedpub.validator.namespaces import KNOWN
from feedpub.validator.requirements import NO_REQUIREMENTS, Requirements
from feedpub.validator.vocabulary.element import ANY, Element, Kind, Value

NOTHING: Final = Document([], False, (), "", "")
_NO_DELIVERY: Final = Delivery("", 200)
UNDEFINED: Final = Element("")
NOWHERE: Final = Node("", "", "", None, NO_ATTRIBUTES, Source(b""), 0)
NO_JSON: Final = Json()
_NO_SURVEY: Final = Survey(None, (), (), ())
_IANA: Final = "http://www.iana.org/assignments/relation/"


@dataclass(frozen=True, slots=True)
class Problem:
    """What an element or document check found: a message, a place; a paragraph and a remedy if it has several."""

    message: str
    line: int
    column: int
    spec: str = ""
    remedy: str = ""


@dataclass(slots=True)
class Context:
    """What a check is shown. The engine sets what the next check is about; checks only read.

    ``location`` is the address that the feed is served from, ``now`` the time, each where it is known, ``requirements``
    what else is asked; ``delivery`` is how it came from there, and ``format`` what it turned out to be. Of the rest,
    what a check is not about is empty: ``document``, the element ``node`` and what the vocabulary says of it; for JSON
    Feed, ``feed``, an ``object`` in it and the name of the ``table`` that describes it; a ``text`` and its grammar,
    ``value``; a ``survey`` of HTML.
    """

    location: str | None = None
    now: datetime | None = None
    document: Document = NOTHING
    node: Node = NOWHERE
    element: Element = UNDEFINED
    feed: Json = NO_JSON
    object: Json = NO_JSON
    table: str = ""
    text: str = ""
    value: Value = ANY
    survey: Survey = _NO_SURVEY
    # What several checks ask, answered once: a document may hold a million elements that ask it.
    _is_local: bool | None = None
    _head: Node | None = NOWHERE
    requirements: Requirements = NO_REQUIREMENTS
    delivery: Delivery = _NO_DELIVERY
    format: str = ""

    def uses(self, prefix: str) -> bool:
        """Tell whether the feed declares a namespace, named by its usual prefix."""
        return any(KNOWN.get(found.uri) == prefix for found in self.document.declarations)

    @property
    def head(self) -> Node | None:
        """The element that holds the feed's own links, None where there is no feed."""
        if self._head is NOWHERE:
            root = self.document.root
            self._head = None
            if root is not None and not self.document.broken and root.tag in {"rss", "atom:feed"}:
                self._head = root.first("channel") if root.tag == "rss" else root
        return self._head

    @property
    def is_local(self) -> bool:
        """Whether the feed is served from the machine that it is read on, as far as is known."""
        if self._is_local is None:
            own = self.location or self.feed.text("feed_url")
            if not own and self.head is not None:
                own = next((self_address(link) for link in self.head.children if is_self_link(link)), "")
            self._is_local = iris.is_local(own)
        return self._is_local

    @property
    def before_rss_2(self) -> bool:
        """Whether the feed is in a version of RSS that has neither guids nor namespaces."""
        root = self.document.root
        return root is not None and root.attributes.get("version", "").startswith("0.9")


def is_self_link(node: Node) -> bool:
    """Tell whether an element is a link that says where the feed is fetched from."""
    return node.tag == "atom:link" and relation(node) == "self"


def relation(link: Node) -> str:
    """Return a link's relation in its short form; ``alternate`` where it gives none (RFC 4287 §4.2.7.2)."""
    return link.attributes.get("rel", "alternate").strip().removeprefix(_IANA)


def self_address(link: Node) -> str:
    """Return the address of a link, put together with the base that it is in."""
    href = link.attributes.get("href", "").strip()
    return link.base.join(href) if link.base is not None else href


# What there must be for a check to be worth a call; the engine asks, because calls cost. Of a value: that it is blank,
# or that it holds a sign of markup. Of an element: children, attributes, text; or ``shape``: that a bare element with
# children of the same names, without any attribute and text, is a case for the check.
ValueNeeds: TypeAlias = Literal["", "blank", "markup"]
Needs: TypeAlias = Literal["", "children", "attributes", "text", "shape"]
# Of an object: that an example of the same keys, with values of the same types, blank or not, is a case for the check.
JsonNeeds: TypeAlias = Literal["", "shape"]
Wants: TypeAlias = Callable[[str, str, Element | None], bool]
Wrong: TypeAlias = Callable[[Context], str | None]
Wrongs: TypeAlias = Callable[[Context], Iterator[str]]
Problems: TypeAlias = Callable[[Context], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of the validator. ``spec`` is empty where the vocabulary says which paragraph defines the element."""

    code: str
    level: Level
    spec: str
    remedy: str
    manual: str


@dataclass(frozen=True, slots=True)
class ValueCheck(Check):
    """A check of values of some kinds; it returns the rest of a sentence that begins with the value, or None."""

    find: Wrong
    kinds: frozenset[Kind]
    needs: ValueNeeds


@dataclass(frozen=True, slots=True)
class HtmlCheck(Check):
    """A check of HTML in values of some kinds; it yields the rests of sentences that begin with the element."""

    find: Wrongs
    kinds: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class ElementCheck(Check):
    """A check of elements; ``wants(parent's tag, tag, definition)`` chooses which it sees."""

    find: Problems
    wants: Wants
    needs: Needs


@dataclass(frozen=True, slots=True)
class DocumentCheck(Check):
    """A check of whole documents."""

    find: Problems


@dataclass(frozen=True, slots=True)
class JsonCheck(Check):
    """A check of the objects of JSON Feed that some tables describe (all, where it names none)."""

    find: Problems
    tables: frozenset[str]
    needs: JsonNeeds


@dataclass(frozen=True, slots=True)
class DeliveryCheck(Check):
    """A check of how a feed is served, for one that came from its address."""

    find: Problems


REGISTERED: Final[list[Check]] = []
"""Every check whose module has been imported; :mod:`feedpub.validator.checks` imports all of them."""

_Made = TypeVar("_Made", bound=Check)


def _registered(check: _Made) -> _Made:
    REGISTERED.append(check)
    return check


def html_too(other: Check, *kinds: Kind) -> Callable[[Wrongs], HtmlCheck]:
    """Make a check that finds the same as ``other``, in HTML."""
    return lambda find: _registered(HtmlCheck(*_page(other), find, frozenset(kinds)))


def element_too(other: Check, wants: Wants, needs: Needs = "") -> Callable[[Problems], ElementCheck]:
    """Make a check that finds the same as ``other``, in elements."""
    return lambda find: _registered(ElementCheck(*_page(other), find, wants, needs))


def json_too(other: Check, *tables: str, needs: JsonNeeds = "") -> Callable[[Problems], JsonCheck]:
    """Make a check that finds the same as ``other``, in objects of JSON Feed, whose paragraphs are its own."""
    page = replace(other, spec="")
    return lambda find: _registered(JsonCheck(*_page(page), find, frozenset(tables), needs))


def _page(check: Check) -> tuple[str, Level, str, str, str]:
    return check.code, check.level, check.spec, check.remedy, check.manual


def value_check(
    code: str, level: Level, *kinds: Kind, spec: str = "", needs: ValueNeeds = "", remedy: str
) -> Callable[[Wrong], ValueCheck]:
    """Make a check of values of these kinds."""
    return lambda find: _registered(
        ValueCheck(code, level, spec, remedy, _manual(find), find, frozenset(kinds), needs)
    )


def html_check(
    code: str, level: Level, *kinds: Kind, spec: str, remedy: str
) -> Callable[[Wrongs], HtmlCheck]:
    """Make a check of the HTML in values of these kinds."""
    return lambda find: _registered(
        HtmlCheck(code, level, spec, remedy, _manual(find), find, frozenset(kinds))
    )


def element_check(
    code: str, level: Level, wants: Wants, *, spec: str = "", needs: Needs = "", remedy: str
) -> Callable[[Problems], ElementCheck]:
    """Make a check of the elements that ``wants`` chooses."""
    return lambda find: _registered(
        ElementCheck(code, level, spec, remedy, _manual(find), find, wants, needs)
    )


def document_check(code: str, level: Level, *, spec: str, remedy: str) -> Callable[[Problems], DocumentCheck]:
    """Make a check of whole documents."""
    return lambda find: _registered(DocumentCheck(code, level, spec, remedy, _manual(find), find))


def delivery_check(code: str, level: Level, *, spec: str, remedy: str) -> Callable[[Problems], DeliveryCheck]:
    """Make a check of how a feed is served."""
    return lambda find: _registered(DeliveryCheck(code, level, spec, remedy, _manual(find), find))


def json_check(
    code: str, level: Level, *tables: str, spec: str = "", needs: JsonNeeds = "", remedy: str
) -> Callable[[Problems], JsonCheck]:
    """Make a check of the objects of JSON Feed that these tables describe; of all, where there is none."""
    return lambda find: _registered(
        JsonCheck(code, level, spec, remedy, _manual(find), find, frozenset(tables), needs)
    )


def _manual(function: Callable[..., object]) -> str:
    from inspect import cleandoc  # noqa: PLC0415 - not needed to validate

    return cleandoc(function.__doc__ or "")


def named(*tags: str) -> Wants:
    """Choose elements by tag, where it means what the vocabulary says."""
    chosen = frozenset(tags)
    return lambda _within, tag, element: tag in chosen and (element is not None or ":" in tag)


def at(*places: tuple[str, str]) -> Wants:
    """Choose elements by parent's tag and tag."""
    chosen = frozenset(places)
    return lambda within, tag, _element: (within, tag) in chosen


def shown(node: Node) -> str:
    """Return the element's name as the feed writes it: ``<media:content>``."""
    local = node.tag.rpartition("}")[2].rpartition(":")[2]
    return f"<{node.prefix}:{local}>" if node.prefix else f"<{local}>"


def quoted(text: str, limit: int = 60) -> str:
    """Return a value as one line between quotes, cut where it is long; space around it is shown as one space."""
    line = " ".join(text.split())
    if line:
        line = f"{' ' * text[0].isspace()}{line}{' ' * text[-1].isspace()}"
    return f"'{line[: limit - 1]}…'" if len(line) > limit else f"'{line}'"


def here(node: Node, message: str, spec: str = "") -> Problem:
    """Return the problem that ``message`` is, at an element."""
    return Problem(message, *node.place, spec)
