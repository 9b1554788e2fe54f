"""What runs tasks somewhere else: in other processes, or on other machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from feedpub.catalog.scan import Found, Task


class Engine(Protocol):
    """Runs tasks, some of them at a time, and gives what they found in the order of the tasks.

    A task is taken from its iterator only when there is room for it, so that few are in memory.
    """

    @property
    def is_remote(self) -> bool:
        """Whether it runs where files may not be."""
        ...

    def is_worth(self, size: int) -> bool:
        """Say whether there is enough to do, with so many bytes to read."""
        ...

    def run(self, tasks: Iterable[Task], /) -> Iterator[list[Found]]:
        """Yield what each task found. Raises :class:`feedpub.core.errors.EngineError`."""
        ...
