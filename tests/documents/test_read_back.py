"""Everything that can be published can be read back in each format, which all guards rely on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedpub.articles.article import Article, Author, Enclosure, FeedSource, Origin, Picture
from feedpub.articles.entry import RoutedArticle, make_entry
from feedpub.config import load_config
from feedpub.core.errors import GuardRefusal
from feedpub.documents.channel import whole_seconds
from feedpub.documents.formats import OUTPUT_FORMATS, of_media_type
from feedpub.documents.renderer import Renderer
from feedpub.documents.verification import first_refusal
from feedpub.history.memory import ArchiveIndex
from feedpub.planning.feed_plan import moved_notice, plan_feed

FORMATS = tuple(OUTPUT_FORMATS)
EDGES = [
    datetime(1900, 1, 1, tzinfo=UTC),
    datetime(1900, 1, 1, tzinfo=timezone(timedelta(minutes=-53, seconds=-28))),
    datetime(1968, 12, 31, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, tzinfo=timezone(-timedelta())),
    datetime(2024, 2, 29, 12, tzinfo=timezone(timedelta(hours=-12))),
    datetime(9997, 12, 31, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=14))),
]

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"]), max_size=20)
TITLES = TEXT.map(lambda text: f"T{text}".strip())
DATES = st.sampled_from(EDGES) | st.integers(-(2**31), 2**32).map(lambda s: datetime.fromtimestamp(s, UTC))
ADDRESS = st.sampled_from([None, "https://x.test/", "https://x.test/a?b=c&d=%20#e"])
AUTHORS = st.builds(Author, TITLES, st.sampled_from([None, "ann@x.test"]), ADDRESS)
ENCLOSURES = st.builds(
    Enclosure, st.just("https://x.test/a.mp3"), st.just("audio/mpeg"), st.integers(0, 2**40)
)
SIZES = st.sampled_from([0, 1, 10**15 - 1])
KINDS = st.sampled_from(["", "image/png"])
WORDS = st.just("") | TITLES
PICTURES = st.builds(Picture, KINDS, SIZES, SIZES, SIZES, WORDS, WORDS, WORDS)
ARTICLES = st.builds(
    Article,
    id=st.uuids().map(lambda uuid: uuid.urn),
    title=TITLES,
    body=TEXT,
    published=DATES,
    origin=st.just(Origin("a", 1, 1)),
    html=st.booleans(),
    link=ADDRESS,
    authors=st.lists(AUTHORS, max_size=2).map(tuple),
    categories=st.lists(TITLES, max_size=2).map(tuple),
    language=st.sampled_from([None, "hi-IN"]),
    summary=st.none() | TITLES,
    image=ADDRESS,
    enclosures=st.lists(ENCLOSURES, max_size=2).map(tuple),
    license=ADDRESS,
    picture=st.none() | PICTURES,
    via=st.none() | st.builds(FeedSource, TITLES, st.sampled_from([None, "urn:isbn:1"]), ADDRESS),
)  # fmt: skip
BARE = Article("tag:x.test,2023:bare", "A title and no more", "", EDGES[4], Origin("a", 1, 1))


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    file = tmp_path_factory.mktemp("site") / "c.yaml"
    file.write_text("""
version: 1
site: {title: T, base_url: "https://x.test/f/", id_authority: "x.test,2023"}
sources: [{path: "*.jsonl"}]
feeds:
  all: {title: All, max_items: 2, archive: 1}
  old: {title: Old, retired: {moved_to: "https://x.test/new"}}
""")
    return load_config(file)


@pytest.mark.slow
@given(articles=st.lists(ARTICLES, max_size=5, unique_by=lambda article: article.id))
@example(articles=[BARE])
@example(articles=[replace(BARE, id=f"tag:x.test,2023:{n}", published=date) for n, date in enumerate(EDGES)])
def test_ids_titles_and_dates_come_back(settings, articles):
    entries = [make_entry(RoutedArticle(article, ("all",))) for article in articles]
    renderer = Renderer(settings.site, {}, OUTPUT_FORMATS.values())
    composed = plan_feed(settings.feeds[0], entries, settings.site, {}, ArchiveIndex())
    rendered = renderer.render(composed.feed, composed.pages)
    documents = (*rendered.documents, *rendered.archives)
    assert not first_refusal(documents), first_refusal(documents)
    expected = {(a.id, a.title, whole_seconds(a.published)) for a in articles}
    for name in FORMATS:
        read = [OUTPUT_FORMATS[name].read_back(d.data) for d in documents if d.path.endswith(name)]
        assert None not in read
        assert {(e.id, e.title, e.published) for feed in read for e in feed.entries} == expected


@pytest.mark.slow
def test_the_longest_body_comes_back(settings):
    entry = make_entry(RoutedArticle(replace(BARE, body="word " * 2_200_000), ("all",)))
    composed = plan_feed(settings.feeds[0], [entry], settings.site, {}, ArchiveIndex())
    for document in Renderer(settings.site, {}, OUTPUT_FORMATS.values()).render(composed.feed).documents:
        assert of_media_type(document.media_type).read_back(document.data).entries[0].id == BARE.id


@pytest.mark.parametrize("number", range(len(FORMATS)), ids=FORMATS)
def test_the_notice_of_a_retired_feed_comes_back(settings, number):
    feed = moved_notice(settings.retired[0], settings.site, None)
    document = Renderer(settings.site, {}, OUTPUT_FORMATS.values()).render(feed).documents[number]
    read = of_media_type(document.media_type).read_back(document.data)
    assert [entry.id for entry in read.entries] == [entry.article.id for entry in feed.entries]


STORIES = [{"title": f"Story {n}", "body": f"Text {n}", "published": f"2024-01-0{n}"} for n in range(1, 10)]
TITLE_ONLY = {"title": "Only a title", "published": "2024-01-10"}


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(("left", "option"), [([], "--allow-empty"), ([TITLE_ONLY], "--allow-vanished")])
def test_an_article_without_a_body_switches_no_guard_off(site, name, left, option):
    site.config["output"]["formats"] = [name]
    site.build([*STORIES, TITLE_ONLY])
    with pytest.raises(GuardRefusal, match=option):
        site.build(left)


def test_a_feed_whose_documents_are_all_damaged_stops_the_build_and_one_of_them_is_written_anew(site):
    site.build(STORIES)
    good = {name: site.read(f"all.{name}") for name in FORMATS}
    for number, name in enumerate(FORMATS):
        (site.out / f"all.{name}").write_bytes(good[name][:300] if number else b"")
        if name != FORMATS[-1]:
            site.build(STORIES)
            assert site.read(f"all.{name}") == good[name]
    for name in FORMATS:
        (site.out / f"all.{name}").write_bytes(good[name][:300])
    with pytest.raises(
        GuardRefusal, match=r"all\.atom, all\.json, all\.rss cannot be read.*restore.*--allow-vanished"
    ):
        site.build(STORIES)
    site.build(STORIES, allow={"vanished"})
    assert {name: site.read(f"all.{name}") for name in FORMATS} == good
