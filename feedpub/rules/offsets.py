"""Where in a text a place of its folded form stands.

The slow way to fold, for explaining: in clusters, each of which knows where it came from.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from feedpub.rules.terms import View
from feedpub.text.folding import MARK, WORD

_MARK = MARK.encode()


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made comparable, and for each of its bytes the span of the original that it stands for."""

    data: bytes
    spans: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the characters of the original that the bytes from ``start`` to ``end`` stand for."""
        # Marks at the edges of a hit belong to no character of it.
        while start < end - 1 and self.data[start : start + 1] == _MARK:
            start += 1
        while end - 1 > start and self.data[end - 1 : end] == _MARK:
            end -= 1
        return self.spans[start][0], self.spans[end - 1][1]


def folded(text: str, view: View) -> Folded:
    """Return the text as ``view`` folds it, between two zero bytes, with the way back."""
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
    """Return the text in NFC, as regular expressions see it, with the way back; no zero bytes around it."""
    cuts = [place for place, char in enumerate(text) if place == 0 or not _joins(char)]
    data = bytearray()
    spans: list[tuple[int, int]] = []
    for start, end in pairwise((*cuts, len(text))):
        part = unicodedata.normalize("NFC", text[start:end]).encode("utf-8", "replace")
        data += part
        spans += [(start, end)] * len(part)
    return Folded(bytes(data), tuple(spans))


def _pieces(text: str, view: View) -> list[tuple[int, int]]:
    """Cut the text where cutting does not change the fold: before ASCII, when no mark follows it."""
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
    """Return the span of each byte of a piece's fold: its cluster's, or the piece's where that cannot be told."""
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
    """Tell whether a character can change the fold of the one before it."""
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
