"""Learns a rule from articles that belong in a feed and articles that do not: ``any``, ``min_hits`` and ``none``.

Terms are sets of articles, each a long number with one bit per article, so a move of the learner takes only a few
operations on numbers. The learner is greedy: it adds the term, or the veto, that gains most for its price, and stops
when nothing gains. It is deterministic: the same articles in the same order give the same rule.
"""

from __future__ import annotations

import re
import zlib
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import itemgetter
from typing import Final, Literal, NamedTuple

from feedpub.articles.article import Article
from feedpub.rules.fields import texts
from feedpub.rules.terms import View
from feedpub.text.folding import MARK

LEAST: Final = 5
"""The minimum number of articles that belong."""

ALPHA: Final = 0.5
ALPHA_SHORT: Final = 4.0
"""The price of a term, in articles; the second price makes short rules."""

_CANDIDATES, _VETOES, _SEEN_VETOES, _PREFIXED = 1200, 300, 6000, 300
_PAIRED, _PAIRS = 120, 400
# A veto must remove at least so many of the others, and so many for each article that belongs.
_VETOED, _VETOED_FOR_EACH = 4, 3
_NOTHING = 1e-12
# The minimum number of articles with a term, and with a veto.
_TWICE, _USUAL = 2, 3
_IN_TITLE = "\0"
_FOLDS = 3
# If at least so many articles belong, cross-validation finds the length of the rule.
_ENOUGH = 30

_VIEW = View(frozenset(("title", "body")))
_SIGNS = {code: "\0" for code in range(128) if not re.match(r"[0-9a-z\t-\r ]", chr(code))}
_UNSPACED = re.compile(f"(?:{MARK}[\u0e01-\U0003ffff]{MARK}){{2,}}")


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A term for a rule, as written in a config, perhaps only for the title."""

    text: str
    title: bool = False


_Found = tuple[Candidate, int]
"""A term, and the articles that have it."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """A rule: one of the ``strong`` terms is enough, two of the ``weak`` ones are needed; and ``vetoes``."""

    strong: tuple[Candidate, ...] = ()
    weak: tuple[Candidate, ...] = ()
    vetoes: tuple[Candidate, ...] = ()

    def __len__(self) -> int:
        return len(self.strong) + len(self.weak) + len(self.vetoes)


@dataclass(frozen=True, slots=True)
class Score:
    """How many articles a rule takes correctly, takes wrongly, and misses."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of taken articles that belong; 0 if none is taken."""
        return self.right / (self.right + self.wrong) if self.right else 0.0

    @property
    def recall(self) -> float:
        """The share of articles that belong which are taken."""
        return self.right / (self.right + self.missed) if self.right else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.right else 0.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one term finds: articles correctly and wrongly, and correct ones that no other term finds."""

    term: Candidate
    right: int
    wrong: int
    alone: int = 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The rule, what each of its terms does, its score on articles that it was not learned from, and more terms."""

    rule: Suggested
    evidence: tuple[Evidence, ...]
    held_out: Score
    possible: tuple[Evidence, ...]


def features(article: Article) -> set[str]:
    """Return the words and pairs of words of an article, folded as by the matcher; those in its title twice."""
    title = _features(_VIEW.prepare(article.title).decode("utf-8", "replace").lower())
    found = title.union(f"{_IN_TITLE}{term}" for term in title)
    for body in texts(article, "body"):
        found |= _features(_VIEW.prepare(body).decode("utf-8", "replace").lower())
    return found


def _candidate(feature: str) -> Candidate:
    return Candidate(feature.removeprefix(_IN_TITLE), title=feature.startswith(_IN_TITLE))


def _features(text: str) -> set[str]:
    # A sign between words becomes a word of one character, so that the two are not a pair.
    words = text.translate(_SIGNS).replace("\0", " \0 ").split()
    found = {word for word in {*words} if len(word) > 1 and not word.isdecimal()}
    found |= {f"{one} {other}" for one, other in pairwise(words) if len(one) > 1 < len(other)}
    for run in _UNSPACED.findall(text) if MARK in text else ():
        chars = run.replace(MARK, "")
        if chars.isalpha():
            found.update(chars[at : at + size] for size in (2, 3, 4) for at in range(len(chars) - size + 1))
    return found


@dataclass(frozen=True, slots=True)
class _Goal:
    """The value of a rule: the articles that belong, and those that do not or, with a ``weight``, all others."""

    belongs: int
    others: int
    alpha: float
    weight: float | None

    def counted(self, bits: int) -> tuple[int, int]:
        """Return how many of these articles belong, and how many do not."""
        return (bits & self.belongs).bit_count(), (bits & self.others).bit_count()

    def chi(self, right: int, wrong: int) -> float:
        """Return how strongly a term goes with articles that belong (χ²); less than 0 if it goes with the others."""
        belonging, others = self.belongs.bit_count(), self.others.bit_count()
        missed, left = belonging - right, others - wrong
        whole = (right + wrong) * (missed + left) * belonging * others
        difference = right * left - wrong * missed
        return abs(difference) * difference * (belonging + others) / whole if whole else 0.0

    def value(self, right: int, wrong: int, price: float) -> float:
        """Return the value of a rule by what it takes; ``price`` is the number of its terms, vetoes counted twice."""
        if self.weight is None:
            whole = right + wrong + self.alpha * price + self.belongs.bit_count()
            return 2 * right / whole
        weighed = self.weight * right
        whole = max(wrong, weighed) + self.weight * (self.alpha * price + self.belongs.bit_count())
        return 2 * weighed / whole


@dataclass(slots=True)
class _State:
    """A rule in the making, and what it takes."""

    rule: Suggested = Suggested()
    strong: int = 0
    one: int = 0
    two: int = 0
    vetoed: int = 0
    price: float = 0
    value: float = 0.0

    @property
    def taken(self) -> int:
        return (self.strong | self.two) & ~self.vetoed


@dataclass(frozen=True, slots=True)
class _Terms:
    """What the learner may add, the best first, each with the articles that have it."""

    strong: Sequence[_Found]
    vetoes: Sequence[_Found]
    pairs: Sequence[tuple[tuple[Candidate, Candidate], int]]


@dataclass(slots=True)
class Learner:
    """Articles that belong and others, and the terms in them.

    ``share`` is the part of the others that belongs, too, if nobody checked them: from 0 to 1.
    """

    belonging: Sequence[Article]
    others: Sequence[Article]
    share: float | None = None
    _bits: dict[Candidate, int] = field(default_factory=dict)
    _veto_terms: list[_Found] = field(default_factory=list)
    _any_terms: list[_Found] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.belonging, self.others = list(_different(self.belonging)), list(_different(self.others))
        held: Counter[str] = Counter()
        seen: Counter[str] = Counter()
        # The garbage collector need not look through tuples of texts and arrays.
        each: list[tuple[str, ...]] = []
        for number, article in enumerate((*self.belonging, *self.others)):
            terms = features(article)
            each.append((*terms,))
            (held if number < len(self.belonging) else seen).update(terms)
        wanted = [term for term, number in held.items() if number >= _TWICE]
        usual = [(number, term) for term, number in seen.items() if number >= _USUAL]
        usual.sort(key=lambda item: (-item[0], item[1]))
        refusing = [term for _, term in usual[:_SEEN_VETOES]]
        kept = {*wanted, *refusing}
        self._bits = {_candidate(term): bits for term, bits in _where(kept, each).items()}
        self._any_terms = [
            (term, self._bits[term]) for term in sorted(map(_candidate, wanted), key=_in_order)
        ]
        self._veto_terms = [(term, self._bits[term]) for term in map(_candidate, refusing)]
        words = sorted({term for counted in (held, seen) for term in counted if term.isalpha()})
        self._add_prefixes(words, each)

    def _add_prefixes(self, words: Sequence[str], each: Sequence[tuple[str, ...]]) -> None:
        """Add ``prefix*`` if it distinguishes the articles better than each of the ``words`` that it covers."""
        goal = self._goal(-1, ALPHA)
        plain = (found for found in self._any_terms if not found[0].title and found[0].text.isalpha())
        best = [term.text for term, _ in self._best(goal, plain, _PREFIXED)]
        begun: dict[str, Sequence[str]] = {}
        for prefix in {text[:n] for text in best for n in range(max(4, len(text) - 4), len(text) + 1)}:
            first, last = bisect_left(words, prefix), bisect_left(words, f"{prefix}\U0010ffff")
            if last - first > 1:
                begun[prefix] = words[first:last]
        needed = {word for of in begun.values() for word in of}
        known = {word: self._bits[Candidate(word)] for word in needed if Candidate(word) in self._bits}
        bits = known | _where(needed - known.keys(), each)
        chi = {word: _chi(goal, of) for word, of in bits.items()}
        found: dict[int, str] = {}
        for prefix in sorted(begun):
            union, single = 0, 0.0
            for word in begun[prefix]:
                union |= bits[word]
                single = max(single, chi[word])
            if _chi(goal, union) > 1.02 * single and len(prefix) > len(found.get(union, "")):
                found[union] = prefix
        for union, prefix in found.items():
            term = Candidate(f"{prefix}*")
            self._bits[term] = union
            self._any_terms.append((term, union))

    def _goal(self, among: int, alpha: float) -> _Goal:
        belongs = (1 << len(self.belonging)) - 1
        others = ((1 << len(self.others)) - 1) << len(self.belonging)
        weight = None
        if self.share is not None:
            weight = max(self.share * (len(self.belonging) + len(self.others)) / len(self.belonging), 1.0)
        return _Goal(belongs & among, others & among, alpha, weight)

    def _best(
        self, goal: _Goal, terms: Iterable[_Found], most: int, *, least: int = 0, others: float | None = None
    ) -> list[_Found]:
        """Return the ``most`` terms that go most strongly with articles that belong.

        Each is in at least ``least`` of these, and in at most so many of the ``others``.
        """
        ranked = []
        belongs, rest, usual = goal.belongs, goal.others, len(self.others) if others is None else others
        for found in terms:
            right = (found[1] & belongs).bit_count()
            if right >= least and (wrong := (found[1] & rest).bit_count()) <= usual:
                chi = goal.chi(right, wrong)
                if chi > 0:
                    term = found[0]
                    ranked.append((-chi, len(term.text), term.text, term.title, found))
        ranked.sort(key=itemgetter(0, 1, 2, 3))
        return [item[4] for item in ranked[:most]]

    def _candidates(self, goal: _Goal) -> list[_Found]:
        usual = goal.others.bit_count() / 5 if self.share is None else None
        return self._best(goal, self._any_terms, _CANDIDATES, least=_TWICE, others=usual)

    def _path(self, among: int, alpha: float, most: int) -> Iterator[_State]:
        """Yield the rule after each move of the learner."""
        goal = self._goal(among, alpha)
        strong = self._candidates(goal)
        turned = replace(goal, belongs=goal.others, others=goal.belongs)
        vetoes = self._best(turned, self._veto_terms, _VETOES)
        terms = _Terms(strong, vetoes, _pairs(goal, strong[:_PAIRED]))
        state = _State()
        while len(state.rule) < most:
            moved = self._move(goal, state, terms, most)
            if moved is None:
                return
            state = moved
            yield state

    def _move(self, goal: _Goal, state: _State, terms: _Terms, most: int) -> _State | None:
        """Return the state after the move that gains most per term, or ``None`` if no move gains."""
        best: tuple[float, int, str] = (-_NOTHING, 0, "")
        chosen: _Move | None = None
        value = 0.0
        for move in (*_additions(goal, state, terms, most), *_refusals(goal, state, terms.vetoes)):
            after = goal.value(move.right, move.wrong, state.price + move.price)
            gain = (after - state.value) / move.price
            if -gain <= best[0] and gain > _NOTHING:
                rank = -gain, len(move.text), move.text
                if chosen is None or rank < best:
                    best, chosen, value = rank, move, after
        return None if chosen is None else self._moved(state, chosen, value)

    def _moved(self, state: _State, move: _Move, value: float) -> _State:
        rule, bits = state.rule, [self._bits[term] for term in move.terms]
        after = replace(state, price=state.price + move.price, value=value)
        if move.part == "strong":
            return replace(
                after, rule=replace(rule, strong=(*rule.strong, *move.terms)), strong=state.strong | bits[0]
            )
        if move.part == "vetoes":
            return replace(
                after, rule=replace(rule, vetoes=(*rule.vetoes, *move.terms)), vetoed=state.vetoed | bits[0]
            )
        one, two = state.one, state.two
        for found in bits:
            two |= one & found
            one |= found
        return replace(after, rule=replace(rule, weak=(*rule.weak, *move.terms)), one=one, two=two)

    def taken_by(self, rule: Suggested) -> int:
        """Return the articles that a rule takes, as bits."""
        one = two = strong = vetoed = 0
        for term in rule.weak:
            two |= one & self._bits[term]
            one |= self._bits[term]
        for term in rule.strong:
            strong |= self._bits[term]
        for term in rule.vetoes:
            vetoed |= self._bits[term]
        return (strong | two) & ~vetoed

    def _value(self, goal: _Goal, rule: Suggested) -> float:
        taken = self.taken_by(rule)
        price = len(rule) + len(rule.vetoes)
        return goal.value((taken & goal.belongs).bit_count(), (taken & goal.others).bit_count(), price)

    def score(self, taken: int, among: int = -1) -> Score:
        """Return the score of taking these articles, of all or of those ``among``."""
        goal = self._goal(among, ALPHA)
        right = (taken & goal.belongs).bit_count()
        wrong = (taken & goal.others).bit_count()
        if goal.weight is not None:
            # So many of the others that are taken belong, if the known articles are like the rest.
            wrong = max(round(wrong - (goal.weight - 1) * right), 0)
        return Score(right, wrong, goal.belongs.bit_count() - right)

    def learn(self, *, most: int = 40, alpha: float = ALPHA) -> Suggestion:
        """Return the rule with at most so many terms, with its score on articles that were left out in learning."""
        length, held_out = self._cross_validated(most, alpha)
        goal = self._goal(-1, alpha)
        rule = Suggested()
        for state in self._path(-1, alpha, most):
            if len(state.rule) > length and len(rule):
                break
            rule = state.rule
        rule, dropped = self._pruned(goal, rule)
        evidence = tuple(self._evidence(rule))
        known = {*rule.strong, *rule.weak}
        more = [*dropped, *(term for term, _ in self._candidates(goal)[:60] if term not in dropped)]
        rest = ~self.taken_by(rule)
        possible = [self._found(term) for term in more if term not in known]
        useful = [one for one in possible if self._bits[one.term] & goal.belongs & rest]
        return Suggestion(rule, evidence, held_out, tuple(useful[:8]))

    def _cross_validated(self, most: int, alpha: float) -> tuple[int, Score]:
        articles = [*self.belonging, *self.others]
        folds = [0] * _FOLDS
        for number, article in enumerate(articles):
            folds[zlib.crc32(article.id.encode()) % _FOLDS] |= 1 << number
        scores: list[list[Score]] = []
        for fold in folds:
            by_length = [Score(0, 0, self.score(0, fold).missed)] * (most + 1)
            for state in self._path(~fold, alpha, most):
                reached = self.score(state.taken, fold)
                by_length[len(state.rule) :] = [reached] * (most + 1 - len(state.rule))
            scores.append(by_length)
        length = most
        if len(self.belonging) >= _ENOUGH:
            means = [sum(score[at].f1 for score in scores) / _FOLDS for at in range(most + 1)]
            top = max(range(most + 1), key=lambda at: means[at])
            spread = sum((score[top].f1 - means[top]) ** 2 for score in scores) / (_FOLDS - 1)
            enough = means[top] - (spread / _FOLDS) ** 0.5 / 4
            length = next(at for at in range(most + 1) if means[at] >= enough)
        at = [score[length] for score in scores]
        return length, Score(sum(s.right for s in at), sum(s.wrong for s in at), sum(s.missed for s in at))

    def _pruned(self, goal: _Goal, rule: Suggested) -> tuple[Suggested, list[Candidate]]:
        """Remove the terms without which the rule is not worse."""
        dropped: list[Candidate] = []
        for part in ("vetoes", "weak", "strong"):
            for term in getattr(rule, part):
                rest = tuple(other for other in getattr(rule, part) if other != term)
                if part == "weak" and len(rest) < 2:
                    continue
                without = replace(rule, **{part: rest})
                if self._value(goal, without) >= self._value(goal, rule):
                    rule = without
                    if part != "vetoes":
                        dropped.append(term)
        return rule, dropped

    def _found(self, term: Candidate) -> Evidence:
        goal = self._goal(-1, ALPHA)
        bits = self._bits[term]
        return Evidence(term, (bits & goal.belongs).bit_count(), (bits & goal.others).bit_count())

    def _evidence(self, rule: Suggested) -> Iterator[Evidence]:
        goal = self._goal(-1, ALPHA)
        taken = self.taken_by(rule)
        for part in ("strong", "weak"):
            for term in getattr(rule, part):
                rest = tuple(other for other in getattr(rule, part) if other != term)
                alone = taken & ~self.taken_by(replace(rule, **{part: rest}))
                yield replace(self._found(term), alone=(alone & goal.belongs).bit_count())
        open_ = self.taken_by(replace(rule, vetoes=()))
        for term in rule.vetoes:
            out = self._bits[term] & open_
            yield Evidence(term, (out & goal.others).bit_count(), (out & goal.belongs).bit_count())


class _Move(NamedTuple):
    """A move of the learner: add ``terms`` to a part of the rule, for a price, so that it takes these articles."""

    right: int
    wrong: int
    price: int
    text: str
    part: Literal["strong", "weak", "vetoes"]
    terms: tuple[Candidate, ...]


def _additions(goal: _Goal, state: _State, terms: _Terms, most: int) -> Iterator[_Move]:
    """Yield the moves that take more of the articles that belong; others gain nothing."""
    rule, new = state.rule, ~state.vetoed & ~state.taken
    right, wrong = goal.counted(state.taken)
    belongs, others = new & goal.belongs, new & goal.others
    again, weak = belongs & state.one, {*rule.weak}
    for term, bits in terms.strong:
        if more := bits & belongs:
            found = right + more.bit_count(), wrong + (bits & others).bit_count()
            yield _Move(*found, 1, term.text, "strong", (term,))
            if (more := bits & again) and term not in weak:
                found = right + more.bit_count(), wrong + (bits & others & state.one).bit_count()
                yield _Move(*found, 1, term.text, "weak", (term,))
    for pair, both in terms.pairs if not rule.weak and len(rule) + 1 < most else ():
        if more := both & belongs:
            found = right + more.bit_count(), wrong + (both & others).bit_count()
            yield _Move(*found, 2, f"{pair[0].text} {pair[1].text}", "weak", pair)


def _pairs(goal: _Goal, terms: Sequence[_Found]) -> list[tuple[tuple[Candidate, Candidate], int]]:
    """Return the pairs of terms that are better together than each alone, the best first."""
    found = []
    precise = [1.15 * _precision(goal, bits) for _, bits in terms]
    for number, (one, bits) in enumerate(terms):
        own, held, seen = precise[number], bits & goal.belongs, bits & goal.others
        for place in range(number + 1, len(terms)):
            other, of_other = terms[place]
            if right := (held & of_other).bit_count():
                wrong = (seen & of_other).bit_count()
                if right / (right + wrong) >= max(own, precise[place]):
                    found.append((-goal.chi(right, wrong), (one, other), bits & of_other))
    found.sort(key=lambda pair: (pair[0], *map(_in_order, pair[1])))
    return [(pair, both) for _, pair, both in found[:_PAIRS]]


def _refusals(goal: _Goal, state: _State, vetoes: Iterable[_Found]) -> Iterator[_Move]:
    """Yield the vetoes that remove enough of the others."""
    right, wrong = state.taken & goal.belongs, state.taken & goal.others
    held, taken = right.bit_count(), wrong.bit_count()
    for term, bits in vetoes:
        out = (bits & wrong).bit_count()
        if out >= _VETOED and out >= _VETOED_FOR_EACH * (lost := (bits & right).bit_count()):
            yield _Move(held - lost, taken - out, 2, term.text, "vetoes", (term,))


def _different(articles: Iterable[Article]) -> Iterator[Article]:
    """Yield the articles, those with equal title and body only once."""
    seen = set()
    for article in articles:
        story = article.title, article.body
        if story not in seen:
            seen.add(story)
            yield article


def _where(terms: Iterable[str], each: Sequence[tuple[str, ...]]) -> dict[str, int]:
    """Return the articles with each of ``terms``, as bits; ``each`` has the terms of every article."""
    places = {term: array("L") for term in terms}
    known = places.get
    for number, held in enumerate(each):
        for place in map(known, held):
            if place is not None:
                place.append(number)
    size = len(each) // 8 + 1
    return {term: _as_bits(numbers, size) for term, numbers in places.items()}


def _in_order(term: Candidate) -> tuple[str, bool]:
    # The same order as that of candidates, only faster.
    return term.text, term.title


def _as_bits(numbers: Iterable[int], size: int) -> int:
    bits = bytearray(size)
    for number in numbers:
        bits[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(bits, "little")


def _precision(goal: _Goal, bits: int) -> float:
    right, wrong = goal.counted(bits)
    return right / (right + wrong) if right else 0.0


def _chi(goal: _Goal, bits: int) -> float:
    return goal.chi(*goal.counted(bits))
