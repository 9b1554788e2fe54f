"""Readers only raise their own error, whatever a file contains, and never take quadratic time."""

from __future__ import annotations

import io
import json
import os
import time
from contextlib import suppress
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from feedpub.articles.article import Article, LeftOut, Reject
from feedpub.config.sources import parse_source
from feedpub.core.errors import SourceError
from feedpub.core.yaml_node import read_yaml
from feedpub.sources import read
from feedpub.sources.field_names import CANONICAL, NAMES
from feedpub.sources.withheld import _ROLES

PAGE = (
    "<html><head><title>A</title><meta name='date' content='2023-10-09 14:25'><script type='application/ld+json'>"
    '{"@type": "Article", "datePublished": "2023-10-09", "author": [{"name": "B"}], "expires": "2099-01-01"}</script>'
    "</head><body><article><h1>A</h1><time datetime='2023-10-09'>x</time><p>The ferry is back in service after a"
    " long repair, and all seats are sold.</p></article><aside>c</aside></body></html>"
)
EXPORT = (
    '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
    "<title>T</title><item><title>A</title><guid>https://u:p@x.test/1</guid><link>https://x.test/1</link><dc:creator>B"
    "</dc:creator><author>b@x.test (B)</author><pubDate>Mon, 09 Oct 2023 14:25:00 GMT</pubDate><wp:status>publish"
    "</wp:status><wp:post_password/><category>c</category><enclosure url='https://x.test/a.mp3' length='x'/>"
    "<description>&lt;p&gt;D&lt;/p&gt;</description></item></channel></rss>"
)
ENTRY = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:app="http://www.w3.org/2007/app"><title>T</title><id>urn:x:f</id>'
    "<link rel='self' href='https://x.test/f'/><author><name>A</name><email>a@x.test</email></author><entry><id>urn:x:1"
    "</id><title type='html'>A</title><updated>2023-10-09T14:25:00Z</updated><app:control><app:draft>no</app:draft>"
    "</app:control><content type='xhtml'><div>B</div></content></entry></feed>"
)
SEEDS = {
    "a.txt": "Title\nBody\nMon Oct 9 14:25:00 EDT 2023\n\nYou Might Like...\n\nOne\n\nT\nB\n2023-10-09T14:26Z\n",
    "a.jsonl": '{"title":"A","body":["B"],"date":"2023-10-09 14:25","status":"draft","embargo":"2099-01-01"}\n',
    "a.json": '{"posts":[{"title":"A","html":"B","date":"2023-10-09","author":{"name":"C"}},{"id":1}]}',
    "keyed.json": '{"a1":{"title":"A","body":"B","date":"2023-10-09"},"a2":{"title":"C","date":"2","x":{"y":[1]}}}',
    "named.json": '{"v":1,"posts":{"a1":{"title":"A","date":"2023-10-09"},"a2":{"title":3}},"users":{"u":{}}}',
    "tables.json": '[{"type":"header","version":"5"},\n{"type":"table","name":"u","data":\n[\n{"a":"1"}\n]},\n'
    '{"type":"table","name":"p","database":"d","data":\n[\n{"title":"A","date":"2023-10-09"},\n{"title":"B"}\n]\n}\n]\n',
    "above.csv": 'Report,,\n\ntitle,body,date\nA,"B \\"b\\", c",2023-10-09 14:25\nC,"D:\\",2023-10-09\n',
    "a.csv": 'title,body,date,status\nA,"B, b",2023-10-09 14:25,nan\n"C\nc",D,2023-10-09 14:25,N/A\n',
    "a.tsv": "sep=\t\ntitle\tbody\tdate\nA\tB\t2023-10-09 14:25\n",
    "yaml.md": "---\ntitle: A\ndate: 2023-10-09 14:25\ntags: [x]\nbuild: {list: never}\n---\n\n# Head\n\nBody *b*\n",
    "toml.md": "+++\ntitle = 'A'\ndate = 2023-10-09T14:25:00Z\nweight = 12\na.b = [1, {c = 2}]\n+++\nBody\n",
    "json.md": '---json\n{"title": "A", "date": "2023-10-09"}\n---\nBody\n',
    "pelican.md": "Title: A\nDate: 2023-10-09 14:25\nStatus: draft\n\nBody [x](y)\n",
    "a.html": PAGE,
    "a.rss": EXPORT,
    "a.atom": ENTRY,
    "a.xml": "<?xml version='1.0' encoding='utf-8'?>" + EXPORT,
    "none": "Title\nBody\n2023-10-09 14:25\n",
}
FRAGMENTS = (
    b"\n", b"\r", b"\0", b"\x03", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b'"', b"'",
    b",", b"{", b"}", b"[", b"]", b"\\ud800", b"---\n", b"+++\n", b"<", b">", b"&", b"&#0;", b"&#xd800;",
    b"&#57343;", b"&#56000;", b"]]>",
    b"<![CDATA[", b"<!--", b"-->", b"<!DOCTYPE a [", b"<!ENTITY a 'b'>", b"&a;", b" xmlns='urn:x'",
    b" xml:base='http://['", b"http://[x", b"2023-13-45", b"99999999999999999999999", b"0x" + b"f" * 4000,
    b"9" * 4301, b"1e999", b"nan", b"-inf", b"null", b"true", b"[" * 600, b"{a=" * 600, b"a." * 400, b"<b>" * 300,
    b"> " * 300, b"\x1f\x8b\x08", b"BZh9", b"PAR1", b"\xfd7zXZ\x00", b"(\xb5/\xfd",
    b"Mon, 32 Foo 0000 99:99 +9999", b"\xe2\x80\xae", b"\xf0\x9f\x87\xa9", b"https://a:b@c", b"@", b"a@b",
)  # fmt: skip
CONFIG = {
    "b.txt": '\nlayout: {separator: "---", headers: {Author: author}}',
    "repaired": "\nrepair_mojibake: true\nbody: html",
    "other": "\nencoding: cp1252\ndates: {languages: [fr], formats: ['%d.%m.%Y', epoch]}",
    "mapped": "\nfields: {title: it.title, published: it.date, id: it.id}\nnamespace: mine",
}


def spec_of(folder, more=""):
    config = f"path: '*'\ntimezone: UTC\nboilerplate: You Might Like...\nrelated_links: Read More{more}"
    return parse_source(read_yaml(config.encode(), "config.yaml"), folder)


def consume(folder, name, data, more=""):
    """Read a file to its end; the readers' own error says that a file cannot be read at all."""
    path = Path(folder) / name
    path.write_bytes(data)
    items = []
    with suppress(SourceError):
        items.extend(read(spec_of(folder, more), path, "example.org,2023"))
    return items


@st.composite
def damaged(draw, good):
    data = good
    for _ in range(draw(st.integers(0, 5))):
        at, to = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        put = draw(st.sampled_from(FRAGMENTS) | st.binary(max_size=8))
        data = data[:at] + put + data[draw(st.sampled_from((at, at, min(to, at + 12), to))) :]
    return draw(st.sampled_from((data, data, data, draw(st.binary(max_size=60)))))


# A search tries as many as its profile says.
EXAMPLES = settings.default.max_examples if os.environ.get("HYPOTHESIS_PROFILE") == "search" else 60
free = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.slow
@pytest.mark.parametrize("name", SEEDS)
@free
@given(case=st.data(), more=st.sampled_from(["", *CONFIG.values()]))
def test_no_bytes_make_a_reader_raise(name, case, more, tmp_path):
    consume(tmp_path, name, case.draw(damaged(SEEDS[name].encode())), more)


@free
@given(case=st.data())
def test_no_bytes_of_parquet_make_it_raise(case, tmp_path):
    table = pa.table(
        {"title": ["A", None], "body": [["a", None], []], "date": ["2023-10-09", "x"], "status": [1.5, None]}
    )
    file = io.BytesIO()
    parquet.write_table(table, file)
    consume(tmp_path, "a.parquet", case.draw(damaged(file.getvalue())))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["2023-10-09", "2023-10-09 14:25", "draft", "nan", "https://a:b@[x", "a@b.c", "<p>x", "9" * 400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["name", "url", "email", "term", "type", "length", "list", "value", "x"]), inner, max_size=3
    ),
    max_leaves=6,
)  # fmt: skip
names = st.sampled_from(
    sorted({*CANONICAL, *(name for known in NAMES.values() for name in known), *_ROLES, "version"})
)
records = st.dictionaries(names, values, max_size=6).map(
    lambda record: {"title": "A", "body": "B", "date": "2023-10-09"} | record
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(record=records, more=st.sampled_from(["", *CONFIG.values()]))
def test_no_value_makes_a_reader_raise(record, more, tmp_path):
    """Whatever value a known name has, a record is one article, one reject, or left out."""
    line = json.dumps(record)
    for name, text in (("a.jsonl", line), ("a.json", f"[{line}]"), ("a.md", f"---json\n{line}\n---\nB")):
        items = consume(tmp_path, name, text.encode(), more)
        assert len([item for item in items if isinstance(item, Article | LeftOut | Reject)]) == 1


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.md", f"+++\nweight = {'9' * 4301}\n+++\nB\n", "not TOML"),
        ("a.md", f"+++\ntitle = 0x{'f' * 4301}\n+++\nB\n", "more than 100 digits"),
        ("a.md", f"+++\n{'.'.join('a' * 30_000)} = 1\n+++\nB\n", "more than 16 dots"),
        ("a.md", f"+++\n[{' . '.join(['a', chr(34) + 'b c' + chr(34)] * 20)}]\n+++\nB\n", "more than 16 dots"),
        ("a.md", f"+++\na = {'[' * 2000}\n+++\nB\n", "not TOML"),
        ("a.md", f"---\na: {'x' * (64 << 10)}\n---\nB\n", "more than 64 KB"),
        ("a.jsonl", '{"title":"A","date":"2023-10-09","author":' + "[" * 900 + "]" * 900 + "}", "nested too deeply"),
    ],
)  # fmt: skip
def test_what_would_end_a_build_costs_its_own_record(name, text, reason, tmp_path):
    (item,) = consume(tmp_path, name, text.encode())
    assert isinstance(item, Reject)
    assert reason in item.reason


@pytest.mark.parametrize(
    "value", ["a.b.c = 1", "a = '" + "x. " * 40 + "'", "v = '1.2.3.4.5.6'", "[a.b]\nc.d = 1"]
)
def test_ordinary_front_matter_has_no_key_of_too_many_dots(value, tmp_path):
    text = f"+++\ntitle = 'A'\ndate = 2023-10-09T14:25:00Z\n{value}\n+++\nB\n"
    assert isinstance(consume(tmp_path, "a.md", text.encode())[0], Article)


def item(content):
    head = '<rss version="2.0"><channel><title>T</title><item><title>A</title><pubDate>Mon, 09 Oct 2023 14:25:00 GMT'
    return f"{head}</pubDate>{content}</item></channel></rss>"


GROWING = {
    "attributes.rss": lambda n: item("<x " + " ".join(f"a{i}='1'" for i in range(n)) + "/>"),
    "deep.rss": lambda n: item(
        "<x>" * n + "<y " + " ".join(f"a{i}='1'" for i in range(n)) + "/>" + "</x>" * n
    ),
    "comments.rss": lambda n: item(f"<description>{'&lt;!-- -- ' * n}</description>"),
    "cdata.rss": lambda n: item(f"<description><![CDATA[{'<!--' * n}]]></description>"),
    "namespaces.rss": lambda n: item("".join(f'<n{i}:x xmlns:n{i}="urn:{i}"/>' for i in range(n))),
    "nested.rss": lambda n: item("".join(f'<x xmlns:n{i}="urn:{i}">' for i in range(n))),
    "categories.rss": lambda n: item("".join(f"<category>{i}</category>" for i in range(n))),
    "authors.rss": lambda n: item("".join(f"<author>{i}</author>" for i in range(n))),
    "entries.rss": lambda n: item("</item>" + "<item><title>B</title></item>" * n + "<item>"),
    "headings.txt": lambda n: "You Might Like...\n\n" * n,
    "headed.txt": lambda n: "You Might Like...\n" * n + "A\nB\n2023-10-09 14:25\n",
    "doubts.txt": lambda n: "A\n" + "2023 a 5\n" * n + "2023-10-09 14:25\n",
    "dots.md": lambda n: f"+++\n{'.'.join('a' * n)} = 1\n+++\nB\n",
    "letters.md": lambda n: f"+++\na = {'a' * n}\n+++\nB\n",
    "articles.html": lambda n: PAGE.replace(
        "<aside>", "<article><time datetime='2019-01-01'>x</time></article>" * n
    ),
    "headings.html": lambda n: PAGE.replace("<aside>", "<h1>B</h1>" * n),
    "microdata.html": lambda n: PAGE.replace("<aside>", "<meta itemprop='datePublished' content='x'>" * n),
    "keyed.json": lambda n: '{"a0":{"title":"A","date":"2023-10-09"},' + '"a1":{"title": A},\n' * n + "}",
    "keys.json": lambda n: "{" + '"a":{"x":1},' * n + '"b":1}',
    "tables.json": lambda n: '[{"type":"header",' + '"type":"table","name":"t","data":[{"a":1},' * n,
    "escaped.csv": lambda n: "title,body,date\n" + 'A,"\\"b\n' * n,
    "above.csv": lambda n: "x\n" * n + "title,body,date\n",
    "status.jsonl": lambda n: '{"title":"A","date":"2023-10-09","status":"' + "a," * n + '"}',
}


@pytest.mark.slow
@pytest.mark.skipif(
    not os.environ.get("FEEDPUB_SWEEP"), reason="growth is measured by python3 run.py sweep growth"
)
@pytest.mark.parametrize("name", GROWING)
def test_twice_as_much_takes_about_twice_as_long(name, tmp_path):
    def cost(size):
        best = float("inf")
        for _ in range(3):
            begun = time.process_time()
            consume(tmp_path, name, GROWING[name](size).encode())
            best = min(best, time.process_time() - begun)
        return best

    size = 4_000
    while (small := cost(size)) < 0.05 and size < 256_000:
        size *= 2
    # Quadratic time would be sixteen times as much.
    assert cost(4 * size) < max(9 * small, 0.1)
