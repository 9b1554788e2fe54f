"""What packs do in a config, and what is reported about wrong ones."""

from pathlib import Path

import pytest
import yaml

from feedpub.config import load_config
from feedpub.core.errors import ConfigError
from feedpub.rules.pack import ship
from feedpub.rules.pack_text import shown

ROWS = yaml.safe_load((Path(__file__).parents[1] / "data/packs/errors.yaml").read_text("utf-8"))
CONFIG = """\
version: 1
site: {{title: T, base_url: "https://news.example.org/", id_authority: "example.org,2023", author: A}}
packs: {packs}
sources: [{{path: "*.txt", timezone: UTC}}]
feeds: {{a: {{title: A, {feed}}}
"""
OURS = """\
rules:
  oil: {any: [{list: fuels}], none: [painting], examples: {match: [Oil], no_match: [An oil painting]}}
  wind: {any: ["wind*"]}
lists:
  fuels: [oil, gas]
"""


@pytest.fixture
def load(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lists/more").mkdir(parents=True)
    (tmp_path / "lists/folder.yaml").mkdir()

    def loaded(feed="{rule: ours/oil}", packs="[lists/ours.yaml]", ours=OURS, more=""):
        Path("lists/ours.yaml").write_text(ours, encoding="utf-8")
        Path("c.yaml").write_text(CONFIG.format(feed=feed.strip("{"), packs=packs) + more, encoding="utf-8")
        return load_config("c.yaml")

    return loaded


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["says"][0])
def test_an_error_names_the_file_and_the_line_that_is_wrong(row, load):
    given = {name: row[name] for name in ("feed", "packs", "ours") if name in row}
    if given.get("packs", "").startswith("[lists/folder"):
        given["feed"] = "{any: [x]}"
    with pytest.raises(ConfigError) as caught:
        load(**({"feed": "{any: [x]}"} | given))
    assert [str(error) for error in caught.value.errors] == row["says"]


def test_a_path_of_a_pack_is_seen_from_the_config(load, tmp_path, monkeypatch):
    load()
    monkeypatch.chdir("/")
    settings = load_config(tmp_path / "c.yaml")
    assert settings.rules.rules.places[0].file == str(tmp_path / "lists/ours.yaml")


def test_a_feed_with_a_rule_is_a_category_of_its_entries(load):
    assert load().categories == {"a": "A"}


def test_the_examples_of_ones_own_pack_are_about_its_rule_whatever_the_feed_adds(load):
    assert not load("{rule: ours/oil, none: [oil]}").rules.failing_examples
    wrong = OURS.replace("match: [Oil]", "match: [Coal]")
    for feed in ("{rule: ours/oil, any: [coal]}", "{any: [coal]}"):
        (failing,) = load(feed, ours=wrong).rules.failing_examples
        assert str(failing.error()).startswith(
            "lists/ours.yaml:2:68: rules.oil.examples.match[0]: the rule ours/oil does not take its match example"
        )


def test_warnings_are_told_of_ones_own_packs_and_of_the_config_apart(load):
    """A pack may contain terms that the config vetoes on purpose."""
    rules = load("{rule: ours/wind, none: [windy], any: ['a*']}").rules
    assert [str(warned) for warned in rules.lint()] == [
        "c.yaml:5:61: feeds.a.any[0]: a* matches very many words; write more letters or no *"
    ]
    rules = load(ours=OURS.replace("[oil, gas]", "[oil, gas, natural gas]")).rules
    assert [str(warned) for warned in rules.lint()] == [
        "lists/ours.yaml:5:21: lists.fuels[2]: natural gas adds nothing to gas, which is found wherever it is"
    ]
    rules = load("{any: [{list: ours/fuels}]}", packs="[news-en, lists/ours.yaml]").rules
    assert rules.lint() == []


def test_a_part_of_a_pack_that_ships_brings_no_warnings_as_a_pack_of_ones_own(load):
    """A term that another list makes redundant here may be needed elsewhere."""
    ours = shown(ship("news-en"), "ukraine-war")
    assert load("{rule: ours/ukraine-war}", ours=ours).rules.lint() == []


def test_an_expression_that_yaml_misread_is_told_of_by_a_build_also_in_a_pack(load):
    (warned,) = load(ours=OURS.replace("[oil, gas]", '["re:\\bgas"]')).rules.misread()
    assert str(warned.where) == "lists/ours.yaml:5:11: lists.fuels[0]"
    assert load(packs="[news-en, lists/ours.yaml]").rules.misread() == []


def test_a_config_without_packs_may_have_a_list_of_any_name(load):
    """Such configs were valid up to version 0.2.0."""
    settings = load("{any: [{list: news-en/sports}]}", "[]", more="lists: {news-en/sports: [chess]}\n")
    assert [term.text for term in settings.rules.rules.terms] == ["chess"]
