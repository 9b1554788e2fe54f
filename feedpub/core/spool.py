"""Bytes on disk while a build runs, so that the history of a feed takes no memory."""

from __future__ import annotations

import os
import tempfile
import weakref
from dataclasses import dataclass

from feedpub.core.errors import PublishError


class Spool:
    """A nameless file in the folder for temporary files (``TMPDIR``); it disappears with the last reference to it."""

    def __init__(self) -> None:
        self._handle: int | None = None
        self._end = 0

    def put(self, data: bytes) -> BlobRef:
        """Write ``data`` to disk. Raises :class:`PublishError` if there is no room."""
        try:
            if self._handle is None:
                with tempfile.TemporaryFile() as file:
                    self._handle = os.dup(file.fileno())
                weakref.finalize(self, os.close, self._handle)
            start, view = self._end, memoryview(data)
            while view:
                written = os.pwrite(self._handle, view, self._end)
                self._end += written
                view = view[written:]
        except OSError as error:
            raise PublishError(
                f"cannot write a temporary file: {error.strerror}; free some space in"
                " the folder for temporary files, or set TMPDIR to another one"
            ) from error
        return BlobRef(self, start, len(data))

    def read(self, start: int, size: int) -> bytes:
        """Return the bytes that were written at ``start``."""
        assert self._handle is not None
        return os.pread(self._handle, size, start)


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Bytes on disk."""

    spool: Spool
    start: int
    size: int

    def read(self) -> bytes:
        """Return the bytes."""
        return self.spool.read(self.start, self.size)
