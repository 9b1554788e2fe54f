"""What is allowed in rules but hardly meant: the warnings of ``feedpub check``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from feedpub.errors import Where
from feedpub.rules.model import FeedRule, Rules
from feedpub.rules.scan import Scanner
from feedpub.rules.terms import Term, View
from feedpub.rules.tree import Condition, any_terms, wanted_terms


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
    for rule in rules.feeds:
        if rule.wanted is not None:
            found.update(_vetoed_terms(rules, rule, common))
            found.update(_shadowed_terms(rules, rule.wanted))
    return sorted(found, key=lambda warned: (warned.where.line, warned.where.column, warned.message))


def _wide_terms(rules: Rules) -> Iterator[Warned]:
    for term, place in zip(rules.terms, rules.places, strict=True):
        if (term.open_left or term.open_right) and len(term.text) <= 2:
            yield Warned(place, f"{term} is found in very many words; write more letters or no *")


def _ascii_boundaries(rules: Rules) -> Iterator[Warned]:
    for term, place in zip(rules.terms, rules.places, strict=True):
        if term.view.regex and any(sign in term.text for sign in (r"\b", r"\B", r"\w", r"\W")):
            yield Warned(place, r"RE2's \b and \w know ASCII letters only; \pL is a letter of any script")


def _vetoed_terms(rules: Rules, rule: FeedRule, common: frozenset[int]) -> Iterator[Warned]:
    """Find terms whose every hit is also a hit of a veto, so that they never bring an article in."""
    vetoes = (any_terms(rule.veto) or frozenset()) | common
    for number, by in _covered(rules, set(wanted_terms(rule.wanted)) if rule.wanted else set(), vetoes):
        if number == by:
            message = f"{rules.terms[number]} is asked for and refused by {rule.slug}; refusal wins"
        else:
            message = f"{rules.terms[number]} can never bring an article in: {rules.terms[by]} refuses it"
        yield Warned(rules.places[number], f"{message}; take one of them out")


def _shadowed_terms(rules: Rules, wanted: Condition) -> Iterator[Warned]:
    """Find terms that say nothing that a wider one beside them does not say."""
    any_of = any_terms(wanted)
    if any_of is None:
        return
    for number, by in _covered(rules, any_of, any_of):
        if number != by:
            message = (
                f"{rules.terms[number]} adds nothing to {rules.terms[by]}, which is found wherever it is"
            )
            yield Warned(rules.places[number], message)


def _covered(rules: Rules, terms: Iterable[int], by: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Yield each of ``terms`` that cannot be found without one of ``by`` being found, too, and that one."""
    views: dict[View, list[tuple[int, Term]]] = {}
    for number in sorted(by):
        term = rules.terms[number]
        if not term.view.regex:
            views.setdefault(term.view, []).append((number, term))
    scanners = {view: Scanner(of_view) for view, of_view in views.items()}
    for number in sorted(terms):
        if number in by:
            yield number, number
        term = rules.terms[number]
        for view, scanner in scanners.items():
            if term.view.fields <= view.fields and replace(term.view, fields=view.fields) == view:
                # Beside a star, any letter may stand; at a boundary, something else does.
                left, right = ("x" if side else " " for side in (term.open_left, term.open_right))
                for other in scanner.find(view.prepare(f"\0{left}{term.text}{right}\0")):
                    if other != number and (term.exact or not rules.terms[other].exact):
                        yield number, other
