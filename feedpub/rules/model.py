"""What a config's rules are once they are read: frozen values, which hold no engine and can be pickled."""

from __future__ import annotations

from dataclasses import dataclass

from feedpub.core.errors import ConfigError, Where
from feedpub.rules.terms import Field, Term
from feedpub.rules.tree import Condition


@dataclass(frozen=True, slots=True)
class Example:
    """A text that a feed must take, or, without ``wanted``, must not."""

    where: Where
    text: str
    wanted: bool
    fields: tuple[tuple[Field, str], ...]


@dataclass(frozen=True, slots=True)
class FeedRule:
    """The rule of one feed.

    ``wanted`` is what its ``any`` and ``all`` ask for, ``veto`` what its ``none`` refuses; ``None`` where it
    has none. ``include`` and ``exclude`` are numbers of feeds.
    """

    slug: str
    wanted: Condition | None
    veto: Condition | None
    fallback: bool
    include: tuple[int, ...]
    exclude: tuple[int, ...]
    examples: tuple[Example, ...]

    @property
    def everything(self) -> bool:
        """Whether the feed asks for nothing, and so takes all."""
        return self.wanted is None and not self.include and not self.fallback


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules of a site.

    Conditions name terms by their number in ``terms``; ``places`` says where each stands first. ``veto`` is
    ``matching.none``; ``unused_lists`` are the lists that nothing names; ``made_of_others`` are the numbers of
    the feeds that include or exclude others, each after those.
    """

    feeds: tuple[FeedRule, ...]
    terms: tuple[Term, ...]
    places: tuple[Where, ...]
    veto: Condition | None
    unused_lists: tuple[tuple[str, Where], ...]
    made_of_others: tuple[int, ...]

    def shown(self, number: int) -> str:
        """Return a term as people know it: with its field, where it looks at one only."""
        return self.terms[number].shown


@dataclass(frozen=True, slots=True)
class FailingExample:
    """An example that does not hold."""

    slug: str
    example: Example

    def error(self, more: int = 0) -> ConfigError:
        """Return the error that stops a build; ``more`` is how many other examples fail, too."""
        example = self.example
        verb = "does not take" if example.wanted else "takes"
        remedy = f'see why with: feedpub explain --text "{example.text}"'
        if more:
            remedy += f"; {more} more {'example fails' if more == 1 else 'examples fail'}"
        list_name = "match" if example.wanted else "no_match"
        problem = f"the feed {self.slug} {verb} its {list_name} example {example.text!r}"
        return ConfigError(example.where, problem, remedy)
