"""The grammars of values: dates, IRIs, language tags, media types, addresses, markup. Text in, verdict out."""

from __future__ import annotations


def words(text: str, separator: str | None = None) -> frozenset[str]:
    """Return the words of a text as a set: parted by white space, or by ``separator`` where words hold spaces."""
    return frozenset(" ".join(word.split()) for word in text.split(separator))
