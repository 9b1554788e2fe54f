"""What is allowed in rules but hardly meant: the warnings of ``feedpub check``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from feedpub.core.errors import Where
from feedpub.rules.conditions import Condition, Every, Has, any_terms, groups, wanted_terms
from feedpub.rules.rule import FeedRule, Rules
from feedpub.rules.scanner import Scanner
from feedpub.rules.terms import Term, View

_Wider = list[frozenset[int]]


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning: where, what is odd, and what to do about it."""

    where: Where
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def lint(rules: Rules) -> list[Warned]:
    """Return the warnings in the order of the file."""
    found = {
        *(Warned(place, f"nothing uses the list {name}") for name, place in rules.unused_lists),
        *_wide_terms(rules),
        *_ascii_boundaries(rules),
    }
    common = any_terms(rules.veto) or frozenset()
    wider = _wider_terms(rules)
    for rule in rules.feeds:
        found.update(_vetoed_terms(rules, rule, wider, common))
    found.update(_idle_terms(rules, wider))
    return sorted(found, key=lambda warned: (warned.where.line, warned.where.column, warned.message))


def _wide_terms(rules: Rules) -> Iterator[Warned]:
    for term, place in zip(rules.terms, rules.places, strict=True):
        if (term.open_left or term.open_right) and len(term.text) <= 2:
            yield Warned(place, f"{term} is found in very many words; write more letters or no *")


def _ascii_boundaries(rules: Rules) -> Iterator[Warned]:
    for term, place in zip(rules.terms, rules.places, strict=True):
        if term.view.regex and any(sign in term.text for sign in (r"\b", r"\B", r"\w", r"\W")):
            yield Warned(place, r"RE2's \b and \w know ASCII letters only; \pL is a letter of any script")


def _vetoed_terms(rules: Rules, rule: FeedRule, wider: _Wider, common: frozenset[int]) -> Iterator[Warned]:
    """Find terms whose every hit is also a hit of a veto, so that they never bring an article in."""
    vetoes = (any_terms(rule.veto) or frozenset()) | common
    for number in set(wanted_terms(rule.wanted)) if rule.wanted else ():
        if number in vetoes:
            message = f"{rules.terms[number]} is asked for and refused by {rule.slug}; refusal wins"
            yield Warned(rules.places[number], f"{message}; take one of them out")
        for by in wider[number] & vetoes:
            message = f"{rules.terms[number]} can never bring an article in: {rules.terms[by]} refuses it"
            yield Warned(rules.places[number], f"{message}; take one of them out")


def _idle_terms(rules: Rules, wider: _Wider) -> Iterator[Warned]:
    """Find terms that say nothing that another beside them does not say, wherever they stand.

    Of terms of which any will do, a wider one makes a narrower one idle; where all are asked for, a narrower one
    makes a wider one idle. A term of a list may be idle in one rule and not in the next.
    """
    conditions = (part for rule in rules.feeds for part in (rule.wanted, rule.veto) if part is not None)
    stands: Counter[int] = Counter()
    idle: dict[int, list[str]] = {}
    for group in dict.fromkeys(group for condition in conditions for group in groups(condition)):
        any_of = any_terms(group)
        terms = _all_terms(group) if any_of is None else any_of
        stands.update(terms)
        reasons: dict[int, str] = {}
        for number in sorted(terms):
            for by in wider[number] & terms:
                if number in wider[by] and number < by:
                    continue  # of two that say the same, the first may stay
                if any_of is None:
                    reasons[by] = f"{rules.terms[number]}, which is not found without it"
                else:
                    reasons[number] = f"{rules.terms[by]}, which is found wherever it is"
        for number, reason in reasons.items():
            idle.setdefault(number, []).append(reason)
    for number, said in idle.items():
        if len(said) == stands[number]:
            yield Warned(rules.places[number], f"{rules.terms[number]} adds nothing to {said[0]}")


def _all_terms(condition: Condition) -> frozenset[int]:
    """Return the terms that a condition asks for one and all."""
    if not isinstance(condition, Every):
        return frozenset()
    return frozenset(part.term for part in condition.of if isinstance(part, Has))


def _wider_terms(rules: Rules) -> _Wider:
    """Return for each term those that are found wherever it is, itself left out."""
    views: dict[View, list[tuple[int, Term]]] = {}
    for number, term in enumerate(rules.terms):
        if not term.view.regex:
            views.setdefault(term.view, []).append((number, term))
    scanners = {view: Scanner(of_view) for view, of_view in views.items()}
    found: _Wider = [frozenset()] * len(rules.terms)
    for view, of_view in views.items():
        scanners_above = [
            scanner
            for above, scanner in scanners.items()
            if view.fields <= above.fields and replace(view, fields=above.fields) == above
        ]
        for number, term in of_view:
            # Beside a star, any letter may stand; at a boundary, something else does.
            left, right = ("x" if side else " " for side in (term.open_left, term.open_right))
            data = view.prepare(f"\0{left}{term.text}{right}\0")
            found[number] = frozenset(
                other
                for scanner in scanners_above
                for other in scanner.find(data)
                if other != number and (term.exact or not rules.terms[other].exact)
            )
    return found
