"""Bytes → text: strict UTF-8, then the encoding that the source declares, then nothing. No guessing.

A record is decoded by itself, so that one damaged record costs one record, and a file that two programs wrote
in two encodings is read as far as the declaration reaches.
"""

from __future__ import annotations

import re
from functools import lru_cache

# What the stream puts for bytes that mean nothing in UTF-16 and the like: U+DCFF in UTF-8, which is none.
DAMAGED = "\udced\udcb3\udcbf"
# Surrogates that stand for no byte: JSON's escapes can spell them.
_OTHER = re.compile("[\ud800-\udc7f\udd00-\udfff]")
_ESCAPED = re.compile("[\udc80-\udcff]")


class UndecodableError(ValueError):
    """Bytes are neither UTF-8 nor the declared encoding; the message is the reject's reason."""


def recover(text: str, fallback: str | None) -> str:
    """Return ``text``, read in the ``fallback`` encoding where it has bytes that are not UTF-8.

    Such bytes stand in it as lone surrogates (PEP 383). Raises :class:`UndecodableError` with one of them.
    """
    escaped = None if text.isascii() else _ESCAPED.search(text)
    if not escaped:
        return text
    if DAMAGED in text:
        raise UndecodableError("a character is damaged: its bytes mean nothing in the file's encoding")
    byte = f"the byte 0x{ord(escaped[0]) - 0xDC00:02X}"
    if fallback is None or not is_ascii_superset(fallback):
        raise UndecodableError(
            f"{byte} is not UTF-8; if the encoding is another, declare it: encoding: cp1252"
        )
    data = _OTHER.sub("?", text).encode(errors="surrogateescape")
    try:
        return data.decode(fallback)
    except UnicodeDecodeError as error:
        byte = f"the byte 0x{data[error.start]:02X}"
        raise UndecodableError(f"{byte} is neither UTF-8 nor {fallback}") from None


@lru_cache(maxsize=64)
def is_ascii_superset(encoding: str) -> bool:
    """Say whether ASCII bytes mean themselves in ``encoding``, so that lines are found before decoding."""
    plain = bytes(range(128))
    try:
        return plain.decode(encoding) == plain.decode("ascii")
    except UnicodeDecodeError:
        return False
