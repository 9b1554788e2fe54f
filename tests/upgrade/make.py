"""Make the upgrade corpora: sites that a released version of feedpub published, for later ones to build over.

    python tests/upgrade/make.py PYTHON [CORPUS …]

PYTHON is the interpreter of an environment in which the released version is installed, as
``python -m venv old && old/bin/pip install -c constraints.txt 'feedpub[all] @ git+file://…@COMMIT'`` makes one.

``corpora/NAME/inputs`` holds the whole input of each build: the config, the sources, and in ``fetched`` the copies
of feeds from the web. This script runs the builds one after the other in one folder and keeps what they leave:
``feeds``, and the ledger as the SQL that makes it again, as the state folder itself is ignored by git. The clock and
the times of files are fixed, so a corpus that is made twice is the same.
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
    """Return the inputs of a corpus's builds, in their order."""
    return sorted((corpus / "inputs").iterdir())


def clock(number: int) -> datetime:
    """Return when the build of this number, from 1, ran."""
    return FIRST_BUILD + timedelta(days=number - 1)


def lay_out(inputs: Path, folder: Path, changed: datetime) -> None:
    """Make the config and the sources in ``folder`` those of ``inputs``, all of which ``changed`` then."""
    for path in folder.iterdir():
        if path.name not in ("feeds", ".feedpub"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.rmtree(folder / ".feedpub/fetched", ignore_errors=True)
    for path in inputs.iterdir():
        target = folder / (".feedpub/fetched" if path.name == "fetched" else path.name)
        shutil.copytree(path, target) if path.is_dir() else shutil.copyfile(path, target)
    set_times(folder, changed)


def set_times(folder: Path, changed: datetime) -> None:
    """Let all sources in ``folder``, and the folders they lie in, have ``changed`` then."""
    seconds = int(changed.timestamp())
    for path in (folder, *folder.rglob("*")):
        if "feeds" not in path.parts[len(folder.parts) :]:
            os.utime(path, (seconds, seconds))


def restore(corpus: Path, folder: Path, *, state: bool = True) -> None:
    """Put into ``folder`` what the corpus's last build left, with the ledger only if ``state``."""
    shutil.copytree(corpus / "feeds", folder / "feeds")
    if state:
        (folder / ".feedpub").mkdir(exist_ok=True)
        with closing(sqlite3.connect(folder / ".feedpub/ledger.sqlite")) as ledger:
            ledger.executescript((corpus / "ledger.sql").read_text(encoding="utf-8"))


def make(python: str, corpus: Path) -> None:
    """Build ``corpus`` with the feedpub of ``python``, and keep what it published and remembers."""
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
