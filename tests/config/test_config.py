"""A config is valid, or one sentence says where it is wrong and what would be right."""

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
import yaml

from feedpub.config import load_config, parse_config, parse_share
from feedpub.config.settings import Layout
from feedpub.core.errors import ConfigError
from feedpub.publishing.local.folder import LAYOUTS

ROOT = Path(__file__).resolve().parents[2]

DATA = ROOT / "tests/data/config"
GOOD = (DATA / "good.yaml").read_text("utf-8")
WRONG = yaml.safe_load((DATA / "errors.yaml").read_text("utf-8"))


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row["to"][:40])
def test_an_error_names_line_and_key_and_what_would_be_right(row):
    assert row["from"] in GOOD
    with pytest.raises(ConfigError) as caught:
        parse_config(GOOD.replace(row["from"], row["to"], 1).encode(), Path("c.yaml"))
    assert str(caught.value).startswith(f"c.yaml:{row['line']}:")
    assert row["says"] in str(caught.value)


def test_settings_say_what_the_file_says(tmp_path):
    settings = parse_config(GOOD.encode(), tmp_path / "c.yaml")
    assert settings.site.base_url == "https://news.example.org/feeds/"
    assert settings.site.epoch == datetime(2023, 5, 1, tzinfo=UTC)
    assert settings.site.author.email == "news@example.org"
    assert [feed.max_items for feed in settings.feeds] == [20, 7]
    assert [feed.selective for feed in settings.feeds] == [False, True]
    assert [known.name for known in settings.output.formats] == ["atom"]
    assert settings.output.dir == tmp_path / "feeds"
    assert settings.rules.slugs == ("all", "business")
    assert settings.guards.max_rejects == 0.05


def test_no_source_reads_what_a_build_writes(tmp_path):
    settings = parse_config(GOOD.replace("formats", "dir: out, formats").encode(), tmp_path / "c.yaml")
    assert [spec.own for spec in settings.sources] == [(tmp_path / "out", tmp_path / ".feedpub")]


@pytest.mark.parametrize("written", ["~/pub", "$HOME/pub", "${HOME}/pub", "/${WHERE}/pub"])
def test_a_path_means_what_it_means_in_a_shell(written, tmp_path, monkeypatch):
    """Home and variables are expanded, unless a file beside the config has that very name, as in version 0.1.0."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("WHERE", str(tmp_path / "home").lstrip("/"))
    text = GOOD.replace("formats", f"dir: '{written}', formats").replace("seeds/*.txt", f"'{written}/*.txt'")
    settings = parse_config(text.encode(), tmp_path / "c.yaml")
    assert settings.output.dir == tmp_path / "home/pub"
    assert settings.sources[0].patterns == (f"{tmp_path}/home/pub/*.txt",)
    if not written.startswith("/"):
        (tmp_path / written).mkdir(parents=True)
        settings = parse_config(text.encode(), tmp_path / "c.yaml")
        assert settings.output.dir == tmp_path / written
        assert settings.sources[0].patterns == (f"{written}/*.txt",)


def test_what_is_not_said_has_the_documented_default():
    settings = parse_config(GOOD.replace("output:", "#").encode(), Path("/c.yaml"))
    feed, output = settings.feeds[0], settings.output
    assert (feed.max_items, feed.max_bytes, feed.archive, feed.near) == (50, 512 << 10, None, None)
    assert (output.layout, output.gzip) == ("files", False)
    assert [known.name for known in output.formats] == ["rss", "atom"]
    assert (settings.retired, settings.guards.max_vanished, settings.guards.future) == ((), 0.5, "hold")


def test_a_feed_may_differ_from_the_limits_of_the_output():
    text = GOOD.replace(
        "max_items: 20", "max_items: 20, max_bytes: 2 MB, archive: monthly, layout: releases, gzip: true"
    )
    more = "max_items: 7, max_bytes: 65536, archive: 100, dedup: {near: 80%}"
    settings = parse_config(text.replace("max_items: 7", more).encode(), Path("/c.yaml"))
    limits = [(feed.max_items, feed.max_bytes, feed.archive, feed.near) for feed in settings.feeds]
    assert limits == [(20, 2 << 20, "monthly", None), (7, 65536, 100, 0.8)]
    assert (settings.output.layout, settings.output.gzip) == ("releases", True)
    assert (
        parse_config(text.replace("max_items: 7", "archive: off").encode(), Path("/c.yaml")).feeds[1].archive
        is None
    )


def test_a_retired_feed_stands_apart_from_those_that_take_articles():
    text = GOOD.replace("any: [oil], max_items: 7", "retired: {moved_to: https://new.test/a}")
    settings = parse_config(text.encode(), Path("/c.yaml"))
    assert [feed.slug for feed in settings.feeds] == ["all"] == list(settings.rules.slugs)
    assert [(feed.slug, feed.moved_to) for feed in settings.retired] == [("business", "https://new.test/a")]


def test_the_layouts_are_those_that_publishing_knows():
    assert get_args(Layout) == LAYOUTS


def test_the_shipped_config_is_right_and_its_examples_hold():
    settings = load_config(ROOT / "config.yaml")
    slugs = "all world ukraine-war politics business entertainment arts sports crime"
    assert [feed.slug for feed in settings.feeds] == slugs.split()
    assert not settings.rules.failing_examples


@pytest.mark.parametrize(
    "data", [b"", b"# only a comment\n", b"- a\n", b"just text", b"\xff\xfe", b"a: [", b"version: 1\n"]
)
def test_what_is_no_config_at_all_is_one_sentence_too(data):
    with pytest.raises(ConfigError, match=r"^c.yaml:\d+:\d+: "):
        parse_config(data, Path("c.yaml"))


def test_a_file_that_is_not_there_says_how_to_name_one(tmp_path):
    with pytest.raises(
        ConfigError,
        match=r"the file does not exist; name another with --config, or create one with feedpub init",
    ):
        load_config(tmp_path / "nope.yaml")


@pytest.mark.parametrize(
    ("text", "share"), [("0", 0), ("12", 12), ("5%", 0.05), ("0.5%", 0.005), ("100%", 1.0)]
)
def test_a_limit_is_a_count_or_a_share(text, share):
    assert parse_share(text) == share
    assert type(parse_share(text)) is type(share)


@pytest.mark.parametrize("text", ["", "-1", "5 %", "101%", "0.5", "many", "1e3", "\u0661"])
def test_anything_else_is_no_limit(text):
    with pytest.raises(ValueError, match="write 12 or 5%"):
        parse_share(text)
