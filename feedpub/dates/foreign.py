"""Dates with month names in other languages, through dateparser (the extra ``feedpub[dates]``), guarded.

dateparser is asked for absolute dates only and told the languages; numbers and zones are settled before by
the same rules as for English.
"""

from __future__ import annotations

import re

from feedpub.core.errors import DateError
from feedpub.dates.formats import Fields
from feedpub.dates.guarded import _YEAR, order_numbers, refuse_range, take_zone
from feedpub.dates.policy import DatePolicy

_LOCAL_CLOCK = re.compile(r"\d{1,2}\s?(?:[:hH時时点시]|Uhr|uur)", re.ASCII)
_TRAILING_ZONE = re.compile(r"(?<=\d) ([A-Z]{1,5})\Z")


def read_localized(text: str, policy: DatePolicy) -> Fields:
    """Return the fields of a date in one of the policy's languages. Raises :class:`DateError`."""
    # The extra's module, and a slow one to load.
    from dateparser import parse  # noqa: PLC0415

    refuse_range(text)
    rest, zone = take_zone(text)
    rest = order_numbers(text, rest, policy).strip()
    if not zone and (name := _TRAILING_ZONE.search(rest)):
        rest, zone = rest[: name.start()], name[1]
    if not _YEAR.search(rest):
        raise DateError(text, "is no date that is known here, or lacks a year of four digits")
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
        raise DateError(text, f"is no date in the languages {', '.join((*policy.languages, 'en'))}")
    hour = found.hour if found.hour or _LOCAL_CLOCK.search(rest) else None
    return Fields(found.year, found.month, found.day, hour, found.minute, found.second, None, zone)
