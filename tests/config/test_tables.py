"""The tables of keys in the docs are generated from the declarations."""

import re
from pathlib import Path

import pytest

from feedpub.config.tables import TABLES, renewed

PAGES = {
    page.name: page.read_text(encoding="utf-8") for page in (Path(__file__).parents[2] / "docs").glob("*.md")
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_the_keys_of_the_code(page):
    assert PAGES[page] == renewed(PAGES[page]), f"docs/{page} is stale; run python3 run.py golden"


def test_every_table_is_on_a_page():
    assert {
        name for page in PAGES.values() for name in re.findall(r"<!-- keys of (.+?) -->", page)
    } == TABLES.keys()
