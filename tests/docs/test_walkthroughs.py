"""The tutorial and the recipes work: their files are written, and their commands print what the docs show."""

import re
import shutil
from pathlib import Path

import pytest

from tests.docs.walk import Walk, free_port

pytestmark = pytest.mark.slow

DOCS = Path(__file__).resolve().parents[2] / "docs"
TUTORIAL = (DOCS / "tutorial.md").read_text(encoding="utf-8")
RECIPES = re.split(r"^## ", (DOCS / "how-to.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site at the end of the tutorial, for the recipes."""
    return tmp_path_factory.mktemp("tutorial") / "site"


@pytest.fixture(scope="module")
def port():
    return free_port()


@pytest.fixture
def walk(tmp_path, command, port):
    found = Walk(tmp_path / "site", command, port)
    yield found
    found.end()


def test_the_tutorial_leads_from_an_empty_folder_to_a_reader(walk, site):
    walk.folder.mkdir()
    walk.through(TUTORIAL)
    assert walk.commands > 12
    if not site.exists():
        shutil.copytree(walk.folder, site)


@pytest.mark.parametrize("recipe", RECIPES, ids=[recipe.partition("\n")[0] for recipe in RECIPES])
def test_a_recipe_does_what_it_says(walk, site, recipe):
    """Each recipe begins with the site at the end of the tutorial."""
    if site.exists():
        shutil.copytree(site, walk.folder)
    else:
        walk.folder.mkdir()
        walk.through(TUTORIAL)
        walk.end()
        shutil.copytree(walk.folder, site)
    walk.through(recipe)
