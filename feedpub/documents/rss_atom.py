"""RSS 2.0 and Atom 1.0 through feedgen: the only module that imports it, and the place that avoids its pitfalls.

- ``updated`` and ``lastBuildDate`` default to the current time: both are always set.
- The last ``link()`` of a feed becomes the RSS channel's ``<link>``: the alternate link comes last.
- ``logo()`` sets the RSS image as well, without title and link: ``image()`` comes after it.
- Atom entry links lose ``rel``, ``type`` and ``length``, an author with only a name is dropped from RSS, and
  an Atom ``source`` has no id: :class:`_EntryExtension` writes these through feedgen's extension interface.
- Its podcast extension drops images whose address does not end in .jpg or .png, and has values for ``explicit`` that
  Apple no longer accepts: both are written here, and so are episodes, because it cannot write them in Atom.
- Values are checked only when they are serialised, and one bad entry would lose the whole feed:
  :meth:`Syndicator.refusal` builds an entry alone first.
- Offsets with seconds are written invalidly: times are in UTC if the offset is not a whole minute.
- ``formatRFC2822`` sets the locale of the process while it works: do not use it in threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, NamedTuple

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from feedpub.articles.article import Article, Author, Episode
from feedpub.articles.entry import UNSPECIFIED, Entry
from feedpub.articles.ids import atom_id, feed_id
from feedpub.core.media_types import type_by_name, type_of
from feedpub.documents.channel import (
    Carried,
    DocumentLinks,
    Feed,
    Podcast,
    Site,
    guid_of,
    license_of,
    summary_in,
    whole_seconds,
)

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
DCTERMS = "http://purl.org/dc/terms/"
HISTORY = "http://purl.org/syndication/history/1.0"
MEDIA = "http://search.yahoo.com/mrss/"
LICENSES = "http://backend.userland.com/creativeCommonsRssModule"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
XML = "http://www.w3.org/XML/1998/namespace"
_ENCODED = "{http://purl.org/rss/1.0/modules/content/}encoded"

MOST_BUILT = 1_000
"""How many entries are kept as elements, about 12 KB each; others, such as those of a whole history, are built anew."""


class Syndicator:
    """Writes the feeds of one build; ``titles`` are the titles of feeds that are categories, by slug.

    The elements of the first ``MOST_BUILT`` entries are built once and moved from feed to feed, so a document must be
    serialised before the next one is begun: :meth:`rss` and :meth:`atom` return bytes.
    """

    def __init__(self, site: Site, titles: Mapping[str, str]) -> None:
        self._site = site
        self._titles = titles
        self._built: dict[tuple[str, _Manner], _SharedEntry] = {}

    def forget(self) -> None:
        """Free the elements that are kept; later documents build theirs anew."""
        self._built.clear()

    def refusal(self, entry: Entry, feed_author: Author) -> str:
        """Return why ``entry`` cannot be written as XML, or an empty text."""
        try:
            # Built as it is in most feeds, so that it is built once.
            shared = self._entry(entry, _Manner(feed_author, "full", _license(entry, self._site.license)))
            for element in (shared.rss_entry(), shared.atom_entry()):
                etree.tostring(element, encoding="UTF-8")
        except (ValueError, TypeError) as error:  # UnicodeEncodeError is a ValueError
            return f"it cannot be written as XML: {error}"
        return ""

    def rss(self, feed: Feed, place: DocumentLinks) -> bytes:
        """Return ``feed`` as an RSS 2.0 document that will be served at ``place``."""
        generator = self._generator(feed, place, "application/rss+xml")
        generator.feedpub.namespaces["dc"] = DC
        if any(_terms(entry.article) for entry in feed.entries):
            generator.feedpub.namespaces["dcterms"] = DCTERMS
        data: bytes = generator.rss_str(pretty=True)
        _take_out(generator)
        return data

    def atom(self, feed: Feed, place: DocumentLinks) -> bytes:
        """Return ``feed`` as an Atom 1.0 document (RFC 4287) that will be served at ``place``."""
        generator = self._generator(feed, place, "application/atom+xml")
        data: bytes = generator.atom_str(pretty=True)
        _take_out(generator)
        return data

    def _generator(self, feed: Feed, place: DocumentLinks, media_type: str) -> Any:
        settings = feed.settings
        generator = FeedGenerator()
        generator.id(feed_id(self._site.id_authority, settings.slug))
        generator.title(f"{self._site.title}: {settings.title}")
        generator.description(settings.description)
        generator.link(href=place.url, rel="self", type=media_type)
        generator.link(href=settings.link, rel="alternate", type="text/html")
        generator.updated(whole_seconds(feed.updated))
        generator.lastBuildDate(whole_seconds(feed.updated))
        generator.author(_person(settings.author))
        if settings.author.email:
            generator.managingEditor(_contact(settings.author))
        if settings.language:
            generator.language(settings.language)
        if settings.rights:
            generator.rights(settings.rights)
        if settings.icon:
            generator.icon(settings.icon)
        if settings.image:
            generator.logo(settings.image)
            # Its title and link are those of the channel (RSS 2.0).
            generator.image(settings.image, f"{self._site.title}: {settings.title}", settings.link)
        generator.generator("feedpub")
        if settings.podcast:
            _add_podcast(generator, settings.podcast)
        generator.register_extension("feedpub", _FeedExtension, _EntryExtension)
        self._extend(generator.feedpub, feed, place, in_rss=media_type == "application/rss+xml")
        for entry in feed.entries:
            license_ = _license(entry, settings.license)
            manner = _Manner(settings.author, settings.carries(entry), license_, settings.podcast is not None)
            shared = self._entry(entry, manner)
            generator.add_entry(shared, order="append")
        return generator

    def _extend(self, extension: _FeedExtension, feed: Feed, place: DocumentLinks, *, in_rss: bool) -> None:
        """Pass to the extension of a feed what feedgen cannot write."""
        settings = feed.settings
        extension.creator = settings.author.name
        extension.place = place
        if self._site.hub and not (place.is_archive or settings.moved_to):
            extension.hub = self._site.hub
        if place.is_archive:
            extension.namespaces["fh"] = HISTORY
        licenses = [license_of(entry, settings.license) for entry in feed.entries]
        if in_rss and any((settings.license, *licenses)):
            extension.namespaces["creativeCommons"] = LICENSES
        if settings.license:
            extension.license = settings.license
            # Items without a licence inherit the channel's; there is no way to say that they have none.
            extension.covers_items = all(licenses)
        if any(entry.article.image for entry in feed.entries):
            extension.namespaces["media"] = MEDIA
        if settings.podcast:
            extension.podcast = settings.podcast
            extension.guid = guid_of(feed, place)
            extension.namespaces |= {"itunes": ITUNES, "podcast": PODCAST}

    def _entry(self, entry: Entry, manner: _Manner) -> _SharedEntry:
        key = (entry.article.id, manner)
        built = self._built.get(key)
        if built is None:
            built = self._build(entry, manner)
            if len(self._built) < MOST_BUILT:
                self._built[key] = built
        return built

    def _build(self, entry: Entry, manner: _Manner) -> _SharedEntry:
        article = entry.article
        made = _SharedEntry()
        made.register_extension("feedpub", _EntryExtension)
        made.feedpub.article = article
        made.feedpub.address = entry.address
        made.feedpub.creators = tuple(author.name for author in article.authors or (manner.feed_author,))
        made.feedpub.atom_id = atom_id(self._site.id_authority, article.id)
        made.guid(article.id, permalink=article.permalink)
        made.title(article.title)
        made.published(whole_seconds(article.published))
        made.updated(whole_seconds(entry.updated))
        made.feedpub.carried = carried = manner.carried
        made.feedpub.license = manner.license
        made.feedpub.in_podcast = manner.in_podcast
        summary = summary_in(entry, carried)
        # The order matters: summary() and description() also set each other's fields, content() only its own.
        if summary or carried == "full":
            made.summary(summary)
            made.description(escape(summary, quote=False))
        # If it is not the article's text, it is not HTML, so that nobody mistakes it. It is removed if not needed.
        text = (entry.content.html, "html") if carried == "full" else (summary, "text")
        made.content(text[0], type=text[1])
        if article.authors:
            made.author([_person(author) for author in article.authors])
        if entry.address:
            made.link(href=entry.address, rel="alternate")
        if article.enclosures:
            # RSS 2.0 has room for one enclosure in an item: the first. Atom gets them all from the extension.
            first = (manner.in_podcast and article.main_enclosure) or article.enclosures[0]
            made.enclosure(first.url, first.length, first.type)
        if article.via and article.via.url:
            made.source(article.via.url, article.via.title)
        for term in entry.categories(self._titles):
            made.category(term=term)
        return made


class _Manner(NamedTuple):
    """What an entry's elements depend on besides the entry; they are the same in feeds with the same manner."""

    feed_author: Author
    carried: Carried
    license: str | None = None
    in_podcast: bool = False


class _SharedEntry(FeedEntry):  # type: ignore[misc] # feedgen has no types
    """An entry whose elements are built once, however many feeds it is in."""

    def __init__(self) -> None:
        super().__init__()
        self._rss: Any = None
        self._atom: Any = None

    def rss_entry(self, extensions: bool = True) -> Any:
        if self._rss is None:
            self._rss = super().rss_entry(extensions)
        return self._rss

    def atom_entry(self, extensions: bool = True) -> Any:
        if self._atom is None:
            self._atom = super().atom_entry(extensions)
        return self._atom

    def take_out(self) -> None:
        """Remove its elements from the document that they are in."""
        for element in (self._rss, self._atom):
            if element is not None and (parent := element.getparent()) is not None:
                parent.remove(element)


def _take_out(generator: Any) -> None:
    """Remove the entries from their document: an entry that is kept would keep the whole document in memory."""
    for entry in generator.entry():
        entry.take_out()


class _FeedExtension(BaseExtension):  # type: ignore[misc] # feedgen has no types
    """What feedgen cannot write for a feed.

    - Namespaces on the root, so that they are not repeated in every entry.
    - The channel's creator.
    - The document's place in the feed's history (RFC 5005 §4), which feedgen does not write in RSS.
    - The ``hub`` of WebSub (§4).
    - The ``license``, in RSS only if it ``covers_items`` as well.
    - For a ``podcast``, its ``guid``, and what feedgen does not write as Apple reads it.
    """

    def __init__(self) -> None:
        self.creator = ""
        self.place = DocumentLinks("")
        self.hub = ""
        self.license = ""
        self.covers_items = False
        self.podcast: Podcast | None = None
        self.guid = ""
        self.namespaces: dict[str, str] = {}

    def extend_ns(self) -> dict[str, str]:
        return self.namespaces

    def extend_rss(self, feed: Any) -> Any:
        _add(feed[0], f"{{{DC}}}creator", self.creator)
        if self.license and self.covers_items:
            _add(feed[0], f"{{{LICENSES}}}license", self.license)
        if self.podcast:
            _add(feed[0], f"{{{ITUNES}}}explicit", str(self.podcast.explicit).lower())
            _add(feed[0], f"{{{ITUNES}}}image", href=self.podcast.image)
            _add(feed[0], f"{{{PODCAST}}}guid", self.guid)
        self._extend_history(feed[0], f"{{{ATOM}}}link", "application/rss+xml")
        return feed

    def extend_atom(self, feed: Any) -> Any:
        self._extend_history(feed, "link", "application/atom+xml")
        if self.license:
            _add(feed, "link", href=self.license, rel="license")
        if self.podcast:
            _add(feed, f"{{{PODCAST}}}guid", self.guid)
        return feed

    def _extend_history(self, head: Any, link: str, media_type: str) -> None:
        for rel, href in self.place.links:
            _add(head, link, href=href, rel=rel, type=media_type)
        if self.hub:
            _add(head, link, href=self.hub, rel="hub")
        if self.place.is_archive:
            _add(head, f"{{{HISTORY}}}archive")


class _EntryExtension(BaseEntryExtension):  # type: ignore[misc] # feedgen has no types
    """What feedgen cannot write for an entry."""

    def __init__(self) -> None:
        self.article: Article | None = None
        self.address: str | None = None
        self.atom_id = ""
        self.creators: Iterable[str] = ()
        self.carried: Carried = "full"
        self.license: str | None = None
        self.in_podcast = False

    def extend_rss(self, entry: Any) -> Any:
        assert self.article is not None
        # An item has one author, by e-mail address (RSS 2.0); dc:creator names them all.
        contacts = entry.findall("author")
        for more in contacts[1:]:
            entry.remove(more)
        if contacts:
            contacts[0].text = _contact(next(author for author in self.article.authors if author.email))
        for name in self.creators:
            _add(entry, f"{{{DC}}}creator", name)
        unwanted = {"full": (), "summary": (_ENCODED,), "title": (_ENCODED, "description")}[self.carried]
        for text in [text for name in unwanted for text in entry.findall(name)]:
            entry.remove(text)
        if self.article.language:
            _add(entry, f"{{{DC}}}language", self.article.language)
        _add_image(entry, self.article)
        if self.license not in (None, UNSPECIFIED):
            _add(entry, f"{{{LICENSES}}}license", self.license)
        if self.in_podcast:
            _extend_episode(entry, self.article)
        for name, value in _terms(self.article):
            _add(entry, f"{{{DCTERMS}}}{name}", value)
        return entry

    def extend_atom(self, entry: Any) -> Any:
        article = self.article
        assert article is not None
        entry.find("id").text = self.atom_id
        if self.carried != "full" and self.address:
            # Without an alternate link, an entry must have content (RFC 4287 §4.1.2).
            entry.remove(entry.find("content"))
        for lost in entry.findall("link"):
            entry.remove(lost)
        if self.address:
            _add(entry, "link", href=self.address, rel="alternate")
        for enclosure in article.enclosures:
            more = {"length": str(enclosure.length)} if enclosure.length else {}
            more |= {"title": enclosure.name} if enclosure.name else {}
            _add(entry, "link", href=enclosure.url, rel="enclosure", type=enclosure.type, **more)
        if self.license:
            _add(entry, "link", href=self.license, rel="license")
        if article.language:
            entry.set(f"{{{XML}}}lang", article.language)
        _add_image(entry, article)
        if self.in_podcast:
            _extend_episode(entry, article)
        self._extend_source(entry, article)
        return entry

    @staticmethod
    def _extend_source(entry: Any, article: Article) -> None:
        for lost in entry.findall("source"):
            entry.remove(lost)
        if article.via:
            source = _add(entry, "source")
            if article.via.id:
                _add(source, "id", article.via.id)
            _add(source, "title", article.via.title)
            if article.via.url:
                _add(source, "link", href=article.via.url, rel="self")
            elif article.via.page:
                _add(source, "link", href=article.via.page, rel="alternate")


def _add_podcast(generator: Any, podcast: Podcast) -> None:
    generator.load_extension("podcast", atom=False)
    about = generator.podcast
    about.itunes_author(podcast.author)
    about.itunes_category(dict(zip(("cat", "sub"), podcast.category, strict=False)))
    about.itunes_type(podcast.type)
    if podcast.owner:
        about.itunes_owner(podcast.owner.name, podcast.owner.email)


def _extend_episode(item: Any, article: Article) -> None:
    """Write what is known about an episode: in RSS for directories and players, in Atom so that it can be read back."""
    episode = article.episode or Episode()
    numbers = {"duration": episode.duration, "season": episode.season, "episode": episode.number}
    for name, number in numbers.items():
        if number:
            _add(item, f"{{{ITUNES}}}{name}", str(number))
    if episode.explicit is not None:
        _add(item, f"{{{ITUNES}}}explicit", str(episode.explicit).lower())
    kind = (article.picture and article.picture.type) or (article.image and type_by_name(article.image))
    if article.image and kind in ("image/jpeg", "image/png"):
        _add(item, f"{{{ITUNES}}}image", href=article.image)
    for transcript in episode.transcripts:
        language = {"language": transcript.language} if transcript.language else {}
        _add(item, f"{{{PODCAST}}}transcript", url=transcript.url, type=transcript.type, **language)
    if episode.chapters:
        _add(item, f"{{{PODCAST}}}chapters", url=episode.chapters, type="application/json+chapters")
    for speaker in episode.speakers:
        known = {"role": speaker.role, "img": speaker.image, "href": speaker.uri}
        attributes = {name: value for name, value in known.items() if value}
        _add(item, f"{{{PODCAST}}}person", speaker.name, **attributes)


def _add_image(entry: Any, article: Article) -> None:
    """Add its image to an entry, with what is known about it (Media RSS)."""
    if not article.image:
        return
    _add(entry, f"{{{MEDIA}}}thumbnail", url=article.image)
    if (picture := article.picture) is None:
        return
    kind = picture.type or type_of(article.image, None)
    known = {
        "type": kind if kind.startswith("image/") else "",
        "medium": "image",
        "width": picture.width,
        "height": picture.height,
        "fileSize": picture.length,
    }
    attributes = {name: str(value) for name, value in known.items() if value}
    content = _add(entry, f"{{{MEDIA}}}content", url=article.image, **attributes)
    if words := picture.alt or picture.caption:
        _add(content, f"{{{MEDIA}}}description", words, type="plain")
    if picture.credit:
        _add(content, f"{{{MEDIA}}}credit", picture.credit)


def _license(entry: Entry, of_feed: str | None) -> str | None:
    """Return the licence of an entry; :data:`UNSPECIFIED` if it has none and that of the feed does not apply."""
    return license_of(entry, of_feed) or (UNSPECIFIED if of_feed else None)


def _terms(article: Article) -> list[tuple[str, str]]:
    """Return Dublin Core terms for what RSS cannot say: when an item was corrected, and until when it is valid."""
    terms: list[tuple[str, str]] = []
    if article.updated is not None and article.updated > article.published:
        terms.append(("modified", whole_seconds(article.updated).isoformat()))
    if article.expires is not None:
        terms.append(("valid", f"end={whole_seconds(article.expires).isoformat()}; scheme=W3C-DTF"))
    return terms


def _add(parent: Any, tag: str, text: str | None = None, **attributes: str) -> Any:
    element = etree.SubElement(parent, tag, attributes)
    element.text = text
    return element


def _contact(author: Author) -> str:
    """Return a person in the form of RSS; a name that would make the address unreadable is only in ``dc:creator``."""
    return f"{author.email}" if set(author.name) & set("@<>") else f"{author.email} ({author.name})"


def _person(author: Author) -> dict[str, str]:
    fields = {"name": author.name, "email": author.email, "uri": author.uri}
    return {key: value for key, value in fields.items() if value}
