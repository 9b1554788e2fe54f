"""Events: what a build changes for subscribers, passed to a command of the site's owner, ``output.on_publish``.

Events are written to the state folder before anything is published, and passed to the command afterwards, again and
again until it succeeds. So none is lost, whatever is killed when, but one may be passed twice. ``docs/hooks.md`` says
what is promised.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from feedpub.documents.readback import PublishedEntry
from feedpub.planning.site_plan import SitePlan
from feedpub.publishing.local.dirfd import Folder

EVENTS = "events.jsonl"
SECONDS = 60
"""The time limit for the command."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to an entry of the feed ``feed``; times are RFC 3339 with the offset of the source.

    For a ``withdrawn`` entry, it contains only feed and id, because its owner took the rest back.
    """

    feed: str
    id: str
    event: Literal["new", "updated", "withdrawn"]
    title: str | None = None
    link: str | None = None
    published: str | None = None
    updated: str | None = None


def events(plan: SitePlan) -> Iterator[Event]:
    """Yield what ``plan`` changes for subscribers, the oldest entries of a feed first.

    There are no events for a feed that is not online yet, because it has no subscribers, and without the ledger,
    because new and old entries cannot be told apart. An entry that was published before and comes back, or enters
    another feed, is no event either.
    """
    state = plan.state
    for feed_plan in plan.feeds:
        feed = feed_plan.slug
        if feed not in state.online or feed in plan.verified.held or state.ledger.is_empty:
            continue
        online = {entry.id: entry for entry in state.online[feed].entries}
        for entry in sorted(feed_plan.feed.entries, key=lambda entry: entry.article.published):
            article = entry.article
            known = online.get(article.id)
            if known is None and state.ledger.stores(article.id):
                continue
            if known is None or entry.updated > _updated(known):
                yield Event(
                    feed,
                    article.id,
                    "updated" if known else "new",
                    article.title,
                    entry.address,
                    article.published.isoformat(),
                    entry.updated.isoformat(),
                )
        for entry_id in online.keys() & plan.taken_back:
            yield Event(feed, entry_id, "withdrawn")


def _updated(entry: PublishedEntry) -> datetime:
    return entry.updated or entry.published


@dataclass(frozen=True, slots=True)
class Given:
    """How many events were passed to the command, and what went ``wrong`` as a sentence, or an empty text.

    ``again`` says that the command had failed before with some of them.
    """

    events: int = 0
    wrong: str = ""
    again: bool = False


NOTHING_GIVEN = Given()


def write_down(state: Path, found: Iterable[Event], online: Mapping[str, Iterable[str]]) -> None:
    """Write events to the folder ``state``, before their entries are published.

    If an earlier build wrote events and was stopped before it published, only those for entries that are ``online``
    (ids by feed) stay.
    """
    ids = {feed: set(of_feed) for feed, of_feed in online.items()}
    kept = [
        (event, certain) for event, certain in _read(state) if certain or event.id in ids.get(event.feed, ())
    ]
    known = {event for event, _ in kept}
    _write(state, [*kept, *((event, False) for event in found if event not in known)])


def give(state: Path, command: Sequence[str], folder: Path) -> Given:
    """Pass the events in ``state`` to ``command``, which runs in ``folder``; forget them if it ends with 0."""
    waiting = _read(state)
    if not waiting:
        return NOTHING_GIVEN
    wrong = _run(command, (event for event, _ in waiting), folder)
    _write(state, [(event, True) for event, _ in waiting] if wrong else [])
    return Given(len(waiting), wrong, any(certain for _, certain in waiting))


def forget_events(state: Path) -> None:
    """Forget the events, because there is no command any more."""
    _write(state, [])


def _run(command: Sequence[str], waiting: Iterable[Event], folder: Path) -> str:
    lines = "".join(f"{json.dumps(asdict(event), ensure_ascii=False)}\n" for event in waiting)
    try:
        # Its output goes to standard error, because a program may read the build's own output. A process group of its
        # own lets us end it with all that it starts.
        process = subprocess.Popen(  # noqa: S603 - the config's own command
            [*command], cwd=folder, stdin=subprocess.PIPE, stdout=_messages(), start_new_session=True
        )
    except OSError as error:
        return f"output.on_publish: {command[0]} cannot be run: {error.strerror}"
    try:
        process.communicate(lines.encode("utf-8", "backslashreplace"), SECONDS)
    except subprocess.TimeoutExpired:
        return f"output.on_publish: {command[0]} did not end within {SECONDS} seconds and was stopped"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode < 0:
        return f"output.on_publish: {command[0]} was ended by {signal.Signals(-process.returncode).name}"
    return f"output.on_publish: {command[0]} ended with {process.returncode}" if process.returncode else ""


def _messages() -> int:
    try:
        return sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):
        return subprocess.DEVNULL


def _read(state: Path) -> list[tuple[Event, bool]]:
    """Return the events that wait, each with whether it is certain that its entry was published."""
    with Folder(state) as folder:
        data = folder.read(EVENTS) or b""
    found: list[tuple[Event, bool]] = []
    for line in data.splitlines():
        try:
            said = json.loads(line)
            found.append((Event(**said["event"]), bool(said["published"])))
        except (ValueError, LookupError, TypeError):
            # Somebody has edited the file.
            continue
    return found


def _write(state: Path, waiting: Sequence[tuple[Event, bool]]) -> None:
    lines = [{"published": certain, "event": asdict(event)} for event, certain in waiting]
    data = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    with Folder(state) as folder:
        if data == (folder.read(EVENTS) or b""):
            return
        folder.remove(f"{EVENTS}.new")
        if data:
            folder.write(f"{EVENTS}.new", data)
            folder.move(f"{EVENTS}.new", folder, EVENTS)
        else:
            folder.remove(EVENTS)
        folder.sync()
