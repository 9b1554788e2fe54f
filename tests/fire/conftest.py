"""Sites that are built while system calls fail, and what can be seen of them from outside."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urljoin

import pytest
from lxml import etree, html

HERE = Path(__file__).parent
NOW = "2024-03-01T12:00:00+00:00"
MTIME = 1_706_000_000
ATOM = "{http://www.w3.org/2005/Atom}"


class Builder:
    """The process that builds; see ``builder.py``."""

    def __init__(self, home):
        self._home = home
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "builder.py")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"TMPDIR": str(home)},
        )  # fmt: skip
        Site(home / "warm").lay_out("[rss, atom, json], archive: 2", {1: "Text."})
        self._send(home / "warm")
        assert self._said() == "ready"

    def _send(self, folder, **options):
        self.error = folder / "error"
        self.error.unlink(missing_ok=True)
        job = {"config": str(folder / "config.yaml"), "now": NOW, "error": str(self.error), **options}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()

    def _said(self):
        return self._process.stdout.readline().strip()

    def build(self, folder, **options):
        """Build, and return the exit status."""
        self._send(folder, **options)
        self._said()
        return int(self._said())

    def traced(self, folder, log, *options):
        """Build under strace, and return the exit status."""
        self._send(folder, stop=True)
        pid = int(self._said())
        trace = ",".join(f"?{call}" for call in CALLS)
        # Without --seccomp-bpf, because strace 6.1 injects no signals with it.
        command = [
            "strace",
            "-y",
            "-s",
            "0",
            "-p",
            str(pid),
            "-o",
            str(log),
            "-e",
            f"trace={trace}",
            *options,
        ]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
            assert "attached" in strace.stderr.readline()
            os.kill(pid, signal.SIGCONT)
            status = int(self._said())
            strace.wait(60)
        return status

    def said(self):
        """Return the error message of the last build."""
        return self.error.read_text() if self.error.exists() else ""

    def close(self):
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


CALLS = (
    "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "rename", "renameat", "renameat2", "openat", "close",
    "unlink", "unlinkat", "mkdir", "mkdirat", "rmdir", "utimensat", "fchmod", "chmod", "fchmodat", "link", "linkat",
    "symlink", "symlinkat", "fallocate",
)  # fmt: skip


@dataclass(frozen=True)
class Call:
    """A system call that changes something: its name, its number among those of that name, and its arguments.

    ``size`` is the number of bytes that it writes, and ``end`` the length of the file after that. ``moving`` says that
    it is between the first and the last call that moves a document to where it is served.
    """

    name: str
    number: int
    target: str
    size: int = 0
    end: int = 0
    done: bool = True
    moving: bool = False

    @property
    def area(self):
        if "ledger.sqlite" in self.target:
            return "ledger"
        if "#" in self.target:
            return "spool"
        return "output" if "/feeds" in self.target else "staging"


MOVES = ("rename", "renameat", "renameat2")
_LINE = re.compile(r"(\w+)\((.*)\) += (-?\d+)")
_WRITTEN = re.compile(r"O_(?:WRONLY|RDWR|CREAT|TMPFILE)")


def calls_of(log: Path) -> list[Call]:
    """Return the calls of a build that change something, in order."""
    numbers, ends, calls = Counter(), Counter(), []
    written = set()
    for line in log.read_text().splitlines():
        if not (match := _LINE.match(line)):
            continue
        name, arguments, result = match[1], match[2], int(match[3])
        numbers[name] += 1
        size = end = 0
        if name == "openat":
            if not _WRITTEN.search(arguments):
                continue
            written.add(line.rpartition("= ")[2].strip())
        elif name == "close":
            if arguments not in written:
                continue
            written.discard(arguments)
        elif name in ("write", "pwrite64"):
            size = result
            target = arguments.partition(",")[0]
            ends[target] = end = (
                int(arguments.split(", ")[3]) + size if name == "pwrite64" else ends[target] + size
            )
        calls.append(Call(name, numbers[name], arguments, size, end, result >= 0))
    moves = [n for n, c in enumerate(calls) if c.name in MOVES and c.done and c.area == "output"]
    first, last = (moves[0], moves[-1]) if moves else (0, -1)
    return [replace(call, moving=first <= n <= last) for n, call in enumerate(calls)]


@dataclass(frozen=True)
class Site:
    folder: Path

    def lay_out(self, output, articles, *, sources='[{path: ["in/*.md"], timezone: UTC}]', feeds=None):
        """Write the config, and articles by day of January: bodies, or whole files if they begin with ``---``."""
        (self.folder / "in").mkdir(parents=True, exist_ok=True)
        for path in (self.folder / "in").iterdir():
            path.unlink()
        for day, body in articles.items():
            head = f"---\ntitle: Day {day}\ndate: 2024-01-{day:02} 10:00\n"
            text = body.replace("---\n", head, 1) if body.startswith("---\n") else f"{head}---\n{body}\n"
            (self.folder / f"in/{day}.md").write_text(text)
        feeds = feeds or "{all: {title: All, max_items: 3}, boats: {title: Boats, any: [boat], max_items: 3}}"
        (self.folder / "config.yaml").write_text(
            'version: 1\nsite: {title: T, base_url: "https://x.test/", id_authority: "x.test,2024"}\n'
            f"sources: {sources}\nfeeds: {feeds}\noutput: {{formats: {output}}}\n"
        )
        for path in self.folder.rglob("*"):
            if "in" in path.parts:
                os.utime(path, (MTIME, MTIME))

    def tree(self):
        """Return what a web server can serve: the bytes of each file by its name."""
        out = self.folder / "feeds"
        if not out.is_dir():
            return {}
        return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}

    def ledger(self):
        """Return the contents of the ledger, in any order on the disk."""
        file = self.folder / ".feedpub/ledger.sqlite"
        with closing(sqlite3.connect(file)) as connection:
            return sorted(connection.iterdump())

    def copy_to(self, folder):
        """Copy the site with the times of its files to the place of another site."""
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.folder, folder, symlinks=True)
        return Site(folder)


def links_of(name, data):
    """Return the names of linked documents (archives, in feeds) and the ids of entries in a document."""
    if name.endswith(".html"):
        links = html.document_fromstring(data).xpath("//*/@href")
        own = (urljoin(f"https://x.test/{name}", link) for link in links)
        return {
            link.partition("#")[0].removeprefix("https://x.test/") for link in own if "//x.test/" in link
        }, set()
    if name.endswith(".json"):
        content = json.loads(data)
        links = {content.get("next_url"), *(item.get("url") for item in content["items"])}
        return names(links), {item["id"] for item in content["items"]}
    root = etree.fromstring(data)
    entries = [*root.iter(f"{ATOM}entry"), *root.iter("item")]
    links = [
        link.get("href") for link in root.iter(f"{ATOM}link") if str(link.get("rel")).endswith("-archive")
    ]
    links += [link.get("href") or link.text for entry in entries for link in entry.iterchildren("{*}link")]
    ids = {e.findtext(f"{ATOM}id") for e in root.iter(f"{ATOM}entry")} | {i.text for i in root.iter("guid")}
    return names(links), ids


def names(links):
    return {
        link.removeprefix("https://x.test/") for link in links if link and link.startswith("https://x.test/")
    }


@pytest.fixture(scope="session")
def builder(tmp_path_factory):
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    if subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace may not trace here")
    home = tmp_path_factory.mktemp("builder")
    (home / "warm").mkdir()
    made = Builder(home)
    yield made
    made.close()


@pytest.fixture(scope="session")
def fire(builder):
    """The builder, and what is needed to look at its sites."""
    return SimpleNamespace(
        builder=builder, Site=Site, calls_of=calls_of, links_of=links_of, now=NOW, mtime=MTIME
    )
