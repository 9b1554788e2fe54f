"""A rule as a tree of conditions over the terms that were found. Pure values; no text is seen here."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Has:
    """True when the term with this number was found."""

    term: int

    def holds(self, found: Collection[int]) -> bool:
        return self.term in found

    def terms(self) -> Iterator[int]:
        yield self.term


@dataclass(frozen=True, slots=True)
class AtLeast:
    """True when at least ``count`` of the conditions hold; equal conditions count once."""

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

    def terms(self) -> Iterator[int]:
        for condition in self.of:
            yield from condition.terms()


@dataclass(frozen=True, slots=True)
class Every:
    """True when all the conditions hold."""

    of: tuple[Condition, ...]

    def holds(self, found: Collection[int]) -> bool:
        return all(condition.holds(found) for condition in self.of)

    def terms(self) -> Iterator[int]:
        for condition in self.of:
            yield from condition.terms()


@dataclass(frozen=True, slots=True)
class Not:
    """True when the condition does not hold."""

    of: Condition

    def holds(self, found: Collection[int]) -> bool:
        return not self.of.holds(found)

    def terms(self) -> Iterator[int]:
        yield from self.of.terms()


Condition = Has | AtLeast | Every | Not


def any_terms(condition: Condition | None) -> frozenset[int] | None:
    """Return the terms of which any one makes the condition hold, or ``None`` if it asks for more than that."""
    if condition is None:
        return frozenset()
    if isinstance(condition, Has):
        return frozenset((condition.term,))
    if not isinstance(condition, AtLeast) or condition.count > 1:
        return None
    terms: set[int] = set()
    for part in condition.of:
        below = any_terms(part)
        if below is None:
            return None
        terms |= below
    return frozenset(terms)


def wanted_terms(condition: Condition) -> Iterator[int]:
    """Yield the terms that help the condition to hold: all but those below :class:`Not`."""
    if isinstance(condition, Has):
        yield condition.term
    elif not isinstance(condition, Not):
        for part in condition.of:
            yield from wanted_terms(part)


def groups(condition: Condition) -> Iterator[AtLeast | Every]:
    """Yield the groups of a condition, from the outside in; not those in one of which any term will do."""
    if isinstance(condition, Not):
        yield from groups(condition.of)
    elif not isinstance(condition, Has):
        yield condition
        if any_terms(condition) is None:
            for part in condition.of:
                yield from groups(part)
