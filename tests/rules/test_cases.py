"""Hand-written cases of what terms find, script by script: tests/data/rules/cases.yaml."""

from pathlib import Path

import pytest
import yaml

from feedpub.core.yaml_node import read_yaml
from feedpub.rules import compile_rules
from feedpub.rules.fields import FIELDS
from feedpub.rules.language import parse_examples
from feedpub.rules.rule import as_article

DATA = Path(__file__).parent.parent / "data" / "rules" / "cases.yaml"


def cases():
    for case in yaml.safe_load(DATA.read_text(encoding="utf-8")):
        options = {key: case[key] for key in ("accents", "stemming") if key in case}
        for verdict in ("match", "silent"):
            for text in case[verdict]:
                name = f"{case['why']}: {case['term']} {'in' if verdict == 'match' else 'not in'} {text}"
                yield pytest.param(case["term"], text, options, verdict == "match", id=ascii(name))


def node(value):
    return read_yaml(yaml.safe_dump(value, allow_unicode=False, default_style='"').encode(), "case.yaml")


@pytest.mark.parametrize(("term", "text", "options", "wanted"), list(cases()))
def test_a_term_is_found_where_it_must_be_and_nowhere_else(term, text, options, wanted):
    options = {key: str(value).lower() for key, value in options.items()}
    rules = compile_rules({"feed": node({"any": [term], **options})}, None, None)
    [example] = parse_examples(node({"match": [text]}))
    assert bool(rules.route(as_article(example))) == wanted
    explained = rules.explain(as_article(example)).feeds[0]
    assert explained.taken == wanted
    assert bool(explained.hits) == wanted


def test_there_are_enough_cases_of_both_kinds():
    verdicts = [case.values[-1] for case in cases()]
    assert verdicts.count(True) >= 150
    assert verdicts.count(False) >= 150


@pytest.mark.parametrize("field", FIELDS)
def test_an_example_can_say_each_field_that_terms_look_at(field):
    value = {"link": "example.org", "language": "en"}.get(field, "oil")
    config = f"feeds: {{a: {{any: [{{{field}: {value}}}], examples: {{match: [{{{field}: {value}}}]}}}}}}"
    root = read_yaml(config.encode(), "c.yaml").mapping()
    assert not compile_rules(root["feeds"].mapping(), None, None).failing_examples
