"""How the dates of unknown files are written: in which language, and whether the day or the month comes first.

Only what the files themselves show is proposed: a language that makes more of them readable, or an order without
which a date would have a month 29. The user decides the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

from feedpub.articles.article import Article, Reject
from feedpub.core.errors import SourceError
from feedpub.sources.files import read
from feedpub.sources.records import Item
from feedpub.sources.spec import SourceSpec
from feedpub.sources.survey import Surveyed
from feedpub.text.dates import DatePolicy

LANGUAGES = tuple("de fr es pt it nl sv da nb fi pl cs ru uk tr el hu ro ja zh ko ar".split())  # noqa: SIM905
"""The languages whose month names are tried, by CLDR's codes; none of them misreads a month of another."""
_AUTHORITY = "example.org,2000"
_FILES, _ITEMS = 3, 30
_OTHER_LANGUAGE = "declare dates: languages"
_OPEN_ORDER = "day first or month first"
_SHORT_YEAR = "year of two digits"
FIRST_YEAR = 1969
"""The first year that two digits can mean by the rule of POSIX, like in strptime."""
_ONLY_A_DATE = "neither title nor body before"
_NO_MONTH = "month must be in 1..12"
# With full stops between day, month and year, the day comes first in all locales of CLDR.
_DOTTED = re.compile(r"'[^'\d]*\d{1,2}\.\s?\d{1,2}\.\s?\d{4}\b")


@dataclass(frozen=True, slots=True)
class DateHabits:
    """How to read dates, and the lines of a config that say so."""

    policy: DatePolicy
    lines: tuple[str, ...]


def written_dates(spec: SourceSpec, found: Mapping[Path, Surveyed]) -> DateHabits | None:
    """Return how the dates of files are written, as far as they show it; ``None`` if nothing needs declaring."""
    policy, told, said = spec.dates, [], []
    asking = _asking(found, _OTHER_LANGUAGE)
    if not any(each.articles for each in found.values()):
        # No reject mentions a date at the beginning of a text.
        asking = asking or [path for path, each in found.items() if each.format == "text"][:_FILES]
    if language := _language(spec, asking):
        policy = replace(policy, languages=(language,))
        told.append(f"# Month names and other words in dates are in the language {language}.")
        said.append(f"languages: [{language}]")
    if _has_short_years(replace(spec, dates=policy), found):
        policy = replace(policy, two_digit_years=FIRST_YEAR)
        told.append(
            "# Two-digit years: 69 to 99 mean 1969 to 1999, 00 to 68 mean 2000 to 2068, as in strptime."
        )
        told.append(
            "# If that is wrong, write the first year that they mean before the first build, because dates stay."
        )
        said.append(f"two_digit_years: {FIRST_YEAR}")
    day_first = _day_first(replace(spec, dates=policy), found)
    if day_first is not None:
        policy = replace(policy, day_first=day_first)
        told.append(f"# In dates such as 3/4/2023 the {'day' if day_first else 'month'} comes first here.")
        said.append(f"day_first: {str(day_first).lower()}")
    return DateHabits(policy, (*told, f"dates: {{{', '.join(said)}}}")) if said else None


def _asking(found: Mapping[Path, Surveyed], sign: str) -> list[Path]:
    return [path for path, each in found.items() if any(sign in reason for reason, _, _ in each.reasons)][
        :_FILES
    ]


def _language(spec: SourceSpec, files: list[Path]) -> str:
    """Return the language with which most dates are read; empty if none helps or its package is missing."""
    if not files or find_spec("dateparser") is None:
        return ""
    best, most = "", _dated(spec, files)
    for language in LANGUAGES:
        declared = replace(spec, dates=replace(spec.dates, languages=(language,), day_first=True))
        dated = _dated(declared, files)
        if dated > most:
            best, most = language, dated
            if not any(isinstance(item, Reject) for item in _items(declared, files)):
                break
    return best


def _dated(spec: SourceSpec, files: list[Path]) -> int:
    """Return how many dates of records are read; in a text, a record may consist of its date alone."""
    return sum(
        isinstance(item, Article) or (isinstance(item, Reject) and _ONLY_A_DATE in item.reason)
        for item in _items(spec, files)
    )


def _has_short_years(spec: SourceSpec, found: Mapping[Path, Surveyed]) -> bool:
    """Say whether some dates have two-digit years, which may only show once the rest of them can be read."""
    files = [path for sign in (_SHORT_YEAR, _OPEN_ORDER, _OTHER_LANGUAGE) for path in _asking(found, sign)]
    known = replace(spec, dates=replace(spec.dates, day_first=True))
    return any(_SHORT_YEAR in reject.reason for reject in _rejects(known, list(dict.fromkeys(files))))


def _day_first(spec: SourceSpec, found: Mapping[Path, Surveyed]) -> bool | None:
    """Return whether the day comes first; ``None`` if the files do not show it."""
    files = _asking(found, _OPEN_ORDER)
    if not files and spec.dates.languages:
        # These dates could not be read before their language was known.
        files = _asking(found, _OTHER_LANGUAGE)
    if not files and spec.dates.two_digit_years:
        files = _asking(found, _SHORT_YEAR)
    if not files:
        return None
    open_order = [reject for reject in _rejects(spec, files) if _OPEN_ORDER in reject.reason]
    if not open_order:
        return None
    unreal = {
        order: any(
            _NO_MONTH in reject.reason
            for reject in _rejects(replace(spec, dates=replace(spec.dates, day_first=order)), files)
        )
        for order in (True, False)
    }
    if unreal[True] != unreal[False]:
        return unreal[False]
    is_dotted = all(_DOTTED.search(reject.reason) for reject in open_order)
    return True if is_dotted and not unreal[True] else None


def _rejects(spec: SourceSpec, files: list[Path]) -> list[Reject]:
    return [item for item in _items(spec, files) if isinstance(item, Reject)]


def _items(spec: SourceSpec, files: list[Path]) -> Iterator[Item]:
    for path in files:
        with suppress(SourceError):
            yield from islice(read(spec, path, _AUTHORITY), _ITEMS)
