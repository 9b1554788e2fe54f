"""Whatever changes between builds, the next build does what was said about it."""

import json
import os
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from feedpub.config import load_config
from feedpub.core.errors import FeedpubError
from feedpub.insight.diff import planned
from feedpub.planning.verdicts import Fate, Where, verdicts
from feedpub.publishing.build import build, open_plan

NOW = datetime(2024, 3, 1, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
WORDS = ["ash", "beech", "cedar", "elder", "fir", "hazel", "ivy", "juniper", "larch", "maple"]
FAMILIES = [" ".join(f"{word} {number}" for word in WORDS) for number in range(3)]
"""Texts that several stories share but for their last words, so that they are near-duplicates."""


@st.composite
def stories(draw):
    """Draw a record of a pool: its author, its date, and what is wrong with it."""
    number = draw(st.integers(0, 11))
    family = FAMILIES[number % 3]
    record = {
        "id": draw(st.sampled_from([f"story-{number}"] * 6 + ["story-0", None])),
        "title": f"Story {number} of the {'oak' if number % 2 else 'elm'}{draw(st.sampled_from(['', '', ', edited']))}",
        "text": f"{family} {draw(st.sampled_from(['at dusk', 'at dusk', 'at dawn, after all']))} {number % 4}",
        "date": (datetime(2024, 1, 2, tzinfo=UTC) + timedelta(days=number * 5)).isoformat(),
    }
    return record | draw(
        st.sampled_from(
            [{}] * 8
            + [
                {"status": "draft"},
                {"embargo": "2024-03-02T10:00:00Z"},
                {"date": "2024-05-01T10:00:00Z"},
                {"date": "no day"},
                {"expires": "2024-02-01T00:00:00Z"},
                {"status": "withdrawn"},
                {"id": f"versions-{number % 2}", "version": 2, "status": "withdrawn"},
                {"id": f"versions-{number % 2}", "version": draw(st.integers(1, 3))},
                {"updated": "2024-02-28T10:00:00Z"},
                {"updated": "2024-03-03T10:00:00Z"},
                {"expires": "2024-03-02T12:00:00Z"},
                {"text": f"{FAMILIES[0]} to the letter"},
            ]
        )
    )


@st.composite
def configs(draw):
    """Draw the feeds of one build: some come and go, retire, are archived, and change their rules."""
    about = {
        "max_items": draw(st.integers(1, 6)),
        "archive": draw(st.sampled_from(["off", "off", 1, 2, "monthly"])),
    }
    if draw(st.booleans()):
        about["dedup"] = {"near": "60%"}
    if draw(st.integers(0, 3)) == 0:
        about["max_bytes"] = "5 KB"
    windows = [
        {"newer_than": "40d"},
        {"after": "2024-01-10"},
        {"before": "2024-02-10"},
        {"max_per_source": 2},
    ]
    about |= draw(st.sampled_from([{}] * 4 + windows))
    feeds = {"all": {"title": "All"} | about}
    oak = draw(st.sampled_from(["rule", "rule", "other rule", "gone", "retired"]))
    if oak == "retired":
        feeds["oak"] = {"title": "Oak", "retired": {"moved_to": "https://x.test/f/all.atom"}}
    elif oak != "gone":
        feeds["oak"] = {"title": "Oak", "any": ["oak"] if oak == "rule" else ["elm", "dawn"]} | about
    return {"feeds": feeds, "guards": {"future": draw(st.sampled_from(["hold", "hold", "publish"]))}}


BUILDS = st.lists(
    st.tuples(
        configs(),
        st.lists(stories(), min_size=3, max_size=14),
        st.sets(st.sampled_from(["vanished", "empty", "removed", "moved-dates"])),
        st.booleans(),
    ),
    min_size=2,
    max_size=4,
)


def lay_out(folder, config, records):
    base = {
        "version": 1,
        "site": {"title": "T", "base_url": "https://x.test/f/", "id_authority": "x.test,2023"},
        "sources": [{"path": "a.jsonl", "timezone": "UTC"}],
        "output": {"formats": ["atom"]},
    }
    (folder / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    os.utime(folder / "a.jsonl", (NOW.timestamp(), NOW.timestamp()))
    (folder / "config.yaml").write_text(json.dumps(base | config))
    return load_config(folder / "config.yaml")


def documents(folder):
    """Return the ids of the entries in each document, as another parser reads them."""
    return {
        path.name: [e.findtext(f"{ATOM}id") for e in etree.parse(path).iter(f"{ATOM}entry")]
        for path in (folder / "feeds").glob("*.atom")
    }


def summary(report):
    feeds = [(f.slug, f.entries, f.new, f.archived, f.documents, f.limit, len(f.near)) for f in report.feeds]
    counts = (report.articles, report.duplicates, report.edited, report.held, report.left_out)
    return feeds, counts, report.removed, [reject.origin for reject in report.rejects]


@contextmanager
def refused(reason):
    """Expect that a build ends with ``reason``, or succeeds if that is None."""
    if reason is None:
        yield
    else:
        with pytest.raises(FeedpubError) as refusal:
            yield
        assert str(refusal.value) == reason


def check_fates(found, report):
    fates = [verdict.fate for verdict in found]
    assert fates.count(Fate.ARTICLE) == report.articles
    assert fates.count(Fate.DUPLICATE) == report.duplicates
    assert fates.count(Fate.HELD) == report.held
    assert fates.count(Fate.LEFT_OUT) + fates.count(Fate.WITHDRAWN) == report.left_out
    assert fates.count(Fate.REJECTED) == len(report.rejects)


def check_again(site, now, allow):
    """Check that a second build of the same input changes nothing."""
    again = build(site, now, dry_run=True, allow=allow)
    assert not any(document.written for feed in again.feeds for document in feed.documents)
    assert not again.removed


def check_next_change(site, now, next_change, allow):
    """Check that time alone changes nothing until the next change (or for a year), and something then."""

    def at(time):
        with open_plan(site, time, allow=allow) as plan:
            return plan, {document.path: document.data for document in plan.verified.documents}

    plan, documents_now = at(now)
    last = next_change - timedelta(seconds=1) if next_change else now + timedelta(days=366)
    before, documents_before = at(last)
    assert (documents_before, before.next_change) == (documents_now, next_change)
    if next_change:
        then, documents_then = at(next_change)
        what = attrgetter("held", "left_out", "notices")
        assert (documents_then, what(then.ingested)) != (documents_now, what(plan.ingested))


def check_placements(found, online, retired):
    public = {verdict.id: verdict for verdict in found if verdict.fate is Fate.ARTICLE}
    in_feeds = {slug: set(online[f"{slug}.atom"]) for slug in {name.partition(".")[0] for name in online}}
    for verdict in public.values():
        for placement in verdict.placements:
            for name in placement.documents:
                assert verdict.id in online[name], (verdict, name)
            is_newest = placement.where is Where.SUBSCRIPTION
            assert (verdict.id in in_feeds[placement.feed]) == is_newest, (verdict, placement)
    for verdict in found:
        if verdict.fate is Fate.DUPLICATE:
            assert public[verdict.kept_id].record.origin == verdict.kept
        elif verdict.fate is not Fate.ARTICLE and verdict.id not in public:
            assert all(verdict.id not in ids for ids in in_feeds.values()), verdict
    for slug in in_feeds.keys() - retired:
        assert in_feeds[slug] <= public.keys()


def run_history(builds):
    with TemporaryDirectory() as name:
        folder = Path(name)
        for number, (config, records, allow, lost) in enumerate(builds):
            now = NOW + timedelta(days=number)
            site = lay_out(folder, config, records)
            if lost:
                shutil.rmtree(folder / ".feedpub", ignore_errors=True)
            with open_plan(site, now, allow=allow) as plan:
                foretold = {slug: set(entries) for slug, entries in planned(plan).items()}
                reason = str(plan.refusal) if plan.refusal else None
                found = verdicts(plan)
            before = documents(folder)
            dry = real = None
            with refused(reason):
                dry = build(site, now, dry_run=True, allow=allow)
            assert documents(folder) == before
            with refused(reason):
                real = build(site, now, allow=allow)
            online = documents(folder)
            if real is None:
                assert (dry, online) == (None, before)
                continue
            assert summary(dry) == summary(real)
            assert {slug: set(online[f"{slug}.atom"]) for slug in foretold} == foretold
            check_fates(found, real)
            check_placements(found, online, {feed.slug for feed in site.retired})
            check_again(site, now, allow)
            check_next_change(site, now, real.next_change, allow)


def story(key, number, words="at dusk", **more):
    date = (datetime(2024, 1, 2, tzinfo=UTC) + timedelta(days=number)).isoformat()
    return {
        "id": key,
        "title": f"Story {number}",
        "text": f"{FAMILIES[number % 3]} {words}",
        "date": date,
    } | more


def history(*builds):
    """Return a history of one feed from the records of each build."""
    config = {"feeds": {"all": {"title": "All"}}, "guards": {"future": "hold"}}
    return [(config, list(records), set(), False) for records in builds]


@pytest.mark.slow
@given(BUILDS)
@example(history([story("1", 1), story("1", 2, date="2024-05-01T10:00:00Z")])).via("one key, one is not due")
@example(
    history(
        [story("1", 1), story("1", 2)],
        [story("1", 3, version=3), story("1", 4, date="2024-05-01T10:00:00Z")],
    )
).via("a key that was shared before, one is not due")
@example(history([story("1", 1)], [story("1", 1, "at dawn", date="2024-05-01T10:00:00Z")])).via(
    "dated anew, and nothing else has its key"
)
@example(
    history(
        [story("1", 1), story("1", 2, updated="2024-02-28T10:00:00Z"), story("1", 2, title="Story 2, edited")]
    )
).via("one key, and an update under another title")
@example(history([story("1", 1), story("1", 2, "at dawn", version=1), story("1", 2)])).via(
    "one key, with a version and without"
)
@example(
    history([story(None, 1)], [story("1", 1, expires="2024-02-01T00:00:00Z"), story("1", 1, "at dawn")])
).via("one version has expired, the other takes the place of what had no key")
@example(
    history(
        [story(None, 1, title="Story 1, edited")],
        [story("1", 1, status="withdrawn"), story(None, 1, updated="2024-02-28T10:00:00Z")],
    )
).via("withdrawn under a key, and there again without it")
@example(
    [
        *history([story("1", 1)]),
        (
            {
                "feeds": {"all": {"title": "All", "max_items": 1, "archive": 1}},
                "guards": {"future": "hold"},
            },
            [story("1", 1, status="draft"), story(None, 1), story("2", 2), story("3", 3)],
            set(),
            False,
        ),
    ]
).via("a draft under a key, and the same article public without it, in a finished page")
@example(
    [
        (
            {"feeds": {"all": {"title": "All", "max_items": 1, "archive": 1}}},
            [story("1", 1), story(None, 2)],
            set(),
            False,
        ),
        (
            {"feeds": {"all": {"title": "All", "archive": 1, "dedup": {"near": "60%"}}}},
            [story("1", 1, status="draft"), story("1", 1, date="2024-05-01T10:00:00Z"), story(None, 4)],
            {"vanished", "empty", "moved-dates"},
            True,
        ),
    ]
).via("a draft and one that is not due under one key, and the state is lost")
@example(
    [
        *history([story("1", 1)]),
        (
            {"feeds": {"all": {"title": "All"}}},
            [story("1", 1, date="2024-05-01T10:00:00Z"), story("1", 1, embargo="2024-03-02T10:00:00Z")],
            {"vanished", "empty"},
            False,
        ),
    ]
).via("an embargo and a date that has not come under one key")
@settings(max_examples=10)
def test_plan_dry_run_and_verdicts_say_what_the_build_does(builds):
    run_history(builds)


@pytest.mark.slow
@given(BUILDS)
@settings(max_examples=settings.default.max_examples // 2)
def test_they_do_so_through_many_histories(builds):
    run_history(builds)
