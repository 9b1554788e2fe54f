"""What a day of cron costs: a build every ten minutes, some with news, compared with builds that read everything.

    python bench/day.py [--corpus FOLDER] [--articles 100000] [--builds 144] [--news 20]

Makes a corpus (``bench/corpus.py``), unless --corpus names a folder with ``rules.json`` and texts. Each build runs in
its own process, without pages; the first one is not counted. A build with news gets a file with five articles. Prints
the sum, and an estimate for as many builds with ``--no-cache``, from one such build.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from build import BUILD, corpus_of, measure, options, write_site
from changes import LEFT_ALONE

_ARTICLES = 5


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--builds", type=int, default=144)
    parser.add_argument("--news", type=int, default=20, help="how many of the builds find new articles")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_site(folder, corpus_of(arguments, folder))
        # The articles of the last file arrive during the day.
        last = max((folder / "texts").iterdir())
        coming = last.read_text(encoding="utf-8").split("\n\n")
        last.unlink()
        time.sleep(LEFT_ALONE)
        measure(BUILD, folder)
        quiet, news = [], []
        with_news = {round(number * arguments.builds / arguments.news) for number in range(arguments.news)}
        for number in range(arguments.builds):
            if number in with_news:
                told, coming = coming[:_ARTICLES], coming[_ARTICLES:]
                file = folder / "texts" / f"day-{number:03}.txt"
                file.write_text("\n\n".join(told) + "\n", encoding="utf-8")
                time.sleep(LEFT_ALONE)
            (news if number in with_news else quiet).append(measure(BUILD, folder).cpu)
        everything = measure([*BUILD, "--no-cache"], folder).cpu
    print("| builds | CPU s |\n|---|---:|")
    print(f"| {len(quiet)} that found nothing | {sum(quiet):.1f} |")
    print(f"| {len(news)} with news | {sum(news):.1f} |")
    print(f"| the day | {sum(quiet) + sum(news):.1f} |")
    print(
        f"| {arguments.builds} with --no-cache, worked out from one | {everything * arguments.builds:.0f} |"
    )


if __name__ == "__main__":
    main()
