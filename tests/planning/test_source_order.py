"""If articles have the same time, the order of their sources says which is newer, and which a full feed keeps."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.articles.article import Article, Origin
from feedpub.articles.entry import RoutedArticle
from feedpub.config import load_config
from feedpub.planning.routing import NewestN
from feedpub.planning.source_order import SourceOrder
from feedpub.publishing.build import build

START = datetime(2024, 5, 1, tzinfo=UTC)
CONFIG = """
version: 1
site: {title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}
sources: SOURCES
feeds: {all: {title: All}}
output: {formats: [json], max_items: 4}
"""


def article(file, line, minute, feed):
    """Return an article whose id does not show its place."""
    name = f"{file} {line}"
    digest = f"{hash((file, line, 17)) & 0xFFFF:04x}{name}"
    return Article(digest, name, "b", START + timedelta(minutes=minute), Origin(file, line, line), feed=feed)


@given(
    st.lists(
        st.tuples(st.lists(st.integers(0, 2), min_size=1, max_size=12), st.booleans()), min_size=1, max_size=4
    ),
    st.integers(1, 5),
    st.none() | st.integers(1, 3),
)
def test_a_stream_is_cut_as_sorting_everything_by_the_rule_would(files, limit, share):
    """This holds for any size of the window, and whichever end of a file is newer."""
    order = SourceOrder()
    selection = NewestN(limit, share, order)
    everything = []
    for number, (minutes, is_feed) in enumerate(files):
        newest_first = minutes[0] > minutes[-1] or (minutes[0] == minutes[-1] and is_feed)
        for line, minute in enumerate(minutes, 1):
            made = article(f"f{number}", line, minute, "feed" if is_feed else "")
            everything.append((minute, number, -line if newest_first else line, made.title, f"f{number}"))
            order.hear(made, made.published.timestamp())
            selection.offer(made.published.timestamp(), RoutedArticle(made, ()), f"f{number}")
    order.end_file()
    everything.sort(reverse=True)
    of_each = {}
    wanted = []
    for *_, title, file in everything:
        of_each[file] = of_each.get(file, 0) + 1
        if share is None or of_each[file] <= share:
            wanted.append(title)
    assert [kept.article.title for kept in selection.newest()] == wanted[:limit]


def titles(folder, sources, files):
    """Return the titles in a feed of four entries made from the files."""
    for name, text in files.items():
        (folder / name).write_text(text)
    (folder / "c.yaml").write_text(CONFIG.replace("SOURCES", sources))
    build(load_config(folder / "c.yaml"), datetime(2025, 1, 1, tzinfo=UTC))
    return [item["title"] for item in json.loads((folder / "feeds/all.json").read_bytes())["items"]]


def csv(*days):
    return "title,body,date\n" + "".join(f"N{n},b{n},2024-05-{day:02}\n" for n, day in enumerate(days, 1))


ITEM = (
    "<item><title>N{0}</title><guid isPermaLink='false'>{0}</guid>"
    "<pubDate>Wed, 01 May 2024 00:00:00 GMT</pubDate></item>"
)


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("a.csv", csv(1, 1, 1, 1, 1, 1), ["N6", "N5", "N4", "N3"]),
        ("a.csv", csv(1, 2, 2, 2, 2, 2), ["N6", "N5", "N4", "N3"]),
        ("a.csv", csv(2, 2, 2, 2, 2, 1), ["N1", "N2", "N3", "N4"]),
        ("a.csv", csv(3, 1, 2, 2, 2, 2), ["N1", "N3", "N4", "N5"]),
        (
            "a.rss",
            "<rss version='2.0'><channel><title>T</title>"
            + "".join(map(ITEM.format, range(1, 7)))
            + "</channel></rss>",
            ["N1", "N2", "N3", "N4"],
        ),
    ],
)
def test_a_file_lists_the_newest_or_the_oldest_first(name, text, wanted, tmp_path):
    """The first and last date decide; otherwise feeds list the newest first, and everything else the oldest."""
    assert titles(tmp_path, "[{path: 'a.*', timezone: UTC}]", {name: text}) == wanted


def test_between_files_the_later_is_newer_and_a_rename_makes_no_other_ids(tmp_path):
    """Later means the order of sources in the config, and then the order of names."""
    rows = {
        name: f"title,body,date\n{name},text of {name},2024-05-01\n" for name in ("B.csv", "a.csv", "z.csv")
    }
    sources = "[{path: z.csv, timezone: UTC}, {path: '[aB].csv', timezone: UTC}]"
    assert titles(tmp_path, sources, rows) == ["a.csv", "B.csv", "z.csv"]
    before = {item["id"] for item in json.loads((tmp_path / "feeds/all.json").read_bytes())["items"]}
    (tmp_path / "a.csv").rename(tmp_path / "A.csv")
    assert titles(tmp_path, sources.replace("[aB]", "[AB]"), {}) == ["B.csv", "a.csv", "z.csv"]
    assert {item["id"] for item in json.loads((tmp_path / "feeds/all.json").read_bytes())["items"]} == before
