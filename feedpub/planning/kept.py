"""Entries of other people's feeds that these no longer list, as they are online. Pure decisions."""

from __future__ import annotations

from feedpub.articles.article import Article, Origin
from feedpub.articles.entry import Content, Entry
from feedpub.documents.readback import PublishedEntry
from feedpub.history.ledger import Ledger
from feedpub.history.memory import EntryRecord
from feedpub.planning.routing import IngestResult


def has_slid(entry: PublishedEntry, ingested: IngestResult, ledger: Ledger) -> bool:
    """Say whether all that the feed of other people lists now which an ``entry`` came from is newer than it."""
    known = ledger.by_id(entry.id)
    listed = ingested.listed.get(known.feed) if known and known.feed else None
    return listed is not None and entry.published < listed


def kept_entry(told: PublishedEntry, known: EntryRecord | None, permalinks: frozenset[str]) -> Entry:
    """Return a published entry as it is to be written again: what documents have told, and what is ``known`` of it.

    ``permalinks`` are the ids that RSS calls addresses.
    """
    updated = known.updated if known else told.updated
    article = Article(
        id=told.id,
        title=told.title,
        body=told.html or "",
        published=told.published,
        origin=Origin(told.id, 1, 1),
        html=True,
        updated=updated if updated and updated > told.published else None,
        key=known.key if known else None,
        link=told.link,
        authors=told.authors,
        categories=told.categories,
        language=told.language,
        summary=told.summary,
        image=told.image,
        enclosures=told.enclosures,
        via=told.via,
        license=told.license,
        picture=told.picture,
        episode=told.episode,
        feed=(known.feed if known else told.feed) or "",
        permalink=told.permalink or told.id in permalinks,
    )
    source_date = known.source_date if known else None
    content = Content(told.html or "", told.summary)
    return Entry(article, (), content, source_date, partial=told.html is None)
