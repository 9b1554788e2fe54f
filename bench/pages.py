"""What a build costs whose site has a page for each article: time, memory and written files.

    python bench/pages.py [--articles 10000] [--feeds 20] [--archive 500] [--repeat 3]

Makes a corpus (``bench/corpus.py``) without addresses, so that each article has a page, for feeds with an archive, so
that no article leaves the site. Prints a table: the first build, two builds in which nothing changed (one that relies
on the note of the build before, and a full one), and one with a new article. Each runs in its own process, several
times; the median counts.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from build import Run, measure, write_config
from corpus import make

BUILD = [sys.executable, "-m", "feedpub", "build", "--quiet", "--jobs", "1"]
YOUNG = 2.1
"""Seconds for which a build does not trust the times of a file; see ``feedpub.publishing.early_exit``."""


def median(runs: list[Run]) -> Run:
    """Return the run with the median wall time."""
    return sorted(runs, key=lambda run: run.wall)[len(runs) // 2]


def repeated(times: int, prepare: Callable[[int], Path]) -> tuple[Run, Path]:
    """Build ``times`` times in the folders that ``prepare`` makes; return the median, and the last folder."""
    runs = []
    for number in range(times):
        folder = prepare(number)
        runs.append(measure(BUILD, folder))
    return median(runs), folder


def leave_note(folder: Path) -> None:
    """Build twice, so that there is a note: the first build may update the catalog, the second changes nothing."""
    for _ in range(2):
        time.sleep(YOUNG)
        measure(BUILD, folder)


def written(folder: Path, since: float) -> int:
    """Return the number of files in the output folder that were written after ``since``."""
    return sum(path.is_file() and path.stat().st_mtime >= since for path in (folder / "feeds").rglob("*"))


def forget_note(folder: Path) -> None:
    """Make the next build a full one."""
    for note in (folder / ".feedpub").glob("unchanged-*.json"):
        note.unlink()


def print_table(rows: list[tuple[str, Run, int]]) -> None:
    """Print a table of builds: label, run and number of written files."""
    print("| build | wall s | CPU s | peak MB | files written |")
    print("|---|---:|---:|---:|---:|")
    for label, run, files in rows:
        print(f"| {label} | {run.wall:.2f} | {run.cpu:.2f} | {run.memory:.0f} | {files:,} |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--feeds", type=int, default=20)
    parser.add_argument("--archive", type=int, default=500)
    parser.add_argument("--repeat", type=int, default=3, help="runs of each; the median is printed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        first = Path(name) / "site"
        make(first / "corpus", arguments.articles, arguments.feeds, 10)
        write_config(first, "corpus/**/*.txt", first / "corpus/rules.json")
        with (first / "config.yaml").open("a", encoding="utf-8") as config:
            config.write(f"  all: {{title: All}}\noutput: {{archive: {arguments.archive}}}\n")

        def copied(number: int) -> Path:
            folder = Path(name) / f"first-{number}"
            shutil.copytree(first, folder)
            return folder

        rows = []
        run, built = repeated(arguments.repeat, copied)
        pages = sum(1 for _ in (built / "feeds").rglob("*.html"))
        rows.append(("first", run, written(built, 0)))

        leave_note(built)

        def again(_: int) -> Path:
            return built

        rows.append(("unchanged, by the note", repeated(arguments.repeat, again)[0], 0))

        def without_note(_: int) -> Path:
            forget_note(built)
            return built

        rows.append(("unchanged, the whole way", repeated(arguments.repeat, without_note)[0], 0))

        # The corpus ends before the dates of these articles.
        began = time.time()

        def one_more(number: int) -> Path:
            story = f"One more, the {number}th of them\nIts text.\n2030-01-{number + 1:02} 10:00\n"
            (built / f"corpus/more-{number}.txt").write_text(story, encoding="utf-8")
            return built

        with (built / "config.yaml").open("a", encoding="utf-8") as config:
            config.write("guards: {future: publish}\n")
        rows.append(("one article added", repeated(arguments.repeat, one_more)[0], written(built, began)))
        last = rows.pop()
        rows.append((*last[:2], round(last[2] / arguments.repeat)))
    print(f"{arguments.articles:,} articles, {pages:,} pages, {arguments.feeds + 1} feeds, RSS and Atom\n")
    print_table(rows)


if __name__ == "__main__":
    main()
