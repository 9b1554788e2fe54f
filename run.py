#!/usr/bin/env python3
"""Run a task of the project. You only need Python 3.11 or newer.

    python3 run.py build         build the feeds of config.yaml from seeds/ into feeds/
    python3 run.py test          run the tests
    python3 run.py lint          check style, types, formatting, spelling, imports between packages, links of the docs
    python3 run.py docs          build the docs as a site in docs/_build/html
    python3 run.py format        format the code
    python3 run.py lowest        run the tests with the lowest versions of dependencies that pyproject.toml allows
    python3 run.py golden        rebuild the generated files that are committed: feeds/ and parts of the docs
    python3 run.py conformance   compare the validator with the W3C's test files, if they are available
    python3 run.py sweep         run the long tests: faults, growth, servers, readers, pages, packages (or name some)
    python3 run.py release       check that the commit can be released, and build it into dist/; uploads nothing
    python3 run.py lock          update the pinned dependencies in constraints.txt

The first run makes a virtual environment in .venv and installs the pinned dependencies there. A task gets the
arguments after its name: python3 run.py test tests/rules -k accents
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOWEST = ROOT / ".venv-lowest"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = str(BIN / "python")

UV = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"]

DOCS = [
    *["-m", "sphinx", "--quiet", "--fail-on-warning", "--keep-going"],
    *["--doctree-dir", "docs/_build/doctrees", "docs", "docs/_build/html"],
]
"""Builds the docs. A broken link within them is an error."""

TASKS: dict[str, list[list[str]]] = {
    "build": [["-m", "feedpub", "build"]],
    "test": [["-m", "pytest", "-n", "auto"]],
    "lint": [
        ["-m", "ruff", "check"],
        ["-m", "ruff", "format", "--check"],
        ["-m", "codespell_lib"],
        ["-c", "from importlinter.cli import lint_imports_command as lint; lint()"],
        ["-m", "mypy"],
        DOCS,
    ],
    "docs": [DOCS],
    "format": [["-m", "ruff", "check", "--fix-only"], ["-m", "ruff", "format"]],
    "lowest": [
        UV,
        ["-m", "uv", "venv", "--quiet", "--clear", str(LOWEST)],
        [
            *[
                "-m",
                "uv",
                "pip",
                "install",
                "--quiet",
                "--python",
                str(LOWEST),
                "--resolution",
                "lowest-direct",
            ],
            *["--editable", ".[dev]"],
        ],
        # The page is the output of the pinned version of typer.
        [
            "-m",
            "pytest",
            "-n",
            "auto",
            "--deselect",
            "tests/cli/test_reference.py::test_the_page_of_commands_is_what_help_says",
        ],
    ],
    "golden": [["-m", "feedpub", "build"]],
    "conformance": [["tests/validator/conformance.py"]],
    "sweep": [["tests/sweep.py"]],
    "release": [UV, ["tests/release.py"]],
    "lock": [
        UV,
        [
            *[
                "-m",
                "uv",
                "pip",
                "compile",
                "pyproject.toml",
                "--all-extras",
                "--universal",
                "--python-version",
                "3.11",
            ],
            *["--no-header", "--no-annotate", "--no-emit-index-url", "--upgrade", "-o", "constraints.txt"],
        ],
    ],
}
"""The commands of each task, as arguments of the Python in the environment. The last one gets the user's arguments.

The last command of ``lowest`` runs in the environment that the others made.
"""

GENERATED = {
    "feedpub/rules/packs/news-en.json": ["-m", "feedpub.rules.compiled", "news-en"],
    "docs/checks.md": ["-m", "feedpub.validator.manual"],
    "docs/commands.md": ["-m", "feedpub.cli.reference"],
    "docs/json.md": ["-m", "feedpub.cli.shapes"],
    "docs/output.schema.json": ["-m", "feedpub.cli.shapes", "schema"],
    **{
        f"docs/{page}.md": ["-m", "feedpub.config.tables", f"docs/{page}.md"]
        for page in ("config", "rules", "sources", "time")
    },
}
"""Files, and the modules that print them: a compiled pack, whole pages of the docs, and pages with generated tables."""

RESULTS = {"docs": f"The docs are in {ROOT / 'docs/_build/html/index.html'}\n"}
"""What to say after a task that succeeded."""

NEEDS_ONLY_BASE = {"build"}


def main(arguments: list[str]) -> int:
    """Run the task that the first argument names; return its exit status."""
    if sys.version_info < (3, 11):
        version = ".".join(map(str, sys.version_info[:2]))
        print(f"feedpub needs Python 3.11 or newer; this is {version} ({sys.executable}).", file=sys.stderr)
        return 2
    if not arguments or arguments[0] not in TASKS:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    task, *rest = arguments
    if status := install("" if task in NEEDS_ONLY_BASE else "[dev]"):
        return status
    if task == "golden":
        # As in a fresh clone, so that earlier builds leave no trace in the committed files.
        for folder in ("feeds", ".feedpub"):
            shutil.rmtree(ROOT / folder, ignore_errors=True)
        for page, module in GENERATED.items():
            made = subprocess.run([PYTHON, *module], cwd=ROOT, check=True, capture_output=True)
            (ROOT / page).write_bytes(made.stdout)
    commands = [[PYTHON, *command] for command in TASKS[task]]
    commands[-1] += rest
    if task == "lowest":
        commands[-1][0] = str(LOWEST / BIN.name / "python")
    for command in commands:
        if status := subprocess.run(command, cwd=ROOT, check=False).returncode:
            return status
    print(RESULTS.get(task, ""), end="")
    return 0


def install(extra: str) -> int:
    """Install the project with ``extra`` into the environment, unless it is installed already."""
    wanted = hashlib.sha256(sys.version.encode())
    for name in ("pyproject.toml", "constraints.txt"):
        wanted.update((ROOT / name).read_bytes())
    stamp = VENV / "feedpub-installed"
    have = stamp.read_text().split() if stamp.exists() else []
    if have[:1] == [wanted.hexdigest()] and extra in ("", *have[1:]):
        return 0
    uv = shutil.which("uv")
    print(f"Installing into .venv, once, with {'uv' if uv else 'pip'}:", file=sys.stderr, flush=True)
    if not runs(PYTHON) and (status := make_environment(uv)):
        return status
    pins = str(ROOT / "constraints.txt")
    what = ["--constraint", pins, "--editable", f".{extra}"]
    if uv:
        # The pins also apply to the packages that build packages.
        command = [uv, "pip", "install", "--python", PYTHON, "--build-constraint", pins, *what]
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
    else:
        command = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--use-pep517", *what]
        status = run_telling(command, os.environ | {"PIP_CONSTRAINT": pins})
    if status == 0:
        stamp.write_text(f"{wanted.hexdigest()} {extra or '[base]'}\n")
    return status


def run_telling(command: list[str], environment: dict[str, str]) -> int:
    """Run pip and print the package it is working on; print all of its output if it fails."""
    said: list[str] = []
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout
        for line in process.stdout:
            said.append(line)
            if name := re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line):
                print(f"  {name[1]}", file=sys.stderr, flush=True)
            elif line.startswith("Installing collected packages"):
                print("  … and now they are installed", file=sys.stderr, flush=True)
    if process.returncode:
        sys.stderr.writelines(said)
    return process.returncode


def runs(python: str) -> bool:
    """Tell whether an environment exists and works. It does not if its system Python was removed."""
    try:
        return subprocess.run([python, "-c", "import pip"], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def make_environment(uv: str | None) -> int:
    """Make an empty virtual environment. If the system's Python cannot, say what to install."""
    # With pip, which tasks and people expect there.
    maker = (
        [uv, "venv", "--quiet", "--seed", "--python", sys.executable]
        if uv
        else [sys.executable, "-m", "venv"]
    )
    made = subprocess.run([*maker, str(VENV)], check=False, capture_output=True, text=True)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        name = f"python{sysconfig.get_python_version()}-venv"
        print(
            f"This Python cannot make a virtual environment:\n{made.stdout}{made.stderr}"
            f"On Debian and Ubuntu: apt install {name}",
            file=sys.stderr,
        )
    return made.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
