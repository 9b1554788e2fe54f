"""Text → the form in which terms are compared: the same bytes, however people typed the same letters.

Folding unifies what readers see as the same: NFKC, case, accents, curly and straight quotes, dashes and
hyphens, letters with a stroke, final sigma, invisible characters. It also decides where words end. A
folded text is UTF-8 with three kinds of characters:

- ASCII unchanged, with capitals: the engines ignore the case of ASCII letters, so folding most text costs
  no more than looking at it;
- letters, digits and marks of scripts written with spaces, which need a boundary at a term's edge;
- everything else (Chinese, Japanese, Thai, Lao, Khmer, Myanmar; symbols) between two :data:`MARK`, so that it is
  not a neighbour of anything. Equal symbols in a row share their marks (``€`` is not found in ``€€``), except emoji. A
  flag is one symbol, and so is each superscript digit. A run of Korean has one mark before it: the word
  before it ends there, as particles attach to any word, while a Korean term itself still needs a boundary
  before the mark.

Stemming reduces each word to its stem, so that a term matches its inflections; it is only used if a rule says so.
Differences that folding ignores do not matter for stems either.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache

MARK = "\x1f"
# Marks a fold that depends on more than one character.
_TOGETHER = MARK * 3

_APOSTROPHES = (
    "\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u055a\u05f3\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a"
    "\ua78c\uff07\uff40"
)
_QUOTES = "\u00ab\u00bb\u05f4\u201c\u201d\u201e\u201f\u2033\u2036\u301d\u301e\u301f\uff02"
_HYPHENS = "\u058a\u05be\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d"
# Before NFKC, which would turn a lone acute into a space and an accent. The rest: the lengthening stroke of
# Arabic and its decimal and thousands signs, the Turkish dotted I, whose casefold is two characters, the old
# Afrikaans n with an apostrophe, and NEL, a line break.
_SIGNS = (
    dict.fromkeys(map(ord, _APOSTROPHES), "'")
    | dict.fromkeys(map(ord, _QUOTES), '"')
    | dict.fromkeys(map(ord, _HYPHENS), "-")
    | {0x0640: None, 0x066B: ".", 0x066C: ",", 0x0130: "I", 0x0149: "'n", 0x0085: " "}
)
_SIGN = re.compile(f"[{''.join(map(chr, _SIGNS))}]")
_SUPERSCRIPTS = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079"
_RAISED = str.maketrans("0123456789", _SUPERSCRIPTS)
_LOWERED = str.maketrans(_SUPERSCRIPTS, "0123456789")
# NFKC turns these into letters and digits: Acme™ would end in "tm", a footnote would be part of the word before
# it, and 1½ would be 11 and a half.
_NUMBER_SIGNS = f"{_SUPERSCRIPTS}\u00bc-\u00be\u2150-\u215f\u2189\u2460-\u2473\u24ea-\u24ff\u2776-\u2793"
_LETTER_SIGN = re.compile(f"([\u2120\u2122{_NUMBER_SIGNS}])")
# Digits of any script; those between MARKs, too.
_DIGIT = re.compile(r"\d")
# Letters that Persian and Arabic keyboards distinguish but readers do not.
_KEYBOARDS = {0x06CC: "\u064a", 0x06A9: "\u0643"}

# Letters that Unicode does not decompose although people do: strokes and ligatures.
_LETTERS = str.maketrans(
    dict(zip("ŁłØøĐđÐðĦħŦŧɃƀƗɨǤǥƵƶ\u0131", "LlOoDdDdHhTtBbIiGgZzi", strict=True))
    | {"Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "ẞ": "SS", "ß": "ss", "Þ": "Th", "þ": "th"}
    # Alef maksura, ta marbuta, alef wasla; the heh of Urdu.
    | {"\u0649": "\u064a", "\u0629": "\u0647", "\u0671": "\u0627", "\u06c1": "\u0647"}
)
# Marks that are accents: in Latin, Greek and Cyrillic, and the points of Hebrew, Arabic and Syriac. The vowel
# signs of Indic and South-East Asian scripts and the voice marks of kana are part of the letter.
_ACCENT = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff"
    "\ufe20-\ufe2f]+"
)
# All except the short i and u of Cyrillic, whose breve nobody omits.
_ACCENTED = re.compile("[^\u0419\u0439\u040e\u045e]+")

_HANGUL_RUN = re.compile("[\u1100-\u11ff\u3131-\u318e\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb]+")
_SYLLABLES = re.compile("[\uac00-\ud7a3]+")
_UNSPACED_RUN = re.compile(
    "[\u0e01-\u0e3a\u0e40-\u0e4e\u0e50-\u0e59\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff"
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u302f\u3031-\u3035"
    "\u3038-\u303c\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua9e0-\ua9fe\uaa60-\uaa7f\uf900-\ufaff\U0001aff0-\U0001b16f\U00020000-\U0003ffff]+"
)
_EAST_ASIAN = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3038-\u303c\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f"
    "\U0001aff0-\U0001b16f\U00020000-\U0003ffff"
)
_FLAG_OR_CHAR = re.compile("[\U0001f1e6-\U0001f1ff]{2}|.", re.DOTALL)
_OUTSIDE = re.compile("[^\x00-\x7f]+")
# Python's \w knows letters and numbers; marks are looked up.
_OTHERS = re.compile("[^\\w\x00-\x7f]+")

# Characters that fold independently of their neighbours in NFC: Latin, Greek, Cyrillic, Armenian,
# Hebrew, Arabic, Georgian, common signs, full-width letters; but not marks, which may compose with the fold of a
# neighbour, and not symbols, which share their marks with equal ones.
_ALONE = (
    *((0x80, 0x530), (0x561, 0x587), (0x5D0, 0x5EB), (0x620, 0x64B), (0x10D0, 0x10FB), (0x1E00, 0x2060)),
    (0xFF01, 0xFF5F),
)
# The same for scripts whose characters, even marks, are between MARKs anyway: Thai, Lao, kana, ideographs.
_ALONE_BETWEEN_MARKS = (
    *((0xE01, 0xE3B), (0xE40, 0xE4F), (0xE81, 0xEBE), (0xEC0, 0xECE)),
    *((0x3041, 0x3097), (0x30A1, 0x30FB), (0x3400, 0x4DC0), (0x4E00, 0xA000)),
)
# The blocks of marks that compose with the letter before them, which may be ASCII, with their other characters.
_MAY_COMPOSE = re.compile(
    "[\u0300-\u036f\u0590-\u1cff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ua600-\uabff\ufb1d-\ufb4f"
    "\ufe20-\ufe2f\U00010000-\U0001ffff]"
)
# Up to this many bytes per character, replacing the few non-ASCII ones is cheaper than looking up all words.
_SPARSE = 1.08
# Longer strings are not words: a sentence of Thai does not occur twice.
_SHORT = 24
_MOST = 1 << 17
_ASCII = bytes(range(0x80))


def fold(text: str, *, accents: bool = False, case: bool = False) -> bytes:
    """Return the folded ``text``; with ``accents`` or ``case``, those differences stay (case of ASCII always does).

    All normal forms fold to the same bytes. There are no errors: an invalid character, such as a lone surrogate,
    is a symbol.
    """
    if text.isascii():
        return text.encode()
    mode = _mode(accents, case)
    data = text.encode("utf-8", "surrogatepass")
    if len(data) < _SPARSE * len(text):
        others = data.translate(None, _ASCII).decode("utf-8", "surrogatepass")
        if not _MAY_COMPOSE.search(others) and unicodedata.is_normalized("NFC", others):
            return mode.fold_here_and_there(text, set(others))
    # A space separates words, and no mark composes with it.
    return " ".join(map(mode.words.__getitem__, text.split(" "))).encode("utf-8", "surrogatepass")


def is_hangul(char: str) -> bool:
    """Say whether ``char`` is Korean."""
    return _HANGUL_RUN.match(char) is not None


def _fold_run(run: str, *, accents: bool, case: bool) -> str:
    """Return the fold of a run of characters outside ASCII, in NFC."""
    if _SYLLABLES.fullmatch(run):
        return MARK + run
    if _LETTER_SIGN.search(run):
        parts = _LETTER_SIGN.split(run)
        parts[::2] = [_fold_run(part, accents=accents, case=case) for part in parts[::2]]
        parts[1::2] = [f"{MARK}{sign}{MARK}" for sign in parts[1::2]]
        return "".join(parts)
    if _SIGN.search(run):
        run = run.translate(_SIGNS)
    run = unicodedata.normalize("NFKC", run).translate(_KEYBOARDS)
    run = _DIGIT.sub(lambda match: str(unicodedata.digit(match[0])), run)
    if not accents:
        run = _ACCENTED.sub(_without_accents, run).translate(_LETTERS)
    if not case:
        run = _OUTSIDE.sub(lambda match: match[0].casefold(), run)
    run = _OTHERS.sub(_set_apart, unicodedata.normalize("NFC", run))
    run = _UNSPACED_RUN.sub(_each_between_marks, run)
    return _HANGUL_RUN.sub(_behind_a_mark, run)


def _each_between_marks(match: re.Match[str]) -> str:
    return f"{MARK}{(MARK + MARK).join(match[0])}{MARK}"


def _behind_a_mark(match: re.Match[str]) -> str:
    return MARK + match[0]


def _without_accents(match: re.Match[str]) -> str:
    return _ACCENT.sub("", unicodedata.normalize("NFD", match[0]))


def _set_apart(match: re.Match[str]) -> str:
    """Put symbols between marks, and drop invisible characters."""
    seen = (
        char for char in match[0] if unicodedata.category(char) != "Cf" and not "\ufe00" <= char <= "\ufe0f"
    )
    parts: list[str] = []
    before = ""
    for char in _FLAG_OR_CHAR.findall("".join(seen)):
        kind = unicodedata.category(char[0])
        if kind[0] == "M":
            parts.append(char)
        elif kind[0] == "Z":
            parts.append(" ")
        elif char == before and kind != "So":
            parts[-1] = f"{parts[-1][:-1]}{char}{MARK}"
        else:
            parts.append(f"{MARK}{char}{MARK}")
        before = char
    return "".join(parts)


# The end of a paragraph: a blank line.
_PARAGRAPH = re.compile("\u2029|(?:\r\n|\n|\r(?!\n))(?=[^\\S\r\n]*[\r\n])")
# CSS also drops these breaks (CSS Text 3, §4.1.3).
_BREAK_IN_WORD = re.compile(
    f"(?<=[{_EAST_ASIAN}\u3099\u309a\ufe00-\ufe0f])[ \t]*\r?\n[ \t]*(?=[{_EAST_ASIAN}])"
)
_HARDLY_SEEN = "\u00ad\u0300-\u036f\u200b-\u200f\u2060-\u2064\ufeff"
_LETTER = f"[^\\W\\d_{_NUMBER_SIGNS}]"
_FORMULA = re.compile(
    f"(?<!{_LETTER})(?<![{_HARDLY_SEEN}])(?:{_LETTER}[{_HARDLY_SEEN}]*){{1,2}}[{_SUPERSCRIPTS}]+"
)
_FIRST_EAST_ASIAN = "\u2e80"


def settled(text: str) -> str:
    """Prepare a whole text for folding word by word, without changing its length.

    The end of a paragraph becomes a zero character, which terms cannot contain; a line break between Chinese or
    Japanese characters becomes invisible; superscript digits after one or two letters (``CO²``) become plain. After
    a longer word they are a footnote.
    """
    if "\n" in text or "\r" in text or "\u2029" in text:
        text = _PARAGRAPH.sub(lambda match: "\0" * len(match[0]), text)
        lines = text.split("\n")
        if any(line.lstrip(" \t")[:1] >= _FIRST_EAST_ASIAN for line in lines):
            text = _BREAK_IN_WORD.sub(lambda match: "\u200b" * len(match[0]), text)
    if not text.isascii() and any(digit in text for digit in _SUPERSCRIPTS):
        text = _FORMULA.sub(lambda match: match[0].translate(_LOWERED), text)
    return text


def raised(digits: str) -> str:
    """Return digits as superscripts."""
    return digits.translate(_RAISED)


class _Mode:
    """One way to fold, with its memory of characters and words."""

    def __init__(self, *, accents: bool, case: bool) -> None:
        self._fold: Callable[[str], str] = lambda run: _fold_run(run, accents=accents, case=case)
        self.alone = _Remembered(self._fold_alone)
        self.words = _Remembered(self._fold_word)
        self._handler = f"feedpub.fold-{accents}-{case}"
        codecs.register_error(self._handler, self._handle)

    def fold_here_and_there(self, text: str, chars: Iterable[str]) -> bytes:
        """Return the fold of a text in NFC; only ``chars`` in it are not ASCII."""
        together = False
        for char in chars:
            folded = self.alone[char]
            if MARK in folded:
                together = True
            elif folded != char:
                text = text.replace(char, folded)
        return text.encode("ascii", self._handler) if together else text.encode("utf-8", "surrogatepass")

    def _handle(self, error: UnicodeError) -> tuple[bytes, int]:
        """Fold with an encoder to ASCII, which finds runs faster than ``re``."""
        assert isinstance(error, UnicodeEncodeError)
        run = self.words[error.object[error.start : error.end]]
        return run.encode("utf-8", "surrogatepass"), error.end

    def _fold_word(self, word: str) -> str:
        word = unicodedata.normalize("NFC", word)
        folded = "".join(map(self.alone.__getitem__, word))
        return folded if _TOGETHER not in folded else _OUTSIDE.sub(lambda run: self._fold(run[0]), word)

    def _fold_alone(self, char: str) -> str:
        """Return the fold of one character, or a sign that it depends on its neighbours."""
        if char.isascii():
            return char
        if _within(char, _ALONE_BETWEEN_MARKS):
            return self._fold(char)
        if not _within(char, _ALONE) or unicodedata.category(char)[0] == "M":
            return _TOGETHER
        folded = self._fold(char)
        return _TOGETHER if MARK in folded else folded


class _Remembered(dict[str, str]):
    """A cached function of short texts."""

    def __init__(self, function: Callable[[str], str]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, text: str) -> str:
        result = self._function(text)
        if len(text) <= _SHORT:
            if len(self) >= _MOST:
                self.clear()
            self[text] = result
        return result


def _within(char: str, ranges: Iterable[tuple[int, int]]) -> bool:
    return any(first <= ord(char) < last for first, last in ranges)


@cache
def _mode(accents: bool, case: bool) -> _Mode:
    return _Mode(accents=accents, case=case)


# The languages of Snowball (https://snowballstem.org/algorithms/) by their ISO 639-1 codes.
LANGUAGES = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali",
    "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip

# With characters that belong to a letter: marks, and invisible ones.
_WITHIN_WORD = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u0640\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f"
    "\u0951-\u0957\u0962\u0963\u0b82\u0bbe-\u0bcd\u0bd7\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
)
_NO_LETTER = f"\\W\\d_{_APOSTROPHES}\u0149{_NUMBER_SIGNS}"
WORD = re.compile(f"[^{_NO_LETTER}](?:[^{_NO_LETTER}]|[{_WITHIN_WORD}])*")


def stemmed(text: str, language: str, *, accents: bool = False) -> str:
    """Return the text with each word in lower case and reduced to its stem; with ``accents``, stress marks stay."""
    stem = _stemmer(language)
    return WORD.sub(lambda word: stem(word[0], accents), text)


@cache
def _stemmer(language: str) -> Callable[[str, bool], str]:
    import snowballstemmer  # noqa: PLC0415 - few rules need it, and it loads all languages

    stemmer = snowballstemmer.stemmer(LANGUAGES[language])

    @lru_cache(1 << 16)
    def stem(word: str, accents: bool) -> str:
        return str(stemmer.stemWord(_as_spelled(word, accents=accents)))

    return stem


def _as_spelled(word: str, *, accents: bool) -> str:
    """Return a word in the form for stemmers: lower case, composed, without differences that do not matter."""
    if not word.isascii():
        # The dotted I is two characters in lower case, and the lengthening stroke is not a letter.
        word = unicodedata.normalize("NFKC", word).replace("\u0130", "i").replace("\u0640", "")
        word = "".join(char for char in word if unicodedata.category(char) != "Cf")
        if not accents:
            # Accents that remain in NFC are not part of the spelling: stress marks, points.
            word = _ACCENT.sub("", word)
    return word.lower()
