"""Exports of blogs are read as their blogs show them, and files of unknown formats are named."""

from __future__ import annotations

import time

import pytest

from feedpub.articles.article import Article, Notice, Reject
from feedpub.sources.readers._wordpress_text import body_of

SPACES = (
    'xmlns:wp="http://wordpress.org/export/1.2/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
)
AUTHOR = (
    "<wp:author><wp:author_login>op</wp:author_login>"
    "<wp:author_display_name>Mara Quist</wp:author_display_name></wp:author>"
)
POST = """<item><title>Low tide</title><link>https://pier.example.org/low/</link>
<pubDate>Mon, 30 Nov -0001 00:00:00 +0000</pubDate><dc:creator>{creator}</dc:creator>
<guid isPermaLink="false">https://pier.example.org/?p=4</guid><description></description>
<content:encoded><![CDATA[At low tide.

One walks over.

[gallery ids="1"]]]></content:encoded><excerpt:encoded><![CDATA[Walk <i>over</i>.]]></excerpt:encoded>
<wp:post_id>4</wp:post_id><wp:post_date_gmt>2023-10-09 14:25:00</wp:post_date_gmt>
<wp:post_modified_gmt>2023-10-10 14:25:00</wp:post_modified_gmt><wp:status>publish</wp:status>
<wp:post_type>post</wp:post_type><category domain="post_tag">Sand</category><category domain="author">op</category>
<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>5</wp:meta_value></wp:postmeta>
<wp:postmeta><wp:meta_key>enclosure</wp:meta_key><wp:meta_value>https://pier.example.org/a.mp3
7
audio/mpeg</wp:meta_value></wp:postmeta></item>
<item><title>p</title><guid isPermaLink="false">5</guid><wp:post_id>5</wp:post_id><wp:status>inherit</wp:status>
<wp:post_type>attachment</wp:post_type><wp:attachment_url>https://pier.example.org/p.jpg</wp:attachment_url></item>"""


@pytest.mark.parametrize(("creator", "names"), [("op", ["Mara Quist"]), ("gone", ["Pier"])])
@pytest.mark.parametrize("name", ["in.xml", "in.rss", "in"])
def test_a_post_of_wordpress_is_what_its_blog_shows(name, creator, names, source, gives):
    """The name of the file does not count, and a login is not shown as a name."""
    head = f"<title>Pier</title><link>https://pier.example.org</link><description/>{AUTHOR}"
    text = f'<rss version="2.0" {SPACES}><channel>{head}{POST.format(creator=creator)}</channel></rss>'
    items = gives(source(), text.encode(), name)
    post = items[0]
    assert isinstance(post, Article)
    assert post.id == "https://pier.example.org/?p=4"
    assert post.body == "<p>At low tide.</p>\n<p>One walks over.</p>"
    assert f"{post.published:%F %R} {post.updated:%F %R}" == "2023-10-09 14:25 2023-10-10 14:25"
    assert [author.name for author in post.authors] == names
    assert (post.summary, post.categories, post.image) == (
        "Walk over.",
        ("Sand",),
        "https://pier.example.org/p.jpg",
    )
    assert [(file.url, file.length) for file in post.enclosures] == [("https://pier.example.org/a.mp3", 7)]
    assert [item.kind for item in items if isinstance(item, Notice)] == ["shortcode"]


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("One\ntwo\n\nThree", "<p>One<br>\ntwo</p>\n<p>Three</p>"),
        ("<!-- wp:paragraph -->\n<p>One</p>\n<!-- /wp:paragraph -->", "<p>One</p>"),
        ("One\n\n<ul>\n<li>a</li>\n</ul>\n\nTwo", "<p>One</p>\n<ul>\n<li>a</li>\n</ul>\n<p>Two</p>"),
        ("<pre>a\n\nb</pre>", "<pre>a\n\nb</pre>"),
        (
            '[caption id="a"]<img src="a.jpg"> A quay[/caption]',
            '<figure><img src="a.jpg"><figcaption>A quay</figcaption></figure>',
        ),
        ("As he wrote [sic].", "<p>As he wrote [sic].</p>"),
        ("[embed]https://v.example.org/[/embed]", ""),
    ],
)
def test_a_text_of_the_old_editor_becomes_paragraphs(text, body):
    """It becomes the same paragraphs as in WordPress itself."""
    assert body_of(text)[0] == body


@pytest.mark.slow
@pytest.mark.parametrize("part", ["[caption]", "[gallery", "[embed]", "<!--", "<pre>", "[caption]<img "])
def test_broken_short_codes_take_no_longer_than_their_length(part):
    """A megabyte takes seconds."""
    begun = time.process_time()
    body_of((part * (1 << 20))[: 1 << 20])
    body_of(part * 1_900 + "x" * (1 << 20))
    assert time.process_time() - begun < 5


def test_a_post_of_blogger_has_a_link_by_the_base_and_no_address_of_nobody(source, gives):
    """Its kind is not a category."""
    text = """<feed xmlns="http://www.w3.org/2005/Atom"
 xmlns:blogger="http://schemas.google.com/blogger/2018"><id>tag:b,2020:b</id>
<title>Oars</title><entry><id>tag:b,2020:p</id><blogger:type>POST</blogger:type><blogger:status>LIVE</blogger:status>
<author><name>Ina</name><email>noreply@blogger.com</email></author>
<title>Dawn</title><content type="html">Text</content>
<published>2023-10-09T14:25:00Z</published><updated>2023-10-09T14:25:00Z</updated>
<category scheme="http://schemas.google.com/g/2005#kind" term="http://schemas.google.com/blogger/2008/kind#post"/>
<category scheme="tag:b,2020:b" term="early, late"/>
<blogger:filename>/2023/10/dawn.html</blogger:filename></entry></feed>"""
    item = gives(source("link_base: https://oars.example.org/"), text.encode(), "in.atom")[0]
    assert item.link == "https://oars.example.org/2023/10/dawn.html"
    assert [(author.name, author.email) for author in item.authors] == [("Ina", None)]
    assert item.categories == ("early, late",)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.eml", "Subject: A\n\nBody\n2023-10-09 14:25\n"),
        ("a.rtf", "{\\rtf1 A}\n"),
        ("a.adoc", "= A\nBody\n2023-10-09 14:25\n"),
        ("A.ICS", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"),
        ("a.bib", "@book{a,\n title = {A}}\n"),
        ("a.rst", "A\n=\n"),
        ("letter", "Received: by quay.example.org\nSubject: A\n\nBody\n2023-10-09 14:25\n"),
        ("paper", "{\\rtf1 A}\n"),
        ("dates", "BEGIN:VCALENDAR\nEND:VCALENDAR\n"),
    ],
)
def test_what_is_no_format_is_named_unless_the_source_says_what_it_is(name, text, source, gives):
    """Read as text, it would be published with everything private in it."""
    items = gives(source(), text.encode(), name)
    assert [type(item) for item in items] == [Reject]
    assert "feedpub does not read" in items[0].reason
    assert items[0].text == ""
    assert not any(
        "feedpub does not read" in getattr(item, "reason", "")
        for item in gives(source("format: text"), text.encode(), name)
    )
