"""The grammars of values: dates, IRIs, language tags, media types, e-mail addresses and markup."""

from __future__ import annotations


def words(text: str, separator: str | None = None) -> frozenset[str]:
    """Return the words of a text as a set, split at white space, or at ``separator`` if words contain spaces."""
    return frozenset(" ".join(word.split()) for word in text.split(separator))
