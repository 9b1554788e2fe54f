"""The engine's shortcuts do not change results: late counting of places, and skipped checks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.validator._engine import for_object, grammar_of, plan_for
from feedpub.validator._source_text import Source, decode
from feedpub.validator.check_kinds import UNDEFINED, Context, ElementCheck, JsonCheck, ValueCheck
from feedpub.validator.checks import CHECKS
from feedpub.validator.document import Node, read
from feedpub.validator.json_document import Json
from feedpub.validator.json_document import read as read_json
from feedpub.validator.vocabulary import ELEMENTS, IN_CONTEXT
from feedpub.validator.vocabulary.json_feed import TABLES

DATA = Path(__file__).resolve().parents[1] / "data" / "validator"
FILES = sorted(DATA.rglob("*.xml"))


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["a", "é", "€", "😀", "\n", "\r", "\r\n", "a" * 5000, "é\n" * 3000]), max_size=12
    )
)
def test_a_place_is_what_counting_from_the_start_gives(pieces):
    text = "".join(pieces)
    source = Source(text.encode())
    for length in {0, len(text) // 3, len(text) // 2, len(text)}:
        if text[length - 1 : length + 1] == "\r\n" and length:
            continue
        lines = text[:length].replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert source.place(len(text[:length].encode())) == (len(lines), len(lines[-1]) + 1)


NODES = [node for file in FILES for node in read(decode(file.read_bytes()).data).nodes]


@st.composite
def elements(draw):
    """An element of one of the cases, perhaps without its attributes, its text or some of its children."""
    found = draw(st.sampled_from(NODES))
    changed = Node(
        found.tag, found.prefix, found.within, found.base, found.attributes, found.source, found.offset
    )
    lost = draw(st.sets(st.sampled_from(["attributes", "text", "children"])))
    changed.attributes = {} if "attributes" in lost else found.attributes
    changed.text = "" if "text" in lost else found.text
    changed.children = [
        child for child in found.children if "children" not in lost or not draw(st.booleans())
    ]
    return changed


@pytest.mark.slow
@settings(deadline=None, max_examples=2000)
@given(elements())
def test_a_check_that_is_spared_an_element_would_find_nothing_in_it(node):
    made = plan_for(node.within, node.tag)
    about = Context(node=node, element=made.element or UNDEFINED)
    called = made.for_element(node)
    for check in CHECKS:
        if (
            isinstance(check, ElementCheck)
            and check.wants(node.within, node.tag, made.element)
            and check not in called
        ):
            assert not list(check.find(about)), check.code


GRAMMARS = {
    value
    for element in (*ELEMENTS.values(), *IN_CONTEXT.values())
    for value in (element.text, *element.attributes.values())
    if value is not None
}


@pytest.mark.parametrize("value", sorted(GRAMMARS, key=repr), ids=lambda value: value.name)
def test_what_is_blank_is_told_once(value):
    about = Context(value=value)
    wrong = [check.code for check in grammar_of(value).checks("") if check.find(about) is not None]
    assert len(wrong) <= 1, wrong


@pytest.mark.slow
@settings(deadline=None, max_examples=2000)
@given(
    elements(),
    st.sampled_from(
        ["", "", " ", "<", "a <b", "&amp;", "&", "https://example.org/", "17", "<b>x</b>", "a&#233;"]
    ),
)
def test_a_check_that_is_spared_a_value_would_find_nothing_in_it(node, other):
    made = plan_for(node.within, node.tag)
    values = [(made.text, node.text.strip())] if made.text else []
    values += [
        (made.attributes[name], text) for name, text in node.attributes.items() if name in made.attributes
    ]
    for grammar, text in [*values, *((grammar, other) for grammar, _ in values)]:
        about = Context(text=text, value=grammar.value)
        called = grammar.checks(text)
        for check in CHECKS:
            if isinstance(check, ValueCheck) and grammar.value.kind in check.kinds and check not in called:
                assert check.find(about) is None, check.code


VALUES = {
    "id": ["a", " ", 7, None],
    "version": ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1", 2],
    "items": [[], [{"id": "1"}], [1], {}],
    "title": ["a", "", []],
    "content_text": ["a", ""],
    "author": [{}, [{}]],
    "authors": [[], [{}], [[]], ["a"]],
    "name": ["a", ""],
    "colour": [1, "a"],
    "_own": [1],
}


@pytest.mark.slow
@settings(deadline=None, max_examples=1000)
@given(
    st.sampled_from(sorted(TABLES)),
    st.lists(
        st.sampled_from(sorted(VALUES)).flatmap(
            lambda key: st.tuples(st.just(key), st.sampled_from(VALUES[key]))
        )
    ),
    st.sampled_from(VALUES["version"]),
)
def test_a_check_that_is_spared_an_object_of_json_would_find_nothing_in_it(table, pairs, version):
    text = f"{{{', '.join(f'{json.dumps(key)}: {json.dumps(value)}' for key, value in pairs)}}}"
    found, _ = read_json(text.encode())
    about = Context(feed=Json({"version": version}), object=found, table=table)
    called = for_object(found, table)
    for check in CHECKS:
        if (
            isinstance(check, JsonCheck)
            and (not check.tables or table in check.tables)
            and check not in called
        ):
            assert not list(check.find(about)), check.code
