"""Counts what the rules find in the articles."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Literal

from feedpub.articles.article import Article, Origin
from feedpub.core.errors import Where
from feedpub.rules import RuleSet
from feedpub.rules.conditions import predicate, wanted_terms
from feedpub.rules.rule import NO_HAND, FeedRule, Hand, Rules
from feedpub.rules.scanner import TermFinder

_WEEK = timedelta(days=7)
# If the terms of a feed are found so often on average, one is missed by chance in only 1 of 20 cases.
_EXPECTED = 3


@dataclass(frozen=True, slots=True)
class TermCount:
    """One term of a feed: the articles of the feed with this term, and those that are in because of it alone.

    ``seen`` counts all articles with this term, in the feed or not; if there are none, the term is dead.
    """

    term: str
    where: Where
    seen: int
    hits: int
    alone: int


@dataclass(frozen=True, slots=True)
class FeedCount:
    """One feed: how many articles it takes, their first and last date, and how many in each week (by its Monday).

    ``added`` of its articles were added by hand, and ``dropped`` articles were dropped by hand.
    Dates are in the zones of the sources.
    """

    slug: str
    title: str
    articles: int
    added: int
    dropped: int
    oldest: datetime | None
    newest: datetime | None
    weeks: Mapping[date, int]
    terms: tuple[TermCount, ...]

    @property
    def dead(self) -> tuple[TermCount, ...]:
        """The terms that are in no article."""
        return tuple(term for term in self.terms if not term.seen)

    @property
    def enough(self) -> bool:
        """Whether there were enough articles to expect each term to be found, so that a dead term means something."""
        return sum(term.seen for term in self.terms) >= _EXPECTED * len(self.terms)

    @property
    def per_week(self) -> float | None:
        """Entries per week from the oldest to the newest; ``None`` if these are less than a week apart."""
        if self.oldest is None or self.newest is None or self.newest - self.oldest < _WEEK:
            return None
        return self.articles * (_WEEK / (self.newest - self.oldest))


@dataclass(frozen=True, slots=True)
class Statistics:
    """All counts. ``overlaps`` has the number of shared articles for each pair of feeds that share any.

    ``unrouted`` are the articles that no feed with a rule takes: title and place of each.
    """

    articles: int
    unrouted: tuple[tuple[str, Origin], ...]
    feeds: tuple[FeedCount, ...]
    overlaps: Mapping[tuple[str, str], int]


def count(
    rules: RuleSet,
    titles: Mapping[str, str],
    articles: Iterable[Article],
    hand_of: Callable[[Article], Hand] = lambda _: NO_HAND,
) -> Statistics:
    """Return what ``rules`` find in ``articles``; ``titles`` has the feeds' titles by slug.

    ``hand_of`` returns what people decided about an article.
    """
    tallies = [_Tally(rules.rules, rule) for rule in rules.rules.feeds]
    finder = TermFinder(enumerate(rules.rules.terms))
    overlaps: Counter[tuple[str, str]] = Counter()
    total = 0
    unrouted: list[tuple[str, Origin]] = []
    asking = {
        number for number, rule in enumerate(rules.rules.feeds) if not (rule.everything or rule.fallback)
    }
    feeds_of = _feeds_of(tally.terms for tally in tallies)
    for article in articles:
        total += 1
        hand = hand_of(article)
        found = set(finder.found(article))
        taken = rules.taken(found, hand)
        concerned = {number for term in found for number in feeds_of[term]}.union(taken)
        for number in concerned if hand is NO_HAND else range(len(tallies)):
            tallies[number].add(article, found, hand.said(number), taken=number in taken)
        overlaps.update((rules.slugs[one], rules.slugs[other]) for one, other in combinations(taken, 2))
        if asking.isdisjoint(taken):
            unrouted.append((article.title, article.origin))
    feeds = tuple(tally.counted(titles[tally.slug]) for tally in tallies)
    return Statistics(total, tuple(unrouted), feeds, dict(sorted(overlaps.items())))


def _feeds_of(terms: Iterable[Iterable[int]]) -> Mapping[int, Sequence[int]]:
    """Return for each term the numbers of the feeds that have it, from the terms of each feed."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for number, of_feed in enumerate(terms):
        for term in of_feed:
            found[term].append(number)
    return found


class _Tally:
    """The counts of one feed while articles pass by."""

    def __init__(self, rules: Rules, rule: FeedRule) -> None:
        self.slug = rule.slug
        self._rules = rules
        self._holds = predicate(rule.wanted) if rule.wanted is not None else None
        self.terms = frozenset(wanted_terms(rule.wanted)) if rule.wanted is not None else frozenset()
        self._seen: Counter[int] = Counter()
        self._hits: Counter[int] = Counter()
        self._alone: Counter[int] = Counter()
        self._weeks: Counter[date] = Counter()
        self._by_hand: Counter[str | None] = Counter()
        self._oldest: datetime | None = None
        self._newest: datetime | None = None

    def add(
        self, article: Article, found: set[int], hand: Literal["added", "dropped"] | None, *, taken: bool
    ) -> None:
        self._by_hand[hand] += 1
        present = self.terms & found
        self._seen.update(present)
        if not taken:
            return
        self._hits.update(present)
        if self._holds is not None and self._holds(found):
            self._alone.update(term for term in present if not self._holds(found - {term}))
        published = article.published
        self._weeks[published.date() - timedelta(published.weekday())] += 1
        self._oldest = min(self._oldest or published, published)
        self._newest = max(self._newest or published, published)

    def counted(self, title: str) -> FeedCount:
        terms = (
            TermCount(
                self._rules.shown(number),
                self._rules.places[number],
                self._seen[number],
                self._hits[number],
                self._alone[number],
            )
            for number in self.terms
        )
        ordered = sorted(terms, key=lambda term: (-term.hits, -term.seen, term.term))
        weeks = dict(sorted(self._weeks.items()))
        articles = sum(weeks.values())
        return FeedCount(
            self.slug,
            title,
            articles,
            self._by_hand["added"],
            self._by_hand["dropped"],
            self._oldest,
            self._newest,
            weeks,
            tuple(ordered),
        )
