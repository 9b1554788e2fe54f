"""Web addresses as every format can carry them: URIs (RFC 3986), made from what sources write (RFC 3987)."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from urllib.parse import quote, urlsplit, urlunsplit

_HOST = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?"
_PCHAR = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
# What most addresses are like, and what needs no second look.
_FIT = re.compile(
    rf"https?://{_HOST}(?::[0-9]{{1,4}})?(?:/{_PCHAR}*)*(?:\?(?:{_PCHAR}|[/?])*)?(?:#(?:{_PCHAR}|[/?])*)?"
)
_NAME = re.compile(_HOST)
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SAFE = "%!$&'()*+,;=:@/-._~"


# Browsers take a backslash for a slash, and need none. Of other schemes two slashes begin a host (RFC 3986 §3.2).
_USER = re.compile(r"(\s*(?:(?:https?|ftp):[/\\]*|[a-z][a-z0-9+.-]*://))[^/\\?#]*@", re.IGNORECASE)


def without_password(address: str) -> str:
    """Return ``address`` without a name and a password before its host: they are no reader's business."""
    return _USER.sub(r"\1", address, count=1) if _USER.match(address) else address


def web_address(text: str) -> str | None:
    """Return ``text`` as an absolute web address in ASCII, or ``None`` if it is none.

    What may not stand in a URI is percent-encoded as UTF-8, and a host beyond ASCII is written as IDNA has it; what
    is fit already stays byte for byte.
    """
    if _FIT.fullmatch(text):
        return text
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
        if ":" in host:
            literal = IPv6Address(host)
            if literal.scope_id:
                return None
        else:
            host = host.encode("idna").decode("ascii")
    except (
        ValueError
    ):  # a bracket without its other, a port or a literal that is none, a name that IDNA refuses
        return None
    if parts.scheme not in ("http", "https") or not (":" in host or _NAME.fullmatch(host)):
        return None
    # Without name and password.
    place = (f"[{host}]" if ":" in host else host) + (f":{port}" if port is not None else "")
    path, query, fragment = (
        quote(_STRAY.sub("%25", part), safe=_SAFE + more, errors="replace")
        for part, more in ((parts.path, ""), (parts.query, "?"), (parts.fragment, "?"))
    )
    return urlunsplit((parts.scheme, place, path, query, fragment))
