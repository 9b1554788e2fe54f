"""What packs mean, and what holds for the shipped ones."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.articles.article import Article, Origin
from feedpub.core.yaml_node import read_yaml
from feedpub.rules import RuleSet, compile_rules
from feedpub.rules.compiled import as_json, compiled, from_json
from feedpub.rules.pack import FOLDER, Pack, ship, shipped
from feedpub.rules.pack_text import shown

ROOT = Path(__file__).resolve().parents[2]
OURS = """\
description: Ours
rules:
  # Oil and gas.
  fuels:
    description: Fuels
    any: [{list: fuels}]
    none:
    - oil painting

  wind: {any: [wind*], stemming: en}
lists:
  # Of the ground.
  fuels:
  - oil
  - {list: gases}

  # Of the air.
  gases: [gas, "air ga*"]
  unused: [x]
"""


def article(title, body=""):
    return Article("id", title, body, datetime(2024, 1, 1, tzinfo=UTC), Origin("x", 1, 1))


def taken(rules, title, body=""):
    return [rules.slugs[number] for number in rules.route(article(title, body))]


def of_feeds(feeds, text=OURS, **more):
    nodes = read_yaml(feeds.encode(), "c.yaml").mapping()
    return compile_rules(
        nodes, None, more.get("matching"), {"ours": Pack("ours", text.encode(), "ours.yaml")}
    )


WORDS = st.lists(
    st.sampled_from(["oil", "gas", "painting", "wind", "winds", "sun", "barbecue", "coal"]), max_size=6
)


@given(title=WORDS, body=WORDS, extra=st.sampled_from(["", ", min_hits: 2"]))
def test_a_feed_takes_what_the_rule_or_its_any_takes_unless_one_of_the_two_refuses(title, body, extra):
    """The rule and the keywords in two feeds say the same as one feed that has both."""
    both = of_feeds(f"both: {{rule: ours/fuels, any: [wind, sun]{extra}, none: [barbecue]}}")
    apart = of_feeds(
        f"rule: {{rule: ours/fuels}}\nany: {{any: [wind, sun]{extra}}}\n"
        "refused: {any: [barbecue, oil painting]}"
    )
    found = taken(apart, " ".join(title), " ".join(body))
    assert (taken(both, " ".join(title), " ".join(body)) == ["both"]) == (
        bool({"rule", "any"} & {*found}) and "refused" not in found
    )


def test_the_engine_and_the_explanation_agree_on_a_feed_with_a_rule():
    rules = of_feeds("a: {rule: ours/fuels, any: [oil]}")
    explained = rules.explain(article("Oil and gas")).feeds[0]
    assert explained.taken
    assert sorted(hit.text for hit in explained.hits) == ["Oil", "gas"]


def test_a_rule_of_a_pack_means_the_same_whatever_the_options_of_the_config():
    matching = read_yaml(b"{fields: [body], accents: false, stemming: en, none: [advert]}", "c.yaml")
    rules = of_feeds("a: {rule: ours/fuels}\nb: {any: [{list: ours/fuels}]}", matching=matching)
    assert taken(rules, "Oil") == ["a"]
    assert taken(rules, "", "oils") == ["b"]
    assert taken(rules, "Oil", "an advert") == []


@pytest.mark.parametrize("name", ["fuels", "wind", "gases"])
def test_a_part_of_a_pack_is_shown_as_a_pack_that_means_the_same(name):
    part = Pack("ours", shown(Pack("ours", OURS.encode(), "x"), name).encode(), "x")
    whole = Pack("ours", OURS.encode(), "x")
    if name in whole.rules:
        assert [*part.rules] == [name]
        nodes = read_yaml(f"a: {{rule: ours/{name}}}".encode(), "c").mapping()
        one, other = (compile_rules(nodes, None, None, {"ours": pack}) for pack in (part, whole))
        for text in ("Oil", "oil painting", "Gas", "air gap", "winds", "unused"):
            assert taken(one, text) == taken(other, text)
    assert "unused" not in part.lists


def test_a_part_of_a_pack_is_shown_with_the_comments_above_it():
    text = shown(Pack("ours", OURS.encode(), "x"), "fuels")
    assert "# Oil and gas." in text
    assert text.index("# Of the ground.") < text.index("- oil\n") < text.index("# Of the air.")
    assert "wind" not in text


@pytest.mark.parametrize(
    "text", ["rules: {a: {any: [x]}, b: {any: [z]}}", "rules:\n  a: {any: [x]}\n  b: {any: [\nz]}\n"]
)
def test_where_lines_cannot_be_told_apart_the_whole_pack_is_shown(text):
    assert shown(Pack("p", text.encode(), "x"), "b") == text


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped())
def test_a_pack_that_ships_is_right_and_brings_its_examples(name):
    rules = ship(name).parsed
    assert RuleSet(rules).failing_examples == ()
    for rule in rules.feeds:
        assert sum(example.wanted for example in rule.examples) >= 6
        assert sum(not example.wanted for example in rule.examples) >= 4
    assert all(ship(name).about(rule.slug) for rule in rules.feeds)


@pytest.mark.parametrize("name", shipped())
def test_the_quick_form_of_a_pack_is_made_of_its_file(name):
    made = as_json(compiled(ship(name).parsed), ship(name).digest)
    assert (FOLDER / f"{name}.json").read_text("utf-8") == made, "it is stale; run python3 run.py golden"


def same(pack):
    """Tell whether the compiled form says the same as the file."""
    rules = pack.parsed
    quick = compiled(rules)
    assert tuple(quick.all_terms()) == rules.terms
    assert quick.conditions(0) == {rule.slug: (rule.wanted, rule.veto) for rule in rules.feeds}
    assert from_json(as_json(quick, "x").encode(), "x").conditions(7) == quick.conditions(7)
    assert from_json(as_json(quick, "x").encode(), "y") is None


@pytest.mark.parametrize("name", shipped())
def test_the_quick_form_of_a_pack_that_ships_says_the_same(name):
    same(ship(name))


def test_the_quick_form_of_any_pack_says_the_same():
    same(Pack("ours", OURS.encode(), "x"))
    odd = (
        "any: [=IT, '*bank', 're:q[1-4]', {link: example.org}, {language: de}, {any: [a, b, b], min_hits: 2}]"
    )
    more = f"{odd}, all: [{{none: [c]}}, =Größe, {{list: l}}], none: [{{list: l}}], stemming: en"
    same(
        Pack(
            "ours", f"rules: {{a: {{{more}}}}}\nlists: {{l: {{terms: [é, x], accents: false}}}}".encode(), "x"
        )
    )


def test_a_changed_file_is_never_read_from_the_quick_form_of_another():
    changed = ship("news-en").data.replace(b"Brazil*", b"Atlantis*")
    pack = Pack("news-en", changed, "news-en.yaml", shipped=True)
    assert "Atlantis" in {term.text for term in pack.terms}
    assert tuple(pack.terms) == pack.parsed.terms


def test_a_build_does_not_parse_a_pack_that_ships():
    ship.cache_clear()
    rules = compile_rules(
        read_yaml(b"a: {rule: news-en/sports}", "x").mapping(), None, None, {"news-en": ship("news-en")}
    )
    assert taken(rules, "Red Sox beat Yankees in 14 innings") == ["a"]
    assert rules.failing_examples == ()
    assert rules.misread() == []
    assert not {"parsed", "_top"} & vars(ship("news-en")).keys()


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped())
def test_no_term_of_a_pack_that_ships_is_dead_doubled_or_too_wide(name):
    pack = ship(name)
    assert [str(warned) for warned in RuleSet(pack.parsed).lint()] == []
    used = "".join(shown(pack, rule) for rule in pack.rules)
    assert [each for each in pack.lists if f"\n  {each}:" not in used] == []


@pytest.mark.parametrize("name", shipped())
def test_a_pack_that_ships_changes_only_with_a_line_in_the_changelog(name):
    """A change needs a line in the changelog, so that the release notes mention it."""
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(rf"`{name}` \(([0-9a-f]{{12}})\)", changelog)
    assert newest is not None
    assert newest[1] == ship(name).digest, (
        f"say in CHANGELOG.md, under Unreleased: `{name}` ({ship(name).digest}) …"
    )
