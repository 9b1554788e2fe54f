"""The table of output formats, with all that is known about a format in one row.

All code that depends on formats (the config, publishing, reading back, guards, pages) uses this table. Writers and the
validator are loaded when they are first called, because a config names formats without using them.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from feedpub.articles.article import Episode
from feedpub.articles.entry import UNSPECIFIED, Entry
from feedpub.core.spool import BlobRef
from feedpub.documents.channel import Channel, DocumentLinks, Feed, Site, license_of, summary_in
from feedpub.documents.cutting import cut_atom, cut_json, cut_rss
from feedpub.documents.json_feed import json_feed
from feedpub.documents.readback import PublishedFeed, read_atom, read_json_feed, read_rss

if TYPE_CHECKING:
    from feedpub.documents.rss_atom import Syndicator


@dataclass(frozen=True, slots=True)
class Document:
    """Rendered bytes. ``path`` is relative to the output folder; ``url`` is where it will be served.

    If it ``yields``, it is not published if a file that is not ours has its name; one with the bytes ``mark`` near its
    beginning is ours. ``made_of`` is a digest of what its
    bytes are made from, for a later build. If it is ``settled``, it stays in later builds that do not plan it.
    """

    path: str
    feed: str
    media_type: str
    url: str
    rendered: bytes | BlobRef
    yields: bool = False
    mark: bytes = b""
    made_of: str = ""
    settled: bool = False

    @property
    def data(self) -> bytes:
        """The bytes; those of archive documents are spooled to the disk until they are needed."""
        return self.rendered if isinstance(self.rendered, bytes) else self.rendered.read()


@dataclass(frozen=True)
class WriteContext:
    """What the writers of one build share. ``titles`` are the titles of feeds that are categories, by slug."""

    site: Site
    titles: Mapping[str, str]

    @cached_property
    def syndicator(self) -> Syndicator:
        """The writer of RSS and Atom: one for both, because an entry is built once for all documents that it is in."""
        from feedpub.documents.rss_atom import Syndicator  # noqa: PLC0415 - feedgen is heavy

        return Syndicator(self.site, self.titles)


HEAD_MARKUP = 1_500
"""The bytes of a document without its entries and the texts of its feed."""


ENTRY_MARKUP = 500
"""The bytes of an entry without its texts: tags, dates, indentation."""


PART_MARKUP = 120
"""The bytes of each author, category and enclosure of an entry without its texts."""


def xml_and_json_head(feed: Channel, site: Site) -> int:
    """Return an upper bound on the bytes of a document of ``feed`` without its entries."""
    author = feed.author
    texts = [feed.title, site.title, feed.description, feed.description, feed.rights, feed.rights]
    addresses = [
        feed.link,
        feed.link,
        *[site.base_url] * 5,
        site.id_authority,
        feed.icon,
        feed.image,
        feed.license,
    ]
    if feed.image:
        # RSS repeats title and link beside it.
        texts += [feed.title, site.title]
        addresses += [feed.link]
    if podcast := feed.podcast:
        owner = podcast.owner or author
        texts += [*podcast.category, podcast.author, owner.name, owner.email, *[" " * PART_MARKUP] * 8]
        addresses += [podcast.image]
    people = (author.name, author.name, author.email, author.email, author.uri)
    return HEAD_MARKUP + sum(text_size(text) for text in (*texts, *addresses, *people) if text)


def xml_and_json_entry(entry: Entry, feed: Channel, titles: Mapping[str, str]) -> int:
    """Return an upper bound on the bytes of ``entry`` in a document of ``feed``."""
    article, content = entry.article, entry.content
    authors = article.authors or (feed.author,)
    categories = entry.categories(titles)
    # In RSS, the summary is HTML, so it is escaped twice.
    carried = feed.carries(entry)
    summary = summary_in(entry, carried)
    texts = [content.html] if carried == "full" else [summary]
    texts.append(summary.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    license_ = license_of(entry, feed.license) or (UNSPECIFIED if feed.license else "")
    texts += [article.id, article.title, entry.address or "", article.image or "", license_, *categories]
    texts += [
        part for author in authors for part in (author.name, author.name, author.email, author.uri) if part
    ]
    texts += [
        part for enclosure in article.enclosures for part in (enclosure.url, enclosure.type, enclosure.name)
    ]
    if article.image and (picture := article.picture):
        texts += [article.image, picture.type, picture.alt, picture.caption, picture.credit]
    if feed.podcast:
        texts += [" " * PART_MARKUP * 4, article.image or "", *_episode_texts(article.episode or Episode())]
    if article.via:
        texts += [
            part for part in (article.via.title, article.via.id, article.via.url, article.via.page) if part
        ]
    parts = len(authors) + len(categories) + len(article.enclosures) + bool(license_)
    parts += 3 if article.picture else 0
    return ENTRY_MARKUP + PART_MARKUP * parts + sum(map(text_size, texts))


def _episode_texts(episode: Episode) -> Iterator[str]:
    yield episode.chapters or ""
    for transcript in episode.transcripts:
        yield from (" " * PART_MARKUP, transcript.url, transcript.type, transcript.language or "")
    for speaker in episode.speakers:
        yield from (" " * PART_MARKUP, speaker.name, speaker.role, speaker.image or "", speaker.uri or "")


def text_size(text: str) -> int:
    """Return an upper bound on the bytes of ``text`` in UTF-8 when it is escaped for XML or JSON."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    breaks = text.count("\n") + text.count("\r") + text.count("\t")
    quotes = text.count('"')
    # "&amp;" adds 4 and "&lt;" 3; in an attribute '"' becomes "&quot;" and a line break "&#10;".
    xml = 4 * (text.count("&") + breaks) + 3 * (text.count("<") + text.count(">")) + 5 * quotes
    json = quotes + text.count("\\") + breaks
    return size + max(xml, json)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFormat:
    """One format of feed documents.

    ``name`` is its word in the config and the extension of its files; ``label`` is its usual name. ``evidence``
    ranks it by how much its documents say about a published feed, ``support`` by how many readers can read it.

    ``write`` returns the bytes of a feed that will be served at an address. ``read`` reads them back, and raises
    ``ValueError``, ``TypeError``, ``KeyError``, ``AttributeError`` or ``SyntaxError`` for anything else. ``check``
    yields line and reason of each fault for which a document must not be published. ``head_size`` and ``entry_size``
    are upper bounds in bytes, of a document without entries and of one entry. ``cut`` returns a document of ours
    without the entries with some ids and leaves every other byte as it was, or raises ``ValueError``.
    """

    name: str
    label: str
    media_type: str
    evidence: int
    support: int
    default: bool
    write: Callable[[WriteContext, Feed, DocumentLinks], bytes]
    read: Callable[[bytes], PublishedFeed]
    check: Callable[[bytes, str], Iterator[tuple[int, str]]]
    cut: Callable[[bytes, Container[str]], bytes]
    head_size: Callable[[Channel, Site], int] = xml_and_json_head
    entry_size: Callable[[Entry, Channel, Mapping[str, str]], int] = xml_and_json_entry

    def read_back(self, data: bytes) -> PublishedFeed | None:
        """Read a document that we published; ``None`` if it is not one, or is damaged in any way."""
        try:
            return self.read(data)
        except (ValueError, TypeError, KeyError, AttributeError, SyntaxError):
            return None


def _check(data: bytes, url: str) -> Iterator[tuple[int, str]]:
    from feedpub.documents.faults import feed_faults  # noqa: PLC0415 - the validator is heavy

    return feed_faults(data, url)


_ALL: Final = (
    OutputFormat(
        name="rss",
        label="RSS",
        media_type="application/rss+xml",
        evidence=1,  # it only says when an item was corrected, not that it was not
        support=2,
        default=True,
        write=lambda context, feed, place: context.syndicator.rss(feed, place),
        read=read_rss,
        check=_check,
        cut=cut_rss,
    ),
    OutputFormat(
        name="atom",
        label="Atom",
        media_type="application/atom+xml",
        evidence=3,
        support=3,
        default=True,
        write=lambda context, feed, place: context.syndicator.atom(feed, place),
        read=read_atom,
        check=_check,
        cut=cut_atom,
    ),
    OutputFormat(
        name="json",
        label="JSON Feed",
        media_type="application/feed+json",
        evidence=2,  # it has no date of the feed itself
        support=1,
        default=False,
        write=lambda context, feed, place: json_feed(feed, context.site, place, context.titles),
        read=read_json_feed,
        check=_check,
        cut=cut_json,
    ),
)
OUTPUT_FORMATS: Final[dict[str, OutputFormat]] = {known.name: known for known in _ALL}
"""By name, in the order in which documents are written and listed."""


def of_media_type(media_type: str) -> OutputFormat | None:
    """Return the format whose documents are served as ``media_type``."""
    return next((known for known in OUTPUT_FORMATS.values() if known.media_type == media_type), None)


def head_size(feed: Channel, site: Site) -> int:
    """Return an upper bound on the bytes of a document of ``feed`` without its entries, in any format."""
    return max(size(feed, site) for size in {known.head_size for known in OUTPUT_FORMATS.values()})


def entry_size(entry: Entry, feed: Channel, titles: Mapping[str, str]) -> int:
    """Return an upper bound on the bytes of ``entry`` in a document of ``feed``, in any format."""
    return max(size(entry, feed, titles) for size in {known.entry_size for known in OUTPUT_FORMATS.values()})


def best_evidence() -> list[OutputFormat]:
    """Return the formats; the first says most about a published feed."""
    return sorted(OUTPUT_FORMATS.values(), key=lambda known: -known.evidence)


OPML_NAME = "subscriptions.opml"
OPML_TYPE = "text/x-opml"
