"""Three independent parsers agree on every format: number, ids, titles, instants, links and enclosures."""

import json
import warnings
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

import fastfeedparser
import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from reader import make_reader

from feedpub.articles.article import Article, Author, Enclosure, FeedSource, Origin
from feedpub.articles.entry import Entry, content_of
from feedpub.config import FeedSettings
from feedpub.documents.channel import Site
from feedpub.documents.formats import OUTPUT_FORMATS
from feedpub.documents.renderer import Renderer
from feedpub.history.memory import ArchiveIndex
from feedpub.planning.feed_plan import plan_feed
from feedpub.validator import validate

SITE = Site(
    "S", "https://x.test/", "https://x.test/", "x.test,2021", Author("Desk", "desk@x.test"), "en", "© S"
)
FEED = FeedSettings(
    slug="all",
    title="News",
    description="All",
    link="https://x.test/all",
    author=Author("Desk", "desk@x.test", "https://x.test/desk"),
    language="de-AT",
    rights="© All",
    max_items=50,
    max_bytes=1 << 20,
    archive=None,
    selective=True,
)


@dataclass(frozen=True)
class Read:
    """An entry as a parser read it."""

    id: str
    title: str
    published: datetime
    link: str | None
    enclosures: tuple[tuple[str, str | None, int | None], ...]


def wanted(entry: Entry, extension: str) -> Read:
    article = entry.article
    # RSS 2.0 allows one enclosure in an item, and requires its length.
    files = article.enclosures[:1] if extension == "rss" else article.enclosures
    return Read(
        article.id,
        article.title,
        article.published.replace(microsecond=0).astimezone(UTC),
        article.link,
        tuple((e.url, e.type, e.length or (0 if extension == "rss" else None)) for e in files),
    )


def by_feedparser(data: bytes) -> list[Read]:
    parsed = feedparser.parse(data)
    assert not parsed.bozo, parsed.bozo_exception
    return [
        Read(
            e.id,
            e.title,
            datetime(*e.published_parsed[:6], tzinfo=UTC),
            next((link.href for link in e.get("links", ()) if link.rel == "alternate"), None),
            tuple(
                (f.href, f.type, int(f.length) if "length" in f else None) for f in e.get("enclosures", ())
            ),
        )
        for e in parsed.entries
    ]


def by_reader(data: bytes) -> list[Read]:
    with TemporaryDirectory() as folder, closing(make_reader(":memory:", feed_root=folder)) as library:
        name = "feed.json" if data.startswith(b"{") else "feed.xml"
        (Path(folder) / name).write_bytes(data)
        library.add_feed(name)
        library.update_feed(name)
        found = {entry.id: entry for entry in library.get_entries()}
    # The library sorts entries itself; the other parsers check the order of the document.
    order = [entry.id for entry in by_fastfeedparser(data)]
    entries = sorted(found.values(), key=lambda entry: order.index(entry.id))
    return [
        Read(
            e.id,
            e.title,
            e.published,
            e.link if e.link != e.id else None,  # the id replaces a missing link
            tuple((f.href, f.type, f.length) for f in e.enclosures),
        )
        for e in entries
    ]


def by_fastfeedparser(data: bytes) -> list[Read]:
    return [
        Read(
            e.id,
            e.title,
            datetime.fromisoformat(e.published).astimezone(UTC),
            _link(e),
            tuple((f.get("url") or f["href"], f.get("type"), _length(f)) for f in _files(e)),
        )
        for e in fastfeedparser.parse(data).entries
    ]


def _link(entry):
    """Return the link of an entry; without one, the parser returns an enclosure's address, the id or nothing."""
    enclosed = {link["href"] for link in entry.get("links") or () if link.get("rel") == "enclosure"}
    alternate = any(link.get("rel") == "alternate" for link in entry.get("links") or ())
    nothing = {"", entry.id} if alternate else {"", entry.id, *enclosed}
    return entry.get("link") if entry.get("link") not in nothing else None


def _files(entry):
    """Return the enclosures that a parser found; in Atom, links with that relation."""
    links = [link for link in entry.get("links") or () if link.get("rel") == "enclosure"]
    return entry.get("enclosures") or links


def _length(file):
    return int(file["length"]) if file.get("length") not in (None, "") else None


PARSERS = {"feedparser": by_feedparser, "reader": by_reader, "fastfeedparser": by_fastfeedparser}
# feedparser itself does not read JSON.
READ_BY = {"rss": tuple(PARSERS), "atom": tuple(PARSERS), "json": ("reader", "fastfeedparser")}

lines = st.text(st.sampled_from("abc &<>\"'é中😀;#x"), min_size=1, max_size=40).map(
    lambda t: " ".join(t.split()) or "x"
)
addresses = st.sampled_from(["https://x.test/a", "http://x.test/b?c=d&e=f#g", "https://x.test/%C3%A9"])
zones = st.sampled_from(
    [UTC, timezone(timedelta(hours=5, minutes=45)), timezone(-timedelta(hours=3, minutes=30))]
)
moments = st.datetimes(datetime(1970, 1, 2), datetime(2030, 1, 1), timezones=zones)  # noqa: DTZ001 - the strategy needs naive ones
enclosures = st.builds(
    Enclosure, addresses, st.sampled_from(["audio/mpeg", "image/png"]), st.integers(0, 10**10)
)
parts = st.fixed_dictionaries(
    {"title": lines, "published": moments},
    optional={
        "link": addresses,
        "image": addresses,
        "language": st.sampled_from(["en", "zh-Hans"]),
        "authors": st.lists(st.builds(Author, lines, st.none() | st.just("a@b.test")), max_size=2).map(tuple),
        "categories": st.lists(lines, max_size=3, unique=True).map(tuple),
        "enclosures": st.lists(enclosures, max_size=3, unique_by=lambda e: e.url).map(tuple),
        "via": st.builds(FeedSource, lines, st.just("tag:o.test,2020:f"), st.none() | addresses),
        "html": st.just(True),
    },
)


# Findings about texts that look like markup but are not, about articles from before 1970 or with the same file, and
# about a source whose date is unknown.
UNAVOIDABLE = {
    "html-in-plain-text",
    "stray-angle-bracket",
    "undeclared-html",
    "markup-escaped-twice",
    "implausible-date",
    "duplicate-enclosure",
    "missing-source-element",
}


def odd_names(entries):
    """A name that would make an address unreadable in RSS is not in the contact, but in its own element."""
    names = [author.name for entry in entries for author in entry.article.authors]
    return {"nameless-contact", "said-twice"} if any(set(name) & set("@<>") for name in names) else set()


def documents(entries):
    composed = plan_feed(FEED, entries, SITE, {"all": "News"}, ArchiveIndex())
    renderer = Renderer(SITE, {"all": "News"}, tuple(OUTPUT_FORMATS.values()))
    assert not renderer.quarantine(entries)
    return composed.feed.entries, {
        d.path.rpartition(".")[2]: d for d in renderer.render(composed.feed).documents
    }


def make(number: int, part) -> Entry:
    article = Article(
        id=f"tag:x.test,2021:{number}", body="<p>Body &amp; more</p>", origin=Origin("f", 1, 3), **part
    )
    return Entry(article, ("all",), content_of(article))


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(parts, max_size=8))
def test_every_parser_reads_every_format_as_it_was_meant(given_parts):
    entries, made = documents([make(number, part) for number, part in enumerate(given_parts)])
    for extension, document in made.items():
        assert {f.code for f in validate(document.data, document.url)} <= UNAVOIDABLE | odd_names(entries)
        for name in READ_BY[extension]:
            expected = [wanted(entry, extension) for entry in entries]
            if (extension, name) == ("atom", "fastfeedparser"):  # it does not read lengths of Atom links
                expected = [
                    replace(e, enclosures=tuple((*f[:2], None) for f in e.enclosures)) for e in expected
                ]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                assert PARSERS[name](document.data) == expected, f"{extension} by {name}"


FULL = {
    "title": "A title",
    "published": datetime(2024, 5, 1, 12, tzinfo=UTC),
    "updated": datetime(2024, 5, 2, 12, tzinfo=UTC),
    "link": "https://x.test/a",
    "image": "https://x.test/i.png",
    "language": "fr",
    "authors": (Author("Ann", "ann@x.test", "https://x.test/ann"), Author("Bob")),
    "categories": ("one", "two & three"),
    "summary": "A < B",
    "enclosures": (
        Enclosure("https://x.test/a.mp3", "audio/mpeg", 7),
        Enclosure("https://x.test/b.mp3", "audio/mpeg"),
    ),
    "via": FeedSource("Their feed", "tag:o.test,2020:f", "https://o.test/feed"),
}


@pytest.mark.parametrize("extension", ["rss", "atom"])
def test_authors_categories_source_language_and_image_come_through_xml(extension):
    _, made = documents([make(1, FULL)])
    (entry,) = feedparser.parse(made[extension].data).entries
    assert {author.name for author in entry.authors} == {"Ann", "Bob"}
    assert [tag.term for tag in entry.tags] == ["one", "two & three", "News"]
    assert entry.source.title == "Their feed"
    assert entry.media_thumbnail == [{"url": "https://x.test/i.png"}]
    assert entry.summary == ("A &lt; B" if extension == "rss" else "A < B")
    assert (
        entry.content[0].value == "&lt;p&gt;Body &amp;amp; more&lt;/p&gt;" or "Body" in entry.content[0].value
    )
    assert b"fr" in made[extension].data


def test_rss_says_when_an_item_was_corrected_and_until_when_it_is_valid():
    expiring = FULL | {"expires": datetime(2030, 1, 1, tzinfo=UTC), "updated": None}
    plain = FULL | {"updated": FULL["published"]}
    _, made = documents([make(1, FULL), make(2, expiring), make(3, plain)])
    items = etree.fromstring(made["rss"].data).findall("channel/item")
    terms = "{http://purl.org/dc/terms/}"
    assert [item.findtext(f"{terms}modified") for item in items] == ["2024-05-02T12:00:00+00:00", None, None]
    assert [item.findtext(f"{terms}valid") for item in items] == [
        None,
        "end=2030-01-01T00:00:00+00:00; scheme=W3C-DTF",
        None,
    ]
    assert {f.code for f in validate(made["rss"].data, made["rss"].url)} == {"duplicate-enclosure"}


def test_an_rss_feed_without_corrections_has_no_word_of_them():
    _, made = documents([make(1, FULL | {"updated": None})])
    assert b"dcterms" not in made["rss"].data


def test_authors_categories_language_and_image_come_through_json():
    _, made = documents([make(1, FULL)])
    (item,) = json.loads(made["json"].data)["items"]
    assert item["authors"] == [{"name": "Ann", "url": "https://x.test/ann"}, {"name": "Bob"}]
    assert item["tags"] == ["one", "two & three", "News"]
    assert (item["language"], item["image"]) == ("fr", "https://x.test/i.png")
    assert item["date_modified"] == "2024-05-02T12:00:00+00:00"
    assert [a.get("size_in_bytes") for a in item["attachments"]] == [7, None]
