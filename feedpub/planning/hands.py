"""Decisions by hand: which articles people added to feeds or dropped from them. Pure decisions.

They are in the config, and in the fields ``feeds`` and ``not_feeds`` of articles; the config wins. A decision overrides
all rules and vetoes, but it does not make an article public, and the window and size of a feed apply to added articles
as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from feedpub.articles.article import LeftOut, Notice, Origin
from feedpub.articles.sighting import Told
from feedpub.articles.withdrawals import Listed
from feedpub.config import Named, Settings, both_ways
from feedpub.core.yaml_node import did_you_mean
from feedpub.planning.publicity import Past
from feedpub.rules.rule import NO_HAND, Hand

DOUBTS = ("unknown-feed", "unclear-feeds")
"""Kinds of notices about the fields ``feeds`` and ``not_feeds`` of articles."""
SHOWN = 20
"""How many unknown feeds get a notice of their own."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about an article and one feed, with the file and line of the decision."""

    feed: str
    does: Literal["added", "dropped"]
    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.does} by hand, in {self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class _FromConfig:
    """A name in the config, and the decision about it for the feed with the number ``feed``."""

    feed: int
    does: Literal["added", "dropped"]
    named: Named


class Hands:
    """Knows the decisions about each article; ``past`` knows under which ids articles were published."""

    def __init__(self, settings: Settings, past: Past | None = None) -> None:
        self._past = past
        self._slugs = tuple(feed.slug for feed in settings.feeds)
        self._numbers = {slug: number for number, slug in enumerate(self._slugs)}
        self.retired = frozenset(feed.slug for feed in settings.retired)
        self._from_config: dict[str, list[_FromConfig]] = {}
        for number, feed in enumerate(settings.feeds):
            for named in feed.exceptions.add:
                self._from_config.setdefault(named.name, []).append(_FromConfig(number, "added", named))
            for named in feed.exceptions.drop:
                self._from_config.setdefault(named.name, []).append(_FromConfig(number, "dropped", named))
        self.listed = Listed.of(self._from_config, settings.site.id_authority)

    @property
    def slugs(self) -> tuple[str, ...]:
        """The slugs of all feeds, in the order of the config."""
        return self._slugs

    def names(self, article: Told) -> frozenset[str]:
        """Return the names (ids, keys, links or pages) under which the config lists ``article``."""
        return self.named_by(self.listed, article)

    def named_by(self, listed: Listed, article: Told) -> frozenset[str]:
        """Return the names in a list of the config that mean ``article``."""
        if not listed.names:
            return frozenset()
        known = self._past.became(article.id) if self._past else None
        return listed.naming(article, known.id if known else None)

    def of(self, article: Told) -> Hand:
        """Return the decisions about ``article``, as sets of feed numbers.

        Raises :class:`ConfigError` if the config both adds it to a feed and drops it.
        """
        if not (self._from_config or article.feeds or article.not_feeds):
            return NO_HAND
        sets = {"added": 0, "dropped": 0}
        for number, (does, _) in self._decided(article).items():
            sets[does] |= 1 << number
        return Hand(**sets)

    def decisions(self, article: Told) -> tuple[Decision, ...]:
        """Return the decisions about ``article`` with their places, in the order of the feeds."""
        return tuple(
            Decision(
                self._slugs[number],
                does,
                item.named.where.file if item else article.origin.file,
                item.named.where.line if item else article.origin.line,
            )
            for number, (does, item) in sorted(self._decided(article).items())
        )

    def _decided(self, article: Told) -> dict[int, tuple[Literal["added", "dropped"], _FromConfig | None]]:
        found: dict[int, tuple[Literal["added", "dropped"], _FromConfig | None]] = {}
        for name in sorted(self.names(article)):
            for item in self._from_config[name]:
                does, before = found.setdefault(item.feed, (item.does, item))
                if does != item.does and before:
                    added, dropped = (before, item) if does == "added" else (item, before)
                    raise both_ways(added.named, dropped.named)
        for does, slugs in (("dropped", article.not_feeds), ("added", article.feeds)):
            for slug in slugs:
                if (number := self._numbers.get(slug)) is not None:
                    found.setdefault(number, ("added" if does == "added" else "dropped", None))
        return found

    def unused(self, fitted: frozenset[str]) -> Iterator[str]:
        """Yield a warning for each name in the config that no record matched; ``fitted`` are the names that match."""
        for name, places in self._from_config.items():
            for item in () if name in fitted else places:
                yield f"{item.named.where}: no source has an article {name!r}, so this has no effect"


NOTHING_LISTED = Listed()


class Heard:
    """Collects from all records which names in the config match, and which unknown feeds articles name."""

    def __init__(self, hands: Hands, withdrawn: Listed = NOTHING_LISTED) -> None:
        self._hands = hands
        self._listed = withdrawn
        self._withdrawn: set[str] = set()
        self._fitted: set[str] = set()
        self._decided: set[str] = set()
        self._firsts: dict[tuple[str, str], Origin] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    @property
    def listens(self) -> bool:
        """Whether the config lists any article, so that every record must be passed to :meth:`hear`."""
        return bool(self._hands.listed.names or self._listed.names)

    def hear(self, article: Told) -> None:
        """Register an article, public or not."""
        self._fitted |= self._hands.names(article)
        self._withdrawn |= self._hands.named_by(self._listed, article)
        if self._hands.of(article) != NO_HAND:
            self._decided.add(article.id)
        for field, slugs in (("feeds", article.feeds), ("not_feeds", article.not_feeds)):
            for slug in slugs:
                if slug not in self._hands.slugs:
                    self._counts[field, slug] += 1
                    self._firsts.setdefault((field, slug), article.origin)

    def hear_left_out(self, record: LeftOut) -> None:
        """Register a record that was left out."""
        for each in record.ids:
            self._fitted |= self._hands.listed.naming_id(each)
            self._withdrawn |= self._listed.naming_id(each)

    @property
    def unused(self) -> tuple[str, ...]:
        """A warning for each name in the config that no record matched."""
        return tuple(self._hands.unused(frozenset(self._fitted)))

    def not_withdrawn(self, listed: Iterable[Named], past: Past) -> tuple[str, ...]:
        """Return what ``withdrawn`` of the config lists in vain, with its place: no source and no ``past`` has it."""
        known = {name for each in self._listed.ids if past.by_id(each) for name in self._listed.by_id[each]}
        return tuple(
            f"{named.where}: no article has {named.name!r} as its id, link or page, so nothing is withdrawn;"
            " feedpub explain finds the id by part of the title"
            for named in listed
            if named.name not in self._withdrawn | known
        )

    def decided(self, past: Past) -> frozenset[str]:
        """Return the ids of articles with a decision, both derived and published."""
        known = (past.became(each) for each in self._decided)
        return frozenset(self._decided | {entry.id for entry in known if entry})

    def notices(self) -> Iterator[Notice]:
        """Yield a notice for each feed that articles name and that does not exist, at the first such article."""
        known = self._hands.slugs
        for (field, slug), times in self._counts.most_common(SHOWN):
            if slug in self._hands.retired:
                what, remedy = "a feed that has moved and takes no articles", ""
            else:
                meant = did_you_mean(slug, known) or f"the feeds are {', '.join(known[:SHOWN])}"
                what, remedy = "not a feed", f"; {meant}"
            articles = "1 article" if times == 1 else f"{times:,} articles"
            message = f"{field} names {slug!r}, which is {what} (in {articles}){remedy}"
            yield Notice(self._firsts[field, slug], "unknown-feed", message)
        if rest := [place for place, _ in self._counts.most_common()[SHOWN:]]:
            first = self._firsts[rest[0]]
            yield Notice(first, "unknown-feed", f"{rest[0][0]} names {len(rest):,} more that are not feeds")
