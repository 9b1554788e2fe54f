"""Planted links, files, folders and edited lists never make feedpub publish outside its folders."""

import errno
import json
import os
from pathlib import Path

import pytest

from feedpub.core.errors import PublishError
from feedpub.publishing.local.dirfd import Folder, exclusive
from feedpub.publishing.local.folder import read_manifest
from feedpub.publishing.local.manifest import MANIFEST

OLD = {"a.rss": b"one", "b.rss": b"two"}
NEW = {"a.rss": b"new", "c.rss": b"three"}
MANIFESTS = json.loads(Path(__file__).with_name("manifests.json").read_bytes())


@pytest.fixture
def victim(site):
    """A folder of somebody else, with names that publishing uses."""
    folder = site.root.parent / f"{site.root.name}-victim"
    folder.mkdir()
    for name in ("a.rss", MANIFEST, "lock", ".journal", "victim.txt"):
        (folder / name).write_bytes(b"one")
    yield folder
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == dict.fromkeys(
        ("a.rss", MANIFEST, "lock", ".journal", "victim.txt"), b"one"
    )


@pytest.mark.parametrize("name", ["a.rss", "c.rss", MANIFEST])
def test_a_link_in_the_output_folder_is_replaced_and_never_followed(either, victim, name):
    either.publish(OLD)
    (either.out / name).unlink(missing_ok=True)
    (either.out / name).symlink_to(victim / "a.rss")
    either.publish(OLD | NEW)
    assert not (either.out / name).is_symlink()
    assert (either.out / "a.rss").read_bytes() == b"new"


def test_a_link_with_the_right_bytes_behind_it_is_replaced_too(either, victim):
    either.publish({"a.rss": b"one"})
    (either.out / "a.rss").unlink()
    (either.out / "a.rss").symlink_to(victim / "a.rss")
    assert either.publish({"a.rss": b"one"}).written == ("a.rss",)
    assert not (either.out / "a.rss").is_symlink()


def test_a_link_in_place_of_what_is_to_be_kept_goes(either, victim):
    either.publish(OLD)
    (either.out / "b.rss").unlink()
    (either.out / "b.rss").symlink_to(victim / "a.rss")
    assert either.publish({"a.rss": b"one"}, keep=["b.rss"]).removed == ("b.rss",)


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("kind", ["link", "file"])
def test_what_stands_in_stagings_place_is_replaced(site, victim, number, kind):
    site.publish(OLD)
    place = site.staging()[number]
    place.symlink_to(victim) if kind == "link" else place.write_bytes(b"x")
    site.publish(NEW)
    assert set(site.tree()) == {"a.rss", "c.rss", MANIFEST}
    assert site.strays() == []


def test_a_folder_inside_staging_is_not_ours_and_stops_the_build(site):
    site.publish(OLD)
    old = site.tree()
    (site.staging()[0] / "precious").mkdir(parents=True)
    with pytest.raises(PublishError, match=r"\(precious\): Is a directory; .*; move that folder away"):
        site.publish(NEW)
    assert site.tree() == old


def test_a_journal_that_is_a_link_is_not_read(site, victim):
    site.publish(OLD)
    (site.out / "mine.rss").write_bytes(b"mine")
    (victim / ".journal").write_bytes((site.out / MANIFEST).read_bytes().replace(b"a.rss", b"mine.rss"))
    place = site.staging()[0]
    place.mkdir()
    (place / ".journal").symlink_to(victim / ".journal")
    site.publish(NEW)
    assert site.tree()["mine.rss"] == b"mine"
    assert set(site.strays()) == set()
    (victim / ".journal").write_bytes(b"one")


@pytest.mark.parametrize("journal", [b"", b"{", b"\xff", b"[]", b'["mine.rss"]'])
def test_a_damaged_journal_removes_nothing_and_stops_nothing(site, journal):
    site.publish(OLD)
    (site.out / "mine.rss").write_bytes(b"mine")
    site.staging()[0].mkdir()
    (site.staging()[0] / ".journal").write_bytes(journal)
    site.publish(NEW)
    assert set(site.tree()) == {"a.rss", "c.rss", "mine.rss", MANIFEST}
    assert site.strays() == []


def half_done(site, name="stray.rss"):
    """Leave what a build leaves that is killed after ``name`` was moved into place and before its manifest."""
    content = json.loads((site.out / MANIFEST).read_bytes())
    content["documents"] = [content["documents"][0] | {"path": name}]
    site.staging()[0].mkdir()
    (site.staging()[0] / ".journal").write_text(json.dumps(content))
    (site.out / name).write_bytes(b"stray")


def test_what_a_killed_build_put_there_is_removed_by_its_journal(site):
    site.publish(OLD)
    half_done(site)
    assert site.compare(OLD).removed == ("stray.rss",)
    assert site.publish(OLD).removed == ("stray.rss",)
    assert site.strays() == []


def test_what_a_killed_build_put_there_is_known_even_if_the_next_one_fails(site, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EIO, "Input/output error")

    site.publish(OLD)
    half_done(site)
    with monkeypatch.context() as patch:
        patch.setattr(Folder, "write", refuse)
        with pytest.raises(PublishError, match="Input/output error"):
            site.publish(NEW)
    assert site.publish(OLD).removed == ("stray.rss",)
    assert site.strays() == []


def test_what_a_killed_build_put_there_can_be_kept(site):
    site.publish(OLD)
    half_done(site)
    site.publish(OLD, keep=["stray.rss"])
    assert read_manifest(site.out).documents["stray.rss"].size == 5


def test_what_a_killed_build_began_is_finished_before_the_layout_changes(site):
    site.publish(OLD)
    half_done(site)
    site.with_(layout="releases").publish(NEW)
    assert site.strays() == []


def test_two_configs_that_share_a_state_folder_leave_each_others_files_alone(site):
    site.publish(OLD)
    half_done(site)
    other = site.root / "other"
    other.mkdir()
    (other / "stray.rss").write_bytes(b"mine")

    class Sharing(type(site)):
        out = other

    Sharing(site.root).publish(OLD)
    assert (other / "stray.rss").read_bytes() == b"mine"
    assert site.publish(OLD).removed == ("stray.rss",)


def test_a_pipe_in_place_of_what_is_to_be_kept_goes(either):
    either.publish(OLD)
    (either.out / "b.rss").unlink()
    os.mkfifo(either.out / "b.rss")
    assert either.publish({"a.rss": b"one"}, keep=["b.rss"]).removed == ("b.rss",)


def test_a_state_folder_that_is_a_link_is_refused(either, victim):
    either.state.symlink_to(victim)
    with pytest.raises(PublishError, match=r"a symbolic link or a file is .*: remove it, or name the real"):
        either.publish(OLD)
    assert either.tree() == {}


def test_a_lock_that_is_a_link_is_refused(either, victim):
    either.publish(OLD)
    (either.state / "lock").unlink()
    (either.state / "lock").symlink_to(victim / "lock")
    with pytest.raises(PublishError, match="a symbolic link is there, which is not followed: remove it"):
        either.publish(NEW)
    assert either.tree()["a.rss"] == b"one"


def test_a_folder_in_the_locks_place_is_an_error_with_a_sentence(site):
    (site.state / "lock").mkdir(parents=True)
    with pytest.raises(PublishError, match="move that folder away"), exclusive(site.state):
        pass


def test_a_releases_folder_that_is_a_link_is_refused(site, victim):
    site.publish(OLD)
    (site.root / "feeds.releases").symlink_to(victim)
    with pytest.raises(PublishError, match="a symbolic link or a file is in the folder's place"):
        site.with_(layout="releases").publish(NEW)
    assert site.publish(NEW).written == ("a.rss", "c.rss")


def test_an_output_folder_that_its_owner_made_a_link_is_written_where_it_leads(either):
    real = either.root / "real"
    real.mkdir()
    either.out.symlink_to(real)
    either.publish(OLD)
    either.publish(NEW)
    assert either.out.readlink() == real
    assert set(either.tree()) == {"a.rss", "c.rss", MANIFEST}


@pytest.mark.parametrize("target", ["nowhere", "feeds"], ids=["dangling", "loop"])
def test_an_output_folder_that_leads_nowhere_is_an_error_with_a_sentence(either, target):
    either.out.symlink_to(target)
    for attempt in (either.publish, either.compare):
        with pytest.raises(PublishError, match="does not lead to a folder; repair it or remove it"):
            attempt(OLD)


def test_a_file_in_the_output_folders_place_is_an_error_with_a_sentence(either):
    either.out.write_bytes(b"mine")
    for attempt in (either.publish, either.compare):
        with pytest.raises(
            PublishError, match=r"is not a folder; remove it, or name another folder as output\.dir"
        ):
            attempt(OLD)
    assert either.out.read_bytes() == b"mine"


@pytest.mark.parametrize("name", MANIFESTS["damaged"])
def test_a_damaged_manifest_stops_the_build_and_says_so(either, name):
    either.publish(OLD)
    (either.out / MANIFEST).write_text(MANIFESTS["damaged"][name])
    for attempt in (either.publish, either.compare):
        with pytest.raises(PublishError, match=r"is not a manifest of feedpub; restore it, or remove it"):
            attempt(NEW)
    assert (either.out / "a.rss").read_bytes() == b"one"


def test_a_manifest_nested_too_deeply_is_a_damaged_one(either):
    either.publish(OLD)
    (either.out / MANIFEST).write_text("[" * 100_000)
    with pytest.raises(PublishError, match="is not a manifest of feedpub"):
        either.publish(NEW)


def test_a_manifest_of_a_later_version_stops_the_build(either):
    either.publish(OLD)
    (either.out / MANIFEST).write_text('{"version": 3, "feeds": {}}')
    with pytest.raises(PublishError, match="was written by a newer feedpub; build with that version"):
        either.publish(NEW)


def test_a_lost_manifest_is_made_again_and_nothing_is_rewritten(site):
    site.publish(OLD)
    (site.out / MANIFEST).unlink()
    assert site.publish(OLD).unchanged == ("a.rss", "b.rss")
    assert set(read_manifest(site.out).documents) == set(OLD)


@pytest.mark.parametrize("path", MANIFESTS["not ours"])
def test_a_manifest_that_names_what_cannot_be_ours_removes_nothing_there(site, victim, path):
    site.publish(OLD)
    content = json.loads((site.out / MANIFEST).read_bytes())
    content["documents"].append(content["documents"][0] | {"path": path.replace("VICTIM", str(victim))})
    (site.out / MANIFEST).write_text(json.dumps(content))
    (site.out / "Mine.html").write_bytes(b"mine")
    site.publish({})
    assert set(site.tree()) == {"Mine.html", MANIFEST}
