"""When something is wrong, a build says so, and what is online stays valid."""

import json
from datetime import UTC, datetime

import pytest

from feedpub.config import load_config
from feedpub.core.errors import ConfigError, GuardRefusal, TooManyRejects
from feedpub.documents import faults
from feedpub.publishing.build import build
from feedpub.validator import Finding

NOW = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
def small(tmp_path):
    """A config with two feeds, and a function that writes articles and builds."""
    (tmp_path / "c.yaml").write_text("""
version: 1
site: {title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}
sources: [{path: "in/*.txt", timezone: Europe/Berlin, boilerplate: ["You Might Like..."]}]
feeds:
  all: {title: All}
  oil: {title: Oil, any: [oil]}
""")
    (tmp_path / "in").mkdir()

    def run(text: str | None = None, now=NOW, **options):
        if text is not None:
            (tmp_path / "in" / "a.txt").write_text(text)
        return build(load_config(tmp_path / "c.yaml"), now, **options)

    run.folder = tmp_path
    return run


def test_a_bad_record_costs_itself_and_not_its_neighbours(small):
    report = small(
        "One\nBody oil\n2023-01-01 10:00\nTwo\nBody\n2023-13-41 10:00\nThree\nBody\n2023-01-03 10:00\n"
    )
    assert report.articles == 2
    assert [(r.origin.file, r.origin.line) for r in report.rejects] == [("in/a.txt", 4)]
    assert {f.slug: f.entries for f in report.feeds} == {"all": 2, "oil": 1}


def test_what_fails_validation_stays_unpublished_and_the_last_good_file_stays(small, monkeypatch):
    small("One\nBody oil\n2023-01-01 10:00\n")
    good = (small.folder / "feeds/oil.rss").read_bytes()
    real = faults.validate

    def strict(data, location=None):
        if data.count(b"<item>") == 2 and location.endswith("oil.rss"):
            return [Finding("test", "error", "broken on purpose", 7, 1, "https://x.test/", "")]
        return real(data, location)

    monkeypatch.setattr(faults, "validate", strict)
    report = small("One\nBody oil\n2023-01-01 10:00\nTwo\nMore oil\n2023-01-02 10:00\n")
    assert [(i.path, i.line, i.reason) for i in report.invalid] == [("oil.rss", 7, "broken on purpose")]
    assert (small.folder / "feeds/oil.rss").read_bytes() == good
    assert b"Two" in (small.folder / "feeds/oil.atom").read_bytes()
    listed = json.loads((small.folder / "feeds/manifest.json").read_bytes())["documents"]
    assert "oil.rss" in {document["path"] for document in listed}


def test_an_entry_that_would_make_its_feeds_invalid_is_rejected_and_costs_nobody_else(small, monkeypatch):
    real = faults.validate

    def strict(data, location=None):
        if b"Two" in data and location.endswith(".rss"):
            return [Finding("test", "error", "broken on purpose", 7, 1, "https://x.test/", "")]
        return real(data, location)

    monkeypatch.setattr(faults, "validate", strict)
    report = small("One\nBody oil\n2023-01-01 10:00\nTwo\nMore oil\n2023-01-02 10:00\n")
    assert [(r.origin.line, r.reason) for r in report.rejects] == [
        (4, "it would make oil.rss invalid: broken on purpose")
    ]
    assert not report.invalid
    assert {f.slug: f.entries for f in report.feeds} == {"all": 1, "oil": 1}


def test_a_feed_that_was_removed_from_the_config_leaves_no_files_if_this_is_meant(small):
    small("One\nBody oil\n2023-01-01 10:00\n")
    (small.folder / "feeds/mine.txt").write_text("mine")
    config = small.folder / "c.yaml"
    config.write_text(config.read_text().replace("  oil: {title: Oil, any: [oil]}\n", ""))
    report = small(allow={"removed"})
    assert report.removed == ("oil.atom", "oil.html", "oil.rss")
    left = {p.name for p in (small.folder / "feeds").iterdir()}
    assert not [name for name in left if name.startswith("oil")]
    assert {"all.rss", "all.atom", "manifest.json", "mine.txt", "subscriptions.opml"} <= left


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_feed_that_is_online_and_whose_slug_changed_is_not_deleted_unasked(small, dry_run):
    small("One\nBody oil\n2023-01-01 10:00\n")
    files = {p.name: p.read_bytes() for p in (small.folder / "feeds").rglob("*") if p.is_file()}
    config = small.folder / "c.yaml"
    config.write_text(config.read_text().replace("  oil:", "  oli:"))
    with pytest.raises(
        GuardRefusal, match=r"published feed oil: it would be deleted.*retired: {moved_to.*--allow-removed"
    ):
        small(dry_run=dry_run)
    assert {p.name: p.read_bytes() for p in (small.folder / "feeds").rglob("*") if p.is_file()} == files
    config.write_text(
        config.read_text() + "  oil: {title: Oil, retired: {moved_to: 'https://x.test/f/oli.atom'}}\n"
    )
    assert not small(dry_run=dry_run).removed


def test_a_feed_that_never_held_an_entry_is_removed_without_being_asked_about(small):
    small("One\nBody\n2023-01-01 10:00\n")
    config = small.folder / "c.yaml"
    config.write_text(config.read_text().replace("  oil:", "  oli:"))
    assert small().removed == ("oil.atom", "oil.html", "oil.rss")


def test_a_dry_run_writes_nothing_at_all(small):
    report = small("One\nBody oil\n2023-01-01 10:00\n", dry_run=True)
    assert all(d.written for feed in report.feeds for d in feed.documents)
    assert {p.name for p in small.folder.iterdir()} == {"c.yaml", "in"}


def test_new_counts_what_subscribers_have_not_seen(small):
    first = small("One\nBody oil\n2023-01-01 10:00\n")
    second = small("One\nBody oil\n2023-01-01 10:00\nTwo\nBody\n2023-01-02 10:00\n")
    assert [(f.slug, f.new) for f in first.feeds] == [("all", 1), ("oil", 1)]
    assert [(f.slug, f.new) for f in second.feeds] == [("all", 1), ("oil", 0)]


def test_an_article_dated_in_the_future_waits_until_it_is_due(small):
    text = "One\nBody\n2024-01-01 01:00\nTwo\nBody\n2024-01-01 00:30\n"
    early = small(text, now=datetime(2023, 12, 31, 23, 45, tzinfo=UTC))
    assert (early.articles, early.held) == (1, 1)
    assert small(text, now=datetime(2024, 1, 1, 0, 0, tzinfo=UTC)).articles == 2


def test_a_time_without_a_zone_gets_the_zone_of_its_source(small):
    small("One\nBody\n2023-07-01 10:00\n")
    assert (
        b"<published>2023-07-01T10:00:00+02:00</published>" in (small.folder / "feeds/all.atom").read_bytes()
    )


def test_an_empty_feed_is_published_and_valid(small):
    report = small("One\nBody\n2023-01-01 10:00\n")
    assert {f.slug: f.entries for f in report.feeds} == {"all": 1, "oil": 0}
    assert not report.invalid
    assert b"2023-01-01T00:00:00+00:00" in (small.folder / "feeds/oil.atom").read_bytes()


def test_max_items_keeps_the_newest(small):
    config = small.folder / "c.yaml"
    config.write_text(config.read_text() + "output: {max_items: 2}\n")
    records = "".join(f"Title {n}\nBody\n2023-01-{n:02} 10:00\n" for n in (3, 1, 5, 2, 4))
    small(records)
    text = (small.folder / "feeds/all.rss").read_text()
    assert [n for n in range(1, 6) if f"Title {n}<" in text] == [4, 5]
    assert text.index("Title 5<") < text.index("Title 4<")


@pytest.mark.parametrize(("limit", "stops"), [("0", True), ("1", False), ("40%", True), ("50%", False)])
def test_more_rejects_than_allowed_stop_the_build_before_anything_is_written(small, limit, stops):
    config = small.folder / "c.yaml"
    config.write_text(config.read_text() + f"guards: {{max_rejects: {limit}}}\n")
    text = "One\nBody\n2023-01-01 10:00\nTwo\nBody\n2023-13-41 10:00\n"
    if stops:
        expected = (
            rf"^1 of 2 records was rejected; guards\.max_rejects allows {limit}, so nothing was published;"
            r" correct it, or raise the limit; the first is .*in/a\.txt:4: "
        )
        with pytest.raises(TooManyRejects, match=expected):
            small(text)
        assert not (small.folder / "feeds").exists()
    else:
        assert len(small(text).rejects) == 1


def test_an_example_that_does_not_hold_stops_the_build_before_anything_is_written(small):
    config = small.folder / "c.yaml"
    rule = "any: [oil], examples: {match: [Gas prices rise]}"
    config.write_text(config.read_text().replace("any: [oil]", rule))
    with pytest.raises(ConfigError, match=r"c.yaml:7:\d+: feeds.oil.examples.match\[0\]"):
        small("One\nBody oil\n2023-01-01 10:00\n")
    assert not (small.folder / "feeds").exists()


def test_characters_that_xml_cannot_carry_do_not_cost_the_feed(small):
    report = small("One\x01 two\nBody \x00 oil\ufffe\n2023-01-01 10:00\nTwo\nBody\n2023-01-02 10:00\n")
    assert not report.invalid
    assert {f.slug: f.entries for f in report.feeds} == {"all": 2, "oil": 1}
    assert report.notices
