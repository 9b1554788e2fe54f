"""Decides which HTML pages are published beside the feeds, and which entries link to one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from feedpub.articles.entry import Entry
from feedpub.articles.ids import page_digits, page_path
from feedpub.config import Settings
from feedpub.core.errors import PublishError
from feedpub.documents.formats import Document
from feedpub.documents.pages.look import Look
from feedpub.documents.pages.site import (
    HTML_TYPE,
    MADE_BY_US,
    PagedFeed,
    PageRenderer,
    SitePages,
    is_article,
    is_own_page,
    is_style,
    page_name,
    without_articles,
    without_neighbours,
)
from feedpub.history.state import PublishedSet, State
from feedpub.planning.feed_plan import FeedPlan


def with_pages(entries: Mapping[str, Entry], settings: Settings) -> dict[str, Entry]:
    """Return ``entries``, with the addresses of pages for those that get one.

    If the link of an article is the address of a page on this site, as in a record from one of our own feeds, it is
    removed. Raises :class:`PublishError` if two articles would have the same page.
    """
    base, wanted = settings.site.base_url, settings.output.pages
    found: dict[str, Entry] = {}
    owners: dict[str, str] = {}
    for derived, entry in entries.items():
        article = entry.article
        if article.link and is_own_page(article.link, base):
            article = replace(article, link=None)
        has_address = article.link is not None or article.permalink
        page = ""
        if wanted == "all" or (wanted == "auto" and not has_address):
            page = base + page_path(settings.site.id_authority, article.id)
            if (other := owners.setdefault(page, article.id)) != article.id:
                raise PublishError(
                    f"the articles {other} and {article.id} would have the same page, {page}; nothing was published;"
                    " give one of them another id"
                )
        found[derived] = replace(entry, article=article, page=page)
    return found


def plan_pages(
    settings: Settings, state: State, feeds: Iterable[FeedPlan], released: Collection[str]
) -> SitePages:
    """Return the pages of a site; ``feeds`` are its plans, ``released`` the ids of articles that must not be shown.

    The pages of closed archive documents and of articles that have left the feeds stay, as do their style sheets.
    """
    published = state.published
    listed, begun = published.documents, frozenset(published.begun)
    if settings.output.pages == "off":
        return SitePages()
    paged = [
        PagedFeed(
            feed_plan.feed,
            feed_plan.pages,
            tuple(p.name for p in feed_plan.index.pages if page_name(feed_plan.slug, p.name) in listed),
        )
        for feed_plan in feeds
    ]
    renderer = PageRenderer(
        settings.site,
        settings.output.formats,
        settings.categories,
        paged,
        look=Look(settings.output.templates),
        # A page is made again if somebody removed it, or if an interrupted build may have replaced it.
        known={
            path: document.made_of
            for path, document in listed.items()
            if is_article(path) and path not in begun and published.holds(path)
        },
    )
    made = renderer.render(settings.retired)
    names = {*made.kept, *(document.path for document in made.documents)}
    authority = settings.site.id_authority
    gone = {page_path(authority, entry_id) for entry_id in released} - names
    base = settings.site.base_url
    final = (*_leaving(base, published, names | gone), *_cut(base, authority, state, paged, released))
    kept = (*made.kept, *filter(is_style, listed))
    present = (path for path in sorted(gone) if path in listed or published.holds(path))
    notes = map(renderer.note, present) if settings.output.withdrawn == "note" else ()
    return SitePages(made.documents, final, kept, tuple(sorted(gone)), tuple(notes))


def _cut(
    base: str, authority: str, state: State, feeds: Iterable[PagedFeed], released: Collection[str]
) -> Iterator[Document]:
    """Yield the pages of closed archive documents that still show ``released`` articles, without these."""
    for paged in feeds:
        slug = paged.feed.slug
        taken = {page_digits(authority, known) for known in released if state.ledger.archived(slug, known)}
        for name in paged.closed if taken else ():
            path = page_name(slug, name)
            data = state.published.read(path)
            if data is not None and (left := without_articles(data, sorted(taken))) != data:
                yield Document(path, "", HTML_TYPE, base + path, left, yields=True, mark=MADE_BY_US)


def _leaving(base: str, published: PublishedSet, planned: Collection[str]) -> Iterator[Document]:
    """Yield the final version, without links to neighbours, of pages whose articles are no longer in any document.

    This includes pages that an interrupted build had begun to change.
    """
    for path in {**dict.fromkeys(published.documents), **dict.fromkeys(published.begun)}:
        if is_article(path) and path not in planned:
            data = published.read(path)
            if data is not None:
                left = without_neighbours(data)
                yield Document(
                    path, "", HTML_TYPE, base + path, left, yields=True, mark=MADE_BY_US, settled=True
                )
