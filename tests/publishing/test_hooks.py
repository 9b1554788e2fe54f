"""The programs in docs/hooks.md do what it says, with servers that speak the protocols."""

import http.server
import json
import os
import re
import socketserver
import subprocess
import sys
import threading
import urllib.parse
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from feedpub.publishing.events import Event

TEXT = (Path(__file__).resolve().parents[2] / "docs/hooks.md").read_text()
PROGRAMS = {name: text for text, name in re.findall(r'```python\n("""(\w+)\.py:.*?)```', TEXT, re.DOTALL)}
NEW = Event("world", "tag:a", "new", "Brücke gesperrt", "https://news.press/1", "2024-01-13T10:00:00+00:00")
LINES = [
    NEW,
    Event("all", "tag:a", "new", NEW.title, NEW.link, NEW.published),
    Event("world", "tag:b", "updated", "Older", "https://news.press/0"),
    Event("world", "tag:c", "withdrawn"),
]


def run(name, folder, events=LINES, **environment):
    (folder / "program.py").write_text(PROGRAMS[name])
    lines = "".join(f"{json.dumps({f: getattr(event, f) for f in Event.__slots__})}\n" for event in events)
    return subprocess.run(
        [sys.executable, "program.py"],
        cwd=folder,
        input=lines,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    ).returncode


@contextmanager
def served(handler):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


@pytest.fixture
def web():
    """A web server: its port, the requests that it got, and the status of its answers."""
    posted, status = [], [200]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            posted.append((self.path, dict(self.headers), body))
            self.send_response(status[0])
            self.end_headers()

        def log_message(self, *_):
            pass

    with served(Handler) as port:
        yield port, posted, status


@pytest.fixture
def mail():
    """A mail server (RFC 5321): its port, and the mails that it got."""
    taken = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                verb = line[:4].upper()
                if verb == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    lines = iter(self.rfile.readline, b".\r\n")
                    taken.append(b"".join(lines))
                self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")

    with served(Handler) as port:
        yield port, taken


def test_the_webhook_posts_each_new_entry(tmp_path, web):
    port, posted, _ = web
    assert run("webhook", tmp_path, WEBHOOK=f"http://127.0.0.1:{port}/in") == 0
    assert [(path, json.loads(body)["feed"]) for path, _, body in posted] == [
        ("/in", "world"),
        ("/in", "all"),
    ]
    assert json.loads(posted[0][2])["title"] == "Brücke gesperrt"


def test_a_webhook_that_is_refused_fails_and_so_is_tried_again(tmp_path, web):
    port, _, status = web
    status[0] = 503
    assert run("webhook", tmp_path, WEBHOOK=f"http://127.0.0.1:{port}/in") == 1


def test_the_mail_has_each_new_article_once(tmp_path, mail):
    port, taken = mail
    people = {"MAIL_FROM": "feeds@news.press", "MAIL_TO": "editor@news.press"}
    assert run("mail", tmp_path, MAIL_HOST=f"127.0.0.1:{port}", **people) == 0
    (sent,) = (message_from_bytes(data, policy=policy.default) for data in taken)
    assert sent["Subject"] == "1 new"
    assert sent.get_content().strip().splitlines() == ["Brücke gesperrt", "https://news.press/1"]


def test_without_news_no_mail_is_sent(tmp_path):
    assert run("mail", tmp_path, LINES[2:]) == 0


def test_a_post_has_title_and_link_and_a_key_that_keeps_it_from_coming_twice(tmp_path, web):
    port, posted, _ = web
    assert run("mastodon", tmp_path, MASTODON=f"http://127.0.0.1:{port}", TOKEN="secret") == 0
    ((path, headers, body),) = posted
    assert path == "/api/v1/statuses"
    assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer secret", "tag:a")
    assert urllib.parse.parse_qs(body)["status"] == ["Brücke gesperrt\n\nhttps://news.press/1"]
