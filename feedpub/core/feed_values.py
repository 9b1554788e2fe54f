"""Values that every format can carry, made from those in sources and configs.

Language tags, e-mail addresses, ids and media types; web addresses as URIs (RFC 3986), made from IRIs (RFC 3987); text
that XML can carry. This module is at least as strict as the validator, and independent of it, so each can be tested
against the other. A value that cannot be carried is ``None``. In text, a run of control characters (XML 1.0 §2.2)
becomes a space, so that words stay separate, and a lost character becomes U+FFFD.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from urllib.parse import quote, urlsplit, urlunsplit

# RFC 5646 §2.1; primary languages of four letters and more are not registered.
_TAG = re.compile(
    r"(?P<primary>[a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+",
    re.ASCII | re.IGNORECASE,
)
# RFC 5646 §2.2.8: those with an irregular form.
_IRREGULAR = frozenset(
    [
        "en-gb-oed",
        "i-ami",
        "i-bnn",
        "i-default",
        "i-enochian",
        "i-hak",
        "i-klingon",
        "i-lux",
        "i-mingo",
        "i-navajo",
        "i-pwn",
        "i-tao",
        "i-tay",
        "i-tsu",
        "sgn-be-fr",
        "sgn-be-nl",
        "sgn-ch-de",
    ]
)
# ISO 639-1, by the first letter; this list is closed.
_TWO_LETTERS = frozenset(
    first + second
    for first, seconds in (
        group.split(":")
        for group in [
            "a:abefkmnrsvyz",
            "b:aeghimnors",
            "c:aehorsuvy",
            "d:aevz",
            "e:elnostu",
            "f:afijory",
            "g:adlnuv",
            "h:aehiortuyz",
            "i:adegiknostuw",
            "j:aiv",
            "k:agijklmnorsuvwy",
            "l:abginotuv",
            "m:ghiklnorsty",
            "n:abdeglnorvy",
            "o:cjmrs",
            "p:alst",
            "q:u",
            "r:mnouw",
            "s:acdeghiklmnoqrstuvw",
            "t:aeghiklnorstwy",
            "u:gkrz",
            "v:eio",
            "w:ao",
            "x:h",
            "y:io",
            "z:ahu",
        ]
    )
    for second in seconds
)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_MEDIA_NAME = r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}"
_MEDIA_TYPE = re.compile(rf"{_MEDIA_NAME}/{_MEDIA_NAME}")

# RFC 3987 §2.2 without private use: ucschar has no surrogates, no controls and no noncharacters.
_WIDE = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef" + "".join(
    f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 15)
)
_ESCAPED = "%[0-9A-Fa-f]{2}"
_PART = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?{_WIDE}-]|{_ESCAPED})"
_IRI = re.compile(rf"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?P<rest>{_PART}+(?:#{_PART}*)?)")
# An authority, which may be an IP literal.
_HOST = re.compile(r"//(?:[^/?#@]*@)?[^/?#@:]+(?::[0-9]*)?(?:[/?#]|\Z)")
_URI_PART = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|{_ESCAPED})"
_ENTITY = rf"(?:[A-Za-z0-9._-]+@)?{_DOMAIN.pattern},[0-9]{{4}}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
_TAG_URI = re.compile(rf"tag:{_ENTITY}:{_URI_PART}*(?:#{_URI_PART}*)?")
_URN = re.compile(rf"urn:[a-z0-9][a-z0-9-]{{0,30}}[a-z0-9]:{_URI_PART}+(?:#{_URI_PART}*)?", re.IGNORECASE)
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def language_tag(text: str) -> str | None:
    """Return a language tag (BCP 47); ``hi_IN`` becomes ``hi-IN``."""
    tag = text.strip().replace("_", "-")
    found = _TAG.fullmatch(tag)
    if tag.lower() in _IRREGULAR:
        return tag
    if not found or (len(found["primary"] or "") == 2 and found["primary"].lower() not in _TWO_LETTERS):
        return None
    return tag


def mail_address(text: str) -> str | None:
    """Return an e-mail address (addr-spec of RFC 5322, without quotes); a host beyond ASCII becomes IDNA."""
    local, _, host = text.strip().rpartition("@")
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError:
        return None
    return f"{local}@{host}" if _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(host) else None


def media_type(text: str) -> str | None:
    """Return a media type without its parameters (RFC 6838 §4.2)."""
    name = text.partition(";")[0].strip()
    return name if _MEDIA_TYPE.fullmatch(name) else None


def identifier(text: str) -> str | None:
    """Return an id that another feed minted: an absolute IRI (RFC 3987); ``tag:`` and ``urn:`` have more rules."""
    found = _IRI.fullmatch(text)
    if not found:
        return None
    scheme = found["scheme"].lower()
    if scheme in ("http", "https", "ftp"):
        fits = _HOST.match(found["rest"]) is not None
    elif scheme == "tag":
        fits = _TAG_URI.fullmatch(text) is not None
    elif text.lower().startswith("urn:uuid:"):
        fits = _UUID.fullmatch(text) is not None
    else:
        fits = scheme != "urn" or _URN.fullmatch(text) is not None
    return text if fits else None


_BREAK = re.compile("[\t\n\r\x0b\x0c]+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")
# A byte order mark in the middle of a text comes from concatenated files.
_MARK = "\ufeff"
_LOST = re.compile("[\ud800-\udfff\ufffe\uffff]")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_CONTROL_BYTES = bytes([*range(9), 11, 12, *range(14, 32), 127])
_C1_BYTES = re.compile(rb"\xc2[\x80-\x9f]")


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """Replace what XML cannot carry in ``text``; also return the replaced characters, sorted, as ``U+0003``."""
    if text.isprintable() or not _UNFIT.search(text):
        return text, ()
    found = set("".join(_CONTROL.findall(text)))
    lost = set(_LOST.findall(text))
    if found:
        text = _CONTROL.sub(" ", text)
    if _MARK in text:
        text = text.replace(_MARK, "")
        found.add(_MARK)
    if lost:
        text = _LOST.sub("\ufffd", text)
    return text, tuple(f"U+{ord(character):04X}" for character in sorted(found | lost))


def may_need_cleaning(utf8: bytes) -> bool:
    """Say whether these bytes may contain what :func:`clean` replaces; this is much faster than looking."""
    # Searching one byte runs at memory speed; the rest is only checked if the first byte occurs.
    if any(byte in utf8 for byte in _CONTROL_BYTES):
        return True
    if b"\xef" in utf8 and (b"\xef\xbf" in utf8 or b"\xef\xbb\xbf" in utf8):
        return True
    return b"\xc2" in utf8 and _C1_BYTES.search(utf8) is not None


def one_line(text: str) -> str:
    """Return ``text`` on one line: white space with line breaks or tabs becomes one space."""
    if text.isprintable():
        return text.strip()
    parts = _BREAK.split(text.strip())
    return parts[0] if len(parts) == 1 else " ".join(filter(None, (part.strip(" ") for part in parts)))


_HOST_NAME = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?"
_PCHAR = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
# Most addresses have this form, and need no further check.
_FIT = re.compile(
    rf"https?://{_HOST_NAME}(?::[0-9]{{1,4}})?(?:/{_PCHAR}*)*(?:\?(?:{_PCHAR}|[/?])*)?(?:#(?:{_PCHAR}|[/?])*)?"
)
_NAME = re.compile(_HOST_NAME)
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SAFE = "%!$&'()*+,;=:@/-._~"


# Browsers accept backslashes for slashes, and no slash at all. With other schemes, two slashes begin a host
# (RFC 3986 §3.2).
_USER = re.compile(r"(\s*(?:(?:https?|ftp):[/\\]*|[a-z][a-z0-9+.-]*://))[^/\\?#]*@", re.IGNORECASE)


def without_password(address: str) -> str:
    """Return ``address`` without name and password, which readers must not see."""
    return _USER.sub(r"\1", address, count=1) if _USER.match(address) else address


def _ascii_host(host: str) -> str:
    """Return a host in ASCII as in browsers (UTS 46, not transitional): ß stays different from ss, ς from σ."""
    if host.isascii():
        return host
    # Rarely needed.
    import idna  # noqa: PLC0415

    mapped = idna.uts46_remap(host, std3_rules=False, transitional=False)
    labels = re.split("[.。．｡]", mapped)
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels
    )


def web_address(text: str) -> str | None:
    """Return ``text`` as an absolute web address in ASCII, or ``None`` if it is not one.

    Characters that a URI cannot have are percent-encoded as UTF-8, and a host beyond ASCII is encoded by UTS 46; a
    valid address stays byte for byte.
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
            host = _ascii_host(host)
    except ValueError:  # an unclosed bracket, a bad port or literal, a name that IDNA refuses
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
