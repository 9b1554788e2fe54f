"""Headers of a source are only sent to its own host, and secrets do not appear anywhere."""

from __future__ import annotations

import json
import time
from html import escape, unescape
from urllib.parse import quote, quote_plus, unquote_plus

import httpx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feedpub.sources.credentials import Own
from feedpub.sources.fetch import Limits, Outcome, fetch
from feedpub.sources.http_cache import Copy
from feedpub.sources.spec import FetchOptions, Header

TOKEN = "Bearer sw0rdf/sh+9="
OWN = Own.of(FetchOptions((Header("Authorization", variable="TOKEN"),), "planet.example"), {"TOKEN": TOKEN})
LIMITS = Limits(allow_private=True, max_bytes=1 << 20)
FEED = (
    '<rss version="2.0"><channel><title>T</title><item><title>A{0}</title><guid>urn:isbn:1</guid>'
    "<pubDate>Mon, 09 Oct 2023 14:25:00 GMT</pubDate></item></channel></rss>"
)
ADDRESSES = [
    "http://a.test/feed",
    "https://a.test/feed",
    "http://a.test:80/b",
    "http://a.test:8080/feed",
    "http://b.test/feed",
    "https://A.TEST/b",
    "https://a.test.b.test/feed",
    "https://b.test/a.test",
]


@pytest.mark.slow
@given(way=st.lists(st.sampled_from(ADDRESSES), min_size=2, max_size=5))
def test_a_secret_goes_to_the_scheme_host_and_port_of_the_address_alone(tmp_path_factory, way):
    asked = []

    def answer(_, request):
        asked.append((str(request.url), request.headers))
        if len(asked) < len(way):
            return httpx.Response(302, headers={"Location": way[len(asked)]})
        return httpx.Response(200, stream=httpx.ByteStream(FEED.encode()))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("feedpub.sources.connection.Transport.handle_request", answer)
        fetch(Copy.of(way[0], tmp_path_factory.mktemp("a")), 0, LIMITS, time.monotonic, own=OWN)
    home = httpx.URL(way[0])
    for url, headers in asked:
        there = httpx.URL(url)
        is_home = (there.scheme, there.host, there.port) == (home.scheme, home.host, home.port)
        assert headers.get("Authorization") == (TOKEN if is_home else None)
        assert headers["User-Agent"] == "planet.example"


def test_a_redirect_to_another_port_takes_no_secret_along_and_the_failure_says_so(server, tmp_path):
    port = server.server_port
    server.answers["/feed"] = lambda _: (302, {"Location": f"http://localhost:{port}/other"}, b"")
    server.answers["/other"] = lambda headers: (200 if headers["Authorization"] else 401, {}, FEED.encode())
    copy = Copy.of(f"http://127.0.0.1:{port}/feed", tmp_path)
    result = fetch(copy, 0, LIMITS, time.monotonic, own=OWN)
    assert [headers.get("Authorization") for _, headers in server.asked] == [TOKEN, None]
    assert result.outcome is Outcome.FAILED
    assert f"it was redirected to localhost:{port}, but headers of fetch: only go to" in result.detail


ECHOES = {
    "reason": lambda _: ((401, TOKEN), {}, b""),
    "redirect": lambda _: (302, {"Location": "ftp://x.example/?key=" + TOKEN.split()[1]}, b""),
    "permanent": lambda headers: (
        (301, {"Location": "/feed?key=sw0rdf%2Fsh%2B9%3D"}, b"")
        if headers["Authorization"]
        else (404, {}, b"")
    ),
    "body": lambda _: (200, {}, FEED.format(f"bc {TOKEN} def").encode()),
    "body of JSON": lambda _: (
        200,
        {},
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{"id": "1", "title": "A '
        + TOKEN.split()[1].replace("/", r"\/").encode()
        + b'", "content_text": "b", "date_published": "2023-10-09T14:25:00Z"}]}',
    ),
    "validators": lambda _: (
        200,
        {
            "ETag": f'"{TOKEN}"',
            "Last-Modified": TOKEN,
            "Content-Type": f"text/xml; charset={TOKEN.split()[1]}",
        },
        FEED.encode(),
    ),
    "retry": lambda _: (503, {"Retry-After": TOKEN}, TOKEN.encode()),
    "coding": lambda _: (200, {"Content-Encoding": TOKEN}, FEED.encode()),
    "userinfo": lambda _: (302, {"Location": "http://me:sw0rdf%2Fsh+9%3D@127.0.0.1/"}, b""),
}


@pytest.mark.slow
@pytest.mark.parametrize("echo", ECHOES)
def test_a_secret_is_in_nothing_that_is_written_or_printed_whatever_a_server_repeats(
    echo, server, tmp_path, command, monkeypatch
):
    monkeypatch.setenv("PLANET_TOKEN", TOKEN)
    server.answers["/feed"] = ECHOES[echo]
    server.answers["/feed?key=sw0rdf%2Fsh%2B9%3D"] = lambda _: (200, {}, FEED.encode())
    write_config(tmp_path, f"http://127.0.0.1:{server.server_port}/feed", "env:PLANET_TOKEN")
    printed = ""
    for line in (
        "fetch --allow-private",
        "fetch --allow-private --force --format json",
        "check",
        "check --format json",
        "build --verbose",
        "explain --format json A",
        "report",
        "status --format json",
    ):
        done = command(tmp_path, *line.split())
        printed += done.stdout + done.stderr
    assert server.asked[0][1]["Authorization"] == TOKEN
    written = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    for secret in ("sw0rdf", "Bearer"):
        assert secret not in printed
        assert all(secret.encode() not in data for data in written)


def twice(way):
    return lambda text: way(way(text))


SPELLINGS = {
    "plain": str,
    "address": lambda text: quote(text, ""),
    "address twice": twice(lambda text: quote(text, "")),
    "form": quote_plus,
    "every octet": lambda text: "".join(f"%{ord(each):02x}" for each in text),
    "XML": escape,
    "HTML in XML": twice(escape),
    "decimal": lambda text: "".join(f"&#{ord(each):04};" for each in text),
    "hexadecimal": lambda text: "".join(f"&#x{ord(each):X};" for each in text),
    "named": lambda text: "".join(
        {"/": "&sol;", "+": "&plus;", "=": "&equals;"}.get(c, escape(c)) for c in text
    ),
    "JSON": json.dumps,
    "JSON of PHP": lambda text: json.dumps(text).replace("/", r"\/"),
    "JSON twice": twice(json.dumps),
    "JSON's code points": lambda text: "".join(f"\\u{ord(each):04X}" for each in text),
}


@given(
    way=st.sampled_from(list(SPELLINGS)),
    scheme=st.sampled_from(["", "Bearer ", "Basic "]),
    token=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=40),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-32-be"]),
)
def test_a_secret_is_known_however_it_is_written(way, scheme, token, encoding):
    own = Own(secrets=(scheme + token,))
    text = f"<title>it is {SPELLINGS[way](token)} then</title>"
    assert own.are_in(text.encode(encoding))
    assert token not in unquote_plus(unescape(own.hide(text)))
    assert "***" in own.hide(text)


@given(
    text=st.text(max_size=200),
    token=st.text(st.characters(min_codepoint=0x61, max_codepoint=0x7A), min_size=8),
)
def test_a_text_without_the_secret_stays_as_it_is(text, token):
    assume(token not in unquote_plus(unescape(text)))
    own = Own(secrets=(token,))
    assert own.hide(text) == text
    assert not own.are_in(text.encode())


@pytest.mark.parametrize("value", [None, "", " ", "a\x00b", "caf\xe9"])
def test_a_variable_that_holds_nothing_to_send_is_one_sentence_and_other_sources_are_fetched(
    value, server, tmp_path, command, monkeypatch
):
    if value is None:
        monkeypatch.delenv("PLANET_TOKEN", raising=False)
    else:
        monkeypatch.setattr("os.environ", {"PLANET_TOKEN": value})
    server.answers["/other"] = lambda _: (200, {}, FEED.encode())
    address = f"http://127.0.0.1:{server.server_port}/"
    write_config(tmp_path, f"{address}feed", "env:PLANET_TOKEN", f"  - path: {address}other\n")
    done = command(tmp_path, "fetch", "--allow-private", "--format", "json")
    first, second = json.loads(done.stdout)["fetched"]
    assert (done.returncode, first["outcome"], second["outcome"]) == (1, "failed", "new")
    assert (
        "config.yaml:5:38: sources[0].fetch.headers.Authorization: the variable PLANET_TOKEN"
        in first["detail"]
    )
    assert [path for path, _ in server.asked] == ["/other"]


def write_config(folder, address, value, more=""):
    (folder / "config.yaml").write_text(
        "version: 1\n"
        "site: {title: T, base_url: 'https://f.example/', id_authority: 'f.example,2024'}\n"
        "sources:\n"
        f"  - path: {address}\n"
        f"    fetch: {{headers: {{Authorization: {value}}}}}\n"
        f"{more}"
        "feeds: {all: {title: All}}\n"
    )
