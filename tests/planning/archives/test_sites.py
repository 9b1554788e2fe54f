"""An archive survives when its site is rebuilt, moved, damaged or configured otherwise."""

import sqlite3
import subprocess
import sys

import pytest

from feedpub.core.errors import GuardRefusal
from feedpub.documents import faults
from feedpub.publishing.local import folder
from feedpub.validator import Finding, validate

STORIES = [
    (f"Story {n}", f"These are the {n} words of story {n}, and no other has them.", f"2024-01-{n:02} 10:00")
    for n in range(1, 12)
]


@pytest.fixture
def site(make_site):
    made = make_site(2)
    made.build(STORIES)
    return made


def test_every_document_of_an_archive_is_valid(site):
    for name, data in site.files().items():
        assert validate(data, site.base + name) == []


def test_archives_are_off_unless_asked_for(make_site):
    site = make_site("off")
    site.build(STORIES)
    assert set(site.files()) == {"all.rss", "all.atom", "all.json"}
    assert "prev-archive" not in site.walk("atom")[0].links


def test_closed_pages_are_neither_opened_nor_listed_in_the_report(site, opened):
    """The exception is the first build that keeps them."""
    closed = site.closed().keys()
    stories = [*STORIES, ("Story 12", "New.", "2024-01-12 10:00")]
    for expected in (closed, set()):
        with opened() as names:
            site.build(STORIES)
        assert set(names) & closed == set(expected)
    with opened() as names:
        report = site.build(stories)
    assert set(names) & closed == set()
    assert {"all.atom", "all.4.atom", "all.5.atom"} <= set(names)
    assert {d.path.rpartition(".")[0] for d in report.feeds[0].documents} == {"all", "all.4", "all.5"}
    assert (report.feeds[0].entries, report.feeds[0].archived, report.feeds[0].new) == (3, 3, 1)


def test_a_closed_page_that_was_damaged_is_told_and_one_that_is_restored_is_as_it_was(site):
    whole = site.files()
    damaged = site.out / "all.1.atom"
    damaged.write_bytes(b"oops")
    assert site.build(STORIES, dry_run=True).altered == ("all.1.atom",)
    assert site.build(STORIES).altered == ("all.1.atom",)
    assert site.build(STORIES).altered == ()
    damaged.write_bytes(whole["all.1.atom"])
    site.build(STORIES)
    assert site.files() == whole


def test_without_a_backup_damaged_archives_can_be_made_anew(site):
    whole = site.files()
    (site.out / "all.1.atom").write_bytes(b"oops")
    site.build(STORIES)
    (site.out / "all.1.atom").unlink()
    assert site.build(STORIES).altered == ("all.1.atom",)
    with pytest.raises(GuardRefusal, match="incomplete"):
        site.build(STORIES)
    site.build(STORIES, allow={"vanished"})
    assert site.files() == whole


def test_a_lost_ledger_is_read_back_once(site, monkeypatch):
    closed = site.closed()
    site.lose_state()
    read = []
    real = folder.read_published
    monkeypatch.setattr(folder, "read_published", lambda path, name: read.append(name) or real(path, name))
    for expected in (5, 2):  # the second build looks at what may change: all.atom and the open page
        read.clear()
        site.build(STORIES)
        assert len(read) == expected
    assert site.closed() == closed


def test_what_vanished_or_was_edited_after_its_page_was_closed_stays_as_it_was(site):
    before = site.files()
    title, body, when = STORIES[0]
    assert site.build([(f"{title}, retold", body, when), *STORIES[2:]]).edited == 1
    assert site.files() == before
    assert site.build([(f"{title}, retold", body, when), *STORIES[2:]]).edited == 0, "it was not remembered"
    site.lose_state()
    site.build([(f"{title}, retold", body, when), *STORIES[2:]])
    assert site.files() == before


def test_a_moved_site_does_not_lose_its_history_unasked(site):
    site.base = "https://elsewhere.test/"
    with pytest.raises(GuardRefusal, match=r"archive documents of the feed all .*--allow-vanished"):
        site.build(STORIES)
    site.build(STORIES, allow={"vanished"})
    assert sum(len(page.ids) for page in site.walk("rss")) == len(STORIES)


def test_a_format_without_the_history_does_not_replace_it_unasked(make_site):
    site = make_site(2)
    site.formats = "[atom]"
    site.build(STORIES)
    site.formats = "[atom, json]"
    with pytest.raises(GuardRefusal, match="incomplete"):
        site.build(STORIES)
    site.build(STORIES, allow={"vanished"})
    assert [page.ids for page in site.walk("json")] == [page.ids for page in site.walk("atom")]


def test_switched_off_and_on_again_an_archive_is_made_anew(site):
    whole = site.files()
    site.archive = "off"
    with pytest.raises(GuardRefusal, match=r"archives of all.1.atom, .* and 6 more: .*--allow-removed"):
        site.build(STORIES)
    assert site.files() == whole
    report = site.build(STORIES, allow={"removed"})
    assert len([name for name in report.removed if not name.endswith(".html")]) == 12
    site.archive = 2
    site.build(STORIES)
    assert site.files() == whole


def test_an_archive_document_that_fails_holds_back_its_whole_feed_and_loses_nothing(site, monkeypatch):
    before, pages = site.files(), site.pages()
    real = faults.validate

    def strict(data, location=None):
        if location.endswith("all.5.atom"):
            return [Finding("test", "error", "broken on purpose", 7, 1, "https://x.test/", "")]
        return real(data, location)

    more = [*STORIES, ("Story 12", "New.", "2024-01-12 10:00")]
    with monkeypatch.context() as patch:
        patch.setattr(faults, "validate", strict)
        report = site.build(more)
    assert [i.path for i in report.invalid] == ["all.5.atom"]
    assert site.files() == before
    assert site.pages() == pages
    site.build(more)
    assert sum(len(page.ids) for page in site.walk("atom")) == 12


def test_an_archived_entry_whose_date_and_then_title_were_corrected_is_not_published_again(site):
    closed = site.closed()
    _, body, _ = STORIES[0]
    for title in ("Story 1", "UPDATE: Story 1"):
        assert site.build([(title, body, "2024-01-01 08:00"), *STORIES[1:]]).feeds[0].new == 0
        assert sum(len(page.ids) for page in site.walk("atom")) == 11
        assert site.closed() == closed


def test_a_ledger_from_before_there_were_archives_is_carried_over(make_site):
    site = make_site("off")
    site.build(STORIES)
    ledger = site.folder / ".feedpub/ledger.sqlite"
    with sqlite3.connect(ledger) as connection:
        connection.executescript("DROP TABLE pages; DROP TABLE archived; PRAGMA user_version = 1")
    connection.close()
    site.archive = 2
    site.build(STORIES)
    closed = site.closed()
    site.build([*STORIES, ("Story 12", "New.", "2024-01-12 10:00")])
    assert closed.items() <= site.closed().items()


HALF_WRITTEN = """
import os, sqlite3
connection = sqlite3.connect("ledger.sqlite")
connection.execute("PRAGMA cache_size = 1")  # so that what is not committed yet goes to the file
connection.execute("DELETE FROM entries")
connection.execute("UPDATE archived SET id = 'wrong' || id")
connection.executemany("INSERT INTO archived VALUES ('all', ?)", [(f"{n:0200}",) for n in range(1000)])
os._exit(9)
"""


@pytest.mark.parametrize("first", [{"dry_run": True}, {}])
def test_a_ledger_that_a_killed_build_left_half_written_is_mended(site, first):
    before = site.files()
    ledger = site.folder / ".feedpub/ledger.sqlite"
    remembered = ledger.read_bytes()
    subprocess.run([sys.executable, "-c", HALF_WRITTEN], cwd=ledger.parent, check=False)
    assert ledger.read_bytes() != remembered
    assert ledger.with_name("ledger.sqlite-journal").exists()
    site.build(STORIES, **first)
    assert site.files() == before
    assert ledger.read_bytes() == remembered
    assert not ledger.with_name("ledger.sqlite-journal").exists()


def test_a_dry_run_foretells_the_same_documents_and_writes_none(make_site):
    site = make_site(2)
    foretold = site.build(STORIES, dry_run=True)
    assert not site.out.exists()
    done = site.build(STORIES)
    assert foretold.feeds == done.feeds
    assert foretold.listings == done.listings
