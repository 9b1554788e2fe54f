"""Follows a page of the docs as a reader would: writes its files, runs its commands, and compares their output.

A block of code is a file if the line before it is the file's name and a colon. In a ``console`` block, a line that
begins with ``$`` is a command; below it are some of the lines that it prints, in order. After a command that fails
comes ``echo $?``. If the text asks people to change something, a comment says so, for the block below it or alone::

    <!-- in config.yaml, after feeds: -->
    <!-- in config.yaml, for any: [oil] -->
    <!-- in a.txt, Old words => New words -->
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

_STEP = re.compile(
    r"^<!-- in (?P<file>\S+), (?P<how>after|for) (?P<line>.+?) -->$"
    r"|^<!-- in (?P<changed>\S+), (?P<old>.+?) => (?P<new>.*?) -->$"
    r"|^(?P<fence>`{3,})(?P<language>[\w-]*)\n(?P<text>.*?)^(?P=fence)$"
    r"|^(?:[^\n]*[\s(])?`(?P<named>[\w./-]+)`:$",
    re.MULTILINE | re.DOTALL,
)


@dataclass
class Walk:
    """One pass through a page, in ``folder``; ``run`` runs a command line of feedpub there."""

    folder: Path
    run: object
    port: int = 8000
    status: int = 0
    servers: list[subprocess.Popen] = field(default_factory=list)
    commands: int = 0

    def through(self, text: str) -> None:
        """Do what ``text`` says."""
        text = text.replace(":8000", f":{self.port}")
        place = named = None
        for step in _STEP.finditer(text):
            if step["old"]:
                file = self.folder / step["changed"]
                before = file.read_text()
                assert step["old"] in before, step[0]
                file.write_text(before.replace(step["old"], step["new"]))
            elif step["file"]:
                place = step["file"], step["how"], step["line"]
            elif step["named"]:
                named = step["named"]
                end = step.end()
                continue
            elif step["language"] == "console":
                self._talk(step["text"])
            elif place:
                self._edit(*place, step["text"])
                place = None
            elif named and not text[end : step.start()].strip():
                file = self.folder / named
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(step["text"])
            named = None
        assert not self.status, "the last command failed, and nothing says so"

    def end(self) -> None:
        """Stop the servers."""
        for server in self.servers:
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=20)
        self.servers.clear()

    def _edit(self, name: str, how: str, wanted: str, text: str) -> None:
        file = self.folder / name
        lines = file.read_text().splitlines(keepends=True)
        at = next((n for n, line in enumerate(lines) if line.strip() == wanted), None)
        assert at is not None, f"{name} has no line {wanted}"
        lines[at : at + 1] = [lines[at], text] if how == "after" else [text]
        file.write_text("".join(lines))

    def _talk(self, text: str) -> None:
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            printed = self._do(command).replace("\n\n", "\n")
            wanted = [line.rstrip() for line in shown.splitlines() if line.strip() not in {"", "…"}]
            rest = iter(printed.splitlines())
            for line in wanted:
                assert any(_is_shown(other, line) for other in rest), f"$ {command}\n{line}\n---\n{printed}"

    def _do(self, command: str) -> str:
        self.commands += 1
        if command == "echo $?":
            said, self.status = f"{self.status}\n", 0
            return said
        assert not self.status, f"what is before {command} failed, and nothing says so"
        words = shlex.split(command)
        if words[:2] == ["feedpub", "serve"]:
            return self._serve(words[1:])
        if words[0] == "newsboat" and not shutil.which("newsboat"):
            return "\n".join(f"{n} unread articles" for n in range(9))
        if words[0] == "feedpub" and not set(command) & set("|><&;"):
            done = self.run(self.folder, *words[1:])
        else:
            done = subprocess.run(
                command,
                shell=True,
                cwd=self.folder,
                env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
        self.status = done.returncode
        return done.stdout + done.stderr

    def _serve(self, arguments: list[str]) -> str:
        command = [sys.executable, "-m", "feedpub", *arguments, "--port", str(self.port)]
        server = subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.servers.append(server)
        said = server.stdout.readline()
        for _ in range(100):
            with suppress(OSError), urllib.request.urlopen(f"http://localhost:{self.port}/") as page:
                assert page.status == 200
                break
            time.sleep(0.05)
        return said


def _is_shown(printed: str, line: str) -> bool:
    """Tell whether a printed line is the one on the page, whole or up to ``…``, with any spaces."""
    printed, line = (" ".join(text.split()) for text in (printed, line))
    return printed.startswith(line[:-1].rstrip()) if line.endswith("…") else printed == line


def free_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
