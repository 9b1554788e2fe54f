"""The same text gets the same findings in RSS, Atom and JSON Feed, and feedpub's own feeds get none."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.validator import validate

FEEDS = Path(__file__).resolve().parents[2] / "feeds"
PUBLISHED = sorted(file for kind in ("rss", "atom") for file in FEEDS.glob(f"*.{kind}"))
NOW = datetime(2026, 1, 1, tzinfo=UTC)
PIECES = st.sampled_from(
    [
        "<p>", "</p>", "<script>x()</script>", '<p onclick="x()">', '<p style="position: fixed">',
        '<p style="color: red">',
        '<img src="https://example.org/a.png" alt="A">',
        "<nonsense>", "<iframe>", "<svg><title>Dot</title></svg>", "<p",
        "&eacute;", "&#233;", "&amp;", "&lt;p&gt;", "&#x92;", "News", "CafÃ©", "5 < 6", "AT&T", " ", "http://localhost:4000/",
    ]
)  # fmt: skip


def codes(data):
    return {finding.code for finding in validate(data.encode(), now=NOW)}


def rss(title, text):
    return codes(
        '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>News</title>'
        "<link>https://example.org/</link><description>News of the town</description>"
        '<atom:link rel="self" href="https://example.org/feed.rss"/>'
        f"<item><title>{escape(title)}</title><link>https://example.org/1</link><guid>https://example.org/1</guid>"
        f"<description>{escape(text)}</description></item></channel></rss>"
    )


def atom(title, text):
    return codes(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><id>https://example.org/</id>'
        "<updated>2024-05-31T08:00:00Z</updated><author><name>Ada</name></author>"
        '<link rel="self" href="https://example.org/feed.atom"/>'
        f"<entry><title>{escape(title)}</title><id>https://example.org/1</id><updated>2024-05-31T08:00:00Z</updated>"
        f'<content type="html">{escape(text)}</content></entry></feed>'
    )


def json_feed(title, text):
    item = {"id": "1", "title": title, "content_html": text}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "News", "items": [item]}
    return codes(json.dumps(feed | {"feed_url": "https://example.org/feed.json"}))


@settings(deadline=None, max_examples=300)
@given(st.lists(PIECES, min_size=1, max_size=4).map("".join))
def test_html_is_judged_alike_in_every_format(text):
    assert rss("One", f"A{text}") == json_feed("One", f"A{text}") == atom("One", f"A{text}")


@settings(deadline=None, max_examples=300)
@given(st.lists(PIECES, max_size=4).map("".join))
def test_a_title_is_judged_alike_in_rss_and_json_feed(title):
    assert rss(title, "News") == json_feed(title, "News")


@pytest.mark.parametrize("file", PUBLISHED, ids=lambda file: file.name)
def test_the_feeds_that_the_project_publishes_draw_no_finding(file):
    assert validate(file.read_bytes(), now=NOW) == []
