"""In a real corpus, if available, every record is accepted or rejected with its reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from feedpub.articles.article import Article, Notice
from feedpub.config.sources import parse_source
from feedpub.core.yaml_node import read_yaml
from feedpub.sources import files, read

FOLDER = Path(__file__).parents[3] / "shared/corpora"
BLANK = dict.fromkeys(range(33), " ")


def wanted(record):
    """Return the reason for which ``record`` must be rejected, found without the readers; empty if it is good."""
    if not isinstance(record, dict):
        return "no JSON object"
    for name in ("title", "body", "date", "id"):
        if isinstance(record.get(name), list | dict | bool):
            return "not text"
    said = [str(record.get(name) or "").translate(BLANK).strip() for name in ("title", "body", "date")]
    if not said[0] and not said[1]:
        return "neither title nor body"
    return "" if said[2] else "no date"


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the Reuters corpus is not beside the checkout")
def test_every_record_is_accounted_for():
    """Each element of each file, in order, is one article with its own id, or one reject with a reason."""
    spec = parse_source(read_yaml(b"path: reuters-*.json\ntimezone: UTC", "config.yaml"), FOLDER)
    assert files(spec)
    for file in files(spec):
        records = json.loads(Path(file).read_bytes())
        items = [item for item in read(spec, file, "example.org,2023") if not isinstance(item, Notice)]
        for record, item in zip(records, items, strict=True):
            problem = wanted(record)
            if isinstance(item, Article):
                assert not problem, item.origin
                # 2 and 2.0 are the same number in JSON.
                assert item.key == (str(record.get("id") or "").strip().removesuffix(".0") or None)
            else:
                assert problem in item.reason if problem else item.reason.startswith("the date '"), (
                    item.reason
                )
