"""How fast the validator is: with feeds of 10 MB, and with a thousand small ones in one call of the command.

Measures CPU time, so that other programs on the machine hardly change the figures.

    python bench/validate.py
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import unescape
from pathlib import Path
from random import Random

from feedpub.validator import validate

TALK = (
    "the council met on thursday to talk about the new bridge which opens next year and about what it costs nobody "
    "spoke against it two members were absent the next meeting is in a month"
)
WORDS = TALK.split()
START = datetime(2024, 5, 31, 8, tzinfo=UTC)
HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>\n'
    "<title>News</title><link>https://example.org/</link><description>News of the town</description>\n"
    '<atom:link rel="self" type="application/rss+xml" href="https://example.org/feed.rss"/>\n'
)
TAIL = "</channel></rss>\n"


def sentence(chance: Random, length: int) -> str:
    return " ".join(chance.choices(WORDS, k=length))


def paragraph(chance: Random, number: int) -> str:
    link = f'&lt;a href="https://example.org/{number}"&gt;{sentence(chance, 3)}&lt;/a&gt;'
    return f"&lt;p&gt;{sentence(chance, 20)} {link}, {sentence(chance, 20)}.&lt;/p&gt;\n"


def item(number: int, paragraphs: int) -> str:
    # No two items share a text, an address or a date, so that no cache helps.
    chance = Random(number)
    return (
        f"<item><title>Report {number}: {sentence(chance, 4)}</title><link>https://example.org/{number}</link>"
        f"<dc:creator>{chance.choice(WORDS)}</dc:creator>"
        f"<pubDate>{format_datetime(START - timedelta(minutes=37 * number))}</pubDate>"
        f"<category>{chance.choice(WORDS)}</category><category>{chance.choice(WORDS)}</category>"
        f'<guid isPermaLink="false">tag:example.org,2024:{number}</guid>'
        f"<description>{paragraph(chance, number)}</description>"
        f"<content:encoded>{''.join(paragraph(chance, number) for _ in range(paragraphs))}</content:encoded></item>\n"
    )


def feed(size: int, paragraphs: int) -> bytes:
    items, length, number = [], len(HEAD) + len(TAIL), 0
    while length < size:
        items.append(item(number, paragraphs))
        length += len(items[-1])
        number += 1
    return (HEAD + "".join(items) + TAIL).encode()


def json_feed(size: int, paragraphs: int) -> bytes:
    items, length, number = [], 0, 0
    while length < size:
        chance = Random(number)
        content = unescape("".join(paragraph(chance, number) for _ in range(paragraphs)))
        items.append(
            json.dumps(
                {
                    "id": f"tag:example.org,2024:{number}",
                    "url": f"https://example.org/{number}",
                    "title": f"Report {number}: {sentence(chance, 4)}",
                    "content_html": content,
                    "date_published": (START - timedelta(minutes=37 * number)).isoformat(),
                    "authors": [{"name": chance.choice(WORDS)}],
                    "tags": [chance.choice(WORDS), chance.choice(WORDS)],
                }
            )
        )
        length += len(items[-1])
        number += 1
    head = '{"version": "https://jsonfeed.org/version/1.1", "title": "News", "feed_url": "https://example.org/feed.json",'
    return f'{head} "items": [{",".join(items)}]}}'.encode()


def main() -> None:
    for name, paragraphs in (("whole articles", 12), ("summaries", 1)):
        data = feed(10_000_000, paragraphs)
        best = min(timed(data) for _ in range(5))
        print(f"{name}: {len(data) / 1e6:.1f} MB in {best:.2f} s, {len(data) / 1e6 / best:.0f} MB/s")
    for name, paragraphs in (("whole articles", 13), ("summaries", 2)):
        for size in (2_500_000, 5_000_000, 10_000_000):
            data = json_feed(size, paragraphs)
            best = min(timed(data) for _ in range(5))
            plain = min(timed(data, json.loads) for _ in range(5))
            print(
                f"{name} in JSON: {len(data) / 1e6:.1f} MB in {best:.2f} s, {len(data) / 1e6 / best:.0f} MB/s, "
                f"{best / plain:.1f} times as long as json.loads"
            )
    data = feed(10_000_000, 1)
    tracemalloc.start()
    validate(data)
    print(f"memory at its peak: {tracemalloc.get_traced_memory()[1] / len(data):.1f} bytes a byte of feed")
    tracemalloc.stop()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(1000):
            Path(folder, f"{number}.rss").write_bytes(feed(6_000, 1))
        command = "import sys; from feedpub.cli.app import main; main(['validate', *sys.argv[1:]])"
        subprocess.run([sys.executable, "-c", command, folder], check=True, stdout=subprocess.DEVNULL)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(
            f"small files: {1000 / (used.ru_utime + used.ru_stime):.0f} a second, start of the program included"
        )


def timed(data: bytes, function: Callable[[bytes], object] = validate) -> float:
    start = time.process_time()
    function(data)
    return time.process_time() - start


if __name__ == "__main__":
    main()
