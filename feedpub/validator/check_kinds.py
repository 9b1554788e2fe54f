"""What a check is.

A check is a function with a code, a level and the address of a paragraph. Its docstring is its manual page: what is
wrong, why readers mind, a wrong and a right example. Its only argument is a :class:`Context`, from which it reads:

* a *value* check: one text or attribute value of its kinds; it returns what is wrong, or None;
* an *HTML* check: what was found in a text of HTML; it yields what is wrong;
* an *element* check: an element that it chose; it yields problems;
* a *document* check: the whole document; it yields problems;
* a *delivery* check: how the server sent the feed; it yields problems;
* a *JSON* check: an object of a JSON Feed; it yields problems.

A decorator registers the check. The engine adds code, level and paragraph to what it returns.
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
    """What a check found: a message and a place, and a paragraph and a remedy if they are not those of the check."""

    message: str
    line: int
    column: int
    spec: str = ""
    remedy: str = ""


@dataclass(slots=True)
class Context:
    """What a check looks at. The engine sets the fields before it calls a check; checks only read them.

    ``location`` is the address that the feed is served from and ``now`` the current time, if known. ``requirements``
    are those of the user. ``delivery`` is how the server sent the feed, and ``format`` the format that was found.

    The other fields are empty unless the kind of check needs them. For XML: the ``document``, the element ``node``, and
    its definition ``element``. For JSON Feed: the ``feed``, an ``object`` in it, and the name of the ``table`` that
    describes the object. For values: the ``text``, and its grammar ``value``. For HTML: the ``survey`` of the text.
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
    # Answers that many checks need, computed once: there may be a million elements.
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
        """The element with the feed's own links, ``channel`` or ``feed``; None if this is not a feed."""
        if self._head is NOWHERE:
            root = self.document.root
            self._head = None
            if root is not None and not self.document.broken and root.tag in {"rss", "atom:feed"}:
                self._head = root.first("channel") if root.tag == "rss" else root
        return self._head

    @property
    def is_local(self) -> bool:
        """Whether the feed itself is served from a local address, as far as is known."""
        if self._is_local is None:
            own = self.location or self.feed.text("feed_url")
            if not own and self.head is not None:
                own = next((self_address(link) for link in self.head.children if is_self_link(link)), "")
            self._is_local = iris.is_local(own)
        return self._is_local

    @property
    def before_rss_2(self) -> bool:
        """Whether the feed is in RSS 0.9x, which has neither guids nor namespaces."""
        root = self.document.root
        return root is not None and root.attributes.get("version", "").startswith("0.9")


def is_self_link(node: Node) -> bool:
    """Tell whether an element is a self link, which has the address of the feed."""
    return node.tag == "atom:link" and relation(node) == "self"


def relation(link: Node) -> str:
    """Return a link's relation in its short form; ``alternate`` if it has none (RFC 4287 §4.2.7.2)."""
    return link.attributes.get("rel", "alternate").strip().removeprefix(_IANA)


def self_address(link: Node) -> str:
    """Return the address of a link, joined with its base."""
    href = link.attributes.get("href", "").strip()
    return link.base.join(href) if link.base is not None else href


# What a check needs to find anything. The engine skips the call otherwise, because calls are slow. A value must be
# blank, or contain ``<`` or ``&``. An element must have children, attributes or text. ``shape`` means that the answer
# only depends on the names of the children: the engine tries the check on a bare element with the same children.
ValueNeeds: TypeAlias = Literal["", "blank", "markup"]
Needs: TypeAlias = Literal["", "children", "attributes", "text", "shape"]
# The same for objects: the answer only depends on the keys, and on the types and blankness of their values.
JsonNeeds: TypeAlias = Literal["", "shape"]
Wants: TypeAlias = Callable[[str, str, Element | None], bool]
Wrong: TypeAlias = Callable[[Context], str | None]
Wrongs: TypeAlias = Callable[[Context], Iterator[str]]
Problems: TypeAlias = Callable[[Context], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of the validator. ``spec`` is empty if the vocabulary names the paragraph for each element."""

    code: str
    level: Level
    spec: str
    remedy: str
    manual: str


@dataclass(frozen=True, slots=True)
class ValueCheck(Check):
    """A check of values; ``find`` returns the rest of a sentence that begins with the value, or None."""

    find: Wrong
    kinds: frozenset[Kind]
    needs: ValueNeeds


@dataclass(frozen=True, slots=True)
class HtmlCheck(Check):
    """A check of HTML in values; ``find`` yields the rest of sentences that begin with the element."""

    find: Wrongs
    kinds: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class ElementCheck(Check):
    """A check of elements; ``wants(parent's tag, tag, definition)`` chooses them."""

    find: Problems
    wants: Wants
    needs: Needs


@dataclass(frozen=True, slots=True)
class DocumentCheck(Check):
    """A check of whole documents."""

    find: Problems


@dataclass(frozen=True, slots=True)
class JsonCheck(Check):
    """A check of objects in JSON Feed that are described by ``tables``; of all objects if that is empty."""

    find: Problems
    tables: frozenset[str]
    needs: JsonNeeds


@dataclass(frozen=True, slots=True)
class DeliveryCheck(Check):
    """A check of how a server sent the feed."""

    find: Problems


REGISTERED: Final[list[Check]] = []
"""All checks whose modules were imported; :mod:`feedpub.validator.checks` imports all modules."""

_Made = TypeVar("_Made", bound=Check)


def _registered(check: _Made) -> _Made:
    REGISTERED.append(check)
    return check


def html_too(other: Check, *kinds: Kind) -> Callable[[Wrongs], HtmlCheck]:
    """Make a check of HTML with the code and the page of ``other``."""
    return lambda find: _registered(HtmlCheck(*_page(other), find, frozenset(kinds)))


def element_too(other: Check, wants: Wants, needs: Needs = "") -> Callable[[Problems], ElementCheck]:
    """Make a check of elements with the code and the page of ``other``."""
    return lambda find: _registered(ElementCheck(*_page(other), find, wants, needs))


def json_too(other: Check, *tables: str, needs: JsonNeeds = "") -> Callable[[Problems], JsonCheck]:
    """Make a check of JSON Feed with the code and the page of ``other``, but with the paragraphs of JSON Feed."""
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
    """Make a check of objects in JSON Feed that these tables describe; of all objects if there are none."""
    return lambda find: _registered(
        JsonCheck(code, level, spec, remedy, _manual(find), find, frozenset(tables), needs)
    )


def _manual(function: Callable[..., object]) -> str:
    from inspect import cleandoc  # noqa: PLC0415 - not needed to validate

    return cleandoc(function.__doc__ or "")


def named(*tags: str) -> Wants:
    """Choose elements by their tags, as far as the vocabulary defines them."""
    chosen = frozenset(tags)
    return lambda _within, tag, element: tag in chosen and (element is not None or ":" in tag)


def at(*places: tuple[str, str]) -> Wants:
    """Choose elements by pairs of parent's tag and tag."""
    chosen = frozenset(places)
    return lambda within, tag, _element: (within, tag) in chosen


def shown(node: Node) -> str:
    """Return an element's name as the feed writes it, such as ``<media:content>``."""
    local = node.tag.rpartition("}")[2].rpartition(":")[2]
    return f"<{node.prefix}:{local}>" if node.prefix else f"<{local}>"


def quoted(text: str, limit: int = 60) -> str:
    """Return a value in quotes, on one line, at most ``limit`` characters; space around it becomes one space."""
    line = " ".join(text.split())
    if line:
        line = f"{' ' * text[0].isspace()}{line}{' ' * text[-1].isspace()}"
    return f"'{line[: limit - 1]}…'" if len(line) > limit else f"'{line}'"


def here(node: Node, message: str, spec: str = "", remedy: str = "") -> Problem:
    """Return a problem at the place of an element."""
    return Problem(message, *node.place, spec, remedy)
