"""CSS selectors find the same elements as XPath, in linear time."""

from __future__ import annotations

import sys

import pytest
from cssselect import HTMLTranslator
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from feedpub.core.errors import Where
from feedpub.sources import selectors
from feedpub.sources.cleaning import Cleaning, Selector, select
from feedpub.sources.selectors import Elements, selector_problem

TREES = st.recursive(
    st.sampled_from(["oak", "<!-- elm -->", "<br>", '<i class="x">é</i>']),
    lambda inner: st.builds(
        lambda tag, said, parts: f"<{tag} {said}>{''.join(parts)}</{tag}>",
        st.sampled_from(["div", "span", "b"]),
        st.sampled_from(["", 'class="a"', 'class="a x" id="n"', 'data-k="v-w" lang="de"']),
        st.lists(inner, max_size=5),
    ),
    max_leaves=25,
)
PLACES = st.builds(
    "{}({})".format,
    st.sampled_from([":nth-child", ":nth-last-child", ":nth-of-type", ":nth-last-of-type"]),
    st.sampled_from(["1", "2n", "odd", "2n+3", "-n+2", "3n-1", "n", "0n+0", "-2n-1"]),
)
SIMPLE = st.one_of(
    st.sampled_from(
        [
            ".a", ".x", "#n", "[data-k]", "[data-k|=v]", "[class$='x']", ":empty", ":root", ":contains('oak')",
            ":lang(de)", ":first-child", ":last-child", ":only-child", ":first-of-type", ":last-of-type",
            ":only-of-type",
        ]
    ),
    PLACES,
)  # fmt: skip
COMPOUNDS = st.builds(
    lambda tag, parts: tag + "".join(parts),
    st.sampled_from(["div", "span", "b", "i", "DIV"]),
    st.lists(SIMPLE, max_size=2),
)
CHAINS = st.builds(
    lambda first, rest: first + "".join(f"{sign}{part}" for sign, part in rest),
    COMPOUNDS,
    st.lists(st.tuples(st.sampled_from([" ", " > ", " + ", " ~ "]), COMPOUNDS), max_size=2),
)
NESTED = st.builds(
    lambda chain, name, lead, inner: f"{chain}:{name}({lead if name == 'has' else ''}{inner})",
    CHAINS,
    st.sampled_from(["has", "not"]),
    st.sampled_from(["", "> ", "+ ", "~ "]),
    CHAINS,
)
LISTED = st.builds("{}:{}({}, {})".format, CHAINS, st.sampled_from(["is", "where"]), COMPOUNDS, COMPOUNDS)
SELECTORS = st.lists(st.one_of(CHAINS, NESTED, LISTED), min_size=1, max_size=2).map(", ".join)


@settings(max_examples=300)
@given(TREES, SELECTORS)
def test_a_selector_fits_what_xpath_finds(markup, css):
    tree = html.document_fromstring(f"<body>{markup}</body>")
    assert Elements(tree).fitting(css) == etree.XPath(HTMLTranslator().css_to_xpath(css))(tree)


@pytest.mark.parametrize(
    "css", ["p >", "p::before", "p:hoover", "svg|p", ":nth-child(x)", ":contains(1)", "p:has()", ""]
)
def test_what_cannot_be_looked_for_is_told_before_anything_is_read(css):
    assert selector_problem(css)


COSTLY = (
    "p ~ p", "p + p", "p:nth-child(2n)", "p:nth-last-of-type(3)", "p:last-child", "p:only-of-type", "p:has(~ b)",
    "p:not(p ~ p)", "b ~ p ~ p + p", ".x", "div p", "p:empty",
)  # fmt: skip


@pytest.mark.parametrize("css", COSTLY)
def test_twice_the_siblings_take_twice_the_steps(css, monkeypatch):
    """Steps are executed lines of Python; XPath is only asked about single elements, never about siblings."""
    asked = []
    compiled = selectors._compiled
    monkeypatch.setattr(selectors, "_compiled", lambda path: asked.append(path) or compiled(path))

    def steps(count):
        body = "<div>" + "".join(f"<p>a{n}</p>t{n}" for n in range(count)) + "</div>"
        taken = 0

        def line(_frame, event, _arg):
            nonlocal taken
            taken += event == "line"
            return line

        before = sys.gettrace()
        sys.settrace(line)
        try:
            select(Cleaning(remove=(Selector(css, Where("config.yaml", 1, 1)),)), body)
        finally:
            sys.settrace(before)
        return taken

    fewer, more = steps(200), steps(400)
    assert more < 2.1 * fewer
    assert not any("sibling" in path or "position" in path for path in asked)


@pytest.mark.slow
@pytest.mark.parametrize("css", COSTLY)
def test_thousands_of_siblings_are_looked_through_in_moments(css):
    tree = html.document_fromstring("<div>" + "<p>a</p>t" * 100_000 + "</div>")
    assert len(Elements(tree).fitting(css)) <= 100_000


def test_what_is_removed_leaves_the_texts_beside_it_where_they_were():
    body = "a<b>1</b>b<i>2</i><!--c-->d<b>3</b>e<b>4</b><p>f<b>5</b>g<b>6</b></p>h<b>7</b>"
    rule = Cleaning(remove=(Selector("b", Where("config.yaml", 1, 1)),))
    assert select(rule, body).body == "ab<i>2</i><!--c-->de<p>fg</p>h"
