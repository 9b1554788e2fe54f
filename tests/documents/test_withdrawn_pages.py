"""The page of a withdrawn article is replaced by a note, or removed."""

import shutil
from tempfile import TemporaryDirectory

import html5lib
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from feedpub.core.errors import ALLOWANCES
from feedpub.documents.pages.words import ENGLISH
from feedpub.publishing.local.folder import find_published, read_manifest

from .conftest import Path, Site

STORIES = [
    {"title": f"Story {n}", "text": f"Text of {n}.", "date": f"2024-0{n}-01", "id": f"s{n}"}
    for n in range(1, 5)
]
TAKEN_BACK = {
    "withdrawn": {"status": "withdrawn"},
    "draft": {"status": "draft"},
    "expired": {"expires": "2024-06-01T00:00:00Z"},
    "embargo": {"embargo": "2030-01-01T00:00:00Z"},
}


def heading(page):
    return "".join(html5lib.parse(page, namespaceHTMLElements=False).find(".//h1").itertext())


def pages(site):
    return {path.name: path.read_text("utf-8") for path in site.out.glob("article/*.html")}


def name_of(site, title):
    return next(name for name, text in pages(site).items() if heading(text) == title)


@pytest.fixture
def grown(site):
    """A site whose first two stories have left the feed, so that their pages are settled."""
    site.config["output"] |= {"max_items": "2", "gzip": "true"}
    for count in (2, 4):
        site.build(STORIES[:count])
    return site


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "layout"), [*((kind, "files") for kind in TAKEN_BACK), ("withdrawn", "releases")]
)
def test_a_note_takes_the_place_of_a_page_whether_its_article_was_in_a_feed_or_not(grown, kind, layout):
    grown.config["output"]["layout"] = layout
    names = {title: name_of(grown, title) for title in ("Story 1", "Story 4")}
    gone = [STORIES[0] | TAKEN_BACK[kind], *STORIES[1:3], STORIES[3] | TAKEN_BACK[kind]]
    report = grown.build(gone, allow={"vanished"})
    assert report.is_well
    assert not [name for name in report.removed if name.startswith("article/")]
    for title, name in names.items():
        page = pages(grown)[name]
        assert heading(page) == ENGLISH.withdrawn
        assert ENGLISH.withdrawn_more in page
        assert '<meta name="robots" content="noindex">' in page
        entry, data = find_published(grown.out, f"article/{name}")
        assert (entry.media_type, data) == ("text/html", page.encode())
        for file in grown.out.iterdir():
            assert not file.is_file() or title.encode() not in file.read_bytes()
    assert {heading(page) for page in pages(grown).values()} == {"Story 2", "Story 3", ENGLISH.withdrawn}
    again = grown.build(gone)
    assert not again.written
    assert not again.removed


@pytest.mark.parametrize("layout", ["files", "releases"])
def test_a_page_is_removed_where_the_config_says_so(grown, layout):
    grown.config["output"] |= {"layout": layout, "withdrawn": "remove"}
    names = [f"article/{name_of(grown, title)}" for title in ("Story 1", "Story 4")]
    gone = [story | TAKEN_BACK["withdrawn"] if story["id"] in ("s1", "s4") else story for story in STORIES]
    report = grown.build(gone)
    assert {heading(page) for page in pages(grown).values()} == {"Story 2", "Story 3"}
    for name in names:
        assert {name, f"{name}.gz"} <= set(report.removed)
        assert find_published(grown.out, name) is None
    assert not grown.build(gone).removed


def test_a_note_stays_without_the_record_and_the_state_and_goes_when_it_is_not_wanted(grown):
    name = name_of(grown, "Story 1")
    gone = STORIES[0] | TAKEN_BACK["withdrawn"]
    grown.build([gone, *STORIES[1:]])
    note = pages(grown)[name]
    shutil.rmtree(grown.folder / ".feedpub")
    for records in (STORIES[1:], STORIES):
        grown.build(records)
        assert pages(grown)[name] == note
    grown.config["output"]["withdrawn"] = "remove"
    grown.build([gone, *STORIES[1:]])
    assert name not in pages(grown)


def test_a_twin_of_earlier_days_does_not_keep_the_text(grown):
    name = f"article/{name_of(grown, 'Story 1')}"
    grown.config["output"]["gzip"] = "false"
    grown.build([STORIES[0] | TAKEN_BACK["withdrawn"], *STORIES[1:]])
    assert (grown.out / name).is_file()
    assert not (grown.out / f"{name}.gz").exists()


def test_what_never_had_a_page_has_no_note(site):
    site.build([*STORIES[1:], STORIES[0] | TAKEN_BACK["withdrawn"]])
    assert len(pages(site)) == 3
    site.config["output"]["pages"] = "off"
    site.build([*STORIES[:2], STORIES[2] | TAKEN_BACK["withdrawn"], STORIES[3]])
    assert not pages(site)


def test_a_note_that_fails_its_check_leaves_no_text_behind(grown):
    (grown.folder / "look").mkdir()
    (grown.folder / "look/message.html").write_text(
        '{% extends "default/message.html" %}{% block lead %}<a href="nowhere.html">x</a>{% endblock %}'
    )
    grown.config["output"]["templates"] = "look"
    name = name_of(grown, "Story 4")
    report = grown.build([*STORIES[:3], STORIES[3] | TAKEN_BACK["withdrawn"]])
    assert f"article/{name}" in {wrong.path for wrong in report.invalid}
    assert name not in pages(grown)


def test_a_file_of_somebody_else_is_no_page_to_be_replaced(site):
    site.build(STORIES)
    name = name_of(site, "Story 4")
    site.build([*STORIES[:3], STORIES[3] | TAKEN_BACK["draft"]], allow={"vanished"})
    site.config["output"]["pages"] = "off"
    site.build(STORIES[:3])
    (site.out / "article").mkdir()
    (site.out / "article" / name).write_text("mine")
    site.config["output"]["pages"] = "auto"
    site.build([*STORIES[:3], STORIES[3] | TAKEN_BACK["draft"]])
    assert (site.out / "article" / name).read_text() == "mine"


# Each build takes a tenth of a second, so shrinking would take minutes.
STATES = ["public", "public", "absent", *TAKEN_BACK]


def record(number, state, step):
    story = STORIES[number]
    if state == "absent":
        return []
    # A later version, so that it outranks what withdrew the article.
    return [story | {"version": step} | TAKEN_BACK.get(state, {})]


@pytest.mark.slow
@settings(max_examples=20, phases=[Phase.explicit, Phase.generate])
@given(st.lists(st.tuples(st.tuples(*[st.sampled_from(STATES)] * 4), st.booleans()), min_size=2, max_size=4))
@example(
    [(("public",) * 4, False), (("withdrawn",) * 4, False), (("absent",) * 4, True), (("public",) * 4, False)]
)
def test_an_address_once_published_is_answered_and_what_is_hidden_is_not_told(history):
    """Whichever choice is made, feeds are the same, and so is what the manifest says about public articles."""
    with TemporaryDirectory() as folder:
        sites = {}
        for mode in ("note", "remove"):
            (Path(folder) / mode).mkdir()
            sites[mode] = Site(Path(folder) / mode)
            sites[mode].config["output"] |= {"max_items": "2", "withdrawn": mode, "archive": "2"}
        answered = set()
        for step, (states, lost) in enumerate(history, 1):
            for site in sites.values():
                site.build(
                    [line for n, state in enumerate(states) for line in record(n, state, step)],
                    allow=ALLOWANCES,
                )
            note, remove = sites["note"], sites["remove"]
            shown = pages(note)
            assert answered <= shown.keys()
            answered = set(shown)
            titles = {heading(page) for page in shown.values()}
            for number, state in enumerate(states):
                told = [
                    f
                    for f in note.out.rglob("*")
                    if f.is_file() and f"Text of {number + 1}." in f.read_text()
                ]
                assert not (state in TAKEN_BACK and told)
                assert state not in TAKEN_BACK or STORIES[number]["title"] not in titles
            assert pages(remove) == {
                name: page for name, page in shown.items() if heading(page) != ENGLISH.withdrawn
            }
            for name in read_manifest(remove.out).documents:
                assert note.read(name) == remove.read(name)
            if lost:
                for site in sites.values():
                    shutil.rmtree(site.folder / ".feedpub")
