"""Which elements of a tree a CSS selector matches, in time proportional to the tree and the selector.

The XPath expression of a whole selector takes time quadratic in an element's children for siblings and positions.
So XPath only tests elements by themselves; relations between elements (combinators, ``:not()``,
``:has()``, ``:nth-child()`` and the like) are computed on sets of elements, each with one walk over the tree.
The numbers here are the positions of elements in document order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import copy
from functools import lru_cache
from typing import Any, TypeAlias

from cssselect import HTMLTranslator
from cssselect.parser import (
    CombinedSelector,
    Element,
    Function,
    Matching,
    Negation,
    Pseudo,
    Relation,
    SelectorError,
    SpecificityAdjustment,
    parse,
    parse_series,
)
from lxml import etree, html

Parsed: TypeAlias = Any
"""A parsed selector of cssselect."""
_TRANSLATOR = HTMLTranslator()
_PLACES = ("nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type")
# The same for the first position.
_FIRSTS = {
    "first-child": ("nth-child",),
    "last-child": ("nth-last-child",),
    "only-child": ("nth-child", "nth-last-child"),
    "first-of-type": ("nth-of-type",),
    "last-of-type": ("nth-last-of-type",),
    "only-of-type": ("nth-of-type", "nth-last-of-type"),
}


def selector_problem(css: str) -> str:
    """Return what is wrong with a selector, or an empty text."""
    try:
        Elements(html.document_fromstring("<p>")).fitting(css)
    except SelectorError as error:
        return str(error)
    except etree.XPathError:
        return "it is not supported"
    return ""


class Elements:
    """The elements of a tree, to match selectors against."""

    def __init__(self, tree: Any) -> None:
        self._tree = tree
        self._all = list(tree.iter(etree.Element))
        self._number = {node: number for number, node in enumerate(self._all)}
        self._parents = [self._number.get(node.getparent(), -1) for node in self._all]
        self._before = self._siblings()
        self._asked: dict[str, frozenset[int]] = {}
        self._placed: dict[str, list[int]] = {}

    def fitting(self, css: str) -> list[Any]:
        """Return the matching elements in document order. Raises an error of cssselect or lxml."""
        found: set[int] = set()
        for selector in _parsed(css):
            found |= self._of(selector)
        return [self._all[number] for number in sorted(found)]

    def _siblings(self) -> list[int]:
        """Return the previous sibling of each element, or -1."""
        last: dict[int, int] = {}
        before = []
        for number, parent in enumerate(self._parents):
            before.append(last.get(parent, -1))
            last[parent] = number
        return before

    def _of(self, selector: Parsed) -> frozenset[int]:
        """Return the elements that a parsed selector matches."""
        if isinstance(selector, CombinedSelector):
            left = self._of(selector.selector)
            return self._of(selector.subselector) & self._after(left, selector.combinator)
        if isinstance(selector, Element):
            return self._ask(selector)
        alone = self._of(selector.selector)
        if isinstance(selector, Negation):
            return alone - self._of(selector.subselector)
        return alone.intersection(*self._said(selector))

    def _said(self, selector: Parsed) -> Iterator[frozenset[int]]:
        """Yield sets of elements that match parts of a compound selector; the result is their intersection."""
        if isinstance(selector, (Matching, SpecificityAdjustment)):
            yield frozenset().union(*map(self._of, selector.selector_list))
        elif isinstance(selector, Relation):
            every = frozenset(range(len(self._all)))
            yield frozenset().union(
                *(
                    self._leading(argument.parsed_tree, sign.value or " ", every)
                    for sign, argument in selector.arguments
                )
            )
        elif isinstance(selector, Function) and selector.name in _PLACES:
            yield self._at(selector.name, *_series(selector))
        elif isinstance(selector, Pseudo) and selector.ident in _FIRSTS:
            yield from (self._at(name, 0, 1) for name in _FIRSTS[selector.ident])
        else:
            yield self._ask(_by_itself(selector))

    def _ask(self, selector: Parsed) -> frozenset[int]:
        """Return the elements that match by themselves."""
        expression = f"descendant-or-self::{_TRANSLATOR.xpath(selector)}"
        if expression not in self._asked:
            found = _compiled(expression)(self._tree)
            self._asked[expression] = frozenset(self._number[node] for node in found)
        return self._asked[expression]

    def _after(self, left: frozenset[int], combinator: str) -> frozenset[int]:
        """Return the elements that have one of ``left`` on the left of ``combinator``."""
        near = self._parents if combinator in " >" else self._before
        is_far = combinator in " ~"
        found: set[int] = set()
        for number, other in enumerate(near):
            if other in left or (is_far and other in found):
                found.add(number)
        return frozenset(found)

    def _leading(self, selector: Parsed, combinator: str, ends: frozenset[int]) -> frozenset[int]:
        """Return the elements that have a match that ends in ``ends`` on the right of ``combinator``."""
        if isinstance(selector, CombinedSelector):
            ends = self._over(self._of(selector.subselector) & ends, selector.combinator)
            return self._leading(selector.selector, combinator, ends)
        return self._over(self._of(selector) & ends, combinator)

    def _over(self, right: frozenset[int], combinator: str) -> frozenset[int]:
        """Return the elements that have one of ``right`` on the right of ``combinator``."""
        near = self._parents if combinator in " >" else self._before
        is_far = combinator in " ~"
        found: set[int] = set()
        for number in range(len(near) - 1, -1, -1):
            if number in right or (is_far and number in found):
                found.add(near[number])
        return frozenset(found - {-1})

    def _at(self, name: str, step: int, start: int) -> frozenset[int]:
        """Return the elements whose position of that name is ``start``, or some steps further."""
        if name not in self._placed:
            self._placed[name] = self._places(name)
        return frozenset(
            number for number, place in enumerate(self._placed[name]) if _is_in(place, step, start)
        )

    def _places(self, name: str) -> list[int]:
        """Return the position of each element among the children of its parent, from 1."""
        counts: Counter[tuple[int, str]] = Counter()
        places = [0] * len(self._all)
        numbers = range(len(self._all))
        for number in reversed(numbers) if "last" in name else numbers:
            kind = (self._parents[number], str(self._all[number].tag) if "type" in name else "")
            counts[kind] += 1
            places[number] = counts[kind]
        return places


def _is_in(place: int, step: int, start: int) -> bool:
    beyond = place - start
    return beyond == 0 if step == 0 else beyond % step == 0 and beyond // step >= 0


def _series(selector: Function) -> tuple[int, int]:
    try:
        return parse_series(selector.arguments)
    except ValueError:
        raise SelectorError(f"the places in :{selector.name}() cannot be read") from None


def _by_itself(selector: Parsed) -> Parsed:
    """Return the last part of a compound selector, such as ``.b`` of ``p.a.b``, of any element."""
    alone = copy(selector)
    alone.selector = Element()
    return alone


@lru_cache(maxsize=1024)
def _parsed(css: str) -> tuple[Parsed, ...]:
    selectors = parse(css)
    if any(selector.pseudo_element for selector in selectors):
        raise SelectorError("Pseudo-elements are not supported")
    return tuple(selector.parsed_tree for selector in selectors)


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> Any:
    return etree.XPath(expression)
