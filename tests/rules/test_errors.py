"""Every mistake in a rule gives one sentence with its place and the remedy: tests/data/rules/errors.yaml."""

from pathlib import Path

import pytest
import yaml

from feedpub.core.errors import ConfigError
from feedpub.core.yaml_node import read_yaml
from feedpub.rules import compile_rules

CASES = yaml.safe_load(
    (Path(__file__).parent.parent / "data" / "rules" / "errors.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case["config"].strip()))
def test_a_mistake_is_named_with_its_place_and_remedy(case):
    nodes = read_yaml(case["config"].encode(), "c.yaml").mapping()
    with pytest.raises(ConfigError) as caught:
        compile_rules(nodes["feeds"].mapping(), nodes.get("lists"), nodes.get("matching"))
    assert str(caught.value) == case["says"]
