"""Lists of words, written as text."""

from __future__ import annotations


def words(text: str, separator: str | None = None) -> frozenset[str]:
    """Return the words of a text as a set: parted by white space, or by ``separator`` where words hold spaces."""
    return frozenset(" ".join(word.split()) for word in text.split(separator))
