"""What must hold for any instant and any text, compared with the standard library."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feedpub.core.errors import DateError
from feedpub.text.dates import DatePolicy, parse_date

YEARS = (datetime.fromisoformat("1901-01-02"), datetime.fromisoformat("2099-12-30"))
ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia",
    "Africa/Monrovia", "Asia/Kathmandu", "Africa/Casablanca", "Europe/Dublin", "America/Sao_Paulo",
)  # fmt: skip
PARTS = (
    "2023", "10", "09", "9th", "31", "2", "Oct", "october", "Mon", "Monday", "14:25", "24:00", "23:59:60", "2:25 pm",
    "-", "/", ".", ",", " ", " ", "T", "Z", "+02:00", "-0500", "UTC", "UTC+3", "EST", "IST", "(CET)", "'23", "of",
    "at", "1696861500", "\u2212", "é", "\0", "00", "99", ":", "h", "(Mon)", "[UTC]", "W41",
)  # fmt: skip


@pytest.fixture(autouse=True, scope="module")
def the_pinned_zones():
    """Make the standard library an oracle that uses the package of time zones, not the machine's table."""
    zoneinfo.reset_tzpath(())
    ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath()
    ZoneInfo.clear_cache()


def written(instant):
    """The forms in which programs write an instant, made by the standard library."""
    utc = instant.astimezone(UTC)
    return (
        instant.isoformat(),
        instant.isoformat(" "),
        format_datetime(instant),
        format_datetime(utc, usegmt=True),
        f"{utc:%Y%m%dT%H%M%SZ}",
        f"{instant:%a %b %d %H:%M:%S %z %Y}",
        f"{instant:%d %B %Y %I:%M:%S %p %z}",
        f"{instant:%B %d, %Y at %H:%M:%S %z}",
        f"{instant:%Y/%m/%d %H:%M:%S %z}",
        f"{utc:%d-%b-%Y %H:%M:%S} GMT",
        f"{utc:%Y-%m-%dT%H:%M:%S} UTC",
        f"{instant.isoformat()}[Etc/GMT]",
        f"{instant.year}-{instant.month}-{instant.day}T{instant:%H:%M:%S%z}",
        f"{instant:%d %B %Y (%a) %H:%M:%S %z}",
        f"{instant:%d %b %Y %Hh%Mm%Ss} {instant:%z}",
        f"{utc:%G-W%V-%uT%H:%M:%SZ}",
        f"{utc:%Y-%jT%H:%M:%SZ}",
        f"{instant:%a %b %d %Y %H:%M:%S GMT%z} (Some Standard Time)",
        f"{instant:%Y-%m-%d %H:%M:%S.123456789 %z %z} m=+0.000012",
    )


@settings(max_examples=60, deadline=None)
@given(st.datetimes(*YEARS), st.integers(-12 * 4, 14 * 4))
def test_an_instant_is_read_back_however_it_is_written(naive, quarters):
    """All ways to write an instant are read as the same instant, without a warning."""
    instant = naive.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=15 * quarters)))
    for text in written(instant):
        parsed = parse_date(text, DatePolicy())
        assert parsed.instant == instant, text
        assert not parsed.warnings, text


@settings(max_examples=150, deadline=None)
@given(st.datetimes(*YEARS), st.sampled_from(ZONES))
def test_a_local_time_is_read_as_the_zone_database_has_it(naive, zone):
    """The instant, shown in its zone, is what was written; a clock change gives a warning instead."""
    naive = naive.replace(second=0, microsecond=0)
    parsed = parse_date(f"{naive:%Y-%m-%d %H:%M}", DatePolicy(zone=zone))
    kinds = [warning.kind for warning in parsed.warnings]
    shown = parsed.instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    both = {naive.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1)}
    if "nonexistent-time" in kinds:
        assert shown > naive
    else:
        assert shown == naive
        assert parsed.instant == min(both)
    assert bool(kinds) == (len(both) > 1)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=9).map("".join) | st.text(max_size=30))
def test_any_text_is_a_date_or_a_date_error(text):
    """No other exception is raised, and a text without a year is never a date."""
    policy = DatePolicy(zone="Europe/Berlin", day_first=True, two_digit_years=1950)
    try:
        parsed = parse_date(text, policy)
    except DateError:
        return
    assert parsed.instant.utcoffset() is not None
    assert parsed.instant.microsecond == 0
    assert any(character.isdigit() for character in text)


@pytest.mark.parametrize("zone", ZONES)
@settings(max_examples=20, deadline=None)
@given(naive=st.datetimes(*YEARS))
def test_what_is_rejected_is_what_would_be_warned_of(zone, naive):
    """The strict policy accepts exactly the dates that the lenient one accepts without a warning."""
    text = f"{naive:%Y-%m-%d %H:%M}"
    lenient = parse_date(text, DatePolicy(zone=zone))
    assume(naive.year < 2099)
    strict = DatePolicy(zone=zone, ambiguous="reject", nonexistent="reject")
    if lenient.warnings:
        with pytest.raises(DateError):
            parse_date(text, strict)
    else:
        assert parse_date(text, strict) == lenient
