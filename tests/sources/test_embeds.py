"""What a browser shows with a program, and a feed cannot contain, is published in another form."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.text.safe_html import sanitise

REAL = "https://c.example.org/real.jpg"
IMAGE = f'<img src="{REAL}" alt="Real">'
PARTS = (
    "<iframe ", "</iframe>", "<noscript>", "</noscript>", "<math>", "</math>", "<img ", "src=", "data-src=", '"', "'",
    ">", "<", "https://a.example.org/", "javascript:x", " ", "<script>", "</script>", "onload=x", "<!--", "-->",
)  # fmt: skip
BROKEN = (
    "<iframe ", '<img "srcset=', "<math>", "<noscript><img src='a'>", "<img data-src='a' ",
    "<img '' \"<img ''\" srcset=",
)  # fmt: skip


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (
            '<iframe src="https://v.example.org/1" title="A film"></iframe>',
            '<p><a href="https://v.example.org/1">A film</a></p>',
        ),
        (
            "<iframe src='//v.example.org/1?a=1&amp;b=2'>no frames</iframe>",
            '<p><a href="https://v.example.org/1?a=1&amp;b=2">https://v.example.org/1?a=1&amp;b=2</a></p>',
        ),
        (
            '<iframe data-src="https://v.example.org/1"></iframe>',
            '<p><a href="https://v.example.org/1">https://v.example.org/1</a></p>',
        ),
        ('a<iframe src="https://t.example.org/" width="1" height="1"></iframe>', "a"),
        ('a<iframe src="https://t.example.org/" style="display: none"></iframe>', "a"),
        ('a<iframe src="javascript:alert(1)"></iframe>', "a"),
        (
            '<object data="x.swf"><embed src="https://v.example.org/1"></object>',
            '<p><a href="https://v.example.org/1">https://v.example.org/1</a></p>',
        ),
        ('<object data="x.swf"><p>Instead</p></object>', "<p>Instead</p>"),
        (f'<img src="data:image/gif;base64,R0lG" data-src="{REAL}" alt="Real">', IMAGE),
        (f'<img src="https://c.example.org/wait.gif" data-lazy-src="{REAL}" alt="Real">', IMAGE),
        (f'<img srcset="https://c.example.org/s.jpg 1x, {REAL} 2x" alt="Real">', IMAGE),
        (f'<img src="{REAL}" srcset="https://c.example.org/l.jpg 2x" alt="Real">', IMAGE),
        (f"<noscript>{IMAGE}</noscript>", IMAGE),
        (f'<img data-src="{REAL}" alt="Real"><noscript>{IMAGE}</noscript>', IMAGE),
        ("<noscript><p>Turn on scripts</p></noscript>a", "a"),
        ("<math><mi>x</mi><mo>=</mo><mn>1</mn></math>", "<span>x = 1</span>"),
        ('<math alttext="x^2"><mi>x</mi></math>', "<code>x^2</code>"),
        (
            '<math><mi>x</mi><annotation encoding="application/x-tex">x &lt; 2</annotation></math>',
            "<code>x &lt; 2</code>",
        ),
        ('<script>"<iframe src=x></iframe>"</script>a', "a"),
    ],
)
def test_it_is_a_link_an_image_or_a_text(body, wanted):
    """Pixels that count readers have no such form."""
    assert sanitise(body, None) == wanted


@given(st.lists(st.sampled_from(PARTS), max_size=20).map("".join))
def test_nothing_unsafe_comes_of_it(body):
    """This holds for any broken markup, too."""
    safe = sanitise(body, None)
    assert "<iframe" not in safe
    assert "<script" not in safe
    assert 'href="javascript' not in safe
    assert sanitise(safe, None) == safe


@pytest.mark.parametrize("part", BROKEN)
def test_broken_markup_takes_no_longer_than_its_length(part):
    """A megabyte takes a second."""
    body = (part * (1 << 20))[: 1 << 20]
    begun = time.process_time()
    sanitise(body, None)
    assert time.process_time() - begun < 5
