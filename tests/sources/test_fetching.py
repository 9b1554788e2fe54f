"""Fetching from a server on this machine that plays good and bad ones."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from contextlib import suppress

import pytest

from feedpub.sources import files, read
from feedpub.sources.connection import is_public
from feedpub.sources.fetch import MAX_WAIT, Limits, Outcome, fetch
from feedpub.sources.http_cache import Copy

FEED = (
    b'<rss version="2.0"><channel><title>T</title><item><title>A</title><guid>urn:isbn:1</guid>'
    b"<pubDate>Mon, 09 Oct 2023 14:25:00 GMT</pubDate></item></channel></rss>"
)
LOCAL = Limits(allow_private=True, max_bytes=1 << 20, timeout=30, max_seconds=30)
NOW = 1_700_000_000


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


@pytest.mark.slow
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


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:4700::1111", True),
        ("64:ff9b::5db8:d822", True),
        ("64:ff9b::a9fe:a9fe", False),
        ("64:ff9b:1::a00:1", False),
        ("2002:7f00:1::", False),
        ("::127.0.0.1", False),
        ("::ffff:0:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("fec0::1", False),
        ("fd00::1", False),
        ("fe80::1%eth0", False),
        ("ff02::1", False),
        ("::", False),
        ("100.64.0.1", False),
        ("198.18.0.1", False),
        ("240.0.0.1", False),
        ("224.0.0.1", False),
        ("0.0.0.0", False),
    ],
)
def test_an_address_is_public_only_if_what_it_carries_is(address, public):
    assert is_public(address) is public


def test_a_redirect_to_a_private_address_is_refused_before_it_is_asked(server, get, monkeypatch):
    """The first hop may be public; every hop is checked."""
    port = server.server_port
    server.answers["/feed"] = lambda _: (302, {"Location": f"http://inner.test:{port}/secret"}, b"")
    monkeypatch.setattr("feedpub.sources.connection.is_public", lambda address: address != "127.0.0.2")
    names = {"127.0.0.1": "127.0.0.1", "inner.test": "127.0.0.2"}
    monkeypatch.setattr("socket.getaddrinfo", _resolving(names, []))
    _, result = get(limits=Limits())
    assert "inner.test is the private address 127.0.0.2" in result.detail
    assert [path for path, _ in server.asked] == ["/feed"]


def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to(server, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr("socket.getaddrinfo", _resolving({"news.test": "127.0.0.1"}, asked))
    server.answers["/feed"] = lambda headers: (
        (200, {}, FEED) if headers["Host"].startswith("news.test") else None
    )
    copy = Copy.of(f"http://news.test:{server.server_port}/feed", tmp_path)
    assert fetch(copy, NOW, LOCAL, time.monotonic).outcome is Outcome.NEW
    assert asked == ["news.test"]


def _resolving(names, asked):
    real = socket.getaddrinfo

    def resolve(host, port, *rest, **options):
        if host not in names:
            return real(host, port, *rest, **options)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (names[host], port))]

    return resolve


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "headers", "problem"),
    [
        (b"", {}, "empty"),
        (b" \n", {}, "empty"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", {}, "HTML"),
        (b"<?xml version='1.0'?><!-- x --><html xmlns='http://www.w3.org/1999/xhtml'></html>", {}, "HTML"),
        (b"Service unavailable", {}, "not a feed"),
        (FEED[: len(FEED) * 3 // 4], {}, "cut off"),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1"', {}, "cut off"),
        (gzip.compress(FEED)[:-9], {"Content-Encoding": "gzip"}, "cut off"),
        (gzip.compress(FEED), {"Content-Encoding": "gzip, gzip"}, "not requested"),
        (gzip.compress(gzip.compress(b"x" * (1 << 23))), {"Content-Encoding": "gzip, gzip"}, "not requested"),
        (gzip.compress(b"<rss>" + b" " * (1 << 23)), {}, "when it is decompressed"),
        (b"\x1f\x8b\x08\x00" + b"\0" * 99, {"Content-Encoding": "gzip"}, "damaged"),
        (b"(\xb5/\xfd", {"Content-Encoding": "zstd"}, "not requested"),
    ],
)
def test_an_answer_that_is_no_whole_feed_leaves_the_good_copy(server, get, body, headers, problem):
    server.answers["/feed"] = lambda _: (200, {"ETag": '"1"'}, FEED)
    copy, _ = get()
    server.answers["/feed"] = lambda _: (200, headers, body)
    _, second = get(force=True)
    assert second.outcome is Outcome.FAILED
    assert problem in second.detail
    assert copy.content.read_bytes() == FEED
    assert copy.recall().etag == '"1"'


@pytest.mark.parametrize(
    "feed",
    [
        b"<!-- " + b"x" * 9_000 + b" -->" + FEED,
        b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:title>T</a:title></a:feed>\n<!-- end -->',
        FEED.decode().encode("utf-16"),
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": []}',
        b"<rss><channel><title>R & D</title></channel></rss>",
    ],
    ids=["a long prologue", "a prefix", "UTF-16", "JSON Feed", "not well-formed, but whole"],
)
def test_whatever_readers_take_for_a_feed_is_kept(server, get, feed):
    server.answers["/feed"] = lambda _: (200, {}, feed)
    copy, result = get()
    assert result.outcome is Outcome.NEW, result.detail
    assert copy.content.read_bytes() == feed


def test_an_answer_that_needs_a_package_is_a_failure(server, get, monkeypatch):
    monkeypatch.setattr("feedpub.sources.streams.find_spec", lambda _: None)
    server.answers["/feed"] = lambda _: (200, {}, b"\x28\xb5\x2f\xfd and more")
    _, result = get()
    assert result.outcome is Outcome.FAILED
    assert "zstd" in result.detail


def test_a_source_of_another_format_is_kept_as_it_comes(server, get):
    server.answers["/table"] = lambda _: (200, {}, b"title,date\nA,2023-10-09")
    assert get("/table", format_name="csv")[1].outcome is Outcome.NEW


def test_not_modified_means_nothing_without_a_copy(server, get):
    server.answers["/feed"] = lambda _: (304, {"Cache-Control": "max-age=99999"}, b"")
    _, first = get()
    assert (first.outcome, "304" in first.detail) == (Outcome.FAILED, True)
    server.answers["/feed"] = lambda _: (200, {}, FEED)
    assert get(now=NOW + 1)[1].outcome is Outcome.NEW


@pytest.mark.parametrize("damage", [b"", FEED[:40], None], ids=["emptied", "cut", "deleted"])
def test_a_copy_that_is_not_what_was_fetched_is_fetched_again(server, get, damage):
    server.answers["/feed"] = lambda headers: (
        (304, {}, b"")
        if headers.get("If-None-Match")
        else (200, {"ETag": '"1"', "Cache-Control": "max-age=9999"}, FEED)
    )
    copy, _ = get()
    copy.content.unlink() if damage is None else copy.content.write_bytes(damage)
    assert get(now=NOW + 1)[1].outcome is Outcome.NEW
    assert copy.content.read_bytes() == FEED


SLOW = {
    "the body": (b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", b"x"),
    "a compressed body": (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08" + b"\0" * 6,
        b"x",
    ),
    "the headers": (b"HTTP/1.1 200 OK\r\n", b"X-A: 1\r\n"),
    "nothing": (b"", b""),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", SLOW)
def test_a_server_that_drips_is_left_when_the_time_is_over(what, tmp_path):
    begin, drop = SLOW[what]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def drip():
            connection, _ = listening.accept()
            with connection, suppress(OSError):
                connection.sendall(begin)
                while not over.wait(0.02):
                    connection.sendall(drop)

        thread = threading.Thread(target=drip)
        thread.start()
        copy = Copy.of(f"http://127.0.0.1:{listening.getsockname()[1]}/", tmp_path)
        limits = Limits(allow_private=True, timeout=30, max_seconds=0.4)
        began = time.monotonic()
        result = fetch(copy, NOW, limits, time.monotonic)
        over.set()
        thread.join()
    assert result.outcome is Outcome.FAILED
    assert "not complete after 0.4 s" in result.detail
    # Even a slow machine stays far below the thirty seconds that each read may take.
    assert time.monotonic() - began < 20


def test_a_build_reads_what_was_fetched(server, get, source):
    server.answers["/feed"] = lambda _: (200, {}, FEED)
    url = f"http://127.0.0.1:{server.server_port}/feed"
    spec = source(f"path: {url}")
    assert files(spec) == []
    get()
    assert files(spec) == [url]
    (article,) = read(spec, url, "example.org,2023")
    assert (article.id, article.origin.file) == ("urn:isbn:1", url)
