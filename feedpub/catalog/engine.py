"""Running tasks in other processes or on other machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from feedpub.catalog.scan import Found, Task


class Engine(Protocol):
    """Runs several tasks at a time, and returns what they find in the order of the tasks.

    It takes a task from the iterator only when a process is free, so that few tasks are in memory.
    """

    @property
    def is_remote(self) -> bool:
        """Whether tasks run on other machines, where a file may be missing."""
        ...

    def is_worth(self, size: int) -> bool:
        """Return whether it is faster to read this number of bytes with the engine."""
        ...

    def run(self, tasks: Iterable[Task], /) -> Iterator[list[Found]]:
        """Yield what each task found, in order. Raises :class:`feedpub.core.errors.EngineError`."""
        ...
