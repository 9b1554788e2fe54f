"""A feed's window is what sorting, filtering and cutting everything would give, and what leaves it alarms nobody."""

import json
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.config import load_config
from feedpub.core.errors import GuardRefusal
from feedpub.planning.verdicts import Where, verdicts
from feedpub.publishing.build import build, open_plan

START = datetime(2024, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=20)
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><id>https://{0}.example/</id><title>{0}</title>
<updated>2024-01-01T00:00:00Z</updated>{1}</feed>"""
ENTRY = """<entry><id>https://x.example/{name}</id><title>{name}</title><updated>{date}</updated>
<published>{date}</published><content>{name}</content></entry>"""


def lay_out(folder, feed, records, **output):
    """Write a site with one feed; a record is a name, a source (``a`` and ``b`` are feeds of one item) and a date."""
    config = {
        "version": 1,
        "site": {"title": "T", "base_url": "https://x.test/f/", "id_authority": "x.test,2023"},
        "sources": [
            {"path": path, "timezone": "America/New_York", "may_be_empty": True}
            for path in ("c/*.jsonl", "*.xml", "d/*.jsonl")
        ],
        "feeds": {"all": {"title": "All"} | feed},
        "output": {"formats": ["atom"]} | output,
    }
    folder = Path(folder)
    for name in "cd":
        (folder / name).mkdir(exist_ok=True)
    for path in (*folder.glob("?/*.jsonl"), *folder.glob("*.xml")):
        path.unlink()
    for number, (name, source, date) in enumerate(records):
        row = {"id": name, "title": name, "body": name, "date": date.isoformat()}
        if source in "cd":
            with (folder / f"{source}/{number % 2}.jsonl").open("a") as lines:
                lines.write(f"{json.dumps(row)}\n")
    for source in "ab":
        entries = [
            ENTRY.format(name=name, date=date.isoformat()) for name, own, date in records if own == source
        ]
        if entries:
            (folder / f"{source}.xml").write_text(ATOM.format(source, "".join(entries)))
    (folder / "config.yaml").write_text(json.dumps(config))
    return load_config(folder / "config.yaml")


@contextmanager
def planned(records, feed, now=NOW, **output):
    with TemporaryDirectory() as name, open_plan(lay_out(name, feed, records, **output), now) as plan:
        yield plan


def titles(entries):
    return [entry.article.title for entry in entries]


# Equal dates are not the subject here.
RECORDS = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from("abcd")),
    min_size=1,
    max_size=14,
    unique_by=lambda drawn: drawn[0],
).map(
    lambda drawn: [
        (f"n{number}", source, START + timedelta(hours=12 * time))
        for number, (time, source) in enumerate(drawn)
    ]
)
WINDOWS = st.fixed_dictionaries(
    {"max_items": st.integers(1, 8)},
    optional={
        "newer_than": st.sampled_from(["36h", "6d", "2w"]),
        "after": st.sampled_from(["2024-01-05", "2024-01-07 07:00", "2024-01-07T07:00:00-05:00"]),
        "before": st.sampled_from(["2024-01-15", "2024-01-17T19:00:00Z", "2024-01-18T01:00+02:00"]),
        "max_per_source": st.integers(1, 3),
        "archive": st.sampled_from([2, "monthly"]),
    },
)
AGES = {"36h": timedelta(hours=36), "6d": timedelta(days=6), "2w": timedelta(days=14)}


def reached(date, bound):
    bound = datetime.fromisoformat(bound)
    if bound.tzinfo is None:
        # In the zone of the date, which is UTC for all dates here.
        bound = bound.replace(tzinfo=UTC)
    return date >= bound


def plainly(records, feed):
    """Return the feed's entries and those in its archive, sorted, and why each other article is in neither."""
    why = {}
    taken = []
    for name, source, date in records:
        if "after" in feed and not reached(date, feed["after"]):
            why[name] = "after"
        elif "before" in feed and reached(date, feed["before"]):
            why[name] = "before"
        else:
            taken.append((name, source, date))
    shown, seen = [], Counter()
    for name, source, date in sorted(taken, key=lambda record: record[2], reverse=True):
        if "newer_than" in feed and NOW - date >= AGES[feed["newer_than"]]:
            why[name] = "newer_than"
            continue
        seen[source] += 1
        if seen[source] > feed.get("max_per_source", len(records)):
            why[name] = "max_per_source"
        elif len(shown) == feed["max_items"]:
            why[name] = "max_items"
        else:
            shown.append(name)
    return shown, why


def check_window(records, feed):
    with planned(records, feed) as plan:
        [made] = plan.feeds
        found = {verdict.record.title: verdict.placements[0] for verdict in verdicts(plan)}
    shown, why = plainly(records, feed)
    assert titles(made.feed.entries) == shown
    archived = {title for page in made.pages for title in titles(page.entries)}
    if "archive" in feed:
        assert archived == {name for name, limit in why.items() if limit not in ("after", "before")}
    else:
        assert not archived
    for name, _, _ in records:
        if name in shown:
            assert found[name].where is Where.SUBSCRIPTION
        elif name in archived:
            assert found[name].where is Where.ARCHIVE
        else:
            assert found[name].where is Where.NO_ROOM
            # If the feed is full, too, either limit explains it.
            limits = {why[name], "max_items" if len(shown) == feed["max_items"] else ""} - {""}
            assert any(f"({limit})" in found[name].reason for limit in limits)


@settings(max_examples=20, deadline=None)
@given(RECORDS.flatmap(st.permutations), WINDOWS)
def test_a_window_shows_what_sorting_filtering_and_cutting_everything_shows(records, feed):
    check_window(records, feed)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(RECORDS.flatmap(st.permutations), WINDOWS)
def test_it_does_so_for_many_windows(records, feed):
    check_window(records, feed)


def test_of_near_duplicates_none_takes_the_share_of_its_source():
    text = " ".join(f"word{number}" for number in range(40))
    records = [(f"{text} {number}", "c", START + timedelta(hours=number)) for number in range(3, 6)]
    records += [(f"other {number}", "c", START + timedelta(hours=number)) for number in range(3)]
    feed = {"max_per_source": 3, "max_items": 5, "dedup": {"near": "80%"}}
    with planned(records, feed) as plan:
        assert titles(plan.feeds[0].feed.entries) == [f"{text} 3", "other 2", "other 1"]


def test_a_day_begins_in_the_zone_of_each_source():
    records = [("early", "c", datetime(2024, 1, 5, 1)), ("late", "c", datetime(2024, 1, 5, 23))]  # noqa: DTZ001
    records += [
        ("feed", "a", datetime(2024, 1, 6, 1, tzinfo=UTC)),
        ("before", "a", datetime(2024, 1, 4, 23, tzinfo=UTC)),
    ]
    with planned(records, {"after": "2024-01-05", "before": "2024-01-06"}) as plan:
        assert titles(plan.feeds[0].feed.entries) == ["late", "early"]


ALL = [(f"n{number}", "abcd"[number % 2 * 2], START + timedelta(hours=number)) for number in range(12)]


@pytest.mark.parametrize(
    ("later", "days", "shown"),
    [
        ({"newer_than": "30d"}, 40, 0),
        ({"newer_than": "7d"}, 0, 0),
        ({"before": "2024-01-01"}, 0, 0),
        ({"max_per_source": 1}, 0, 2),
    ],
)
def test_what_slides_out_of_a_window_is_counted_by_no_guard(tmp_path, later, days, shown):
    build(lay_out(tmp_path, {"newer_than": "30d"} if days else {}, ALL), NOW)
    report = build(lay_out(tmp_path, later, ALL), NOW + timedelta(days=days))
    assert report.feeds[0].entries == shown


def test_new_articles_of_a_source_push_its_own_out_and_no_guard_counts_them(tmp_path):
    build(lay_out(tmp_path, {"max_per_source": 5, "max_items": 50}, ALL), NOW)
    more = [(f"more{number}", "a", NOW - timedelta(hours=number)) for number in range(9)]
    report = build(lay_out(tmp_path, {"max_per_source": 5, "max_items": 50}, ALL + more), NOW)
    assert (report.feeds[0].entries, report.feeds[0].new) == (10, 5)


@pytest.mark.parametrize(
    ("later", "records"),
    [
        ({"after": "2024-01-19"}, ALL),
        ({"newer_than": "30d"}, ALL[:2]),
        ({"max_per_source": 1}, []),
        ({"max_per_source": 6, "any": ["nothing"]}, ALL),
    ],
)
def test_what_vanishes_otherwise_is_counted_still(tmp_path, later, records):
    build(lay_out(tmp_path, {}, ALL), NOW)
    with pytest.raises(GuardRefusal):
        build(lay_out(tmp_path, later, records), NOW)


def test_the_clock_changes_nothing_until_the_first_entry_ages_out(tmp_path):
    site = lay_out(tmp_path, {"newer_than": "30d"}, ALL)
    build(site, NOW)
    with open_plan(site, NOW) as plan:
        moment = plan.feeds[0].ages_out
    assert moment == START + timedelta(days=30)
    assert not any(d.written for d in build(site, moment - timedelta(seconds=1)).feeds[0].documents)
    assert build(site, moment).feeds[0].entries == len(ALL) - 1


def test_what_is_too_old_goes_to_the_archive(tmp_path):
    site = lay_out(tmp_path, {"newer_than": "30d", "archive": 5}, ALL)
    build(site, NOW)
    report = build(site, START + timedelta(days=30, hours=5))
    assert (report.feeds[0].entries, report.feeds[0].archived, report.feeds[0].limit) == (6, 6, "newer_than")
