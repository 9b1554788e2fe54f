"""A format is one row of a table, and everything that depends on formats uses the table."""

import asyncio
import json
from datetime import datetime

import httpx
import pytest

from feedpub.cli.preview import Shown, make_app
from feedpub.core.errors import GuardRefusal
from feedpub.documents.formats import OUTPUT_FORMATS, OutputFormat
from feedpub.documents.readback import PublishedEntry, PublishedFeed
from feedpub.publishing.local.folder import read_manifest

STORIES = [
    {"title": f"Story {number}", "text": "Words. " * number, "date": f"2024-0{number}-01"}
    for number in (1, 2, 3)
]


def write_lines(context, feed, place):
    """Write a document with one line of JSON for the feed and one for each entry."""
    lines = [[place.url, place.previous, feed.updated.isoformat(), context.titles.get(feed.slug)]]
    lines += [
        [
            e.article.id,
            e.article.published.isoformat(),
            e.updated.isoformat(),
            e.article.title,
            e.content.html,
        ]
        for e in feed.entries
    ]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def read_lines(data):
    (url, previous, updated, _), *entries = map(json.loads, data.splitlines())
    found = (
        PublishedEntry(id_, datetime.fromisoformat(published), datetime.fromisoformat(changed), title, html)
        for id_, published, changed, title, html in entries
    )
    return PublishedFeed(datetime.fromisoformat(updated), tuple(found), url, previous)


def cut_lines(data, ids):
    first, *entries = data.splitlines(keepends=True)
    return b"".join((first, *(line for line in entries if json.loads(line)[0] not in ids)))


def check_lines(data, url):
    for number, line in enumerate(data.splitlines(), 1):
        if number == 1 and json.loads(line)[0] != url:
            yield number, "it names another address"
        if "forbidden" in str(json.loads(line)[3]):
            yield number, "it says a forbidden word"


async def get(app, path):
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get(path)


@pytest.fixture
def lines(monkeypatch):
    known = OutputFormat(
        name="lines",
        label="Lines of JSON",
        media_type="application/x-lines",
        evidence=9,
        support=9,
        default=False,
        write=write_lines,
        read=read_lines,
        check=check_lines,
        cut=cut_lines,
        entry_size=lambda entry, _feed, _titles: 10_000 if "big" in entry.article.title else 1,
    )
    monkeypatch.setitem(OUTPUT_FORMATS, known.name, known)
    return known


@pytest.fixture
def lined(site, lines):  # noqa: ARG001 - it puts the format into the table
    site.config["output"]["formats"] = ["lines", "rss"]
    return site


@pytest.mark.parametrize("name", [*OUTPUT_FORMATS, "lines"])
def test_each_format_reads_back_what_it_writes(site, lines, name):  # noqa: ARG001 - as above
    site.config["output"]["formats"] = [name]
    site.build(STORIES)
    known = OUTPUT_FORMATS[name]
    read = known.read_back(site.read(f"all.{name}"))
    assert [entry.title for entry in read.entries] == ["Story 3", "Story 2", "Story 1"]
    assert read.url == f"https://x.test/f/all.{name}"
    assert list(known.check(site.read(f"all.{name}"), read.url)) == []
    assert list(known.check(site.read(f"all.{name}"), "https://x.test/other"))
    assert known.read_back(b"anything else") is None


def test_a_new_format_is_published_and_served_with_its_type(lined):
    lined.build(STORIES)
    assert read_manifest(lined.out).documents["all.lines"].media_type == "application/x-lines"
    answer = asyncio.run(get(make_app(Shown(lined.out, "https://x.test/f/", {}, {})), "/all.lines"))
    assert answer.headers["content-type"] == "application/x-lines; charset=utf-8"
    assert answer.content == lined.read("all.lines")


def test_the_page_and_the_list_of_subscriptions_offer_a_new_format(lined):
    lined.build(STORIES)
    page = lined.read("all.html").decode()
    assert '<a href="https://x.test/f/all.lines" type="application/x-lines">Lines of JSON</a>' in page
    assert '<link rel="alternate" type="application/x-lines"' in page
    assert b'xmlUrl="https://x.test/f/all.lines"' in lined.read("subscriptions.opml")


def test_what_a_new_format_must_not_say_stays_unpublished(lined):
    lined.build(STORIES)
    before = lined.read("all.lines")
    report = lined.build([*STORIES, {"title": "A forbidden word", "text": "x", "date": "2024-05-01"}])
    assert "forbidden" in report.rejects[0].reason
    assert lined.read("all.lines") == before


def test_guards_read_a_new_format_back(lined):
    lined.build(STORIES)
    lined.config["output"]["formats"] = ["rss"]
    with pytest.raises(GuardRefusal, match=r"all\.lines"):
        lined.build(STORIES)


def test_what_is_online_in_a_new_format_keeps_its_dates_without_any_other_memory(lined):
    lined.config["output"]["formats"] = ["lines"]
    lined.build(STORIES)
    before = lined.read("all.lines")
    (lined.folder / ".feedpub/ledger.sqlite").unlink()
    lined.build([*STORIES[:2], STORIES[2] | {"date": "2024-03-01T08:00:00"}])
    assert lined.read("all.lines") == before


def test_the_window_has_room_for_a_new_formats_sizes(lined):
    lined.config["feeds"]["all"]["max_bytes"] = "16 KB"
    report = lined.build([*STORIES, {"title": "big", "text": "x", "date": "2024-05-01"}])
    assert [feed.entries for feed in report.feeds] == [4]
    report = lined.build(
        [*STORIES, *({"title": f"big {n}", "text": "x", "date": f"2024-05-0{n}"} for n in (1, 2, 3))]
    )
    assert report.feeds[0].entries < 6


def test_a_row_without_one_of_its_parts_cannot_be_made():
    with pytest.raises(TypeError, match="'check'"):
        OutputFormat(
            name="x", label="X", media_type="x/x", evidence=1, support=1, default=False,
            write=write_lines, read=read_lines, cut=cut_lines,
        )  # fmt: skip
