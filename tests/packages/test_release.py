"""``python3 run.py release`` finds what must not be released."""

import importlib.metadata
import importlib.util
import io
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from feedpub import __version__

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("release", ROOT / "tests/release.py")
release = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(release)

OLDER = "## 0.2.0 - 2026-11-28\n\n### Added\n- More.\n\n## 0.1.0 - 2026-11-22\n\n### Added\n- All.\n"


@pytest.mark.parametrize(
    ("text", "tags", "says"),
    [
        (f"## 0.3.0 - 2026-12-01\n\n### Added\n- A.\n\n{OLDER}", {"v0.2.0"}, None),
        (f"## Unreleased\n\n## 0.3.0 - 2026-12-01\n\n- A.\n\n{OLDER}", set(), None),
        (f"## Unreleased\n\n### Added\n- A.\n\n{OLDER}", set(), "rename ## Unreleased"),
        (OLDER, set(), "the first release must be 0.3.0"),
        (f"## 0.3.0\n\n- A.\n\n{OLDER}", set(), "with its date"),
        (f"## 0.3.0 - 2026-12-01\n\n- A.\n\n## 0.4.0 - 2026-11-30\n\n{OLDER}", set(), "not in order"),
        (f"## 0.3.0 - 2026-12-01\n\n- A.\n\n{OLDER}", {"v0.3.0"}, "raise the version"),
    ],
)
def test_the_changelog_has_to_be_that_of_the_version(text, tags, says):
    found = list(release.changelog_problems(f"# Changelog\n\n{text}", "0.3.0", frozenset(tags)))
    assert not found if says is None else any(says in problem for problem in found)


def test_the_changelog_of_this_version_is_in_order():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert not [one for one in release.changelog_problems(text, "9.9.9", frozenset()) if "order" in one]


@pytest.fixture
def dist(tmp_path):
    """A function that packs a wheel and an sdist with different files than they should have."""

    def pack(*, more=(), lacks="", version="0.3.0"):
        with zipfile.ZipFile(tmp_path / "feedpub-0.3.0-py3-none-any.whl", "w") as wheel:
            info = "feedpub-0.3.0.dist-info"
            wheel.writestr(
                f"{info}/METADATA", f"Name: feedpub\nVersion: {version}\nLicense-Expression: MIT\n\n"
            )
            for name in {"feedpub/__init__.py", f"{info}/licenses/LICENSE", *more} - {lacks}:
                wheel.writestr(name, "")
        files = ("LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", "run.py", "tests/conftest.py")
        with tarfile.open(tmp_path / "feedpub-0.3.0.tar.gz", "w:gz") as sdist:
            for name in set(files) - {lacks}:
                sdist.addfile(tarfile.TarInfo(f"feedpub-0.3.0/{name}"), io.BytesIO())
        return list(release.artefact_problems(tmp_path, "0.3.0"))

    return pack


def test_artefacts_have_the_version_the_licence_and_nothing_strange(dist, tmp_path):
    assert dist() == []
    assert "tests/a.py" in dist(more=["tests/a.py"])[0]
    assert "its version is 0.2.0" in dist(version="0.2.0")[0]
    assert "no licence" in dist(lacks="feedpub-0.3.0.dist-info/licenses/LICENSE")[0]
    assert "run.py is missing" in dist(lacks="run.py")[0]
    (tmp_path / "feedpub-0.2.0.tar.gz").touch()
    assert "not only" in dist()[0]


def test_the_version_is_said_in_one_place():
    """The package has the version, and everything else reads it there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"] == {"path": "feedpub/__init__.py"}
    said = [
        file.relative_to(ROOT).as_posix()
        for folder in ("feedpub", "docs")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".py", ".md", ".toml"} and f'"{__version__}"' in file.read_text(encoding="utf-8")
    ]
    assert said == ["feedpub/__init__.py"]


def test_every_python_that_is_promised_is_allowed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = [line.rpartition(" ")[2] for line in project["classifiers"] if "Python :: 3." in line]
    assert versions == ["3.11", "3.12", "3.13"]
    assert project["requires-python"] == ">=3.11"
    assert importlib.metadata.metadata("feedpub")["Name"] == "feedpub"
