"""All rules of a site, compiled once and run on every article."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping

from feedpub.article import Article
from feedpub.located import Node
from feedpub.rules.parse import FeedRule, parse_rules
from feedpub.rules.scan import RegexScanner, Scanner
from feedpub.rules.terms import FIELDS, Term, View
from feedpub.rules.visible import texts

# Between the fields of an article: no term holds it, so none is found across it.
BETWEEN = "\0\0"


class RuleSet:
    """The rules of all feeds: built once from the config, run on every article."""

    def __init__(self, rules: tuple[FeedRule, ...], terms: tuple[Term, ...]) -> None:
        self.slugs = tuple(rule.slug for rule in rules)
        self._rules = rules
        self._terms = terms
        views = defaultdict[View, list[tuple[int, Term]]](list)
        for number, term in enumerate(terms):
            views[term.view].append((number, term))
        self._scanners = tuple(
            (view, RegexScanner(of_view) if view.regex else Scanner(of_view)) for view, of_view in views.items()
        )

    def _found(self, article: Article) -> set[int]:
        found: set[int] = set()
        for view, scanner in self._scanners:
            parts = [text for field in FIELDS if field in view.fields for text in texts(article, field)]
            if view.regex:
                for part in parts:
                    found.update(scanner.find(unicodedata.normalize("NFC", part).encode("utf-8", "replace")))
            else:
                found.update(scanner.find(view.prepare(f"\0{BETWEEN.join(parts)}\0")))
        return found

    def route(self, article: Article) -> tuple[int, ...]:
        """Return the numbers of the feeds that take the article, ascending."""
        found = self._found(article)
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
