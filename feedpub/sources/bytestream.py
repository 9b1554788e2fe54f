"""What a format reads from."""

from __future__ import annotations

from typing import Protocol


class ByteStream(Protocol):
    """Bytes in UTF-8, from the beginning to the end: a file, or what is left of one when decompressed."""

    marked: bool
    """Whether it began with a byte order mark, so that what else is said of its encoding does not count."""

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes, all of them if it is negative, none at the end only."""
