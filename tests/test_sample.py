"""The sample, built as a user builds it, and read back by an independent parser."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from feedpub.config import load_config
from feedpub.publishing.build import build

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2024, 1, 1, tzinfo=UTC)
SLUGS = ["all", "world", "ukraine-war", "politics", "business", "entertainment", "arts", "sports", "crime"]

# (beginning of the title, feeds that must have it, feeds that must not)
TABLE = [
    ("Satellite images show spike", "world ukraine-war", "sports"),
    ("Protesters Block Guatemala", "world", ""),
    ("Jessica Alba", "entertainment", "crime"),
    ("Klimt painting", "arts", "crime"),
    ("Who is Matt Morgan?", "entertainment", ""),
    ("Who all are part of JoJo Siwa", "entertainment", "ukraine-war"),
    ("Women’s Aid welcomes", "sports", "ukraine-war world"),
    ("Saudis and Russia Extend", "business", "ukraine-war"),
    ("Zelensky makes passionate plea", "world ukraine-war politics", "sports"),
    ("Kaitlin Cyrus", "crime", "entertainment"),
    ("China touts its Belt and Road", "business world", ""),
    ("Bruce Hough", "politics", ""),
]


@pytest.fixture(scope="module")
def built(shared_project):
    return build(load_config(shared_project / "config.yaml"), NOW), shared_project / "feeds"


def parsed(folder: Path, slug: str, extension: str):
    feed = feedparser.parse((folder / f"{slug}.{extension}").read_bytes())
    assert not feed.bozo, feed.bozo_exception
    return feed


@pytest.mark.parametrize("extension", ["rss", "atom"])
@pytest.mark.parametrize(("title", "inside", "outside"), TABLE, ids=[row[0] for row in TABLE])
def test_each_article_is_in_the_feeds_an_editor_would_put_it_in(built, extension, title, inside, outside):
    having = {
        slug
        for slug in SLUGS
        if any(e.title.startswith(title) for e in parsed(built[1], slug, extension).entries)
    }
    assert {"all", *inside.split()} <= having
    assert not having & set(outside.split())


@pytest.mark.parametrize("extension", ["rss", "atom"])
def test_all_twelve_articles_are_there_and_no_tail_is_left(built, extension):
    entries = parsed(built[1], "all", extension).entries
    assert len(entries) == 12
    for entry in entries:
        assert "Read More" not in entry.content[0].value
        assert "You Might Like" not in entry.content[0].value
    assert [e.published_parsed for e in entries] == sorted(
        (e.published_parsed for e in entries), reverse=True
    )


def test_every_line_is_accounted_for(built):
    report = built[0]
    assert (report.articles, report.boilerplate_lines, report.rejects) == (12, 9, ())
    assert report.notice_counts["related-links"] == 3


def test_both_formats_say_the_same(built):
    for slug in SLUGS:
        rss, atom = (parsed(built[1], slug, extension) for extension in ("rss", "atom"))
        for key in ("id", "title", "published_parsed"):
            assert [e[key] for e in rss.entries] == [e[key] for e in atom.entries]
        assert [e.content[0].value for e in rss.entries] == [e.content[0].value for e in atom.entries]
        assert rss.feed.title == atom.feed.title
        assert rss.feed.link == atom.feed.link == "http://localhost:8000/"
        for feed, extension in ((rss, "rss"), (atom, "atom")):
            own = [link.href for link in feed.feed.links if link.rel == "self"]
            assert own == [f"http://localhost:8000/{slug}.{extension}"]
            assert feed.feed.updated_parsed == max(e.published_parsed for e in feed.entries)


def test_the_committed_feeds_are_what_a_fresh_build_gives(built):
    fresh = {p.name: p.read_bytes() for p in built[1].rglob("*") if p.is_file()}
    committed = {p.name: p.read_bytes() for p in (ROOT / "feeds").rglob("*") if p.is_file()}
    assert fresh.keys() == committed.keys()
    for name, data in fresh.items():
        assert data == committed[name], f"{name} is stale; run python3 run.py golden"


def test_a_second_run_writes_nothing(built):
    _, out = built
    before = {p.name: (p.stat().st_mtime_ns, p.stat().st_ino) for p in out.rglob("*") if p.is_file()}
    again = build(load_config(out.parent / "config.yaml"), NOW + timedelta(days=400))
    assert not any(d.written for feed in again.feeds for d in feed.documents)
    assert all(feed.new == 0 for feed in again.feeds)
    assert {p.name: (p.stat().st_mtime_ns, p.stat().st_ino) for p in out.rglob("*") if p.is_file()} == before


ENVIRONMENTS = [
    {"TZ": "UTC", "LANG": "C", "PYTHONHASHSEED": "0"},
    {"TZ": "Asia/Kathmandu", "LANG": "de_DE.UTF-8", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"},
    {"TZ": "America/St_Johns", "LC_ALL": "POSIX", "PYTHONHASHSEED": "4242", "PYTHONUTF8": "0"},
]


@pytest.mark.slow
def test_zone_locale_hash_seed_and_clock_leave_no_trace_in_the_bytes(built, project):
    outputs = []
    faketime = shutil.which("faketime")
    for number, environment in enumerate(ENVIRONMENTS):
        shutil.rmtree(project / "feeds", ignore_errors=True)
        shutil.rmtree(project / ".feedpub", ignore_errors=True)
        clock = [faketime, f"203{number}-02-03 04:05:06"] if faketime else []
        command = [*clock, sys.executable, "-m", "feedpub", "build", "--config", "config.yaml", "--quiet"]
        subprocess.run(
            command, cwd=project, env=environment | {"PATH": "/usr/bin:/bin"}, check=True, timeout=60
        )
        outputs.append({p.name: p.read_bytes() for p in (project / "feeds").rglob("*") if p.is_file()})
    assert outputs[0] == outputs[1] == outputs[2]
    assert outputs[0] == {p.name: p.read_bytes() for p in built[1].rglob("*") if p.is_file()}


def test_names_and_order_of_files_and_records_leave_no_trace_in_the_bytes(built, project):
    text = next((project / "seeds").iterdir()).read_text()
    lines = text.split("\n")
    records = [lines[i : i + 3] for i in range(0, 36, 3)]
    shutil.rmtree(project / "seeds")
    (project / "seeds").mkdir()
    for number, record in enumerate(reversed(records)):
        (project / "seeds" / f"{number % 5}-{number}.txt").write_bytes(
            "\r\n".join(record).encode("utf-8-sig")
        )
    build(load_config(project / "config.yaml"), NOW)
    assert {p.name: p.read_bytes() for p in (project / "feeds").rglob("*") if p.is_file()} == {
        p.name: p.read_bytes() for p in built[1].rglob("*") if p.is_file()
    }
