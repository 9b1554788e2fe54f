"""One term of a rule: its text, which texts of an article it looks at, and its pattern for folded text.

A pattern is a regular expression for the bytes of a text from :func:`feedpub.text.folding.fold`, in the syntax
that RE2 and ``re`` share.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from feedpub.articles.article import Article
from feedpub.rules.fields import FIELDS, WHOLE, WORD_FIELDS, Field, Grammar, texts
from feedpub.text.folding import MARK, fold, is_hangul, settled, stemmed

# A letter, digit or mark of a script written with spaces, as bytes.
WORD = "0-9A-Za-z\\x80-\\xff"
_SPACE = "[\\t-\\r ]+"
# What may be beside a digit: a number is whole, so no full stop or comma before a digit. But the parts
# of a date (1.5.2024) are separate numbers.
NUMBER = "number"
_BEFORE_NUMBER = f"(?:[^{WORD}.,]|[^0-9][.,]|[0-9]\\.[0-9]{{1,2}}\\.)"
_AFTER_NUMBER = f"(?:[^{WORD}.,]|[.,][^0-9]|\\.[0-9]{{1,2}}\\.[0-9])"
_BEHIND_NUMBER = f"(?<![{WORD}])(?:(?<![0-9][.,])|(?<=[0-9]\\.[0-9]\\.)|(?<=[0-9]\\.[0-9][0-9]\\.))"
_AHEAD_OF_NUMBER = f"(?![{WORD}])(?:(?![.,][0-9])|(?=\\.[0-9]{{1,2}}\\.[0-9]))"
# Signs that people repeat for effect, or that end a sentence after a name that ends in one.
_REPEATED = ".!?"
# Blanks that look like a plain space.
_BLANKS = dict.fromkeys((0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " ")


class View(NamedTuple):
    """What a term looks at: the fields, and how their text is folded.

    ``accents`` and ``case`` say that they matter; ``stemming`` is a language (``en``) or empty; ``regex`` means
    the visible text in NFC, with plain spaces. Terms of a ``whole`` view are whole values.
    """

    fields: frozenset[Field]
    accents: bool = False
    case: bool = False
    stemming: str = ""
    regex: bool = False
    whole: bool = False

    @property
    def grammar(self) -> Grammar | None:
        """The grammar of terms that are values of a field; ``None`` for words and regular expressions."""
        if self.whole:
            return WHOLE
        return FIELDS[next(iter(self.fields))].grammar if len(self.fields) == 1 and not self.regex else None

    @property
    def literal(self) -> bool:
        """Whether terms are words in folded text."""
        return not self.regex and self.grammar is None

    def prepare(self, text: str) -> bytes:
        """Return a visible text as terms of this view see it."""
        if self.regex:
            return as_regex_sees(text).encode("utf-8", "replace")
        text = settled(text)
        if self.stemming:
            text = stemmed(text, self.stemming, accents=self.accents)
        return fold(text, accents=self.accents, case=self.case)


def as_regex_sees(text: str) -> str:
    """Return a text or an expression composed and with plain spaces, because white space of RE2 is ASCII."""
    return unicodedata.normalize("NFC", text).translate(_BLANKS)


class Term(NamedTuple):
    """One term. Equal terms are one, wherever they are in the rules.

    ``text`` is the text without the signs ``=`` (``exact``), ``*`` (``open_left``, ``open_right``)
    and ``re:`` (``view.regex``); ``words`` are its folded words, between which any white space may be. A regular
    expression, and a value of a field with a grammar, have none.
    """

    text: str
    view: View
    exact: bool = False
    open_left: bool = False
    open_right: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The folded words."""
        view, text = self.view, self.text
        if not view.literal:
            return ()
        if not view.stemming and text.isascii() and text.isprintable():
            # Most terms: folding does not change ASCII.
            return tuple(text.split())
        return _folded_words(self)

    @property
    def fold(self) -> tuple[object, ...]:
        """What two terms share that match in the same places, however they are spelled."""
        if not self.view.literal:
            return self.view, self.text
        words = self.words if self.exact else tuple(word.lower() for word in self.words)
        return self.view, words, self.exact, self.open_left, self.open_right

    def __str__(self) -> str:
        """The term as written in a config, without its field."""
        sign = "re:" if self.view.regex else "=" if self.exact else ""
        left = "*" if self.open_left else ""
        right = "*" if self.open_right else ""
        return f"{sign}{left}{self.text}{right}"

    @property
    def shown(self) -> str:
        """The term with its field, if it looks at only one."""
        return f"{next(iter(self.view.fields))}: {self}" if len(self.view.fields) == 1 else str(self)


@lru_cache(1 << 14)
def _folded_words(term: Term) -> tuple[str, ...]:
    # Not split(), which would cut at the marks, too.
    text = term.view.prepare(term.text).decode("utf-8", "surrogatepass").strip(" \t\n\v\f\r")
    words = re.split(_SPACE, text)
    # The mark at an edge means that a word ends there, which a star does not require.
    if term.open_left:
        words[0] = words[0].removeprefix(MARK)
    if term.open_right:
        words[-1] = words[-1].removesuffix(MARK)
    return tuple(word for word in words if word)


class Pattern(NamedTuple):
    """A literal term in parts: its folded words, and what must not be beside it.

    A side is a class of characters (such as ``WORD``), ``NUMBER``, or empty if anything is allowed.
    """

    text: str
    left: str
    right: str
    words: tuple[str, ...]
    exact: bool

    @property
    def middle(self) -> str:
        """The words, as a pattern."""
        return _SPACE.join(_literal(word, exact=self.exact) for word in self.words)

    def consuming(self) -> str:
        """The pattern with its neighbours, for texts that are surrounded by other characters."""
        return f"{_beside(self.left, _BEFORE_NUMBER)}{self.middle}{_beside(self.right, _AFTER_NUMBER)}"

    def looking(self) -> str:
        """The pattern of the term with look-around for its neighbours; for ``re``."""
        left = _BEHIND_NUMBER if self.left == NUMBER else f"(?<![{self.left}])" if self.left else ""
        right = _AHEAD_OF_NUMBER if self.right == NUMBER else f"(?![{self.right}])" if self.right else ""
        return f"{left}{self.middle}{right}"

    def in_ascii(self) -> str:
        r"""The pattern for ASCII without underscores, where ``\b`` says what ``consuming`` says, but faster."""
        left = r"\b" if self.left == WORD else _beside(self.left, _BEFORE_NUMBER)
        right = r"\b" if self.right == WORD else _beside(self.right, _AFTER_NUMBER)
        return f"{left}{self.middle}{right}"


def _beside(neighbours: str, number: str) -> str:
    return number if neighbours == NUMBER else f"[^{neighbours}]" if neighbours else ""


def pattern_of(term: Term) -> Pattern:
    """Return the pattern of a literal term. Raises ``ValueError`` if nothing is left of its words."""
    words = term.words
    if not words:
        raise ValueError(f"nothing is left of {term} when it is folded")
    left = "" if term.open_left else _left(words[0])
    right = "" if term.open_right or words[-1][-1] in _REPEATED else _neighbours(words[-1][-1])
    return Pattern(" ".join(words), left, right, words, term.exact)


def _literal(word: str, *, exact: bool) -> str:
    parts = []
    for part in re.findall("[\\x00-\\x7f]+|[^\\x00-\\x7f]+", word):
        if part.isascii():
            parts.append(re.escape(part) if exact else f"(?i:{re.escape(part)})")
        else:
            parts.append("".join(f"\\x{byte:02x}" for byte in part.encode("utf-8", "surrogatepass")))
    return "".join(parts)


def _left(word: str) -> str:
    if word[0] == MARK:
        return WORD if is_hangul(word[1]) else ""
    return _neighbours(word[0])


def _neighbours(edge: str) -> str:
    """Return the class of characters that must not be beside a term with this ``edge``."""
    if edge.isascii() and edge.isalnum():
        return NUMBER if edge.isdigit() else WORD
    if edge == MARK or is_hangul(edge):
        return ""
    return WORD if edge.isalnum() or not edge.isascii() else re.escape(edge)


# The default fields of rules, which have to be fast.
_TITLE_AND_BODY: frozenset[Field] = frozenset(("title", "body"))


def joined(article: Article, fields: frozenset[Field]) -> str:
    """Return the texts of several fields (HTML as visible text) between zero characters, which no term contains."""
    if fields == _TITLE_AND_BODY:
        return f"\0{article.title}\0{article.body}\0"
    parts = [text for field in WORD_FIELDS if field in fields for text in texts(article, field)]
    return "\0".join(("", *parts, ""))
