"""How articles are matched to the entries of another program's feed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from feedpub.articles.adoption import Adoptable, OldEntry, match
from feedpub.articles.article import Origin
from feedpub.articles.ids import atom_id, id_from_atom
from feedpub.core.feed_values import identifier

ROWS = yaml.safe_load((Path(__file__).parents[1] / "data/adoption.yaml").read_text())
START = datetime(2024, 1, 1, tzinfo=UTC)


def entry(id_, link, title, hour, feed="old.xml"):
    return OldEntry(id_, START + timedelta(hours=hour), Origin(feed, 1, 1), title, link)


def article(number, link, title, hour):
    return Adoptable(f"a{number}", title, START + timedelta(hours=hour), link, Origin(f"{number}.md", 1, 1))


@pytest.mark.parametrize("row", ROWS, ids=[row["what"] for row in ROWS])
def test_an_article_is_the_entry_with_its_link_else_with_its_title_and_instant(row):
    articles = [article(number, *told) for number, (*told, _) in enumerate(row["articles"])]
    found = match(articles, [entry(*told) for told in row["entries"]])
    expected = [taken for *_, taken in row["articles"]]
    assert [found.found[a.id].id if a.id in found.found else "-" for a in articles] == expected
    seconds = set(row.get("seconds", ()))
    assert {e.id for e in found.seconds} == seconds
    assert {e.id for e in found.others} == {e[0] for e in row["entries"]} - set(expected) - seconds
    assert not found.clashes


def test_two_articles_that_are_one_entry_are_both_named():
    old = entry("e1", "https://x.test/a", "One", 1)
    one, other = article(1, "http://x.test/a/", "Two", 2), article(2, None, "One", 1)
    (clash,) = match([one, other], [old]).clashes
    assert clash == (old, one, other)


LINKS = st.sampled_from(
    [None, "https://x.test/a", "http://www.x.test/a/", "https://x.test/b#c", "https://x.test/"]
)
TOLD = st.tuples(LINKS, st.sampled_from(["One", "Two"]), st.integers(0, 2))


@given(st.lists(TOLD, max_size=6), st.lists(TOLD, max_size=6))
def test_matching_agrees_with_a_plain_search(entries, articles):
    """Each article is compared with each entry; one that fits several entries has no match."""
    old = [entry(f"e{number}", *told) for number, told in enumerate(entries)]
    new = [article(number, *told) for number, told in enumerate(articles)]

    def same_link(a, e):
        bare = [
            link and link.split("#")[0].split("://")[1].removeprefix("www.").rstrip("/") for link in (a, e)
        ]
        return bare[0] is not None and bare[0] == bare[1]

    expected = {}
    for a in new:
        linked = [e for e in old if same_link(a.link, e.link)]
        told = [e for e in old if (a.title, a.published) == (e.title, e.published)]
        for fitting in (linked, told):
            if len(fitting) == 1:
                expected.setdefault(a.id, fitting[0])
    assert dict(match(new, old).found) == expected


@given(st.text(min_size=1).map(str.strip).filter(bool))
def test_an_id_that_atom_cannot_carry_comes_back_from_the_one_that_holds_it(text):
    shown = atom_id("x.test,2024", text)
    assert identifier(shown)
    assert id_from_atom("x.test,2024", shown) == text
