"""Finds which of many terms are in a text, in one pass, whatever their number.

There are two engines, chosen by measurement (``bench/match.py``, docs/performance.md). RE2 matches all
terms completely. For very many terms, an Aho-Corasick automaton finds candidates in a text whose separators are
blanked; then the rest (the space in a phrase, symbols, case) is confirmed at each candidate.

Regular expressions of users always run on RE2, in time linear in the text, and with bounded size.

Terms come with the number of their role; terms with the same effect on every feed share one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import re2
from ahocorasick_rs import BytesAhoCorasick, Implementation

from feedpub.articles.article import Article
from feedpub.rules.fields import Grammar, texts
from feedpub.rules.terms import NUMBER, WORD, Term, View, joined, pattern_of
from feedpub.text.regex import compile_regex, options
from feedpub.text.safe_html import visible

# RE2 makes states on demand; with more terms, they outgrow the processor's caches.
MOST_FOR_RE2 = 2500
# A full automaton is fastest until it also outgrows the caches.
MOST_FOR_FULL = 1000

_BLANK = bytes(byte if byte >= 0x80 or chr(byte).isalnum() else 0x20 for byte in range(256)).lower()
_SPACES = bytes(0x20 if byte in b"\t\n\v\f\r" else byte for byte in range(256))


class Scanner:
    """The literal terms of one view. ``find`` expects folded text between two zero bytes."""

    def __init__(self, terms: Iterable[tuple[int, Term]]) -> None:
        self._terms = tuple(terms)
        self._few = len(self._terms) <= MOST_FOR_RE2

    def find(self, data: bytes) -> Iterable[int]:
        """Return the roles of the terms in ``data``, each once or more."""
        found = None
        if self._few:
            # For \b, an underscore is a letter.
            plain = data.isascii() and b"_" not in data
            found = (self._in_ascii if plain else self._in_any).find(data)
        return self._candidates.find(data) if found is None else found

    @cached_property
    def _in_ascii(self) -> _PatternSet:
        patterns = ((role, pattern_of(term)) for role, term in self._terms)
        return _PatternSet((role, pattern.in_ascii()) for role, pattern in patterns if pattern.text.isascii())

    @cached_property
    def _in_any(self) -> _PatternSet:
        return _PatternSet((role, pattern_of(term).consuming()) for role, term in self._terms)

    @cached_property
    def _candidates(self) -> _Candidates:
        return _Candidates(self._terms)


class _PatternSet:
    """Patterns as one automaton of RE2."""

    def __init__(self, patterns: Iterable[tuple[int, str]]) -> None:
        by_role: dict[int, list[str]] = {}
        for role, pattern in patterns:
            by_role.setdefault(role, []).append(pattern)
        self._roles = tuple(by_role)
        self._set = pattern_set(["|".join(alternatives) for alternatives in by_role.values()])

    def find(self, data: bytes) -> Iterable[int] | None:
        """Return the roles, or ``None`` when RE2 gave up."""
        found = matched(self._set, data, len(self._roles))
        return None if found is None else map(self._roles.__getitem__, found)


class _Candidates:
    """The terms as an Aho-Corasick automaton over blanked text, with the confirmation of candidates."""

    def __init__(self, terms: Iterable[tuple[int, Term]]) -> None:
        candidates: dict[bytes, list[tuple[int, Term, int, bool, bool]]] = {}
        self._symbols: list[_Candidate] = []
        for role, term in terms:
            core, spaces, before, after = _blanked(term)
            if core:
                candidates.setdefault(core, []).append((role, term, spaces, before, after))
            else:
                self._symbols.append(_Candidate(role, term, spaces, before, after))
        # The role if a match needs no confirmation; -1 if candidates have to be checked.
        self._sure = tuple(
            same[0][0] if len(same) == 1 and same[0][2] == 0 else -1 for same in candidates.values()
        )
        self._entries = tuple(
            () if sure >= 0 else tuple(_Candidate(*each) for each in same)
            for sure, same in zip(self._sure, candidates.values(), strict=True)
        )
        kind = Implementation.DFA if len(candidates) <= MOST_FOR_FULL else Implementation.ContiguousNFA
        self._automaton = BytesAhoCorasick(list(candidates), implementation=kind) if candidates else None

    def find(self, data: bytes) -> set[int]:
        data = data.translate(_SPACES)
        if b"  " in data:
            data = re.sub(b" {2,}", b" ", data)
        found = {symbol.role for symbol in self._symbols if symbol.confirm.search(data)}
        if self._automaton is None:
            return found
        hits = self._automaton.find_matches_as_indexes(data.translate(_BLANK), overlapping=True)
        sure = self._sure
        found.update({sure[hit[0]] for hit in hits})
        if -1 in found:
            found.discard(-1)
            for index, start, end in hits:
                if sure[index] == -1:
                    for candidate in self._entries[index]:
                        if candidate.role not in found and candidate.stands(data, start, end):
                            found.add(candidate.role)
        return found


def _blanked(term: Term) -> tuple[bytes, int, bool, bool]:
    """Return a term in blanked text, and its candidate (see :class:`_Candidate`).

    A boundary at an end is a blank. Nothing is left of a term made of symbols.
    """
    text, view, exact, open_left, open_right = term
    if not exact and not view.stemming and text.isascii() and text.replace(" ", "").isalpha():
        # Most terms: their words are the text unchanged.
        text = " ".join(text.split())
        before, after = not open_left, not open_right
        core, spaces = text.lower().encode(), text.count(" ")
    else:
        text = " ".join(term.words)
        pattern = pattern_of(term)
        data = text.encode("utf-8", "surrogatepass")
        core = data.translate(_BLANK)
        if not core.strip():
            return b"", -1, False, False
        # Only the pattern can decide what may be beside a symbol or number.
        before = pattern.left in (WORD, NUMBER) and core[0] != 0x20
        after = pattern.right in (WORD, NUMBER)
        phrase = not exact and NUMBER not in (pattern.left, pattern.right)
        spaces = core.count(b" ") if phrase and core.count(b" ") == data.count(b" ") else -1
    return (b" " if before else b"") + core + (b" " if after else b""), spaces, before, after


@dataclass
class _Candidate:
    """A term that a match in blanked text may mean.

    ``spaces`` is the number of the term's blanks if all are spaces, or -1 if only the pattern can
    decide; ``before`` and ``after`` say that the match includes a blank neighbour.
    """

    role: int
    term: Term
    spaces: int
    before: bool
    after: bool

    def stands(self, data: bytes, start: int, end: int) -> bool:
        """Say whether the term itself is at the match."""
        if self.spaces >= 0:
            return data.count(b" ", start + self.before, end - self.after) == self.spaces
        return self.confirm.match(data, start + self.before) is not None

    @cached_property
    def confirm(self) -> re.Pattern[bytes]:
        """The pattern, compiled when a hit first needs it."""
        return re.compile(pattern_of(self.term).looking().encode("latin-1"))


# How much memory RE2 may use for the states of one automaton, which it makes on demand.
_SET_MEMORY = 256 << 20


def pattern_set(patterns: Sequence[str], *, latin: bool = True) -> Any:
    """Return an RE2 set of ``patterns`` (over bytes, or case ignored over UTF-8) and, last, the end of the text.

    The last one must match. If it does not, RE2 ran out of memory, which it does not report; see
    :func:`matched`. Returns ``None`` if there are too many patterns for one set.
    """
    compiled = re2.Set.SearchSet(options(_SET_MEMORY, latin=latin))
    for pattern in (*patterns, r"\z"):
        compiled.Add(pattern.encode("latin-1" if latin else "utf-8"))
    try:
        compiled.Compile()
    except re2.error:
        return None
    return compiled


def matched(patterns: Any, data: bytes, number: int) -> list[int] | None:
    """Return which of a set's ``number`` patterns match, unordered; ``None`` if they have to be tried one by one."""
    found: list[int] | None = patterns.Match(data) if patterns is not None else None
    if not found or number not in found:
        return None
    found.remove(number)
    return found


class RegexScanner:
    """The regular expressions of one view, ignoring case; ``find`` expects one visible text."""

    def __init__(self, view: View, terms: Iterable[tuple[int, Term]]) -> None:
        self._view = view
        self._roles, patterns = zip(*((role, term.text) for role, term in terms), strict=True)
        self._set = pattern_set(patterns, latin=False)
        self._each = [compile_regex(pattern) for pattern in patterns]

    def find(self, text: str) -> Iterable[int]:
        """Return the roles of the expressions that match somewhere in ``text``."""
        data = self._view.prepare(text)
        found = matched(self._set, data, len(self._roles))
        if found is not None:
            return [self._roles[index] for index in found]
        return [role for role, regex in zip(self._roles, self._each, strict=True) if regex.search(data)]


class ValueScanner:
    """The values of a field with a grammar; ``find`` expects one text of the field."""

    def __init__(self, grammar: Grammar, terms: Iterable[tuple[int, Term]]) -> None:
        self._grammar = grammar
        self._by_handle = defaultdict[str, list[tuple[int, str]]](list)
        for role, term in terms:
            self._by_handle[grammar.handle(term.text)].append((role, term.text))

    def find(self, text: str) -> Iterable[int]:
        """Return the roles of the values that match ``text``, each once or more."""
        spans = self._grammar.spans
        return [
            role
            for handle in self._grammar.handles(text)
            for role, term in self._by_handle.get(handle, ())
            if next(spans(term, text), None) is not None
        ]


def scanner_of(view: View, terms: Iterable[tuple[int, Term]]) -> Scanner | RegexScanner | ValueScanner:
    """Return a finder for the terms of one view."""
    if view.regex:
        return RegexScanner(view, terms)
    return Scanner(terms) if view.grammar is None else ValueScanner(view.grammar, terms)


class TermFinder:
    """Terms with numbers that the caller chooses; terms may share one. Made once, used on every article."""

    def __init__(self, terms: Iterable[tuple[int, Term]]) -> None:
        views = defaultdict[View, list[tuple[int, Term]]](list)
        for number, term in terms:
            views[term.view].append((number, term))
        self._scanners = [(view, scanner_of(view, of_view)) for view, of_view in views.items()]

    def found(self, article: Article) -> list[int]:
        """Return the numbers of the terms in the article, each once or more."""
        if article.html:
            article = replace(article, body=visible(article.body), html=False)
        found: list[int] = []
        for view, scanner in self._scanners:
            if isinstance(scanner, Scanner):
                found.extend(scanner.find(view.prepare(joined(article, view.fields))))
                continue
            for field in view.fields:
                for text in texts(article, field):
                    found.extend(scanner.find(text))
        return found
