"""The pages of a site, made from the same values as its feeds.

``index.html`` lists the feeds; ``SLUG.html`` has the newest entries of one, ``SLUG.NAME.html`` those of an archive
document; ``article/DIGITS.html`` is one article, and the web server may show ``404.html`` at any address. No page needs
a script. The page of an unchanged article is not rendered: the manifest has a digest of its values.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Final, overload
from urllib.parse import urlsplit

from markupsafe import Markup

from feedpub.articles.article import Article, Picture
from feedpub.articles.entry import Entry
from feedpub.articles.ids import PAGE_FOLDER, page_digits
from feedpub.core.spool import Spool
from feedpub.documents import channel
from feedpub.documents.channel import Channel, Feed, license_of, whole_seconds
from feedpub.documents.formats import OPML_NAME, Document, OutputFormat
from feedpub.documents.pages.context import (
    Address,
    File,
    Item,
    Kind,
    Neighbour,
    Page,
    Person,
    Site,
    Topic,
    direction,
)
from feedpub.documents.pages.look import ICON, Look
from feedpub.documents.pages.words import words_for

INDEX: Final = "index.html"
MISSING: Final = "404.html"
SITEMAP: Final = "sitemap.xml"
HTML_TYPE: Final = "text/html"
STYLE_TYPE: Final = "text/css"

MADE_BY_US: Final = b'"generator" content="feedpub"'
"""What is at the beginning of each page, and of the site map."""
ARTICLES: Final = f"{PAGE_FOLDER}/"

MOST_IN_MAP: Final = 50_000
"""How many addresses a sitemap may have (https://www.sitemaps.org/protocol.html)."""

_OWN_PAGE = re.compile(rf"{ARTICLES}[0-9a-f]{{16}}\.html")
_NEIGHBOURS = re.compile(rb"<!-- neighbours -->\n.*?<!-- /neighbours -->\n", re.DOTALL)
_HEADING = re.compile(r"<(/?)h1\b")


@dataclass(frozen=True, slots=True)
class PagedFeed:
    """A feed with pages: its subscription document, and the archive documents that may change, oldest first.

    ``closed`` are the names of archive documents whose pages are published and stay as they are.
    """

    feed: Feed
    archives: tuple[channel.Page, ...] = ()
    closed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SitePages:
    """The pages to publish, with style sheet and icon, and the ``kept`` names of pages that stay as they are.

    ``gone`` are the names of pages whose articles were taken back; if there is a note, it replaces the page.
    ``final`` are published pages in their last version, from which something was cut out. They were checked when they
    were made, and may link to files that are gone since.
    """

    documents: tuple[Document, ...] = ()
    final: tuple[Document, ...] = ()
    kept: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    notes: tuple[Document, ...] = ()


def page_name(slug: str, archive: str | None = None) -> str:
    """Return the name of a feed's page, or of the page of one of its archive documents."""
    return f"{slug}.{archive}.html" if archive else f"{slug}.html"


def is_article(name: str) -> bool:
    """Say whether ``name`` is the page of an article."""
    return name.startswith(ARTICLES) and name.endswith(".html")


def is_own_page(address: str, base: str) -> bool:
    """Say whether ``address`` is a page that we made for an article on the site at ``base``, not its own address."""
    return _OWN_PAGE.fullmatch(address.removeprefix(base)) is not None and address.startswith(base)


def without_neighbours(html: bytes) -> bytes:
    """Return the last version of an article's page, without neighbours; all other bytes are the same."""
    return _NEIGHBOURS.sub(b"", html)


def without_articles(html: bytes, digits: Iterable[str]) -> bytes:
    """Return the page of a feed without the articles with these digits; all other bytes are the same."""
    for known in digits:
        item = rb'<article class="row h-entry" id="a%b">\n.*?</article>\n' % known.encode()
        html = re.sub(item, b"", html, flags=re.DOTALL)
    return html


def is_style(name: str) -> bool:
    """Say whether ``name`` is a style sheet of any version: pages that are not made anew keep theirs."""
    return name.startswith("style.") and name.endswith(".css")


@dataclass(frozen=True, slots=True)
class _Place:
    """The place of an article: the feed whose neighbours its page shows, and whether its page becomes final."""

    entry: Entry
    topic: Topic
    newer: Entry | None = None
    older: Entry | None = None
    closing: bool = False


@dataclass(frozen=True, slots=True)
class _Items(Sequence[Item]):
    """The articles of a page, each made when a template needs it: Jinja keeps a page's values in memory for a while."""

    entries: Sequence[Entry]
    make: Callable[[Entry], Item]

    @overload
    def __getitem__(self, index: int) -> Item: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Item]: ...
    def __getitem__(self, index: int | slice) -> Item | Sequence[Item]:
        if isinstance(index, slice):
            return _Items(self.entries[index], self.make)
        return self.make(self.entries[index])

    def __len__(self) -> int:
        return len(self.entries)


class PageRenderer:
    """Renders the pages of one site; ``categories`` are the slugs of feeds that have a rule.

    ``feeds`` are all feeds, in the config's order. ``known`` are the digests of published pages of articles by name;
    with ``None``, there is only an index that links to the documents.
    """

    def __init__(
        self,
        site: channel.Site,
        formats: Sequence[OutputFormat],
        categories: Collection[str],
        feeds: Sequence[PagedFeed],
        *,
        known: Mapping[str, str] | None = MappingProxyType({}),
        look: Look | None = None,
    ) -> None:
        look = look or Look()
        self._look = look
        self._site = site
        self._formats = sorted(formats, key=lambda known: -known.support)
        self._categories = categories
        self._feeds = feeds
        self._known = known or {}
        self._paged = known is not None
        self._words = words_for(site.language)
        self._context = Site(
            site.title, site.language, site.rights, site.base_url, OPML_NAME, look.style[0], ICON
        )
        self._spool = Spool()

    def render(self, retired: Iterable[Channel] = ()) -> SitePages:
        """Return all pages of the site, in the order in which they are put into place; ``retired`` feeds have moved."""
        articles: list[Document] = []
        kept: list[str] = []
        for place in self._places.values():
            if place.entry.partial and self._path(place.entry) in self._known:
                # We do not have its text, but its page does; its last version is made like those that left the feeds.
                kept += [] if place.closing else [self._path(place.entry)]
                continue
            made = self._article(place)
            if made is None:
                kept.append(self._path(place.entry))
            else:
                articles.append(made)
        documents = [
            *self.assets(),
            *articles,
            *self._of_feeds(),
            *map(self._moved, retired),
            self.index(),
        ]
        if MISSING not in {document.path for document in documents}:
            documents.append(self.missing())
        kept += (page_name(paged.feed.slug, name) for paged in self._feeds for name in paged.closed)
        return SitePages((*documents, self._sitemap()), kept=tuple(kept))

    def index(self) -> Document:
        """Return the page at the site's ``base_url``."""
        page = self._page(
            "index", INDEX, self._site.title, self._words.introduction, [*self._topics.values()]
        )
        return self._document("index.html", replace(page, url=self._site.base_url), topics=page.topics)

    def missing(self) -> Document:
        """Return the page for missing addresses; it may be shown at any address."""
        page = self._page("missing", MISSING, self._words.missing)
        root = urlsplit(self._site.base_url).path
        return self._document("message.html", replace(page, root=root), target=None)

    def note(self, path: str) -> Document:
        """Return the note that replaces the page of a withdrawn article: it says nothing about the article."""
        page = replace(self._page("withdrawn", path, self._words.withdrawn), root="../")
        return replace(self._document("message.html", page, target=None), settled=True)

    def assets(self) -> tuple[Document, ...]:
        """Return the style sheet and the icon."""
        name, data = self._look.style
        return self._file(name, STYLE_TYPE, data), self._file(ICON, "image/svg+xml", self._look.icon)

    @cached_property
    def _topics(self) -> Mapping[str, Topic]:
        return {paged.feed.slug: self._topic(paged.feed) for paged in self._feeds}

    @cached_property
    def _plain(self) -> Mapping[str, Topic]:
        """The topics without their newest articles, which change more often than pages that only name the feed."""
        return {slug: replace(topic, newest=None) for slug, topic in self._topics.items()}

    def _topic(self, feed: Feed) -> Topic:
        topic = self._about(feed.settings, page_name(feed.slug) if self._paged else "")
        newest = feed.entries[0] if feed.entries else None
        return replace(topic, newest=self._item(newest, topic, ()) if newest else None)

    @cached_property
    def _places(self) -> Mapping[str, _Place]:
        """Return the place of each article with a page, by its id: in a feed whose rule took it, if there is one."""
        places: dict[str, _Place] = {}
        # A feed that takes everything comes last.
        feeds = sorted(self._feeds, key=lambda paged: paged.feed.slug not in self._categories)
        for paged in feeds:
            topic = self._plain[paged.feed.slug]
            entries = [entry for entry in paged.feed.entries if entry.page]
            for newer, entry, older in zip([None, *entries], entries, [*entries[1:], None], strict=False):
                places.setdefault(entry.article.id, _Place(entry, topic, newer, older))
        for closing in (False, True):
            for paged in feeds:
                for page in paged.archives:
                    for entry in page.entries if bool(page.next) == closing else ():
                        if entry.page:
                            place = _Place(entry, self._plain[paged.feed.slug], closing=closing)
                            places.setdefault(entry.article.id, place)
        return places

    def _article(self, place: _Place) -> Document | None:
        """Return the page of an article; ``None`` if the published page has the same digest."""
        entry, topic = place.entry, place.topic
        topics = tuple(
            self._plain[slug] for slug in entry.feeds if slug in self._categories and slug in self._plain
        )
        html = _HEADING.sub(
            r"<\1h2", entry.content.html
        )  # a page has only one heading of the first level: the title
        item = replace(self._item(entry, topic, topics), content=Markup(html))  # noqa: S704 - safe_html made it
        if "<img" in html:
            item = replace(item, image=None)
        page = self._page("article", item.page, item.title, item.summary, topics or (topic,))
        page = replace(
            page,
            root="../",
            canonical=item.link or "",
            image=entry.article.image or page.image,
            picture=entry.article.picture,
            license=license_of(entry, topic.license),
            newer=self._beside(place.newer, topic),
            older=self._beside(place.older, topic),
        )
        linked = self._linked_data(item, page, entry.article)
        values = (self._look.made_with, self._context, self._words.language, page, item, topic, linked)
        made_of = hashlib.sha256(repr(values).encode("utf-8", "surrogatepass")).hexdigest()[:32]
        if self._known.get(page.path) == made_of and not place.closing:
            return None
        made = self._document("article.html", page, item=item, topic=topic, data=linked)
        # The last version of a page is the same, whether its article leaves the documents now or left them before.
        data = without_neighbours(made.data) if place.closing else made.data
        return replace(made, rendered=self._spool.put(data), made_of=made_of, settled=place.closing)

    def _linked_data(self, item: Item, page: Page, article: Article) -> dict[str, object]:
        """Return the data for search engines (https://schema.org/Article)."""
        data = {
            "@context": "https://schema.org",
            "@type": "Article",
            "headline": item.title,
            "url": page.url,
            "identifier": article.id,
            "datePublished": item.published.isoformat(),
            "dateModified": item.updated.isoformat(),
            "author": [{"@type": "Person", "name": author.name} for author in item.authors],
            "articleSection": [topic.title for topic in item.topics],
            "inLanguage": item.language,
            "image": _image_data(article),
            "license": page.license,
        }
        return {key: value for key, value in data.items() if value}

    def _beside(self, entry: Entry | None, topic: Topic) -> Neighbour | None:
        if entry is None:
            return None
        language = entry.article.language or topic.language
        return Neighbour(self._path(entry), entry.article.title, language, direction(language))

    def _path(self, entry: Entry) -> str:
        return entry.page.removeprefix(self._site.base_url)

    def _about(self, settings: Channel, page: str) -> Topic:
        return Topic(
            slug=settings.slug,
            title=settings.title,
            full_title=f"{self._site.title}: {settings.title}",
            description=settings.description,
            language=settings.language,
            page=page,
            formats=tuple(
                Address(known.label, known.media_type, f"{self._site.base_url}{settings.slug}.{known.name}")
                for known in self._formats
            ),
            icon=settings.icon,
            image=settings.image,
            moved_to=settings.moved_to,
            license=settings.license,
        )

    def _of_feeds(self) -> Iterable[Document]:
        for paged in self._feeds:
            topic = self._topics[paged.feed.slug]
            parts = [page.name for page in paged.archives]
            has_page = {*parts, *paged.closed}
            before = parts[-1] if parts else None
            for page in paged.archives:
                older = page.previous if page.previous in has_page else None
                made = self._of_feed(topic, page.entries, page.name, newer=page.next, older=older)
                yield replace(made, rendered=self._spool.put(made.data))
            yield self._of_feed(topic, paged.feed.entries, older=before)

    def _of_feed(
        self,
        topic: Topic,
        entries: Iterable[Entry],
        part: str = "",
        *,
        newer: str | None = None,
        older: str | None = None,
    ) -> Document:
        title = f"{topic.title}, {part}" if part else topic.title
        page = self._page("feed", page_name(topic.slug, part), title, topic.description, [topic])
        after = Neighbour(topic.page, self._words.latest, None, "auto")
        page = replace(
            page,
            part=part,
            newer=self._neighbour(topic, newer) if newer else after if part else None,
            older=self._neighbour(topic, older) if older else None,
        )
        items = _Items([*entries], lambda entry: self._item(entry, topic, self._others(entry, topic)))
        return self._document("feed.html", page, topic=topic, items=items)

    def _others(self, entry: Entry, topic: Topic) -> tuple[Topic, ...]:
        # Feeds that take everything are not worth naming.
        slugs = (slug for slug in entry.feeds if slug in self._categories and slug != topic.slug)
        return tuple(self._plain[slug] for slug in slugs if slug in self._plain)

    def _item(self, entry: Entry, topic: Topic, others: tuple[Topic, ...]) -> Item:
        article = entry.article
        return Item(
            digits=page_digits(self._site.id_authority, article.id),
            title=article.title,
            published=whole_seconds(article.published),
            updated=whole_seconds(entry.updated),
            summary=entry.content.summary,
            language=article.language or topic.language,
            page=self._path(entry),
            link=article.link,
            site=urlsplit(article.link).hostname if article.link else None,
            authors=tuple(Person(author.name, author.uri) for author in article.authors),
            image=article.image,
            picture=article.picture or Picture(),
            content=Markup(),
            files=tuple(File(e.url, e.type, e.length, e.shown) for e in article.enclosures),
            topics=others,
            mark=article.mark,
        )

    def _moved(self, settings: Channel) -> Document:
        topic = self._about(settings, page_name(settings.slug))
        target = next((other for other in self._topics.values() if _is_of(other, settings.moved_to)), None)
        title = self._words.moved % {"title": settings.title}
        page = self._page("moved", topic.page, title, topics=[target] if target else [])
        return self._document("message.html", page, topic=topic, target=target)

    def _sitemap(self) -> Document:
        feeds = [paged.feed for paged in self._feeds]
        url = self._site.base_url
        addresses: list[tuple[str, datetime | None]] = [(url, max((f.updated for f in feeds), default=None))]
        for paged in self._feeds:
            slug = paged.feed.slug
            addresses.append((url + page_name(slug), paged.feed.updated))
            # Without closed documents, because a build does not read them again.
            names = [*paged.closed, *(page.name for page in paged.archives)]
            addresses += [(url + page_name(slug, name), None) for name in names]
        current = [place.entry for place in self._places.values() if not place.closing]
        current.sort(key=lambda entry: (entry.updated.timestamp(), entry.page), reverse=True)
        addresses += [(entry.page, entry.updated) for entry in current]
        whole = [(address, time and whole_seconds(time)) for address, time in addresses[:MOST_IN_MAP]]
        data = self._look.render(SITEMAP, addresses=whole)
        return self._file(SITEMAP, "application/xml", data.encode())

    def _page(
        self,
        kind: Kind,
        path: str,
        title: str,
        description: str = "",
        topics: Sequence[Topic] = (),
    ) -> Page:
        # The picture of a feed is only for pages of that feed alone.
        of = topics[0] if len(topics) == 1 else self._site
        return Page(
            kind=kind,
            path=path,
            url=self._site.base_url + path,
            root="",
            title=title,
            description=description,
            topics=tuple(topics),
            icon=of.icon,
            image=of.image,
            license=of.license if kind in ("index", "feed") else None,
        )

    def _neighbour(self, topic: Topic, part: str) -> Neighbour:
        return Neighbour(page_name(topic.slug, part), part, None, "ltr")

    def _document(self, template: str, page: Page, **values: object) -> Document:
        html = self._look.render(template, site=self._context, page=page, words=self._words, **values)
        return self._file(page.path, HTML_TYPE, html.encode("utf-8", "surrogatepass"))

    def _file(self, name: str, media_type: str, data: bytes) -> Document:
        return Document(name, "", media_type, self._site.base_url + name, data, yields=True, mark=MADE_BY_US)


def _image_data(article: Article) -> str | dict[str, object] | None:
    """Return the image for search engines (https://schema.org/ImageObject); only its address if that is all."""
    if not (article.image and article.picture):
        return article.image
    picture = article.picture
    known = {
        "@type": "ImageObject",
        "url": article.image,
        "encodingFormat": picture.type,
        "width": picture.width,
        "height": picture.height,
        "contentSize": f"{picture.length} B" if picture.length else "",
        "description": picture.alt,
        "caption": picture.caption,
        "creditText": picture.credit,
    }
    return {name: value for name, value in known.items() if value}


def _is_of(topic: Topic, address: str | None) -> bool:
    return any(address == known.url for known in topic.formats)
