"""Which records are meant, what a build makes of them, and under which ids subscribers know their articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import takewhile
from pathlib import Path

from feedpub.articles.article import Article, LeftOut, Origin
from feedpub.articles.duplicates import DuplicateIndex, Past
from feedpub.articles.entry import RoutedArticle
from feedpub.config import Settings
from feedpub.history.identity import IdentityOptions, resolve_identities
from feedpub.history.ledger import Ledger
from feedpub.history.state import open_state
from feedpub.planning.routing import Publicity, SourceTimes, note_withdrawal
from feedpub.publishing.local.folder import LocalFolder
from feedpub.sources import Item, files, read
from feedpub.text.folding import fold
from feedpub.text.similarity import digest


@dataclass(frozen=True, slots=True)
class Found:
    """The articles that a wish may mean, best first; ``exact`` says that the first is what was meant."""

    articles: tuple[Article, ...]
    exact: bool


def by_words(articles: Iterable[Article], wish: str) -> Found:
    """Find an article by its id, its key, its title or part of it; case, accents and such do not count."""
    wanted = _folded(wish)
    partly: dict[str, Article] = {}
    titled: dict[str, Article] = {}
    for article in articles:
        if wish in {article.id, article.key, article.link}:
            return Found((article,), exact=True)
        title = _folded(article.title)
        if title == wanted:
            titled.setdefault(article.id, article)
        elif wanted and wanted in title:
            partly.setdefault(article.id, article)
    best = titled or partly
    return Found(tuple(best.values()), exact=len(best) == 1)


def by_line(articles: Iterable[Article], line: int) -> Found:
    """Find the article of which a line of its file is part, among that file's articles; several may share it."""
    until = takewhile(lambda article: article.origin.line <= line, articles)
    found = tuple(article for article in until if line <= article.origin.last)
    return Found(found, exact=len(found) == 1)


def _folded(text: str) -> bytes:
    return b" ".join(fold(text).lower().split())


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
    stays = watched.winners()
    for source, article, instant in _public(settings, publicity):
        if kept := stays(article, instant, source):
            yield kept


def duplicates(settings: Settings, now: datetime, past: Past) -> list[Duplicate]:
    """Return the records that a build at ``now`` would leave out for others. Sources are read twice."""
    watched, publicity = _watched(settings, now, past)
    stays = watched.winners()
    kept: dict[str, Origin] = {}
    left: list[tuple[Origin, str | None]] = []
    for source, article, instant in _public(settings, publicity):
        if stayed := stays(article, instant, source):
            kept[stayed.id] = stayed.origin
        else:
            left.append((article.origin, watched.winner_of(article, instant, source)))
    # A file that changed between the readings may lack either.
    return [Duplicate(origin, kept[winner_of], winner_of) for origin, winner_of in left if winner_of in kept]


def staying(settings: Settings, now: datetime, past: Past) -> DuplicateIndex:
    """Return which articles a build at ``now`` would not leave out for others. Sources are read once.

    ``past`` is what is known of earlier builds.
    """
    return _watched(settings, now, past)[0]


def _watched(settings: Settings, now: datetime, past: Past) -> tuple[DuplicateIndex, Publicity]:
    withdrawn: dict[tuple[str, str], LeftOut] = {}
    # Once more where articles were withdrawn: which withdrawal counts, only all of them tell.
    for known in ({}, withdrawn):
        watched = DuplicateIndex(settings.site.id_authority, settings.exact, past)
        publicity = Publicity(settings, now, past.by_id, known)
        for source, item in _items(settings):
            if isinstance(item, LeftOut):
                note_withdrawal(withdrawn, item)
            elif isinstance(item, Article) and not publicity.why_not(item):
                article = publicity.without_future_update(item)
                watched.add(article, article.published.timestamp(), source)
        if not any(watched.saw(gone) for gone, _ in withdrawn):
            break
    watched.decide()
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


@contextmanager
def known(settings: Settings, now: datetime) -> Iterator[Known]:
    """Open what subscribers know as a build at ``now`` would."""
    with open_state(settings, LocalFolder(settings.output.dir)) as state:
        yield Known(settings, now, state.ledger)


class Known:
    """What subscribers know, to be asked of one article at a time; ``past`` is what that is known from."""

    def __init__(self, settings: Settings, now: datetime, ledger: Ledger) -> None:
        self._settings = settings
        self._now = now
        self._store = ledger

    @property
    def past(self) -> Ledger:
        """What is known of earlier builds."""
        return self._store

    def named(self, article: Article) -> Article:
        """Return ``article`` under the id by which subscribers know it; its own if they do not."""
        article = replace(article, id=self._staying.identify(article))
        if self._store.by_id(article.id):
            return article
        changed_at = SourceTimes(self._settings, self._now).of_article
        options = IdentityOptions(self._settings.site.id_authority, self._now, changed_at)
        resolved = resolve_identities([RoutedArticle(article, ())], self._store, self._staying, options)
        return replace(article, id=resolved.entries[article.id].article.id)

    def find(self, articles: Iterable[Article], entry_id: str) -> Article | None:
        """Return the one of ``articles`` that subscribers know as ``entry_id``, though it was edited since."""
        entry = self._store.by_id(entry_id)
        if entry is None:
            return None
        # An edited article has kept one of these; all others are spared the longer look.
        like = (
            article
            for article in articles
            if article.published in (entry.published, entry.source_date)
            or digest(article.title) == entry.title
        )
        return next((named for article in like if (named := self.named(article)).id == entry_id), None)

    @cached_property
    def _staying(self) -> DuplicateIndex:
        return staying(self._settings, self._now, self._store)
