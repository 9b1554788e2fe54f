"""After reruns, edits, moves and loss of state, subscribers see nothing twice, and nothing old as new."""

import os
import random
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from feedpub.config import load_config
from feedpub.core.errors import GuardRefusal, PublishError
from feedpub.documents import faults
from feedpub.documents.formats import best_evidence
from feedpub.publishing.build import build

NOW = datetime(2024, 1, 1, tzinfo=UTC)
EDITED = datetime(2023, 8, 15, 12, 0, tzinfo=UTC)
LATER = datetime(2023, 9, 15, 12, 0, tzinfo=UTC)

STORIES = [
    (
        "Port of Rotterdam halts night shifts",
        "Cranes stood still for the third night as crews asked for safer hours.",
    ),
    (
        "Choir of two hundred opens the new hall",
        "The audience stood for ten minutes after the last chord had faded.",
    ),
    (
        "Late frost costs growers half the cherries",
        "Growers lit candles between the trees, but the wind took the heat.",
    ),
    (
        "Night train to Vienna returns in spring",
        "Three sleeping cars are to leave every evening at eight o'clock sharp.",
    ),
    (
        "Library lends tools, tents and telescopes",
        "Members borrow a drill as they would a novel, for up to four weeks.",
    ),
    (
        "Lighthouse keeper hands over the keys",
        "After forty years on the rock he moves to a flat with a lift.",
    ),
]


class Site:
    """A folder of articles that is built again and again as its owner changes things."""

    def __init__(self, folder):
        self.folder = folder
        self.options = "timezone: UTC"
        self.sources = ""
        self.authority = "x.test,2023"
        self.base_url = "https://x.test/f/"
        self.output = "feeds"
        self.formats = "[rss, atom]"
        self.feeds = "  all: {title: All}"
        self.folder.mkdir(exist_ok=True)
        self.write([(title, body, f"2023-06-{day:02} 10:00") for day, (title, body) in enumerate(STORIES, 1)])

    def write(self, stories, name="a.txt", encoding="utf-8"):
        (self.folder / "in").mkdir(exist_ok=True)
        text = "\n".join("\n".join(story) for story in stories)
        (self.folder / "in" / name).write_bytes(text.encode(encoding))
        self.stories = list(stories)
        self.touch(EDITED, name)

    def touch(self, when, name="a.txt"):
        for path in (self.folder / "in" / name, self.folder / "in"):
            os.utime(path, (when.timestamp(), when.timestamp()))

    def build(self, now=NOW, **options):
        (self.folder / "c.yaml").write_text(f"""
version: 1
site: {{title: T, base_url: "{self.base_url}", id_authority: "{self.authority}"}}
sources: [{{path: "in/*.txt", {self.options}}}, {self.sources}]
feeds:
{self.feeds}
output: {{dir: {self.output}, formats: {self.formats}}}
""")
        return build(load_config(self.folder / "c.yaml"), now, **options)

    def lose_state(self):
        shutil.rmtree(self.folder / ".feedpub")

    @property
    def feed(self):
        for known in best_evidence():
            path = self.folder / self.output / f"all.{known.name}"
            if path.exists():
                return known.read_back(path.read_bytes())
        raise AssertionError("nothing is published")

    @property
    def ids(self):
        return {entry.title: entry.id for entry in self.feed.entries}


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path)
    made.build()
    return made


def test_order_and_names_and_encodings_of_files_change_no_id(site):
    before = site.ids
    stories = site.stories
    (site.folder / "in/a.txt").unlink()
    random.Random(1).shuffle(stories)
    site.write(stories[:3], "renamed.txt", "utf-8-sig")
    site.write(stories[3:], "other.txt")
    report = site.build()
    assert site.ids == before
    assert not any(d.written for feed in report.feeds for d in feed.documents)


@pytest.mark.slow
@pytest.mark.parametrize("lost", [False, True], ids=["state kept", "state lost"])
@pytest.mark.parametrize("formats", ["[rss, atom]", "[json]", "[rss]"])
def test_an_edited_title_keeps_its_id_and_its_date(tmp_path, lost, formats):
    site = Site(tmp_path)
    site.formats = formats
    site.build()
    before = site.feed
    title, body, time = site.stories[2]
    site.write([*site.stories[:2], (f"UPDATE: {title}, again", body, time), *site.stories[3:]])
    if lost:
        site.lose_state()
    report = site.build()
    after = site.feed
    assert {e.id for e in after.entries} == {e.id for e in before.entries}
    assert {e.published for e in after.entries} == {e.published for e in before.entries}
    assert report.edited == 1
    assert report.feeds[0].new == 0
    if formats != "[rss]":
        changed = [e for e in after.entries if e.title.startswith("UPDATE")]
        assert [e.updated for e in changed] == [EDITED]
        assert after.updated == EDITED
        assert sum(e.updated == EDITED for e in after.entries) == 1


@pytest.mark.parametrize("lost", [False, True], ids=["state kept", "state lost"])
def test_an_edited_body_moves_updated_and_nothing_else(site, lost):
    before = {e.id: e for e in site.feed.entries}
    title, body, time = site.stories[0]
    site.write([(title, f"{body} Talks go on.", time), *site.stories[1:]])
    if lost:
        site.lose_state()
    assert site.build().edited == 1
    changed = [e for e in site.feed.entries if e != before[e.id]]
    assert [(e.title, e.published, e.updated) for e in changed] == [
        (title, before[changed[0].id].published, EDITED)
    ]


def test_an_edit_stays_known_over_further_runs_and_a_later_loss_of_state(site):
    before = set(site.ids.values())
    title, body, time = site.stories[2]
    site.write([*site.stories[:2], (f"UPDATE: {title}", body, time), *site.stories[3:]])
    site.build()
    first = site.feed
    for lose in (False, True, False):
        if lose:
            site.lose_state()
        site.touch(NOW)
        report = site.build()
        assert not any(d.written for feed in report.feeds for d in feed.documents)
        assert site.feed == first
    assert set(site.ids.values()) == before


def test_two_stories_of_one_minute_are_never_merged(site):
    title, _, time = site.stories[0]
    other = (
        "Bakers win the bread of the year",
        "A crust like glass and a crumb that smells of hazelnuts.",
        time,
    )
    site.write([other, *site.stories[1:]])
    before = site.ids
    site.build()
    assert site.ids["Bakers win the bread of the year"] not in before.values()
    site.write([other, (title, STORIES[0][1], time), *site.stories[1:]])
    site.build()
    assert site.ids[title] == before[title]
    assert len(site.feed.entries) == 7


def test_a_story_like_one_that_is_still_there_does_not_take_its_place(site):
    title, body, time = site.stories[0]
    before = site.ids
    site.write([*site.stories, (f"{title} again", f"{body} Once more.", time)])
    report = site.build()
    assert (report.edited, report.feeds[0].new) == (0, 1)
    assert {title_: site.ids[title_] for title_ in before} == before
    assert len(set(site.ids.values())) == 7


@pytest.mark.parametrize("removed", [0, 5], ids=["oldest", "newest"])
def test_a_removed_article_does_not_move_the_feeds_date(site, removed):
    before = site.feed
    site.write([story for number, story in enumerate(site.stories) if number != removed])
    for _ in range(2):
        site.build()
        assert len(site.feed.entries) == 5
        assert site.feed.updated == before.updated


@pytest.mark.slow
@pytest.mark.parametrize("lost", [False, True], ids=["state kept", "state lost"])
@pytest.mark.parametrize("archive", ["", ", archive: 10"])
@pytest.mark.parametrize("formats", ["[rss, atom]", "[rss]"])
def test_an_older_article_that_comes_late_does_not_move_the_feeds_date(tmp_path, lost, archive, formats):
    site = Site(tmp_path)
    site.formats = formats
    site.feeds = f"  all: {{title: All, max_items: 4{archive}}}"
    site.build()
    title, body, time = site.stories[2]
    site.write([*site.stories[:2], (title, f"{body} Talks go on.", time), *site.stories[3:]])
    site.build()
    before = dates(site)
    assert site.feed.updated == EDITED
    site.write([*site.stories, ("A late tale", "It was found in a drawer, years after.", "2023-06-05 18:00")])
    site.touch(LATER)
    if lost:
        site.lose_state()
    site.build()
    assert "A late tale" in site.ids
    assert title not in site.ids
    assert dates(site) == before


def dates(site):
    """Return the dates at which the subscription documents say that they changed."""
    pattern = re.compile(rb"<(?:updated|lastBuildDate)>([^<]*)")
    documents = [path for path in (site.folder / "feeds").iterdir() if path.name in ("all.atom", "all.rss")]
    return {path.name: pattern.search(path.read_bytes())[1] for path in documents}


def test_an_edit_is_seen_even_if_the_files_clock_says_it_was_long_ago(site):
    title, body, time = site.stories[0]
    site.write([(title, f"{body} Talks go on.", time), *site.stories[1:]])
    site.touch(datetime(2001, 1, 1, tzinfo=UTC))
    before = next(e for e in site.feed.entries if e.title == title)
    site.build()
    after = next(e for e in site.feed.entries if e.title == title)
    assert after.updated > before.updated


def test_a_moved_site_changes_no_id(site):
    before = site.ids
    site.base_url = "https://elsewhere.test/"
    assert site.build().feeds[0].new == 0
    assert site.ids == before
    site.output = "public"
    site.build()
    assert site.ids == before


def test_a_changed_authority_is_refused_and_when_it_is_meant_articles_keep_their_ids(site):
    before = site.ids
    files = {p.name: p.read_bytes() for p in (site.folder / "feeds").rglob("*") if p.is_file()}
    site.authority = "typo.test,2023"
    with pytest.raises(
        GuardRefusal,
        match=r"known to its subscribers as tag:x.test,2023:feed:all, .*'typo.test,2023'.*put back",
    ):
        site.build()
    assert {p.name: p.read_bytes() for p in (site.folder / "feeds").rglob("*") if p.is_file()} == files
    for allow in ({"vanished"}, ()):
        site.build(allow=allow)
        assert site.ids == before
        assert site.feed.id == "tag:typo.test,2023:feed:all"


@pytest.mark.slow
@pytest.mark.parametrize("formats", ["[rss, atom]", "[rss]", "[json]"])
@pytest.mark.parametrize("where", ["feeds deleted", "another folder", "nothing else"])
def test_the_ledger_knows_the_authority_where_no_document_says_it(tmp_path, formats, where):
    site = Site(tmp_path)
    site.formats = formats
    site.build()
    site.authority = "typo.test,2023"
    if where == "feeds deleted":
        shutil.rmtree(site.folder / "feeds")
    elif where == "another folder":
        site.output = "elsewhere"
    with pytest.raises(GuardRefusal, match=r"start over: delete .* and .*\.feedpub, and build again"):
        site.build()
    site.build(allow={"vanished"})
    site.build()


@pytest.mark.parametrize(
    "wrong", [{"authority": "typo.test,2023"}, {"options": "timezone: Asia/Tokyo"}, {"output": "f"}]
)
def test_starting_over_corrects_a_first_config(tmp_path, wrong):
    """It works as docs/publishing.md says: correct the config, delete both folders, build."""
    site, right = Site(tmp_path / "a"), Site(tmp_path / "b")
    meant = {name: getattr(site, name) for name in wrong}
    for name, value in wrong.items():
        setattr(site, name, value)
    site.build()
    for name, value in meant.items():
        setattr(site, name, value)
    for folder in (wrong.get("output", "feeds"), ".feedpub"):
        shutil.rmtree(site.folder / folder)
    site.build()
    right.build()
    assert {p.name: p.read_bytes() for p in (site.folder / "feeds").rglob("*") if p.is_file()} == {
        p.name: p.read_bytes() for p in (right.folder / "feeds").rglob("*") if p.is_file()
    }


def test_a_changed_zone_is_refused_and_when_it_is_meant_floods_nobody(site):
    before = site.ids
    site.options = "timezone: Asia/Tokyo"
    with pytest.raises(
        GuardRefusal,
        match=r"6 of 6 known articles have another date.*put the zone back, or .*start over.*--allow-moved-dates",
    ):
        site.build()
    assert site.ids == before
    site.build(allow={"moved-dates"})
    assert site.ids == before
    assert {e.published.utcoffset().total_seconds() for e in site.feed.entries} == {9 * 3600}
    site.build()


def test_a_corrected_date_is_told_until_it_is_taken_over(site):
    before = site.feed
    title, body, _ = site.stories[2]
    site.write([*site.stories[:2], (title, body, "2023-05-28 09:30"), *site.stories[3:]])
    for _ in range(2):
        report = site.build()
        assert site.feed == before
        (notice,) = report.notices
        assert (str(notice.origin), notice.kind) == ("in/a.txt:7", "date-kept")
        assert "says 2023-05-28T09:30:00+00:00, but it was published under 2023-06-03T10:00" in notice.message
        assert "--allow-moved-dates" in notice.message
    for allow in ({"moved-dates"}, ()):
        assert site.build(allow=allow).notices == ()
        dates = {entry.title: entry.published for entry in site.feed.entries}
        assert dates[title] == datetime(2023, 5, 28, 9, 30, tzinfo=UTC)
    assert {entry.id for entry in site.feed.entries} == {entry.id for entry in before.entries}


def test_dates_that_are_corrected_one_by_one_are_no_change_of_zone(site):
    before = site.feed
    for number in range(5):
        title, body, time = site.stories[number]
        corrected = (title, body, time.replace("10:00", "08:30"))
        site.write([*site.stories[:number], corrected, *site.stories[number + 1 :]])
        assert len(site.build().notices) == number + 1
    assert site.feed == before


@pytest.mark.slow
@pytest.mark.parametrize("lost", [False, True], ids=["state kept", "state lost"])
def test_an_article_whose_date_and_then_title_were_corrected_is_the_one_it_was(site, lost):
    before = site.feed
    title, body, _ = site.stories[2]
    for date, prefix in (
        ("2023-05-28 09:30", ""),
        ("2023-05-28 09:30", "UPDATE: "),
        ("2023-05-27 08:00", "UPDATE: "),
        ("2023-05-27 08:00", "LATEST: "),
    ):
        site.write([*site.stories[:2], (f"{prefix}{title}", body, date), *site.stories[3:]])
        assert site.build().feeds[0].new == 0
        assert site.ids[f"{prefix}{title}"] == before.entries[3].id
        if lost:
            site.lose_state()
            site.build()
    assert {e.published for e in site.feed.entries} == {e.published for e in before.entries}


def test_a_ledger_from_before_it_knew_the_dates_of_sources_is_carried_over(site):
    before = site.ids
    title, body, _ = site.stories[2]
    with sqlite3.connect(site.folder / ".feedpub/ledger.sqlite") as connection:
        connection.executescript("DROP TABLE redated; PRAGMA user_version = 2")
    connection.close()
    for corrected in (title, f"UPDATE: {title}"):
        site.write([*site.stories[:2], (corrected, body, "2023-05-28 09:30"), *site.stories[3:]])
        site.build()
        assert site.ids[corrected] == before[title]


def test_ids_that_would_vanish_in_numbers_are_refused(site):
    site.write(
        [(f"Another {n}", f"Wholly different words, number {n}.", f"2023-07-0{n} 10:00") for n in range(1, 6)]
    )
    files = {p.name: p.read_bytes() for p in (site.folder / "feeds").rglob("*") if p.is_file()}
    with pytest.raises(
        GuardRefusal,
        match=r"6 of the 6 ids published in the feed all would vanish.*; no source has them any more;"
        r" put the files back; if this is intended, run once with --allow-vanished$",
    ):
        site.build()
    assert {p.name: p.read_bytes() for p in (site.folder / "feeds").rglob("*") if p.is_file()} == files
    assert site.build(allow={"vanished"}).feeds[0].new == 5


def test_a_refusal_has_the_name_that_overrides_it_and_other_names_are_mistakes(site):
    site.write([])
    with pytest.raises(GuardRefusal) as refused:
        site.build()
    assert refused.value.allow == "empty"
    for wrong in ("empty", ["vanish"], ["empty", "--allow-empty"]):
        with pytest.raises(ValueError, match=r"^allow: .* is not a guard; give a set of vanished, empty, "):
            site.build(allow=wrong)


def test_a_populated_feed_does_not_become_empty_unasked(site):
    site.write([])
    with pytest.raises(
        GuardRefusal, match=r"the feed all has 6 entries online and would be empty.*--allow-empty"
    ):
        site.build()
    site.build(allow={"empty", "vanished"})
    assert site.feed.entries == ()


@pytest.mark.parametrize("kept", [0, 1])
def test_a_refusal_says_first_that_a_source_has_no_files_and_last_how_to_override_it(site, kept):
    (site.folder / "in/a.txt").unlink()
    site.sources = '{path: "more/*.txt", timezone: UTC}, {path: "https://x.test/feed"}'
    if kept:
        (site.folder / "more").mkdir()
        (site.folder / "more/a.txt").write_text("\n".join(site.stories[0]))
    with pytest.raises(GuardRefusal) as refused:
        site.build()
    expected = "no file matches the source in/*.txt; "
    expected += "" if kept else "no file matches the source more/*.txt; "
    expected += "https://x.test/feed has not been fetched yet; run feedpub fetch; "
    expected += "5 of the 6 ids published" if kept else "the feed all has 6 entries online"
    assert str(refused.value).startswith(expected)
    assert str(refused.value).endswith(("--allow-vanished", "--allow-empty")[not kept])


@pytest.mark.parametrize("may_be_empty", [False, True])
def test_no_entry_vanishes_because_a_folder_has_another_name(site, may_be_empty):
    """However few entries come from a source, no file of it is left, which is hardly what was meant."""
    (site.folder / "more").mkdir()
    (site.folder / "more/b.txt").write_text("Ferry stops at noon\nThe ferry rests.\n2023-07-01 10:00\n")
    more = ", may_be_empty: true" if may_be_empty else ""
    site.sources = f'{{path: "more/*.txt", timezone: UTC{more}}}'
    site.build()
    (site.folder / "more").rename(site.folder / "other")
    if may_be_empty:
        assert site.build().feeds[0].entries == 6
        return
    with pytest.raises(GuardRefusal, match=r"^no file matches the source more/\*\.txt; 1 of the 7 ids"):
        site.build()
    assert site.build(allow={"vanished"}).feeds[0].entries == 6
    assert site.build().feeds[0].entries == 6


def test_a_copy_that_is_dated_earlier_does_not_take_the_storys_place_as_a_new_one(site):
    before = site.feed
    title, body, _ = site.stories[3]
    site.write([*site.stories, (title, body, "2023-06-01 08:00")])
    for _ in range(2):
        report = site.build()
        assert {entry.id: entry.published for entry in site.feed.entries} == {
            entry.id: entry.published for entry in before.entries
        }
        assert report.feeds[0].new == 0


def test_a_clock_that_is_set_back_takes_nothing_offline(site):
    files = {p.name: p.read_bytes() for p in (site.folder / "feeds").rglob("*") if p.is_file()}
    report = site.build(now=datetime(2023, 6, 3, tzinfo=UTC))
    assert (report.held, report.articles) == (0, 6)
    assert {p.name: p.read_bytes() for p in (site.folder / "feeds").rglob("*") if p.is_file()} == files
    site.write([*site.stories, ("A story to come", "It is dated after the clock.", "2023-07-01 10:00")])
    assert site.build(now=datetime(2023, 6, 3, tzinfo=UTC)).held == 1


def test_a_file_from_the_future_says_nothing_of_when_an_edit_was_made(site):
    before = site.feed
    title, body, time = site.stories[0]
    site.write([(title, f"{body} Talks go on.", time), *site.stories[1:]])
    site.touch(datetime(2199, 1, 1, tzinfo=UTC))
    site.build()
    (edited,) = [entry for entry in site.feed.entries if entry.title == title]
    assert edited.updated == edited.published + timedelta(seconds=1)
    assert site.feed.updated == before.updated
    files = {p.name: p.read_bytes() for p in (site.folder / "feeds").rglob("*") if p.is_file()}
    site.build(now=datetime(2024, 6, 1, tzinfo=UTC))
    assert {p.name: p.read_bytes() for p in (site.folder / "feeds").rglob("*") if p.is_file()} == files


def test_a_document_that_stays_unpublished_does_not_make_an_edit_look_new_in_others(site, monkeypatch):
    site.feeds = "  all: {title: All}\n  also: {title: Also}\n"
    site.build()
    title, body, time = site.stories[0]
    site.write([(title, f"{body} Talks go on.", time), *site.stories[1:]])
    real = faults.validate
    broken = [faults.validate(b"")[0]]
    monkeypatch.setattr(
        faults,
        "validate",
        lambda data, url: (
            broken if "/also" in url and data.count(b"Talks") and b"Choir" in data else real(data, url)
        ),
    )
    site.build()
    for day in (16, 17):
        site.touch(datetime(2023, 8, day, tzinfo=UTC))
        report = site.build()
        assert report.edited == 0
        assert [e.updated for e in site.feed.entries if e.title == title] == [EDITED]


def test_rss_alone_does_not_change_from_build_to_build_for_want_of_an_updated(tmp_path):
    (tmp_path / "in").mkdir()
    record = '{"id": "1", "title": "A", "body": "B", "published": "2023-01-01", "updated": "2023-02-01"}'
    (tmp_path / "in/a.jsonl").write_text(record)
    (tmp_path / "c.yaml").write_text("""
version: 1
site: {title: T, base_url: "https://x.test/", id_authority: "x.test,2023"}
sources: [{path: in/*.jsonl, timezone: UTC}]
feeds: {all: {title: All}}
output: {formats: [rss]}
""")
    built = []
    for _ in range(3):
        build(load_config(tmp_path / "c.yaml"), NOW)
        built.append((tmp_path / "feeds/all.rss").read_bytes())
    assert built[0] == built[1] == built[2]


@pytest.mark.slow
def test_many_edits_at_one_instant_do_not_take_for_ever(tmp_path):
    site = Site(tmp_path)
    stories = [
        (f"Story {n}", f"Number {n} tells of {n} things and of {n * n}.", "2023-06-01 00:00")
        for n in range(300)
    ]
    site.feeds = "  all: {title: All, max_items: 1000}"
    site.write(stories)
    site.build()
    before = set(site.ids.values())
    site.write([(f"{title}, again", body, time) for title, body, time in stories])
    assert site.build().edited == 300
    assert set(site.ids.values()) == before


def test_an_editor_who_removes_two_articles_is_not_asked(site):
    site.write(site.stories[2:])
    site.build()
    assert len(site.feed.entries) == 4


def test_a_damaged_ledger_says_that_it_may_be_deleted(site):
    (site.folder / ".feedpub/ledger.sqlite").write_bytes(b"not a database, but long enough to look at" * 40)
    with pytest.raises(PublishError, match="delete it: ids are derived"):
        site.build()
    site.lose_state()
    assert site.build().feeds[0].new == 0


def test_a_ledger_of_a_newer_feedpub_says_so(site):
    with closing(sqlite3.connect(site.folder / ".feedpub/ledger.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(PublishError, match=r"written by a newer feedpub .* version is 99.*install it again"):
        site.build()


@pytest.mark.slow  # SQLite waits five seconds for a lock
def test_a_ledger_that_another_program_holds_is_not_to_be_deleted(site):
    with closing(sqlite3.connect(site.folder / ".feedpub/ledger.sqlite")) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(PublishError, match="another program has it open") as refusal:
            site.build()
    assert "delete" not in str(refusal.value)


@pytest.mark.parametrize(
    ("code", "helps"),
    [
        (sqlite3.SQLITE_CANTOPEN, "read and write permission"),
        (sqlite3.SQLITE_READONLY, "runs the build write permission"),
        (sqlite3.SQLITE_IOERR_READ, "its disk may be failing"),
        (sqlite3.SQLITE_CORRUPT, "delete it"),
        (sqlite3.SQLITE_NOTADB, "delete it"),
    ],
)
def test_each_way_in_which_a_ledger_fails_has_its_own_advice(site, monkeypatch, code, helps):
    error = sqlite3.OperationalError("told by SQLite")
    error.sqlite_errorcode = code

    def fail(*_, **__):
        raise error

    monkeypatch.setattr(sqlite3, "connect", fail)
    with pytest.raises(PublishError, match=f"told by SQLite.*{helps}"):
        site.build()
