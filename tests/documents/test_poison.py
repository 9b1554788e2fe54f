"""Input that breaks XML, feedgen or a reader costs at most one article, which is reported."""

import json
from pathlib import Path

import feedparser
import pytest
import yaml

from feedpub.validator import validate

CASES = yaml.safe_load((Path(__file__).parent / "poison.yaml").read_text("utf-8"))
GOOD = [
    {"id": "1", "title": "Good one", "body": "Fine.", "published": "2024-05-01"},
    {"id": "2", "title": "Good two", "body": "Fine.", "published": "2024-05-03"},
]


def record(case):
    """Return a line of JSON with the poison, in which escapes stay escapes."""
    fields = {"id": case["name"], "title": "Poison", "body": "Body", "published": "2024-05-02"}
    value = case["text"].replace('"', '\\"') * case.get("repeat", 1)
    rest = json.dumps({key: fields[key] for key in fields if key != case["field"]})
    return f'{rest[:-1]}, "{case["field"]}": "{value}"}}'


def check(site, report, expected):
    assert not report.invalid
    for extension in ("rss", "atom", "json"):
        data = site.read(f"all.{extension}")
        assert [f for f in validate(data, f"https://x.test/f/all.{extension}") if f.level == "error"] == []
        assert (
            len(json.loads(data)["items"] if extension == "json" else feedparser.parse(data).entries)
            == expected
        )
        assert b"Good one" in data
        assert b"Good two" in data


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_poison_is_repaired_or_rejected_with_its_place_and_the_rest_is_published(site, case):
    site.config["output"]["max_bytes"] = "9 MB"
    report = site.build([json.dumps(GOOD[0]), record(case), json.dumps(GOOD[1])])
    rejected = [(reject.origin.file, reject.origin.line) for reject in report.rejects]
    if case["becomes"] != "either":
        assert rejected == ([("in/a.jsonl", 2)] if case["becomes"] == "rejected" else [])
    assert all(reject.reason for reject in report.rejects)
    check(site, report, 3 - len(rejected))


@pytest.mark.slow
def test_all_poison_together_does_no_more_harm_than_each_alone(site):
    site.config["output"] |= {"max_bytes": "90 MB", "max_items": "1000"}
    report = site.build([json.dumps(GOOD[0]), *map(record, CASES), json.dumps(GOOD[1])])
    assert {reject.origin.line for reject in report.rejects} <= {
        line for line, case in enumerate(CASES, 2) if case["becomes"] != "repaired"
    }
    check(site, report, report.articles)
    assert report.articles + report.duplicates + len(report.rejects) == len(CASES) + 2
