"""The tables of docs/rules.md are true."""

import re
from pathlib import Path

import pytest
import yaml

from feedpub.core.declaration import names
from feedpub.core.yaml_node import read_yaml
from feedpub.rules import MATCHING_KEYS, RULE_KEYS, compile_rules
from feedpub.rules.fields import FIELDS
from feedpub.rules.language import parse_examples
from feedpub.rules.pack import Pack
from feedpub.rules.rule import as_article

NAMES = {*names(RULE_KEYS), *names(MATCHING_KEYS)}
DOCS = Path(__file__).parents[2] / "docs" / "rules.md"


def rows():
    """Return rule, field, text and result for each text in such tables."""
    tested = named = False
    for line in DOCS.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            tested = False
        elif cells[-2:] == ["takes", "leaves"]:
            tested, named = True, cells[1] == "in"
        elif tested and not cells[0].startswith("---"):
            source = re.findall("`(.*?)`", cells[0])[-1]
            field = cells[1] if named else "title"
            for cell, wanted in ((cells[-2], True), (cells[-1], False)):
                for text in cell.split(" · "):
                    if text != "–":
                        yield pytest.param(source, field, text, wanted, id=ascii(f"{source} {wanted} {text}"))


def packs():
    """The example pack of the page."""
    text = DOCS.read_text(encoding="utf-8")
    [(path, written)] = re.findall(r"<!-- (\S+\.yaml) -->\n\n```yaml\n(.*?)```", text, re.DOTALL)
    return {Path(path).stem: Pack(Path(path).stem, written.encode(), path)}


def rule(source):
    value = yaml.safe_load(source)
    if not (isinstance(value, dict) and NAMES & value.keys()):
        source = f"any: [{source}]"
    return read_yaml(source.encode(), "docs/rules.md")


@pytest.mark.parametrize(("source", "field", "text", "wanted"), list(rows()))
def test_a_line_of_the_tables_holds(source, field, text, wanted):
    rules = compile_rules({"feed": rule(source)}, None, None, packs())
    assert not rules.failing_examples
    [example] = parse_examples(
        read_yaml(yaml.safe_dump({"match": [{field: text}]}, default_style='"').encode(), "x")
    )
    assert bool(rules.route(as_article(example))) == wanted


def test_each_field_has_a_line():
    assert {field for _, field, _, _ in (row.values for row in rows())} == {*FIELDS}


def test_every_key_is_explained():
    text = DOCS.read_text(encoding="utf-8")
    missing = [key for key in NAMES if not re.search(rf"\b{key}\b", text)]
    assert not missing
