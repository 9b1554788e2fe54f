"""Addresses are completed and repaired as in browsers, and ids do not depend on that."""

from __future__ import annotations

import json

import pytest

from feedpub.articles.article import Article
from feedpub.sources import read

SELF = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="self" href="https://own.example.org/feeds/all.rss"/>'
MEDIA = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)


def rss(item, head="<link>https://quay.example.org/blog/</link>"):
    return (
        f'<rss version="2.0" {MEDIA}><channel><title>Quay</title>{head}<description>d</description>'
        f"<item><title>A</title><guid isPermaLink='false'>f1</guid><pubDate>Mon, 09 Oct 2023 14:25:00 GMT</pubDate>"
        f"<description>Text</description>{item}</item></channel></rss>"
    ).encode()


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("https://quay.example.org/a b", "https://quay.example.org/a%20b"),
        ("https://quay.example.org/a|b", "https://quay.example.org/a%7Cb"),
        ("https://quay.example.org/{a}?q=[^x]", "https://quay.example.org/%7Ba%7D?q=%5B%5Ex%5D"),
        ("https://quay.example.org/a%20b", "https://quay.example.org/a%20b"),
        ("//quay.example.org/a", "https://quay.example.org/a"),
        ("https://faß.example.org/x", "https://xn--fa-hia.example.org/x"),
        ("https://βόλος.example.org/", "https://xn--nxasmm1c.example.org/"),
        ("https://bücher.example.org/", "https://xn--bcher-kva.example.org/"),
        ("https://☕.example.org/", "https://xn--53h.example.org/"),
        ("https://a_b.example.org/ü", "https://a_b.example.org/%C3%BC"),
        ("https://a b.example.org/", None),
        ("/relative", None),
        ("n/a", None),
        ("-", None),
    ],
)
def test_an_address_is_mended_and_its_id_is_that_of_what_is_written(written, wanted, source, gives):
    """The hosts come from Python's own codec for Punycode and the tables of UTS 46."""
    record = {"title": "A", "body": "B", "date": "2023-10-09 14:25"}
    without, with_link = (
        gives(source(), json.dumps(each).encode(), "in.json")[0]
        for each in (record, record | {"url": written})
    )
    assert with_link.link == wanted
    if (
        wanted
        and wanted != written
        and (" " in written or "|" in written or "{" in written or written[0] == "/")
    ):
        # As before it could be repaired.
        assert with_link.id == without.id


@pytest.mark.parametrize(
    ("head", "link", "wanted"),
    [
        ("<link>https://quay.example.org/blog/</link>", "/2023/a", "https://quay.example.org/2023/a"),
        ("<link>https://quay.example.org/blog/</link>", "a.html", "https://quay.example.org/blog/a.html"),
        (f"<link>https://quay.example.org/</link>{SELF}", "a.html", "https://own.example.org/feeds/a.html"),
        ("<link>/</link>", "/2023/a", None),
        ("<link>https://quay.example.org/</link>", "https://x.example.org/1", "https://x.example.org/1"),
    ],
)
def test_a_feed_says_what_its_relative_links_mean(head, link, wanted, source, gives):
    """They are relative to its own address, or else to that of its page; the id stays that of the guid."""
    item = gives(source(), rss(f"<link>{link}</link>", head), "in.rss")[0]
    assert item.link == wanted
    assert item.id == gives(source(), rss("", head), "in.rss")[0].id


@pytest.mark.parametrize(
    ("extra", "image", "files"),
    [
        (
            '<media:content url="https://c.example.org/1.jpg" medium="image"/>',
            "https://c.example.org/1.jpg",
            [],
        ),
        ('<media:content url="https://c.example.org/1.jpg"/>', "https://c.example.org/1.jpg", []),
        ('<media:content url="/1?x" type="image/png"/>', "https://quay.example.org/1?x", []),
        (
            '<media:group><media:content url="https://c.example.org/1.jpg" type="image/jpeg"/></media:group>',
            "https://c.example.org/1.jpg",
            [],
        ),
        (
            (
                '<media:thumbnail url="https://c.example.org/t.jpg"/>'
                '<media:content url="https://c.example.org/1.jpg" medium="image"/>'
            ),
            "https://c.example.org/t.jpg",
            [],
        ),
        ('<itunes:image href="https://c.example.org/i.jpg"/>', "https://c.example.org/i.jpg", []),
        (
            (
                '<media:group><media:content url="https://c.example.org/s.mp4" type="video/mp4"/>'
                '<media:content url="https://c.example.org/l.mp4" type="video/mp4" isDefault="true"/></media:group>'
            ),
            None,
            ["https://c.example.org/l.mp4"],
        ),
        (
            (
                '<enclosure url="https://c.example.org/Ep 1.mp3" length="9" type="audio/mpeg"/>'
                '<media:content url="https://c.example.org/v.mp4" medium="video"/>'
            ),
            None,
            ["https://c.example.org/Ep%201.mp3"],
        ),
    ],
)
def test_pictures_and_files_of_media_rss_are_read(extra, image, files, source, gives):
    """A thumbnail is preferred to a picture, an enclosure to a film."""
    item = gives(source(), rss(extra), "in.rss")[0]
    assert item.image == image
    assert [file.url for file in item.enclosures] == files


def test_content_that_lies_elsewhere_is_the_link(source, tmp_path):
    """RFC 4287 §4.1.3.2."""
    path = tmp_path / "in.atom"
    path.write_text(
        '<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x:f</id><title>Q</title><updated>2023-10-09T14:25:00Z</updated>'
        "<entry><id>urn:x:1</id><title>A</title><updated>2023-10-09T14:25:00Z</updated>"
        '<content type="text/html" src="https://quay.example.org/1.html"/></entry></feed>'
    )
    item = next(read(source(), path, "example.org,2023"))
    assert isinstance(item, Article)
    assert item.link == "https://quay.example.org/1.html"
