"""Decides which articles are in the window of a feed: by date, and by how many each source has. Pure decisions.

An entry that leaves because of ``newer_than``, ``before`` or ``max_per_source`` has slid out of the window, just like
one that newer entries push out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from feedpub.articles.article import Article
from feedpub.articles.entry import Entry
from feedpub.articles.ids import feed_key
from feedpub.articles.sighting import Told
from feedpub.config import Window
from feedpub.core.feed_values import web_address

Limit: TypeAlias = Literal["after", "before", "newer_than", "max_per_source", "max_items", "max_bytes"]
"""The config key that keeps an article out of the subscription document of a feed."""


def out_of_bounds(window: Window, published: datetime) -> Literal["after", "before"] | None:
    """Return which bound of ``window`` excludes an article of this date; ``None`` if neither does.

    A bound without a zone is in the zone of the article's date, which is that of its source.
    """
    if window.after and not _reached(published, window.after):
        return "after"
    if window.before and _reached(published, window.before):
        return "before"
    return None


def _reached(time: datetime, bound: datetime) -> bool:
    return (time if bound.tzinfo else time.replace(tzinfo=None)) >= bound


def origin_of(article: Told, source: int | None) -> str:
    """Return what ``max_per_source`` counts as one source: the original feed, or else the item of ``sources``.

    ``source`` is the number of that item.
    """
    if via := article.via:
        return feed_key(via.id, via.url and web_address(via.url)) or via.title
    return article.feed or f"\0{source}"


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """The window of a feed at the instant ``now``; ``sources`` has the number of the source of each file."""

    window: Window
    now: datetime
    sources: Mapping[str, int]

    def in_bounds(self, entries: Iterable[Entry]) -> tuple[list[Entry], dict[str, Limit]]:
        """Return the ``entries`` within the bounds, and for the others, by id, the bound that excludes them."""
        inside: list[Entry] = []
        outside: dict[str, Limit] = {}
        for entry in entries:
            if bound := out_of_bounds(self.window, entry.article.published):
                outside[entry.article.id] = bound
            else:
                inside.append(entry)
        return inside, outside

    def is_old(self, published: datetime) -> bool:
        """Say whether ``newer_than`` excludes an article of this date from the subscription document."""
        age = self.window.newer_than
        return age is not None and self.now - published >= age

    def without_room(self, entries: Iterable[Entry]) -> dict[str, Limit]:
        """Return which of ``entries`` (newest first) the window excludes from the subscription document, by id."""
        most = self.window.max_per_source
        seen: Counter[str] = Counter()
        found: dict[str, Limit] = {}
        for entry in entries:
            article = entry.article
            if self.is_old(article.published):
                found[article.id] = "newer_than"
            elif most is not None:
                origin = self._origin(article)
                seen[origin] += 1
                if seen[origin] > most:
                    found[article.id] = "max_per_source"
        return found

    def why_not_at_hand(self, article: Article, shown: Iterable[Entry]) -> Limit | None:
        """Return which limit excludes an article that was not selected for the feed; ``None`` if newer ones fill it.

        ``shown`` are the entries of the feed.
        """
        if limit := out_of_bounds(self.window, article.published):
            return limit
        if self.is_old(article.published):
            return "newer_than"
        full = article.published <= self._full_since(shown).get(self._origin(article), _LONG_AGO)
        return "max_per_source" if full else None

    def has_slid(self, published: datetime, shown: Iterable[Entry], *, still_there: bool) -> bool:
        """Say whether a published entry has left the window; ``shown`` are the entries of the feed now.

        ``still_there`` says that the sources still have its article. The source of a published entry is not known, so
        such an entry counts as pushed out if any source has ``max_per_source`` newer ones.
        """
        if self.is_old(published) or out_of_bounds(self.window, published) == "before":
            return True
        return still_there and published <= max(self._full_since(shown).values(), default=_LONG_AGO)

    def shown(self, limit: Limit) -> str:
        """Return which articles the window takes by ``limit``, as a part of a sentence."""
        window = self.window
        if limit == "newer_than" and window.newer_than:
            hours = window.newer_than // timedelta(hours=1)
            return f"articles that are newer than {f'{hours}h' if hours % 24 else f'{hours // 24}d'}"
        if limit == "max_per_source":
            return f"the newest articles of each source, at most {window.max_per_source:,}"
        if limit == "after":
            return f"articles that were published on or after {_written(window.after)}"
        return f"articles that were published before {_written(window.before)}"

    def _full_since(self, shown: Iterable[Entry]) -> Mapping[str, datetime]:
        """Return the date of the oldest entry of each source that has as many as it may have."""
        dates: dict[str, list[datetime]] = {}
        for entry in shown if self.window.max_per_source else ():
            dates.setdefault(self._origin(entry.article), []).append(entry.article.published)
        return {origin: min(of) for origin, of in dates.items() if len(of) == self.window.max_per_source}

    def _origin(self, article: Article) -> str:
        return origin_of(article, self.sources.get(article.origin.file))


def _written(moment: datetime | None) -> str:
    return moment.isoformat().removesuffix("T00:00:00") if moment else ""


_LONG_AGO = datetime.min.replace(tzinfo=UTC)
