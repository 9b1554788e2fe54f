"""What a build costs grows with what it is given, and no faster: n, 2 n and 4 n articles."""

import os
import resource
import subprocess
import sys
from itertools import pairwise

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.environ.get("FEEDPUB_SWEEP"), reason="growth is measured by python3 run.py sweep"
    ),
]

N = 4_000
# Twice as much may cost twice as much, and somewhat more, as tables of hashes and sorts do.
MOST = 2.6
KINDS = {
    "csv": ("all: {title: All}", "[rss, atom]"),
    "archives": ("all: {title: All}", "[rss, atom], archive: 500"),
    "near-duplicates": ("all: {title: All, max_items: 1000, dedup: {near: 80%}}", "[rss]"),
}


def seconds(folder, times=5):
    """The best of some builds, in seconds of CPU, each from nothing and in a process of its own."""
    best = float("inf")
    for _ in range(times):
        subprocess.run(["rm", "-rf", "feeds", ".feedpub"], cwd=folder, check=True)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "feedpub", "build", "--quiet"], cwd=folder, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return best


@pytest.mark.parametrize("kind", KINDS)
def test_twice_the_articles_cost_about_twice_as_much(kind, tmp_path, figures):
    feeds, output = KINDS[kind]
    (tmp_path / "config.yaml").write_text(
        'version: 1\nsite: {title: T, base_url: "https://quay.news/", id_authority: "quay.news,2024"}\n'
        f"sources: [{{path: a.csv, timezone: UTC}}]\nfeeds: {{{feeds}}}\noutput: {{formats: {output}}}\n"
    )
    (tmp_path / "a.csv").write_text("title,body,date\n")
    idle = seconds(tmp_path)
    found = []
    for count in (N, 2 * N, 4 * N):
        rows = (
            f"Story {n} of the quay,The {n % 97} boats of day {n} met {n * 7919 % 10007} people.,"
            f"20{n // 8640 + 10:02}-{n // 720 % 12 + 1:02}-{n // 24 % 28 + 1:02} {n % 24:02}:00"
            for n in range(count)
        )
        (tmp_path / "a.csv").write_text("title,body,date\n" + "\n".join(rows) + "\n")
        found.append(seconds(tmp_path) - idle)
    ratios = [later / earlier for earlier, later in pairwise(found)]
    figures(
        f"growth, {kind}: {', '.join(f'{s:.2f} s' for s in found)} of CPU for {N:,}, {2 * N:,}, {4 * N:,} articles"
    )
    assert min(found) > 0.05
    assert max(ratios) < MOST, found
