"""The feeds that another program made from a source's articles → the entries that subscribers know."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from feedpub.articles.adoption import OldEntry
from feedpub.articles.article import Article, Reject
from feedpub.core.errors import SourceError
from feedpub.sources.decoding import read_whole
from feedpub.sources.files import display_name, open_stream, read, search
from feedpub.sources.readers.feed import permalinks
from feedpub.sources.spec import ParseContext, SourceSpec


@dataclass(frozen=True, slots=True)
class OldFeeds:
    """The entries of a source's old feeds, in their order, those that cannot be read, and what is missing.

    ``missing`` are sentences about files that do not exist, or are not feeds that feedpub can read.
    """

    entries: tuple[OldEntry, ...] = ()
    rejects: tuple[Reject, ...] = ()
    missing: tuple[str, ...] = ()


def read_old_feeds(spec: SourceSpec, authority: str) -> OldFeeds:
    """Return the entries of the old feeds that ``spec`` adopts: RSS, Atom or JSON Feed, read like other sources."""
    entries: list[OldEntry] = []
    rejects: list[Reject] = []
    missing: list[str] = []
    for pattern in spec.adopt:
        # From the source itself, only its date policy counts; an old feed may be in the output folder.
        old = SourceSpec((pattern,), spec.base, dates=spec.dates, encoding=spec.encoding)
        try:
            files = search(old).files
            for file in files:
                found, unread = _entries(old, file, authority)
                entries += found
                rejects += unread
        except SourceError as error:
            missing.append(str(error))
        else:
            if not files and "://" in pattern:
                missing.append(f"{pattern}: has not been fetched yet; run feedpub fetch")
            elif not files:
                missing.append(f"{pattern}: the file does not exist")
    return OldFeeds(tuple(entries), tuple(rejects), tuple(missing))


def _entries(spec: SourceSpec, file: Path | str, authority: str) -> tuple[list[OldEntry], list[Reject]]:
    entries: list[OldEntry] = []
    rejects: list[Reject] = []
    name = display_name(spec, file)
    with open_stream(spec, file) as stream:
        addresses = permalinks(read_whole(stream, ParseContext(spec, name, authority))[0])
    for item in read(spec, file, authority):
        if isinstance(item, Reject):
            rejects.append(item)
        elif isinstance(item, Article):
            if not item.feed:
                raise SourceError(name, "is not a feed (RSS, Atom or JSON Feed)")
            entries.append(_entry(item, addresses))
    if rejects and not entries:
        raise SourceError(name, f"has no entry that can be read: {rejects[0].reason}")
    return entries, rejects


def _entry(article: Article, addresses: frozenset[str]) -> OldEntry:
    # For an item without an id, readers use the link.
    known = (article.key or article.link or article.id).strip()
    permalink = known in addresses and known.startswith(("http://", "https://"))
    return OldEntry(
        known, article.published, article.origin, article.title, article.link, article.updated, permalink
    )
