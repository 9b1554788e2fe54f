"""A config is right, or one sentence says where it is wrong and what would be right."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedpub.config import load_config, parse_config, parse_share
from feedpub.errors import ConfigError

ROOT = Path(__file__).resolve().parents[1]

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
    ("  title: Example News", "  title: Example News\n  title: Again", 4, "the key 'title' stands twice"),
    (
        "https://news.example.org/feeds",
        "news.example.org",
        4,
        "no absolute URL; write one that begins with https://",
    ),
    ("https://news.example.org/feeds", '"javascript:alert(1)"', 4, "no absolute URL"),
    ("https://news.example.org/feeds", "https://a b/", 4, "no absolute URL"),
    ("https://news.example.org/feeds", "https://a.org/?x=1", 4, "a base URL has no ?"),
    ('"example.org,2023-05"', "example.org", 5, "tagging entity (RFC 4151); write a domain you own"),
    ('"example.org,2023-05"', '"example.org,2023-13"', 5, "tagging entity"),
    ("language: en", "language: NO", 7, 'site.language: YAML reads NO as false; write "NO" in quotes'),
    ("language: en", "language: english_us", 7, "no language tag (RFC 5646)"),
    ("email: news@example.org", "email: news", 6, "no e-mail address"),
    ("timezone: UTC", "timezone: Europe/Berlim", 10, "Europe/Berlin"),
    ("timezone: UTC", "timezon: UTC", 10, "did you mean 'timezone'?"),
    ("  all: {title: All}", "  All News: {title: All}", 12, "use a-z, 0-9 and - only: all-news"),
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
    ("max_rejects: 5%", "max_rejects: many", 15, "write 12 or 5%"),
    ("guards:", "guard:", 15, "did you mean 'guards'?"),
]


@pytest.mark.parametrize(("old", "new", "line", "says"), WRONG, ids=[row[1][:40] for row in WRONG])
def test_an_error_names_line_and_key_and_what_would_be_right(old, new, line, says):
    assert old in GOOD
    with pytest.raises(ConfigError) as caught:
        parse_config(GOOD.replace(old, new, 1).encode(), Path("c.yaml"))
    assert str(caught.value).startswith(f"c.yaml:{line}:")
    assert says in str(caught.value)


def test_settings_say_what_the_file_says(tmp_path):
    settings = parse_config(GOOD.encode(), tmp_path / "c.yaml")
    assert settings.site.base_url == "https://news.example.org/feeds/"
    assert settings.site.epoch == datetime(2023, 5, 1, tzinfo=UTC)
    assert settings.site.author.email == "news@example.org"
    assert [feed.max_items for feed in settings.feeds] == [20, 7]
    assert [feed.selective for feed in settings.feeds] == [False, True]
    assert settings.output.formats == ("atom",)
    assert settings.output.dir == tmp_path / "feeds"
    assert settings.rules.slugs == ("all", "business")
    assert settings.guards.max_rejects == 0.05


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
    with pytest.raises(ConfigError, match=r"there is no such file; name one with --config"):
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
