"""Why each feed takes an article or not, found out slowly: every term by itself, with its places.

Text is folded in clusters here, and each cluster knows its place in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from feedpub.articles.article import Article
from feedpub.rules.conditions import AtLeast, Condition, Every, Has, any_terms, wanted_terms
from feedpub.rules.fields import FIELDS, Field, texts
from feedpub.rules.rule import NO_HAND, FeedRule, Hand, Rules, Verdict, Why, verdicts
from feedpub.rules.terms import Term, View, as_regex_sees, pattern_of
from feedpub.text.folding import MARK, WORD, settled
from feedpub.text.regex import compile_regex

_REST_OF_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A match of a term: characters ``start`` to ``end`` in the ``value``-th visible text of a field."""

    term: str
    field: Field
    start: int
    end: int
    text: str
    value: int = 0


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A term that nearly matched; ``reason`` says why it did not."""

    term: str
    reason: str


@dataclass(frozen=True, slots=True)
class FeedExplanation:
    """Why one feed takes the article or not; ``why`` is ``None`` if nothing in its rule matched.

    ``hits`` are matches of wanted terms, ``vetoed_by`` those of vetoes. ``hand`` is a person's decision,
    which overrides all rules. ``terms`` is how many terms it wants, or ``None`` if it has no rule of its own: then
    it is a ``fallback``, or made of other feeds.
    """

    slug: str
    taken: bool
    why: Why | None
    hits: tuple[Hit, ...]
    vetoed_by: tuple[Hit, ...]
    near_misses: tuple[NearMiss, ...]
    included_by: tuple[str, ...] = ()
    excluded_by: tuple[str, ...] = ()
    hand: Literal["added", "dropped"] | None = None
    terms: int | None = None
    fallback: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why each feed takes an article or not, in the order of the config."""

    id: str
    title: str
    feeds: tuple[FeedExplanation, ...]


def explain(rules: Rules, article: Article, hand: Hand = NO_HAND) -> Explanation:
    """Return why each feed takes ``article`` or not."""
    finder = Finder(article)
    hits = [finder.hits(term) for term in rules.terms]
    found = frozenset(number for number, places in enumerate(hits) if places)
    feeds = tuple(
        _feed(rules, rule, verdict, hits, finder, found)
        for rule, verdict in zip(rules.feeds, verdicts(rules, found, hand), strict=True)
    )
    return Explanation(article.id, article.title, feeds)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A text of the article folded for terms of one view; ``lower`` is the fold in lower case."""

    field: Field
    value: int
    text: str
    folded: Folded
    lower: bytes


class Finder:
    """Finds terms in one article, each by itself."""

    def __init__(self, article: Article) -> None:
        self._texts = {field: texts(article, field) for field in FIELDS}
        self._folded: dict[tuple[View, Field, int], Folded] = {}
        self._seen: dict[View, list[_Seen]] = {}

    def hits(self, term: Term) -> tuple[Hit, ...]:
        """Return the places of a term, in the order of the fields."""
        return tuple(
            Hit(term.shown, seen.field, start, end, seen.text[start:end], seen.value)
            for seen in self._as_seen_by(term.view)
            for start, end in _spans(term, seen)
        )

    def could_hold(self, term: Term) -> bool:
        """Say whether the folded first word of a term is anywhere in a text, even inside another word."""
        return any(_first_word(term) in seen.lower for seen in self._as_seen_by(term.view))

    def whole_word(self, hit: Hit) -> str:
        """Return the text of a match with the rest of its last word."""
        text = self._texts[hit.field][hit.value]
        rest = _REST_OF_WORD.match(text, hit.end)
        return text[hit.start : rest.end()] if rest else hit.text

    def _as_seen_by(self, view: View) -> list[_Seen]:
        if view not in self._seen:
            self._seen[view] = [
                self._see(view, field, value, text)
                for field in FIELDS
                if field in view.fields
                for value, text in enumerate(self._texts[field])
            ]
        return self._seen[view]

    def _see(self, view: View, field: Field, value: int, text: str) -> _Seen:
        key = (view._replace(fields=frozenset()), field, value)
        if key not in self._folded:
            self._folded[key] = composed(text) if view.regex else folded(settled(text), view)
        return _Seen(field, value, text, self._folded[key], self._folded[key].data.lower())


def _spans(term: Term, seen: _Seen) -> Iterator[tuple[int, int]]:
    if term.view.grammar is not None:
        yield from term.view.grammar.spans(term.text, seen.text)
    elif term.view.regex:
        for match in compile_regex(term.text).finditer(seen.folded.data):
            yield seen.folded.span(*match.span())
    # Most terms of long lists do not occur: finding that out needs no pattern.
    elif _first_word(term) in seen.lower:
        for match in re.finditer(pattern_of(term).looking().encode("latin-1"), seen.folded.data):
            yield seen.folded.span(*match.span())


def _first_word(term: Term) -> bytes:
    return term.words[0].encode("utf-8", "surrogatepass").lower()


def _feed(
    rules: Rules,
    rule: FeedRule,
    verdict: Verdict,
    hits: Sequence[tuple[Hit, ...]],
    finder: Finder,
    found: frozenset[int],
) -> FeedExplanation:
    wanted = dict.fromkeys(wanted_terms(rule.wanted)) if rule.wanted is not None else {}
    vetoes = [veto for veto in (rule.veto, rules.veto) if veto is not None and veto.holds(found)]
    near: tuple[NearMiss, ...] = ()
    if verdict.why is None and rule.wanted is not None and not verdict.vetoed:
        near = tuple(
            dict.fromkeys((*_one_short(rules, rule.wanted, found), *_relaxed(rules, wanted, found, finder)))
        )
    return FeedExplanation(
        rule.slug,
        verdict.taken,
        verdict.why,
        # A term may be in the config and in a pack.
        tuple(dict.fromkeys(hit for number in wanted for hit in hits[number])),
        tuple(dict.fromkeys(hit for veto in vetoes for number in wanted_terms(veto) for hit in hits[number])),
        near,
        tuple(rules.feeds[number].slug for number in verdict.included_by),
        tuple(rules.feeds[number].slug for number in verdict.excluded_by),
        verdict.hand,
        None if rule.wanted is None else len(wanted),
        rule.fallback,
    )


def _one_short(rules: Rules, condition: Condition, found: frozenset[int]) -> Iterator[NearMiss]:
    """Find the only missing part of an ``all``, or of the terms that ``min_hits`` requires."""
    if isinstance(condition, Every):
        lacking = [part for part in condition.of if not part.holds(found)]
        if len(lacking) == 1 and len(condition.of) > 1:
            part = lacking[0]
            if isinstance(part, Has):
                yield NearMiss(rules.shown(part.term), "is all that is missing")
            else:
                names = [rules.shown(number) for number in dict.fromkeys(wanted_terms(part))]
                if names:
                    yield NearMiss(
                        ", ".join(names[:8]) + ("…" if len(names) > 8 else ""),
                        "one of these is all that is missing",
                    )
                yield from _one_short(rules, part, found)
    elif isinstance(condition, AtLeast) and condition.count > 1:
        held = [part for part in condition.of if part.holds(found)]
        if len(held) == condition.count - 1:
            named = (next(wanted_terms(part), None) for part in held if any_terms(part) is not None)
            names = [rules.shown(number) for number in named if number is not None]
            yield NearMiss(", ".join(names), f"min_hits is {condition.count}, one more term is missing")


def _relaxed(
    rules: Rules, wanted: Iterable[int], found: frozenset[int], finder: Finder
) -> Iterator[NearMiss]:
    """Find terms that would have matched if they were less strict."""
    said = set()
    for number in wanted:
        term = rules.terms[number]
        if number in found or not term.view.literal:
            continue
        for what, relaxed in _relaxations(term):
            places = finder.hits(relaxed) if finder.could_hold(relaxed) else ()
            if places:
                word = finder.whole_word(places[0])
                reason = f"“{word}” in the {places[0].field} would match {what}"
                # A term may be in a rule for one field and for all.
                if reason not in said:
                    said.add(reason)
                    yield NearMiss(term.shown, reason)
                break


def _relaxations(term: Term) -> Iterator[tuple[str, Term]]:
    if term.exact:
        view = term.view._replace(case=False)
        yield "in any case", term._replace(exact=False, view=view)
    if term.view.accents:
        yield "without accents", term._replace(view=term.view._replace(accents=False))
    if not term.open_right:
        wide = term._replace(open_right=True, view=term.view._replace(stemming=""))
        yield f"as {wide}", wide


_MARK = MARK.encode()


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text, and for each of its bytes the span of the original."""

    data: bytes
    spans: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original for the bytes from ``start`` to ``end``."""
        # Marks at the edges of a match do not belong to its characters.
        while start < end - 1 and self.data[start : start + 1] == _MARK:
            start += 1
        while end - 1 > start and self.data[end - 1 : end] == _MARK:
            end -= 1
        return self.spans[start][0], self.spans[end - 1][1]


def folded(text: str, view: View) -> Folded:
    """Return the text folded for ``view``, between two zero bytes, with spans of the original."""
    data = bytearray(b"\0")
    spans = [(0, 0)]
    for start, end in _pieces(text, view):
        whole = view.prepare(text[start:end])
        data += whole
        spans += _align(whole, text, start, end, view)
    data += b"\0"
    spans.append((len(text), len(text)))
    return Folded(bytes(data), tuple(spans))


def composed(text: str) -> Folded:
    """Return the text as regular expressions see it, with spans of the original, without zero bytes."""
    cuts = [place for place, char in enumerate(text) if place == 0 or not _joins(char)]
    data = bytearray()
    spans: list[tuple[int, int]] = []
    for start, end in pairwise((*cuts, len(text))):
        part = as_regex_sees(text[start:end]).encode("utf-8", "replace")
        data += part
        spans += [(start, end)] * len(part)
    return Folded(bytes(data), tuple(spans))


def _pieces(text: str, view: View) -> list[tuple[int, int]]:
    """Cut the text where this does not change the fold: before ASCII that no mark follows."""
    if view.stemming:
        cuts = [place for match in WORD.finditer(text) for place in match.span()]
    elif text.isascii():
        cuts = list(range(1, len(text)))
    else:
        cuts = [match.start() for match in re.finditer("[\x00-\x7f]|(?<=[\x00-\x7f])[^\x00-\x7f]", text)]
        cuts = [cut for cut in cuts if text[cut].isascii() or not _joins(text[cut])]
    bounds = sorted({0, *cuts, len(text)})
    return list(pairwise(bounds))


def _align(whole: bytes, text: str, start: int, end: int, view: View) -> list[tuple[int, int]]:
    """Return the span of each byte of a piece's fold: that of its cluster or, if unknown, of the piece."""
    if end - start > 1 and not view.stemming:
        cuts = [start, *(place for place in range(start + 1, end) if not _joins(text[place])), end]
        clusters = list(pairwise(cuts))
        parts = [view.prepare(text[first:last]).replace(_MARK, b"") for first, last in clusters]
        if b"".join(parts) == whole.replace(_MARK, b""):
            owners = [cluster for cluster, part in zip(clusters, parts, strict=True) for _ in part]
            if owners:
                return _with_marks(whole, owners)
    return [(start, end)] * len(whole)


def _with_marks(whole: bytes, owners: list[tuple[int, int]]) -> list[tuple[int, int]]:
    spans = []
    place = 0
    for byte in whole:
        spans.append(owners[min(place, len(owners) - 1)])
        place += byte != _MARK[0]
    return spans


def _joins(char: str) -> bool:
    """Say whether a character can change the fold of the one before it."""
    return unicodedata.category(char)[0] in "MC" or char in _composing()


@cache
def _composing() -> frozenset[str]:
    """Return the letters that compose with a letter before them (The Unicode Standard, §3.11)."""
    found = {"\uff9e", "\uff9f", *map(chr, range(0x1160, 0x1200))}
    for code in range(0xC0, 0x1FFFF):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and parts[0][0] != "<":
            found.add(chr(int(parts[1], 16)))
    return frozenset(found)
