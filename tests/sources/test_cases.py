"""All formats, by tables of cases: a new case needs a few lines of YAML and no code."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
from pathlib import Path

import pytest
import yaml
import zstandard

from feedpub.articles.article import Article

FOLDER = Path(__file__).parents[1] / "data/sources/cases"
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text("utf-8"))
]
COMPRESSORS = {
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "lzma": lzma.compress,
    "zstandard": zstandard.ZstdCompressor().compress,
}


def content(case):
    """Return the bytes of a case's file, before and after compression."""
    text = case.get("repeat", "") * case.get("times", 0) + case.get("input", "")
    data = case["latin1"].encode("latin-1") if "latin1" in case else text.encode(case.get("encode", "utf-8"))
    return data, COMPRESSORS.get(case.get("compress"), bytes)(data)


def count_lines(case, data):
    """Count lines in a different way than the readers do."""
    text = data.decode(case.get("encode", "latin-1")).removeprefix("ï»¿")
    return len(re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", text))


@pytest.mark.parametrize("case", CASES)
def test_case(case, source, gives, agrees, covered):
    """Each case does what its name says, and each line is in exactly one item unless the case says otherwise."""
    plain, data = content(case)
    items = gives(source(case.get("source", "")), data, case.get("file", "in.txt"))
    agrees(items, case["items"])
    lines = covered(items)
    if "columns" in case:
        # Items that share a line.
        assert [item.origin.column for item in items] == case["columns"]
        lines = sorted(set(lines))
    assert lines == list(range(1, case.get("lines", count_lines(case, plain)) + 1))
    articles = [item for item in items if isinstance(item, Article)]
    if "ids" in case:
        assert [article.id for article in articles] == case["ids"]
    if "former" in case:
        assert [article.former for article in articles] == case["former"]
    if "bodies" in case:
        assert [article.body for article in articles] == case["bodies"]
    if "links" in case:
        assert [article.link for article in articles] == case["links"]
    if "types" in case:
        assert [[file.type for file in article.enclosures] for article in articles] == case["types"]
    if "authors" in case:
        assert [[author.name for author in article.authors] for article in articles] == case["authors"]
    if "categories" in case:
        assert [list(article.categories) for article in articles] == case["categories"]
    if "without" in case:
        assert not any(case["without"] in article.title + article.body for article in articles)
