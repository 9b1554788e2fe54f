"""What a build costs after a change, compared with a plain script that reads everything.

    python bench/changes.py [--corpus FOLDER] [--articles 100000] [--feeds 20] [--keywords 10] [--peer SCRIPT]

Makes a corpus (``bench/corpus.py``), unless --corpus names a folder with ``rules.json`` and texts. After each change,
runs ``feedpub build`` without pages, in its own process, and prints its CPU time and peak memory. Then does the same
with ``feedpub explain`` and ``feedpub report``. Runs the plain script first, unless there is --no-peer.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from build import BUILD, FEEDPUB, HERE, corpus_of, measure, options, write_site

LEFT_ALONE = 2.5
"""Seconds after which a build trusts the times of a file. Files that changed more recently are read again."""


def changes(folder: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield the name of each change, and a function that makes it."""
    texts = sorted((folder / "texts").glob("*.txt"))
    config = folder / "config.yaml"
    told = texts[-1].read_text(encoding="utf-8").split("\n\n")
    rules = json.loads((folder / "rules.json").read_text(encoding="utf-8"))["feeds"]
    terms = next(iter(rules.values()))

    def note() -> None:
        for found in (folder / "state").glob("unchanged-*"):
            found.unlink()

    yield "first build", lambda: None
    yield "nothing changed, the whole way", note
    yield "nothing changed", lambda: None
    yield "100 articles added", lambda: _write(folder / "texts" / "new.txt", told[:100])
    yield "a file edited", lambda: _write(texts[-1], told[:-1])
    yield "a file deleted", texts[0].unlink
    yield (
        "a rule of one feed changed",
        lambda: _replace(config, json.dumps(terms[0], ensure_ascii=False), '"the"'),
    )
    yield "all files touched", lambda: _touch(texts[1:])


def questions(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each command that reads the articles and publishes nothing, and its words."""
    text = min((folder / "texts").glob("*.txt"))
    yield "explain: one article", [*FEEDPUB, "explain", "--file", str(text), "--line", "1"]
    yield "report: all articles and terms", [*FEEDPUB, "report"]


def _write(file: Path, records: list[str]) -> None:
    file.write_text("\n\n".join(records) + "\n", encoding="utf-8")


def _touch(files: Iterable[Path]) -> None:
    for file in files:
        os.utime(file)


def _replace(file: Path, old: str, new: str) -> None:
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--peer", type=Path, default=HERE / "plain.py")
    parser.add_argument("--no-peer", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_site(folder, corpus_of(arguments, folder))
        peer = None
        if not arguments.no_peer:
            command = [
                sys.executable,
                str(arguments.peer.resolve()),
                f"{folder}/texts/*.txt",
                "rules.json",
                "peer",
            ]
            peer = measure(command, folder)
            print(f"{arguments.peer.name}: {peer.cpu:.1f} s\n")
        print("| change | CPU s | memory MB | times the peer |\n|---|---:|---:|---:|")
        for label, change in changes(folder):
            change()
            time.sleep(LEFT_ALONE)
            # Build twice: the second build leaves the note that nothing changed.
            command = [*BUILD, "--allow-vanished"]
            if label == "nothing changed":
                command = BUILD
                measure(command, folder)
            run = measure(command, folder)
            ratio = f"{peer.cpu / run.cpu:.0f}" if peer else ""
            print(f"| {label} | {run.cpu:.2f} | {run.memory:.0f} | {ratio} |", flush=True)
        measure(BUILD, folder)
        for label, command in questions(folder):
            run = measure(command, folder)
            print(f"| {label} | {run.cpu:.2f} | {run.memory:.0f} | |", flush=True)


if __name__ == "__main__":
    main()
