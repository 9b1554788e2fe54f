"""Memory does not grow with a file: a small process reads hundreds of megabytes of each line format."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
# A pipe that repeats one piece; the reader prints its peak memory in megabytes.
READER = """
import re, sys
from pathlib import Path
from feedpub.core.yaml_node import read_yaml
from feedpub.config.sources import parse_source
from feedpub.sources.spec import ParseContext
from feedpub.sources.readers import reader
class Endless:
    marked = False
    def __init__(self, piece, size, head=b""): self.piece, self.left, self.rest = piece, size, head
    def read(self, size=-1, /):
        if self.left <= 0: return b""
        if len(self.rest) < size: self.rest += self.piece * (size // len(self.piece) + 1)
        taken, self.rest = self.rest[:size], self.rest[size:]
        self.left -= len(taken)
        return taken
spec = parse_source(read_yaml(b"path: x\\ntimezone: UTC\\nboilerplate: You Might Like", "c.yaml"), Path())
stream = Endless(eval(sys.argv[2]), int(sys.argv[3]) << 20, sys.argv[4].encode())
count = sum(1 for _ in reader(sys.argv[1], "x").read(stream, ParseContext(spec, "x", "e,2023")))
# Not getrusage: its peak may be that of the process that started this one.
peak = re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())
print(count, int(peak[1]) >> 10)
"""
EXPORT = '<rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>T</title>'
ITEM = (
    b"<item><title>A</title><link>https://x.test/a</link><pubDate>Mon, 09 Oct 2023 14:25:00 GMT</pubDate>"
    b"<wp:post_type>post</wp:post_type><description>" + b"word " * 400 + b"</description></item>\n"
)
CASES = [
    ("text", "b'Title\\nBody ' + b'word ' * 400 + b'\\n2023-10-09 14:25\\n'", 32),
    ("text", "b'word '", 100),
    ("text", "b'\\n'", 6),
    ("text", "b'line\\n'", 16),
    ("jsonl", 'b\'{"title":"A","date":"2023-10-09","body":"\' + b\'word \' * 400 + b\'"}\\n\'', 64),
    ("jsonl", "b'{'", 100),
    ("json", 'b\'[{"title":"A","date":"2023-10-09","body":"\' + b\'word \' * 400 + b\'"},\\n\'', 64),
    ("json", "b'[{\"'", 64),
    ("csv", "b'title,body,date\\nA,B ' + b'word ' * 400 + b',2023-10-09\\n'", 16),
    ("csv", "b'\"title,'", 100),
    ("markdown", "b'word '", 100),
    ("feed", repr(ITEM), 32),
    ("feed", "b'<item>'", 20),
    ("feed", "b'word '", 100),
    ("feed", "b'quoted '", 100),
]
# The sweep measures the others; one of each format shows most.
FIRST = {name: piece for name, piece, _ in reversed(CASES)}
HEADS = {"b'quoted '": f"{EXPORT}<item><![CDATA[", repr(ITEM): EXPORT}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
@pytest.mark.parametrize(("name", "piece", "megabytes"), CASES)
def test_memory_is_bounded(name, piece, megabytes):
    """The process stays below 150 MB, however long the file, its lines or its records are."""
    if FIRST[name] != piece and not os.environ.get("FEEDPUB_SWEEP"):
        pytest.skip("memory of odd files is measured by python3 run.py sweep growth")
    run = subprocess.run(
        [sys.executable, "-c", READER, name, piece, str(megabytes), HEADS.get(piece, "")],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    items, peak = map(int, run.stdout.split())
    assert items >= 1
    assert peak < 150
