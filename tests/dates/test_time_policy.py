"""Each row of the tables in docs/time.md holds, whatever zone and locale the machine has."""

from __future__ import annotations

import locale
import os
import pkgutil
import re
import time
import zoneinfo
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from feedpub.config.sources import DATES, parse_source
from feedpub.core.declaration import names
from feedpub.core.errors import DateError
from feedpub.core.yaml_node import read_yaml
from feedpub.text.dates import parse_date
from feedpub.text.dates.zones import load_zone, plain_day, zone_names

PAGE = (Path(__file__).parents[2] / "docs/time.md").read_text("utf-8")
ROW = re.compile(
    r"^\| `(?P<text>[^`|]*)` \| (?:`(?P<declared>[^|]*)` )?\| (?P<wanted>(?:rejected: |\d{4}-)[^|]*) \|$",
    re.MULTILINE,
)
ROWS = [match.groups(default="") for match in ROW.finditer(PAGE)]
ZONES = ("UTC", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Africa/Monrovia")
LOCALES = ("C", "C.UTF-8", "POSIX")


def policy(declared):
    return parse_source(read_yaml(f"{{path: x, {declared}}}".encode(), "docs/time.md"), Path()).dates


def outcome(text, declared):
    """Return how a date is read, in the notation of the page."""
    try:
        parsed = parse_date(text, policy(declared))
    except DateError as error:
        return f"rejected: {error}"
    kinds = ", ".join(warning.kind for warning in parsed.warnings)
    return parsed.instant.isoformat() + (f" ({kinds})" if kinds else "")


@pytest.fixture
def host():
    """A function that sets the zone and the locale of this process; the test restores both."""
    before = os.environ.get("TZ")

    def become(zone, name):
        os.environ["TZ"] = zone
        time.tzset()
        locale.setlocale(locale.LC_ALL, name)

    yield become
    locale.setlocale(locale.LC_ALL, "C.UTF-8")
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize(("text", "declared", "wanted"), ROWS, ids=lambda part: part or "undeclared")
def test_row(text, declared, wanted):
    """The page says what happens."""
    got = outcome(text, declared)
    if wanted.startswith("rejected: "):
        assert got.startswith("rejected: ")
        assert wanted.removeprefix("rejected: ") in got
    else:
        assert got == wanted


@pytest.mark.slow
@pytest.mark.parametrize("name", LOCALES)
@pytest.mark.parametrize("zone", ZONES)
def test_the_host_changes_nothing(zone, name, host):
    """Every row gives the same result in five zones and three locales."""
    before = [outcome(text, declared) for text, declared, _ in ROWS]
    host(zone, name)
    assert [outcome(text, declared) for text, declared, _ in ROWS] == before


def test_the_zones_of_the_machine_change_nothing(tmp_path):
    """The machine's table of zones may be old or wrong: every row gives the same if all its zones are Kathmandu's."""
    nepal = pkgutil.get_data("tzdata", "zoneinfo/Asia/Kathmandu")
    for name in zone_names():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(nepal)
    before = [outcome(text, declared) for text, declared, _ in ROWS]
    load_zone.cache_clear()
    plain_day.cache_clear()
    zoneinfo.reset_tzpath([tmp_path])
    try:
        assert zoneinfo.ZoneInfo.no_cache("UTC").utcoffset(datetime(2024, 1, 1)) == timedelta(minutes=345)  # noqa: DTZ001
        assert [outcome(text, declared) for text, declared, _ in ROWS] == before
    finally:
        zoneinfo.reset_tzpath()


def test_the_page_has_every_row_and_key():
    """The test reads every row of the page, and the page lists every key."""
    assert len(ROWS) == len(re.findall(r"^\| `[^|]*\|[^|]*\| (?:rejected|\d{4}-)", PAGE, re.MULTILINE))
    assert len(ROWS) > 100
    assert set(names(DATES.keys)) == set(
        re.findall(r"^\| `(\w+)` \|", PAGE.partition("\n## ")[0], re.MULTILINE)
    )
