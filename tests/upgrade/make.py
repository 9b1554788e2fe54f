"""Make the upgrade corpora: sites that a released version of feedpub published, over which later versions build.

    python tests/upgrade/make.py PYTHON [CORPUS …]

PYTHON is the interpreter of an environment with the released version, which you make with
``python -m venv old && old/bin/pip install -c constraints.txt 'feedpub[all] @ git+file://…@COMMIT'``.

``corpora/NAME/inputs`` has the complete input of each build: the config, the sources, and in ``fetched`` the copies of
feeds from the web. This script runs the builds one after the other in one folder and keeps the results: ``feeds``, and
the ledger as SQL, because git ignores the state folder. The clock and the times of files are fixed, so that a corpus is
always the same.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

CORPORA = Path(__file__).resolve().parent / "corpora"
FIRST_BUILD = datetime(2025, 1, 1, 12, tzinfo=UTC)
BUILD = """
import sys
from datetime import datetime
from pathlib import Path
from feedpub.config import load_config
try:
    from feedpub import build
except ImportError:  # 0.1.0
    from feedpub.pipeline import build
build(load_config(Path(sys.argv[1])), datetime.fromisoformat(sys.argv[2]))
"""


def builds(corpus: Path) -> list[Path]:
    """Return the inputs of a corpus's builds, in order."""
    return sorted((corpus / "inputs").iterdir())


def clock(number: int) -> datetime:
    """Return the time of the build with this number, from 1."""
    return FIRST_BUILD + timedelta(days=number - 1)


def lay_out(inputs: Path, folder: Path, changed: datetime) -> None:
    """Copy config and sources from ``inputs`` to ``folder``, all with the time ``changed``."""
    for path in folder.iterdir():
        if path.name not in ("feeds", ".feedpub"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.rmtree(folder / ".feedpub/fetched", ignore_errors=True)
    for path in inputs.iterdir():
        target = folder / (".feedpub/fetched" if path.name == "fetched" else path.name)
        shutil.copytree(path, target) if path.is_dir() else shutil.copyfile(path, target)
    set_times(folder, changed)


def set_times(folder: Path, changed: datetime) -> None:
    """Give all sources in ``folder``, and their folders, the time ``changed``."""
    seconds = int(changed.timestamp())
    for path in (folder, *folder.rglob("*")):
        if "feeds" not in path.parts[len(folder.parts) :]:
            os.utime(path, (seconds, seconds))


def restore(corpus: Path, folder: Path, *, state: bool = True) -> None:
    """Restore in ``folder`` what the corpus's last build left; the ledger only with ``state``."""
    shutil.copytree(corpus / "feeds", folder / "feeds")
    if state:
        (folder / ".feedpub").mkdir(exist_ok=True)
        with closing(sqlite3.connect(folder / ".feedpub/ledger.sqlite")) as ledger:
            ledger.executescript((corpus / "ledger.sql").read_text(encoding="utf-8"))


def make(python: str, corpus: Path) -> None:
    """Build ``corpus`` with the feedpub of ``python``, and keep its output and its ledger."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        for number, inputs in enumerate(builds(corpus), 1):
            lay_out(inputs, folder, clock(number) - timedelta(hours=2))
            command = [python, "-c", BUILD, str(folder / "config.yaml"), clock(number).isoformat()]
            subprocess.run(command, check=True)
        shutil.rmtree(corpus / "feeds", ignore_errors=True)
        shutil.copytree(folder / "feeds", corpus / "feeds")
        with closing(sqlite3.connect(folder / ".feedpub/ledger.sqlite")) as ledger:
            (version,) = ledger.execute("PRAGMA user_version").fetchone()
            lines = [*ledger.iterdump(), f"PRAGMA user_version = {version};"]
        (corpus / "ledger.sql").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[2:] or sorted(path.name for path in CORPORA.iterdir()):
        make(sys.argv[1], CORPORA / name)
