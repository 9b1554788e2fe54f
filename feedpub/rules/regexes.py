"""RE2: regular expressions whose time is linear in the text, one by one and as sets.

What users write after ``re:`` runs on RE2 and is bounded in size, so that no pattern can stall a build.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import re2

from feedpub.rules.terms import Term

# What RE2 may use for the states of one automaton; it makes them as texts ask for them.
_SET_MEMORY = 256 << 20
_PATTERN_MEMORY = 8 << 20
# Instructions of one pattern. At this size, the worst ones still run at a third of a megabyte a second.
_MAX_SIZE = 5000

# What RE2 cannot do, by how it says so, and what to write.
_REMEDIES = (
    ("invalid perl operator: (?", "RE2 has no look-around and no atomic groups; say it with all and none"),
    ("invalid escape sequence: \\Z", r"write \z for the end of the text"),
    ("invalid escape sequence: \\K", "RE2 cannot drop what it has matched; leave it out"),
    *((f"invalid escape sequence: \\{digit}", "RE2 has no backreferences") for digit in range(1, 10)),
    ("bad repetition operator", "RE2 has no possessive operators, and repeats at most 1000 times"),
    ("invalid repetition size", "RE2 repeats at most 1000 times"),
    ("pattern too large", "repeat less"),
)


def regex_problem(pattern: str) -> tuple[str, str] | None:
    """Return what is wrong with a regular expression and what would be right, or ``None``."""
    try:
        compiled = compile_regex(pattern)
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace") if error.args else "no reason given"
        what, _, part = reason.rpartition(": ")
        place = pattern.find(part) if what else -1
        at = f" at character {place + 1} of it" if place >= 0 else ""
        remedy = next((remedy for start, remedy in _REMEDIES if reason.startswith(start)), "")
        return f"RE2 cannot run this regular expression: {reason}{at}", remedy
    if compiled.search(b"") is not None:
        return "this regular expression matches the empty text, and so any", "ask for something"
    if compiled.programsize > _MAX_SIZE:
        return "this regular expression is too large to run in fair time", "repeat less, or smaller classes"
    return None


def compile_regex(pattern: str) -> Any:
    """Compile one expression, case ignored; raises ``re2.error``."""
    return re2.compile(pattern.encode(), _options(_PATTERN_MEMORY, latin=False))


def pattern_set(patterns: Sequence[str], *, latin: bool = True) -> Any:
    """Return an RE2 set of ``patterns`` (over bytes, or case ignored over UTF-8) and, last, the end of the text.

    The last one must match. When it does not, RE2 gave up for want of memory, which it does not say; see
    :func:`matched`. Returns ``None`` when the patterns are too many for one set.
    """
    compiled = re2.Set.SearchSet(_options(_SET_MEMORY, latin=latin))
    for pattern in (*patterns, r"\z"):
        compiled.Add(pattern.encode("latin-1" if latin else "utf-8"))
    try:
        compiled.Compile()
    except re2.error:
        return None
    return compiled


def matched(patterns: Any, data: bytes, number: int) -> list[int] | None:
    """Return which of a set's ``number`` patterns match, in no order; ``None`` when they have to be tried singly."""
    found: list[int] | None = patterns.Match(data) if patterns is not None else None
    if not found or number not in found:
        return None
    found.remove(number)
    return found


def _options(memory: int, *, latin: bool) -> re2.Options:
    options = re2.Options()
    options.max_mem = memory
    options.log_errors = False
    options.never_capture = True
    if latin:
        options.encoding = re2.Options.Encoding.LATIN1
    else:
        options.case_sensitive = False
    return options


class RegexScanner:
    """The regular expressions of one view, case ignored; ``find`` wants visible text in NFC."""

    def __init__(self, terms: Iterable[tuple[int, Term]]) -> None:
        self._roles, patterns = zip(*((role, term.text) for role, term in terms), strict=True)
        self._set = pattern_set(patterns, latin=False)
        self._each = [compile_regex(pattern) for pattern in patterns]

    def find(self, data: bytes) -> Iterable[int]:
        """Return the roles of the expressions that match somewhere in ``data``."""
        found = matched(self._set, data, len(self._roles))
        if found is not None:
            return [self._roles[index] for index in found]
        return [role for role, regex in zip(self._roles, self._each, strict=True) if regex.search(data)]
