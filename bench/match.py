"""How fast articles are routed to feeds, compared with regular expressions: a table for docs/performance.md.

    python bench/match.py CORPUS.jsonl RULES.json… [--repeat 5] [--engines]

CORPUS has one article on each line ({"title": …, "body": …}), and each RULES file has {"feeds": {slug: [keyword, …]}}.
A row of the table is about one RULES file: all articles are routed on one core by ``RuleSet.route`` (folding, whole
words, choice of feeds), in several runs after a first one, of which the best counts. "ASCII" is the corpus without
other characters. In "scripts", every third article is in Cyrillic, Greek, accented or full-width letters, Chinese or
Korean. The peer is one compiled ``re`` alternation for each feed, with ``\\b`` and ``IGNORECASE``; it gets a part of
the articles that takes about as long. ``--engines`` compares the engines of the scanner, on ASCII.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from datetime import UTC, datetime
from pathlib import Path

from feedpub.articles.article import Article, Origin
from feedpub.core.yaml_node import Node, read_yaml
from feedpub.rules import compile_rules
from feedpub.rules import scanner as scan

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SCRIPTS = (
    "абцдефгхийклмнопярстувшхуз",
    "αβψδεφγηιξκλμνοπρρστθωωχυζ",
    "àbçdéfghíjklmñôpqrštúvwxýž",
    "\uff41\uff42\uff43\uff44\uff45\uff46\uff47\uff48\uff49\uff4a\uff4b\uff4c\uff4d\uff4e\uff4f\uff50\uff51\uff52\uff53\uff54\uff55\uff56\uff57\uff58\uff59\uff5a",
    "日月火水木金土山川田人口目耳手足力男女子大小中上下左",
    "가나다라마바사아자차카타파하거너더러머버서어저처커터",
)


def articles(pairs):
    return [
        Article(str(n), title, body, LONG_AGO, Origin("bench", 1, 1)) for n, (title, body) in enumerate(pairs)
    ]


def in_ascii(text):
    return text.encode("ascii", "ignore").decode()


def in_scripts(pairs):
    tables = [str.maketrans(LETTERS + LETTERS.upper(), script + script.upper()) for script in SCRIPTS]
    for number, pair in enumerate(pairs):
        table = tables[number // 3 % len(tables)]
        yield tuple(text.translate(table) for text in pair) if number % 3 == 0 else pair


def compiled(feeds):
    source = {slug: {"any": keywords} for slug, keywords in feeds.items()}
    node: Node = read_yaml(json.dumps(source, ensure_ascii=False).encode(), "bench")
    began = time.perf_counter()
    rules = compile_rules(node.mapping(), None, None)
    # Engines are made when the first text needs them.
    for first in articles([("a", ""), ("我", "")]):
        rules.route(first)
    return rules, time.perf_counter() - began


def timed(function, items, repeat):
    """Return the speed of the best of several runs, and that of the run before them, in MB of UTF-8 per second."""
    size = sum(len(a.title.encode()) + len(a.body.encode()) for a in items) / 1e6
    runs = []
    for _ in range(repeat + 1):
        began = time.process_time()
        for item in items:
            function(item)
        runs.append(time.process_time() - began)
    return size / min(runs[1:]), size / runs[0]


def naive(feeds):
    patterns = [
        re.compile(r"\b(" + "|".join(map(re.escape, keywords)) + r")\b", re.IGNORECASE)
        for keywords in feeds.values()
    ]
    return lambda a: [n for n, pattern in enumerate(patterns) if pattern.search(f"{a.title}\n{a.body}")]


def compare_engines(rules_files, plain, repeat):
    print("| terms | RE2 set | first run | Aho-Corasick, full | first run | contiguous | first run |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for path in rules_files:
        feeds = json.loads(path.read_text(encoding="utf-8"))["feeds"]
        cells = []
        for many, full in ((1 << 30, 0), (0, 1 << 30), (0, 0)):
            scan.MOST_FOR_RE2, scan.MOST_FOR_FULL = many, full
            rules, _ = compiled(feeds)
            cells += [f"{speed:.0f} MB/s" for speed in timed(rules.route, plain, repeat)]
        print(f"| {sum(map(len, feeds.values())):,} | {' | '.join(cells)} |", flush=True)


def compare_ways(rules_files, pairs, plain, repeat):
    mixed, scripts = articles(pairs), articles(in_scripts(pairs))
    print("| terms | feeds | set-up | ASCII | first run | as it is | scripts | `re` a feed | times faster |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for path in rules_files:
        feeds = json.loads(path.read_text(encoding="utf-8"))["feeds"]
        terms = sum(map(len, feeds.values()))
        rules, setup = compiled(feeds)
        ascii_, cold = timed(rules.route, plain, repeat)
        as_is, _ = timed(rules.route, mixed, repeat)
        in_many, _ = timed(rules.route, scripts, repeat)
        peer, _ = timed(naive(feeds), plain[:: max(1, terms // 20)], 1)
        print(
            f"| {terms:,} | {len(feeds):,} | {setup:.3f} s | {ascii_:.0f} MB/s | {cold:.0f} MB/s | {as_is:.0f} MB/s "
            f"| {in_many:.0f} MB/s | {peer:.2f} MB/s | {ascii_ / peer:.0f} |",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("rules", type=Path, nargs="+")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--engines", action="store_true")
    arguments = parser.parse_args()
    with arguments.corpus.open(encoding="utf-8") as lines:
        pairs = [(a["title"], a["body"]) for a in map(json.loads, lines)]
    plain = articles([tuple(map(in_ascii, pair)) for pair in pairs])
    if arguments.engines:
        compare_engines(arguments.rules, plain, arguments.repeat)
    else:
        compare_ways(arguments.rules, pairs, plain, arguments.repeat)


if __name__ == "__main__":
    main()
