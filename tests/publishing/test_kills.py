"""Builds are killed one after the other while each repairs what the last one left, and has other documents."""

import multiprocessing
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.publishing.local.dirfd import Folder
from feedpub.publishing.local.folder import LAYOUTS

pytestmark = pytest.mark.slow

CALLS = (
    "open",
    "write",
    "fsync",
    "replace",
    "unlink",
    "mkdir",
    "rmdir",
    "link",
    "symlink",
    "utime",
    "fchmod",
    "chmod",
)
SETS = (
    {"a.rss": b"one", "b.rss": b"two"},
    {"a.rss": b"ONE", "b.rss": b"two", "c.rss": b"three"},
    {"c.rss": b"THREE", "d.rss": b"four"},
    {"b.rss": b"TWO"},
)
BUILD = st.tuples(st.sampled_from(SETS), st.sampled_from(LAYOUTS), st.booleans())


def _die_at(number):
    """Make the process die, as if it were killed, instead of its call of this number."""
    calls = 0

    def counted(call):
        def wrapper(*arguments, **options):
            nonlocal calls
            calls += 1
            if calls == number:
                os._exit(9)
            return call(*arguments, **options)

        return wrapper

    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))
    Folder.swap = counted(Folder.swap)


def _build(site, documents, number):
    _die_at(number)
    site.publish(documents)
    os._exit(0)


@pytest.fixture(scope="module")
def clean(new_site):
    """What a build leaves in an empty folder, by its number in ``SETS`` and whether it has twins."""
    found = {}
    for gzip in (False, True):
        for index, documents in enumerate(SETS):
            site = new_site().with_(gzip=gzip)
            site.publish(documents)
            found[index, gzip] = site.tree()
    return found


@settings(max_examples=40, deadline=None)
@given(
    first=BUILD,
    killed=st.lists(st.tuples(BUILD, st.integers(1, 90)), min_size=1, max_size=4),
    last=BUILD,
)
def test_after_any_number_of_kills_in_a_row_one_build_makes_all_well(new_site, clean, first, killed, last):
    def configured(build):
        _, layout, gzip = build
        return site.with_(layout=layout, gzip=gzip)

    site = new_site()
    configured(first).publish(first[0])
    versions = {(name, data) for tree in clean.values() for name, data in tree.items()}
    for build, number in killed:
        process = multiprocessing.get_context("fork").Process(
            target=_build, args=(configured(build), build[0], number)
        )
        process.start()
        process.join(20)
        assert process.exitcode in (0, 9)
        assert set(site.tree().items()) <= versions
        assert "manifest.json" in site.tree()
    foretold = configured(last).compare(last[0])
    changes = configured(last).publish(last[0])
    assert site.tree() == clean[SETS.index(last[0]), last[2]]
    assert configured(last).strays() == []
    assert foretold == changes
