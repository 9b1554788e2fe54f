"""A real corpus, where it lies beside the checkout: every record is taken in or rejected with its reason."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from feedpub.article import Article, Reject
from feedpub.located import read_yaml
from feedpub.sources import files, parse_source, read

FOLDER = Path(__file__).parents[3] / "shared/corpora"


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the Reuters corpus is not beside the checkout")
def test_every_record_is_accounted_for():
    """Each element of each file is one article or one reject."""
    spec = parse_source(read_yaml(b"path: reuters-*.json\ntimezone: UTC", "config.yaml"), FOLDER)
    for file in files(spec):
        records = json.loads(Path(file).read_bytes())
        items = list(read(spec, file, "example.org,2023"))
        kinds = Counter(type(item) for item in items)
        assert kinds[Article] + kinds[Reject] == len(records)
        reasons = {item.reason for item in items if isinstance(item, Reject)}
        assert all(r == "the record has neither title nor body" or r.startswith("the date") for r in reasons)
        keys = {item.key for item in items if isinstance(item, Article)}
        assert keys <= {record["id"] for record in records}
