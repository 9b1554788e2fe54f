"""Text → the form in which terms are compared: the same letters however they were typed.

Folding makes one of what people see as one: NFKC, case, accents, curly and straight quotes, dashes and
hyphens, white space, letters with a stroke, final sigma, what no one can see. It also decides what stands
beside what. A folded text holds three kinds of characters:

- ASCII as it was; the engines ignore the case of ASCII letters, so most text is folded by doing nothing;
- letters, digits and marks of scripts written with spaces, which ask for a boundary at a term's edge;
- everything else (Chinese, Japanese, Thai, Lao, Khmer, Myanmar; symbols) between two :data:`MARK`, so that it
  is nobody's neighbour. Equal symbols in a row share their marks: ``€`` is not found in ``€€``. A run of
  Korean has a mark in front: what stands before it ends there, as particles attach to any word, while a
  Korean term itself still asks for a boundary before the mark.

Nothing here knows of terms or rules.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

MARK = "\x1f"

_APOSTROPHES = (
    "\u2018\u2019\u201a\u201b\u2032\u2035\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\uff07\u2039\u203a\u055a\ua78c"
)
_QUOTES = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u2036\u301d\u301e\u301f\uff02\u05f4"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\u058a\u05be\u2e3a\u2e3b\ufe58\ufe63\uff0d\u30a0"

# Before NFKC, which would make letters of signs (™ → TM) and a space and an accent of a lone accent (´).
_BEFORE = (
    dict.fromkeys(map(ord, _APOSTROPHES), "'")
    | dict.fromkeys(map(ord, _QUOTES), '"')
    | dict.fromkeys(map(ord, _HYPHENS), "-")
    | {0x2122: "\ue001", 0x2120: "\ue002", 0x0640: None, 0x0130: "I", 0x0085: " "}
)

# Letters that Unicode does not take apart although people do: strokes, hooks and ligatures.
_LETTERS = str.maketrans({
    "Ł": "L", "ł": "l", "Ø": "O", "ø": "o", "Đ": "D", "đ": "d", "Ð": "D", "ð": "d", "Ħ": "H", "ħ": "h",
    "Ŧ": "T", "ŧ": "t", "Ƀ": "B", "ƀ": "b", "Ɨ": "I", "ɨ": "i", "Ǥ": "G", "ǥ": "g", "Ƶ": "Z", "ƶ": "z",
    "ı": "i", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "ẞ": "SS", "ß": "ss", "Þ": "Th", "þ": "th",
})  # fmt: skip

# Marks that are accents: of Latin, Greek and Cyrillic, the points of Hebrew, Arabic and Syriac. The vowel
# signs of Indic and South-East Asian scripts and the kana voice marks are letters and stay.
_ACCENT = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u20d0-\u20ff\ufe20-\ufe2f]+"
)
# й and ў are letters of their own which nobody writes without the breve.
_WHOLE = re.compile("(?<=[ИиУу])\u0306")
_WHOLE_KEPT = "\ue000"

_HANGUL = "\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb"
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035"
    "\u3038-\u303b\u3041-\u30ff\u3100-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9fe\uaa60-\uaa7f"
    "\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_HANGUL_RUN = re.compile(f"[{_HANGUL}]+")
_UNSPACED_CHAR = re.compile(f"[{_UNSPACED}]")
_OUTSIDE = re.compile("[^\x00-\x7f]+")


def fold(text: str, *, accents: bool = False, case: bool = False) -> str:
    """Return the folded ``text``; with ``accents`` or ``case``, those differences stay.

    ASCII letters keep their case in every fold. The fold of a text is the fold of its parts wherever they are
    cut beside an ASCII character that no combining mark follows, so nothing that ASCII does needs a look.
    """
    if text.isascii():
        return text
    if accents:
        text = unicodedata.normalize("NFC", text)
        return _OUTSIDE.sub(_with_accents_and_case if case else _with_accents, text)
    return _OUTSIDE.sub(_with_case if case else _plain, text)


def is_hangul(char: str) -> bool:
    """Tell whether ``char`` is written in the Korean alphabet."""
    return _HANGUL_RUN.match(char) is not None


@lru_cache(1 << 16)
def _fold_run(run: str, accents: bool, case: bool) -> str:
    """Fold a run of characters outside ASCII."""
    run = unicodedata.normalize("NFKC", run.translate(_BEFORE))
    if not accents:
        run = _WHOLE.sub(_WHOLE_KEPT, unicodedata.normalize("NFD", run))
        run = _ACCENT.sub("", run).replace(_WHOLE_KEPT, "\u0306").translate(_LETTERS)
    if not case:
        run = "".join(c if c.isascii() else c.casefold() for c in run)
    run = unicodedata.normalize("NFC", run)
    parts = []
    before = ""
    for char in run:
        kind = "L" if char.isascii() else unicodedata.category(char)
        if kind == "Cf" or "\ufe00" <= char <= "\ufe0f":
            continue
        if kind[0] == "Z":
            parts.append(" ")
        elif kind[0] in "LNM" and not _UNSPACED_CHAR.match(char):
            parts.append(char)
        elif char == before and kind[0] not in "LNM":
            parts[-1] = f"{parts[-1][:-1]}{char}{MARK}"
        else:
            parts.append(f"{MARK}{char}{MARK}")
        before = char
    return _HANGUL_RUN.sub(lambda match: MARK + match[0], "".join(parts))


def _plain(match: re.Match[str]) -> str:
    return _fold_run(match[0], False, False)


def _with_case(match: re.Match[str]) -> str:
    return _fold_run(match[0], False, True)


def _with_accents(match: re.Match[str]) -> str:
    return _fold_run(match[0], True, False)


def _with_accents_and_case(match: re.Match[str]) -> str:
    return _fold_run(match[0], True, True)
