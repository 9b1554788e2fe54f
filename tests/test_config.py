"""A config is right, or one sentence says where it is wrong and what would be right."""

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
import yaml

from feedpub.config import load_config, parse_config, parse_share
from feedpub.config.settings import Layout
from feedpub.core.errors import ConfigError
from feedpub.publishing.local.folder import LAYOUTS

ROOT = Path(__file__).resolve().parents[1]

<<<<<<< HEAD
DATA = ROOT / "tests/data/config"
GOOD = (DATA / "good.yaml").read_text("utf-8")
WRONG = yaml.safe_load((DATA / "errors.yaml").read_text("utf-8"))
=======
GOOD = """\
version: 1
site:
  title: Example News
  base_url: https://news.example.org/feeds
  id_authority: "example.org,2023-05"
  author: {name: Newsroom, email: news@example.org}
  language: en
sources:
  - path: seeds/*.txt
    timezone: UTC
feeds:
  all: {title: All}
  business: {title: Business, any: [oil], max_items: 7}
output: {formats: [atom], max_items: 20}
guards: {max_rejects: 5%}
"""

# (what is replaced, by what, line of the error, what the sentence says)
WRONG = [
    ("version: 1", "version: 2", 1, "version 2 is not known here; write version: 1"),
    ("  title: Example News\n", "", 3, "site: the key 'title' is missing"),
    ("  title: Example News", "  tittle: Example News", 3, "did you mean 'title'?"),
    ("  title: Example News", "  title: Example News\n  title: Again", 4, "the key 'title' is given twice"),
    (
        "https://news.example.org/feeds",
        "news.example.org",
        4,
        "not an absolute URL; write one that begins with https://",
    ),
    ("https://news.example.org/feeds", '"javascript:alert(1)"', 4, "not an absolute URL"),
    ("https://news.example.org/feeds", "https://a b/", 4, "not an absolute URL"),
    ("https://news.example.org/feeds", "https://a.org/?x=1", 4, "a base URL has no ?"),
    ('"example.org,2023-05"', "example.org", 5, "tagging entity (RFC 4151); write a domain you own"),
    ('"example.org,2023-05"', '"example.org,2023-13"', 5, "tagging entity"),
    ("language: en", "language: NO", 7, 'site.language: YAML reads NO as false; write "NO" in quotes'),
    (
        "language: en",
        "language: english",
        7,
        "site.language: 'english' is not a language tag (BCP 47); write en,",
    ),
    ("language: en", "language: jp", 7, "site.language: 'jp' is not a language tag (BCP 47)"),
    (
        "max_items: 7",
        "language: german",
        13,
        "feeds.business.language: 'german' is not a language tag (BCP 47)",
    ),
    ("email: news@example.org", "email: news", 6, "not an e-mail address"),
    ("timezone: UTC", "timezone: Europe/Berlim", 10, "Europe/Berlin"),
    ("timezone: UTC", "timezon: UTC", 10, "did you mean 'timezone'?"),
    ("  all: {title: All}", "  All News: {title: All}", 12, "use a-z, 0-9, - and _ only: all-news"),
    ("  all: {title: All}", "  nul: {title: All}", 12, "the name 'nul' is reserved"),
    ("  all: {title: All}", "  manifest: {title: All}", 12, "reserved"),
    ("  all: {title: All}", "  all: {titel: All}", 12, "did you mean 'title'?"),
    ("  all: {title: All}", "  all: [title]", 12, "feeds.all: expected a mapping, found a list"),
    ("any: [oil]", "any: []", 13, "feeds.business.any"),
    ("any: [oil]", "any: [12:30]", 13, 'YAML reads 12:30 as a number in base 60; write "12:30" in quotes'),
    ("any: [oil]", "any: [NO]", 13, 'YAML reads NO as false; write "NO" in quotes'),
    ("any: [oil]", 'any: [""]', 13, "feeds.business.any[0]"),
    ("any: [oil]", "anny: [oil]", 13, "did you mean 'any'?"),
    ("max_items: 7", "max_items: 0", 13, "feeds.business.max_items: expected a whole number from 1 to 10000"),
    ("formats: [atom]", "formats: [atomm]", 14, "did you mean 'atom'?"),
    ("formats: [atom]", "formats: []", 14, "no format is left"),
    (
        "formats: [atom]",
        "formats: [atom], state: ./feeds/x",
        14,
        "the state folder lies inside the output folder",
    ),
    (
        "formats: [atom]",
        r'dir: "a\0b"',
        14,
        "output.dir: a path has no U+0000, which is not a visible character",
    ),
    ("formats: [atom]", r'state: "\x1b[2Jx"', 14, "output.state: a path has no U+001B"),
    ("formats: [atom]", r'dir: "a\n"', 14, "output.dir: a path has no U+000A"),
    ("path: seeds/*.txt", r'path: ["a\0*.txt"]', 9, "path[0]: a path has no U+0000"),
    ("max_rejects: 5%", "max_rejects: many", 15, "write 12 or 5%"),
    ("max_rejects: 5%", "max_vanished: 12", 15, "12 is a count; write a share, such as 50%"),
    ("formats: [atom]", "layout: release", 14, "did you mean 'releases'?"),
    ("formats: [atom]", "gzip: yes", 14, "output.gzip: expected true or false, found 'yes'"),
    ("formats: [atom]", "max_bytes: 1 KB", 14, "1 KB is not a size of at least 4 KB; write 512 KB, 2 MB"),
    ("formats: [atom]", "max_bytes: 512kb", 14, "write 512 KB, 2 MB or a number of bytes"),
    (
        "formats: [atom]",
        "archive: weekly",
        14,
        "'weekly' is not a way to archive; write off, monthly or a number",
    ),
    ("formats: [atom]", "archive: 0", 14, "output.archive: expected a whole number from 1 to 10000"),
    ("formats: [atom]", "archive: [1]", 14, "expected text, found a list; write off, monthly or a number"),
    (
        "max_items: 7",
        "dedup: {near: 0.9}",
        13,
        "feeds.business.dedup.near: '0.9' is neither a count nor a share",
    ),
    ("max_items: 7", "dedup: {near: 10%}", 13, "10% is less than 50%; write a share, such as 80%"),
    ("max_items: 7", "dedup: {naer: 80%}", 13, "did you mean 'near'?"),
    ("max_items: 7", "retired: {}", 13, "a retired feed takes no articles and has no 'any'; remove it"),
    ("any: [oil], max_items: 7", "max_items: 7, retired: {}", 13, "has no 'max_items'; remove it"),
    ("any: [oil], max_items: 7", "retired: {}", 13, "feeds.business.retired: the key 'moved_to' is missing"),
    ("any: [oil], max_items: 7", "retired: {moved_to: x}", 13, "'x' is not an absolute URL"),
    ("any: [oil], max_items: 7", "retired: true", 13, "feeds.business.retired: expected a mapping"),
    (
        "{title: Business, any: [oil], max_items: 7}",
        "{retired: {moved_to: x}}",
        13,
        "the key 'title' is missing",
    ),
    ("guards:", "guard:", 15, "did you mean 'guards'?"),
]
>>>>>>> 3642df1 (Write messages as a native speaker would)


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
    assert not settings.rules.failing_examples()


@pytest.mark.parametrize(
    "data", [b"", b"# only a comment\n", b"- a\n", b"just text", b"\xff\xfe", b"a: [", b"version: 1\n"]
)
def test_what_is_no_config_at_all_is_one_sentence_too(data):
    with pytest.raises(ConfigError, match=r"^c.yaml:\d+:\d+: "):
        parse_config(data, Path("c.yaml"))


def test_a_file_that_is_not_there_says_how_to_name_one(tmp_path):
    with pytest.raises(
        ConfigError, match=r"there is no such file; name one with --config, or let feedpub init"
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
