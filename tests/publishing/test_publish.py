"""The output folder changes as a whole, and only where feedpub owns it."""

import json
import multiprocessing
import os
import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.core.errors import Locked, PublishError
from feedpub.publishing.local.changes import Wanted
from feedpub.publishing.local.dirfd import exclusive
from feedpub.publishing.local.folder import LAYOUTS, compare, read_manifest, read_published
from feedpub.publishing.local.manifest import MANIFEST


def test_documents_and_manifest_are_all_that_is_left(either):
    changes = either.publish({"a.rss": b"one", "b.rss": b"two"})
    assert set(either.tree()) == {"a.rss", "b.rss", MANIFEST}
    assert changes.written == ("a.rss", "b.rss")
    assert either.strays() == []


def test_all_is_readable_by_a_web_server_under_any_umask(either):
    site = either.with_(root=either.root / "made" / "on the way")
    before = os.umask(0o077)
    try:
        site.publish({"a.rss": b"one"})
    finally:
        os.umask(before)
    assert {(site.out / name).stat().st_mode & 0o777 for name in ("a.rss", MANIFEST)} == {0o644}
    assert {folder.stat().st_mode & 0o777 for folder in (site.out, site.root, site.root.parent)} == {0o755}


def test_unchanged_bytes_are_not_rewritten(either):
    def seen():
        return {
            name: ((either.out / name).stat().st_mtime_ns, (either.out / name).stat().st_ino)
            for name in documents
        }

    documents = {"a.rss": b"one", "b.rss": b"two"}
    either.publish(documents)
    before = seen()
    assert either.publish(documents).written == ()
    assert either.publish({**documents, "c.rss": b"three"}).written == ("c.rss",)
    assert seen() == before


@pytest.mark.parametrize("start", [None, 2**32], ids=["now", "in the future"])
def test_a_changed_files_mtime_moves_by_a_second_or_more(either, start):
    either.publish({"a.rss": b"one"})
    if start:
        os.utime(either.out / "a.rss", (start, start))
    for data in (b"two", b"thr", b"fou"):
        old = either.mtimes()["a.rss"]
        either.publish({"a.rss": data})
        assert either.mtimes()["a.rss"] >= old + 10**9


def test_only_files_of_the_manifest_are_removed(site):
    site.publish({"a.rss": b"one", "b.rss": b"two"})
    (site.out / "mine.html").write_bytes(b"mine")
    assert site.publish({"a.rss": b"one"}).removed == ("b.rss",)
    assert set(site.tree()) == {"a.rss", "mine.html", MANIFEST}


def test_what_is_kept_stays_in_the_folder_and_in_the_manifest(either):
    either.publish({"a.rss": b"one", "b.rss": b"two"})
    either.publish({"a.rss": b"new"}, keep=["b.rss"])
    assert either.tree()["b.rss"] == b"two"
    assert set(read_manifest(either.out).documents) == {"a.rss", "b.rss"}


def test_what_is_to_be_kept_and_is_gone_is_not_in_the_manifest(either):
    either.publish({"a.rss": b"one", "b.rss": b"two"})
    (either.out / "b.rss").unlink()
    either.publish({"a.rss": b"one"}, keep=["b.rss", "never.rss"])
    assert set(read_manifest(either.out).documents) == {"a.rss"}


def test_the_manifest_describes_what_is_kept_as_it_is(either):
    either.publish({"a.rss": b"one"})
    entry = read_manifest(either.out).documents["a.rss"]
    (either.out / "a.rss").write_bytes(b"newer")
    either.publish({}, keep=["a.rss"])
    kept = read_manifest(either.out).documents["a.rss"]
    assert (kept.size, kept.feed, kept.media_type) == (5, entry.feed, entry.media_type)
    assert kept.sha256 != entry.sha256


NOT_NAMES = ["../x", "/etc/passwd", "", ".hidden", "a/b", "A.rss", "a\n.rss", "ü.rss", "x" * 300, MANIFEST]


@pytest.mark.parametrize("name", NOT_NAMES)
def test_no_name_leaves_the_folder_or_takes_the_manifests_place(either, name):
    for attempt in (either.publish, either.compare):
        with pytest.raises(PublishError, match="not a name for a published file; rename the feed"):
            attempt({name: b"one"})
    assert either.tree() == {}


def test_no_two_files_share_a_name(either):
    with pytest.raises(PublishError, match=r"two documents are to be published as 'a.rss.gz'"):
        either.with_(gzip=True).publish({"a.rss": b"one", "a.rss.gz": b"two"})


def test_a_name_that_is_too_long_for_its_twin_is_refused(either):
    name = "x" * 200
    either.publish({name: b"one"})
    with pytest.raises(PublishError, match=r"x\.gz' is not a name for a published file"):
        either.with_(gzip=True).publish({name: b"one"})


@pytest.mark.parametrize("name", ["../secret", "feeds/../secret", "/etc/passwd"])
def test_nothing_outside_is_read(site, name):
    site.publish({"a.rss": b"one"})
    (site.root / "secret").write_bytes(b"secret")
    assert read_published(site.out, name) is None


def plant_pipe(path):
    os.mkfifo(path)


def plant_socket(path):
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.open(path.parent, os.O_RDONLY)
        listener.bind(
            f"/proc/self/fd/{here}/{path.name}"
        )  # the path of a socket is limited to some 100 characters
        os.close(here)


@pytest.mark.parametrize("plant", [plant_pipe, plant_socket])
def test_what_is_no_file_is_replaced_and_never_waited_for(either, plant):
    either.publish({"a.rss": b"one"})
    (either.out / "a.rss").unlink()
    plant(either.out / "a.rss")
    assert either.publish({"a.rss": b"one"}).written == ("a.rss",)
    assert either.tree()["a.rss"] == b"one"


def test_a_folder_in_a_files_place_is_an_error_with_a_sentence(either):
    either.publish({"b.rss": b"two"})
    (either.out / "a.rss").mkdir(parents=True)
    for attempt in (either.publish, either.compare):
        with pytest.raises(
            PublishError, match=r"\(a.rss\): a folder is where a file belongs; .*move that folder"
        ):
            attempt({"a.rss": b"one"})
    assert either.tree()["b.rss"] == b"two"


def test_a_folder_in_place_of_what_is_to_be_removed_stays(site):
    site.publish({"a.rss": b"one", "b.rss": b"two"})
    (site.out / "b.rss").unlink()
    (site.out / "b.rss").mkdir()
    assert site.publish({"a.rss": b"one"}).removed == ()
    assert (site.out / "b.rss").is_dir()


def _hold(state, held, done):
    with exclusive(state):
        held.set()
        done.wait(20)


def test_a_second_build_is_turned_away_while_the_first_runs(site):
    context = multiprocessing.get_context("fork")
    held, done = context.Event(), context.Event()
    first = context.Process(target=_hold, args=(site.state, held, done))
    first.start()
    assert held.wait(20)
    with pytest.raises(Locked, match="another build is running"), exclusive(site.state):
        pass
    first.kill()
    first.join()
    with exclusive(site.state):
        pass


def _leave_an_orphan(state, orphaned, reader, writer):
    os.close(writer)
    with exclusive(state):
        if os.fork() == 0:
            orphaned.set()  # printed by the worker itself: only then has it certainly released the lock
        os.read(reader, 1)  # waits for the end of the test
        os._exit(0)


def test_a_worker_that_outlives_its_killed_build_does_not_hold_the_lock(site):
    context = multiprocessing.get_context("fork")
    orphaned = context.Event()
    reader, writer = os.pipe()
    build = context.Process(target=_leave_an_orphan, args=(site.state, orphaned, reader, writer))
    build.start()
    assert orphaned.wait(20)
    with pytest.raises(Locked), exclusive(site.state):
        pass
    build.kill()
    build.join()
    with exclusive(site.state):
        pass
    os.close(writer)  # the tests cannot end while the worker lives
    os.close(reader)


def test_the_root_of_the_file_system_is_no_output_folder(site):
    with pytest.raises(PublishError, match=r"cannot be published to as a whole; name a folder inside"):
        compare(Wanted(documents=()), Path("/"), site.state)


NAMES = st.sampled_from(["a.rss", "b.rss", "c.atom", "d.json"])
STEP = st.tuples(
    st.dictionaries(NAMES, st.binary(max_size=3)), st.sets(NAMES), st.sampled_from(LAYOUTS), st.booleans()
)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(steps=st.lists(STEP, min_size=1, max_size=5))
def test_any_series_of_builds_ends_as_foretold_with_the_right_files_and_mtimes(new_site, steps):
    site = new_site()
    for documents, keep, layout, gzip in steps:
        now = site.with_(layout=layout, gzip=gzip)
        old, times = now.tree(), now.mtimes()
        foretold = now.compare(documents, keep)
        assert now.tree() == old
        changes = now.publish(documents, keep)
        assert changes == foretold
        new = now.tree()
        plain = {name: data for name, data in new.items() if name != MANIFEST and not name.endswith(".gz")}
        assert plain == {name: old[name] for name in keep if name in old} | documents
        assert {name for name in new if name.endswith(".gz")} == (
            {f"{name}.gz" for name in plain} if gzip else set()
        )
        assert {entry["path"] for entry in json.loads(new[MANIFEST])["documents"]} == set(new) - {MANIFEST}
        assert set(changes.written) | set(changes.unchanged) == set(new) - {MANIFEST}
        assert set(changes.removed) == set(old) - set(new)
        assert now.strays() == []
        for name in set(old) & set(new):
            moved = now.mtimes()[name] - times[name]
            assert moved >= 10**9 if old[name] != new[name] else moved == 0
