"""The connections of a fetch: only to checked addresses, and closed when its time is over.

httpcore uses a backend to connect, read and write. This one resolves a name once, refuses it if any of its addresses
is not public, and connects to a checked address. So a name cannot mean another address a moment later (DNS
rebinding). The certificate is checked against the name, as usual. No read or write waits longer than the time left for
the fetch, however little arrives at a time.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import httpcore
import httpx

_SHARED = ipaddress.IPv6Network("64:ff9b:1::/48")
# IPv6 networks whose addresses contain an IPv4 address, and how many bits follow it.
_CARRIERS = (
    (ipaddress.IPv6Network("::/96"), 0),  # IPv4-compatible (RFC 4291 §2.5.5.1)
    (ipaddress.IPv6Network("::ffff:0:0/96"), 0),  # IPv4-mapped (§2.5.5.2)
    (ipaddress.IPv6Network("::ffff:0:0:0/96"), 0),  # IPv4-translated (RFC 2765 §2.1)
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),  # NAT64 (RFC 6052 §2.1)
    (ipaddress.IPv6Network("2002::/16"), 80),  # 6to4 (RFC 3056 §2)
)


class RefusedError(Exception):
    """The fetch is over; the message says why."""


def check_public(address: str, host: str) -> None:
    """Raise :class:`RefusedError` if an IP address is not public (RFC 6890)."""
    if not is_public(address):
        raise RefusedError(f"{host} is the private address {address}; allow it with --allow-private")


def is_public(address: str) -> bool:
    """Say whether an IP address is public, and so is the IPv4 address that it may contain."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv4Address):
        return found.is_global and not (found.is_multicast or found.is_reserved)
    for network, shift in _CARRIERS:
        if found in network:
            return is_public(str(ipaddress.IPv4Address(int(found) >> shift & 0xFFFFFFFF)))
    if found.teredo and not all(is_public(str(part)) for part in found.teredo):
        return False
    special = found.is_multicast or found.is_site_local or found.is_reserved or found in _SHARED
    return found.is_global and not special


class Backend(httpcore.NetworkBackend):
    """Connects to checked addresses until ``end`` on the clock ``seconds``."""

    def __init__(self, seconds: Callable[[], float], end: float, *, allow_private: bool) -> None:
        self._real = httpcore.SyncBackend()
        self._seconds = seconds
        self._end = end
        self._allow_private = allow_private

    def left(self, timeout: float | None) -> float:
        """Return for how many seconds to wait. Raises :class:`httpcore.TimeoutException` when the time is over."""
        left = self._end - self._seconds()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is over")
        return left if timeout is None else min(left, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
        if not self._allow_private:
            for address in addresses:
                check_public(address, host)
        for address in addresses:
            try:
                stream = self._real.connect_tcp(
                    address, port, self.left(timeout), local_address, socket_options
                )
            except httpcore.ConnectError:
                if address == addresses[-1]:
                    raise
            else:
                return _Stream(stream, self)
        raise httpcore.ConnectError(f"{host} has no address")


class _Stream(httpcore.NetworkStream):
    """A connection that never waits longer than the fetch may take."""

    def __init__(self, real: httpcore.NetworkStream, backend: Backend) -> None:
        self._real = real
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._real.read(max_bytes, self._backend.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._real.write(buffer, self._backend.left(timeout))

    def close(self) -> None:
        self._real.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(
            self._real.start_tls(ssl_context, server_hostname, self._backend.left(timeout)), self._backend
        )

    def get_extra_info(self, info: str) -> Any:
        return self._real.get_extra_info(info)


class Transport(httpx.BaseTransport):
    """A transport for httpx with a backend of our own, which httpx's transport does not allow."""

    def __init__(self, backend: Backend) -> None:
        self._pool = httpcore.ConnectionPool(ssl_context=httpx.create_ssl_context(), network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        response = self._pool.handle_request(
            httpcore.Request(request.method, url, headers=request.headers.raw, extensions=request.extensions)
        )
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()
