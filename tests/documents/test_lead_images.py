"""What is known about an article's image is wherever a format or a page has a place for it, and nothing else."""

import json

import feedparser
import html5lib
import pytest
from lxml import etree

from feedpub.documents.formats import OUTPUT_FORMATS
from feedpub.validator import validate

MEDIA = "{http://search.yahoo.com/mrss/}"
URL = "https://x.test/oak.jpg?a=1&b=2"
ALL = {"url": URL, "width": 800, "height": "600", "size": 1234, "type": "image/jpeg"}
WORDS = {"image_alt": 'An "old" oak <in> fog', "image_caption": "The oak & I", "image_credit": "Ann & Bo"}
STORY = {"title": "Oak", "text": "Text.", "date": "2024-05-01"}
CASES = {
    "an address alone": ({"image": URL}, {}),
    "sizes in an object": (
        {"image": ALL},
        {"width": 800, "height": 600, "length": 1234, "type": "image/jpeg"},
    ),
    "a list of objects": (
        {"image": [{"src": URL, "alt": "Oak"}, {"url": "https://x.test/2"}]},
        {"alt": "Oak"},
    ),
    "words in fields": (
        {"image": URL} | WORDS,
        {"alt": WORDS["image_alt"], "caption": WORDS["image_caption"], "credit": "Ann & Bo"},
    ),
    "fields before the object": ({"image": {"url": URL, "alt": "a"}, "Image-Alt": "b"}, {"alt": "b"}),
    "words as HTML": (
        {"feature_image": URL, "feature_image_caption": "By <a href='#'>Ann</a>"},
        {"caption": "By Ann"},
    ),
    "sizes that are none": ({"image": {"url": URL, "width": "100%", "height": -3, "type": "text/html"}}, {}),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_in_each_format_as_other_parsers_read_it(site, case):
    fields, known = CASES[case]
    site.build([STORY | fields])
    for name in ("rss", "atom"):
        entry = feedparser.parse(site.read(f"all.{name}")).entries[0]
        assert entry.media_thumbnail == [{"url": URL}]
        found = entry.get("media_content", [{}])[0]
        shown = {"width": found.get("width"), "height": found.get("height"), "length": found.get("filesize")}
        assert {n: int(v) for n, v in shown.items() if v} == {n: known[n] for n in shown if n in known}
        element = next(etree.fromstring(site.read(f"all.{name}")).iter(f"{MEDIA}content"), None)
        assert (element is None) == (not known)
        if element is not None:
            assert (element.get("url"), element.get("medium"), element.get("type")) == (
                URL,
                "image",
                "image/jpeg",
            )
            assert element.findtext(f"{MEDIA}description") == known.get("alt", known.get("caption"))
            assert element.findtext(f"{MEDIA}credit") == known.get("credit")
    item = json.loads(site.read("all.json"))["items"][0]
    assert item["image"] == URL
    about = item.get("_image", {})
    names = {"size_in_bytes": "length", "mime_type": "type"}
    assert {names.get(n, n): v for n, v in about.items() if n not in ("about", "url")} == known
    for name in OUTPUT_FORMATS:
        assert not [f for f in validate(site.read(f"all.{name}")) if f.level == "error" or "media" in f.code]


@pytest.mark.parametrize("case", CASES)
def test_it_is_on_the_page_of_the_article(site, case):
    fields, known = CASES[case]
    site.build([STORY | fields])
    (page,) = (site.out / "article").glob("*.html")
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page.read_text())
    image = next(each for each in root.iter("img") if each.get("class") == "u-photo")
    assert (image.get("src"), image.get("alt")) == (URL, known.get("alt", ""))
    assert image.get("width") == (str(known["width"]) if "width" in known else None)
    below = next(root.iter("figcaption"), None)
    words = [known[name] for name in ("caption", "credit") if name in known]
    assert ("" if below is None else below.text) == " · ".join(words)
    meta = {m.get("property"): m.get("content") for m in root.iter("meta")}
    for name in ("type", "width", "height", "alt"):
        assert meta.get(f"og:image:{name}") == (str(known[name]) if name in known else None)
    data = json.loads(next(root.iter("script")).text)["image"]
    assert (data if isinstance(data, str) else data["url"]) == URL
    if known:
        assert data["@type"] == "ImageObject"
        assert data.get("creditText") == known.get("credit")


def test_words_on_an_image_that_is_not_there_say_nothing(site):
    site.build([STORY | WORDS | {"image": "not an address"}, STORY | WORDS | {"title": "Elm"}])
    assert b"media:" not in site.read("all.rss")
    assert b"An &quot;old" not in site.read("all.rss")


def test_a_feed_tells_what_is_known_of_the_images_of_its_entries(site):
    (site.folder / "others.xml").write_text(
        """<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel><title>O</title>
        <link>https://y.test/</link><description>D</description>
        <item><title>Yew</title><link>https://y.test/1</link><description>Text.</description>
        <pubDate>Sat, 04 May 2024 10:00:00 GMT</pubDate>
        <media:content url="https://y.test/1.webp" medium="image" width="9" height="8" fileSize="7">
        <media:credit>Cy</media:credit></media:content></item></channel></rss>"""
    )
    site.config["sources"] = [{"path": "others.xml"}]
    site.build()
    content = next(etree.fromstring(site.read("all.rss")).iter(f"{MEDIA}content"))
    assert dict(content.attrib) == {
        "url": "https://y.test/1.webp", "type": "image/webp", "medium": "image", "width": "9", "height": "8",
        "fileSize": "7",
    }  # fmt: skip
    assert content.findtext(f"{MEDIA}credit") == "Cy"
