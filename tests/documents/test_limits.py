"""A document in any format never exceeds its limit of bytes, which is decided before it is rendered."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.articles.article import Article, Author, Enclosure, FeedSource, Origin, Picture
from feedpub.articles.entry import Entry, content_of
from feedpub.config import FeedSettings
from feedpub.documents.channel import DocumentLinks, Site, make_feed
from feedpub.documents.formats import OUTPUT_FORMATS, entry_size, text_size
from feedpub.documents.renderer import Renderer
from feedpub.documents.rss_atom import Syndicator
from feedpub.history.memory import ArchiveIndex
from feedpub.planning.feed_plan import fitting, plan_feed

START = datetime(2023, 1, 1, tzinfo=UTC)
SITE = Site("S & S", "https://x.test/", "https://x.test/", "x.test,2021", Author("A", "a@x.test"), "en", "©")
FORMATS = tuple(OUTPUT_FORMATS.values())
TITLES = {"all": 'Tom & "Jerry"', "b": "B"}


def feed(max_items=50, max_bytes=16 << 10, archive=None) -> FeedSettings:
    return FeedSettings(
        slug="all",
        title="News",
        description="All & more",
        link="http://x.test/",
        author=Author("A"),
        language="en",
        rights="©",
        max_items=max_items,
        max_bytes=max_bytes,
        archive=archive,
        selective=True,
    )


def entry(number: int, body: str, *, html: bool = False, **more) -> Entry:
    article = Article(
        f"tag:x,2021:{number:032}",
        f"Title {number}",
        body,
        START + timedelta(hours=number),
        Origin("f", 1, 3),
        html=html,
        **more,
    )
    return Entry(article, ("all", "b"), content_of(article))


awkward = st.text(st.sampled_from("ab <>&\"'\\\n\t€😀中"), max_size=3000)
SIZES, LINES = st.just(10**15 - 1), st.just('"&' * 50)
addresses = st.just("https://x.test/" + "a" * 200 + "?b=1&c=2")
bodies = st.lists(
    st.fixed_dictionaries(
        {"body": awkward, "html": st.booleans()},
        optional={
            "link": addresses,
            "image": addresses,
            "license": addresses,
            "picture": st.builds(
                Picture, st.just("image/png"), SIZES, SIZES, SIZES, st.just("<&>" * 9), LINES, LINES
            ),
            "summary": awkward.map(lambda text: " ".join(text.split())),
            "language": st.just("zh-Hant-TW"),
            "authors": st.lists(
                st.builds(
                    Author,
                    st.just('Å "& <'),
                    st.none() | st.just("a@b.test"),
                    st.none() | st.just("https://a.test/"),
                ),
                max_size=3,
            ).map(tuple),
            "categories": st.lists(st.sampled_from(["<&>", '"', "x" * 90]), max_size=5).map(tuple),
            "enclosures": st.lists(
                st.builds(Enclosure, addresses, st.just("audio/mpeg"), st.integers(0, 10**9)), max_size=4
            ).map(tuple),
            "via": st.just(FeedSource("A & B", "tag:x", "https://x.test/a?b&c")),
        },
    ),
    max_size=12,
)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(bodies)
def test_no_format_is_larger_than_allowed_but_for_a_single_entry(parts):
    entries = [entry(number, **part) for number, part in enumerate(parts)]
    composed = plan_feed(feed(max_items=8, archive=9), entries, SITE, TITLES, ArchiveIndex())
    held = [len(composed.feed.entries), *(len(page.entries) for page in composed.pages)]
    rendered = Renderer(SITE, TITLES, FORMATS).render(composed.feed, composed.pages)
    documents = (*rendered.documents, *rendered.archives)
    assert len(documents) == len(held) * len(FORMATS)
    for number, document in enumerate(documents):
        assert len(document.data) <= 16 << 10 or held[number // len(FORMATS)] == 1
    assert sum(held) == len(entries)
    assert composed.feed.full == (len(entries) >= 8 or len(held) > 1)


@settings(deadline=None)
@given(st.text())
def test_a_texts_size_is_never_less_than_its_bytes(text):
    assert text_size(text) >= len(text.encode("utf-8", "surrogatepass"))


def test_the_estimate_is_not_far_above_what_is_written():
    entries = [entry(number, "Some plain words of a story, as they come. " * 60) for number in range(100)]
    renderer = Renderer(SITE, TITLES, FORMATS)
    settings_ = feed(max_items=100, max_bytes=1 << 20)
    documents = renderer.render(plan_feed(settings_, entries, SITE, TITLES, ArchiveIndex()).feed).documents
    largest = max(len(document.data) for document in documents)
    assert largest < sum(entry_size(e, settings_, TITLES) for e in entries) < 1.25 * largest


@pytest.mark.parametrize(
    ("sizes", "held"),
    [([], 0), ([10**5], 1), ([10**5, 10], 1), ([10, 10**5, 10], 1), ([10, 10, 10], 3), ([10] * 60, 15)],
)
def test_the_newest_stay_and_one_always_does(sizes, held):
    entries = [entry(-number, "x" * size) for number, size in enumerate(sizes)]
    assert fitting(entries, feed(), SITE, TITLES) == held


def test_an_entry_that_is_kept_for_the_next_feed_keeps_nothing_of_the_document_it_was_in():
    syndicator = Syndicator(SITE, TITLES)
    whole = make_feed(feed(), [entry(number, "Body") for number in range(3)], SITE)
    for write in (syndicator.rss, syndicator.atom):
        first = write(whole, DocumentLinks("https://x.test/all"))
        assert write(whole, DocumentLinks("https://x.test/all")) == first
    kept = [e for shared in syndicator._built.values() for e in (shared.rss_entry(), shared.atom_entry())]
    assert len(kept) == 6
    assert {element.getparent() for element in kept} == {None}
