"""Examples that live beside a rule: texts that its feed must take or must not."""

from __future__ import annotations

from datetime import UTC, datetime

from feedpub.articles.article import Article, Author, Origin
from feedpub.core.yaml_node import Node
from feedpub.rules.model import Example
from feedpub.rules.terms import FIELDS

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def parse_examples(node: Node) -> tuple[Example, ...]:
    """Return the examples of one feed."""
    mapping = node.fields(("match", "no_match"))
    return tuple(
        _example(item, wanted=key == "match")
        for key, items in mapping.items()
        for item in items.items(single=True)
    )


def _example(node: Node, *, wanted: bool) -> Example:
    if isinstance(node.value, str):
        text = node.text()
        return Example(node.where, text, wanted, (("title", text),))
    mapping = node.fields(FIELDS)
    fields = tuple((name, mapping[name].text()) for name in FIELDS if name in mapping)
    if not fields:
        raise node.error("the example is empty", "write a title, or {title: …, body: …}")
    return Example(node.where, " · ".join(text for _, text in fields), wanted, fields)


def as_article(example: Example) -> Article:
    """Return the example as an article; a plain text is a title."""
    given = dict(example.fields)
    where = example.where
    return Article(
        id="example",
        title=given.get("title", ""),
        body=given.get("body", ""),
        published=_LONG_AGO,
        origin=Origin(where.file, where.line, where.line),
        authors=(Author(given["author"]),) if "author" in given else (),
        categories=(given["category"],) if "category" in given else (),
    )
