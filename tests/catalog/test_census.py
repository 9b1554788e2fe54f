"""A build hears about known articles that may affect others, and about no others."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.articles.article import Boilerplate, Origin
from feedpub.articles.sighting import Sighting
from feedpub.articles.withdrawals import mark
from feedpub.catalog.census import Census
from feedpub.catalog.coding import Columns, Page

NOW = datetime(2024, 3, 1, tzinfo=UTC)


def seen(number=1, text=1, day=1, **more):
    return Sighting(str(number), "t", datetime(2024, 1, day, tzinfo=UTC), Origin("a", 1, 1), 1, text, **more)


def piece(*items):
    page = Page()
    for item in items:
        page.add(item)
    return Columns.unpacked(page.columns().packed(), page.articles)


def heard(*pieces, marks=()):
    census = Census(pieces, NOW.timestamp(), marks)
    return [sorted(census.needed(columns)) for columns in pieces], census


SIGHTINGS = st.builds(seen, st.integers(0, 30), st.integers(0, 40), st.integers(1, 28))


@given(st.lists(st.lists(SIGHTINGS | st.just(Boilerplate(Origin("a", 1, 1))), max_size=8), max_size=4))
def test_what_shares_its_id_or_its_text_is_heard_and_no_other(pieces):
    # Equal articles are still several.
    pieces = [
        [
            item._replace(size=n) if isinstance(item, Sighting) else item
            for n, item in enumerate(items, 10 * at)
        ]
        for at, items in enumerate(pieces)
    ]
    every = [item for items in pieces for item in items if isinstance(item, Sighting)]

    def shares(one):
        return any(other is not one and (other.id == one.id or other.text == one.text) for other in every)

    found, census = heard(*(piece(*items) for items in pieces))
    for items, numbers in zip(pieces, found, strict=True):
        articles = [item for item in items if isinstance(item, Sighting)]
        assert numbers == [n for n, one in enumerate(articles) if shares(one)]
        for one in articles:
            assert (one.id in census) != shares(one)
    assert "none" not in census


@pytest.mark.parametrize(
    "more",
    [
        {"updated": NOW},
        {"due": NOW},
        {"expires": NOW},
        {"former": "x"},
        {"feed": "f"},
        {"undated": True},
        {"beside": ("x",)},
        {"feeds": ("x",)},
        {"not_feeds": ("x",)},
    ],
    ids=str,
)
def test_what_says_more_than_its_date_is_heard(more):
    assert heard(piece(seen(), seen(2, 2, **more), seen(3, 3)))[0] == [[1]]


def test_what_is_not_due_is_heard():
    late = seen(2, 2)._replace(published=NOW)
    assert heard(piece(seen(), late))[0] == [[1]]


def test_what_was_withdrawn_is_heard():
    assert heard(piece(seen(1), seen(2, 2)), marks=[mark("2")])[0] == [[1]]
