"""HTML pages: one article per file. The page declares its metadata; trafilatura finds the main text.

A date only comes from a declaration: Open Graph's ``article:published_time``, schema.org's
``datePublished``, Dublin Core, or a ``<time datetime>`` of the article; never from the text, a comment or a teaser.
A heading that names the site is not the title of the article.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree, html

from feedpub.articles.article import Article, Author, Boilerplate, Notice
from feedpub.sources.cleaning import Cleaning, Selected, cut, parsed
from feedpub.sources.decoding import UndecodableError, read_whole, text_of_file
from feedpub.sources.field_mapping import authors_of, categories_of
from feedpub.sources.normalisation import build
from feedpub.sources.readers._linked_data import linked_data, text_of_node
from feedpub.sources.records import ByteStream, Item, Record, RecordError, reject
from feedpub.sources.spec import ParseContext, SourceSpec
from feedpub.sources.withheld import hold_of

_DATE = (
    "article:published_time", "datepublished", "og:published_time", "date", "dc.date", "dc.date.issued",
    "dcterms.created", "dcterms.issued", "parsely-pub-date", "publish-date", "pubdate", "sailthru.date",
    "publish_date", "published_date", "published-date", "publication_date", "publication-date", "date_published",
    "published_time", "published", "article:published", "og:article:published_time", "bt:pubdate", "article.published",
    "originalpublicationdate", "dc.date.published", "dcterms.date", "dcterms.available", "dc.date.available",
    "cxenseparse:recs:publishtime", "rnews:datepublished", "citation_publication_date", "citation_date", "displaydate",
    "article_date_original", "shareaholic:article_published_time", "pub_date", "publishdate",
)  # fmt: skip
_UPDATED = (
    "article:modified_time", "datemodified", "og:updated_time", "dcterms.modified", "modified", "article:modified",
    "og:article:modified_time", "dc.date.modified", "bt:moddate", "article.updated", "last-modified", "lastmod",
    "last_modified", "date_modified", "shareaholic:article_modified_time",
)  # fmt: skip
_TITLE = ("og:title", "headline", "dc.title", "twitter:title")
_AUTHOR = ("author", "authors", "article:author:name", "dc.creator", "parsely-author", "sailthru.author")
_SUMMARY = ("og:description", "description", "dc.description", "summary")
_CATEGORIES = ("article:tag", "keywords", "news_keywords", "tags")
# Comments, and teasers of other articles. Spaces and hyphens separate the words of a class.
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|respond|replies|teasers?|related|sidebar)(?:$|[\s_-])",
    re.IGNORECASE,
)
MAX_COMPARED = 5_000
# The extraction also takes more than linear time: two seconds for this many elements.
MAX_ELEMENTS = 50_000
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
# The parts of a page around its article: its name, menu, imprint.
_BANNER = re.compile(
    r"(?:^|[\s_-])(?:site-?(?:title|name|header|branding)|brand|logo|masthead|banner)(?:$|[\s_-])",
    re.IGNORECASE,
)
_FRAME = frozenset(("header", "nav", "footer", "aside"))
# What separates the title of a page from the name of its site.
_PARTS = re.compile(r"\s+(?:\||-|–|—|::|»|·|•|<|«)\s+")
# Microformats: classes of a date in hAtom and h-entry.
_PUBLISHED_CLASSES = frozenset(("published", "dt-published"))
_PARAGRAPHS = ("p", "blockquote", "pre", "li")
# A shorter article is short, whatever is kept of it.
MIN_OWN = 500


def read(stream: ByteStream, reading: ParseContext) -> Iterator[Item]:
    """Yield the page's article, or why there is none."""
    data, origin = read_whole(stream, reading)
    if not data.strip():
        if data:
            yield Boilerplate(origin)
        return
    try:
        markup = text_of_file(data, reading.spec.encoding or _declared_encoding(data))
        record, told = _record(markup, reading.spec)
    except (RecordError, UndecodableError) as error:
        yield reject(origin, str(error), data[:8192].decode(errors="replace"))
        return
    items = build(reading, origin, record, lambda: markup)
    yield from items
    if told and any(isinstance(item, Article) for item in items):
        yield Notice(origin, "short-text", told)


def _declared_encoding(data: bytes) -> str | None:
    """Return the encoding that the page declares (HTML, 4.2.5.4), if it is known."""
    named = _CHARSET.search(data, 0, 1024)
    try:
        return codecs.lookup(named[1].decode()).name if named else None
    except LookupError:
        return None


class _Page(NamedTuple):
    """A page's tree; the ``h1`` of its article, the best first, without the site's name; their ancestors."""

    tree: Any
    headings: list[Any]
    holders: set[Any]


def _record(markup: str, spec: SourceSpec) -> tuple[Record, str]:
    """Return the page's record, and a message about its text."""
    policy, cleaning = spec.dates, spec.cleaning
    try:
        tree = parsed(markup)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise RecordError(f"the page is not HTML: {error}") from None
    page = _page_of(tree)
    meta = _metadata(page)
    heading = " ".join(page.headings[0].text_content().split()) if page.headings else ""
    link = _text(tree, "//link[@rel='canonical']/@href") or meta.get("og:url", "")
    article, whole = linked_data(tree, frozenset({link, heading, _first(meta, _TITLE)} - {""}))
    is_free = text_of_node(article.get("isAccessibleForFree")).lower() != "false"
    selected, left = _selected(markup, cleaning) if cleaning.selects else (None, "")
    try:
        text, told = _main_text(markup, page, text_of_node(article.get("articleBody")) if is_free else "")
    except RecordError:
        # Selectors may find it nevertheless.
        if not (selected and selected.html):
            raise
        text, told = "", ""
    title = _first(meta, _TITLE) or text_of_node(article.get("headline")) or heading or _page_title(tree)
    record = Record(
        title=title,
        body=_below(text, heading, " ".join(title.split())),
        published=text_of_node(article.get("datePublished"))
        or _first(meta, _DATE)
        or _time(page)
        or text_of_node(whole.get("datePublished")),
        updated=text_of_node(article.get("dateModified"))
        or _first(meta, _UPDATED)
        or _declared_time(page, "datemodified", frozenset())
        or text_of_node(whole.get("dateModified")),
        link=link,
        authors=authors_of(_first(meta, _AUTHOR)) or _people(article.get("author")),
        categories=categories_of(_first(meta, _CATEGORIES)),
        language=_text(tree, "/html/@lang"),
        summary=_first(meta, _SUMMARY),
        image=meta.get("og:image", ""),
        base=link if link.startswith(("http://", "https://")) else "",
        hold=hold_of(
            {
                "status": article.get("creativeWorkStatus"),
                "expires": article.get("expires") or meta.get("article:expiration_time"),
            },
            policy,
        ),
    )
    if selected and left:
        rest = _below(_text_left(left), heading, " ".join(title.split()))
        selected = selected._replace(body=rest)
    elif cleaning.selects and selected is None:
        selected = Selected(record.body, html=False)
    return record._replace(selected=selected), told


def _selected(markup: str, cleaning: Cleaning) -> tuple[Selected | None, str]:
    """Return the part of a page to keep and, if its selectors only remove, the rest of the markup, to be read.

    The first is ``None`` if no selector matches.
    """
    tree = parsed(markup)
    applied, kept = cut(cleaning, tree)
    if kept is not None:
        return Selected(kept, html=True, applied=applied), ""
    if not applied:
        return None, ""
    return Selected("", html=False, applied=applied), html.tostring(tree, encoding="unicode")


def _text_left(markup: str) -> str:
    try:
        return _main_text(markup, _page_of(parsed(markup)), "")[0]
    except RecordError:
        return ""


def _below(text: str, *titles: str) -> str:
    """Return the paragraphs of a main text, without the first one if it is one of ``titles``."""
    lines = [line for line in text.split("\n") if line.strip()]
    # The text may begin with the heading.
    if lines and " ".join(lines[0].split()) in titles:
        del lines[0]
    return "\n\n".join(lines)


def _main_text(markup: str, page: _Page, declared: str) -> tuple[str, str]:
    """Return the page's main text, and a message if the extraction kept far less than the whole article.

    ``declared`` is the article's text in the page's metadata. Raises :class:`RecordError` if there is no text.
    """
    # The extra's module.
    import trafilatura  # noqa: PLC0415

    elements = sum(1 for _ in page.tree.iter(etree.Element))
    # The extractors that it compares with take quadratic time in the number of paragraphs.
    is_long = elements > MAX_COMPARED
    own = "\n\n".join(_paragraphs(page))
    holds = max(len(own), len(declared))
    if elements > MAX_ELEMENTS:
        too_long = (
            f"the page has {elements:,} elements, but main texts are only searched in up to {MAX_ELEMENTS:,}"
        )
        if not holds:
            raise RecordError(
                f"{too_long}; say with html: {{keep: …}} of the source which of them contain the text"
            )
        return max(own, declared, key=len), f"{too_long}; took the article's paragraphs"
    kept = ""
    for precise, ample in ((True, False), (False, False), (False, True)):
        text = trafilatura.extract(
            markup,
            include_comments=False,
            include_tables=False,
            favor_precision=precise,
            favor_recall=ample,
            fast=is_long,
        )
        kept = max(kept, (text or "").strip(), key=len)
        if not _is_far_less(kept, holds):
            break
    if _is_far_less(kept, holds):
        told = f"the extraction kept {len(kept):,} of the article's {holds:,} characters; took its paragraphs instead"
        return declared if _is_far_less(own, holds) else own, told
    if not kept:
        raise RecordError("no main text was found in the page")
    return kept, ""


def _is_far_less(text: str, holds: int) -> bool:
    return holds >= MIN_OWN and len(text) * 2 < holds


def _paragraphs(page: _Page) -> list[str]:
    """Return the paragraphs of the page's own article; empty if no element is known to contain it."""
    bodies = [n for n in page.tree.xpath("//*[@itemprop='articleBody']") if not _is_aside(n, page.holders)]
    main = _main_article(page.tree, page.holders)
    bodies = _of_page(bodies, page.holders) or ([] if main is None else [main])
    found: list[str] = []
    for element in bodies[0].iter(*_PARAGRAPHS) if len(bodies) == 1 else ():
        text = " ".join(element.text_content().split())
        linked = sum(len(" ".join(link.text_content().split())) for link in element.iter("a"))
        if text and linked * 2 < len(text) and _is_running(element, bodies[0], page.holders):
            found.append(text)
    return found


def _is_running(element: Any, body: Any, holders: set[Any]) -> bool:
    """Say whether a paragraph is text of ``body``, and not inside another paragraph, a form or a frame."""
    for around in element.iterancestors():
        if around is body:
            break
        if around.tag in (*_PARAGRAPHS, *_FRAME, "form", "article"):
            return False
    return not _is_aside(element, holders)


def _page_of(tree: Any) -> _Page:
    """Return the page with the headings of its article."""
    headings = [node for node in tree.iter("h1") if node.text_content().strip()]
    site = {_folded(name) for name in tree.xpath("//meta[@property='og:site_name']/@content")}
    parts = [_folded(part) for part in _PARTS.split(_text(tree, "//title"))]
    # A site name, if another heading is the rest of the page's title.
    if len(parts) > 1 and {_folded(node.text_content()) for node in tree.iter("h1", "h2", "h3")} & {
        *parts[:-1]
    }:
        site.add(parts[-1])
    own = [node for node in headings if not _is_banner(node) and _folded(node.text_content()) not in site]
    held = [node for node in own if next(node.iterancestors("article"), None) is not None]
    others = {*own}.difference(held)
    own = held + [node for node in own if node in others]
    # A page without another name has that of its site.
    if headings and not own and len(parts) < 2:
        own = headings
    return _Page(tree, own, {around for node in own for around in node.iterancestors()})


def _is_banner(heading: Any) -> bool:
    """Say whether a heading is in the frame of a page, and not in an article."""
    around = [heading, *heading.iterancestors()]
    if any(node.tag in ("article", "main") or "headline" in (node.get("itemprop") or "") for node in around):
        return False
    return any(
        node.tag in _FRAME
        or node.get("role") == "banner"
        or _BANNER.search(f"{node.get('class') or ''} {node.get('id') or ''}")
        for node in around
        if node.tag not in ("body", "html")
    )


def _page_title(tree: Any) -> str:
    """Return the title of the page without the name of its site, if a heading or the page shows that."""
    title = _text(tree, "//title")
    names = {_folded(node.text_content()) for node in tree.iter("h1")}
    names |= {_folded(name) for name in tree.xpath("//meta[@property='og:site_name']/@content")}
    kept = [part for part in _PARTS.split(title) if _folded(part) not in names]
    return kept[0] if len(kept) == 1 else title


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def _metadata(page: _Page) -> dict[str, str]:
    """Return the page's ``meta`` values under their lower-case names; the first of a name counts."""
    tree, holders = page.tree, page.holders
    found: dict[str, str] = {}
    # Microdata may be about a comment or another article.
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


def _time(page: _Page) -> str:
    """Return the time of the page's own article, which is the one with the heading.

    Times in a comment, an aside or another article do not count.
    """
    if declared := _declared_time(page, "datepublished", _PUBLISHED_CLASSES):
        return declared
    main = _main_article(page.tree, page.holders)
    found = (
        time
        for time in page.tree.iter("time")
        if time.get("datetime")
        and main is not None
        and next(time.iterancestors("article"), None) is main
        and not _is_aside(time, page.holders)
    )
    return next((" ".join(time.get("datetime").split()) for time in found), "")


def _declared_time(page: _Page, name: str, classes: frozenset[str]) -> str:
    """Return the time ``name`` in microdata, RDFa or a microformat, if it does not belong to another article."""
    found = [
        element
        for element in page.tree.iter(etree.Element)
        if element.tag != "meta"
        and _machine_time(element)
        and _calls(element, name, classes)
        and not _is_aside(element, page.holders)
    ]
    found = _of_page(found, page.holders)
    return " ".join(_machine_time(found[0]).split()) if found else ""


def _calls(element: Any, name: str, classes: frozenset[str]) -> bool:
    named = f"{element.get('itemprop') or ''} {element.get('property') or ''}".lower().split()
    if name in (part.rpartition(":")[2] for part in named):
        return True
    if name == "datepublished" and element.tag == "time" and element.get("pubdate") is not None:
        return True
    return element.tag in ("time", "abbr") and not classes.isdisjoint((element.get("class") or "").split())


def _machine_time(element: Any) -> str:
    """Return the machine-readable value, never the visible text."""
    shown = element.get("title") if element.tag == "abbr" else None
    return element.get("datetime") or element.get("content") or shown or ""


def _of_page(elements: list[Any], holders: set[Any]) -> list[Any]:
    """Return the ``elements`` about the page's article, or about the only article."""
    scopes = {_scope_of(element) for element in elements}
    own = scopes & {None, *holders} or (scopes if len(scopes) == 1 else set())
    return [element for element in elements if _scope_of(element) in own]


def _scope_of(element: Any) -> Any:
    """Return the article, or the item of microdata, that an element is part of."""
    around = element.iterancestors()
    return next((node for node in around if node.tag == "article" or node.get("itemscope") is not None), None)


def _main_article(tree: Any, holders: set[Any]) -> Any:
    """Return the innermost article with the heading; on a page without headings, the only article."""
    articles = [node for node in tree.iter("article") if not _is_aside(node, holders)]
    if holders:
        articles = [node for node in articles if node in holders]
        outer = {ancestor for node in articles for ancestor in node.iterancestors("article")}
        articles = [node for node in articles if node not in outer]
    return articles[0] if len(articles) == 1 else None


def _is_aside(element: Any, holders: set[Any]) -> bool:
    # An element around the heading may be named after its sidebar.
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
