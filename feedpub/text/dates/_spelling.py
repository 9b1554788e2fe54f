"""Other spellings of dates: each becomes the one spelling that the grammar reads.

Programs and languages write the same time of day, weekday and zone in many ways: ``T14:25 UTC``, ``14h25``, ``2:25
p. m.``, ``午後2:25``, ``(Mon)``, ``[Europe/Paris]``. The forms in this module are unambiguous; everything else stays
unchanged, and the grammar reads or refuses it.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from importlib import import_module
from typing import NamedTuple

from feedpub.text.dates.policy import WEEKDAY_NAMES, WEEKDAYS

# Full-width digits, brackets and colons, as in Japanese and Chinese; elsewhere they are a mistake.
_FULL_WIDTH = str.maketrans({code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)})
# Digits of Arabic, Persian and Hindi; other modules only read ASCII digits.
_DIGITS = {zero + digit: ord("0") + digit for zero in (0x660, 0x6F0, 0x966) for digit in range(10)}
# What Go's String() adds for the monotonic clock.
_MONOTONIC = re.compile(r" m=[+-]\d+(?:\.\d+)?\Z", re.ASCII)
# The name in JavaScript's toLocaleString.
_UTC_NAMED = re.compile(r"\bcoordinated universal time\b", re.IGNORECASE)
# RFC 9557 §3.1: annotations of a time that are not zones, such as [u-ca=gregory].
_ANNOTATION = re.compile(r"\[!?[a-z_][a-z0-9_-]*=[A-Za-z0-9-]+\]", re.ASCII)
_CRITICAL = re.compile(r"\[!")
_WHOLE = re.compile(r"\(([^()]*)\)\Z")
_BRACKETS = re.compile(r"\s*[(\[]\s*([^()\[\]]*?)\s*[)\]]")
_OFFSET = re.compile(r"(?:UTC|GMT|UT)?\s?([+-]\d{1,2}(?::?\d\d)?)\Z", re.IGNORECASE | re.ASCII)
# If there is a zone outside the brackets, the one inside only repeats it.
_HAS_ZONE = re.compile(
    r"(?::\d\d|T\d{4,6})(?:[.,]\d+)?(?:\s?[ap]\.?m\.?)?\s?(?:(?:UTC|GMT|UT)?\s?[+-]\d{1,2}(?::?\d\d)?(?![\d:])|(?:Z|UTC|GMT)\b)",
    re.IGNORECASE | re.ASCII,
)
# Go names a zone without an abbreviation by its offset, so the offset appears twice.
_OFFSET_TWICE = re.compile(r"([+-]\d\d)(\d\d) \1(?:\2)?(?!\S)", re.ASCII)
_WEEK = re.compile(r"\b(\d{4})-W(\d\d)-([1-7])(?=[T ]|\Z)", re.ASCII)
# Without a time of day, 2023-282 may as well be the number of a file.
_ORDINAL = re.compile(r"\b(\d{4})-(\d{3})(?=[T ]\d{1,2}:?\d\d)", re.ASCII)
_HOUR_WORDS = (
    # 14h25, 14 h 25 min, 14h25m33s
    (
        re.compile(
            r"(?<![\d:.,/-])(\d{1,2})\s?h\s?(\d\d)(?:\s?(?:min|mn|m)\b\.?|\s?m(?=\s?\d))?(?:\s?(\d\d)\s?s\b)?(?![\d:])",
            re.IGNORECASE | re.ASCII,
        ),
        lambda match: f"{match[1]}:{match[2]}" + (f":{match[3]}" if match[3] else ""),
    ),
    # 14h, 14 h
    (
        re.compile(r"(?<![\d:.,/-])(\d{1,2})\s?h\b\.?(?!\s?\d)", re.IGNORECASE | re.ASCII),
        lambda match: f"{match[1]}:00",
    ),
    # 14:25 h, 14:25 hrs
    (re.compile(r"(:\d\d)\s?(?:hours|hrs|hs|h)\b\.?", re.IGNORECASE | re.ASCII), lambda match: match[1]),
    # 2:25 p. m.
    (
        re.compile(r"(?<=\d)\s?([ap])\.?\s?m\b\.?", re.IGNORECASE | re.ASCII),
        lambda match: f" {match[1].lower()}m",
    ),
)
# In some languages a full stop separates hours and minutes; the word beside it shows that these are hours.
_STOPPED = (
    re.compile(r"(?<![\d:.])(\d{1,2})(?:[.:](\d\d))?\s?(?:uhr|uur)\b\.?", re.IGNORECASE | re.ASCII),
    re.compile(r"\b(?:kl\.?|klo|klokken)\s?(\d{1,2})[.:](\d\d)(?![.\d])", re.IGNORECASE | re.ASCII),
)
# British and Nordic style, after the year: 5 March 2024 14.25. No date continues like this.
_STOPPED_CLOCK = re.compile(
    r"(?:(?<=\d{4})|(?<=\d{4}-\d\d-\d\d)|(?<=\d{4}/\d\d/\d\d))(,?\s)(\d{1,2})\.(\d\d)(?:\.(\d\d))?(?=\s?[ap]\.?\s?m\b|\s|\Z)",
    re.IGNORECASE | re.ASCII,
)
# A sign between the date and the only time of day: 5 March 2024 | 14:25.
_SIGN = re.compile(
    r"\A(?:([^:]*[^:\s])\s[|·•—–]\s(?=\d{1,2}[:.]\d\d)|(\d{1,2}(?::\d\d){1,2}(?:\s?[ap]\.?m\.?)?)\s[|·•—–]\s(?=[^:]*\Z))",
    re.IGNORECASE,
)
# XML Schema's date with a zone (part 2, §3.3.9).
_DAY_IN_ZONE = re.compile(r"\A(\d{4}-\d\d-\d\d)([+-]\d\d:\d\d)\Z", re.ASCII)
_T = re.compile(r"(?<=\d)T(?=\d{1,2}:\d\d)", re.IGNORECASE | re.ASCII)
_UNPADDED = re.compile(r"\A(\d{4})-(\d{1,2})-(\d{1,2})(?=T\d)", re.IGNORECASE | re.ASCII)
_CLOCK = r"\d{1,2}(?::\d\d){1,2}(?:[.,]\d+)?"


class Spelling(NamedTuple):
    """A date in the spelling of the grammar, and the weekday in brackets, with Monday as 0."""

    text: str
    weekday: int | None


class _Words(NamedTuple):
    weekdays: dict[str, int]
    halves: dict[str, str]
    half: re.Pattern[str] | None


def respell(text: str, languages: tuple[str, ...]) -> Spelling:
    """Return ``text`` in the spelling of the grammar; ``languages`` add names of weekdays and halves of a day."""
    words = _words(languages)
    text = _MONOTONIC.sub("", text.translate(_FULL_WIDTH | _DIGITS) if languages else text)
    text = _CRITICAL.sub("[", _ANNOTATION.sub("", text))
    if whole := _WHOLE.match(text):
        text = whole[1].strip()
    text = _UTC_NAMED.sub("UTC", text)
    text = _OFFSET_TWICE.sub(r"\1\2", text)
    text, weekday = _without_brackets(text, words.weekdays)
    text = _WEEK.sub(_week_day, text)
    text = _ORDINAL.sub(_day_of_year, text)
    text = _DAY_IN_ZONE.sub(r"\1 UTC\2", text)
    text = _SIGN.sub(r"\1\2 ", text)
    text = _STOPPED_CLOCK.sub(_with_colons, text)
    for pattern, spelled in _HOUR_WORDS:
        text = pattern.sub(spelled, text)
    if languages:
        for pattern in _STOPPED:
            text = pattern.sub(lambda match: f" {match[1]}:{match[2] or '00'}", text)
    text = _UNPADDED.sub(lambda match: f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}", text)
    text = _T.sub(" ", text)
    if words.half:
        text = words.half.sub(lambda match: _with_half(match, words.halves), text)
    return Spelling(" ".join(text.split()), weekday)


def _without_brackets(text: str, weekdays: dict[str, int]) -> tuple[str, int | None]:
    """Return ``text`` without weekdays in brackets and without the brackets of an offset, and the weekday."""
    day: int | None = None
    has_zone = _HAS_ZONE.search(_BRACKETS.sub(" ", text)) is not None

    def freed(match: re.Match[str]) -> str:
        nonlocal day
        inner = match[1].rstrip(".").casefold()
        if inner in weekdays:
            day = weekdays[inner]
            return " "
        if has_zone:
            return " "
        offset = _OFFSET.match(match[1])
        return f" UTC{offset[1]} " if offset else match[0]

    return _BRACKETS.sub(freed, text), day


def _week_day(match: re.Match[str]) -> str:
    """Return the day of an ISO 8601 week date; an invalid one stays."""
    try:
        return date.fromisocalendar(*map(int, match.groups())).isoformat()
    except ValueError:
        return match[0]


def _day_of_year(match: re.Match[str]) -> str:
    year, day = int(match[1]), int(match[2])
    try:
        found = date.fromordinal(date(year, 1, 1).toordinal() + day - 1)
    except (ValueError, OverflowError):
        return match[0]
    return found.isoformat() if found.year == year else match[0]


def _with_colons(match: re.Match[str]) -> str:
    return match[1] + ":".join(part for part in match.groups()[1:] if part)


def _with_half(match: re.Match[str], halves: dict[str, str]) -> str:
    """Return a time of day with am or pm after it."""
    half = halves[(match["before"] or match["behind"]).casefold()]
    clock = match["clock"] or match["other"]
    return f" {clock} {half} "


@lru_cache(maxsize=64)
def _words(languages: tuple[str, ...]) -> _Words:
    """Return the names of weekdays and halves of a day in English and ``languages``."""
    weekdays = {name: number for names in (WEEKDAYS, WEEKDAY_NAMES) for number, name in enumerate(names)}
    halves: dict[str, str] = {}
    for language in languages:
        # The tables of the extra: those of CLDR, with additions of dateparser.
        info = import_module(f"dateparser.data.date_translation_data.{language.replace('-', '_')}").info
        for number, name in enumerate(WEEKDAY_NAMES):
            weekdays |= {word.strip("().").casefold(): number for word in info.get(name, ())}
        for half in ("am", "pm"):
            halves |= {
                word.casefold(): half for word in info.get(half, ()) if word.casefold() not in ("am", "pm")
            }
    if not halves:
        return _Words(weekdays, {}, None)
    named = "|".join(map(re.escape, sorted(halves, key=len, reverse=True)))
    behind = rf"(?<!\w)(?P<clock>{_CLOCK})\s?(?P<behind>{named})(?!\w)\.?"
    before = rf"(?<![^\W\d_])(?P<before>{named})\.?\s?(?P<other>{_CLOCK})"
    return _Words(weekdays, halves, re.compile(f"{behind}|{before}", re.IGNORECASE))
