"""Pages for people are valid HTML, whatever they contain, and all their links work."""

import asyncio
import errno
import gzip
import hashlib
import json
import re
from dataclasses import fields
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree as ET

import feedparser
import html5lib
import httpx
import pytest

from feedpub.articles.ids import page_digits
from feedpub.cli.preview import Shown, make_app
from feedpub.config import load_config
from feedpub.core.errors import ConfigError, PublishError
from feedpub.documents.formats import Document
from feedpub.documents.pages.context import direction
from feedpub.documents.pages.faults import page_faults
from feedpub.documents.pages.look import Look
from feedpub.documents.pages.site import PageRenderer, is_style
from feedpub.documents.pages.words import ENGLISH, WORDS, words_for
from feedpub.publishing.local.dirfd import Folder
from feedpub.publishing.local.folder import find_published, read_manifest

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
    return {
        str(path.relative_to(site.out)): path.read_text(encoding="utf-8") for path in site.out.rglob("*.html")
    }


def articles_of(site):
    """Return the pages of articles by their titles."""
    pages = {name: text for name, text in pages_of(site).items() if name.startswith("article/")}
    return {parsed(text).find(".//h1").text: (name, text) for name, text in pages.items()}


def parsed(text):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def links(page, text):
    """Yield the targets of a page's links, as a browser resolves them."""
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
    named = {name for name in pages if not name.startswith("article/")}
    assert named == {"index.html", "all.html", "none.html", "ar.html", "old.html", "gone.html", "404.html"}
    assert len(pages) - len(named) == len([record for record in HOSTILE if "url" not in record])
    for text in pages.values():
        for element in parsed(text).iter():
            assert element.tag not in ("style", "iframe", "object", "form")
            assert element.tag != "script" or element.attrib == {"type": "application/ld+json"}
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
    assert list(found)[:4] == [BASE, f"{BASE}all.html", f"{BASE}none.html", f"{BASE}ar.html"]
    dates = [found.pop(BASE + name) for name, _ in articles_of(hostile).values()]
    assert min(dates) == "2024-05-01T00:00:00+00:00"
    assert len(found) == 4
    assert found[f"{BASE}all.html"] == found[BASE] == "2024-05-08T00:00:00+00:00"


class Visitor:
    """Sends requests to an application as a browser does."""

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
    before = {path.name: path.stat().st_mtime_ns for path in site.out.rglob("*") if path.is_file()}
    site.build(STORIES[:4])
    assert {path.name: path.stat().st_mtime_ns for path in site.out.rglob("*") if path.is_file()} == before
    written = {page.path for page in site.build(STORIES[:5]).pages if page.written}
    articles = articles_of(site)
    # The new article and its neighbour.
    assert written == {
        "index.html",
        "all.html",
        "sitemap.xml",
        articles["Story 5"][0],
        articles["Story 4"][0],
    }


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
    assert said.count("index.html: a file of yours has this name and stays") == 1
    site.config["output"]["pages"] = "off"
    site.build(STORIES)
    assert set(pages_of(site)) == {"index.html"}


@pytest.mark.parametrize("lost", [{"manifest.json"}, {"manifest.json", "article/manifest.json"}])
def test_without_the_manifest_pages_of_ours_are_known_and_go_on(site, lost):
    """What is corrected or withdrawn then does not stay on pages that nobody writes any more."""
    stories = [story | {"id": f"s{number}"} for number, story in enumerate(STORIES)]
    site.build(stories)
    for name in lost:
        (site.out / name).unlink(missing_ok=True)
    (site.out / "index.html").write_text("mine")
    corrected = [stories[0] | {"title": "Another title"}, *stories[1:]]
    report = site.build(corrected)
    assert report.foreign == ("index.html",)
    texts = [text for name, text in pages_of(site).items() if name != "index.html"]
    assert any("Another title" in text for text in texts)
    assert not [text for text in texts if STORIES[0]["title"] in text]
    (site.out / "index.html").unlink()
    assert site.build(corrected).foreign == ()


def test_a_page_that_has_the_bytes_of_ours_is_ours(site):
    """So are style sheet, icon and map of the site, which say nothing of who made them."""
    site.build(STORIES)
    (site.out / "manifest.json").unlink()
    assert site.build(STORIES).foreign == ()
    assert site.build([*STORIES, STORIES[0] | {"id": "more", "title": "One more"}]).foreign == ()


def test_a_feed_called_404_has_its_page(site):
    site.config["feeds"]["404"] = {"title": "Area code"}
    site.build(STORIES)
    assert "Area code" in pages_of(site)["404.html"]


def test_old_style_sheets_stay_as_long_as_pages_of_theirs_may(site, monkeypatch):
    site.build(STORIES)
    monkeypatch.setattr(Look, "style", ("style.000000000000.css", b""))
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


def entries_of(site, name):
    feed = feedparser.parse(site.read(name))
    return {entry.title: entry for entry in feed.entries}


def test_an_article_without_an_address_has_its_page_as_its_link_in_each_format_and_keeps_its_ids(site):
    site.config["output"]["pages"] = "off"
    site.build(HOSTILE)
    before = {name: entries_of(site, name) for name in ("all.rss", "all.atom")}
    site.config["output"]["pages"] = "auto"
    site.build(HOSTILE)
    addresses = {title: BASE + name for title, (name, _) in articles_of(site).items()}
    for name, entries in before.items():
        for title, entry in entries_of(site, name).items():
            assert [dict.get(e, "updated") for e in (entry, entries[title])] in [
                [None] * 2,
                [entry.published] * 2,
            ]
            assert (entry.id, entry.published) == (entries[title].id, entries[title].published)
            assert entry.link == addresses.get(title, "https://else.test/a?b=1&c=2")
    assert b'isPermaLink="true"' not in site.read("all.rss")
    items = json.loads(site.read("all.json"))["items"]
    assert {item["title"]: item["url"] for item in items} == addresses | {"Elsewhere": HOSTILE[6]["url"]}
    assert "Elsewhere" not in addresses


def test_all_articles_have_a_page_where_the_config_says_so_and_keep_their_links(site):
    site.config["output"]["pages"] = "all"
    site.build(HOSTILE)
    page = articles_of(site)["Elsewhere"][1]
    assert '<link rel="canonical" href="https://else.test/a?b=1&amp;c=2">' in page
    assert entries_of(site, "all.atom")["Elsewhere"].link == HOSTILE[6]["url"]


def neighbours(text):
    return [link.attrib["href"] for link in parsed(text).iter("a") if link.get("rel") in ("prev", "next")]


def test_an_article_names_its_neighbours_while_they_are_in_one_subscription_document(site):
    site.config["output"]["max_items"] = "3"
    site.build(STORIES[:3])
    first = {title: text for title, (_, text) in articles_of(site).items()}
    names = {title: f"../{name}" for title, (name, _) in articles_of(site).items()}
    assert neighbours(first["Story 2"]) == [names["Story 3"], names["Story 1"]]
    site.build(STORIES[:4])
    left = articles_of(site)["Story 1"]
    assert neighbours(left[1]) == []
    assert left[1] == re.sub(
        r"<!-- neighbours -->.*<!-- /neighbours -->\n", "", first["Story 1"], flags=re.DOTALL
    )
    assert neighbours(articles_of(site)["Story 2"][1]) == [names["Story 3"]]


def test_the_page_of_an_article_that_left_the_feeds_stays_and_is_not_touched_again(site):
    site.config["output"]["max_items"] = "2"
    for count in (2, 4):
        site.build(STORIES[:count])
    name, text = articles_of(site)["Story 1"]
    before = (site.out / name).stat().st_mtime_ns
    assert name not in read_manifest(site.out).documents
    assert find_published(site.out, name)[1] == text.encode()
    for stories in (STORIES, STORIES[3:]):
        assert name not in site.build(stories).removed
        assert (site.out / name).stat().st_mtime_ns == before


def test_an_article_that_comes_back_has_its_page_again(site):
    site.config["output"]["max_items"] = "2"
    for count in (2, 4):
        site.build(STORIES[:count])
    site.build(STORIES[:2], allow={"vanished"})
    assert len(neighbours(articles_of(site)["Story 1"][1])) == 1
    for name in ("Story 1", "Story 2"):
        assert articles_of(site)[name][0] in read_manifest(site.out).documents
    assert len(articles_of(site)) == 4


def test_a_page_that_comes_back_in_a_build_that_fails_halfway_is_left_without_neighbours(site, monkeypatch):
    site.config["output"]["max_items"] = "2"
    for count in (2, 4):
        site.build(STORIES[:count])
    before = articles_of(site)
    move = Folder.move

    def fail(folder, name, *args):
        if name.endswith("sitemap.xml"):
            raise OSError(errno.ENOSPC, "no room")
        move(folder, name, *args)

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "move", fail)
        with pytest.raises(PublishError):
            site.build(STORIES[:2], allow={"vanished"})
    assert neighbours(articles_of(site)["Story 1"][1]) != []
    site.build(STORIES[:4])
    assert articles_of(site) == before


@pytest.mark.parametrize("layout", ["files", "releases"])
def test_pages_that_are_switched_off_go_all_and_leave_what_is_not_ours(site, layout):
    site.config["output"] |= {"max_items": "2", "layout": layout}
    for count in (2, 4):
        site.build(STORIES[:count])
    if layout == "files":
        (site.out / "article/mine.html").write_text("mine")
    site.config["output"]["pages"] = "off"
    site.build(STORIES[:4])
    assert set(pages_of(site)) == ({"article/mine.html"} if layout == "files" else set())
    assert (site.out / "article").exists() == (layout == "files")
    assert json.loads(site.read("manifest.json"))["version"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["files", "releases"])
def test_the_same_site_comes_of_any_way_to_it(site, layout):
    """A site that grew, with changes of layout and gzip on the way, has the pages of each step."""
    site.config["output"] |= {"max_items": "2", "gzip": "true"}
    site.build(STORIES[:2])
    site.build(STORIES[:3])
    site.config["output"]["layout"] = layout
    site.build(STORIES[:4])
    site.build(STORIES[:5])
    site.config["output"]["layout"] = "files"
    site.build(STORIES)
    assert set(articles_of(site)) == {story["title"] for story in STORIES}
    for name, text in articles_of(site).values():
        assert gzip.decompress((site.out / f"{name}.gz").read_bytes()).decode() == text
    written = {path for path in site.build(STORIES).pages if path.written}
    assert not written


def test_older_articles_of_an_archive_have_their_pages_too_and_an_unchanged_build_writes_nothing(site):
    site.config["output"] |= {"max_items": "1", "archive": "2"}
    site.build(STORIES)
    assert set(articles_of(site)) == {story["title"] for story in STORIES}
    before = {path: path.stat().st_mtime_ns for path in site.out.rglob("*")}
    report = site.build(STORIES)
    assert not [page for page in report.pages if page.written]
    assert {path: path.stat().st_mtime_ns for path in site.out.rglob("*")} == before
    listed = read_manifest(site.out).documents
    # Pages in closed documents are settled at once.
    assert {title for title, (name, _) in articles_of(site).items() if name in listed} == {
        "Story 5",
        "Story 6",
    }


def test_an_unchanged_page_is_not_rendered(site, monkeypatch):
    site.build(STORIES)
    rendered = []
    real = PageRenderer._document
    monkeypatch.setattr(PageRenderer, "_document", lambda *a, **b: rendered.append(a[1]) or real(*a, **b))
    site.build(STORIES)
    assert "article.html" not in rendered
    site.build([*STORIES[:5], STORIES[5] | {"text": "Another text."}])
    assert rendered.count("article.html") == 1


def test_the_address_of_our_own_page_is_never_an_articles_own(site):
    site.build(STORIES[:2])
    ids = {title: entry.id for title, entry in entries_of(site, "all.atom").items()}
    pages = {title: BASE + name for title, (name, _) in articles_of(site).items()}
    site.build([story | {"url": pages[story["title"]], "id": ids[story["title"]]} for story in STORIES[:2]])
    assert {title: BASE + name for title, (name, _) in articles_of(site).items()}.keys() == pages.keys()
    for title, entry in entries_of(site, "all.atom").items():
        assert entry.link == BASE + articles_of(site)[title][0]


def test_the_page_of_an_id_that_we_made_has_its_digits_and_of_others_their_hash():
    made = "tag:x.test,2023:0123456789abcdef0123456789abcdef"
    assert page_digits("x.test,2023", made) == "0123456789abcdef"
    assert page_digits("y.test,2023", made) == hashlib.sha256(made.encode()).hexdigest()[:16]


def test_two_articles_that_would_share_a_page_are_refused(site, monkeypatch):
    monkeypatch.setattr("feedpub.articles.ids.page_digits", lambda *_: "0" * 16)
    with pytest.raises(
        PublishError, match=r"would have the same page, https://x\.test/f/article/0{16}\.html"
    ):
        site.build(STORIES)
    assert not site.out.exists()


def test_a_link_in_the_articles_folder_is_refused_not_followed(site, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    site.out.mkdir()
    (site.out / "article").symlink_to(elsewhere)
    with pytest.raises(PublishError, match="a symbolic link or a file is in the folder's place"):
        site.build(STORIES)
    assert not list(elsewhere.iterdir())


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
        (START + '<p title="a <b">x</p><a href="./b.html">y</a> <a href="../f/b.html">z</a>', None),
        (START + '<a href="https://x.test/f/b.html#there">x</a>', None),
        (START + '<link rel="alternate" href="https://x.test/f/b.html"><a href="../b.html">x</a>', "leads to nothing"),
        (START + '<script type="application/ld+json">{}</script><script>x</script>', "script element"),
        (START + '<script type="application/ld+json">{}</script><p onclick="x">', "attribute onclick"),
        (START + '<script type="application/ld+json">{"a": "b"}</script>', None),
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
    client = Visitor(make_app(Shown.of(settings)))
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
    client = Visitor(make_app(Shown.of(settings)))
    assert 'href="http://127.0.0.1:8000/all.atom"' in client.get("/").text


def test_a_page_that_somebody_removed_is_made_again(site):
    site.build(STORIES)
    name, text = articles_of(site)["Story 3"]
    (site.out / name).unlink()
    site.build(STORIES)
    assert (site.out / name).read_text() == text


def test_the_folder_of_pages_is_never_a_source(site):
    site.config["sources"].append({"path": "feeds/**/*.html", "timezone": "UTC"})
    site.build(STORIES)
    assert site.build(STORIES).articles == len(STORIES)


def test_an_article_that_leaves_with_its_feed_keeps_its_page(site):
    site.config["feeds"]["some"] = {"title": "Some", "any": ["Story 1"]}
    site.config["output"]["max_items"] = "2"
    site.build(STORIES[:3])
    del site.config["feeds"]["some"]
    report = site.build(STORIES[:3], allow={"removed"})
    assert not report.invalid
    assert "Story 1" in articles_of(site)


def test_what_was_withdrawn_goes_from_the_pages_of_finished_archive_documents_too(site):
    site.config["output"] |= {"max_items": "1", "archive": "2"}
    site.build(STORIES)
    before = site.read("all.1.html").decode()
    site.build([STORIES[0] | {"status": "withdrawn"}, *STORIES[1:]])
    after = site.read("all.1.html").decode()
    assert "Story 1" in before
    assert "Story 1" not in "".join(pages_of(site).values())
    start = after.index("<article")
    assert before.endswith(after[start:].partition("</article>\n")[2])
    assert before.startswith(after[:start])
    assert "Story 2" in after


@pytest.fixture
def own(site):
    """A folder with the site's own templates, and a site that uses it."""
    site.config["output"]["templates"] = "look"
    (site.folder / "look").mkdir()
    return site.folder / "look"


def test_a_template_of_ones_own_changes_a_block_and_keeps_the_rest_of_ours(site, own):
    (own / "feed.html").write_text(
        '{% extends "default/feed.html" %}\n'
        "{% block subscribe %}<p>Ask {{ topic.title }}.</p>{{ super() }}{% endblock %}"
    )
    site.build(STORIES)
    page = pages_of(site)["all.html"]
    assert "<p>Ask All.</p>" in page
    assert "Copy this address" in page
    assert "Ask" not in pages_of(site)["index.html"]


def test_a_style_sheet_of_ones_own_is_named_by_its_bytes_and_changes_every_page(site, own):
    site.build(STORIES)
    before = pages_of(site)
    (own / "style.css").write_text("body { color: red }")
    site.build(STORIES)
    assert (
        site.out / re.search(r"style\.\w+\.css", pages_of(site)["all.html"])[0]
    ).read_text() == "body { color: red }"
    assert all(text != before[name] for name, text in pages_of(site).items())


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ('{% extends "default/feed.html" %}\n\n{% block lead %}{{ page.titel }}{% endblock %}', 3, "attribute 'titel'"),
        ("<p>\n{% if page %}", 2, "Unexpected end of template"),
        ("<p>\n\n{{ 1 // 0 }}", 3, "modulo by zero"),
        ("{{ nothing }}", 1, "'nothing' is undefined"),
        ('\n{% extends "default/fed.html" %}', 2, "there is no template default/fed.html"),
        ("a\n\udcff", 2, "it is not UTF-8"),
    ],
)  # fmt: skip
def test_a_template_that_fails_is_named_with_its_line_and_nothing_is_published(site, own, text, line, why):
    (own / "feed.html").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=re.escape(why)) as caught:
        site.build(STORIES)
    assert str(caught.value).startswith(f"{own / 'feed.html'}:{line}:1: the template fails: ")
    assert not site.out.exists()


def test_our_templates_can_be_written_out_and_make_the_same_pages(site, command):
    site.build(STORIES)
    before = pages_of(site)
    assert command(site.folder, "templates", "look").returncode == 0
    again = command(site.folder, "templates", "look")
    assert again.returncode == 2
    assert "already exists, so nothing was written" in again.stderr
    site.config["output"]["templates"] = "look"
    site.build(STORIES)
    assert pages_of(site) == before
