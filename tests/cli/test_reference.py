"""The generated pages of the docs are up to date."""

import re
from pathlib import Path

import pytest

from feedpub.cli.app import COMMANDS
from feedpub.cli.reference import manual

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_commands_is_what_help_says():
    page = (ROOT / "docs/commands.md").read_text(encoding="utf-8")
    assert page == manual(), "docs/commands.md is stale; run python3 run.py golden"


def test_every_command_has_an_example_in_its_help():
    pages = manual().split("\n## feedpub ")[1:]
    assert [page.split()[0] for page in pages] == list(COMMANDS)
    for name, page in zip(COMMANDS, pages, strict=True):
        assert f"Example: feedpub {name}" in page


def test_help_names_values_by_words_and_not_by_types():
    assert re.findall(r"<[^|<>\n]*>", manual()) == []


@pytest.mark.parametrize(
    "page", sorted([*(ROOT / "docs").glob("*.md"), *ROOT.glob("*.md")]), ids=lambda p: p.name
)
def test_every_block_of_code_names_its_language(page):
    """Otherwise the site shows it in the colours of Python."""
    fences = re.findall(r"^ *```(.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert all(fences[::2])
    assert not any(fences[1::2])


def test_every_page_of_the_docs_is_in_their_table_of_contents():
    listed = (ROOT / "docs/index.md").read_text(encoding="utf-8").split()
    missing = [page.name for page in (ROOT / "docs").glob("*.md") if page.stem not in (*listed, "index")]
    assert not missing


def test_every_link_of_the_readme_leads_somewhere():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)]+)\)", readme) if "://" not in link]
    assert links
    for link in links:
        assert (ROOT / link.split("#")[0]).exists(), link
