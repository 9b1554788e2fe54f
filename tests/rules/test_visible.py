"""HTML is matched as a reader sees it, in linear time for any markup."""

import time

import pytest

from feedpub.text.safe_html import visible

CASES = [
    ("a tag within a line joins", "cr<b>u</b>de", "crude"),
    ("a block stands between blank lines", "<p>oil</p><p>gas</p>", "\n\noil\n\n\n\ngas\n\n"),
    ("an end tag that is left out takes no blank line away", "<li>oil<li>gas", "\n\noil\n\ngas"),
    ("what is no block and not within a line breaks it", "oil<img src=x>gas", "oil\ngas"),
    ("raised digits are superscripts", "10<sup>6</sup> m<sup class=x>2</sup>", "10⁶ m²"),
    ("what is raised and no number is as it is", "21<sup>st</sup> H<sub>2</sub>O", "21st H2O"),
    ("a footnote stands apart", '<sup id="r"><a href="#f">12</a></sup>', " ¹²"),
    ("a footnote of letters stands apart", "oil<sup><a href=#f>a</a></sup>", "oil a"),
    ("a footnote whose link is outside stands apart", "oil<a href=#f><sup>1</sup></a>", "oil ¹"),
    ("a link before what is raised makes no footnote", "<a href=#f>oil</a><sup>th</sup>", "oilth"),
    ("what is raised without an end is as it is", "oil<sup>1", "oil1"),
    ("a line break is one", "oil<br>gas<br/>", "oil\ngas\n"),
    ("entities are characters", "AT&amp;T &#8217; caf&eacute; &lt;b&gt;", "AT&T ’ café <b>"),
    ("attributes are not seen", '<a title="oil > gas" href=x>coal</a>', "coal"),
    ("a quote inside an unquoted value is a character", '<a href=x"y>coal</a>', "coal"),
    ("scripts and styles are not seen", "<style>p{}</style>a<script>if (a<b) oil()</script>b", "ab"),
    ("a head is not seen", "<html><head><title>t</title></head><body>b", "\n\n\n\nb"),
    ("comments are not seen", "a<!-- oil <p> -->b<!doctype html>c", "abc"),
    ("a comment without end hides the rest", "a<!-- oil", "a"),
    ("a tag without end hides the rest", 'a<p title="', "a\n\n"),
    ("a lone sign is itself", "1 < 2 <3 a<", "1 < 2 <3 a<"),
    ("a word that begins like a hidden one is none", "<header>oil</header>", "\n\noil\n\n"),
]


@pytest.mark.parametrize(("markup", "text"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_visible_text(markup, text):
    assert visible(markup) == text


@pytest.mark.parametrize(
    "piece", ["<div>", "<!--", "<", "&", "<a b=", '<a href="', "<script>", "<a = ", "<a", "<!a ", "&#"]
)
def test_markup_that_never_ends_takes_time_in_proportion(piece):
    began = time.process_time()
    visible(piece * (400_000 // len(piece)))
    assert time.process_time() - began < 3
