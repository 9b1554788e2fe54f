"""HTML pages: one article a file. Metadata as the page declares them, the main text through trafilatura.

A date is taken only from where a page declares it: Open Graph's ``article:published_time``, schema.org's
``datePublished``, Dublin Core, or a ``<time datetime pubdate>``; never from what looks like one in the text.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from feedpub.article import Author, Boilerplate
from feedpub.dates import DatePolicy
from feedpub.sources.building import Item, Reading, Record, RecordError, build, reject
from feedpub.sources.bytestream import ByteStream
from feedpub.sources.decoding import UndecodableError
from feedpub.sources.mapped import authors_of, categories_of
from feedpub.sources.whole import read_whole, text_of_file
from feedpub.sources.withheld import hold_of

_DATE = (
    "article:published_time", "datepublished", "og:published_time", "date", "dc.date", "dc.date.issued",
    "dcterms.created", "dcterms.issued", "parsely-pub-date", "publish-date", "pubdate", "sailthru.date",
)  # fmt: skip
_UPDATED = ("article:modified_time", "datemodified", "og:updated_time", "dcterms.modified", "modified")
_TITLE = ("og:title", "headline", "dc.title", "twitter:title")
_AUTHOR = ("author", "authors", "article:author:name", "dc.creator", "parsely-author", "sailthru.author")
_SUMMARY = ("og:description", "description", "dc.description", "summary")
_CATEGORIES = ("article:tag", "keywords", "news_keywords", "tags")
_TIME = "//time[@pubdate]/@datetime | //time[@itemprop='datePublished']/@datetime | //article//time/@datetime"
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
_ARTICLE_TYPES = ("Article", "NewsArticle", "BlogPosting", "ReportageNewsArticle", "AnalysisNewsArticle")


def read(stream: ByteStream, reading: Reading) -> Iterator[Item]:
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
        raise RecordError(f"the page is no HTML: {error}") from None
    text = (
        trafilatura.extract(markup, include_comments=False, include_tables=False, favor_precision=True) or ""
    )
    if not text.strip():
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
        published=str(linked.get("datePublished") or "") or _first(meta, _DATE) or _text(tree, _TIME),
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
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _linked_data(tree: Any) -> dict[str, Any]:
    """Return the page's schema.org article (JSON-LD), or nothing; what is no JSON is passed over."""
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
