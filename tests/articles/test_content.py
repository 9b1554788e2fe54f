"""What becomes of a body on its way into feeds."""

from __future__ import annotations

import nh3
import pytest

from feedpub.text.safe_html import relative_addresses, sanitise, visible_text

WITHOUT_BASE = {
    'See <img src="a.png" alt="a &quot;b&quot; > c">.': "See a &quot;b&quot; &gt; c.",
    'See <img src="a.png">.': "See .",
    '<img src="data:image/png;base64,AA" alt="A">': "A",
    '<img title=" src=" src="https://x.test/a.png">': '<img title=" src=" src="https://x.test/a.png">',
    '<a href="b.md">b</a> <a href="#n">1</a>': "b 1",
    '<a title=" href=" href="b.md">b</a>': "b",
    '<a href="https://x.test/">b</a>': '<a href="https://x.test/">b</a>',
    '<a name="top">b</a>': "b",
    '<a href="javascript:b()">b</a>': "b",
    '<a href="b"><img src="a" alt="A"></a>': "A",
}


@pytest.mark.parametrize("html", WITHOUT_BASE)
def test_what_lost_its_address_is_its_text(html):
    assert sanitise(html, None) == WITHOUT_BASE[html]


def test_an_alternative_text_becomes_no_markup_whichever_way_attributes_are_escaped(monkeypatch):
    alt = "<script>alert('&amp;lt;')</script>"
    monkeypatch.setattr(nh3, "clean", lambda html, **_: html)
    assert sanitise(f'<img alt="{alt}">', None) == "&lt;script&gt;alert('&amp;lt;')&lt;/script&gt;"


def test_a_link_within_a_table_within_a_link_has_its_own_address():
    inner = '<a href="https://x.test/">c</a>'
    html = f'<a href="b">d<table><tbody><tr><td>{inner}</td></tr></tbody></table></a>'
    assert sanitise(html, None) == f"d<table><tbody><tr><td>{inner}</td></tr></tbody></table>"


def test_with_a_base_addresses_become_absolute():
    html = '<a href="b.md"><img src="../a.png" alt="A"></a>'
    assert (
        sanitise(html, "https://x.test/c/d")
        == '<a href="https://x.test/c/b.md"><img src="https://x.test/a.png" alt="A"></a>'
    )


RELATIVE = {
    '<p><img src=" a b.png "><a href=#n>1</a>': ["a b.png", "#n"],
    '<q cite="//x.test/a">': ["//x.test/a"],
    "<A HREF\n=\n' b '>1</A>": ["b"],
    '<video poster="a" src=b>': ["a", "b"],
    '<a href="">b</a><a href="https://x.test/">c</a><a href="mailto:a@x.test">d</a>': [],
    '<a href="javascript:a()">b</a><a href="http://[">c</a>': [],
    '<script src="a.js"></script><style href="a.css"></style>': [],
    '<pre>&lt;a href="b"></pre> <!-- <a href="b"> -->': [],
    "<div>" * 300 + '<a href="b">c</a>': [],
}


@pytest.mark.parametrize("html", RELATIVE, ids=lambda html: html[:60])
def test_relative_addresses_are_found_where_they_would_be_published(html):
    assert relative_addresses(html) == RELATIVE[html]


SHOWN = {
    'See <a href="https://x.test/">this</a>, <em>that</em>.': "See this, that.",
    "H<sub>2</sub>O<wbr> and <b>bo</b>ld": "H2O and bold",
    "<p>One.</p><p>Two<br>three</p><ul><li>a</li><li>b</li></ul>": "One. Two three a b",
    "<abbr>A</abbr><address>B</address>": "A B",
    "<b\n>a</b> &lt;b&gt;": "a <b>",
}


@pytest.mark.parametrize("html", SHOWN)
def test_a_tag_is_a_space_unless_it_stands_within_a_line(html):
    assert visible_text(html) == SHOWN[html]
