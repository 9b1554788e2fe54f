"""E-mail addresses: the addr-spec of RFC 5322 that mail systems accept, and the forms that RSS feeds write.

``email.headerregistry`` parses addresses but accepts obsolete forms and needs no dot, no host, no anything;
libraries that do more ask the DNS. The common part of RFC 5322 and RFC 6531 is one expression.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

# Said by the ASCII that they leave out: `re` takes 10 ms to compile a class that goes up to U+10FFFF.
_ATOM: Final = r'[^\x00-\x20"(),.:;<>@\[\\\]\x7f]+'
_EDGE: Final = r"[^\x00-/:-@\[-`{-\x7f]"
_LABEL: Final = rf"{_EDGE}(?:[^\x00-,./:-@\[-`{{-\x7f]*{_EDGE})?"
_SPEC: Final = rf"(?:{_ATOM}(?:\.{_ATOM})*|\"[^\"\\\r\n]*\")@(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])"
_ADDRESS: Final = re.compile(rf"{_SPEC}\Z")
# The profile's form: address, then the real name in parentheses.
_WITH_NAME: Final = re.compile(rf"{_SPEC} \(([^()]*)\)\Z")
# The forms of mail headers: a name before the address in angle brackets, or a name around it.
_NAME_FIRST: Final = re.compile(rf"[^<>@]*<{_SPEC}>\s*\Z")
_NAME_BEFORE: Final = re.compile(rf"[^@<>()]*\s{_SPEC}\Z")
_NAME_AFTER: Final = re.compile(rf"{_SPEC}\s*[^@<>\s][^@<>]*\Z")


def is_address(text: str) -> bool:
    """Tell whether ``text`` is an e-mail address and nothing more."""
    return _ADDRESS.match(text) is not None


def host(text: str) -> str:
    """Return what stands behind the last ``@``."""
    return text.rpartition("@")[2]


def contact(text: str) -> str:
    """Say which form a contact has: ``profile``, ``nameless``, ``other`` or ``none``.

    ``profile`` is ``user@example.org (Real Name)`` (RSS profile, §E-mail addresses); ``nameless`` the bare
    address; ``other`` a form of mail headers that readers make less of; ``none`` has no address.
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
