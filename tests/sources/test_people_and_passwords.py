"""People in feeds are credited for the right entries, and private data are not published."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.articles.article import Author
from feedpub.config import load_config
from feedpub.core.feed_values import web_address, without_password
from feedpub.publishing.build import build
from feedpub.sources import normalisation
from feedpub.text.safe_html import sanitise

NOW = datetime(2024, 6, 1, tzinfo=UTC)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><id>urn:isbn:f</id>{head}<entry><title>A</title>'
    "<id>urn:isbn:1</id><updated>2024-05-01T10:00:00Z</updated><content>B</content>{entry}</entry></feed>"
)
RSS = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title>{head}<item><title>A</title>'
    "<guid>urn:isbn:1</guid><pubDate>Wed, 01 May 2024 10:00:00 GMT</pubDate>{entry}</item></channel></rss>"
)
ANN = "<author><name>Ann</name><email>ann@mail.example</email></author>"
BOB = "<author><name>Bob</name></author>"
CID = "<author><name>Cid</name><uri>https://cid.example/</uri></author>"


ann, bob = ("Ann", "ann@mail.example", None), ("Bob", None, None)


@pytest.mark.parametrize(
    ("feed", "head", "entry", "wanted"),
    [
        (ATOM, "", ANN + BOB, [ann, bob]),
        (ATOM, "", BOB + ANN + CID, [bob, ann, ("Cid", None, "https://cid.example/")]),
        (ATOM, ANN, BOB, [bob]),
        (ATOM, ANN, "", [ann]),
        (ATOM, "", f"<source>{ANN}</source>{BOB}", [bob]),
        (ATOM, "", f"<author><email>{ann[1]}</email></author>{BOB}", [(ann[1], ann[1], None), bob]),
        (RSS, "", "<author>ann@mail.example (Ann)</author><dc:creator>Bob</dc:creator>", [ann, bob]),
        (RSS, "", "<author>Ann (ann@mail.example)</author>", [ann]),
        (RSS, "", "<author>Ann ann@mail.example</author>", [ann]),
        (RSS, "", "<dc:creator>Ann &lt;ann@mail.example></dc:creator><dc:creator>Bob</dc:creator>", [ann, bob]),
        (RSS, "<managingEditor>ed@mail.example (Ed)</managingEditor>", "", [("Ed", "ed@mail.example", None)]),
        (RSS, "", "<dc:creator><!-- nobody -->Bob</dc:creator><!-- x -->", [bob]),
        # If entries cannot be told apart, only names are certain.
        (RSS, "", "<dc:creator>Bob</dc:creator></item><x:item", [bob]),
    ],
)  # fmt: skip
def test_an_author_has_the_addresses_that_stand_with_the_name(feed, head, entry, wanted, source, gives):
    article = gives(source(), feed.format(head=head, entry=entry).encode(), "in.xml")[0]
    assert article.authors == tuple(Author(*person) for person in wanted)


@pytest.mark.parametrize(
    ("address", "without"),
    [
        ("https://ann:s3cret@news.example/1", "https://news.example/1"),
        ("HTTPS://s3cret@news.example", "HTTPS://news.example"),
        ("http:\\\\ann:s3cret@news.example\\x", "http:\\\\news.example\\x"),
        ("https:/ann:s3cret@news.example/", "https:/news.example/"),
        ("https://a@b:s3cret@news.example/", "https://news.example/"),
        ("ftp://ann:s3cret@news.example/", "ftp://news.example/"),
        ("https://news.example/@ann", "https://news.example/@ann"),
        ("https://news.example?to=ann@news.example", "https://news.example?to=ann@news.example"),
        ("https://news.example#a@b", "https://news.example#a@b"),
        ("mailto:ann@news.example", "mailto:ann@news.example"),
        ("tag:ann@news.example,2020:1", "tag:ann@news.example,2020:1"),
    ],
)
def test_an_address_loses_its_password_and_nothing_else(address, without):
    assert without_password(address) == without
    assert "s3cret" not in sanitise(
        f'<p><a href="{address}">x</a><img src="{address}" alt="y"></p>', "https://b.example/"
    )


@given(st.text("ab:@/\\?#.", max_size=12))
def test_no_address_is_published_with_a_name_before_its_host(text):
    address = f"https://{text}"
    made = web_address(without_password(address))
    assert made is None or "@" not in urlsplit(made).netloc


ENTRY = RSS.format(
    head="<link>https://ann:s3cret@in.example/</link>",
    entry='<link>https://ann:s3cret@in.example/1</link><guid isPermaLink="true">https://ann:s3cret@in.example/1</guid>'
    '<enclosure url="https://ann:s3cret@in.example/a.mp3" type="audio/mpeg" length="1"/><description>See &lt;a href='
    '"https://ann:s3cret@in.example/2"&gt;this&lt;/a&gt;.</description>',
).replace("<guid>urn:isbn:1</guid>", "")


@pytest.fixture
def site(tmp_path):
    (tmp_path / "c.yaml").write_text("""
version: 1
site: {title: T, base_url: "https://me:s3cret@x.test/f/", id_authority: "x.test,2023"}
sources: [{path: in.xml, timezone: UTC}]
feeds: {all: {title: All}}
output: {formats: [rss, atom, json]}
""")
    (tmp_path / "in.xml").write_text(ENTRY)
    return tmp_path


def test_no_password_is_published(site):
    report = build(load_config(site / "c.yaml"), NOW)
    assert report.articles == 1
    assert not any("s3cret" in notice.message for notice in report.notices)
    for file in (site / "feeds").iterdir():
        assert b"s3cret" not in file.read_bytes(), file


def test_a_published_id_stays_although_it_holds_a_password(site, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(normalisation, "without_password", lambda address: address)
        build(load_config(site / "c.yaml"), NOW)
    before = (site / "feeds/all.rss").read_text()
    assert "s3cret" in before
    report = build(load_config(site / "c.yaml"), NOW)
    assert report.notice_counts["password"] == 1
    assert report.feeds[0].new == 0
