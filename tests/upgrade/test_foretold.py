"""Throughout the histories of the corpora, diff foretells each build."""

from datetime import UTC, datetime

import pytest

from feedpub.config import load_config
from feedpub.insight.diff import planned
from feedpub.publishing.build import build, plan

NOW = datetime(2025, 2, 1, tzinfo=UTC)


@pytest.mark.slow
def test_each_build_of_a_history_does_what_diff_says(upgrade, oracle, corpus, tmp_path):
    for number, inputs in enumerate(upgrade.builds(corpus), 1):
        upgrade.lay_out(inputs, tmp_path, upgrade.clock(number))
        settings = load_config(tmp_path / "config.yaml")
        foretold = planned(plan(settings, NOW))
        build(settings, NOW)
        documents = oracle.published(tmp_path / "feeds")
        for slug, titles in foretold.items():
            for known in settings.output.formats:
                _, entries = documents[f"{slug}.{known.name}"]
                assert set(titles) == set(entries), (inputs, slug, known.name)
