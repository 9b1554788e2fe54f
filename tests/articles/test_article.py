"""What an article is, and what its id is made from."""

import pickle
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from feedpub.articles.article import Article, Origin
from feedpub.articles.ids import article_id

AUTHORITY = "example.org,2023"
NOON = datetime(2023, 6, 1, 12, 0, tzinfo=UTC)


def make_id(title="A title", published=NOON, key=None):
    return article_id(AUTHORITY, key=key, published=published, title=title)


def test_a_naive_time_makes_no_article():
    with pytest.raises(ValueError, match="no time zone"):
        Article("tag:x", "t", "b", datetime(2023, 1, 1), Origin("f", 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        Article("tag:x", "t", "b", NOON, Origin("f", 1, 1), updated=datetime(2023, 1, 1))  # noqa: DTZ001


def test_the_id_of_a_story_never_changes_from_release_to_release():
    # These ids were published: any other value would show every article as new to every subscriber.
    assert make_id() == "tag:example.org,2023:76575450db9d0b0477166b6e63420c28"
    assert make_id(key="https://example.org/1") == "tag:example.org,2023:ac2ae06769cfc7418b465e7dfa3b835b"


@pytest.mark.parametrize(
    ("title", "published"),
    [
        ("a  TITLE ", NOON),
        ("\uff21 title", NOON),
        ("A\u00a0title", NOON),
        ("A title", NOON.astimezone(ZoneInfo("Asia/Kathmandu"))),
        ("A title", NOON.replace(microsecond=5)),
        ("A title", NOON.astimezone(timezone(timedelta(hours=-3)))),
    ],
)
def test_spelling_encoding_and_zone_do_not_count_in_an_id(title, published):
    assert make_id(title, published) == make_id()


def test_composed_and_decomposed_letters_are_one_title():
    assert make_id("Caf\u00e9") == make_id("Cafe\u0301")


@pytest.mark.parametrize(
    ("title", "published"), [("Another title", NOON), ("A title", NOON + timedelta(minutes=1))]
)
def test_another_title_or_minute_is_another_story(title, published):
    assert make_id(title, published) != make_id()


def test_the_sources_own_key_outlives_an_edit():
    assert make_id("Old", key="42") == make_id("New", NOON + timedelta(days=1), key=" 42 ")
    assert make_id(key="42") != make_id(key="43")


def test_articles_travel_between_processes():
    article = Article("tag:x", "t", "b", NOON.astimezone(ZoneInfo("Europe/Berlin")), Origin("f", 1, 3))
    assert pickle.loads(pickle.dumps(article)) == article
    assert article.origin.lines == 3
