"""Where a document stands: its own address, and those of its neighbours in the history of its feed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """The ``url`` that a document will be served at, and in RFC 5005 §4's terms what lies around it.

    ``previous`` is its ``prev-archive``, ``next`` its ``next-archive``. ``current`` is the subscription document,
    which is given in archive documents only.
    """

    url: str
    previous: str | None = None
    next: str | None = None
    current: str | None = None

    @property
    def is_archive(self) -> bool:
        """Whether this is an archive document."""
        return self.current is not None

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """The links to the neighbours: relation and address."""
        links = (("current", self.current), ("prev-archive", self.previous), ("next-archive", self.next))
        return tuple((rel, href) for rel, href in links if href)
