"""IRIs (RFC 3987), URIs (RFC 3986) and the two schemes of ids, ``tag:`` (RFC 4151) and ``urn:`` (RFC 8141).

``urllib.parse`` splits any text and rejects nothing. Libraries that validate compile the whole grammar of RFC 3987 into
one regular expression, which takes milliseconds for long input. For feeds it is enough to know which character is wrong
and whether the reference is absolute; that takes two linear expressions.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from feedpub.validator.grammar import words

# RFC 3987 §2.2: ucschar and iprivate, which exclude noncharacters, controls and surrogates.
_WIDE: Final = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\ue000-\uf8ff" + "".join(
    f"{chr(plane * 0x10000)}-{chr(plane * 0x10000 + 0xFFFD)}" for plane in range(1, 17)
)
_ASCII: Final = r"A-Za-z0-9\-._~:/?#@!$&'()*+,;="
_WRONG: Final = re.compile(rf"[^{_ASCII}{_WIDE}%\[\]]|%(?![0-9A-Fa-f]{{2}})")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_AUTHORITY: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]*://(?:[^/?#@\[\]]*@)?(\[[0-9A-Fa-fvV:.]+\]|[^/?#@:\[\]]*)(?::([0-9]*))?(?=[/?#]|\Z)"
)
# Nearly all addresses in feeds look like this. No check finds anything wrong with them.
_ORDINARY: Final = re.compile(
    r"https?://(?!127\.|0\.)[a-z0-9.\-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~/\-]*)?(?:\?[A-Za-z0-9._~/=&+\-]*)?\Z"
)
_LOCAL: Final = re.compile(
    r"(?:https?:)?//(?:[^/?#@]*@)?(?:(?:[^/?#@:]*\.)?localhost|127\.[0-9.]+|0\.0\.0\.0|\[::1\])(?::[0-9]*)?(?:[/?#]|\Z)"
)
_HIERARCHICAL: Final = ("http", "https", "ftp")
_PORTS: Final = {"http": ":80", "https": ":443"}

# https://www.iana.org/assignments/uri-schemes: the permanent schemes, and the provisional ones that are in use. feed:
# is not among them, because readers disagree on what it means.
SCHEMES: Final = words(
    """
    aaa aaas about acap acct cap cid coap coap+tcp coap+ws coaps coaps+tcp coaps+ws crid data dav dict dns dtn
    example file ftp geo go gopher h323 http https iax icap im imap info ipn ipp ipps iris iris.beep iris.lwz
    iris.xpc iris.xpcs jabber ldap leaptofrogans mailto mid msrp msrps mt mtqp mupdate news nfs ni nih nntp
    opaquelocktoken pkcs11 pop pres reload rtsp rtsps rtspu service session shttp sieve sip sips sms snmp
    soap.beep soap.beeps stun stuns tag tel telnet tftp thismessage tip tn3270 turn turns tv urn vemmi vnc ws wss
    xcon xcon-userid xmlrpc.beep xmlrpc.beeps xmpp z39.50r z39.50s
    """
) | words(
    "at bitcoin did dweb git ipfs ipns irc irc6 ircs magnet matrix nostr rsync sftp ssh svn wais webcal"
)

_DNS: Final = r"[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?)*"
_TAG: Final = re.compile(
    rf"tag:(?:[A-Za-z0-9\-._]+@)?{_DNS},[0-9]{{4}}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?:"
    r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*(?:#(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*)?\Z"
)
_URN: Final = re.compile(
    r"urn:[A-Za-z0-9][A-Za-z0-9\-]{0,30}[A-Za-z0-9]:(?:[A-Za-z0-9\-._~!$&'()*+,;=:@/?#]|%[0-9A-Fa-f]{2})+\Z",
    re.IGNORECASE,
)
_UUID: Final = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


def scheme(text: str) -> str:
    """Return the scheme of an IRI in lower case; empty if it is relative."""
    found = _SCHEME.match(text)
    return found[0][:-1].lower() if found else ""


def is_ordinary(text: str) -> bool:
    """Tell quickly whether a web address is absolute, not local, and only has ordinary characters, as most do."""
    return _ORDINARY.match(text) is not None and "localhost" not in text


def is_local(text: str) -> bool:
    """Tell whether a web address points to the computer of the person who follows it, such as ``localhost``."""
    return ("local" in text or "//127." in text or "//0." in text or "[::1]" in text) and bool(
        _LOCAL.match(text)
    )


def wrong_character(text: str) -> str | None:
    """Return the first character, or broken escape, that is not allowed in an IRI reference; None if there is none."""
    found = _WRONG.search(text)
    if found:
        return found[0]
    if "#" in text and text.count("#") > 1:
        return "#"
    if ("[" in text or "]" in text) and not _AUTHORITY.match(text):
        return "["
    return None


def is_absolute(text: str) -> bool:
    """Tell whether ``text`` has a scheme and, if the scheme requires one, a host."""
    name = scheme(text)
    if not name or len(text) == len(name) + 1:
        return False
    if name in _HIERARCHICAL:
        found = _AUTHORITY.match(text)
        return found is not None and bool(found[1])
    return True


def file_ending(text: str) -> str:
    """Return the file name extension in an address, in lower case and without the dot; empty if there is none."""
    path = text.partition("#")[0].partition("?")[0]
    name, dot, ending = path.partition("://")[2].partition("/")[2].rpartition("/")[2].rpartition(".")
    return ending.lower() if name and dot and ending.isalnum() else ""


def same(text: str) -> str:
    """Return a normalised address; equal addresses have the same one (RFC 3986 §6.2.2 and §6.2.3)."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    host = parts.netloc.lower().removesuffix(_PORTS.get(parts.scheme, "\0"))
    return parts._replace(netloc=host, path=parts.path or "/", fragment="").geturl() if host else text


def is_tag(text: str) -> bool:
    """Tell whether ``text`` is a tag URI (RFC 4151 §2.1)."""
    return _TAG.match(text) is not None


def is_urn(text: str) -> bool:
    """Tell whether ``text`` is a URN (RFC 8141 §2)."""
    return _URN.match(text) is not None


def is_uuid(text: str) -> bool:
    """Tell whether ``text`` is a UUID as a URN (RFC 9562 §4)."""
    return _UUID.match(text) is not None
