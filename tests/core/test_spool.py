"""Spooled values come back unchanged, and leave nothing behind."""

import errno
import gc
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.core.errors import PublishError
from feedpub.core.spool import Spool


@given(st.lists(st.binary(max_size=300)), st.randoms(use_true_random=False))
def test_each_piece_comes_back_in_any_order(pieces, rng):
    spool = Spool()
    kept = [(spool.put(piece), piece) for piece in pieces]
    rng.shuffle(kept)
    assert [aside.read() for aside, _ in kept] == [piece for _, piece in kept]


def test_what_the_system_writes_in_parts_is_whole(monkeypatch):
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda handle, data, at: real(handle, data[:3], at))
    spool = Spool()
    one, two = spool.put(b"0123456789"), spool.put(b"abcdefgh")
    assert (one.read(), two.read()) == (b"0123456789", b"abcdefgh")


def test_it_has_no_name_and_goes_with_the_last_that_refers_to_it(tmp_path, monkeypatch):
    handles = []
    real = os.dup
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(os, "dup", lambda handle: handles.append(real(handle)) or handles[-1])
    spool = Spool()
    assert handles == []
    aside = spool.put(b"one")
    del spool
    gc.collect()
    assert aside.read() == b"one"
    assert list(tmp_path.iterdir()) == []
    del aside
    gc.collect()
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(handles[0])


def test_a_full_disk_is_told_in_a_sentence(monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(PublishError, match=r"No space left on device; free some space in .* TMPDIR"):
        Spool().put(b"one")
