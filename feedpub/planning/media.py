"""Decides which files beside articles are published, and how long they stay."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feedpub.articles.article import Article, Local, MediaFile, Notice, Use
from feedpub.articles.entry import Entry
from feedpub.articles.ids import page_path
from feedpub.config import Settings
from feedpub.core.errors import PublishError, SourceError
from feedpub.core.spool import Spool
from feedpub.documents.formats import Document
from feedpub.history.media import MediaMemory, Stamp, Unnamed, stamp_of
from feedpub.history.state import PublishedSet
from feedpub.sources.media import (
    MEDIA_FOLDER,
    Beside,
    Measured,
    MissingError,
    UnfitError,
    find,
    is_relative,
    measure,
    place_of,
    why_unfit,
)


@dataclass(frozen=True, slots=True)
class MediaPlan:
    """The files to publish with entries.

    ``documents`` are new files. ``names`` are those of all files that will be online, ``gone`` those of files to
    remove. ``notices`` report missing and unfit files. ``memory`` is for the next build. At ``next_change``, the next
    file that no article names any more is due to be removed.
    """

    documents: tuple[Document, ...]
    names: frozenset[str]
    gone: tuple[str, ...]
    notices: tuple[Notice, ...]
    memory: MediaMemory
    next_change: datetime | None


class SiteMedia:
    """Finds the files that the articles of a site name, and measures each of them once.

    ``memory`` is what earlier builds measured. The bytes of files that are not ``published`` yet are copied to a
    temporary file.
    """

    def __init__(
        self, settings: Settings, published: PublishedSet, memory: MediaMemory, now: datetime
    ) -> None:
        self._settings = settings
        self._published = published
        self._memory = memory
        self._now = now
        self._spool = Spool()
        self._files: dict[str, tuple[Stamp, Measured | None]] = {}
        self._found: dict[tuple[Path, Use], MediaFile | UnfitError] = {}
        self._documents: dict[str, Document] = {}
        self._named: dict[str, dict[str, None]] = defaultdict(dict)
        self._troubles: dict[str, dict[Notice, None]] = defaultdict(dict)

    def of(self, source: int | None, article: Article) -> Local | None:
        """Return a function that finds the files which ``article`` names; ``None`` if it cannot name any.

        ``source`` is the number of its source in the config.
        """
        spec = None if source is None else self._settings.sources[source]
        place = place_of(spec, article) if spec else None
        if place is None:
            return None

        def local(reference: str, use: Use) -> MediaFile | None:
            if not is_relative(reference):
                return None
            shown = f"left out the file {reference[:200]!r}, which"
            try:
                found = self._usable(find(reference, place, self._settings.output.media.max_file), use)
            except MissingError as error:
                self._files[self._path(error.path)] = ((), None)
                notice = Notice(article.origin, "missing-file", f"{shown} {error}")
            except UnfitError as error:
                notice = Notice(article.origin, "unfit-file", f"{shown} {error}")
            else:
                self._named[article.id][found.url.removeprefix(self._settings.site.base_url)] = None
                return found
            self._troubles[article.id][notice] = None
            return None

        return local

    def _path(self, file: Path) -> str:
        return os.path.relpath(file, self._settings.base)

    def _usable(self, beside: Beside, use: Use) -> MediaFile:
        """Return a file as it will be published. Raises :class:`UnfitError` if it must not be."""
        key = beside.path, use
        if key not in self._found:
            try:
                self._found[key] = self._published_as(beside, use)
            except UnfitError as error:
                self._found[key] = error
        found = self._found[key]
        if isinstance(found, UnfitError):
            raise found
        return found

    def _published_as(self, beside: Beside, use: Use) -> MediaFile:
        settings, status = self._settings, beside.status
        path = self._path(beside.path)
        stamp = stamp_of(status)
        known, measured = self._memory.files.get(path, ((), None))
        data = None
        if measured is None or known != stamp or not self._is_there(measured):
            try:
                data = beside.path.read_bytes()
            except OSError as error:
                # Like other inputs: the file exists, and without it, a published file would disappear.
                raise SourceError(path, f"can't be read: {error.strerror}") from error
            self._files[path] = ((), None)
            measured = measure(data, use)
        self._files[path] = (stamp, measured)
        if why := why_unfit(measured.type, use):
            raise UnfitError(why)
        name = _name(measured)
        url = settings.site.base_url + name
        if data is not None and not self._is_there(measured):
            self._documents[name] = Document(
                name, "", measured.type, url, self._spool.put(data), yields=True, settled=True
            )
        return MediaFile(
            url, measured.type, measured.length, measured.width, measured.height, measured.duration
        )

    def _is_there(self, measured: Measured) -> bool:
        name = _name(measured)
        if (sha256 := self._published.media.get(name)) is None:
            return False
        if sha256 != measured.sha256:
            raise PublishError(
                f"two files beside articles would have the same name, {name}; nothing was published"
            )
        return self._published.holds(name)

    def plan(self, entries: Mapping[str, Entry], hidden: Iterable[str]) -> MediaPlan:
        """Return the plan for ``entries``, which are by the derived ids of their articles.

        ``hidden`` are the ids of articles that must not be shown any more; files that only these named are removed.
        """
        settings, memory = self._settings, self._memory
        authority = settings.site.id_authority
        now_named = {
            page_path(authority, entry.article.id): frozenset(self._named[derived])
            for derived, entry in entries.items()
            if derived in self._named
        }
        present = {page_path(authority, entry.article.id) for entry in entries.values()}
        away = {page_path(authority, known) for known in hidden} - present
        kept = {
            owner: names
            for owner, names in memory.named.items()
            if owner not in present and owner not in away and self._stays(owner)
        }
        named = {**kept, **now_named}
        names = frozenset().union(*named.values())
        unnamed, gone = self._unnamed(named, names, away)
        used = {name for of_entry in now_named.values() for name in of_entry}
        notices = [n for derived in entries for n in self._troubles.get(derived, ())]
        return MediaPlan(
            documents=tuple(self._documents[name] for name in sorted(used & self._documents.keys())),
            names=names | unnamed.keys(),
            gone=tuple(sorted(gone)),
            notices=tuple(notices),
            memory=MediaMemory(self._files, named, unnamed),
            next_change=min((u.since + settings.output.media.keep for u in unnamed.values()), default=None),
        )

    def _unnamed(
        self, named: Mapping[str, Collection[str]], names: Collection[str], away: Collection[str]
    ) -> tuple[dict[str, Unnamed], set[str]]:
        memory, keep = self._memory, self._settings.output.media.keep
        owners: dict[str, set[str]] = defaultdict(set)
        for owner, of_owner in memory.named.items():
            for name in of_owner - frozenset(named.get(owner, ())):
                owners[name].add(owner)
        unnamed: dict[str, Unnamed] = {}
        gone: set[str] = set()
        for name in self._published.media.keys() - names:
            before = memory.unnamed.get(name, Unnamed(self._now, frozenset()))
            now = Unnamed(before.since, before.owners | owners[name])
            if (now.owners and now.owners <= {*away}) or before.since + keep <= self._now:
                gone.add(name)
            else:
                unnamed[name] = now
        return unnamed, gone

    def _stays(self, owner: str) -> bool:
        """Say whether the entry with the page ``owner`` may stay online, although this build does not have it."""
        if any(feed.archive is not None for feed in self._settings.feeds):
            return True
        return self._settings.output.pages != "off" and self._published.holds(owner)


def _name(measured: Measured) -> str:
    return f"{MEDIA_FOLDER}/{measured.sha256[:16]}.{measured.extension}"
