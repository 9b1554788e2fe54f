"""Read one date: declared formats first, then ISO 8601 and RFC 822, then python-dateutil with guards."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

from feedpub.core.errors import DateError
from feedpub.text.dates._free_form import has_unknown_words, read_free_form, read_localized
from feedpub.text.dates._spelling import respell
from feedpub.text.dates.policy import (
    EPOCHS,
    FIRST_YEAR,
    WEEKDAY_NAMES,
    DatePolicy,
    DateWarning,
    Fields,
    ParsedDate,
    compile_format,
    read_format,
)
from feedpub.text.dates.zones import UnknownZoneError, load_zone, localise, named_zone, plain_day

MAX_LENGTH = 120
# Fewer digits are not seconds since 1970 that anybody published in.
MIN_COUNTED = 9

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s?([Zz]|[+-]\d\d(?::?\d\d)?)?)?\Z",
    re.ASCII,
)
_COMPACT = re.compile(
    r"(\d{4})(\d\d)(\d\d)(?:[Tt ]?(\d\d)(\d\d)(?:(\d\d)(?:[.,]\d+)?)?([Zz]|[+-]\d\d(?::?\d\d)?)?)?\Z",
    re.ASCII,
)
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d+)?\Z", re.ASCII)
# A number of seconds or milliseconds since 1970, and not a year, page or score.
_LONG_NUMBER = re.compile(r"\d{9,14}(?:\.\d+)?\Z", re.ASCII)
# Milliseconds as ASP.NET writes them in JSON; the offset after them does not change the instant.
_DOTNET = re.compile(r"\\?/Date\((-?\d{1,17})(?:[+-]\d{4})?\)\\?/\Z", re.ASCII)
# Invisible marks that some programs put around each number of a date.
_INVISIBLE = str.maketrans(dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff")) | {0x2212: "-"})
# RFC 822 §5 as amended by RFC 1123 §5.2.14: the dates of RSS, in a fast path.
_RFC822 = ("%a, %d %b %Y %H:%M:%S %z", "%a, %d %b %Y %H:%M:%S %Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_date(text: str, policy: DatePolicy) -> ParsedDate:
    """Read ``text`` under ``policy``; the result is aware, in whole seconds, in the zone of the text.

    Raises :class:`DateError` if it is not a date, incomplete, or ambiguous.
    """
    if len(text) == 16 and text[7] == "-" and text[13] == ":" and policy.zone and not policy.formats:
        # The usual timestamp of text files, some hundred thousand times. fromisoformat accepts more: for it, 14,25
        # is a quarter of a second past two.
        offset = plain_day(policy.zone, text[:10])
        try:
            instant = datetime.fromisoformat(text + offset) if offset and text[10] in " T" else None
        except ValueError:
            instant = None
        if instant and FIRST_YEAR <= instant.year < policy.horizon:
            return ParsedDate(instant)
    return _careful(text, policy)


def is_declared(text: str, policy: DatePolicy) -> bool:
    """Say whether ``text`` is written in one of the formats or languages of ``policy``.

    A text that matches a format may not be a real date. A bare number has at least nine digits.
    """
    plain = _plain(text)
    for name in policy.formats:
        pattern = _LONG_NUMBER if name in EPOCHS else compile_format(name)
        if pattern.match(plain):
            return True
    if not policy.languages:
        return False
    spelled = respell(plain, policy.languages).text
    if not has_unknown_words(spelled, policy):
        return False
    try:
        read_localized(spelled, policy)
    except DateError:
        return False
    return True


def _plain(text: str) -> str:
    return " ".join(text.translate(_INVISIBLE).split())


def _careful(text: str, policy: DatePolicy) -> ParsedDate:
    plain = _plain(text)
    if not plain:
        raise DateError(text, "is empty")
    if len(plain) > MAX_LENGTH:
        raise DateError(f"{plain[:MAX_LENGTH]}…", "is too long for a date")
    return _declared(plain, policy) or _undeclared(plain, policy)


def _declared(plain: str, policy: DatePolicy) -> ParsedDate | None:
    for name in policy.formats:
        if name in EPOCHS:
            if _NUMBER.match(plain):
                return _epoch(plain, EPOCHS[name], policy)
        elif fields := read_format(name, plain, policy.two_digit_years):
            return _assemble(plain, fields, policy)
    return None


def _undeclared(plain: str, policy: DatePolicy) -> ParsedDate:
    match = _ISO.match(plain) or _COMPACT.match(plain)
    # Milliseconds since 1970 may have as many digits as a compact date: 541350061000 has no month 50.
    if match and not (plain.isdigit() and int(match[2]) > 12):
        return _assemble(plain, _iso_fields(match), policy)
    if _NUMBER.match(plain) and len(plain.lstrip("-").partition(".")[0]) < MIN_COUNTED:
        raise DateError(plain, "is a bare number; if it is a day number of a spreadsheet, write it as a date")
    if _NUMBER.match(plain):
        unit, name = (
            ("milliseconds", "epoch-ms") if len(plain.partition(".")[0]) > 11 else ("seconds", "epoch")
        )
        raise DateError(plain, f"is a bare number; if it counts {unit}, declare dates: formats: [{name}]")
    if counted := _DOTNET.match(plain):
        return _epoch(counted[1], EPOCHS["epoch-ms"], policy)
    for pattern in _RFC822:
        if fields := read_format(pattern, plain, None):
            return _assemble(plain, fields, policy)
    return _assemble(plain, _spelled(plain, policy), policy)


def _spelled(plain: str, policy: DatePolicy) -> Fields:
    """Return the fields of a date in free form. Raises :class:`DateError` with the original text."""
    text, weekday = respell(plain, policy.languages)
    if match := _ISO.match(text):
        return replace(_iso_fields(match), weekday=weekday)
    read = read_localized if policy.languages and has_unknown_words(text, policy) else read_free_form
    try:
        fields = read(text, policy)
    except DateError as error:
        raise DateError(plain, error.reason) from error
    return fields if weekday is None else replace(fields, weekday=weekday)


def _iso_fields(match: re.Match[str]) -> Fields:
    year, month, day, hour, minute, second, zone = match.groups()
    return Fields(
        int(year),
        int(month),
        int(day),
        int(hour) if hour else None,
        int(minute or 0),
        int(second or 0),
        zone=zone or "",
    )


def _epoch(text: str, unit: int, policy: DatePolicy) -> ParsedDate:
    # Whole numbers up to the division, because a float loses milliseconds after 2**53.
    seconds = int(text.partition(".")[0]) // unit
    try:
        instant = _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        raise DateError(text, "counts more seconds than the calendar has") from None
    _check_year(text, instant.year, policy)
    return ParsedDate(instant)


def _check_year(text: str, year: int, policy: DatePolicy) -> None:
    if year < FIRST_YEAR:
        raise DateError(text, f"is before the year {FIRST_YEAR}")
    if year >= policy.horizon:
        raise DateError(text, f"is beyond the horizon, the year {policy.horizon}")


def _assemble(text: str, fields: Fields, policy: DatePolicy) -> ParsedDate:
    warnings: list[DateWarning] = []
    _check_year(text, fields.year, policy)
    hour, second, later = fields.hour or 0, fields.second, timedelta(0)
    if fields.hour is None:
        warnings.append(
            DateWarning("date-only", f"{text!r} has no time of day; read as the beginning of the day")
        )
    if (hour, fields.minute, second) == (24, 0, 0):
        # ISO 8601 §5.3.2: the end of a day is the beginning of the next.
        hour, later = 0, timedelta(days=1)
    if second == 60:
        warnings.append(DateWarning("leap-second", f"{text!r} has a second 60; read as 59"))
        second = 59
    try:
        naive = datetime(fields.year, fields.month, fields.day, hour, fields.minute, second) + later  # noqa: DTZ001
    except ValueError as error:
        raise DateError(text, f"is not a real date: {error}") from None
    if fields.weekday is not None and (naive - later).weekday() != fields.weekday:
        named, real = (WEEKDAY_NAMES[day].title() for day in (fields.weekday, (naive - later).weekday()))
        warnings.append(DateWarning("weekday-mismatch", f"{text!r} says {named}, but that day was a {real}"))
    try:
        instant, more = localise(naive, _zone(text, fields.zone, policy), policy)
    except UnknownZoneError as error:
        raise DateError(text, f"has {error}") from None
    except ValueError as error:
        raise DateError(text, str(error)) from None
    return ParsedDate(instant, (*warnings, *more))


def _zone(text: str, written: str, policy: DatePolicy) -> tzinfo:
    if written:
        return named_zone(written, policy)
    if policy.zone is None:
        raise DateError(text, "has no time zone, and the source declares none; add timezone: to the source")
    return load_zone(policy.zone)
