"""The articles of all sources as a build would take them: each once, without what is not due yet."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feedpub.article import Article, LeftOut, Origin
from feedpub.config import Settings
from feedpub.duplicates import Duplicates
from feedpub.intake import Publicity, note_withdrawal
from feedpub.sources import Item, files, read


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
    for item in _items(settings, only):
        if isinstance(item, Article):
            yield item


def due_articles(settings: Settings, now: datetime) -> Iterator[Article]:
    """Yield the articles that a build at ``now`` would route, each once. Sources are read twice."""
    watched, publicity = _watched(settings, now)
    stays = watched.settle()
    for article, instant in _public(settings, publicity):
        if stays(article, instant):
            yield article


def duplicates(settings: Settings, now: datetime) -> list[Duplicate]:
    """Return the records that a build at ``now`` would leave out for others. Sources are read twice."""
    watched, publicity = _watched(settings, now)
    stays = watched.settle()
    kept: dict[str, Origin] = {}
    left: list[tuple[Origin, str | None]] = []
    for article, instant in _public(settings, publicity):
        if stays(article, instant):
            kept[article.id] = article.origin
        else:
            left.append((article.origin, watched.keeper(article.id)))
    # A file that changed between the readings may lack either.
    return [Duplicate(origin, kept[keeper], keeper) for origin, keeper in left if keeper in kept]


def staying(settings: Settings, now: datetime) -> Container[str]:
    """Return the ids of the articles that a build at ``now`` would not leave out for others. Sources are read once."""
    watched, _ = _watched(settings, now)
    watched.settle()
    return watched


def _watched(settings: Settings, now: datetime) -> tuple[Duplicates, Publicity]:
    withdrawn: dict[str, datetime | None] = {}
    # Once more where a withdrawal stood behind its article.
    for _ in range(2):
        watched, publicity = Duplicates(), Publicity(settings, now, withdrawn=withdrawn)
        for item in _items(settings):
            if isinstance(item, LeftOut):
                note_withdrawal(withdrawn, item)
            elif isinstance(item, Article) and not publicity.why_not(item):
                watched.admit(item, item.published.timestamp())
        if not any(watched.keeper(gone) for gone in withdrawn):
            break
    return watched, publicity


def _public(settings: Settings, publicity: Publicity) -> Iterator[tuple[Article, float]]:
    for article in every_article(settings):
        if not publicity.why_not(article):
            yield article, article.published.timestamp()


def _items(settings: Settings, only: Path | None = None) -> Iterator[Item]:
    for spec in settings.sources:
        for file in files(spec):
            if only is None or Path(settings.base / file).resolve() == only.resolve():
                yield from read(spec, file, settings.site.id_authority)
