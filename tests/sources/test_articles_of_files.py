"""People's files become the articles that they mean: a table of inputs and expected fields."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from feedpub.articles.article import Article

TABLE = Path(__file__).parents[1] / "data/sources/articles.yaml"
ROWS = yaml.safe_load(TABLE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_a_file_gives_the_article_that_its_owner_means(row, source, gives):
    items = gives(source(row.get("source", "timezone: Europe/Berlin")), row["input"].encode(), row["file"])
    articles = [item for item in items if isinstance(item, Article)]
    assert [shown(article, wanted) for article, wanted in zip(articles, row["articles"], strict=True)] == row[
        "articles"
    ], items


def shown(article, wanted):
    values = {
        "title": article.title,
        "body": article.body,
        "published": article.published.isoformat(),
        "updated": article.updated and article.updated.isoformat(),
        "link": article.link,
        "authors": [author.name for author in article.authors],
        "categories": list(article.categories),
        "summary": article.summary,
        "image": article.image,
        "language": article.language,
    }
    return {field: values[field] for field in wanted}
