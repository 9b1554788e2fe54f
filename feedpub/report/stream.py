"""The articles of all sources as a build would take them: each once, without what is not due yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feedpub.articles.article import Article, LeftOut, Origin
from feedpub.articles.duplicates import Duplicates, Past
from feedpub.config import Settings
from feedpub.planning.routing import Publicity, note_withdrawal
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

    Raises :class:`feedpub.core.errors.SourceError` when a file cannot be read at all.
    """
    yield from (article for _, article in _articles(settings, only))


def due_articles(settings: Settings, now: datetime, past: Past) -> Iterator[Article]:
    """Yield the articles that a build at ``now`` would route, each once. Sources are read twice."""
    watched, publicity = _watched(settings, now, past)
    stays = watched.chosen()
    for source, article, instant in _public(settings, publicity):
        if kept := stays(article, instant, source):
            yield kept


def duplicates(settings: Settings, now: datetime, past: Past) -> list[Duplicate]:
    """Return the records that a build at ``now`` would leave out for others. Sources are read twice."""
    watched, publicity = _watched(settings, now, past)
    stays = watched.chosen()
    kept: dict[str, Origin] = {}
    left: list[tuple[Origin, str | None]] = []
    for source, article, instant in _public(settings, publicity):
        if stayed := stays(article, instant, source):
            kept[stayed.id] = stayed.origin
        else:
            left.append((article.origin, watched.keeper(article, instant, source)))
    # A file that changed between the readings may lack either.
    return [Duplicate(origin, kept[keeper], keeper) for origin, keeper in left if keeper in kept]


def staying(settings: Settings, now: datetime, past: Past) -> Duplicates:
    """Return which articles a build at ``now`` would not leave out for others. Sources are read once.

    ``past`` is what is known of earlier builds.
    """
    return _watched(settings, now, past)[0]


def _watched(settings: Settings, now: datetime, past: Past) -> tuple[Duplicates, Publicity]:
    withdrawn: dict[tuple[str, str], LeftOut] = {}
    # Once more where articles were withdrawn: which withdrawal counts, only all of them tell.
    for known in ({}, withdrawn):
        watched = Duplicates(settings.site.id_authority, settings.exact, past)
        publicity = Publicity(settings, now, past.by_id, known)
        for source, item in _items(settings):
            if isinstance(item, LeftOut):
                note_withdrawal(withdrawn, item)
            elif isinstance(item, Article) and not publicity.why_not(item):
                article = publicity.without_future_update(item)
                watched.admit(article, article.published.timestamp(), source)
        if not any(watched.saw(gone) for gone, _ in withdrawn):
            break
    watched.settle()
    return watched, publicity


def _public(settings: Settings, publicity: Publicity) -> Iterator[tuple[int, Article, float]]:
    for source, article in _articles(settings, publicity=publicity):
        if not publicity.why_not(article):
            yield source, article, article.published.timestamp()


def _articles(
    settings: Settings, only: Path | None = None, publicity: Publicity | None = None
) -> Iterator[tuple[int, Article]]:
    for source, item in _items(settings, only):
        if isinstance(item, Article):
            yield source, publicity.without_future_update(item) if publicity else item


def _items(settings: Settings, only: Path | None = None) -> Iterator[tuple[int, Item]]:
    """Yield what the sources give, or the file ``only`` where one is given, each with the number of its source."""
    for source, spec in enumerate(settings.sources):
        for file in files(spec):
            if only is None or Path(settings.base / file).resolve() == only.resolve():
                yield from ((source, item) for item in read(spec, file, settings.site.id_authority))
