"""Commands in README.md print the lines that it shows, whole and in order; … stands for omitted lines."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\w*\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
PROMPT = "$ feedpub "
ASKED = [
    (command, shown.splitlines())
    for block in BLOCKS
    if block.startswith(PROMPT)
    for command, _, shown in (
        part.partition("\n") for part in block.strip().removeprefix(PROMPT).split(f"\n{PROMPT}")
    )
]
BUILT = [block.splitlines() for block in BLOCKS if block.startswith("feed ")]


@pytest.fixture(scope="module")
def built(shared_project):
    """The folder of the sample, and the output of its first build."""
    return shared_project, run(shared_project, "build")


def run(folder, command):
    done = subprocess.run(
        [sys.executable, "-m", "feedpub", *shlex.split(command)],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", check=True, timeout=120,
    )  # fmt: skip
    return [line.rstrip() for line in done.stdout.splitlines()]


def stands_in(shown, printed):
    rest = iter(printed)
    return all(any(line == other for other in rest) for line in shown if line not in {"…", ""})


def test_the_first_build_prints_what_the_readme_shows(built):
    [shown] = BUILT
    assert stands_in(shown, built[1])


@pytest.mark.parametrize(("command", "shown"), ASKED, ids=[command for command, _ in ASKED])
def test_a_command_prints_what_the_readme_shows(built, command, shown):
    assert shown
    assert stands_in(shown, run(built[0], command))


def test_the_readme_shows_the_commands_that_explain():
    assert {command.split()[0] for command, _ in ASKED} == {"explain", "report", "diff"}
