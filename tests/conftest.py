"""Fixtures that several folders of tests share."""

import os
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

from feedpub.cli.app import main

ROOT = Path(__file__).resolve().parents[1]

# The suite tries the same examples each time, so that it says something of the change at hand. New examples are
# looked for on purpose: HYPOTHESIS_PROFILE=search.
hypothesis.settings.register_profile("suite", derandomize=True, deadline=None, print_blob=True)
hypothesis.settings.register_profile("search", deadline=None, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


def copy_project(folder: Path) -> Path:
    """Copy the shipped config and sample into an empty folder, with nothing built."""
    shutil.copy(ROOT / "config.yaml", folder)
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    return folder


@pytest.fixture
def project(tmp_path):
    return copy_project(tmp_path)


@pytest.fixture(scope="module")
def shared_project(tmp_path_factory):
    """The same, for tests of one module that only read it."""
    return copy_project(tmp_path_factory.mktemp("project"))


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def command(capsys, monkeypatch):
    """Run a command line in this process, in a folder; much faster than a process of its own."""
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
    """A context that gives the names of all files that this process opens in it, for reading or writing."""

    @contextmanager
    def watching():
        _opened.append([])
        try:
            yield _opened[-1]
        finally:
            _opened.pop()

    return watching
