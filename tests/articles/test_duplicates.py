"""One record of each story stays, and which one does not depend on the order of reading."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedpub.articles.article import Article, Origin
from feedpub.articles.duplicates import DuplicateIndex

START = datetime(2023, 1, 1, tzinfo=UTC)


def article(name: str, minute: int, body: str, updated: int | None = None) -> Article:
    return Article(
        id=f"tag:{name}",
        title="t",
        body=body,
        published=START + timedelta(minutes=minute),
        origin=Origin("f", 1, 3),
        updated=None if updated is None else START + timedelta(minutes=updated),
    )


def kept(stream: list[Article]) -> list[Article]:
    duplicates = DuplicateIndex()
    first = [a for a in stream if duplicates.add(a, a.published.timestamp())]
    if not duplicates.decide():
        return first
    winners = duplicates.winners()
    return [a for a in stream if winners(a, a.published.timestamp())]


def test_the_same_record_twice_is_one_article():
    assert kept([article("a", 1, "x"), article("a", 1, "x")]) == [article("a", 1, "x")]


def test_of_equal_texts_the_one_published_first_stays():
    early, late = article("a", 1, "x"), article("b", 2, "x")
    assert kept([early, late]) == kept([late, early]) == [early]


def test_of_two_versions_of_one_id_the_one_changed_last_stays():
    old, new = article("a", 1, "x", updated=5), article("a", 1, "y", updated=9)
    assert kept([old, new]) == kept([new, old]) == [new]


def test_articles_that_need_not_be_added_stay_and_are_counted():
    one, two, other = article("a", 1, "x"), article("a", 2, "y"), article("b", 3, "z")
    other = replace(other, origin=Origin("g", 1, 3))
    index = DuplicateIndex(others=frozenset(["tag:b"]))
    for each in (one, two):
        index.add(each, each.published.timestamp())
    index.pass_over("g", 0, 1)
    index.decide()
    assert "tag:b" in index
    assert index.saw("tag:b")
    assert index.identify(other) == "tag:b"
    assert index.source_of() == {"f": 0, "g": 0}
    assert index.winners()(other, other.published.timestamp()) == other


def test_two_stories_of_one_minute_both_stay():
    assert len(kept([article("a", 1, "x"), article("b", 1, "y")])) == 2


def test_a_text_whose_first_holder_was_replaced_is_held_by_the_next():
    # The first version of a takes "x" from b; its second version gives it back.
    stream = [article("a", 1, "x", updated=1), article("b", 2, "x"), article("a", 1, "y", updated=9)]
    assert {a.id for a in kept(stream)} == {"tag:a", "tag:b"}


def test_what_comes_in_between_two_readings_waits_for_the_next_build():
    duplicates = DuplicateIndex()
    stream = [article("a", 1, "x", updated=1), article("a", 1, "y", updated=9)]
    for each in stream:
        duplicates.add(each, each.published.timestamp())
    assert duplicates.decide()
    stays = duplicates.winners()
    again = [stream[0], article("b", 1, "z"), article("a", 1, "w", updated=10), stream[1]]
    assert [a for a in again if stays(a, a.published.timestamp())] == [stream[1]]


articles = st.builds(
    article, st.sampled_from("abcd"), st.integers(0, 3), st.sampled_from("xyz"), st.none() | st.integers(0, 3)
)


@given(st.lists(articles, max_size=12), st.randoms(use_true_random=False))
def test_order_never_matters(stream: list[Article], rng: random.Random):
    shuffled = list(stream)
    rng.shuffle(shuffled)
    assert sorted(kept(stream), key=repr) == sorted(kept(shuffled), key=repr)


@given(st.lists(articles, max_size=12))
def test_each_record_has_a_keeper_that_stays(stream: list[Article]):
    duplicates = DuplicateIndex()
    for each in stream:
        duplicates.add(each, each.published.timestamp())
    duplicates.decide()
    keepers = {duplicates.winner_of(each, each.published.timestamp()) for each in stream}
    assert keepers == {each.id for each in kept(stream)}


@given(st.lists(articles, max_size=12))
def test_what_stays_has_each_id_and_each_text_once(stream: list[Article]):
    stays = kept(stream)
    assert len({a.id for a in stays}) == len(stays)
    assert len({a.body for a in stays}) == len(stays)
