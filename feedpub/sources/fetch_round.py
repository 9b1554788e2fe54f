"""One round of fetching: all addresses of a config, several hosts at once, one request at a time to each.

The function that fetches one address is an argument, so this module needs no extra.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import urlsplit

from feedpub.sources.http_cache import Copy, addresses
from feedpub.sources.spec import FetchOptions, SourceSpec

AT_ONCE = 8
"""How many hosts are asked at once."""


class Outcome(StrEnum):
    """The result for one address."""

    NEW = "new"
    UNCHANGED = "unchanged"
    NOT_DUE = "not due"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Fetched:
    """The outcome for one address, and why, as a sentence.

    ``moved_to`` is the target of a permanent redirect. ``is_news`` says that a failure or a move was not reported
    before. ``host_wait`` is how many seconds the host wants no more requests. ``fails`` says that the last request of
    an address that is not due failed.
    """

    url: str
    outcome: Outcome
    detail: str = ""
    moved_to: str = ""
    is_news: bool = False
    host_wait: int = 0
    fails: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A copy to update, the format that its source declares, and the source's options for requests."""

    copy: Copy
    format_name: str | None
    options: FetchOptions


def wanted_of(sources: Iterable[SourceSpec]) -> list[Wanted]:
    """Return what to fetch, each address once; a source with headers for it takes precedence."""
    found: dict[str, Wanted] = {}
    for spec in sources:
        for url in addresses(spec):
            copy = Copy.of(url, spec.base)
            is_old = url not in spec.patterns
            # The copy of an old feed is never replaced: by now, our own feed may be at its address.
            if is_old and copy.content.exists():
                continue
            if url not in found or spec.fetch.headers:
                found[url] = Wanted(copy, None if is_old else spec.format, spec.fetch)
    return list(found.values())


def fetch_round(
    wanted: Sequence[Wanted],
    ask: Callable[[Wanted], Fetched],
    hold: Callable[[Wanted, int], Fetched],
    progress: Callable[[int, int, int], None] | None = None,
) -> list[Fetched]:
    """Return the results of ``ask`` for everything ``wanted``, in order.

    Once a host says that it gets too many requests, ``hold`` is called for its other addresses, with the seconds to
    wait. ``progress`` is called with the number of finished addresses and of all.
    """
    hosts: dict[str, list[int]] = {}
    for number, each in enumerate(wanted):
        hosts.setdefault(_host(each.copy.url), []).append(number)
    todo: SimpleQueue[list[int]] = SimpleQueue()
    done: SimpleQueue[tuple[int, Fetched | BaseException]] = SimpleQueue()
    for numbers in hosts.values():
        todo.put(numbers)

    def ask_host(numbers: Iterable[int]) -> None:
        wait = 0
        for number in numbers:
            found = hold(wanted[number], wait) if wait else ask(wanted[number])
            wait = wait or found.host_wait
            done.put((number, found))

    for _ in range(min(AT_ONCE, len(hosts))):
        # An interrupt does not wait for a slow server: files are written whole or not at all.
        Thread(target=_work, args=(todo, done, ask_host), daemon=True).start()
    results: dict[int, Fetched] = {}
    while len(results) < len(wanted):
        number, result = done.get()
        if isinstance(result, BaseException):
            raise result
        results[number] = result
        if progress:
            progress(len(results), len(wanted), 0)
    return [results[number] for number in range(len(wanted))]


def _work(
    todo: SimpleQueue[list[int]],
    done: SimpleQueue[tuple[int, Fetched | BaseException]],
    ask_host: Callable[[Iterable[int]], None],
) -> None:
    try:
        while True:
            ask_host(todo.get_nowait())
    except Empty:
        return
    except BaseException as error:  # noqa: BLE001 - raised where it is waited for
        done.put((-1, error))


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # an unclosed bracket
        return ""
