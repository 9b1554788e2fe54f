"""The rules of a pack in a form that loads quickly, because parsing thousands of terms is slow.

``python -m feedpub.rules.compiled NAME`` prints that of one of feedpub's own packs, for ``NAME.json`` beside it. It
is made only from the YAML, has its digest, and is ignored if the two differ.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

from feedpub.rules.conditions import AtLeast, Condition, Every, Has, Not
from feedpub.rules.rule import Rules
from feedpub.rules.terms import Term, View

Runs: TypeAlias = Sequence[int]
"""Numbers: the first and the last but one of each run of them, ``0, 3, 7, 8`` for 0, 1, 2, 7."""

Conditions: TypeAlias = tuple[Condition, Condition | None]
"""The condition that a rule wants, and the one that it refuses."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """Terms and conditions, as plain values.

    A term is a spelling (``texts``; ``signs`` says whether it is exact, and open on the left and right) in a view:
    ``terms`` has views and runs of their spellings. Terms are numbered from 0, followed by conditions.
    A node is ``all``, ``not`` or the number of conditions that must hold, and the runs of these.
    ``rules`` has the number of the condition that each rule wants, and of the one that it refuses, or -1.
    """

    texts: Sequence[str]
    signs: Sequence[int]
    views: Sequence[Sequence[Any]]
    terms: Sequence[tuple[int, int, int]]
    nodes: Sequence[tuple[str | int, Runs]]
    rules: Mapping[str, tuple[int, int]]

    def all_terms(self) -> list[Term]:
        """Return the terms by their numbers."""
        views = [View(frozenset(fields), *options) for fields, *options in self.views]
        spelled = [
            (text, bool(sign & 4), bool(sign & 2), bool(sign & 1))
            for text, sign in zip(self.texts, self.signs, strict=True)
        ]
        return [
            Term(text, views[view], exact, left, right)
            for view, start, end in self.terms
            for text, exact, left, right in spelled[start:end]
        ]

    def conditions(self, first: int) -> dict[str, Conditions]:
        """Return what each rule wants and refuses; ``first`` is the number of the first term."""
        count = sum(end - start for _, start, end in self.terms)
        made: list[Condition] = [*map(Has, range(first, first + count))]
        for kind, runs in self.nodes:
            of = tuple(chain.from_iterable(made[start:end] for start, end in _pairs(runs)))
            if kind == "not":
                made.append(Not(of[0]))
            else:
                made.append(Every(of) if kind == "all" else AtLeast(int(kind), of))
        return {
            name: (made[wanted], made[veto] if veto >= 0 else None)
            for name, (wanted, veto) in self.rules.items()
        }


def compiled(rules: Rules) -> Compiled:
    """Return the rules of a pack as plain values."""
    spellings: dict[tuple[str, int], int] = {}
    views: dict[View, int] = {}
    placed = []
    for term in rules.terms:
        sign = term.exact << 2 | term.open_left << 1 | term.open_right
        spelling = spellings.setdefault((term.text, sign), len(spellings))
        placed.append((views.setdefault(term.view, len(views)), spelling))
    nodes = _Nodes(len(rules.terms))
    return Compiled(
        texts=[text for text, _ in spellings],
        signs=[sign for _, sign in spellings],
        views=[[sorted(view.fields), *view[1:]] for view in views],
        terms=[*_runs_of_views(placed)],
        nodes=nodes.nodes,
        rules={
            rule.slug: (nodes.number(rule.wanted), -1 if rule.veto is None else nodes.number(rule.veto))
            for rule in rules.feeds
            if rule.wanted is not None
        },
    )


class _Nodes:
    """Numbers conditions, each after those that it is made of."""

    def __init__(self, terms: int) -> None:
        self._terms = terms
        self._known: dict[int, int] = {}
        self.nodes: list[tuple[str | int, Runs]] = []

    def number(self, condition: Condition) -> int:
        if isinstance(condition, Has):
            return condition.term
        if id(condition) not in self._known:
            parts = (condition.of,) if isinstance(condition, Not) else condition.of
            kind = (
                "not"
                if isinstance(condition, Not)
                else "all"
                if isinstance(condition, Every)
                else condition.count
            )
            self.nodes.append((kind, _runs([self.number(part) for part in parts])))
            self._known[id(condition)] = self._terms + len(self.nodes) - 1
        return self._known[id(condition)]


def _runs(numbers: Iterable[int]) -> list[int]:
    runs: list[int] = []
    for number in numbers:
        if runs and runs[-1] == number:
            runs[-1] += 1
        else:
            runs += (number, number + 1)
    return runs


def _runs_of_views(placed: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    run: tuple[int, int, int] | None = None
    for view, spelling in placed:
        if run is not None and run[0] == view and run[2] == spelling:
            run = view, run[1], spelling + 1
            continue
        if run is not None:
            yield run
        run = view, spelling, spelling + 1
    if run is not None:
        yield run


def _pairs(runs: Runs) -> Iterator[tuple[int, int]]:
    numbers = iter(runs)
    return zip(numbers, numbers, strict=True)


def as_json(rules: Compiled, digest: str) -> str:
    """Return the content of a file of compiled rules; ``digest`` is that of their YAML."""
    lines = [f'"of": {json.dumps(digest)}']
    lines += (f'"{name}": {_json(getattr(rules, name))}' for name in Compiled.__slots__)
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def from_json(data: bytes, digest: str) -> Compiled | None:
    """Return the compiled rules of a file, or ``None`` if they were made from another YAML."""
    said = json.loads(data)
    return Compiled(**said) if said.pop("of") == digest else None


if __name__ == "__main__":
    from feedpub.rules.pack import ship

    pack = ship(sys.argv[1])
    sys.stdout.buffer.write(as_json(compiled(pack.parsed), pack.digest).encode())
