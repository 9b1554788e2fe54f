"""A rule is learned from examples, says what it does, and means the same in a config."""

import json
import re
from datetime import UTC, datetime

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.articles.article import Article, Origin
from feedpub.cli.suggest import as_yaml
from feedpub.core.yaml_node import read_yaml
from feedpub.insight.suggest import Learner, features
from feedpub.rules import compile_rules
from feedpub.rules.terms import View

CONFIG = """\
version: 1
site: {title: Test News, base_url: "http://localhost/", id_authority: "example.org,2023"}
sources: [{path: in/*.jsonl}]
output: {dir: out}
feeds:
  energy: {title: Energy, any: [wind], examples: {match: [Oil rises, Gas falls]}}
"""
ENERGY = (
    "Crude oil rises again",
    "Oil barrels are dear",
    "The oil price falls",
    "A barrel of crude",
    "Oil and gas",
)
OTHER = (
    "A cup final is played",
    "The minister resigns",
    "A film wins a prize",
    "Snow in the north",
    "An oil painting",
)


VIEW = View(frozenset(("title", "body")))


def article(number, title, body=""):
    return Article(f"a{number}", title, body, datetime(2024, 1, 1, tzinfo=UTC), Origin("f", 1, 1))


@pytest.fixture
def run(tmp_path, monkeypatch, command):
    (tmp_path / "in").mkdir()
    rows = [
        {
            "id": f"{label}{number}",
            "title": f"{title}, part {number}",
            "body": "Some words.",
            "categories": [label],
        }
        | {
            "date": f"2024-01-{number % 28 + 1:02}T10:00:00Z",
            "link": f"https://example.org/{label.lower()}/{number}",
            "language": {"Energy": "en-GB", "Other": "de"}[label],
        }
        for label, titles in (("Energy", ENERGY), ("Other", OTHER))
        for number, title in enumerate(titles * 8)
    ]
    for label in ("Energy", "Other"):
        lines = "".join(f"{json.dumps(row)}\n" for row in rows if row["categories"] == [label])
        (tmp_path / f"in/{label}.jsonl").write_text(lines)
    (tmp_path / "config.yaml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments):
        return command(tmp_path, "suggest", *arguments)

    invoke.folder = tmp_path
    return invoke


@pytest.mark.slow
@pytest.mark.parametrize(
    "chosen",
    [
        ("--where", "category=energy"),
        ("--where", "link=/energy/"),
        ("--where", "source=in/Energy.jsonl"),
        ("--where", "language=en"),
        ("--like", "in/Energy.jsonl", "--unlike", "in/O*.jsonl"),
        ("--like", "in/Energy.jsonl", "--share", "5%"),
    ],
)
def test_a_rule_is_learned_and_can_be_put_into_the_config(run, chosen):
    before = sorted(path.name for path in run.folder.rglob("*"))
    done = run("energy", *chosen)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in run.folder.rglob("*")) == before
    assert done.stdout == run("energy", *chosen).stdout
    assert done.stdout.startswith("# suggested from 40 articles that belong and 40 that ")
    assert "# the present rule on the same articles: precision 0.00, recall 0.00\n" in done.stdout
    rule = yaml.safe_load(done.stdout)
    rules = compile_rules({"energy": read_yaml(done.stdout.encode(), "c.yaml")}, None, None)
    assert not rules.lint()
    taken = [bool(rules.route(article(number, title))) for number, title in enumerate((*ENERGY, *OTHER[:4]))]
    assert taken == [True] * 5 + [False] * 4
    assert rule["any"]


def test_the_rule_is_told_to_programs_with_its_figures(run):
    told = json.loads(run("energy", "--where", "category=Energy", "--format", "json").stdout)
    assert (told["belong"], told["others"]) == (40, 40)
    assert told["held_out"]["precision"] >= 0.8
    assert {"term", "right", "wrong", "alone"} == told["terms"][0].keys()
    assert told["rule"]["any"]


def test_no_rule_has_more_terms_than_it_may(run):
    told = json.loads(run("energy", "--where", "category=Energy", "--terms", "1", "--format", "json").stdout)
    assert len(told["terms"]) == 1


def test_titles_and_links_in_a_file_name_articles_too(run):
    (run.folder / "like.txt").write_text("\n".join(f"{title} now" for title in ENERGY))
    (run.folder / "unlike.txt").write_text("\n".join(OTHER * 2))
    done = run("energy", "--like", "like.txt", "--unlike", "unlike.txt")
    assert done.stdout.startswith("# suggested from 5 articles that belong and 5 that do not\n"), done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["energy"], 1, "a rule needs at least 5 different articles that belong, not 2: name more"),
        (
            ["energy", "--where", "category=none"],
            1,
            "a rule needs at least 5 different articles that belong, not 0",
        ),
        (
            ["energy", "--like", "in/Energy.jsonl"],
            1,
            "there is no article that does not belong: name some with",
        ),
        (
            ["energy", "--like", "nowhere"],
            1,
            "nowhere: no article of the sources is from it, and it cannot be read",
        ),
        (["enrgy", "--where", "category=Energy"], 2, "there is no feed 'enrgy'; did you mean 'energy'?"),
        (["energy", "--where", "topic=Energy"], 2, "--where topic=Energy: write a field and a value"),
        (
            ["energy", "--where", "link=energy"],
            2,
            "--where link=energy: 'energy' is neither a host nor a path; write",
        ),
        (["energy", "--share", "lots"], 2, "--share lots: write a percentage, such as 10%"),
    ],
)
def test_what_cannot_be_learned_is_said_with_the_reason(run, arguments, status, says):
    done = run(*arguments)
    assert done.returncode == status
    assert says in done.stderr
    assert not done.stdout


def test_articles_that_have_too_little_in_common_make_no_rule(run):
    rows = [
        {"id": f"x{number}", "title": f"word{number} alone", "body": "b", "date": "2024-02-01T10:00:00Z"}
        | {"categories": ["Odd" if number % 5 == 0 else "Even"]}
        for number in range(60)
    ]
    (run.folder / "in/odd.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    done = run("energy", "--where", "category=Odd")
    assert done.returncode == 1
    assert "these articles have too little in common" in done.stderr


WORDS = st.sampled_from(
    [
        "oil",
        "Oil",
        "gas",
        "barrel",
        "barrels",
        "crude",
        "café",
        "true",
        "no",
        "’s",
        "AT&T",
        "用東京",
        "東京",
        "G20",
        "5.5",
        "U.S.",
        "١٢",
    ]
)


@given(st.text(st.sampled_from("abz09 \t\n\r\x0b\x1c\x85\xa0\u3000\u2028.,_-é½ж"), max_size=30))
def test_words_and_pairs_of_words_are_those_that_an_expression_finds(text):
    # In folded text, only ASCII punctuation and white space are between words.
    folded = VIEW.prepare(text).decode().lower()
    letter = "[0-9a-z\x80-\U0010ffff]"
    words = {word for word in re.findall(f"{letter}{{2,}}", folded) if not word.isdecimal()}
    pair = rf"(?<!{letter})(?=({letter}{{2,}})[\t-\r ]+({letter}{{2,}}))"
    pairs = {f"{one} {other}" for one, other in re.findall(pair, folded)}
    assert features(article(1, "", text)) == words | pairs


stories = st.lists(
    st.lists(WORDS, min_size=1, max_size=6).map(" ".join), min_size=8, max_size=24, unique=True
)


@settings(deadline=None, max_examples=60)
@given(stories, st.integers(4, 12), st.sampled_from([0.5, 4.0]))
def test_what_a_rule_is_said_to_take_is_what_it_takes_in_a_config(titles, belong, alpha):
    made = [article(number, title, titles[-number]) for number, title in enumerate(titles)]
    learner = Learner(made[:belong], made[belong:] or made[:1])
    suggestion = learner.learn(alpha=alpha)
    if not len(suggestion.rule) or not suggestion.rule.strong + suggestion.rule.weak:
        return
    text = as_yaml(suggestion, suggestion.held_out, learner)
    rules = compile_rules({"feed": read_yaml(text.encode(), "c.yaml")}, None, None)
    taken = learner.taken_by(suggestion.rule)
    articles = [*learner.belonging, *learner.others]
    assert [bool(rules.route(one)) for one in articles] == [
        bool(taken >> at & 1) for at in range(len(articles))
    ]
    assert Learner(made[:belong], made[belong:] or made[:1]).learn(alpha=alpha) == suggestion
