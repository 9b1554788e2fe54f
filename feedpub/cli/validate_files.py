"""Chooses the files for ``feedpub validate``: those that are named, and the feeds in folders and patterns."""

from __future__ import annotations

import glob
import os
import sys
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import typer

from feedpub.cli.console import Misused, count, print_error
from feedpub.core.errors import SourceError, install_hint, printable
from feedpub.validator import Delivery
from feedpub.validator.delivery import is_web
from feedpub.validator.recognition import HEAD, Kind, may_be_feed, passed_over

STDIN: Final = "-"
# How many of the files that are passed over for one reason are named.
_NAMED: Final = 3


@dataclass
class Chosen:
    """The files that the paths mean, and those that are passed over or could not be checked, by kind.

    ``only_feeds`` says that named files are treated like files in a folder. ``validated`` counts the feeds so far.
    """

    only_feeds: bool
    files: list[str] = field(default_factory=list)
    passed: dict[Kind, list[str]] = field(default_factory=dict)
    unchecked: list[tuple[str, str]] = field(default_factory=list)
    from_folder: bool = False
    validated: int = 0

    def add(self, path: str) -> None:
        """Add every file that a path means. A path without a feed is wrong usage: it would always be valid."""
        before = len(self.files)
        named = self._add(path)
        if len(self.files) == before and not (named and self.only_feeds):
            raise Misused(
                f"there is no feed in {printable(path)}: no file ends in .rss, .atom or .jsonfeed, has a usual name"
                " such as feed.xml, or looks like a feed"
            )

    def _add(self, path: str) -> bool:
        """Add the files of a path; return whether it names files, and no folder."""
        if is_web(path):
            self.files.append(path)
            return True
        if path == STDIN or os.path.isfile(path):  # noqa: PTH113 - names are printed as they were given
            self._consider(path, named=True)
            return True
        if os.path.isdir(path):  # noqa: PTH112 - as above
            self.from_folder = True
            for file in sorted(map(str, Path(path).rglob("*"))):
                self._consider(file, named=False)
            return False
        if os.path.exists(path):  # noqa: PTH110 - as above
            # A pipe may never end, a device never does.
            raise typer.BadParameter(
                f"{path} is neither a file nor a folder; read it with: feedpub validate - < {path}",
                param_hint="PATH",
            )
        matches = sorted(glob.glob(path, recursive=True)) if glob.has_magic(path) else []  # noqa: PTH207 - as above
        chosen = [match for match in matches if os.path.isfile(match) or os.path.isdir(match)]  # noqa: PTH112, PTH113 - as above
        if not chosen:
            raise typer.BadParameter(f"{path}: no such file", param_hint="PATH")
        return any(list(map(self._add, chosen)))

    def _consider(self, file: str, *, named: bool) -> None:
        if named and (file == STDIN or not self.only_feeds):
            self.files.append(file)
        elif (named or may_be_feed(file)) and os.path.isfile(file):  # noqa: PTH113 - as above
            kind = passed_over(file, read(file, HEAD))
            if kind is None:
                self.files.append(file)
            else:
                self.passed.setdefault(kind, []).append(file)

    def tell(self) -> None:
        """Say on standard error which files were validated and passed over, if that is not obvious."""
        for file, what in self.unchecked:
            print_error(f"{printable(file)} is not checked: {what}")
        if not self.passed and not (self.from_folder and self.validated):
            return
        passed = sum(map(len, self.passed.values()))
        print_error(
            f"{count(self.validated, 'feed')} validated, {count(passed, 'file')} passed over"
            + (":" if passed else "")
        )
        for kind, files in sorted(self.passed.items(), key=lambda one: list(Kind).index(one[0])):
            names = ", ".join(map(printable, files[:_NAMED]))
            more = f" and {len(files) - _NAMED:,} more" if len(files) > _NAMED else ""
            print_error(f"  {len(files):,} × {kind}: {names}{more}")


def read(file: str, limit: int) -> bytes:
    """Return at most ``limit`` bytes of a file, or of standard input."""
    try:
        if file == STDIN:
            return sys.stdin.buffer.read(limit)
        with open(file, "rb") as stream:  # noqa: PTH123 - as above
            return stream.read(limit)
    except OSError as error:
        raise SourceError(file, error.strerror or str(error)) from error


def fetched(url: str, *, allow_private: bool) -> tuple[bytes, Delivery]:
    """Return the feed at an address, and how the server sent it; fetch it twice if it supports conditional requests."""
    if find_spec("httpx") is None:
        raise SourceError(url, f"fetching needs httpx; {install_hint('fetch')}")
    from feedpub.sources.fetch import Limits, look  # noqa: PLC0415 - loads the libraries

    limits = Limits(allow_private=allow_private)
    answer = look(url, limits, time.monotonic)
    etag, last_modified = (answer.headers.get(name, "") for name in ("etag", "last-modified"))
    again = None
    if answer.status == 200 and (etag or last_modified):
        second = look(url, limits, time.monotonic, etag=etag, last_modified=last_modified)
        # If it has changed since then, sending it again is right.
        changed = second.status == 200 and second.content != answer.content
        again = None if changed else second.status
    delivery = Delivery(
        url,
        answer.status,
        answer.reason,
        answer.redirects,
        answer.headers.get("content-type", ""),
        etag,
        last_modified,
        again,
    )
    return answer.content, delivery
