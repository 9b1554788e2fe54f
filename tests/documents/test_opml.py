"""The list of all feeds is published and checked like any other document."""

import json
from xml.etree import ElementTree as ET

from feedpub.documents.formats import Document
from feedpub.documents.pages.site import SitePages
from feedpub.planning.site_plan import verify_documents


def test_it_lists_every_feed_with_its_address(site):
    site.config["feeds"] |= {"b": {"title": 'B & "C" <D>', "language": "de", "any": ["oil"]}}
    report = site.build()
    root = ET.fromstring(site.read("subscriptions.opml"))
    outlines = [outline.attrib for outline in root.iterfind("body/outline")]
    assert [o["xmlUrl"] for o in outlines] == ["https://x.test/f/all.atom", "https://x.test/f/b.atom"]
    assert [o["text"] for o in outlines] == ["All", 'B & "C" <D>']
    assert outlines[1]["language"] == "de"
    assert [d.path for d in report.listings] == ["subscriptions.opml"]


def test_it_stands_in_the_manifest(site):
    site.build()
    listed = {d["path"]: d for d in json.loads(site.read("manifest.json"))["documents"]}
    assert listed["subscriptions.opml"]["media_type"] == "text/x-opml"


def test_it_names_the_format_that_most_readers_read(site):
    for formats, extension in ((["json", "rss"], b".rss"), (["json"], b".json")):
        site.config["output"]["formats"] = formats
        site.build()
        assert b"all" + extension in site.read("subscriptions.opml")


def test_one_that_is_broken_is_not_published_and_the_last_one_stays(site, monkeypatch):
    site.build()
    good = site.read("subscriptions.opml")
    for broken in (
        b"<opml",
        b"<rss/>",
        b"<opml version='2.0'><body/></opml>",
        b"<opml version='2.0'><head/><body><outline text='a' type='rss' xmlUrl='javascript:x'/></body></opml>",
    ):
        document = Document(
            "subscriptions.opml", "", "text/x-opml", "https://x.test/f/subscriptions.opml", broken
        )
        checked = verify_documents([], document, SitePages(), "")
        assert set(checked.invalid) == checked.keep == {"subscriptions.opml"}
        monkeypatch.setattr("feedpub.documents.renderer.opml", lambda *_, data=broken: data)
        report = site.build()
        assert [invalid.path for invalid in report.invalid] == ["subscriptions.opml"]
        assert site.read("subscriptions.opml") == good
