"""The articles that a build would route: those of all sources, without duplicates and what is not due yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from feedpub.article import Article
from feedpub.config import Settings
from feedpub.duplicates import Duplicates
from feedpub.sources import files, read


def every_article(settings: Settings, only: Path | None = None) -> Iterator[Article]:
    """Yield all articles, those of the file ``only`` where one is given.

    Raises :class:`feedpub.errors.SourceError` when a file cannot be read at all.
    """
    for spec in settings.sources:
        for file in files(spec):
            if only is None or Path(settings.base / file).resolve() == only.resolve():
                for item in read(spec, file, settings.site.id_authority):
                    if isinstance(item, Article):
                        yield item


def due_articles(settings: Settings, now: datetime) -> Iterator[Article]:
    """Yield the articles that a build at ``now`` would route, each once. Sources are read twice."""
    hold_after = now.timestamp() if settings.guards.future == "hold" else float("inf")
    duplicates = Duplicates()
    for article in every_article(settings):
        instant = article.published.timestamp()
        if instant <= hold_after:
            duplicates.admit(article, instant)
    stays = duplicates.settle()
    for article in every_article(settings):
        instant = article.published.timestamp()
        if instant <= hold_after and stays(article, instant):
            yield article
