"""HTML pages: one article a file. Metadata as the page declares them, the main text through trafilatura.

A date is taken only from where a page declares it: Open Graph's ``article:published_time``, schema.org's
``datePublished``, Dublin Core, or a ``<time datetime>`` of its article; never from what looks like one in the text, and
never from a comment or a teaser.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from feedpub.articles.article import Author, Boilerplate
from feedpub.sources.decoding import UndecodableError, read_whole, text_of_file
from feedpub.sources.field_mapping import authors_of, categories_of
from feedpub.sources.normalisation import build
from feedpub.sources.records import ByteStream, Item, Record, RecordError, reject
from feedpub.sources.spec import ParseContext
from feedpub.sources.withheld import hold_of
from feedpub.text.dates import DatePolicy

_DATE = (
    "article:published_time", "datepublished", "og:published_time", "date", "dc.date", "dc.date.issued",
    "dcterms.created", "dcterms.issued", "parsely-pub-date", "publish-date", "pubdate", "sailthru.date",
)  # fmt: skip
_UPDATED = ("article:modified_time", "datemodified", "og:updated_time", "dcterms.modified", "modified")
_TITLE = ("og:title", "headline", "dc.title", "twitter:title")
_AUTHOR = ("author", "authors", "article:author:name", "dc.creator", "parsely-author", "sailthru.author")
_SUMMARY = ("og:description", "description", "dc.description", "summary")
_CATEGORIES = ("article:tag", "keywords", "news_keywords", "tags")
# Where others speak: comments, and teasers of other articles. Words of a class are told apart by spaces and hyphens.
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|respond|replies|teasers?|related|sidebar)(?:$|[\s_-])",
    re.IGNORECASE,
)
MAX_COMPARED = 5_000
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
_ARTICLE_TYPES = ("Article", "NewsArticle", "BlogPosting", "ReportageNewsArticle", "AnalysisNewsArticle")


def read(stream: ByteStream, reading: ParseContext) -> Iterator[Item]:
    """Yield the page's article, or why there is none."""
    data, origin = read_whole(stream, reading)
    if not data.strip():
        if data:
            yield Boilerplate(origin)
        return
    try:
        markup = text_of_file(data, reading.spec.encoding or _declared_encoding(data))
        record = _record(markup, reading.spec.dates)
    except (RecordError, UndecodableError) as error:
        yield reject(origin, str(error), data[:8192].decode(errors="replace"))
        return
    yield from build(reading, origin, record, lambda: markup)


def _declared_encoding(data: bytes) -> str | None:
    """Return the encoding that the page names for itself (HTML, 4.2.5.4), if it is one that is known."""
    named = _CHARSET.search(data, 0, 1024)
    try:
        return codecs.lookup(named[1].decode()).name if named else None
    except LookupError:
        return None


def _record(markup: str, policy: DatePolicy) -> Record:
    # The extra's module.
    import trafilatura  # noqa: PLC0415

    # Bytes: lxml refuses a text that declares an encoding.
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        tree = html.document_fromstring(markup.encode(errors="surrogatepass"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise RecordError(f"the page is not HTML: {error}") from None
    # The other extractors that it compares its own with take the square of a page's paragraphs.
    is_long = sum(1 for _ in tree.iter(etree.Element)) > MAX_COMPARED
    text = trafilatura.extract(
        markup, include_comments=False, include_tables=False, favor_precision=True, fast=is_long
    )
    if not text or not text.strip():
        raise RecordError("no main text was found in the page")
    meta, linked = _metadata(tree), _linked_data(tree)
    heading = _text(tree, "//h1")
    title = _first(meta, _TITLE) or str(linked.get("headline") or "") or heading or _text(tree, "//title")
    lines = [line for line in text.split("\n") if line.strip()]
    # The heading stands above the text that it is the title of.
    if " ".join(lines[0].split()) in (heading, " ".join(title.split())):
        del lines[0]
    return Record(
        title=title,
        body="\n\n".join(lines),
        published=str(linked.get("datePublished") or "") or _first(meta, _DATE) or _time(tree),
        updated=str(linked.get("dateModified") or "") or _first(meta, _UPDATED),
        link=_text(tree, "//link[@rel='canonical']/@href") or meta.get("og:url", ""),
        authors=authors_of(_first(meta, _AUTHOR)) or _people(linked.get("author")),
        categories=categories_of(_first(meta, _CATEGORIES)),
        language=_text(tree, "/html/@lang"),
        summary=_first(meta, _SUMMARY),
        image=meta.get("og:image", ""),
        hold=hold_of(
            {
                "status": linked.get("creativeWorkStatus"),
                "expires": linked.get("expires") or meta.get("article:expiration_time"),
            },
            policy,
        ),
    )


def _metadata(tree: Any) -> dict[str, str]:
    """Return the page's ``meta`` values under their lower-case names; the first of a name counts."""
    found: dict[str, str] = {}
    holders = _holders(tree)
    # Microdata may speak of a comment or of another article.
    items = [m for m in tree.iter("meta") if m.get("itemprop") and not (m.get("property") or m.get("name"))]
    foreign = {*items}.difference(_of_page([item for item in items if not _is_aside(item, holders)], holders))
    for element in tree.iter("meta"):
        if element in foreign:
            continue
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _linked_data(tree: Any) -> dict[str, Any]:
    """Return the page's schema.org article (JSON-LD), or nothing; what is not JSON is passed over."""
    for element in tree.xpath("//script[@type='application/ld+json']"):
        try:
            found = json.loads(element.text or "")
        except (ValueError, RecursionError):
            continue
        graph = found.get("@graph", found) if isinstance(found, dict) else found
        for node in graph if isinstance(graph, list) else [graph]:
            if isinstance(node, dict) and node.get("@type") in _ARTICLE_TYPES:
                return node
    return {}


def _time(tree: Any) -> str:
    """Return the time that the page's own article gives: of the one that holds the heading.

    What stands in a comment, an aside or another article is the time of something else.
    """
    holders = _holders(tree)
    times = [time for time in tree.iter("time") if time.get("datetime") and not _is_aside(time, holders)]
    # Declared as the publication, in the article or in no other one.
    declared = [t for t in times if t.get("pubdate") is not None or t.get("itemprop") == "datePublished"]
    main = _main_article(tree, holders)
    found = _of_page(declared, holders)
    found += [
        time for time in times if main is not None and next(time.iterancestors("article"), None) is main
    ]
    return " ".join(found[0].get("datetime").split()) if found else ""


def _holders(tree: Any) -> set[Any]:
    """Return the elements that hold a page's heading."""
    return {ancestor for heading in tree.iter("h1") for ancestor in heading.iterancestors()}


def _of_page(elements: list[Any], holders: set[Any]) -> list[Any]:
    """Return those of ``elements`` that speak of the page's article, or of the only article there is."""
    scopes = {_scope_of(element) for element in elements}
    own = scopes & {None, *holders} or (scopes if len(scopes) == 1 else set())
    return [element for element in elements if _scope_of(element) in own]


def _scope_of(element: Any) -> Any:
    """Return the article, or the item of microdata, that an element is part of."""
    around = element.iterancestors()
    return next((node for node in around if node.tag == "article" or node.get("itemscope") is not None), None)


def _main_article(tree: Any, holders: set[Any]) -> Any:
    """Return the innermost article that holds the heading; on a page without headings, the only one there is."""
    articles = [node for node in tree.iter("article") if not _is_aside(node, holders)]
    if holders:
        articles = [node for node in articles if node in holders]
        outer = {ancestor for node in articles for ancestor in node.iterancestors("article")}
        articles = [node for node in articles if node not in outer]
    return articles[0] if len(articles) == 1 else None


def _is_aside(element: Any, holders: set[Any]) -> bool:
    # What holds the heading may be called after its sidebar.
    around = (node for node in (element, *element.iterancestors()) if node not in holders)
    return any(
        node.tag == "aside"
        or node.get("itemprop") == "comment"
        or _ASIDE.search(f"{node.get('class') or ''} {node.get('id') or ''}")
        for node in around
    )


def _people(value: Any) -> tuple[Author, ...]:
    try:
        return authors_of(value)
    except RecordError:
        return ()


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str:
    return next((meta[name] for name in names if name in meta), "")


def _text(tree: Any, path: str) -> str:
    for found in tree.xpath(path):
        text = " ".join((found if isinstance(found, str) else found.text_content()).split())
        if text:
            return text
    return ""
