"""Look at files before anything is decided: which format each has, and what comes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from feedpub.article import Article, Boilerplate, Reject
from feedpub.sources.opening import display_name, files, format_of, open_stream, read
from feedpub.sources.spec import SourceSpec

_AUTHORITY = "example.org,2000"


@dataclass(frozen=True, slots=True)
class Surveyed:
    """What one file gave: its format, its counts, and its rejects by reason, each with its first place."""

    file: str
    format: str
    articles: int
    boilerplate_lines: int
    rejects: int
    reasons: tuple[tuple[str, str, int], ...]


def survey(spec: SourceSpec, limit: int) -> Iterator[Surveyed]:
    """Yield what the first ``limit`` files of a source give.

    Raises :class:`~feedpub.errors.SourceError` for a file that can't be read at all.
    """
    for file in islice(files(spec), limit):
        yield survey_file(spec, file)


def survey_file(spec: SourceSpec, file: Path | str) -> Surveyed:
    """Return what one file gives when it is read as ``spec`` says."""
    name = display_name(spec, file)
    with open_stream(spec, file) as stream:
        taken = format_of(spec, stream, name)
    articles = lines = 0
    reasons: Counter[str] = Counter()
    places: dict[str, str] = {}
    for item in read(spec, file, _AUTHORITY):
        if isinstance(item, Article):
            articles += 1
        elif isinstance(item, Boilerplate):
            lines += item.origin.lines
        elif isinstance(item, Reject):
            reasons[item.reason] += 1
            places.setdefault(item.reason, str(item.origin))
    return Surveyed(
        name,
        taken,
        articles,
        lines,
        reasons.total(),
        tuple((reason, places[reason], count) for reason, count in reasons.most_common(20)),
    )
