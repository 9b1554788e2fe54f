"""The clock and the times of files have no effect on what is published.

There is one exception: an edit without a time of its own is dated by its file. No date of the corpora is between the
clocks.
"""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from feedpub.config import load_config
from feedpub.publishing.build import build

pytestmark = pytest.mark.slow

SOON, LATE = datetime(2025, 2, 1, tzinfo=UTC), datetime(2026, 7, 8, 9, 10, 11, tzinfo=UTC)
OLD, YOUNG = datetime(2019, 1, 1, tzinfo=UTC), datetime(2025, 1, 31, 1, 2, 3, tzinfo=UTC)
TO_COME = datetime(2030, 1, 1, tzinfo=UTC)


def edited_by_a_fix(corpus):
    file = corpus / "expected-differences.yaml"
    rows = yaml.safe_load(file.read_text()) if file.exists() else ()
    return {row["entry"] for row in rows if "updated" in row["changes"]} - {"feed"}


def files(folder):
    return {path.name: path.read_bytes() for path in (folder / "feeds").rglob("*") if path.is_file()}


@pytest.fixture
def history(upgrade, corpus, tmp_path):
    """A function that builds all inputs of a corpus at one clock, and yields each result."""

    def run(now, times, inputs=None):
        folder = tmp_path / f"{now:%Y}-{times[0]:%Y}-{len(times)}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        results = []
        for number, given in enumerate(inputs or upgrade.builds(corpus)):
            upgrade.lay_out(given, folder, times[number % len(times)])
            build(load_config(folder / "config.yaml"), now)
            results.append(files(folder))
        run.folder = folder
        return results

    return run


def test_a_first_build_is_the_same_at_any_time_and_of_files_of_any_age(upgrade, corpus, history):
    last = upgrade.builds(corpus)[-1:]
    assert history(SOON, [OLD], last) == history(LATE, [YOUNG], last) == history(LATE, [TO_COME], last)


@pytest.mark.parametrize("state", [True, False], ids=["state kept", "state lost"])
def test_a_build_over_what_is_published_is_the_same_at_any_time_and_of_files_of_any_age(
    upgrade, oracle, corpus, state, tmp_path
):
    """Except for entries whose text a fix changed: an edit without its own time is dated by its file."""
    results, feeds = [], []
    for number, (now, changed) in enumerate([(SOON, OLD), (LATE, YOUNG), (LATE, TO_COME)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        upgrade.lay_out(upgrade.builds(corpus)[-1], folder, changed)
        upgrade.restore(corpus, folder, state=state)
        build(load_config(folder / "config.yaml"), now)
        results.append(files(folder))
        feeds.append(oracle.published(folder / "feeds"))
    if not (edited := edited_by_a_fix(corpus)):
        assert results[0] == results[1] == results[2]
    for published in feeds[1:]:
        for entry, change in oracle.differences(feeds[0], published):
            assert entry in edited | {"feed"}, (entry, change)
            assert change in oracle.updated | {"updated", "lastBuildDate"}, (entry, change)


@pytest.mark.parametrize("times", [[TO_COME], [OLD, YOUNG]], ids=str)
def test_edits_additions_and_removals_are_the_same_at_any_time(history, times):
    assert history(SOON, times) == history(LATE, times)


def test_of_files_of_another_age_only_edits_are_dated_otherwise(oracle, history):
    found = []
    for times in ([OLD], [OLD + timedelta(days=1), YOUNG, YOUNG + timedelta(hours=1)]):
        history(SOON, times)
        found.append(oracle.published(history.folder / "feeds"))
    for entry, change in oracle.differences(*found):
        allowed = {"updated", "lastBuildDate"} if entry == "feed" else oracle.updated
        assert change in allowed, (entry, change)
