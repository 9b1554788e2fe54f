"""Engines for a build: processes on this machine, and Dask, both as :class:`concurrent.futures.Executor`.

All run the same tasks, see :mod:`feedpub.catalog.scan`.
"""

from __future__ import annotations

import importlib
import logging
import os
import pickle
import signal
import socket
import sys
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from feedpub import __version__
from feedpub.catalog import Found, Task, run
from feedpub.core.errors import EngineError, install_hint

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

WORTH = 64 << 20
"""With fewer bytes to read, starting processes takes longer than they save."""
MOST = 6
"""More processes would wait for this one, which joins their results."""
TRIES = 2
"""How often a task is started if its process dies."""
PATIENCE = 10.0
"""After so many seconds without a result, check whether any worker is left."""
SCHEME = "dask://"


class Crew(NamedTuple):
    """The workers that run tasks, and how many tasks they get at a time: more than workers, so that none is idle.

    ``asks`` raises :class:`EngineError` if no worker is left. ``work`` does what :func:`work` does.
    """

    executor: Executor
    room: int
    asks: Callable[[], None] = lambda: None
    work: Callable[[bytes, str], list[Found]] | None = None


@dataclass(slots=True)
class _Running:
    data: bytes
    future: Future[list[Found]]
    tries: int = 1


class Tasks:
    """An engine (:class:`feedpub.catalog.Engine`) whose tasks are run by crews.

    ``start`` returns a crew; if it dies, another replaces it. With fewer than ``worth`` bytes to read, it is not used.
    ``lost`` is the message if tasks die again and again. ``meaning`` translates an error of the crew.
    """

    def __init__(
        self,
        start: Callable[[], AbstractContextManager[Crew]],
        worth: int,
        lost: str,
        meaning: Callable[[BaseException], EngineError | None] = lambda _: None,
        *,
        is_remote: bool = False,
    ) -> None:
        self._start = start
        self._worth = worth
        self._lost = lost
        self._meaning = meaning
        self.is_remote = is_remote

    def is_worth(self, size: int) -> bool:
        """Say whether it is worth using, with so many bytes to read."""
        return size >= self._worth

    def run(self, tasks: Iterable[Task], /) -> Iterator[list[Found]]:
        """Yield the results of the tasks, in their order. Raises :class:`EngineError`."""
        running: deque[_Running] = deque()
        with ExitStack() as held:
            crew = held.enter_context(self._start())
            for task in tasks:
                data = pickle.dumps(task)
                running.append(_Running(data, self._submitted(crew, data)))
                if len(running) >= crew.room:
                    crew = self._waited(crew, running, held)
                    yield running.popleft().future.result()
            while running:
                crew = self._waited(crew, running, held)
                yield running.popleft().future.result()

    def _waited(self, crew: Crew, running: deque[_Running], held: ExitStack) -> Crew:
        """Wait for the first task; return the crew for the others, which may be a new one."""
        from concurrent.futures import BrokenExecutor  # noqa: PLC0415 - most builds need none

        while error := _error(crew, running[0].future):
            if not isinstance(error, BrokenExecutor):
                raise self._meaning(error) or error
            held.close()
            crew = held.enter_context(self._start())
            for one in running:
                if one.future.cancelled() or one.future.exception():
                    if one.tries == TRIES:
                        raise EngineError(self._lost)
                    one.future, one.tries = self._submitted(crew, one.data), one.tries + 1
        return crew

    def _submitted(self, crew: Crew, data: bytes) -> Future[list[Found]]:
        """Submit a task. Processes that this starts ignore Ctrl-C: their parent ends them."""
        from concurrent.futures import BrokenExecutor, Future  # noqa: PLC0415

        masks = hasattr(signal, "pthread_sigmask")
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if masks else set()
        try:
            return crew.executor.submit(crew.work or work, data, program())
        except OSError as error:
            raise self._meaning(error) or _unstarted(error) from error
        except BrokenExecutor as error:
            # Treat it as if it had died a moment later.
            lost: Future[list[Found]] = Future()
            lost.set_exception(error)
            return lost
        finally:
            if masks:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _error(crew: Crew, future: Future[list[Found]]) -> BaseException | None:
    from concurrent.futures import CancelledError  # noqa: PLC0415

    while True:
        try:
            return future.exception(PATIENCE)
        except CancelledError as error:
            return error
        except TimeoutError:
            crew.asks()


def work(data: bytes, made_by: str) -> list[Found]:
    """Run a pickled task. Raises :class:`EngineError` if another version of the program made it."""
    if made_by != program():
        raise EngineError(
            f"a worker on {socket.gethostname()} has {program()}, and this is {made_by}, so nothing was published;"
            " install the same on all"
        )
    task: Task = pickle.loads(data)  # noqa: S301 - the build made it
    return run(task)


@cache
def program() -> str:
    """Return the versions that must be the same on all machines, because reading depends on them."""
    python = ".".join(map(str, sys.version_info[:2]))
    zones: str = importlib.import_module("tzdata").IANA_VERSION
    return f"feedpub {__version__} (Python {python}, Unicode {unicodedata.unidata_version}, tzdata {zones})"


def _unstarted(error: Exception) -> EngineError:
    told = getattr(error, "strerror", None) or error
    return EngineError(f"no process can be started to read sources: {told}; build with --jobs 1")


def processes(jobs: int, worth: int = WORTH) -> Tasks:
    """Return an engine with this number of processes on this machine."""
    lost = (
        "a process that reads sources died twice at the same task, so nothing was published; if memory is short,"
        " build with --jobs 1"
    )
    return Tasks(lambda: _pool(jobs), worth, lost)


def processors() -> int:
    """Return how many processors this process may use, up to :data:`MOST`."""
    if sys.version_info >= (3, 13):
        return min(os.process_cpu_count() or 1, MOST)
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), MOST)
    return min(os.cpu_count() or 1, MOST)


@contextmanager
def _pool(jobs: int) -> Iterator[Crew]:
    import multiprocessing  # noqa: PLC0415
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415

    # Not by fork: that copies locks of other threads, such as the progress bar, SQLite and the matching libraries,
    # and the handle of the build's own lock. A fork server with everything imported starts processes cheaply.
    serves = sys.platform != "darwin" and "forkserver" in multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if serves else "spawn")
    context.set_forkserver_preload([work.__module__])
    try:
        pool = ProcessPoolExecutor(jobs, context, initializer=_end_with_parent)
    except (OSError, ImportError) as error:
        # For instance, in containers without shared memory.
        raise _unstarted(error) from error
    try:
        yield Crew(pool, 2 * jobs)
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """End this process as soon as its parent has ended, for any reason."""
    import multiprocessing  # noqa: PLC0415
    import threading  # noqa: PLC0415
    from multiprocessing.connection import wait  # noqa: PLC0415

    parent = multiprocessing.parent_process()
    assert parent is not None

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def cluster(address: str) -> Tasks:
    """Return an engine with the workers of a Dask scheduler at ``dask://HOST:PORT``.

    Raises ``ValueError`` if the address has another form.
    """
    host, colon, port = address.removeprefix(SCHEME).rpartition(":")
    if not (address.startswith(SCHEME) and host and colon and port.isdecimal()):
        raise ValueError(f"{address!r} is not an executor; write {SCHEME}HOST:PORT of a Dask scheduler")
    lost = (
        f"workers of {address} died again and again at the same task, so nothing was published; look at their logs,"
        " and give them more memory or build without --executor"
    )

    def meaning(error: BaseException) -> EngineError | None:
        if isinstance(error, EngineError):
            return error
        name = type(error).__name__
        if name == "KilledWorker":
            return EngineError(lost)
        if isinstance(error, OSError) or name in ("CancelledError", "FutureCancelledError"):
            return EngineError(f"the Dask scheduler at {address} is gone, so nothing was published")
        if isinstance(error, ImportError | AttributeError):
            told = (
                f"a worker of {address} does not have {program()}, so nothing was published; install it there"
            )
            return EngineError(f"{told} ({error})")
        return None

    @contextmanager
    def start() -> Iterator[Crew]:
        with _told_by_us(), _dask(address, f"tcp://{host}:{port}") as crew:
            yield crew

    return Tasks(start, 1, lost, meaning, is_remote=True)


@contextmanager
def _dask(address: str, known_as: str) -> Iterator[Crew]:
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError:
        raise EngineError(f"--executor {address} needs another package; {install_hint('dask')}") from None
    try:
        client = distributed.Client(known_as, timeout=PATIENCE, set_as_default=False)
    except (OSError, TimeoutError) as error:
        reason = next(iter(str(error).splitlines()), "")
        raise EngineError(f"no Dask scheduler answers at {address}: {reason or 'it took too long'}") from None

    def hands() -> int:
        return sum(client.nthreads().values())

    def asks() -> None:
        if not hands():
            raise EngineError(f"the Dask scheduler at {address} has no workers, so nothing was published")

    try:
        asks()
        yield Crew(client.get_executor(pure=False), 2 * hands(), asks, _carried())
    finally:
        client.close()


def _carried() -> Callable[[bytes, str], list[Found]]:
    """Return :func:`work` as a function that is sent with its code: a worker dies if it does not know a module."""

    def carried(data: bytes, made_by: str) -> list[Found]:
        import importlib  # noqa: PLC0415 - the function must contain all that it needs

        found: list[Found] = importlib.import_module("feedpub.publishing.engines").work(data, made_by)
        return found

    return carried


@contextmanager
def _told_by_us() -> Iterator[None]:
    """Silence Dask's log of failures: we report them ourselves, once."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
