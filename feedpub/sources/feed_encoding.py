"""Which encoding the bytes of a feed are in. The sources of this are tried in a fixed order; nothing is guessed.

byte order mark | charset of the HTTP header | XML declaration | UTF-8 | ``encoding`` of the source

The first of these that fits the whole file counts. The mark is handled when files are opened, for all formats.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from feedpub.sources.decoding import is_ascii_superset

UNREADABLE = "\ufdd0"
"""What an undecodable byte becomes: a noncharacter, which no text should contain (Unicode §23.7)."""

_DECLARATION = re.compile(
    rb"\A\s*<\?xml\s[^>]{0,200}?\bencoding\s*=\s*(?:\"([A-Za-z][\w.:-]*)\"|'([A-Za-z][\w.:-]*)')"
)
_ENCODING = re.compile(r"(\A\s*<\?xml\b[^>]{0,200}?)\s+encoding\s*=\s*(?:\"[^\"]*\"|'[^']*')")

# Names that mean a larger encoding, as in browsers (https://encoding.spec.whatwg.org/#names-and-labels).
_AS_BROWSERS_DO = {
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
}


@dataclass(frozen=True, slots=True)
class FeedText:
    """A feed in UTF-8, with the encoding removed from its declaration.

    ``problem`` says what was lost if bytes do not fit the declared encoding; ``unreadable`` says that undeclared bytes
    are in the text as :data:`UNREADABLE`.
    """

    data: bytes
    problem: str = ""
    unreadable: bool = False


class Encoding:
    """Finds out which encoding a feed is in, from all of it, in pieces that do not cut characters.

    ``head`` is its beginning, ``charset`` what the HTTP header said, ``fallback`` the source's ``encoding``. ``marked``
    says that a byte order mark was there, and that the feed is in UTF-8 for that reason.
    """

    def __init__(
        self, head: bytes, charset: str = "", fallback: str | None = None, *, marked: bool = False
    ) -> None:
        found = _DECLARATION.match(head)
        named = (found[1] or found[2]).decode() if found else ""
        self._declared = (
            ["utf-8"] if marked else [known for name in (charset, named) if (known := codec_of(name))]
        )
        others = (
            () if marked else ("utf-8", *([fallback] if fallback and is_ascii_superset(fallback) else []))
        )
        self._fitting = list(dict.fromkeys((*self._declared, *others)))

    def hear(self, data: bytes) -> None:
        """Rule out the encodings that ``data`` cannot be in."""
        self._fitting = [codec for codec in self._fitting if _fits(data, codec)]

    def text(self, data: bytes) -> FeedText:
        """Decode the feed, or a part of it."""
        if self._fitting:
            return FeedText(_undeclared(data.decode(self._fitting[0])))
        if self._declared:
            return _replaced(data, self._declared[0])
        text = data.decode(errors="surrogateescape")
        return FeedText(_undeclared(re.sub("[\udc80-\udcff]+", UNREADABLE, text)), unreadable=True)


def read_feed_text(
    data: bytes, charset: str = "", fallback: str | None = None, *, marked: bool = False
) -> FeedText:
    """Decode a whole feed, see :class:`Encoding`."""
    encoding = Encoding(data, charset, fallback, marked=marked)
    encoding.hear(data)
    return encoding.text(data)


def _fits(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def codec_of(name: str) -> str:
    """Return Python's codec for an encoding that is a superset of ASCII; empty if there is none."""
    try:
        known = codecs.lookup(name.strip().strip("\"'")).name if name.strip() else ""
    except (LookupError, ValueError):
        return ""
    known = _AS_BROWSERS_DO.get(known, known)
    try:
        return known if known and is_ascii_superset(known) else ""
    except (LookupError, ValueError, TypeError, AttributeError):
        return ""  # a codec such as rot13, which does not decode bytes


def _replaced(data: bytes, codec: str) -> FeedText:
    text = data.decode(codec, "replace")
    lost = text.count("\ufffd") - data.count("\ufffd".encode())
    places = "place does" if lost == 1 else "places do"
    problem = f"{lost} {places} not fit the declared encoding {codec}; each became U+FFFD"
    return FeedText(_undeclared(text), problem if lost > 0 else "")


def _undeclared(text: str) -> bytes:
    return _ENCODING.sub(r"\1", text, count=1).encode("utf-8", "replace")
