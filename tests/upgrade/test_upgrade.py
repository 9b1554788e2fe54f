"""What an earlier release published goes on under this one: no id, no date and no closed document changes.

The corpora are made by ``make.py``. What a fix is meant to change in one stands in its
``expected-differences.yaml``, a list of

    - {entry: ID, changes: [author, …], why: what was wrong}

``changes`` are names of the entry's elements or members in any of the formats, or ``appears`` or ``goes``; the entry
``feed`` means what a document says before its entries. A date of publication can't be listed, nor an ``updated``
but with a text that changed.
"""

import os
import shutil
import sqlite3
import subprocess
import warnings
from contextlib import closing
from datetime import UTC, datetime

import pytest
import yaml

from feedpub.config import load_config
from feedpub.publishing.build import build

CHANGED, NOW = datetime(2025, 1, 20, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC)
"""The files come from a checkout, so they are younger than what was published."""


def expected(corpus, oracle):
    """Return what the corpus lists, if it may be listed."""
    file = corpus / "expected-differences.yaml"
    found = {}
    for row in yaml.safe_load(file.read_text()) if file.exists() else ():
        assert row["why"], f"{row} gives no reason"
        found.setdefault(row["entry"], set()).update(row["changes"])
    for entry, changes in found.items():
        assert not changes & oracle.dates, f"the date of {entry} was published"
        assert entry == "feed" or not changes & oracle.updated or changes & oracle.texts, entry
    return {(entry, change) for entry, changes in found.items() for change in changes}


@pytest.fixture(params=["state kept", "state lost"])
def site(request, upgrade, corpus, tmp_path):
    """What the last build of a corpus left, and its input, in a checkout with the state folder or without it."""
    upgrade.lay_out(upgrade.builds(corpus)[-1], tmp_path, CHANGED)
    upgrade.restore(corpus, tmp_path, state=request.param == "state kept")
    return tmp_path


def test_a_site_of_an_earlier_release_goes_on_and_only_what_was_wrong_changes(oracle, corpus, site):
    before = oracle.published(corpus / "feeds")
    for _ in range(2):  # the second time over what this version published
        build(load_config(site / "config.yaml"), NOW)
        for name in oracle.closed(before):
            assert (site / "feeds" / name).read_bytes() == (corpus / "feeds" / name).read_bytes(), name
        after = oracle.published(site / "feeds")
        assert set(oracle.differences(before, after)) == expected(corpus, oracle)


def appearing(corpus, oracle):
    return {entry for entry, change in expected(corpus, oracle) if change == "appears"}


@pytest.mark.slow
def test_the_reader_library_shows_nothing_as_new(oracle, corpus, site):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what a library's dependencies warn of is not ours to fix
        from reader import make_reader  # noqa: PLC0415 - importing it warns, too

        with closing(make_reader(":memory:", feed_root=str(site / "feeds"))) as reader:
            for name in oracle.published(site / "feeds"):
                reader.add_feed(name)
            assert all(update.error is None for update in reader.update_feeds_iter())
            for entry in reader.get_entries():
                reader.mark_entry_as_read(entry)
            build(load_config(site / "config.yaml"), NOW)
            for feed in reader.get_feeds():
                reader.update_feed(feed)
            unread = {entry.id for entry in reader.get_entries(read=False)}
    assert unread <= appearing(corpus, oracle)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("newsboat"), reason="newsboat is not installed")
def test_newsboat_shows_nothing_as_new(oracle, corpus, site, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    files = [name for name in oracle.published(site / "feeds") if not name.endswith(".json")]
    if not files:
        pytest.skip("newsboat reads no JSON Feed from a file")
    (home / "urls").write_text("".join(f"file://{site}/feeds/{name}\n" for name in files))
    (home / "config").touch()

    def reload():
        paths = ["-u", home / "urls", "-c", home / "cache.db", "-C", home / "config"]
        environment = os.environ | {"HOME": str(home)}
        command = ["newsboat", *paths, "-x", "reload"]
        subprocess.run(command, env=environment, capture_output=True, timeout=60, check=True)

    def cached(query):
        with closing(sqlite3.connect(home / "cache.db")) as cache, cache:
            return cache.execute(query).fetchall()

    reload()
    assert cached("SELECT count(*) FROM rss_item") != [(0,)]
    cached("UPDATE rss_item SET unread = 0")
    build(load_config(site / "config.yaml"), NOW)
    reload()
    assert {guid for (guid,) in cached("SELECT guid FROM rss_item WHERE unread")} <= appearing(corpus, oracle)
