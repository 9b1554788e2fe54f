"""What the check before publishing refuses is never published, even if the validator only warns of it."""

import re
from datetime import UTC, datetime

import pytest

from feedpub.config import load_config
from feedpub.planning import site_plan
from feedpub.planning.site_plan import verify_documents
from feedpub.publishing.build import build

NOW = datetime(2024, 1, 1, tzinfo=UTC)

# (mistake, document, pattern, replacement): each result is still well-formed XML
BROKEN = [
    ("an id that stands twice", "all.atom", rb"(<entry>\s*<id>)[^<]+", rb"\1tag:example.org,2023:same"),
    ("a guid that stands twice", "all.rss", rb"(<guid[^>]*>)[^<]+", rb"\1tag:example.org,2023:same"),
    ("a self link to elsewhere", "all.atom", rb"all\.atom", rb"other.atom"),
    ("a self link to elsewhere", "all.rss", rb"all\.rss", rb"other.rss"),
    ("no self link", "all.atom", rb"<link [^>]*rel=\"self\"[^>]*/>", rb""),
    ("oldest first", "all.rss", rb"<pubDate>Sat, 02 Dec 2023", rb"<pubDate>Fri, 02 Dec 2022"),
    ("oldest first", "all.atom", rb"(<updated>|<published>)2023-12-02", rb"\g<1>2022-12-02"),
    ("a day that does not exist", "all.rss", rb"<pubDate>Sat, 02 Dec", rb"<pubDate>Sat, 32 Dec"),
    ("a date without a zone", "all.atom", rb"\+00:00</published>", rb"</published>"),
    ("no channel description", "all.rss", rb"(?s)<description>.*?</description>", rb""),
    ("no feed id", "all.atom", rb"(?s)<id>.*?</id>", rb""),
    (
        "a relative link",
        "all.atom",
        rb'href="http://localhost:8000/" rel="alternate"',
        rb'href="a b" rel="alternate"',
    ),
    ("an element of Atom's that has no place", "all.atom", rb"<generator>", rb"<entry/><generator>"),
    ("half a document", "all.rss", rb"(?s)</item>.*", rb""),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "path", "pattern", "replacement"), BROKEN, ids=[f"{b[0]}-{b[1]}" for b in BROKEN]
)
def test_a_broken_document_is_refused_and_the_good_one_stays(
    project, monkeypatch, what, path, pattern, replacement
):
    settings = load_config(project / "config.yaml")
    build(settings, NOW)
    good = (project / "feeds" / path).read_bytes()

    def break_one(rendered, listing, *more, **known):
        for feed in rendered:
            for document in feed.documents:
                if document.path == path:
                    once = 1 if what in ("no feed id", "no channel description") else 0
                    data, changed = re.subn(pattern, replacement, document.data, count=once)
                    assert changed, "the pattern must break something"
                    object.__setattr__(document, "rendered", data)
        return verify_documents(rendered, listing, *more, **known)

    monkeypatch.setattr(site_plan, "verify_documents", break_one)
    report = build(settings, NOW)
    assert [invalid.path for invalid in report.invalid] == [path]
    assert (project / "feeds" / path).read_bytes() == good
