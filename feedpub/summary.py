"""What a build read and what it changed, as values that the command line prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from feedpub.article import Notice, Reject
from feedpub.intake import Taken
from feedpub.ledger import PublishedFeed
from feedpub.publish import Changes
from feedpub.render import Rendered


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
    edited: int
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


def summarise(
    taken: Taken,
    rendered: Iterable[Rendered],
    online: Mapping[str, PublishedFeed],
    invalid: Mapping[str, Invalid],
    changes: Changes,
    edited: int,
) -> BuildReport:
    """Return the report of a build; ``online`` is what was published before it."""
    rendered = tuple(rendered)
    written = frozenset(changes.written)
    quarantined = tuple(
        Reject(q.entry.article.origin, q.reason, q.entry.article.title)
        for q in dict.fromkeys(q for r in rendered for q in r.quarantined)
    )
    known = {slug: {entry.id for entry in feed.entries} for slug, feed in online.items()}
    return BuildReport(
        articles=taken.articles - len(quarantined),
        duplicates=taken.duplicates,
        edited=edited,
        held=taken.held,
        boilerplate_lines=taken.boilerplate_lines,
        rejects=(*taken.rejects, *quarantined),
        notices=taken.notices,
        empty_sources=taken.empty_sources,
        feeds=tuple(
            FeedReport(
                slug=r.feed.settings.slug,
                entries=len(r.feed.entries),
                new=len({e.article.id for e in r.feed.entries} - known.get(r.feed.settings.slug, set())),
                documents=tuple(
                    DocumentReport(d.path, d.path in written, invalid.get(d.path)) for d in r.documents
                ),
            )
            for r in rendered
        ),
        removed=changes.removed,
    )
