"""Many patterns, one pass: which of them occur in a text."""

from __future__ import annotations

from collections.abc import Sequence

import re2

# What RE2 may use for the states of one automaton; it builds them as texts need them.
_MEMORY = 256 << 20


class PatternSet:
    """A set of patterns over bytes; :meth:`find` tells which of them occur."""

    def __init__(self, patterns: Sequence[str]) -> None:
        options = re2.Options()
        options.max_mem = _MEMORY
        options.encoding = re2.Options.Encoding.LATIN1
        options.log_errors = False
        options.never_capture = True
        self._set = re2.Set.SearchSet(options)
        for pattern in patterns:
            self._set.Add(pattern.encode("latin-1"))
        self._set.Compile()

    def find(self, data: bytes) -> list[int]:
        """Return the numbers of the patterns that occur in ``data``, each once."""
        return self._set.Match(data) or []
