"""A hub is told about each changed feed, and subscribers get from it what is published."""

import hashlib
import http.server
import json
import re
import socketserver
import threading
import urllib.parse
import urllib.request
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from feedpub.config import load_config
from feedpub.publishing.build import build
from feedpub.validator import is_valid, validate

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
CONFIG = """
version: 1
site: {{title: Sample, base_url: "{base}", id_authority: "news.press,2023", hub: "{hub}"}}
sources: [{{path: articles.jsonl}}]
feeds: {{all: {{title: All}}, rain: {{title: Rain, any: [rain]}}}}
output: {{formats: [rss, atom, json], archive: 1, max_items: 1}}
"""


def serving(handler):
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


class Hub:
    """A hub as in WebSub: it verifies subscribers, fetches what publishers announce, and distributes it."""

    def __init__(self):
        self.told, self.subscribers, self.status = [], {}, 202
        hub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                form = dict(
                    urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())
                )
                if form["hub.mode"] == "subscribe":
                    hub.verify(form)
                elif hub.status == 202:
                    hub.told.append(form["hub.url"])
                    hub.distribute(form["hub.url"])
                self.send_response(hub.status)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = serving(Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/hub"

    def verify(self, form):
        query = urllib.parse.urlencode(
            {"hub.mode": "subscribe", "hub.topic": form["hub.topic"], "hub.challenge": "c-1"}
        )
        with urllib.request.urlopen(f"{form['hub.callback']}?{query}", timeout=5) as answer:
            if answer.read() == b"c-1":
                self.subscribers[form["hub.topic"]] = form["hub.callback"]

    def distribute(self, topic):
        if callback := self.subscribers.get(topic):
            with urllib.request.urlopen(topic, timeout=5) as answer:
                body, media_type = answer.read(), answer.headers["Content-Type"]
            request = urllib.request.Request(callback, body, {"Content-Type": media_type})
            urllib.request.urlopen(request, timeout=5).close()


class Reader:
    """A subscriber: it answers the challenge, and keeps what it gets."""

    def __init__(self):
        self.got = []
        reader = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(query["hub.challenge"][0].encode())

            def do_POST(self):
                reader.got.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = serving(Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/callback"

    def subscribe(self, document):
        """Subscribe as a reader does, with the hub and the address in the document itself (WebSub §4)."""
        links = {
            link.get("rel"): link.get("href")
            for link in ET.fromstring(document).iter("{http://www.w3.org/2005/Atom}link")
        }
        form = {"hub.mode": "subscribe", "hub.topic": links["self"], "hub.callback": self.address}
        urllib.request.urlopen(links["hub"], urllib.parse.urlencode(form).encode(), timeout=5).close()
        return links["self"]


@pytest.fixture
def hub():
    found = Hub()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def reader():
    found = Reader()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def site(tmp_path, hub):
    """Build with the articles of these numbers; the output is served."""
    feeds = tmp_path / "feeds"

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments):
            super().__init__(*arguments, directory=str(feeds))

        def log_message(self, *_):
            pass

    server = serving(Handler)
    base = f"http://127.0.0.1:{server.server_address[1]}/"
    (tmp_path / "config.yaml").write_text(CONFIG.format(base=base, hub=hub.address))
    times = iter(range(1, 100))

    def run(*numbers):
        records = [
            {
                "id": f"s{n}",
                "title": f"Story {n}",
                "body": "Rain." if n else "Snow.",
                "date": f"2024-01-{10 + n}T10:00:00Z",
            }
            for n in numbers
        ]
        (tmp_path / "articles.jsonl").write_text("".join(f"{json.dumps(each)}\n" for each in records))
        build(load_config(tmp_path / "config.yaml"), NOW + timedelta(hours=next(times)))

    run.folder, run.base = tmp_path, base
    yield run
    server.shutdown()
    server.server_close()


def test_documents_that_people_subscribe_to_name_the_hub_and_archives_do_not(site, hub):
    site(1, 2, 3)
    feeds = site.folder / "feeds"
    for name in ("all.rss", "all.atom", "all.json"):
        data = (feeds / name).read_bytes()
        assert is_valid(validate(data))
        assert data.count(hub.address.encode()) == 1
    assert json.loads((feeds / "all.json").read_bytes())["hubs"] == [{"type": "WebSub", "url": hub.address}]
    assert re.search(rb'<(atom:)?link href="[^"]+/hub" rel="hub"', (feeds / "all.rss").read_bytes())
    archives = [file for file in feeds.iterdir() if re.fullmatch(r"all\.\d+\.(rss|atom|json)", file.name)]
    assert archives
    assert not [file.name for file in archives if hub.address.encode() in file.read_bytes()]


def test_the_hub_is_told_of_what_changed_and_of_that_once(site, hub, command):
    site(0, 1)
    assert command(site.folder, "ping").returncode == 0
    assert sorted(hub.told) == sorted(
        f"{site.base}{slug}.{name}" for slug in ("all", "rain") for name in ("rss", "atom", "json")
    )
    hub.told.clear()
    assert command(site.folder, "ping").stdout == "nothing has changed since the last ping\n"
    site(0, 1, 4)
    assert command(site.folder, "ping", "-q").stdout == ""
    assert {topic.removeprefix(site.base).partition(".")[0] for topic in hub.told} == {"all", "rain"}


def test_a_subscriber_gets_the_bytes_that_are_published(site, hub, reader, command):
    site(1)
    topic = reader.subscribe((site.folder / "feeds/all.atom").read_bytes())
    assert hub.subscribers == {topic: reader.address}
    site(1, 2)
    command(site.folder, "ping")
    assert [hashlib.sha256(got).digest() for got in reader.got] == [
        hashlib.sha256((site.folder / "feeds/all.atom").read_bytes()).digest()
    ]


def test_a_hub_that_refuses_is_told_again_and_the_failure_said_once_where_it_is_quiet(site, hub, command):
    site(1)
    hub.status = 503
    done = command(site.folder, "ping", "-q")
    assert done.returncode == 1
    assert done.stderr.count("it answered 503 Service Unavailable; the next ping tries again\n") == 6
    done = command(site.folder, "ping", "-q")
    assert (done.returncode, done.stderr) == (1, "")
    assert "6 feed documents" in command(site.folder, "status").stdout
    hub.status = 202
    assert command(site.folder, "ping", "-q").returncode == 0
    assert len(hub.told) == 6
    found = json.loads(command(site.folder, "ping", "--format", "json").stdout)
    assert found == {"told": []}


def test_a_hub_that_cannot_be_reached_is_one_sentence_a_feed(site, hub, command):
    site(1)
    hub.server.shutdown()
    hub.server.server_close()
    done = command(site.folder, "ping")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 6
    assert "Traceback" not in done.stderr


def test_without_a_hub_ping_says_where_to_name_one(site, command):
    config = site.folder / "config.yaml"
    config.write_text(re.sub(r", hub: [^}]+", "", config.read_text()))
    done = command(site.folder, "ping")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "under site:" in done.stderr
