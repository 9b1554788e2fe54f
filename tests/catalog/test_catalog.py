"""The catalog is believed while files are unchanged, and ignored once there is any doubt."""

import json
import multiprocessing
import os
import subprocess
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.articles.article import (
    Article,
    Author,
    Boilerplate,
    Enclosure,
    Episode,
    FeedSource,
    LeftOut,
    Notice,
    Origin,
    Picture,
    Reject,
    Speaker,
    Transcript,
    Written,
)
from feedpub.articles.sighting import Sighting
from feedpub.catalog import Effort, Store, catalog_file, coding, sizes
from feedpub.catalog import store as store_module
from feedpub.catalog.coding import Columns, Page, Rows, article_of, canonical, others_in, values_of, written
from feedpub.catalog.store import Stat
from feedpub.config import load_config
from feedpub.core.yaml_node import read_yaml
from feedpub.documents import verification
from feedpub.documents.formats import Document
from feedpub.documents.verification import Passed
from feedpub.publishing import dependencies
from feedpub.publishing.build import build, open_plan
from feedpub.publishing.dependencies import catalog_of
from feedpub.publishing.early_exit import program
from feedpub.rules.ruleset import compile_rules
from feedpub.sources import Readings, SourceSpec

NOW = datetime(2024, 3, 1, tzinfo=UTC)


def story(number, text="oak"):
    day = datetime(2024, 1, 2, tzinfo=UTC) + timedelta(days=number)
    return {
        "id": str(number),
        "title": f"Story {number}",
        "text": f"{text} {number}",
        "date": day.isoformat(),
    }


def lay_out(folder, feed=None):
    folder.mkdir(exist_ok=True)
    config = {
        "version": 1,
        "site": {"title": "T", "base_url": "https://x.test/f/", "id_authority": "x.test,2023"},
        "sources": [{"path": "*.jsonl", "timezone": "UTC"}],
        "feeds": {
            "all": {"title": "All", "max_items": 3} | (feed or {}),
            "elm": {"title": "Elm", "any": ["elm"]},
        },
        "output": {"formats": ["atom"], "pages": "off"},
    }
    (folder / "config.yaml").write_text(json.dumps(config))
    for name, first in (("a", 0), ("b", 4)):
        write(folder, name, [story(number) for number in range(first, first + 4)])
    return folder


def write(folder, name, told):
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in told))


def run(folder, *, cache=True):
    return build(load_config(folder / "config.yaml"), NOW, cache=cache, allow={"vanished"})


def feeds(folder):
    return {path.name: path.read_bytes() for path in (folder / "feeds").glob("*.atom")}


@pytest.fixture
def left_alone(monkeypatch):
    """Make files count as left alone at once."""
    monkeypatch.setattr(dependencies, "RACE", -(10**12))


@pytest.fixture
def read(monkeypatch):
    """The names of the files that are read."""
    names = []
    original = Readings.read

    def reading(self, number, spec, file, **how):
        names.append(Path(file).name)
        return original(self, number, spec, file, **how)

    monkeypatch.setattr(Readings, "read", reading)
    return names


@pytest.fixture
def site(tmp_path, left_alone):  # noqa: ARG001 - it is for all that is built
    """A site that was built once."""
    folder = lay_out(tmp_path / "site")
    run(folder)
    return folder


def test_a_file_that_nobody_touched_is_not_opened(site, opened):
    with opened() as names:
        report = run(site)
    assert not {"a.jsonl", "b.jsonl"} & {*names}
    assert report.articles == 8


def test_of_a_file_that_was_touched_only_the_digest_is_taken_and_that_once(site, read, opened):
    os.utime(site / "a.jsonl")
    with opened() as names:
        run(site)
    assert (names.count("a.jsonl"), read[:]) == (1, [])
    with opened() as names:
        run(site)
    assert "a.jsonl" not in names


def test_of_several_files_the_one_that_was_edited_is_read(site, read):
    write(site, "b", [story(4, "elm")])
    assert run(site).articles == 5
    assert read == ["b.jsonl"]


@pytest.fixture
def looked_at(monkeypatch):
    """The ids of known articles of which a build needs more than numbers."""
    ids = []
    in_file, in_row = Rows.article, catalog_file.seen_in

    def looking(seen):
        ids.append(seen.id)
        return seen

    monkeypatch.setattr(Rows, "article", lambda rows, number: looking(in_file(rows, number)))
    monkeypatch.setattr(catalog_file, "seen_in", lambda row, file: looking(in_row(row, file)))
    return ids


def test_of_many_known_articles_a_build_looks_at_those_that_feeds_have_room_for(site, looked_at):
    write(site, "a", [story(number, "elm" if number == 20 else "oak") for number in range(59)])
    (site / "b.jsonl").unlink()
    for _ in range(2):
        looked_at.clear()
        assert run(site).articles == 59
    # The three newest, one in a feed that is not full, and the first and last of the file.
    assert len({*looked_at}) == 3 + 1 + 1
    assert b"Story 20" in feeds(site)["elm.atom"]


def test_a_copy_of_a_known_article_that_no_feed_has_room_for_is_a_duplicate(site):
    write(site, "a", [story(number) for number in range(59)])
    run(site)
    write(site, "c", [story(number) | {"date": "2024-01-20T00:00:00Z"} for number in range(20, 25)])
    report = run(site)
    assert report == run(site, cache=False)
    assert (report.articles, report.duplicates) == (59, 9)


def test_what_was_read_a_moment_ago_is_known_for_one_build_alone(site, monkeypatch, read):
    write(site, "a", [story(number) for number in range(58)])
    run(site)
    monkeypatch.setattr(dependencies, "RACE", 10**12)
    for _ in range(2):
        write(site, "c", [story(20, "again"), story(58)])
        read.clear()
        known, whole = run(site), feeds(site)
        assert {*read} == {"c.jsonl"}
        assert (known.articles, known.duplicates) == (59, 5)
        run(site, cache=False)
        assert feeds(site) == whole


def test_what_changed_a_moment_ago_is_read_again(tmp_path, read):
    folder = lay_out(tmp_path / "site")
    run(folder)
    read.clear()
    run(folder)
    assert sorted(read) == ["a.jsonl", "b.jsonl"]


def test_an_article_that_comes_up_as_others_go_is_read_from_its_file(site, monkeypatch):
    monkeypatch.setattr(sizes, "NEWEST", 1)
    (site / "b.jsonl").unlink()
    run(site)
    known = feeds(site)
    run(site, cache=False)
    assert b"Story 1" in known["all.atom"]
    assert feeds(site) == known


def test_a_changed_rule_is_asked_without_reading_the_newest(site, read):
    config = json.loads((site / "config.yaml").read_text())
    config["feeds"]["elm"]["any"] = ["oak"]
    (site / "config.yaml").write_text(json.dumps(config))
    run(site)
    assert b"Story 7" in feeds(site)["elm.atom"]
    assert read == []


@pytest.mark.usefixtures("left_alone")
def test_a_changed_rule_is_asked_of_no_more_articles_than_feeds_have_room_for(tmp_path, monkeypatch, read):
    monkeypatch.setattr(sizes, "NEWEST", 4)
    folder = lay_out(tmp_path / "site", {"max_items": 2})
    config = json.loads((folder / "config.yaml").read_text())
    for rule in ("oak", "story"):
        config["feeds"]["elm"] = {"title": "Elm", "any": [rule], "max_items": 3}
        (folder / "config.yaml").write_text(json.dumps(config))
        read.clear()
        run(folder)
    assert read == []


@pytest.mark.usefixtures("left_alone")
def test_a_file_that_is_another_than_it_seems_is_read_anew(tmp_path, monkeypatch):
    stat = store_module.Stat(1, 2, 3, 4)
    monkeypatch.setattr(store_module.Stat, "of", lambda _: stat)
    # So that articles have to be read from their file.
    monkeypatch.setattr(sizes, "NEWEST", 1)
    folder = lay_out(tmp_path / "site", {"archive": 2})
    run(folder)
    write(folder, "b", [story(number, "elm") for number in range(4, 8)])
    run(folder)
    known = feeds(folder)
    run(folder, cache=False)
    assert feeds(folder) == known
    assert b"elm 7" in known["all.atom"]


def test_without_the_cache_nothing_is_known_or_remembered(site, read):
    before = {path: path.read_bytes() for path in site.glob(".feedpub/catalog*")}
    run(site, cache=False)
    assert read == ["a.jsonl", "b.jsonl"]
    assert {path: path.read_bytes() for path in site.glob(".feedpub/catalog*")} == before != {}


def test_the_option_no_cache_reads_all_each_time(tmp_path, command, read):
    folder = lay_out(tmp_path / "site")
    for _ in range(2):
        assert command(folder, "build", "--no-cache").returncode == 0
        assert read == ["a.jsonl", "b.jsonl"]
        read.clear()


def test_a_dry_run_writes_nothing_to_it(site, read):
    write(site, "b", [story(4, "elm")])
    before = {path: path.read_bytes() for path in site.glob(".feedpub/catalog*")}
    build(load_config(site / "config.yaml"), NOW, dry_run=True, allow={"vanished"})
    assert read == ["b.jsonl"]
    assert {path: path.read_bytes() for path in site.glob(".feedpub/catalog*")} == before != {}


@pytest.mark.usefixtures("left_alone")
def test_a_plan_reads_no_file_that_a_build_has_read(site, read):
    with open_plan(load_config(site / "config.yaml"), NOW) as plan:
        assert plan.ingested.articles == 8
    assert read == []


def test_who_reads_it_keeps_no_build_from_writing_to_it(site, read):
    with open_plan(load_config(site / "config.yaml"), NOW):
        write(site, "b", [story(4, "elm")])
        run(site)
    read.clear()
    with open_plan(load_config(site / "config.yaml"), NOW) as plan:
        assert plan.ingested.articles == 5
    assert read == []


@pytest.mark.usefixtures("left_alone")
def test_what_cannot_be_kept_is_read_each_time(tmp_path, monkeypatch):
    folder = lay_out(tmp_path / "site")

    monkeypatch.setattr(store_module, "_SCHEMA", "no statement;")
    assert (run(folder).articles, run(folder).articles) == (8, 8)


def die_at(number):
    """Make the process die, as if it were killed, instead of its write of this number to the catalog."""
    original, writes = Store._do, 0

    def counted(*arguments):
        nonlocal writes
        writes += 1
        if writes == number:
            os._exit(9)
        return original(*arguments)

    Store._do = counted


def killed(folder, number):
    die_at(number)
    run(folder)
    os._exit(0)


@pytest.mark.slow
@pytest.mark.usefixtures("left_alone")
def test_a_build_that_is_killed_at_any_write_spoils_nothing(tmp_path):
    number, status = 0, 9
    while status == 9:
        number += 1
        folder = lay_out(tmp_path / f"site{number}")
        run(folder)
        write(folder, "a", [story(number, "elm") for number in range(3)])
        (folder / "b.jsonl").unlink()
        write(folder, "c", [story(number) for number in range(8, 12)])
        process = multiprocessing.get_context("fork").Process(target=killed, args=(folder, number))
        process.start()
        process.join()
        status = process.exitcode
        run(folder)
        known = feeds(folder)
        run(folder, cache=False)
        assert feeds(folder) == known
    assert (status, number > 10) == (0, True)


# Its contents


texts = st.text(max_size=8) | st.sampled_from(["\ud800", "a\0b", "ü"])
times = st.datetimes(timezones=st.timezones())
times = times.map(lambda time: datetime.fromisoformat(time.isoformat()))
EACH = {
    "id": texts,
    "title": texts,
    "body": texts,
    "published": times,
    "origin": st.builds(Origin, st.just("a.txt"), st.integers(1, 9), st.integers(1, 9), st.integers(0, 9)),
    "html": st.booleans(),
    "updated": st.none() | times,
    "key": st.none() | texts,
    "link": st.none() | texts,
    "authors": st.lists(st.builds(Author, texts, st.none() | texts, st.none() | texts), max_size=2).map(
        tuple
    ),
    "categories": st.lists(texts, max_size=2).map(tuple),
    "language": st.none() | texts,
    "summary": st.none() | texts,
    "image": st.none() | texts,
    "enclosures": st.lists(st.builds(Enclosure, texts, texts, st.integers(0, 9)), max_size=2).map(tuple),
    "via": st.none() | st.builds(FeedSource, texts, st.none() | texts, st.none() | texts, st.none() | texts),
    "due": st.none() | times,
    "expires": st.none() | times,
    "by_link": st.booleans(),
    "former": st.none() | texts,
    "version": st.none() | st.integers(0, 9),
    "feed": texts,
    "permalink": st.booleans(),
    "undated": st.booleans(),
    "mark": st.sampled_from(["", "draft", "held"]),
    "written": st.none()
    | st.builds(Written, texts, texts, st.booleans(), st.lists(st.integers(0, 9), max_size=2).map(tuple)),
    "beside": st.lists(texts, max_size=2).map(tuple),
    "feeds": st.lists(texts, max_size=2).map(tuple),
    "not_feeds": st.lists(texts, max_size=2).map(tuple),
    "license": st.none() | texts,
    "episode": st.none()
    | st.builds(
        Episode,
        st.integers(0, 9),
        st.none() | st.booleans(),
        st.integers(0, 9),
        st.integers(0, 9),
        st.lists(st.builds(Transcript, texts, texts, st.none() | texts), max_size=2).map(tuple),
        st.none() | texts,
        st.lists(st.builds(Speaker, texts, texts, st.none() | texts, st.none() | texts), max_size=2).map(
            tuple
        ),
    ),
    "picture": st.none()
    | st.builds(Picture, texts, st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), texts, texts, texts),
}
ARTICLES = st.builds(Article, **EACH)
DIGESTED = {"body", "html", "authors", "language", "summary", "image", "enclosures", "by_link", "written"}
DIGESTED |= {"license", "picture", "episode"}


def test_each_field_of_an_article_is_tried_here_and_known_of_every_article():
    names = {field.name for field in fields(Article)}
    assert names == EACH.keys()
    # A permalink affects what is written, but no decision.
    assert names - DIGESTED - {"permalink"} == {*Sighting._fields} - {
        "size",
        "text",
        "own",
        "rest",
        "undue",
        "plays",
    }


def through_json(value):
    return json.loads(json.dumps(value))


def shown(value):
    """Return a value with the offsets of its times, which comparison ignores."""
    return repr(value)


@given(ARTICLES)
@settings(max_examples=60)
def test_an_article_and_what_is_known_of_it_come_back_as_they_were(article):
    assert shown(article_of(through_json(values_of(article)))) == shown(article)
    seen = Sighting.of(article)
    assert shown(kept([seen])) == shown([seen])


def kept(items):
    """What the catalog gives again of these items of a file."""
    page = Page()
    for item in items:
        page.add(item)
    columns = Columns.unpacked(page.columns().packed(), page.articles)
    rows, others, numbers = Rows(page.rows(), columns, "a.txt"), others_in(page.others(), "a.txt"), count()
    return [next(others) if kind == coding.OTHER else rows.article(next(numbers)) for kind in columns.kinds]


OTHERS = [
    Boilerplate(Origin("a.txt", 1, 2)),
    Reject(Origin("a.txt", 1, 2, 3), "why \ud800", "text"),
    Notice(Origin("a.txt", 1, 2), "kind", "message"),
    LeftOut(Origin("a.txt", 1, 2), "withdrawn", "why"),
    LeftOut(Origin("a.txt", 1, 2), "draft", "why", "id", NOW, 3, "feed", frozenset("abc"), "title"),
]


@given(st.lists(st.sampled_from(OTHERS) | ARTICLES.map(Sighting.of), max_size=4))
@settings(max_examples=30)
def test_all_that_is_in_a_file_comes_back_in_its_order(items):
    assert shown(kept(items)) == shown(items)


@pytest.mark.parametrize("field", [field.name for field in fields(SourceSpec) if field.name != "where"])
def test_each_setting_of_a_source_makes_another_fingerprint(field):
    spec = SourceSpec(("a",), Path("/x"))
    assert canonical(replace(spec, **{field: ("other",)})) != canonical(spec)


def fingerprint(feeds, matching="{}"):
    node = read_yaml(f"{{feeds: {feeds}, matching: {matching}}}".encode(), "c.yaml").mapping()
    return compile_rules(node["feeds"].mapping(), None, node["matching"]).fingerprint()


RULES = ("{a: {any: [oak, 'title: elm']}, b: {any: [ash], none: [fir]}}", "{}")


@pytest.mark.parametrize(
    "other",
    [
        ("{a: {any: [oak, 'title: elm']}, b: {any: [ash]}}", "{}"),
        ("{a: {any: [oak, elm]}, b: {any: [ash], none: [fir]}}", "{}"),
        ("{a: {any: [=oak, 'title: elm']}, b: {any: [ash], none: [fir]}}", "{}"),
        ("{a: {all: [oak, 'title: elm']}, b: {any: [ash], none: [fir]}}", "{}"),
        ("{b: {any: [oak, 'title: elm']}, a: {any: [ash], none: [fir]}}", "{}"),
        ("{a: {any: [oak, 'title: elm']}, b: {any: [ash], none: [fir], include: [a]}}", "{}"),
        (RULES[0], "{none: [tea]}"),
        (RULES[0], "{stemming: en}"),
        (RULES[0], "{fields: [title]}"),
    ],
)
def test_rules_that_take_other_articles_have_another_fingerprint(other):
    assert fingerprint(*other) != fingerprint(*RULES)


@pytest.mark.slow
def test_fingerprints_are_the_same_in_each_process():
    code = "import sys; sys.path.insert(0, 'tests/catalog'); import test_catalog as t; print(t.all_fingerprints())"
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1


def all_fingerprints():
    spec = SourceSpec(("a",), Path("/x"), boilerplate=frozenset("abcdef"), published_when=frozenset("ghi"))
    return fingerprint(*RULES), canonical(spec)


@pytest.fixture
def checked(monkeypatch):
    """The names of the documents that are checked against their format."""
    names = []
    original = verification._refusal

    def checking(document):
        names.append(document.path)
        return original(document)

    monkeypatch.setattr(verification, "_refusal", checking)
    return names


def test_a_document_that_was_found_valid_is_not_checked_again(site, checked):
    run(site)
    assert checked == []
    write(site, "c", [story(9, "oak")])
    run(site)
    assert checked == ["all.atom"]
    checked.clear()
    run(site)
    assert checked == []
    run(site, cache=False)
    assert sorted(checked) == ["all.atom", "elm.atom", "subscriptions.opml"]


def test_what_passed_counts_for_the_same_bytes_at_the_same_address_alone():
    document = Document("a.atom", "a", "application/atom+xml", "https://x.test/a.atom", b"<feed/>")
    others = (
        document,
        replace(document, url="https://x.test/b.atom"),
        replace(document, rendered=b"<feed />"),
        replace(document, media_type="application/rss+xml"),
    )
    passed = Passed()
    passed.add(document)
    assert [Passed(passed.digests).has(other) for other in others] == [True, False, False, False]


def test_a_build_says_what_it_read_and_what_it_asked(site):
    write(site, "b", [story(4, "elm")])
    assert run(site).effort == Effort(read=1, reused=1, matched=1)
    assert run(site).effort == Effort(read=0, reused=2, matched=0)
    assert run(site, cache=False).effort == Effort(read=2, reused=0, matched=5)


def test_a_catalog_that_is_as_the_files_are_has_no_differences(site, command):
    done = command(site, "check", "--config", site / "config.yaml", "--catalog")
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 files compared\n" in done.stdout
    write(site, "b", [story(9)])
    done = command(site, "check", "--config", site / "config.yaml", "--catalog", "--format", "json")
    assert json.loads(done.stdout)["catalog"] == {"files": 1, "unknown": 1, "differences": []}


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (
            [story(0), story(1, "elm"), story(2), story(3)],
            "a.jsonl:2: the catalog has another record, or none",
        ),
        ([story(0), story(1), story(2)], "a.jsonl:3: the catalog has another record, or none"),
        ([story(n) for n in range(5)], "a.jsonl:5: the catalog has another record, or none"),
    ],
    ids=["edited", "less", "more"],
)
def test_a_catalog_that_is_wrong_is_said_to_be(site, command, monkeypatch, told, says):
    stat, original = Stat.of(site / "a.jsonl"), Stat.of
    monkeypatch.setattr(Stat, "of", lambda path: stat if path.name == "a.jsonl" else original(path))
    write(site, "a", told)
    done = command(site, "check", "--config", site / "config.yaml", "--catalog")
    assert done.returncode == 1
    assert says in done.stdout
    assert "delete it, and the next build makes it anew" in done.stdout


@pytest.mark.parametrize(
    ("kind", "content", "says"),
    [
        (
            "answers",
            lambda rules: [rules, [None, None, [1], None]],
            "a.jsonl:3: the catalog has other feeds that take it",
        ),
        ("columns", lambda _: None, "a.jsonl:1: the catalog has other numbers of ids, texts or dates"),
        ("whole", lambda _: None, "a.jsonl:4: the catalog has another text"),
    ],
)
def test_whatever_is_wrong_in_it_is_told(site, command, kind, content, says):
    settings = load_config(site / "config.yaml")
    store = Store(catalog_of(settings), program(), 0)
    # The last file is read first.
    number = 2
    if kind == "answers":
        store.put(number, 0, kind, written(content(settings.rules.fingerprint())))
    elif kind == "columns":
        store.put(number, 0, kind, bytes(len(store.get(number, 0, kind))))
    else:
        whole = store.get_whole(number, 3)
        store.put_whole(number, 3, 0.0, [*whole[:2], "another", *whole[3:]])
    for each in (1, 2):
        store._used.add(each)
    store.save()
    store.close()
    done = command(site, "check", "--config", site / "config.yaml", "--catalog")
    assert done.returncode == 1
    assert says in done.stdout
