"""The text format reads the sample, and cuts off related links."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from feedpub.articles.article import Article, Boilerplate, Notice
from feedpub.cli.app import app
from feedpub.config.sources import parse_source
from feedpub.core.yaml_node import read_yaml
from feedpub.sources import files, read
from feedpub.sources.boilerplate import fold_heading, without_tail

ROOT = Path(__file__).parents[2]
RELATED = yaml.safe_load((ROOT / "tests/data/sources/related.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", RELATED, ids=lambda case: case["name"])
def test_related_links_case(case):
    """Each case does what its name says."""
    kept = without_tail(case["body"], ("Read More",), frozenset({fold_heading("You Might Like...")}))
    assert kept == (case["body"] if case["kept"] == "all" else case["kept"])


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["Read More\n", "Read More ", "You Might Like...\n"])
def test_a_body_of_nothing_but_markers_is_read_in_linear_time(piece):
    """Four megabytes of markers before running text do not take hours, and stay."""
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
    """Line breaks and blank lines within a body stay."""
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


ROW = r"^\| `([^`]+)` \| (?:`(.*?)`)? \| [12]\d{3}-.* \|$"
WRITTEN = re.findall(ROW, (ROOT / "docs/time.md").read_text("utf-8"), re.MULTILINE)
SHAPES = [
    "2023-10-11 (Wed) 10:00", "11 Oct 2023 | 10:00", "10:00, 11 October 2023", "11 October 2023 - 10:00",
    "11 October 2023 – 10:00", "2023 Oct 11 10:00", "2023-Oct-11 10:00", "Oct-11-2023 10:00", "11Oct2023 10:00",
    "2023, October 11", "October 11, 2023 10 AM", "Oct. 11, 2023, 10 a.m.", "11. October 2023", "2023.10.11. 10:00",
    "20231011", "20231011T100000Z", "2023-10-11 10:00:00 +0000 UTC", "2023-10-11 10:00 (GMT+1)", "2023-10-11 10-00",
    "Wed Oct 11 2023 10:00:00 GMT+0200 (Central European Summer Time)", "2023-10-11T10:00:00+00:00[UTC]",
    "2023-W41-3", "(2023-10-11 10:00)", "Date: 2023-10-11 10:00", "Published 11 October 2023", "11/10/2023 at 10h00",
    "9 octobre 2023 à 14h25", "Wed Oct 11 10:00:00 EDT 2023", "Wed Oct 11 10:00:00 +0200 2023", "1696861500",
]  # fmt: skip


def declared(text):
    return "\n".join(part.strip() for part in re.split(r", (?=dates|timezone)", text)) or "timezone: null"


@pytest.mark.parametrize(("written", "says"), WRITTEN, ids=[" ".join(row[:2]) for row in WRITTEN])
def test_a_line_that_is_read_as_a_date_ends_a_record(written, says, source, gives):
    """A date that JSON may have in a field also ends a record on a line of its own."""
    items = gives(source(declared(says)), f"A\nB\n{written}\nC\nD\n{written}\n".encode())
    assert [item.title for item in items if isinstance(item, Article)] == ["A", "C"]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_line_that_may_be_meant_as_a_date_ends_a_record_or_is_told(shape, source, gives):
    spec = source("dates: {day_first: true}")
    as_json = gives(spec, json.dumps({"title": "A", "body": "B", "date": shape}).encode(), "in.jsonl")
    items = gives(spec, f"O\nP\n2023-10-08 10:00\nA\nB\n{shape}\nC\nD\n2023-10-12 10:00\n".encode())
    articles = [item for item in items if isinstance(item, Article)]
    told = [
        (item.kind, item.origin.line)
        for item in items
        if isinstance(item, Notice) and item.kind.endswith("-date")
    ]
    if isinstance(as_json[0], Article):
        assert [item.title for item in articles] == ["O", "A", "C"]
        assert articles[1].published == as_json[0].published
        assert told in ([], [("odd-date", 6)])
    else:
        assert [item.title for item in articles] == ["O", "A"]
        assert told == [("maybe-date", 6)]


@pytest.mark.parametrize(
    "line",
    [
        "In 2023, 40 people came",
        "On 2023-10-09 14:25 it rained.",
        "It was 2023-10-09 14:25",
        "Born in 1972.",
        "2023",
        "Room 2024",
        "The 2019 law (No 12) changed it.",
        "+44 1632 960983",
        "From 2001 to 2010 it grew by 4 percent a year",
    ],
)
def test_running_text_is_no_date_and_none_is_suspected(line, source, gives):
    (article,) = gives(source(), f"A\nB\n{line}\nC\n2023-10-12 10:00\n".encode())
    assert line in article.body


def test_check_tells_of_dates_in_doubt(tmp_path):
    (tmp_path / "c.yaml").write_text(
        'version: 1\nsite: {title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}\n'
        "sources: [{path: a.txt, timezone: UTC}]\nfeeds: {all: {title: All}}\n"
    )
    (tmp_path / "a.txt").write_text("A\nB\n2023-10-11 10-00\nC\nD\n2023-10-12 10:00\nE\nF\nOct 13, 2023\n")
    run = CliRunner().invoke(app, ["check", "--config", str(tmp_path / "c.yaml")])
    assert "a.txt:3: '2023-10-11 10-00' may be meant as a date, but does not end a record" in run.output
    assert "a.txt:9: 'Oct 13, 2023' ends a record, but is written in another form" in run.output


def test_a_doubt_is_told_whatever_the_timestamp_looks_like(source, gives):
    spec = source("dates: {day_first: true, two_digit_years: 1950}")
    items = gives(spec, b"A\nB\n2023-10-11 10-00\n11/10/23 10:00\n")
    assert [item.origin.line for item in items if isinstance(item, Notice)] == [3]
