"""One build, from sources to published files. It orders the calls and decides nothing.

sources | duplicates | rules | newest | feeds | render | validate | publish
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import closing, nullcontext
from datetime import datetime
from pathlib import Path

from feedpub import publish
from feedpub.config import Settings
from feedpub.errors import TooManyRejects
from feedpub.feeds import Feed, make_feed
from feedpub.intake import Progress, SourceTimes, Taken, take_in
from feedpub.ledger import (
    MEDIA_TYPES,
    PreviousFeed,
    PublishedFeed,
    Store,
    check_flood,
    date_feed,
    read_document,
    record,
    remember,
    settle,
)
from feedpub.render import Document, Rendered, render
from feedpub.summary import BuildReport, Invalid, summarise
from feedpub.validate import validate

LEDGER = "ledger.sqlite"


def build(
    settings: Settings,
    now: datetime,
    *,
    dry_run: bool = False,
    allow: Collection[str] = (),
    progress: Progress | None = None,
) -> BuildReport:
    """Build the feeds of ``settings`` as of ``now`` and publish them; write nothing on a dry run.

    ``allow`` names the guards (:data:`feedpub.ledger.ALLOWANCES`) that are overridden for this build. Raises a
    :class:`feedpub.errors.FeedpubError` for what stops a build; then nothing was published.
    """
    output = settings.output
    with nullcontext() if dry_run else publish.exclusive(output.state):
        _check_examples(settings)
        taken = take_in(settings, now, progress)
        _check_rejects(settings, taken)
        online = _online(settings)
        with closing(
            Store(output.state / LEDGER, [e for feed in online.values() for e in feed.entries])
        ) as store:
            feeds, edited = _feeds(settings, taken, online, store, SourceTimes(settings, now), allow)
            rendered = tuple(render(feeds, settings.site, output.formats))
            invalid = {d.path: why for r in rendered for d in r.documents if (why := _refusal(d))}
            valid = [d for r in rendered for d in r.documents if d.path not in invalid]
            if dry_run:
                changes = publish.compare(valid, invalid, output.dir)
            else:
                changes = publish.publish(valid, invalid, output.dir, output.state)
                _record(store, rendered, output.state / LEDGER)
    return summarise(taken, rendered, online, invalid, changes, edited)


def _online(settings: Settings) -> dict[str, PublishedFeed]:
    """Read back what is published of each feed, from the document that says most."""
    documents = publish.read_manifest(settings.output.dir).documents.values()
    best: dict[str, PublishedFeed] = {}
    for document in sorted(
        documents, key=lambda d: MEDIA_TYPES.index(d.media_type) if d.media_type in MEDIA_TYPES else 99
    ):
        if document.feed not in best:
            data = publish.read_published(settings.output.dir, document.path)
            feed = read_document(data, document.media_type) if data is not None else None
            if feed:
                best[document.feed] = feed
    return best


def _feeds(
    settings: Settings,
    taken: Taken,
    online: Mapping[str, PublishedFeed],
    store: Store,
    times: SourceTimes,
    allow: Collection[str],
) -> tuple[list[Feed], int]:
    distinct = {s.article.id: s for selection in taken.selected for s in selection}
    settled = settle(
        distinct.values(), store, taken.ids, times.of_article, keep_dates="moved-dates" not in allow
    )
    feeds = []
    for feed_settings, selection in zip(settings.feeds, taken.selected, strict=True):
        entries = [settled.entries[s.article.id] for s in selection]
        feed = make_feed(feed_settings, entries, settings.site)
        feeds.append(date_feed(feed, online.get(feed_settings.slug), times.newest))
    check_flood(
        [PreviousFeed(feed, online[feed.settings.slug]) for feed in feeds if feed.settings.slug in online],
        moved=len(settled.moved),
        known=settled.known,
        share=settings.guards.max_vanished,
        allowed=allow,
    )
    return feeds, len(settled.edited)


def _record(store: Store, rendered: Iterable[Rendered], file: Path) -> None:
    distinct = {e.article.id: e for r in rendered for e in r.feed.entries}
    entries = (remember(e.article, e.content.html, e.updated) for e in distinct.values())
    missing = [entry for entry in entries if store.lacks(entry)]
    if missing:
        record(file, missing)


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
