"""How fast a whole build is and how much memory it needs, compared with a plain script.

    python bench/build.py [--articles 100000] [--feeds 20] [--keywords 10] [--peer SCRIPT] [--corpus FOLDER]

Makes a corpus (``bench/corpus.py``), unless --corpus names a folder with ``rules.json`` and texts. Runs the peer and
``feedpub build`` on it, each in its own process, and prints wall time, CPU time and peak memory. The peer is
``bench/plain.py`` by default; any peer gets the arguments 'GLOB' RULES OUT.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from corpus import make

HERE = Path(__file__).resolve().parent
FEEDPUB = [sys.executable, "-m", "feedpub"]
BUILD = [*FEEDPUB, "build", "--quiet", "--jobs", "1"]


@dataclass(frozen=True)
class Run:
    """The cost of one process: seconds of wall and CPU time, and peak resident memory in MB."""

    wall: float
    cpu: float
    memory: float


def measure(command: list[str], folder: Path) -> Run:
    """Run ``command`` in ``folder`` and measure only its process, without processes that outlive it."""
    # An installed program has compiled modules.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    if status:
        raise SystemExit(f"{command} failed")
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale)


def write_config(folder: Path, texts: str, rules: Path) -> None:
    """Write a config of feedpub with the rules."""
    feeds = json.loads(rules.read_text(encoding="utf-8"))["feeds"]
    lines = ["version: 1"]
    lines.append('site: {title: Bench, base_url: "http://localhost/", id_authority: "example.org,2023"}')
    lines.append(
        f"sources: [{{path: {json.dumps(texts)}, timezone: UTC, boilerplate: ['You Might Like...']}}]"
    )
    lines.append("feeds:")
    lines += [
        f"  {name}: {{title: {name}, any: {json.dumps(terms, ensure_ascii=False)}}}"
        for name, terms in feeds.items()
    ]
    (folder / "config.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_site(folder: Path, corpus: Path) -> None:
    """Copy a corpus into ``folder``/texts, where it may be changed, and write a config without pages."""
    (folder / "texts").mkdir()
    for text in sorted(corpus.rglob("*.txt")):
        shutil.copy(text, folder / "texts")
    shutil.copy(corpus / "rules.json", folder)
    write_config(folder, "texts/*.txt", folder / "rules.json")
    with (folder / "config.yaml").open("a", encoding="utf-8") as config:
        config.write("output: {dir: out, state: state, pages: off}\n")


def options(description: str | None) -> argparse.ArgumentParser:
    """Return a parser with the options for the corpus."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--feeds", type=int, default=20)
    parser.add_argument("--keywords", type=int, default=10)
    parser.add_argument("--corpus", type=Path, help="a folder with rules.json and text files, at any depth")
    return parser


def corpus_of(arguments: argparse.Namespace, folder: Path) -> Path:
    """Return the folder of the corpus that the options name; without one, make it in ``folder``."""
    if arguments.corpus:
        return Path(arguments.corpus).resolve()
    make(folder / "corpus", arguments.articles, arguments.feeds, arguments.keywords)
    return folder / "corpus"


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--peer", type=Path, default=HERE / "plain.py")
    parser.add_argument("--repeat", type=int, default=3, help="runs of feedpub; the median is printed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = corpus_of(arguments, folder)
        texts = sorted(corpus.rglob("*.txt"))
        pattern, size = f"{texts[0].parent}/*.txt", sum(text.stat().st_size for text in texts) / 1e6
        write_config(folder, pattern, corpus / "rules.json")
        peer = measure(
            [sys.executable, str(arguments.peer.resolve()), pattern, str(corpus / "rules.json"), "peer"],
            folder,
        )
        runs = []
        for number in range(arguments.repeat):
            out = ["--config", f"config-{number}.yaml"]
            config = (folder / "config.yaml").read_text(encoding="utf-8")
            (folder / out[1]).write_text(
                f"{config}output: {{dir: out-{number}, state: state-{number}}}\n", encoding="utf-8"
            )
            runs.append(measure([*BUILD, *out], folder))
        ours = sorted(runs, key=lambda run: run.wall)[len(runs) // 2]
        again = measure([*BUILD, "--config", "config-0.yaml"], folder)
        print(f"{size:.0f} MB of text, {len(list((folder / 'out-0').glob('*.rss')))} feeds, RSS and Atom\n")
        print("| program | wall s | CPU s | memory MB | MB/s | times the peer |")
        print("|---|---|---|---|---|---|")
        for label, run in (
            (arguments.peer.name, peer),
            ("feedpub build", ours),
            ("feedpub build, nothing new", again),
        ):
            speeds = f"{size / run.wall:.0f} | {peer.wall / run.wall:.1f}"
            print(f"| {label} | {run.wall:.2f} | {run.cpu:.2f} | {run.memory:.0f} | {speeds} |")


if __name__ == "__main__":
    main()
