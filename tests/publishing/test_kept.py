"""A kept file is read until its stamp is known, and later only if anybody may have changed it."""

import gzip
import json
import os
import shutil

import pytest

from feedpub.publishing.local.folder import read_manifest
from feedpub.publishing.local.location import locate, stamps_name
from feedpub.publishing.local.manifest import MANIFEST

PAGES = {f"a.{n}.rss": b"page %d " % n * 9 for n in range(1, 4)}
NAMES = [*PAGES, *(f"{name}.gz" for name in PAGES)]


@pytest.fixture(params=[False, True], ids=["plain", "gzip"])
def keeping(either, request):
    """A site whose pages were published, and kept once."""
    made = either.with_(gzip=request.param)
    made.publish(PAGES | {"a.rss": b"0"})
    assert keep(made, 1).altered == ()
    return made


def keep(site, number):
    """Build with another subscription document and unchanged pages."""
    return site.publish({"a.rss": b"%d" % number}, keep=PAGES)


def stamps(site):
    return site.state / stamps_name(locate(site.out), site.state)


def test_pages_are_not_opened_again_however_many_builds_add_something(keeping, opened):
    tree, times = keeping.tree(), keeping.mtimes()
    for number in range(2, 6):
        with opened() as names:
            assert keep(keeping, number).written[:1] == ("a.rss",)
        assert set(names) & set(NAMES) == set()
        assert "a.rss" in names
    assert {name: keeping.tree()[name] for name in PAGES} == PAGES
    for name in PAGES:
        assert (keeping.mtimes()[name], keeping.tree()[name]) == (times[name], tree[name])
    assert keeping.strays() == []


def test_a_dry_run_does_not_open_them_either_and_leaves_no_stamps(keeping, opened):
    with opened() as names:
        assert keeping.compare({"a.rss": b"2"}, keep=PAGES).altered == ()
    assert set(names) & set(NAMES) == set()
    stamps(keeping).unlink()
    keeping.compare({"a.rss": b"2"}, keep=PAGES)
    assert not stamps(keeping).exists()


def test_with_nothing_to_keep_there_are_no_stamps(keeping):
    keeping.publish({"a.rss": b"2"})
    assert not stamps(keeping).exists()


def touch(page):
    os.utime(page, (2**31, 2**31))


def restore(page):
    shutil.copy2(page, page.with_name("backup"))
    page.with_name("backup").replace(page)


def lengthen(page):
    page.write_bytes(page.read_bytes() + b"!")


def change(page):
    """Change a file in place, as an editor does, and move its mtime, because the clock may stand still in a test."""
    page.write_bytes(page.read_bytes().swapcase())
    touch(page)


def link(page):
    page.rename(page.with_name("elsewhere"))
    page.symlink_to("elsewhere")


HAPPENS = [
    (touch, False),
    (restore, False),
    (lengthen, True),
    (change, True),
    (link, True),
    (os.unlink, True),
]


def happen(site, what, name):
    """Change a page in some way; leave no other files, which a release would refuse."""
    what(site.out / name)
    if (site.out / "elsewhere").exists():
        (site.out / "elsewhere").unlink()


@pytest.mark.parametrize(("what", "alters"), HAPPENS)
def test_a_page_that_somebody_changed_is_told_once_and_stays_as_it_is_then(keeping, what, alters):
    happen(keeping, what, "a.2.rss")
    found = keeping.tree()
    foretold = keeping.compare({"a.rss": b"2"}, keep=PAGES)
    changes = keep(keeping, 2)
    assert changes == foretold
    assert changes.altered == (("a.2.rss",) if alters else ())
    assert keeping.tree().get("a.2.rss") == found.get("a.2.rss")
    assert keep(keeping, 3).altered == ()
    listed = read_manifest(keeping.out).documents
    assert set(listed) == set(keeping.tree()) - {MANIFEST}
    assert all(entry.size == len(keeping.tree()[name]) for name, entry in listed.items())
    assert keeping.strays() == []


@pytest.mark.parametrize("what", [what for what, _ in HAPPENS])
def test_a_twin_that_somebody_changed_is_made_again_from_its_document(either, what):
    packed = either.with_(gzip=True)
    packed.publish(PAGES | {"a.rss": b"0"})
    keep(packed, 1)
    happen(packed, what, "a.2.rss.gz")
    assert keep(packed, 2).altered == ()
    assert gzip.decompress(packed.tree()["a.2.rss.gz"]) == PAGES["a.2.rss"]
    assert packed.mtimes()["a.2.rss.gz"] == packed.mtimes()["a.2.rss"]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"a.1.rss": 5}', b'{"a.1.rss": [1]}', b"\xff", None])
def test_stamps_that_are_lost_or_damaged_cost_a_reading_and_nothing_else(keeping, opened, damage):
    good = json.loads(stamps(keeping).read_bytes())
    stamps(keeping).unlink() if damage is None else stamps(keeping).write_bytes(damage)
    for expected in (set(PAGES), set()):
        with opened() as names:
            assert keep(keeping, 2).altered == ()
        assert set(names) & set(PAGES) == expected
    assert json.loads(stamps(keeping).read_bytes()) == good


def test_stamps_that_cannot_be_written_stop_nothing(keeping):
    stamps(keeping).unlink()
    stamps(keeping).mkdir()
    assert "a.rss" in keep(keeping, 2).written


def test_a_copy_of_the_project_is_read_anew(keeping, opened, tmp_path):
    shutil.copytree(keeping.root, tmp_path / "copy", symlinks=True)
    copy = keeping.with_(root=tmp_path / "copy")
    with opened() as names:
        assert keep(copy, 2).altered == ()
    assert set(names) >= set(PAGES)
