"""What the last builds did, and what is due, from the log and the published files. No source is read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from feedpub.config import Settings
from feedpub.documents.readback import PublishedFeed
from feedpub.history.state import read_feeds
from feedpub.publishing.deploy import Outcome, published_digest, read_outcomes
from feedpub.publishing.local.folder import LocalFolder
from feedpub.publishing.ping import waiting
from feedpub.publishing.runs import read_runs
from feedpub.sources.http_cache import Standing, standings


@dataclass(frozen=True, slots=True)
class Run:
    """One build in the log, or ``times`` builds in a row that had nothing to do.

    ``at`` is when the last of them began. ``facts`` is its line in the log.
    """

    at: datetime
    status: int
    times: int
    repeated: bool
    facts: Mapping[str, Any]

    @property
    def error(self) -> str:
        """The error message that stopped it; empty if it was not stopped."""
        return str(self.facts.get("error", ""))


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """A published feed: how many entries it has, and when the newest was published."""

    slug: str
    entries: int
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class TargetStatus:
    """A target of deploys: when the last deploy ended, whether there is something to copy, and what failed."""

    to: str
    at: datetime | None
    waits: bool
    error: str


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a site: the ``runs`` in the order of time, the published ``feeds``, and the ``targets``.

    ``fetched`` has the results of fetching sources, ``pings`` is the number of documents that the hub has not been told
    about.

    ``last`` is the last build, ``good`` the last with exit status 0, ``whole`` the last that published what
    it read. ``next_change`` is when the same input gives other documents, if nothing else happens.
    """

    runs: tuple[Run, ...]
    feeds: tuple[FeedStatus, ...]
    targets: tuple[TargetStatus, ...] = ()
    fetched: Mapping[str, Standing] = field(default_factory=dict)
    pings: int = 0

    @property
    def last(self) -> Run | None:
        return self.runs[-1] if self.runs else None

    @property
    def good(self) -> Run | None:
        return next((run for run in reversed(self.runs) if run.status == 0), None)

    @property
    def whole(self) -> Run | None:
        return next((run for run in reversed(self.runs) if "articles" in run.facts), None)

    @property
    def next_change(self) -> datetime | None:
        said = self.whole.facts.get("next_change") if self.whole else None
        return datetime.fromisoformat(said) if said else None


def status_of(settings: Settings) -> Status:
    """Return the state of the site of ``settings``.

    Raises :class:`feedpub.core.errors.PublishError` if the manifest cannot be read, and ``OSError`` if the log cannot.
    """
    online = read_feeds(settings, LocalFolder(settings.output.dir))
    feeds = [_feed(slug, feed) for slug, feed in online.items()]
    runs = _runs(read_runs(os.fspath(settings.output.state)))
    targets = tuple(_targets(settings))
    return Status(tuple(runs), tuple(feeds), targets, standings(settings.sources), waiting(settings))


def _targets(settings: Settings) -> Iterator[TargetStatus]:
    if not settings.deploy:
        return
    outcomes, digest = read_outcomes(settings.output.state), published_digest(settings.output.dir)
    for to in settings.deploy:
        known = outcomes.get(to, Outcome(""))
        yield TargetStatus(to, _time({"at": known.at}), known.manifest != digest, known.error)


def _feed(slug: str, feed: PublishedFeed) -> FeedStatus:
    newest = max((entry.published for entry in feed.entries), default=None)
    return FeedStatus(slug, len(feed.entries), newest)


def _runs(log: Iterable[Mapping[str, Any]]) -> list[Run]:
    found: list[Run] = []
    for (status, repeated, error), group in groupby(log, _kind):
        runs = [(time, facts) for facts in group if (time := _time(facts))]
        if repeated or error:
            found += [Run(runs[-1][0], status, len(runs), repeated, runs[-1][1])] if runs else []
        else:
            found += [Run(time, status, 1, repeated, facts) for time, facts in runs]
    return found


def _kind(facts: Mapping[str, Any]) -> tuple[int, bool, str]:
    return facts["status"], bool(facts.get("repeated")), str(facts.get("error", ""))


def _time(facts: Mapping[str, Any]) -> datetime | None:
    try:
        time = datetime.fromisoformat(facts["at"])
    except ValueError:
        return None
    return time if time.tzinfo else None
