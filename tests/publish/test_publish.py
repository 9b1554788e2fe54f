"""The output folder changes as a whole, and only where we own it."""

import json
import multiprocessing
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from feedpub.errors import Locked, PublishError
from feedpub.publish import MANIFEST, compare, exclusive, publish, read_manifest


@dataclass(frozen=True)
class Doc:
    path: str
    data: bytes
    feed: str = "news"
    media_type: str = "application/rss+xml"


@pytest.fixture
def folders(tmp_path):
    return tmp_path / "feeds", tmp_path / ".state"


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_documents_and_manifest_are_all_that_is_left(folders):
    out, state = folders
    changes = publish([Doc("a.rss", b"one"), Doc("b.rss", b"two")], (), out, state)
    assert set(tree(out)) == {"a.rss", "b.rss", MANIFEST}
    assert tree(state) == {}
    assert changes.written == ("a.rss", "b.rss")
    assert (out / "a.rss").stat().st_mode & 0o777 == 0o644


def test_files_are_readable_by_a_web_server_under_any_umask(folders):
    before = os.umask(0o077)
    try:
        publish([Doc("a.rss", b"one")], (), *folders)
    finally:
        os.umask(before)
    assert (folders[0] / "a.rss").stat().st_mode & 0o777 == 0o644
    assert (folders[0] / MANIFEST).stat().st_mode & 0o777 == 0o644


def test_unchanged_bytes_are_not_rewritten(folders):
    out, state = folders
    publish([Doc("a.rss", b"one"), Doc("b.rss", b"two")], (), out, state)
    before = {p.name: (p.stat().st_mtime_ns, p.stat().st_ino) for p in out.iterdir()}
    changes = publish([Doc("a.rss", b"one"), Doc("b.rss", b"two")], (), out, state)
    assert changes.written == ()
    assert {p.name: (p.stat().st_mtime_ns, p.stat().st_ino) for p in out.iterdir()} == before


def test_a_changed_file_gets_another_second(folders):
    out, state = folders
    publish([Doc("a.rss", b"one")], (), out, state)
    for data in (b"two", b"thr", b"fou"):
        old = int((out / "a.rss").stat().st_mtime)
        publish([Doc("a.rss", data)], (), out, state)
        assert int((out / "a.rss").stat().st_mtime) > old


def test_only_files_of_the_manifest_are_removed(folders):
    out, state = folders
    publish([Doc("a.rss", b"one"), Doc("b.rss", b"two")], (), out, state)
    (out / "mine.html").write_bytes(b"mine")
    changes = publish([Doc("a.rss", b"one")], (), out, state)
    assert changes.removed == ("b.rss",)
    assert set(tree(out)) == {"a.rss", "mine.html", MANIFEST}


def test_what_is_kept_stays_in_the_folder_and_in_the_manifest(folders):
    out, state = folders
    publish([Doc("a.rss", b"one"), Doc("b.rss", b"two")], (), out, state)
    publish([Doc("a.rss", b"new")], ["b.rss"], out, state)
    assert tree(out)["b.rss"] == b"two"
    assert set(read_manifest(out).documents) == {"a.rss", "b.rss"}


def test_a_manifest_that_names_files_elsewhere_removes_nothing_there(folders, tmp_path):
    out, state = folders
    publish([Doc("a.rss", b"one")], (), out, state)
    victim = tmp_path / "victim.txt"
    victim.write_bytes(b"x")
    content = json.loads((out / MANIFEST).read_bytes())
    for evil in ("../victim.txt", str(victim), "..", "sub/../../victim.txt"):
        content["documents"].append(content["documents"][0] | {"path": evil})
    (out / MANIFEST).write_text(json.dumps(content))
    publish([], (), out, state)
    assert victim.read_bytes() == b"x"


def test_a_planted_symbolic_link_is_replaced_and_never_followed(folders, tmp_path):
    out, state = folders
    victim = tmp_path / "victim.txt"
    victim.write_bytes(b"one")
    out.mkdir()
    (out / "a.rss").symlink_to(victim)
    (out / MANIFEST).symlink_to(victim)
    publish([Doc("a.rss", b"one")], (), out, state)
    assert victim.read_bytes() == b"one"
    assert not (out / "a.rss").is_symlink()
    assert not (out / MANIFEST).is_symlink()


def test_a_folder_in_a_feeds_place_is_an_error_with_a_sentence(folders):
    out, state = folders
    (out / "a.rss").mkdir(parents=True)
    with pytest.raises(PublishError, match="a folder stands where a file belongs"):
        publish([Doc("a.rss", b"one")], (), out, state)


def test_a_damaged_manifest_stops_the_build_and_says_so(folders):
    out, state = folders
    publish([Doc("a.rss", b"one")], (), out, state)
    (out / MANIFEST).write_bytes(b"{")
    with pytest.raises(PublishError, match=r"is no manifest of feedpub; restore it"):
        publish([Doc("a.rss", b"two")], (), out, state)
    assert (out / "a.rss").read_bytes() == b"one"


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "", ".hidden", "a/b", "A.rss", "a\n.rss"])
def test_no_name_leaves_the_folder(folders, name):
    with pytest.raises(PublishError, match="no name for a published file"):
        publish([Doc(name, b"one")], (), *folders)


def test_a_dry_run_foretells_what_publishing_does(folders):
    out, state = folders
    publish([Doc("a.rss", b"one"), Doc("b.rss", b"two"), Doc("c.rss", b"three")], (), out, state)
    documents, keep = [Doc("a.rss", b"new"), Doc("d.rss", b"four")], ["b.rss"]
    before = tree(out)
    foretold = compare(documents, keep, out)
    assert tree(out) == before
    assert publish(documents, keep, out, state) == foretold


def _hold(state, held, done):
    with exclusive(state):
        held.set()
        done.wait(20)


def test_a_second_build_is_turned_away_while_the_first_runs(folders):
    _, state = folders
    context = multiprocessing.get_context("fork")
    held, done = context.Event(), context.Event()
    first = context.Process(target=_hold, args=(state, held, done))
    first.start()
    assert held.wait(20)
    with pytest.raises(Locked, match="another build is running"), exclusive(state):
        pass
    first.kill()
    first.join()
    with exclusive(state):
        pass
