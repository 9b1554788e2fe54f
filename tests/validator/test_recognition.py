"""The hook, folders and ``--only-feeds`` agree on which files are feeds."""

from __future__ import annotations

import gzip
import re
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from feedpub.validator.recognition import Kind, kind_of, may_be_feed, passed_over

ROOT = Path(__file__).resolve().parents[2]
WILD = sorted((ROOT / "tests/data/validator/wild").iterdir())

RSS = b'<rss version="2.0"><channel><title>Tides</title><item><title>Monday</title></item></channel></rss>'
RDF = b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://%s"/>'
HOLDS = {
    Kind.FEED: {
        "RSS": RSS,
        "Atom under a prefix": b'<?xml version="1.0"?>\n<a:feed xmlns:a="http://www.w3.org/2005/Atom"/>',
        "an Atom entry": b'<entry xmlns="http://www.w3.org/2005/Atom"/>',
        "Atom in the wrong namespace": b"<feed><title>Tides</title></feed>",
        "RSS behind a licence of 100 KB": b"<!-- " + b"All rights reserved. " * 5_000 + b"-->" + RSS,
        "RSS behind a style sheet and a DTD": b'<?xml-stylesheet href="a>b"?><!DOCTYPE rss [<!ENTITY a "<b>">]>' + RSS,
        "RSS behind a server's complaint": b"<br />\n<b>Warning</b>: no session in <b>/feed.php</b><br />\n" + RSS,
        "RSS behind text": b"Notice: undefined index\n<?xml version='1.0'?>" + RSS,
        "RSS in UTF-16 without a mark": RSS.decode().encode("utf-16-le"),
        "RSS in UTF-16": RSS.decode().encode("utf-16"),
        "RSS behind a comment without an end": b"<!-- " + RSS,
        "RSS that ends in the middle": RSS[:60],
        "RSS about templates": RSS.replace(b"Monday", b"{{ what braces do }} and {% more %}"),
        "JSON Feed": b'{"version": "https://jsonfeed.org/version/1.1", "items": []}',
        "JSON Feed whose version is last": b'{"items": [%s], "version": "https://jsonfeed.org/version/1"}'
        % b",".join([b'{"id": "a", "content_text": "b"}'] * 10_000),
        "JSON Feed without a version": b'{"title": "Tides", "items": [{"id": "1", "content_text": "High water"}]}',
        "JSON Feed about templates": b'{"title": "On \\": {{ braces }}", "items": [{"content_text": "{{ a }}"}]}',
    },
    Kind.EMPTY: {"nothing": b"", "a byte order mark and a line": b"\xef\xbb\xbf\r\n"},
    Kind.COMPRESSED: {"gzip": gzip.compress(RSS)},
    Kind.TEXT: {"a sentence": b"Internal Server Error", "half a comment": b"<!-- old", "bytes": bytes(range(1, 99))},
    Kind.HTML: {
        "an error page": b"<!doctype html><html><body>502 Bad Gateway</body></html>",
        "an error page without a type": b"<HTML><head><title>404</title></head></HTML>",
        "an error page in HTML 5": b"<!DOCTYPE html>\n<p>Bad Gateway<br>",
        "XHTML": b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
    },
    Kind.TEMPLATE: {
        "Hugo": b'{{- $pctx := . -}}\n{{ printf "<?xml version=\\"1.0\\"?>" | safeHTML }}\n<rss version="2.0">',
        "Jekyll": b'---\nlayout: null\n---\n<?xml version="1.0"?><rss version="2.0"><title>{{ site.title }}</title>',
        "Jekyll's JSON": b'---\n---\n{"version": "https://jsonfeed.org/version/1", "title": {{ title | jsonify }}}',
        "Zola": b'<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{{ lang }}"><title>'
        b"{{ config.title }}</title>{%- for page in pages %}<entry/>{% endfor %}</feed>",
        "Jinja": b'<rss version="2.0"><channel>\n{% for entry in entries %}<item/>{% endfor %}</channel></rss>',
        "JSON with values to fill in": b'{"version": "https://jsonfeed.org/version/1", "title": {{ title }}}',
    },
    Kind.RSS_1: {
        "RSS 1.0": RDF % b"purl.org/rss/1.0/",
        "RSS 0.90": RDF % b"my.netscape.com/rdf/simple/0.9/",
        "RSS 0.90 of the channel": RDF % b"channel.netscape.com/rdf/simple/0.9/",
    },
    Kind.XML: {
        "a map of the site": b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>',
        "a map with a comment on feeds": b"<!-- <rss is elsewhere --><urlset/>",
        "OPML": b'<opml version="2.0"><body><outline type="rss"/></body></opml>',
        "RDF of another kind": RDF % b"usefulinc.com/ns/doap#",
        "an entry of something else": b"<entry/>",
    },
    Kind.JSON: {"a manifest": b'{"name": "Tides", "icons": []}', "a list": b"[1]", "a cart": b'{"items": [{"id": 1}]}'},
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "data"),
    [pytest.param(kind, data, id=name) for kind, each in HOLDS.items() for name, data in each.items()],
)
def test_what_a_file_holds_is_told_by_its_first_bytes(kind, data):
    assert kind_of(data) is kind


@pytest.mark.parametrize("file", WILD, ids=lambda file: file.name)
def test_feeds_as_common_programs_write_them_are_feeds_whatever_their_name(file):
    assert passed_over("public/news.xml", file.read_bytes()) is None


NEVER = (Kind.TEMPLATE, Kind.RSS_1)
BROKEN = (Kind.EMPTY, Kind.COMPRESSED, Kind.TEXT, Kind.HTML)
NAMES = {
    "feeds by convention": (
        ["feed.xml", "rss.xml", "RSS2.XML", "atom.xml", "podcast.xml", "feed.json", "all.atom.xml", "tag/a.rss.xml",
         "news.rss", "news.atom", "news.jsonfeed"],
        NEVER,
    ),
    "an index": (["index.xml", "tags/index.xml"], (*NEVER, Kind.XML, Kind.JSON)),
    "perhaps a feed": (
        ["news.xml", "sitemap.xml", "data.json", "old.rdf", "feed/feed", "rss", "feed/index.html", "notmyfeed.xml",
         "feed.xml.gz", "news.rss.gz"],
        (*NEVER, *BROKEN, Kind.XML, Kind.JSON),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "passed"),
    [pytest.param(name, passed, id=name) for names, passed in NAMES.values() for name in names],
)
def test_a_feed_that_broke_counts_where_its_name_is_a_feeds(name, passed):
    assert may_be_feed(f"public/{name}")
    for kind, each in HOLDS.items():
        for data in each.values():
            assert passed_over(f"public/{name}", data) is (kind if kind in passed else None)


@pytest.mark.parametrize(
    "name", ["page.html", "index.html", "notes.txt", "feed.php", "feed/2024.html", "a.gz"]
)
def test_other_files_are_not_opened(name):
    assert not may_be_feed(f"public/{name}")


def test_the_hook_hands_over_every_name_that_may_be_a_feeds():
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert "--only-feeds" in hook["entry"].split()
    for names, _ in NAMES.values():
        for name in names:
            # Nobody commits a compressed copy as text.
            assert bool(re.search(hook["files"], name)) is not name.endswith(".gz"), name


@given(st.binary(max_size=200))
def test_any_bytes_are_something(data):
    assert kind_of(data) in Kind


HOSTILE = {
    "starts of comments": b"<!--" * 200_000,
    "starts of instructions": b"<?" * 200_000,
    "brackets in a DTD": b"<!DOCTYPE [" + b"[" * 300_000,
    "quotes in a DTD": b"<!DOCTYPE a" + b"''" * 300_000,
    "many DTDs": b"<!DOCTYPE []" * 80_000,
    "starts of tags": b"<" * 900_000,
    "starts of values": b"<a>" + b">{{" * 300_000,
    "starts of template tags": b"<a>" + b">{%a" * 200_000,
    "spaces": b" " * 900_000 + b"<",
    "starts of feeds": b"<br><feed " + b"<feed " * 150_000,
    "keys": b'{"a":' + b'"items":' * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_are_told_soon(name):
    start = time.process_time()
    assert kind_of(HOSTILE[name]) in Kind
    assert time.process_time() - start < 1
