"""All engines find the same, even if one of them fails."""

import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.articles.article import Article, Origin
from feedpub.core.yaml_node import read_yaml
from feedpub.rules import compile_rules
from feedpub.rules import scanner as regexes
from feedpub.rules.scanner import Scanner
from feedpub.rules.terms import Term, View, _folded_words

VIEW = View(frozenset(("title", "body")))
PIECES = [
    *("5", ",", "1.5.2024", "!", "²", "½", "🔥", "🇦🇺", "🇺🇦", "\n\n", "北", "京", "ی"),
    "oil",
    "Oil",
    "IT",
    "it",
    "gas",
    "natural",
    "C++",
    "+",
    "$",
    "_",
    "AT&T",
    ".",
    " ",
    "  ",
    "\n",
    "-",
    "s",
    "é",
    "一",
]
texts = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)


@st.composite
def terms(draw):
    text = " ".join("".join(draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4))).split())
    flags = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    return Term(text, VIEW, *flags)


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(st.lists(terms().filter(lambda term: term.words), min_size=1, max_size=5, unique=True), texts)
def test_every_engine_finds_the_same(found_terms, text):
    scanner = Scanner(enumerate(found_terms))
    data = VIEW.prepare(f"\0{text}\0")
    found = set(scanner.find(data))
    assert set(scanner._in_any.find(data)) == found
    assert set(scanner._candidates.find(data)) == found


def rules():
    source = b"a: {any: [oil, 're:g.s', =IT]}\nb: {any: [wind, 're:h.t'], none: [oil]}"
    return compile_rules(read_yaml(source, "c.yaml").mapping(), None, None)


def article(title):
    return Article("id", title, "", datetime(2024, 1, 1, tzinfo=UTC), Origin("f", 1, 1))


@pytest.mark.parametrize("memory", [1 << 10, 1 << 13, 1 << 14, 1 << 16])
def test_nothing_is_missed_when_re2_runs_out_of_memory(monkeypatch, memory):
    fed = rules()
    monkeypatch.setattr(regexes, "_SET_MEMORY", memory)
    starved = rules()
    for title in ("oil", "gas", "IT", "it", "wind", "hot oil", "hat", "nothing"):
        assert starved.route(article(title)) == fed.route(article(title))


def test_rules_can_be_sent_to_another_process():
    sent = pickle.loads(pickle.dumps(rules()))
    assert sent.slugs == ("a", "b")
    assert sent.route(article("hot gas")) == (0, 1)


@pytest.mark.slow
def test_ten_thousand_terms_are_all_found():
    words = [f"w{number:x}" for number in range(10_000)]
    feeds = {f"f{n}": words[n::100] for n in range(100)}
    source = "\n".join(f"{slug}: {{any: [{', '.join(of)}]}}" for slug, of in feeds.items())
    compiled = compile_rules(read_yaml(source.encode(), "c.yaml").mapping(), None, None)
    assert compiled.route(article("w0, w1x; w64 and w270f")) == (0, 99)
    assert all(compiled.route(article(word)) == (number % 100,) for number, word in enumerate(words[:300]))


@given(
    text=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1),
    signs=st.tuples(*[st.booleans()] * 3),
)
def test_the_words_of_plain_ascii_are_those_of_any_text(text, signs):
    """Most terms are such words, so they are not folded."""
    term = Term(text, VIEW, *signs)
    assert term.words == _folded_words(term)
