"""The public API: every name is documented and typed, and only loaded when it is used."""

import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

import feedpub

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs/library.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_every_exported_name_is_there_and_documented():
    for name in feedpub.__all__:
        assert getattr(feedpub, name) is not None
        assert f"`{name}" in PAGE, name


STABLE = re.findall(
    r"^\| ((?:`[A-Z]\w+`(?:, )?)+) \| ([^|]*) \|$", PAGE.split("rely on these fields")[1], re.MULTILINE
)


@pytest.mark.parametrize(("names", "cell"), STABLE, ids=[names for names, _ in STABLE])
def test_the_documented_fields_are_there(names, cell):
    classes = [getattr(feedpub, name) for name in re.findall(r"\w+", names)]
    fields = set(re.findall(r"`([a-z_]+)`", cell)) - {"datetime", "str"}
    assert fields
    assert all(any(hasattr(each, name) for each in classes) for name in fields)


def test_no_exported_name_stands_in_the_way_of_a_package():
    packages = {path.name for path in (ROOT / "feedpub").iterdir() if path.is_dir()}
    assert not packages & set(feedpub.__all__)


def test_what_is_not_exported_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        feedpub.nothing  # noqa: B018


def test_a_text_is_not_taken_for_a_feed():
    with pytest.raises(TypeError, match=r"^data has to be bytes, not str$"):
        feedpub.validate("<rss/>")


@pytest.mark.parametrize(
    "call",
    [
        lambda now: feedpub.build(feedpub.load_config(ROOT / "config.yaml"), now, dry_run=True),
        lambda now: feedpub.plan(feedpub.load_config(ROOT / "config.yaml"), now),
        lambda now: feedpub.validate(b"<rss/>", now=now),
    ],
    ids=["build", "plan", "validate"],
)
def test_a_time_without_a_zone_is_refused_at_once(call):
    with pytest.raises(ValueError, match=r"^now has to have a time zone"):
        call(datetime(2024, 1, 1))  # noqa: DTZ001 - the mistake to be told


def test_importing_the_package_imports_none_of_its_modules():
    program = "import sys, feedpub; print([name for name in sys.modules if name.startswith('feedpub.')])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_examples_of_the_page_run_and_are_typed(project, number):
    done = subprocess.run(
        [sys.executable, "-m", "feedpub", "build", "--quiet"], cwd=project, capture_output=True, check=False
    )
    assert done.returncode == 0
    (project / "example.py").write_text(EXAMPLES[number])
    done = subprocess.run(
        [sys.executable, "example.py"], cwd=project, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_a_program_that_uses_the_library_passes_mypy_strict(tmp_path):
    (tmp_path / "use.py").write_text("".join(EXAMPLES))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, "use.py"],
        cwd=tmp_path,
        env=os.environ | {"MYPYPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
