"""Ids of articles that share a key, or come from several feeds: nobody's article is lost, or taken over by another."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from feedpub.article import Article, Enclosure, FeedSource, Origin, fingerprint, is_split
from feedpub.config import load_config
from feedpub.duplicates import Duplicates
from feedpub.pipeline import build

START = datetime(2024, 1, 1, tzinfo=UTC)
NOW = datetime(2025, 1, 1, tzinfo=UTC)


class Site:
    """A config over a folder of files, built again and again."""

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
output: {{formats: [rss, json]}}
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
        """The published items, the newest first."""
        return json.loads((self.folder / "feeds/all.json").read_bytes())["items"]

    @property
    def ids(self):
        return {item["title"]: item["id"] for item in self.items}


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


def rss(*items, link="https://a.test/", extra=""):
    """An RSS feed of items as mappings of element names to texts."""
    told = ""
    for item in items:
        item = {"pubDate": "Mon, 01 Jan 2024 10:00:00 GMT"} | item  # noqa: PLW2901 - a date is always there
        files = item.pop("enclosure", None)
        told += "<item>" + "".join(f"<{name}>{text}</{name}>" for name, text in item.items())
        told += f'<enclosure url="{files}" length="1" type="audio/mpeg"/></item>' if files else "</item>"
    head = f"<title>Feed</title><link>{link}</link><description>d</description>{extra}"
    return (
        f'<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>{head}{told}</channel></rss>'
    )


def day(number):
    return f"{START + timedelta(days=number):%a, %d %b %Y} 10:00:00 GMT"


CASES = yaml.safe_load((Path(__file__).parent / "data/shared-ids.yaml").read_text())


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
    # One by one, the first leave the feed's window; no id moves on to another article.
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


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
@pytest.mark.parametrize("edited", [False, True])
@pytest.mark.parametrize("lost", [False, True])
def test_a_published_entry_is_not_taken_over_by_another_feed(site, order, edited, lost):
    first, second = order
    site.configure(f"[{{path: in/{first}.rss}}, {{path: in/{second}.rss}}]")
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


# Properties


@dataclass(frozen=True)
class Known:
    """What is remembered of an article."""

    published: datetime
    title: str
    feed: str | None
    dated: None = None


class History:
    """The memory of builds, as plain as can be."""

    def __init__(self):
        self.known = {}
        self.keys = {}
        self.shown = set()

    def by_id(self, entry_id):
        return self.known.get(entry_id)

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
                article.id, Known(article.published, fingerprint(article.title).hex(), feed)
            )


def run(stream, past=None, exact="across"):
    """Return what stays of a stream of pairs of source and article."""
    watched = Duplicates("x.test,2023", exact, past)
    first = [a for s, each in stream if (a := watched.admit(each, each.published.timestamp(), s))]
    if not watched.settle():
        return first
    stays = watched.chosen()
    return [a for s, each in stream if (a := stays(each, each.published.timestamp(), s))]


def story(feed, number, guid):
    """The article ``number`` of a feed, which has a title, a date and a text like no other."""
    name = f"{feed}{number}"
    return Article(
        f"tag:{guid}", f"Title {name}", f"Text {name}", START + timedelta(hours=number, minutes=ord(feed)),
        Origin(f"{feed}.rss", 1, 1), key=guid, feed=feed, via=FeedSource(feed),
    )  # fmt: skip


@given(st.data())
def test_whatever_feeds_come_and_go_no_published_id_changes_or_is_taken_over(data):
    """Three feeds use the same guids; each build shows a part of each, in any order of the config."""
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
    """Say whether ids, links or enclosures of two articles tell them apart: both have them, and others."""
    return any(a and b and a != b for a, b in zip(own_of(one), own_of(two), strict=True))


def distinct(articles):
    """Return the articles of one source that are different, though their texts are equal, by the day."""
    kept = []
    for article in sorted(articles, key=lambda article: (article.published, article.id)):
        if all(differ(article, other) for other in kept):
            kept.append(article)
    return kept


def kept_across(stream):
    """Return the articles that have to stay of a stream with equal texts: a plain statement of what docs say."""
    kept = set()
    by_source = [distinct([a for source, a in stream if source == number]) for number in range(3)]
    for file in ("", "https://a.test/x", "https://a.test/y"):
        rows = [[a for a in articles if (own_of(a)[2] or "") == file] for articles in by_source]
        for copies in zip_longest(*rows):
            kept.add(min((a.published, a.id) for a in copies if a)[1])
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
    """Where titles or dates alone differ, and never both, it is one article that was edited."""
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
