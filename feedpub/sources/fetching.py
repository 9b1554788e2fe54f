"""Fetch a feed as a good guest: conditional, bounded in size, time and redirects, and nowhere private.

The only module of the package that goes to the web; ``feedpub fetch`` calls it, a build never does. The clock
comes in as an argument.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import urljoin, urlsplit

import httpx

from feedpub.sources.fetched import Copy, Memory

# Longer than this no server keeps us away: a mistyped max-age would stop a feed for years.
MAX_WAIT = 7 * 24 * 3600


class Outcome(StrEnum):
    """What came of one address."""

    NEW = "new"
    UNCHANGED = "unchanged"
    NOT_DUE = "not due"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Fetched:
    """The outcome for one address, and in a sentence, why."""

    url: str
    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a fetch may cost: bytes of content, seconds to wait for a sign of life and in all, redirects."""

    max_bytes: int = 16 << 20
    timeout: float = 20.0
    max_seconds: float = 120.0
    max_redirects: int = 5
    allow_private: bool = False
    agent: str = "feedpub"


class _RefusedError(Exception):
    """The fetch is over; the message says why."""


def fetch(
    copy: Copy, now: int, limits: Limits, seconds: Callable[[], float], *, force: bool = False
) -> Fetched:
    """Bring a local copy up to date; ``now`` is in epoch seconds, ``seconds`` a steady clock for the time limit.

    ``force`` asks even before the server's time. What fails leaves the copy as it was.
    """
    memory = copy.recall()
    if memory.wait_until > now and not force:
        return Fetched(
            copy.url, Outcome.NOT_DUE, f"the server asked to wait {memory.wait_until - now} s more"
        )
    visit = _Visit(copy, memory, now, limits, seconds, seconds() + limits.max_seconds)
    try:
        with httpx.Client(timeout=limits.timeout, follow_redirects=False, trust_env=True) as client:
            return _ask(client, visit)
    except _RefusedError as error:
        return Fetched(copy.url, Outcome.FAILED, str(error))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        return Fetched(copy.url, Outcome.FAILED, f"{error}" or type(error).__name__)


@dataclass(frozen=True, slots=True)
class _Visit:
    """One fetch under way: what is there already, when it is, and when it has to be over."""

    copy: Copy
    memory: Memory
    now: int
    limits: Limits
    seconds: Callable[[], float]
    end: float

    def remember(self, etag: str, last_modified: str, wait: int, charset: str) -> None:
        """Note for the next time what the server said."""
        self.copy.remember(Memory(self.copy.url, etag, last_modified, self.now + wait, charset))


def _ask(client: httpx.Client, visit: _Visit) -> Fetched:
    copy, memory, limits = visit.copy, visit.memory, visit.limits
    headers = {
        "User-Agent": limits.agent,
        "Accept": "application/atom+xml, application/rss+xml, application/feed+json, */*;q=0.5",
    }
    # A validator may hold other bytes (RFC 9110 §8.8.3), but a request header of httpx may not.
    if memory.etag and memory.etag.isascii():
        headers["If-None-Match"] = memory.etag
    if memory.last_modified and memory.last_modified.isascii():
        headers["If-Modified-Since"] = memory.last_modified
    url = copy.url
    for _ in range(limits.max_redirects + 1):
        check_address(url, limits)
        with client.stream("GET", url, headers=headers) as response:
            _check_peer(response, limits)
            if response.is_redirect and response.headers.get("location"):
                url = _redirected(url, response.headers["location"])
                continue
            return _take(response, visit)
    raise _RefusedError(f"more than {limits.max_redirects} redirects")


def check_address(url: str, limits: Limits) -> None:
    """Refuse what is not http(s), carries a password, or leads to an address that is not public (RFC 6890)."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise _RefusedError(f"{url} is no web address")
    if parts.username or parts.password:
        raise _RefusedError(f"{parts.hostname}: an address with a password is not fetched")
    if limits.allow_private:
        return
    port = parts.port or (443 if parts.scheme == "https" else 80)
    for *_, address in socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM):
        _check_public(str(address[0]), parts.hostname)


def _check_peer(response: httpx.Response, limits: Limits) -> None:
    # The name may have meant another address a moment ago (DNS rebinding): what counts is who answers.
    stream = response.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    if peer and not limits.allow_private:
        _check_public(str(peer[0]), str(response.url.host))


def _check_public(address: str, host: str) -> None:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    if not (mapped or found).is_global or found.is_multicast:
        raise _RefusedError(f"{host} is the private address {address}; allow it with --allow-private")


def _redirected(url: str, location: str) -> str:
    target = urljoin(url, location)
    if url.startswith("https:") and not target.startswith("https:"):
        raise _RefusedError(f"redirected from https to {target}")
    return target


def _take(response: httpx.Response, visit: _Visit) -> Fetched:
    copy, memory, limits = visit.copy, visit.memory, visit.limits
    headers = response.headers
    wait = _freshness(headers.get("cache-control", ""))
    if response.status_code == httpx.codes.NOT_MODIFIED:
        visit.remember(memory.etag, memory.last_modified, wait, memory.charset)
        return Fetched(copy.url, Outcome.UNCHANGED)
    if response.status_code != httpx.codes.OK:
        asked = _retry_after(headers.get("retry-after", ""), visit.now)
        if asked:
            visit.remember(memory.etag, memory.last_modified, asked, memory.charset)
        detail = f"the server says {response.status_code} {response.reason_phrase}".rstrip()
        return Fetched(copy.url, Outcome.FAILED, f"{detail}; it asks to wait {asked} s" if asked else detail)
    content = bytearray()
    for chunk in response.iter_bytes(1 << 16):
        content += chunk
        if len(content) > limits.max_bytes:
            raise _RefusedError(f"more than {limits.max_bytes} bytes")
        if visit.seconds() > visit.end:
            raise _RefusedError(f"not complete after {limits.max_seconds:g} s")
    same = copy.content.exists() and copy.content.read_bytes() == content
    if not same:
        copy.keep(bytes(content))
    charset = response.charset_encoding or ""
    visit.remember(headers.get("etag", ""), headers.get("last-modified", ""), wait, charset)
    return Fetched(copy.url, Outcome.UNCHANGED if same else Outcome.NEW, f"{len(content)} bytes")


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
