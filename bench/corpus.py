"""An invented corpus of news, of any size: text records and keyword rules. The same options make the same corpus.

    python bench/corpus.py FOLDER --articles 100000 --feeds 20 --keywords 10

writes FOLDER/texts/NNNN.txt (a thousand records each) and FOLDER/rules.json ({"feeds": {name: [keyword, …]}}).
Words are made of invented syllables and follow Zipf's law; some are accented, Cyrillic, Greek or CJK. The lengths of
bodies are log-normal, as at a news agency, with a mean of about 1,700 characters.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from datetime import datetime, timedelta
from pathlib import Path

VOWELS = ["a", "e", "i", "o", "u", "a", "e", "i", "o", "u", "é", "ü", "ø", "å"]
CONSONANTS = [
    "b",
    "d",
    "f",
    "g",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "z",
    "st",
    "tr",
    "kl",
    "br",
    "gl",
    "sh",
]
FOREIGN = [
    "Киев",
    "Москва",
    "Αθήνα",
    "Łódź",
    "İzmir",
    "straße",
    "São",
    "東京",
    "北京",
    "서울",
    "naïve",
    "façade",
]
PER_FILE = 1000


def vocabulary(rng: random.Random, size: int = 30_000) -> list[str]:
    """Return ``size`` different words; some are names, some foreign."""
    words = dict.fromkeys(FOREIGN)
    while len(words) < size:
        word = "".join(
            rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(rng.choice((1, 2, 2, 3, 3, 4)))
        )
        words[word.capitalize() if rng.random() < 0.2 else word] = None
    shuffled = list(words)
    rng.shuffle(shuffled)
    return shuffled


def sentences(rng: random.Random, words: list[str], count: int = 40_000) -> list[str]:
    """Return sentences in which words are as frequent as their rank says."""
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(len(words))))
    made = []
    for _ in range(count):
        text = " ".join(rng.choices(words, cum_weights=weights, k=max(4, int(rng.gauss(18, 7)))))
        made.append(f"{text[0].upper()}{text[1:]}.")
    return made


def write_texts(folder: Path, articles: int, rng: random.Random, pool: list[str]) -> None:
    """Write the records, a thousand in each file."""
    folder.mkdir(parents=True, exist_ok=True)
    start = datetime(2022, 1, 1)  # noqa: DTZ001 - the records carry no zone
    for number in range(0, articles, PER_FILE):
        records = []
        for _ in range(min(PER_FILE, articles - number)):
            target, body = min(30_000, rng.lognormvariate(6.4, 1.4)), [rng.choice(pool)]
            while sum(map(len, body)) < target:
                body += rng.choices(pool, k=1 + int(target / 400))
            time = start + timedelta(minutes=rng.randrange(2 * 365 * 1440))
            title = rng.choice(pool)[:90].rstrip(". ")
            records.append(f"{title}\n{' '.join(body)}\n{time:%Y-%m-%d %H:%M}\n")
        (folder / f"{number // PER_FILE:04}.txt").write_text("".join(records), encoding="utf-8")


def write_rules(
    file: Path, feeds: int, keywords: int, rng: random.Random, words: list[str], pool: list[str]
) -> None:
    """Write rules with single words, rare and common, and with phrases that occur."""
    rules = {}
    for feed in range(feeds):
        terms: dict[str, None] = {}
        while len(terms) < keywords:
            if rng.random() < 0.7:
                terms[words[int(10 ** rng.uniform(2, 4))].lower()] = None
            else:
                parts = rng.choice(pool).rstrip(".").lower().split()
                start = rng.randrange(len(parts) - 1)
                terms[" ".join(parts[start : start + 2])] = None
        rules[f"feed-{feed:03}"] = list(terms)
    file.write_text(json.dumps({"feeds": rules}, ensure_ascii=False), encoding="utf-8")


def make(folder: Path, articles: int, feeds: int, keywords: int) -> None:
    """Make the corpus, unless it exists already."""
    done = folder / "rules.json"
    if not done.exists():
        rng = random.Random(2023)
        words = vocabulary(rng)
        pool = sentences(rng, words)
        write_texts(folder / "texts", articles, rng, pool)
        write_rules(done, feeds, keywords, rng, words, pool)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--feeds", type=int, default=20)
    parser.add_argument("--keywords", type=int, default=10)
    arguments = parser.parse_args()
    make(arguments.folder, arguments.articles, arguments.feeds, arguments.keywords)
