"""The long tests, in parts: all cases of which the suite only runs some, and tests that need special programs.

    python3 run.py sweep [PART …]

As root, it installs what a part needs with apt. At the end it prints the result of each part, what was skipped and why,
and the figures for docs/reliability.md.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ALL = {"FEEDPUB_FAULTS": "all", "FEEDPUB_SWEEP": "1", "HYPOTHESIS_PROFILE": "search"}


@dataclass(frozen=True)
class Part:
    """Tests, the programs that they need with their Debian packages, and additional Python packages.

    ``task`` is a task of ``run.py`` instead of tests.
    """

    tests: tuple[str, ...]
    programs: tuple[tuple[str, str], ...] = ()
    packages: tuple[str, ...] = ()
    task: str = ""


PARTS = {
    "kills": Part(
        (
            "tests/fire",
            "tests/publishing/test_faults.py",
            "tests/publishing/test_kills.py",
            "tests/publishing/test_disks.py",
            "tests/publishing/test_overlap.py",
        ),
        (("strace", "strace"),),
    ),
    "examples": Part(
        (
            "tests/catalog/test_same_as_without.py",
            "tests/planning/test_foretold_histories.py",
            "tests/history/test_settle.py",
            "tests/config/test_schema.py",
        )
    ),
    "growth": Part(
        (
            "tests/test_growth.py",
            "tests/sources/test_no_reader_raises.py",
            "tests/sources/test_memory.py",
            "tests/planning/archives/test_memory.py",
        )
    ),
    "pages": Part(
        ("tests/documents/test_many_pages.py", "tests/documents/test_browser.py"), (("chromium", "chromium"),)
    ),
    "servers": Part(
        (
            "tests/servers",
            "tests/publishing/test_deploy_servers.py",
            "tests/validator/test_by_address.py",
        ),
        (
            *(("nginx", "nginx"), ("caddy", "caddy"), ("apache2", "apache2")),
            *(("sshd", "openssh-server"), ("systemd-analyze", "systemd"), ("git", "git")),
        ),
        ("moto[server]", "s3fs", "paramiko"),
    ),
    "readers": Part(
        (
            "tests/test_readers.py",
            "tests/test_kinds_of_change.py",
            "tests/test_generators.py",
            "tests/docs/test_walkthroughs.py",
            "tests/upgrade",
        ),
        (("newsboat", "newsboat"), ("hugo", "hugo")),
        ("pelican[markdown]",),
    ),
    "packages": Part(("tests/packages",), (("git", "git"),), ("uv",)),
    "lowest": Part((), task="lowest"),
}


def install(part: Part) -> None:
    """Install what a part needs and what is missing, if allowed; tests name what is still missing."""
    absent = [package for program, package in part.programs if not shutil.which(program)]
    if absent and shutil.which("apt-get") and os.geteuid() == 0:
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *absent]):
            subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
    for package in part.packages:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
        subprocess.run(command, check=False)


def run(part: Part, figures: Path) -> tuple[int, str, list[str]]:
    """Run a part; return its exit status, its last line, and the reasons for skipped tests with their numbers."""
    if part.task:
        status = subprocess.run([sys.executable, "run.py", part.task], cwd=ROOT, check=False).returncode
        return status, "passed" if status == 0 else "failed", []
    environment = os.environ | ALL | {"FEEDPUB_FIGURES": str(figures)}
    command = [sys.executable, "-m", "pytest", "-n", "auto", "-q", "-rfEs", *part.tests]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lines = []
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            lines.append(line.rstrip())
    skipped: Counter[str] = Counter()
    for line in lines:
        if found := re.match(r"SKIPPED \[(\d+)\] \S+ (.*)", line):
            skipped[found[2]] += int(found[1])
    return (
        process.returncode,
        lines[-1] if lines else "nothing ran",
        [f"{n} × {why}" for why, n in skipped.items()],
    )


def main(names: list[str]) -> int:
    """Run the parts with these names, or all parts."""
    if unknown := [name for name in names if name not in PARTS]:
        sys.stderr.write(f"the sweep has no part {unknown[0]!r}; its parts are {', '.join(PARTS)}\n")
        return 2
    told, worst = [], 0
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures"
        for name in names or PARTS:
            start = time.monotonic()
            install(PARTS[name])
            status, last, skipped = run(PARTS[name], figures)
            worst = worst or status
            told.append(f"{name}: {last} [{(time.monotonic() - start) / 60:.0f} min]")
            told += [f"  skipped: {why}" for why in skipped]
        found = figures.read_text(encoding="utf-8").splitlines() if figures.exists() else []
    sys.stdout.write("\n".join(["", *sorted(found), "", *told, ""]))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
