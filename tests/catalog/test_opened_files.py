"""A build after which nothing changed opens no source file, as the operating system confirms."""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

FILES = 10_000
STORY = '{{"title": "Story {0}", "text": "Oak {0}", "date": "2023-10-09T{1:02}:{2:02}:00Z"}}\n'


def strace():
    """Return the path of strace, if it is installed and may trace other processes."""
    found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is not installed")
    if subprocess.run([found, "-f", "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace may not look at other processes here")
    return found


@pytest.mark.slow
def test_an_unchanged_build_of_ten_thousand_files_opens_none_of_them(tmp_path):
    program = strace()
    (tmp_path / "in").mkdir()
    for number in range(FILES):
        told = STORY.format(number, number // 60 % 24, number % 60)
        (tmp_path / "in" / f"{number:05}.jsonl").write_text(told)
    config = {
        "version": 1,
        "site": {"title": "T", "base_url": "https://x.test/f/", "id_authority": "x.test,2023"},
        "sources": [{"path": "in/*.jsonl"}],
        "feeds": {"all": {"title": "All"}, "oak": {"title": "Oak", "any": ["oak"]}},
        "output": {"pages": "off"},
    }
    (tmp_path / "config.yaml").write_text(json.dumps(config))
    build = [sys.executable, "-m", "feedpub", "build", "--quiet"]
    for _ in range(2):
        # Files that changed a moment ago are not trusted.
        time.sleep(2.2)
        subprocess.run(build, cwd=tmp_path, check=True)
    note = next((tmp_path / ".feedpub").glob("unchanged-*"))

    def opened():
        seen = tmp_path / "seen"
        told = ["-f", "-qq", "-s", "4096", "-e", "trace=open,openat,openat2", "-o", str(seen)]
        subprocess.run([program, *told, *build], cwd=tmp_path, check=True)
        return re.findall(r'open(?:at2?)?\([^"]*"([^"]*)"', seen.read_text())

    by_note = opened()
    note.unlink()
    by_catalog = opened()
    for names in (by_note, by_catalog):
        assert any(Path(name).name == "config.yaml" for name in names)
        assert not [name for name in names if Path(name).parent.name == "in"]
    assert len(by_note) < len(by_catalog)
