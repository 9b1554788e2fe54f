"""Settled files are listed in parts of the manifest, which are only read and written if they are needed."""

import contextlib
import errno
import hashlib
import json
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.core.errors import PublishError
from feedpub.publishing.local import settled as module
from feedpub.publishing.local.changes import Wanted
from feedpub.publishing.local.dirfd import Folder, exclusive
from feedpub.publishing.local.folder import LAYOUTS, find_published, publish, read_manifest
from feedpub.publishing.local.manifest import describe
from feedpub.publishing.local.settled import SettledFiles

from .conftest import Doc


def page(number, text="page", *, settled=True):
    name = hashlib.sha256(str(number).encode()).hexdigest()[:16]
    return Doc(f"article/{name}.html", f"{text} {number}".encode(), "", "text/html", settled=settled)


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(module, "MOST_IN_PART", 2)


def put(site, documents, **wanted):
    with exclusive(site.state):
        made = Wanted(documents=documents, gzip=site.gzip, **wanted)
        return publish(made, site.out, site.state, layout=site.layout)


def tree(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def listed(site):
    """Return the settled files by the parts that list them, as they are on the disk."""
    manifest = read_manifest(site.out)
    parts = {part: json.loads((site.out / part).read_bytes())["documents"] for part in manifest.parts}
    assert {part: len(documents) for part, documents in parts.items()} == manifest.parts
    assert {str(p.relative_to(site.out)) for p in site.out.rglob("article/manifest*")} == parts.keys()
    return [document["path"] for documents in parts.values() for document in documents]


ENTRIES = [describe(document.path, "", "text/html", document.data) for document in map(page, range(12))]


@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from(range(len(ENTRIES)))), st.sets(st.sampled_from(range(len(ENTRIES))))
        ),
        max_size=6,
    )
)
def test_parts_list_what_was_added_and_is_not_gone_and_depend_on_nothing_else(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("parts")
    (folder / "article").mkdir()
    most, module.MOST_IN_PART = module.MOST_IN_PART, 2
    try:
        counts, reference = {}, {}
        for added, gone in steps:
            files = {ENTRIES[n].path: ENTRIES[n] for n in added}
            without = {ENTRIES[n].path for n in gone - added}
            with Folder(folder) as opened:
                revision = SettledFiles(opened, counts).revised(files.values(), without)
            counts = revision.counts
            for part, data in revision.changed.items():
                (folder / part).write_bytes(data)
            reference = {path: e for path, e in (reference | files).items() if path not in without}
            with Folder(folder) as opened:
                assert SettledFiles(opened, counts).all() == reference
            anew = SettledFiles(None, {}).revised(reference.values(), ())
            assert anew.counts == counts
            assert anew.changed == {part: (folder / part).read_bytes() for part in counts}
    finally:
        module.MOST_IN_PART = most


@pytest.mark.parametrize("gzip", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.usefixtures("small_parts")
def test_settled_files_stay_without_being_named(site, layout, gzip):
    site = site.with_(layout=layout, gzip=gzip)
    put(site, [Doc("a.rss", b"1"), *map(page, range(9))])
    before = tree(site.out)
    assert not put(site, [Doc("a.rss", b"1")]).written
    assert tree(site.out) == before
    put(site, [Doc("a.rss", b"2"), page(9)])
    assert len(listed(site)) == 10 * (1 + gzip)
    assert find_published(site.out, page(3).path)[1] == page(3).data
    put(site, [Doc("a.rss", b"2")], gone={page(3).path})
    assert find_published(site.out, page(3).path) is None
    assert not (site.out / page(3).path).exists()
    put(site, [Doc("a.rss", b"2")], dropped="article/")
    assert {name.removesuffix(".gz") for name in tree(site.out)} == {"a.rss", "manifest.json"}
    assert not (site.out / "article").exists()


@pytest.mark.usefixtures("small_parts")
def test_only_the_parts_that_are_touched_are_read_and_written(site, monkeypatch):
    put(site, [page(n) for n in range(20)])
    parts = read_manifest(site.out).parts
    assert len(parts) > 10
    read = []
    real = Folder.read
    monkeypatch.setattr(
        Folder, "read", lambda self, name, **more: read.append(name) or real(self, name, **more)
    )
    put(site, [])
    assert not [name for name in read if name.startswith("article/")]
    put(
        site,
        [next(new for new in map(page, range(20, 99)) if f"article/manifest-{new.path[8]}.json" in parts)],
    )
    assert len({name for name in read if name in parts}) == 1


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.usefixtures("small_parts")
def test_what_stops_halfway_is_finished_by_the_next_build(site, layout, monkeypatch):
    first = [Doc("a.rss", b"1"), *(page(n, settled=n < 5) for n in range(8))]
    second = [Doc("a.rss", b"2"), *(page(n, "left") for n in range(5, 8)), page(8), page(9, settled=False)]
    whole = site.with_(root=site.root / "whole", layout=layout)
    for documents in (first, second):
        put(whole, documents, gone={page(1).path} if documents is second else ())
    real = {name: getattr(Folder, name) for name in ("move", "write", "remove")}
    for stop in range(60):
        broken = site.with_(root=site.root / str(stop), layout=layout)
        put(broken, first)
        calls = []

        def once(name, calls=calls, stop=stop):
            def call(*args, **more):
                calls.append(name)
                if len(calls) == stop + 1:
                    raise OSError(errno.EIO, "stopped", "here")
                return real[name](*args, **more)

            return call

        with monkeypatch.context() as patch:
            for name in real:
                patch.setattr(Folder, name, once(name))
            with contextlib.suppress(PublishError):
                put(broken, second, gone={page(1).path})
        put(broken, second, gone={page(1).path})
        assert sorted(tree(broken.out)) == sorted(tree(whole.out)), (stop, calls)
        for name, data in tree(whole.out).items():
            assert tree(broken.out)[name].decode() == data.decode(), (stop, calls)
        assert sorted(listed(broken)) == sorted(listed(whole))
        if len(calls) <= stop:
            break
    else:
        pytest.fail("it never got through")


def test_a_release_whose_list_of_settled_files_was_torn_by_a_kill_is_no_obstacle(site):
    site = site.with_(layout="releases")
    put(site, [page(1)])
    torn = site.out.resolve().with_name("000002")
    shutil.copytree(site.out, torn, ignore=shutil.ignore_patterns("*.html"))
    part = torn / "article/manifest.json"
    part.write_bytes(part.read_bytes()[:40])
    put(site, [page(2)])
    assert sorted(listed(site)) == sorted([page(1).path, page(2).path])


def test_an_older_feedpub_says_that_a_newer_one_wrote_the_manifest(site):
    put(site, [page(1)])
    assert json.loads((site.out / "manifest.json").read_bytes())["version"] == 2


def test_a_manifest_without_settled_files_is_that_of_the_first_version(site):
    put(site, [Doc("a.rss", b"1")])
    assert json.loads((site.out / "manifest.json").read_bytes()) == {
        "version": 1,
        "generator": "feedpub",
        "documents": [
            {
                "path": "a.rss",
                "feed": "news",
                "media_type": "application/rss+xml",
                "sha256": hashlib.sha256(b"1").hexdigest(),
                "size": 1,
            }
        ],
    }
