"""Fetch a feed politely and safely: conditional requests, limits for size, time and redirects, no private addresses.

This is the only module of the package that accesses the web; ``feedpub fetch`` calls it, a build never does. The clock
is an argument.
"""

from __future__ import annotations

import io
import json
import re
import socket
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from itertools import takewhile
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from feedpub.core.errors import SourceError
from feedpub.core.stores import hidden
from feedpub.sources.connection import Backend, RefusedError, Transport, check_public
from feedpub.sources.credentials import Own, origin
from feedpub.sources.fetch_round import Fetched, Outcome
from feedpub.sources.http_cache import IF_GONE, IF_MOVED, Copy, Memory, Standing
from feedpub.sources.readers import choose, has_extension
from feedpub.sources.readers.feed import is_cut
from feedpub.sources.streams import InputStream, MissingPackageError

# No server keeps us away longer than this; a mistyped max-age would stop a feed for years.
MAX_WAIT = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a fetch: bytes of content, seconds without an answer and in all, redirects."""

    max_bytes: int = 16 << 20
    timeout: float = 20.0
    max_seconds: float = 120.0
    max_redirects: int = 5
    allow_private: bool = False
    agent: str = "feedpub"


def fetch(  # noqa: PLR0913 - what is asked for, and with what means
    copy: Copy,
    now: int,
    limits: Limits,
    seconds: Callable[[], float],
    *,
    force: bool = False,
    format_name: str | None = None,
    own: Own = Own(),  # noqa: B008 - it is frozen
) -> Fetched:
    """Bring a local copy up to date; ``now`` is in epoch seconds, ``seconds`` a steady clock for the time limit.

    ``force`` ignores the time that the server asked to wait. ``format_name`` is the format that the source declares,
    ``own`` the headers for its requests. If the fetch fails, or brings no whole file of its format, the copy stays.
    """
    memory, standing = copy.recall(), copy.standing
    if standing.gone and not force:
        return Fetched(copy.url, Outcome.GONE, standing.to_do)
    # Without the copy, there is no need to wait.
    waits = standing.wait_until > now and memory.sha256 == copy.remembered().sha256
    if waits and not force:
        told = f"the server asked to wait {standing.wait_until - now} s more"
        why = "; ".join(filter(None, (standing.failure, told)))
        return Fetched(copy.url, Outcome.NOT_DUE, why, standing.moved_to, fails=bool(standing.failure))
    visit = _Visit(copy, memory, now, limits, seconds, seconds() + limits.max_seconds, format_name, own)
    taken = _visit(visit, standing.moved_to or copy.url)
    if standing.moved_to and taken.is_lost:
        # It is no longer at the address to which it had moved.
        taken = _visit(visit, copy.url)
    return _noted(copy, standing, taken, now)


def hold(copy: Copy, now: int, wait: int) -> Fetched:
    """Note that an address must not be asked for ``wait`` seconds, because its host got too many requests."""
    copy.note(replace(copy.standing, wait_until=now + wait))
    return Fetched(copy.url, Outcome.NOT_DUE, f"its host asked to wait {wait} s")


def failed(copy: Copy, now: int, why: str) -> Fetched:
    """Note that an address was not asked at all, and ``why``."""
    return _noted(copy, copy.standing, _Taken(Outcome.FAILED, why), now)


@dataclass(frozen=True, slots=True)
class _Taken:
    """The result of an answer; ``remedy`` says what to do, ``wait`` is in seconds.

    ``is_lost`` says that nothing is there, or answers; ``is_gone`` that the server says 410, and ``is_too_often`` that
    it says 429.
    """

    outcome: Outcome
    detail: str = ""
    remedy: str = ""
    wait: int = 0
    moved_to: str = ""
    is_lost: bool = False
    is_gone: bool = False
    is_too_often: bool = False


def _noted(copy: Copy, known: Standing, taken: _Taken, now: int) -> Fetched:
    """Note how an address answered, and return what to report about it."""
    until = now + taken.wait if taken.wait else 0
    if taken.outcome is Outcome.FAILED:
        copy.note(Standing(until, known.moved_to, taken.detail, now, taken.is_gone))
        detail = taken.detail + (f"; {taken.remedy}" if taken.remedy else "")
        outcome = Outcome.GONE if taken.is_gone else Outcome.FAILED
        is_news, host_wait = taken.detail != known.failure, taken.wait if taken.is_too_often else 0
        return Fetched(copy.url, outcome, detail, known.moved_to, is_news, host_wait)
    copy.note(Standing(until, taken.moved_to))
    is_news = taken.moved_to not in {"", known.moved_to}
    moved = f"it has moved for good to {taken.moved_to}; {IF_MOVED}" if is_news else ""
    detail = "; ".join(filter(None, (taken.detail, moved)))
    return Fetched(copy.url, taken.outcome, detail, taken.moved_to, is_news)


def _visit(visit: _Visit, url: str) -> _Taken:
    """Fetch what ``url`` leads to."""
    own, redirects = visit.own, list[tuple[int, str]]()
    try:
        with _client(visit.limits, visit.seconds, visit.end) as client:
            taken = _ask(client, visit, url, redirects)
    except _FAILURES as error:
        over = visit.seconds() >= visit.end
        is_lost = isinstance(error, (httpcore.NetworkError, httpx.NetworkError, OSError))
        taken = _Taken(Outcome.FAILED, _said(error, visit.limits, over=over), is_lost=is_lost)
    permanent = [target for status, target in takewhile(lambda step: step[0] in _FOR_GOOD, redirects)]
    moved_to = permanent[-1] if permanent else url
    if taken.is_gone and len(permanent) < len(redirects):
        # Only the target of a temporary redirect is gone.
        taken = replace(taken, is_gone=False, remedy="")
    is_clean = hidden(own.hide(moved_to)) == moved_to and "@" not in urlsplit(moved_to).netloc
    if not is_clean or moved_to == visit.copy.url:
        moved_to = ""
    return replace(taken, detail=hidden(own.hide(taken.detail)), moved_to=moved_to)


@dataclass(frozen=True, slots=True)
class Answer:
    """The last answer to a request, and the redirects that led to it.

    A redirect is its status and its target; the names of ``headers`` are in lower case.
    """

    url: str
    redirects: tuple[tuple[int, str], ...]
    status: int
    reason: str
    headers: Mapping[str, str]
    content: bytes


def look(
    url: str, limits: Limits, seconds: Callable[[], float], *, etag: str = "", last_modified: str = ""
) -> Answer:
    """Request an address once, within the limits of :func:`fetch`, and keep nothing. Raises SourceError."""
    end = seconds() + limits.max_seconds
    redirects: list[tuple[int, str]] = []
    headers = _request_headers(limits, etag, last_modified)
    try:
        with (
            _client(limits, seconds, end) as client,
            _opened(client, url, lambda _: headers, limits, redirects) as response,
        ):
            content = b"".join(_decoded(response, limits.max_bytes))
    except _FAILURES as error:
        raise SourceError(url, _said(error, limits, over=seconds() >= end)) from error
    return Answer(
        redirects[-1][1] if redirects else url,
        tuple(redirects),
        response.status_code,
        response.reason_phrase,
        {name.lower(): value for name, value in response.headers.items()},
        content,
    )


def _client(limits: Limits, seconds: Callable[[], float], end: float) -> httpx.Client:
    transport = Transport(Backend(seconds, end, allow_private=limits.allow_private))
    return httpx.Client(timeout=limits.timeout, transport=transport, follow_redirects=False)


def _said(error: BaseException, limits: Limits, *, over: bool) -> str:
    """Say what went wrong; ``over`` says whether the time for the whole fetch is over."""
    if isinstance(error, (httpcore.TimeoutException, httpx.TimeoutException)):
        return (
            f"not complete after {limits.max_seconds:g} s" if over else f"no answer for {limits.timeout:g} s"
        )
    if isinstance(error, socket.gaierror):
        return f"the host cannot be found: {error.strerror}"
    return f"{error}" or type(error).__name__


# What the libraries raise because of servers; the last one is for impossible lengths and sizes.
_FAILURES = (
    *(RefusedError, httpcore.TimeoutException),
    *(httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError, httpcore.UnsupportedProtocol),
    *(httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, MemoryError),
)


@dataclass(frozen=True, slots=True)
class _Visit:
    """A fetch in progress: the copy so far, the time, and when it must end."""

    copy: Copy
    memory: Memory
    now: int
    limits: Limits
    seconds: Callable[[], float]
    end: float
    format_name: str | None
    own: Own


def _ask(client: httpx.Client, visit: _Visit, url: str, redirects: list[tuple[int, str]]) -> _Taken:
    memory = visit.memory
    headers = _request_headers(visit.limits, memory.etag, memory.last_modified)

    def of_request(url: str) -> dict[str, str]:
        return {**headers, **visit.own.of_request(url, visit.copy.url)}

    with _opened(client, url, of_request, visit.limits, redirects) as response:
        return _take(response, visit)


def _request_headers(limits: Limits, etag: str, last_modified: str) -> dict[str, str]:
    headers = {
        "User-Agent": limits.agent,
        "Accept": "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5",
        "Accept-Encoding": "gzip",
    }
    # A validator may contain other bytes (RFC 9110 §8.8.3), but a request header of httpx may not.
    if etag and etag.isascii():
        headers["If-None-Match"] = etag
    if last_modified and last_modified.isascii():
        headers["If-Modified-Since"] = last_modified
    return headers


@contextmanager
def _opened(
    client: httpx.Client,
    url: str,
    headers: Callable[[str], dict[str, str]],
    limits: Limits,
    redirects: list[tuple[int, str]],
) -> Iterator[httpx.Response]:
    """Open the answer to which ``url`` leads, and add its redirects to ``redirects``.

    ``headers`` returns the headers for each address on the way.
    """
    for _ in range(limits.max_redirects + 1):
        check_address(url)
        with client.stream("GET", url, headers=headers(url)) as response:
            _check_peer(response, limits)
            if response.is_redirect and response.headers.get("location"):
                url = _redirected(url, response.headers["location"])
                redirects.append((response.status_code, url))
                continue
            yield response
            return
    raise RefusedError(f"more than {limits.max_redirects} redirects")


def check_address(url: str) -> None:
    """Refuse addresses that are not http(s) or contain a password; the IP address is checked when connecting."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise RefusedError(f"{url} is not a web address")
    if parts.username or parts.password:
        raise RefusedError(f"{parts.hostname}: an address with a password is not fetched")


def _check_peer(response: httpx.Response, limits: Limits) -> None:
    # Behind a proxy, this is the connection to the proxy.
    stream = response.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    if peer and not limits.allow_private:
        check_public(str(peer[0]), str(response.url.host))


def _redirected(url: str, location: str) -> str:
    target = urljoin(url, location)
    if url.startswith("https:") and not target.startswith("https:"):
        raise RefusedError(f"redirected from https to {target}")
    return target


def _take(response: httpx.Response, visit: _Visit) -> _Taken:
    copy, memory, limits = visit.copy, visit.memory, visit.limits
    headers = response.headers
    wait = _freshness(headers.get("cache-control", ""))
    if response.status_code == httpx.codes.NOT_MODIFIED:
        if not (memory.etag or memory.last_modified):
            raise RefusedError("the server says 304 Not Modified, but there is no copy")
        return _Taken(Outcome.UNCHANGED, wait=wait)
    if response.status_code != httpx.codes.OK:
        return _refused(response, visit)
    content = b"".join(_decoded(response, limits.max_bytes))
    data = _unpacked(content, limits.max_bytes)
    if problem := _problem(data, urlsplit(str(response.url)).path, visit.format_name):
        raise RefusedError(problem)
    if visit.own.are_in(data):
        raise RefusedError("the answer repeats a secret of fetch:, so it is not kept")
    same = copy.content.exists() and copy.content.read_bytes() == content
    if not same:
        copy.keep(content)
    told = headers.get("etag", ""), headers.get("last-modified", ""), response.charset_encoding or ""
    etag, last_modified, charset = (text if visit.own.hide(text) == text else "" for text in told)
    known_as = memory.known_as if copy.memory.exists() else copy.moved_from()
    copy.remember(Memory(copy.url, etag, last_modified, charset, known_as=known_as).of(content))
    return _Taken(Outcome.UNCHANGED if same else Outcome.NEW, f"{len(content)} bytes", wait=wait)


def _refused(response: httpx.Response, visit: _Visit) -> _Taken:
    status = response.status_code
    wait = _retry_after(response.headers.get("retry-after", ""), visit.now)
    remedy = f"it asks to wait {wait} s" if wait else ""
    if status in _DENIED:
        remedy = _why_denied(str(response.url), visit)
    if status == httpx.codes.GONE:
        remedy = IF_GONE
    return _Taken(
        Outcome.FAILED,
        f"the server says {status} {response.reason_phrase}".rstrip(),
        remedy,
        wait,
        is_lost=status in {httpx.codes.NOT_FOUND, httpx.codes.GONE},
        is_gone=status == httpx.codes.GONE,
        is_too_often=status == httpx.codes.TOO_MANY_REQUESTS,
    )


_FOR_GOOD = (httpx.codes.MOVED_PERMANENTLY, httpx.codes.PERMANENT_REDIRECT)
_DENIED = (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN)


def _why_denied(url: str, visit: _Visit) -> str:
    """Return what to do about a 401 or 403."""
    if not visit.own.headers:
        return "if it needs a key, set fetch: {headers: {Authorization: env:NAME}} of the source"
    if origin(url) == origin(visit.copy.url):
        return "check the values of the variables in fetch: of the source"
    return (
        f"it was redirected to {urlsplit(url).netloc}, but headers of fetch: only go to the source's own host"
    )


def _decoded(response: httpx.Response, most: int) -> Iterator[bytes]:
    """Yield the content as it arrives, at most ``most`` bytes of it after decompression."""
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in {"", "identity", "gzip", "x-gzip"}:
        raise RefusedError(f"it comes in the encoding {coding!r}, which was not requested")
    unpack = zlib.decompressobj(wbits=31) if coding.endswith("gzip") else None
    size = 0
    for raw in response.iter_raw():
        try:
            data = unpack.decompress(raw, most - size + 1) if unpack else raw
        except zlib.error as error:
            raise RefusedError(f"the compressed content is damaged: {error}") from None
        size += len(data)
        if size > most:
            raise RefusedError(f"more than {most} bytes")
        yield data
    if unpack and not unpack.eof:
        raise RefusedError("the compressed content is cut off")


_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_FEED = re.compile(rb"<(?:[\w.-]+:)?(?:rss|feed|RDF)[\s>]")
_ROOT_WITHIN = 1 << 16


def _unpacked(content: bytes, most: int) -> bytes:
    """Return what a source will read from ``content``, which may be compressed: at most ``most`` bytes."""
    try:
        stream = InputStream(io.BytesIO(content))
        data = stream.read(most + 1)
    except MissingPackageError as error:
        raise RefusedError(str(error)) from None
    if len(data) > most:
        raise RefusedError(f"more than {most} bytes when it is decompressed")
    if stream.problem or not data.strip():
        raise RefusedError(stream.problem or "the content is empty")
    return data


def _problem(data: bytes, path: str, declared: str | None) -> str:
    """Return why ``data`` is not what the source should give, or an empty text.

    A login page, a plain error message or half a feed must not replace a good copy.
    """
    expected = declared or (choose(path, b"") if has_extension(path) else "")
    if expected not in {"", "feed", "json"}:
        return ""
    root, page = (pattern.search(data, 0, _ROOT_WITHIN) for pattern in (_FEED, _HTML))
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["}:
        return _json_problem(data)
    if page and (root is None or page.start() < root.start()):
        return "it is a page of HTML, not a feed"
    if root is None:
        return "it is not a feed; if it is meant to be something else, declare its format"
    return "the feed is cut off" if is_cut(data) else ""


def _json_problem(data: bytes) -> str:
    try:
        json.loads(data)
    except (ValueError, RecursionError) as error:
        return f"it is cut off, or not JSON: {error}"
    return ""


def _freshness(cache_control: str) -> int:
    """Return for how many seconds an answer stays fresh (RFC 9111 §5.2.2.1), bounded."""
    directives = cache_control.lower()
    if "no-cache" in directives or "no-store" in directives:
        return 0
    age = re.search(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,10})", directives)
    return min(int(age[1]), MAX_WAIT) if age else 0


def _retry_after(value: str, now: int) -> int:
    """Return the seconds of a ``Retry-After`` (RFC 9110 §10.2.3), bounded; 0 where there is none."""
    if re.fullmatch(r"[0-9]+", value.strip()):
        digits = value.strip().lstrip("0")
        return min(int(digits or "0"), MAX_WAIT) if len(digits) <= len(str(MAX_WAIT)) else MAX_WAIT
    try:
        asked = int(parsedate_to_datetime(value).timestamp()) - now if value else 0
    except (ValueError, TypeError, OverflowError):
        return 0
    return max(0, min(asked, MAX_WAIT))
