"""A rule as a tree of conditions on the found terms, and as functions. This module does not see text.

The tree defines the meaning. In the fast path for every article, all terms of a group are one set, so the
cost of a long list depends on how many of its terms were found, not on its length.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from itertools import chain


@dataclass(frozen=True, slots=True)
class Has:
    """True when the term with this number was found."""

    term: int

    def holds(self, found: Collection[int]) -> bool:
        return self.term in found

    def terms(self) -> Iterable[int]:
        return (self.term,)


@dataclass(frozen=True)
class AtLeast:
    """True when at least ``count`` of the conditions hold; equal conditions count once.

    A list may be used in many rules, so results are cached.
    """

    count: int
    of: tuple[Condition, ...]

    def holds(self, found: Collection[int]) -> bool:
        missing = self.count
        for condition in self.of:
            if condition.holds(found):
                missing -= 1
                if not missing:
                    return True
        return False

    def terms(self) -> Iterable[int]:
        return self._terms

    @cached_property
    def parts(self) -> tuple[frozenset[int], tuple[Condition, ...]]:
        """The terms among the conditions, and the other conditions."""
        terms = frozenset([part.term for part in self.of if isinstance(part, Has)])
        if len(terms) == len(self.of):
            return terms, ()
        return terms, tuple(part for part in self.of if not isinstance(part, Has))

    @cached_property
    def _terms(self) -> frozenset[int]:
        terms, others = self.parts
        return terms.union(*(other.terms() for other in others))

    @cached_property
    def any_terms(self) -> frozenset[int] | None:
        """The terms each of which makes the condition hold; ``None`` if it requires more."""
        if self.count > 1:
            return None
        terms, others = self.parts
        found = [terms]
        for other in others:
            below = any_terms(other)
            if below is None:
                return None
            found.append(below)
        return terms.union(*found)


@dataclass(frozen=True, slots=True)
class Every:
    """True when all the conditions hold."""

    of: tuple[Condition, ...]

    def holds(self, found: Collection[int]) -> bool:
        return all(condition.holds(found) for condition in self.of)

    def terms(self) -> Iterable[int]:
        return chain.from_iterable(condition.terms() for condition in self.of)


@dataclass(frozen=True, slots=True)
class Not:
    """True when the condition does not hold."""

    of: Condition

    def holds(self, found: Collection[int]) -> bool:
        return not self.of.holds(found)

    def terms(self) -> Iterable[int]:
        return self.of.terms()


Condition = Has | AtLeast | Every | Not


def any_terms(condition: Condition | None) -> frozenset[int] | None:
    """Return the terms each of which makes the condition hold; ``None`` if it requires more."""
    if condition is None:
        return frozenset()
    if isinstance(condition, Has):
        return frozenset((condition.term,))
    return condition.any_terms if isinstance(condition, AtLeast) else None


def wanted_terms(condition: Condition) -> Iterator[int]:
    """Yield the terms that help the condition to hold: all except those below :class:`Not`."""
    if isinstance(condition, Has):
        yield condition.term
    elif not isinstance(condition, Not):
        for part in condition.of:
            yield from wanted_terms(part)


def groups(condition: Condition) -> Iterator[AtLeast | Every]:
    """Yield the groups of a condition, from the outside in, without those inside a group where any term is enough."""
    if isinstance(condition, Not):
        yield from groups(condition.of)
    elif not isinstance(condition, Has):
        yield condition
        if any_terms(condition) is None:
            for part in condition.of:
                yield from groups(part)


Predicate = Callable[[AbstractSet[int]], bool]


def predicate(condition: Condition) -> Predicate:
    """Return a function that says whether the condition holds for a set of found terms."""
    terms = any_terms(condition)
    if terms is not None:
        return lambda found: not terms.isdisjoint(found)
    if isinstance(condition, AtLeast):
        return _at_least(condition)
    if isinstance(condition, Every):
        every = [predicate(part) for part in condition.of]
        return lambda found: all(part(found) for part in every)
    assert isinstance(condition, Not)
    refused = predicate(condition.of)
    return lambda found: not refused(found)


def _at_least(condition: AtLeast) -> Predicate:
    count = condition.count
    terms, parts = condition.parts
    others = [predicate(part) for part in parts]
    if not others:
        return lambda found: len(terms & found) >= count
    return lambda found: len(terms & found) + sum(other(found) for other in others) >= count
