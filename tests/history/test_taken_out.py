"""What must no longer be shown leaves closed archive documents, too, and comes back like a new entry."""

import gzip
import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from feedpub.config import load_config
from feedpub.core.errors import GuardRefusal
from feedpub.documents.formats import OUTPUT_FORMATS
from feedpub.publishing.build import build

NOW = datetime(2024, 3, 1, tzinfo=UTC)
FORMATS = ("rss", "atom", "json")


def story(number, **more):
    text = f"The text of number {number} says what no other says."
    return {
        "id": str(number),
        "title": f"Story {number}",
        "text": text,
        "date": f"2024-01-{number + 1:02}",
    } | more


class Site:
    """A site with two entries in each archive document, and gzip twins."""

    def __init__(self, folder):
        self.folder = folder
        self.feeds = folder / "feeds"
        self.now = NOW
        (folder / "c.yaml").write_text(
            """
version: 1
site: {title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}
sources: [{path: a.jsonl, timezone: UTC}]
feeds: {all: {title: All, max_items: 2, archive: 2}}
output: {formats: [rss, atom, json], gzip: true, pages: off}
"""
        )

    def build(self, changed=(), count=10, **options):
        records = {number: story(number) for number in range(count)} | dict(changed)
        (self.folder / "a.jsonl").write_text("".join(json.dumps(r) + "\n" for r in records.values() if r))
        self.now += timedelta(days=1)
        return build(load_config(self.folder / "c.yaml"), self.now, **options)

    def files(self):
        return {path.name: path.read_bytes() for path in self.feeds.iterdir()}

    def holding(self, text):
        """Return the names of published files that contain a text, including compressed ones."""
        return {
            name
            for name, data in self.files().items()
            if text.encode() in (gzip.decompress(data) if name.endswith(".gz") else data)
        }

    def ids(self):
        """Return the ids of all entries in all documents of a format, by document."""
        read = {name: OUTPUT_FORMATS[name].read for name in FORMATS}
        return {
            path.name: [entry.id for entry in read[path.suffix[1:]](path.read_bytes()).entries]
            for path in self.feeds.iterdir()
            if path.suffix[1:] in FORMATS and path.name != "manifest.json"
        }


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    made.build()
    return made


def page_of(text, site):
    (page,) = {name.rpartition(".")[0] for name in site.holding(text) if not name.endswith(".gz")}
    return page


@pytest.mark.slow
@pytest.mark.parametrize("lost", [False, True], ids=["with the ledger", "without the ledger"])
@pytest.mark.parametrize(
    "how",
    [
        {"status": "withdrawn"},
        {"draft": True},
        {"private": True},
        {"password": "secret"},
        {"expires": "2024-02-01"},
        {"embargo": "2024-06-01"},
    ],
    ids=str,
)
def test_it_leaves_closed_archive_documents_in_every_format_and_nothing_else_changes(how, lost, site):
    before, ids = site.files(), site.ids()
    page = page_of("Story 1", site)
    if lost:
        shutil.rmtree(site.folder / ".feedpub")
    report = site.build({1: story(1, **how)})
    assert report.taken_back == ("status" in how)
    assert site.holding("number 1 says") == site.holding("Story 1") == set()
    changed = {name for name, data in site.files().items() if data != before.get(name)}
    written = {f"{page}.{name}{twin}" for name in FORMATS for twin in ("", ".gz")}
    assert changed - {"manifest.json"} == written
    assert {d.path for d in report.feeds[0].documents if d.written} == {f"{page}.{name}" for name in FORMATS}
    for name, entries in site.ids().items():
        assert entries == [i for i in ids[name] if not name.startswith(page) or i != gone_id(ids, page)]
    for known in FORMATS:
        old, new = before[f"{page}.{known}"], site.files()[f"{page}.{known}"]
        begin = next(n for n in range(len(new)) if new[n] != old[n])
        assert new == old[:begin] + old[begin + len(old) - len(new) :]
    after = site.files()
    assert not any(d.written for d in site.build({1: story(1, **how)}).feeds[0].documents)
    assert site.files() == after


def gone_id(ids, page):
    """Story 1 is the newer one of two on its page."""
    return ids[f"{page}.atom"][0]


def test_it_comes_back_under_its_id_where_late_entries_go(site):
    ids = site.ids()
    gone = gone_id(ids, page_of("Story 1", site))
    site.build({1: story(1, status="withdrawn", version=2)})
    site.build({1: None})
    assert all(gone not in entries for entries in site.ids().values())
    site.build({1: story(1, version=3)})
    holding = [name for name, entries in site.ids().items() if gone in entries and name.endswith(".atom")]
    assert len(holding) == 1
    assert holding != [f"{page_of('Story 0', site)}.atom"]


def test_no_entry_is_lost_or_shown_twice_when_others_go_and_come(site):
    for changed in (
        {1: story(1, draft=True), 5: story(5, status="withdrawn")},
        {1: story(1, draft=True)},
        {},
    ):
        site.build(changed, count=12)
        shown = [i for name, entries in site.ids().items() if name.endswith(".atom") for i in entries]
        assert len(shown) == len(set(shown))
    site.build({5: story(5, updated="2024-06-01")}, count=12)
    site.now = datetime(2024, 7, 1, tzinfo=UTC)
    site.build({5: story(5, updated="2024-06-01")}, count=12)
    shown = [i for name, entries in site.ids().items() if name.endswith(".json") for i in entries]
    assert len(shown) == len(set(shown)) == 12


def test_a_document_that_somebody_changed_is_told_and_tried_again(site):
    page = page_of("Story 1", site)
    file = site.feeds / f"{page}.json"
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    report = site.build({1: story(1, status="withdrawn")})
    assert [(wrong.path, wrong.reason[:27]) for wrong in report.invalid] == [
        (f"{page}.json", "nothing can be cut out of it")
    ] or "nothing can be cut" in report.invalid[0].reason
    assert "Story 1" not in (site.feeds / f"{page}.atom").read_text()
    file.write_bytes(whole)
    assert not site.build({1: story(1, status="withdrawn")}).invalid
    assert site.holding("Story 1") == set()


def test_guards_count_what_became_a_draft_but_not_what_was_withdrawn_or_expired(site):
    def gone(**how):
        return {number: story(number, **how) for number in range(2, 10)}

    with pytest.raises(GuardRefusal):
        site.build(gone(draft=True), count=10)
    site.build(gone(status="withdrawn"), count=10)
    assert site.holding("Story 9") == site.holding("Story 3") == set()


def test_what_vanished_stays_in_closed_archive_documents(site):
    site.build({1: None})
    assert site.holding("Story 1")
