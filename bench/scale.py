"""What first builds cost by the number of articles and of reading processes, with an estimate for more articles.

    python bench/scale.py [--articles 10000 100000 1000000] [--processes 1 2] [--dask 1 2 4] [--corpora FOLDER]

Makes corpora (``bench/corpus.py``) and keeps them if there is a FOLDER. Runs first builds without pages, with each
number of processes, and with each number of workers in a Dask cluster on this machine (needs ``feedpub[dask]``). Prints
a table of them, and a second table that estimates 10 and 100 million articles from the cost of each further article
between the last two sizes. Linux only, because it waits for the processes that a build started.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from build import write_config
from corpus import make

SUBREAPER = 36
"""The option of ``prctl`` that makes a process the parent of processes that its children leave behind."""
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """The cost of a first build: seconds, peak memory of the build and of a reader in MB, bytes of its catalog."""

    articles: int
    size: int
    readers: str
    wall: float
    cpu: float
    others: float
    memory: float
    of_reader: float
    catalog: int


def run(command: list[str], folder: Path, workers: Iterable[int] = ()) -> tuple[float, ...]:
    """Return wall time, CPU time of the build and of its readers, and peak memory of the build and of a reader."""
    before = sum(map(_cpu_of, workers))
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, own = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    if status:
        raise SystemExit(f"{command} failed")
    others = sum(map(_cpu_of, workers)) - before
    memory = max(map(_memory_of, workers), default=0.0)
    # This process is now the parent of those that the build left behind, and gets their usage.
    while not workers:
        try:
            _, _, usage = os.wait4(-1, 0)
        except ChildProcessError:
            break
        others += usage.ru_utime + usage.ru_stime
        memory = max(memory, usage.ru_maxrss / 1024)
    return wall, own.ru_utime + own.ru_stime, others, own.ru_maxrss / 1024, memory


def _cpu_of(worker: int) -> float:
    parts = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / _TICKS


def _memory_of(worker: int) -> float:
    told = Path(f"/proc/{worker}/status").read_text()
    return int(told.partition("VmHWM:")[2].split()[0]) / 1024


@contextmanager
def cluster(workers: int, folder: Path) -> Iterator[tuple[str, list[int]]]:
    """Start a scheduler with ``workers`` workers; yield its address, and the ids of their processes."""
    told, log = folder / f"scheduler-{workers}.json", (folder / "dask.log").open("ab")
    dask = [sys.executable, "-m", "dask"]
    options = ["--scheduler-file", str(told), "--no-dashboard"]
    started = [
        subprocess.Popen(
            [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", *options], stdout=log, stderr=log
        )
    ]
    try:
        while not told.exists():
            time.sleep(0.1)
        for _ in range(workers):
            command = [*dask, "worker", *options, "--nthreads", "1", "--no-nanny"]
            started.append(subprocess.Popen(command, stdout=log, stderr=log))
        while (folder / "dask.log").read_text().count("Registered to") < workers:
            time.sleep(0.1)
        address = json.loads(told.read_text(encoding="utf-8"))["address"].replace("tcp://", "dask://")
        yield address, [process.pid for process in started[1:]]
    finally:
        for process in started:
            process.kill()
            process.wait()
        log.close()
        for file in (told, folder / "dask.log"):
            file.unlink(missing_ok=True)


def first_builds(articles: int, corpora: Path, work: Path, ways: argparse.Namespace) -> Iterator[Cost]:
    """Yield the cost of first builds with ``articles`` articles, for each way to read them."""
    corpus = corpora / str(articles)
    make(corpus, articles, 20, 10)
    size = sum(file.stat().st_size for file in (corpus / "texts").iterdir())
    write_config(work, f"{corpus}/texts/*.txt", corpus / "rules.json")
    config = work / "config.yaml"
    told = f"{config.read_text(encoding='utf-8')}output: {{dir: out, state: state, pages: off}}\n"
    config.write_text(told, encoding="utf-8")
    build = [sys.executable, "-m", "feedpub", "build", "--quiet"]

    def cost(readers: str, options: list[str], workers: Iterable[int] = ()) -> Cost:
        for name in ("out", "state"):
            shutil.rmtree(work / name, ignore_errors=True)
        found = run([*build, *options], work, workers)
        catalog = sum(file.stat().st_size for file in (work / "state").glob("catalog-*"))
        return Cost(articles, size, readers, *found, catalog)

    for number in ways.processes:
        yield cost(f"{number} process" + ("es" if number > 1 else ""), ["--jobs", str(number)])
    for number in ways.dask:
        with cluster(number, work) as (address, workers):
            # In the first build, the workers import their modules.
            cost("", ["--executor", address], workers)
            yield cost(f"Dask, {number}", ["--executor", address], workers)


def row(cost: Cost) -> str:
    """Return a row of the table."""
    return (
        f"| {cost.articles:,} | {cost.size / 1e6:.0f} | {cost.readers} | {cost.wall:.1f} | {cost.cpu:.1f} |"
        f" {cost.others:.1f} | {cost.memory:.0f} | {cost.of_reader:.0f} | {cost.catalog / 1e6:.0f} |"
    )


def foretold(smaller: Cost, larger: Cost) -> Iterator[str]:
    """Yield an estimate for more articles, from the cost of each further article between two builds."""
    more = larger.articles - smaller.articles

    def each(name: str) -> float:
        return float(getattr(larger, name) - getattr(smaller, name)) / more

    yield (
        f"Each further article ({larger.readers}): {each('others') * 1e6:.1f} µs of those who read,"
        f" {each('cpu') * 1e6:.1f} µs and {each('memory') * 1e6:.0f} bytes of the build, {each('catalog'):.0f} bytes of"
        " the catalog.\n"
    )
    yield "| articles | GB of text | reading, CPU minutes | build, CPU minutes | build, GB | catalog, GB |"
    yield "|---:|---:|---:|---:|---:|---:|"
    for articles in (10_000_000, 100_000_000):
        further = articles - larger.articles
        parts = [
            articles * larger.size / larger.articles / 1e9,
            (larger.others + further * each("others")) / 60,
            (larger.cpu + further * each("cpu")) / 60,
            (larger.memory + further * each("memory")) / 1e3,
            (larger.catalog + further * each("catalog")) / 1e9,
        ]
        yield f"| {articles:,} | {' | '.join(f'{part:.1f}' for part in parts)} |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--processes", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--dask", type=int, nargs="*", default=[], metavar="WORKERS")
    parser.add_argument("--corpora", type=Path, help="a folder for the corpora, which stay there")
    ways = parser.parse_args()
    ctypes.CDLL(None).prctl(SUBREAPER, 1)
    costs: list[Cost] = []
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        print(
            "| articles | MB | who reads | wall s | CPU s, build | CPU s, others | MB, build | MB, a reader"
            " | MB, catalog |\n|---:|---:|---|---:|---:|---:|---:|---:|---:|"
        )
        for articles in ways.articles:
            for cost in first_builds(articles, (ways.corpora or work).resolve(), work, ways):
                costs.append(cost)
                print(row(cost), flush=True)
    shared = [cost for cost in costs if cost.others]
    for last in shared[-1:]:
        for before in [cost for cost in shared if cost.readers == last.readers][-2:-1]:
            print()
            print("\n".join(foretold(before, last)))


if __name__ == "__main__":
    main()
