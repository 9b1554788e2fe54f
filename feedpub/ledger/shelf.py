"""What is remembered of archive documents (RFC 5005 §4): the closed pages of a feed, as values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClosedPage:
    """An archive page that never changes again: its name, and that of the page its ``next-archive`` leads to."""

    name: str
    next: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The closed pages of a feed, oldest first; ``base`` is what the addresses in them begin with."""

    pages: tuple[ClosedPage, ...] = ()
    base: str | None = None

    @property
    def open(self) -> str | None:
        """The name of the page after them, which is still written to; ``None`` if none was ever closed."""
        return self.pages[-1].next if self.pages else None


@dataclass(frozen=True, slots=True)
class ShelfChange:
    """What a build closed: the pages, and the ids of their entries and of the articles these were made from.

    ``anew`` says that this is the feed's whole shelf, and that what was remembered of it is void.
    """

    feed: str
    base: str
    pages: tuple[ClosedPage, ...]
    ids: tuple[str, ...]
    anew: bool
