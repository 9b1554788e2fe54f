"""How long other programs take to make feeds of the same articles, and what each of them does.

    python bench/peers.py [--articles 10000 100000] [--corpora FOLDER] [--only NAME ...] [--minutes 30]

The corpus is that of ``bench/corpus.py``: 20 feeds, each of the 50 newest articles with one of 10 keywords. Static site
generators do not search for keywords, so they get Markdown files that name their categories; their pages are off.
Programs that are not installed are skipped: Hugo (Debian's ``hugo``), Pelican (``pip install pelican markdown``),
Eleventy (``npm install --global @11ty/eleventy``). Linux only.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from build import HERE, write_config
from corpus import PER_FILE, make
from scale import SUBREAPER, run

FEEDS, KEYWORDS, NEWEST = 20, 10, 50
DOES = """
| | finds articles | formats | ids survive edits | validates | publishes all or nothing | reads only what is new |
|---|---|---|---|---|---|---|
| feedpub | by rules | RSS, Atom, JSON Feed | yes | yes | yes | yes |
| plain script | by keywords | RSS, Atom | no | no | no | no |
| Hugo | no, given | RSS, others by templates | address of the page | no | no | no |
| Pelican | no, given | RSS, Atom | address of the page | no | no | may cache what it read |
| Eleventy | no, given | by templates | as the template says | no | no | pages, not feeds |
"""


@dataclass(frozen=True)
class Peer:
    """A program: ``missing`` returns what to install, if anything; ``prepare`` fills its folder from a corpus."""

    name: str
    missing: Callable[[], str]
    prepare: Callable[[Path, Path], None]
    command: list[str]


def _nothing(_corpus: Path, _folder: Path) -> None:
    pass


def _without(program: str, install: str) -> Callable[[], str]:
    return lambda: "" if shutil.which(program) else install


def records(corpus: Path) -> Iterator[tuple[int, str, str, str]]:
    """Yield the number, title, body and time of each article."""
    number = 0
    for file in sorted((corpus / "texts").iterdir()):
        lines = file.read_text(encoding="utf-8").splitlines()
        for title, body, time in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
            yield number, title, body, time
            number += 1


def write_markdown(corpus: Path, folder: Path, head: Callable[[str, str, list[str]], str]) -> None:
    """Write each article as a Markdown file with one or two categories."""
    for number, title, body, time in records(corpus):
        if number % PER_FILE == 0:
            place = folder / f"{number // PER_FILE:04}"
            place.mkdir(parents=True)
        names = {f"feed-{number * 7 % FEEDS:03}", f"feed-{number * 13 % FEEDS:03}"}
        told = head(title, time, sorted(names))
        (place / f"{number % PER_FILE:04}.md").write_text(f"{told}\n{body}\n", encoding="utf-8")


def _for_feedpub(corpus: Path, folder: Path) -> None:
    write_config(folder, f"{corpus}/texts/*.txt", corpus / "rules.json")
    config = folder / "config.yaml"
    output = f"output: {{dir: out, state: state, pages: off, max_items: {NEWEST}}}\n"
    config.write_text(config.read_text(encoding="utf-8") + output, encoding="utf-8")


def _for_hugo(corpus: Path, folder: Path) -> None:
    (folder / "config.yaml").write_text(
        f"""baseURL: http://localhost/
title: Bench
taxonomies: {{category: categories}}
outputs: {{term: [RSS]}}
services: {{rss: {{limit: {NEWEST}}}}}
disableKinds: [home, section, taxonomy, sitemap, robotsTXT, "404"]
ignoreErrors: [error-disable-taxonomy]
cascade: [{{_build: {{render: never, list: always}}, _target: {{kind: page}}}}]
""",
        encoding="utf-8",
    )

    def head(title: str, time: str, names: list[str]) -> str:
        date = f"{time.replace(' ', 'T')}:00Z"
        return f"---\ntitle: {json.dumps(title)}\ndate: {date}\ncategories: {json.dumps(names)}\n---"

    write_markdown(corpus, folder / "content", head)


def _for_pelican(corpus: Path, folder: Path) -> None:
    off = ("ARTICLE", "PAGE", "AUTHOR", "CATEGORY", "TAG", "DRAFT", "ARCHIVES", "INDEX", "TAGS", "CATEGORIES")
    (folder / "pelicanconf.py").write_text(
        f"""SITENAME = AUTHOR = "Bench"
SITEURL = FEED_DOMAIN = "http://localhost"
PATH = "content"
TIMEZONE = "UTC"
DIRECT_TEMPLATES = []
FEED_ALL_ATOM = CATEGORY_FEED_ATOM = TRANSLATION_FEED_ATOM = AUTHOR_FEED_ATOM = AUTHOR_FEED_RSS = None
TAG_FEED_ATOM = "{{slug}}.atom"
TAG_FEED_RSS = "{{slug}}.rss"
FEED_MAX_ITEMS = {NEWEST}
SLUGIFY_SOURCE = "basename"
ARTICLE_URL = "{{category}}/{{slug}}"
"""
        + "".join(f'{name}_SAVE_AS = ""\n' for name in off),
        encoding="utf-8",
    )

    def head(title: str, time: str, names: list[str]) -> str:
        return f"Title: {title}\nDate: {time}\nTags: {', '.join(names)}\n"

    write_markdown(corpus, folder / "content", head)


def _for_eleventy(corpus: Path, folder: Path) -> None:
    content = folder / "content"

    def head(title: str, time: str, names: list[str]) -> str:
        date = f"{time.replace(' ', 'T')}:00Z"
        return f"---\ntitle: {json.dumps(title)}\ndate: {date}\ntags: {json.dumps(names)}\n---"

    write_markdown(corpus, content, head)
    (content / "content.json").write_text('{"permalink": false}', encoding="utf-8")
    (content / "feeds.njk").write_text(
        """---
pagination: {data: names, size: 1, alias: name}
names: NAMES
permalink: "{{ name }}.rss"
---
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>{{ name }}</title><link>http://localhost/</link><description>{{ name }}</description>
{%- for item in collections[name] | reverse %}{% if loop.index <= NEWEST %}
<item><title>{{ item.data.title }}</title><link>http://localhost{{ item.filePathStem }}</link>
<guid>http://localhost{{ item.filePathStem }}</guid><pubDate>{{ item.date.toUTCString() }}</pubDate>
<description>{{ item.content }}</description></item>{% endif %}{% endfor %}
</channel></rss>
""".replace("NAMES", json.dumps([f"feed-{number:03}" for number in range(FEEDS)])).replace(
            "NEWEST", str(NEWEST)
        ),
        encoding="utf-8",
    )


BUILD = [sys.executable, "-m", "feedpub", "build", "--quiet", "--jobs"]
PEERS = (
    Peer("feedpub", lambda: "", _for_feedpub, [*BUILD, "1"]),
    Peer("feedpub, 2 processes", lambda: "", _for_feedpub, [*BUILD, "2"]),
    Peer("plain script", lambda: "", _nothing, []),
    Peer(
        "Hugo",
        _without("hugo", "Debian's hugo"),
        _for_hugo,
        ["hugo", "--quiet", "--destination", "out"],
    ),
    Peer(
        "Pelican",
        lambda: "" if find_spec("pelican") and find_spec("markdown") else "pip install pelican markdown",
        _for_pelican,
        [sys.executable, "-m", "pelican", "-s", "pelicanconf.py", "-o", "out", "--quiet"],
    ),
    Peer(
        "Eleventy",
        _without("eleventy", "npm install --global @11ty/eleventy"),
        _for_eleventy,
        ["eleventy", "--input=content", "--output=out", "--quiet"],
    ),
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--corpora", type=Path, help="a folder for the corpora, which stay there")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these programs only")
    parser.add_argument("--minutes", type=float, default=30, help="how long each may take")
    arguments = parser.parse_args()
    ctypes.CDLL(None).prctl(SUBREAPER, 1)
    print(
        "| articles | program | wall s | CPU s | MB | CPU, times feedpub's |\n|---:|---|---:|---:|---:|---:|"
    )
    for articles in arguments.articles:
        ours = None
        for peer in PEERS:
            if arguments.only and peer.name not in arguments.only:
                continue
            if missing := peer.missing():
                print(f"| {articles:,} | {peer.name} | not installed: {missing} | | | |", flush=True)
                continue
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                corpus = (arguments.corpora or folder / "corpora").resolve() / str(articles)
                make(corpus, articles, FEEDS, KEYWORDS)
                peer.prepare(corpus, folder)
                command = peer.command or [
                    sys.executable,
                    str(HERE / "plain.py"),
                    f"{corpus}/texts/*.txt",
                    str(corpus / "rules.json"),
                    "out",
                ]
                try:
                    wall, own, others, memory, _ = run(["timeout", f"{arguments.minutes}m", *command], folder)
                except SystemExit:
                    told = f"failed, or took more than {arguments.minutes:g} minutes"
                    print(f"| {articles:,} | {peer.name} | {told} | | | |", flush=True)
                    continue
                made = [
                    file for file in (folder / "out").rglob("*") if file.suffix in (".rss", ".xml", ".atom")
                ]
                if len(made) < FEEDS:
                    raise SystemExit(f"{peer.name} wrote {len(made)} feeds only")
            cpu = own + others
            ours = ours or cpu
            ratio = f"{cpu / ours:.1f}"
            print(
                f"| {articles:,} | {peer.name} | {wall:.1f} | {cpu:.1f} | {memory:.0f} | {ratio} |",
                flush=True,
            )
    print(DOES)


if __name__ == "__main__":
    main()
