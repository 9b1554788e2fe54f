"""The sdist and the wheel work outside the clone, with and without extras, with the lowest and newest dependencies.

``python3 run.py sweep packages`` runs this with each installed Python from 3.11 on.
"""

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

import feedpub
from feedpub import __version__

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("FEEDPUB_SWEEP" not in os.environ, reason="it installs some hundred packages"),
    pytest.mark.skipif(find_spec("uv") is None, reason="uv is not installed"),
]

ROOT = Path(__file__).resolve().parents[2]
TEXT = "Rain in the north\nRain fell in many towns.\n2024-01-10 10:00\n"
PAGE = "<html><head><title>Hail</title></head><body><article><h1>Hail</h1><p>{}</p></article></body></html>"
SENTENCE = "Hail fell in many towns of the south, and broke windows in three of them before noon. "


def uv(*arguments, **options):
    done = subprocess.run(
        [sys.executable, "-m", "uv", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def pythons():
    """One interpreter for each minor version that feedpub supports."""
    if find_spec("uv") is None:
        return [sys.executable]
    listed = json.loads(uv("python", "list", "--only-installed", "--offline", "--output-format", "json"))
    found = {}
    for each in listed:
        version = each["version_parts"]
        if each["implementation"] == "cpython" and (version["major"], version["minor"]) >= (3, 11):
            found.setdefault(f"{version['major']}.{version['minor']}", each["path"])
    return [found[name] for name in sorted(found, key=lambda name: int(name[2:]))] or [sys.executable]


@pytest.fixture(scope="module")
def artefacts(tmp_path_factory):
    """The sdist, and the wheel that is built from it."""
    folder = tmp_path_factory.mktemp("dist")
    uv("build", "--no-build-isolation", "--python", sys.executable, "--out-dir", folder, ROOT)
    return folder / f"feedpub-{__version__}.tar.gz", folder / f"feedpub-{__version__}-py3-none-any.whl"


def test_the_wheel_holds_the_package_and_all_its_files(artefacts):
    names = {name for name in zipfile.ZipFile(artefacts[1]).namelist() if ".dist-info/" not in name}
    here = Path(feedpub.__file__).parent
    files = subprocess.run(
        ["git", "ls-files", "feedpub"], cwd=here.parent, capture_output=True, text=True, check=True
    )
    assert names == set(files.stdout.splitlines())


def test_the_sdist_holds_what_is_committed_and_nothing_else(artefacts):
    with tarfile.open(artefacts[0]) as packed:
        names = {name.partition("/")[2] for name in packed.getnames()}
    files = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    committed = {name for name in files.stdout.splitlines() if not name.startswith('"')}
    assert names - committed <= {"PKG-INFO"} | {name for name in names if not name.isascii()}
    assert {"README.md", "run.py", "constraints.txt", "tests/conftest.py", "docs/config.md"} <= names


@pytest.mark.parametrize("python", pythons(), ids=lambda path: Path(path).name)
@pytest.mark.parametrize("resolution", ["highest", "lowest-direct"])
@pytest.mark.parametrize("extra", ["", "[all]"], ids=["base", "all"])
def test_what_is_installed_publishes_a_site_outside_the_clone(artefacts, tmp_path, python, resolution, extra):
    environment, site = tmp_path / "environment", tmp_path / "site"
    uv("venv", "--quiet", "--python", python, environment)
    uv(
        *("pip", "install", "--quiet", "--python", environment / "bin/python", "--resolution", resolution),
        f"feedpub{extra} @ {artefacts[1].as_uri()}",
    )
    (site / "articles").mkdir(parents=True)
    (site / "articles/a.txt").write_text(TEXT)

    def run(*arguments):
        variables = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        return subprocess.run(
            [environment / "bin/feedpub", *arguments],
            cwd=site,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    assert run("--version").stdout == f"feedpub {__version__}\n"
    address = ("--base-url", "https://news.press/", "--id-authority", "news.press,2024", "--timezone", "UTC")
    for arguments, says in (
        (("init", "articles", "--title", "News", *address), "config.yaml"),
        (("check",), "OK (1 feed, 1 source"),
        (("build",), "1 article, 0 rejects"),
        (("build",), "unchanged"),
        (("explain", "Rain"), "in all"),
        (("report", "--html", "report.html"), "report.html"),
        (("diff",), "unchanged: all"),
        (("status",), "Last build"),
        (("packs",), "news-en"),
        (("validate", "feeds"), ""),
    ):
        done = run(*arguments)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        assert says in done.stdout + done.stderr
    # A page needs an extra, and says so.
    config = site / "config.yaml"
    config.write_text(
        config.read_text().replace("feeds:\n", "  - path: pages/*.html\n    timezone: UTC\nfeeds:\n", 1)
    )
    (site / "pages").mkdir()
    head = PAGE.replace(
        "<head>", '<head><meta property="article:published_time" content="2024-01-11T10:00:00Z">'
    )
    (site / "pages/b.html").write_text(head.format(SENTENCE * 5))
    done = run("build")
    if extra:
        assert (done.returncode, "2 articles, 0 rejects" in done.stdout) == (0, True), done.stderr
    else:
        assert "feedpub[html]" in done.stderr
        assert "Traceback" not in done.stderr
