"""Words → stems, so that a term finds its inflections; only where a rule asks for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache

# The languages of Snowball (https://snowballstem.org/algorithms/) by their ISO 639-1 codes.
LANGUAGES = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi",
    "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali",
    "nl": "dutch", "no": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish",
}  # fmt: skip

WORD = re.compile(r"[^\W\d_]+")


def stemmed(text: str, language: str) -> str:
    """Return the text with each word in lower case and cut to its stem."""
    stem = _stemmer(language)
    return WORD.sub(lambda word: stem(word[0]), text)


@cache
def _stemmer(language: str) -> Callable[[str], str]:
    import snowballstemmer  # noqa: PLC0415 - few rules need it, and it loads all languages

    stemmer = snowballstemmer.stemmer(LANGUAGES[language])

    @lru_cache(1 << 16)
    def stem(word: str) -> str:
        return str(stemmer.stemWord(word.lower()))

    return stem
