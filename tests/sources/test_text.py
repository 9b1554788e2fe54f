"""The text format on the sample, and the tails of related links."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest
import yaml

from feedpub.article import Article, Boilerplate, Notice
from feedpub.located import read_yaml
from feedpub.sources import files, parse_source, read
from feedpub.sources.boilerplate import fold_heading, without_tail

ROOT = Path(__file__).parents[2]
RELATED = yaml.safe_load((ROOT / "tests/data/sources/related.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", RELATED, ids=lambda case: case["name"])
def test_related_links_case(case):
    """What each case's name says."""
    kept = without_tail(case["body"], ("Read More",), frozenset({fold_heading("You Might Like...")}))
    assert kept == (case["body"] if case["kept"] == "all" else case["kept"])


@pytest.mark.parametrize("piece", ["Read More\n", "Read More ", "You Might Like...\n"])
def test_a_body_of_nothing_but_markers_is_read_in_linear_time(piece):
    """Four megabytes of markers before running text are no work of hours, and stay."""
    body = piece * ((4 << 20) // len(piece)) + "and so on."
    begun = time.process_time()
    assert without_tail(body, ("Read More",), frozenset({fold_heading("You Might Like...")})) == body
    assert time.process_time() - begun < 30


def test_the_sample_gives_twelve_articles_and_nine_lines_of_boilerplate(covered):
    config = (
        b'path: seeds/*.txt\ntimezone: UTC\nboilerplate: ["You Might Like..."]\nrelated_links: ["Read More"]'
    )
    spec = parse_source(read_yaml(config, "config.yaml"), ROOT)
    (file,) = files(spec)
    items = list(read(spec, file, "example.org,2023"))
    assert Counter(type(item) for item in items) == {Article: 12, Notice: 3, Boilerplate: 1}
    assert [item.kind for item in items if isinstance(item, Notice)] == ["related-links"] * 3
    assert not any("Read More" in item.body for item in items if isinstance(item, Article))
    assert {item.origin.file for item in items} == {f"seeds/{file.name}"}
    assert covered(items) == list(range(1, 46))


def test_paragraphs_of_a_body_are_kept(source, gives):
    """Line breaks and blank lines inside a body stay as they are."""
    (article,) = gives(source(), b"T\n\nOne\nstill one\n\nTwo\n\n2023-10-09 14:25\n")
    assert article.body == "One\nstill one\n\nTwo"


@pytest.mark.parametrize(
    ("layout", "data"),
    [
        pytest.param("", b"T\n<p>B</p>\n2023-10-09 14:25\n", id="plain"),
        pytest.param("", b"T\x03\n<p>B</p>\n2023-10-09 14:25\n", id="to be cleaned"),
        pytest.param(
            "layout: {headers: {By: author}}", b"By: A\nT\n<p>B</p>\n2023-10-09 14:25\n", id="headers"
        ),
        pytest.param("layout: {separator: '--'}", b"T\n<p>B</p>\n2023-10-09 14:25\n--\n", id="separator"),
    ],
)
def test_the_body_of_a_text_record_is_html_where_its_source_says_so(layout, data, source, gives):
    for declared, html in (("body: html", True), ("body: text", False)):
        article = gives(source(f"{declared}\n{layout}".strip()), data)[0]
        assert (article.body, article.html) == ("<p>B</p>", html)
