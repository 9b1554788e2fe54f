"""What withdraws an article for good, what brings it back, and how that is remembered without its content.

A withdrawal stays in force when its record is gone. The published folder, which everybody can read, also contains a
hash of the article's id, and what a record must outrank.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from feedpub.articles.article import LeftOut, with_other_scheme
from feedpub.articles.ids import article_id, digits_of_page, page_digits, page_key
from feedpub.articles.sighting import Told

BROUGHT_BACK = "a record with a higher version or a later update brings it back"
"""What lifts any withdrawal that is not in the config."""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a record must outrank to bring a withdrawn article back.

    ``version`` and ``changed`` are those of the record that withdrew it. If it has neither, it is dated by the first
    build that saw it: ``seen``.
    """

    version: int | None = None
    changed: datetime | None = None
    seen: datetime | None = None

    @classmethod
    def of(cls, left_out: LeftOut, seen: datetime) -> Withdrawal:
        """Return the withdrawal by a record that a build sees at ``seen``."""
        if left_out.version is None and left_out.changed is None:
            return cls(seen=seen)
        return cls(left_out.version, left_out.changed)

    def is_lifted_by(self, article: Told) -> bool:
        """Say whether ``article``, if it is otherwise public, is brought back."""
        if self.version is not None and article.version is not None:
            return article.version > self.version
        # If it has only a version, its date is unknown, so it stays in force.
        return self._time is not None and (article.updated or article.published) > self._time

    @property
    def remedy(self) -> str:
        """What brings the article back, as a clause."""
        ways = [f"a version above {self.version}"] if self.version is not None else []
        ways += [f"an update after {self._time.isoformat()}"] if self._time else []
        return f"a record with {' or '.join(ways)} brings it back"

    def joined(self, other: Withdrawal | None) -> Withdrawal:
        """Return the combination of two withdrawals: the higher values; an undated one keeps its first date."""
        if other is None:
            return self
        return Withdrawal(
            max((v for v in (self.version, other.version) if v is not None), default=None),
            max(filter(None, (self.changed, other.changed)), default=None),
            min(filter(None, (self.seen, other.seen)), default=None),
        )

    @property
    def _time(self) -> datetime | None:
        return max(filter(None, (self.changed, self.seen)), default=None)

    def said(self) -> dict[str, int | str]:
        """Return it as a JSON object."""
        told = {"version": self.version, "changed": self.changed, "seen": self.seen}
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in told.items()
            if value is not None
        }

    @classmethod
    def read(cls, said: Mapping[str, object]) -> Withdrawal:
        """Read what :meth:`said` wrote; ``TypeError`` or ``ValueError`` for anything else."""
        version = said.get("version")
        if version is not None and type(version) is not int:
            raise TypeError(version)
        times = [
            None if text is None else datetime.fromisoformat(str(text))
            for text in (said.get("changed"), said.get("seen"))
        ]
        if any(time is not None and time.utcoffset() is None for time in times):
            raise ValueError(said)
        return cls(version, *times)


Withdrawn = Mapping[str, Withdrawal]
"""All withdrawals in force, by :func:`mark`."""


def mark(entry_id: str, feed: str = "") -> str:
    """Return a hash for the article with an id, without naming it; ``feed`` limits it to articles of that feed."""
    told = f"{feed}\n{entry_id}" if feed else entry_id
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def marks(article: Told) -> Iterator[str]:
    """Yield the marks under which an article may have been withdrawn: by our own sources, and by its feed."""
    yield mark(article.id)
    if article.feed:
        yield mark(article.id, article.feed)


_NOTHING: frozenset[str] = frozenset()
_ANY_DAY = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Listed:
    """A list in a config that names articles by ids, keys or links, such as ``withdrawn``.

    ``by_id`` and ``by_page`` have the ``names`` that mean an id, or the address of a page. ``by_digits`` has those that
    are the address of our own page of an article, by what names that page under ``authority``.
    """

    names: frozenset[str] = frozenset()
    by_id: Mapping[str, frozenset[str]] = field(default_factory=dict)
    by_page: Mapping[str, frozenset[str]] = field(default_factory=dict)
    by_digits: Mapping[str, frozenset[str]] = field(default_factory=dict)
    authority: str = ""

    @classmethod
    def of(cls, names: Iterable[str], authority: str) -> Listed:
        """Return the list of ``names``; ``authority`` mints the ids for those that are keys."""
        names = frozenset(names)
        by_id: dict[str, set[str]] = {}
        by_page: dict[str, set[str]] = {}
        by_digits: dict[str, set[str]] = {}
        for name in names:
            if digits := digits_of_page(name):
                by_digits.setdefault(digits, set()).add(name)
            for key in (name, with_other_scheme(name)):
                made = article_id(authority, key=key, published=_ANY_DAY, title="")
                for each in (key, made):
                    by_id.setdefault(each, set()).add(name)
            page = page_key(name) if name.lower().startswith(("http://", "https://")) else None
            if page:
                by_page.setdefault(page, set()).add(name)
        return cls(
            names,
            {each: frozenset(found) for each, found in by_id.items()},
            {page: frozenset(found) for page, found in by_page.items()},
            {digits: frozenset(found) for digits, found in by_digits.items()},
            authority,
        )

    @property
    def ids(self) -> frozenset[str]:
        """All ids that are listed."""
        return frozenset(self.by_id)

    def has(self, article: Told, known_as: str | None = None) -> bool:
        """Say whether ``article`` is listed; ``known_as`` is the id that subscribers know, if it differs."""
        return bool(self.names and self.naming(article, known_as))

    def naming(self, article: Told, known_as: str | None = None) -> frozenset[str]:
        """Return the names that mean ``article``; ``known_as`` as for :meth:`has`."""
        named = self.naming_id(article.id) | (self.naming_id(known_as) if known_as else _NOTHING)
        if article.key in self.names:
            named |= {article.key}
        page = page_key(article.link) if self.by_page and article.link else None
        return named | self.by_page.get(page or "", _NOTHING)

    def naming_id(self, article_id: str) -> frozenset[str]:
        """Return the names that mean the article with this id, as far as the id tells."""
        named = self.by_id.get(article_id, _NOTHING)
        if self.by_digits:
            named |= self.by_digits.get(page_digits(self.authority, article_id), _NOTHING)
        return named


@dataclass(frozen=True)
class Gone:
    """The ids of withdrawn or expired articles: ``ids`` if they are known, others by their marks."""

    ids: frozenset[str] = frozenset()
    marks: Container[str] = field(default=frozenset())

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self.ids or (bool(self.marks) and mark(str(entry_id)) in self.marks)


def joined(*withdrawn: Withdrawn) -> dict[str, Withdrawal]:
    """Return the combination of several memories of withdrawals."""
    found: dict[str, Withdrawal] = {}
    for memory in withdrawn:
        for marked, withdrawal in memory.items():
            found[marked] = withdrawal.joined(found.get(marked))
    return found


def dated(withdrawal: Withdrawal, known: Withdrawal | None) -> Withdrawal:
    """Return a withdrawal that a build sees, with the date from the first build that saw it."""
    if known is None:
        return withdrawal
    return replace(withdrawal, seen=known.seen or withdrawal.seen if withdrawal.seen else None).joined(known)
