"""Folding gives the same result on each of its paths, and for each way to write a text."""

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.text.folding import MARK, fold

BLOCKS = [
    *((0x80, 0x530), (0x5D0, 0x5F5), (0x600, 0x700), (0x900, 0x980), (0xE00, 0xE60), (0x1100, 0x1200)),
    *(
        (0x1E00, 0x2100),
        (0x3000, 0x3130),
        (0xAC00, 0xAC40),
        (0x4E00, 0x4E20),
        (0x300, 0x340),
        (0xFE00, 0xFE70),
    ),
    *((0xFF00, 0xFFF0), (0xD800, 0xD810), (0xE000, 0xE004), (0x1F600, 0x1F610)),
]
characters = st.sampled_from(
    [chr(code) for block in BLOCKS for code in range(*block)] + list("aAI .-_'") * 40
)
texts = st.text(characters, max_size=8)
modes = st.fixed_dictionaries({"accents": st.booleans(), "case": st.booleans()})


@pytest.mark.slow
@settings(deadline=None, max_examples=1000)
@given(texts, texts, modes)
def test_a_fold_is_the_fold_of_its_parts_however_long_the_rest(one, other, mode):
    parts = fold(one, **mode) + b" . " + fold(other, **mode)
    assert fold(f"{one} . {other}", **mode) == parts
    # With much ASCII around it, a text takes the path for texts that are mostly ASCII.
    padding = "x" * 60
    assert fold(f"{one} . {other}.{padding}", **mode) == parts + b"." + padding.encode()


@settings(deadline=None, max_examples=500)
@given(texts, modes)
def test_normal_forms_that_are_canonically_equal_fold_alike(text, mode):
    assert fold(unicodedata.normalize("NFD", text), **mode) == fold(
        unicodedata.normalize("NFC", text), **mode
    )


@settings(deadline=None, max_examples=300)
@given(texts)
def test_case_does_not_count_but_in_ascii_where_the_engines_ignore_it(text):
    assert fold(text.upper().lower()).lower() == fold(text.lower().upper().lower()).lower()


def test_every_character_folds_alone_as_in_a_long_text():
    for code in range(0x80, 0x3400):
        char = chr(code)
        assert fold(f"{'x' * 20}. {char}.") == b"x" * 20 + b". " + fold(char) + b"."


@pytest.mark.slow
def test_no_character_is_an_error_and_each_folds_alike_in_every_normal_form():
    for number in range(sys.maxunicode + 1):
        char = chr(number)
        taken_apart = unicodedata.normalize("NFD", char)
        if taken_apart != char:
            assert fold(f"a {taken_apart} b") == fold(f"a {char} b"), hex(number)
        else:
            # Invisible characters disappear; every other character leaves something to find.
            assert fold(char) or unicodedata.category(char) not in ("Ll", "Lo", "Lu", "Nd", "Nl")


def test_unspaced_scripts_and_symbols_stand_between_marks_and_equal_symbols_share_them():
    assert fold("用A€€€写").decode().split(MARK) == ["", "用", "A", "€€€", "", "写", ""]
