"""The same articles in every format are the same articles, whatever carries them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from feedpub.article import Article
from feedpub.config import load_config
from feedpub.located import read_yaml
from feedpub.pipeline import build
from feedpub.sources import files, parse_source, read

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sample():
    """The articles of the sample."""
    config = (
        b'path: seeds/*.txt\ntimezone: UTC\nboilerplate: ["You Might Like..."]\nrelated_links: ["Read More"]'
    )
    spec = parse_source(read_yaml(config, "config.yaml"), ROOT)
    return [
        item
        for file in files(spec)
        for item in read(spec, file, "example.org,2023")
        if isinstance(item, Article)
    ]


def rows(articles):
    return [{"title": a.title, "body": a.body, "date": a.published.isoformat()} for a in articles]


def as_jsonl(articles):
    return "".join(json.dumps(row) + "\n" for row in rows(articles)).encode()


def as_json(articles):
    return json.dumps(rows(articles), indent=2).encode()


def as_json_object(articles):
    return json.dumps({"articles": rows(articles)}).encode()


def as_table(articles, delimiter):
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ["title", "body", "date"], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows(articles))
    return text.getvalue().encode()


def as_text(articles):
    return "\n".join(f"{a.title}\n{a.body}\n{a.published:%Y-%m-%d %H:%M}\n" for a in articles).encode()


def as_parquet(articles):
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(rows(articles)), out)
    return out.getvalue()


def as_atom(articles):
    entries = "".join(
        f"<entry><id>{a.id}</id><title>{escape(a.title)}</title><published>{a.published.isoformat()}</published>"
        f'<content type="text">{escape(a.body)}</content></entry>\n'
        for a in articles
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>\n{entries}</feed>'.encode()


FORMATS = {
    "a.txt": as_text,
    "a.jsonl": as_jsonl,
    "a.json": as_json,
    "b.json": as_json_object,
    "a.csv": lambda articles: as_table(articles, ","),
    "a.tsv": lambda articles: as_table(articles, "\t"),
    "a.parquet": as_parquet,
    "a.atom": as_atom,
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_articles(name, sample, source, gives):
    """Ids, titles and instants are those of the sample; bodies too, unless the format makes HTML of them."""
    items = gives(source(), FORMATS[name](sample), name)
    articles = [item for item in items if isinstance(item, Article)]
    assert [(a.id, a.title, a.published) for a in articles] == [(a.id, a.title, a.published) for a in sample]
    if name != "a.atom":
        assert [a.body for a in articles] == [a.body for a in sample]


def test_markdown_gives_the_same_ids(sample, source, gives):
    """A file an article, with front matter, gives the sample's ids."""
    for wanted in sample:
        matter = f"---\ntitle: {json.dumps(wanted.title)}\ndate: {wanted.published.isoformat()}\n---\n{wanted.body}\n"
        (article,) = gives(source(), matter.encode(), "a.md")
        assert (article.id, article.title) == (wanted.id, wanted.title)


def test_the_order_of_records_does_not_count(sample, source, gives):
    """Reversed, the articles have the same ids."""
    reverse = gives(source(), as_jsonl(sample[::-1]), "a.jsonl")
    assert [a.id for a in reverse] == [a.id for a in sample[::-1]]


CONFIG = """\
version: 1
site: {title: T, base_url: "https://example.org/", id_authority: "example.org,2023", language: en}
sources: [{path: "in/*", timezone: UTC}]
feeds: {all: {title: All, description: All}}
output: {dir: feeds}
"""


def test_every_format_gives_the_same_feeds_byte_for_byte(sample, tmp_path):
    """What carries the plain text of a story does not show in what is published."""
    published = {}
    for name in ("a.txt", "a.jsonl", "a.json", "b.json", "a.csv", "a.tsv", "a.parquet"):
        folder = tmp_path / name
        (folder / "in").mkdir(parents=True)
        (folder / "in" / name).write_bytes(FORMATS[name](sample))
        (folder / "config.yaml").write_text(CONFIG)
        build(load_config(folder / "config.yaml"), datetime(2024, 1, 1, tzinfo=UTC))
        published[name] = {path.name: path.read_bytes() for path in (folder / "feeds").glob("all.*")}
    wanted = published["a.txt"]
    assert {"all.rss", "all.atom"} <= set(wanted)
    assert all(found == wanted for found in published.values())
