"""Compares the catalog with the files of the sources: all are read, and nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feedpub.articles.article import Article
from feedpub.catalog import Catalog, CatalogFile, Damaged
from feedpub.config import Settings
from feedpub.core.errors import SourceError
from feedpub.planning.hands import Hands
from feedpub.publishing.build import readings_of, with_made
from feedpub.publishing.dependencies import catalog_of, open_catalog


@dataclass(frozen=True, slots=True)
class CatalogCheck:
    """How the catalog in ``file`` compares: how many files it ``knows``, and how many are ``unknown`` to it.

    ``differences`` are sentences that begin with a place.
    """

    file: Path
    knows: int
    unknown: int
    differences: tuple[str, ...]


def check_catalog(settings: Settings, now: datetime) -> CatalogCheck:
    """Compare the catalog with the content of all files that it knows.

    A file that can't be read is a difference. Raises :class:`feedpub.core.errors.SourceError` if files can't be listed.
    """
    readings = readings_of(settings, now)
    settings = with_made(settings, now, readings=readings)
    with closing(open_catalog(settings, readings, writes=False)) as catalog:
        files = _files(catalog)
        known = [file for file in files if file.is_known]
        differences = tuple(told for file in known for told in _differences(file, settings))
    return CatalogCheck(catalog_of(settings), len(known), len(files) - len(known), differences)


def _files(catalog: Catalog) -> list[CatalogFile]:
    try:
        return list(catalog.files())
    except Damaged:
        # A build would notice such a file and read it, as if the catalog did not have it.
        catalog.clear()
        return list(catalog.files())


def _differences(file: CatalogFile, settings: Settings) -> Iterator[str]:
    hands = Hands(settings, None)

    def route(article: Article) -> Sequence[int] | None:
        # The catalog does not store what the config decides about single articles.
        return None if hands.names(article) else settings.rules.route(article, hands.of(article))

    try:
        for where, what in file.differences(route):
            yield f"{where}: the catalog has {what}"
    except Damaged:
        yield f"{file.name}: its entry in the catalog is damaged"
    except SourceError as error:
        yield str(error)
