"""The rule part of a config → trees of conditions over numbered terms, and examples. Everything is checked here.

What a rule means when it is run is written in :mod:`feedpub.rules.rule`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from feedpub.core.errors import Where
from feedpub.core.yaml_node import Node, did_you_mean
from feedpub.rules.conditions import AtLeast, Condition, Every, Has, Not
from feedpub.rules.rule import Example, FeedRule, Rules
from feedpub.rules.scanner import regex_problem
from feedpub.rules.terms import FIELDS, Term, View
from feedpub.text.folding import LANGUAGES

_GROUP_KEYS = ("any", "all", "none", "min_hits")
_OPTION_KEYS = ("fields", "accents", "stemming")
_FEED_KEYS = ("fallback", "include", "exclude", "examples")
RULE_KEYS = frozenset((*_GROUP_KEYS, *_OPTION_KEYS, *_FEED_KEYS))
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
MATCHING_KEYS = frozenset(("none", *_OPTION_KEYS))


@dataclass(slots=True)
class Parser:
    """Reads conditions; holds the terms met so far, each under its number, and where it stands first."""

    lists: Mapping[str, Node]
    terms: dict[Term, int] = field(default_factory=dict)
    places: list[Where] = field(default_factory=list)
    expanded: dict[tuple[str, View], Condition] = field(default_factory=dict)
    open_lists: list[str] = field(default_factory=list)

    def group(self, mapping: Mapping[str, Node], view: View) -> tuple[Condition | None, Condition | None]:
        """Return what the ``any`` and ``all`` of a mapping want and what its ``none`` refuses."""
        wanted: list[Condition] = []
        if "any" in mapping:
            items = self._several(mapping["any"], view, flat=True)
            count = 1
            if "min_hits" in mapping:
                count = mapping["min_hits"].integer(minimum=1)
                if count > len(items):
                    raise mapping["min_hits"].error(f"any has fewer different terms than that: {len(items)}")
            wanted.append(AtLeast(count, items))
        elif "min_hits" in mapping:
            raise mapping["min_hits"].error("min_hits counts the terms of any, which is missing")
        if "all" in mapping:
            wanted.extend(self._several(mapping["all"], view, flat=False))
        veto = AtLeast(1, self._several(mapping["none"], view, flat=True)) if "none" in mapping else None
        return (wanted[0] if len(wanted) == 1 else Every(tuple(wanted)) if wanted else None), veto

    def _several(self, node: Node, view: View, *, flat: bool) -> tuple[Condition, ...]:
        """Return the different conditions of a list; with ``flat``, those of a ``{list: …}`` each by itself."""
        found: dict[Condition, None] = {}
        for item in node.items(single=True):
            condition = self.item(item, view)
            if flat and isinstance(condition, AtLeast) and condition.count == 1:
                found.update(dict.fromkeys(condition.of))
            else:
                found[condition] = None
        if not found:
            raise node.error("nothing stands here, so this can never hold", "add a term or leave the key out")
        return tuple(found)

    def item(self, node: Node, view: View) -> Condition:
        """Return the condition that one item of a group is: a term, a list, a field's or a group of its own."""
        if isinstance(node.value, str):
            return self._term(node, view)
        mapping = node.fields((*_GROUP_KEYS, *FIELDS, "list", *_OPTION_KEYS))
        if any(key in mapping for key in _GROUP_KEYS):
            node.fields((*_GROUP_KEYS, *_OPTION_KEYS))
            wanted, veto = self.group(mapping, options(mapping, view))
            parts = [part for part in (wanted, veto and Not(veto)) if part is not None]
            return parts[0] if len(parts) == 1 else Every(tuple(parts))
        if len(mapping) != 1:
            raise node.error(
                "expected one key", f"write {{{next(iter(mapping), 'title')}: term}}, each by itself"
            )
        key, value = next(iter(mapping.items()))
        if key == "list":
            return self.list(value, view)
        for name in FIELDS:
            if key == name:
                narrow = replace(view, fields=frozenset({name}))
                return (
                    self.any_of(value, narrow) if isinstance(value.value, tuple) else self.item(value, narrow)
                )
        raise node.error(f"{key} alone is no condition", "write it beside any, all or none")

    def any_of(self, node: Node, view: View) -> Condition:
        """Return the condition that one of a list of items holds."""
        return AtLeast(1, self._several(node, view, flat=True))

    def list(self, node: Node, view: View) -> Condition:
        """Return the condition that one of the list's terms is there."""
        name = node.text()
        if name not in self.lists:
            raise node.error(f"there is no list {name!r}", did_you_mean(name, self.lists))
        if name in self.open_lists:
            chain = " → ".join((*self.open_lists[self.open_lists.index(name) :], name))
            raise node.error(f"the list holds itself: {chain}", "take one of them out")
        key = name, view
        if key not in self.expanded:
            terms = self.lists[name]
            if isinstance(terms.value, Mapping):
                mapping = terms.fields(("terms", "accents", "stemming"), required=("terms",))
                view, terms = options(mapping, view), mapping["terms"]
            self.open_lists.append(name)
            self.expanded[key] = self.any_of(terms, view)
            self.open_lists.pop()
        return self.expanded[key]

    def _term(self, node: Node, view: View) -> Condition:
        term = parse_term(node, view)
        if term not in self.terms:
            self.terms[term] = len(self.terms)
            self.places.append(node.where)
        return Has(self.terms[term])


def options(mapping: Mapping[str, Node], view: View) -> View:
    """Return ``view`` changed by the options that stand in ``mapping``."""
    if "fields" in mapping:
        names = frozenset(item.choice(FIELDS) for item in mapping["fields"].items(single=True))
        if not names:
            raise mapping["fields"].error("no field is left to look at", f"name some of {', '.join(FIELDS)}")
        view = replace(view, fields=frozenset(name for name in FIELDS if name in names))
    if "stemming" in mapping:
        language = mapping["stemming"]
        view = replace(view, stemming="" if language.value == "false" else language.choice(LANGUAGES))
    if "accents" in mapping:
        # The config says whether accents are folded; the view, whether they count.
        view = replace(view, accents=not mapping["accents"].flag())
    return view


def parse_term(node: Node, view: View) -> Term:
    """Return the term that a text stands for; refuse one that could never be found."""
    text = node.text().strip()
    if text.startswith("re:"):
        return _regex(node, text.removeprefix("re:").strip(), view)
    exact = text.startswith("=") and len(text) > 1
    text = text[exact:].strip()
    open_left, open_right = text.startswith("*"), text.endswith("*") and len(text) > 1
    text = text[open_left : len(text) - open_right]
    if "*" in text:
        raise node.error("a * may only stand at an end of a term", "write a regular expression: re:…")
    if not text or text != text.strip():
        raise node.error("a * must touch what it leaves open", 'write "supply cut*", "*cut*" or "*cut"')
    # A word that is open or exact is not inflected.
    if view.stemming and (exact or open_left or open_right):
        view = replace(view, stemming="")
    # Engines tell the case of ASCII letters only; for others, it has to stay in the fold. Where accents count,
    # ß is one of them, which loses more than its case when folded.
    if exact and (view.accents or not all(word.isascii() for word in Term(text, view, exact).words)):
        view = replace(view, case=True)
    term = Term(" ".join(text.split()), view, exact, open_left, open_right)
    if _CONTROL.search(term.text):
        raise node.error("a term cannot hold control characters")
    if not term.words:
        raise node.error("nothing of this term can be seen", "write letters, digits or symbols")
    return term


def _regex(node: Node, pattern: str, view: View) -> Term:
    if not pattern:
        raise node.error("expected a regular expression after re:")
    pattern = unicodedata.normalize("NFC", pattern)
    problem = regex_problem(pattern)
    if problem is not None:
        raise node.error(*problem)
    return Term(pattern, View(view.fields, regex=True))


def parse_rules(feeds: Mapping[str, Node], lists: Node | None, matching: Node | None) -> Rules:
    """Return the rules of all feeds, in their order.

    Raises :class:`feedpub.core.errors.ConfigError` with the place of the first thing that is wrong.
    """
    defaults = matching.fields(sorted(MATCHING_KEYS)) if matching else {}
    view = options(defaults, View(frozenset(("title", "body"))))
    parser = Parser(lists.mapping() if lists else {})
    veto = None
    if "none" in defaults and defaults["none"].items(single=True):
        veto = parser.any_of(defaults["none"], view)
    numbers = {slug: number for number, slug in enumerate(feeds)}
    rules = tuple(_feed_rule(slug, node, parser, view, numbers) for slug, node in feeds.items())
    used = {name for name, _ in parser.expanded}
    # A list that nothing names is checked all the same, without leaving its terms behind.
    aside = Parser(parser.lists)
    for name, node in parser.lists.items():
        if name not in used:
            aside.list(Node(node.where, name), view)
    unused = tuple(
        (name, node.key_where or node.where) for name, node in parser.lists.items() if name not in used
    )
    return Rules(rules, tuple(parser.terms), tuple(parser.places), veto, unused, _in_order(rules, feeds))


def _feed_rule(slug: str, node: Node, parser: Parser, view: View, numbers: Mapping[str, int]) -> FeedRule:
    mapping = node.mapping()
    wanted, veto = parser.group(mapping, options(mapping, view))
    fallback = "fallback" in mapping and mapping["fallback"].flag()
    if fallback and (wanted or "include" in mapping):
        raise mapping["fallback"].error(
            "a fallback takes what no other feed takes, so it cannot ask for more",
            "take any, all and include out",
        )
    return FeedRule(
        slug,
        wanted,
        veto,
        fallback,
        _others(mapping, "include", slug, numbers),
        _others(mapping, "exclude", slug, numbers),
        parse_examples(mapping["examples"]) if "examples" in mapping else (),
    )


def _others(mapping: Mapping[str, Node], key: str, slug: str, numbers: Mapping[str, int]) -> tuple[int, ...]:
    if key not in mapping:
        return ()
    found = []
    for item in mapping[key].items(single=True):
        name = item.text()
        if name == slug:
            raise item.error(f"{slug} cannot {key} itself")
        if name not in numbers:
            raise item.error(f"there is no feed {name!r}", did_you_mean(name, numbers))
        found.append(numbers[name])
    return tuple(dict.fromkeys(found))


def _in_order(rules: Sequence[FeedRule], feeds: Mapping[str, Node]) -> tuple[int, ...]:
    """Return the feeds made of others, each after those it is made of; refuse a cycle."""
    order: dict[int, None] = {}

    def visit(number: int, path: tuple[int, ...]) -> None:
        if number in path:
            cycle = " → ".join(rules[n].slug for n in (*path[path.index(number) :], number))
            node = feeds[rules[number].slug]
            key = "include" if rules[number].include else "exclude"
            raise node.mapping()[key].error(f"the feed is made of itself: {cycle}", "take one of them out")
        if number not in order:
            for other in (*rules[number].include, *rules[number].exclude):
                visit(other, (*path, number))
            order[number] = None

    for number in range(len(rules)):
        visit(number, ())
    return tuple(number for number in order if rules[number].include or rules[number].exclude)


def parse_examples(node: Node) -> tuple[Example, ...]:
    """Return the examples of one feed."""
    mapping = node.fields(("match", "no_match"))
    return tuple(
        _example(item, wanted=key == "match")
        for key, items in mapping.items()
        for item in items.items(single=True)
    )


def _example(node: Node, *, wanted: bool) -> Example:
    if isinstance(node.value, str):
        text = node.text()
        return Example(node.where, text, wanted, (("title", text),))
    mapping = node.fields(FIELDS)
    fields = tuple((name, mapping[name].text()) for name in FIELDS if name in mapping)
    if not fields:
        raise node.error("the example is empty", "write a title, or {title: …, body: …}")
    return Example(node.where, " · ".join(text for _, text in fields), wanted, fields)
