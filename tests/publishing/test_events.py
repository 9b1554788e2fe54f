"""The owner's command hears of each change once it is published: at least once, in order, and without a flood."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from feedpub.config import load_config
from feedpub.publishing import events
from feedpub.publishing.build import build

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
HOOK = """
import pathlib, sys
here = pathlib.Path(__file__).parent
data = sys.stdin.buffer.read()
with (here / "heard").open("ab") as file:
    file.write(data)
sys.exit(int((here / "status").read_text()) if (here / "status").exists() else 0)
"""
FEEDS = {"all": {"title": "All"}, "rain": {"title": "Rain", "any": ["rain"]}}


def record(number, **more):
    body = "There was rain." if number % 2 else "There was snow."
    return {
        "id": f"https://news.press/{number}",
        "title": f"Story {number}",
        "body": body,
        "date": f"2024-01-{10 + number}T10:00:00Z",
    } | more


class Site:
    def __init__(self, folder):
        self.folder = folder
        self.feeds = FEEDS
        self.command = [sys.executable, str(folder / "hook.py")]
        self.now = NOW
        (folder / "hook.py").write_text(HOOK)

    def configure(self):
        config = {
            "version": 1,
            "site": {"title": "S", "base_url": "https://news.press/f/", "id_authority": "news.press,2023"},
            "sources": [{"path": "articles.jsonl", "may_be_empty": True}],
            "guards": {"max_vanished": "100%"},
            "feeds": self.feeds,
            "output": {"on_publish": self.command, "max_items": 4},
        }
        (self.folder / "config.yaml").write_text(json.dumps(config))

    def write(self, *records):
        self.configure()
        lines = "".join(f"{json.dumps(each)}\n" for each in records)
        (self.folder / "articles.jsonl").write_text(lines)
        self.now += timedelta(hours=1)

    def build(self, *records):
        """Build with these records; return what the command was told, and the report."""
        self.write(*records)
        heard = self.folder / "heard"
        heard.unlink(missing_ok=True)
        report = build(load_config(self.folder / "config.yaml"), self.now, allow=("removed", "empty"))
        lines = heard.read_text().splitlines() if heard.exists() else []
        return [json.loads(line) for line in lines], report


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def short(heard):
    return [(each["event"], each["feed"], each["title"].split()[-1]) for each in heard]


def test_a_first_build_and_a_new_feed_tell_nothing(site):
    del site.feeds
    site.feeds = {"all": FEEDS["all"]}
    assert site.build(record(1), record(2))[0] == []
    site.feeds = FEEDS
    assert site.build(record(1), record(2))[0] == []
    assert short(site.build(record(1), record(2), record(3))[0]) == [
        ("new", "all", "3"),
        ("new", "rain", "3"),
    ]


def test_an_event_says_what_is_published(site):
    site.build(record(1))
    (heard, _), _ = site.build(record(1), record(3, link="https://news.press/three"))
    assert heard.pop("id").startswith("tag:news.press,2023:")
    assert heard == {
        "feed": "all",
        "event": "new",
        "title": "Story 3",
        "link": "https://news.press/three",
        "published": "2024-01-13T10:00:00+00:00",
        "updated": "2024-01-13T10:00:00+00:00",
    }


def test_an_entry_without_an_address_is_told_with_that_of_its_page(site):
    plain = {name: value for name, value in record(3).items() if name != "id"}
    site.build(record(1))
    heard, _ = site.build(record(1), plain)
    assert heard[0]["link"].startswith("https://news.press/f/article/")


CASES = {
    "an edit": (
        [record(1, body="Hail, and rain.", updated="2024-02-01T10:00:00Z")],
        [("updated", "all"), ("updated", "rain")],
    ),
    "a withdrawal": ([record(1, status="withdrawn")], [("withdrawn", "all"), ("withdrawn", "rain")]),
    "what vanishes": ([], []),
    "what becomes a draft": ([record(1, status="draft")], []),
    "what is touched": ([record(1)], []),
}


@pytest.mark.parametrize(("then", "told"), CASES.values(), ids=CASES)
def test_each_kind_of_change_is_told_as_what_it_is(site, then, told):
    site.build(record(0), record(1))
    heard, _ = site.build(record(0), *then)
    assert [(each["event"], each["feed"]) for each in heard] == told


def test_of_what_was_withdrawn_nothing_but_feed_and_id_is_told(site):
    site.build(record(0), record(1))
    (heard, _), _ = site.build(record(0), record(1, status="withdrawn"))
    assert [name for name, value in heard.items() if value] == ["feed", "id", "event"]


def test_what_comes_back_is_not_new(site):
    site.build(record(0), record(1))
    site.build(record(0))
    assert site.build(record(0), record(1))[0] == []


def test_what_changed_rules_bring_into_a_feed_is_not_new(site):
    site.build(record(1), record(2), record(4))
    site.feeds = FEEDS | {"rain": {"title": "Rain", "any": ["rain", "snow"]}}
    assert site.build(record(1), record(2), record(4))[0] == []


def test_a_lost_state_tells_nothing(site):
    site.build(record(1))
    (site.folder / ".feedpub/ledger.sqlite").unlink()
    assert site.build(record(1), record(3))[0] == []


def test_what_the_command_did_not_take_is_given_again_in_order_until_it_does(site):
    site.build(record(1))
    (site.folder / "status").write_text("3")
    heard, report = site.build(record(1), record(3))
    assert report.given == events.Given(2, f"output.on_publish: {sys.executable} ended with 3", again=False)
    assert not report.is_well
    more, report = site.build(record(1), record(3), record(4))
    assert more[:2] == heard
    assert short(more) == [("new", "all", "3"), ("new", "rain", "3"), ("new", "all", "4")]
    assert report.given.again
    (site.folder / "status").unlink()
    assert site.build(record(1), record(3), record(4))[0] == more
    heard, report = site.build(record(1), record(3), record(4))
    assert (heard, report.given) == ([], events.NOTHING_GIVEN)
    assert not (site.folder / ".feedpub" / events.EVENTS).exists()


def test_an_event_waits_even_when_newer_entries_push_its_own_out(site):
    site.build(record(1))
    (site.folder / "status").write_text("1")
    site.build(*(record(n) for n in range(1, 4)))
    (site.folder / "status").unlink()
    heard, _ = site.build(*(record(n) for n in range(1, 10)))
    assert {("new", "all", "2"), ("new", "all", "3"), ("new", "all", "9")} <= {*short(heard)}


@pytest.mark.parametrize("at", ["carry_out", "write_rejects", "_give_events"])
def test_wherever_a_build_is_killed_each_event_is_told_at_least_once(site, monkeypatch, at):
    site.build(record(1))

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"feedpub.publishing.build.{at}", killed)
        with pytest.raises(KeyboardInterrupt):
            site.build(record(1), record(3))
    assert short(site.build(record(1), record(3))[0]) == [("new", "all", "3"), ("new", "rain", "3")]


def test_what_a_killed_build_never_published_is_not_told(site, monkeypatch):
    site.build(record(1))

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("feedpub.publishing.build.carry_out", killed)
        with pytest.raises(KeyboardInterrupt):
            site.build(record(1), record(3))
    assert site.build(record(1))[0] == []


@pytest.mark.slow
def test_a_command_that_takes_too_long_is_stopped_with_all_that_it_started(site, monkeypatch):
    monkeypatch.setattr(events, "SECONDS", 0.5)
    site.build(record(1))
    site.command = ["sh", "-c", "sleep 60 & echo $! > child; wait"]
    _, report = site.build(record(1), record(3))
    assert report.given.wrong == "output.on_publish: sh did not end within 0.5 seconds and was stopped"
    child = int((site.folder / "child").read_text())
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        # It may be a zombie until its new parent notices.
        if (stat := read_stat(child)) in {"Z", "X", None}:
            return
        time.sleep(0.05)
    pytest.fail(f"it still runs: {stat}")


def read_stat(process):
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return None


def test_a_command_that_is_not_there_is_named(site):
    site.build(record(1))
    site.command = ["no-such-program"]
    _, report = site.build(record(1), record(3))
    assert report.given.wrong == "output.on_publish: no-such-program cannot be run: No such file or directory"


def test_a_command_that_reads_nothing_has_taken_it(site):
    site.build(record(1))
    site.command = ["true"]
    _, report = site.build(record(1), *(record(n, body="x" * 100_000, title="y" * 90_000) for n in (3, 5)))
    assert report.is_well


def test_without_a_command_nothing_is_kept_for_it(site):
    site.build(record(1))
    (site.folder / "status").write_text("3")
    site.build(record(1), record(3))
    command, site.command = site.command, []
    site.build(record(1), record(3))
    site.command = command
    assert site.build(record(1), record(3))[0] == []


def test_a_failing_command_ends_the_build_with_1_and_is_told_once_where_it_is_quiet(site, command):
    site.build(record(1))
    (site.folder / "status").write_text("3")
    site.write(record(1), record(3))
    done = command(site.folder, "build", "-q")
    assert done.returncode == 1
    assert done.stderr == (
        f"feedpub: output.on_publish: {sys.executable} ended with 3; everything is published, and the next build passes"
        " the same 2 events to it again\n"
    )
    done = command(site.folder, "build", "-q")
    assert (done.returncode, done.stderr) == (1, "")
    done = command(site.folder, "build", "--format", "json")
    assert json.loads(done.stdout)["hook"].endswith("ended with 3")
    assert "so 2 events wait" in command(site.folder, "status").stdout


@pytest.mark.slow
def test_what_the_command_says_goes_to_standard_error(site):
    site.build(record(1))
    site.command = ["sh", "-c", "cat > /dev/null; echo said"]
    site.write(record(1), record(3))
    command = [sys.executable, "-m", "feedpub", "build", "--format", "json"]
    done = subprocess.run(command, cwd=site.folder, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["events"] == 2
    assert done.stderr == "said\n"
