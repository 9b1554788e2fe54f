"""Which checks an element meets: decided once for each pair of parent and name, and kept for the next feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from feedpub.validator.checks import CHECKS
from feedpub.validator.checks.model import Check, Circumstances
from feedpub.validator.document import NO_ATTRIBUTES, Document, Node
from feedpub.validator.grammar import iris
from feedpub.validator.places import Source
from feedpub.validator.vocabulary import element as defined
from feedpub.validator.vocabulary.model import Element, Kind, Value
from feedpub.validator.vocabulary.small import GLOBAL_ATTRIBUTES

_Checks: TypeAlias = tuple[Check, ...]

_ELEMENTS: Final = tuple(check for check in CHECKS if check.element is not None)
_VALUES: Final = tuple(check for check in CHECKS if check.value is not None)
_HTML: Final = tuple(check for check in CHECKS if check.html is not None)
_ADDRESSES: Final = frozenset({Kind.URI, Kind.WEB, Kind.IRI, Kind.IRI_REFERENCE})
# Kinds of attributes that no space may surround: no grammar of theirs has any. XML leaves it there.
_AS_IT_IS: Final = _ADDRESSES | {Kind.LANGUAGE, Kind.MEDIA_TYPE, Kind.CHOICE, Kind.LINK_RELATION}
# Kinds of which most values can be told at a glance to be as they should.
_ORDINARY: Final[dict[Kind, Callable[[str], bool]]] = dict.fromkeys(_ADDRESSES, iris.is_ordinary)
# An element with more children than this is one of its kind: a channel, whose shape no other will have.
_SHAPED: Final = 64
_NOWHERE: Final = Circumstances(None, None, Document([], False, (), "", ""))


@dataclass(frozen=True, slots=True)
class Grammar:
    """A kind of value, and the checks that hold a text against it, parted by what they need to be worth a call."""

    value: Value
    blank: _Checks
    bare: _Checks
    marked: _Checks
    is_ordinary: Callable[[str], bool] | None

    def checks(self, text: str) -> _Checks:
        """Return the checks that may find something in ``text``."""
        if not text:
            return self.blank
        if self.is_ordinary is not None and self.is_ordinary(text):
            return ()
        return self.marked if "<" in text or "&" in text else self.bare

    def in_attribute(self, text: str) -> str:
        """Return the value of an attribute as it is to be checked."""
        return text if self.value.kind in _AS_IT_IS else text.strip()


@dataclass(frozen=True, slots=True)
class Plan:
    """The checks that elements of one name in one parent meet.

    ``checks`` are those of elements, by three bits: whether there are children, attributes, text; empty where there
    are none at all. ``shaped`` go by the names of its children, ``html`` are for its text where that is HTML, ``text``
    where it is a value.
    """

    within: str
    tag: str
    element: Element | None
    checks: tuple[_Checks, ...]
    shaped: _Checks
    html: _Checks
    text: Grammar | None
    attributes: dict[str, Grammar]

    def for_shape(self, children: list[Node]) -> _Checks:
        """Return those of ``shaped`` that may find something: feeds repeat a few shapes, so answers are kept."""
        if len(children) > _SHAPED:
            return self.shaped
        return _for_shape(self.within, self.tag, tuple([child.tag for child in children]))


@lru_cache(maxsize=4096)
def plan(within: str, tag: str) -> Plan:
    """Return the plan for ``tag`` in the parent ``within``."""
    element = defined(within, tag)
    wanted = [check for check in _ELEMENTS if check.wants is not None and check.wants(within, tag, element)]
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
        tuple(check for check in _HTML if text is not None and text.kind in check.kinds),
        _grammar(text) if text else None,
        _GLOBAL | {name: _grammar(value) for name, value in (element.attributes if element else {}).items()},
    )


@lru_cache(maxsize=4096)
def _for_shape(within: str, tag: str, shape: tuple[str, ...]) -> _Checks:
    made = plan(within, tag)
    bare = _bare(tag, within)
    bare.children = [_bare(child, tag) for child in shape]
    return tuple(check for check in made.shaped if _finds(check, bare, made.element))


def _bare(tag: str, within: str) -> Node:
    return Node(tag, "", within, None, NO_ATTRIBUTES, Source(b""), 0)


def _finds(check: Check, node: Node, element: Element | None) -> bool:
    return check.element is not None and any(True for _ in check.element(node, element, _NOWHERE))


def _grammar(value: Value) -> Grammar:
    checks = [check for check in _VALUES if value.kind in check.kinds]

    def needing(*needs: str) -> _Checks:
        return tuple(check for check in checks if check.needs in needs)

    return Grammar(value, needing("", "blank"), needing(""), needing("", "markup"), _ORDINARY.get(value.kind))


_GLOBAL: Final = {name: _grammar(value) for name, value in GLOBAL_ATTRIBUTES.items()}
