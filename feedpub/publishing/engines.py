"""Engines for a build: the processors of this machine, or whatever else a :class:`concurrent.futures.Executor` runs.

What they do is the same wherever it is done: see :mod:`feedpub.catalog.scan`.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from feedpub.catalog import Found, Task, run
from feedpub.core.errors import EngineError

WORTH = 32 << 20
"""From how many bytes on it is worth to start processes: below, they would take longer to start than they save."""
TRIES = 2
"""How often a task is begun that dies with who runs it."""


class Crew(NamedTuple):
    """Who runs tasks, and how many of these at a time: a few more than there are hands, so that none is idle."""

    executor: Executor
    room: int


@dataclass(slots=True)
class _Running:
    data: bytes
    future: Future[list[Found]]
    tries: int = 1


class Tasks:
    """An engine (:class:`feedpub.catalog.Engine`) that has tasks run by crews.

    ``start`` gives a crew; one that dies is replaced by another. ``worth`` is from how many bytes on that pays;
    ``lost`` says what to do where tasks die again and again.
    """

    def __init__(self, start: Callable[[], AbstractContextManager[Crew]], worth: int, lost: str) -> None:
        self._start = start
        self._worth = worth
        self._lost = lost

    def is_worth(self, size: int) -> bool:
        """Say whether there is enough to do, with so many bytes to read."""
        return size >= self._worth

    def run(self, tasks: Iterable[Task], /) -> Iterator[list[Found]]:
        """Yield what each task found, in their order. Raises :class:`EngineError`."""
        running: deque[_Running] = deque()
        with ExitStack() as held:
            crew = held.enter_context(self._start())
            for task in tasks:
                data = pickle.dumps(task)
                running.append(_Running(data, _submitted(crew, data)))
                if len(running) >= crew.room:
                    crew = self._waited(crew, running, held)
                    yield running.popleft().future.result()
            while running:
                crew = self._waited(crew, running, held)
                yield running.popleft().future.result()

    def _waited(self, crew: Crew, running: deque[_Running], held: ExitStack) -> Crew:
        """Wait for the first task; return who runs the others, which may be a new crew."""
        while isinstance(running[0].future.exception(), BrokenExecutor):
            held.close()
            crew = held.enter_context(self._start())
            for one in running:
                if one.future.cancelled() or one.future.exception():
                    if one.tries == TRIES:
                        raise EngineError(self._lost)
                    one.future, one.tries = _submitted(crew, one.data), one.tries + 1
        return crew


def processes(jobs: int, worth: int = WORTH) -> Tasks:
    """Return an engine of so many processes of this machine."""
    lost = (
        "a process that reads sources died twice at the same work, so nothing was published; if memory is short, build"
        " with --jobs 1"
    )
    return Tasks(lambda: _pool(jobs), worth, lost)


def processors() -> int:
    """Return how many processors this process may use."""
    if sys.version_info >= (3, 13):
        return os.process_cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


@contextmanager
def _pool(jobs: int) -> Iterator[Crew]:
    import multiprocessing  # noqa: PLC0415 - most builds need none
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    # Not by fork: that copies the locks that threads hold, such as those of the progress bar, of SQLite and of the
    # libraries that match, and the handle of the build's own lock. A server that has imported all forks cheaply.
    serves = sys.platform != "darwin" and "forkserver" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if serves else "spawn")
    context.set_forkserver_preload([run.__module__])
    pool = ProcessPoolExecutor(jobs, context, initializer=_end_with_parent)
    try:
        yield Crew(pool, 2 * jobs)
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """End this process as soon as the one that started it has ended, however that was."""
    import multiprocessing  # noqa: PLC0415
    from multiprocessing.connection import wait  # noqa: PLC0415

    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _submitted(crew: Crew, data: bytes) -> Future[list[Found]]:
    """Submit a task. Processes that this starts never hear of Ctrl-C, which their parent ends them for."""
    if not hasattr(signal, "pthread_sigmask"):
        return crew.executor.submit(run, data)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return crew.executor.submit(run, data)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
