"""A build uses one state of its sources, however often it reads them, and whatever happens to them meanwhile."""

import bz2
import gzip
import io
import os
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from feedpub.articles.article import Article
from feedpub.config import load_config
from feedpub.core.errors import SourceError
from feedpub.planning.verdicts import verdicts
from feedpub.publishing import build as building
from feedpub.publishing.build import build, open_plan
from feedpub.sources import Readings

NOW = datetime(2024, 3, 1, tzinfo=UTC)
DAY = "2023-10-09T14:25:00Z"
TEXT = "".join(f"Title {n}\nBody {n}\n2023-10-09 14:2{n}\n\n" for n in range(3))
ROWS = [{"title": f"Title {n}", "body": f"Body {n}", "date": f"2023-10-09T14:2{n}:00Z"} for n in range(3)]


def as_parquet():
    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(ROWS), out)
    return out.getvalue()


FILES = {
    "a.txt": TEXT,
    "a.txt.gz": gzip.compress(TEXT.encode()),
    "a.txt.bz2": bz2.compress(TEXT.encode()),
    "a.jsonl": "".join(
        f'{{"id": {n}, "title": "T{n}", "body": "B{n}", "date": "{DAY}"}}\n' for n in range(3)
    ),
    "a.json": f'{{"posts": [{{"title": "T", "html": "B", "date": "{DAY}"}}]}}',
    "a.csv": f'title,body,date\nT,"B, b",{DAY}\nU,C,{DAY}\n',
    "a.parquet": as_parquet(),
    "a.md": "---\ntitle: T\ndate: 2023-10-09 14:25\n---\n\nBody *b*\n",
    "a.html": "<html><head><title>T</title><meta property='article:published_time' content='2023-10-09T14:25:00Z'>"
    "<meta property='og:title' content='T'></head><body><article><h1>T</h1><p>"
    + "Words of a body. "
    * 30
    + "</p>"
    "</article></body></html>",
    "a.rss": "<rss version='2.0'><channel><title>C</title><link>https://c.test/</link><description>D</description>"
    "<item><title>T</title><guid isPermaLink='false'>1</guid><pubDate>Mon, 09 Oct 2023 14:25:00 GMT</pubDate>"
    "<description>B</description></item></channel></rss>",
    "a.atom": "<feed xmlns='http://www.w3.org/2005/Atom'><title>C</title><id>urn:c</id>"
    f"<updated>{DAY}</updated><entry><title>T</title><id>urn:c:1</id><updated>{DAY}</updated>"
    "<content>B</content></entry></feed>",
}


def edited(path):
    data = path.read_bytes()
    path.write_bytes(data.replace(b"T", b"X").replace(b"B", b"Y")[::-1])


def truncated(path):
    os.truncate(path, path.stat().st_size // 2)


def replaced(path):
    new = path.with_suffix(".new")
    new.write_bytes(b'{"title": "Another", "body": "B", "date": "2024-01-01"}\n')
    new.replace(path)


def appended(path):
    with path.open("ab") as file:
        file.write(path.read_bytes())


CHANGES = {f.__name__: f for f in (edited, truncated, Path.unlink, replaced, appended)}


def lay_out(folder, name, data):
    """Write a site whose sources have to be read twice, as a record is an earlier version of another one."""
    folder.mkdir()
    for number in (1, 2):
        record = (
            f'{{"id": "v", "version": {number}, "title": "V{number}", "body": "W", "date": "2023-10-08"}}\n'
        )
        (folder / f"v{number}.jsonl").write_text(record)
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
    for file in folder.iterdir():
        os.utime(file, (0, 0))
    (folder / "c.yaml").write_text(f"""
version: 1
site: {{title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}}
sources: [{{path: {name}, timezone: UTC}}, {{path: "v*.jsonl", timezone: UTC}}]
feeds: {{all: {{title: All}}}}
""")
    return load_config(folder / "c.yaml")


def documents(folder):
    return {file.name: file.read_bytes() for file in sorted((folder / "feeds").glob("all.*"))}


def after_one_reading(change):
    """A progress object that changes a file after all files have been read once."""

    def progress(done, total, _articles):
        if done == total:
            change()

    return progress


@pytest.mark.parametrize(
    ("name", "change"),
    [
        pytest.param(name, change, marks=[] if change == "edited" or name == "a.txt" else pytest.mark.slow)
        for name in FILES
        for change in CHANGES
    ],
)
def test_a_file_that_changes_between_two_readings_stays_as_it_was_read(name, change, tmp_path):
    build(lay_out(tmp_path / "calm", name, FILES[name]), NOW)
    site = lay_out(tmp_path / "busy", name, FILES[name])
    hits = []

    def hit():
        hits.append(change)
        CHANGES[change](tmp_path / "busy" / name)

    # With a catalog, it is read once.
    report = build(site, NOW, progress=after_one_reading(hit), cache=False)
    assert hits
    assert report.articles > 1
    assert documents(tmp_path / "busy") == documents(tmp_path / "calm")


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("room", [0, 40])
def test_where_there_is_no_room_for_it_nothing_is_published_but_what_was_read(
    room, change, tmp_path, monkeypatch
):
    monkeypatch.setattr(building, "Readings", lambda *given: Readings(*given, room=room))
    build(lay_out(tmp_path / "calm", "a.txt", TEXT), NOW)
    site = lay_out(tmp_path / "busy", "a.txt", TEXT)
    progress = after_one_reading(lambda: CHANGES[change](tmp_path / "busy" / "a.txt"))
    if change == "appended":
        build(site, NOW, progress=progress, cache=False)
        assert documents(tmp_path / "busy") == documents(tmp_path / "calm")
    else:
        with pytest.raises(SourceError, match=r"^a\.txt: (it changed while the build read it|can't be read)"):
            build(site, NOW, progress=progress, cache=False)
        assert documents(tmp_path / "busy") == {}


def test_feeds_are_made_of_what_is_published_in_them(tmp_path, monkeypatch):
    """If feeds are made from the data, sources are read once more before the plan is made."""
    row = '{{"title": "{0}", "body": "B", "date": "2023-10-08", "category": "{0}"}}\n'
    lay_out(tmp_path / "s", "a.jsonl", row.format("One"))
    config = (
        (tmp_path / "s/c.yaml")
        .read_text()
        .replace("all: {title: All}", "tag: {each: category, min_articles: 1}")
    )
    (tmp_path / "s/c.yaml").write_text(config)
    made = building.with_made_feeds

    def changing(*given, **more):
        (tmp_path / "s/a.jsonl").write_text(row.format("Other"))
        return made(*given, **more)

    monkeypatch.setattr(building, "with_made_feeds", changing)
    report = build(load_config(tmp_path / "s/c.yaml"), NOW)
    assert [(feed.slug, feed.entries) for feed in report.feeds] == [("tag-one", 1)]


def test_what_is_explained_is_what_was_planned(tmp_path):
    with open_plan(lay_out(tmp_path / "s", "a.txt", TEXT), NOW) as plan:
        (tmp_path / "s/a.txt").unlink()
        found = verdicts(plan)
    assert {verdict.record.title for verdict in found} == {"Title 0", "Title 1", "Title 2", "V1", "V2"}


def test_a_file_is_another_one_to_another_source(tmp_path):
    """A source that only reads the beginning does not limit what another one reads."""
    (tmp_path / "a.txt").write_text(TEXT)
    site = lay_out(tmp_path / "s", "a.txt", TEXT)
    same = (site.sources[0], site.sources[0])
    readings = Readings(same, "x.test,2023")
    (first, spec, file), (second, *_) = readings.inputs
    next(readings.read(first, spec, file))
    titles = [item.title for item in readings.read(second, spec, file) if isinstance(item, Article)]
    assert titles == [item.title for item in readings.read(first, spec, file) if isinstance(item, Article)]
    assert len(titles) == 3
