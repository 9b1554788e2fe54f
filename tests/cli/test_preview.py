"""The preview server sends right types and a 304 for unchanged files, and only published files."""

import http.client
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from lxml import etree, html

from feedpub.config import load_config
from feedpub.publishing.build import build

pytestmark = pytest.mark.slow

SLUGS = (
    "all", "world", "ukraine-war", "politics", "business", "entertainment", "arts", "sports", "crime",
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Client:
    """A client that sends paths unchanged; urllib would normalise them."""

    def __init__(self, port):
        self.port = port

    def ask(self, path, method="GET", headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, headers=headers or {})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, body)


@pytest.fixture(scope="module")
def client(shared_project):
    project, config = shared_project, shared_project / "config.yaml"
    config.write_text(
        config.read_text().replace("  language: en\n", "  language: en\n  hub: https://hub.press/\n", 1)
    )
    build(load_config(project / "config.yaml"), datetime(2024, 1, 1, tzinfo=UTC))
    command = [sys.executable, "-m", "feedpub", "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as server:
        try:
            line = server.stdout.readline()
            found = re.search(r"http://localhost:(\d+)/", line)
            assert found, server.stderr.read()
            yield Client(int(found[1]))
        finally:
            server.kill()


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html"),
        ("/all.rss", "application/rss+xml"),
        ("/all.atom", "application/atom+xml"),
        ("/subscriptions.opml", "text/x-opml"),
    ],
)
def test_every_type_is_right_and_says_utf_8(client, path, media_type):
    answer = client.ask(path)
    assert answer.status == 200
    assert answer.headers["content-type"] == f"{media_type}; charset=utf-8"
    head = client.ask(path, "HEAD")
    assert (head.status, head.body) == (200, b"")


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_an_unchanged_document_is_a_304(client, form):
    tag = client.ask("/all.rss").headers["etag"]
    answer = client.ask("/all.rss", headers={"If-None-Match": form.format(tag)})
    assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", tag)
    assert client.ask("/all.rss", headers={"If-None-Match": '"other"'}).status == 200


def test_the_tag_follows_the_bytes(client, shared_project):
    before = client.ask("/all.rss").headers["etag"]
    (shared_project / "seeds/new.txt").write_text("New\nBody\n2023-12-30 10:00\n")
    build(load_config(shared_project / "config.yaml"), datetime(2024, 1, 1, tzinfo=UTC))
    assert client.ask("/all.rss").headers["etag"] != before


@pytest.mark.parametrize(
    "path",
    [
        "/nope.rss",
        "/manifest.json",
        "/../config.yaml",
        "/%2e%2e/config.yaml",
        "/stray.txt",
        "/all.rss/",
        "//all.rss",
    ],
)
def test_nothing_but_what_was_published_is_served(client, shared_project, path):
    (shared_project / "feeds/stray.txt").write_text("not ours")
    assert client.ask(path).status == 404


def test_headers_name_hub_and_self_of_what_people_subscribe_to(client):
    """WebSub §4: a subscriber looks for these headers before it reads the document."""
    link = '<https://hub.press/>; rel="hub", <http://localhost:8000/world.atom>; rel="self"'
    assert client.ask("/world.atom").headers["link"] == link
    assert "link" not in client.ask("/world.html").headers


def test_only_reading_is_allowed(client):
    assert client.ask("/all.rss", "POST").status == 405


def test_the_index_lets_readers_find_every_feed_once(client):
    """The index names one document of each feed, because readers would offer each document as a feed of its own."""
    page = html.fromstring(client.ask("/").body)
    found = [link.get("href") for link in page.iterfind(".//link[@rel='alternate']")]
    assert [address.rpartition("/")[2] for address in found] == [f"{slug}.atom" for slug in SLUGS]
    for slug in SLUGS:
        assert f"{slug}.rss".encode() in client.ask(f"/{slug}.html").body


def test_the_opml_lists_every_feed_with_its_address(client):
    root = etree.fromstring(client.ask("/subscriptions.opml").body)
    outlines = root.findall("body/outline")
    assert [o.get("xmlUrl") for o in outlines][:2] == [
        "http://localhost:8000/all.atom",
        "http://localhost:8000/world.atom",
    ]
    assert all(o.get("text") and o.get("type") == "rss" for o in outlines)
