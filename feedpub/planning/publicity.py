"""Which articles are public now, and when that changes. Pure decisions."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Protocol

from feedpub.articles import duplicates
from feedpub.articles.duplicates import known_title, shared_keys
from feedpub.articles.sighting import Sighting, T, Told, redated, without_update
from feedpub.articles.withdrawals import Listed, Withdrawal, Withdrawn, marks
from feedpub.config import Settings
from feedpub.text.similarity import digest


def earliest(now: datetime, *times: datetime | None) -> datetime | None:
    """Return the first of ``times`` that comes after ``now``: what the clock alone changes next."""
    return min((time for time in times if time is not None and time > now), default=None)


class Past(duplicates.Past, Protocol):
    """What has to be known of earlier builds."""

    def became(self, derived: str) -> duplicates.Known | None:
        """Return the entry as which an article is published that would have the id ``derived``."""
        ...

    def aliases(self) -> Mapping[str, str]:
        """Return the ids of the entries that articles are known as, by the ids that these would have."""
        ...

    def archived(self, feed: str, entry_id: str) -> bool:
        """Say whether a closed archive page of the feed has the article of this id."""
        ...


class Publicity:
    """Says of each article whether it is public ``now``.

    An embargo obeys nothing but the clock; a plain date in the future obeys ``guards.future``, and does not hold back
    what was published under it. Nor does it hold back the articles of the ids ``alone``: they are published, and no
    other record has their id. ``withdrawn`` is what owners took back: what a feed says is not said of another's
    articles, but what our own sources and the config say is.
    """

    def __init__(
        self,
        settings: Settings,
        now: datetime,
        past: Past | None = None,
        withdrawn: Withdrawn = MappingProxyType({}),
        alone: Container[str] = frozenset(),
    ) -> None:
        self.now = now
        self._holds = settings.guards.future == "hold"
        self._drafts = settings.drafts
        self._past = past
        self._shared_keys = shared_keys(past) if past else ()
        self._withdrawn = withdrawn
        self._listed = Listed.of(settings.withdrawn, settings.site.id_authority)
        self._alone = alone

    @property
    def asks_all(self) -> bool:
        """Whether more of each article has to be known than its id and its date."""
        return bool(self._listed.names)

    @property
    def withdrawn(self) -> Collection[str]:
        """The marks of what owners took back."""
        return self._withdrawn.keys()

    def why_not(self, article: Told) -> str:
        """Return ``held``, ``expired`` or ``withdrawn``; an empty text where the article is public."""
        return self._why_not(article, self.now)

    def is_plain(self, article: Sighting) -> bool:
        """Say whether nothing but its date says when ``article`` is public, as with nearly all, and that is past."""
        return (
            article.due is article.expires is article.updated is None
            and not article.feed
            and not article.undated
            and article.published <= self.now
        )

    def changes_at(self, article: Told) -> datetime | None:
        """Return the next instant at which the clock alone changes what is public of ``article``, if there is one."""
        times = (article.due, article.published, article.expires, article.updated)
        coming = sorted(time for time in times if time is not None and time > self.now)
        is_now = self._state(article, self.now) if coming else None
        return next((time for time in coming if self._state(article, time) != is_now), None)

    def _state(self, article: Told, now: datetime) -> tuple[str, bool]:
        return self._why_not(article, now), _is_updated_later(article, now)

    def _why_not(self, article: Told, now: datetime) -> str:
        if self._is_held(article, now) and not self._drafts:
            return "held"
        if article.expires is not None and article.expires <= now:
            return "expired"
        if self._is_listed(article) or self._taken_back(article):
            return "withdrawn"
        return ""

    def marked(self, article: Sighting) -> Sighting:
        """Return ``article``; with a mark where it would be held back and is shown in a preview of drafts."""
        return article._replace(mark="held") if self._drafts and self._is_held(article, self.now) else article

    def reason(self, article: Told, why: str) -> str:
        """Return why an article is not public, as a clause: what :meth:`why_not` said, and what brings it back."""
        if why == "expired":
            return "its time is over"
        if self._is_listed(article):
            return "the config lists it under withdrawn; taking it from that list brings it back"
        by_what = self._taken_back(article)
        return f"another record withdraws it; {by_what.remedy}" if by_what else "another record withdraws it"

    def marks(self, article: Told) -> list[str]:
        """Return the marks of the withdrawals that are of ``article``, whether it outranks them or not."""
        return [marked for marked in marks(article) if marked in self._withdrawn] if self._withdrawn else []

    def _is_listed(self, article: Told) -> bool:
        if not self._listed.names:
            return False
        known = self._past.became(article.id) if self._past else None
        return self._listed.has(article, known.id if known else None)

    def _taken_back(self, article: Told) -> Withdrawal | None:
        """Return what withdrew ``article`` and is not outranked by it."""
        if not self._withdrawn:
            return None
        found = (self._withdrawn[marked] for marked in self.marks(article))
        return next((withdrawal for withdrawal in found if not withdrawal.is_lifted_by(article)), None)

    def may_be_alone(self, article: Told) -> bool:
        """Say whether ``article`` is held back for its date alone, and something is published under its id."""
        if self._past is None or article.due is not None or not self._is_early(article, self.now):
            return False
        if self._is_listed(article) or self.marks(article):
            return False
        # A key that several articles share does not say which of them is published.
        return self._past.by_id(article.id) is not None and article.key not in self._shared_keys

    def _is_held(self, article: Told, now: datetime) -> bool:
        return (article.due is not None and article.due > now) or self._is_early(article, now)

    def _is_early(self, article: Told, now: datetime) -> bool:
        if article.published <= now or not self._holds or article.id in self._alone:
            return False
        # If what was published under this date is early now, the clock was set back. The id alone does not tell:
        # another record may have it, which is published.
        title = digest(article.title)
        published = self._past.by_instant(article.published) if self._past else ()
        return not any(
            known.published == article.published and (known.id == article.id or known.title == title)
            for known in published
        )

    @cached_property
    def _of_files(self) -> frozenset[str]:
        """The ids of published articles of which it is remembered which file they come from, and of some others."""
        return frozenset(self._past.aliases().values()) if self._past else frozenset()

    def dated(self, article: T) -> T:
        """Return ``article`` under the date that subscribers know, if its source gave none."""
        if not article.undated or self._past is None:
            return article
        own = known_title(self._past, article) if article.beside else None
        if article.beside and own is None and article.id in self._of_files:
            # What was published under its title is the article of another file, if that is still there.
            return article
        known = self._past.by_id(own or article.id) or self._past.became(article.id)
        return redated(article, known.published) if known else article

    def without_future_update(self, article: T) -> T:
        """Return ``article`` without an ``updated`` that is not yet due."""
        return without_update(article) if _is_updated_later(article, self.now) else article


def _is_updated_later(article: Told, now: datetime) -> bool:
    return article.updated is not None and article.updated > max(now, article.published)
