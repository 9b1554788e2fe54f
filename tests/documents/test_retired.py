"""A retired feed keeps a last document that says where it moved, and never changes again."""

import json
import shutil

import feedparser
import pytest

STORIES = [
    {"id": f"{n}", "title": f"Story {n}", "body": f"Body {n}", "published": f"2024-05-0{n}"}
    for n in range(1, 6)
]
MOVED = {"title": "Old", "retired": {"moved_to": "https://new.test/feed?a=1&b=2"}}


@pytest.fixture
def retired(site):
    site.config["feeds"] |= {"old": {"title": "Old"}}
    site.build(STORIES)
    site.config["feeds"] |= {"old": MOVED}
    site.build(STORIES)
    return site


@pytest.mark.parametrize("extension", ["rss", "atom"])
def test_its_documents_have_one_entry_that_leads_to_the_new_address(retired, extension):
    (entry,) = feedparser.parse(retired.read(f"old.{extension}")).entries
    assert entry.title == "Old has moved"
    assert entry.link == "https://new.test/feed?a=1&b=2"
    assert [link.rel for link in entry.links] == ["alternate"]
    assert 'href="https://new.test/feed?a=1&amp;b=2"' in entry.content[0].value


def test_its_json_feed_has_expired(retired):
    content = json.loads(retired.read("old.json"))
    assert content["expired"] is True
    assert [item["url"] for item in content["items"]] == ["https://new.test/feed?a=1&b=2"]
    assert "expired" not in json.loads(retired.read("all.json"))


def test_its_entry_stands_on_top_of_what_the_feed_was_and_stays_as_it_is(retired):
    files = {path.name: path.read_bytes() for path in retired.out.rglob("*") if path.is_file()}
    (entry,) = feedparser.parse(files["old.atom"]).entries
    assert entry.published == "2024-05-05T00:00:01+00:00"
    shutil.rmtree(retired.folder / ".feedpub")
    later = [*STORIES[1:], {"id": "9", "title": "Story 9", "body": "Body", "published": "2024-06-01"}]
    retired.build(later)
    for name in ("old.rss", "old.atom", "old.json"):
        assert retired.read(name) == files[name]


def test_it_takes_no_articles_and_is_not_in_the_subscription_list(retired):
    assert b"all.atom" in retired.read("subscriptions.opml")
    assert b"old.atom" not in retired.read("subscriptions.opml")
    assert [feed.slug for feed in retired.build(STORIES).feeds] == ["all", "old"]


def test_one_that_was_never_published_is_dated_by_the_site(site):
    site.config["feeds"] |= {"old": MOVED}
    report = site.build(STORIES)
    assert not report.invalid
    (entry,) = feedparser.parse(site.read("old.atom")).entries
    assert entry.published == "2023-01-01T00:00:00+00:00"


def test_a_site_may_have_nothing_but_retired_feeds(site):
    site.config["feeds"] = {"old": MOVED}
    assert not site.build(STORIES).invalid
    assert b"<outline" not in site.read("subscriptions.opml")
