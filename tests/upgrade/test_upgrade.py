"""This version continues what an earlier release published: no id, date, address or closed document changes.

``make.py`` makes the corpora. Changes that a fix makes on purpose are in the ``expected-differences.yaml`` of a corpus,
a list of

    - {entry: ID, changes: [author, …], why: what was wrong}

``changes`` are names of the entry's elements or members in any format, or ``appears`` or ``goes``. The entry ``feed``
means the head of a document. A date of publication cannot be listed, and an ``updated`` only if the text changed, too.
"""

import re
from datetime import UTC, datetime

import pytest
import yaml

from feedpub.config import load_config
from feedpub.publishing.build import build

CHANGED, NOW = datetime(2025, 1, 20, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC)
"""The files come from a checkout, so they are younger than what was published."""


def expected(corpus, oracle):
    """Return the expected differences of a corpus, after checking that they may be listed."""
    file = corpus / "expected-differences.yaml"
    found = {}
    for row in yaml.safe_load(file.read_text()) if file.exists() else ():
        assert row["why"], f"{row} gives no reason"
        found.setdefault(row["entry"], set()).update(row["changes"])
    for entry, changes in found.items():
        assert not changes & oracle.dates, f"the date of {entry} was published"
        assert entry == "feed" or not changes & oracle.updated or changes & oracle.texts, entry
    return {(entry, change) for entry, changes in found.items() for change in changes}


def led_to_pages(before, after, folder):
    """Yield the differences of entries that had no address, and now link to an existing page."""
    for name, (_, entries) in before.items():
        for entry, fields in entries.items():
            now = after[name][1].get(entry, {})
            for field in ("link", "url"):
                said = [str(value) for value in now.get(field, []) if value not in fields.get(field, [])]
                pages = [re.search(r"https?://[^'\"]*?/(article/[0-9a-f]{16}\.html)", text) for text in said]
                if pages and all(page and (folder / page[1]).is_file() for page in pages):
                    assert all(value in now[field] for value in fields.get(field, []))
                    yield entry, field


def led_to(folder):
    """Return the pages and files to which entries lead."""
    found = {path.relative_to(folder) for part in ("article", "media") for path in folder.glob(f"{part}/*.*")}
    return sorted(path for path in found if path.suffix != ".json")


@pytest.fixture(params=["state kept", "state lost"])
def site(request, upgrade, corpus, tmp_path):
    """The output of a corpus's last build, and its input, in a checkout with or without the state folder."""
    upgrade.lay_out(upgrade.builds(corpus)[-1], tmp_path, CHANGED)
    upgrade.restore(corpus, tmp_path, state=request.param == "state kept")
    return tmp_path


@pytest.mark.slow
def test_a_site_of_an_earlier_release_goes_on_and_only_what_was_wrong_changes(oracle, corpus, site):
    before = oracle.published(corpus / "feeds")
    for _ in range(2):  # the second time over what this version published
        build(load_config(site / "config.yaml"), NOW)
        for name in oracle.closed(before):
            assert (site / "feeds" / name).read_bytes() == (corpus / "feeds" / name).read_bytes(), name
        for path in led_to(corpus / "feeds"):
            assert (site / "feeds" / path).is_file(), path
        after = oracle.published(site / "feeds")
        meant = {*led_to_pages(before, after, site / "feeds")}
        assert set(oracle.differences(before, after)) - meant == expected(corpus, oracle)


def appearing(corpus, oracle):
    return {entry for entry, change in expected(corpus, oracle) if change == "appears"}


@pytest.mark.slow
def test_real_readers_show_nothing_as_new(oracle, corpus, site, subscribe):
    files = list(oracle.published(site / "feeds"))
    if subscribe.kind == "newsboat":
        files = [name for name in files if not name.endswith(".json")]
    if not files:
        pytest.skip("newsboat reads no JSON Feed from a file")
    reader = subscribe(*(f"file://{site}/feeds/{name}" for name in files))
    assert reader.new()
    build(load_config(site / "config.yaml"), NOW)
    assert reader.new().keys() <= appearing(corpus, oracle)
