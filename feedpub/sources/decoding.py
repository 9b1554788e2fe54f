"""Bytes → text: strict UTF-8, then the encoding that the source declares, then nothing. No guessing.

A record is decoded by itself, so that one damaged record costs one record and a file that two programs wrote in
two encodings is read as far as the declaration reaches.
"""

from __future__ import annotations


class UndecodableError(ValueError):
    """Bytes are neither UTF-8 nor the declared encoding; the message is the reject's reason."""


def decode(data: bytes, fallback: str | None) -> str:
    """Return the text of ``data``. Raises :class:`UndecodableError` with the offending byte."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        byte = f"the byte 0x{data[error.start]:02X}"
    if fallback is None:
        raise UndecodableError(
            f"{byte} is not UTF-8; if the file has another encoding, declare it, as in encoding: cp1252"
        )
    try:
        return data.decode(fallback)
    except UnicodeDecodeError as error:
        raise UndecodableError(
            f"the byte 0x{data[error.start]:02X} is neither UTF-8 nor {fallback}"
        ) from None
