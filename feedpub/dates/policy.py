"""What a source declares about its dates, and what reading one gives. No reading happens here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

# RFC 822 dates in feeds and RFC 3339 both hold earlier years, but no drop folder does: they are typing
# errors.
FIRST_YEAR = 1900
AMBIGUOUS = ("earlier", "later", "reject")
NONEXISTENT = ("shift", "reject")


@dataclass(frozen=True, slots=True)
class DatePolicy:
    """How one source's dates are read; ``docs/time.md`` is its table.

    ``zone`` is the IANA zone of times that name none (without it they are rejected); ``ambiguous`` and
    ``nonexistent`` decide what a clock change leaves open. ``formats`` are strptime patterns, ``epoch`` or
    ``epoch-ms``, tried before anything else. ``zone_names`` maps abbreviations to IANA zones or offsets.
    ``day_first`` decides 3/4/2023, ``two_digit_years`` is the first year of the hundred that two digits mean.
    ``languages`` are those of month names beside English. Years from ``horizon`` on are rejected.
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
    """What was decided by rule while a date was read; ``kind`` groups warnings for a summary."""

    kind: str
    message: str


class ParsedDate(NamedTuple):
    """An instant in whole seconds, its offset from UTC in whole minutes, and the warnings of its reading."""

    instant: datetime
    warnings: tuple[DateWarning, ...] = ()
