"""A first config has the patterns of all folders with articles, and no others if few words can say so."""

import os
from pathlib import Path

import pytest

from feedpub.sources.discovery import look, patterns
from feedpub.sources.files import files
from feedpub.sources.spec import SourceSpec


@pytest.mark.parametrize(
    ("with_articles", "without", "expected"),
    [
        pytest.param("a b", "", "*", id="all in one folder"),
        pytest.param("posts/a", "about", "posts/*", id="pages beside a folder of posts"),
        pytest.param("posts/a posts/x/b", "", "posts/**/*", id="folders in a folder"),
        pytest.param("a posts/b", "", "**/*", id="articles on both levels"),
        pytest.param(
            "posts/a news/b", "docs/c", "news/* posts/*", id="some folders of articles, one of others"
        ),
        pytest.param("a/x b/x c/x d/x", "e/x", "**/*", id="more folders than a config should name"),
        pytest.param("2022/a 2023/b", "img/c", "**/*", id="years, to which the next is to be added"),
        pytest.param(
            "posts/one/index posts/two/index", "posts/x/notes", "posts/**/*", id="a folder an article"
        ),
        pytest.param("posts/one/index", "", "posts/**/*", id="one article that has a folder"),
        pytest.param("posts/a", "README posts/README", "posts/*", id="files about their folders"),
        pytest.param(
            "posts/x/a posts/y/b", "posts/_index _index", "posts/**/*", id="section files of a generator"
        ),
        pytest.param("a", "node_modules/x/b", "*", id="a folder of other people's packages"),
        pytest.param("posts/a node_modules/y/b", "c", "posts/*", id="such a folder beside posts"),
        pytest.param(
            "a x/node_modules/b x/c y/d", "", "* x/* y/*", id="such a folder in a folder of articles"
        ),
        pytest.param("posts/a .git/b _site/c", "", "posts/*", id="hidden folders and what a generator wrote"),
        pytest.param("posts/a venv/pyvenv.cfg venv/b", "", "posts/*", id="an environment of Python"),
        pytest.param("[x]/a", "b", "[[]x]/*", id="signs of a pattern in a name"),
    ],
)
def test_patterns_fit_the_folders_where_articles_are(tmp_path, with_articles, without, expected):
    verdicts = {tmp_path / f"{name}.md": True for name in with_articles.split()}
    for left in ("a.md~", "#a.md#", "a.md.bak", "a.md.part"):
        (tmp_path / left).touch()
    verdicts |= {tmp_path / f"{name}.md": False for name in without.split()}
    for path in verdicts:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    if "pyvenv" in with_articles:
        (tmp_path / "venv/pyvenv.cfg").touch()
    looked = look(tmp_path, ())
    assert list(looked.groups) == [".md"]
    known = {path: verdicts[path] for path in looked.groups[".md"]}
    found = patterns(looked, known, ".md", tmp_path)
    assert found == tuple(f"{pattern}.md" for pattern in expected.split())
    # Whatever the patterns are, each article that was found matches.
    fitting = files(SourceSpec(found, tmp_path))
    assert {path for path, has in known.items() if has} <= set(fitting)


def test_a_folder_that_was_not_looked_into_for_its_size_counts_as_one_of_articles(tmp_path):
    for name in ("posts/a.md", "more/b.md", "docs/c.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    looked = look(tmp_path, ())
    verdicts = {tmp_path / "posts/a.md": True, tmp_path / "more/b.md": None, tmp_path / "docs/c.md": False}
    assert patterns(looked, verdicts, ".md", tmp_path) == ("more/*.md", "posts/*.md")


def test_what_cannot_be_looked_into_is_named_and_no_pattern_leads_there(tmp_path, monkeypatch):
    for name in ("posts/a.md", "locked/b.md", "c.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    scandir = os.scandir

    def refusing(path):
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr("os.scandir", refusing)
    looked = look(tmp_path, ())
    assert looked.unreadable == {tmp_path / "locked": "Permission denied"}
    verdicts = dict.fromkeys(looked.groups[".md"], True)
    assert patterns(looked, verdicts, ".md", tmp_path) == ("*.md", "posts/*.md")
