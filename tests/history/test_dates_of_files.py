"""Touching files that date their texts changes nothing, and files with the same title keep their ids."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feedpub.config import load_config
from feedpub.publishing.build import build

NOW = datetime(2024, 3, 1, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
TEXTS = {
    "a.txt": "Notes\nWhat the harbour said.\n",
    "b.txt": "Notes\nWhat the mill said.\n",
    "deep/a.txt": "Notes\nWhat the tower said.\n",
    "c.md": "# Notes\n\nWhat the bridge said.\n",
    "d.md": "---\ntitle: Other\n---\nSomething else.\n",
}
CONFIG = {
    "version": 1,
    "site": {"title": "T", "base_url": "https://x.test/f/", "id_authority": "x.test,2023"},
    "sources": [{"path": ["**/*.txt", "**/*.md"], "timezone": "UTC", "date": "mtime"}],
    "feeds": {"all": {"title": "All"}},
    "output": {"formats": ["atom"]},
}


def publish(folder, day, **options):
    (folder / "config.yaml").write_text(json.dumps(CONFIG))
    return build(load_config(folder / "config.yaml"), NOW + timedelta(days=day), **options)


def put(folder, name, day, text=None):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text or TEXTS[name])
    moment = (NOW + timedelta(days=day, minutes=-1)).timestamp()
    os.utime(path, (moment, moment))


def entries(folder):
    """Return the id and the date of each entry, by the last line of its text."""
    tree = etree.parse(folder / "feeds/all.atom")
    return {
        etree.fromstring(f"<x>{e.findtext(f'{ATOM}content')}</x>").xpath("string(.//p[last()])"): (
            e.findtext(f"{ATOM}id"),
            e.findtext(f"{ATOM}published"),
        )
        for e in tree.iter(f"{ATOM}entry")
    }


STEPS = st.lists(
    st.tuples(st.sampled_from([*TEXTS]), st.sampled_from(["put", "put", "touch", "touch", "delete"])),
    min_size=2,
    max_size=6,
)


@pytest.mark.slow
@settings(max_examples=6)
@given(st.lists(STEPS, min_size=2, max_size=4))
def test_files_keep_ids_and_dates_however_they_are_touched_and_come_and_go(builds):
    with TemporaryDirectory() as name:
        folder, known = Path(name), {}
        put(folder, "d.md", 0)
        for day, steps in enumerate(builds):
            for file, what in steps:
                if what == "put" or (what == "touch" and (folder / file).exists()):
                    put(folder, file, day)
                elif what == "delete" and file != "d.md":
                    (folder / file).unlink(missing_ok=True)
            report = publish(folder, day, allow=("vanished",))
            found = entries(folder)
            there = [file for file in TEXTS if (folder / file).exists()]
            assert len(found) == len(there)
            assert len({entry_id for entry_id, _ in found.values()}) == len(found)
            assert {text: seen for text, seen in found.items() if text in known} == {
                text: seen for text, seen in known.items() if text in found
            }
            assert not report.notices
            known |= found


@pytest.mark.parametrize("lost", ["", ".feedpub"])
def test_which_of_two_files_had_the_title_first_is_told_by_what_is_published(tmp_path, lost):
    put(tmp_path, "b.txt", 0)
    publish(tmp_path, 0)
    put(tmp_path, "a.txt", 1)
    publish(tmp_path, 1)
    before = entries(tmp_path)
    if lost:
        shutil.rmtree(tmp_path / lost)
    publish(tmp_path, 2)
    assert entries(tmp_path) == before
    assert len(before) == 2


def test_a_touched_file_without_state_keeps_the_published_date(tmp_path):
    put(tmp_path, "b.txt", 0)
    publish(tmp_path, 0)
    before = entries(tmp_path)
    shutil.rmtree(tmp_path / ".feedpub")
    put(tmp_path, "b.txt", 3)
    publish(tmp_path, 4)
    assert entries(tmp_path) == before


def test_a_renamed_file_and_one_that_comes_to_say_its_date_keep_their_ids(tmp_path):
    put(tmp_path, "d.md", 0)
    put(tmp_path, "b.txt", 0)
    publish(tmp_path, 0)
    before = entries(tmp_path)
    (tmp_path / "b.txt").rename(tmp_path / "z.txt")
    put(tmp_path, "d.md", 1, "---\ntitle: Other\ndate: 2024-01-01\n---\nSomething else.\n")
    publish(tmp_path, 1)
    after = entries(tmp_path)
    assert {text: entry_id for text, (entry_id, _) in after.items()} == {
        text: entry_id for text, (entry_id, _) in before.items()
    }
