"""The configs and commands in the docs are valid."""

import re
from pathlib import Path

import jsonschema
import pytest
import typer.main
import yaml

from feedpub.cli.app import COMMANDS, app
from feedpub.config.schema import json_schema

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"(?:^|[\s`$(/])feedpub ([a-z]+)((?:[ \t][^`\n|;&>#]*)?)", re.MULTILINE)
TYPER = typer.main.get_command(app)
CONTEXT = TYPER.make_context("feedpub", [], resilient_parsing=True)
OPTIONS = {
    name: {
        word
        for each in TYPER.get_command(CONTEXT, name).params
        for word in (*each.opts, *each.secondary_opts)
    }
    | {"-h", "--help"}
    for name in COMMANDS
}


def configs(page):
    """The parts of configs on a page that have keys of the top level."""
    schema = json_schema()
    for _, language, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if language == "yaml":
            found = yaml.load(text, yaml.BaseLoader)
            if isinstance(found, dict) and set(found) <= set(schema["properties"]):
                yield found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_part_of_a_config_can_be_written(page):
    schema = json_schema()
    schema["required"] = []
    for found in configs(page):
        wrong = [
            each.message
            for each in jsonschema.Draft202012Validator(schema).iter_errors(_typed(found))
            if "is a required property" not in each.message
        ]
        assert not wrong, found


def _typed(value):
    """Return numbers, true and false as a config means them, and everything else as text."""
    if isinstance(value, dict):
        return {key: _typed(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_typed(below) for below in value]
    if value in {"true", "false"}:
        return value == "true"
    return int(value) if re.fullmatch(r"\d{1,9}", value) else value


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_and_option_is_one(page):
    for name, rest in COMMAND.findall(page.read_text(encoding="utf-8")):
        if name not in COMMANDS:
            continue
        words = re.findall(r"(?<![\w-])--?[a-z][\w-]*", re.sub(r"\"[^\"]*\"", "", rest))
        assert set(words) <= OPTIONS[name], f"feedpub {name}{rest}"


def test_the_pages_show_configs_and_commands():
    shown = [found for page in PAGES for found in configs(page)]
    assert len(shown) > 20
    named = {name for page in PAGES for name, _ in COMMAND.findall(page.read_text(encoding="utf-8"))}
    assert set(COMMANDS) <= named
