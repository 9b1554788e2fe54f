"""What a source declares about its dates, and the result of reading one. Free-form reading is elsewhere.

Declared formats are strptime patterns, read without the locale: ``datetime.strptime`` takes its month names from the
host's locale and fills missing parts with 1900; here the names are English, and a pattern must have the whole date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

# RFC 822 dates in feeds and RFC 3339 allow earlier years, but in articles they are typing errors.
FIRST_YEAR = 1900
AMBIGUOUS = ("earlier", "later", "reject")
NONEXISTENT = ("shift", "reject")


@dataclass(frozen=True, slots=True)
class DatePolicy:
    """How one source's dates are read; ``docs/time.md`` is its table.

    ``zone`` is the IANA zone of times without one (otherwise they are rejected); ``ambiguous`` and
    ``nonexistent`` decide times around clock changes. ``formats`` are strptime patterns, ``epoch`` or
    ``epoch-ms``, tried before anything else. ``zone_names`` maps abbreviations to IANA zones or offsets.
    ``day_first`` decides 3/4/2023, ``two_digit_years`` is the first of the hundred years that two digits can mean.
    ``languages`` are those of month names besides English. Years from ``horizon`` on are rejected.
    """

    zone: str | None = None
    ambiguous: str = "earlier"
    nonexistent: str = "shift"
    formats: tuple[str, ...] = ()
    zone_names: tuple[tuple[str, str], ...] = ()
    day_first: bool | None = None
    two_digit_years: int | None = None
    languages: tuple[str, ...] = ()
    horizon: int = 2100


DEFAULT = DatePolicy()


@dataclass(frozen=True, slots=True)
class DateWarning:
    """Something that a rule decided about a date; ``kind`` groups warnings in a summary."""

    kind: str
    message: str


class ParsedDate(NamedTuple):
    """An instant in whole seconds, its offset from UTC in whole minutes, and the warnings of its reading."""

    instant: datetime
    warnings: tuple[DateWarning, ...] = ()


MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EPOCHS = {"epoch": 1, "epoch-ms": 1000}

_DIRECTIVES = {
    "Y": r"(?P<year>\d{4})",
    "y": r"(?P<short_year>\d{2})",
    "m": r"(?P<month>\d{1,2})",
    "b": rf"(?P<month_name>(?:{'|'.join(MONTH_NAMES)}|{'|'.join(MONTHS)}|sept)\b\.?)",
    "d": r"(?P<day>\d{1,2})",
    "H": r"(?P<hour>\d{1,2})",
    "I": r"(?P<hour12>\d{1,2})",
    "M": r"(?P<minute>\d{2})",
    "S": r"(?P<second>\d{2})",
    "f": r"\d{1,9}",
    "p": r"(?P<half>[ap])\.?m\.?",
    "a": rf"(?P<weekday>(?:{'|'.join(WEEKDAY_NAMES)}|{'|'.join(WEEKDAYS)})\b\.?)",
    "z": r"(?P<offset>Z|[+-]\d{1,2}(?::?\d{2})?)",
    "Z": r"(?P<zone>[A-Za-z]{1,5}|[A-Z][A-Za-z_]+(?:/[A-Za-z_+-]+)+)",
    "%": "%",
}
_SAME = {"B": "b", "A": "a", "e": "d", "k": "H", "l": "I", "h": "b"}
_PARTS = {"F": "%Y-%m-%d", "T": "%H:%M:%S", "R": "%H:%M", "D": "%m/%d/%y"}


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a date from its text, not checked, with nothing filled in."""

    year: int
    month: int
    day: int
    hour: int | None = None
    minute: int = 0
    second: int = 0
    weekday: int | None = None
    zone: str = ""


@lru_cache(maxsize=256)
def compile_format(pattern: str) -> re.Pattern[str]:
    """Return the expression for a strptime ``pattern``; white space in it matches any white space.

    Raises ``ValueError``, with a message that follows the pattern, for a directive that is unknown or
    appears twice, and for a pattern that lacks a part of the date.
    """
    for short, long in _PARTS.items():
        pattern = pattern.replace(f"%{short}", long)
    expression = ""
    seen: set[str] = set()
    for piece in re.findall(r"%-?.|\s+|[^%\s]+|%", pattern):
        if piece[0] != "%":
            expression += r"\s+" if piece.isspace() else re.escape(piece)
            continue
        letter = _SAME.get(piece[-1], piece[-1])
        if letter not in _DIRECTIVES or piece == "%":
            raise ValueError(f"has the unknown {piece}; use {' '.join(f'%{d}' for d in _DIRECTIVES)}")
        if letter in seen and letter != "%":
            raise ValueError(f"has {piece} twice")
        seen.add(letter)
        expression += _DIRECTIVES[letter]
    lacking = [
        name for name, letters in (("year", "Yy"), ("month", "mb"), ("day", "d")) if not seen & set(letters)
    ]
    if lacking:
        raise ValueError(f"lacks the {' and the '.join(lacking)}, and nothing is filled in")
    if ("I" in seen) != ("p" in seen):
        raise ValueError("has only one of %I and %p, and the half of the day is not guessed")
    return re.compile(rf"\s*{expression}\s*\Z", re.IGNORECASE | re.ASCII)


def read_format(pattern: str, text: str, first_short_year: int | None) -> Fields | None:
    """Return the fields of ``text`` by a strptime ``pattern``, or ``None`` if it does not match."""
    match = compile_format(pattern).match(text)
    if not match:
        return None
    got = {name: value for name, value in match.groupdict().items() if value is not None}
    short = got.get("short_year")
    year = full_year(int(short), first_short_year or 0) if short else int(got["year"])
    month = month_number(got["month_name"]) if "month_name" in got else int(got["month"])
    hour: int | None = int(got["hour"]) if "hour" in got else None
    if "hour12" in got:
        hour = hour_of_day(int(got["hour12"]), got["half"])
    return Fields(
        year,
        month,
        int(got["day"]),
        hour,
        int(got.get("minute", "0")),
        int(got.get("second", "0")),
        WEEKDAYS.index(got["weekday"][:3].lower()) if "weekday" in got else None,
        got.get("offset") or got.get("zone") or "",
    )


def month_number(name: str) -> int:
    """Return 1 … 12 for an English month name of three letters or more."""
    return MONTHS.index(name[:3].lower()) + 1


def full_year(short: int, first: int) -> int:
    """Return the year of two digits in the hundred years from ``first`` on."""
    return first + (short - first) % 100


def hour_of_day(hour: int, half: str) -> int:
    """Return the 24-hour value of a 12-hour one with ``a`` or ``p``; 99 (invalid) outside 1 … 12."""
    if not 1 <= hour <= 12:
        return 99
    return hour % 12 + (12 if half.lower() == "p" else 0)
