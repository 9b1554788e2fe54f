"""A plain record of text takes a quicker path, and becomes the same article."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.articles.article import Article, Notice, Plain
from feedpub.articles.sighting import Sighting
from feedpub.sources import SourceSpec, decoding, normalisation
from feedpub.sources.files import read as read_file
from feedpub.sources.readers import jsonl, text
from feedpub.sources.spec import ParseContext, TextLayout
from feedpub.sources.streams import InputStream
from feedpub.text.dates import DatePolicy

LONG = "The committee met in the old town hall on Monday and agreed on what everybody had expected of it for weeks. "
STAMP = "2023-10-09 14:25"
TITLES = st.sampled_from(
    [
        "A title",
        "A title",
        " A title with spaces\t",
        "Ümläut & more",
        "Tab\there",
        "\u200b",
        "You might like",
        "YOU  MIGHT like ",
        "Of 2023",
        "11 October 2023",
        f"\n \n{LONG}",
        "",
    ]
)
BODIES = st.sampled_from(
    [
        LONG,
        LONG,
        LONG,
        f"  {LONG}",
        f"{LONG}\n{LONG}",
        f"{LONG}\n\n{LONG}",
        f"{LONG}\nYou might like\n{LONG}",
        f"{LONG}\n11 October 2023 or so\n{LONG}",
        f"{LONG}Read also: Another story",
        "A short one of 2023",
        " " * 90,
        "Ж" * 90,
        "",
    ]
)
STAMPS = st.sampled_from(
    [STAMP] * 8
    + ["2023-10-09T14:25", "2023-10-09 14:25:30", "9 Oct 2023 14:25", "2023-13-09 14:25", "2023-03-26 02:30"]
    + ["9999-01-01 00:00", "9 Oct 2023", f" {STAMP} "]
)
RECORDS = st.tuples(TITLES, BODIES, STAMPS).map("\n".join)
OTHERS = st.sampled_from(["", " ", "You might like", "2023", STAMP, "A line"])
TEXTS = st.tuples(
    st.lists(RECORDS | RECORDS | OTHERS, min_size=4, max_size=9).map("\n".join),
    st.sampled_from([""] * 9 + ["\x07", "\ud800"]),
).map("".join)
SPECS = st.builds(
    SourceSpec,
    st.just(("a.txt",)),
    st.just(Path()),
    dates=st.builds(DatePolicy, zone=st.sampled_from(["UTC", "UTC", "Europe/Berlin", None])),
    boilerplate=st.sampled_from([frozenset(), frozenset(["you might like"])]),
    related_links=st.sampled_from([(), ("Read also",)]),
    html_title=st.sampled_from([False] * 5 + [True]),
    link=st.sampled_from([""] * 5 + ["https://x.test/{slug}"]),
    layout=st.sampled_from([TextLayout()] * 5 + [TextLayout(headers=(("by", "author"),))]),
)


def read(data, spec, *, lean=False, reader=text):
    return list(
        reader.read(InputStream(io.BytesIO(data)), ParseContext(spec, "a.txt", "x.test,2023", lean=lean))
    )


def check_lean(data, spec, reader):
    lean = read(data, spec, lean=True, reader=reader)
    with pytest.MonkeyPatch.context() as patch:
        for module in (reader, normalisation):
            patch.setattr(module, "has_plain_stories", lambda _: False)
        careful = read(data, spec, reader=reader)
    assert [item.article() if isinstance(item, Plain) else item for item in lean] == careful
    assert read(data, spec, reader=reader) == careful
    for one, other in zip(lean, careful, strict=True):
        if isinstance(other, Article):
            assert Sighting.of(one) == Sighting.of(other)


@given(TEXTS, SPECS, st.sampled_from(["", "\n", "\n\n", "\r\n"]))
@settings(max_examples=300)
def test_it_says_what_reading_each_with_care_says(written, spec, end):
    data = (written.replace("\n", "\r\n") if "\r" in end else written).encode(
        "utf-8", "surrogatepass"
    ) + end.encode()
    check_lean(data, spec, text)


ODD = st.sampled_from(["\x07", "\ud800", "\ufeff", "\x85", "\n", "\r\n", "\t", "\xa0", "&amp;", "<b>"])
VALUES = {
    "title": TITLES | st.tuples(TITLES, ODD).map("".join),
    "headline": TITLES,
    "body": BODIES | st.tuples(BODIES, ODD).map("".join),
    "text": BODIES,
    "html": BODIES,
    "description": BODIES,
    "date": STAMPS,
    "published": STAMPS | st.sampled_from(["true", "yes", "draft", "1"]),
    "created": STAMPS,
    "published_at": STAMPS,
    "id": st.sampled_from(["7", "", "https://x.test/7"]),
    "url": st.sampled_from(["https://x.test/7", ""]),
    "status": st.sampled_from(["draft", "live", ""]),
    "version": st.sampled_from(["2", "two"]),
    "attributes": st.sampled_from([{"title": "Other", "body": LONG}, {}]),
    "_id": st.sampled_from([{"$oid": "0123456789ab0123456789ab"}]),
    "words": st.integers(),
    "place": st.sampled_from(["Rome", ["Rome"], None]),
    "fields": st.sampled_from([{"title": "Other"}, "x"]),
}
KINDS = st.sampled_from([None, 7, True, [], ["One", "Two"], {"rendered": "Other"}, {"sections": []}])
USUAL = {"title": VALUES["title"], "body": VALUES["body"], "date": VALUES["date"]}
MORE = {name: value | value | KINDS for name, value in VALUES.items()}
# At most one or two of the many that there may be.
FEW = st.lists(st.sampled_from(sorted(MORE)), max_size=2).flatmap(
    lambda names: st.fixed_dictionaries({name: MORE[name] for name in names})
)
OBJECTS = st.tuples(FEW, st.fixed_dictionaries(USUAL), FEW).map(
    lambda parts: (
        parts[0] | {name: value for name, value in parts[1].items() if name not in parts[0]} | parts[2]
    )
)


@given(
    st.lists(OBJECTS | st.fixed_dictionaries({}, optional=VALUES), min_size=1, max_size=6),
    SPECS,
    st.sampled_from(
        [()] * 5 + [(("title", "headline"),), (("body", "attributes.body"),), (("id", "words"),)]
    ),
    st.booleans(),
)
@settings(max_examples=300)
def test_so_it_is_with_json_lines(objects, spec, fields, ascii_only):
    lines = (json.dumps(values, ensure_ascii=ascii_only) + "\n" for values in objects)
    data = "".join(lines).encode("utf-8", "surrogatepass")
    check_lean(data, replace(spec, fields=fields, layout=TextLayout()), jsonl)


@given(
    TEXTS, SPECS, st.sampled_from(["", "\n", "\n\n", "\r\n"]), st.sampled_from([7, 64, 1 << 18]), st.data()
)
@settings(max_examples=300)
def test_an_article_read_by_its_place_is_the_one_that_is_there(written, spec, end, block, data):
    content = (written.replace("\n", "\r\n") if "\r" in end else written).encode("utf-8", "surrogatepass")
    content += end.encode()
    there = [item for item in read(content, spec) if isinstance(item, Article)]
    asked = [item for item in there if data.draw(st.booleans())]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoding, "BLOCK", block)
        lines = decoding.LinesInOrder(InputStream(io.BytesIO(content)))
        reading = ParseContext(spec, "a.txt", "x.test,2023")
        for article in asked:
            origin = article.origin
            found = [
                replace(item, origin=origin)
                for item in text.at(lines.between(origin.line, origin.last), reading)
                if isinstance(item, Article)
            ]
            assert found == [article]


@pytest.mark.parametrize("gap", ["", "\n", "\n \n"])
@pytest.mark.parametrize("module", [text, jsonl])
def test_so_it_is_between_blank_lines_and_things_that_are_not_articles(module, gap):
    of_text = [f"Story {n}\n{LONG}\n2023-10-09 14:2{n}\n" for n in range(3)]
    of_json = [f'{{"title": "Story {n}", "body": "Words", "date": "2023-10-09 14:25"}}\n' for n in range(3)]
    one, two, three = of_json if module is jsonl else of_text
    content = f"{gap}{one}{gap}[1]\n{gap}{two}{gap}{gap}{three}{gap}".encode()
    spec = SourceSpec(("a.txt",), Path(), dates=DatePolicy(zone="UTC"))
    reading = ParseContext(spec, "a.txt", "x.test,2023")
    there = [
        item for item in module.read(InputStream(io.BytesIO(content)), reading) if isinstance(item, Article)
    ]
    assert len(there) == 3
    lines = decoding.LinesInOrder(InputStream(io.BytesIO(content)))
    for article in there:
        [found] = module.at(lines.between(article.origin.line, article.origin.last), reading)
        assert replace(found, origin=article.origin) == article


SAYS_MORE = [
    {"status": "draft"},
    {"visibility": "private"},
    {"expires": "2020-01-01"},
    {"embargo_until": "2030-01-01"},
    {"published": "true", "date": STAMP},
    {"date": "Oct 9, 2023"},
    {"version": "2"},
    {"id": "7"},
    {"url": "https://x.test/7"},
    {"summary": "Short"},
    {"author": "Ann"},
    {"body": None, "html": f"<p>{LONG}</p>"},
    {"html": "<p>Other</p>"},
    {"date": None, "created_at": STAMP},
    {"date": None, "published_at": STAMP, "created_at": STAMP},
    {"date": None, "post_date": STAMP},
    {"title": "Two\nlines"},
    {"title": "Two\r lines"},
    {"body": f"{LONG}\x07"},
    {"body": f"{LONG}\nYou might like\nOne of them\n"},
    {"body": f"{LONG} __GHOST_URL__/about"},
    {"_id": {"$oid": "0123456789ab0123456789ab"}},
    {"attributes": {"title": "Other", "body": LONG}},
    {"sys": {"id": "7", "type": "Entry"}, "fields": {"title": "Other", "body": LONG}},
    {"post_title": "Other", "post_content": LONG, "post_status": "draft"},
    {"_type": "post", "_createdAt": "2020-01-01T00:00:00Z"},
    {"uuid": "7", "mobiledoc": None, "lexical": "{}", "visibility": "members"},
]


@pytest.mark.parametrize("more", SAYS_MORE)
def test_whatever_else_an_object_says_counts(more):
    values = {"title": "A title", "body": LONG, "date": STAMP} | more
    line = json.dumps({name: value for name, value in values.items() if value is not None}) + "\n"
    spec = SourceSpec(
        ("a.txt",), Path(), dates=DatePolicy(zone="UTC"), boilerplate=frozenset(["you might like"])
    )
    check_lean(line.encode(), spec, jsonl)


def test_articles_of_plain_records_have_bodies_that_others_lack(tmp_path):
    """It is told of a file with names in which some records have a body and others have none."""
    records = [{"title": f"Story {n}", "body": "Words" * (n % 2), "date": STAMP} for n in range(4)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    spec = SourceSpec(("a.jsonl",), tmp_path, dates=DatePolicy(zone="UTC"))
    both = [list(read_file(spec, tmp_path / "a.jsonl", "x.test,2023", lean=lean)) for lean in (False, True)]
    assert [[item.kind for item in found if isinstance(item, Notice)] for found in both] == [["no-body"]] * 2


def test_most_records_are_read_so():
    written = "".join(f"\nStory {n}\n{LONG} {n}\n2023-10-09 14:{n}\n" for n in range(10, 60))
    spec = SourceSpec(("a.txt",), Path(), dates=DatePolicy(zone="UTC"))
    found = read(written.encode(), spec, lean=True)
    assert [type(item) for item in found] == [Plain] * 50
    objects = [
        {"title": f"Story {n}", "text": f"{LONG} {n}", "date": f"2023-10-09 14:{n}"} for n in range(10, 60)
    ]
    lines = "".join(json.dumps(values | {"words": 20, "place": "Rome"}) + "\n" for values in objects)
    found = read(lines.encode(), spec, lean=True, reader=jsonl)
    assert [type(item) for item in found] == [Plain] * 50
