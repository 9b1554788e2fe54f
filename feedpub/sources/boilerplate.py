"""Headings of blocks that are not articles, and tails of other articles' headlines in a body.

Both are declared by the source (``boilerplate:`` and ``related_links:``); this module knows no headings of its own.
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

# How many characters beside a marker are looked at; a body may be megabytes of markers.
_NEAR = 120


def fold_heading(line: str) -> str:
    """Return ``line`` in the form in which headings are compared: trimmed, without case, with plain quotes and dots."""
    return " ".join(line.translate(_FOLD).casefold().split())


def without_tail(body: str, markers: tuple[str, ...], headings: frozenset[str]) -> str:
    """Return ``body`` up to the first tail of other articles' headlines that a marker or a heading begins."""
    starts = [
        start for start in (tail_start(body, markers), _block_start(body, headings)) if start is not None
    ]
    return body[: min(starts)].rstrip() if starts else body


def _block_start(body: str, headings: frozenset[str]) -> int | None:
    """Return where the first heading begins that is followed by headlines only, or ``None``."""
    longest, start = longest_line(headings), 0
    found: list[tuple[int, int]] = []
    for line in body.split("\n") if headings else ():
        end = start + len(line)
        if len(line) <= longest and fold_heading(line) in headings:
            found.append((start, end))
        start = end + 1
    running = _last_running_line(body) if found else (0, 0)
    return next((start for start, end in found if _is_headlines(body, end, running)), None)


@lru_cache(maxsize=64)
def longest_line(headings: frozenset[str]) -> int:
    """Return the greatest length of a line that can be one of ``headings``, so that longer ones need not be folded.

    A line can only be longer than the heading by white space, so there is some margin.
    """
    return max(map(len, headings)) + 16 if headings else 0


def tail_start(body: str, markers: tuple[str, ...]) -> int | None:
    """Return where a tail of related links begins in ``body``, or ``None``.

    A tail begins at the first marker that is at a sentence boundary and before a headline, and goes to the end of
    the body. It contains headlines only: if one of its lines ends like a sentence, the text goes on after that
    marker, and the next marker is tried.
    """
    for first_word in _first_words(markers):
        if first_word in body:
            break
    else:
        return None
    running = _last_running_line(body)
    for match in _pattern(markers).finditer(body):
        if _at_boundary(body, match.start()) and _is_headlines(body, match.end(), running):
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


def _at_boundary(body: str, at: int) -> bool:
    before = body[max(0, at - _NEAR) : at]
    text = before.rstrip()
    gap = before[len(text) :]
    return not text or "\n" in gap or (gap != "" and text.rstrip(_CLOSERS).endswith(_STOPS))


def _is_headlines(body: str, at: int, running: tuple[int, int]) -> bool:
    """Say whether ``body`` goes on with a headline at ``at`` and has no ``running`` text from there on."""
    start = body[at : at + _NEAR].lstrip(": \t\n\u00a0").lstrip(_OPENERS)[:1]
    if start.islower() or (start and not start.isalnum()):
        return False
    first, end = running
    return at >= first and not _ends_sentence(body[max(at, end - _NEAR) : end])


def _last_running_line(body: str) -> tuple[int, int]:
    """Return where the last line begins and ends that ends like a sentence; ``(0, 0)`` if there is none.

    It is found once for all markers of a body, so a body of nothing but markers takes linear time.
    """
    end = len(body)
    while end > 0:
        first = body.rfind("\n", 0, end) + 1
        last = first + len(body[first:end].rstrip())
        if _ends_sentence(body[max(first, last - _NEAR) : last]):
            return first, last
        end = first - 1
    return 0, 0


def _ends_sentence(line: str) -> bool:
    found = _SENTENCE_END.search(line)
    return found is not None and found[1].islower()
