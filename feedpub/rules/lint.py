"""What is allowed in rules but probably not intended: the warnings of ``feedpub check``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from feedpub.core.errors import Where
from feedpub.rules.conditions import AtLeast, Condition, Every, Has, any_terms, groups, wanted_terms
from feedpub.rules.fields import FIELDS
from feedpub.rules.rule import FeedRule, Rules
from feedpub.rules.scanner import RegexScanner, Scanner, ValueScanner, scanner_of
from feedpub.rules.terms import Term, View

_Wider = list[frozenset[int]]


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning: its place, what is odd, and what to do about it."""

    where: Where
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def lint(rules: Rules, *, of_pack: bool = False) -> list[Warned]:
    """Return the warnings in the order of the file, without those of packs, which are checked separately.

    In a pack, a list may be meant for rules elsewhere, so another list does not make its terms redundant.
    """
    found = {
        *(Warned(place, f"nothing uses the list {name}") for name, place in rules.unused_lists),
        *_wide_terms(rules),
        *misread(rules),
        *_odd_expressions(rules),
        *_other_syntax(rules),
    }
    common = any_terms(rules.veto) or frozenset()
    wider = _wider_terms(rules)
    for rule in (*rules.feeds, *rules.templates):
        found.update(_vetoed_terms(rules, rule, wider, common))
    found.update(_idle_terms(rules, wider, apart=of_pack))
    found.update(_counted_twice(rules, wider))
    return sorted(found, key=lambda warned: (warned.where.line, warned.where.column, warned.message))


def _own_terms(rules: Rules) -> Iterator[tuple[Term, Where]]:
    return ((rules.terms[number], place) for number, place in rules.places.own.items())


def _wide_terms(rules: Rules) -> Iterator[Warned]:
    for term, place in _own_terms(rules):
        if (term.open_left or term.open_right) and len(term.text) <= 2:
            yield Warned(place, f"{term} matches very many words; write more letters or no *")


# What double quotes of YAML make of a \\b, \\e, \\N, \\L or \\P, or of \\0.
_FROM_ESCAPES = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_WIDE_BLANK = re.compile(r"\\xa0|\\x\{0*(?:a0|1680|200[0-9a]|202f|205f|3000)\}", re.IGNORECASE)


def misread(rules: Rules) -> Iterator[Warned]:
    """Yield the warnings that a build also gives: expressions that find nothing and cannot be intended."""
    for term, place in _own_terms(rules):
        if term.view.regex and (control := _FROM_ESCAPES.search(term.text)) is not None:
            yield Warned(
                place,
                f"this regular expression contains the control character U+{ord(control[0]):04X}, which YAML makes"
                r" from a backslash (such as \b) in double quotes; write it in single quotes",
            )


def _odd_expressions(rules: Rules) -> Iterator[Warned]:
    for term, place in _own_terms(rules):
        if not term.view.regex:
            continue
        if any(sign in term.text for sign in (r"\b", r"\B", r"\w", r"\W")):
            yield Warned(place, r"RE2's \b and \w know ASCII letters only; \pL is a letter of any script")
        if _WIDE_BLANK.search(term.text):
            yield Warned(
                place, r"a regular expression sees all blanks as plain ones; write \s or a plain blank"
            )


# The syntax of other tools; here it is literal text that hardly any article contains. A pattern, and what to
# write; the first match is reported.
_OTHER_SYNTAX = (
    (re.compile(r"^/.+/[a-z]*$"), "a regular expression begins with re: and has no slashes around it"),
    (
        re.compile(r"\S +(?:OR|\|\||\|) +\S|^\w[\w ]*\|[\w |]*\w$"),
        "for either of two terms, write a list under any",
    ),
    (re.compile(r"\S +(?:AND|&&) +\S"), "terms that must all be found go in a list under all"),
    (re.compile(r"\S +(?:AND )?NOT +\S"), "terms that must not be found go in a list under none"),
    (re.compile(r"^[-!][^\W\d_]"), "terms that must not be found go in a list under none"),
    (re.compile(r"^\+[^\W\d_]"), "terms that must all be found go in a list under all"),
    (
        re.compile(rf"^(?:in|all(?:in)?)?({'|'.join(FIELDS)}):\S"),
        "a term for one field is written {{{0}: term}}",
    ),
    (re.compile(r"\\[bBdDsSwWpP]|^\^\w|^\(\?[a-zA-Z]"), "a regular expression begins with re:"),
)
_SEPARATED = re.compile(r"[,;] *")


def _other_syntax(rules: Rules) -> Iterator[Warned]:
    for term, place in _own_terms(rules):
        if not term.view.literal or term.exact:
            continue
        for pattern, remedy in _OTHER_SYNTAX:
            if (match := pattern.search(term.text)) is not None:
                said = remedy.format(*match.groups())
                yield Warned(place, f"{term} only matches literally; {said}")
                break
        else:
            parts = _SEPARATED.split(term.text)
            # A name may contain a comma (Washington, D.C.), and so does 1,000.
            if len(parts) > 2 or (len(parts) == 2 and all(part[:1].islower() for part in parts)):
                yield Warned(
                    place, f"{term} is one term with a comma in it; for several, write [{', '.join(parts)}]"
                )


def _vetoed_terms(rules: Rules, rule: FeedRule, wider: _Wider, common: frozenset[int]) -> Iterator[Warned]:
    """Find terms whose matches are always matches of a veto, so they never add an article."""
    vetoes = (any_terms(rule.veto) or frozenset()) | common
    for number in rules.places.own.keys() & wanted_terms(rule.wanted) if rule.wanted else ():
        if number in vetoes:
            message = f"{rules.terms[number]} is both wanted and refused by {rule.slug}; refusal wins"
            yield Warned(rules.places[number], f"{message}; remove one of them")
        for by in wider[number] & vetoes:
            message = f"{rules.terms[number]} can never add an article: {rules.terms[by]} refuses it"
            yield Warned(rules.places[number], f"{message}; remove one of them")


def _idle_terms(rules: Rules, wider: _Wider, *, apart: bool) -> Iterator[Warned]:
    """Find terms that another one makes redundant everywhere.

    If any term is enough, a wider one makes a narrower one redundant; if all are required, a narrower one
    makes a wider one redundant. A term of a list may be redundant in one rule but not in another. With ``apart``, only
    terms of the same list or rule are compared.
    """
    part_of = {number: place.path[:2] for number, place in rules.places.own.items()}
    conditions = (
        part
        for rule in (*rules.feeds, *rules.templates)
        for part in (rule.wanted, rule.veto)
        if part is not None
    )
    stands: Counter[int] = Counter()
    idle: dict[int, list[str]] = {}
    for group in dict.fromkeys(group for condition in conditions for group in groups(condition)):
        any_of = any_terms(group)
        terms = _all_terms(group) if any_of is None else any_of
        stands.update(terms)
        reasons: dict[int, str] = {}
        for number in sorted(terms):
            for by in wider[number] & terms:
                if apart and part_of[number] != part_of[by]:
                    continue
                if number in wider[by] and number < by:
                    continue  # of two equivalent terms, the first may stay
                if any_of is None:
                    reasons[by] = f"{rules.terms[number]}, which is not found without it"
                else:
                    reasons[number] = f"{rules.terms[by]}, which is found wherever it is"
        for number, reason in reasons.items():
            idle.setdefault(number, []).append(reason)
    for number, said in idle.items():
        if number in rules.places.own and len(said) == stands[number]:
            yield Warned(rules.places[number], f"{rules.terms[number]} adds nothing to {said[0]}")


def _counted_twice(rules: Rules, wider: _Wider) -> Iterator[Warned]:
    """Find words that ``min_hits`` counts besides a wider one; for a phrase and a word in it, this may be intended."""
    conditions = (
        part
        for rule in (*rules.feeds, *rules.templates)
        for part in (rule.wanted, rule.veto)
        if part is not None
    )
    for group in dict.fromkeys(group for condition in conditions for group in groups(condition)):
        if not isinstance(group, AtLeast) or group.count == 1:
            continue
        terms = frozenset(part.term for part in group.of if isinstance(part, Has))
        for number in (number for number in terms if rules.terms[number].text.isalnum()):
            if number not in rules.places.own:
                continue
            for by in wider[number] & terms:
                message = f"where {rules.terms[number]} is found, {rules.terms[by]} is too, and min_hits counts both"
                yield Warned(rules.places[number], f"{message}; remove one of them")


def _all_terms(condition: Condition) -> frozenset[int]:
    """Return the terms that a condition requires, all of them."""
    if not isinstance(condition, Every):
        return frozenset()
    return frozenset(part.term for part in condition.of if isinstance(part, Has))


def _wider_terms(rules: Rules) -> _Wider:
    """Return for each term the other terms that match wherever it does."""
    views: dict[View, list[tuple[int, Term]]] = {}
    for number, term in enumerate(rules.terms):
        if not term.view.regex:
            views.setdefault(term.view, []).append((number, term))
    scanners = {view: scanner_of(view, terms) for view, terms in views.items()}
    found: _Wider = [frozenset()] * len(rules.terms)
    for view, of_view in views.items():
        above = [
            scanner
            for other, scanner in scanners.items()
            if view.fields <= other.fields and view._replace(fields=other.fields) == other
        ]
        for number, term in of_view:
            found[number] = frozenset(
                other
                for scanner in above
                for other in _found_with(term, scanner)
                if other != number and (term.exact or not rules.terms[other].exact)
            )
    return found


def _found_with(term: Term, scanner: Scanner | RegexScanner | ValueScanner) -> Iterable[int]:
    if not isinstance(scanner, Scanner):
        # A value represents everything that it matches.
        return scanner.find(term.text)
    # Any letter may follow a star, but not a boundary.
    left, right = ("x" if side else " " for side in (term.open_left, term.open_right))
    return scanner.find(term.view.prepare(f"\0{left}{term.text}{right}\0"))
