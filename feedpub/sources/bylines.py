"""Lines that say who wrote a text: ``By Jane Doe``, ``Von Max Muster``, or a name alone."""

from __future__ import annotations

import re

_BY = re.compile(r"\s*(?:by|von|par|por|door|di)(?::\s*|\s+)(?=\S)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][\w.'’-]*\Z")
_SMALL = frozenset("and und et y e en & de del der den van von la le bin al".split())  # noqa: SIM905
_LONGEST, _MOST_WORDS = 60, 8


def without_by(line: str) -> str:
    """Return a byline without the word before the name."""
    begun = _BY.match(line)
    # It may be part of a name: Von Miller.
    if begun and (begun[0].strip(" :").casefold() == "by" or _is_name(line[begun.end() :], 2)):
        return line[begun.end() :].strip()
    return line


def is_byline(line: str, *, alone: bool = False) -> bool:
    """Say whether a line is only a byline; with ``alone``, a name is enough."""
    begun = _BY.match(line)
    return _is_name(line[begun.end() :], 1) if begun else alone and _is_name(line, 2)


def _is_name(text: str, least: int) -> bool:
    """Say whether a text is one or more names, with at least ``least`` words."""
    words = re.sub("[,|/]", " ", text).split()
    large = [word for word in words if word.casefold() not in _SMALL]
    is_short = len(text) <= _LONGEST and least <= len(large) <= _MOST_WORDS
    return is_short and all(word[0].isupper() and _WORD.match(word) for word in large)
