"""One build, from sources to published files. It orders the calls and decides nothing.

    sources | duplicates | rules | newest | feeds | render | validate | publish
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from feedpub import publish
from feedpub.article import Notice, Reject
from feedpub.config import Settings
from feedpub.errors import TooManyRejects
from feedpub.feeds import make_feed
from feedpub.intake import Progress, Taken, take_in
from feedpub.ledger import published_ids
from feedpub.render import Document, Rendered, render
from feedpub.validate import validate


@dataclass(frozen=True, slots=True)
class Invalid:
    """Why a document failed validation and stayed unpublished; ``line`` is a line of its bytes."""

    path: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """One document: its name, whether its bytes changed, and if it stayed unpublished, why."""

    path: str
    written: bool
    invalid: Invalid | None = None


@dataclass(frozen=True, slots=True)
class FeedReport:
    """One feed: its entries, how many of them are new to subscribers, and its documents."""

    slug: str
    entries: int
    new: int
    documents: tuple[DocumentReport, ...]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build read and what it changed; on a dry run, what it would change.

    ``notices`` counts by kind what was done to articles on the way (``related-links``: stripped tails).
    """

    articles: int
    duplicates: int
    held: int
    boilerplate_lines: int
    rejects: tuple[Reject, ...]
    notices: tuple[Notice, ...]
    empty_sources: tuple[str, ...]
    feeds: tuple[FeedReport, ...]
    removed: tuple[str, ...]

    @property
    def notice_counts(self) -> Mapping[str, int]:
        """How often each kind of notice was given."""
        return Counter(notice.kind for notice in self.notices)

    @property
    def invalid(self) -> tuple[Invalid, ...]:
        """Why documents stayed unpublished; empty when all is well."""
        return tuple(d.invalid for feed in self.feeds for d in feed.documents if d.invalid)


def build(settings: Settings, now: datetime, *, dry_run: bool = False, progress: Progress | None = None) -> BuildReport:
    """Build the feeds of ``settings`` as of ``now`` and publish them; write nothing on a dry run.

    Raises a :class:`feedpub.errors.FeedpubError` for what stops a build; then nothing was published.
    """
    output = settings.output
    with nullcontext() if dry_run else publish.exclusive(output.state):
        _check_examples(settings)
        taken = take_in(settings, now, progress)
        _check_rejects(settings, taken)
        feeds = [
            make_feed(feed, entries, settings.site)
            for feed, entries in zip(settings.feeds, taken.entries, strict=True)
        ]
        rendered = tuple(render(feeds, settings.site, output.formats))
        invalid = {d.path: why for r in rendered for d in r.documents if (why := _refusal(d))}
        valid = [d for r in rendered for d in r.documents if d.path not in invalid]
        known = {r.feed.settings.slug: _known(settings, r) for r in rendered}
        if dry_run:
            changes = publish.compare(valid, invalid, output.dir)
        else:
            changes = publish.publish(valid, invalid, output.dir, output.state)
    written = frozenset(changes.written)
    quarantined = tuple(
        Reject(q.entry.article.origin, q.reason, q.entry.article.title)
        for q in dict.fromkeys(q for r in rendered for q in r.quarantined)
    )
    return BuildReport(
        articles=taken.articles - len(quarantined),
        duplicates=taken.duplicates,
        held=taken.held,
        boilerplate_lines=taken.boilerplate_lines,
        rejects=(*taken.rejects, *quarantined),
        notices=taken.notices,
        empty_sources=taken.empty_sources,
        feeds=tuple(
            FeedReport(
                slug=r.feed.settings.slug,
                entries=len(r.feed.entries),
                new=len({e.article.id for e in r.feed.entries} - known[r.feed.settings.slug]),
                documents=tuple(DocumentReport(d.path, d.path in written, invalid.get(d.path)) for d in r.documents),
            )
            for r in rendered
        ),
        removed=changes.removed,
    )


def _check_examples(settings: Settings) -> None:
    failing = settings.rules.failing_examples()
    if failing:
        raise failing[0].error(more=len(failing) - 1)


def _check_rejects(settings: Settings, taken: Taken) -> None:
    limit = settings.guards.max_rejects
    rejected = len(taken.rejects)
    if limit is None:
        return
    records = taken.articles + taken.duplicates + taken.held + rejected
    if rejected > (limit if isinstance(limit, int) else limit * records):
        first = taken.rejects[0]
        raise TooManyRejects(rejected, records, f"{first.origin}: {first.reason}")


def _refusal(document: Document) -> Invalid | None:
    for finding in validate(document.data, document.url):
        if finding.level == "error":
            return Invalid(document.path, finding.line, finding.message)
    return None


def _known(settings: Settings, rendered: Rendered) -> frozenset[str]:
    return frozenset().union(
        *(published_ids(publish.read_published(settings.output.dir, d.path)) for d in rendered.documents)
    )
