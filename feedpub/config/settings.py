"""What a config says, as frozen values. How it is written in YAML is the business of ``load``."""

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
"""How older entries are archived (RFC 5005 §4): so many in a document, those of a month, or not at all."""

Layout: TypeAlias = Literal["files", "releases"]
"""Whether files are replaced one by one, or the whole folder flips."""


Pages: TypeAlias = Literal["auto", "all", "off"]
"""Which pages for people there are: with ``auto``, articles have one that have no address of their own."""


WithdrawnPage: TypeAlias = Literal["note", "remove"]
"""What becomes of the page of an article that is taken back: a note takes its place, or it is removed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a subscription document holds, in entries and bytes and of each text, and where older entries go."""

    max_items: int
    max_bytes: int
    archive: Archive
    content: Carried = "full"


@dataclass(frozen=True, slots=True)
class Window:
    """Which of its articles a feed shows, beside the limits of its size.

    From ``after`` on, and up to ``before``; a bound without a zone is meant in that of each article's date. In the
    subscription document, those that are ``newer_than`` so much, at most ``max_per_source`` of one source.
    """

    newer_than: timedelta | None = None
    after: datetime | None = None
    before: datetime | None = None
    max_per_source: int | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """An article that the config names, by id, key or link, and where it does."""

    name: str
    where: Where


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The articles that a person adds to a feed, and those that one drops from it, whatever its rule says."""

    add: tuple[Named, ...] = ()
    drop: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSettings(Channel):
    """How one feed is made; its rule is in ``Settings.rules`` under the same index.

    ``selective`` feeds have a rule of their own, so that being in one says something about an article. ``near`` is
    the similarity from which two texts count as one. A ``lasting`` feed was made of the data, and is there only because
    it was published: no guard asks for entries of it.
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
"""What is in the slug and in the title of a template for the value that a feed is made of."""


@dataclass(frozen=True, slots=True)
class Template:
    """Feeds that are made of the data: one of each value of ``field`` that has ``min_articles``, ``max_feeds`` at most.

    ``feed`` is what they have in common; its slug is the name of the template. Without a ``description``, each has that
    of other feeds. The rule that they have in common is in ``rules.templates`` under the same index.
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
    """Which files beside articles are published: of ``max_file`` bytes at most, and ``keep`` longer than named."""

    max_file: int
    keep: timedelta


@dataclass(frozen=True, slots=True)
class Output:
    """Where documents go and which formats are written; ``state`` is the folder that is never served.

    ``templates`` is a folder whose templates of pages take the place of ours. ``on_publish`` is a command, with its
    arguments, that is told what changed.
    ``gzip`` says whether each file has a compressed twin; ``limits`` are those of feeds that name no others.
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

    ``max_rejects`` is a share (0.05) or a count; ``None``: any. ``max_vanished`` is the share of a feed's published
    ids that may vanish at once.
    """

    max_rejects: float | int | None
    max_vanished: float
    future: Literal["hold", "publish"]


@dataclass(frozen=True, slots=True)
class Settings:
    """A whole config. ``rules.slugs[i]`` is ``feeds[i].slug``; ``base`` is the folder paths are relative to.

    ``files`` are the config, its packs and its lists of feeds. ``retired`` feeds take no articles any more. ``exact``
    says which equal texts under different ids are one article. ``withdrawn`` are ids and links of articles that are
    taken back. ``placeholders`` are what is to become public and is fit for a try only. ``templates`` stand for feeds
    that are made of the data; once these are among the ``feeds``, there are none, and ``warnings`` may say which were
    not made, as they say which entries of lists of feeds nothing reads. ``deploy`` are the addresses that the published
    set is copied to. ``jobs`` is with how many processes a build reads, ``None``: as many as there are processors. With
    ``drafts``, which no file can say, what is held back is shown and marked.
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
    withdrawn: tuple[str, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    templates: tuple[Template, ...] = ()
    warnings: tuple[str, ...] = ()
    deploy: tuple[str, ...] = ()
    jobs: int | None = None
    drafts: bool = False

    @property
    def categories(self) -> Mapping[str, str]:
        """The titles of those feeds, by slug, that are categories of their entries."""
        return {feed.slug: feed.title for feed in self.feeds if feed.selective}
