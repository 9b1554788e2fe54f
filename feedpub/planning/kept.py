"""Published entries that the feeds of other people they came from no longer list. Pure decisions."""

from __future__ import annotations

from feedpub.articles.article import Article, Origin
from feedpub.articles.entry import Content, Entry
from feedpub.documents.readback import PublishedEntry
from feedpub.history.ledger import Ledger
from feedpub.history.memory import EntryRecord
from feedpub.planning.routing import IngestResult


def has_slid(entry: PublishedEntry, ingested: IngestResult, ledger: Ledger) -> bool:
    """Say whether the feed of other people that ``entry`` came from now only lists newer entries."""
    known = ledger.by_id(entry.id)
    listed = ingested.listed.get(known.feed) if known and known.feed else None
    return listed is not None and entry.published < listed


def kept_entry(published: PublishedEntry, known: EntryRecord | None, permalinks: frozenset[str]) -> Entry:
    """Return a published entry so that it can be written again.

    ``published`` is what the documents contain, ``known`` what the ledger knows about it. ``permalinks`` are the ids
    that RSS calls addresses.
    """
    updated = known.updated if known else published.updated
    article = Article(
        id=published.id,
        title=published.title,
        body=published.html or "",
        published=published.published,
        origin=Origin(published.id, 1, 1),
        html=True,
        updated=updated if updated and updated > published.published else None,
        key=known.key if known else None,
        link=published.link,
        authors=published.authors,
        categories=published.categories,
        language=published.language,
        summary=published.summary,
        image=published.image,
        enclosures=published.enclosures,
        via=published.via,
        license=published.license,
        picture=published.picture,
        episode=published.episode,
        feed=(known.feed if known else published.feed) or "",
        permalink=published.permalink or published.id in permalinks,
    )
    source_date = known.source_date if known else None
    content = Content(published.html or "", published.summary)
    return Entry(article, (), content, source_date, partial=published.html is None)
