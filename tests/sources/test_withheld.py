"""What its owner does not want public, or not yet, is not published, however the format says so."""

from __future__ import annotations

import json
import re
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from feedpub.cli.app import app
from feedpub.config import load_config
from feedpub.core.errors import GuardRefusal
from feedpub.history.ledger import Ledger
from feedpub.planning.routing import ingest
from feedpub.publishing.build import build
from feedpub.sources.withheld import _KINDS, FREE, hold_of
from feedpub.text.dates import DEFAULT

ROOT = Path(__file__).parents[2]
NOW = datetime(2024, 1, 1, tzinfo=UTC)
RECORD = {"id": "1", "title": "A harbour", "date": "2023-10-09 14:25", "body": "The harbour is open again."}
CONFIG = """
version: 1
site: {title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}
sources: [{path: "in/*", timezone: UTC}]
feeds: {all: {title: All}}
"""


ROWS = [
    (fate, fields)
    for fate, rows in yaml.safe_load((ROOT / "tests/data/sources/withheld.yaml").read_text("utf-8")).items()
    for fields in rows
]


@pytest.fixture
def site(tmp_path):
    (tmp_path / "c.yaml").write_text(CONFIG)
    (tmp_path / "in").mkdir()
    return tmp_path


def put(site, *records, name="a.jsonl"):
    lines = (json.dumps(RECORD | record, default=str) for record in records)
    (site / "in" / name).write_text("\n".join(lines))


def taken(site, **changes):
    settings = load_config(site / "c.yaml")
    settings = replace(settings, guards=replace(settings.guards, **changes))
    with closing(Ledger(site / "no-ledger")) as past:
        return ingest(settings, NOW, past)


def titles(taken):
    return sorted(selected.article.title for selected in taken.selected[0])


def fate(taken):
    kinds = [notice.kind for notice in taken.notices if notice.kind not in {"date-only", "weekday-mismatch"}]
    assert not taken.rejects
    assert taken.articles + taken.held + taken.left_out == 1
    if taken.held:
        return "held"
    if taken.articles:
        return "told" if kinds == ["unknown-status"] else "public"
    return kinds[0]


@pytest.mark.parametrize(("wanted", "fields"), ROWS, ids=[f"{row[0]} {row[1]}" for row in ROWS])
def test_a_record_is_public_only_if_it_says_nothing_else(wanted, fields, site):
    put(site, fields)
    assert fate(taken(site)) == wanted


FORMATS = {
    "a.csv": "id,title,date,body,status\n1,A,2023-10-09 14:25,B,{status}\n",
    "a.md": "---\ntitle: A\ndate: 2023-10-09 14:25\nstatus: {status}\n---\nB\n",
    "b.md": "+++\ntitle = 'A'\ndate = 2023-10-09T14:25:00Z\nstatus = '{status}'\n+++\nB\n",
    "c.md": "Title: A\nDate: 2023-10-09 14:25\nStatus: {status}\n\nB\n",
    "a.json": '{{"posts": [{{"title": "A", "date": "2023-10-09 14:25", "body": "B", "status": "{status}"}}]}}',
    "wxr.xml": '<rss version="2.0" xmlns:w="http://wordpress.org/export/1.2/"><channel><title>T</title><item>'
    "<title>A</title><pubDate>Mon, 09 Oct 2023 14:25:00 +0000</pubDate><w:status>{status}</w:status></item>"
    "</channel></rss>",
    "page.html": "<html><head><title>A</title><meta name='date' content='2023-10-09 14:25'>"
    '<script type="application/ld+json">{{"@type": "Article", "creativeWorkStatus": "{status}"}}</script></head>'
    "<body><article><h1>A</h1><p>The ferry is back in service after a long repair.</p></article></body>",
}


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("status", "wanted"),
    [("publish", "public"), ("Draft", "draft"), ("private", "not-public"), ("trash", "deleted")],
)
def test_every_format_asks_the_same_table(name, status, wanted, site):
    (site / "in" / name).write_text(FORMATS[name].format(status=status))
    assert fate(taken(site)) == wanted


ENTRY = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:a="http://www.w3.org/2007/app" xmlns:old="http://purl.org/atom/app#"'
    ' xmlns:b="http://schemas.google.com/blogger/2018" xmlns:p="http://prismstandard.org/namespaces/basic/2.0/"'
    ' xmlns:w="http://wordpress.org/export/1.2/"><title>T</title><id>urn:isbn:f</id><entry><id>urn:isbn:1</id><title>A</title>'
    "<published>2023-10-09T14:25:00Z</published><updated>2023-10-09T14:25:00Z</updated>{}<content>B</content></entry></feed>"
)
KIND = "<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#{}'/>"


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ("", "public"),
        ("<a:control><a:draft>yes</a:draft></a:control>", "draft"),
        ("<old:control><old:draft>yes</old:draft></old:control>", "draft"),
        ("<a:control><a:draft>no</a:draft></a:control>", "public"),
        (KIND.format("post"), "public"),
        (KIND.format("comment"), "other-kind"),
        (KIND.format("settings"), "other-kind"),
        ("<b:type>POST</b:type><b:status>LIVE</b:status>", "public"),
        ("<b:type>POST</b:type><b:status>SOFT_TRASHED</b:status>", "deleted"),
        ("<b:type>POST</b:type><b:status>A_NEW_ONE</b:status>", "draft"),
        ("<b:type>COMMENT</b:type><b:status>LIVE</b:status>", "other-kind"),
        ("<w:status>publish</w:status><w:post_type>post</w:post_type><w:post_password/>", "public"),
        ("<w:status>publish</w:status><w:post_password>sesame</w:post_password>", "not-public"),
        ("<w:status>publish</w:status><w:post_type>shop_order</w:post_type>", "other-kind"),
        ("<w:status>future</w:status><w:post_type>post</w:post_type>", "public"),
        ("<p:embargoDate>2024-02-01</p:embargoDate>", "held"),
        ("<p:expirationDate>2023-12-01</p:expirationDate>", "expired"),
    ],
)
def test_exports_of_blogs_say_it_under_any_prefix(more, wanted, site):
    (site / "in/a.xml").write_text(ENTRY.format(more))
    assert fate(taken(site)) == wanted


def test_a_status_beside_a_field_that_is_declared_deeper_counts(site):
    config = CONFIG.replace(
        "timezone: UTC", "timezone: UTC, fields: {title: it.title, body: it.content.rendered}"
    )
    (site / "c.yaml").write_text(config)
    inner = {"title": "A", "content": {"rendered": "B"}}
    put(site, {"it": inner})
    assert fate(taken(site)) == "public"
    put(site, {"it": inner | {"status": "private"}})
    assert fate(taken(site)) == "not-public"
    put(site, {"it": inner | {"content": {"rendered": "B", "protected": True}}})
    assert fate(taken(site)) == "not-public"


def test_a_column_that_the_config_declares_to_be_a_field_is_no_status(site):
    put(site, {"status": "pending"})
    (site / "c.yaml").write_text(
        CONFIG.replace("timezone: UTC", "timezone: UTC, fields: {categories: status}")
    )
    assert fate(taken(site)) == "public"


@pytest.mark.parametrize(
    ("status", "wanted"),
    [("Live", "public"), ("o.k.", "draft"), ("archived", "public"), ("published", "draft"), ("private", "not-public"),
     (None, "public"), ("", "public")],
)  # fmt: skip
def test_a_source_may_say_which_statuses_publish(status, wanted, site):
    put(site, {"status": status, "visibility": "public"})
    (site / "c.yaml").write_text(
        CONFIG.replace("timezone: UTC", "timezone: UTC, published_when: [live, ok, archived]")
    )
    assert fate(taken(site)) == wanted


@pytest.mark.parametrize("future", ["hold", "publish"])
def test_an_embargo_obeys_nothing_but_the_clock(future, site):
    put(
        site,
        {"id": "1", "embargo": "2024-01-01 00:01"},
        {"id": "2", "title": "Plain", "date": "2024-01-01 00:01"},
    )
    assert titles(taken(site, future=future)) == ([] if future == "hold" else ["Plain"])


def test_what_was_under_embargo_is_dated_by_its_end_and_keeps_its_id(site):
    ids = []
    for fields in ({}, {"embargo": "2023-12-24"}, {"publishDate": "2023-10-01"}):
        put(site, {"id": None} | fields)
        ids.append([(s.article.id, f"{s.article.published:%F}") for s in taken(site).selected[0]])
    assert [date for ((_, date),) in ids] == ["2023-10-09", "2023-12-24", "2023-10-09"]
    assert len({identity for ((identity, _),) in ids}) == 1


def test_a_day_of_an_embargo_begins_in_the_zone_of_the_source(site):
    put(site, {"embargo": "2024-01-01"})
    assert not taken(site).held
    (site / "c.yaml").write_text(CONFIG.replace("timezone: UTC", "timezone: America/New_York"))
    assert taken(site).held == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize(
    ("later", "stays"), [("2023-10-10 10:00", False), ("2023-10-12 10:00", False), ("2023-10-12 10:01", True)]
)
def test_a_withdrawal_takes_the_article_away_until_a_later_version_comes(order, later, stays, site):
    records = ({"updated": later}, {"status": "withdrawn", "updated": "2023-10-12 10:00"})
    put(site, *(records[index] for index in order))
    found = taken(site)
    assert titles(found) == (["A harbour"] if stays else [])
    assert found.left_out == (1 if stays else 2)
    assert found.articles + found.left_out + found.duplicates == 2


@pytest.mark.parametrize(("version", "stays"), [(1, False), (2, False), (3, True), (10, True)])
def test_a_version_ranks_before_a_time(version, stays, site):
    put(
        site,
        {"version": 2, "status": "withdrawn", "updated": "2023-10-12"},
        {"version": version, "updated": "2023-10-11" if stays else "2023-10-13"},
    )
    assert titles(taken(site)) == (["A harbour"] if stays else [])


def test_a_withdrawal_needs_nothing_but_the_id(site):
    (site / "in/b.jsonl").write_text('{"id": "1", "status": "withdrawn"}')
    put(site, {})
    assert titles(taken(site)) == []


def test_a_draft_hides_no_published_version(site):
    put(site, {}, {"status": "draft", "updated": "2023-12-01"})
    assert titles(taken(site)) == ["A harbour"]


def test_an_unknown_status_is_told_once_with_its_count(site):
    put(site, *({"id": str(number), "title": f"T{number}", "status": "active"} for number in range(5)))
    told = [notice.message for notice in taken(site).notices]
    assert told == ["the status 'active' is unknown and holds nothing back (records 5)"]


def many(**fields):
    return [
        {
            "id": str(n),
            "title": f"Story {n}",
            "body": f"This is the story of the number {n}.",
            **(fields if n else {}),
        }
        for n in range(8)
    ]


@pytest.mark.parametrize("fields", [{"expires": "2023-12-31"}, {"status": "withdrawn"}])
def test_no_guard_misses_what_has_expired_or_was_withdrawn(fields, site):
    put(site, *many())
    build(load_config(site / "c.yaml"), NOW)
    put(site, *many(**fields))
    report = build(load_config(site / "c.yaml"), NOW)
    assert (report.articles, report.left_out, report.feeds[0].entries) == (1, 7, 1)
    put(site, *(record | fields for record in many()))
    assert build(load_config(site / "c.yaml"), NOW).feeds[0].entries == 0


@pytest.mark.parametrize(
    "fields", [{"draft": True}, {"password": "x"}, {"embargo": "2024-02-01"}, {"status": "trash"}]
)
def test_guards_miss_what_became_a_draft_private_or_embargoed(fields, site):
    put(site, *many())
    build(load_config(site / "c.yaml"), NOW)
    put(site, *many(**fields))
    with pytest.raises(GuardRefusal):
        build(load_config(site / "c.yaml"), NOW)


def test_what_an_embargo_took_out_comes_back_under_its_id(site):
    put(site, *many())
    settings = load_config(site / "c.yaml")
    build(settings, NOW)
    first = (site / "feeds/all.rss").read_text()
    before = sorted(re.findall("<guid.*?</guid>", first))
    put(site, *many()[1:], many()[0] | {"embargo": "2024-02-01"})
    build(settings, NOW)
    assert len(re.findall("<guid.*?</guid>", (site / "feeds/all.rss").read_text())) == 7
    build(settings, NOW.replace(month=2))
    assert sorted(re.findall("<guid.*?</guid>", (site / "feeds/all.rss").read_text())) == before


def test_dates_that_embargoes_gave_are_no_moved_dates(site):
    put(site, *many())
    build(load_config(site / "c.yaml"), NOW)
    put(site, *(record | {"publishDate": "2023-11-01"} for record in many()))
    assert build(load_config(site / "c.yaml"), NOW).notice_counts["date-kept"] == 8


def test_check_and_build_tell_what_is_left_out(site):
    put(
        site,
        {"status": "draft"},
        {"id": "2", "title": "Two", "status": "active"},
        {"id": "3", "status": "draft"},
    )
    run = CliRunner().invoke(app, ["check", "--config", str(site / "c.yaml")])
    assert "in/a.jsonl:1: left out, as its status is 'draft' (and 1 more)" in run.output
    assert "in/a.jsonl:2: the status 'active' is unknown and holds nothing back (records 1)" in run.output
    run = CliRunner().invoke(app, ["build", "-v", "--config", str(site / "c.yaml")])
    assert "2 left out" in run.output
    assert "draft 2" in run.output
    assert "in/a.jsonl:3: left out, as its status is 'draft'" in run.output
    assert "the status 'active' is unknown" in run.output


def test_explain_and_report_leave_out_the_same(site):
    put(site, {"status": "withdrawn"}, {}, {"id": "2", "title": "Two"}, {"id": "3", "expires": "2023-12-01"})
    run = CliRunner().invoke(app, ["report", "--format", "json", "--config", str(site / "c.yaml")])
    assert json.loads(run.output)["articles"] == 1


def test_every_kind_of_left_out_is_explained():
    page = (ROOT / "docs/sources.md").read_text("utf-8")
    section = page.partition("## What is left out\n")[2].partition("\n## ")[0]
    listed = set(re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE))
    assert listed == set(_KINDS.values()) - {"public", "scheduled"} | {"other-kind"}
    assert listed == {fate for fate, _ in ROWS} - {"public", "told", "held"}


@given(st.sampled_from(sorted(_KINDS)), st.sampled_from(["upper", "title", "lower"]), st.sampled_from("-_ "))
def test_neither_case_nor_hyphens_change_what_a_status_says(word, case, joint):
    written = getattr(word, case)().replace(" ", joint)
    assert hold_of({"status": written}, DEFAULT).kind == hold_of({"status": word}, DEFAULT).kind


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "status",
                "draft",
                "published",
                "embargo",
                "expires",
                "password",
                "build",
                "type",
                "page",
                "visibility",
            ]
        ),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.lists(st.text())
        | st.dictionaries(st.sampled_from(["name", "list"]), st.text()),
    )
)
def test_no_value_of_a_status_is_an_error(values):
    assert hold_of(values, DEFAULT) is not None
    assert not values or hold_of({}, DEFAULT) is FREE
