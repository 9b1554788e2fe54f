"""With ``gzip``, each document has a compressed twin, which feedpub owns like the document."""

import gzip
import json
import os
import struct

import pytest

from feedpub.publishing.local.manifest import MANIFEST

BODY = b"<rss>" + b"all work and no play " * 500 + b"</rss>"


@pytest.fixture
def packed(either):
    return either.with_(gzip=True)


def test_each_document_has_a_twin_with_its_bytes_and_its_mtime(packed):
    changes = packed.publish({"a.rss": BODY, "b.rss": b""})
    tree, times = packed.tree(), packed.mtimes()
    assert set(tree) == {"a.rss", "a.rss.gz", "b.rss", "b.rss.gz", MANIFEST}
    assert changes.written == ("a.rss", "b.rss", "a.rss.gz", "b.rss.gz")
    assert (gzip.decompress(tree["a.rss.gz"]), gzip.decompress(tree["b.rss.gz"])) == (BODY, b"")
    assert len(tree["a.rss.gz"]) < len(BODY) / 10
    assert times["a.rss"] == times["a.rss.gz"]


def test_the_twins_header_has_no_time_no_name_and_no_system(packed):
    packed.publish({"a.rss": BODY})
    magic, method, flags, time, _, system = struct.unpack("<HBBIBB", packed.tree()["a.rss.gz"][:10])
    assert (magic, method, flags, time, system) == (0x8B1F, 8, 0, 0, 255)


def test_a_changed_document_and_its_twin_get_the_same_other_second(packed):
    packed.publish({"a.rss": BODY})
    old = packed.mtimes()["a.rss.gz"]
    packed.publish({"a.rss": BODY + b"!"})
    assert packed.mtimes()["a.rss.gz"] == packed.mtimes()["a.rss"] >= old + 10**9


def test_an_unchanged_document_keeps_its_twin_untouched(packed):
    packed.publish({"a.rss": BODY})
    before = (packed.out / "a.rss.gz").stat()
    assert packed.publish({"a.rss": BODY, "b.rss": b"new"}).written == ("b.rss", "b.rss.gz")
    after = (packed.out / "a.rss.gz").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_twin_is_listed_in_the_manifest_with_its_own_type(packed):
    packed.publish({"a.rss": BODY})
    entries = json.loads(packed.tree()[MANIFEST])["documents"]
    assert {entry["path"]: entry["media_type"] for entry in entries}["a.rss.gz"] == "application/gzip"


def test_the_twin_goes_with_its_document_and_with_the_option(packed):
    packed.publish({"a.rss": BODY, "b.rss": BODY})
    assert packed.publish({"a.rss": BODY}).removed == ("b.rss", "b.rss.gz")
    assert packed.with_(gzip=False).publish({"a.rss": BODY}).removed == ("a.rss.gz",)
    assert packed.strays() == []


def test_a_document_that_is_kept_keeps_its_twin(packed):
    packed.publish({"a.rss": BODY, "b.rss": BODY})
    assert packed.publish({"a.rss": BODY}, keep=["b.rss"]).removed == ()
    assert set(packed.tree()) == {"a.rss", "a.rss.gz", "b.rss", "b.rss.gz", MANIFEST}


def test_a_document_that_stands_already_gets_a_twin_and_stays_as_it_is(packed):
    packed.with_(gzip=False).publish({"a.rss": BODY})
    before = packed.mtimes()["a.rss"]
    assert packed.publish({"a.rss": BODY}).written == ("a.rss.gz",)
    assert packed.mtimes()["a.rss"] == packed.mtimes()["a.rss.gz"] == before


def test_a_twin_that_another_packer_made_of_the_same_bytes_stays(packed):
    packed.publish({"a.rss": BODY})
    twin = packed.out / "a.rss.gz"
    twin.write_bytes(gzip.compress(BODY, 1))
    os.utime(twin, ns=(packed.mtimes()["a.rss"],) * 2)
    assert packed.publish({"a.rss": BODY}).written == ()


def test_a_twin_with_another_mtime_gets_its_documents(packed):
    packed.publish({"a.rss": BODY})
    os.utime(packed.out / "a.rss.gz", (1, 1))
    assert packed.publish({"a.rss": BODY}).written == ("a.rss.gz",)
    assert packed.mtimes()["a.rss.gz"] == packed.mtimes()["a.rss"]


def test_a_twin_that_is_right_before_its_document_still_gets_its_mtime(packed):
    packed.publish({"a.rss": b"old"})
    (packed.out / "a.rss.gz").write_bytes(gzip.compress(BODY))
    os.utime(packed.out / "a.rss.gz", ns=(packed.mtimes()["a.rss"],) * 2)
    packed.publish({"a.rss": BODY})
    assert packed.mtimes()["a.rss.gz"] == packed.mtimes()["a.rss"]


WRONG = {
    "other bytes": gzip.compress(b"other"),
    "no gzip": b"x",
    "nothing": b"",
    "cut": gzip.compress(BODY)[:-4],
    "a second member": gzip.compress(BODY) + gzip.compress(b"more"),
    "a longer text": gzip.compress(BODY + b"more"),
    "a bomb": gzip.compress(b"\0" * 50_000_000),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_twin_with_anything_else_in_it_is_written_anew(packed, name):
    packed.publish({"a.rss": BODY})
    good, twin = packed.tree()["a.rss.gz"], packed.out / "a.rss.gz"
    twin.write_bytes(WRONG[name])
    os.utime(twin, ns=(packed.mtimes()["a.rss"],) * 2)
    assert packed.publish({"a.rss": BODY}).written == ("a.rss.gz",)
    assert packed.tree()["a.rss.gz"] == good
