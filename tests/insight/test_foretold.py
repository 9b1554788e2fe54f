"""The next build does what diff, report and a dry run say about it."""

from datetime import UTC, datetime

import pytest
import yaml
from lxml import etree

from feedpub.config import load_config
from feedpub.history.state import read_feeds
from feedpub.insight.diff import compare, planned, published
from feedpub.planning.verdicts import articles
from feedpub.publishing.build import build, open_plan, plan
from feedpub.publishing.local.folder import LocalFolder

NOW = datetime(2024, 6, 1, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
STORIES = [
    f"Story {n} of the {thing}\nWhoever saw the {thing} on day {n} went home and told of it at length."
    f"\n2024-0{month}-0{n} 10:00\n"
    for month, n, thing in [(1, 1, "oak"), (2, 2, "elm"), (3, 3, "ash"), (4, 4, "yew"), (5, 5, "oak")]
]
EDITED = STORIES[1].replace("at length", "to all who would listen")
RETITLED = STORIES[1].replace("Story 2", "Tale 2")
COMING = STORIES[0].replace("Story 1", "Story 6").replace("2024-01", "2024-09")
LATE = STORIES[4].replace("Story 5", "Story 5b").replace("2024-05-05", "2024-04-20")
AGAIN = STORIES[0].replace("2024-01-01", "2024-05-20").replace("at length", "at some length")
LONG = STORIES[2].replace("went home", "went home " + "and home " * 400)

ALL = {"all": {"title": "All"}}
OAK = ALL | {"oak": {"title": "Oak", "any": ["oak"]}}
# What changes, and the config and articles before and after: feeds of the site, and whatever else differs.
CHANGES = {
    "nothing": ({"feeds": OAK}, STORIES, {}, STORIES),
    "first build": (None, [], {"feeds": OAK}, STORIES),
    "an edited text": ({"feeds": ALL}, STORIES, {}, [*STORIES[:1], EDITED, *STORIES[2:]]),
    "an edited title": ({"feeds": ALL}, STORIES, {}, [*STORIES[:1], RETITLED, *STORIES[2:]]),
    "what was published and is early is held": (
        {"feeds": ALL, "guards": {"future": "publish"}},
        [*STORIES, COMING],
        {"guards": {"future": "hold"}},
        [*STORIES, COMING],
    ),
    "what was not published is held": ({"feeds": ALL}, STORIES, {}, [*STORIES, COMING]),
    "a late arrival in a full feed": (
        {"feeds": {"all": {"title": "All", "max_items": 3}}},
        STORIES,
        {},
        [*STORIES, LATE],
    ),
    "a twin in a closed archive document": (
        {"feeds": {"all": {"title": "All", "max_items": 1, "archive": 1, "dedup": {"near": "70%"}}}},
        STORIES[:4],
        {},
        [*STORIES[:4], AGAIN],
    ),
    "a twin in the feed": (
        {"feeds": {"all": {"title": "All", "dedup": {"near": "70%"}}}},
        STORIES[:4],
        {},
        [*STORIES[:4], AGAIN],
    ),
    "an archive begins": (
        {"feeds": {"all": {"title": "All", "max_items": 2}}},
        STORIES,
        {"feeds": {"all": {"title": "All", "max_items": 2, "archive": "monthly"}}},
        STORIES,
    ),
    "a late arrival in an archived feed": (
        {"feeds": {"all": {"title": "All", "max_items": 2, "archive": 1}}},
        STORIES[1:],
        {},
        STORIES,
    ),
    "fewer bytes": (
        {"feeds": ALL},
        [*STORIES, LONG],
        {"feeds": {"all": {"title": "All", "max_bytes": "5 KB"}}},
        [*STORIES, LONG],
    ),
    "another rule, and a new feed": (
        {"feeds": OAK},
        STORIES,
        {
            "feeds": ALL
            | {"oak": {"title": "Oak", "any": ["oak", "elm"]}, "ash": {"title": "A", "any": ["ash"]}}
        },
        STORIES,
    ),
    "a feed retires": (
        {"feeds": OAK},
        STORIES,
        {"feeds": ALL | {"oak": {"title": "Oak", "retired": {"moved_to": "https://x.test/f/all.atom"}}}},
        STORIES,
    ),
    "an article goes": ({"feeds": OAK}, STORIES, {}, STORIES[1:]),
}


def lay_out(folder, config, stories):
    base = {
        "version": 1,
        "site": {"title": "T", "base_url": "https://x.test/f/", "id_authority": "x.test,2023"},
        "sources": [{"path": "a.txt", "timezone": "UTC"}],
    }
    (folder / "a.txt").write_text("".join(stories))
    (folder / "config.yaml").write_text(yaml.safe_dump(base | config, sort_keys=False))
    return load_config(folder / "config.yaml")


def online(folder):
    return {
        path.stem: {e.findtext(f"{ATOM}id") for e in etree.parse(path).iter(f"{ATOM}entry")}
        for path in (folder / "feeds").glob("*.atom")
        if path.stem.count(".") == 0
    }


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_what_is_said_of_the_next_build_is_what_it_does(tmp_path, change):
    config, stories, then, later = CHANGES[change]
    before = {}
    if config:
        build(lay_out(tmp_path, config, stories), NOW)
        before = online(tmp_path)
    settings = lay_out(tmp_path, (config or {}) | then, later)

    changes = compare(
        published(read_feeds(settings, LocalFolder(settings.output.dir))),
        planned(plan(settings, NOW)),
        settings.retired,
    )
    with open_plan(settings, NOW) as coming:
        counted = sum(1 for _ in articles(coming))
    dry = build(settings, NOW, dry_run=True)
    real = build(settings, NOW)

    after = online(tmp_path)
    assert {c.slug: {entry for entry, _ in c.entering} for c in changes} == {
        slug: after.get(slug, set()) - before.get(slug, set()) for slug in before | after
    }
    assert {c.slug: {entry for entry, _ in c.leaving} for c in changes} == {
        slug: before.get(slug, set()) - after.get(slug, set()) for slug in before | after
    }
    assert counted == real.articles == dry.articles
    assert [(f.slug, f.entries, f.new, f.documents) for f in dry.feeds] == [
        (f.slug, f.entries, f.new, f.documents) for f in real.feeds
    ]
