"""In the layout ``releases``, the whole set changes at once, and foreign files never go offline."""

import errno
import os

import pytest

from feedpub.core.errors import Locked, PublishError
from feedpub.publishing.local.dirfd import Folder
from feedpub.publishing.local.manifest import MANIFEST

OLD = {"a.rss": b"one", "b.rss": b"two"}
NEW = {"a.rss": b"new", "c.rss": b"three"}


@pytest.fixture
def released(site):
    return site.with_(layout="releases")


def shelf(site) -> list[str]:
    folder = site.root / "feeds.releases"
    return sorted(p.name for p in folder.iterdir()) if folder.exists() else []


def test_the_output_folder_is_a_link_that_holds_wherever_the_project_is_moved(released):
    released.publish(OLD)
    assert str(released.out.readlink()) == "feeds.releases/000001"
    moved = released.with_(root=released.root.rename(released.root.with_name(f"{released.root.name}-moved")))
    moved.publish(NEW)
    assert set(moved.tree()) == {"a.rss", "c.rss", MANIFEST}
    assert moved.strays() == []


def test_a_build_that_changes_nothing_makes_no_release(released):
    released.publish(OLD)
    released.publish(OLD)
    assert shelf(released) == ["000001"]


def test_the_release_before_stays_for_those_who_are_reading_it(released):
    for number in range(4):
        released.publish({"a.rss": b"%d" % number})
    assert shelf(released) == ["000003", "000004"]
    assert (released.root / "feeds.releases" / "000003" / "a.rss").read_bytes() == b"2"


def test_going_back_to_earlier_bytes_is_a_change_as_any_other(released):
    released.publish({"a.rss": b"one"})
    released.publish({"a.rss": b"two"})
    between = released.mtimes()["a.rss"]
    released.publish({"a.rss": b"one"})
    assert released.mtimes()["a.rss"] // 10**9 > between // 10**9


@pytest.mark.parametrize("layouts", [("files", "releases"), ("releases", "files")])
def test_a_change_of_layout_alone_touches_no_file(site, layouts):
    before, after = (site.with_(layout=layout) for layout in layouts)
    before.publish(OLD)
    times, inode = before.mtimes(), (site.out / "a.rss").stat().st_ino
    changes = after.publish(OLD)
    assert (changes.written, changes.removed) == ((), ())
    assert (after.mtimes(), (site.out / "a.rss").stat().st_ino) == (times, inode)
    assert after.strays() == []


def test_back_in_the_layout_files_no_release_is_left(site):
    site.with_(layout="releases").publish(OLD)
    site.publish(NEW)
    assert not site.out.is_symlink()
    assert shelf(site) == []
    assert not (site.root / "feeds.releases").exists()


@pytest.mark.parametrize("before", ["files", "releases"])
def test_a_folder_with_what_is_not_ours_is_not_replaced(site, before):
    site.with_(layout=before).publish(OLD)
    old = site.tree()
    (site.out / "mine.html").write_bytes(b"mine")
    (site.out / "img").mkdir()
    after = site.with_(layout="releases")
    other = ", or set output.layout to files" if before == "files" else ""
    for attempt in (after.publish, after.compare):
        with pytest.raises(
            PublishError, match=rf"does not list \(img, mine.html\).*; move it elsewhere{other}$"
        ):
            attempt(NEW)
    assert site.tree() == old | {"mine.html": b"mine"}
    assert (site.root / "feeds.releases").exists() == (before == "releases")


def test_a_release_with_what_is_not_ours_is_not_made_plain(site):
    site.with_(layout="releases").publish(OLD)
    (site.out / "mine.html").write_bytes(b"mine")
    with pytest.raises(PublishError, match=r"\(mine.html\).*; move it elsewhere$"):
        site.publish(NEW)


def test_what_is_not_ours_in_an_old_release_stays_when_that_is_removed(released):
    released.publish({"a.rss": b"0"})
    released.publish({"a.rss": b"1"})
    (released.root / "feeds.releases" / "000001" / "mine.html").write_bytes(b"mine")
    (released.root / "feeds.releases" / "notes").mkdir()
    for number in range(2, 5):
        released.publish({"a.rss": b"%d" % number})
    assert shelf(released) == ["000001", "000004", "000005", "notes"]
    assert [p.name for p in (released.root / "feeds.releases" / "000001").iterdir()] == ["mine.html"]


@pytest.mark.parametrize("manifest", [None, b"{", b""])
def test_a_release_that_was_torn_before_its_manifest_was_whole_is_removed(released, manifest):
    released.publish(OLD)
    torn = released.root / "feeds.releases" / "000002"
    torn.mkdir()
    if manifest is not None:
        (torn / MANIFEST).write_bytes(manifest)
    (released.root / "feeds.releases" / "next").symlink_to("feeds.releases/000002")
    released.publish(OLD)
    assert shelf(released) == ["000001"]


@pytest.mark.parametrize("layouts", [("files", "releases"), ("releases", "releases"), ("releases", "files")])
def test_a_failure_after_the_flip_leaves_what_is_shown(site, layouts, monkeypatch):
    def fail_beside(folder):
        if folder.path == site.root and site.tree()["a.rss"] == b"new":
            raise OSError(errno.EIO, "Input/output error")

    before, after = (site.with_(layout=layout) for layout in layouts)
    before.publish(OLD)
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "sync", fail_beside)
        with pytest.raises(PublishError, match="Input/output error; every published file is still whole"):
            after.publish(NEW)
    assert set(site.tree()) == {"a.rss", "c.rss", MANIFEST}
    assert set(after.publish(NEW).unchanged) == {"a.rss", "c.rss"}
    assert after.strays() == []


@pytest.mark.parametrize("layout", ["files", "releases"])
def test_a_build_that_another_overtook_before_it_had_the_lock_is_turned_away(site, layout, monkeypatch):
    lock = Folder.lock

    def overtaken(folder):
        monkeypatch.setattr(Folder, "lock", lock)
        site.with_(layout="releases", own_state=True).publish(NEW)
        lock(folder)

    site.with_(layout=layout).publish(OLD)
    monkeypatch.setattr(Folder, "lock", overtaken)
    with pytest.raises(Locked, match="another build has just published"):
        site.with_(layout=layout).publish({"a.rss": b"late"})
    assert site.tree()["a.rss"] == b"new"
    assert (site.root / "feeds.releases" / "000001" / "a.rss").read_bytes() == b"one"


def test_a_link_whose_release_is_lost_leads_to_a_new_one(released):
    released.publish(OLD)
    (released.root / "feeds.releases").rename(released.root / "lost")
    assert released.publish(OLD).written == ("a.rss", "b.rss")
    assert shelf(released) == ["000002"]


@pytest.mark.parametrize("layout", ["files", "releases"])
def test_where_the_owner_removed_the_link_publishing_begins_anew(site, layout):
    site.with_(layout="releases").publish(OLD)
    site.out.unlink()
    now = site.with_(layout=layout)
    assert now.publish(OLD).written == ("a.rss", "b.rss")
    assert now.strays() == []


def test_without_hard_links_files_are_copied_with_their_mtimes(released, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EPERM, "no hard links here")

    released.publish(OLD)
    times = released.mtimes()
    monkeypatch.setattr(os, "link", refuse)
    released.publish(OLD | {"a.rss": b"new"})
    assert released.tree()["b.rss"] == b"two"
    assert released.mtimes()["b.rss"] == times["b.rss"]


@pytest.mark.parametrize("layouts", [("files", "releases"), ("releases", "files")])
def test_where_no_swap_is_possible_the_layout_stays_and_a_sentence_says_so(site, layouts, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EINVAL, "Invalid argument")

    before, after = (site.with_(layout=layout) for layout in layouts)
    before.publish(OLD)
    old = before.tree()
    monkeypatch.setattr(Folder, "swap", refuse)
    with pytest.raises(
        PublishError, match=r"cannot change the layout .* in one step, so nothing was changed; move"
    ):
        after.publish(NEW)
    assert before.tree() == old
    assert before.strays() == []


def test_a_release_is_made_of_what_was_read_not_of_what_came_meanwhile(released, monkeypatch):
    link = os.link

    def tampered(name, *args, **options):
        (released.out / name).write_bytes(b"evil")
        link(name, *args, **options)

    released.publish(OLD)
    monkeypatch.setattr(os, "link", tampered)
    with pytest.raises(PublishError, match="what was published reads back differently"):
        released.publish(OLD | {"a.rss": b"new"})
    assert shelf(released) == ["000001"]
