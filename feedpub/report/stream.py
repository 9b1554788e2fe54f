"""The articles of all sources as a build would take them: each once, without what is not due yet."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feedpub.article import Article, Origin
from feedpub.config import Settings
from feedpub.duplicates import Duplicates
from feedpub.sources import files, read


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A record, by its ``origin``, that a build leaves out for the one at ``kept``, whose id is ``kept_id``."""

    origin: Origin
    kept: Origin
    kept_id: str

    @property
    def reason(self) -> str:
        """Why it is left out, as a sentence."""
        return f"left out of every feed as a duplicate of {self.kept}, which stays"


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
    stays = _watched(settings, now).settle()
    for article, instant in _due(settings, now):
        if stays(article, instant):
            yield article


def duplicates(settings: Settings, now: datetime) -> list[Duplicate]:
    """Return the records that a build at ``now`` would leave out for others. Sources are read twice."""
    watched = _watched(settings, now)
    stays = watched.settle()
    kept: dict[str, Origin] = {}
    left: list[tuple[Origin, str | None]] = []
    for article, instant in _due(settings, now):
        if stays(article, instant):
            kept[article.id] = article.origin
        else:
            left.append((article.origin, watched.keeper(article.id)))
    # A file that changed between the readings may lack either.
    return [Duplicate(origin, kept[keeper], keeper) for origin, keeper in left if keeper in kept]


def staying(settings: Settings, now: datetime) -> Container[str]:
    """Return the ids of the articles that a build at ``now`` would not leave out for others. Sources are read once."""
    watched = _watched(settings, now)
    watched.settle()
    return watched


def _watched(settings: Settings, now: datetime) -> Duplicates:
    watched = Duplicates()
    for article, instant in _due(settings, now):
        watched.admit(article, instant)
    return watched


def _due(settings: Settings, now: datetime) -> Iterator[tuple[Article, float]]:
    hold_after = now.timestamp() if settings.guards.future == "hold" else float("inf")
    for article in every_article(settings):
        instant = article.published.timestamp()
        if instant <= hold_after:
            yield article, instant
