"""The rules of a config → trees of conditions on numbered terms, and examples. Everything is checked here.

:mod:`feedpub.rules.rule` defines what a rule means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from feedpub.core.declaration import TEXT, Key, Value, list_of, names
from feedpub.core.errors import ConfigError, Problems, Where
from feedpub.core.yaml_node import Node, did_you_mean
from feedpub.rules.conditions import AtLeast, Condition, Every, Has, Not
from feedpub.rules.fields import FIELDS
from feedpub.rules.keys import (
    ACCENTS,
    ALL,
    ANY,
    EXAMPLES,
    EXCLUDE,
    FALLBACK,
    GROUP_KEYS,
    IN_FIELDS,
    INCLUDE,
    LIST,
    LIST_KEYS,
    MATCH,
    MATCHING_KEYS,
    MIN_HITS,
    NO_MATCH,
    NONE,
    OPTION_KEYS,
    RULE,
    STEMMING,
    TERMS,
)
from feedpub.rules.rule import Example, FeedRule, Places, Rules
from feedpub.rules.terms import Term, View, as_regex_sees
from feedpub.text.regex import regex_problem

if TYPE_CHECKING:
    from feedpub.rules.pack import Pack, Packs

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_IN_GROUPS = names((*GROUP_KEYS, *OPTION_KEYS))
_NOWHERE = Where("", 1, 1)
NO_PACKS: Packs = MappingProxyType({})


@dataclass(slots=True)
class Parser:
    """Reads conditions; collects their terms with numbers and first places.

    The terms of a pack with a used rule have numbers of their own, from ``placed`` on. ``scope`` is the
    pack, with a ``/``, whose list is being read.
    """

    lists: Mapping[str, Node]
    packs: Packs = field(default_factory=dict)
    numbered: list[Term] = field(default_factory=list)
    terms: dict[Term, int] = field(default_factory=dict)
    places: dict[int, Where] = field(default_factory=dict)
    placed: dict[str, tuple[int, Mapping[str, tuple[Condition, Condition | None]]]] = field(
        default_factory=dict
    )
    scope: str = ""
    expanded: dict[tuple[str, View], Condition] = field(default_factory=dict)
    broken: dict[tuple[str, View], ConfigError] = field(default_factory=dict)
    open_lists: list[str] = field(default_factory=list)

    def group(self, node: Node, view: View) -> tuple[Condition | None, Condition | None]:
        """Return what ``any`` and ``all`` of a mapping want and what its ``none`` refuses.

        A ``rule`` is one more item of ``any``, and adds to the vetoes.
        """
        problems = Problems()
        mapping = node.mapping()
        with problems:
            view = options(mapping, view)
        one_of: list[Condition] = []
        vetoes: list[Condition] = []
        if RULE.name in mapping:
            with problems:
                of_pack, refused = self.rule(mapping[RULE.name])
                one_of.append(of_pack)
                vetoes += () if refused is None else (refused,)
        with problems:
            if ANY.name in mapping:
                one_of.append(self._at_least(node, view))
            elif MIN_HITS.name in mapping:
                raise mapping[MIN_HITS.name].error(
                    "min_hits counts the terms of any, which is missing", "add any, or remove min_hits"
                )
        wanted: list[Condition] = [AtLeast(1, tuple(one_of))] if len(one_of) > 1 else one_of
        if ALL.name in mapping:
            with problems:
                wanted.extend(self._several(mapping[ALL.name], view, flat=False))
        if NONE.name in mapping:
            with problems:
                vetoes.append(self.any_of(mapping[NONE.name], view))
        problems.raise_any()
        return (
            wanted[0] if len(wanted) == 1 else Every(tuple(wanted)) if wanted else None,
            vetoes[0] if len(vetoes) == 1 else AtLeast(1, tuple(vetoes)) if vetoes else None,
        )

    def _at_least(self, node: Node, view: View) -> Condition:
        problems = Problems()
        mapping = node.mapping()
        items: tuple[Condition, ...] | None = None
        with problems:
            items = self._several(mapping[ANY.name], view, flat=True)
        count = 0
        with problems:
            count = MIN_HITS.read(mapping, node)
            if count > 1 and items is not None:
                different = self._different(items)
                # Up to 0.1.0, spellings of one term counted separately. A rule that depends on that still works, with a
                # warning.
                items = different if count <= len(different) else items
            if items is not None and count > len(items):
                raise mapping[MIN_HITS.name].error(
                    f"any has fewer different terms than that: {len(items)}", f"write {len(items)} or less"
                )
        problems.raise_any()
        return AtLeast(count, items or ())

    def _different(self, items: Iterable[Condition]) -> tuple[Condition, ...]:
        """Return the conditions, with terms that fold alike as one."""
        alike: dict[object, list[Condition]] = {}
        for item in items:
            alike.setdefault(self.numbered[item.term].fold if isinstance(item, Has) else item, []).append(
                item
            )
        return tuple(same[0] if len(same) == 1 else AtLeast(1, tuple(same)) for same in alike.values())

    def _several(self, node: Node, view: View, *, flat: bool) -> tuple[Condition, ...]:
        """Return the different conditions of a list; with ``flat``, those of a ``{list: …}`` separately."""
        problems = Problems()
        found: dict[Condition, None] = {}
        items = node.items(single=True)
        for item in items:
            with problems:
                condition = self.item(item, view)
                if flat and isinstance(condition, AtLeast) and condition.count == 1:
                    found.update(dict.fromkeys(condition.of))
                else:
                    found[condition] = None
        problems.raise_any()
        if not items:
            raise node.error("this is empty, so it can never match", "add a term or remove the key")
        return tuple(found)

    def item(self, node: Node, view: View) -> Condition:
        """Return the condition of one item of a group: a term, a list, a field or another group."""
        if isinstance(node.value, str):
            return self._term(node, view)
        problems = Problems()
        mapping = node.fields((*_IN_GROUPS, *FIELDS, LIST), (), problems)
        if any(key.name in mapping for key in GROUP_KEYS):
            node.fields(_IN_GROUPS, (), problems)
            wanted, veto = None, None
            with problems:
                wanted, veto = self.group(node, view)
            problems.raise_any()
            parts = [part for part in (wanted, veto and Not(veto)) if part is not None]
            return parts[0] if len(parts) == 1 else Every(tuple(parts))
        problems.raise_any()
        if len(mapping) != 1:
            raise node.error(
                "expected one key", f"write {{{next(iter(mapping), 'title')}: term}}, each by itself"
            )
        key, value = next(iter(mapping.items()))
        if key == LIST:
            return self.list(value, view)
        if key in FIELDS:
            narrow = view._replace(fields=frozenset({key}))
            return self.any_of(value, narrow) if isinstance(value.value, tuple) else self.item(value, narrow)
        raise node.error(f"{key} alone is not a condition", "write it together with any, all or none")

    def any_of(self, node: Node, view: View) -> Condition:
        """Return the condition that one of the items holds."""
        return AtLeast(1, self._several(node, view, flat=True))

    def list(self, node: Node, view: View) -> Condition:
        """Return the condition that one of the list's terms matches."""
        scope, name = self._scoped(node)
        named = f"{scope}{name}"
        if named in self.open_lists:
            chain = " → ".join((*self.open_lists[self.open_lists.index(named) :], named))
            raise node.error(f"the list contains itself: {chain}", "remove one of them")
        key = named, view
        if key in self.broken:
            raise self.broken[key]
        if key not in self.expanded:
            self.open_lists.append(named)
            outside, self.scope = self.scope, scope
            try:
                self.expanded[key] = self._terms_of(self._lists(scope)[name], view)
            except ConfigError as error:
                self.broken[key] = error
                raise
            finally:
                self.open_lists.pop()
                self.scope = outside
        return self.expanded[key]

    def _scoped(self, node: Node) -> tuple[str, str]:
        """Return the pack of the named list (``news-en/``, or empty) and its name there."""
        named = node.text()
        known = self._lists(self.scope)
        if named in known:
            return self.scope, named
        of_pack, slash, name = named.partition("/")
        if slash and not self.scope and of_pack in self.packs:
            known = self._lists(of_pack + slash)
            if name in known:
                return of_pack + slash, name
            raise node.error(
                f"the pack {of_pack} has no list {name!r}",
                did_you_mean(name, known) or f"feedpub packs show {of_pack} prints it",
            )
        remedy = did_you_mean(named, known)
        if not remedy and slash:
            remedy = "name its pack under packs:; a pack cannot use the lists of another pack"
        raise node.error(f"there is no list {named!r}", remedy or f"add {named}: […] under lists:")

    def _lists(self, scope: str) -> Mapping[str, Node]:
        return self._pack(scope.removesuffix("/")).lists if scope else self.lists

    def _pack(self, name: str) -> Pack:
        found = self.packs[name]
        if isinstance(found, ConfigError):
            raise found
        return found

    def rule(self, node: Node) -> tuple[Condition, Condition | None]:
        """Return what the rule of a pack wants and what it refuses."""
        named = node.text()
        of_pack, slash, name = named.partition("/")
        if not slash:
            raise node.error(
                f"{named!r} is not a rule of a pack", "write the pack and its rule, such as news-en/sports"
            )
        if of_pack not in self.packs:
            raise node.error(
                f"there is no pack {of_pack!r}",
                did_you_mean(of_pack, self.packs) or f"add {of_pack} under packs:",
            )
        if of_pack not in self.placed:
            pack = self._pack(of_pack)
            self.placed[of_pack] = len(self.numbered), pack.conditions(len(self.numbered))
            self.numbered += pack.terms
        rules = self.placed[of_pack][1]
        if name not in rules:
            raise node.error(
                f"the pack {of_pack} has no rule {name!r}",
                did_you_mean(name, rules) or f"it has {', '.join(rules) or 'none'}",
            )
        return rules[name]

    def _terms_of(self, node: Node, view: View) -> Condition:
        if not isinstance(node.value, Mapping):
            return self.any_of(node, view)
        problems = Problems()
        mapping = node.fields(names(LIST_KEYS), (TERMS.name,), problems)
        with problems:
            view = options(mapping, view)
        found: Condition = AtLeast(1, ())
        if TERMS.name in mapping:
            with problems:
                found = self.any_of(mapping[TERMS.name], view)
        problems.raise_any()
        return found

    def _term(self, node: Node, view: View) -> Condition:
        term = parse_term(node, view)
        if term not in self.terms:
            number = self.terms[term] = len(self.numbered)
            self.numbered.append(term)
            self.places[number] = node.where
        return Has(self.terms[term])


def options(mapping: Mapping[str, Node], view: View) -> View:
    """Return ``view`` changed by the options in ``mapping``."""
    problems = Problems()
    if IN_FIELDS.name in mapping:
        with problems:
            view = view._replace(fields=frozenset(IN_FIELDS.kind.read(mapping[IN_FIELDS.name])))
    if STEMMING.name in mapping:
        with problems:
            view = view._replace(stemming=STEMMING.kind.read(mapping[STEMMING.name]))
    if ACCENTS.name in mapping:
        with problems:
            # The config says whether accents are ignored; the view, whether they count.
            view = view._replace(accents=not ACCENTS.kind.read(mapping[ACCENTS.name]))
    problems.raise_any()
    return view


def parse_term(node: Node, view: View) -> Term:
    """Return the term of a text; refuse one that could never match."""
    text = node.text().strip()
    if text.startswith("re:"):
        return _regex(node, node.text().lstrip().removeprefix("re:"), view)
    if view.grammar is None:
        return _words(node, text, view)
    try:
        return Term(view.grammar.read(text), View(view.fields))
    except ValueError as error:
        raise node.error(*error.args) from None


def _words(node: Node, text: str, view: View) -> Term:
    exact = text.startswith("=") and len(text) > 1
    if exact:
        text = text.removeprefix("=").strip()
    open_left, open_right = text.startswith("*"), text.endswith("*") and len(text) > 1
    text = text.removeprefix("*")
    if open_right:
        text = text.removesuffix("*")
    if "*" in text:
        raise node.error("a * may only be at an end of a term", "write a regular expression: re:…")
    if not text or text != text.strip():
        raise node.error(
            "a * must touch the word that it leaves open", 'write "supply cut*", "*cut*" or "*cut"'
        )
    # Stemming does not apply to an open or exact word.
    if view.stemming and (exact or open_left or open_right):
        view = view._replace(stemming="")
    # Engines only know the case of ASCII letters; for others, it has to stay in the fold. If accents count,
    # so does ß, which loses more than its case in a fold.
    if exact and (view.accents or not all(word.isascii() for word in Term(text, view, exact).words)):
        view = view._replace(case=True)
    term = Term(" ".join(text.split()), view, exact, open_left, open_right)
    if _CONTROL.search(term.text):
        raise node.error("a term cannot contain control characters", "remove them")
    if not term.words:
        raise node.error("this term has no visible characters", "write letters, digits or symbols")
    return term


def _regex(node: Node, pattern: str, view: View) -> Term:
    # Not all white space: there is a warning for characters that YAML makes from a backslash.
    pattern = as_regex_sees(pattern).strip(" \t\r\n")
    if not pattern:
        raise node.error("expected a regular expression after re:", 'write one, such as "re:q[1-4] results"')
    problem = regex_problem(pattern)
    if problem is not None:
        raise node.error(*problem)
    return Term(pattern, View(view.fields, regex=True))


def parse_rules(
    feeds: Mapping[str, Node],
    lists: Node | None,
    matching: Node | None,
    packs: Packs = NO_PACKS,
    templates: Mapping[str, Node] | None = None,
) -> Rules:
    """Return the rules of all feeds, in order, and those of templates; they may use ``packs``.

    Raises :class:`feedpub.core.errors.ConfigError` with everything that is wrong.
    """
    problems = Problems()
    parser = Parser({}, packs)
    if lists:
        with problems:
            parser.lists = lists.mapping()
    view, veto = View(frozenset()), None
    with problems:
        view, veto = _matching(matching or Node(_NOWHERE, {}), parser)
    numbers = {slug: number for number, slug in enumerate(feeds)}
    rules: list[FeedRule] = []
    for slug, node in feeds.items():
        with problems:
            rules.append(_feed_rule(slug, node, parser, view, numbers))
    common: list[FeedRule] = []
    for name, node in (templates or {}).items():
        with problems:
            common.append(_feed_rule(name, node, parser, view, numbers))
    used = {name for name, _ in (*parser.expanded, *parser.broken)}
    # An unused list is also checked, but its terms are dropped.
    aside = Parser(parser.lists, packs)
    for name, node in parser.lists.items():
        if name not in used and name not in {tried for tried, _ in aside.broken}:
            with problems:
                aside.list(Node(node.where, name), view)
    problems.raise_any()
    unused = tuple(
        (name, node.key_where or node.where) for name, node in parser.lists.items() if name not in used
    )
    order = _in_order(rules, feeds)
    known = {name: pack for name, pack in packs.items() if not isinstance(pack, ConfigError)}
    places = Places(parser.places, tuple((start, known[name]) for name, (start, _) in parser.placed.items()))
    terms = tuple(parser.numbered)
    return Rules(tuple(rules), terms, places, veto, unused, order, tuple(known.values()), tuple(common))


def _matching(node: Node, parser: Parser) -> tuple[View, Condition | None]:
    """Return the default options of terms, and the veto for all feeds."""
    problems = Problems()
    mapping = node.fields(sorted(names(MATCHING_KEYS)), (), problems)
    said = {key.name: value for key in MATCHING_KEYS if (value := key.node(mapping, node)) is not None}
    view, veto = View(frozenset()), None
    with problems:
        view = options(said, view)
    if NONE.name in said:
        with problems:
            if said[NONE.name].items(single=True):
                veto = parser.any_of(said[NONE.name], view)
    problems.raise_any()
    return view, veto


def _feed_rule(slug: str, node: Node, parser: Parser, view: View, numbers: Mapping[str, int]) -> FeedRule:
    problems = Problems()
    mapping = node.mapping()
    wanted, veto = None, None
    with problems:
        wanted, veto = parser.group(node, view)
    fallback = False
    with problems:
        fallback = FALLBACK.read(mapping, node)
        if fallback and any(key.name in mapping for key in (RULE, ANY, ALL, INCLUDE)):
            raise mapping[FALLBACK.name].error(
                "a fallback takes what no other feed takes, so it cannot ask for more",
                "remove rule, any, all and include",
            )
    include: tuple[int, ...] = ()
    exclude: tuple[int, ...] = ()
    with problems:
        include = _others(mapping, INCLUDE, slug, numbers)
    with problems:
        exclude = _others(mapping, EXCLUDE, slug, numbers)
    examples: tuple[Example, ...] = ()
    if EXAMPLES.name in mapping:
        with problems:
            examples = parse_examples(mapping[EXAMPLES.name])
    problems.raise_any()
    where = node.key_where or node.where
    return FeedRule(slug, wanted, veto, fallback, include, exclude, examples, where)


def _others(mapping: Mapping[str, Node], key: Key, slug: str, numbers: Mapping[str, int]) -> tuple[int, ...]:
    if key.name not in mapping:
        return ()

    def number(item: Node) -> int:
        name = item.text()
        if name == slug:
            raise item.error(f"{slug} cannot {key.name} itself", "name another feed")
        if name not in numbers:
            raise item.error(
                f"there is no feed {name!r}",
                did_you_mean(name, numbers) or "name another feed that is not retired",
            )
        return numbers[name]

    found = list_of(Value(number, TEXT.schema), single=True).read(mapping[key.name])
    return tuple(dict.fromkeys(found))


def _in_order(rules: Sequence[FeedRule], feeds: Mapping[str, Node]) -> tuple[int, ...]:
    """Return the feeds that are made of others, each after those; refuse a cycle."""
    order: dict[int, None] = {}

    def visit(number: int, path: tuple[int, ...]) -> None:
        if number in path:
            cycle = " → ".join(rules[n].slug for n in (*path[path.index(number) :], number))
            node = feeds[rules[number].slug]
            key = "include" if rules[number].include else "exclude"
            raise node.mapping()[key].error(
                f"the feed includes or excludes itself: {cycle}", "remove one of them"
            )
        if number not in order:
            for other in (*rules[number].include, *rules[number].exclude):
                visit(other, (*path, number))
            order[number] = None

    for number in range(len(rules)):
        visit(number, ())
    return tuple(number for number in order if rules[number].include or rules[number].exclude)


def parse_examples(node: Node) -> tuple[Example, ...]:
    """Return the examples of one feed."""
    problems = Problems()
    found: list[Example] = []
    for name, items in node.fields(names((MATCH, NO_MATCH)), (), problems).items():
        with problems:
            for item in items.items(single=True):
                with problems:
                    found.append(_example(item, wanted=name == MATCH.name))
    problems.raise_any()
    return tuple(found)


def _example(node: Node, *, wanted: bool) -> Example:
    if isinstance(node.value, str):
        text = node.text()
        return Example(node.where, text, wanted, (("title", text),))
    mapping = node.fields(FIELDS)
    fields = tuple((name, mapping[name].text()) for name in FIELDS if name in mapping)
    if not fields:
        raise node.error("the example is empty", "write a title, or {title: …, body: …}")
    return Example(node.where, " · ".join(text for _, text in fields), wanted, fields)
