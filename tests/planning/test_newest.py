"""Selection keeps the newest articles in any order of input; entries decide the order and date of a feed."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from feedpub.articles.article import Article, Author, Origin
from feedpub.articles.entry import Entry, RoutedArticle, content_of
from feedpub.config import FeedSettings
from feedpub.documents.channel import Site, make_feed
from feedpub.planning.routing import NewestN

SITE = Site("Site", "http://x.test/", "http://x.test/", "x.test,2021-03-04", Author("A"), "en", None)
FEED = FeedSettings(
    slug="news",
    title="News",
    description="All",
    link="http://x.test/",
    author=Author("A"),
    language="en",
    rights=None,
    max_items=5,
    max_bytes=512 << 10,
    archive=None,
    selective=False,
)
START = datetime(2023, 1, 1, tzinfo=UTC)


def make(minute: int, name: str, updated: datetime | None = None) -> Article:
    published = START + timedelta(minutes=minute)
    return Article(f"tag:{name}", name, "body", published, Origin("f", 1, 3), updated=updated)


def entry(article: Article) -> Entry:
    return Entry(article, ("news",), content_of(article))


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.text("abc", min_size=1, max_size=3)), unique_by=lambda item: item[1]
    ),
    st.integers(1, 8),
    st.none() | st.integers(1, 3),
    st.integers(1, 9),
)
def test_a_selection_holds_what_sorting_everything_would(items, limit, share, often):
    selection = NewestN(limit, share)
    for number, (minute, name) in enumerate(items):
        offered = make(minute, name)
        selection.offer(offered.published.timestamp(), RoutedArticle(offered, ("news",)), name[0])
        if number % often == 0:
            selection.raise_floor()
    ordered = [name for _, name in sorted(items, key=lambda item: (-item[0], f"tag:{item[1]}"))]
    first = {letter: [name for name in ordered if name[0] == letter][:share] for letter in "abc"}
    expected = [name for name in ordered if name in first[name[0]]][:limit]
    assert [e.article.title for e in selection.newest()] == expected


def test_what_a_selection_does_not_want_would_not_change_it():
    selection = NewestN(2)
    for minute in range(9):
        offered = make(minute, f"n{minute}")
        selection.offer(offered.published.timestamp(), RoutedArticle(offered, ("news",)))
    assert START.timestamp() < selection.floor
    assert (START + timedelta(minutes=8)).timestamp() >= selection.floor


def test_a_feed_is_dated_by_the_entry_that_changed_last():
    edited = START + timedelta(days=3)
    feed = make_feed(FEED, [entry(make(5, "a")), entry(make(1, "b", edited))], SITE)
    assert [e.article.title for e in feed.entries] == ["a", "b"]
    assert feed.updated == edited


def test_an_empty_feed_is_dated_by_its_authority_and_never_by_the_clock():
    assert make_feed(FEED, [], SITE).updated == datetime(2021, 3, 4, tzinfo=UTC)
