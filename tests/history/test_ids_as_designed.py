"""Each sentence of the docs and the design about ids holds: a table of consecutive builds."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from feedpub.articles.ids import article_id, is_split
from feedpub.config import load_config
from feedpub.publishing.build import build

NOW = datetime(2025, 1, 1, tzinfo=UTC)
START = datetime(2024, 1, 1, 10, tzinfo=UTC)
ROWS = yaml.safe_load((Path(__file__).parents[1] / "data/ids.yaml").read_text(encoding="utf-8"))


def rss(told):
    """Return an RSS document with its head, and items as guid, title and day."""
    head = "".join(
        (
            f"<atom:id>{told['id']}</atom:id>" if "id" in told else "",
            f"<atom:link rel='self' href='{told['self']}'/>" if "self" in told else "",
            f"<link>{told['link']}</link>" if "link" in told else "",
        )
    )
    items = "".join(
        f"<item><title>{title}</title><guid isPermaLink='false'>{guid}</guid><description>{title}.</description>"
        f"<pubDate>{START + timedelta(days=day):%a, %d %b %Y %H:%M:%S GMT}</pubDate></item>"
        for guid, title, day in told["items"]
    )
    return (
        "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>Feed</title>"
        f"<description>d</description>{head}{items}</channel></rss>"
    )


class Site:
    def __init__(self, folder):
        self.folder = folder
        self.sources, self.pages = "[{path: 'in/*', timezone: UTC}]", "auto"
        (folder / "in").mkdir()

    def build(self, told):
        self.sources, self.pages = told.get("sources", self.sources), told.get("pages", self.pages)
        for name, content in told.get("files", {}).items():
            (self.folder / "in" / name).write_text(content if isinstance(content, str) else rss(content))
        (self.folder / "c.yaml").write_text(f"""
version: 1
site: {{title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}}
sources: {self.sources}
feeds: {{all: {{title: All}}}}
output: {{formats: [rss, json], pages: {self.pages}}}
dedup: {{exact: none}}
""")
        build(load_config(self.folder / "c.yaml"), NOW, allow={"vanished", "removed"})

    @property
    def items(self):
        documents = json.loads((self.folder / "feeds/all.json").read_bytes())["items"]
        return [(item["title"], item["id"]) for item in documents]


def expected(told):
    if isinstance(told, str):
        return lambda entry_id: entry_id == told
    if "key" in told:
        made = article_id("x.test,2023", key=told["key"], published=NOW, title="")
        return lambda entry_id: entry_id == made
    return is_split


@pytest.mark.parametrize(
    ("row", "lost"),
    [
        pytest.param(
            row, lost, id=row["says"] + ", the state lost" * lost, marks=[pytest.mark.slow] if lost else []
        )
        for row in ROWS
        for lost in ([False, True] if len(row["builds"]) > 1 else [False])
    ],
)
def test_it_is_so(row, lost, tmp_path):
    site = Site(tmp_path)
    known = {}
    for told in row["builds"]:
        if lost:
            shutil.rmtree(tmp_path / ".feedpub", ignore_errors=True)
        site.build(told)
        for title, entry_id in site.items:
            assert known.setdefault(told.get("now", {}).get(title, title), entry_id) == entry_id
    items = site.items
    if "titles" in row:
        assert sorted(title for title, _ in items) == sorted(row["titles"])
    assert len({entry_id for _, entry_id in items}) == len(items)
    for title, what in row.get("ids", {}).items():
        assert expected(what)(known[title]), known[title]
    apart = [known[title] for title in row.get("apart", ())]
    assert len(set(apart)) == len(apart)
