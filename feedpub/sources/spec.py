"""One item of the config's ``sources:`` list, compiled to a frozen, picklable :class:`SourceSpec`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

from feedpub.articles.article import (
    Author,
    Origin,
)
from feedpub.articles.ids import feed_key
from feedpub.core.errors import Where
from feedpub.sources.cleaning import NO_CLEANING, Cleaning
from feedpub.text.dates import DEFAULT, DatePolicy

# A name in braces in a link template: {slug}, {year}.
PLACEHOLDER = re.compile(r"\{([A-Za-z_][\w.-]*)\}")
MediaMode: TypeAlias = Literal["auto", "copy", "link"]
ORDERS = (
    "title body date", "title date body", "date title body",
    "title author date body", "title date author body", "date title author body", "title author body date",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextLayout:
    """The lines of a text record.

    ``order`` is one of :data:`ORDERS`. ``separator`` is a line that ends each record; without it, the date
    does. ``headers`` maps a folded ``Name`` of header lines ``Name: value`` to an article's field.
    """

    order: str = ORDERS[0]
    separator: str = ""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Header:
    """A header for a source's requests: a ``text``, or the ``variable`` that contains a secret one."""

    name: str
    text: str = ""
    variable: str = ""
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How to request the addresses of a source: ``headers`` for their host, and a user agent."""

    headers: tuple[Header, ...] = ()
    user_agent: str = ""


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Where articles come from and how to read them.

    ``patterns`` are globs relative to ``base``, the config's folder, or URLs, or ``-`` for standard input.
    ``own`` are the folders that feedpub itself writes to: files in them are not input.
    ``format`` is a name in the table of formats; ``None`` means extension and content decide. ``encoding`` is the
    fallback for bytes that are not UTF-8. ``fields`` maps an article's fields to the source's names;
    ``html_body`` and ``html_title`` say that bodies and titles of text, JSON and tables are HTML. ``namespace``
    keeps this source's own ids apart from those of others. ``boilerplate`` are folded headings.
    ``published_when`` are the only status words (folded) that make a record public. ``where`` is the place
    in the config. ``link`` is the template for missing links, ``link_base`` the address that
    relative ones are resolved against, and ``date`` says where else a date may be: ``filename``, ``mtime``
    or ``fetched``.
    ``may_be_empty`` says that the patterns need not match a file. ``adopt`` are patterns of old feeds of the
    same articles. With ``drafts``, for a preview, unfinished records are articles that say so. ``cleaning`` are
    the rules that cut and change articles. ``settle`` says how long after its last change a file may be
    incomplete. ``media`` says which files that articles name are published with them.
    """

    patterns: tuple[str, ...]
    base: Path
    own: tuple[Path, ...] = ()
    format: str | None = None
    dates: DatePolicy = DEFAULT
    encoding: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    html_body: bool = False
    html_title: bool = False
    namespace: str | None = None
    layout: TextLayout = field(default_factory=TextLayout)
    boilerplate: frozenset[str] = frozenset()
    related_links: tuple[str, ...] = ()
    repair_mojibake: bool = False
    published_when: frozenset[str] = frozenset()
    where: Where | None = None
    link: str = ""
    link_base: str = ""
    date: str = ""
    cleaning: Cleaning = NO_CLEANING
    may_be_empty: bool = False
    adopt: tuple[str, ...] = ()
    fetch: FetchOptions = FetchOptions()
    settle: timedelta | None = None
    media: MediaMode = "auto"
    drafts: bool = False
    name: str = ""
    categories: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether a text file is one record, whose date is elsewhere."""
        return self.date in ("filename", "mtime")

    @property
    def ends_at_dates(self) -> bool:
        """Whether text records end with their dates, so that each can be read without those before it."""
        return not (self.is_whole or self.layout.separator)

    @property
    def path(self) -> str:
        """The patterns as one text, for messages about the source."""
        return ", ".join(self.patterns)


@dataclass(frozen=True, slots=True)
class ParseContext:
    """What all records of one file share: its source, its name in origins, and the id authority.

    ``feed`` is the key of a feed, see :func:`feedpub.articles.ids.feed_key`; empty for other files.
    ``credit`` are the authors of entries without one. ``charset`` is the encoding in the HTTP header of the file,
    ``known_as`` the address that it was fetched from before it moved for good.
    ``since`` is when the file last changed, if its source dates entries without a date by that. With ``lean``,
    a plain article may be a :class:`~feedpub.articles.article.Plain`. If only a slice of the file is read, ``first`` is
    the number of its first line, and ``shapes`` are the forms of dates in the text before it.
    """

    spec: SourceSpec
    file: str
    authority: str
    feed: str = ""
    credit: tuple[Author, ...] = ()
    charset: str = ""
    since: datetime | None = None
    known_as: str = ""
    lean: bool = False
    first: int = 1
    shapes: frozenset[str] = frozenset()

    def of_feed(
        self, *candidates: str | None, authors: tuple[Author, ...] = (), title: str = ""
    ) -> ParseContext:
        """Return the context of a file that is a feed; ``candidates`` are its id, its own address and its page.

        Entries without an author are credited to the feed's ``authors``, else to its ``title``, never to the
        site that combines feeds.
        """
        *own, page = candidates
        fetched = self.known_as or (self.file if self.file.startswith(("http://", "https://")) else None)
        name = self.spec.name or " ".join(title.split()) or feed_key(*own, fetched, page)
        credit = authors or ((Author(name),) if name else ())
        return replace(self, feed=feed_key(*own, fetched, page, self.spec.path), credit=credit)

    def origin(self, first: int, last: int, column: int = 0) -> Origin:
        """Return the place of an item by its first and last line (1-based)."""
        return Origin(self.file, first, last, column)
