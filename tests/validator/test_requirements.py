"""Requirements beyond the specification: age, number of items, profiles; and ignored findings."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from feedpub.cli.validate import Profile, validate
from feedpub.core.errors import ConfigError
from feedpub.validator import PROFILES, Level, Requirements, inspect

NOW = datetime(2026, 1, 8, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def run(tmp_path, monkeypatch):
    app = typer.Typer()
    app.command()(validate)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def rss(*ages, head=""):
    items = "".join(
        f"<item><guid isPermaLink='false'>tag:example.org,2024:{number}</guid><title>{number}</title>"
        f"<link>https://example.org/{number}</link><pubDate>{format_datetime(NOW - age)}</pubDate></item>"
        for number, age in enumerate(ages)
    )
    return (
        "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>Tides</title>"
        "<link>https://example.org/</link><description>High water</description>"
        f"<atom:link rel='self' href='https://example.org/feed.rss'/>{head}{items}</channel></rss>"
    ).encode()


def atom(*ages):
    entries = "".join(f"<entry><updated>{(NOW - age).isoformat()}</updated></entry>" for age in ages)
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>".encode()


def json_feed(*ages):
    return json.dumps({"items": [{"date_published": (NOW - age).isoformat()} for age in ages]}).encode()


def codes(data, **required):
    report = inspect(data, now=NOW, requirements=Requirements(**required))
    return [finding.code for finding in report.findings]


@pytest.mark.parametrize("make", [rss, atom, json_feed])
@pytest.mark.parametrize(
    ("ages", "stale"),
    [
        ([30 * DAY, 47 * HOUR], False),
        ([2 * DAY], False),
        ([49 * HOUR, 30 * DAY], True),
        ([], True),
        # A future item does not show that anything was published.
        ([-DAY, 3 * DAY], True),
        ([-DAY], False),
    ],
)
def test_a_feed_is_stale_whose_newest_item_is_older_than_asked(make, ages, stale):
    found = codes(make(*ages), max_age=2 * DAY)
    assert found.count("stale-feed") == stale


def test_without_dates_of_items_the_feeds_own_date_counts():
    for age, stale in ((DAY, False), (3 * DAY, True)):
        data = rss(head=f"<lastBuildDate>{format_datetime(NOW - age)}</lastBuildDate>")
        assert ("stale-feed" in codes(data, max_age=2 * DAY)) is stale


def test_a_stale_feed_is_told_with_the_date_and_the_age_that_was_asked():
    (found,) = inspect(rss(3 * DAY), now=NOW, requirements=Requirements(max_age=2 * DAY)).findings
    assert found.message == "the newest item is from 2026-01-05 12:00 UTC, more than 2 days ago"


@pytest.mark.parametrize("make", [rss, atom, json_feed])
def test_a_feed_with_fewer_items_than_asked_is_told(make):
    for number, few in ((2, True), (3, False), (4, False)):
        assert codes(make(*[DAY] * number), min_items=3).count("too-few-items") == few


def test_nothing_is_asked_unless_somebody_asks():
    assert codes(rss(900 * DAY)) == []


PODCAST = """<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'
xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' xmlns:podcast='https://podcastindex.org/namespace/1.0'><channel>
<title>Tides</title><link>https://example.org/</link><description>High water</description><language>en</language>
<atom:link rel='self' href='https://example.org/feed.rss'/><itunes:author>Ada</itunes:author>
<itunes:image href='https://example.org/art.jpg'/><itunes:category text='News'/><itunes:explicit>false</itunes:explicit>
<podcast:locked>no</podcast:locked><podcast:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>
<item><title>Monday</title><link>https://example.org/1</link>
<enclosure url='https://example.org/1.mp3' type='audio/mpeg' length='1'/>
<guid isPermaLink='false'>tag:example.org,2024:1</guid></item></channel></rss>"""

LACKS = [
    # what is removed, the profiles that report it as an error, those that report it as a warning
    ("<language>en</language>", "apple podcast-2.0", ""),
    ("<itunes:image href='https://example.org/art.jpg'/>", "apple podcast-2.0", ""),
    ("<itunes:category text='News'/>", "apple podcast-2.0", ""),
    ("<itunes:explicit>false</itunes:explicit>", "apple podcast-2.0", ""),
    ("<enclosure url='https://example.org/1.mp3' type='audio/mpeg' length='1'/>", "apple podcast-2.0", ""),
    ("<guid isPermaLink='false'>tag:example.org,2024:1</guid>", "podcast-2.0", "apple"),
    ("<atom:link rel='self' href='https://example.org/feed.rss'/>", "podcast-2.0", "apple"),
    ("<podcast:locked>no</podcast:locked>", "", "podcast-2.0"),
    ("<podcast:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid>", "", "podcast-2.0"),
    ("<itunes:author>Ada</itunes:author>", "", "podcast-2.0"),
]


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("lost", "errors", "warnings"), LACKS)
def test_what_a_directory_requires_is_one_error_and_what_it_recommends_a_warning(
    profile, lost, errors, warnings
):
    assert codes(PODCAST.encode(), profile=PROFILES[profile]) == []
    data = PODCAST.replace(lost, "").encode()
    found = inspect(data, now=NOW, requirements=Requirements(profile=PROFILES[profile])).findings
    expected = ["error"] * (profile in errors.split()) + ["warning"] * (profile in warnings.split())
    assert [str(finding.level) for finding in found] == expected


def test_a_profile_makes_errors_of_what_the_directory_refuses():
    data = PODCAST.replace("art.jpg", "art.webp").encode()
    assert [finding.level for finding in inspect(data).findings] == [Level.WARNING]
    required = Requirements(profile=PROFILES["apple"])
    assert [finding.level for finding in inspect(data, requirements=required).findings] == [Level.ERROR]


@pytest.mark.parametrize("make", [atom, json_feed])
def test_a_directory_of_podcasts_takes_no_other_format(make):
    assert "missing-required-element" in codes(make(DAY), profile=PROFILES["apple"])


def test_every_profile_can_be_asked_for():
    assert [str(name) for name in Profile] == list(PROFILES)


def write(**files):
    for name, text in files.items():
        file = Path("pyproject.toml" if name == "pyproject" else name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())


WARNED = rss(DAY).replace(b"<guid isPermaLink='false'>tag:example.org,2024:0</guid>", b"")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ([], 0),
        (["--fail-on", "error"], 0),
        (["--fail-on", "warning"], 1),
        (["--fail-on", "hint"], 1),
        (["--fail-on", "warning", "--level", "error"], 1),
        (["--fail-on", "warning", "--ignore", "missing-guid"], 0),
        (["--min-items", "2"], 1),
        (["--max-age", "1h"], 1),
        (["--max-age", "9999w"], 0),
        (["--profile", "apple"], 1),
    ],
)
def test_the_status_is_1_where_what_was_asked_is_not_met(run, arguments, status):
    write(**{"feed.rss": WARNED})
    done = run("feed.rss", *arguments)
    assert done.exit_code == status
    assert done.output.count("feed.rss: RSS, ") == 1
    if status:
        # Findings that make the exit status 1 are shown at any level.
        assert "\n  1:" in done.output


@pytest.mark.parametrize("age", ["", "two days", "48", "-1h", "48H ago"])
def test_an_age_that_is_none_is_wrong_usage(run, age):
    write(**{"feed.rss": WARNED})
    done = run("feed.rss", "--max-age", age)
    assert done.exit_code == 2
    assert "write 48h, 7d or 2w" in " ".join(done.output.replace("│", " ").split())


TABLE = "[tool.feedpub.validate]\n"
BY_FILE = "[tool.feedpub.validate.per-file-ignores]\n"


@pytest.mark.parametrize(
    ("files", "counted"),
    [
        ({}, ["feed.rss", "tags/old/a.rss", "tags/b.rss"]),
        ({"pyproject": f'{TABLE}ignore = ["missing-guid"]\n'}, []),
        ({"feedpub-validate.toml": 'ignore = ["missing-guid"]\n'}, []),
        # If there are both, feedpub's own file counts.
        ({"feedpub-validate.toml": "", "pyproject": f'{TABLE}ignore = ["missing-guid"]\n'},
         ["feed.rss", "tags/old/a.rss", "tags/b.rss"]),
        ({"pyproject": f'{BY_FILE}"tags/**" = ["missing-guid"]\n'}, ["feed.rss"]),
        ({"pyproject": f'{BY_FILE}"tags" = ["missing-guid"]\n'}, ["feed.rss"]),
        ({"pyproject": f'{BY_FILE}"tags/*.rss" = ["missing-guid"]\n'}, ["feed.rss", "tags/old/a.rss"]),
        ({"pyproject": f'{BY_FILE}"**/a.rss" = ["missing-guid"]\n'}, ["feed.rss", "tags/b.rss"]),
        ({"pyproject": f'{BY_FILE}"**/feed.rss" = ["missing-guid"]\n'}, ["tags/old/a.rss", "tags/b.rss"]),
        ({"pyproject": f'{BY_FILE}"*" = ["missing-element"]\n'}, ["feed.rss", "tags/old/a.rss", "tags/b.rss"]),
        ({"pyproject": "[tool.other]\nignore = 1\n"}, ["feed.rss", "tags/old/a.rss", "tags/b.rss"]),
    ],
)  # fmt: skip
def test_checks_that_do_not_count_are_listed_for_all_files_or_by_path(run, files, counted):
    names = ["feed.rss", "tags/old/a.rss", "tags/b.rss"]
    write(**dict.fromkeys(names, WARNED), **files)
    for named in (names, [str(Path(name).absolute()) for name in names], ["."]):
        done = run(*named, "--format", "json")
        found = {
            os.path.relpath(one["file"]): one["findings"] for one in map(json.loads, done.stdout.splitlines())
        }
        assert sorted(name for name, findings in found.items() if findings) == sorted(counted)


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="there are no links here")
def test_a_path_through_a_link_is_known_by_both_its_names(run, tmp_path):
    for pattern in ("public/*", "built/*"):
        write(**{"built/feed.rss": WARNED, "pyproject": f'{BY_FILE}"{pattern}" = ["missing-guid"]\n'})
        Path("public").unlink(missing_ok=True)
        Path("public").symlink_to(tmp_path / "built")
        assert "missing-guid" not in run("public/feed.rss").output


def test_the_file_of_the_nearest_folder_counts(run, monkeypatch):
    write(
        **{
            "feed.rss": WARNED,
            "sub/feed.rss": WARNED,
            "pyproject.toml": f'{BY_FILE}"sub/*" = ["missing-guid"]\n',
        }
    )
    monkeypatch.chdir("sub")
    assert "missing-guid" not in run("feed.rss").output
    assert "missing-guid" in run("../feed.rss").output


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"{TABLE}ignroe = []\n", "toml:2:1: ignroe: there is no such key; there are ignore and per-file-ignores"),
        (f'{TABLE}ignore = ["missing-gid"]\n', "toml:2:12: missing-gid: there is no check 'missing-gid'; did you mean"),
        (f"{TABLE}ignore = 1\n", 'toml:2:1: ignore: it must be a list of checks; such as ["missing-guid"]'),
        (f"{BY_FILE}a = [1]\n", 'a: it must be a list of checks; such as ["missing-guid"]'),
        (f"{TABLE}per-file-ignores = 1\n", "per-file-ignores: it must be a table from patterns to lists of checks"),
        ("[tool.feedpub]\nvalidate = 1\n", "validate: it must be a table"),
        (f"{TABLE}ignore = [\n", "pyproject.toml:3:1: it is not TOML: "),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_told_with_file_and_line(run, text, sentence):
    write(**{"feed.rss": WARNED, "pyproject.toml": text})
    done = run("feed.rss")
    assert isinstance(done.exception, ConfigError)
    assert sentence in str(done.exception)
