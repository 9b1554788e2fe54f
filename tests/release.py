"""Check that the commit can be released, and build it: ``python3 run.py release``.

It uploads nothing. The results are in ``dist``; CONTRIBUTING.md has the next steps.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path

from feedpub import __version__

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"


def changelog_problems(text: str, version: str, tags: frozenset[str]) -> Iterator[str]:
    """Yield what is wrong with the changelog for a release of ``version``; ``tags`` are those of earlier releases."""
    sections = re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    unreleased = [body for name, body in sections if name == "Unreleased"]
    if unreleased and unreleased[0].strip():
        yield f"CHANGELOG.md: rename ## Unreleased to ## {version} - YYYY-MM-DD"
    released = [name for name, _ in sections if name != "Unreleased"]
    if not released or not re.fullmatch(rf"{re.escape(version)} - \d{{4}}-\d\d-\d\d", released[0]):
        yield f"CHANGELOG.md: the first release must be {version}, with its date"
    numbers = [tuple(map(int, name.split(" ")[0].split("."))) for name in released]
    if numbers != sorted(numbers, reverse=True) or len(numbers) != len(set(numbers)):
        yield "CHANGELOG.md: the releases are not in order, newest first"
    if f"v{version}" in tags:
        yield f"feedpub/__init__.py: {version} is already released, as there is a tag v{version}; raise the version"


def artefact_problems(folder: Path, version: str) -> Iterator[str]:
    """Yield what is wrong with the sdist and the wheel in ``folder``."""
    wheel, sdist = folder / f"feedpub-{version}-py3-none-any.whl", folder / f"feedpub-{version}.tar.gz"
    names = sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))
    if names != sorted((wheel.name, sdist.name)):
        yield f"{folder.name}: it contains {', '.join(names)}, not only the wheel and the sdist of {version}"
        return
    packed = zipfile.ZipFile(wheel)
    info = f"feedpub-{version}.dist-info"
    if strange := [name for name in packed.namelist() if name.split("/")[0] not in {"feedpub", info}]:
        yield f"{wheel.name}: it must not contain {strange[0]}"
    metadata = Parser().parsestr(packed.read(f"{info}/METADATA").decode())
    if metadata["Version"] != version:
        yield f"{wheel.name}: its version is {metadata['Version']}"
    if not metadata["License-Expression"] or f"{info}/licenses/LICENSE" not in packed.namelist():
        yield f"{wheel.name}: it has no licence"
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    for needed in ("LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", "run.py", "tests/conftest.py"):
        if needed not in held:
            yield f"{sdist.name}: {needed} is missing"


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def main() -> int:
    """Print what is wrong, or what was built; return the exit status."""
    tags = frozenset(_git("tag", "--list"))
    problems = list(
        changelog_problems((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), __version__, tags)
    )
    if changed := _git("status", "--porcelain"):
        problems.append(f"{changed[0][3:]}: not committed")
    shutil.rmtree(DIST, ignore_errors=True)
    command = ["-m", "uv", "build", "--quiet", "--no-build-isolation", "--python", sys.executable]
    built = subprocess.run([sys.executable, *command, "--out-dir", str(DIST), str(ROOT)], check=False)
    problems += (
        artefact_problems(DIST, __version__) if built.returncode == 0 else ["the build failed, see above"]
    )
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    if not problems:
        files = "".join(f"  {file}\n" for file in sorted(DIST.glob("feedpub-*")))
        sys.stdout.write(f"feedpub {__version__} can be released:\n{files}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
