"""A build with a catalog publishes and reports the same as one that reads all sources."""

import csv
import io
import json
import os
import random
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.catalog import sizes
from feedpub.config import load_config
from feedpub.core.errors import ALLOWANCES, FeedpubError
from feedpub.insight.lookup import find, find_at
from feedpub.planning.verdicts import duplicates, unplaced, verdicts
from feedpub.publishing import dependencies
from feedpub.publishing.build import build, open_plan
from tests.catalog.crews import in_any_order

NOW = datetime(2024, 3, 1, tzinfo=UTC)
START = datetime(2024, 1, 2, tzinfo=UTC)
WORDS = ("oak", "elm", "tea", "oak and elm", "the quick brown fox jumps over a dog near the oak at dawn")
FORMATS = ("txt", "jsonl", "csv", "xml", "md", "json")


@pytest.fixture(autouse=True, scope="module")
def small_and_quick():
    """Make pieces small, so that files have several, and make files count as left alone at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sizes, "PIECE", 3)
        patch.setattr(sizes, "NEWEST", 4)
        patch.setattr(sizes, "BATCH", 200)
        patch.setattr(dependencies, "RACE", -(10**12))
        yield


@st.composite
def stories(draw):
    number = draw(st.integers(0, 12))
    day = START + timedelta(days=draw(st.sampled_from([number, number, number, 3, 70])))
    story = {
        "id": draw(st.sampled_from([None, None, f"k{number}", "shared"])),
        "title": draw(
            st.sampled_from([f"Story {number}", f"Story {number}", "Same title", "Tab\there & <b>"])
        ),
        "text": f"{draw(st.sampled_from(WORDS))} {draw(st.sampled_from([number, 'again']))}",
        "date": draw(st.sampled_from([day.isoformat(), f"{day:%Y-%m-%d %H:%M}", "no date"])),
    }
    more = {
        "link": st.sampled_from([f"https://x.test/{number}", "https://x.test/same", "relative"]),
        "updated": st.sampled_from([(day + timedelta(days=d)).isoformat() for d in (1, 30, 90)]),
        "version": st.integers(1, 3),
        "status": st.sampled_from(["draft", "withdrawn", "live", "odd"]),
        "embargo": st.sampled_from(["2024-02-20T00:00:00Z", "2024-03-04T00:00:00Z"]),
        "expires": st.sampled_from(["2024-02-20T00:00:00Z", "2024-03-03T00:00:00Z"]),
        "author": st.sampled_from(["Ann", "Ben"]),
        "category": st.sampled_from(["News", "Sport"]),
        "audio": st.sampled_from([f"https://x.test/{number}.mp3", "https://x.test/plan.pdf"]),
        "feeds": st.sampled_from(["oak", "oak, rare", "by-ann", "https://x.test/f/oak.rss"]),
        "not_feeds": st.sampled_from(["all", ["oak", "all"]]),
    }
    for name in draw(st.sets(st.sampled_from(sorted(more)), max_size=2)):
        story[name] = draw(more[name])
    return story


def written(kind, told):
    """Return a file of ``kind`` with these stories."""
    if kind == "txt":
        records = (f"{s['title']}\n{s['text']}\n{s['date']}\n" for s in told)
        return "\n".join([*records, "You might like\nOne\nTwo\n"])
    if kind in ("jsonl", "json"):
        plain = [{name: value for name, value in s.items() if value is not None} for s in told]
        return json.dumps(plain) if kind == "json" else "".join(json.dumps(s) + "\n" for s in plain)
    if kind == "csv":
        out = io.StringIO()
        names = ["id", "title", "text", "date", "link", "updated", "status", "author", "category", "feeds"]
        table = csv.DictWriter(out, names, extrasaction="ignore")
        table.writeheader()
        table.writerows(told)
        return out.getvalue()
    if kind == "md":
        first = told[0] if told else {"title": "None", "text": "", "date": ""}
        head = "".join(
            f"{name}: {json.dumps(value)}\n" for name, value in first.items() if name != "text" and value
        )
        return f"---\n{head}---\n{first['text']}\n"
    items = "".join(
        f"<item><title>{escape(s['title'])}</title><description>{escape(s['text'])}</description>"
        + (f"<guid isPermaLink='false'>{s['id']}</guid>" if s["id"] else "")
        + (f"<link>{s['link']}</link>" if "link" in s else "")
        + (f"<category>{s['category']}</category>" if "category" in s else "")
        + f"<pubDate>{s['date']}</pubDate></item>"
        for s in told
    )
    head = f"<title>C</title><link>https://y.test/{len(told) % 2}</link>"
    return f"<rss version='2.0'><channel>{head}{items}</channel></rss>"


FILES = st.tuples(st.sampled_from(FORMATS), st.integers(0, 2), st.lists(stories(), min_size=1, max_size=9))

EDITS = st.one_of(
    st.tuples(st.just("write"), FILES),
    st.tuples(st.just("write"), FILES),
    st.tuples(st.just("grow"), FILES),
    st.tuples(st.just("cut"), st.integers(0, 100)),
    st.tuples(st.sampled_from(["delete", "rename", "touch", "copy"]), st.integers(0, 100)),
    st.tuples(
        st.sampled_from(["damage", "truncate", "lose", "other version", "lose state"]), st.integers(0, 10**6)
    ),
)


POD = {"title": "Pod", "language": "en", "image": "https://x.test/a.png"}
POD |= {"podcast": {"category": "News", "explicit": False}}


@st.composite
def configs(draw):
    feed = draw(
        st.sampled_from(
            [
                {},
                {"max_items": 2},
                {"max_items": 3, "archive": 2},
                {"max_items": 4, "dedup": {"near": "60%"}},
                {"newer_than": "40d"},
                {"after": "2024-01-05"},
                {"max_items": 5, "max_per_source": 2},
            ]
        )
    )
    feeds = {
        "all": {"title": "All"} | feed,
        "oak": {"title": "Oak", "any": [draw(st.sampled_from(["oak", "elm"]))]} | feed,
    }
    feeds |= draw(
        st.sampled_from(
            [
                {},
                {},
                {"rare": {"title": "Rare", "any": ["fox"], "none": ["tea"]}},
                {"pod": POD | feed},
                {"news": {"title": "News", "any": ["category:News"]}},
                {"by": {"title": "By {value}", "each": "category", "slug": "by-{value}", "min_articles": 1}},
            ]
        )
    )
    text = {"timezone": draw(st.sampled_from(["UTC", "Europe/Berlin"])), "boilerplate": ["You might like"]}
    sources = [
        {"path": "in/*.txt"} | text,
        {"path": "in/*.jsonl", "timezone": "UTC"},
        {"path": "in/*.csv", "timezone": "UTC"}
        | draw(st.sampled_from([{}, {}, {"fields": {"body": "title"}}])),
        {"path": "in/*.xml", "timezone": "UTC"} | draw(st.sampled_from([{}, {"date": "fetched"}])),
        {"path": ["in/*.md", "in/*.json"], "timezone": "UTC"},
    ]
    config = {
        "version": 1,
        "site": {"title": "T", "base_url": "https://x.test/f/", "id_authority": "x.test,2023"},
        "sources": [s | {"may_be_empty": True} for s in sources],
        "feeds": feeds,
        "guards": {"future": draw(st.sampled_from(["hold", "hold", "publish"])), "max_rejects": "100%"},
        "output": {"formats": ["atom", "rss"]},
    }
    if draw(st.booleans()):
        config["dedup"] = {"exact": draw(st.sampled_from(["across", "all", "none"]))}
    if draw(st.integers(0, 3)) == 0:
        config["withdrawn"] = ["k3", "https://x.test/5"]
    exceptions = draw(
        st.sampled_from([{}, {"add": ["k2", "https://x.test/4"]}, {"drop": ["k1"], "add": ["k5"]}])
    )
    feeds["oak"] |= {"articles": exceptions} if exceptions else {}
    return config


BUILDS = st.tuples(
    st.tuples(configs(), st.lists(st.tuples(st.just("write"), FILES), min_size=2, max_size=6), st.just(0)),
    st.lists(
        st.tuples(st.none() | configs(), st.lists(EDITS, max_size=3), st.integers(0, 3)),
        min_size=1,
        max_size=5,
    ),
)


def published(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for place in ("feeds", ".feedpub")
        for path in sorted((folder / place).rglob("*"))
        if path.is_file()
        and not path.name.startswith(
            ("catalog", "ledger", "published", "builds", "lock", "unchanged", "stamps")
        )
    }


def dump(folder):
    if not (folder / ".feedpub" / "ledger.sqlite").exists():
        return []
    with closing(sqlite3.connect(folder / ".feedpub" / "ledger.sqlite")) as ledger:
        return list(ledger.iterdump())


def run(folder, now, *, cache, engine=None):
    allow = frozenset(ALLOWANCES)
    try:
        report = build(load_config(folder / "config.yaml"), now, allow=allow, cache=cache, engine=engine)
    except FeedpubError as error:
        return str(error).replace(str(folder), "")
    # The config lies in another folder.
    told = {name: getattr(report, name) for name in ("warnings", "source_warnings")}
    return replace(
        report,
        **{name: tuple(each.replace(str(folder), "") for each in found) for name, found in told.items()},
    )


def edit(folder, what, how):
    """Change the files of ``folder``; the same edit has the same effect in each folder."""
    inputs = sorted((folder / "in").iterdir())
    if what in ("write", "grow"):
        kind, number, told = how
        file = folder / "in" / f"{number}.{kind}"
        before = file.read_text() if what == "grow" and file.exists() else ""
        file.write_text(before + written(kind, told))
    elif what in ("cut", "delete", "rename", "touch", "copy"):
        if not inputs:
            return
        file = inputs[how % len(inputs)]
        if what == "cut":
            data = file.read_bytes()
            file.write_bytes(data[: len(data) * how // 101])
        elif what == "delete":
            file.unlink()
        elif what == "touch":
            os.utime(file)
        else:
            other = file.with_name(f"{how % 3}x{file.suffix}")
            if other != file:
                (shutil.copy if what == "copy" else os.replace)(file, other)
    elif what == "lose state":
        shutil.rmtree(folder / ".feedpub", ignore_errors=True)
    else:
        for file in (folder / ".feedpub").glob("catalog*.sqlite"):
            spoil(file, what, how)


def spoil(file, what, how):
    data = bytearray(file.read_bytes())
    if what == "lose":
        file.unlink()
    elif what == "truncate":
        file.write_bytes(data[: how % len(data)])
    elif what == "damage":
        chance = random.Random(how)
        for _ in range(chance.choice([1, 20, 500])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        file.write_bytes(data)
    else:
        # It may be damaged already.
        with suppress(sqlite3.Error), closing(sqlite3.connect(file)) as store, store:
            store.execute("UPDATE site SET key = x'00'")


def same_mtimes(one, two):
    for file in (one / "in").iterdir():
        stat = file.stat()
        os.utime(two / "in" / file.name, ns=(stat.st_mtime_ns, stat.st_mtime_ns))


def looked_up(folder, now, others=()):
    """What is found of each record by all that it can be called and of other wishes; what is said of duplicates."""
    with open_plan(load_config(folder / "config.yaml"), now, allow=ALLOWANCES) as plan:
        judged = verdicts(plan)
        every = [verdict.record for verdict in judged]
        wishes = {
            *others,
            *(verdict.id for verdict in judged if verdict.id),
            "story",
            "again & again",
            "in/0.txt",
            "in/1.jsonl",
        }
        for record in every:
            told = (getattr(record, name, None) for name in ("id", "key", "link", "title"))
            wishes |= {wish for wish in told if wish}
        found = {wish: find(plan, wish) for wish in sorted(wishes)}
        places = [record.origin for record in every if isinstance(record.origin.file, str)]
        at = [find_at(plan, folder / place.file, place.last) for place in places[::5]]
        added = [told.replace(str(folder), "") for told in unplaced(plan)]
        return wishes, found, at, duplicates(plan), added


def same_lookups(known, read, now, loss):
    """Compare what is found with the catalog to what is found without; it may be damaged in between."""
    try:
        wishes, *expected = looked_up(read, now)
    except FeedpubError:
        return
    assert looked_up(known, now, wishes)[1:] == tuple(expected)
    for file in (known / ".feedpub").glob("catalog*.sqlite") if loss else ():
        spoil(file, *loss)
    assert looked_up(known, now, wishes)[1:] == tuple(expected)


def run_history(first, then, engine=None, loss=None):
    with TemporaryDirectory() as name:
        known, read = Path(name) / "known", Path(name) / "read"
        for folder in (known, read):
            (folder / "in").mkdir(parents=True)
        config, now = first[0], NOW
        for new, edits, days in (first, *then):
            config = new or config
            now += timedelta(days=days)
            for folder in (known, read):
                (folder / "config.yaml").write_text(json.dumps(config))
                for what, how in edits:
                    edit(folder, what, how)
            same_mtimes(known, read)
            found, expected = run(known, now, cache=True, engine=engine), run(read, now, cache=False)
            assert found == expected
            assert published(known) == published(read)
            assert dump(known) == dump(read)
        if loss is not None:
            same_lookups(known, read, now, loss)


@given(BUILDS)
@settings(max_examples=4)
def test_it_is_so_through_histories(builds):
    run_history(*builds)


def test_an_article_with_another_date_is_found_by_the_id_that_subscribers_know():
    """It has left its feed and kept nothing but its title, of which the ledger has only a digest."""
    config = {
        "version": 1,
        "site": {"title": "T", "base_url": "https://x.test/f/", "id_authority": "x.test,2023"},
        "sources": [{"path": "in/*.txt", "timezone": "UTC"}],
        "feeds": {"all": {"title": "All", "max_items": 2}},
    }

    def stories_of(days, moved):
        told = [{"title": f"Story {n}", "text": f"oak {n}", "date": f"2024-01-{n} 10:00"} for n in days]
        told.insert(2, {"title": "Moved", "text": "elm", "date": moved})
        return [("write", ("txt", 0, [{"id": None, **story} for story in told]))]

    then = [
        (None, stories_of(range(10, 19), "2024-01-19 10:00"), 1),
        (None, stories_of(range(10, 24), "2024-01-19 10:00"), 1),
        (None, stories_of(range(10, 24), "2024-01-09 10:00"), 1),
    ]
    run_history((config, stories_of(range(10, 13), "2024-01-19 10:00"), 0), then, loss=())


LOSSES = st.just(()) | st.tuples(st.sampled_from(["damage", "truncate", "lose"]), st.integers(0, 10**6))


@given(BUILDS, LOSSES)
@settings(max_examples=4)
def test_records_are_found_as_without_it(builds, loss):
    run_history(*builds, loss=loss)


@pytest.mark.slow
@given(BUILDS, LOSSES)
@settings(max_examples=settings.default.max_examples // 8)
def test_records_are_found_as_without_it_after_many_histories(builds, loss):
    run_history(*builds, loss=loss)


@pytest.mark.slow
@given(BUILDS)
@settings(max_examples=settings.default.max_examples // 4)
def test_it_is_so_through_many_histories(builds):
    run_history(*builds)


def bounded(builds):
    """Return the builds with only feeds of limited size, because others only read for those."""
    first, then = builds
    for config, *_ in (first, *then):
        for name, feed in [*config["feeds"].items()] if config else ():
            feed.pop("archive", None)
            feed.pop("max_per_source", None)
            if "each" in feed:
                del config["feeds"][name]
    return builds


@given(BUILDS.map(bounded), st.integers(0, 100))
@settings(max_examples=4)
def test_it_is_so_where_others_read_in_any_order(builds, seed):
    run_history(*builds, in_any_order(seed))


@pytest.mark.slow
@given(BUILDS.map(bounded), st.integers(0, 100))
@settings(max_examples=settings.default.max_examples // 4)
def test_it_is_so_where_others_read_in_any_order_through_many_histories(builds, seed):
    run_history(*builds, in_any_order(seed))
