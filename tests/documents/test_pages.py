"""The pages for people: valid HTML whatever is in them, whose links all lead somewhere."""

import asyncio
import re
from dataclasses import fields
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import html5lib
import httpx
import pytest

from feedpub.cli.preview import make_app, spare_pages
from feedpub.config import load_config
from feedpub.documents.formats import Document
from feedpub.documents.pages.context import direction
from feedpub.documents.pages.faults import page_faults
from feedpub.documents.pages.site import is_style
from feedpub.documents.pages.words import ENGLISH, WORDS, words_for

BASE = "https://x.test/f/"
HOSTILE = [
    {"title": "خبر جديد عن المدينة", "text": "نص قصير.", "date": "2024-05-01", "language": "ar"},
    {
        "title": "時計台の修理が終わる",
        "text": "市は五日、修理が終わったと発表した。",
        "date": "2024-05-02",
        "language": "ja",
    },
    {"title": "A long headline " * 13, "text": "Text.", "date": "2024-05-03"},
    {"title": "Nothing but a headline", "date": "2024-05-04"},
    {
        "title": '<script>alert(1)</script> & "quotes" {{ site }} %(title)s %d',
        "text": "{{ 7*7 }} {% raw %}",
        "date": "2024-05-05",
    },
    {
        "title": "--> ]]> <!-- </title>",
        "html": '<p onclick="x()">a<script>x()</script> <a href="javascript:x()">b</a> <img src=x onerror=y> <b>c',
        "date": "2024-05-06",
    },
    {
        "title": "Elsewhere",
        "text": "Read on there.",
        "url": "https://else.test/a?b=1&c=2",
        "date": "2024-05-07",
    },
    {
        "title": "Heard",
        "text": "Listen.",
        "date": "2024-05-08",
        "enclosures": [{"url": "https://x.test/a%20b.mp3", "type": "audio/mpeg", "length": 5}],
    },
]


def pages_of(site):
    return {path.name: path.read_text(encoding="utf-8") for path in site.out.glob("*.html")}


def parsed(text):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def links(page, text):
    """Yield where the links of a page lead, as a browser resolves them."""
    for element in parsed(text).iter():
        for key in ("href", "src"):
            if key in element.attrib:
                yield element, urljoin(BASE + page, element.attrib[key])


@pytest.fixture
def hostile(site):
    site.config["site"] |= {"title": "A <b>&amp; {{ x }} %s", "rights": "© <i>"}
    site.config["feeds"] = {
        "all": {"title": 'All "<&> {{ feed }} %(x)s', "description": "</title><script>x</script>"},
        "none": {"title": "None", "any": ["nothing that is there"]},
        "ar": {"title": "أخبار", "language": "ar", "any": ["خبر"]},
        "old": {"title": "Old & <moved>", "retired": {"moved_to": BASE + "all.atom"}},
        "gone": {"title": "Gone", "retired": {"moved_to": "https://else.test/feed"}},
    }
    site.build(HOSTILE)
    return site


def test_pages_are_valid_html_and_run_nothing_whatever_is_in_titles_and_texts(hostile):
    pages = pages_of(hostile)
    assert {"index.html", "all.html", "none.html", "ar.html", "old.html", "gone.html", "404.html"} == set(
        pages
    )
    for text in pages.values():
        for element in parsed(text).iter():
            assert element.tag not in ("script", "style", "iframe", "object", "form")
            assert not [key for key in element.attrib if key.startswith("on") or key == "style"]
            assert not element.attrib.get("href", "").startswith("javascript:")
        assert sum(element.tag == "h1" for element in parsed(text).iter()) == 1


def test_titles_are_shown_as_they_are(hostile):
    shown = "".join(parsed(pages_of(hostile)["all.html"]).itertext())
    for record in HOSTILE:
        assert record["title"].strip() in shown


def test_every_link_into_the_site_is_answered(hostile):
    pages = pages_of(hostile)
    for page, text in pages.items():
        for element, address in links(page, text):
            if not address.startswith(BASE) or element.get("rel") == "canonical":
                continue
            name = urlsplit(address).path.removeprefix("/f/")
            assert (hostile.out / (name or "index.html")).is_file(), (page, address)
            if fragment := urlsplit(address).fragment:
                assert f'id="{fragment}"' in pages[name]


def test_a_page_asks_nothing_of_other_hosts_but_what_its_articles_hold(hostile):
    for page, text in pages_of(hostile).items():
        for element, address in links(page, text):
            asked = element.tag in ("img", "source") or element.get("rel") in ("stylesheet", "icon")
            assert not asked or address.startswith(BASE), (page, address)


def test_a_page_offers_each_feed_once(hostile):
    offered = [
        e.attrib for e in parsed(pages_of(hostile)["index.html"]).iter("link") if e.get("rel") == "alternate"
    ]
    assert [link["href"] for link in offered] == [f"{BASE}{slug}.atom" for slug in ("all", "none", "ar")]
    assert all(link["type"] == "application/atom+xml" for link in offered)


def test_texts_say_their_language_and_direction(hostile):
    articles = parsed(pages_of(hostile)["all.html"])
    said = {"".join(e.itertext()).strip(): e.attrib for e in articles.iter("div") if e.get("class") == "text"}
    arabic = next(value for text, value in said.items() if text.startswith("خبر"))
    assert (arabic["lang"], arabic["dir"]) == ("ar", "rtl")
    assert next(value for text, value in said.items() if text.startswith("時計"))["lang"] == "ja"


def test_a_moved_feed_says_where_it_went(hostile):
    pages = pages_of(hostile)
    assert 'href="all.html"' in pages["old.html"]
    assert "https://else.test/<wbr>feed" in pages["gone.html"]


def test_the_map_of_the_site_lists_pages_with_what_they_hold_last(hostile):
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    urls = ET.fromstring((hostile.out / "sitemap.xml").read_bytes()).findall("s:url", names)
    found = {url.findtext("s:loc", "", names): url.findtext("s:lastmod", "", names) for url in urls}
    assert list(found) == [BASE, f"{BASE}all.html", f"{BASE}none.html", f"{BASE}ar.html"]
    assert found[f"{BASE}all.html"] == found[BASE] == "2024-05-08T00:00:00+00:00"


class Visitor:
    """Asks an application as a browser does."""

    def __init__(self, app):
        self._app = app

    def get(self, path):
        async def ask():
            transport = httpx.ASGITransport(app=self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
                return await client.get(path)

        return asyncio.run(ask())


STORIES = [{"title": f"Story {n}", "text": f"Text {n}.", "date": f"2024-0{n}-01"} for n in range(1, 7)]


def test_what_did_not_change_is_not_rewritten(site):
    site.config["feeds"]["some"] = {"title": "Some", "any": ["Story 2"]}
    site.build(STORIES[:4])
    before = {path.name: path.stat().st_mtime_ns for path in site.out.iterdir()}
    site.build(STORIES[:4])
    assert {path.name: path.stat().st_mtime_ns for path in site.out.iterdir()} == before
    written = {page.path for page in site.build(STORIES[:5]).pages if page.written}
    assert written == {"index.html", "all.html", "sitemap.xml"}


def test_older_entries_stand_along_the_chain_of_the_archive(site):
    site.config["output"] |= {"max_items": "1", "archive": "2"}
    site.build(STORIES[:4])
    first = site.read("all.1.html")
    report = site.build(STORIES)
    assert site.read("all.1.html") == first
    assert not [page for page in report.pages if page.path == "all.1.html"]
    around = {
        name: [link.attrib["href"] for link in parsed(text).iter("a") if link.get("rel") in ("prev", "next")]
        for name, text in pages_of(site).items()
        if name.startswith("all")
    }
    assert around == {
        "all.html": ["all.3.html"],
        "all.3.html": ["all.html", "all.2.html"],
        "all.2.html": ["all.3.html", "all.1.html"],
        "all.1.html": ["all.2.html"],
    }


def test_pages_that_come_to_an_archive_later_begin_where_it_is_open(site):
    site.config["output"] |= {"max_items": "1", "archive": "2", "pages": "off"}
    site.build(STORIES)
    assert not pages_of(site)
    site.config["output"]["pages"] = "auto"
    site.build(STORIES)
    assert {name for name in pages_of(site) if name.startswith("all")} == {"all.html", "all.3.html"}


def test_a_page_replaces_nobodys_file_and_the_build_says_so(site, command):
    site.out.mkdir()
    (site.out / "index.html").write_text("mine")
    report = site.build(STORIES)
    assert report.foreign == ("index.html",)
    assert (site.out / "index.html").read_text() == "mine"
    said = command(site.folder, "build", "-c", "c.yaml").stdout
    assert said.count("index.html: it is not feedpub's and stays") == 1
    site.config["output"]["pages"] = "off"
    site.build(STORIES)
    assert set(pages_of(site)) == {"index.html"}


def test_a_feed_called_404_has_its_page(site):
    site.config["feeds"]["404"] = {"title": "Area code"}
    site.build(STORIES)
    assert "Area code" in pages_of(site)["404.html"]


def test_old_style_sheets_stay_as_long_as_pages_of_theirs_may(site, monkeypatch):
    site.build(STORIES)
    monkeypatch.setattr("feedpub.documents.pages.site.style", lambda: ("style.000000000000.css", b""))
    site.build(STORIES)
    assert sum(is_style(path.name) for path in site.out.iterdir()) == 2


@pytest.mark.parametrize(
    ("language", "tag"),
    [
        ("de-AT", "de"),
        ("fr", "fr"),
        ("ES", "es"),
        ("pt-BR", "pt"),
        ("en-GB", "en"),
        ("ja", "en"),
        (None, "en"),
    ],
)
def test_pages_speak_the_language_of_the_site_or_english(language, tag):
    assert words_for(language).language == tag


@pytest.mark.parametrize("words", WORDS.values(), ids=list(WORDS))
def test_all_words_have_the_same_gaps(words):
    for field in fields(words):
        gaps = [re.findall(r"%\((\w+)\)s", getattr(said, field.name)) for said in (words, ENGLISH)]
        assert gaps[0] == gaps[1], field.name


@pytest.mark.parametrize(
    ("language", "dir"),
    [("ar", "rtl"), ("FA-IR", "rtl"), ("ur-Latn", "auto"), ("en", "auto"), (None, "auto")],
)
def test_the_direction_of_a_text_follows_its_language(language, dir):  # noqa: A002
    assert direction(language) == dir


START = "<!doctype html>\n"


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (START + '<p id="a"></p><a href="#a">x</a> <a href="b.html#there">y</a> <a href="/f/a.atom">z</a>', None),
        (START + '<a href="https://else.test/nothing">x</a><img alt="a &lt; b" src="https://else.test/a.png">', None),
        ("<p>x</p>", "document type"),
        (START + '<p id="a"><p id="a">', "used twice"),
        (START + '<a href="none.html">x</a>', "leads to nothing that is published"),
        (START + '<a href="/none.html">x</a>', "leads to nothing that is published"),
        (START + '<a href="b.html#here">x</a>', "leads to no place in that page"),
        (START + '<a href="#here">x</a>', "leads to no place in that page"),
        (START + '<link rel="alternate" href="https://x.test/f/b.atom">', "leads to nothing that is published"),
        (START + "<script>x</script>", "script element"),
        (START + '<p onclick="x">', "attribute onclick"),
        (START + '<p style="x">', "attribute style"),
        (START + '<p title="a>', "a tag is broken"),
        (START + "<p>x</p><a href=x>", "a tag is broken"),
    ],
)  # fmt: skip
def test_a_page_with_a_fault_is_found(html, reason):
    pages = [
        Document(name, "", "text/html", BASE + name, text.encode())
        for name, text in (("a.html", html), ("b.html", START + '<p id="there">'))
    ]
    found = [why for path, _, why in page_faults(pages, {"a.atom"}, BASE) if path == "a.html"]
    assert [why for why in found if reason is None or reason in why] == found
    assert bool(found) == bool(reason)


def test_the_preview_shows_the_site_at_its_own_address(site):
    site.build(STORIES)
    settings = load_config(site.folder / "c.yaml")
    client = Visitor(make_app(site.out, BASE, spare_pages(settings)))
    index = client.get("/")
    assert (index.status_code, index.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "http://127.0.0.1:8000/<wbr>all.atom" in index.text
    assert BASE not in index.text
    missing = client.get("/a/b/c")
    assert missing.status_code == 404
    assert 'href="/index.html"' in missing.text
    assert client.get("/" + re.search(r"style\.\w+\.css", index.text)[0]).status_code == 200
    assert client.get("/manifest.json").status_code == 404


def test_the_preview_lists_the_feeds_of_a_site_without_pages(site):
    site.config["output"]["pages"] = "off"
    site.build(STORIES)
    settings = load_config(site.folder / "c.yaml")
    client = Visitor(make_app(site.out, BASE, spare_pages(settings)))
    assert 'href="http://127.0.0.1:8000/all.atom"' in client.get("/").text
