"""python-dateutil with guards: decide everything that it would guess, then let it read the rest.

dateutil fills missing parts from a default, guesses the order of numbers, accepts any word as a zone and
inverts UTC+3. So zones are removed and read with our own table, numeric dates are put in an
unambiguous order or refused, words that are not part of a date are refused, and it reads with
two defaults, whose difference shows what it would have filled in.

dateparser (the extra ``feedpub[dates]``) reads month names in other languages with the same guards: it may only read
absolute dates in the given languages; numbers and zones are decided before, by the rules for English.
"""

from __future__ import annotations

import re
from datetime import datetime

from feedpub.core.errors import DateError
from feedpub.text.dates.policy import (
    MONTH_NAMES,
    MONTHS,
    WEEKDAY_NAMES,
    WEEKDAYS,
    DatePolicy,
    Fields,
    full_year,
)
from feedpub.text.dates.zones import RFC822_ZONES, is_in_use

# Two days that differ in every field, so parts from a default differ between the two readings.
# Both years are leap years, so that 29 February can be read.
_DEFAULTS = (datetime(2000, 1, 1, 0, 0, 0), datetime(2004, 2, 2, 1, 1, 1))  # noqa: DTZ001

_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
_COMMENT = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_UTC_OFFSET = re.compile(r"\b(?:UTC|GMT|UT)\s?([+-]\d{1,2}(?::?\d{2})?)(?![\d:])", re.IGNORECASE | re.ASCII)
_TIME_OFFSET = re.compile(
    rf"({_TIME}(?:\s?[ap]\.?m\.?)?)\s?([+-]\d{{1,2}}(?::?\d{{2}})?)(?![\d:/.-])", re.IGNORECASE | re.ASCII
)
# A range such as 9:00am-5:00pm: its end is not an offset. Neither is an offset that no clock has, without a space.
_RANGE = re.compile(
    rf"{_TIME}(?:\s?[ap]\.?m\.?)?\s?-\s?\d{{1,2}}(?::\d\d)?\s?[ap]\.?m\b", re.IGNORECASE | re.ASCII
)
_GLUED = re.compile(rf"{_TIME}(?:\s?[ap]\.?m\.?)?([+-]\d{{1,2}}:?\d\d)(?![\d:/.-])", re.IGNORECASE | re.ASCII)
_TIME_Z = re.compile(rf"({_TIME})\s?Z\b", re.IGNORECASE | re.ASCII)
_IANA = re.compile(r"\b[A-Z][A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+")
_WORD = re.compile(r"[^\W\d_]+(?:\.(?=[^\W\d_]\b)[^\W\d_])*")
_NUMERIC = re.compile(r"(?<![\d:])(\d{1,4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,4})(?![\d:])", re.ASCII)
_NAMED_MONTH = rf"(?:{'|'.join(MONTH_NAMES)}|sept|{'|'.join(MONTHS)})\b\.?"
_SHORT_YEAR = (
    re.compile(
        rf"\b(\d{{1,2}}(?:st|nd|rd|th)?[ -](?:of )?{_NAMED_MONTH},?[ -])['’]?(\d\d)(?![\d:])",
        re.IGNORECASE | re.ASCII,
    ),
    re.compile(
        rf"\b({_NAMED_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? )['’]?(\d\d)(?![\d:])", re.IGNORECASE | re.ASCII
    ),
)
_ZONE_NAME = re.compile(r"[A-Z]{1,5}\Z")
_YEAR = re.compile(r"(?<![\d:.])\d{4}(?![\d:])", re.ASCII)
_CLOCK = re.compile(
    rf"\b(?:{_TIME}(?:\s?[ap]\.?m\b\.?)?|\d{{1,2}}\s?[ap]\.?m\b\.?)", re.IGNORECASE | re.ASCII
)
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_HOUR_24 = re.compile(r"(?<![\d:])24:00(?::00(?:[.,]0+)?)?(?![\d:])", re.ASCII)
_SECOND_60 = re.compile(r"((?<![\d:])\d{1,2}:\d{2}):60(?:[.,]\d+)?(?!\d)", re.ASCII)

_MONTH_WORDS = frozenset((*MONTHS, *MONTH_NAMES, "sept"))
_WEEKDAY_WORDS = frozenset((*WEEKDAYS, *WEEKDAY_NAMES, "tues", "wednes", "thur", "thurs"))
_FILLERS = frozenset(("am", "pm", "a.m", "p.m", "st", "nd", "rd", "th", "of", "at", "the", "on", "t"))


def read_free_form(text: str, policy: DatePolicy) -> Fields:
    """Return the fields of a date in free form.

    Raises :class:`DateError` for missing or ambiguous parts.
    """
    refuse_range(text)
    rest, zone = take_zone(text)
    rest, zone, weekday = _take_words(text, rest, zone, policy)
    rest = order_numbers(text, rest, policy)
    if not _YEAR.search(rest):
        rest = _lengthen_year(text, rest, policy)
    rest, end_of_day, leap = _take_ends(rest)
    _check_numbers(text, rest)
    first, second = _both_readings(text, rest)
    lacking = [name for name in ("year", "month", "day") if getattr(first, name) != getattr(second, name)]
    if lacking:
        raise DateError(text, f"lacks the {' and the '.join(lacking)}, and nothing is filled in")
    if str(first.year) not in _YEAR.findall(rest):
        # dateutil reads the year -0001 of an unset date as 2001.
        raise DateError(text, "is not a date in a known form")
    hour = None if first.hour != second.hour else 24 if end_of_day else first.hour
    return Fields(
        first.year, first.month, first.day, hour, first.minute, 60 if leap else first.second, weekday, zone
    )


def _take_ends(rest: str) -> tuple[str, bool, bool]:
    """Replace an hour 24 and a second 60, which no parser accepts, and say whether they were there."""
    end_of_day = _HOUR_24.search(rest)
    if end_of_day:
        rest = rest.replace(end_of_day[0], "00:00")
    rest, leap = _SECOND_60.subn(r"\1:59", rest)
    return rest, end_of_day is not None, leap > 0


def has_unknown_words(text: str, policy: DatePolicy) -> bool:
    """Say whether ``text`` has a word that is neither part of an English date nor the name of a zone."""
    known = {name.lower() for name, _ in policy.zone_names} | {name.lower() for name in RFC822_ZONES}
    words = {word.lower() for word in _WORD.findall(take_zone(text)[0])}
    return not words <= _MONTH_WORDS | _WEEKDAY_WORDS | _FILLERS | known


def refuse_range(text: str) -> None:
    """Raise :class:`DateError` if ``text`` has a range of times."""
    glued = _GLUED.search(text)
    if _RANGE.search(text) or (glued and not is_in_use(glued[1])):
        raise DateError(text, "has a range of times instead of one")


def take_zone(text: str) -> tuple[str, str]:
    """Split the offset or IANA zone from the text; a zone in parentheses only counts if it is the only one."""
    rest = _COMMENT.sub(" ", text)
    for pattern, keep in ((_UTC_OFFSET, ""), (_TIME_OFFSET, r"\1"), (_TIME_Z, r"\1"), (_IANA, "")):
        if match := pattern.search(rest):
            zone = (
                "Z" if pattern is _TIME_Z else match[0] if pattern is _IANA else match[match.lastindex or 0]
            )
            return pattern.sub(f"{keep} ", rest, count=1), zone
    comment = _COMMENT.search(text)
    return rest, comment[1].strip() if comment else ""


def _take_words(text: str, rest: str, zone: str, policy: DatePolicy) -> tuple[str, str, int | None]:
    """Split weekday and zone name from the text.

    A word that is not part of a date is refused.
    """
    weekday: int | None = None
    names: list[str] = []
    known = {name.upper() for name, _ in policy.zone_names}

    def keep(match: re.Match[str]) -> str:
        nonlocal weekday
        word = match[0].lower()
        if match[0].upper() not in known:
            if word in _MONTH_WORDS or word in _FILLERS:
                return match[0]
            if word in _WEEKDAY_WORDS:
                weekday = WEEKDAYS.index(word[:3])
                return " "
        names.append(match[0])
        return " "

    rest = _WORD.sub(keep, rest)
    known |= RFC822_ZONES.keys()
    if len(names) > 1 or any(name.upper() not in known and not _ZONE_NAME.match(name) for name in names):
        problem = f"has the word {names[-1]!r}, which is not part of a date"
        raise DateError(text, f"{problem}; if it is in another language, declare dates: languages")
    # An offset is more precise than a name beside it, as in +0100 CET.
    return rest, zone or "".join(names), weekday


def order_numbers(text: str, rest: str, policy: DatePolicy) -> str:
    """Return ``rest`` with its numeric date in words, which are unambiguous: 3/4/2023 → 3 apr 2023.

    Raises :class:`DateError` if the order of day and month, or the century, is ambiguous.
    """
    match = _NUMERIC.search(rest)
    if not match:
        return rest
    first, _, middle, last = match.groups()
    if len(first) == 4 and len(last) <= 2:
        year, month, day = int(first), int(middle), int(last)
    elif len(first) <= 2 and len(last) in (2, 4):
        if len(last) == 2:
            last = str(_full_year(text, int(last), policy))
        day, month = _day_and_month(text, int(first), int(middle), policy)
        year = int(last)
    else:
        raise DateError(text, "is not a date in a known form")
    if not 1 <= month <= 12:
        raise DateError(text, "is not a real date: month must be in 1..12")
    return f"{rest[: match.start()]} {day} {MONTHS[month - 1]} {year:04} {rest[match.end() :]}"


def _day_and_month(text: str, first: int, second: int, policy: DatePolicy) -> tuple[int, int]:
    day_first = policy.day_first
    if day_first is None:
        if first <= 12 and second <= 12 and first != second:
            raise DateError(
                text, "can be read day first or month first; declare dates: day_first: true or false"
            )
        day_first = first > 12
    return (first, second) if day_first else (second, first)


def _full_year(text: str, short: int, policy: DatePolicy) -> int:
    if policy.two_digit_years is None:
        raise DateError(
            text,
            "has a year of two digits; declare the first year they mean, as in dates: two_digit_years: 1969",
        )
    return full_year(short, policy.two_digit_years)


def _lengthen_year(text: str, rest: str, policy: DatePolicy) -> str:
    for pattern in _SHORT_YEAR:
        if match := pattern.search(rest):
            return f"{rest[: match.start()]}{match[1]}{_full_year(text, int(match[2]), policy)}{rest[match.end() :]}"
    raise DateError(text, "is not a date in a known form, or lacks the year")


def _check_numbers(text: str, rest: str) -> None:
    """Refuse numbers other than day, year and time of day: dateutil would find a meaning for them."""
    numbers = _NUMBER.findall(_CLOCK.sub(" ", rest, count=1))
    if len(numbers) > 2 or any(not number.isdecimal() for number in numbers):
        raise DateError(text, "has numbers that are not part of a date")


def _both_readings(text: str, rest: str) -> tuple[datetime, datetime]:
    # Imported here, because most runs never leave the fast path.
    from dateutil import parser  # noqa: PLC0415

    plain = re.sub(r"\b(?:of|the|at|on)\b", " ", rest, flags=re.IGNORECASE)
    try:
        first, second = (parser.parse(plain, default=default, ignoretz=True) for default in _DEFAULTS)
    # dateutil also raises these undocumented errors for odd numbers.
    except (ValueError, ArithmeticError, TypeError, LookupError, AttributeError) as error:
        # If dateutil understood a date that does not exist, the error has a cause.
        unreal = type(error.__cause__) is ValueError
        problem = f"is not a real date: {error.__cause__}" if unreal else "is not a date in a known form"
        raise DateError(text, problem) from error
    return first, second


_LOCAL_CLOCK = re.compile(r"\d{1,2}\s?(?:[:hH時时点시]|Uhr|uur)", re.ASCII)
_TRAILING_ZONE = re.compile(r"(?<=\d) (?!AM|PM)([A-Z]{1,5})\Z|(?<=[ap]m) ([A-Z]{1,5})\Z")


def read_localized(text: str, policy: DatePolicy) -> Fields:
    """Return the fields of a date in one of the policy's languages. Raises :class:`DateError`."""
    # From an extra, and slow to import.
    from dateparser import parse  # noqa: PLC0415

    refuse_range(text)
    rest, zone = take_zone(text)
    rest = order_numbers(text, rest, policy).strip()
    if not zone and (name := _TRAILING_ZONE.search(rest)):
        rest, zone = rest[: name.start()], name[1] or name[2]
    rest, end_of_day, leap = _take_ends(rest)
    if not _YEAR.search(rest):
        raise DateError(text, "is not a date in a known form, or lacks a year of four digits")
    found = parse(
        rest,
        languages=[*policy.languages, "en"],
        settings={
            "PARSERS": ["absolute-time"],
            "REQUIRE_PARTS": ["day", "month", "year"],
            "DATE_ORDER": "DMY",
            "TIMEZONE": "UTC",
            "RETURN_AS_TIMEZONE_AWARE": False,
        },
    )
    if found is None or str(found.year) not in _YEAR.findall(rest):
        raise DateError(text, f"is not a date in the languages {', '.join((*policy.languages, 'en'))}")
    hour = 24 if end_of_day else found.hour if found.hour or _LOCAL_CLOCK.search(rest) else None
    return Fields(
        found.year, found.month, found.day, hour, found.minute, 60 if leap else found.second, None, zone
    )
