"""A folder of audio files with notes is a podcast that directories accept."""

import re

import feedparser
import pytest
from lxml import etree

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
    # The fields of such files are not believed.
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
    assert [p.reason for p in verdict.placements] == [
        "all is a podcast, and this article has no audio or video"
    ]


FIELDS = {
    "transcript": "['1.vtt', '1.txt']",
    "chapters": "1.json",
    "people": "[{name: Ann, role: host, img: ann.jpg}]",
}


def test_transcripts_chapters_and_pictures_of_people_are_published_with_their_episode(site):
    site.feed, site.output = PODCAST, "formats: [rss, atom, json], gzip: true"
    texts = {
        "1.vtt": b"WEBVTT\n\n00:00.000 --> 00:02.000\nGood morning.\n",
        "1.txt": b"Good morning.\n",
        "1.json": b'{"version": "1.2.0", "chapters": [{"startTime": 0}]}',
        "ann.jpg": jpeg(9),
        "1.mp3": mp3(),
    }
    for name, data in texts.items():
        site.write(f"posts/{name}", data)
    site.post("Episode", audio="1.mp3", **FIELDS)
    report = site.build()
    assert [n for n in report.notices if n.kind in ("missing-file", "unfit-file", "bad-address")] == []
    files = site.files()
    item = etree.fromstring(files["all.rss"]).find("channel/item")
    named = [
        (etree.QName(each).localname, each.get("type"), each.get("url") or each.get("img"))
        for each in item
        if etree.QName(each).localname in ("transcript", "chapters", "person")
    ]
    assert [(what, kind) for what, kind, _ in named] == [
        ("transcript", "text/vtt"),
        ("transcript", "text/plain"),
        ("chapters", "application/json+chapters"),
        ("person", None),
    ]
    there = [files[url.removeprefix("https://x.test/f/")] for _, _, url in named]
    assert there == [texts[name] for name in ("1.vtt", "1.txt", "1.json", "ann.jpg")]
    times = {path: path.stat().st_mtime_ns for path in site.out.rglob("*")}
    site.build(days=1)
    assert {path: path.stat().st_mtime_ns for path in site.out.rglob("*")} == times
    # Everything goes with the withdrawn episode, including compressed copies.
    site.post("Episode", audio="1.mp3", status="withdrawn", **FIELDS)
    site.post("Another", day=2, audio="1.mp3")
    site.build(days=2)
    assert {name for name in site.files() if name.startswith("media/") and ".json" not in name} == {
        name for name in files if name.startswith("media/") and name.endswith(".mp3")
    }


def test_what_cannot_be_published_of_them_is_told_and_no_feed_names_it(site):
    site.feed = PODCAST
    site.write("posts/1.mp3", mp3())
    site.write("posts/1.vtt", "<!doctype html><p>Good morning.")
    site.write("posts/1.json", "{damaged")
    site.write("posts/ann.jpg", PDF)
    site.post("Episode", audio="1.mp3", **FIELDS)
    report = site.build()
    told = [str(n.message) for n in report.notices if n.kind in ("missing-file", "unfit-file")]
    assert sorted(told) == [
        "left out the file '1.json', which is not JSON by its content",
        "left out the file '1.txt', which does not exist",
        "left out the file '1.vtt', which is not WebVTT, SRT, JSON or plain text in UTF-8 by its content",
        "left out the file 'ann.jpg', which is not a picture by its content",
    ]
    assert {str(n.origin) for n in report.notices if n.kind == "unfit-file"} == {"posts/Episode.md:1"}
    for name in ("all.rss", "all.atom", "all.json"):
        assert not re.search(rb"1\.(vtt|txt|json)|ann\.jpg", site.files()[name])


def test_without_copies_relative_addresses_of_an_episode_are_told(site):
    site.feed, site.source = PODCAST, "media: link"
    site.post("Episode", audio="https://x.test/1.mp3", **FIELDS)
    report = site.build()
    told = [n.message for n in report.notices if n.kind == "bad-address"]
    assert [message.split(",")[0] for message in told] == [
        "left out the transcript '1.vtt'",
        "left out the transcript '1.txt'",
        "left out the chapters '1.json'",
        "left out the picture 'ann.jpg'",
    ]
