"""Directories accept a feed with ``podcast``, and players play it: it has only episodes, with all that is known."""

import json
from datetime import UTC, datetime

import feedparser
import pytest
from lxml import etree

from feedpub.articles.article import Article, Author, Enclosure, Episode, Origin, Speaker, Transcript
from feedpub.articles.entry import RoutedArticle, make_entry
from feedpub.config import load_config
from feedpub.documents.channel import Channel, Podcast, Site, make_feed, podcast_guid
from feedpub.documents.formats import OUTPUT_FORMATS, entry_size, head_size
from feedpub.documents.renderer import Renderer
from feedpub.publishing.build import open_plan
from feedpub.validator import Level, Requirements, inspect
from feedpub.validator.requirements import PROFILES

ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"
AUDIO = {"url": "https://x.test/1.mp3", "length": 99}
EPISODE = {
    "title": "First", "text": "Notes.", "date": "2024-05-01", "audio": AUDIO, "duration": "25:07", "episode": 1,
    "season": "2", "explicit": "yes", "image": "https://x.test/e.png", "chapters": "https://x.test/1.json",
    "transcript": [{"url": "https://x.test/1.vtt", "language": "de"}, "https://x.test/1.srt"],
    "people": [{"name": "Bo & Co", "role": "host", "href": "https://x.test/bo", "img": "https://x.test/b.png"}, "Cy"],
}  # fmt: skip
TEXTS = [
    {"title": f"Text {n}", "text": "Notes.", "date": f"2024-06-0{n}", "duration": 5} for n in range(1, 6)
]
MORE = [
    {"title": f"More {n}", "text": "N.", "date": f"2024-04-0{n}", "audio": f"https://x.test/m{n}.mp3"}
    for n in (1, 2)
]
POD = {
    "title": "Pod",
    "description": "News in five minutes",
    "language": "en",
    "image": "https://x.test/art.jpg",
    "podcast": {"category": "News > Daily News", "explicit": "false"},
}
ALL = {"type": "serial", "author": "Ann & Bo", "owner": {"name": "Ann", "email": "ann@x.test"}}


@pytest.fixture
def pod(site):
    site.config["feeds"]["pod"] = POD
    return site


def tags(data, parent):
    """Return the podcast tags of a channel or an item: names with texts or attributes."""
    found = []
    for each in next(etree.fromstring(data).iter(parent)):
        if each.tag.startswith((ITUNES, PODCAST)):
            prefix = "itunes:" if each.tag.startswith(ITUNES) else "podcast:"
            below = [dict(e.attrib) or e.text for e in each]
            found.append(
                (
                    prefix + etree.QName(each).localname,
                    each.text and each.text.strip(),
                    dict(each.attrib),
                    below,
                )
            )
    return found


def by_name(found):
    return sorted(found, key=str)


@pytest.mark.parametrize(
    ("url", "guid"),
    [
        # The examples of the specification, and two feeds of others.
        ("https://podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("http://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("https://mp3s.nashownotes.com/pc20rss.xml//", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        (
            "https://bigal.github.io/breakfast-wrap-feed/breakfast-wrap.xml",
            "f95d7b89-e1ee-554c-be7f-f126f0b92dae",
        ),
    ],
)
def test_the_guid_is_that_of_the_specification(url, guid):
    assert podcast_guid(url) == guid


@pytest.mark.parametrize("profile", [None, *PROFILES])
@pytest.mark.parametrize("more", [{}, ALL], ids=["what is required", "all"])
@pytest.mark.parametrize("content", ["full", "title"])
def test_it_passes_the_checks_of_directories(pod, profile, more, content):
    pod.config["feeds"]["pod"] = POD | {
        "podcast": POD["podcast"] | more,
        "content": content,
        "archive": "1",
        "max_items": "1",
    }
    pod.build([EPISODE, *TEXTS, *MORE])
    names = sorted(file.name for file in pod.out.glob("pod*.rss"))
    assert len(names) == 3
    for name in names:
        found = inspect(pod.read(name), requirements=Requirements(profile=PROFILES.get(profile))).findings
        assert not [f for f in found if f.level is Level.ERROR or "podcast" in f.code]
        # The guid belongs to the feed that people subscribe to.
        assert podcast_guid("https://x.test/f/pod.rss") in pod.read(name).decode()


@pytest.mark.parametrize("formats", [["rss"], ["rss", "json"], ["rss", "atom", "json"]])
def test_the_guid_stays_when_the_podcast_moves(pod, formats):
    pod.config["output"]["formats"] = formats
    pod.config["feeds"]["pod"] = POD | {"archive": "1", "max_items": "1"}
    pod.build([EPISODE, *MORE])
    guid = podcast_guid("https://x.test/f/pod.rss")
    pod.config["site"]["base_url"] = "https://elsewhere.test/"
    for _ in range(2):
        pod.build(
            [EPISODE, *MORE, MORE[0] | {"title": "New", "audio": "https://x.test/n.mp3"}], allow={"vanished"}
        )
        for name in pod.out.glob("pod*.rss"):
            assert guid in name.read_text()
            assert "https://elsewhere.test/pod" in name.read_text()
    for name in formats:
        assert OUTPUT_FORMATS[name].read_back(pod.read(f"pod.{name}")).guid == guid


def test_the_channel_says_what_the_config_says(pod):
    pod.config["feeds"]["pod"] = POD | {"podcast": POD["podcast"] | ALL}
    pod.build([EPISODE])
    assert by_name(tags(pod.read("pod.rss"), "channel")) == [
        ("itunes:author", "Ann & Bo", {}, []),
        ("itunes:category", "", {"text": "News"}, [{"text": "Daily News"}]),
        ("itunes:explicit", "false", {}, []),
        ("itunes:image", None, {"href": "https://x.test/art.jpg"}, []),
        ("itunes:owner", "", {}, ["Ann", "ann@x.test"]),
        ("itunes:type", "serial", {}, []),
        ("podcast:guid", podcast_guid("https://x.test/f/pod.rss"), {}, []),
    ]


def test_an_episode_says_what_its_fields_say(pod):
    pod.build([EPISODE, *MORE])
    atom = "{http://www.w3.org/2005/Atom}entry"
    said = tags(pod.read("pod.rss"), "item")
    assert by_name(said) == [
        ("itunes:duration", "1507", {}, []),
        ("itunes:episode", "1", {}, []),
        ("itunes:explicit", "true", {}, []),
        ("itunes:image", None, {"href": "https://x.test/e.png"}, []),
        ("itunes:season", "2", {}, []),
        ("podcast:chapters", None, {"url": "https://x.test/1.json", "type": "application/json+chapters"}, []),
        ("podcast:person", "Bo & Co", {"role": "host", "img": "https://x.test/b.png", "href": "https://x.test/bo"}, []),
        ("podcast:person", "Cy", {}, []),
        ("podcast:transcript", None, {"url": "https://x.test/1.srt", "type": "application/x-subrip"}, []),
        ("podcast:transcript", None, {"url": "https://x.test/1.vtt", "type": "text/vtt", "language": "de"}, []),
    ]  # fmt: skip
    assert tags(pod.read("pod.atom"), atom) == said
    entry = feedparser.parse(pod.read("pod.rss")).entries[0]
    assert (entry.itunes_duration, entry.itunes_episode, entry.itunes_season) == ("1507", "1", "2")
    item = json.loads(pod.read("pod.json"))["items"][0]
    assert item["attachments"][0]["duration_in_seconds"] == 1507
    # Feeds that are not podcasts do not mention it.
    for name in OUTPUT_FORMATS:
        assert not {"itunes", "podcast", "duration"} & set(pod.read(f"all.{name}").decode().split(":"))
        assert b"duration" not in pod.read(f"all.{name}")


def test_it_has_episodes_alone_and_its_fill_of_them(pod):
    pod.config["feeds"]["pod"] = POD | {"max_items": "2"}
    pdf = {"title": "Plan", "text": "N.", "date": "2024-06-08", "enclosure": "https://x.test/plan.pdf"}
    pod.build([EPISODE, *TEXTS, *MORE, pdf])
    for _ in range(2):
        pod.build([EPISODE, *TEXTS, *MORE, pdf])
        entries = feedparser.parse(pod.read("pod.rss")).entries
        assert [entry.title for entry in entries] == ["First", "More 2"]


def test_the_enclosure_of_an_episode_is_what_is_heard(pod):
    files = ["https://x.test/plan.pdf", "https://x.test/1.ogg", "https://x.test/2.ogg"]
    pod.build([EPISODE | {"audio": files}])
    assert [e.enclosures[0].href for e in feedparser.parse(pod.read("pod.rss")).entries] == [files[1]]
    item = json.loads(pod.read("pod.json"))["items"][0]
    assert [a.get("duration_in_seconds") for a in item["attachments"]] == [None, 1507, None]
    assert feedparser.parse(pod.read("all.rss")).entries[0].enclosures[0].href == files[0]


def test_explain_says_why_a_text_is_not_in_it(pod, command):
    pod.build([EPISODE, *TEXTS])
    shown = command(pod.folder, "explain", "--config", "c.yaml", "Text 3").stdout
    assert "pod is a podcast, and this article has no audio or video" in " ".join(shown.split())


@pytest.mark.parametrize(
    ("field", "value", "tag"),
    [
        ("duration", 61, "61"),
        ("duration", "61.9", "61"),
        ("duration", "1:01", "61"),
        ("duration", "01:00:01", "3601"),
        ("duration", "PT1H1S", "3601"),
        ("duration", "P1DT1M", "86460"),
        ("duration", "", None),
        ("duration", "25 minutes", None),
        ("duration", "P", None),
        ("duration", [1], None),
        ("episode", "12", "12"),
        ("episode", "S1E2", None),
        ("season", 0, None),
        ("explicit", True, "true"),
        ("explicit", "Clean", "false"),
        ("explicit", "maybe", None),
    ],
)
def test_values_are_read_as_people_write_them(pod, field, value, tag):
    story = {name: EPISODE[name] for name in ("title", "text", "date", "audio")}
    report = pod.build([story | {field: value}])
    found = {name.partition(":")[2]: text for name, text, *_ in tags(pod.read("pod.rss"), "item")}
    assert found.get(field) == tag
    bad = value in ("25 minutes", "P", "S1E2", "maybe", [1])
    assert [n.kind for n in report.notices if n.kind == "bad-field"] == ["bad-field"] * bad


def test_a_transcript_that_is_a_text_is_none(pod):
    pod.build(
        [
            EPISODE
            | {"transcript": "So, welcome to the show. " * 9, "chapters": [{"title": "One"}], "people": []}
        ]
    )
    assert not [name for name, *_ in tags(pod.read("pod.rss"), "item") if name.startswith("podcast:")]


def test_what_a_podcast_of_others_says_of_an_episode_is_said_again(pod):
    pod.build([EPISODE])
    (pod.folder / "others.xml").write_bytes(pod.read("pod.rss"))
    pod.config["sources"] = [{"path": "others.xml"}]
    pod.config["output"]["dir"] = "again"
    pod.config["output"]["state"] = ".again"
    pod.build()
    again = tags((pod.folder / "again/pod.rss").read_bytes(), "item")
    # feedparser returns only one of several transcripts, and not "true".
    told = [t for t in tags(pod.read("pod.rss"), "item") if t[0] not in ("podcast:person", "itunes:explicit")]
    assert by_name(again) == by_name(t for t in told if "vtt" not in str(t))


@pytest.mark.parametrize("known", OUTPUT_FORMATS.values(), ids=lambda known: known.name)
def test_long_values_count_in_the_size_of_a_document(known):
    long, address = '&<"' * 999, "https://x.test/" + "&a=" * 999
    site = Site("S", "https://x.test/", "https://x.test/", "x.test,2021", Author("A"), "en", None)
    podcast = Podcast(("News", "Daily News"), True, address, long, "serial", Author(long, "a@x.test"))
    feed = Channel(
        slug="a", title="T", description="A", link="https://x.test/", author=Author("A"), language="en", rights=None,
        podcast=podcast,
    )  # fmt: skip
    episode = Episode(
        10**9, True, 10**8, 10**8, (Transcript(address, "text/vtt", "de"),) * 3, address,
        (Speaker(long, long, address, address),) * 3,
    )  # fmt: skip
    article = Article(
        "urn:x", "T", "B", datetime(2024, 1, 1, tzinfo=UTC), Origin("", 1, 1), image=f"{address}.png", episode=episode,
        enclosures=(Enclosure("https://x.test/1.mp3", "audio/mpeg"),),
    )  # fmt: skip
    entry = make_entry(RoutedArticle(article, ()))
    renderer = Renderer(site, {}, [known])
    empty, whole = (renderer.render(make_feed(feed, e, site)).documents[0].data for e in ([], [entry]))
    assert len(empty) <= head_size(feed, site)
    assert len(whole) - len(empty) <= entry_size(entry, feed, {})


def test_the_plan_does_not_place_a_text_that_was_added_by_hand(pod):
    pod.config["feeds"]["pod"] = POD | {"any": ["nothing"]}
    pod.build([EPISODE | {"feeds": ["pod"]}, TEXTS[0] | {"feeds": ["pod"]}])
    with open_plan(load_config(pod.folder / "c.yaml"), datetime(2025, 1, 1, tzinfo=UTC)) as plan:
        assert [e.article.title for e in plan.feeds[1].feed.entries] == ["First"]
