"""All rules of a site, compiled once and run on every article."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING

from feedpub.articles.article import Article
from feedpub.core.yaml_node import Node
from feedpub.rules.conditions import Condition, Predicate, any_terms, predicate
from feedpub.rules.explanation import Explanation, explain
from feedpub.rules.language import NO_PACKS, parse_rules
from feedpub.rules.lint import Warned, lint, misread
from feedpub.rules.rule import NO_HAND, FailingExample, Hand, MadeRule, Places, Rules, as_article, with_made
from feedpub.rules.scanner import TermFinder
from feedpub.rules.terms import Term, View

if TYPE_CHECKING:
    from feedpub.rules.pack import Pack, Packs


_NOTHING: frozenset[int] = frozenset()


class RuleSet:
    """The rules of all feeds: built once from the config, run on every article.

    A set of feeds is a number whose bits are the feeds, so the effect of a match on all of them is one
    operation. Only rules that require more than one of their terms are evaluated separately, and only if
    one of their terms was found (or they can hold without). The effect of a match is one number of three such sets::

        | feeds to look at | feeds that refuse it | feeds that want it |
          high bits                                          low bits
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.slugs = tuple(rule.slug for rule in rules.feeds)
        self._everything = self._fallback = self._always = self._asking = 0
        self._predicates = [(_optional(rule.wanted), _optional(rule.veto)) for rule in rules.feeds]
        wanted, vetoing, touching = ([0] * len(rules.terms) for _ in range(3))
        for number, rule in enumerate(rules.feeds):
            bit = 1 << number
            if rule.everything:
                self._everything |= bit
            if rule.fallback:
                self._fallback |= bit
            if rule.wanted is not None:
                self._asking |= bit
            any_of, none_of = any_terms(rule.wanted), any_terms(rule.veto)
            if any_of is not None and none_of is not None:
                _set(wanted, any_of, bit)
                _set(vetoing, none_of, bit)
                continue
            parts = [part for part in (rule.wanted, rule.veto) if part is not None]
            _set(touching, {term for part in parts for term in part.terms()}, bit)
            if any(holds is not None and holds(_NOTHING) for holds in self._predicates[number]):
                self._always |= bit
        self._all = (1 << len(rules.feeds)) - 1
        common = any_terms(rules.veto)
        if common is None and rules.veto is not None:
            _set(touching, rules.veto.terms(), self._all)
            self._always |= self._all
        else:
            _set(vetoing, common or (), self._all)
        self._common = predicate(rules.veto) if rules.veto is not None and common is None else None
        # The effect of a term in one number: from the lowest bits, the feeds that want it, that refuse it and
        # whose rules have to be evaluated.
        self._width = len(rules.feeds)
        self._effects = [
            want | veto << self._width | touch << 2 * self._width
            for want, veto, touch in zip(wanted, vetoing, touching, strict=True)
        ]

    @cached_property
    def _finder(self) -> TermFinder:
        return TermFinder(_by_effect(self.rules.terms, self._effects, 2 * self._width))

    def __reduce__(self) -> tuple[type[RuleSet], tuple[Rules]]:
        return RuleSet, (self.rules,)

    def route(self, article: Article, hand: Hand = NO_HAND) -> tuple[int, ...]:
        """Return the numbers of the feeds that take the article, ascending; ``slugs`` has their names.

        ``hand`` are a person's decisions, which override all rules.
        """
        return self.taken(self._finder.found(article), hand)

    def taken(self, found: Collection[int], hand: Hand = NO_HAND) -> tuple[int, ...]:
        """Return the same of an article in which the terms with these numbers were found."""
        effects = reduce(or_, map(self._effects.__getitem__, found), 0)
        wanted = effects & self._all
        vetoed = effects >> self._width & self._all
        touched = effects >> 2 * self._width | self._always
        if touched:
            more_wanted, more_vetoed = self._look_at(touched, set(found))
            wanted |= more_wanted
            vetoed |= more_vetoed
        asked = (wanted & ~vetoed | hand.added & self._asking) & ~hand.dropped
        taken = asked or self._fallback & ~vetoed
        taken |= self._everything & ~vetoed
        taken = (taken | hand.added) & ~hand.dropped
        if self.rules.made_of_others:
            taken = self._with_others(taken, vetoed, hand)
        return tuple(_bits(taken))

    def _look_at(self, feeds: int, found: set[int]) -> tuple[int, int]:
        """Evaluate the whole rules of ``feeds``; return which want and which refuse an article."""
        wanted = vetoed = 0
        for number in _bits(feeds):
            want, veto = self._predicates[number]
            if want is not None and want(found):
                wanted |= 1 << number
            if veto is not None and veto(found):
                vetoed |= 1 << number
        if self._common is not None and self._common(found):
            vetoed = self._all
        return wanted, vetoed

    def _with_others(self, taken: int, vetoed: int, hand: Hand) -> int:
        """Return which feeds take an article after ``include`` and ``exclude``."""
        for number in self.rules.made_of_others:
            rule = self.rules.feeds[number]
            bit = 1 << number
            if any(taken >> other & 1 for other in rule.include) and not vetoed & bit:
                taken |= bit
            if any(taken >> other & 1 for other in rule.exclude):
                taken &= ~bit
            taken = (taken | hand.added & bit) & ~(hand.dropped & bit)
        return taken

    def of_templates(self) -> RuleSet:
        """Return the common rules of feeds that are made from data, as rules of feeds."""
        return RuleSet(replace(self.rules, feeds=self.rules.templates, made_of_others=(), templates=()))

    def with_made(self, made: Iterable[MadeRule]) -> RuleSet:
        """Return the rules with those of feeds that are made from data at the end."""
        return RuleSet(with_made(self.rules, made))

    def to_route(self) -> RuleSet:
        """Return rules that give the same feeds but are small, for sending to other processes."""
        feeds = tuple(replace(rule, examples=()) for rule in self.rules.feeds)
        return RuleSet(replace(self.rules, feeds=feeds, places=Places({}), packs=(), templates=()))

    def fingerprint(self) -> str:
        """Return a value that changes if other feeds might take an article, and is the same in every process."""
        rules = self.rules
        views: dict[View, int] = {}
        terms = [
            (term.text, views.setdefault(term.view, len(views)), term.exact, term.open_left, term.open_right)
            for term in rules.terms
        ]
        # The order of a set differs between processes.
        of_views = [(sorted(view.fields), *view[1:]) for view in views]
        feeds = [
            (rule.slug, rule.wanted, rule.veto, rule.fallback, rule.include, rule.exclude)
            for rule in rules.feeds
        ]
        meant = repr((terms, of_views, feeds, rules.veto, rules.made_of_others))
        return hashlib.sha256(meant.encode("utf-8", "surrogatepass")).hexdigest()

    def explain(self, article: Article, hand: Hand = NO_HAND) -> Explanation:
        """Return why each feed takes the article or not; ``hand`` are a person's decisions."""
        return explain(self.rules, article, hand)

    @cached_property
    def failing_examples(self) -> tuple[FailingExample, ...]:
        """The failing examples; those of feedpub's own packs are tested elsewhere, and not run."""
        failing = [
            FailingExample(rule.slug, example)
            for number, rule in enumerate(self.rules.feeds)
            for example in rule.examples
            if (number in self.route(as_article(example))) != example.wanted
        ]
        for pack in self._own_packs():
            of_pack = RuleSet(pack.parsed).failing_examples
            failing += (replace(one, slug=f"{pack.name}/{one.slug}", what="rule") for one in of_pack)
        return tuple(failing)

    def lint(self) -> list[Warned]:
        """Return warnings about the config, then about each of its own packs."""
        of_packs = (warned for pack in self._own_packs() for warned in lint(pack.parsed, of_pack=True))
        return [*lint(self.rules), *of_packs]

    def misread(self) -> list[Warned]:
        """Return the warnings that a build also gives."""
        of_packs = (warned for pack in self._own_packs() for warned in misread(pack.parsed))
        return [*misread(self.rules), *of_packs]

    def _own_packs(self) -> list[Pack]:
        return [pack for pack in self.rules.packs if not pack.shipped]


def compile_rules(
    feeds: Mapping[str, Node],
    lists: Node | None,
    matching: Node | None,
    packs: Packs = NO_PACKS,
    templates: Mapping[str, Node] | None = None,
) -> RuleSet:
    """Compile the rules of ``feeds`` (slug → the feed's whole mapping, of which only ``RULE_KEYS`` are read).

    ``packs`` are those that they may use, ``templates`` those of feeds made from data, by name.

    Raises :class:`feedpub.core.errors.ConfigError` with the place of the error.
    """
    return RuleSet(parse_rules(feeds, lists, matching, packs, templates))


def _by_effect(terms: Iterable[Term], effects: Sequence[int], touching: int) -> Iterator[tuple[int, Term]]:
    """Yield the terms that matter; all with the same effect in the same view share a number.

    Bits from ``touching`` on say that a rule needs to know this very term.
    """
    numbers: dict[tuple[View, int], int] = {}
    for number, term in enumerate(terms):
        if effects[number] >> touching:
            yield number, term
        elif effects[number]:
            yield numbers.setdefault((term.view, effects[number]), number), term


def _optional(condition: Condition | None) -> Predicate | None:
    return None if condition is None else predicate(condition)


def _set(masks: list[int], terms: Iterable[int], bits: int) -> None:
    for term in terms:
        masks[term] |= bits


def _bits(mask: int) -> list[int]:
    """Return the positions of the set bits; as text, because arithmetic on long numbers is slow."""
    digits = f"{mask:b}"[::-1]
    numbers = []
    place = digits.find("1")
    while place >= 0:
        numbers.append(place)
        place = digits.find("1", place + 1)
    return numbers
