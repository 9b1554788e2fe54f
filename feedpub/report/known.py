"""Under which ids subscribers know the articles at hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cached_property

from feedpub.articles.article import Article
from feedpub.articles.duplicates import Duplicates
from feedpub.articles.entry import Selected
from feedpub.config import Settings
from feedpub.history.identity import Terms, settle
from feedpub.history.ledger import Store
from feedpub.history.state import open_state
from feedpub.planning.routing import SourceTimes
from feedpub.publishing.local.folder import LocalFolder
from feedpub.report.stream import staying
from feedpub.text.similarity import digest


@contextmanager
def known(settings: Settings, now: datetime) -> Iterator[Known]:
    """Open what subscribers know as a build at ``now`` would."""
    with open_state(settings, LocalFolder(settings.output.dir)) as state:
        yield Known(settings, now, state.ledger)


class Known:
    """What subscribers know, to be asked of one article at a time; ``past`` is what that is known from."""

    def __init__(self, settings: Settings, now: datetime, store: Store) -> None:
        self._settings = settings
        self._now = now
        self._store = store

    @property
    def past(self) -> Store:
        """What is known of earlier builds."""
        return self._store

    def named(self, article: Article) -> Article:
        """Return ``article`` under the id by which subscribers know it; its own if they do not."""
        article = replace(article, id=self._staying.identify(article))
        if self._store.by_id(article.id):
            return article
        changed_at = SourceTimes(self._settings, self._now).of_article
        terms = Terms(self._settings.site.id_authority, self._now, changed_at)
        settled = settle([Selected(article, ())], self._store, self._staying, terms)
        return replace(article, id=settled.entries[article.id].article.id)

    def find(self, articles: Iterable[Article], entry_id: str) -> Article | None:
        """Return the one of ``articles`` that subscribers know as ``entry_id``, though it was edited since."""
        entry = self._store.by_id(entry_id)
        if entry is None:
            return None
        # An edited article has kept one of these; all others are spared the longer look.
        like = (
            article
            for article in articles
            if article.published in (entry.published, entry.dated) or digest(article.title) == entry.title
        )
        return next((named for article in like if (named := self.named(article)).id == entry_id), None)

    @cached_property
    def _staying(self) -> Duplicates:
        return staying(self._settings, self._now, self._store)
