"""A file that is still being written changes nothing online, and is read once it has settled."""

import json
import os
import re
import shutil
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.config import load_config
from feedpub.core.errors import FeedpubError, GuardRefusal, PublishError
from feedpub.history.last_read import LAST_READ
from feedpub.publishing.build import build

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OLD = NOW - timedelta(days=30)
ALLOWED = ("vanished", "empty")


def lay_out(folder, settle="60s", **feed):
    folder.mkdir(exist_ok=True)
    source = {"path": "*.jsonl", "timezone": "UTC", "may_be_empty": True} | (
        {"settle": settle} if settle else {}
    )
    config = {
        "version": 1,
        "site": {"title": "T", "base_url": "https://x.test/f/", "id_authority": "x.test,2023"},
        "sources": [source],
        "feeds": {"all": {"title": "All"} | feed, "oak": {"title": "Oak", "any": ["oak"]}},
    }
    (folder / "c.yaml").write_text(json.dumps(config))
    return load_config(folder / "c.yaml")


def put(folder, name, records, changed):
    file = folder / f"{name}.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    os.utime(file, (changed.timestamp(), changed.timestamp()))


def story(number, text="oak", **more):
    return {"id": number, "title": f"Story {number}", "text": text, "date": f"2024-01-{number:02}"} | more


def published(folder):
    """Return every published byte except the manifest, which lists the others."""
    files = (
        file for file in (folder / "feeds").rglob("*") if file.is_file() and not file.name.startswith(".")
    )
    return {str(file.relative_to(folder)): file.read_bytes() for file in files}


def notices(report):
    return [notice.message.split(",")[0] for notice in report.notices if notice.kind == "unsettled"]


def test_a_new_file_waits_and_what_is_online_of_a_changed_one_stays(tmp_path):
    site = lay_out(tmp_path / "s")
    put(tmp_path / "s", "a", [story(n) for n in range(1, 9)], OLD)
    build(site, NOW)
    before = published(tmp_path / "s")
    put(tmp_path / "s", "a", [story(1, "half of")], NOW - MINUTE / 2)
    put(tmp_path / "s", "b", [story(11)], NOW - MINUTE / 4)
    report = build(site, NOW)
    assert notices(report) == ["read as the last build read it", "left for a later build"]
    assert published(tmp_path / "s") == before
    assert report.next_change == NOW + MINUTE / 2
    # Once settled, it is believed, and guards count what it no longer has.
    with pytest.raises(GuardRefusal, match="7 of the 8 ids"):
        build(site, report.next_change)
    put(tmp_path / "s", "a", [story(n) for n in range(1, 10)], NOW + MINUTE / 4)
    report = build(site, NOW + 3 * MINUTE)
    assert (notices(report), report.articles, report.next_change) == ([], 10, None)


def test_verbose_names_the_files_and_says_until_when(command, tmp_path):
    lay_out(tmp_path, settle="5m")
    put(tmp_path, "a", [story(1)], datetime.now(UTC))
    text = command(tmp_path, "build", "-c", "c.yaml", "-v").stdout
    assert (
        "a.jsonl:1: left for a later build, as the file changed less than 300 s ago; it has settled by 20"
        in text
    )
    assert re.search(r"From 20\S+ on, the same input gives other documents\.", text)


@pytest.mark.parametrize(
    ("age", "waits"),
    [
        (timedelta(seconds=61), False),
        (timedelta(seconds=60), False),
        (timedelta(seconds=59), True),
        (timedelta(0), True),
        (timedelta(minutes=-9), True),  # the build takes that long
        (timedelta(minutes=-11), False),  # another clock
    ],
)
def test_what_settled_means(age, waits, tmp_path):
    site = lay_out(tmp_path)
    put(tmp_path, "a", [story(1)], NOW - age)
    assert (build(site, NOW).articles == 0) == waits


def test_a_file_that_changes_while_it_is_read_has_not_settled(tmp_path, monkeypatch):
    site = lay_out(tmp_path)
    put(tmp_path, "a", [story(1)], OLD)
    build(site, NOW)
    before = published(tmp_path)
    opening = Path.open

    def writing(self, *given, **more):
        if self.name == "a.jsonl" and given == ("rb",):
            put(tmp_path, "a", [story(1, "other text"), story(2)], NOW)
        return opening(self, *given, **more)

    put(tmp_path, "a", [story(1), story(3)], OLD + MINUTE)
    monkeypatch.setattr(Path, "open", writing)
    assert notices(build(site, NOW)) == ["read as the last build read it"]
    assert published(tmp_path) == before


@pytest.mark.parametrize("lost", ["state", "settle"])
def test_where_nothing_is_known_of_how_a_file_was_it_is_read_and_nothing_vanishes(lost, tmp_path):
    site = lay_out(tmp_path, settle="" if lost == "settle" else "60s")
    put(tmp_path, "a", [story(n) for n in range(1, 9)], OLD)
    build(site, NOW)
    before = published(tmp_path)
    if lost == "state":
        shutil.rmtree(tmp_path / ".feedpub")
    site = lay_out(tmp_path)
    os.utime(tmp_path / "a.jsonl", (NOW.timestamp(), NOW.timestamp()))
    for _ in range(2):
        assert len(notices(build(site, NOW))) == 1
        assert published(tmp_path) == before


def test_what_is_gone_is_gone_at_once_and_its_copy_with_it(tmp_path):
    site = lay_out(tmp_path)
    put(tmp_path, "a", [story(1, "a secret that nobody needs any more")], OLD)
    put(tmp_path, "b", [story(2)], OLD)
    build(site, NOW)
    (tmp_path / "a.jsonl").unlink()
    assert build(site, NOW).articles == 1
    with sqlite3.connect(tmp_path / ".feedpub" / LAST_READ) as copies:
        assert copies.execute("SELECT file FROM files").fetchall() == [("b.jsonl",)]
        assert copies.execute("SELECT count(*) FROM parts").fetchall() == [(1,)]


def test_a_refused_build_is_not_the_last_one(tmp_path):
    site = lay_out(tmp_path)
    put(tmp_path, "a", [story(n) for n in range(1, 9)], OLD)
    build(site, NOW)
    before = published(tmp_path)
    put(tmp_path, "a", [story(1)], OLD + MINUTE)
    with pytest.raises(GuardRefusal):
        build(site, NOW)
    put(tmp_path, "a", [], NOW)
    build(site, NOW)
    assert published(tmp_path) == before


def test_without_settle_nothing_is_kept_and_a_second_build_writes_nothing(tmp_path):
    put_by = tmp_path / ".feedpub" / LAST_READ
    put(tmp_path, "a", [story(1)], OLD)
    build(lay_out(tmp_path, settle=""), NOW)
    assert not put_by.exists()
    build(lay_out(tmp_path), NOW)
    written = put_by.stat()
    build(lay_out(tmp_path), NOW)
    # Not all of it is compared, because reading changes st_atime.
    again = put_by.stat()
    assert (again.st_mtime_ns, again.st_ino) == (written.st_mtime_ns, written.st_ino)


@pytest.mark.parametrize(
    ("damage", "advice"),
    [
        (b"no database", "delete it"),
        pytest.param(None, "another program has it open", marks=pytest.mark.slow),
    ],
)
def test_copies_that_cannot_be_read_stop_the_build_with_advice(damage, advice, tmp_path):
    site = lay_out(tmp_path)
    put(tmp_path, "a", [story(1)], OLD)
    build(site, NOW)
    os.utime(tmp_path / "a.jsonl", (NOW.timestamp(), NOW.timestamp()))
    file = tmp_path / ".feedpub" / LAST_READ
    with sqlite3.connect(file) as holder:
        if damage:
            file.write_bytes(damage * 200)
        else:
            holder.execute("PRAGMA locking_mode = EXCLUSIVE")
            holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(
            PublishError, match=rf"settled\.sqlite, which has copies .* cannot be read .*{advice}"
        ):
            build(site, NOW)


STATES = st.lists(
    st.builds(
        lambda number, kind: story(number, *kind[:1], **kind[1]),
        st.integers(1, 9),
        st.sampled_from(
            [
                ("oak", {}),
                ("elm", {}),
                ("oak", {"title": "Another"}),
                ("oak", {"status": "draft"}),
                ("oak", {"status": "withdrawn"}),
                ("oak", {"embargo": "2024-03-01T12:01:00Z"}),
                ("ash", {"version": 2}),
            ]
        ),
    ),
    max_size=6,
)
STEPS = st.lists(
    st.dictionaries(st.sampled_from("abc"), st.none() | st.tuples(STATES, st.booleans()), max_size=3),
    min_size=2,
    max_size=4,
)


@pytest.mark.slow
@settings(max_examples=settings.default.max_examples // 2)
@given(
    steps=STEPS,
    feed=st.sampled_from([{}, {"max_items": 3}, {"archive": 2, "max_items": 2}, {"dedup": {"near": "60%"}}]),
)
def test_a_build_leaves_what_it_would_have_left_had_nobody_touched_what_has_not_settled(steps, feed):
    """A second site, without ``settle``, only gets its files when they settle in the first one."""
    with TemporaryDirectory() as name:
        ours, other = Path(name, "ours"), Path(name, "other")
        site, plain = lay_out(ours, **feed), lay_out(other, settle="", **feed)
        coming = {}
        for number, changes in enumerate(steps):
            now = NOW + number * timedelta(hours=1)
            # Files that were not touched again have settled.
            for file, (records, changed) in coming.items():
                if file not in changes:
                    put(other, file, records, changed)
            coming = {}
            for file, change in changes.items():
                if change is None:
                    for folder in (ours, other):
                        (folder / f"{file}.jsonl").unlink(missing_ok=True)
                    continue
                records, settled = change
                changed = now - (2 * MINUTE if settled else MINUTE / 2)
                put(ours, file, records, changed)
                if settled:
                    put(other, file, records, changed)
                else:
                    coming[file] = records, changed
            assert refused(site, now) == refused(plain, now)
            assert published(ours) == published(other)


def refused(site, now):
    try:
        build(site, now, allow=ALLOWED)
    except FeedpubError as error:
        return str(error)
    return None
