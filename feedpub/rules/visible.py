"""What a reader sees of an article: the texts that rules are matched on."""

from __future__ import annotations

from feedpub.articles.article import Article
from feedpub.rules.terms import FIELDS, Field
from feedpub.text.safe_html import visible

# What rules look at unless they say otherwise, and so what has to be fast.
_TITLE_AND_BODY: frozenset[Field] = frozenset(("title", "body"))


def texts(article: Article, field: Field) -> tuple[str, ...]:
    """Return the visible texts of a field: several authors or categories, one title, one body."""
    if field == "title":
        return (article.title,)
    if field == "body":
        return (visible(article.body) if article.html else article.body,)
    if field == "category":
        return article.categories
    return tuple(author.name for author in article.authors)


def joined(article: Article, fields: frozenset[Field]) -> str:
    """Return the texts of several fields between zero characters, which no term holds; the body is visible text."""
    if fields == _TITLE_AND_BODY:
        return f"\0{article.title}\0{article.body}\0"
    parts = [text for field in FIELDS if field in fields for text in texts(article, field)]
    return "\0".join(("", *parts, ""))
