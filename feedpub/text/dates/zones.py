"""Zones: names and offsets in texts, and local times around clock changes.

The zone database is the ``tzdata`` package, never that of the system, which may be years older: the same input
gives the same instants on every machine. The host's own zone is never used. Results have a fixed offset in whole
minutes (RFC 3339 and RFC 822 have no seconds), so they pickle small and compare fast; the rare local mean times
with odd seconds become UTC.
"""

from __future__ import annotations

import io
import pkgutil
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from feedpub.text.dates.policy import DatePolicy, DateWarning

# RFC 822 §5.1, without its military letters except Z: their signs were wrong (RFC 5322 §4.3).
RFC822_ZONES = {
    "Z": 0,
    "UT": 0,
    "UTC": 0,
    "GMT": 0,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
}
WESTMOST = timedelta(hours=-12)
EASTMOST = timedelta(hours=14)
_OFFSET = re.compile(r"([+-])(\d{1,2})(?::?(\d{2}))?\Z", re.ASCII)


# Offsets in use that are not whole hours (IANA 2024), in minutes.
_BROKEN = frozenset([-570, -210, -150, 210, 270, 330, 345, 390, 525, 570, 630, 765, 825])


class UnknownZoneError(ValueError):
    """A text does not mean a zone; the message follows ``has``."""


@cache
def zone_names() -> frozenset[str]:
    """Return the names of all zones of the IANA database."""
    return frozenset((pkgutil.get_data("tzdata", "zones") or b"").decode().split())


def is_zone(name: str) -> bool:
    """Say whether ``name`` is a zone of the IANA database."""
    return name in zone_names()


@cache
def load_zone(name: str) -> ZoneInfo:
    """Return a zone of the IANA database by name. Raises :class:`UnknownZoneError`."""
    if not is_zone(name):
        raise UnknownZoneError(f"the unknown zone {name!r}")
    return ZoneInfo.from_file(io.BytesIO(pkgutil.get_data("tzdata", f"zoneinfo/{name}") or b""), key=name)


def parse_offset(text: str) -> timezone:
    """Return the zone of ``+03:00``, ``-0430`` or ``+3``; east is positive.

    Raises :class:`UnknownZoneError` outside −12:00 … +14:00, the offsets in use on Earth.
    """
    match = _OFFSET.match(text)
    if not match:
        raise UnknownZoneError(f"the zone {text!r}, which is not an offset")
    sign, hours, minutes = match.groups(default="0")
    offset = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    if int(minutes) > 59 or not WESTMOST <= offset <= EASTMOST:
        raise UnknownZoneError(f"the offset {text}, which is outside -12:00 to +14:00")
    return timezone(offset) if offset else UTC


def is_in_use(offset: str) -> bool:
    """Say whether clocks somewhere on Earth have this offset."""
    try:
        minutes = parse_offset(offset).utcoffset(None) // timedelta(minutes=1)
    except UnknownZoneError:
        return False
    return minutes % 60 == 0 or minutes in _BROKEN


def named_zone(text: str, policy: DatePolicy) -> tzinfo:
    """Return the zone of ``text``: an offset, or a name in RFC 822, in the policy's map, or of IANA.

    The map comes first, so that a source can define EST. Raises :class:`UnknownZoneError`.
    """
    upper = text.upper()
    for name, meaning in policy.zone_names:
        if name.upper() == upper:
            return parse_offset(meaning) if _OFFSET.match(meaning) else load_zone(meaning)
    if upper in RFC822_ZONES:
        hours = RFC822_ZONES[upper]
        return timezone(timedelta(hours=hours)) if hours else UTC
    if text[:1] in "+-":
        return parse_offset(text)
    if "/" in text and is_zone(text):
        return load_zone(text)
    raise UnknownZoneError(f"the unknown zone {text!r}; say what it means under dates: zones:")


@lru_cache(maxsize=1 << 16)
def plain_day(name: str, date: str) -> str:
    """Return the offset of the zone ``name`` on a whole local day, both in ISO 8601.

    It is empty if the clocks change on that day, and if the day does not exist.
    """
    try:
        day = datetime.fromisoformat(date).replace(tzinfo=load_zone(name))
        offset = day.utcoffset()
        edges = (day.replace(fold=1), day + timedelta(days=1), (day + timedelta(days=1)).replace(fold=1))
    except (ValueError, OverflowError):  # the calendar ends with the year 9999
        return ""
    if offset is None or offset % timedelta(minutes=1) or any(edge.utcoffset() != offset for edge in edges):
        return ""
    return day.isoformat()[19:]


def localise(naive: datetime, zone: tzinfo, policy: DatePolicy) -> tuple[datetime, tuple[DateWarning, ...]]:
    """Return the instant of a local time in ``zone``, with a warning near a clock change.

    For a time that the clocks showed twice, ``policy.ambiguous`` chooses the earlier or later one; a skipped time
    moves forward by the length of the gap. Raises ``ValueError`` if the policy rejects it; the message
    follows the time.
    """
    first, second = (naive.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta(0) for fold in (0, 1))
    if first == second:
        return _fixed(naive, first), ()
    if first > second:
        if policy.ambiguous == "reject":
            raise ValueError(f"happened twice in {zone}, when the clocks went back")
        offset = second if policy.ambiguous == "later" else first
        taken = _fixed(naive, offset)
        return taken, (
            DateWarning(
                "ambiguous-time",
                f"{naive:%Y-%m-%d %H:%M} happened twice in {zone}; read as the {policy.ambiguous}, {taken:%H:%M%z}",
            ),
        )
    if policy.nonexistent == "reject":
        raise ValueError(f"did not happen in {zone}, where the clocks went forward")
    taken = _fixed(naive + (second - first), second)
    return taken, (
        DateWarning(
            "nonexistent-time",
            f"{naive:%Y-%m-%d %H:%M} did not happen in {zone}; moved forward to {taken:%H:%M%z}",
        ),
    )


def _fixed(naive: datetime, offset: timedelta) -> datetime:
    if offset % timedelta(minutes=1):
        return (naive - offset).replace(tzinfo=UTC, fold=0)
    return naive.replace(tzinfo=timezone(offset) if offset else UTC, fold=0)
