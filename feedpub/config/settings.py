"""A config as frozen values. ``loader`` knows how it is written in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

from feedpub.articles.duplicates import Exact
from feedpub.config.placeholders import Placeholder
from feedpub.core.errors import Where
from feedpub.documents.channel import Carried, Channel, Site
from feedpub.documents.formats import OutputFormat
from feedpub.rules import RuleSet
from feedpub.sources import SourceSpec

Archive: TypeAlias = int | Literal["monthly"] | None
"""How older entries are archived (RFC 5005 §4): a number of entries per document, by month, or not at all."""

Layout: TypeAlias = Literal["files", "releases"]
"""Whether files are replaced one by one, or the whole folder at once."""


Pages: TypeAlias = Literal["auto", "all", "off"]
"""Which pages for people there are: with ``auto``, only articles without an address of their own have one."""


WithdrawnPage: TypeAlias = Literal["note", "remove"]
"""What happens to the page of an article that is taken back: it becomes a note, or is removed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The size of a subscription document in entries and bytes, how much of each text, and where older entries go."""

    max_items: int
    max_bytes: int
    archive: Archive
    content: Carried = "full"


@dataclass(frozen=True, slots=True)
class Window:
    """Which of its articles a feed shows, besides the limits of its size.

    It has articles from ``after`` on and up to ``before``; a bound without a zone is in that of each article's date.
    The subscription document only has those that are ``newer_than`` this, and ``max_per_source`` of one source.
    """

    newer_than: timedelta | None = None
    after: datetime | None = None
    before: datetime | None = None
    max_per_source: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """An article that the config names by id, key or link, and the place in the config."""

    name: str
    where: Where


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The articles that a person adds to or drops from a feed, whatever its rule says."""

    add: tuple[Named, ...] = ()
    drop: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSettings(Channel):
    """The settings of one feed; its rule has the same index in ``Settings.rules``.

    ``selective`` feeds have a rule of their own, so being in one says something about an article. ``near`` is
    the similarity from which two texts count as one. A ``lasting`` feed was made from data, and only stays because
    it was published: no guard requires entries in it.
    """

    max_items: int
    max_bytes: int
    archive: Archive
    selective: bool
    near: float | None = None
    window: Window = Window()
    lasting: bool = False
    exceptions: Exceptions = Exceptions()


VALUE = "{value}"
"""The placeholder in slug and title of a template for the value of each feed."""


@dataclass(frozen=True, slots=True)
class Template:
    """Feeds made from data: one for each value of ``field`` with ``min_articles``, up to ``max_feeds``.

    ``feed`` is what they have in common; its slug is the name of the template. Without a ``description``, each has the
    default one. Their common rule has the same index in ``rules.templates``.
    """

    feed: FeedSettings
    field: str
    min_articles: int
    max_feeds: int
    slug: str
    title: str
    description: str | None


@dataclass(frozen=True, slots=True)
class Media:
    """Which files beside articles are published (up to ``max_file`` bytes), and how long to ``keep`` unused ones."""

    max_file: int
    keep: timedelta


@dataclass(frozen=True, slots=True)
class Output:
    """Where documents go and which formats are written; ``state`` is the folder that is never served.

    ``templates`` is a folder with page templates that replace ours. ``on_publish`` is a command, with its
    arguments, that learns what changed.
    ``gzip`` says whether each file has a compressed copy; ``limits`` are the defaults of feeds.
    """

    dir: Path
    state: Path
    formats: tuple[OutputFormat, ...]
    layout: Layout
    gzip: bool
    limits: Limits
    pages: Pages
    media: Media
    withdrawn: WithdrawnPage = "note"
    templates: Path | None = None
    on_publish: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guards:
    """What a build may do before it refuses.

    ``max_rejects`` is a share (0.05) or a count; ``None`` is no limit. ``max_vanished`` is the share of a feed's
    published ids that may vanish at once.
    """

    max_rejects: float | int | None
    max_vanished: float
    future: Literal["hold", "publish"]


@dataclass(frozen=True, slots=True)
class Settings:
    """A whole config. ``rules.slugs[i]`` is ``feeds[i].slug``; paths are relative to the folder ``base``.

    ``files`` are the config, its packs and its lists of feeds. ``retired`` feeds take no more articles. ``exact``
    says which equal texts under different ids are one article. ``withdrawn`` are ids and links of articles that are
    taken back. ``placeholders`` are values that should be replaced before publishing. ``templates`` are for feeds
    made from data; once these are among the ``feeds``, it is empty. ``warnings`` name feeds that were not made,
    entries of lists of feeds that are not read, and values in curly quotes. ``deploy`` are the addresses that
    the published set is copied to. ``jobs`` is the number of processes that read; ``None`` is as many as there
    are processors. With ``drafts``, which no config can set, held articles are shown and marked.
    """

    file: Path
    files: tuple[Path, ...]
    base: Path
    site: Site
    sources: tuple[SourceSpec, ...]
    feeds: tuple[FeedSettings, ...]
    retired: tuple[FeedSettings, ...]
    rules: RuleSet
    output: Output
    guards: Guards
    exact: Exact = "across"
    withdrawn: tuple[Named, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    templates: tuple[Template, ...] = ()
    warnings: tuple[str, ...] = ()
    deploy: tuple[str, ...] = ()
    jobs: int | None = None
    drafts: bool = False

    @property
    def categories(self) -> Mapping[str, str]:
        """The titles, by slug, of feeds that are categories of their entries."""
        return {feed.slug: feed.title for feed in self.feeds if feed.selective}
