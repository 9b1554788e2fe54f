"""The same articles in any format are the same articles."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from feedpub.articles.article import Article, Notice, Reject
from feedpub.config import load_config
from feedpub.config.sources import parse_source
from feedpub.core.yaml_node import read_yaml
from feedpub.publishing.build import build
from feedpub.sources import files, read

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
        f'<updated>{a.published.isoformat()}</updated><content type="text">{escape(a.body)}</content></entry>\n'
        for a in articles
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>\n{entries}</feed>'.encode()


def as_rss(articles):
    items = "".join(
        f'<item><guid isPermaLink="false">{a.id}</guid><title>{escape(escape(a.title))}</title>'
        f"<pubDate>{format_datetime(a.published)}</pubDate>"
        f"<description>{escape(f'<p>{escape(a.body)}</p>')}</description></item>\n"
        for a in articles
    )
    return f'<rss version="2.0"><channel><title>T</title>\n{items}</channel></rss>'.encode()


def as_json_feed(articles):
    items = [
        {"id": a.id, "title": a.title, "content_text": a.body, "date_published": a.published.isoformat()}
        for a in articles
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": items}
    return json.dumps(feed, ensure_ascii=False).encode()


def as_markdown(article):
    body = re.sub(r"([!-/:-@[-`{-~])", r"\\\1", article.body)
    return f"---\ntitle: {json.dumps(article.title)}\ndate: {article.published.isoformat()}\n---\n{body}\n".encode()


def as_html(article):
    title, body = escape(article.title), escape(article.body)
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{title} | Example News</title>'
        f'<meta property="article:published_time" content="{article.published.isoformat()}"></head><body>'
        f"<nav><a href='/'>Home</a></nav><article><h1>{title}</h1><p>{body}</p></article></body></html>"
    ).encode()


def in_one(extension, write):
    return lambda articles: {f"all.{extension}": write(articles)}


def one_each(extension, write):
    return lambda articles: {f"{n}.{extension}": write(article) for n, article in enumerate(articles)}


FORMATS = {
    "text": in_one("txt", as_text),
    "JSON Lines": in_one("jsonl", as_jsonl),
    "JSON": in_one("json", as_json),
    "JSON in an object": in_one("json", as_json_object),
    "JSON Feed": in_one("json", as_json_feed),
    "CSV": in_one("csv", lambda articles: as_table(articles, ",")),
    "TSV": in_one("tsv", lambda articles: as_table(articles, "\t")),
    "Parquet": in_one("parquet", as_parquet),
    "Markdown": one_each("md", as_markdown),
    "HTML": one_each("html", as_html),
    "Atom": in_one("atom", as_atom),
    "RSS": in_one("rss", as_rss),
}
# Their bodies are HTML, so they are compared as published.
OF_HTML = ("Markdown", "RSS")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same_articles(name, sample, source, gives):
    """Ids, titles and instants are those of the sample; so are bodies, unless the format makes HTML of them."""
    written = FORMATS[name](sample)
    items = [item for file, data in written.items() for item in gives(source(), data, file)]
    assert not any(isinstance(item, Reject | Notice) for item in items)
    articles = [item for item in items if isinstance(item, Article)]
    assert [(a.id, a.title, a.published) for a in articles] == [(a.id, a.title, a.published) for a in sample]
    if name not in OF_HTML:
        assert [(a.body, a.html) for a in articles] == [(a.body, False) for a in sample]


def test_the_order_of_records_does_not_count(sample, source, gives):
    """The articles have the same ids in reverse order."""
    reverse = gives(source(), as_jsonl(sample[::-1]), "a.jsonl")
    assert [a.id for a in reverse] == [a.id for a in sample[::-1]]


FEEDS = ("Atom", "RSS", "JSON Feed")
SOURCE = re.compile(rb"\n *<source>.*?</source>", re.DOTALL)
# The author of an entry, by depth; that of the feed stays.
CREDIT = re.compile(rb'\n {4}<author>.*?</author>|,\n {3}"authors": \[.*?\n {3}\]', re.DOTALL)
CONFIG = """\
version: 1
site: {title: T, base_url: "https://example.org/", id_authority: "example.org,2023", language: en}
sources: [{path: "in/*", timezone: UTC}]
feeds: {all: {title: All, description: All}}
output: {dir: feeds, formats: [rss, atom, json]}
"""


@pytest.fixture(scope="module")
def published(sample, tmp_path_factory):
    """A function that returns the files of the feed as published from a format."""

    def publish(name):
        folder = tmp_path_factory.mktemp("site")
        (folder / "in").mkdir()
        for file, data in FORMATS[name](sample).items():
            (folder / "in" / file).write_bytes(data)
        (folder / "config.yaml").write_text(CONFIG)
        build(load_config(folder / "config.yaml"), datetime(2024, 1, 1, tzinfo=UTC))
        return {path.name: path.read_bytes() for path in (folder / "feeds").glob("all.*")}

    return publish


@pytest.fixture(scope="module")
def wanted(published):
    return published("text")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in FORMATS if name not in ("text", *FEEDS)])
def test_every_format_gives_the_same_feeds_byte_for_byte(name, published, wanted):
    """The published feed does not show the format of its source."""
    assert {"all.rss", "all.atom", "all.json"} <= set(wanted)
    assert published(name) == wanted


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_gives_the_same_feeds_but_for_its_name(name, published, wanted):
    """Entries from another feed name it (RFC 4287 §4.2.11) and credit it; nothing else differs."""
    found = published(name)
    assert len(SOURCE.findall(found["all.atom"])) == (0 if name == "JSON Feed" else 12)
    assert all(len(CREDIT.findall(found[path])) == 12 for path in ("all.atom", "all.json"))
    assert {path: CREDIT.sub(b"", SOURCE.sub(b"", data)) for path, data in found.items()} == wanted
