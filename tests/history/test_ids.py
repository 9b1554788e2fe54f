"""Ids stay when articles share a key, come from several feeds, move, or vanish one by one."""

import json
import os
import re
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedpub.articles.article import Article, Enclosure, FeedSource, Origin
from feedpub.articles.duplicates import DuplicateIndex
from feedpub.articles.ids import is_split
from feedpub.config import load_config
from feedpub.core.errors import GuardRefusal
from feedpub.publishing.build import build
from feedpub.sources import survey
from feedpub.text.similarity import fingerprint

START = datetime(2024, 1, 1, tzinfo=UTC)
NOW = datetime(2025, 1, 1, tzinfo=UTC)


class Site:
    """A config for a folder of files that is built again and again."""

    def __init__(self, folder, sources="[{path: 'in/*', timezone: UTC}]", more=""):
        self.folder = folder
        (folder / "in").mkdir()
        self.configure(sources, more)

    def configure(self, sources, more=""):
        (self.folder / "c.yaml").write_text(f"""
version: 1
site: {{title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}}
sources: {sources}
feeds: {{all: {{title: All}}}}
output: {{formats: [rss, atom, json]}}
{more}
""")

    def build(self, files, now=NOW, **options):
        for old in (self.folder / "in").iterdir():
            old.unlink()
        for name, text in files.items():
            (self.folder / "in" / name).write_text(text)
        return build(load_config(self.folder / "c.yaml"), now, **options)

    @property
    def items(self):
        """Return the published items, newest first."""
        return json.loads((self.folder / "feeds/all.json").read_bytes())["items"]

    @property
    def ids(self):
        return {item["title"]: item["id"] for item in self.items}


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def rss(*items, link="https://a.test/", extra=""):
    """Return an RSS feed with items that map element names to texts."""
    told = ""
    for item in items:
        item = {"pubDate": "Mon, 01 Jan 2024 10:00:00 GMT"} | item  # noqa: PLW2901 - every item has a date
        files = item.pop("enclosure", None)
        told += "<item>" + "".join(f"<{name}>{text}</{name}>" for name, text in item.items())
        told += f'<enclosure url="{files}" length="1" type="audio/mpeg"/></item>' if files else "</item>"
    head = f"<title>Feed</title><link>{link}</link><description>d</description>{extra}"
    return (
        f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{head}{told}</channel></rss>'
    )


def day(number):
    return f"{START + timedelta(days=number):%a, %d %b %Y} 10:00:00 GMT"


CASES = yaml.safe_load((Path(__file__).parents[1] / "data/shared-ids.yaml").read_text())


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=[case["what"] for case in CASES])
def test_each_article_is_published_once(site, case):
    if "sources" in case or "config" in case:
        site.configure(case.get("sources", "[{path: 'in/*', timezone: UTC}]"), case.get("config", ""))
    site.build(case["files"])
    assert sorted(item["title"] for item in site.items) == sorted(case["titles"])
    assert len({item["id"] for item in site.items}) == len(site.items)


def test_the_first_of_articles_with_one_guid_keeps_its_id_and_the_others_are_told(site):
    items = [{"title": f"hook {n}", "guid": "https://a.test/hook", "pubDate": day(n)} for n in (3, 1, 2)]
    report = site.build({"a.rss": rss(*items)})
    ids = site.ids
    assert ids["hook 1"] == "https://a.test/hook"
    assert all(is_split(ids[title]) for title in ("hook 2", "hook 3"))
    assert [notice.kind for notice in report.notices] == ["shared-id"] * 2
    assert all("'https://a.test/hook'" in notice.message for notice in report.notices)
    # The first ones leave the feed's window one by one; no id passes on to another article.
    for left in (3, 2, 1):
        site.build(
            {"a.rss": rss(*(item for item in items if int(item["title"][-1]) > 3 - left))}, allow={"vanished"}
        )
        assert site.ids.items() <= ids.items()
        assert len(site.ids) == left
    site.build(
        {"a.rss": rss({"title": "hook 4", "guid": "https://a.test/hook", "pubDate": day(4)})},
        allow={"vanished"},
    )
    assert is_split(site.ids["hook 4"])
    assert site.ids["hook 4"] not in ids.values()


def test_a_key_that_was_shared_is_known_to_be_so_by_what_is_published_alone(site):
    items = [{"title": f"hook {n}", "guid": "https://a.test/hook", "pubDate": day(n)} for n in range(4)]
    site.build({"a.rss": rss(*items[:3])})
    before = site.ids
    shutil.rmtree(site.folder / ".feedpub")
    # The article that has the guid as its id is gone, and a new one is beside one that was published.
    site.build({"a.rss": rss(*items[2:])}, allow={"vanished"})
    assert site.ids["hook 2"] == before["hook 2"]
    assert site.ids["hook 3"] not in before.values()


@pytest.mark.parametrize("lost", [False, True])
def test_versions_of_an_article_whose_key_others_have_too_keep_its_id(site, lost):
    """Title and date may change from version to version, and there may be all versions or only the last."""

    def record(title, number, **more):
        date = (START + timedelta(days=number)).isoformat()
        return json.dumps({"id": "news", "title": title, "body": title, "date": date} | more) + "\n"

    others = record("One", 1) + record("Two", 2)
    first, second, third = (record(f"Version {n}", 3 + n, version=n) for n in (1, 2, 3))
    site.build({"a.jsonl": others + first})
    ids = {title.partition(" ")[0]: entry for title, entry in site.ids.items()}
    for records in (others + first, others + second, others + second + third, others + third):
        if lost:
            shutil.rmtree(site.folder / ".feedpub")
        site.build({"a.jsonl": records})
        assert {title.partition(" ")[0]: entry for title, entry in site.ids.items()} == ids


@pytest.mark.slow
@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
@pytest.mark.parametrize("edited", [False, True])
@pytest.mark.parametrize("lost", [False, True])
def test_a_published_entry_is_not_taken_over_by_another_feed(site, order, edited, lost):
    first, second = order
    site.configure(
        ", ".join(f"{{path: in/{name}.rss, may_be_empty: true}}" for name in (first, second)).join("[]")
    )
    mine = {
        "title": "Our branch",
        "guid": "https://a.test/1",
        "link": "https://a.test/1",
        "description": "Hello",
    }
    theirs = mine | {
        "title": "Send your PIN",
        "link": "https://evil.test/",
        "description": "Now",
        "pubDate": day(9),
    }
    site.build({"a.rss": rss(mine)})
    (published,) = site.items
    if lost:
        for path in (site.folder / ".feedpub").iterdir():
            path.unlink()
    if edited:
        mine["title"] = "Our new branch"
    both = {"a.rss": rss(mine), "b.rss": rss(theirs, link="https://b.test/")}
    for files in (both, both, {"b.rss": both["b.rss"]}, both):
        site.build(files)
        ids = site.ids
        assert ids.get(mine["title"], published["id"]) == published["id"]
        assert is_split(ids["Send your PIN"])


def test_an_entry_of_two_feeds_is_decided_by_the_first_and_has_the_categories_of_both(site):
    entry = {"guid": "1", "link": "https://a.test/1", "pubDate": day(1)}
    of_a = rss(entry | {"title": "Owls", "category": "birds"}, link="https://a.test/birds/")
    of_b = rss(
        entry | {"title": "OWLS!", "category": "night", "pubDate": day(2)}, link="https://a.test/night/"
    )
    for files in ({"a.rss": of_a, "b.rss": of_b}, {"0.rss": of_b, "a.rss": of_a}):
        site.build(files)
        (item,) = site.items
        assert (item["title"], item["date_published"][:10]) == ("Owls", "2024-01-02")
        assert set(item["tags"]) == {"birds", "night"}


def test_daily_copies_of_one_feed_are_one_feed(site):
    items = [
        {"title": f"Post {n}", "guid": f"{n}", "pubDate": day(n), "description": "Text"} for n in range(5)
    ]
    copies = {f"{n}.rss": rss(*items[n : n + 3]) for n in range(3)}
    copies["9.rss"] = rss(items[4] | {"title": "Post 4, edited"})
    report = site.build(copies)
    assert {item["title"][:6] for item in site.items} == {f"Post {n}" for n in range(5)}
    assert len(site.items) == 5
    assert not report.notices


def test_a_link_that_cannot_be_published_is_no_part_of_an_id(site):
    rows = "title,date,body,url\n" + "".join(f"Story {n},2024-01-0{n},Text {n},{{}}\n" for n in (1, 2, 3, 4))
    site.build({"a.csv": rows.format("", "", "", "")})
    before = site.ids
    for links in (["n/a"] * 4, ["-", "", "/posts/3/", "see page 4"], ["ftp://a.test/"] * 4):
        report = site.build({"a.csv": rows.format(*links)})
        assert site.ids == before
        assert not report.feeds[0].new


def json_feed(name, *items):
    """Return a JSON Feed of items, with dates for items that have none."""
    told = [{"date_published": "2024-01-01T10:00:00Z", "content_text": "x"} | item for item in items]
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": name,
        "feed_url": f"https://{name}.test/feed",
    }
    return json.dumps(head | {"items": told})


@pytest.mark.parametrize(("who", "gone"), [("a", True), ("b", False)])
def test_a_feed_withdraws_its_own_articles_alone(site, who, gone):
    entry = {"id": "https://a.test/1", "title": "Hello"}
    withdrawal = {
        "id": entry["id"],
        "title": "Hello",
        "status": "withdrawn",
        "date_published": "2024-01-02T10:00:00Z",
    }
    files = {"a.json": json_feed("a", entry, {"id": "2", "title": "Stays"})}
    site.build(files)
    files["c.json"] = json_feed(who, withdrawal)
    site.build(files)
    assert ("Hello" not in site.ids) == gone
    assert "Stays" in site.ids


def test_check_names_keys_that_several_articles_share_and_counts_links_that_are_none(site):
    rows = "Mill sold,2024-01-01,https://a.test/\nMill bought,2024-01-02,https://a.test/\nMill lost,2024-01-03,n/a\n"
    pages = [f"---\ntitle: Page {n}\ndate: 2024-01-0{n}\nid: page\n---\nText." for n in (1, 2)]
    files = {"a.csv": f"title,date,url\n{rows}", "b.md": pages[0], "c.md": pages[1]}
    site.build(files)
    table, first, second = survey(load_config(site.folder / "c.yaml").sources[0], 9).files
    assert (table.shared, table.unfit) == ((("https://a.test/", "in/a.csv:3", 1),), 1)
    assert (first.shared, second.shared) == ((), (("page", "in/c.md:1", 1),))


# Keys that are made again for each build

STORIES = [
    {"title": f"Story {n}", "date": f"2024-01-{n:02}T10:00:00Z", "body": f"<p>Text of story {n}.</p>"}
    for n in range(1, 11)
]


def told(form, stories):
    """Return the stories as a file in a format."""
    if form == "jsonl":
        return {"a.jsonl": "\n".join(map(json.dumps, stories))}
    if form == "csv":
        names = ("title", "date", "body", "id", "url")
        rows = [",".join(str(story.get(name, "")) for name in names) for story in stories]
        return {"a.csv": "\n".join([",".join(names), *rows])}
    if form == "md":
        return {
            f"{n}.md": "---\n"
            + "".join(f"{name}: {value}\n" for name, value in story.items() if name != "body")
            + f"---\n{story['body']}"
            for n, story in enumerate(stories)
        }
    elements = {"title": "title", "body": "description", "id": "guid", "url": "link"}
    items = [
        {elements[name]: escape(value) for name, value in story.items() if name in elements}
        | {"pubDate": f"{datetime.fromisoformat(story['date']):%a, %d %b %Y %H:%M:%S GMT}"}
        for story in stories
    ]
    return {"a.rss": rss(*items)}


KEYS = {
    "http": lambda n: {"url": f"http://a.test/{n}"},
    "https": lambda n: {"url": f"https://a.test/{n}"},
    "another host": lambda n: {"url": f"https://b.test/{n}"},
    "another path": lambda n: {"url": f"https://a.test/2024/{n}/"},
    "a number": lambda n: {"id": f"{n}"},
    "another number": lambda n: {"id": f"1000{n}"},
    "a guid and http": lambda n: {"id": f"urn:isbn:{n}", "url": f"http://a.test/{n}"},
    "another guid and https": lambda n: {"id": f"urn:y:{n}", "url": f"https://a.test/{n}"},
    "nothing": lambda _: {},
}


@pytest.mark.parametrize(
    "form", ["jsonl", *(pytest.param(f, marks=pytest.mark.slow) for f in ("csv", "md", "rss"))]
)
@given(
    steps=st.lists(st.sampled_from(sorted(KEYS)), min_size=2, max_size=4),
    lost=st.booleans(),
    of=st.integers(3, 10),
)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_article_whose_key_is_made_anew_keeps_its_id(tmp_path_factory, form, steps, lost, of):
    site = Site(tmp_path_factory.mktemp("moved"))
    before = None
    for step in steps:
        # Some of them, or all.
        keyed = [story | KEYS[step if n < of else steps[0]](n) for n, story in enumerate(STORIES)]
        site.build(told(form, keyed))
        if before is not None:
            assert site.ids == before
        before = site.ids
        if lost:
            shutil.rmtree(site.folder / ".feedpub")


def test_an_article_that_moved_is_known_when_it_is_edited_later_and_no_other_takes_its_place(site):
    first = STORIES[0] | {"url": "http://a.test/x"}
    site.build(told("jsonl", [first]))
    (known,) = site.items
    moved = first | {"url": "https://b.test/y"}
    edited = moved | {"title": "Story 1, corrected", "body": "Other words, all of them."}
    for stories in ([moved], [edited], [edited]):
        site.build(told("jsonl", stories))
        assert list(site.ids.values()) == [known["id"]]
    for stories in ([first, edited], [edited, first]):
        # The old one is back, and has its id.
        site.build(told("jsonl", stories))
        assert (site.ids["Story 1"], len(site.ids)) == (known["id"], 2)


def test_an_article_of_which_more_than_the_key_differs_is_a_new_one(site):
    one = {"title": "Weather", "date": "2024-01-01T10:00:00Z", "body": "Rain.", "id": "1"}
    site.build(told("jsonl", [one]))
    (known,) = site.items
    for change in ({"title": "Wind"}, {"date": "2024-01-02T10:00:00Z"}, {"body": "Sun."}):
        site.build(told("jsonl", [one | {"id": "2"} | change]), allow={"vanished"})
        assert known["id"] not in site.ids.values()
        site.build(told("jsonl", [one]), allow={"vanished"})


def test_another_feed_does_not_take_the_place_of_an_entry_that_is_gone(site):
    entry = {"title": "Hello", "guid": "https://a.test/1", "description": "We are here."}
    site.build({"a.rss": rss(entry)})
    site.build(
        {"b.rss": rss(entry | {"guid": "https://b.test/9"}, link="https://b.test/")}, allow={"vanished"}
    )
    assert site.ids == {"Hello": "https://b.test/9"}


def replaced(number, shared):
    """Return the ten stories; those up to ``number`` have other ids, and share only ``shared``."""
    other = {"title": "Renamed {}", "body": "Other text {}."}
    del other[shared]
    return [
        story | {"id": f"new-{n}"} | {name: text.format(n) for name, text in other.items()}
        if n < number
        else story | {"id": f"old-{n}"}
        for n, story in enumerate(STORIES)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("shared", ["title", "body"])
def test_ids_that_are_replaced_little_by_little_are_refused_within_a_day(site, shared):
    hour = timedelta(hours=1)
    site.build(told("jsonl", replaced(0, shared)))
    site.build(told("jsonl", replaced(3, shared)), NOW)
    site.build(told("jsonl", replaced(5, shared)), NOW + hour)
    before = site.items
    with pytest.raises(
        GuardRefusal, match=r"within a day, 7 ids .* which has 10 entries, .*--allow-vanished"
    ):
        site.build(told("jsonl", replaced(7, shared)), NOW + 2 * hour)
    assert site.items == before
    site.build(told("jsonl", replaced(7, shared)), NOW + 2 * hour, allow={"vanished"})
    # What the config said no longer counts.
    site.build(told("jsonl", replaced(10, shared)), NOW + 3 * hour)


def test_ids_that_are_replaced_on_other_days_are_not_counted(site):
    for day_number, number in enumerate((0, 3, 5, 7, 10)):
        site.build(told("jsonl", replaced(number, "title")), NOW + timedelta(days=2 * day_number))


@pytest.mark.slow
def test_episodes_with_one_title_that_follow_each_other_are_not_refused(site):
    episodes = [
        {"title": "News", "date": f"2024-01-01T{n:02}:00:00Z", "body": "In short.", "id": f"{n}"}
        for n in range(24)
    ]
    for n in range(20):
        site.build(told("jsonl", episodes[n : n + 4]), NOW + n * timedelta(minutes=1))


# What left a feed's window


def posts(*numbers):
    return rss(
        *({"title": f"Post {n}", "guid": f"{n}", "pubDate": day(n), "description": f"{n}"} for n in numbers)
    )


@pytest.mark.parametrize("lost", [False, True])
def test_what_has_slid_out_of_another_feeds_window_is_not_missed(site, lost):
    own = json.dumps({"id": "1", "title": "Ours", "date": "2024-01-03T10:00:00Z", "body": "x"})
    site.build({"a.rss": posts(*range(1, 9)), "b.jsonl": own})
    if lost:
        shutil.rmtree(site.folder / ".feedpub")
    site.build({"a.rss": posts(*range(11, 19)), "b.jsonl": own})
    assert {item["title"] for item in site.items} == {"Ours", *(f"Post {n}" for n in range(11, 19))}


@pytest.mark.parametrize("now", [[], [1, 2], [8], [5, 9, 10, 11]])
def test_a_feed_that_lost_its_newer_entries_is_refused(site, now):
    own = json.dumps({"id": "1", "title": "Ours", "date": "2024-01-03T10:00:00Z", "body": "x"})
    site.build({"a.rss": posts(*range(4, 8)), "b.jsonl": own})
    if 9 in now or 8 in now:
        site.build({"a.rss": posts(*now), "b.jsonl": own}, allow=() if 8 in now else {"vanished"})
        return
    with pytest.raises(GuardRefusal, match="4 of the 5 ids"):
        site.build({"a.rss": posts(*now), "b.jsonl": own})


def test_what_slid_out_of_our_own_export_is_missed(site):
    site.build(told("jsonl", [story | {"id": story["title"]} for story in STORIES[:4]]))
    with pytest.raises(GuardRefusal, match="4 of the 4 ids"):
        site.build(told("jsonl", [story | {"id": story["title"]} for story in STORIES[4:]]))


# Dates


@pytest.mark.parametrize("lost", [False, True])
def test_an_update_in_the_future_waits_until_it_is_due_and_can_be_corrected(site, lost):
    story = STORIES[0] | {"id": "1"}
    future = NOW + timedelta(days=10)

    def built(updated, now=NOW):
        report = site.build(told("jsonl", [story | {"updated": updated}]), now)
        if lost:
            shutil.rmtree(site.folder / ".feedpub")
        return site.items[0]["date_modified"][:10], [notice.kind for notice in report.notices]

    assert built(future.isoformat()) == ("2024-01-01", ["bad-updated"])
    assert built("2024-03-01T10:00:00Z") == ("2024-03-01", [])
    assert built(future.isoformat()) == ("2024-03-01", ["bad-updated"])
    assert built(future.isoformat(), future) == (f"{future:%Y-%m-%d}", [])


def test_of_two_versions_one_that_was_changed_in_the_future_does_not_count_yet(site):
    story = STORIES[0] | {"id": "1"}
    versions = [
        story | {"updated": "2024-02-01T10:00:00Z"},
        story | {"title": "Later", "updated": "2042-02-01T10:00:00Z"},
    ]
    site.build(told("jsonl", versions))
    assert [item["title"] for item in site.items] == ["Story 1"]


ZONES = "[{{path: in/a.csv, timezone: {}}}, {{path: in/b.csv, timezone: UTC}}]"


def zoned(hour=8):
    rows = "\n".join(f"{n},Story {n},2024-03-0{n} 0{hour}:00,Text {n}" for n in range(1, 5))
    other = (
        rows.replace("Story", "Note")
        .replace("Text", "Other text")
        .replace("\n", "\n1")
        .replace("1,N", "11,N", 1)
    )
    return {"a.csv": f"id,title,date,body\n{rows}", "b.csv": f"id,title,date,body\n{other}"}


def test_a_zone_that_is_corrected_is_told_by_source_with_both_zones_until_it_is_taken_over(site):
    site.configure(ZONES.format("Europe/Berlin"))
    site.build(zoned())
    before = {item["title"]: item["date_published"] for item in site.items}
    site.configure(ZONES.format("America/New_York"))
    for new in (True, False):
        (change,) = site.build(zoned()).zones
        assert change.new == new
        assert "in/a.csv has changed from Europe/Berlin to America/New_York" in str(change)
        assert "4 published articles" in str(change)
        assert str(change).endswith("--allow-moved-dates")
        assert {item["title"]: item["date_published"] for item in site.items} == before
    for allow in ({"moved-dates"}, ()):
        assert not site.build(zoned(), allow=allow).zones
        assert all(item["date_modified"] >= item["date_published"] for item in site.items)
        assert {item["date_published"][10:] for item in site.items} == {"T08:00:00-05:00", "T08:00:00+00:00"}


def test_a_change_of_zone_that_is_refused_names_the_source_and_both_zones(site):
    site.configure("[{path: in/a.csv, timezone: UTC}]")
    site.build({"a.csv": zoned()["a.csv"]})
    site.configure("[{path: in/a.csv, timezone: Asia/Tokyo}]")
    with pytest.raises(
        GuardRefusal, match=r"in/a.csv has changed from UTC to Asia/Tokyo.*--allow-moved-dates"
    ):
        site.build({"a.csv": zoned()["a.csv"]})


# Documents that people read


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after", "gone"),
    [
        ("formats: [rss, atom]", "formats: [atom]", "all.rss"),
        ("formats: [json, rss]", "formats: [rss]", "all.json"),
        ("formats: [rss], archive: 2, max_items: 2", "formats: [rss], max_items: 2", "all.1.rss"),
        (
            "formats: [rss], archive: 2, max_items: 2",
            "formats: [json], archive: 2, max_items: 2",
            "all.1.rss",
        ),
        ("formats: [rss], archive: monthly, max_items: 2", "formats: [rss], archive: off", "all.2024-01.rss"),
        ("formats: [rss], gzip: true", "formats: [rss], gzip: false", ""),
        ("formats: [rss]", "formats: [rss, json]", ""),
        ("formats: [rss], max_items: 9", "formats: [rss], max_items: 2", ""),
    ],
)
def test_a_format_or_an_archive_that_people_read_is_not_deleted_unasked(site, before, after, gone):
    files = told("jsonl", [story | {"id": story["title"]} for story in STORIES])

    def configured(output):
        site.configure("[{path: 'in/*', timezone: UTC}]")
        config = site.folder / "c.yaml"
        config.write_text(config.read_text().replace("formats: [rss, atom, json]", output))

    configured(before)
    site.build(files)
    published = {
        path.name: path.read_bytes() for path in (site.folder / "feeds").rglob("*") if path.is_file()
    }
    configured(after)
    if not gone:
        site.build(files)
        return
    with pytest.raises(GuardRefusal, match=rf"{re.escape(gone)}.*would be deleted.*--allow-removed"):
        site.build(files)
    assert {
        path.name: path.read_bytes() for path in (site.folder / "feeds").rglob("*") if path.is_file()
    } == published
    site.build(files, allow={"removed", "vanished"})
    assert gone not in {path.name for path in (site.folder / "feeds").iterdir()}


# Properties


@dataclass(frozen=True)
class Known:
    """What is remembered about an article."""

    id: str
    key: str | None
    published: datetime
    title: str
    feed: str | None
    source_date: None = None


class History:
    """The memory of builds in its simplest form."""

    def __init__(self):
        self.known = {}
        self.keys = {}
        self.shown = set()

    def by_id(self, entry_id):
        return self.known.get(entry_id)

    def by_instant(self, time):
        return [known for known in self.known.values() if known.published == time]

    def split_ids(self):
        return {entry: key for entry, key in self.keys.items() if is_split(entry)}

    def online(self):
        return self.shown

    def publish(self, articles):
        self.shown = {article.id for article in articles}
        for article in articles:
            self.keys[article.id] = article.key
            feed = article.feed or None
            self.known.setdefault(
                article.id,
                Known(article.id, article.key, article.published, fingerprint(article.title).hex(), feed),
            )


def run(stream, past=None, exact="across"):
    """Return which articles of a stream of (source, article) pairs stay."""
    watched = DuplicateIndex("x.test,2023", exact, past)
    first = [a for s, each in stream if (a := watched.add(each, each.published.timestamp(), s))]
    if not watched.decide():
        return first
    stays = watched.winners()
    return [a for s, each in stream if (a := stays(each, each.published.timestamp(), s))]


def story(feed, number, guid):
    """Return the article ``number`` of a feed, with a unique title, date and text."""
    name = f"{feed}{number}"
    return Article(
        f"tag:{guid}", f"Title {name}", f"Text {name}", START + timedelta(hours=number, minutes=ord(feed)),
        Origin(f"{feed}.rss", 1, 1), key=guid, feed=feed, via=FeedSource(feed),
    )  # fmt: skip


@given(st.data())
def test_whatever_feeds_come_and_go_no_published_id_changes_or_is_taken_over(data):
    """Three feeds use the same guids; each build shows a part of each feed, in any order of the config."""
    stories = [story(feed, number, str(number)) for feed in "abc" for number in range(3)]
    past, ids = History(), {}
    for _ in range(5):
        shown = data.draw(st.lists(st.sampled_from(stories), min_size=1, unique_by=lambda each: each.title))
        kept = run([(0, each) for each in shown], past)
        assert sorted(article.title for article in kept) == sorted(each.title for each in shown)
        assert len({article.id for article in kept}) == len(kept)
        assert all(ids.setdefault(article.title, article.id) == article.id for article in kept)
        past.publish(kept)
    assert len(set(ids.values())) == len(ids)


@pytest.mark.slow
@given(st.data())
def test_whatever_leaves_a_feed_with_one_guid_no_published_id_changes_or_is_taken_over(data):
    stories = [story("a", number, "N/A") for number in range(6)]
    past, ids = History(), {}
    for least in (2, 1, 1, 1):
        shown = data.draw(
            st.lists(st.sampled_from(stories), min_size=least, unique_by=lambda each: each.title)
        )
        kept = run([(0, each) for each in shown], past)
        assert sorted(article.title for article in kept) == sorted(each.title for each in shown)
        assert all(ids.setdefault(article.title, article.id) == article.id for article in kept)
        past.publish(kept)
    assert len(set(ids.values())) == len(ids)


def version(number, title, hour):
    """Return a version of the article whose guid is that of all articles in the feed."""
    plain = story("a", 0, "N/A")
    text = f"Version {title}"
    published = START + timedelta(hours=100 + hour)
    return replace(plain, title=text, body=f"{text} {number}", published=published, version=number)


VERSIONS = st.lists(st.builds(version, st.integers(1, 3), st.integers(0, 1), st.integers(0, 2)), max_size=2)


@given(st.data())
def test_of_articles_with_one_guid_the_versions_of_one_move_no_id_and_keep_theirs(data):
    """Among published articles with one key, one has versions, which may change title and date at the same time."""
    stories = [story("a", number, "N/A") for number in range(4)]
    past, ids = History(), {}
    for least in (2, 1, 1, 1):
        shown = data.draw(
            st.lists(st.sampled_from(stories), min_size=least, unique_by=lambda each: each.title)
        )
        versions = data.draw(VERSIONS)
        kept = run([(0, each) for each in (*shown, *versions)], past)
        of_versions = [article for article in kept if article.version is not None]
        others = [article for article in kept if article.version is None]
        assert sorted(article.title for article in others) == sorted(each.title for each in shown)
        assert [a.version for a in of_versions] == sorted({v.version for v in versions})[-1:]
        assert all(ids.setdefault(article.title, article.id) == article.id for article in others)
        assert all(ids.setdefault("versions", article.id) == article.id for article in of_versions)
        past.publish(kept)
    assert len(set(ids.values())) == len(ids)


records = st.builds(
    lambda source, own, link, file, day: (
        source,
        Article(
            f"tag:{own or link or day}", "Title", "Text", START + timedelta(days=day), Origin(f"{source}", 1, 1),
            key=own or link or None, by_link=bool(link and not own), link=link or None,
            enclosures=(Enclosure(file, "audio/mpeg"),) if file else (),
        ),
    ),
    st.integers(0, 2),
    st.sampled_from(["", "a", "b", "c"]),
    st.sampled_from(["", "https://a.test/p", "https://a.test/q"]),
    st.sampled_from(["", "https://a.test/x", "https://a.test/y"]),
    st.integers(0, 5),
)  # fmt: skip


def own_of(article):
    own_id = None if article.by_link else article.key
    return own_id, article.link, article.enclosures and article.enclosures[0].url


def differ(one, two):
    """Tell whether ids, links or enclosures distinguish two articles: both have them, and they differ."""
    return any(a and b and a != b for a, b in zip(own_of(one), own_of(two), strict=True))


def distinct(articles):
    """Return the different articles of one source with equal texts, by day."""
    kept = []
    for article in sorted(articles, key=lambda article: (article.published, article.id)):
        if all(differ(article, other) for other in kept):
            kept.append(article)
    return kept


def kept_across(stream):
    """Return which articles of a stream with equal texts must stay, as plainly as the docs say it."""
    kept = set()
    by_source = [distinct([a for source, a in stream if source == number]) for number in range(3)]
    for file in ("", "https://a.test/x", "https://a.test/y"):
        rows = [[a for a in articles if (own_of(a)[2] or "") == file] for articles in by_source]
        clusters = []
        told = sorted(
            ((a, number) for number, row in enumerate(rows) for a in row),
            key=lambda each: (each[0].published, each[0].id),
        )
        for article, number in told:
            same_day = [c for c in clusters if c[0][0].published == article.published]
            # Sources that have the text only once may have it on any day.
            alone = [c for c in clusters if len(rows[number]) == 1 and len(rows[c[0][1]]) == 1][:1]
            free = [c for c in (*same_day, *alone) if number not in {other for _, other in c}]
            if free:
                min(free, key=lambda c: (article.published - c[0][0].published, c[0][0].id)).append(
                    (article, number)
                )
            else:
                clusters.append([(article, number)])
        kept |= {cluster[0][0].id for cluster in clusters}
    return kept


@given(
    st.lists(records, max_size=12, unique_by=lambda record: record[1].id), st.randoms(use_true_random=False)
)
def test_of_equal_texts_what_the_config_says_stays_in_whatever_order_they_are_read(stream, rng):
    shuffled = [*stream]
    rng.shuffle(shuffled)
    for told in (stream, shuffled):
        assert {article.id for article in run(told)} == kept_across(stream)
        assert {article.id for article in run(told, exact="none")} == {article.id for _, article in stream}
        assert len(run(told, exact="all")) == bool(stream)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
def test_records_of_one_key_and_file_whose_titles_and_dates_differ_all_stay(points, rng):
    """If only titles or only dates differ, it is one article that was edited."""
    stream = [
        (
            0,
            Article(
                "tag:k", f"Title {t}", f"Text {t} {d}", START + timedelta(days=d), Origin("f", 1, 1), key="k"
            ),
        )
        for t, d in points
    ]
    kept = run(stream)
    shared = len({t for t, _ in points}) > 1 and len({d for _, d in points}) > 1
    assert len(kept) == (len(set(points)) if shared else 1)
    assert len({article.id for article in kept}) == len(kept)
    rng.shuffle(stream)
    assert sorted(run(stream), key=repr) == sorted(kept, key=repr)


def test_between_the_files_of_a_feed_the_later_one_is_newer_however_long_its_text_is(site):
    """Daily copies are an example, if a name was removed from an entry."""
    item = {"guid": "https://a.test/1", "title": "A"}
    files = {
        "2024-01-01.rss": rss(item | {"description": "It was Jane Doe, of whom much more is said here."}),
        "2024-01-02.rss": rss(item | {"description": "It was somebody."}),
        "2024-01-03.rss": rss(item | {"description": "It was somebody."}),
    }
    site.build(files)
    assert [entry["content_html"] for entry in site.items] == ["It was somebody."]


def test_an_id_that_is_online_is_not_replaced_by_an_older_copy_that_comes_late(site):
    site.configure("[{path: 'in/*', timezone: UTC}]", "dedup: {exact: all}")
    copy = {"title": "A", "description": "One text."}
    first = {"a.rss": rss(copy | {"guid": "https://a.test/1", "pubDate": day(3)})}
    site.build(first)
    site.build(first | {"b.rss": rss(copy | {"guid": "https://b.test/1", "pubDate": day(1)})})
    assert [entry["id"] for entry in site.items] == ["https://a.test/1"]


@pytest.mark.parametrize("link", ["https://a.test/news/", None], ids=["a section's link", "title and day"])
@pytest.mark.parametrize("swap", [False, True])
def test_an_article_that_newly_has_an_id_keeps_its_own_and_none_beside_it_takes_it(site, link, swap):
    """Both would have been recognised by the same link, or by the same title and day."""
    titles = ("Alpha", "Beta") if link else ("Brief", "Brief")
    texts = ("Of this text there is nothing in the other.", "Here stands something else entirely.")
    articles = [
        {"title": title, "body": text, "date": "2024-01-01"} | ({"link": link} if link else {})
        for title, text in zip(titles, texts, strict=True)
    ]
    site.build({"a.json": json.dumps([articles[0]])})
    (published,) = [item["id"] for item in site.items]
    keyed = [article | {"id": number} for number, article in enumerate(articles, 11)]
    site.build({"a.json": json.dumps(keyed[::-1] if swap else keyed)})
    ids = {item["summary"]: item["id"] for item in site.items}
    assert ids[texts[0]] == published
    assert ids[texts[1]] != published


def test_a_standing_text_that_two_sources_have_each_day_stays_in_step(site):
    """One source shows the last three days, the other one is a day behind."""
    site.configure("[{path: 'in/a.json', timezone: UTC}, {path: 'in/b.json', timezone: UTC}]")

    def listed(source, days):
        return json.dumps(
            [
                {
                    "id": f"{source}{n}",
                    "title": "Daily news",
                    "body": "The news of the day.",
                    "date": f"2024-01-{n:02}",
                }
                for n in days
            ]
        )

    site.build({"a.json": listed("a", range(1, 4))})
    for today in range(4, 7):
        site.build(
            {
                "a.json": listed("a", range(today - 2, today + 1)),
                "b.json": listed("b", range(today - 2, today)),
            }
        )
        days = [item["date_published"][8:10] for item in site.items]
        assert days == [f"{n:02}" for n in range(today, today - 3, -1)]


def listed(count, scheme="https", title="Story {}", linked=True, withdrawn=()):
    """Return JSON of articles, some of which are withdrawn."""
    return json.dumps(
        [
            {"title": title.format(n), "body": f"A body of many words, which stays the same for {n}."}
            | {"date": f"2024-01-0{n + 1}T10:00:00Z"}
            | ({"link": f"{scheme}://a.test/{n}"} if linked else {})
            | ({"status": "withdrawn"} if n in withdrawn else {})
            for n in range(count)
        ]
    )


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"scheme": "http"}, {"scheme": "https"}),
        ({"linked": False}, {"linked": False, "title": "Story {}, corrected"}),
        ({"linked": False}, {"linked": True}),
    ],
    ids=["its link moved", "its title was edited", "it has a link now"],
)
@pytest.mark.parametrize("between", [True, False], ids=["built between", "at once"])
def test_a_withdrawal_reaches_what_is_published_under_another_id_and_no_guard_counts_it(
    site, first, then, between
):
    site.build({"a.json": listed(5, **first)})
    if between:
        site.build({"a.json": listed(5, **then)})
    elif "title" in then:
        pytest.skip("an edited title is known by what was built with it")
    site.build({"a.json": listed(5, **then, withdrawn=range(4))})
    assert [item["title"] for item in site.items] == [then.get("title", "Story {}").format(4)]


@pytest.mark.parametrize(
    ("record", "linked"),
    [
        ({"id": "77", "title": "Story 1", "date": "2024-01-02T10:00:00Z"}, False),
        ({"link": "https://a.test/1"}, True),
        ({"link": "https://a.test/1", "title": "Story 1", "date": "2024-01-02T10:00:00Z"}, True),
    ],
    ids=["title and date", "the link with https", "all of them"],
)
def test_a_withdrawal_of_its_own_finds_its_article(site, record, linked):
    site.build({"a.json": listed(2, scheme="http", linked=linked)})
    site.build(
        {
            "a.json": listed(2, scheme="http", linked=linked),
            "b.json": json.dumps([record | {"status": "withdrawn"}]),
        },
        allow={"empty"},
    )
    assert [item["title"] for item in site.items] == ["Story 0"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_which_of_several_withdrawals_counts_does_not_depend_on_their_order(site, order):
    records = [
        {"id": "1", "title": "A", "date": "2024-01-01", "status": "withdrawn"},
        {"id": "1", "title": "A", "body": "Text.", "date": "2024-01-01", "version": 4},
        {"id": "1", "title": "A", "date": "2024-01-01", "status": "withdrawn", "version": 3},
    ]
    site.build({"a.json": json.dumps([records[number] for number in order])})
    assert [item["title"] for item in site.items] == ["A"]


def test_the_id_of_a_withdrawn_article_does_not_go_on_to_its_copy(site):
    site.configure("[{path: 'in/a.json', timezone: UTC}, {path: 'in/b.json', timezone: UTC}]")
    text = {"title": "A", "body": "A text of which there is a copy.", "date": "2024-01-01T10:00:00Z"}
    copy = {"b.json": json.dumps([text])}
    site.build({"a.json": json.dumps([text | {"link": "https://a.test/1"}])} | copy)
    before = set(site.ids.values())
    site.build(
        {"a.json": json.dumps([text | {"link": "https://a.test/1", "status": "withdrawn"}])} | copy,
        allow={"empty"},
    )
    assert not before & set(site.ids.values())


def test_the_page_of_a_feed_is_never_called_its_address(tmp_path):
    """RSS has no element for it; in Atom it is an alternate (RFC 4287 §4.2.7.2). It still distinguishes feeds."""
    site = Site(tmp_path)
    date = "Mon, 01 Jan 2024 00:00:00 GMT"
    item = f"<item><title>{{0}}</title><guid isPermaLink='false'>1</guid><pubDate>{date}</pubDate></item>"
    feeds = {
        f"{name}.rss": f"<rss version='2.0'><channel><title>{name}</title><link>https://{name}.test/</link>"
        f"{item.format(name)}</channel></rss>"
        for name in ("a", "b")
    }
    site.build(feeds)
    ids = {entry["id"]: entry["title"] for entry in site.items}
    assert len(ids) == 2
    assert b"<source" not in (tmp_path / "feeds/all.rss").read_bytes()
    atom = (tmp_path / "feeds/all.atom").read_text("utf-8")
    assert atom.count('<link href="https://a.test/" rel="alternate"/>') == 1
    assert 'href="https://a.test/" rel="self"' not in atom
    shutil.rmtree(tmp_path / ".feedpub")
    site.build({name: feeds[name] for name in reversed(feeds)})
    assert {entry["id"]: entry["title"] for entry in site.items} == ids


def test_entries_without_a_date_are_dated_by_the_copy_they_first_came_with(tmp_path):
    """Later copies do not change the date, even without state, and no guard takes this for moved dates."""
    site = Site(tmp_path, "[{path: 'in/*', date: fetched}]")

    def feed(count):
        items = "".join(
            f"<item><title>W{n}</title><link>https://w.test/{n}</link></item>" for n in range(count, 0, -1)
        )
        return (
            f"<rss version='2.0'><channel><title>W</title><link>https://w.test/</link>{items}</channel></rss>"
        )

    def copied(count, hour):
        text = feed(count)
        (tmp_path / "in/w.rss").write_text(text)
        when = datetime(2024, 5, 1, hour, tzinfo=UTC).timestamp()
        os.utime(tmp_path / "in/w.rss", (when, when))
        build(load_config(tmp_path / "c.yaml"), NOW)
        return [(item["title"], item["date_published"][11:13]) for item in site.items]

    assert copied(12, 6) == [(f"W{n}", "06") for n in range(12, 0, -1)]
    assert copied(14, 9) == [("W14", "09"), ("W13", "09"), *((f"W{n}", "06") for n in range(12, 0, -1))]
    shutil.rmtree(tmp_path / ".feedpub")
    assert copied(14, 11) == [("W14", "09"), ("W13", "09"), *((f"W{n}", "06") for n in range(12, 0, -1))]
