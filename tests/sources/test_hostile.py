"""The hostile corpus: each file in its folder is a case; expected.yaml may have the items that it must give.

Each file must be read without a traceback, in limited time, to items that account for its lines and are fit for feeds.
If it is in expected.yaml, it must give exactly those items.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
import yaml

from feedpub.articles.article import Article, Notice
from feedpub.config.sources import parse_source
from feedpub.core.yaml_node import read_yaml
from feedpub.sources import read

FOLDER = Path(__file__).parents[1] / "data/sources/hostile"
EXPECTED = yaml.safe_load((FOLDER.parent / "hostile.yaml").read_text("utf-8"))
FILES = sorted(path.name for path in FOLDER.iterdir())
SPEC = parse_source(
    read_yaml(
        b"path: '*'\ntimezone: UTC\nboilerplate: You Might Like...\nrelated_links: Read More", "config.yaml"
    ),
    FOLDER,
)
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_read_by_rule(name, agrees):
    """It costs the records that it must, and no others."""
    begun = time.process_time()
    items = list(read(SPEC, FOLDER / name, "example.org,2023"))
    assert time.process_time() - begun < 10
    last = 0
    for item in items:
        assert item.origin.file == name
        assert 1 <= item.origin.line <= item.origin.last
        if not isinstance(item, Notice):
            # No line between two items is left out.
            assert item.origin.line <= last + 1
            last = max(last, item.origin.last)
        if isinstance(item, Article):
            assert item.published.tzinfo is not None
            assert re.match(r"[a-z]+:\S+\Z", item.id)
            told = (
                item.title,
                item.body,
                item.summary or "",
                *item.categories,
                *(a.name for a in item.authors),
            )
            assert not any(UNFIT.search(text) for text in told)
    if name in EXPECTED:
        agrees(items, EXPECTED[name])


def test_the_corpus_is_whole():
    """Every expectation has its file, and there are enough of them."""
    assert set(EXPECTED) <= set(FILES)
    assert len(FILES) >= 200
