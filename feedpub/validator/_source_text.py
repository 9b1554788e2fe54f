"""Bytes → UTF-8 text by the rules of XML, and offsets in the text → lines and columns.

Follows XML 1.0 §4.3.3 and appendix F. All text encodings of Python are supported, except those that are not character
sets (``idna``, ``unicode_escape`` …) and UTF-7, which no reader supports and which hides markup from filters. Bytes
that cannot be decoded are reported and replaced by U+FFFD, so that the rest of the feed can still be checked.

Lines and columns are only counted when needed, as most elements have no finding. The counts are kept for blocks of the
text, so that a long line with many findings is not counted from its start each time.
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
# The first bytes of ``<?xml`` or ``<`` without a byte order mark (XML 1.0, appendix F.1).
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
# The encodings that all XML parsers support in practice.
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
    # Each lookup() loads a module.
    return codec in {"utf-8", "ascii"} or codec in {codecs.lookup(name).name for name in _COMMON}


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding from reading: the code of the check that reports it, a message, a line and a column from 1.

    ``remedy`` is empty if that of the check applies.
    """

    code: str
    message: str
    line: int = 1
    column: int = 1
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A feed's text in UTF-8 without a byte order mark, its encoding and XML version, and remarks on the encoding.

    ``replaced`` says that some bytes could not be decoded and were replaced.
    """

    data: bytes
    encoding: str
    version: str
    remarks: tuple[Remark, ...]
    replaced: bool = False


def decode(data: bytes) -> Decoded:
    """Return ``data`` in UTF-8, with remarks on its encoding; never raises."""
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
    """Return the codec to use, and remarks on the declared one."""
    if not declared:
        return family or "utf-8", []
    codec = _lookup(declared)
    if codec is None:
        message = f"the XML declaration names the unknown encoding {declared!r}"
        return family or "utf-8", [Remark("unknown-encoding", message)]
    # Bytes that look like EBCDIC only show how to read the declaration, which names the code page.
    seen = "" if family == "cp037" else family
    if _differ(codec, seen):
        found = f"the file is {'' if seen else 'not '}in {(seen or codec).upper()}"
        if marked:
            found = f"the byte order mark says {marked.upper()}"
        message = f"the XML declaration says {declared!r}, but {found}"
        return seen or "utf-8", [Remark("encoding-mismatch", message)]
    if not seen and not _is_common(codec):
        return codec, [Remark("obscure-encoding", f"few readers know the encoding {declared!r}")]
    if codec not in {"utf-8", "ascii"} and not seen:
        return codec, [Remark("nonstandard-encoding", f"the feed is in {declared!r}")]
    return seen or codec, []


def _differ(codec: str, seen: str) -> bool:
    """Tell whether the bytes are visibly in UTF-8, UTF-16 or UTF-32, or not, and the declared codec says otherwise."""
    if not seen:
        return codec.startswith(_UTF_16_OR_32)
    # The declaration "utf-16" leaves the byte order to the byte order mark.
    return codec != seen and not (codec in _UTF_16_OR_32 and seen.startswith(codec))


def _lookup(name: str) -> str | None:
    if not _NAME.match(name):
        return None
    try:
        info = codecs.lookup(name)
    except (LookupError, UnicodeError, ValueError):
        return None
    # lookup() also finds codecs such as base64 or zlib, which do not turn bytes into text.
    if info.name in _FORBIDDEN or not getattr(info, "_is_text_encoding", True):
        return None
    return "utf-8" if info.name == "utf-8-sig" else info.name


def _undecodable(body: bytes, codec: str, error: UnicodeDecodeError) -> Remark:
    before = LINE_END.sub(
        b"\n", body[: error.start].decode(codec, "replace").encode("utf-8", "replace")
    ).decode()
    shown = " ".join(f"0x{byte:02X}" for byte in error.object[error.start : min(error.end, error.start + 4)])
    them = f"the bytes {shown} are" if " " in shown else f"the byte {shown} is"
    return Remark(
        "undecodable-bytes",
        f"{them} not valid {codec.upper()}{_in_windows(error)}",
        before.count("\n") + 1,
        len(before) - before.rfind("\n"),
    )


def _in_windows(error: UnicodeDecodeError) -> str:
    """Say what the bytes would be in Windows-1252, which is most often meant."""
    try:
        text = error.object[error.start : error.end].decode("windows-1252")
    except UnicodeDecodeError:
        return ""
    return f"; in Windows-1252, that is {text!r}" if text.isprintable() else ""


_BLOCK: Final = 4096
# The bytes of a UTF-8 sequence after the first, which do not begin a character.
_INNER: Final = bytes(range(0x80, 0xC0))
_LONE_RETURN: Final = re.compile(rb"\r(?!\n)")
LINE_END: Final = re.compile(rb"\r\n?|\n")
"""What ends a line in XML (§2.11). JSON does not define lines."""


class Source:
    """The text that a feed was read from, as UTF-8."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def place(self, offset: int) -> tuple[int, int]:
        """Return the line and column of the character at an offset, both from 1."""
        block = offset // _BLOCK
        line, column = self._blocks[block]
        return _advanced(line, column, self._text[block * _BLOCK : offset])

    @cached_property
    def _text(self) -> bytes:
        # A carriage return ends a line of XML (§2.11), with or without a line feed after it.
        return _LONE_RETURN.sub(b"\n", self.data) if b"\r" in self.data else self.data

    @cached_property
    def _blocks(self) -> list[tuple[int, int]]:
        """The line and column of the first byte of each block, and of the end."""
        found = [(1, 1)]
        for start in range(0, len(self._text), _BLOCK):
            found.append(_advanced(*found[-1], self._text[start : start + _BLOCK]))
        return found


def _advanced(line: int, column: int, text: bytes) -> tuple[int, int]:
    """Return the line and column after ``text``, from those before it."""
    lines = text.count(b"\n")
    if lines:
        return line + lines, 1 + _characters(text[text.rfind(b"\n") + 1 :])
    return line, column + _characters(text)


def _characters(text: bytes) -> int:
    return len(text) if text.isascii() else len(text.translate(None, _INNER))
