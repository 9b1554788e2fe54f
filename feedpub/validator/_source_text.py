"""Bytes → UTF-8 text, by XML's rules, and offsets in it → lines and columns.

Follows XML 1.0 §4.3.3 and appendix F. Every encoding that Python knows as a text encoding is read, except
those that are not character sets (``idna``, ``unicode_escape`` …) and UTF-7, which no reader takes and which
hides markup from filters. What cannot be decoded is replaced by U+FFFD after it is reported, so that the rest
of the feed can still be looked at.

Lines and columns are counted when somebody asks: most elements have no finding. What was counted is kept by blocks,
so that a feed of one line with many findings is not counted from its start for each.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from feedpub.validator.grammar import words

_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How ``<?xml`` or ``<`` begins without a byte order mark (XML 1.0, appendix F.1).
_STARTS: Final = (
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0?\0", "utf-16-le"),
    (b"\0<\0?", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_DECLARATION: Final = re.compile(
    r"""<\?xml\s+version\s*=\s*["']([^"'<>]*)["'](?:\s+encoding\s*=\s*["']([^"'<>]*)["'])?"""
)
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9._-]*\Z")
_FORBIDDEN: Final = frozenset(
    {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}
)
_UTF_16_OR_32: Final = ("utf-16", "utf-32")
# What XML processors in practice all read; anything else risks a reader that cannot.
_COMMON: Final = words(
    """
    us-ascii utf-8 utf-16 euc-jp iso-2022-jp iso-2022-kr shift_jis euc-kr gb2312 gbk gb18030 big5 koi8-r
    koi8-u windows-1250 windows-1251 windows-1252 windows-1253 windows-1254 windows-1255 windows-1256
    windows-1257 windows-1258 iso-8859-1 iso-8859-2 iso-8859-3 iso-8859-4 iso-8859-5 iso-8859-6
    iso-8859-7 iso-8859-8 iso-8859-9 iso-8859-10 iso-8859-11 iso-8859-13 iso-8859-14 iso-8859-15
    iso-8859-16 tis-620
    """
)


def _is_common(codec: str) -> bool:
    # Each look-up loads a module.
    return codec in {"utf-8", "ascii"} or codec in {codecs.lookup(name).name for name in _COMMON}


@dataclass(frozen=True, slots=True)
class Remark:
    """What was seen while reading: the code of the check that reports it, a message, a place (1-based).

    ``remedy`` is empty where that of the check holds.
    """

    code: str
    message: str
    line: int = 1
    column: int = 1
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A feed's text as UTF-8 bytes without a byte order mark, and what there is to say of its encoding.

    ``replaced`` says that not all of it could be decoded.
    """

    data: bytes
    encoding: str
    version: str
    remarks: tuple[Remark, ...]
    replaced: bool = False


def decode(data: bytes) -> Decoded:
    """Return ``data`` as UTF-8, with remarks on how it was declared; never raises."""
    bom, marked = next(((mark, name) for mark, name in _BOMS if data.startswith(mark)), (b"", ""))
    family = marked or next((name for start, name in _STARTS if data.startswith(start)), "")
    head = data[len(bom) : len(bom) + 1024].decode(family or "latin-1", "replace")
    declaration = _DECLARATION.match(head)
    version = declaration[1] if declaration else "1.0"
    declared = (declaration[2] or "") if declaration else ""
    codec, remarks = _choose(declared, marked, family)
    body = data[len(bom) :] if bom else data
    try:
        text = body.decode(codec)
    except UnicodeDecodeError as error:
        remarks.append(_undecodable(body, codec, error))
        text = body.decode(codec, "replace")
        return Decoded(text.encode("utf-8", "replace"), codec, version, tuple(remarks), replaced=True)
    utf8 = body if codec == "utf-8" else text.encode("utf-8", "replace")
    return Decoded(utf8, codec, version, tuple(remarks))


def _choose(declared: str, marked: str, family: str) -> tuple[str, list[Remark]]:
    """Return the codec to read with, and what is wrong with the declared one."""
    if not declared:
        return family or "utf-8", []
    codec = _lookup(declared)
    if codec is None:
        message = f"the XML declaration names the encoding {declared!r}, which is not known"
        return family or "utf-8", [Remark("unknown-encoding", message)]
    # An EBCDIC start only says that the declaration is to be read so; it names the code page itself.
    seen = "" if family == "cp037" else family
    if _differ(codec, seen):
        said = "the byte order mark says" if marked else "the bytes are"
        message = f"{said} {seen.upper() or 'of eight bits'}, the XML declaration says {declared!r}"
        return seen or "utf-8", [Remark("encoding-mismatch", message)]
    if not seen and not _is_common(codec):
        return codec, [Remark("obscure-encoding", f"few readers know the encoding {declared!r}")]
    if codec not in {"utf-8", "ascii"} and not seen:
        return codec, [Remark("nonstandard-encoding", f"the feed is in {declared!r}")]
    return seen or codec, []


def _differ(codec: str, seen: str) -> bool:
    """Tell whether a declared codec cannot be that of bytes which are seen to be in UTF-8, UTF-16 or UTF-32."""
    if not seen:
        return codec.startswith(_UTF_16_OR_32)
    # A declaration of UTF-16 leaves the order of the bytes to the mark.
    return codec != seen and not (codec in _UTF_16_OR_32 and seen.startswith(codec))


def _lookup(name: str) -> str | None:
    if not _NAME.match(name):
        return None
    try:
        info = codecs.lookup(name)
    except (LookupError, UnicodeError, ValueError):
        return None
    # Codecs such as base64 or zlib are found as well; only text encodings turn bytes into text.
    if info.name in _FORBIDDEN or not getattr(info, "_is_text_encoding", True):
        return None
    return "utf-8" if info.name == "utf-8-sig" else info.name


def _undecodable(body: bytes, codec: str, error: UnicodeDecodeError) -> Remark:
    before = LINE_END.sub(
        b"\n", body[: error.start].decode(codec, "replace").encode("utf-8", "replace")
    ).decode()
    shown = " ".join(f"0x{byte:02X}" for byte in error.object[error.start : min(error.end, error.start + 4)])
    return Remark(
        "undecodable-bytes",
        f"the bytes {shown} are not {codec.upper()}{_in_windows(error)}",
        before.count("\n") + 1,
        len(before) - before.rfind("\n"),
    )


def _in_windows(error: UnicodeDecodeError) -> str:
    """Say what the bytes are in the encoding that is most often meant."""
    try:
        text = error.object[error.start : error.end].decode("windows-1252")
    except UnicodeDecodeError:
        return ""
    return f"; in Windows-1252 they are {text!r}" if text.isprintable() else ""


_BLOCK: Final = 4096
# The bytes of a UTF-8 sequence but for its first: they are not characters of their own.
_INNER: Final = bytes(range(0x80, 0xC0))
_LONE_RETURN: Final = re.compile(rb"\r(?!\n)")
LINE_END: Final = re.compile(rb"\r\n?|\n")
"""What ends a line of XML (§2.11); JSON has no lines of its own."""


class Source:
    """The text that a feed was read from, as UTF-8."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column of the character at an offset, both from 1."""
        block = offset // _BLOCK
        line, column = self._blocks[block]
        return _advanced(line, column, self._text[block * _BLOCK : offset])

    @cached_property
    def _text(self) -> bytes:
        # A carriage return ends a line of XML (§2.11), with a line feed behind it or not.
        return _LONE_RETURN.sub(b"\n", self.data) if b"\r" in self.data else self.data

    @cached_property
    def _blocks(self) -> list[tuple[int, int]]:
        """Line and column of the first byte of each block, and of the end."""
        found = [(1, 1)]
        for start in range(0, len(self._text), _BLOCK):
            found.append(_advanced(*found[-1], self._text[start : start + _BLOCK]))
        return found


def _advanced(line: int, column: int, text: bytes) -> tuple[int, int]:
    """Return where one is behind ``text``."""
    lines = text.count(b"\n")
    if lines:
        return line + lines, 1 + _characters(text[text.rfind(b"\n") + 1 :])
    return line, column + _characters(text)


def _characters(text: bytes) -> int:
    return len(text) if text.isascii() else len(text.translate(None, _INNER))
