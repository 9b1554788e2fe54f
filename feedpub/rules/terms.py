"""One term of a rule: how it is written, where it looks and what it means, as a pattern over folded text.

A pattern is a regular expression over the bytes of a folded text (see :mod:`feedpub.rules.fold`), in the part
of the syntax that RE2 and ``re`` share.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from feedpub.rules.fold import MARK, fold, is_hangul

Field = Literal["title", "body", "author", "category"]
FIELDS: tuple[Field, ...] = ("title", "body", "author", "category")

_WORD = "0-9A-Za-z\\x80-\\xff"
_SPACE = "[\\t-\\r ]+"


@dataclass(frozen=True, slots=True)
class View:
    """What a term looks at: the fields, and how their text is folded."""

    fields: frozenset[Field]
    accents: bool = False
    case: bool = False
    stemming: str | None = None
    regex: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """One term; equal terms are one, wherever they stand.

    ``text`` is the term without its signs (``=``, ``*``, ``re:``); ``open_left`` and ``open_right`` tell that a
    star stands there. ``view.regex`` makes ``text`` a regular expression.
    """

    text: str
    view: View
    exact: bool = False
    open_left: bool = False
    open_right: bool = False

    @property
    def shown(self) -> str:
        """The term as it is written in a config."""
        sign = "re:" if self.view.regex else "=" if self.exact else ""
        return f"{sign}{'*' * self.open_left}{self.text}{'*' * self.open_right}"

    def folded(self) -> str:
        """The text as the view folds it."""
        return fold(self.text, accents=self.view.accents, case=self.view.case)


def pattern_of(term: Term) -> str:
    """Return the pattern of a literal term over the bytes (as Latin-1) of text folded for its view.

    The text must stand between two zero bytes, as the neighbours are part of the pattern.
    """
    words = term.folded().split()
    # The mark at an edge says that a word ends there, which a star does not ask for.
    if term.open_left:
        words[0] = words[0].removeprefix(MARK)
    if term.open_right:
        words[-1] = words[-1].removesuffix(MARK)
    literal = _SPACE.join(_literal(word, exact=term.exact) for word in words)
    left = "" if term.open_left else _left(words[0])
    right = "" if term.open_right else _neighbour(words[-1][-1])
    return f"{left}{literal}{right}"


def _literal(word: str, *, exact: bool) -> str:
    parts = []
    for part in re.findall("[\x00-\x7f]+|[^\x00-\x7f]+", word):
        if part.isascii():
            parts.append(re.escape(part) if exact else f"(?i:{re.escape(part)})")
        else:
            parts.append("".join(f"\\x{byte:02x}" for byte in part.encode()))
    return "".join(parts)


def _left(word: str) -> str:
    if word[0] == MARK:
        return _neighbour("a") if is_hangul(word[1]) else ""
    return _neighbour(word[0])


def _neighbour(edge: str) -> str:
    """The pattern of what may stand beside a term whose last character there is ``edge``."""
    if edge == MARK or is_hangul(edge):
        return ""
    return f"[^{_WORD}]" if edge.isalnum() or not edge.isascii() else f"[^{re.escape(edge)}]"
