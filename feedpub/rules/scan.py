"""Which of many terms a text holds, in one pass, whatever their number.

Two engines, chosen by measurement (``bench/match.py``, docs/performance.md). RE2 matches the whole meaning of
all terms at once. For very many terms, an Aho-Corasick automaton finds candidates in a text whose separators are
blanked, and what a blank cannot tell (the space in a phrase, symbols, case) is confirmed at the place of the hit.

Terms come with the number of their role; terms that do the same for every feed share one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from ahocorasick_rs import BytesAhoCorasick, Implementation

from feedpub.rules.regexes import matched, pattern_set
from feedpub.rules.terms import WORD, Pattern, Term, pattern_of

# RE2 makes its states as texts ask for them; above so many terms they outgrow the processor's caches.
MOST_FOR_RE2 = 2500
# A full automaton is the fastest until it outgrows the caches, too.
MOST_FOR_FULL = 1000

_BLANK = bytes(byte if byte >= 0x80 or chr(byte).isalnum() else 0x20 for byte in range(256)).lower()
_SPACES = bytes(0x20 if byte in b"\t\n\v\f\r" else byte for byte in range(256))


class Scanner:
    """The literal terms of one view. ``find`` wants folded text between two zero bytes."""

    def __init__(self, terms: Iterable[tuple[int, Term]]) -> None:
        self._patterns = [(role, term, pattern_of(term)) for role, term in terms]
        self._few = len(self._patterns) <= MOST_FOR_RE2

    def find(self, data: bytes) -> Iterable[int]:
        """Return the roles of the terms in ``data``, each once or more."""
        found = None
        if self._few:
            # \b takes an underscore for a letter.
            plain = data.isascii() and b"_" not in data
            found = (self._in_ascii if plain else self._in_any).find(data)
        return self._candidates.find(data) if found is None else found

    @cached_property
    def _in_ascii(self) -> _PatternSet:
        return _PatternSet(
            (role, pattern.in_ascii()) for role, _, pattern in self._patterns if pattern.text.isascii()
        )

    @cached_property
    def _in_any(self) -> _PatternSet:
        return _PatternSet((role, pattern.consuming()) for role, _, pattern in self._patterns)

    @cached_property
    def _candidates(self) -> _Candidates:
        return _Candidates(self._patterns)


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
    """The patterns as an Aho-Corasick automaton over blanked text, and what confirms its hits."""

    def __init__(self, patterns: Sequence[tuple[int, Term, Pattern]]) -> None:
        candidates: dict[bytes, list[_Candidate]] = {}
        self._symbols: list[_Candidate] = []
        for role, term, pattern in patterns:
            text = pattern.text.encode("utf-8", "surrogatepass")
            core = text.translate(_BLANK)
            # A boundary is blank in the text; beside a symbol stands what only the pattern can judge.
            before, after = pattern.left == WORD and core[0] != 0x20, pattern.right == WORD
            phrase = not term.exact and core.count(b" ") == text.count(b" ")
            back = bool(pattern.left) and not before
            candidate = _Candidate(
                role, core.count(b" ") if phrase else -1, pattern, int(before), int(after), back
            )
            if core.strip():
                candidates.setdefault(b" " * before + core + b" " * after, []).append(candidate)
            else:
                self._symbols.append(candidate)
        self._entries = tuple(candidates.values())
        # The role where a hit says it all; -1 where candidates have to be looked through.
        self._sure = tuple(e[0].role if len(e) == 1 and e[0].spaces == 0 else -1 for e in self._entries)
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


@dataclass
class _Candidate:
    """What a hit in blanked text may stand for.

    ``spaces`` is how many of the term's blanks are spaces, where all are, and -1 where only the pattern can
    tell; ``before`` and ``after`` tell that the hit holds a blank neighbour, ``back`` that it lacks one.
    """

    role: int
    spaces: int
    pattern: Pattern
    before: int
    after: int
    back: bool

    def stands(self, data: bytes, start: int, end: int) -> bool:
        """Say whether the term itself stands where the hit is."""
        if self.spaces >= 0:
            return data.count(b" ", start + self.before, end - self.after) == self.spaces
        return self.confirm.match(data, start - self.back) is not None

    @cached_property
    def confirm(self) -> re.Pattern[bytes]:
        """The pattern, compiled when a hit first needs it."""
        return re.compile(self.pattern.consuming().encode("latin-1"))
