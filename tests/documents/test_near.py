"""A feed that wants it publishes only the earliest of several similar texts."""

import random

WORDS = [
    f"{a}{b}"
    for a in ["ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te"]
    for b in ["ba", "de", "fi", "go", "ku", "la", "me", "ni"]
]


def text(seed: int, changed: int = 0) -> str:
    """Return two hundred words; the last ones are changed."""
    words = random.Random(seed).choices(WORDS, k=200)
    words[len(words) - changed :] = random.Random(-seed - 1).choices(WORDS, k=changed)
    return " ".join(words)


def record(name: str, day: int, body: str) -> dict[str, str]:
    return {"id": name, "title": "From the agency", "body": body, "published": f"2024-05-{day:02}"}


STORIES = [
    record("first", 1, text(1)),
    record("near", 3, text(1, changed=10)),
    record("far", 4, text(1, changed=120)),
    record("other", 2, text(2)),
]


def titles(report):
    return {near.entry.article.key: near.kept.article.key for feed in report.feeds for near in feed.near}


def test_it_is_off_unless_asked_for(site):
    report = site.build(STORIES)
    assert report.feeds[0].entries == 4


def test_what_is_near_an_earlier_one_is_left_out_with_its_reason(site):
    site.config["feeds"]["all"]["dedup"] = {"near": "80%"}
    report = site.build(STORIES)
    assert titles(report) == {"near": "first"}
    (near,) = report.feeds[0].near
    assert near.reason.startswith("left out of all: 9")
    assert "'From the agency' (in/a.jsonl:1), which is earlier" in near.reason
    assert report.feeds[0].entries == 3


def test_each_feed_decides_for_itself(site):
    site.config["feeds"] |= {"few": {"title": "Few", "dedup": {"near": "80%"}}}
    assert [feed.entries for feed in site.build(STORIES).feeds] == [4, 3]


def test_the_order_of_reading_does_not_matter(site):
    site.config["feeds"]["all"]["dedup"] = {"near": "80%"}
    site.build(STORIES)
    before = site.read("all.atom")
    site.build(STORIES[::-1])
    assert site.read("all.atom") == before


def test_a_feed_is_filled_with_what_is_not_near(site):
    site.config["feeds"]["all"] |= {"dedup": {"near": "80%"}, "max_items": "3"}
    stories = [*STORIES, record("older", 1, text(3))]
    assert site.build(stories).feeds[0].entries == 3


def test_what_was_left_out_does_not_come_back_when_the_earlier_one_is_archived(site):
    site.config["feeds"]["all"] |= {"dedup": {"near": "80%"}, "max_items": "2", "archive": "1"}
    stories = [record("first", 1, text(1)), record("near", 2, text(1, changed=10))]
    stories += [record(f"{n}", n, text(n)) for n in range(5, 12)]
    for shown in (stories[:4], stories, stories):
        report = site.build(shown)
        everything = b"".join(path.read_bytes() for path in site.out.iterdir() if path.suffix == ".atom")
        assert everything.count(b"<entry>") == len(shown) - 1
    assert titles(report) == {}
