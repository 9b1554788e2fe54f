"""A Markdown article without a date gets that of its file name or its folders."""

from __future__ import annotations

import pytest

from feedpub.articles.article import Article
from feedpub.sources import read


@pytest.mark.parametrize(
    ("name", "dated"),
    [
        ("2024-03-01-title.md", True),
        ("posts/2024-3-1_title.md", True),
        ("2024-03-01.md", True),
        ("2024-03-01-bundle/index.md", True),
        ("posts/2024-03-01/index.md", True),
        ("posts/2024-03-01-bundle/_index.md", True),
        ("2024/03/01/title.md", True),
        ("blog/2024/3/1/title.md", True),
        ("2024-03-01-bundle/other.md", False),
        ("2024/03/title.md", False),
        ("12024-03-01-title.md", False),
        ("index.md", False),
    ],
)
def test_names_date_an_article(name, dated, source, tmp_path):
    """Only whole dates count."""
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("# Title\n\nBody\n")
    item = next(read(source(), path, "example.org,2023"))
    assert isinstance(item, Article) is dated
    if dated:
        assert f"{item.published:%F}" == "2024-03-01"
