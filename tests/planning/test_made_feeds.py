"""Feeds that are made from the data: which ones there are, their slugs, and what becomes of them later."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from feedpub.cli.app import app
from feedpub.config import RESERVED_SLUGS, load_config, parse_config
from feedpub.core.errors import GuardRefusal
from feedpub.planning.made_feeds import ValueCount, slug_of, value_of, with_made_feeds
from feedpub.publishing import build as building
from feedpub.publishing.build import build, with_made, with_published
from feedpub.rules.fields import folded_value

NOW = datetime(2024, 3, 1, tzinfo=UTC)
ALL = {"all": {"title": "All"}}


def lay_out(folder, feeds, records, sources=()):
    """Write a site; a record is a number and its fields."""
    config = {
        "version": 1,
        "site": {"title": "T", "base_url": "https://x.test/f/", "id_authority": "x.test,2023"},
        "sources": [{"path": "a.jsonl", "timezone": "UTC", "may_be_empty": True}, *sources],
        "feeds": feeds,
        "output": {"formats": ["atom"]},
        "guards": {"max_vanished": "20%"},
    }
    rows = [
        {"id": f"n{number}", "title": f"Title {number}", "body": f"Body {number}"}
        | {"date": (NOW - timedelta(days=number)).isoformat()}
        | fields
        for number, fields in records
    ]
    (folder / "a.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    (folder / "config.yaml").write_text(json.dumps(config))
    return load_config(folder / "config.yaml")


def tagged(*values):
    """Return records with one category each."""
    return [(number, {"categories": [value]}) for number, value in enumerate(values)]


def template(**said):
    feeds = {"topic": {"each": "category"} | said}
    config = {
        "version": 1,
        "site": {"title": "T", "base_url": "https://x.test/f/", "id_authority": "x.test,2023"},
        "sources": [{"path": "a.jsonl"}],
        "feeds": feeds,
    }
    return parse_config(json.dumps(config).encode(), Path("c.yaml"))


TOPIC = template().templates[0]
BARE = template(slug="{value}").templates[0]


# People have subscribed to these addresses: none may ever change.
@pytest.mark.parametrize(
    ("value", "slug"),
    [
        ("Energy", "energy"),
        ("energy  POLICY", "energy-policy"),
        ("Énergie", "energie"),
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("G20", "g20"),
        ("Energy-Policy", "energy-policy-219d880c26"),
        ("C++", "c-cedb1bac7e"),
        ("AT&T", "at-t-b55e1037cf"),
        ("政治", "50eccbd02f"),
        ("Политика", "62717f6cfc"),
        ("سياسة", "9d5137e1f4"),
        ("東京 2020", "2020-a38580134a"),
        ("🔥", "ed8d830565"),
        ("word " * 30, "word-word-word-word-word-word-word-word-word-word-wo-d72676aee2"),
        ("0123456789", "0123456789-84d89877f0"),
    ],
)
def test_a_value_has_its_slug_for_good(value, slug):
    assert slug_of(BARE, value) == slug


VALUES = st.text(st.sampled_from("aAbB19 -+éÉßж政İ𝒜ﬁ_."), min_size=1, max_size=12) | st.text(max_size=80)
seen_values = VALUES.filter(folded_value)


@given(seen_values, seen_values)
def test_values_share_a_slug_only_if_they_fold_alike(one, other):
    assert (slug_of(BARE, one) == slug_of(BARE, other)) == (folded_value(one) == folded_value(other))


@given(seen_values, st.sampled_from(["{value}", "news-of_{value}", "a{value}-0123456789012345z"]))
def test_each_slug_can_name_a_file_and_an_address(value, pattern):
    slug = slug_of(template(slug=pattern).templates[0], value)
    assert re.fullmatch("[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?", slug)
    assert slug not in RESERVED_SLUGS


@pytest.mark.parametrize("name", ["con", "Index", "nul", "subscriptions"])
def test_a_value_that_is_a_reserved_name_has_a_slug_of_its_own(name):
    assert re.fullmatch(f"{name.lower()}-[0-9a-f]{{10}}", slug_of(BARE, name))


@given(
    seen_values.map(lambda text: " ".join(text.split())),
    st.sampled_from(["{value}", "On {value}", "“{value}”, the news", "{value} now"]),
    st.sampled_from(["", "Our Site: ", "A (new) name - "]),
)
def test_a_published_feed_tells_its_value_by_slug_and_title(value, title, site):
    made = template(title=title).templates[0]
    published = site + title.replace("{value}", value)
    found = value_of(made, slug_of(made, value), published)
    assert found is not None
    assert folded_value(found) == folded_value(value)
    assert value_of(made, "topic-other", published) is None or "other" in value


def test_it_does_so_when_its_title_has_been_written_otherwise_before():
    made = template(title="{value} today").templates[0]
    assert value_of(made, "topic-a-b", "Old Site: News of A b") == "A b"
    assert value_of(made, "topic-a-c", "Old Site: News of A b") is None


counts = st.dictionaries(seen_values.map(folded_value).filter(folded_value), st.integers(1, 6), max_size=8)


@given(counts, st.sets(st.integers(0, 7)), st.integers(1, 4), st.integers(1, 5), st.booleans())
def test_the_feeds_are_what_a_plain_reading_of_the_rules_says(found, published, least, most, keep):
    settings = template(min_articles=least, max_feeds=most)
    [made] = settings.templates
    values = {folded_value(v): ValueCount(number, Counter({v: number})) for v, number in found.items()}
    names = sorted(values)
    online = {slug_of(made, name): name for number, name in enumerate(names) if number in published}
    online[slug_of(made, "gone for ever")] = "gone for ever"
    result = with_made_feeds(settings, [values], online, keep=keep)
    slugs = [feed.slug for feed in result.feeds]
    assert slugs == sorted({*slugs})
    enough = {slug_of(made, name) for name in names if values[name].articles >= least}
    if keep:
        assert online.keys() <= {*slugs}
        assert {feed.slug for feed in result.feeds if feed.lasting} == online.keys() - enough
    assert {*slugs} - (online.keys() if keep else set()) <= enough
    room = max(most, len(online) if keep else 0)
    assert len(slugs) == min(room, len(enough | (online.keys() if keep else set())))
    assert bool(result.warnings) == bool(enough - {*slugs})
    assert result.rules.slugs == tuple(slugs)


def made(settings, now=NOW, **options):
    return {feed.slug: feed for feed in with_made(settings, now, **options).feeds}


def test_a_feed_is_made_of_each_value_with_articles_enough(tmp_path):
    records = tagged("Energy", "energy", "Énergie", "energie", "energie", "政治", "政治", "Lone")
    site = lay_out(
        tmp_path, ALL | {"topic": {"each": "category", "min_articles": 2, "max_items": 9}}, records
    )
    report = build(site, NOW)
    assert {feed.slug: feed.entries for feed in report.feeds} == {
        "all": 8,
        "topic-50eccbd02f": 2,
        "topic-energie": 3,
        "topic-energy": 2,
    }
    feeds = made(site)
    # The most common spelling; if several are equally common, the first in code point order.
    assert [(feed.title, feed.description) for feed in feeds.values()][1:] == [
        ("政治", "T: 政治"),
        ("energie", "T: energie"),
        ("Energy", "T: Energy"),
    ]
    assert {feed.max_items for feed in feeds.values()} == {50, 9}


@pytest.mark.parametrize(
    ("field", "fields", "titles"),
    [
        ("author", [{"author": "Jane Doe"}, {"author": "JANE DOE"}, {"author": "Li"}], ["JANE DOE", "Li"]),
        ("language", [{"language": "en"}, {"language": "en-GB"}, {}], ["en", "en-GB"]),
        ("category", [{"categories": ["a", "A", "b"]}, {"categories": ["a"]}], ["a", "b"]),
        ("category", [{"categories": ["!", " "]}], ["!"]),
    ],
)
def test_a_field_has_its_values(tmp_path, field, fields, titles):
    feeds = {"x": {"each": field, "min_articles": 1, "title": "{value}"}}
    site = lay_out(tmp_path, feeds, enumerate(fields))
    assert sorted(feed.title for feed in made(site).values()) == titles


def test_sources_are_the_feeds_that_articles_are_from(tmp_path):
    item = (
        '<item><title>{0}</title><guid isPermaLink="false">{0}</guid>'
        "<pubDate>Mon, 01 Jan 2024 10:00:00 GMT</pubDate></item>"
    )
    for name in ("One", "Two"):
        (tmp_path / f"{name}.xml").write_text(
            f'<rss version="2.0"><channel><title>Paper {name}</title><link>https://{name}.example/</link>'
            f"<description>d</description>{item.format(name)}</channel></rss>"
        )
    feeds = ALL | {"from": {"each": "source", "min_articles": 1}}
    site = lay_out(tmp_path, feeds, tagged("x"), [{"path": "*.xml"}])
    assert {feed.slug: feed.entries for feed in build(site, NOW).feeds} == {
        "all": 3,
        "from-paper-one": 1,
        "from-paper-two": 1,
    }


def test_the_rule_and_the_bounds_of_a_template_hold_for_each_of_its_feeds(tmp_path):
    records = [
        (0, {"title": "Oil"}),
        (1, {"title": "Oil painting"}),
        (2, {"title": "Oil"}),
        (40, {"title": "Oil"}),
    ]
    records = [(number, fields | {"categories": ["c"]}) for number, fields in records]
    said = {
        "each": "category",
        "any": ["oil"],
        "none": ["painting"],
        "after": "2024-02-01",
        "min_articles": 2,
    }
    site = lay_out(tmp_path, ALL | {"topic": said}, records)
    assert {feed.slug: feed.entries for feed in build(site, NOW).feeds}["topic-c"] == 2
    assert list(
        made(lay_out(tmp_path, ALL | {"topic": said | {"min_articles": 3}}, records), allow=["removed"])
    ) == ["all"]


def test_one_that_was_published_stays_though_it_is_empty_and_no_guard_refuses(tmp_path):
    feeds = ALL | {"topic": {"each": "category", "min_articles": 3, "title": "On {value}"}}
    build(lay_out(tmp_path, feeds, tagged(*"aaaa", *"bbbb", *"cccc")), NOW)
    fewer = tagged(*"aaax", *"bbbb", *"ABAB")
    site = lay_out(tmp_path, feeds, fewer)
    report = build(site, NOW)
    assert {feed.slug: feed.entries for feed in report.feeds} == {
        "all": 12,
        "topic-a": 5,
        "topic-b": 6,
        "topic-c": 0,
    }
    assert [feed.title for feed in made(site).values()] == ["All", "On a", "On b", "On c"]
    again = build(site, NOW)
    assert not any(document.written for feed in again.feeds for document in feed.documents)
    report = build(site, NOW, allow=["removed"])
    assert (report.removed, [feed.slug for feed in report.feeds]) == (
        ("topic-c.atom", "topic-c.html"),
        ["all", "topic-a", "topic-b"],
    )


def test_guards_count_what_vanishes_from_a_feed_that_has_articles_enough(tmp_path):
    feeds = ALL | {"topic": {"each": "category"}}
    build(lay_out(tmp_path, feeds, tagged(*"a" * 12)), NOW)
    with pytest.raises(GuardRefusal, match=r"topic-a would vanish.*; the rules or limits of the feed"):
        build(lay_out(tmp_path, feeds, tagged(*"aaabbbbbbbbb")), NOW)


def test_without_its_template_a_published_feed_is_not_deleted_in_silence(tmp_path):
    build(lay_out(tmp_path, ALL | {"topic": {"each": "category"}}, tagged(*"aaa")), NOW)
    with pytest.raises(GuardRefusal, match="no longer has the published feed topic-a"):
        build(lay_out(tmp_path, ALL, tagged(*"aaa")), NOW)


def test_there_are_at_most_so_many_and_the_rest_is_named(tmp_path):
    feeds = ALL | {"topic": {"each": "category", "max_feeds": 2, "min_articles": 2}}
    build(lay_out(tmp_path, feeds, tagged(*"ddd")), NOW)
    site = lay_out(tmp_path, feeds, tagged(*"ddd", *"aa", *"bbbb", *"CC", "e"))
    report = build(site, NOW)
    assert [feed.slug for feed in report.feeds] == ["all", "topic-b", "topic-d"]
    assert report.warnings == (
        "feeds.topic: max_feeds is 2, but 2 more values have enough articles for a feed: a, C",
    )


def test_a_feed_of_the_config_takes_the_place_of_one_that_would_be_made(tmp_path):
    feeds = {
        "a": {"title": "Ours", "any": ["title"]},
        "b": {"title": "B", "retired": {"moved_to": "https://x.test/"}},
    }
    site = lay_out(
        tmp_path, feeds | {"topic": {"each": "category", "slug": "{value}"}}, tagged(*"aaa", *"bbb", *"ccc")
    )
    assert {slug: feed.title for slug, feed in made(site).items()} == {"a": "Ours", "c": "c"}


def test_a_site_may_have_no_other_feeds_and_an_archive(tmp_path):
    feeds = {"topic": {"each": "category", "archive": 2, "max_items": 2}}
    assert build(lay_out(tmp_path, feeds, []), NOW).feeds == ()
    report = build(lay_out(tmp_path, feeds, tagged(*"aaaaaaa")), NOW)
    assert [(feed.entries, feed.archived) for feed in report.feeds] == [(2, 5)]
    report = build(lay_out(tmp_path, feeds, tagged(*"bbbb")), NOW)
    assert [(feed.slug, feed.entries) for feed in report.feeds] == [("topic-a", 0), ("topic-b", 2)]
    assert (tmp_path / "feeds/topic-a.1.atom").exists()


@pytest.mark.parametrize("seed", range(3))
def test_the_same_articles_in_another_order_make_the_same_bytes(tmp_path, seed):
    records = [
        (number, {"categories": [c]})
        for number, c in enumerate(["b", "B", "a", "A", "Ä", "a", "政", "政"] * 3)
    ]
    feeds = ALL | {"topic": {"each": "category", "max_feeds": 2}}
    found = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        order = records[seed:] + records[:seed] if number else records
        build(lay_out(folder, feeds, order[:: -1 if number else 1]), NOW)
        found.append(
            {path.name: path.read_bytes() for path in (folder / "feeds").rglob("*") if path.is_file()}
        )
    assert found[0] == found[1]


def test_a_preview_knows_the_published_ones_without_reading_a_source(tmp_path):
    site = lay_out(tmp_path, ALL | {"topic": {"each": "category"}}, tagged(*"aaa"))
    build(site, NOW)
    (tmp_path / "a.jsonl").unlink()
    assert [feed.slug for feed in with_published(site).feeds] == ["all", "topic-a"]


def test_sources_are_read_twice_only_where_a_feed_is_made_of_the_data(tmp_path, monkeypatch):
    def unasked(*_, **__):
        raise AssertionError

    monkeypatch.setattr(building, "ingest", unasked)
    build(lay_out(tmp_path, ALL, tagged("a")), NOW)
    with pytest.raises(AssertionError):
        build(lay_out(tmp_path, {"topic": {"each": "category"}}, tagged("a")), NOW)


def test_every_command_knows_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lay_out(tmp_path, ALL | {"topic": {"each": "category", "max_feeds": 1}}, tagged(*"aaaa", *"bbb"))

    def told(*arguments):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    assert told("diff", "config.yaml", "--format", "json")["feeds"][1]["slug"] == "topic-a"
    built = told("build", "--format", "json")
    assert [feed["slug"] for feed in built["feeds"]] == ["all", "topic-a"]
    assert "1 more value has enough articles for a feed: b" in built["warnings"][0]
    explained = told("explain", "Title 1", "--format", "json")
    assert [(feed["slug"], feed["in"]) for feed in explained["feeds"]] == [("all", True), ("topic-a", True)]
    assert [hit["term"] for hit in explained["feeds"][1]["hits"]] == ["category: a"]
    assert [feed["articles"] for feed in told("report", "--format", "json")["feeds"]] == [7, 4]
    shown = CliRunner().invoke(app, ["check"]).stdout
    assert "OK (1 feed, feeds of each category, 1 source, all examples pass)" in shown
