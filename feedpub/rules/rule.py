"""The rules of a config as values, and their meaning, written plainly.

The values are frozen, contain no engine and can be pickled. :class:`feedpub.rules.ruleset.RuleSet` finds the feeds
that take an article faster; a property test compares the two.

1. Articles that ``matching.none``, the feed's ``none`` or that of its ``rule`` refuses are out, whatever else matches.
2. A feed with ``any`` (or ``rule``, which is one more item of it) or ``all`` takes articles that satisfy both; a feed
   with neither takes everything.
3. A ``fallback`` takes what no feed with one of these took.
4. ``include`` adds what those feeds take, unless 1 refuses it; ``exclude``, last, removes what those take.
5. A person's decision overrides all of this: an article is in a feed that it is added to, and not in one
   that it is dropped from. Rules 3 and 4 respect that too.

The order of terms and of feeds never matters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from feedpub.articles.article import Article, Origin
from feedpub.core.errors import ConfigError, Where
from feedpub.rules.conditions import Condition, Every, Has
from feedpub.rules.fields import FIELDS, Field
from feedpub.rules.terms import Term, View

_NOWHERE = Where("", 1, 1)

if TYPE_CHECKING:
    from feedpub.rules.pack import Pack


@dataclass(frozen=True, slots=True)
class Example:
    """A text that a feed must take or, if not ``wanted``, must not take."""

    where: Where
    text: str
    wanted: bool
    fields: tuple[tuple[Field, str], ...]


@dataclass(frozen=True, slots=True)
class FeedRule:
    """The rule of one feed.

    ``wanted`` is the condition of its ``any`` and ``all``, ``veto`` that of its ``none``, or ``None``.
    ``include`` and ``exclude`` are numbers of feeds. ``where`` is its place in the config.
    """

    slug: str
    wanted: Condition | None
    veto: Condition | None
    fallback: bool
    include: tuple[int, ...]
    exclude: tuple[int, ...]
    examples: tuple[Example, ...]
    where: Where = _NOWHERE

    @property
    def everything(self) -> bool:
        """Whether the feed has no conditions, and so takes everything."""
        return self.wanted is None and not self.include and not self.fallback


@dataclass(frozen=True, slots=True)
class Places:
    """The first place of each term, by number: ``own`` in the config, else in one of the packs.

    ``packs`` are in the order of the numbers at which their terms begin. They are only used on demand, because that
    requires reading their files.
    """

    own: Mapping[int, Where]
    packs: tuple[tuple[int, Pack], ...] = ()

    def __getitem__(self, number: int) -> Where:
        if number in self.own:
            return self.own[number]
        start, pack = next(each for each in reversed(self.packs) if each[0] <= number)
        return pack.parsed.places[number - start]


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a site.

    Conditions name terms by their number in ``terms``; ``places`` has the first place of each. ``veto`` is
    ``matching.none``; ``unused_lists`` are lists that nothing uses; ``made_of_others`` are the numbers of
    the feeds that include or exclude others, each after those; ``packs`` are those of the config. ``templates``
    are the common rules of feeds that are made from data; their slugs are the names of the templates.
    """

    feeds: tuple[FeedRule, ...]
    terms: tuple[Term, ...]
    places: Places
    veto: Condition | None
    unused_lists: tuple[tuple[str, Where], ...]
    made_of_others: tuple[int, ...]
    packs: tuple[Pack, ...] = ()
    templates: tuple[FeedRule, ...] = ()

    def shown(self, number: int) -> str:
        """Return a term for people: with its field, if it looks at only one."""
        return self.terms[number].shown


@dataclass(frozen=True, slots=True)
class MadeRule:
    """The rule of a feed that is made from data: the number of its template, and its value."""

    slug: str
    template: int
    field: Field
    value: str


def with_made(rules: Rules, made: Iterable[MadeRule]) -> Rules:
    """Return the rules with those of feeds that are made from data at the end, and without templates."""
    terms, places, feeds = [*rules.terms], {**rules.places.own}, [*rules.feeds]
    for rule in made:
        template = rules.templates[rule.template]
        value = Has(len(terms))
        terms.append(Term(rule.value, View(frozenset((rule.field,)), whole=True)))
        places[value.term] = template.where
        wanted = value if template.wanted is None else Every((value, template.wanted))
        feeds.append(replace(template, slug=rule.slug, wanted=wanted))
    return replace(
        rules,
        feeds=tuple(feeds),
        terms=tuple(terms),
        places=replace(rules.places, own=places),
        templates=(),
    )


@dataclass(frozen=True, slots=True)
class FailingExample:
    """A failing example of the feed ``slug``, or of a pack's rule."""

    slug: str
    example: Example
    what: Literal["feed", "rule"] = "feed"

    def error(self, more: int = 0) -> ConfigError:
        """Return the error that stops a build; ``more`` is the number of other failing examples."""
        example = self.example
        verb = "does not take" if example.wanted else "takes"
        remedy = f'see why with: feedpub explain --text "{example.text}"'
        if more:
            remedy += f"; {more} more {'example fails' if more == 1 else 'examples fail'}"
        list_name = "match" if example.wanted else "no_match"
        problem = f"the {self.what} {self.slug} {verb} its {list_name} example {example.text!r}"
        return ConfigError(example.where, problem, remedy)


@dataclass(frozen=True, slots=True)
class Hand:
    """A person's decisions about one article, as sets of feeds: ``added`` to some, ``dropped`` from others.

    A set is a number whose bits are the feeds, as in :class:`feedpub.rules.ruleset.RuleSet`. No feed is in both.
    """

    added: int = 0
    dropped: int = 0

    def said(self, feed: int) -> Literal["added", "dropped"] | None:
        """Return the decision for a feed, by its number."""
        if self.added >> feed & 1:
            return "added"
        return "dropped" if self.dropped >> feed & 1 else None


NO_HAND = Hand()

Why = Literal["rule", "fallback", "everything", "include", "hand"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a feed takes an article, and why (or why it would, if nothing refused it).

    ``included_by`` and ``excluded_by`` are the numbers of feeds. ``hand`` is a person's decision, which overrides
    everything else.
    """

    taken: bool
    why: Why | None
    vetoed: bool = False
    included_by: tuple[int, ...] = ()
    excluded_by: tuple[int, ...] = ()
    hand: Literal["added", "dropped"] | None = None

    def decided(self, hand: Literal["added", "dropped"] | None) -> Verdict:
        """Return the verdict after a person's decision."""
        if hand is None:
            return self
        return replace(self, taken=hand == "added", why="hand" if hand == "added" else self.why, hand=hand)


def verdicts(rules: Rules, found: Collection[int], hand: Hand = NO_HAND) -> list[Verdict]:
    """Return the verdict of each feed on an article in which the terms with these numbers were found.

    ``hand`` are a person's decisions about it.
    """
    vetoed_by_all = rules.veto is not None and rules.veto.holds(found)
    vetoed = [vetoed_by_all or (rule.veto is not None and rule.veto.holds(found)) for rule in rules.feeds]
    held = [rule.wanted is not None and rule.wanted.holds(found) for rule in rules.feeds]
    taken_by_rule = any(
        (holds and not veto) if said is None else (said == "added" and rule.wanted is not None)
        for rule, veto, holds, said in zip(
            rules.feeds, vetoed, held, map(hand.said, range(len(held))), strict=True
        )
    )
    made = []
    for number, (rule, veto, holds) in enumerate(zip(rules.feeds, vetoed, held, strict=True)):
        why: Why | None = None
        if holds:
            why = "rule"
        elif rule.everything:
            why = "everything"
        elif rule.fallback and not taken_by_rule:
            why = "fallback"
        made.append(Verdict(why is not None and not veto, why, veto).decided(hand.said(number)))
    for number in rules.made_of_others:
        rule, verdict = rules.feeds[number], made[number]
        included = tuple(other for other in rule.include if made[other].taken)
        excluded = tuple(other for other in rule.exclude if made[other].taken)
        why = verdict.why or ("include" if included else None)
        taken = why is not None and not verdict.vetoed and not excluded
        made[number] = Verdict(taken, why, verdict.vetoed, included, excluded).decided(hand.said(number))
    return made


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def as_article(example: Example) -> Article:
    """Return the example as an article; a plain text is a title."""
    made: dict[str, Any] = {"title": "", "body": ""}
    for field, text in example.fields:
        made.update(FIELDS[field].of_text(text))
    return Article(id="example", published=_LONG_AGO, origin=Origin("", 1, 1), **made)
