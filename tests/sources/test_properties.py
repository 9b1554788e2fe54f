"""For any bytes in any format, there is no traceback, no lost line, and nothing that XML does not allow."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedpub.articles.article import Article, Notice
from feedpub.config.sources import parse_source
from feedpub.core.yaml_node import read_yaml
from feedpub.sources import decoding, read
from feedpub.sources.normalisation import build, build_story
from feedpub.sources.records import Record
from feedpub.sources.spec import ParseContext

UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SEEDS = {
    "a.txt": "Title\nBody one.\n\nmore Read More Other News\n2023-10-09 14:25\n\n"
    "You Might Like...\nOne\n\nT\nB\n2023-10-09T14:26Z\n",
    "b.txt": "Author: A\nTitle\nBody\n2023-10-09 14:25\n---\nT\nB\n2023-10-09 14:25\n---\n",
    "a.jsonl": '{"title":"A","body":"B","date":"2023-10-09 14:25"}\n\n{"title":"C","tags":["x"],"date":"2023-10-09"}\n',
    "a.csv": 'title,body,date\nA,"B, b",2023-10-09 14:25\n"C\nc",D,2023-10-09 14:25\n',
    "a.tsv": "title\tbody\tdate\nA\tB\t2023-10-09 14:25\nC\tD\t2023-10-09 14:25\n",
    "a.json": '[\n {"title":"A","body":"B","date":"2023-10-09 14:25"},\n {"title":"C","date":"2023-10-09"}\n]\n',
    "a.md": "---\ntitle: A\ndate: 2023-10-09 14:25\ntags: [x]\n---\n\n# Head\n\nBody *b*\n",
    "a.rss": '<rss version="2.0"><channel><title>T</title>\n<item><title>A</title><guid>urn:isbn:1</guid>\n'
    "<pubDate>Mon, 09 Oct 2023 14:25:00 GMT</pubDate><description>B</description></item>\n</channel></rss>\n",
}
YEARS = (datetime.fromisoformat("1901-01-01"), datetime.fromisoformat("2099-01-01"))
LINE_FORMATS = ("a.txt", "b.txt", "a.jsonl", "a.csv", "a.tsv")
FRAGMENTS = (
    b"\n", b"\r", b"\r\n", b"\n\n", b"\0", b"\x03", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xef\xbf\xbf",
    b"\xe2\x80\xa8", b'"', b"'", b",", b"{", b"}", b"[", b"]", b"\\", b"\\ud800", b"---", b"<", b"&", b"]]>", b"\t",
    b"2023-10-09 14:25", b"2023-13-45 99:99", b"2023-10-09", b"You Might Like...", b"Read More", b"\x1f\x8b", b"NaN",
)  # fmt: skip


def spec_of(name, folder):
    extra = '\nlayout: {separator: "---", headers: {Author: author}}' if name == "b.txt" else ""
    config = f"path: '*'\ntimezone: UTC\nboilerplate: You Might Like...\nrelated_links: Read More{extra}"
    return parse_source(read_yaml(config.encode(), "config.yaml"), folder)


@st.composite
def damaged(draw, name):
    """Return the bytes of a good file with parts removed or inserted, or different bytes altogether."""
    data = SEEDS[name].encode() * draw(st.integers(1, 3))
    for _ in range(draw(st.integers(0, 6))):
        at, to = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        put = draw(st.sampled_from(FRAGMENTS) | st.binary(max_size=8))
        data = data[:at] + put + data[draw(st.sampled_from((at, at, to))) :]
    return draw(st.sampled_from((data, data, data, draw(st.binary(max_size=40)))))


def count_lines(data):
    return len(re.findall(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z", data.removeprefix(b"\xef\xbb\xbf")))


def run(name, folder, data):
    path = Path(folder) / name
    path.write_bytes(data)
    return list(read(spec_of(name, folder), path, "example.org,2023"))


@pytest.mark.slow
@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=st.data())
def test_any_bytes_are_accounted_for(name, case, tmp_path):
    """Every line is in exactly one item (at least one, in some formats), and every item is fit for feeds."""
    data = case.draw(damaged(name))
    items = run(name, tmp_path, data)
    spans = sorted((i.origin.line, i.origin.last) for i in items if not isinstance(i, Notice))
    covered = [number for first, last in spans for number in range(first, last + 1)]
    # A beginning in UTF-16 or compressed data has no lines.
    if not data.startswith(
        (b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff", b"BZh", b"\x28\xb5", b"\xfd7z", b"\0\0\xfe")
    ):
        wanted = list(range(1, count_lines(data) + 1))
        if name in LINE_FORMATS:
            assert covered == wanted
        elif items:
            assert set(wanted) <= set(covered)
    for item in items:
        if isinstance(item, Article):
            assert item.published.tzinfo is not None
            assert item.title.strip()
            assert not UNFIT.search(item.title + item.body + "".join(item.categories))


@pytest.mark.slow
@pytest.mark.parametrize("name", LINE_FORMATS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=st.data(), size=st.integers(1, 9))
def test_the_size_of_blocks_does_not_count(name, case, size, tmp_path):
    """A file read in small blocks gives the same as one read at once."""
    data = case.draw(damaged(name))
    whole = run(name, tmp_path, data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "BLOCK", size)
        assert run(name, tmp_path, data) == whole


@settings(max_examples=60, deadline=None)
@given(
    title=st.text(st.sampled_from("aB \t\u200b\u00a0."), min_size=1, max_size=8),
    body=st.text(st.sampled_from("aB .\n"), max_size=8).map(
        lambda text: f"{text}. Read More News"[: len(text) + 16]
    ),
    stamp=st.sampled_from(
        ("2023-10-09 14:25", "2023-10-09", "2023-13-09 14:25", "Mon, 09 Oct 2023 14:25:00 GMT")
    ),
    repair=st.booleans(),
)
def test_the_short_way_for_stories_leads_to_the_same_place(title, body, stamp, repair):
    """A clean record gives the same items when it is built with all steps."""
    spec = replace(spec_of("a.txt", Path()), repair_mojibake=repair)
    reading = ParseContext(spec, "a.txt", "example.org,2023")
    long = build(reading, reading.origin(1, 3), Record(title, body, stamp), str, is_clean=True)
    assert build_story(reading, reading.origin(1, 3), title, body, stamp, str) == long


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    records=st.lists(
        st.tuples(
            st.text(
                st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=20
            ),
            st.lists(st.from_regex(r"[a-z][a-zé \u2028]{0,30}", fullmatch=True), min_size=1, max_size=4),
            st.datetimes(*YEARS),
        ),
        max_size=6,
    )
)
def test_what_is_written_is_read(records, tmp_path):
    """Any number of records written in the drop format are read unchanged."""
    text = "".join(f"{title}\n{chr(10).join(body)}\n{when:%Y-%m-%d %H:%M}\n" for title, body, when in records)
    items = run("a.txt", tmp_path, text.encode())
    wanted = [
        (title, "\n".join(body).strip(), when.replace(second=0, microsecond=0))
        for title, body, when in records
    ]
    assert [
        (i.title, i.body, i.published.replace(tzinfo=None)) for i in items if isinstance(i, Article)
    ] == wanted
