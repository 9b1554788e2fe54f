"""Each key of the config is declared once, and completely."""

from pathlib import Path

import pytest

from feedpub.config.sources import parse_source
from feedpub.config.tables import TABLES
from feedpub.core.declaration import TEXT, Check, Key, Section, integer, list_of, one_of
from feedpub.core.errors import ConfigError
from feedpub.core.yaml_node import read_yaml
from feedpub.sources.spec import SourceSpec

KEYS = (Key("name", TEXT, "a name", required=True), Key("size", integer(1, 9), "a size", default="3"))


def read(section, text):
    return section.read(read_yaml(text.encode(), "c.yaml"))


def test_what_is_not_said_is_read_from_the_default():
    section = Section(KEYS, make=lambda name, size: (name, size))
    assert read(section, "name: a") == ("a", 3)
    assert read(section, "{name: a, size: 4}") == ("a", 4)
    assert section.schema["properties"]["size"] == {
        "type": ["integer", "string"],
        "minimum": 1,
        "maximum": 9,
        "pattern": "^-?[0-9]+$",
        "description": "a size",
        "default": 3,
    }


def test_a_key_that_nobody_takes_cannot_be():
    with pytest.raises(TypeError, match="size"):
        read(Section(KEYS, make=lambda name: name), "name: a")


def test_a_check_runs_where_its_keys_are_right_whatever_others_are():
    def differ(node, name):
        raise node.error(f"{name} is taken")

    section = Section(KEYS, make=dict, checks=(Check(("name",), differ), Check(("size",), differ)))
    with pytest.raises(ConfigError) as caught:
        read(section, "{name: a, size: x, more: 1}")
    assert [error.problem for error in caught.value.errors] == [
        "a is taken",
        "expected a whole number from 1 to 9, found 'x'",
        "unknown key 'more'",
    ]


def test_each_default_is_a_value_that_the_key_may_have():
    node = read_yaml(b"{}", "c.yaml")
    for keys in TABLES.values():
        for key in keys:
            if not key.required:
                key.read({}, node)


def test_lists_and_words_are_tried_to_their_end():
    with pytest.raises(ConfigError) as caught:
        list_of(one_of("a", "b")).read(read_yaml(b"[a, c, b, d]", "c.yaml"))
    assert [error.where.column for error in caught.value.errors] == [5, 11]


def test_a_source_that_says_nothing_is_as_one_made_without_a_config():
    said = parse_source(read_yaml(b"path: x", "c.yaml"), Path("folder"))
    assert said == SourceSpec(patterns=("x",), base=Path("folder"), where=said.where)
