"""The first build of an archive goes through a whole history without keeping it in memory."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
BUILD = """
import os, re, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from feedpub.config import load_config
from feedpub.publishing.build import build
os.fsync = lambda _: None
body, start = " ".join(f"word{number}" for number in range(500)), datetime(2020, 1, 1)
with open("a.txt", "w") as file:
    for n in range(5000):
        file.write(f"Story {n}\\n{n} {body}\\n{start + timedelta(hours=n):%Y-%m-%d %H:%M}\\n")
Path("c.yaml").write_text('''
version: 1
site: {title: T, base_url: "https://x.test/", id_authority: "x.test,2020"}
sources: [{path: a.txt, timezone: UTC}]
feeds: {all: {title: All, archive: 100}}
''')
(feed,) = build(load_config(Path("c.yaml")), datetime(2025, 1, 1, tzinfo=UTC)).feeds
print(feed.entries + feed.archived)
# Not getrusage: its peak may be that of the process that started this one.
print(int(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1]) >> 10)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
def test_a_history_of_23_megabytes_of_text_is_archived_in_less_than_170(tmp_path):
    """Texts, elements and two formats in memory would take 250 MB and more."""
    run = subprocess.run(
        [sys.executable, "-c", BUILD], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    entries, peak = map(int, run.stdout.split())
    assert entries == 5000
    assert peak < 170
