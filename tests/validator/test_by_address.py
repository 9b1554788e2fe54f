"""A feed on the web is checked together with the server's answer; here, the server is on this machine."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from feedpub.cli.validate import validate
from feedpub.core.errors import SourceError
from feedpub.validator import Delivery, inspect


def rss(own="https://example.org/feed", encoding="utf-8"):
    return (
        f"<?xml version='1.0' encoding='{encoding}'?>"
        "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>Café</title>"
        "<link>https://example.org/</link><description>Tides</description>"
        f"<atom:link rel='self' href='{own}'/></channel></rss>"
    ).encode(encoding)


RSS = {"Content-Type": "application/rss+xml", "ETag": '"1"'}
ATOM = (
    b"<feed xmlns='http://www.w3.org/2005/Atom'><id>tag:example.org,2024:tides</id><title>Tides</title>"
    b"<updated>2024-05-31T08:00:00Z</updated><author><name>Ada</name></author>"
    b"<link rel='self' href='https://example.org/feed'/></feed>"
)
JSON = (
    b'{"version": "https://jsonfeed.org/version/1.1", "title": "Tides", "feed_url": "https://example.org/feed",'
    b' "items": []}'
)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(dict(self.headers))
        status, headers, body = self.server.answers[self.path]
        if status == 200 and headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
            status, body = self.server.when_unchanged(body)
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def running():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def server(running):
    running.asked, running.answers = [], {}
    running.when_unchanged = lambda _body: (304, b"")
    running.address = f"http://127.0.0.1:{running.server_port}"
    return running


@pytest.fixture
def run():
    app = typer.Typer()
    app.command()(validate)

    def invoke(url, *options):
        return CliRunner().invoke(app, [url, "--allow-private", "--level", "hint", *options])

    return invoke


@pytest.fixture
def codes(run):
    """A function that validates an address, and returns the codes that are not about the self link."""

    def found(url, *options):
        done = run(url, "--format", "json", "--ignore", "self-link-mismatch", *options)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return [finding["code"] for finding in json.loads(done.stdout)["findings"]]

    return found


GOOD = [
    (RSS, rss()),
    (RSS | {"Content-Type": "application/rss+xml; charset=UTF-8"}, rss()),
    (RSS | {"Content-Type": "text/xml; charset=iso-8859-1"}, rss(encoding="iso-8859-1")),
    (RSS | {"Content-Type": 'application/xml; charset="utf-16"'}, rss(encoding="utf-16")),
    ({"Content-Type": "application/atom+xml", "Last-Modified": "Mon, 09 Oct 2023 14:25:00 GMT", "ETag": '"1"'}, ATOM),
    ({"Content-Type": "application/feed+json", "ETag": '"1"'}, JSON),
    ({"Content-Type": "application/json;charset=utf-8", "ETag": '"1"'}, JSON),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "body"), GOOD)
def test_a_feed_that_is_served_well_draws_no_finding(server, codes, headers, body):
    server.answers["/feed"] = 200, headers, body
    assert set(codes(f"{server.address}/feed")) <= {"nonstandard-encoding"}
    assert [asked.get("If-None-Match") for asked in server.asked] == [None, '"1"']


@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        (RSS | {"Content-Type": "text/html"}, rss(), "http-media-type"),
        (RSS | {"Content-Type": "application/atom+xml"}, rss(), "http-media-type"),
        ({"ETag": '"1"'}, rss(), "http-media-type"),
        (RSS | {"Content-Type": "application/json"}, ATOM, "http-media-type"),
        (RSS | {"Content-Type": "application/xml"}, JSON, "http-media-type"),
        (RSS | {"Content-Type": "application/rss+xml; charset=iso-8859-1"}, rss(), "http-charset"),
        (
            RSS | {"Content-Type": "application/rss+xml; charset=utf-8"},
            rss(encoding="iso-8859-1"),
            "http-charset",
        ),
        (RSS | {"Content-Type": "application/rss+xml; charset=latin-nothing"}, rss(), "http-charset"),
        (RSS | {"Content-Type": "application/json; charset=iso-8859-1"}, JSON, "http-charset"),
        ({"Content-Type": "application/rss+xml"}, rss(), "http-no-validator"),
    ],
)
def test_what_the_header_says_is_held_against_the_document(server, codes, headers, body, code):
    server.answers["/feed"] = 200, headers, body
    assert code in codes(f"{server.address}/feed")


def test_a_server_that_sends_everything_again_is_told_unless_something_changed(server, codes):
    server.answers["/feed"] = 200, RSS, rss()
    server.when_unchanged = lambda body: (200, body)
    assert codes(f"{server.address}/feed") == ["http-not-conditional"]
    server.when_unchanged = lambda body: (200, body + b"\n")
    assert codes(f"{server.address}/feed") == []
    server.when_unchanged = lambda _body: (500, b"")
    assert codes(f"{server.address}/feed") == ["http-not-conditional"]


@pytest.mark.parametrize("status", [204, 403, 404, 500])
def test_an_answer_that_is_no_feed_is_one_error(server, run, status):
    server.answers["/feed"] = (
        status,
        {"Content-Type": "text/html"},
        b"" if status == 204 else b"<html>Oh</html>",
    )
    done = run(f"{server.address}/feed")
    assert done.exit_code == 1
    assert f"error http-status: the server answered {status}" in done.output
    assert "(1 error)" in done.output


@pytest.mark.parametrize(("status", "told"), [(301, True), (308, True), (302, False), (307, False)])
def test_a_feed_that_moved_for_good_is_told_and_held_against_its_new_address(server, run, status, told):
    old, new = f"{server.address}/old", f"{server.address}/new"
    server.answers |= {
        "/old": (status, {"Location": "/new"}, b""),
        "/new": (200, RSS, rss(new if told else old)),
    }
    output = run(old).output
    assert ("http-redirect: the feed has moved to" in output) is told
    assert "self-link-mismatch" not in output


def test_the_self_link_is_held_against_the_address_unless_another_is_given(server, run):
    server.answers["/feed"] = 200, RSS, rss()
    assert "self-link-mismatch" in run(f"{server.address}/feed").output
    assert (
        "self-link-mismatch"
        not in run(f"{server.address}/feed", "--location", "https://example.org/feed").output
    )


def test_an_address_is_named_in_every_report(server, run):
    server.answers["/a b?c=ä"] = server.answers["/a%20b?c=%C3%A4"] = 200, {}, rss()
    url = f"{server.address}/a%20b?c=%C3%A4"
    assert run(url).output.startswith(f"{url}: RSS, valid")
    assert f"file={url.replace('%', '%25').replace(':', '%3A')}," in run(url, "--format", "github").output
    result = json.loads(run(url, "--format", "sarif").output)["runs"][0]["results"][0]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == url


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/feed", "https://user:secret@example.org/feed", "http:///feed"]
)
def test_an_address_that_cannot_be_asked_stops_with_a_sentence(run, url):
    done = run(url)
    assert isinstance(done.exception, SourceError)
    assert done.exception.reason
    assert "secret" not in done.exception.reason


def test_a_private_address_is_asked_only_where_that_is_allowed(server):
    server.answers["/feed"] = 200, RSS, rss()
    app = typer.Typer()
    app.command()(validate)
    done = CliRunner().invoke(app, [f"{server.address}/feed"])
    assert isinstance(done.exception, SourceError)
    assert server.asked == []


@given(st.text(max_size=30))
def test_whatever_a_server_says_of_the_type_is_answered(content_type):
    for data in (rss(), JSON, b"<", b"{"):
        report = inspect(data, delivery=Delivery("https://example.org/feed", 200, content_type=content_type))
        assert all("\n" not in finding.message for finding in report.findings)
