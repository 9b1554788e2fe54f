"""Characters that no feed can carry, found and replaced in one place.

XML 1.0 §2.2 leaves out the C0 controls but for tab, LF and CR, the surrogates, U+FFFE and U+FFFF; the C1
controls it discourages. Controls are no text: each run becomes a space, so that the words beside it stay apart.
What stands for a lost character becomes U+FFFD, which says so.
"""

from __future__ import annotations

import re

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]+")
_LOST = re.compile("[\ud800-\udfff\ufffe\uffff]")
_CONTROL_BYTES = bytes([*range(9), 11, 12, *range(14, 32), 127])
_C1_BYTES = re.compile(rb"\xc2[\x80-\x9f]")


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """Return ``text`` with what XML can't carry replaced, and the replaced characters as ``U+0003``, sorted."""
    if text.isprintable():
        return text, ()
    found = set("".join(_CONTROL.findall(text)))
    lost = set(_LOST.findall(text))
    if found:
        text = _CONTROL.sub(" ", text)
    if lost:
        text = _LOST.sub("\ufffd", text)
    return text, tuple(f"U+{ord(character):04X}" for character in sorted(found | lost))


def may_need_cleaning(utf8: bytes) -> bool:
    """Say whether the text of these bytes can hold what :func:`clean` replaces; far faster than to look."""
    if len(utf8.translate(None, _CONTROL_BYTES)) != len(utf8):
        return True
    return not utf8.isascii() and (b"\xef\xbf" in utf8 or _C1_BYTES.search(utf8) is not None)
