"""The bytes of a file for its reader: decompressed, in UTF-8, and bounded.

If reading fails (a truncated archive, a decompression bomb, a broken medium), the stream ends early, with the reason
in :attr:`InputStream.problem`: what came before is still good.
"""

from __future__ import annotations

import bz2
import codecs
import io
import lzma
import zlib
from collections.abc import Callable
from importlib.util import find_spec
from typing import Protocol

from feedpub.core.errors import install_hint
from feedpub.sources.decoding import is_ascii_superset

HEAD = 4096
# Text does not compress to a two-hundredth, except in small files; a bomb does.
MAX_RATIO = 200
FREE = 64 << 20
CHUNK = 1 << 16
_PIECE = 1024
# Decompression needs the window that the compressor used: xz -9 and zstd --ultra stay below these.
_MEMORY = 160 << 20
_MAX_WINDOW = 1 << 27

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOST = "feedpub-lost"


class Raw(Protocol):
    """What a file must offer to be read."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes; empty at the end."""
        ...


class _Counted(io.RawIOBase):
    """A raw stream that counts the bytes read from it."""

    def __init__(self, raw: Raw) -> None:
        self._raw = raw
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed: WriteableBuffer
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self.count += len(data)
        return len(data)


class InputStream:
    """The content of a file; ``head`` is its beginning, ``problem`` says why it ended early, if it did.

    ``marked`` says that it begins with a byte order mark, and so is in UTF-8 here.
    """

    def __init__(self, raw: Raw, encoding: str | None = None) -> None:
        """Begin to read ``raw``; an ``encoding`` that is not a superset of ASCII is decoded here."""
        self.problem = ""
        self._counted = _Counted(raw)
        self._stream = _decompressed(io.BufferedReader(self._counted, CHUNK))
        self._given = 0
        self._decoder: codecs.IncrementalDecoder | None = None
        first = b""
        while len(first) < HEAD and (data := self._pull(HEAD)):
            first += data
        wide = next((name for mark, name in _BOMS if first.startswith(mark)), None)
        self.marked = wide is not None or first.startswith(codecs.BOM_UTF8)
        if wide is None and encoding is not None and not is_ascii_superset(encoding):
            wide = encoding
        if wide is not None:
            codecs.register_error(_LOST, _mark_lost)
            self._decoder = codecs.getincrementaldecoder(wide)(_LOST)
            first = self._transcoded(first)
        self.head = self._pending = first

    def read(self, size: int = -1) -> bytes:
        """Return ``size`` bytes, fewer only at the end; all if it is negative."""
        if size < 0:
            return b"".join(iter(lambda: self.read(CHUNK), b""))
        parts, left = [self._pending], size - len(self._pending)
        while left > 0 and (data := self._next(left)):
            parts.append(data)
            left -= len(data)
        data = b"".join(parts)
        self._pending = data[size:]
        return data[:size]

    def _next(self, size: int) -> bytes:
        data = self._pull(size)
        if self._decoder is None:
            return data
        # A few bytes may not be a whole character yet.
        while not (text := self._transcoded(data)) and data:
            data = self._pull(size)
        return text

    def _transcoded(self, data: bytes) -> bytes:
        if self._decoder is None:
            return b""
        text = self._decoder.decode(data, not data)
        if not data:
            self._decoder = None
        return text.encode("utf-8", "surrogatepass")

    def _pull(self, size: int) -> bytes:
        if self.problem:
            return b""
        try:
            data = self._stream.read(size) or b""
        except EOFError:
            self.problem = "the compressed data end too early"
            return b""
        except (zlib.error, lzma.LZMAError, ValueError, OSError) as error:
            # bz2 raises OSError without an errno for damaged data.
            if isinstance(error, OSError) and error.errno is not None:
                raise
            self.problem = f"the compressed data are damaged: {error}"
            return b""
        self._given += len(data)
        if self._given > FREE and self._given > MAX_RATIO * self._counted.count:
            self.problem = f"the compressed data grow more than {MAX_RATIO} times"
            return b""
        return data


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class _Frames:
    """Decompresses frames in pieces, so that data before a damaged place is not lost.

    Pieces are small because each call returns everything that its piece expands to.
    """

    def __init__(self, raw: io.BufferedReader, new_frame: Callable[[], _Decompressor]) -> None:
        self._raw = raw
        self._new_frame = new_frame
        self._frame = new_frame()
        self._begun = False

    def read(self, _size: int, /) -> bytes:
        while True:
            data = b""
            if self._frame.eof:
                data = self._frame.unused_data
                self._frame, self._begun = self._new_frame(), False
            data = data or self._raw.read(_PIECE)
            if not self._begun:
                # Archives may be padded with zeros.
                data = data.lstrip(b"\0")
            if not data:
                if self._begun:
                    raise EOFError
                return b""
            self._begun = True
            if text := self._frame.decompress(data):
                return text


class _ZstandardFrame:
    """A frame that raises the same errors for damaged data as the other libraries."""

    def __init__(self) -> None:
        # The extra's module.
        import zstandard  # noqa: PLC0415

        self._damaged = zstandard.ZstdError
        self._frame = zstandard.ZstdDecompressor(max_window_size=_MAX_WINDOW).decompressobj()

    @property
    def eof(self) -> bool:
        return self._frame.eof

    @property
    def unused_data(self) -> bytes:
        return self._frame.unused_data

    def decompress(self, data: bytes, /) -> bytes:
        try:
            return self._frame.decompress(data)
        except self._damaged as error:
            raise ValueError(str(error)) from error


class MissingPackageError(Exception):
    """A file needs a package that is not installed; the message says which extra has it."""


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes | None: ...


def _decompressed(plain: io.BufferedReader) -> _Readable:
    head = plain.peek(6)
    if head.startswith(b"\x1f\x8b"):
        return _Frames(plain, lambda: zlib.decompressobj(wbits=31))
    if head.startswith(b"BZh"):
        return _Frames(plain, bz2.BZ2Decompressor)
    if head.startswith(b"\xfd7zXZ\x00"):
        return _Frames(plain, lambda: lzma.LZMADecompressor(memlimit=_MEMORY))
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        if find_spec("zstandard") is None:
            raise MissingPackageError(f"the file is compressed with zstd; {install_hint('zstd')}")
        return _Frames(plain, _ZstandardFrame)
    return plain


def _mark_lost(error: UnicodeError) -> tuple[str, int]:
    # A lone surrogate is not UTF-8, so its record is rejected like any damaged one.
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff", error.end
