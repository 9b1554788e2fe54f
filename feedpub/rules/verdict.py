"""Which feeds take an article in which certain terms were found: the meaning of the rules, written plainly.

:class:`feedpub.rules.ruleset.RuleSet` answers the same question faster; a property test holds them together.

1. What ``matching.none`` or the feed's ``none`` refuses is out, whatever else holds.
2. A feed with ``any`` or ``all`` takes what both ask for; a feed that asks for nothing takes all.
3. A ``fallback`` takes what no feed with ``any`` or ``all`` took.
4. ``include`` adds what those feeds take, unless 1 refuses it; ``exclude``, last, takes away what those take.

The order of terms and of feeds never matters.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from feedpub.rules.model import Rules

Why = Literal["rule", "fallback", "everything", "include"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a feed takes an article, and why (or why it would, if nothing refused it).

    ``by`` are the numbers of the feeds it was included or excluded by.
    """

    taken: bool
    why: Why | None
    vetoed: bool = False
    included_by: tuple[int, ...] = ()
    excluded_by: tuple[int, ...] = ()


def verdicts(rules: Rules, found: Collection[int]) -> list[Verdict]:
    """Return the verdict of each feed on an article in which the terms with these numbers were found."""
    vetoed_by_all = rules.veto is not None and rules.veto.holds(found)
    vetoed = [vetoed_by_all or (rule.veto is not None and rule.veto.holds(found)) for rule in rules.feeds]
    held = [rule.wanted is not None and rule.wanted.holds(found) for rule in rules.feeds]
    taken_by_rule = any(holds and not veto for holds, veto in zip(held, vetoed, strict=True))
    made = []
    for rule, veto, holds in zip(rules.feeds, vetoed, held, strict=True):
        why: Why | None = None
        if holds:
            why = "rule"
        elif rule.everything:
            why = "everything"
        elif rule.fallback and not taken_by_rule:
            why = "fallback"
        made.append(Verdict(why is not None and not veto, why, veto))
    for number in rules.made_of_others:
        rule, verdict = rules.feeds[number], made[number]
        included = tuple(other for other in rule.include if made[other].taken)
        excluded = tuple(other for other in rule.exclude if made[other].taken)
        why = verdict.why or ("include" if included else None)
        taken = why is not None and not verdict.vetoed and not excluded
        made[number] = Verdict(taken, why, verdict.vetoed, included, excluded)
    return made
