"""HTML is matched on what a reader sees, and no markup takes longer than its length."""

import time

import pytest

from feedpub.text.safe_html import visible

CASES = [
    ("a tag within a line joins", "cr<b>u</b>de", "crude"),
    ("a block breaks the line", "<p>oil</p><p>gas</p>", "\noil\n\ngas\n"),
    ("a line break is one", "oil<br>gas<br/>", "oil\ngas\n"),
    ("entities are characters", "AT&amp;T &#8217; caf&eacute; &lt;b&gt;", "AT&T ’ café <b>"),
    ("attributes are not seen", '<a title="oil > gas" href=x>coal</a>', "coal"),
    ("a quote inside an unquoted value is a character", '<a href=x"y>coal</a>', "coal"),
    ("scripts and styles are not seen", "<style>p{}</style>a<script>if (a<b) oil()</script>b", "ab"),
    ("a head is not seen", "<html><head><title>t</title></head><body>b", "\n\nb"),
    ("comments are not seen", "a<!-- oil <p> -->b<!doctype html>c", "abc"),
    ("a comment without end hides the rest", "a<!-- oil", "a"),
    ("a tag without end hides the rest", 'a<p title="', "a\n"),
    ("a lone sign is itself", "1 < 2 <3 a<", "1 < 2 <3 a<"),
    ("a word that begins like a hidden one is none", "<header>oil</header>", "\noil\n"),
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
