"""A folder of sounds with notes beside them is a podcast that directories take."""

import feedparser
import pytest

from feedpub.planning.verdicts import verdicts
from feedpub.publishing.build import open_plan
from feedpub.validator import Level, Requirements, inspect
from feedpub.validator.requirements import PROFILES

from .conftest import NOW, PDF, jpeg, mp3

PODCAST = "language: en, podcast: {category: News, explicit: false, image: https://x.test/art.png}"


@pytest.fixture
def folder(site):
    site.feed = PODCAST
    for number in (1, 2):
        site.write(f"posts/{number}.mp3", mp3(400 * number) + bytes([number]))
        site.write(f"posts/{number}.jpg", jpeg(number))
        site.post(
            f"Episode {number}", day=number, audio=f"{number}.mp3", image=f"{number}.jpg", duration="9:59:59"
        )
    return site


def test_it_passes_and_says_what_its_files_say(folder):
    folder.build()
    data = folder.files()["all.rss"]
    found = inspect(data, requirements=Requirements(profile=PROFILES["apple"])).findings
    assert not [finding for finding in found if finding.level is Level.ERROR]
    entries = feedparser.parse(data).entries
    assert [entry.title for entry in entries] == ["Episode 2", "Episode 1"]
    # What their fields say is not believed.
    assert [entry.itunes_duration for entry in entries] == ["21", "10"]
    assert [int(entry.enclosures[0].length) for entry in entries] == [len(mp3(800)) + 1, len(mp3(400)) + 1]
    assert all(entry.image.href.endswith(".jpg") for entry in entries)
    assert {entry.enclosures[0].href.rpartition("/")[2] for entry in entries} < {
        name.rpartition("/")[2] for name in folder.media()
    }


@pytest.mark.parametrize("content", [None, PDF], ids=["missing", "no sound"])
def test_an_episode_without_its_sound_is_left_out_and_explained(folder, content):
    if content:
        folder.write("posts/3.mp3", content)
    folder.post("Episode 3", day=3, audio="3.mp3")
    folder.build()
    assert [e.title for e in feedparser.parse(folder.files()["all.rss"]).entries] == [
        "Episode 2",
        "Episode 1",
    ]
    with open_plan(folder.settings(), NOW) as plan:
        (verdict,) = verdicts(plan, lambda record: record.title == "Episode 3")
    assert [p.reason for p in verdict.placements] == ["all is a podcast, and this one has no audio or video"]
