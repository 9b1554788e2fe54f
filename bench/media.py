"""How long a build with a picture for each article takes, and how many files it writes.

    python bench/media.py [--articles 10000] [--kilobytes 30] [--repeat 3]

Makes Markdown files, each with a picture beside it, for a feed with an archive, so that all are published. Prints a
table: the first build, a full build in which nothing changed, and one in which a picture changed. Each runs in its own
process; all but the first are medians of several runs.
"""

from __future__ import annotations

import argparse
import random
import struct
import tempfile
import time
import zlib
from pathlib import Path

from build import measure
from pages import BUILD, forget_note, leave_note, print_table, repeated, written

CONFIG = """\
version: 1
site: {title: T, base_url: "https://quay.news/", id_authority: "quay.news,2024"}
sources: [{path: "posts/*.md", timezone: UTC}]
feeds: {all: {title: All}}
output: {archive: 500}
"""


def picture(seed: int, size: int) -> bytes:
    """Return a PNG (RFC 2083) with random pixels and about ``size`` bytes, a different one for each seed."""
    noise = random.Random(seed).randbytes(size)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", size - 1, 1, 8, 0, 0, 0, 0)
    data = zlib.compress(b"\0" + noise[1:], 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--kilobytes", type=int, default=30, help="the size of each picture")
    parser.add_argument(
        "--repeat", type=int, default=3, help="runs of each but the first; the median is printed"
    )
    arguments = parser.parse_args()
    size = arguments.kilobytes << 10
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "posts").mkdir()
        (folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
        for number in range(arguments.articles):
            day = f"{1990 + number // 336}-{number // 28 % 12 + 1:02}-{number % 28 + 1:02}"
            text = f"---\ntitle: Story {number}\ndate: {day}\n---\n![Picture]({number}.png)\n\nIts text.\n"
            (folder / f"posts/{number}.md").write_text(text, encoding="utf-8")
            (folder / f"posts/{number}.png").write_bytes(picture(number, size))
        time.sleep(2.1)
        rows = [("first", measure(BUILD, folder), written(folder, 0))]
        leave_note(folder)

        def without_note(_: int) -> Path:
            forget_note(folder)
            return folder

        began = time.time()
        rows.append(
            ("unchanged, the whole way", repeated(arguments.repeat, without_note)[0], written(folder, began))
        )

        def other(number: int) -> Path:
            nonlocal began
            newest = arguments.articles - 1
            (folder / f"posts/{newest}.png").write_bytes(picture(-1 - number, size))
            began = time.time()
            return folder

        run = repeated(arguments.repeat, other)[0]
        rows.append(("one picture changed", run, written(folder, began)))
    print(f"{arguments.articles:,} articles with a picture of {arguments.kilobytes} KB each, RSS and Atom\n")
    print_table(rows)


if __name__ == "__main__":
    main()
