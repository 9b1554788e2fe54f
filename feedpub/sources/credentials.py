"""What a source wants to be said with its requests: headers for its own host alone, and secrets that nobody is shown.

A config names the environment variable that holds a secret. Its value goes to the host of the source's address and
nowhere else: no redirect takes it along, and no message, state or copy repeats it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, quote_plus, urlsplit

from feedpub.sources.spec import FetchOptions

_PORTS = {"http": 80, "https": 443}
# A shorter value may be in a feed by chance.
_TELLING = 8


class UnsetError(Exception):
    """A variable holds nothing that can be sent; the message says which, and where it is named."""


@dataclass(frozen=True, slots=True)
class Own:
    """What goes along with the requests of a source: ``headers`` to its own host, ``agent`` to every host.

    ``secrets`` are the texts that must not be repeated.
    """

    headers: tuple[tuple[str, str], ...] = ()
    agent: str = ""
    secrets: tuple[str, ...] = ()

    @classmethod
    def of(cls, options: FetchOptions, environment: Mapping[str, str]) -> Own:
        """Return what ``options`` say, with the values of variables. Raises :class:`UnsetError`."""
        headers: list[tuple[str, str]] = []
        secrets: list[str] = []
        for header in options.headers:
            value = header.text
            if header.variable:
                value = environment.get(header.variable, "").strip()
                if not value or not re.fullmatch(r"[\x20-\x7e]+", value):
                    is_wrong = "is not set" if not value else "holds what no header can"
                    raise UnsetError(
                        f"{header.where}: the variable {header.variable} {is_wrong};"
                        " set it where feedpub fetch runs"
                    )
                secrets.append(value)
            headers.append((header.name, value))
        return cls(tuple(headers), options.user_agent, tuple(secrets))

    def of_request(self, url: str, address: str) -> dict[str, str]:
        """Return the headers for a request of ``url``, to which the source's ``address`` has led."""
        own = dict(self.headers) if origin(url) == origin(address) else {}
        return {**own, "User-Agent": self.agent} if self.agent else own

    def hide(self, text: str) -> str:
        """Return ``text`` without any secret."""
        for secret in self._forms():
            text = text.replace(secret, "***")
        return text

    def are_in(self, data: bytes) -> bool:
        """Say whether ``data`` repeat a secret, as a page does that shows the headers of its request."""
        return any(secret.encode() in data for secret in self._forms() if len(secret) >= _TELLING)

    def _forms(self) -> list[str]:
        """Return the secrets as they may be written, the longest first: with and without a scheme, and quoted."""
        plain = {form for secret in self.secrets for form in (secret, secret.rpartition(" ")[2])}
        forms = {form for each in plain for form in (each, quote(each), quote(each, ""), quote_plus(each))}
        return sorted(forms, key=len, reverse=True)


def origin(url: str) -> tuple[str, str, int]:
    """Return what tells one host from another: scheme, name and port (RFC 6454 §4)."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:  # a bracket without its other, or a port that is none
        return "", url, 0
