"""Decides which articles are public now, and when that changes. Pure decisions."""

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
    """Return the earliest of ``times`` after ``now``; ``None`` if there is none."""
    return min((time for time in times if time is not None and time > now), default=None)


class Past(duplicates.Past, Protocol):
    """What must be known about earlier builds."""

    def became(self, derived: str) -> duplicates.Known | None:
        """Return the published entry of the article whose derived id is ``derived``, if it has another id."""
        ...

    def aliases(self) -> Mapping[str, str]:
        """Return the published ids of articles whose derived ids are different, by these derived ids."""
        ...

    def archived(self, feed: str, entry_id: str) -> bool:
        """Say whether a closed archive document of the feed contains this id, published or derived."""
        ...


class Publicity:
    """Says for each article whether it is public ``now``.

    An article with an embargo (``due``) is held until then. If only its date is in the future, ``guards.future``
    decides, but two kinds of articles are not held: those that were already published under this date, and those with
    ids in ``alone``, which are published and have no other record. In a preview of drafts, nothing is held.

    ``withdrawn`` are the withdrawals by mark. One from a feed of other people only applies to articles of that feed;
    those from our own sources and the config apply to all articles.
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
        self.listed = Listed.of((named.name for named in settings.withdrawn), settings.site.id_authority)
        """The articles that the config withdraws."""
        self._alone = alone

    @property
    def asks_all(self) -> bool:
        """Whether more than the id and the date of each article is needed."""
        return bool(self.listed.names)

    @property
    def withdrawn(self) -> Collection[str]:
        """The marks of all withdrawals."""
        return self._withdrawn.keys()

    def why_not(self, article: Told) -> str:
        """Return ``held``, ``expired`` or ``withdrawn``; an empty string if the article is public."""
        return self._why_not(article, self.now)

    def is_plain(self, article: Sighting) -> bool:
        """Say whether only its date decides when ``article`` is public, and it is past, as for nearly all articles."""
        return (
            article.due is article.expires is article.updated is None
            and not article.feed
            and not article.undated
            and article.published <= self.now
        )

    def changes_at(self, article: Told) -> datetime | None:
        """Return the next instant at which ``article`` appears, disappears or is updated, if time alone does it."""
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
        """Return ``article``; marked if it would be held and is only shown in a preview of drafts."""
        return article._replace(mark="held") if self._drafts and self._is_held(article, self.now) else article

    def reason(self, article: Told, why: str) -> str:
        """Return a clause for ``why``, which is a result of :meth:`why_not`, and what brings the article back."""
        if why == "expired":
            return "it has expired"
        if self._is_listed(article):
            return "the config lists it under withdrawn; remove it from that list to bring it back"
        by_what = self._taken_back(article)
        return f"another record withdraws it; {by_what.remedy}" if by_what else "another record withdraws it"

    def marks(self, article: Told) -> list[str]:
        """Return the marks of the withdrawals of ``article``, whether it outranks them or not."""
        return [marked for marked in marks(article) if marked in self._withdrawn] if self._withdrawn else []

    def _is_listed(self, article: Told) -> bool:
        if not self.listed.names:
            return False
        known = self._past.became(article.id) if self._past else None
        return self.listed.has(article, known.id if known else None)

    def _taken_back(self, article: Told) -> Withdrawal | None:
        """Return a withdrawal of ``article`` that it does not outrank, if there is one."""
        if not self._withdrawn:
            return None
        found = (self._withdrawn[marked] for marked in self.marks(article))
        return next((withdrawal for withdrawal in found if not withdrawal.is_lifted_by(article)), None)

    def may_be_alone(self, article: Told) -> bool:
        """Say whether ``article`` is held only because of its date, and something is published under its id."""
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
        # If it was published under this date and the date is in the future now, the clock was set back. The same id
        # does not prove that: it may be the id of another record, which is published.
        title = digest(article.title)
        published = self._past.by_instant(article.published) if self._past else ()
        return not any(
            known.published == article.published and (known.id == article.id or known.title == title)
            for known in published
        )

    @cached_property
    def _of_files(self) -> frozenset[str]:
        """The ids of published articles whose files are remembered, and some more."""
        return frozenset(self._past.aliases().values()) if self._past else frozenset()

    def dated(self, article: T) -> T:
        """Return ``article`` with its published date, if its source has no date."""
        if not article.undated or self._past is None:
            return article
        own = known_title(self._past, article) if article.beside else None
        if article.beside and own is None and article.id in self._of_files:
            # The article published under its title comes from another file, if that still exists.
            return article
        known = self._past.by_id(own or article.id) or self._past.became(article.id)
        return redated(article, known.published) if known else article

    def without_future_update(self, article: T) -> T:
        """Return ``article`` without ``updated`` if that is in the future."""
        return without_update(article) if _is_updated_later(article, self.now) else article


def _is_updated_later(article: Told, now: datetime) -> bool:
    return article.updated is not None and article.updated > max(now, article.published)
