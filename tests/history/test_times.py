"""A feed's date never goes back, a changed version waits for its time, and no mtime decides anything."""

import json
import os
import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from feedpub.config import load_config
from feedpub.publishing.build import build

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def story(number, **more):
    record = {
        "id": number,
        "title": f"Story {number}",
        "body": f"Text of {number}.",
        "date": f"2024-01-{number:02}",
    }
    return record | more


@pytest.fixture
def site(tmp_path):
    """A function that builds with records at a time; it may lose the state folder before."""

    def built(*records, now=NOW, lost=False, feed="{title: All}"):
        if lost:
            shutil.rmtree(tmp_path / ".feedpub", ignore_errors=True)
        (tmp_path / "c.yaml").write_text(f"""
version: 1
site: {{title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}}
sources: [{{path: a.jsonl, timezone: UTC}}]
feeds: {{all: {feed}}}
output: {{formats: [rss, atom, json]}}
""")
        (tmp_path / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
        os.utime(tmp_path / "a.jsonl", (NOW.timestamp() - 9, NOW.timestamp() - 9))
        build(load_config(tmp_path / "c.yaml"), now, allow={"vanished", "empty"})
        return tmp_path / "feeds"

    return built


def updated(feeds):
    """Return the date of the feed in Atom."""
    return re.search("<updated>(.*?)</updated>", (feeds / "all.atom").read_text())[1]


@pytest.mark.parametrize("lost", [False, True])
def test_whatever_leaves_a_feed_its_date_stays_and_a_newer_entry_moves_it(site, lost):
    first = updated(site(*map(story, range(1, 5))))
    assert first.startswith("2024-01-04")
    for left in ([1, 2, 3], [1], [2], []):
        assert updated(site(*map(story, left), lost=lost)) == first
    assert updated(site(story(3), lost=lost)) == first
    assert updated(site(story(3), story(5), lost=lost)).startswith("2024-01-05")


@pytest.mark.parametrize("lost", [False, True])
def test_a_date_of_a_feed_that_lies_in_the_future_was_a_mistake(site, lost):
    ahead = site(story(1), story(2, date="2024-09-01"), now=datetime(2024, 10, 1, tzinfo=UTC))
    assert updated(ahead).startswith("2024-09-01")
    assert updated(site(story(1), lost=lost)).startswith("2024-01-01")


@pytest.mark.parametrize(
    "held", [{"embargo": "2024-03-05"}, {"date": "2024-03-05"}, {"status": "scheduled", "date": "2024-03-05"}]
)
@pytest.mark.parametrize("published", [False, True])
def test_a_version_that_is_not_due_hides_no_lower_one(site, held, published):
    one, two = story(1, version=1), story(1, version=2, title="Story 1, revised") | held
    if published:
        site(one)

    def item(now):
        (found,) = json.loads((site(one, two, now=now) / "all.json").read_bytes())["items"]
        return found["title"], found["id"]

    title, entry_id = item(NOW)
    assert title == "Story 1"
    assert item(NOW + 5 * DAY) == ("Story 1, revised", entry_id)


def test_no_mtime_decides_what_a_first_build_publishes(site, tmp_path):
    def content():
        return {file.name: file.read_bytes() for file in feeds.glob("all.*")}

    feeds = site(*map(story, range(1, 5)))
    first = content()
    for time in (0, NOW.timestamp() + 10**6, NOW.timestamp()):
        shutil.rmtree(feeds)
        shutil.rmtree(tmp_path / ".feedpub")
        os.utime(tmp_path / "a.jsonl", (time, time))
        build(load_config(tmp_path / "c.yaml"), NOW)
        assert content() == first
