"""What the engine spares itself changes nothing: places counted late, checks that are not called."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.validator._engine import plan_for
from feedpub.validator._source_text import Source, decode
from feedpub.validator.check_kinds import Circumstances
from feedpub.validator.document import read

DATA = Path(__file__).resolve().parents[1] / "data" / "validate"
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


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(DATA)))
def test_a_check_that_a_shape_rules_out_would_find_nothing(file):
    document = read(decode(file.read_bytes()).data)
    about = Circumstances(None, None, document)
    for node in document.nodes:
        made = plan_for(node.within, node.tag)
        for check in set(made.shaped) - set(made.for_shape(node.children)):
            assert not list(check.element(node, made.element, about)), check.code
