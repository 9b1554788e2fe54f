"""Media types (RFC 9110 §8.3.1, RFC 6838 §4.2): ``type/subtype`` and parameters."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_WORD: Final = r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+"
_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9!#$&\-^_.+]{0,126}"
_QUOTED: Final = r'"(?:[^"\\\x00-\x08\x0a-\x1f\x7f]|\\[\t\x20-\x7e])*"'
_TYPE: Final = re.compile(
    rf"({_NAME})/({_NAME})((?:\s*;\s*{_WORD}=(?:{_WORD}|{_QUOTED}))*)(?:\s*;)?\Z", re.ASCII
)


@lru_cache(maxsize=256)
def split(text: str) -> tuple[str, str] | None:
    """Return type and subtype in lower case, None where ``text`` is no media type."""
    found = _TYPE.match(text)
    return (found[1].lower(), found[2].lower()) if found else None


def is_xml(text: str) -> bool:
    """Tell whether a media type is XML (RFC 7303): ``text/xml``, ``application/xml`` or a subtype ``…+xml``."""
    parts = split(text)
    return parts is not None and (parts[1] == "xml" or parts[1].endswith("+xml") or parts[1] == "xml-dtd")
