"""Fixtures for several folders of tests."""

import os
import shutil
import sqlite3
import subprocess
import sys
import warnings
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import hypothesis
import pytest

from feedpub.cli.app import main

ROOT = Path(__file__).resolve().parents[1]

# The suite always tries the same examples, so that a failure is about the change at hand. To search for new
# examples, and more of them: HYPOTHESIS_PROFILE=search.
hypothesis.settings.register_profile("suite", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("search", max_examples=500, deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


@pytest.fixture(scope="session", autouse=True)
def no_waiting():
    """Skip fsync: no test is about power cuts, and waiting for the disk takes a fifth of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


def copy_project(folder: Path) -> Path:
    """Copy the config and the sample into an empty folder, with nothing built."""
    shutil.copy(ROOT / "config.yaml", folder)
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    return folder


@pytest.fixture
def project(tmp_path):
    return copy_project(tmp_path)


@pytest.fixture(scope="module")
def shared_project(tmp_path_factory):
    """The same as ``project``, for tests of one module that only read it."""
    return copy_project(tmp_path_factory.mktemp("project"))


@dataclass(frozen=True)
class Done:
    """The exit status of a command, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def command(capsys, monkeypatch):
    """Run a command line in a folder, in this process, which is much faster than in its own."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")

    def run(folder, *arguments):
        monkeypatch.chdir(folder)
        try:
            main([str(argument) for argument in arguments])
            status = 0
        except SystemExit as end:
            status = int(end.code or 0)
        return Done(status, *capsys.readouterr())

    return run


_opened: list[list[str]] = []


def _note(event, arguments):
    if event == "open" and _opened and not isinstance(arguments[0], int):
        _opened[-1].append(Path(os.fsdecode(arguments[0])).name)


sys.addaudithook(_note)


@pytest.fixture(scope="session")
def opened():
    """A context manager that yields the names of all files that this process opens meanwhile, to read or to write."""

    @contextmanager
    def watching():
        _opened.append([])
        try:
            yield _opened[-1]
        finally:
            _opened.pop()

    return watching


@pytest.fixture(scope="session")
def figures():
    """Write down a line that a sweep found, in the file FEEDPUB_FIGURES, if that is set."""

    def note(line):
        if file := os.environ.get("FEEDPUB_FIGURES"):
            with Path(file).open("a", encoding="utf-8") as out:
                out.write(f"{line}\n")

    return note


class Newsboat:
    """newsboat with a home folder of its own, subscribed to some addresses."""

    def __init__(self, home, addresses):
        self._home = home
        (home / "urls").write_text("".join(f"{address}\n" for address in addresses))
        (home / "config").touch()

    def new(self):
        """Fetch the feeds; return the unread entries as titles by id, and mark them as read."""
        paths = ["-u", self._home / "urls", "-c", self._home / "cache.db", "-C", self._home / "config"]
        environment = os.environ | {"HOME": str(self._home)}
        command = ["newsboat", *paths, "-x", "reload"]
        subprocess.run(command, env=environment, capture_output=True, timeout=60, check=True)
        found = self._cached("SELECT guid, title FROM rss_item WHERE unread")
        self._cached("UPDATE rss_item SET unread = 0")
        return dict(found)

    def all(self):
        """Return the titles of all entries by id."""
        return dict(self._cached("SELECT guid, title FROM rss_item"))

    def links(self):
        """Return the address that a browser would open for each entry, by id."""
        return dict(self._cached("SELECT guid, url FROM rss_item"))

    def _cached(self, query):
        with closing(sqlite3.connect(self._home / "cache.db")) as cache, cache:
            return cache.execute(query).fetchall()


class ReaderLibrary:
    """The package ``reader``, with the same methods."""

    def __init__(self, _home, addresses):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # warnings of a library's dependencies are not ours to fix
            from reader import make_reader  # noqa: PLC0415 - importing it warns, too

            self._reader = make_reader(":memory:", feed_root="")
        self._addresses = addresses
        for address in addresses:
            self._reader.add_feed(address)

    def new(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for address in self._addresses:
                self._reader.update_feed(address)  # fetches at once; update_feeds() waits for an hour
        found = {entry.id: entry.title for entry in self._reader.get_entries(read=False)}
        for entry in self._reader.get_entries(read=False):
            self._reader.mark_entry_as_read(entry)
        return found

    def all(self):
        return {entry.id: entry.title for entry in self._reader.get_entries()}

    def close(self):
        self._reader.close()


@pytest.fixture(params=["newsboat", "reader"])
def subscribe(request, tmp_path_factory):
    """A function that makes a real reader with subscriptions; if the reader is not installed, the test is skipped."""
    if request.param == "newsboat" and not shutil.which("newsboat"):
        pytest.skip("newsboat is not installed")
    if request.param == "reader" and not find_spec("reader"):
        pytest.skip("the package reader is not installed")
    made = []

    def subscribed(*addresses):
        kind = {"newsboat": Newsboat, "reader": ReaderLibrary}[request.param]
        made.append(kind(tmp_path_factory.mktemp("home"), [str(address) for address in addresses]))
        return made[-1]

    subscribed.kind = request.param
    yield subscribed
    for reader in made:
        if isinstance(reader, ReaderLibrary):
            reader.close()
