"""If a disk is full, read-only, limited or another one, published files stay unchanged, and one line says why."""

import os
import resource
import signal
import subprocess
from contextlib import suppress

import pytest

from feedpub.core.errors import PublishError

OLD = {"a.rss": b"one", "b.rss": b"two"}
BIG = {"a.rss": b"new", "b.rss": b"x" * 100_000, "c.rss": b"three"}


def mount(*arguments):
    return subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False).returncode == 0


@pytest.fixture
def mounted():
    """A function that mounts file systems for the duration of the test, which is skipped if that is not allowed."""
    points = []

    def mount_at(point, *arguments):
        point.mkdir(exist_ok=True)
        try:
            allowed = mount(*arguments, point)
        except FileNotFoundError:
            allowed = False
        if not allowed:
            pytest.skip("mounting is not allowed here")
        points.append(point)

    yield mount_at
    for point in reversed(points):
        subprocess.run(["umount", "--lazy", point], check=True)


def refused(site, documents, reason, remedy):
    """Publish in another process, which must fail with one line and leave everything unchanged."""
    before, times = site.tree(), site.mtimes()
    result = site.run(documents)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert f": {reason}; every published file is still whole; " in result.stderr
    assert remedy in result.stderr
    assert (site.tree(), site.mtimes()) == (before, times)
    assert site.strays() == []


@pytest.mark.parametrize("limit", ["size=64k", "nr_inodes=16"])
def test_a_full_disk(either, mounted, limit):
    mounted(either.root, "-t", "tmpfs", "-o", limit, "tmpfs")
    either.publish(OLD)
    many = BIG if limit == "size=64k" else {f"{n}.rss": b"new" for n in range(20)}
    refused(either, many, "No space left on device", "free some space (df) or inodes (df -i) there")
    assert either.publish({"a.rss": b"less", "b.rss": b"two"}).written == ("a.rss",)
    assert either.strays() == []


def test_a_disk_that_is_full_of_what_a_killed_build_left_is_swept_first(site, mounted):
    mounted(site.root, "-t", "tmpfs", "-o", "size=64k", "tmpfs")
    site.publish(OLD)
    place = site.staging()[0]
    place.mkdir()
    with (place / "b.rss").open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x" * 4096):
            pass
    assert os.statvfs(site.root).f_bavail == 0
    site.publish({"a.rss": b"new"})
    assert site.strays() == []


def test_a_disk_that_is_mounted_for_reading_only(either, mounted):
    mounted(either.root, "-t", "tmpfs", "tmpfs")
    either.publish(OLD)
    assert mount("-o", "remount,ro", either.root)
    refused(either, BIG, "Read-only file system", "mount it for writing")
    assert mount("-o", "remount,rw", either.root)
    either.publish(BIG)


def test_an_output_folder_that_is_mounted_for_reading_only(site, mounted):
    mounted(site.out, "-t", "tmpfs", "tmpfs")
    site.publish(OLD)
    assert mount("-o", "remount,ro", site.out)
    refused(site, BIG, "Read-only file system", "mount it for writing")
    assert site.publish(OLD).written == ()


def test_a_limit_on_the_size_of_files(either):
    either.publish(OLD)
    before = either.tree()

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)

    result = either.run(BIG, preexec_fn=limit)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert "File too large; every published file is still whole; raise the limit" in result.stderr
    assert either.tree() == before
    assert either.strays() == []


@pytest.mark.parametrize("kind", [("-t", "tmpfs", "tmpfs"), "bind"], ids=["a file system", "a bind mount"])
def test_an_output_folder_that_is_a_mount_point_is_staged_inside(site, mounted, kind):
    site.out.mkdir()
    mounted(site.out, *(("--bind", site.out) if kind == "bind" else kind))
    site.publish(OLD)
    assert site.publish(BIG).written == ("a.rss", "b.rss", "c.rss")
    assert set(site.tree()) == {"manifest.json", *BIG}
    assert site.strays() == []


@pytest.mark.parametrize("kind", [("-t", "tmpfs", "tmpfs"), "bind"], ids=["a file system", "a bind mount"])
def test_a_mount_point_cannot_become_releases_and_a_sentence_says_so(site, mounted, kind):
    site.out.mkdir()
    mounted(site.out, *(("--bind", site.out) if kind == "bind" else kind))
    site.publish(OLD)
    before = site.tree()
    with pytest.raises(PublishError, match=r"mount point.*name a folder inside it as output\.dir"):
        site.with_(layout="releases").publish(BIG)
    assert site.tree() == before
    assert site.strays() == []


def test_a_state_folder_on_another_disk_makes_staging_lie_beside_the_output(site, mounted):
    mounted(site.state, "-t", "tmpfs", "-o", "nr_inodes=2", "tmpfs")  # room for the lock only
    site.publish(OLD)
    assert site.publish(BIG).written == ("a.rss", "b.rss", "c.rss")
    assert site.strays() == []
