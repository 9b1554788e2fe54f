"""Publishing is killed, or gets an error, at each of its system calls in turn.

The suite runs an even sample of the cases; to run all of them:

    FEEDPUB_FAULTS=all .venv/bin/pytest tests/publishing/test_faults.py -q
"""

import os
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

CALLS = (
    "write", "pwrite64", "fsync", "rename", "renameat", "renameat2", "openat", "close", "unlink", "unlinkat",
    "mkdir", "mkdirat", "rmdir", "utimensat", "fchmod", "chmod", "fchmodat", "link", "linkat", "symlink", "symlinkat",
)  # fmt: skip
FAULTS = ("signal=KILL", "error=EIO", "error=ENOSPC")
# The kernel claims that it wrote one byte, but it wrote none: only reading back finds this.
SHORT_WRITE = "retval=1"
SAMPLE = 17  # of each way; not a multiple of the number of faults, so that each fault occurs

KEEP = ["kept.rss"]
OLD = {"same.rss": b"same", "changed.rss": b"old " * 50, "gone.rss": b"gone", "kept.rss": b"kept"}
NEW = {"same.rss": b"same", "changed.rss": b"new " * 50, "fresh.rss": b"fresh"}

LATE = 2**32  # seconds since 1970

# What is published over what: the layouts, and changes from one to the other.
WAYS = {
    "files": ("files", "files"),
    "releases": ("releases", "releases"),
    "files-to-releases": ("files", "releases"),
    "releases-to-files": ("releases", "files"),
}


@dataclass(frozen=True)
class Case:
    call: str
    number: int
    fault: str


@pytest.fixture(scope="session")
def strace():
    """The path of strace, if it is installed and may trace."""
    path = shutil.which("strace")
    if path is None:
        pytest.skip("strace is not installed")
    if subprocess.run([path, "-f", "-o", os.devnull, "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace may not trace here")
    return path


def traced(strace, log, command, *options):
    trace = ",".join(f"?{call}" for call in CALLS)
    # Without --seccomp-bpf, because strace 6.1 injects no signals with it.
    return subprocess.run(
        [strace, "-f", "-o", str(log), "-e", f"trace={trace}", *options, *command],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def cases_of(log: Path) -> list[Case]:
    """Return each call from the opening of the lock on, by its number among calls of that name."""
    seen, cases, started = Counter(), [], False
    for line in log.read_text().splitlines():
        match = re.match(r"\d+ +(\w+)\(", line)
        if not match:
            continue
        call = match[1]
        seen[call] += 1
        started = started or '.state/lock"' in line
        if started:
            faults = (*FAULTS, SHORT_WRITE) if call == "write" else FAULTS
            cases += [Case(call, seen[call], fault) for fault in faults]
    assert started
    return cases


def sampled(cases: list[Case]) -> list[Case]:
    if os.environ.get("FEEDPUB_FAULTS") == "all" or len(cases) <= SAMPLE:
        return cases
    return [cases[i * len(cases) // SAMPLE] for i in range(SAMPLE)]


def check(case, way, broken, old, new):
    """Compare what readers see after the fault with the old set and the new set."""
    seen = broken.tree()
    assert not [name for name in seen if seen[name] not in (old.get(name), new.get(name))], case
    assert {"same.rss", "changed.rss", "manifest.json"} <= set(seen), case
    if way != "files":
        assert seen in (old, new), case


def repaired(case, repair, documents, expected, tmp_path):
    """Publish ``documents`` over a copy of what the fault left, of which nothing may remain."""
    copy = repair.with_(root=tmp_path / "copy")
    shutil.copytree(repair.root, copy.root, symlinks=True)
    copy.publish(documents, KEEP)
    assert copy.tree() == expected, case
    assert copy.strays() == [], case
    mtimes = copy.mtimes()
    shutil.rmtree(copy.root)
    return mtimes


@pytest.mark.parametrize("way", WAYS)
def test_after_a_fault_at_any_call_no_file_is_torn_and_the_next_run_repairs(
    way, strace, site, tmp_path, figures
):
    before, after = (site.with_(layout=layout, gzip=True) for layout in WAYS[way])
    before.publish(OLD)
    for name in before.tree():  # so that mtimes have to be changed in every run, in whatever second
        os.utime(before.out / name, (LATE, LATE))
    old, template = before.tree(), tmp_path / "template"
    shutil.copytree(site.root, template, symlinks=True)
    log = tmp_path / "log"
    assert traced(strace, log, after.command(NEW, KEEP)).returncode == 0
    new, cases = after.tree(), cases_of(log)
    assert after.strays() == []
    outcomes = Counter()
    for case in sampled(cases):
        shutil.rmtree(site.root)
        shutil.copytree(template, site.root, symlinks=True)
        inject = f"inject={case.call}:{case.fault}:when={case.number}"
        result = traced(strace, log, after.command(NEW, KEEP), "-e", inject)
        assert "INJECTED" in log.read_text() or "killed by SIGKILL" in log.read_text(), case
        check(case, way, after, old, new)
        outcomes[f"{case.fault} {outcome(case, result, after, new)}"] += 1
        mtimes = repaired(case, after, NEW, new, tmp_path)
        assert mtimes["same.rss"] == LATE * 10**9, case
        assert mtimes["changed.rss"] == mtimes["changed.rss.gz"] == (LATE + 1) * 10**9, case
        repaired(case, before, OLD, old, tmp_path)
    figures(f"publishing, {way}: {sum(outcomes.values())} of {len(cases)} faults; {dict(outcomes)}")


def outcome(case, result, after, new) -> str:
    if "KILL" in case.fault:
        assert result.returncode == -9, case
        return "killed"
    if result.returncode == 0:
        # A fault without consequences, such as one while a file that was read is closed.
        assert after.tree() == new, case
        assert after.strays() == [], case
        return "unharmed"
    assert (result.returncode, result.stderr.count("\n")) == (1, 1), (case, result.stderr)
    assert "; every published file is still whole; " in result.stderr, (case, result.stderr)
    return "refused"
