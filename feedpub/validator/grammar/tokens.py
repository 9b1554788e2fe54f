"""Small tokens in feeds: language tags, media types and e-mail addresses.

**Language tags** must be well-formed (RFC 5646). Languages of two letters must be in ISO 639-1, which is complete and
closed. Any language of three letters is accepted: the IANA registry has some 8,000 of them and changes every month, so
a copy would soon be out of date.

**Media types** follow RFC 9110 §8.3.1 and RFC 6838 §4.2: ``type/subtype`` and parameters.

**E-mail addresses** are the addr-spec of RFC 5322 as mail systems accept it, and the forms that occur in RSS.
``email.headerregistry`` accepts obsolete forms and addresses without a host; libraries that do more query the DNS. The
common part of RFC 5322 and RFC 6531 fits into one expression.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from feedpub.validator.grammar import words

# As complements in ASCII, because `re` takes 10 ms to compile a class up to U+10FFFF.
_ATOM: Final = r'[^\x00-\x20"(),.:;<>@\[\\\]\x7f]+'
_EDGE: Final = r"[^\x00-/:-@\[-`{-\x7f]"
_LABEL: Final = rf"{_EDGE}(?:[^\x00-,./:-@\[-`{{-\x7f]*{_EDGE})?"
_SPEC: Final = rf"(?:{_ATOM}(?:\.{_ATOM})*|\"[^\"\\\r\n]*\")@(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])"
_ADDRESS: Final = re.compile(rf"{_SPEC}\Z")
# The form in the RSS profile: an address, then the real name in parentheses.
_WITH_NAME: Final = re.compile(rf"{_SPEC} \(([^()]*)\)\Z")
# Forms of mail headers: a name before an address in angle brackets, or before or after a bare address.
_NAME_FIRST: Final = re.compile(rf"[^<>@]*<{_SPEC}>\s*\Z")
_NAME_BEFORE: Final = re.compile(rf"[^@<>()]*(?:\s{_SPEC}|\s?\({_SPEC}\))\Z")
_NAME_AFTER: Final = re.compile(rf"{_SPEC}\s*[^@<>\s][^@<>]*\Z")


def is_email(text: str) -> bool:
    """Tell whether ``text`` is an e-mail address and nothing more."""
    return _ADDRESS.match(text) is not None


def email_host(text: str) -> str:
    """Return the host of an e-mail address, which is after the last ``@``."""
    return text.rpartition("@")[2]


def contact(text: str) -> str:
    """Return the form of a contact: ``profile``, ``nameless``, ``other`` or ``none``.

    ``profile`` is ``user@example.org (Real Name)`` (RSS profile, §E-mail addresses). ``nameless`` is an address alone.
    ``other`` is a form of mail headers, which fewer readers understand. ``none`` has no address.
    """
    if text[:7].lower() == "mailto:":
        # RFC 6068: the address is percent-encoded, and ends before the header fields.
        text = unquote(text[7:].partition("?")[0])
    found = _WITH_NAME.match(text)
    if found:
        return "profile" if found[1].strip() else "nameless"
    if _ADDRESS.match(text):
        return "nameless"
    if any(form.match(text) for form in (_NAME_FIRST, _NAME_BEFORE, _NAME_AFTER)):
        return "other"
    return "none"


# RFC 5646 §2.1, without primary languages of four or more letters, as none is registered. The irregular grandfathered
# tags are in a list below.
_TAG: Final = re.compile(
    r"([a-z]{2,3})(?:-[a-z]{3}){0,3}"
    r"(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?\Z",
    re.ASCII | re.IGNORECASE,
)
_PRIVATE: Final = re.compile(r"x(?:-[a-z0-9]{1,8})+\Z", re.ASCII | re.IGNORECASE)
_GRANDFATHERED: Final = words(
    """
    en-gb-oed i-ami i-bnn i-default i-enochian i-hak i-klingon i-lux i-mingo i-navajo i-pwn i-tao i-tay i-tsu
    sgn-be-fr sgn-be-nl sgn-ch-de
    """
)
_ISO_639_1: Final = words(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz
    ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik
    in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg
    mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro
    ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty
    ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """
)


@lru_cache(maxsize=256)
def is_language(text: str) -> bool:
    """Tell whether ``text`` is a language tag whose primary language may exist."""
    lower = text.lower()
    if lower in _GRANDFATHERED or _PRIVATE.match(lower):
        return True
    found = _TAG.match(lower)
    return found is not None and (len(found[1]) == 3 or found[1] in _ISO_639_1)


_WORD: Final = r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+"
_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9!#$&\-^_.+]{0,126}"
_QUOTED: Final = r'"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[\t\x20-\x7e])*"'
_TYPE: Final = re.compile(
    rf"({_NAME})/({_NAME})((?:\s*;\s*{_WORD}=(?:{_WORD}|{_QUOTED}))*)(?:\s*;)?\Z", re.ASCII
)


@lru_cache(maxsize=256)
def split_media_type(text: str) -> tuple[str, str] | None:
    """Return the type and the subtype in lower case; None if ``text`` is not a media type."""
    found = _TYPE.match(text)
    return (found[1].lower(), found[2].lower()) if found else None


def is_xml_type(text: str) -> bool:
    """Tell whether a media type is XML (RFC 7303): ``text/xml``, ``application/xml`` or a subtype ``…+xml``."""
    parts = split_media_type(text)
    return parts is not None and (parts[1] == "xml" or parts[1].endswith("+xml") or parts[1] == "xml-dtd")
