"""The plan knows when time alone will change what is published."""

import json
import os
from datetime import UTC, datetime

import pytest

from feedpub.config import load_config
from feedpub.publishing.build import plan

NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
LATER = "2024-03-05T10:00:00+00:00"
LATEST = "2024-03-09T10:00:00+00:00"


def site(folder, *records, guards="{}"):
    (folder / "a.jsonl").write_text(
        "".join(
            json.dumps(
                {"id": number, "title": f"T{number}", "text": f"B{number}", "date": "2024-01-02"} | record
            )
            + "\n"
            for number, record in enumerate(records)
        )
    )
    os.utime(folder / "a.jsonl", (0, 0))
    (folder / "c.yaml").write_text(f"""
version: 1
site: {{title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}}
sources: [{{path: a.jsonl, timezone: Europe/Berlin}}]
feeds: {{all: {{title: All}}}}
guards: {guards}
""")
    return load_config(folder / "c.yaml")


@pytest.mark.parametrize(
    ("records", "then"),
    [
        ([{}], None),
        ([{"embargo": LATER}], LATER),
        ([{"embargo": LATEST}, {"embargo": LATER}, {}], LATER),
        ([{"date": LATER}], LATER),
        ([{"expires": LATER}], LATER),
        ([{"expires": "2024-03-05"}], "2024-03-05T00:00:00+01:00"),
        ([{"expiryDate": "2024-03-05"}], "2024-03-05T00:00:00+01:00"),
        ([{"embargo": "2024-03-05"}], "2024-03-05T00:00:00+01:00"),
        ([{"embargo_until": "2024-04-05"}], "2024-04-05T00:00:00+02:00"),
        ([{"publishDate": "2024-03-05"}], "2024-03-05T00:00:00+01:00"),
        ([{"expires": "2024-02-01"}], None),
        ([{"updated": LATER}], LATER),
        ([{"embargo": LATEST, "expires": LATER}], LATEST),
        ([{"embargo": LATER, "expires": LATEST}], LATER),
        ([{"status": "draft", "embargo": LATER}], None),
        ([{"status": "withdrawn", "expires": LATER}], None),
    ],
)
def test_what_is_due_expires_or_was_updated_later_changes_what_is_published(records, then, tmp_path):
    next_change = plan(site(tmp_path, *records), NOW).next_change
    assert next_change == (then and datetime.fromisoformat(then))


def test_a_date_in_the_future_that_is_published_changes_nothing_when_it_comes(tmp_path):
    assert plan(site(tmp_path, {"date": LATER}, guards="{future: publish}"), NOW).next_change is None


def test_build_tells_when_that_is(command, tmp_path):
    year = datetime.now(UTC).year + 1
    site(tmp_path, {"embargo": f"{year}-03-05T10:00:00Z"})
    told = json.loads(command(tmp_path, "build", "-c", "c.yaml", "--format", "json").stdout)
    assert told["next_change"] == f"{year}-03-05T10:00:00+00:00"
    text = command(tmp_path, "build", "-c", "c.yaml", "-v").stdout
    assert f"From {year}-03-05T10:00:00+00:00 on, the same input gives other documents." in text
