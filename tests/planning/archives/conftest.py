"""A site with an archived feed, and a reader that follows its history with only the standard library."""

import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from feedpub.config import load_config
from feedpub.publishing.build import build

NOW = datetime(2025, 1, 1, tzinfo=UTC)
EDITED = datetime(2024, 12, 1, tzinfo=UTC).timestamp()
ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
BASE = "https://x.test/f/"


@dataclass(frozen=True)
class Page:
    """One document of a feed, as a reader sees it."""

    name: str
    ids: tuple[str, ...]
    titles: tuple[str, ...]
    links: dict[str, str]
    is_archive: bool
    feed_id: str


class Site:
    """A folder of articles that is built again and again; ``stories`` are (title, body, "YYYY-MM-DD HH:MM")."""

    def __init__(self, folder: Path, archive: str, *, max_items: int = 3, more: str = ""):
        self.folder = folder
        self.out = folder / "feeds"
        self.base = BASE
        self.archive = archive
        self.max_items = max_items
        self.formats = "[rss, atom, json]"
        self.more = more

    def build(self, stories, **options):
        (self.folder / "in").mkdir(exist_ok=True)
        source = self.folder / "in/a.txt"
        source.write_text("\n".join("\n".join(story) for story in stories))
        for path in (source, source.parent):
            os.utime(path, (EDITED, EDITED))
        (self.folder / "c.yaml").write_text(f"""
version: 1
site: {{title: T, base_url: "{self.base}", id_authority: "x.test,2023"}}
sources: [{{path: "in/*.txt", timezone: UTC}}]
feeds:
  all: {{title: All, max_items: {self.max_items}, archive: {self.archive}{self.more}}}
guards: {{max_vanished: 100%}}
output: {{formats: {self.formats}}}
""")
        return build(load_config(self.folder / "c.yaml"), NOW, **options)

    def lose_state(self):
        shutil.rmtree(self.folder / ".feedpub", ignore_errors=True)

    def files(self):
        files = {path.name: path.read_bytes() for path in self.out.iterdir() if path.name.startswith("all.")}
        return {name: data for name, data in files.items() if not name.endswith(".html")}

    def pages(self):
        return {path.name: path.read_bytes() for path in self.out.glob("all.*html")}

    def closed(self):
        """Return the bytes of all documents that link to a later archive page, and so must never change again."""
        found = {}
        for extension in ("rss", "atom"):
            later = {p.name for p in self.walk(extension)[1:] if "next-archive" in p.links}
            found |= {name: (self.out / name).read_bytes() for name in later}
        for page in self.walk("json")[2:]:
            found[page.name] = (self.out / page.name).read_bytes()
        return found

    def walk(self, extension):
        """Return all documents from the subscription document back to the oldest archive page."""
        pages = [self.read(f"all.{extension}")]
        while back := pages[-1].links.get("prev-archive"):
            assert back.startswith(self.base)
            name = back.removeprefix(self.base)
            assert name not in [page.name for page in pages], "the chain goes in circles"
            pages.append(self.read(name))
        return pages

    def read(self, name):
        data = (self.out / name).read_bytes()
        return _json(name, data) if name.endswith(".json") else _xml(name, data)


def _json(name, data):
    content = json.loads(data)
    items = content["items"]
    links = {"prev-archive": content["next_url"]} if "next_url" in content else {}
    ids, titles = tuple(i["id"] for i in items), tuple(i["title"] for i in items)
    return Page(name, ids, titles, links, name.count(".") > 1, content["home_page_url"])


def _xml(name, data):
    root = ET.fromstring(data)
    head, entry, key = (
        (root, f"{ATOM}entry", f"{ATOM}id") if "feed" in root.tag else (root[0], "item", "guid")
    )
    title = key.replace("guid", "title").replace("}id", "}title")
    return Page(
        name,
        tuple(e.findtext(key) for e in head.iterfind(entry)),
        tuple(e.findtext(title) for e in head.iterfind(entry)),
        {link.get("rel"): link.get("href") for link in head.iterfind(f"{ATOM}link")},
        head.find(f"{HISTORY}archive") is not None,
        head.findtext(f"{ATOM}id") or head.findtext("link"),
    )


@pytest.fixture(scope="module")
def make_site(tmp_path_factory):
    """A function that makes a site in its own folder."""

    def make(archive, **options):
        return Site(tmp_path_factory.mktemp("site"), archive, **options)

    return make
