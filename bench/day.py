"""What a day of cron costs: a build every ten minutes, some of which find news, beside builds that read everything.

    python bench/day.py [--corpus FOLDER] [--articles 100000] [--builds 144] [--news 20]

Makes a corpus (``bench/corpus.py``) unless --corpus names one that has ``rules.json`` and texts. A first build is not
counted. Before each build that finds news, a file with five articles comes in. Each build runs as a process of its own,
pages off. Beside the sum, that of as many builds with ``--no-cache`` is printed, worked out from one.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

from build import measure, write_config
from changes import LEFT_ALONE
from corpus import make

_ARTICLES = 5


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--feeds", type=int, default=20)
    parser.add_argument("--keywords", type=int, default=10)
    parser.add_argument("--corpus", type=Path, help="a folder with rules.json and text files, at any depth")
    parser.add_argument("--builds", type=int, default=144)
    parser.add_argument("--news", type=int, default=20, help="how many of the builds find new articles")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = (arguments.corpus or folder / "corpus").resolve()
        if not arguments.corpus:
            make(corpus, arguments.articles, arguments.feeds, arguments.keywords)
        (folder / "texts").mkdir()
        *texts, last = sorted(corpus.rglob("*.txt"))
        for text in texts:
            shutil.copy(text, folder / "texts")
        # Its articles come in during the day.
        coming = last.read_text(encoding="utf-8").split("\n\n")
        write_config(folder, "texts/*.txt", corpus / "rules.json")
        config = folder / "config.yaml"
        output = "output: {dir: out, state: state, pages: off}\n"
        config.write_text(config.read_text(encoding="utf-8") + output, encoding="utf-8")
        build = [sys.executable, "-m", "feedpub", "build", "--quiet", "--jobs", "1"]
        time.sleep(LEFT_ALONE)
        measure(build, folder)
        quiet, news = [], []
        with_news = {round(number * arguments.builds / arguments.news) for number in range(arguments.news)}
        for number in range(arguments.builds):
            if number in with_news:
                told, coming = coming[:_ARTICLES], coming[_ARTICLES:]
                file = folder / "texts" / f"day-{number:03}.txt"
                file.write_text("\n\n".join(told) + "\n", encoding="utf-8")
                time.sleep(LEFT_ALONE)
            (news if number in with_news else quiet).append(measure(build, folder).cpu)
        everything = measure([*build, "--no-cache"], folder).cpu
    print("| builds | CPU s |\n|---|---:|")
    print(f"| {len(quiet)} that found nothing | {sum(quiet):.1f} |")
    print(f"| {len(news)} with news | {sum(news):.1f} |")
    print(f"| the day | {sum(quiet) + sum(news):.1f} |")
    print(
        f"| {arguments.builds} with --no-cache, worked out from one | {everything * arguments.builds:.0f} |"
    )


if __name__ == "__main__":
    main()
