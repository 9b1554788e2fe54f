"""A folder in a store that fsspec reaches, for :mod:`feedpub.publishing.deploy`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from feedpub.core.errors import PublishError
from feedpub.core.stores import StoreError, filesystem_of, quiet, store_problem

# In these stores, a file is visible while it is being written, but can be renamed in one step.
_RENAMING = frozenset(("file", "local", "memory", "sftp", "ssh"))


_AGAIN = "every file there is whole; deploy again"


class FsspecStore:
    """The folder at the address ``to``. Each method raises :class:`PublishError` for any error of the driver."""

    def __init__(self, to: str) -> None:
        self._to = to
        try:
            self._system, root = filesystem_of(to)
        except StoreError as error:
            # Nothing was changed, and trying again will not help.
            raise PublishError(f"{to}: {error}") from error
        self._root = root.rstrip("/")
        protocol = self._system.protocol
        self._protocols = {protocol} if isinstance(protocol, str) else set(protocol)

    def read(self, name: str) -> bytes | None:
        """Return a file's bytes, ``None`` if it does not exist."""
        with self._told():
            try:
                found: bytes = self._system.cat_file(f"{self._root}/{name}")
            except FileNotFoundError:
                return None
            return found

    def names(self, inside: str = "") -> frozenset[str]:
        """Return the names of the files in the folder, or in the one ``inside`` it."""
        with self._told():
            self._system.invalidate_cache()
            try:
                found = self._system.ls(f"{self._root}/{inside}".rstrip("/"), detail=False)
            except FileNotFoundError:
                return frozenset()
            return frozenset(str(path).rstrip("/").rpartition("/")[2] for path in found)

    def write(self, files: Mapping[str, bytes], media_type: str, cache_control: str) -> None:
        """Write files, with headers if the store has them."""
        with self._told():
            for folder in {name.rpartition("/")[0] for name in files}:
                self._system.makedirs(f"{self._root}/{folder}".rstrip("/"), exist_ok=True)
            if self._protocols & _RENAMING:
                for name, data in files.items():
                    place, part = f"{self._root}/{name}", f"{self._root}/{name}.feedpub-part"
                    self._system.pipe_file(part, data)
                    self._system.mv(part, place)
            else:
                headers = self._headers(media_type, cache_control)
                self._system.pipe({f"{self._root}/{name}": data for name, data in files.items()}, **headers)

    def remove(self, name: str) -> None:
        """Remove a file if it exists."""
        with self._told():
            try:
                self._system.rm_file(f"{self._root}/{name}")
            except FileNotFoundError:
                return

    def _headers(self, media_type: str, cache_control: str) -> dict[str, Any]:
        if "s3" in self._protocols:
            return {"ContentType": media_type, "CacheControl": cache_control}
        if "gs" in self._protocols:
            return {"content_type": media_type, "fixed_key_metadata": {"cache_control": cache_control}}
        return {}

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            with quiet():
                yield
        except PublishError:
            raise
        except Exception as error:
            # Drivers raise the exceptions of their libraries.
            raise PublishError(f"{self._to}: {store_problem(self._to, error)}; {_AGAIN}") from error
