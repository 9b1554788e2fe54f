"""An explanation says which terms decided, where they are, and what was nearly enough."""

from datetime import UTC, datetime

from hypothesis import given, reject, settings
from hypothesis import strategies as st

from feedpub.articles.article import Article, Author, Origin
from feedpub.core.errors import ConfigError
from feedpub.core.yaml_node import read_yaml
from feedpub.rules import compile_rules


def rules(feeds, **others):
    nodes = {
        name: read_yaml(source.encode(), "c.yaml") for name, source in {"feeds": feeds, **others}.items()
    }
    return compile_rules(nodes["feeds"].mapping(), nodes.get("lists"), nodes.get("matching"))


def article(title="", body="", *, html=False, authors=()):
    day = datetime(2024, 1, 1, tzinfo=UTC)
    people = tuple(Author(name) for name in authors)
    return Article("id-1", title, body, day, Origin("f", 1, 1), html=html, authors=people)


def explained(feeds, given_, **others):
    feed, *_ = rules(feeds, **others).explain(given_).feeds
    return feed


def test_a_hit_has_its_field_and_the_place_in_the_original_text():
    feed = explained("a: {any: [gas natural, café]}", article("Gas", "Das CAFE\u0301: gas\n  natural"))
    hits = [(hit.term, hit.field, hit.start, hit.end, hit.text) for hit in feed.hits]
    assert hits == [("gas natural", "body", 11, 24, "gas\n  natural"), ("café", "body", 4, 9, "CAFE\u0301")]
    assert (feed.taken, feed.why) == (True, "rule")


def test_every_occurrence_is_a_hit_also_beside_another():
    feed = explained("a: {any: [oil]}", article("oil oil", "oil,oil"))
    assert [(hit.field, hit.start) for hit in feed.hits] == [
        ("title", 0),
        ("title", 4),
        ("body", 0),
        ("body", 4),
    ]


def test_places_are_exact_in_scripts_without_spaces_and_with_marks():
    feed = explained("a: {any: [北京, 한국, ガス, ไทย]}", article("在北京市 남 한국은 天然ｶﾞｽ田 ประเทศไทย"))
    assert [hit.text for hit in feed.hits] == ["北京", "한국", "ｶﾞｽ", "ไทย"]


def test_places_in_html_count_in_the_visible_text():
    feed = explained("a: {any: [oil]}", article("", "<p title='oil'>Crude <b>o</b>il</p>", html=True))
    assert [(hit.start, hit.text) for hit in feed.hits] == [(8, "oil")]


def test_a_regular_expression_has_its_place_in_a_text_that_is_not_composed():
    feed = explained("a: {any: ['re:b.d']}", article("e\u0301e\u0301 bad"))
    assert [(hit.start, hit.text) for hit in feed.hits] == [(5, "bad")]


def test_a_hit_in_the_second_author_is_counted_from_its_own_beginning():
    feed = explained("a: {any: [{author: Doe}]}", article(authors=("Ann Lee", "Jo Doe")))
    assert [(hit.term, hit.value, hit.start) for hit in feed.hits] == [("author: Doe", 1, 3)]


def test_a_veto_names_its_terms_and_wins():
    feed = explained("a: {any: [oil], none: [paint]}", article("oil paint ad"), matching="none: [ad]")
    assert not feed.taken
    assert feed.why == "rule"
    assert [hit.term for hit in feed.vetoed_by] == ["paint", "ad"]


def test_ways_into_a_feed_are_told_apart():
    ways = rules("a: {any: [oil]}\nb: {}\nc: {fallback: true}\nd: {include: [a]}\ne: {exclude: [a]}")
    oil, other = (ways.explain(article(title)) for title in ("oil", "x"))
    assert [(f.why, f.taken) for f in oil.feeds] == [
        ("rule", True),
        ("everything", True),
        (None, False),
        ("include", True),
        ("everything", False),
    ]
    assert oil.feeds[3].included_by == ("a",)
    assert oil.feeds[4].excluded_by == ("a",)
    assert [(f.why, f.taken) for f in other.feeds][2] == ("fallback", True)


def near_misses(feeds, title):
    return [(miss.term, miss.reason) for miss in explained(feeds, article(title)).near_misses]


def test_one_missing_part_of_all_is_a_near_miss():
    assert near_misses("a: {all: [oil, price]}", "oil") == [("price", "is all that is missing")]
    assert near_misses("a: {all: [oil, {any: [rise, fall]}]}", "oil") == [
        ("rise, fall", "one of these is all that is missing")
    ]
    assert near_misses("a: {all: [oil, price, rise]}", "oil") == []


def test_one_hit_short_is_a_near_miss():
    assert near_misses("a: {any: [oil, gas], min_hits: 2}", "oil") == [
        ("oil", "min_hits is 2, one more term is missing")
    ]
    assert near_misses("a: {any: [oil, Oil, gas], min_hits: 2}", "oil") == [
        ("oil", "min_hits is 2, one more term is missing")
    ]


def test_a_term_that_would_match_as_a_prefix_without_accents_or_in_any_case_is_a_near_miss():
    assert near_misses("a: {any: [cut]}", "cuts") == [("cut", "“cuts” in the title would match as cut*")]
    assert near_misses("a: {any: [cut, {title: cut}]}", "cuts at") == [
        ("cut", "“cuts” in the title would match as cut*")
    ]
    assert near_misses("a: {any: [=IT]}", "it") == [("=IT", "“it” in the title would match in any case")]
    assert near_misses("a: {any: [résumé], accents: false}", "resume") == [
        ("résumé", "“resume” in the title would match without accents")
    ]


def test_stemming_is_shown_by_the_text_that_was_found():
    feed = explained("a: {any: [election], stemming: en}", article("Two Elections"))
    assert [(hit.term, hit.text) for hit in feed.hits] == [("election", "Elections")]


ALPHABET = "aA eé\u0301ßﬁ’-.北京한국かカ\u3099ﾞไท€€йи\u0306क\u093c़İΣς\u200b\u00ad\n"


@settings(deadline=None, max_examples=300)
@given(
    st.text(st.sampled_from(ALPHABET), max_size=12),
    st.text(st.sampled_from(ALPHABET.replace("\n", "").replace(" ", "")), min_size=1, max_size=3),
)
def test_the_text_of_a_hit_holds_its_term_when_it_stands_alone(text, term):
    try:
        compiled = rules(f'a: {{any: ["{term}*"]}}')
    except ConfigError:
        reject()
    given_ = article(text)
    hits = compiled.explain(given_).feeds[0].hits
    assert bool(hits) == bool(compiled.route(given_))
    for hit in hits:
        assert text[hit.start : hit.end] == hit.text
        assert compiled.route(article(hit.text))
