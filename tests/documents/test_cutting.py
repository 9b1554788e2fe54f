"""Entries are cut out of a document without a change to any other byte, as other parsers confirm."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feedpub.articles.article import Article, Author, FeedSource, Origin
from feedpub.articles.entry import RoutedArticle, make_entry
from feedpub.documents.channel import Channel, Page, Site, make_feed
from feedpub.documents.formats import OUTPUT_FORMATS
from feedpub.documents.renderer import Renderer
from feedpub.documents.verification import first_refusal

FORMATS = tuple(OUTPUT_FORMATS)
SITE = Site("T", "https://x.test/f/", "https://x.test/", "x.test,2023", Author("T"), None, None)
FEED = Channel(
    slug="all",
    title="All",
    description="All",
    link="https://x.test/",
    author=Author("T"),
    language=None,
    rights=None,
)
TRAPS = [
    "</entry>", "<entry>", "<item><guid>0</guid></item>", "]]>", "<![CDATA[", "<!-- ", '{"items": [', '"}, {"id": "1"}',
    "\\", '\\"', "é漢😀", "&amp;lt;", "[[[", "",
]  # fmt: skip
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=9)
TEXT = st.lists(st.sampled_from(TRAPS) | WORDS).map(" ".join)
ATOM = "{http://www.w3.org/2005/Atom}"


@st.composite
def cases(draw):
    """Entries of a page, and which of them are cut out."""
    count = draw(st.integers(1, 5))
    articles = [
        Article(
            id=draw(st.sampled_from([f"tag:x.test,2023:{number}", f"an id: {number} & <more>"])),
            title=f"T{draw(TEXT)}".strip(),
            body=draw(TEXT),
            published=datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=number),
            origin=Origin("a", 1, 1),
            html=draw(st.booleans()),
            via=draw(st.sampled_from([None, FeedSource("S", "tag:x.test,2023:0", "https://s.test/")])),
        )
        for number in range(count)
    ]
    gone = draw(st.sets(st.sampled_from([article.id for article in articles])))
    return articles, gone


def document(articles, name):
    known = OUTPUT_FORMATS[name]
    entries = tuple(make_entry(RoutedArticle(article, ("all",))) for article in articles)
    page = Page("1", None, "2", entries)
    renderer = Renderer(SITE, {"all": "All"}, (known,))
    (made,) = renderer.render(make_feed(FEED, (), SITE), (page,)).archives
    return made


def without_by_parser(data, gone, name):
    """Return the same result from a parser that writes the whole document again."""
    if name == "json":
        content = json.loads(data)
        content["items"] = [item for item in content["items"] if item["id"] not in gone]
        return content
    root = etree.fromstring(data, etree.XMLParser(remove_blank_text=True))
    tag, own = (f"{ATOM}entry", f"{ATOM}id") if name == "atom" else ("item", "guid")
    known = OUTPUT_FORMATS[name]
    ids = [entry.id for entry in known.read(data).entries]
    for element, entry_id in zip(list(root.iter(tag)), ids, strict=True):
        assert element.findtext(own)
        if entry_id in gone:
            element.getparent().remove(element)
    return etree.tostring(root)


def same(data, name):
    if name == "json":
        return json.loads(data)
    return etree.tostring(etree.fromstring(data, etree.XMLParser(remove_blank_text=True)))


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
@given(case=cases())
def test_what_is_left_is_the_document_without_the_entries(name, case):
    articles, gone = case
    made = document(articles, name)
    cut = OUTPUT_FORMATS[name].cut(made.data, gone)
    assert same(cut, name) == without_by_parser(made.data, gone, name)
    kept = [entry.id for entry in OUTPUT_FORMATS[name].read(cut).entries]
    assert kept == [
        entry.id for entry in OUTPUT_FORMATS[name].read(made.data).entries if entry.id not in gone
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", FORMATS)
@given(case=cases())
def test_one_entry_is_one_piece_of_the_document_and_no_other_byte_changes(name, case):
    articles, _ = case
    made = document(articles, name)
    for article in articles:
        cut = OUTPUT_FORMATS[name].cut(made.data, {article.id})
        begin = next(n for n in range(len(cut) + 1) if n == len(cut) or cut[n] != made.data[n])
        assert cut == made.data[:begin] + made.data[begin + len(made.data) - len(cut) :]
        assert article.id not in {entry.id for entry in OUTPUT_FORMATS[name].read(cut).entries}
    assert OUTPUT_FORMATS[name].cut(made.data, {"another"}) == made.data


@pytest.mark.parametrize("name", FORMATS)
def test_a_document_without_any_entry_left_is_valid(name):
    day = datetime(2024, 1, 1, tzinfo=UTC)
    articles = [Article(f"tag:x.test,2023:{n}", f"T{n}", "B", day, Origin("a", 1, 1)) for n in range(3)]
    made = document(articles, name)
    cut = OUTPUT_FORMATS[name].cut(made.data, {article.id for article in articles})
    assert OUTPUT_FORMATS[name].read(cut).entries == ()
    assert first_refusal([type(made)(made.path, made.feed, made.media_type, made.url, cut)]) is None


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    "data", [b"", b"<", b"[]", b"{", b"\xff", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"]
)
def test_what_is_no_document_is_refused(name, data):
    with pytest.raises(ValueError, match=r"."):
        OUTPUT_FORMATS[name].cut(data, {"1"})
