"""Output of commands, line by line. It imports nothing of ours, so it is available before anything else."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import NamedTuple


class Line(NamedTuple):
    """A text with its line end, and whether it goes to standard error."""

    text: str
    is_error: bool = False


def text_line(text: str) -> Line:
    """Return a line of standard output."""
    return Line(f"{text}\n")


def error_line(text: str) -> Line:
    """Return a sentence for standard error."""
    return Line(f"feedpub: {text}\n", is_error=True)


def write_lines(lines: Iterable[Line]) -> None:
    """Write ``lines`` in their order, in UTF-8 whatever the locale is."""
    for line in lines:
        # Keep the order between the two streams.
        sys.stdout.flush()
        sys.stderr.flush()
        stream = sys.stderr if line.is_error else sys.stdout
        stream.buffer.write(line.text.encode("utf-8", "backslashreplace"))
        stream.flush()
