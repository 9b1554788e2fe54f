"""The licence of a site, feed or article is wherever a format or a page has a place for it."""

import json

import feedparser
import html5lib
import pytest

from feedpub.articles.entry import UNSPECIFIED
from feedpub.documents.formats import OUTPUT_FORMATS
from feedpub.validator import validate

BY = "https://creativecommons.org/licenses/by/4.0/"
BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/"
OWN = "https://x.test/terms?a=1&b=2"
STORIES = [
    {"title": "Oak", "text": "Text.", "date": "2024-05-01"},
    {"title": "Elm", "text": "Text.", "date": "2024-05-02", "license": OWN},
    {"title": "Ash", "text": "Text.", "date": "2024-05-03", "license": "CC BY 4.0"},
]
OTHERS = """<rss version="2.0" xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule"><channel>
<title>Others</title><link>https://y.test/</link><description>D</description>
<item><title>Yew</title><description>Text.</description><link>https://y.test/1</link>
<pubDate>Sat, 04 May 2024 10:00:00 GMT</pubDate>
<creativeCommons:license>{own}</creativeCommons:license></item>
<item><title>Fir</title><description>Text.</description><link>https://y.test/2</link>
<pubDate>Sun, 05 May 2024 10:00:00 GMT</pubDate></item>
</channel></rss>""".format(own=OWN.replace("&", "&amp;"))


def said(site, name):
    """Return the licence of the feed, and of each entry by title, as another parser reads them."""
    data = site.read(name)
    if name.endswith(".json"):
        feed = json.loads(data)
        head, items = feed.get("_license", {}), feed["items"]
        return head.get("url"), {item["title"]: item.get("_license", {}).get("url") for item in items}
    feed = feedparser.parse(data)
    return feed.feed.get("license"), {entry.title: entry.get("license") for entry in feed.entries}


def faults(site, name):
    found = validate(site.read(name))
    return [f for f in found if f.level == "error" or "licen" in f.message or "namespace" in f.code]


@pytest.mark.parametrize("name", OUTPUT_FORMATS)
@pytest.mark.parametrize(("slug", "of_feed"), [("all", BY), ("oak", BY_SA)])
def test_each_entry_says_its_own_licence_else_that_of_its_feed(site, name, slug, of_feed):
    site.config["site"]["license"] = BY
    site.config["feeds"]["oak"] = {"title": "Oak", "license": BY_SA}
    site.build(STORIES)
    assert said(site, f"{slug}.{name}") == (of_feed, {"Oak": of_feed, "Elm": OWN, "Ash": of_feed})
    assert not faults(site, f"{slug}.{name}")


@pytest.mark.parametrize("name", OUTPUT_FORMATS)
def test_without_one_only_articles_that_have_one_say_it(site, name):
    site.build(STORIES)
    assert said(site, f"all.{name}") == (None, {"Oak": None, "Elm": OWN, "Ash": None})
    assert not faults(site, f"all.{name}")


@pytest.mark.parametrize("name", OUTPUT_FORMATS)
def test_none_is_claimed_for_what_others_wrote(site, name):
    site.config["site"]["license"] = BY
    site.config["sources"].append({"path": "others.xml"})
    (site.folder / "others.xml").write_text(OTHERS)
    site.build(STORIES[:1])
    # Atom can say that there is no licence; an item of RSS would inherit that of its channel.
    none = UNSPECIFIED if name == "atom" else None
    head = None if name == "rss" else BY
    assert said(site, f"all.{name}") == (head, {"Oak": BY, "Yew": OWN, "Fir": none})
    assert not faults(site, f"all.{name}")
    site.build(STORIES[:1])
    read = OUTPUT_FORMATS[name].read_back(site.read(f"all.{name}")).entries
    assert {entry.title: entry.license for entry in read} == {"Oak": BY, "Yew": OWN, "Fir": None}


def test_pages_name_it_for_people_and_for_search_engines(site):
    site.config["site"]["license"] = BY
    site.build(STORIES)
    found = {}
    for page in site.out.rglob("*.html"):
        root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page.read_text())
        links = [link.get("href") for link in root.iter("link") if link.get("rel") == "license"]
        for script in root.iter("script"):
            told = json.loads(script.text)
            found[told["headline"]] = (links, told["license"])
        if page.parent == site.out:
            found[page.name] = links
    assert found == {
        "Oak": ([BY], BY), "Elm": ([OWN], OWN), "Ash": ([BY], BY),
        "index.html": [BY], "all.html": [BY], "404.html": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("all.rss", f"<creativeCommons:license>{BY}", "<creativeCommons:license>CC BY"),
        ("all.atom", f'<link href="{BY}" rel="license"/>', '<link href="CC BY" rel="license"/>'),
    ],
)
def test_the_validator_says_what_is_no_address(site, name, before, after):
    site.config["site"]["license"] = BY
    site.build(STORIES[:1])
    data = site.read(name).decode()
    assert before in data
    found = validate(data.replace(before, after).encode())
    assert [finding.message for finding in found if "CC BY" in finding.message]
