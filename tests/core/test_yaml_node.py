"""YAML is read strictly, and every error says where the mistake is and what would be right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedpub.core.errors import ConfigError
from feedpub.core.yaml_node import MAX_DEPTH, read_yaml

REFUSED = [
    # (YAML, line, column, part of the message)
    ("a: 1\na: 2", 2, 1, "the key 'a' appears twice; the first is on line 1"),
    ("a:\n  b: 1\n  b: 2", 3, 3, "a.b: the key 'b' appears twice"),
    ("a: &x 1", 1, 4, 'write "&x" in quotes'),
    ("a: *x", 1, 4, 'write "*x" in quotes'),
    ("a: *infix*", 1, 10, "put text that begins with * or & in quotes"),
    ("a: !!python/object:os.system ls", 1, 4, "for a tag"),
    ("a: !stop", 1, 4, "put text that begins with ! in quotes"),
    ("a:\tb: c", 1, 3, "indent with spaces, not tabs"),
    ("a: kingdom: come", 1, 11, "put text with a colon in quotes"),
    ("a: [", 1, 4, "the [ that opens here is not closed; write ] at its end"),
    ("a: [x, y\nb: 2", 1, 4, "the [ that opens here is not closed"),
    ('a: ["x" "y"]', 1, 9, "a comma is missing here, or the ] that closes line 1"),
    ("a: {\n  b: c\n  d: e }", 3, 4, "a comma is missing here, or the } that closes line 1"),
    ("a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> x", 2, 1, "a merge conflict is not resolved"),
    ("a:\n  - 1\n=======\n  - 3\n>>>>>>> x\nb: 1", 3, 1, "a merge conflict is not resolved"),
    ('a: "Ops\nb: x\n', 1, 4, 'the quote that opens here is not closed; write " where the text ends'),
    ("a: 1\r\nb: 'Ops\r\nc: x", 2, 4, "the quote that opens here is not closed; write ' where the text ends"),
    ('a: "Ops\nb: "x"', 1, 4, "the quote that opens here is closed only in line 2, before other text"),
    ('a: ["oil, gas]\nb: ["x"]', 1, 5, "the quote that opens here is closed only in line 2"),
    (
        "a: 'It's good'\nb: c",
        1,
        8,
        "text follows the closing quote; put the whole text in quotes, and write two",
    ),
    ('a: "Ops" and more', 1, 10, r"text in quotes, and write \" for each quote in it"),
    (
        "a:\n  b: x\n   c: y",
        3,
        4,
        "the line is indented too far, so that YAML takes it for more of the text above",
    ),
    ("a:\n  - b: x\n\n      c: y", 4, 7, "the line is indented too far"),
    (
        "a:\n    b: x\n  c: y",
        3,
        3,
        "the indentation of this line fits no line above; begin it in the same column",
    ),
    ("a:\n  - b: x\n - c: y", 3, 2, "the indentation of this line fits no line above"),
    (" a: x\nb: y", 2, 1, "the indentation of this line fits no line above"),
    ("a:\n  b: {}\n  - x", 3, 3, "a line with - is among keys; indent it under the key that it belongs to"),
    ("a:\n  - x\n  b: {}", 3, 3, "a key is among lines with -"),
    ("a: 1\ntitle x\nb: 2", 2, 1, "the line has no colon with a space after it; write key: value"),
    ("a:\n  b:1\n  c: 2", 2, 3, "the line has no colon with a space after it"),
    ("a: @x", 1, 4, "put text that begins with such a character in quotes"),
    ('a: "C:\\xyz"', 1, 9, r"write \\ for a backslash, or use single quotes"),
    ("a: \x07", 1, 1, "U+0007"),
    ("? [a]\n: b", 1, 3, "a key must be text"),
    ("a: 1\n--- \nb: 2", 2, 1, "a second YAML document"),
    ("[" * (MAX_DEPTH + 5) + "]" * (MAX_DEPTH + 5), 1, MAX_DEPTH + 2, "levels deep"),
]


@pytest.mark.parametrize(("yaml", "line", "column", "says"), REFUSED)
def test_what_yaml_would_get_wrong_is_refused_with_its_place(yaml, line, column, says):
    with pytest.raises(ConfigError) as caught:
        read_yaml(yaml.encode(), "c.yaml")
    assert says in str(caught.value)
    assert (caught.value.where.line, caught.value.where.column) == (line, column)


@given(st.text(alphabet="ab:-[]{}\"'<>=&*!|?,# \r\n", max_size=40))
def test_whatever_is_wrong_is_said_at_a_place_in_the_file(text):
    try:
        read_yaml(text.encode(), "c.yaml")
    except ConfigError as caught:
        for error in caught.errors:
            assert 1 <= error.where.line <= len(text.splitlines()) + 1
            assert error.problem


@pytest.mark.parametrize("text", ["a: |\n  =======\n  <<<<<<< x", "a: '\n  =======\n  '", "a: b\n#=======\n"])
def test_lines_like_those_of_a_merge_conflict_are_text_where_yaml_reads_them_so(text):
    assert "a" in read_yaml(text.encode(), "c.yaml").mapping()


AS_TEXT = [
    ("NO", "YAML reads NO as false"),
    ("yes", "as true"),
    ("12:30", "as a number in base 60"),
    ("12:30:00", "as a number in base 60"),
    ("007", "as a number in base 8"),
    ("1.10", "without its last zeros"),
    ("1_000", "as a number"),
    ("~", "as null"),
    ("", "found nothing"),
    ("[a]", "found a list"),
    ("{a: b}", "found a mapping"),
]


@pytest.mark.parametrize(("yaml", "says"), AS_TEXT)
def test_a_plain_scalar_that_other_readers_take_for_no_text_is_refused_as_text(yaml, says):
    node = read_yaml(f"key: {yaml}".encode(), "c.yaml").mapping()["key"]
    with pytest.raises(ConfigError) as caught:
        node.text()
    assert str(caught.value).startswith("c.yaml:1:")
    assert ": key: " in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize("text", ["NO", "12:30", "1.10", "*stem", "&amp", "!", "a: b", "no # no", "~"])
def test_quotes_make_any_text_mean_itself(text):
    for quote in "'\"":
        assert read_yaml(f"- {quote}{text}{quote}".encode(), "c.yaml").items()[0].text() == text


@pytest.mark.parametrize(
    "text", ["2023", "747", "Airbus", "=IT", "C++", ".NET", "AT&T", "U.S.", "3.5", "stem*"]
)
def test_plain_text_and_plain_whole_numbers_mean_themselves(text):
    assert read_yaml(f"- {text}".encode(), "c.yaml").items()[0].text() == text


def test_an_unknown_key_names_the_nearest_known_one():
    with pytest.raises(
        ConfigError, match=r"c.yaml:2:3: site.tittle: unknown key 'tittle'; did you mean 'title'\?"
    ):
        read_yaml(b"site:\n  tittle: x", "c.yaml").mapping()["site"].fields(["title", "language"])


def test_a_missing_key_is_named_at_its_mapping():
    with pytest.raises(ConfigError, match="the key 'title' is missing"):
        read_yaml(b"a: b", "c.yaml").fields(["a", "title"], required=["title"])


@pytest.mark.parametrize(
    ("yaml", "fits"), [("5", True), ("0", False), ("-1", False), ("5.0", False), ("99", False)]
)
def test_whole_numbers_keep_their_bounds(yaml, fits):
    node = read_yaml(yaml.encode(), "c.yaml")
    if fits:
        assert node.integer(minimum=1, maximum=10) == 5
    else:
        with pytest.raises(ConfigError, match="from 1 to 10"):
            node.integer(minimum=1, maximum=10)


def test_a_file_that_is_not_utf_8_is_refused_with_the_line():
    with pytest.raises(ConfigError, match=r"c.yaml:2:1: the file is not UTF-8"):
        read_yaml(b"a: b\nc: \xff", "c.yaml")


def test_a_byte_order_mark_is_no_text():
    assert "a" in read_yaml(b"\xef\xbb\xbfa: b", "c.yaml").mapping()
