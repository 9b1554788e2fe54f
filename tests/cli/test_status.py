"""What the log records about builds, and what ``status`` makes of it."""

import json
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from feedpub.config import load_config
from feedpub.core.errors import FeedpubError
from feedpub.insight.status import status_of
from feedpub.publishing.build import build
from feedpub.publishing.runs import MOST, RUNS, read_runs, remember_run

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
CONFIG = """
version: 1
site: {title: Sample, base_url: "https://news.press/feeds/", id_authority: "news.press,2023"}
sources: [{path: articles.jsonl, timezone: UTC}]
feeds: {all: {title: All}, rain: {title: Rain, any: [rain]}}
guards: {max_vanished: 100%}
"""


def record(number, **more):
    text = "There was rain."
    return {
        "id": f"s{number}",
        "title": f"Story {number}",
        "body": text,
        "date": f"2024-01-{10 + number}",
    } | more


@pytest.fixture
def site(tmp_path):
    """Build at a given time with these records; return the lines of the log."""
    (tmp_path / "config.yaml").write_text(CONFIG)

    def run(now, *records):
        (tmp_path / "articles.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in records))
        with suppress(FeedpubError):
            build(load_config(tmp_path / "config.yaml"), now)
        return list(read_runs(str(tmp_path / ".feedpub")))

    run.folder = tmp_path
    return run


def test_each_build_leaves_a_line_that_says_what_it_did(site):
    site(NOW, *(record(n) for n in range(3)), {"title": "No date"})
    *_, last = site(NOW + timedelta(hours=1), *(record(n) for n in range(3)), record(4, embargo="2024-03-02"))
    assert last["at"] == "2024-03-01T13:00:00+00:00"
    assert (last["status"], last["articles"], last["held"], last["rejects"]) == (0, 3, 1, 0)
    assert last["next_change"] == "2024-03-02T00:00:00+00:00"
    first, _ = read_runs(str(site.folder / ".feedpub"))
    assert first["new"] == {"all": 3, "rain": 3}
    assert (first["rejects"], first["new_rejects"]) == (1, 1)


@pytest.mark.parametrize(
    ("then", "why"),
    [
        ([], "no source has it any more"),
        ([record(1, status="withdrawn")], "it was withdrawn"),
        ([record(1, status="draft")], "it is held, has expired, or may not be published any more"),
        ([record(1, expires="2024-02-01")], "it is held, has expired, or may not be published any more"),
        ([record(1, embargo="2024-04-01")], "it is held, has expired, or may not be published any more"),
        (
            [record(1, body="There was snow.", updated="2024-02-01")],
            "the rules or limits of the feed leave it out",
        ),
    ],
    ids=["vanished", "withdrawn", "draft", "expired", "embargoed", "edited"],
)
def test_the_log_says_why_an_entry_left_a_feed(site, then, why):
    site(NOW, record(0), record(1))
    *_, last = site(NOW, record(0), *then)
    assert [(gone["title"], gone["why"]) for gone in last["gone"] if gone["feed"] == "rain"] == [
        ("Story 1", why)
    ]


def test_what_newer_entries_push_out_did_not_leave(site):
    config = (site.folder / "config.yaml").read_text()
    (site.folder / "config.yaml").write_text(f"{config}output: {{max_items: 2}}\n")
    site(NOW, record(0), record(1))
    *_, last = site(NOW, record(0), record(1), record(2))
    assert (last["new"], last["gone"]) == ({"all": 1, "rain": 1}, [])


def test_a_refusal_is_in_the_log_with_its_status(site):
    site(NOW, record(0), record(1))
    config = (site.folder / "config.yaml").read_text()
    (site.folder / "config.yaml").write_text(config.replace("news.press,2023", "news.press,2024"))
    *_, last = site(NOW, record(0), record(1))
    assert last["status"] == 3
    assert "news.press,2023" in last["error"]


def test_a_dry_run_leaves_no_line(site, command):
    before = site(NOW, record(0))
    command(site.folder, "build", "--dry-run")
    assert list(read_runs(str(site.folder / ".feedpub"))) == before


def test_a_torn_line_costs_itself(tmp_path):
    remember_run(str(tmp_path), "2024-03-01T12:00:00+00:00", {"status": 0})
    with (tmp_path / RUNS).open("ab") as file:
        file.write(b'{"at": "2024-03-01T12:10:0')
    remember_run(str(tmp_path), "2024-03-01T12:20:00+00:00", {"status": 1})
    assert [run["status"] for run in read_runs(str(tmp_path))] == [0, 1]


@pytest.mark.parametrize(
    "line", ["", "[]", "{}", '{"at": 5, "status": 0}', '{"at": "x", "status": "0"}', "\\0\\0"]
)
def test_lines_that_are_none_of_ours_are_passed_over(tmp_path, line):
    (tmp_path / RUNS).write_text(f"{line}\n")
    assert list(read_runs(str(tmp_path))) == []


def test_the_log_is_bounded_and_keeps_what_is_newest(tmp_path):
    long = "x" * (MOST // 10)
    for number in range(25):
        remember_run(
            str(tmp_path), "2024-03-01T12:00:00+00:00", {"status": 0, "number": number, "text": long}
        )
        assert (tmp_path / RUNS).stat().st_size < MOST * 1.3
    numbers = [run["number"] for run in read_runs(str(tmp_path))]
    assert numbers == list(range(numbers[0], 25))
    assert len(numbers) >= 4


def test_builds_in_a_row_that_had_nothing_to_do_are_told_as_one(site):
    site(NOW, record(0))
    for minutes in (10, 20, 30):
        at = (NOW + timedelta(minutes=minutes)).isoformat()
        remember_run(str(site.folder / ".feedpub"), at, {"status": 0, "repeated": True})
    found = status_of(load_config(site.folder / "config.yaml"))
    assert [(run.times, run.repeated) for run in found.runs] == [(1, False), (3, True)]
    assert found.last.at == found.good.at == NOW + timedelta(minutes=30)
    assert found.whole.facts["articles"] == 1


def test_status_shows_builds_feeds_and_what_is_due(site, command):
    site(NOW, record(0), record(1))
    site(NOW, record(0), record(4, embargo="2024-03-02T10:00:00Z"))
    shown = command(site.folder, "status").stdout
    assert "Next change by the clock: 2024-03-02 10:00 UTC (due now)" in shown
    assert "Held until due: 1 article" in shown
    assert re.search(r"rain +1 +2024-01-10 00:00 UTC +[0-9,]+ days", shown)
    assert "2 articles, 4 new in feeds" in shown
    assert "left rain: Story 1 (tag:news.press,2023:" in shown
    assert command(site.folder, "status", "--next").stdout == "2024-03-02T10:00:00+00:00\n"


def test_without_anything_due_next_is_empty_and_the_status_0(site, command):
    site(NOW, record(0))
    done = command(site.folder, "status", "--next")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(("ago", "status"), [("1h", 0), ("3h", 1)])
def test_max_age_is_held_against_the_last_build_that_ended_well(site, command, ago, status):
    folder = site.folder / ".feedpub"
    folder.mkdir()
    remember_run(str(folder), (datetime.now(UTC) - timedelta(hours=int(ago[0]))).isoformat(), {"status": 0})
    remember_run(str(folder), datetime.now(UTC).isoformat(), {"status": 3, "error": "no"})
    done = command(site.folder, "status", "--max-age", "2h")
    assert done.returncode == status
    assert ("no build has succeeded for 3 hours" in done.stderr) == bool(status)


def test_before_the_first_build_nothing_has_ended_well(site, command):
    assert command(site.folder, "status").stdout == "No build has been run yet.\n"
    assert command(site.folder, "status", "--max-age", "1h").returncode == 1


def test_a_span_that_is_none_is_named(site, command):
    done = command(site.folder, "status", "--max-age", "soon")
    assert (done.returncode, done.stderr) == (
        2,
        "feedpub: --max-age: 'soon' is not a span of time; write 12h, 30d or 4w\n",
    )


def test_metrics_are_in_the_format_of_prometheus(site, command):
    site(NOW, record(0), record(1))
    lines = command(site.folder, "status", "--format", "prometheus").stdout.splitlines()
    sample = re.compile(r'(feedpub_[a-z_]+)(?:\{feed="[a-z0-9-]+"\})? (-?[0-9]+)')
    told = [line.split()[2] for line in lines if line.startswith("# TYPE ")]
    values = [sample.fullmatch(line) for line in lines if not line.startswith("#")]
    assert all(values)
    # Each name is declared once, right before its samples.
    assert list(dict.fromkeys(value[1] for value in values)) == told
    assert f"feedpub_last_build_timestamp_seconds {NOW.timestamp():.0f}" in lines
    assert 'feedpub_feed_entries{feed="rain"} 2' in lines


def test_json_has_what_the_text_has(site, command):
    site(NOW, record(0))
    found = json.loads(command(site.folder, "status", "--format", "json").stdout)
    assert found["last_build"] == found["last_good_build"] == "2024-03-01T12:00:00+00:00"
    assert found["feeds"][0] == {"slug": "all", "entries": 1, "newest": "2024-01-10T00:00:00+00:00"}
    assert found["builds"][0]["articles"] == 1
