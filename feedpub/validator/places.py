"""Offsets → lines and columns, counted when somebody asks.

Most feeds have no finding, and most elements of the others have none: to keep line and column of every element costs
more than to count them for a few. What was counted is kept by blocks, so that a feed of one line with many findings
is not counted from its start for each.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

_BLOCK: Final = 4096
# The bytes of a UTF-8 sequence but for its first: they are no characters of their own.
_INNER: Final = bytes(range(0x80, 0xC0))
_LONE_RETURN: Final = re.compile(rb"\r(?!\n)")


class Source:
    """The text that a feed was read from, as UTF-8."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column of the character at an offset, both from 1."""
        block = offset // _BLOCK
        line, column = self._blocks[block]
        return _advanced(line, column, self._text[block * _BLOCK : offset])

    @cached_property
    def _text(self) -> bytes:
        # A carriage return ends a line of XML (§2.11), with a line feed behind it or not.
        return _LONE_RETURN.sub(b"\n", self._data) if b"\r" in self._data else self._data

    @cached_property
    def _blocks(self) -> list[tuple[int, int]]:
        """Line and column of the first byte of each block, and of the end."""
        found = [(1, 1)]
        for start in range(0, len(self._text), _BLOCK):
            found.append(_advanced(*found[-1], self._text[start : start + _BLOCK]))
        return found


def _advanced(line: int, column: int, text: bytes) -> tuple[int, int]:
    """Return where one is behind ``text``."""
    lines = text.count(b"\n")
    if lines:
        return line + lines, 1 + _characters(text[text.rfind(b"\n") + 1 :])
    return line, column + _characters(text)


def _characters(text: bytes) -> int:
    return len(text) if text.isascii() else len(text.translate(None, _INNER))
