"""All rules of a site, compiled once and run on every article."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from feedpub.article import Article
from feedpub.located import Node
from feedpub.rules.fold import fold
from feedpub.rules.parse import FeedRule, parse_rules
from feedpub.rules.scan import PatternSet
from feedpub.rules.terms import FIELDS, Term, View, pattern_of

# Between the fields of an article: no term holds it, so none is found across it.
_BETWEEN = "\0\0"


@dataclass(frozen=True, slots=True)
class _Scanner:
    """All terms of one view, and how the view's text is made."""

    view: View
    numbers: tuple[int, ...]
    patterns: PatternSet

    def find(self, article: Article) -> list[int]:
        """Return the numbers of the terms that the article holds."""
        text = fold(visible(article, self.view), accents=self.view.accents, case=self.view.case)
        numbers = self.numbers
        return [numbers[index] for index in self.patterns.find(text.encode("utf-8", "surrogatepass"))]


def visible(article: Article, view: View) -> str:
    """Return the text of the view's fields between zero characters."""
    parts = [part for field in FIELDS if field in view.fields for part in field_texts(article, field)]
    return f"\0{_BETWEEN.join(parts)}\0"


def field_texts(article: Article, field: str) -> tuple[str, ...]:
    """Return the texts that a field holds."""
    if field == "title":
        return (article.title,)
    if field == "body":
        return (article.body,)
    if field == "category":
        return article.categories
    return tuple(author.name for author in article.authors)


class RuleSet:
    """The rules of all feeds: built once from the config, run on every article."""

    def __init__(self, rules: tuple[FeedRule, ...], terms: tuple[Term, ...]) -> None:
        self.slugs = tuple(rule.slug for rule in rules)
        self._rules = rules
        self._terms = terms
        views = defaultdict[View, list[int]](list)
        for number, term in enumerate(terms):
            views[term.view].append(number)
        self._scanners = tuple(
            _Scanner(view, tuple(numbers), PatternSet([pattern_of(terms[number]) for number in numbers]))
            for view, numbers in views.items()
        )

    def route(self, article: Article) -> tuple[int, ...]:
        """Return the numbers of the feeds that take the article, ascending."""
        found = {number for scanner in self._scanners for number in scanner.find(article)}
        vetoed = [rule.veto is not None and rule.veto.holds(found) for rule in self._rules]
        taken = [
            not veto and rule.wanted is not None and rule.wanted.holds(found)
            for rule, veto in zip(self._rules, vetoed, strict=True)
        ]
        by_rule = any(taken)
        for number, rule in enumerate(self._rules):
            if rule.fallback:
                taken[number] = not by_rule and not vetoed[number]
            elif rule.wanted is None and not rule.include:
                taken[number] = not vetoed[number]
        return tuple(number for number, took in enumerate(taken) if took)


def compile_rules(feeds: Mapping[str, Node], lists: Node | None, matching: Node | None) -> RuleSet:
    """Compile the rules of ``feeds`` (slug → the feed's whole mapping, of which only ``RULE_KEYS`` are read).

    Raises :class:`feedpub.errors.ConfigError` with the place of what is wrong.
    """
    return RuleSet(*parse_rules(feeds, lists, matching))
