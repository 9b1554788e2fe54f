"""Values that every format can carry, made from what sources and configs write: ``None`` where there is none.

At least as strict as the validator, and independent of it, so that each can be held against the other.
"""

from __future__ import annotations

import re

# RFC 5646 §2.1; primary languages of four letters and more are not registered.
_TAG = re.compile(
    r"(?P<primary>[a-z]{2,3})(?:-[a-z]{3}){0,3}(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+",
    re.ASCII | re.IGNORECASE,
)
# RFC 5646 §2.2.8, those that are not built like other tags.
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
# ISO 639-1, by the first letter: a list that is closed.
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
# An authority, which may have a literal address.
_HOST = re.compile(r"//(?:[^/?#@]*@)?[^/?#@:]+(?::[0-9]*)?(?:[/?#]|\Z)")
_URI_PART = rf"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|{_ESCAPED})"
_ENTITY = rf"(?:[A-Za-z0-9._-]+@)?{_DOMAIN.pattern},[0-9]{{4}}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"
_TAG_URI = re.compile(rf"tag:{_ENTITY}:{_URI_PART}*(?:#{_URI_PART}*)?")
_URN = re.compile(rf"urn:[a-z0-9][a-z0-9-]{{0,30}}[a-z0-9]:{_URI_PART}+(?:#{_URI_PART}*)?", re.IGNORECASE)
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def language_tag(text: str) -> str | None:
    """Return a language tag (BCP 47); ``hi_IN`` is mended to ``hi-IN``."""
    tag = text.strip().replace("_", "-")
    found = _TAG.fullmatch(tag)
    if tag.lower() in _IRREGULAR:
        return tag
    if not found or (len(found["primary"] or "") == 2 and found["primary"].lower() not in _TWO_LETTERS):
        return None
    return tag


def mail_address(text: str) -> str | None:
    """Return an e-mail address (addr-spec of RFC 5322, without quotes); a host beyond ASCII as IDNA has it."""
    local, _, host = text.strip().rpartition("@")
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except ValueError:
        return None
    return f"{local}@{host}" if _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(host) else None


def media_type(text: str) -> str | None:
    """Return a media type without parameters (RFC 6838 §4.2)."""
    return text if _MEDIA_TYPE.fullmatch(text) else None


def identifier(text: str) -> str | None:
    """Return an id that another feed minted: an absolute IRI (RFC 3987), which ``tag:`` and ``urn:`` ask more of."""
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
