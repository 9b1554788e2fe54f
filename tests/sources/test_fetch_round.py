"""A round of fetching: its order, which addresses are due, and what is reported."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from feedpub.sources.fetch_round import Fetched, Outcome, Wanted, fetch_round
from feedpub.sources.http_cache import Copy
from feedpub.sources.spec import FetchOptions

CONFIG = (
    "version: 1\n"
    "site: {title: T, base_url: 'https://f.press/', id_authority: 'f.press,2024'}\n"
    "sources: [{path: [%s]}]\n"
    "feeds: {all: {title: All}}\n"
)
FEED = b"<rss version='2.0'><channel><title>T</title></channel></rss>"


def wanted(tmp_path, *urls):
    return [Wanted(Copy.of(url, tmp_path), None, FetchOptions()) for url in urls]


def never(each, wait):
    raise AssertionError(each, wait)


def test_hosts_are_asked_at_once_and_each_is_asked_for_one_address_at_a_time(tmp_path):
    urls = [f"https://{host}.example/{number}" for number in range(4) for host in "abc"]
    busy, most, lock = [], [], threading.Lock()
    together = threading.Barrier(3)

    def ask(each):
        host = each.copy.url.split("/")[2]
        with lock:
            busy.append(host)
            most.append(sorted(busy))
        together.wait(timeout=20)
        with lock:
            busy.remove(host)
        return Fetched(each.copy.url, Outcome.NEW)

    told = []
    found = fetch_round(wanted(tmp_path, *urls), ask, never, lambda *done: told.append(done))
    assert [each.url for each in found] == urls
    assert all(len(set(hosts)) == len(hosts) for hosts in most)
    assert told == [(number, 12, 0) for number in range(1, 13)]


def test_a_host_that_is_asked_too_often_is_asked_nothing_more(server, tmp_path, command):
    address = f"http://127.0.0.1:{server.server_port}"
    (tmp_path / "config.yaml").write_text(CONFIG % f"{address}/a, {address}/b, {address}/c")
    server.answers["/a"] = lambda _: (200, {}, FEED)
    server.answers["/b"] = lambda _: (429, {"Retry-After": "600"}, b"")
    first = command(tmp_path, "fetch", "--allow-private")
    assert first.stdout.splitlines()[-1] == "3 addresses: 1 new, 1 not due, 1 failed"
    command(tmp_path, "fetch", "--allow-private")
    assert [path for path, _ in server.asked] == ["/a", "/b", "/a"]


def test_what_is_as_usual_is_counted_and_the_rest_is_listed(server, tmp_path, command):
    address = f"http://127.0.0.1:{server.server_port}"
    (tmp_path / "config.yaml").write_text(CONFIG % f"{address}/a, {address}/b")
    server.answers["/a"] = lambda _: (200, {}, FEED)
    server.answers["/b"] = lambda _: (500, {}, b"")
    command(tmp_path, "fetch", "--allow-private")
    failing, summary = command(tmp_path, "fetch", "--allow-private").stdout.splitlines()
    assert failing.startswith(f"failed     {address}/b  the server says 500")
    assert summary == "2 addresses: 1 unchanged, 1 failed"


def test_what_goes_wrong_in_a_round_is_raised(tmp_path):
    def ask(_):
        raise KeyError("of ours")

    with pytest.raises(KeyError, match="of ours"):
        fetch_round(wanted(tmp_path, "https://a.example/"), ask, never)


@pytest.mark.slow
def test_without_its_packages_fetch_says_in_one_sentence_what_to_install(tmp_path):
    (tmp_path / "config.yaml").write_text(CONFIG % "https://a.example/")
    code = "import sys; sys.modules['httpx'] = sys.modules['httpcore'] = None; import feedpub.__main__ as m; m.main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "fetch"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "fetching needs httpx; install it with: " in done.stderr
