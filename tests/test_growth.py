"""What a build costs grows with what it is given, and no faster: n, 2 n and 4 n articles."""

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
from feedpub.sources.readers import feed, reader
from feedpub.sources.spec import ParseContext
from feedpub.sources.streams import InputStream

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.environ.get("FEEDPUB_SWEEP"), reason="growth is measured by python3 run.py sweep"
    ),
]

N = 4_000
# Twice as much may cost twice as much, and somewhat more, as tables of hashes and sorts do.
MOST = 2.6
KINDS = {
    "csv": ("all: {title: All}", "[rss, atom]"),
    "archives": ("all: {title: All}", "[rss, atom], archive: 500"),
    "near-duplicates": ("all: {title: All, max_items: 1000, dedup: {near: 80%}}", "[rss]"),
}


def seconds(folder, times=5):
    """The best of some builds, in seconds of CPU, each from nothing and in a process of its own."""
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


# A format, and a function from a number to a file of so many records, or paragraphs of one record.
READERS = {
    "text": ("text", lambda n: "".join(f"Story {i}\n{BODY}\n{when(i)}\n\n" for i in range(n))),
    "jsonl": ("jsonl", lambda n: "".join(json.dumps(each) + "\n" for each in objects(n))),
    "json": ("json", lambda n: json.dumps(objects(n))),
    "Ghost": ("json", ghost),
    "csv": ("csv", lambda n: rows(n, ",")),
    "tsv": ("tsv", lambda n: rows(n, "\t")),
    "markdown": ("markdown", lambda n: f"---\ntitle: A\ndate: 2023-10-09 14:25\n---\n{f'{BODY} *x*{chr(10) * 2}' * n}"),
    "html": ("html", lambda n: "<html><head><title>A</title><meta name='date' content='2023-10-09 14:25'></head><body>"
             f"<article><h1>A</h1>{f'<p>{BODY}</p>' * n}</article></body></html>"),
    "feed": ("feed", rss),
    "feed in parts": ("feed", rss),
    "export in parts": ("feed", lambda n: rss(n, "<wp:status>publish</wp:status><wp:post_type>post</wp:post_type>")),
    "parquet": ("parquet", columns),
}  # fmt: skip


@pytest.mark.parametrize("kind", READERS)
def test_twice_the_records_take_a_reader_about_twice_as_long(kind, monkeypatch, figures):
    if kind.endswith("in parts"):
        monkeypatch.setattr(feed, "WHOLE", 0)
    name, write = READERS[kind]
    spec = parse_source(read_yaml(b"path: x\ntimezone: UTC", "config.yaml"), Path())
    context = ParseContext(spec, "x", "quay.news,2024")

    def cost(count):
        data = write(count)
        data = data if isinstance(data, bytes) else data.encode()
        best = float("inf")
        for _ in range(5):
            begun = time.process_time()
            items = list(reader(name, "x").read(InputStream(io.BytesIO(data)), context))
            best = min(best, time.process_time() - begun)
        assert len(items) >= (1 if name in ("markdown", "html") else count)
        return best

    count = 500
    while cost(count) < 0.05:
        count *= 2
    found = [cost(count), cost(2 * count), cost(4 * count)]
    ratios = [later / earlier for earlier, later in pairwise(found)]
    figures(
        f"growth, reading {kind}: {', '.join(f'{s:.2f} s' for s in found)} for {count:,}, 2 and 4 times as many"
    )
    assert max(ratios) < MOST, found
