"""The cost of a build grows linearly with its input: n, 2 n and 4 n articles."""

import gc
import io
import json
import os
import resource
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from feedpub.config.sources import parse_source
from feedpub.core.yaml_node import read_yaml
from feedpub.sources.readers import feed, html, reader
from feedpub.sources.spec import ParseContext
from feedpub.sources.streams import InputStream

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.environ.get("FEEDPUB_SWEEP"), reason="growth is measured by python3 run.py sweep"
    ),
]

N = 4_000
# Twice as much may cost twice as much, and somewhat more, as in hash tables and sorting.
MOST = 2.6
KINDS = {
    "csv": ("all: {title: All}", "[rss, atom]"),
    "archives": ("all: {title: All}", "[rss, atom], archive: 500"),
    "near-duplicates": ("all: {title: All, max_items: 1000, dedup: {near: 80%}}", "[rss]"),
}


def seconds(folder, times=5):
    """Return the best of several first builds in their own processes, in seconds of CPU."""
    best = float("inf")
    for _ in range(times):
        subprocess.run(["rm", "-rf", "feeds", ".feedpub"], cwd=folder, check=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "feedpub", "build", "--quiet"], cwd=folder, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


@pytest.mark.parametrize("kind", KINDS)
def test_twice_the_articles_cost_about_twice_as_much(kind, tmp_path, figures):
    feeds, output = KINDS[kind]
    (tmp_path / "config.yaml").write_text(
        'version: 1\nsite: {title: T, base_url: "https://quay.news/", id_authority: "quay.news,2024"}\n'
        f"sources: [{{path: a.csv, timezone: UTC}}]\nfeeds: {{{feeds}}}\noutput: {{formats: {output}}}\n"
    )
    (tmp_path / "a.csv").write_text("title,body,date\n")
    idle = seconds(tmp_path)
    found = []
    for count in (N, 2 * N, 4 * N):
        rows = (
            f"Story {n} of the quay,The {n % 97} boats of day {n} met {n * 7919 % 10007} people.,"
            f"20{n // 8640 + 10:02}-{n // 720 % 12 + 1:02}-{n // 24 % 28 + 1:02} {n % 24:02}:00"
            for n in range(count)
        )
        (tmp_path / "a.csv").write_text("title,body,date\n" + "\n".join(rows) + "\n")
        found.append(seconds(tmp_path) - idle)
    ratios = [later / earlier for earlier, later in pairwise(found)]
    figures(
        f"growth, {kind}: {', '.join(f'{s:.2f} s' for s in found)} of CPU for {N:,}, {2 * N:,}, {4 * N:,} articles"
    )
    assert min(found) > 0.05
    assert max(ratios) < MOST, found


BODY = "The boats of the quay left before the storm, and the night ferry stayed."
WP = 'xmlns:wp="http://wordpress.org/export/1.2/"'
GHOST = '{"db":[{"meta":{"exported_on":1},"data":{"posts":['
GHOST_TABLES = '],"users":[{"id":"u","name":"Ann"}],"posts_authors":[{"post_id":"1","author_id":"u"}]}}]}'


def when(n):
    return f"20{n // 8640 + 10:02}-{n // 720 % 12 + 1:02}-{n // 24 % 28 + 1:02} {n % 24:02}:00:00"


def objects(count):
    return [
        {"title": f"Story {n}", "body": f"{BODY} {n}", "date": when(n), "id": str(n)} for n in range(count)
    ]


def rows(count, sign):
    lines = (sign.join((f"Story {n}", f'"{BODY} {n}"', when(n))) for n in range(count))
    return "\n".join([sign.join(("title", "body", "date")), *lines])


def rss(count, more=""):
    items = "".join(
        f"<item><title>Story {n}</title><link>https://x.test/{n}</link><description>{BODY} {n}</description>"
        f"<pubDate>Mon, 09 Oct 2023 14:25:00 GMT</pubDate>{more}</item>\n"
        for n in range(count)
    )
    return f'<rss version="2.0" {WP}><channel><title>T</title>{items}</channel></rss>'


def ghost(count):
    posts = (
        {"id": str(n), "title": f"Story {n}", "html": f"<p>{BODY}</p>", "visibility": "public", "published_at": when(n),
         "status": "published", "type": "post", "feature_image": None}
        for n in range(count)
    )  # fmt: skip
    return GHOST + ",".join(map(json.dumps, posts)) + GHOST_TABLES


def columns(count):
    file = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(objects(count)), file)
    return file.getvalue()


def record(**more):
    return json.dumps([{"title": "A", "date": "2023-10-09 14:25"} | more])


def markdown(body):
    return f"---\ntitle: A\ndate: 2023-10-09 14:25\n---\n{body}"


def page(body, head=""):
    date = "<meta name='date' content='2023-10-09 14:25'>"
    return f"<html><head><title>A</title>{date}{head}</head><body><article><h1>A</h1>{body}</article></body></html>"


# A format, and a function that makes a file with a number of records, or of paragraphs in one record.
READERS = {
    "text": ("text", lambda n: "".join(f"Story {i}\n{BODY}\n{when(i)}\n\n" for i in range(n))),
    "jsonl": ("jsonl", lambda n: "".join(json.dumps(each) + "\n" for each in objects(n))),
    "json": ("json", lambda n: json.dumps(objects(n))),
    "Ghost": ("json", ghost),
    "csv": ("csv", lambda n: rows(n, ",")),
    "tsv": ("tsv", lambda n: rows(n, "\t")),
    "markdown": ("markdown", lambda n: markdown(f"{BODY} *x*\n\n" * n)),
    "html": ("html", lambda n: page(f"<p>{BODY}</p>" * n)),
    "feed": ("feed", rss),
    "feed in parts": ("feed", rss),
    "export in parts": ("feed", lambda n: rss(n, "<wp:status>publish</wp:status><wp:post_type>post</wp:post_type>")),
    "parquet": ("parquet", columns),
}  # fmt: skip
# Other formats: lines of the source, and a function that makes a file with a number of some part.
JSON_LD = '<script type=\'application/ld+json\'>{"@type": "NewsArticle"}</script>'
ENCLOSURE = "<enclosure url='https://x.test/a.mp3' type='audio/mpeg' length='1'/>"
LINK_TAIL = "It ended. Read More Other News\n"
SHAPES = {
    "broken elements of JSON": ("json", "", lambda n: "[" + '{"title": "A", },\n' * n + "]"),
    "enclosures": ("json", "", lambda n: record(enclosures=[f"https://x.test/{i}.mp3" for i in range(n)])),
    "quotes that are not closed": ("csv", "", lambda n: "title,body,date\n" + 'a,"b\n' * n),
    "columns": ("csv", "", lambda n: f"title,date{',' * n}\nA,2023-10-09{',x' * n}"),
    "lines without a date": ("text", "", lambda n: "word word\n" * n),
    "dates without texts": ("text", "", lambda n: "2023-10-09 14:25\n" * n),
    "blocks of boilerplate": ("text", "boilerplate: [See also]", lambda n: "See also\nA\nb\n\n" * n),
    "tails of links": ("text", "related_links: [Read More]", lambda n: f"A\n{LINK_TAIL * n}2023-10-09\n"),
    "records of a layout": (
        "text", "layout: {order: date title body, separator: '---'}", lambda n: "2023-10-09\nA\nb\n---\n" * n
    ),
    "links of Markdown": ("markdown", "", lambda n: markdown("[a](b) *c _d `e " * n)),
    "template code": ("markdown", "", lambda n: markdown("{% {{< a " * n)),
    "headings of a page": ("html", "", lambda n: page("<h1>a</h1><p>word word word.</p>" * n)),
    "articles of a page": ("html", "", lambda n: page("<article><p>word word word.</p></article>" * n)),
    "times of a page": ("html", "", lambda n: page("<time datetime='2023'>a</time><p>word word word.</p>" * n)),
    "linked data of a page": ("html", "", lambda n: page("<p>word word word.</p>", JSON_LD * n)),
    "siblings that a selector asks for": ("html", "html: {keep: 'p ~ p'}", lambda n: page("<p>word.</p>" * n)),
    "enclosures of an entry": ("feed", "", lambda n: rss(1, ENCLOSURE * n)),
    "ampersands of a feed": ("feed", "", lambda n: rss(1, f"<category>{'a & b ' * n}</category>")),
}  # fmt: skip


@pytest.mark.parametrize("kind", READERS)
def test_twice_the_records_take_a_reader_about_twice_as_long(kind, monkeypatch, figures):
    if kind.endswith("in parts"):
        monkeypatch.setattr(feed, "WHOLE", 0)
    name, write = READERS[kind]
    figures(f"growth, reading {kind}: {measured(name, '', write, each=name not in ('markdown', 'html'))}")


@pytest.mark.parametrize("kind", SHAPES)
def test_twice_as_much_in_one_record_takes_a_reader_about_twice_as_long(kind, monkeypatch, figures):
    # A page beyond its limit is not passed to the library, which would take longer than that.
    monkeypatch.setattr(html, "MAX_ELEMENTS", 0)
    figures(f"growth, {kind}: {measured(*SHAPES[kind])}")


def measured(name, lines, write, *, each=False):
    """Return the cost of reading; fail if it grows faster than a file. With ``each``, a file has an item of each."""
    spec = parse_source(read_yaml(f"path: x\ntimezone: UTC\n{lines}".encode(), "config.yaml"), Path())
    context = ParseContext(spec, "x", "quay.news,2024")
    usual = gc.get_threshold()

    def cost(count):
        data = write(count)
        data = data if isinstance(data, bytes) else data.encode()
        best = float("inf")
        # With garbage collection, as in a build; its time depends on all existing objects.
        gc.collect()
        gc.set_threshold(200_000)
        for _ in range(5):
            begun = time.process_time()
            items = list(reader(name, "x").read(InputStream(io.BytesIO(data)), context))
            best = min(best, time.process_time() - begun)
        gc.set_threshold(*usual)
        assert len(items) >= (count if each else 1)
        return best

    count = 500
    while cost(count) < 0.1:
        count *= 2
    found = [cost(count), cost(2 * count), cost(4 * count)]
    assert max(later / earlier for earlier, later in pairwise(found)) < MOST, found
    return f"{', '.join(f'{s:.2f} s' for s in found)} for {count:,}, 2 and 4 times as many"
