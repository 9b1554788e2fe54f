"""Fetching, against a server on this machine that plays the good and the bad ones."""

from __future__ import annotations

import gzip
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from feedpub.sources import files, read
from feedpub.sources.fetched import Copy
from feedpub.sources.fetching import MAX_WAIT, Limits, Outcome, fetch

FEED = (
    b'<rss version="2.0"><channel><title>T</title><item><title>A</title><guid>urn:isbn:1</guid>'
    b"<pubDate>Mon, 09 Oct 2023 14:25:00 GMT</pubDate></item></channel></rss>"
)
LOCAL = Limits(allow_private=True, max_bytes=1 << 20, timeout=30, max_seconds=30)
NOW = 1_700_000_000


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        status, headers, body = self.server.answers[self.path](self.headers)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.answers = [], {}
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def get(server, tmp_path):
    """A function that fetches a path of the server into the test's folder."""

    def run(path="/feed", now=NOW, limits=LOCAL, **options):
        copy = Copy.of(f"http://127.0.0.1:{server.server_port}{path}", tmp_path)
        return copy, fetch(copy, now, limits, time.monotonic, **options)

    return run


def test_the_second_time_a_server_is_asked_for_changes_only(server, get):
    server.answers["/feed"] = lambda headers: (
        (304, {}, b"")
        if headers.get("If-None-Match") == '"1"' and headers.get("If-Modified-Since")
        else (200, {"ETag": '"1"', "Last-Modified": "Mon, 09 Oct 2023 14:25:00 GMT"}, FEED)
    )
    copy, first = get()
    _, second = get(now=NOW + 60)
    assert (first.outcome, second.outcome) == (Outcome.NEW, Outcome.UNCHANGED)
    assert copy.content.read_bytes() == FEED


def test_the_encoding_that_a_server_names_is_kept_with_the_copy_until_it_names_another(server, get):
    server.answers["/feed"] = lambda headers: (
        (304, {}, b"")
        if headers.get("If-None-Match")
        else (200, {"ETag": '"1"', "Content-Type": "text/xml; charset=windows-1251"}, FEED)
    )
    copy, _ = get()
    get(now=NOW + 60)
    assert copy.recall().charset == "windows-1251"


def test_equal_bytes_are_not_written_again(server, get):
    server.answers["/feed"] = lambda _: (200, {}, FEED)
    copy, _ = get()
    before = copy.content.stat().st_mtime_ns
    _, second = get()
    assert second.outcome is Outcome.UNCHANGED
    assert copy.content.stat().st_mtime_ns == before


def test_a_fresh_copy_is_not_asked_for(server, get):
    server.answers["/feed"] = lambda _: (200, {"Cache-Control": "public, max-age=600"}, FEED)
    get()
    _, second = get(now=NOW + 599)
    _, third = get(now=NOW + 600)
    _, forced = get(now=NOW + 601, force=True)
    assert [r.outcome for r in (second, third, forced)] == [
        Outcome.NOT_DUE,
        Outcome.UNCHANGED,
        Outcome.UNCHANGED,
    ]
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", 120),
        ("Tue, 14 Nov 2023 22:15:20 GMT", 120),
        ("99999999", MAX_WAIT),
        ("9" * 5000, MAX_WAIT),
        ("0" * 20 + "120", 120),
        ("soon", 0),
        ("", 0),
    ],
)
def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(server, get, value, wait):
    server.answers["/feed"] = lambda _: (503, {"Retry-After": value}, b"")
    _, first = get()
    assert first.outcome is Outcome.FAILED
    _, second = get(now=NOW + wait - 1)
    assert second.outcome is (Outcome.NOT_DUE if wait else Outcome.FAILED)
    _, third = get(now=NOW + wait)
    assert third.outcome is Outcome.FAILED


@pytest.mark.parametrize("name", ["ETag", "Last-Modified"])
def test_a_validator_beyond_ascii_does_not_stop_a_feed(server, get, name):
    server.answers["/feed"] = lambda _: (200, {name: '"caf\xe9"'}, FEED)
    assert [get(force=True)[1].outcome for _ in range(3)] == [
        Outcome.NEW,
        Outcome.UNCHANGED,
        Outcome.UNCHANGED,
    ]


def test_a_failure_leaves_the_copy_as_it_was(server, get):
    server.answers["/feed"] = lambda _: (200, {}, FEED)
    copy, _ = get()
    server.answers["/feed"] = lambda _: (404, {}, b"gone")
    _, second = get()
    assert second.outcome is Outcome.FAILED
    assert "404" in second.detail
    assert copy.content.read_bytes() == FEED


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((200, {}, b"x" * (1 << 21)), id="a long body"),
        pytest.param((200, {"Content-Encoding": "gzip"}, gzip.compress(b"x" * (1 << 23))), id="a bomb"),
        pytest.param((200, {"Content-Length": "999"}, FEED), id="a body that is cut off"),
        pytest.param((302, {"Location": "/feed"}, b""), id="a circle"),
        pytest.param((302, {"Location": "file:///etc/passwd"}, b""), id="another scheme"),
        pytest.param((302, {"Location": "http://user:secret@127.0.0.1/"}, b""), id="a password"),
        pytest.param((302, {"Location": "http://[::1"}, b""), id="no address"),
        pytest.param((500, {}, b""), id="an error"),
    ],
)
def test_a_bad_answer_is_a_failure_and_leaves_nothing(server, get, answer):
    server.answers["/feed"] = lambda _: answer
    copy, result = get()
    assert result.outcome is Outcome.FAILED
    assert result.detail
    assert not copy.content.exists()


def test_a_redirect_is_followed(server, get):
    server.answers["/feed"] = lambda _: (301, {"Location": "/other"}, b"")
    server.answers["/other"] = lambda _: (200, {}, FEED)
    _, result = get()
    assert result.outcome is Outcome.NEW


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/",
        "http://[::1]/",
        "http://10.0.0.1/",
        "http://169.254.1.1/",
        "http://[::ffff:127.0.0.1]/",
    ],
)
def test_a_private_address_is_refused_unless_allowed(url, tmp_path):
    result = fetch(Copy.of(url, tmp_path), NOW, Limits(), time.monotonic)
    assert result.outcome is Outcome.FAILED
    assert "private" in result.detail


def test_a_redirect_to_a_private_address_is_refused(server, get, monkeypatch):
    """The first hop may be public; every hop is looked at."""
    server.answers["/feed"] = lambda _: (302, {"Location": "http://10.0.0.1/"}, b"")
    monkeypatch.setattr("feedpub.sources.fetching._check_public", _only_ten)
    _, result = get(limits=Limits())
    assert "refused" in result.detail


def _only_ten(address, _host):
    if address.startswith("10."):
        raise ValueError("refused")


def test_a_build_reads_what_was_fetched(server, get, source):
    server.answers["/feed"] = lambda _: (200, {}, FEED)
    url = f"http://127.0.0.1:{server.server_port}/feed"
    spec = source(f"path: {url}")
    assert files(spec) == []
    get()
    assert files(spec) == [url]
    (article,) = read(spec, url, "example.org,2023")
    assert (article.id, article.origin.file) == ("urn:isbn:1", url)
