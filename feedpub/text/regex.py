"""Regular expressions as people write them in a config: RE2, which takes linear time, over UTF-8."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import re2

# How much memory RE2 may use for the states of one automaton, which it makes on demand.
_PATTERN_MEMORY = 8 << 20
# Instructions of one pattern. At this size, the worst ones still run at a third of a megabyte a second.
_MAX_SIZE = 5000

# What RE2 cannot do, by its error messages, and what to write instead.
_REMEDIES = (
    ("invalid perl operator: (?", "RE2 has no look-around and no atomic groups; use all and none"),
    ("invalid escape sequence: \\Z", r"write \z for the end of the text"),
    ("invalid escape sequence: \\K", "RE2 does not support \\K; remove it"),
    *((f"invalid escape sequence: \\{digit}", "RE2 has no backreferences") for digit in range(1, 10)),
    ("bad repetition operator", "RE2 has no possessive operators, and repeats at most 1000 times"),
    ("invalid repetition size", "RE2 repeats at most 1000 times"),
    ("pattern too large", "use fewer repetitions"),
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
        return (
            "this regular expression matches the empty text, and so every text",
            "make it require a character",
        )
    if compiled.programsize > _MAX_SIZE:
        return (
            "this regular expression is too large to run in reasonable time",
            "use fewer repetitions, or smaller classes",
        )
    return None


def compile_regex(pattern: str) -> Any:
    """Compile one expression, ignoring case, to find matches. Raises ``re2.error``."""
    return re2.compile(pattern.encode(), options(_PATTERN_MEMORY, latin=False))


@lru_cache(maxsize=1024)
def _replacer(pattern: str) -> Any:
    chosen = options(_PATTERN_MEMORY, latin=False)
    chosen.never_capture = False
    return re2.compile(pattern.encode(), chosen)


# The parts of a replacement: groups, backslashes, and other text.
_PART = re.compile(r"\\([1-9\\])")


def replacement_problem(pattern: str, replacement: str) -> str:
    """Return a group in a replacement that the pattern does not have, or empty."""
    groups = _replacer(pattern).groups
    named = (part[0] for part in _PART.finditer(replacement) if part[1] != "\\")
    return next((name for name in named if int(name[1]) > groups), "")


def replaced(pattern: str, replacement: str, text: str) -> str | None:
    r"""Replace each match of ``pattern`` in ``text``; ``None`` if there is no match.

    In the replacement, ``\1`` to ``\9`` are groups, and ``\\`` is a backslash.
    """

    def expanded(match: Any) -> bytes:
        return _PART.sub(
            lambda part: "\\" if part[1] == "\\" else (match[int(part[1])] or b"").decode(errors="replace"),
            replacement,
        ).encode()

    changed, times = _replacer(pattern).subn(expanded, text.encode(errors="replace"))
    # RE2 can match single bytes.
    return changed.decode(errors="replace") if times else None


def options(memory: int, *, latin: bool) -> re2.Options:
    """Return options for patterns over bytes, or over UTF-8 ignoring case, with a limit for memory."""
    chosen = re2.Options()
    chosen.max_mem = memory
    chosen.log_errors = False
    chosen.never_capture = True
    if latin:
        chosen.encoding = re2.Options.Encoding.LATIN1
    else:
        chosen.case_sensitive = False
    return chosen
