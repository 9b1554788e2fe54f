"""A feed that is read in parts gives the same as a whole, in constant memory, however long it is."""

from __future__ import annotations

import io
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.articles.article import Article, Notice, Reject
from feedpub.config.sources import parse_source
from feedpub.core.errors import PublishError, SourceError
from feedpub.core.yaml_node import read_yaml
from feedpub.sources.readers import _feed_parts, feed
from feedpub.sources.spec import ParseContext
from feedpub.sources.streams import InputStream

SPACES = (
    'xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:r="http://purl.org/rss/1.0/"'
)
RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
BLOG = (
    f"<rss version='2.0' {SPACES}><channel><title>T</title><wp:author><wp:author_login>a</wp:author_login>"
    "<wp:author_display_name>Ann</wp:author_display_name></wp:author><wp:tag><wp:tag_slug>s</wp:tag_slug></wp:tag>\n"
)
# What comes before and after the entries, and the name of the entries.
FRAMES = (
    (f"<rss version='2.0' {SPACES}><channel><title>T</title><link>https://x.test/</link>", "</channel></rss>", "item"),
    (f"<?xml version='1.0'?>\n<!-- <item> -->\n<rss version='2.0' {SPACES}>\n<channel>\n",
     "<title>T</title>\n<link>https://x.test/</link>\n</channel>\n</rss>\n", "item"),
    ("<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://x.test/'><title>T</title><id>urn:x:f</id>\n",
     "</feed>", "entry"),
    ("<a:feed xmlns:a='http://www.w3.org/2005/Atom' xmlns='urn:x'><a:title>T</a:title>", "</a:feed>\n\n", "a:entry"),
    (f'{RDF} xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title></channel>', "</rdf:RDF>", "item"),
    (BLOG, "</channel></rss>\n", "item"),
)  # fmt: skip
BODIES = (
    "Some words.",
    "<![CDATA[<p>Quoted <item> and </item> and <entry></p>]]>",
    "<!-- <item> </entry> -->",
    "Two\nlines, Zürich",
    "&lt;item&gt; R&amp;D",
)
FRAGMENTS = (
    b"<rss version='2.0'>", b"<channel>", b"<item>", b"</item>", b"<item", b"</item", b">", b"\n", b"<![CDATA[", b"]]>",
    b"<!--", b"-->", b"<entry", b"<a:entry>", b"</a:entry >", b"<title>A</title>", b"</channel></rss>", b"\xff",
    b"<pubDate>Mon, 09 Oct 2023 14:25:00 GMT</pubDate>", b" " * 200, b"</item" + b" " * 200, b"<items>", b"word ",
)  # fmt: skip
BETWEEN = ("", "\n", "\n\n  ", "\t", "<!-- <item> -->\n", "<ttl>60</ttl>\n")


@st.composite
def feeds(draw):
    head, tail, name = draw(st.sampled_from(FRAMES))
    prefix = name.rpartition(":")[0] + ":" if ":" in name else ""
    date = f"{prefix}updated" if "entry" in name else "dc:date"
    text = [head]
    for number in range(draw(st.integers(1, 6))):
        body = draw(st.sampled_from(BODIES))
        posted = ""
        if "wp:author" in head:
            picture = draw(st.integers(0, 6))
            posted = (
                f"<dc:creator>a</dc:creator><wp:post_id>{number}</wp:post_id><wp:post_type>post</wp:post_type>"
                "<wp:status>publish</wp:status><wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>"
                f"{picture}</wp:meta_value></wp:postmeta><wp:attachment_url>https://x.test/{number}.png"
                f"</wp:attachment_url><content:encoded>{body}</content:encoded>"
            )
        elif "entry" in name:
            posted = f"<{prefix}id>urn:x:{number}</{prefix}id><{prefix}content type='html'>{body}</{prefix}content>"
        else:
            posted = f"<link>https://x.test/{number}</link><description>{body}</description>"
        text += [
            draw(st.sampled_from(BETWEEN)),
            f"<{name}>{draw(st.sampled_from(('', chr(10))))}<{prefix}title>Story {number}</{prefix}title>{posted}",
            f"<{date}>2023-10-0{number + 1}T14:25:00Z</{date}></{name}>",
        ]
    text += [draw(st.sampled_from(BETWEEN)), tail]
    return "".join(text).encode()


SPEC = parse_source(read_yaml(b"path: x", "config.yaml"), Path())


def items(data, charset=""):
    return list(
        feed.read(InputStream(io.BytesIO(data)), ParseContext(SPEC, "x", "x.test,2023", charset=charset))
    )


def items_in_parts(data, size=1, cut=None, charset=""):
    """Return the items of a feed that is read in parts of ``size`` and arrives in pieces of ``cut`` bytes."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(feed, "WHOLE", 0)
        changed.setattr(_feed_parts, "PART", size)
        if cut:
            changed.setattr(feed, "unified", lambda _: pieces(data, cut))
        return items(data, charset)


def pieces(data, size):
    return (data[start : start + size] for start in range(0, len(data), size))


@settings(max_examples=60)
@given(data=feeds(), size=st.sampled_from([1, 1_000, 10_000]), cut=st.integers(1, 97))
def test_parts_give_the_same_articles_at_the_same_places_as_the_whole(data, size, cut):
    whole = items(data)
    assert any(isinstance(item, Article) for item in whole)
    assert items_in_parts(data, size, cut) == whole


@pytest.mark.parametrize("size", [1, 100, 1_000])
@pytest.mark.parametrize("gaps", [*product(["", "\n"], repeat=4)], ids=str)
def test_places_are_right_whichever_entries_share_a_line_and_a_part(gaps, size):
    head, tail, _ = FRAMES[0]
    entries = (
        f"{gap}<item><title>Story {n}</title><link>https://x.test/{n}</link><dc:date>2023-10-09</dc:date></item>"
        for n, gap in enumerate(gaps)
    )
    data = "".join((head, *entries, tail)).encode()
    assert [item.origin for item in items_in_parts(data, size)] == [item.origin for item in items(data)]


@given(data=st.lists(st.sampled_from(FRAGMENTS)).map(b"".join), cut=st.integers(1, 97))
def test_whatever_is_cut_into_parts_nothing_is_left_out(data, cut):
    assert b"".join(part for _, part in _feed_parts._segments(pieces(data, cut))) == data
    lines = range(1, data.count(b"\n") + (not data.endswith(b"\n")) + 1)
    found = [item for item in items_in_parts(data, cut=cut) if not isinstance(item, Notice)]
    covered = {line for item in found for line in range(item.origin.line, item.origin.last + 1)}
    assert not data or covered >= set(lines)


@pytest.mark.parametrize(
    ("declared", "charset", "codec"),
    [("utf-8", "", "utf-8"), ("windows-1251", "", "cp1251"), ("utf-8", "windows-1251", "cp1251"), ("", "", "utf-8"),
     ("Shift_JIS", "", "cp932")],
)  # fmt: skip
def test_what_fits_the_whole_feed_is_how_each_part_is_read(declared, charset, codec):
    title = "髙橋ソ]]" if codec == "cp932" else "Привет"
    date = "<pubDate>Mon, 09 Oct 2023 14:25:00 GMT</pubDate>"
    text = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text += "<rss version='2.0'><channel><title>T</title>"
    text += "".join(
        f"<item><title>{each}</title><guid isPermaLink='false'>urn:isbn:{number}</guid>{date}</item>\n"
        for number, each in enumerate(["plain", title, "plain"])
    )
    found = items_in_parts(f"{text}</channel></rss>".encode(codec), charset=charset)
    assert [item.title for item in found] == ["plain", title, "plain"]


def test_a_long_entry_costs_itself(monkeypatch):
    monkeypatch.setattr(_feed_parts, "MAX_ENTRY", 2_000)
    head, tail, _ = FRAMES[2]
    entry = (
        "<entry><title>A {0}</title><id>urn:x:{0}</id><updated>2023-10-09T14:25:00Z</updated>{1}</entry>\n"
    )
    text = head + entry.format(1, "") + entry.format(2, "word " * 900) + entry.format(3, "") + tail
    found = [item for item in items_in_parts(text.encode(), cut=500) if not isinstance(item, Notice)]
    assert [(type(item), item.origin.line) for item in found] == [(Article, 1), (Reject, 3), (Article, 4)]
    assert found[1].reason == "the entry has more than 16 MB"


@pytest.mark.parametrize(
    ("text", "reason"),
    [("<rss>" + "words " * 2_000_000 + "<item/></rss>", "the part outside its entries has more than 8 MB"),
     ("<rss>" + "<!-- " * 100 + "</rss>", "the file is long and has no entry")],
)  # fmt: skip
def test_what_cannot_be_read_in_parts_is_one_reject(text, reason):
    (found,) = items_in_parts(text.encode())
    assert found.reason == reason


def test_a_feed_that_is_cut_off_says_so_at_its_end():
    head, _, _ = FRAMES[0]
    date = "<pubDate>Mon, 09 Oct 2023 14:25:00 GMT</pubDate>"
    item = f"<item><title>A</title><link>https://x.test/1</link>{date}</item>\n"
    found = items_in_parts(f"{head}{item}{item}".encode())
    assert [found[-1].reason, found[-1].origin.line] == ["the feed is cut off here", 3]


def test_a_place_for_texts_put_aside_that_is_full_ends_the_reading_with_a_sentence(monkeypatch):
    def full(*_):
        raise PublishError("texts cannot be put aside")

    monkeypatch.setattr(_feed_parts.Spool, "put", full)
    with pytest.raises(SourceError, match="x: texts cannot be put aside"):
        items_in_parts(b"<rss version='2.0'><channel><item/></channel></rss>")
