"""The pictures of a site and its feeds are wherever a format or a page has a place for them."""

import json

import feedparser
import html5lib
import pytest
from lxml import etree

from feedpub.articles.article import Author
from feedpub.core.errors import ConfigError
from feedpub.documents.channel import Channel, Site, make_feed
from feedpub.documents.formats import OUTPUT_FORMATS
from feedpub.documents.renderer import Renderer
from feedpub.validator import validate

ATOM = "{http://www.w3.org/2005/Atom}"
STORIES = [
    {"title": "Oak", "text": "Text.", "date": "2024-05-01"},
    {"title": "Elm", "text": "Text.", "date": "2024-05-02", "image": "https://x.test/elm.jpg"},
]
SITE = {"icon": "https://x.test/icon.png", "image": "https://x.test/logo.png?a=1&b=2"}
OWN = {"icon": "https://x.test/oak.svg", "image": "https://x.test/oak.jpg"}


@pytest.fixture
def pictured(site):
    site.config["site"] |= SITE
    site.config["feeds"]["oak"] = {"title": "Oak & <more>", "any": ["Oak"], **OWN}
    site.build(STORIES)
    return site


def head(page):
    """Return the icon and the image of a page as browsers and services read them."""
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)
    icons = [link.get("href") for link in root.iter("link") if link.get("rel") == "icon"]
    images = [meta.get("content") for meta in root.iter("meta") if meta.get("property") == "og:image"]
    return icons, images


@pytest.mark.parametrize(("slug", "said"), [("all", SITE), ("oak", OWN)])
def test_a_feed_has_its_pictures_or_those_of_the_site_in_every_format(pictured, slug, said):
    atom = etree.fromstring(pictured.read(f"{slug}.atom"))
    assert (atom.findtext(f"{ATOM}icon"), atom.findtext(f"{ATOM}logo")) == (said["icon"], said["image"])
    rss = etree.fromstring(pictured.read(f"{slug}.rss")).find("channel")
    (image,) = rss.findall("image")
    assert image.findtext("url") == said["image"]
    # The specification requires it, and readers expect it.
    assert image.findtext("title") == rss.findtext("title")
    assert image.findtext("link") == rss.findtext("link")
    feed = json.loads(pictured.read(f"{slug}.json"))
    assert (feed["favicon"], feed["icon"]) == (said["icon"], said["image"])
    for name in ("rss", "atom", "json"):
        assert not [
            finding for finding in validate(pictured.read(f"{slug}.{name}")) if finding.level == "error"
        ]
    assert feedparser.parse(pictured.read(f"{slug}.rss")).feed.image.href == said["image"]


def test_a_page_has_the_pictures_of_its_feed_and_of_its_article(pictured):
    assert head(pictured.read("index.html")) == ([SITE["icon"]], [SITE["image"]])
    assert head(pictured.read("oak.html")) == ([OWN["icon"]], [OWN["image"]])
    # The page is unlisted, and nobody shares it.
    assert head(pictured.read("404.html")) == ([SITE["icon"]], [])
    articles = [head(path.read_bytes()) for path in pictured.out.glob("article/*.html")]
    assert sorted(articles) == [
        ([SITE["icon"]], ["https://x.test/elm.jpg"]),
        ([OWN["icon"]], [OWN["image"]]),
    ]


def test_where_nothing_is_said_documents_have_no_pictures_and_pages_our_icon(site):
    site.build(STORIES[:1])
    for name in ("all.rss", "all.atom", "all.json"):
        data = site.read(name)
        assert b"icon" not in data
        assert b"logo" not in data
        assert b"image" not in data
    assert head(site.read("all.html")) == (["icon.svg"], [])


@pytest.mark.parametrize("wrong", ["/icon.png", "icon.png", "ftp://x.test/icon.png", "data:image/png,x"])
@pytest.mark.parametrize("key", ["icon", "image"])
def test_a_picture_without_a_web_address_is_told_at_its_line(site, key, wrong):
    site.config["site"][key] = wrong
    with pytest.raises(ConfigError, match=rf"c\.yaml:6:\d+: site\.{key}: '.*' is not an absolute URL"):
        site.build(STORIES)


@pytest.mark.parametrize("known", OUTPUT_FORMATS.values(), ids=lambda known: known.name)
def test_long_addresses_of_pictures_count_in_the_size_of_a_document(known):
    site = Site("S & S", "https://x.test/", "https://x.test/?a&b", "x.test,2021", Author("A"), "en", None)
    long = "https://x.test/" + "i&" * 4_000
    channel = Channel(
        slug="a", title="&" * 4_000, description="A", link=long, author=Author("A"), language="en", rights=None,
        icon=long, image=long,
    )  # fmt: skip
    (document,) = Renderer(site, {}, [known]).render(make_feed(channel, [], site)).documents
    assert len(document.data) <= known.head_size(channel, site)
