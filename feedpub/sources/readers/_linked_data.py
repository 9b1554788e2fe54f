"""Data about a page's article in JSON-LD, the form of schema.org's data that most sites use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

# The kinds of article (schema.org/Article), and the postings of blogs and networks.
_ARTICLES = frozenset(
    (
        "Article", "AdvertiserContentArticle", "AnalysisNewsArticle", "AskPublicNewsArticle",
        "BackgroundNewsArticle", "BlogPosting", "DiscussionForumPosting", "LiveBlogPosting", "NewsArticle",
        "OpinionNewsArticle", "Report", "ReportageNewsArticle", "ReviewNewsArticle", "SatiricalArticle",
        "ScholarlyArticle", "SocialMediaPosting", "TechArticle",
    )
)  # fmt: skip
_PAGES = frozenset(("WebPage", "AboutPage", "ItemPage", "MedicalWebPage", "FAQPage", "QAPage"))
# XHTML wraps a script in CDATA or a comment, which is not part of the JSON.
_WRAPPING = re.compile(
    r"\A\s*(?:(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?|<!--(?:/\*)?)\s*"
    r"|\s*(?:(?://|/\*)?\s*\]\]>\s*(?:\*/)?|(?://)?-->)\s*\Z"
)
# Members that contain the article of a page, and members that contain others.
_WITHIN = ("@graph", "mainEntity", "mainEntityOfPage")
MAX_NODES = 2_000


class LinkedData(NamedTuple):
    """The article of a page and the page itself, as nodes of JSON-LD; empty where there are none."""

    article: Mapping[str, Any]
    page: Mapping[str, Any]


def linked_data(tree: Any, names: frozenset[str]) -> LinkedData:
    """Return the article in the scripts of a page; scripts that are not JSON are ignored.

    If there are several articles, the one whose headline or address is in ``names`` counts, else the first.
    """
    nodes = [node for value in _scripts(tree) for node in _nodes(value)][:MAX_NODES]
    known = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 1}
    articles = [node for node in nodes if _types(node) & _ARTICLES]
    named = (node for node in articles if not names.isdisjoint(_names(node)))
    article = next(named, articles[0] if articles else {})
    pages = [node for node in nodes if _types(node) & _PAGES]
    return LinkedData(_resolved(article, known), pages[0] if pages else {})


def is_article(node: Mapping[str, Any]) -> bool:
    """Say whether a node is an article (schema.org/Article) of any kind."""
    return "@type" in node and not _types(node).isdisjoint(_ARTICLES)


def text_of_node(value: Any) -> str:
    """Return the text of a member: the text itself, the value of a typed one, or the first of a list."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        value = value.get("@value") or value.get("name") or ""
    return "" if value is None or isinstance(value, Mapping | list) else str(value)


def _scripts(tree: Any) -> Iterator[Any]:
    for element in tree.iter("script"):
        kind = (element.get("type") or "").partition(";")[0]
        if kind.strip().lower() != "application/ld+json":
            continue
        try:
            # Line breaks in texts are common, although JSON does not allow them.
            yield json.loads(_WRAPPING.sub("", element.text or ""), strict=False)
        except (ValueError, RecursionError):
            continue


def _nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the nodes of a document from the top down; not those of lists of other articles."""
    left = [value]
    while left:
        found = left.pop(0)
        if isinstance(found, list):
            left[:0] = found[:MAX_NODES]
        elif isinstance(found, Mapping):
            if _types(found):
                yield found
            left += [found[name] for name in _WITHIN if name in found]


def _types(node: Mapping[str, Any]) -> set[str]:
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return {re.split("[/#:]", kind)[-1] for kind in listed if isinstance(kind, str)}


def _names(node: Mapping[str, Any]) -> Iterator[str]:
    """Yield the headline and the addresses of a node."""
    page = node.get("mainEntityOfPage")
    page = page.get("@id") if isinstance(page, Mapping) else page
    for value in (node.get("headline"), node.get("name"), node.get("url"), node.get("@id"), page):
        if isinstance(value, str):
            yield " ".join(value.split())


def _resolved(article: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the article with its authors in place of references to them."""
    authors = article.get("author")
    if authors is None:
        return article
    listed = authors if isinstance(authors, list) else [authors]
    return {**article, "author": [_person(author, known) for author in listed]}


def _person(author: Any, known: Mapping[str, Mapping[str, Any]]) -> Any:
    """Return an author, with references such as ``{"@id": "#ann"}`` resolved, and only with texts."""
    if not isinstance(author, Mapping):
        return author
    node = {**known.get(str(author.get("@id")), {}), **author}
    return {name: text_of_node(node.get(name)) for name in ("name", "url", "email") if node.get(name)}
