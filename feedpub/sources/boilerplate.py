"""Headings of blocks that are no articles, and tails of other articles' headlines in a body.

Both are declared by the source (``boilerplate:`` and ``related_links:``); nothing is known here by itself.
"""

from __future__ import annotations

import re
from functools import lru_cache

_FOLD = str.maketrans({"‘": "'", "’": "'", "‚": "'", "`": "'", "“": '"', "”": '"', "„": '"', "…": "..."})
_STOPS = (".", "?", "!", "…", "。", "？", "！")
_CLOSERS = "\"'’”»)]"
_OPENERS = "\"'‘“„«(["
# A full stop after a word that begins in lower case ends a sentence; after U.S., Inc. or Jr. it may not.
_SENTENCE_END = re.compile(r"(?<![^\W_])(\w)[\w'’-]*\.[\"'’”»)\]]*\Z")


def fold_heading(line: str) -> str:
    """Return ``line`` as headings are compared: trimmed, without case, with plain quotes and dots."""
    return " ".join(line.translate(_FOLD).casefold().split())


def tail_start(body: str, markers: tuple[str, ...]) -> int | None:
    """Return where a tail of related links begins in ``body``, or nothing.

    A tail begins at the first marker that stands at a sentence boundary, before a headline's beginning, and
    goes to the end of the body. It holds headlines only: where a line of it ends as a sentence does, running
    text goes on after that marker, and the next marker is tried.
    """
    for first_word in _first_words(markers):
        if first_word in body:
            break
    else:
        return None
    for match in _pattern(markers).finditer(body):
        if _at_boundary(body[: match.start()]) and _is_headlines(body[match.end() :]):
            return match.start()
    return None


@lru_cache(maxsize=64)
def _first_words(markers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple({marker.split(None, 1)[0] for marker in markers})


@lru_cache(maxsize=64)
def _pattern(markers: tuple[str, ...]) -> re.Pattern[str]:
    # Longest first: "Read More From Us" is one marker even where "Read More" is another.
    ordered = sorted(markers, key=lambda marker: (-len(marker), marker))
    words = "|".join(r"\s+".join(map(re.escape, marker.split())) for marker in ordered)
    return re.compile(rf"(?:{words})(?!\w)")


def _at_boundary(before: str) -> bool:
    text = before.rstrip()
    gap = before[len(text) :]
    return not text or "\n" in gap or (gap != "" and text.rstrip(_CLOSERS).endswith(_STOPS))


def _is_headlines(after: str) -> bool:
    start = after.lstrip(": \t\n\u00a0").lstrip(_OPENERS)[:1]
    if start.islower() or (start and not start.isalnum()):
        return False
    ends = (_SENTENCE_END.search(line.rstrip()[-80:]) for line in after.split("\n"))
    return not any(end and end[1].islower() for end in ends)
