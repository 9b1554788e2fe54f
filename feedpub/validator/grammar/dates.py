"""Dates and times: RFC 822 as in RSS, RFC 3339 as in Atom, the W3C's profile of ISO 8601, and ISO 8601.

The standard library's parsers are more lenient than the specifications: ``email.utils`` accepts nearly anything, and
``datetime.fromisoformat`` accepts week dates and missing separators. So the formats are defined here, and ``datetime``
only checks the calendar. Several checks parse the same dates, so the last results are kept.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

# The number of entries in a large feed.
_KEPT: Final = 16_384
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ZONES: Final = {
    "ut": 0, "gmt": 0, "z": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip

_RFC822: Final = re.compile(
    r"(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4}) "
    r"(\d\d):(\d\d)(?::(\d\d))? (UT|GMT|Z|[ECMP][SD]T|[+-](?:[01]\d|2[0-3])[0-5]\d)\Z",
    re.ASCII,
)
# What RFC 822 also allows, or readers accept: any case, no space after the comma, comments in parentheses, two-digit
# years, and military zones, whose sign RFC 822 got wrong (RFC 2822 §4.3).
_RFC822_LOOSE: Final = re.compile(
    r"(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:day|sday|nesday|rsday|urday)?\s*,\s*)?"
    r"(\d{1,2})\s+(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+(\d{4}|\d\d)\s+"
    r"(\d{1,2}):(\d\d)(?::(\d\d))?\s*(UTC?|GMT|[A-IK-Z]|[ECMP][SD]T|[+-](?:[01]\d|2[0-3])[0-5]\d)\Z",
    re.ASCII | re.IGNORECASE,
)
_COMMENT: Final = re.compile(r"\([^()]*\)")
_RFC3339: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|([+-])(\d\d):(\d\d))\Z", re.ASCII
)
_W3CDTF: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|([+-])(\d\d):(\d\d)))?)?)?\Z",
    re.ASCII,
)


@lru_cache(maxsize=_KEPT)
def rfc3339(text: str) -> datetime | None:
    """Return the instant of an RFC 3339 ``date-time``; None if the text is not one, or not a real date."""
    found = _RFC3339.match(text)
    return _instant(*found.groups()) if found else None


def w3cdtf(text: str) -> datetime | None:
    """Return the (first) instant of a W3C date, which may be a year alone or a full date and time; None if wrong."""
    found = _W3CDTF.match(text)
    return _instant(*found.groups()) if found else None


def iso8601(text: str) -> datetime | None:
    """Return the instant of an ISO 8601 date, with or without a time, in UTC if it has no zone; None if wrong."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not text.isascii() or (len(text) > 10 and "T" not in text):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _instant(  # noqa: PLR0913, PLR0917 - the groups of a date
    year: str,
    month: str | None,
    day: str | None,
    hour: str | None,
    minute: str | None,
    second: str | None,
    sign: str | None,
    zone_hours: str | None,
    zone_minutes: str | None,
) -> datetime | None:
    zone = UTC
    if sign:
        if int(zone_hours or 0) > 23 or int(zone_minutes or 0) > 59:
            return None
        offset = timedelta(hours=int(zone_hours or 0), minutes=int(zone_minutes or 0))
        zone = timezone(-offset if sign == "-" else offset)
    return _made(
        int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), zone
    )


def _made(  # noqa: PLR0913, PLR0917 - a date has as many fields
    year: int, month: int, day: int, hour: int, minute: int, second: int, zone: timezone
) -> datetime | None:
    try:
        # A leap second is a real time (RFC 3339 §5.7), but datetime does not support it.
        return datetime(
            year, month, day, hour, minute, min(second, 59) if second == 60 else second, tzinfo=zone
        )
    except ValueError:
        return None


@lru_cache(maxsize=_KEPT)
def rfc822(text: str) -> tuple[datetime, str | None, bool] | None:
    """Return the instant, the weekday (``mon`` … or None), and whether all readers accept the form; None if wrong."""
    found = _RFC822.match(text)
    strict = found is not None
    if found is None:
        found = _RFC822_LOOSE.match(" ".join(_COMMENT.sub(" ", text).split()))
        if found is None:
            return None
    weekday, day, month, year, hour, minute, second, zone = found.groups()
    number = int(year)
    if len(year) == 2:
        # RFC 2822 §4.3: 00 to 49 are in this century.
        number += 2000 if number < 50 else 1900
    instant = _made(
        number,
        _MONTHS[month.lower()],
        int(day),
        int(hour),
        int(minute),
        int(second or 0),
        _zone(zone.lower()),
    )
    return (instant, weekday and weekday.lower()[:3], strict) if instant else None


def _zone(name: str) -> timezone:
    if name[0] in "+-":
        offset = timedelta(hours=int(name[1:3]), minutes=int(name[3:5]))
        return timezone(-offset if name[0] == "-" else offset)
    return timezone(timedelta(hours=_ZONES.get(name, 0)))


def weekday(instant: datetime) -> str:
    """Return the weekday of an instant in its own zone, as the first three letters of its English name."""
    return _DAYS[instant.weekday()]
