"""Find the article that someone means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from feedpub.articles.article import Article
from feedpub.text.folding import fold


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
