"""Which of several records of one story stays, decided from digests alone.

Two records are the same story when they have the same id, or the same title and body. Of the versions of one
id the one changed last stays; of equal texts under several ids the one published first. The outcome is the same
in every order of reading.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import NamedTuple

from feedpub.article import Article


class _Version(NamedTuple):
    """How versions of one id rank: changed last, then published first, then the longest body.

    Times are epoch seconds. The digests of the text (title and body) and of the rest make the order definite.
    """

    changed: float
    minus_published: float
    size: int
    text: int
    rest: int


class Duplicates:
    """Watches a stream of articles and says of each whether it is the first of its story.

    Where a later record turns out to be the one that should stay, ``disordered`` is set: the stream must then
    be read again through :meth:`settle`. That is rare, and costs less than keeping every article at hand.
    """

    def __init__(self) -> None:
        self.disordered = False
        self._versions: dict[str, _Version] = {}
        self._keepers: dict[int, tuple[float, str]] = {}

    def admit(self, article: Article, instant: float) -> bool:
        """Say whether ``article``, published at ``instant`` (epoch seconds), is new so far."""
        story, version = article.id, _version(article, instant)
        known = self._versions.get(story)
        if known is None:
            self._versions[story] = version
            claim = (instant, story)
            keeper = self._keepers.setdefault(version.text, claim)
            if keeper is claim:
                return True
            self.disordered |= claim < keeper
        elif known < version:
            self._versions[story] = version
            self.disordered = True
        return False

    def __contains__(self, article_id: object) -> bool:
        """Say whether an article with this id was seen and stays; to be asked when all of the stream was."""
        return isinstance(article_id, str) and self.keeper(article_id) == article_id

    def keeper(self, article_id: str) -> str | None:
        """Return the id of the article that stays for this one, ``None`` if it was not seen; to be asked likewise."""
        version = self._versions.get(article_id)
        return None if version is None else self._keepers[version.text][1]

    def settle(self) -> Callable[[Article, float], bool]:
        """Return what says, on a second reading of the same stream, which articles stay: each once.

        What was not there on the first reading does not stay: a later build will take it.
        """
        keepers: dict[int, tuple[float, str]] = {}
        for story, version in self._versions.items():
            claim = (-version.minus_published, story)
            if claim <= keepers.setdefault(version.text, claim):
                keepers[version.text] = claim
        self._keepers = keepers
        taken: set[str] = set()

        def stays(article: Article, instant: float) -> bool:
            story, version = article.id, _version(article, instant)
            if story in taken or self._versions.get(story) != version:
                return False
            if keepers[version.text] != (instant, story):
                return False
            taken.add(story)
            return True

        return stays


def _version(article: Article, instant: float) -> _Version:
    text = f"{article.title}\n{article.body}".encode("utf-8", "surrogatepass")
    content = _digest(text)
    changed = instant if article.updated is None else article.updated.timestamp()
    rest = (article.updated, article.key, article.link, article.authors, article.categories, article.language)
    more = (article.summary, article.image, article.enclosures, article.via, article.html)
    other = _digest(repr((rest, more)).encode("utf-8", "surrogatepass")) if any(rest) or any(more) else 0
    return _Version(changed, -instant, len(article.body), content, other)


def _digest(data: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=16).digest())
