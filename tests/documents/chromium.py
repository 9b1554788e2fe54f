"""Debian's Chromium over a pipe, with its protocol (https://chromedevtools.github.io/devtools-protocol/)."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def _axe() -> Path | None:
    folders = [
        *os.environ.get("NODE_PATH", "").split(os.pathsep),
        "/usr/lib/node_modules",
        "/usr/local/lib/node_modules",
    ]
    files = [
        Path(folder) / "axe-core/axe.min.js" for folder in (*filter(None, folders), ROOT / "node_modules")
    ]
    return next((file for file in files if file.is_file()), None)


AXE = _axe()
"""The script of axe-core, as ``npm install --global axe-core`` puts it there."""


class Tab:
    """One page in a browser without a window."""

    def __init__(self, commands: RawIOBase, answers: RawIOBase) -> None:
        self._commands = commands
        self._answers = answers
        self._rest = b""
        self._number = 0
        self._session: str | None = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.requests: list[str] = []
        self.messages: list[str] = []
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> Any:
        """Return the browser's answer to a command."""
        self._number += 1
        asked = {"id": self._number, "method": method, "params": params}
        if self._session:
            asked["sessionId"] = self._session
        self._commands.write(json.dumps(asked).encode() + b"\0")
        while True:
            said = self._next()
            if said.get("id") == self._number:
                assert "error" not in said, said
                return said["result"]

    def _next(self) -> Any:
        while b"\0" not in self._rest:
            read = self._answers.read(1 << 20)
            assert read, "the browser has ended"
            self._rest += read
        line, _, self._rest = self._rest.partition(b"\0")
        said = json.loads(line)
        if said.get("method") == "Network.requestWillBeSent":
            self.requests.append(said["params"]["request"]["url"])
        if said.get("method") == "Log.entryAdded":
            self.messages.append(said["params"]["entry"]["text"])
        return said

    def show(self, address: str, *, width: int = 1280, dark: bool = False, height: int = 900) -> None:
        """Load a page, and wait until it is complete."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        self.call("Page.navigate", url=address)
        while self._next().get("method") != "Page.loadEventFired":
            pass

    def run(self, script: str) -> Any:
        """Return the value of an expression in the page; wait if it is a promise."""
        done = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def press(self, key: str) -> None:
        """Press and release a key."""
        codes = {"Tab": 9, "Enter": 13}
        for kind in ("rawKeyDown", "char", "keyUp") if key == "Enter" else ("rawKeyDown", "keyUp"):
            text = {"text": "\r"} if kind == "char" else {}
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=codes[key],
                **text,
            )

    def picture(self, file: Path) -> None:
        """Write a picture of the whole page."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        file.write_bytes(base64.b64decode(data))


# The browser reads commands from 3 and answers on 4. Those may be in use, even by the pipes themselves.
_LAUNCH = """
import os, sys
down, up = (os.dup(os.dup(int(number))) for number in sys.argv[1:3])
os.dup2(down, 3)
os.dup2(up, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


@contextmanager
def open_tab(home: Path) -> Iterator[Tab]:
    """Start the browser with its own profile in ``home``."""
    assert CHROMIUM
    down, commands = os.pipe()
    answers, up = os.pipe()
    options = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--user-data-dir={home}",
    ]
    line = [CHROMIUM, *options, "--remote-debugging-pipe", "about:blank"]
    with (
        os.fdopen(commands, "wb", buffering=0) as writing,
        os.fdopen(answers, "rb", buffering=0) as reading,
        subprocess.Popen(
            [sys.executable, "-c", _LAUNCH, str(down), str(up), *line],
            pass_fds=(down, up),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as browser,
    ):
        os.close(down)
        os.close(up)
        try:
            yield Tab(writing, reading)
        finally:
            browser.kill()
