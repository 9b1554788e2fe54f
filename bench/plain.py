"""The script that anybody could write in an afternoon: the peer of ``bench/build.py``.

    python bench/plain.py 'TEXTS/*.txt' RULES.json OUT_FOLDER

It uses one regular expression for each feed, python-dateutil for dates, and feedgen to write files. It does not
validate, its ids change with each edit, and it does not replace files safely.
"""

from __future__ import annotations

import glob
import hashlib
import json
import re
import sys
from pathlib import Path

from dateutil import parser
from dateutil.tz import UTC
from feedgen.feed import FeedGenerator


def read(pattern: str) -> list[dict]:
    articles = []
    for path in sorted(glob.glob(pattern)):  # noqa: PTH207 - a plain script
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        for title, body, time in zip(lines[::3], lines[1::3], lines[2::3], strict=False):
            key = hashlib.sha256(f"{title}{time}".encode()).hexdigest()
            articles.append(
                {"id": key, "title": title, "body": body, "time": parser.parse(time).replace(tzinfo=UTC)}
            )
    return articles


def write(name: str, articles: list[dict], out: Path) -> None:
    feed = FeedGenerator()
    feed.id(f"https://example.org/{name}")
    feed.title(name)
    feed.description(name)
    feed.link(href=f"https://example.org/{name}")
    for article in articles:
        entry = feed.add_entry(order="append")
        entry.id(f"https://example.org/{article['id']}")
        entry.title(article["title"])
        entry.summary(article["body"][:300])
        entry.content(article["body"])
        entry.published(article["time"])
        entry.updated(article["time"])
    feed.rss_file(str(out / f"{name}.rss"), pretty=True)
    feed.atom_file(str(out / f"{name}.atom"), pretty=True)


def main(pattern: str, rules: str, folder: str) -> None:
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    articles = read(pattern)
    for name, keywords in json.loads(Path(rules).read_text(encoding="utf-8"))["feeds"].items():
        wanted = re.compile(rf"\b(?:{'|'.join(map(re.escape, keywords))})\b", re.IGNORECASE)
        found = [a for a in articles if wanted.search(f"{a['title']}\n{a['body']}")]
        write(name, sorted(found, key=lambda a: a["time"], reverse=True)[:50], out)


if __name__ == "__main__":
    main(*sys.argv[1:])
