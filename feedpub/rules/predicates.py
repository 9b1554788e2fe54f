"""Conditions as functions of the found terms, for the path that every article takes.

A tree says what a condition means; here, all terms of a group are one set, so that what a long list costs
depends on how many of its terms were found and not on how many it has.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet

from feedpub.rules.tree import AtLeast, Condition, Every, Has, Not, any_terms

Predicate = Callable[[AbstractSet[int]], bool]


def predicate(condition: Condition) -> Predicate:
    """Return a function that says of a set of found terms whether the condition holds."""
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
    terms = frozenset(part.term for part in condition.of if isinstance(part, Has))
    others = [predicate(part) for part in condition.of if not isinstance(part, Has)]
    if not others:
        return lambda found: len(terms & found) >= count
    return lambda found: len(terms & found) + sum(other(found) for other in others) >= count
