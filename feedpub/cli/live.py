"""Builds again whenever an input changes, while the result is being served.

One thread builds, and tells the server with :class:`Live`. The terminal and the page show why a build failed, and the
result of the last good build is still served.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from feedpub.cli.console import print_error, print_text
from feedpub.config import Settings
from feedpub.core.errors import FeedpubError, SourceError
from feedpub.publishing.build_report import BuildReport
from feedpub.publishing.dependencies import inputs

Build = Callable[[], tuple[Settings, BuildReport]]
"""Loads the config and builds; returns the settings and the report."""

LONGEST = 2_000
"""After how many milliseconds files are checked even without a notification."""


@dataclass
class Live:
    """What the server tells open pages: the number of builds that changed something, and why the last one failed."""

    build: int = 0
    error: str = ""


def missing_watchfiles() -> str:
    """Return what to install if files cannot be watched; an empty text if they can."""
    try:
        import watchfiles  # noqa: F401, PLC0415 - an extra
    except ImportError:
        return 'serve --watch needs watchfiles; install it with: python -m pip install "feedpub[watch]"'
    return ""


class Rebuilder:
    """Builds, and builds again when an input changes; ``config`` is watched even if it cannot be read."""

    def __init__(self, config: Path, build: Build, live: Live) -> None:
        self._build = build
        self._live = live
        self._places = frozenset([os.path.abspath(config)])  # noqa: PTH100 - links as they are written
        self._seen: Mapping[str, object] = {}

    def build(self) -> bool:
        """Build once and print the result; return whether anything could be published."""
        self._seen = _stats(self._places)
        try:
            settings, report = self._build()
        except FeedpubError as error:
            print_error(str(error))
            self._live.error = str(error)
            return False
        # Watch the inputs of this build from now on, too.
        self._places |= {os.path.abspath(place) for place in _inputs(settings)}  # noqa: PTH100
        self._seen = {**_stats(self._places), **self._seen}
        wrong = [f"{invalid.path}:{invalid.line}: {invalid.reason}" for invalid in report.invalid]
        wrong += [f"{reject.origin}: {reject.reason}" for reject in report.rejects]
        self._live.error = "\n".join(wrong)
        for line in wrong:
            print_error(line)
        if changed := report.written + len(report.removed):
            self._live.build += 1
            files = "file" if changed == 1 else "files"
            print_text(f"Built: {changed:,} {files} changed.")
        return True

    def run(self, stop: threading.Event) -> None:
        """Build whenever an input changes, until ``stop`` is set."""
        from watchfiles import watch  # noqa: PLC0415 - an extra

        while not stop.is_set():
            # Watch folders, because editors replace a file with a new one.
            folders = {place if os.path.isdir(place) else os.path.dirname(place) for place in self._places}  # noqa: PTH112, PTH120
            there = sorted(folder for folder in folders if os.path.isdir(folder))  # noqa: PTH112
            for _ in watch(
                *there,
                watch_filter=None,
                recursive=False,
                stop_event=stop,
                raise_interrupt=False,
                rust_timeout=LONGEST,
                yield_on_timeout=True,
            ):
                if _stats(self._places) != self._seen:
                    self.build()
                    break


def _stats(places: Iterable[str]) -> dict[str, object]:
    return {place: _stat(place) for place in places}


def _stat(place: str) -> object:
    try:
        found = os.stat(place)  # noqa: PTH116 - of thousands of files
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _inputs(settings: Settings) -> frozenset[str]:
    try:
        return inputs(settings)
    except (OSError, SourceError):
        # Standard input, or a store elsewhere: watch at least the config.
        return frozenset(map(os.fspath, settings.files))
