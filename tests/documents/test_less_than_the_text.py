"""A feed without texts says nothing about them, and what it does not say never counts as different."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from feedpub.articles.article import Article, Origin
from feedpub.articles.entry import RoutedArticle, first_sentences, make_entry, offload
from feedpub.config import load_config
from feedpub.core.spool import Spool
from feedpub.documents.channel import make_feed
from feedpub.documents.formats import OUTPUT_FORMATS, entry_size
from feedpub.documents.renderer import Renderer
from feedpub.documents.verification import first_refusal
from feedpub.publishing.build import build

FORMATS = tuple(OUTPUT_FORMATS)
MODES = ("full", "summary", "title")
DAY = datetime(2024, 1, 1, tzinfo=UTC)
LONG = "Rain & wind <all> day. " * 40
CASES = yaml.safe_load((Path(__file__).parents[1] / "data/first-sentences.yaml").read_bytes())


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:20] for case in CASES])
def test_the_first_sentences_are_whole_in_any_script(case):
    assert first_sentences(case["text"], case["length"]) == case["gives"]


@given(st.text(max_size=400), st.integers(10, 300))
def test_they_are_a_beginning_of_the_text_and_no_longer_than_asked(text, length):
    line = " ".join(text.split())
    found = first_sentences(text, length)
    assert len(found) <= length
    assert found == line or line.startswith(found.removesuffix("…"))


class Site:
    """One feed of one file; each build is a day later."""

    def __init__(self, folder):
        self.folder, self.now = folder, datetime(2024, 3, 1, tzinfo=UTC)
        self.configure("full")

    def configure(self, content, formats=FORMATS, **more):
        config = {
            "version": 1,
            "site": {"title": "T", "base_url": "https://x.test/f/", "id_authority": "x.test,2023"},
            "sources": [{"path": "in.jsonl", "timezone": "UTC"}],
            "feeds": {"all": {"title": "All", "content": content}} | more,
            "output": {"formats": [*formats], "pages": "off"},
        }
        (self.folder / "c.yaml").write_text(json.dumps(config))

    @property
    def settings(self):
        return load_config(self.folder / "c.yaml")

    def build(self, records):
        (self.folder / "in.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
        self.now += timedelta(days=1)
        return build(self.settings, self.now)

    def shown(self, name):
        """Return id, title, published and updated of each entry in the documents."""
        read = OUTPUT_FORMATS[name].read_back((self.folder / f"feeds/all.{name}").read_bytes())
        return {e.id: (e.title, e.published, e.updated) for e in read.entries}


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


ENTRIES = {
    "with a link": {"link": "https://x.test/a"},
    "without any": {},
    "with a summary": {"summary": "In <short> & sweet."},
    "without a text": {"body": "", "link": "https://x.test/b"},
}


@pytest.mark.parametrize(("kind", "mode", "name"), [*product(ENTRIES, MODES[1:], FORMATS)])
def test_a_document_has_the_summary_or_the_title_and_no_more(site, kind, mode, name):
    site.configure(mode)
    fields = {"body": LONG, "title": "Weather"} | ENTRIES[kind]
    article = Article(id="urn:x:1", published=DAY, origin=Origin("", 1, 1), **fields)
    entry = offload(make_entry(RoutedArticle(article, ())), Spool())
    settings = site.settings
    renderer = Renderer(settings.site, {}, [OUTPUT_FORMATS[name]])
    document = renderer.render(make_feed(settings.feeds[0], [entry], settings.site)).documents[0]
    assert first_refusal([document]) is None
    [read] = OUTPUT_FORMATS[name].read_back(document.data).entries
    lead = fields.get("summary") or first_sentences(fields["body"])
    assert (read.html, read.summary) == (None, lead if mode == "summary" else "")
    empty = renderer.render(make_feed(settings.feeds[0], [], settings.site)).documents[0]
    assert len(document.data) - len(empty.data) <= entry_size(entry, settings.feeds[0], {})


STORIES = [
    {"title": "Rain", "body": "It rained all day long and all night.", "date": "2024-01-02T10:00:00Z"},
    {"title": "Snow", "body": "It snowed.", "date": "2024-01-03T10:00:00Z", "link": "https://x.test/snow"},
    {"title": "Nothing", "body": "", "date": "2024-01-04T10:00:00Z", "id": "n"},
]


@pytest.mark.parametrize("lost", [False, True], ids=["with the ledger", "without the ledger"])
@pytest.mark.parametrize("name", FORMATS)
def test_switching_it_on_and_off_makes_nothing_new(site, name, lost):
    site.configure("full", [name])
    site.build(STORIES)
    before = site.shown(name)
    for mode in ("summary", "full", "title", "summary", "title", "full"):
        site.configure(mode, [name])
        if lost:
            shutil.rmtree(site.folder / ".feedpub")
        report = site.build(STORIES)
        assert site.shown(name) == before
        assert [feed.new for feed in report.feeds] == [0]


@pytest.mark.parametrize("mode", MODES[1:])
def test_an_edit_of_a_text_that_no_document_carries_shows_as_long_as_it_is_remembered(site, mode):
    site.configure(mode)
    site.build(STORIES)
    before = site.shown("atom")
    site.build([STORIES[0] | {"body": "It rained all day long, and all night."}, *STORIES[1:]])
    after = site.shown("atom")
    assert after.keys() == before.keys()
    changed = [
        title for title, _, updated in after.values() if updated not in {u for *_, u in before.values()}
    ]
    assert changed == ["Rain"]
    assert site.build([STORIES[0] | {"body": "It rained all day long, and all night."}, *STORIES[1:]])
    assert site.shown("atom") == after


def test_an_edited_title_shows_without_the_ledger_too(site):
    site.configure("title")
    site.build(STORIES)
    before = site.shown("atom")
    shutil.rmtree(site.folder / ".feedpub")
    site.build([*STORIES[:2], STORIES[2] | {"title": "Something"}])
    after = site.shown("atom")
    assert after.keys() == before.keys()
    assert {title for title, *_ in after.values()} == {"Rain", "Snow", "Something"}


@pytest.mark.parametrize("mode", MODES)
def test_an_article_that_gets_a_key_is_known_by_title_and_date(site, mode):
    site.configure(mode)
    site.build(STORIES)
    before = site.shown("atom")
    shutil.rmtree(site.folder / ".feedpub")
    site.build([STORIES[0], STORIES[1] | {"link": "https://x.test/2024/snow"}, STORIES[2]])
    assert site.shown("atom") == before


def test_of_two_feeds_the_one_that_carries_the_text_tells_it(site):
    site.configure("summary", also={"title": "Also"})
    site.build(STORIES)
    before = site.shown("atom")
    shutil.rmtree(site.folder / ".feedpub")
    site.build([STORIES[0] | {"body": "Another text altogether, by another writer."}, *STORIES[1:]])
    after = site.shown("atom")
    assert [i for i, (*_, updated) in after.items() if updated != before[i][2]] == [
        i for i, (title, *_) in after.items() if title == "Rain"
    ]


def test_a_retired_feed_says_where_it_has_moved(site):
    site.configure("full", old={"title": "Old", "retired": {"moved_to": "https://x.test/new"}})
    config = json.loads((site.folder / "c.yaml").read_text())
    config["output"]["content"] = "title"
    (site.folder / "c.yaml").write_text(json.dumps(config))
    site.build(STORIES)
    assert "Please subscribe" in (site.folder / "feeds/old.atom").read_text()
