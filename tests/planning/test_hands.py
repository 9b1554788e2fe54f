"""What a person decided about an article holds, whatever the rules say, and does nothing else."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from feedpub.config import load_config
from feedpub.core.errors import ConfigError
from feedpub.publishing.build import build, open_plan

NOW = datetime(2024, 3, 1, tzinfo=UTC)
CASES = yaml.safe_load((Path(__file__).parents[1] / "data/hands.yaml").read_bytes())
STORIES = {
    "war": {"link": "https://a.test/war", "title": "The war", "text": "War.", "date": "2024-01-01T10:00:00Z"},
    "ball": {"id": "b", "title": "A ball", "text": "Ball.", "date": "2024-01-02T10:00:00Z"},
    "both": {"id": "wb", "title": "War ball", "text": "Both.", "date": "2024-01-03T10:00:00Z"},
    "tea": {"link": "http://a.test/tea/", "title": "Tea", "text": "Tea.", "date": "2024-01-04T10:00:00Z"},
}
FEEDS = {
    "world": {"title": "World", "any": ["war"]},
    "sports": {"title": "Sports", "any": ["ball"], "none": ["war"]},
    "rest": {"title": "Rest", "fallback": True},
    "most": {"title": "Most", "include": ["world", "sports"]},
    "old": {"title": "Old", "retired": {"moved_to": "https://a.test/new"}},
}


class Site:
    def __init__(self, folder):
        self.folder = folder
        self.configure({})

    def configure(self, feeds, **more):
        config = {
            "version": 1,
            "site": {"title": "T", "base_url": "https://x.test/f/", "id_authority": "x.test,2023"},
            "sources": [{"path": "in.jsonl", "timezone": "UTC"} | more.pop("source", {})],
            "feeds": {slug: feed | feeds.get(slug, {}) for slug, feed in FEEDS.items()},
            "output": {"pages": "off", "formats": ["json"]},
        }
        (self.folder / "c.yaml").write_text(json.dumps(config | more))

    def write(self, more=None):
        told = (story | (more or {}).get(name, {}) for name, story in STORIES.items())
        (self.folder / "in.jsonl").write_text("".join(json.dumps(story) + "\n" for story in told))

    def build(self):
        return build(load_config(self.folder / "c.yaml"), NOW)

    def plan(self):
        return open_plan(load_config(self.folder / "c.yaml"), NOW)

    def shown(self, slug):
        items = json.loads((self.folder / f"feeds/{slug}.json").read_bytes())["items"]
        titles = {story["title"]: name for name, story in STORIES.items()}
        return sorted(titles[item["title"]] for item in items)


@pytest.fixture
def site(tmp_path):
    return Site(tmp_path)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_each_feed_has_what_the_table_says(site, case):
    site.write(case.get("records"))
    site.configure(case.get("feeds", {}), source=case.get("source", {}))
    with site.plan() as plan:
        shown = {feed.slug: sorted(e.article.title for e in feed.feed.entries) for feed in plan.feeds}
        notices = [f"{n.origin}: {n.message}" for n in plan.ingested.notices if "feed" in n.kind]
        unused = plan.ingested.unused
    titles = {slug: sorted(STORIES[name]["title"] for name in names) for slug, names in case["gives"].items()}
    assert {slug: shown[slug] for slug in titles} == titles
    assert notices == case.get("notices", [])
    assert [line.partition(": ")[2] for line in unused] == case.get("unused", [])


def test_an_edited_article_is_known_by_the_id_that_it_was_published_under(site):
    site.write()
    site.build()
    published = json.loads((site.folder / "feeds/rest.json").read_bytes())["items"][0]["id"]
    site.write({"tea": {"title": "Tea time", "link": "http://a.test/tea/"}})
    site.configure({"world": {"articles": {"add": [published]}}})
    site.build()
    items = json.loads((site.folder / "feeds/world.json").read_bytes())["items"]
    assert (published, "Tea time") in [(item["id"], item["title"]) for item in items]


def test_an_article_under_two_names_in_both_lists_is_an_error_with_both_lines(site):
    site.write({"war": {"id": "w"}})
    site.configure({"world": {"articles": {"add": ["w"], "drop": ["https://a.test/war"]}}})
    with pytest.raises(ConfigError, match=r"c\.yaml:1:.*drop\[0\]: .* in line 1, as 'w'"), site.plan():
        pass


def test_no_guard_counts_what_was_dropped(site):
    more = {f"war {n}": {"title": f"War {n}", "text": "War.", "date": f"2024-02-0{n}"} for n in range(1, 5)}
    lines = [json.dumps(story | {"id": name}) for name, story in more.items()]
    (site.folder / "in.jsonl").write_text("\n".join([*lines, json.dumps(STORIES["war"])]))
    site.build()
    site.configure({"world": {"articles": {"drop": list(more)}}})
    site.build()
    assert site.shown("world") == ["war"]


@pytest.mark.parametrize("cached", [False, True], ids=["read anew", "known from the last build"])
def test_a_change_of_a_decision_is_published_by_the_next_build(site, cached):
    site.write()
    site.build()
    if cached:
        site.build()
    site.configure({"world": {"articles": {"add": ["b"]}}})
    site.build()
    assert site.shown("world") == ["ball", "both", "war"]
    site.write({"both": {"not_feeds": ["world"]}})
    site.build()
    assert site.shown("world") == ["ball", "war"]
    site.configure({})
    site.build()
    assert site.shown("world") == ["war"]


def test_the_commands_tell_of_decisions_with_file_and_line(site, command):
    site.write({"tea": {"feeds": ["world", "wrld"]}})
    lists = {"drop": ["https://a.test/war"], "add": ["nobody", "b", "wb"]}
    site.configure({"world": {"articles": lists, "max_items": 1}}, withdrawn=["wb"])
    checked = command(site.folder, "check", "--config", "c.yaml", "--format", "json")
    warnings = json.loads(checked.stdout)["warnings"]
    assert [line for line in warnings if "nobody" in line or "wrld" in line] == [
        "c.yaml:1:" + next(line for line in warnings if "nobody" in line).split(":", 2)[2],
        "in.jsonl:4: feeds names 'wrld', which is not a feed (in 1 article); did you mean 'world'?",
    ]
    reasons = [line.partition(" is not in world: ") for line in warnings if "is not in" in line]
    assert [(title, why.partition(",")[0]) for title, _, why in reasons] == [
        ("c.yaml:1: 'A ball'", "world has room for 1 entry (max_items)"),
        (
            "c.yaml:1: 'War ball'",
            "the config lists it under withdrawn; remove it from that list to bring it back",
        ),
    ]
    assert (
        "✓ in world  added by hand, in in.jsonl:4"
        in command(site.folder, "explain", "--config", "c.yaml", "Tea").stdout
    )
    told = command(site.folder, "explain", "--config", "c.yaml", "The war", "--format", "json")
    world = json.loads(told.stdout)["feeds"][0]
    assert (world["in"], world["hand"]) == (False, {"does": "dropped", "file": "c.yaml", "line": 1})
    report = command(site.folder, "report", "--config", "c.yaml")
    assert "world: 2 articles added by hand, 1 dropped" in report.stdout
    counts = json.loads(command(site.folder, "report", "--config", "c.yaml", "--format", "json").stdout)
    assert (counts["feeds"][0]["added_by_hand"], counts["feeds"][0]["dropped_by_hand"]) == (2, 1)
