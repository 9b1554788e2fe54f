"""The headers that a source sends with its requests, to its own host only, and the secrets in them.

The config names the environment variable that contains a secret. Its value is sent to the host of the source's address
only: it does not follow a redirect, and no message, state or copy repeats it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html.entities import html5
from urllib.parse import urlsplit

from feedpub.sources.spec import FetchOptions

_PORTS = {"http": 80, "https": 443}
# A shorter value may be in a feed by chance.
_TELLING = 8


class UnsetError(Exception):
    """A variable is not set, or has no valid value; the message says which, and where the config names it."""


@dataclass(frozen=True, slots=True)
class Own:
    """What is sent with the requests of a source: ``headers`` to its own host, ``agent`` to every host.

    ``secrets`` are the texts that must not be repeated.
    """

    headers: tuple[tuple[str, str], ...] = ()
    agent: str = ""
    secrets: tuple[str, ...] = ()

    @classmethod
    def of(cls, options: FetchOptions, environment: Mapping[str, str]) -> Own:
        """Return the headers of ``options``, with the values of variables. Raises :class:`UnsetError`."""
        headers: list[tuple[str, str]] = []
        secrets: list[str] = []
        for header in options.headers:
            value = header.text
            if header.variable:
                value = environment.get(header.variable, "").strip()
                if not value or not re.fullmatch(r"[\x20-\x7e]+", value):
                    is_wrong = "is not set" if not value else "has a value that a header cannot carry"
                    raise UnsetError(
                        f"{header.where}: the variable {header.variable} {is_wrong};"
                        " set it where feedpub fetch runs"
                    )
                secrets.append(value)
            headers.append((header.name, value))
        return cls(tuple(headers), options.user_agent, tuple(secrets))

    def of_request(self, url: str, address: str) -> dict[str, str]:
        """Return the headers for a request of ``url``, reached from the source's ``address``."""
        own = dict(self.headers) if origin(url) == origin(address) else {}
        return {**own, "User-Agent": self.agent} if self.agent else own

    def hide(self, text: str) -> str:
        """Return ``text`` without any secret."""
        for secret in self._parts():
            text = _spelt(secret).sub("***", text)
        return text

    def are_in(self, data: bytes) -> bool:
        """Say whether ``data`` repeat a secret, such as a page that shows the request's headers."""
        # Without NUL, the ASCII in UTF-16 and UTF-32 is plain.
        text = data.replace(b"\0", b"").decode("latin-1")
        return any(_spelt(secret).search(text) for secret in self._parts() if len(secret) >= _TELLING)

    def _parts(self) -> list[str]:
        """Return the secrets with and without their schemes, the longest first."""
        parts = {part for secret in self.secrets for part in (secret, secret.rpartition(" ")[2])}
        return sorted(parts, key=len, reverse=True)


@cache
def _spelt(secret: str) -> re.Pattern[str]:
    """Return a pattern that finds a secret, however addresses, XML, HTML and JSON escape its characters.

    Characters may be escaped several times, such as in HTML within XML. Repetitions are bounded, so the search is
    linear.
    """
    return re.compile("".join(map(_ways, secret)))


@cache
def _ways(character: str) -> str:
    code, plain = ord(character), re.escape(character)
    hexadecimal = "".join(f"[{digit}{digit.upper()}]" for digit in f"{code:02x}")
    names = [name.rstrip(";") for name, text in html5.items() if text == character and name.endswith(";")]
    ways = [
        rf"&(?:amp;){{0,4}}(?:{'|'.join((rf'#0{{0,8}}{code}', rf'#[xX]0{{0,8}}{hexadecimal}', *names))});?",
        f"%(?:25){{0,4}}{hexadecimal}",
        rf"\\{{1,8}}(?:u00{hexadecimal}|x{hexadecimal}|{plain})",
        plain,
    ]
    if character == " ":
        ways.append(r"\+")
    return f"(?:{'|'.join(ways)})"


def origin(url: str) -> tuple[str, str, int]:
    """Return the origin of a URL: scheme, host and port (RFC 6454 §4)."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:  # an unclosed bracket, or an invalid port
        return "", url, 0
