"""The last document of a feed that has moved: one entry, which says where to.

It has a fixed id and date, so that it is shown once and its bytes stay as they are.
"""

from __future__ import annotations

from datetime import timedelta
from html import escape

from feedpub.articles.article import Article, Origin
from feedpub.articles.entry import Entry, content_of
from feedpub.articles.ids import article_id
from feedpub.config import FeedSettings
from feedpub.documents.channel import Feed, Site, make_feed
from feedpub.documents.readback import PublishedFeed


def last_feed(settings: FeedSettings, site: Site, online: PublishedFeed | None) -> Feed:
    """Return the retired feed of ``settings``; ``online`` is what is published of it.

    The entry is dated just after what the feed last was, so that it stands on top of it; then as it is online.
    """
    assert settings.moved_to is not None
    key = f"retired\n{settings.slug}\n{settings.moved_to}"
    address = escape(settings.moved_to)
    date = site.epoch if online is None else online.updated + timedelta(seconds=1)
    identity = article_id(site.id_authority, key=key, published=date, title="")
    known = {entry.id: entry.published for entry in online.entries} if online else {}
    article = Article(
        id=identity,
        title=f"{settings.title} has moved",
        body=f'<p>This feed has moved to <a href="{address}">{address}</a>. Please subscribe to it there.</p>',
        published=known.get(identity, date),
        origin=Origin(f"feeds.{settings.slug}.retired", 1, 1),
        html=True,
        link=settings.moved_to,
    )
    return make_feed(settings, [Entry(article, (), content_of(article))], site)
