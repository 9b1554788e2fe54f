"""``feedpub schema`` accepts every config that loads, and rejects all mistakes that a schema can express."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from feedpub.config import parse_config
from feedpub.config.schema import json_schema
from feedpub.core.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests/data/config"
GOOD = (DATA / "good.yaml").read_text("utf-8")
WRONG = yaml.safe_load((DATA / "errors.yaml").read_text("utf-8"))
FULL = yaml.safe_load((DATA / "full.yaml").read_text("utf-8"))
CONFIGS = [
    ROOT / "config.yaml",
    DATA / "good.yaml",
    DATA / "full.yaml",
    *ROOT.glob("tests/upgrade/corpora/**/config.yaml"),
]


@pytest.fixture(scope="module")
def validator():
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: str(file.relative_to(ROOT)))
def test_it_accepts_what_is_right(file, validator, seen_by_editors):
    parse_config(file.read_bytes(), file)
    assert [error.message for error in validator.iter_errors(seen_by_editors(file.read_bytes()))] == []


@pytest.mark.parametrize("row", WRONG, ids=lambda row: row["to"][:40])
def test_it_rejects_what_a_schema_can_know_to_be_wrong(row, validator, seen_by_editors):
    wrong = GOOD.replace(row["from"], row["to"], 1).encode()
    if row.get("schema") == "accepts":
        assert validator.is_valid(seen_by_editors(wrong))
    elif row.get("schema") != "is not YAML":
        assert not validator.is_valid(seen_by_editors(wrong))


def places(schema, config, path=()):
    """Yield the path to each key of the schema, in a config that uses all of them."""
    for part in (schema, *schema.get("anyOf", ())):
        if "$ref" in part:
            continue
        if isinstance(config, list) and part.get("type") == "array":
            for number, item in enumerate(config):
                yield from places(part["items"], item, (*path, number))
        if isinstance(config, dict) and part.get("type") == "object":
            for key in part.get("properties", ()):
                yield (*path, key)
            for key, value in config.items():
                below = part.get("properties", {}).get(key) or part["additionalProperties"]
                if below:
                    yield from places(below, value, (*path, key))


def at(config, path):
    """Return the value of the config at a path."""
    for step in path:
        config = config[step]
    return config


def replaced(path, value):
    """Return the full config with another value at the path."""
    config = json.loads(json.dumps(FULL))
    at(config, path[:-1])[path[-1]] = value
    return config


PLACES = sorted(set(places(json_schema(), yaml.safe_load((DATA / "full.yaml").read_text("utf-8")))), key=str)


def has_it(path):
    return path[-1] in at(FULL, path[:-1])


def kind(path):
    """Return the path without names and numbers that people choose."""
    named = [
        path[:number] in {("feeds",), ("lists",)} or isinstance(path[number], int)
        for number in range(len(path))
    ]
    return tuple("*" if chosen else step for step, chosen in zip(path, named, strict=True))


def test_the_full_config_has_every_key():
    there = {kind(path) for path in PLACES if has_it(path)}
    assert {kind(path) for path in PLACES} - there == set()


@pytest.mark.slow
@pytest.mark.parametrize("path", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_a_value_that_no_key_can_have_is_an_error_at_each_key(path, validator):
    """This shows that each key is read, and that the schema knows it."""
    wrong = replaced(path, [[{}]])
    with pytest.raises(ConfigError) as caught:
        parse_config(json.dumps(wrong).encode(), Path("c.yaml"))
    assert any(error.where.path[: len(path)] == path for error in caught.value.errors)
    assert not validator.is_valid(wrong)


ONE_OF_EACH = list({kind(path): path for path in sorted(PLACES, key=has_it)}.values())
# As text in quotes, and as plain YAML.
VALUES = [
    '""', '" "', "x", "true", '"true"', "no", "off", '"off"', "none", "all", "title", "7", '"7"', "50", "1950", "5%",
    "50%", "101%", "0.5%", "4 KB", "1 GB", "en", "english", "https://example.org", "HTTP://example.org/a",
    "a@b.example", "UTC", '"+01:00"', "epoch", "rss", '"a\\0b"', '"example.org,2023"', "~", "-1", "0", "0x1F",
    "8192", "3.5", "1e3",
    "12:30", "2023-10-09", "[]", '[""]', "[x]", "[title]", "[1]", "[true]", "[[]]", "{}",
    "{x: y}", "{title: x}", "{name: x}",
    "{list: fuels}", "{terms: [x]}", "[{title: x}]", "[{any: [x]}]", "{any: [x]}",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", {kind(path): path for path in PLACES}.values(), ids=lambda path: ".".join(map(str, path))
)
def test_what_can_be_loaded_is_accepted(path, validator, seen_by_editors):
    template = json.dumps(replaced(path, "VALUE"))
    # The sweep tries all of them.
    tried = VALUES if os.environ.get("FEEDPUB_SWEEP") else random.Random(str(path)).sample(VALUES, 8)
    for value in tried:
        data = template.replace('"VALUE"', value).encode()
        try:
            parse_config(data, Path("c.yaml"))
        except ConfigError:
            continue
        wrong = [error.message for error in validator.iter_errors(seen_by_editors(data))]
        assert not wrong, value


@pytest.mark.slow
def test_what_init_writes_names_the_schema_beside_it_and_fits_it(tmp_path, validator, seen_by_editors):
    (tmp_path / "drop").mkdir()
    (tmp_path / "drop/a.txt").write_text("Title\nBody\n2023-10-09 14:25\n")
    subprocess.run(
        [sys.executable, "-m", "feedpub", "init", "drop"], cwd=tmp_path, check=True, stdout=subprocess.DEVNULL
    )
    written = (tmp_path / "config.yaml").read_bytes()
    first, second = written.decode().splitlines()[:2]
    assert first == "# yaml-language-server: $schema=feedpub.schema.json"
    assert second.endswith("feedpub schema > feedpub.schema.json")
    assert validator.is_valid(seen_by_editors(written))


def test_the_command_prints_it():
    done = subprocess.run(
        [sys.executable, "-m", "feedpub", "schema"], capture_output=True, encoding="utf-8", check=True
    )
    assert json.loads(done.stdout) == json_schema()
    assert json_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_help_loads_no_config():
    code = (
        "import sys, feedpub.cli.app as cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in sys.modules if name.startswith(('feedpub.config', 'feedpub.rules'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines()[-1] == "[]"
