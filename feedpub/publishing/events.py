"""What a build changes for subscribers, told to a command of the site's owner: ``output.on_publish``.

Events are written down before anything is published and given to the command after it, again and again until it takes
them. So none is lost, whatever is killed when; one may be given twice. ``docs/hooks.md`` says what is promised.
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
"""How long the command may take."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to an entry of the feed ``feed``; times are RFC 3339 with the offset of the source.

    Of what was ``withdrawn``, only feed and id are told: its owner took the rest back.
    """

    feed: str
    id: str
    event: Literal["new", "updated", "withdrawn"]
    title: str | None = None
    link: str | None = None
    published: str | None = None
    updated: str | None = None


def events(plan: SitePlan) -> Iterator[Event]:
    """Yield what ``plan`` changes for those who are subscribed, the oldest entries of a feed first.

    A feed that is not online yet has no subscribers, and without the ledger nothing tells new from old: neither gives
    an event. Nor does an entry that was published before, and comes back or comes into another feed.
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
    """How many events the command was given, and what went ``wrong`` as a sentence, empty for nothing.

    ``again`` says that something had gone wrong before with some of them.
    """

    events: int = 0
    wrong: str = ""
    again: bool = False


NOTHING_GIVEN = Given()


def write_down(state: Path, found: Iterable[Event], online: Mapping[str, Iterable[str]]) -> None:
    """Write down events before what they tell of is published, in the folder ``state``.

    Of what an earlier build wrote down and never came to publish, only what is ``online`` (ids by feed) stays.
    """
    ids = {feed: set(of_feed) for feed, of_feed in online.items()}
    kept = [
        (event, certain) for event, certain in _read(state) if certain or event.id in ids.get(event.feed, ())
    ]
    known = {event for event, _ in kept}
    _write(state, [*kept, *((event, False) for event in found if event not in known)])


def give(state: Path, command: Sequence[str], folder: Path) -> Given:
    """Give what ``state`` has to ``command``, which runs in ``folder``, and forget it if that ends with 0."""
    waiting = _read(state)
    if not waiting:
        return NOTHING_GIVEN
    wrong = _run(command, (event for event, _ in waiting), folder)
    _write(state, [(event, True) for event, _ in waiting] if wrong else [])
    return Given(len(waiting), wrong, any(certain for _, certain in waiting))


def forget_events(state: Path) -> None:
    """Forget what was written down, as there is no command any more that would take it."""
    _write(state, [])


def _run(command: Sequence[str], waiting: Iterable[Event], folder: Path) -> str:
    lines = "".join(f"{json.dumps(asdict(event), ensure_ascii=False)}\n" for event in waiting)
    try:
        # What it says is for whoever reads the messages of a build; what a build prints may be read by a program. What
        # it starts is in one group with it, so that it ends with it.
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
    """Return the events that wait, and of each whether it is certain that what it tells of was published."""
    with Folder(state) as folder:
        data = folder.read(EVENTS) or b""
    found: list[tuple[Event, bool]] = []
    for line in data.splitlines():
        try:
            said = json.loads(line)
            found.append((Event(**said["event"]), bool(said["published"])))
        except (ValueError, LookupError, TypeError):
            # Somebody has been at the file.
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
