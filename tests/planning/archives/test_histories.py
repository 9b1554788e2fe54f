"""Whatever comes, changes or goes, a reader finds each entry once, and closed pages never change."""

import shutil
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.slow

FORMATS = ("rss", "atom", "json")


@dataclass
class Story:
    number: int
    when: tuple[int, int, int]
    titles: list[str] = field(default_factory=list)
    edits: int = 0
    live: bool = True

    def record(self):
        month, day, hour = self.when
        body = " ".join(f"word{self.number}x{n}" for n in range(12)) + " more" * self.edits
        return self.titles[-1], body, f"2024-{month:02}-{day:02} {hour:02}:00"


moments = st.tuples(st.integers(1, 5), st.integers(1, 28), st.integers(0, 23))
steps = st.one_of(
    st.tuples(st.just("add"), moments),
    st.tuples(st.just("add"), moments),
    st.tuples(st.sampled_from(["retitle", "rewrite", "remove", "return"]), st.integers(0, 30)),
)
batches = st.lists(
    st.tuples(
        st.lists(steps, min_size=2, max_size=9),
        st.sampled_from(["recorded", "recorded", "lost", "killed before it was recorded"]),
    ),
    min_size=3,
    max_size=6,
)


def apply(step, stories):
    kind, value = step
    if kind == "add":
        stories.append(Story(len(stories), value, [f"Story {len(stories)}"]))
        return
    if stories:
        story = stories[value % len(stories)]
        story.live = {"remove": False, "return": True}.get(kind, story.live)
        if kind == "retitle":
            story.titles.append(f"Story {story.number} retold {len(story.titles)} times")
        if kind == "rewrite":
            story.edits += 1


def check(site, stories, before, seen):
    """Compare what a reader finds with the ``stories``, and with what was ``seen`` and found ``before``."""
    after = site.closed()
    assert {name: after.get(name) for name in before} == before, "a closed page changed"
    found = {}
    for extension in FORMATS:
        pages = site.walk(extension)
        ids = [entry for page in pages for entry in page.ids]
        assert len(set(ids)) == len(ids), f"{extension}: an entry stands twice"
        assert len(pages[0].ids) <= site.max_items
        titles = [title for page in pages for title in page.titles]
        for story in stories:
            times = sum(title in story.titles for title in titles)
            assert times == 1 if story.live else times <= 1, f"{extension}: {story} stands {times} times"
        assert {page.feed_id for page in pages} == {pages[0].feed_id}
        assert not pages[0].is_archive
        assert all(page.is_archive for page in pages[1:])
        if extension != "json":
            hrefs = [site.base + page.name for page in pages]
            assert [page.links["self"] for page in pages] == hrefs
            assert [page.links.get("current") for page in pages] == [None] + [hrefs[0]] * (len(pages) - 1)
            assert [page.links.get("next-archive") for page in pages] == [None, None, *hrefs[1:-1]][
                : len(pages)
            ]
        listed = {name for name in site.files() if name.endswith(extension)}
        assert listed == {page.name for page in pages}, "a document that nothing leads to"
        found[extension] = {entry: page.name for page in pages for entry in page.ids}
    assert found["rss"].keys() == found["atom"].keys() == found["json"].keys()
    assert {entry for entry in seen if entry not in found["atom"]} == set()
    return after, {entry for page in site.walk("atom")[2:] for entry in page.ids}


def live(site, history, settings_of=None):
    """Build after each batch of a ``history``, with changes of settings, and check what a reader finds."""
    stories, closed, seen = [], {}, set()
    for number, (batch, memory) in enumerate(history):
        for name, value in (settings_of[number] if settings_of else {}).items():
            setattr(site, name, value)
        for step in batch:
            apply(step, stories)
        records = [story.record() for story in stories if story.live]
        saved = site.folder / "saved"
        shutil.rmtree(saved, ignore_errors=True)
        if (site.folder / ".feedpub").exists():
            shutil.copytree(site.folder / ".feedpub", saved)
        site.build(records, allow={"empty", "moved-dates"})
        closed, seen = check(site, stories, closed, seen)
        files = site.files()
        if memory != "recorded":
            site.lose_state()
        if memory.startswith("killed") and saved.exists():
            shutil.copytree(saved, site.folder / ".feedpub")
        site.build(records)
        assert site.files() == files, "a second build of the same changed something"


bounds = st.sampled_from(["", ", max_bytes: 4 KB"])


@settings(max_examples=25, deadline=None)
@given(history=batches, size=st.integers(1, 4), bound=bounds)
def test_pages_of_so_many_entries(make_site, history, size, bound):
    live(make_site(size, more=bound), history)


@settings(max_examples=20, deadline=None)
@given(history=batches, bound=bounds)
def test_pages_of_a_month(make_site, history, bound):
    live(make_site("monthly", more=bound), history)


told = st.fixed_dictionaries(
    {
        "archive": st.sampled_from([1, 2, 3, "monthly"]),
        "more": bounds,
        "max_items": st.integers(2, 5),
        "formats": st.sampled_from(["[rss, atom, json]", "[rss, atom, json], layout: releases, gzip: true"]),
    }
)


@settings(max_examples=20, deadline=None)
@given(history=batches, settings_of=st.lists(told, min_size=6, max_size=6))
def test_pages_of_a_site_that_is_told_otherwise_each_time(make_site, history, settings_of):
    live(make_site(1), history, settings_of)
