"""Title, date, authors and text of a page, in all the ways in which sites declare them."""

from __future__ import annotations

import json

import pytest

from feedpub.articles.article import Article
from feedpub.sources.readers import html

TEXT = (
    "<p>The ferry to the island is back in service after a long repair, and all seats for the week are sold.</p>"
    * 2
)
DAY = "2023-05-06T07:08:00Z"
META = f'<meta property="article:published_time" content="{DAY}">'
ARTICLE = {"@type": "NewsArticle", "headline": "Ferry", "datePublished": DAY}
OTHER = {"@type": "NewsArticle", "headline": "Bridge", "datePublished": "2019-01-02T03:04:00Z"}


def page(head="", body="", title="Ferry"):
    shown = body or f"<article><h1>Ferry</h1>{TEXT}</article>"
    return f"<html><head><title>{title}</title>{head}</head><body>{shown}</body></html>".encode()


def script(data, kind="application/ld+json", around=("", "")):
    text = data if isinstance(data, str) else json.dumps(data)
    return f'<script type="{kind}">{around[0]}{text}{around[1]}</script>'


@pytest.mark.parametrize(
    "head",
    [
        script(ARTICLE),
        script(ARTICLE, kind="application/ld+json; charset=utf-8"),
        script([OTHER | {"headline": "Bridge"}, ARTICLE]),
        script({"@graph": [{"@type": "Organization", "name": "Quay"}, ARTICLE]}),
        script({"@type": "WebPage", "name": "x", "mainEntity": ARTICLE}),
        script(ARTICLE | {"@type": ["NewsArticle"]}),
        script(ARTICLE | {"@type": "https://schema.org/BlogPosting"}),
        script(ARTICLE | {"@type": ["Thing", "schema:SocialMediaPosting"]}),
        script(ARTICLE | {"datePublished": {"@type": "Date", "@value": DAY}}),
        script({"@graph": [{"@type": ["WebPage", "ItemPage"], "datePublished": DAY}]}),
        script(ARTICLE, around=("//<![CDATA[\n", "\n//]]>")),
        script(ARTICLE, around=("/*<![CDATA[*/", "/*]]>*/")),
        script(ARTICLE, around=("<![CDATA[", "]]>")),
        script(ARTICLE, around=("<!--\n", "\n-->")),
        script(json.dumps(ARTICLE | {"description": "a-b"}).replace("a-b", "a\nb")),
        script("no JSON") + script(ARTICLE),
        *(
            f'<meta name="{name}" content="{DAY}">'
            for name in ("publish_date", "Publication-Date", "published", "DC.date.issued", "citation_date")
        ),
        f'<meta property="bt:pubDate" content="{DAY}">',
    ],
)
def test_a_date_in_the_head_is_found_however_it_is_declared(head, source, gives):
    """The page's own article counts, not another one that it names."""
    item = gives(source(), page(head), "in.html")[0]
    assert isinstance(item, Article), item
    assert f"{item.published:%F %R}" == "2023-05-06 07:08"


@pytest.mark.parametrize(
    "element",
    [
        f'<time itemprop="datePublished" content="{DAY}">6 May</time>',
        f'<abbr itemprop="datePublished" title="{DAY}">6 May</abbr>',
        f'<abbr class="published" title="{DAY}">6 May</abbr>',
        f'<span itemprop="datePublished" content="{DAY}">6 May</span>',
        f'<time class="dt-published" datetime="{DAY}">6 May</time>',
        f'<span property="schema:datePublished" content="{DAY}">6 May</span>',
        f'<div><time itemprop="dateCreated datePublished" datetime="{DAY}">6 May</time></div>',
    ],
)
def test_a_date_beside_the_text_is_found_in_its_value_for_programs(element, source, gives):
    """Microdata, RDFa and microformats."""
    body = f"<article itemscope><h1>Ferry</h1>{element}{TEXT}</article>"
    item = gives(source(), page(body=body), "in.html")[0]
    assert isinstance(item, Article), item
    assert f"{item.published:%F %R}" == "2023-05-06 07:08"


@pytest.mark.parametrize(
    ("title", "body", "wanted"),
    [
        ("Ferry | Quay Notes", f"<header><h1>Quay Notes</h1></header><article><h1>Ferry</h1>{TEXT}</article>", "Ferry"),
        ("Ferry | Quay Notes", f"<h1>Quay Notes</h1><article><h1>Ferry</h1>{TEXT}</article>", "Ferry"),
        ("Ferry | Quay Notes", f"<header><h1>Quay Notes</h1></header><main><h2>Ferry</h2>{TEXT}</main>", "Ferry"),
        ("Ferry - Quay Notes", f'<div id="logo"><h1>Quay Notes</h1></div><div><h2>Ferry</h2>{TEXT}</div>', "Ferry"),
        ("Ferry – Quay", f"<h1>Quay</h1><div><h2>Ferry</h2>{TEXT}</div>", "Ferry"),
        ("Ferry", f'<div role="banner"><h1>Quay</h1></div><main><h1>Ferry back</h1>{TEXT}</main>', "Ferry back"),
        ("x", f"<article><header><h1>Ferry</h1></header>{TEXT}</article>", "Ferry"),
        ("x", f'<div class="site-header"><h1 itemprop="headline">Ferry</h1></div>{TEXT}', "Ferry"),
        ("Quay", f"<header><h1>Quay</h1></header><main>{TEXT}</main>", "Quay"),
        ("", f"<main><h1>Ferry</h1>{TEXT}</main>", "Ferry"),
    ],
)  # fmt: skip
def test_the_title_is_the_heading_of_the_article_and_not_the_name_of_its_site(
    title, body, wanted, source, gives
):
    """An ``h1`` with the name of the site says nothing about the page."""
    item = gives(source(), page(META, body, title), "in.html")[0]
    assert isinstance(item, Article), item
    assert item.title == wanted


def test_authors_are_found_where_json_ld_refers_to_them(source, gives):
    """A reference means the node with that id."""
    graph = [
        ARTICLE | {"author": [{"@id": "#ann"}, {"@type": "Person", "name": "Bo"}]},
        {"@type": "Person", "@id": "#ann", "name": "Ann", "url": "https://quay.example.org/ann"},
    ]
    item = gives(source(), page(script({"@graph": graph})), "in.html")[0]
    assert [(author.name, author.uri) for author in item.authors] == [
        ("Ann", "https://quay.example.org/ann"),
        ("Bo", None),
    ]


@pytest.mark.parametrize("free", [True, False])
def test_a_text_that_was_cut_short_is_taken_from_the_page(free, source, gives):
    """This does not include text for paying readers."""
    whole = "\n\n".join(
        f"Sentence {number} of the whole text of the ferry's long repair." for number in range(40)
    )
    data = ARTICLE | {"articleBody": whole, "isAccessibleForFree": free}
    item = gives(source(), page(script(data)), "in.html")[0]
    assert ("Sentence 39" in item.body) is free


def test_the_paragraphs_of_an_article_are_its_text_where_extraction_keeps_hardly_any(
    source, gives, monkeypatch
):
    """They include neither comments nor lists of links."""
    paragraph = "<p>The ferry to the island is back in service after a long repair, and seats are sold.</p>"
    links = "<ul><li><a href='/x'>Another article that is not part of this one</a></li></ul>"
    comment = "<div class='comments'><p>First! A comment that is nobody's article.</p></div>"
    body = f"<article><h1>Ferry</h1>{paragraph * 20}{links}{comment}</article>"
    monkeypatch.setattr("trafilatura.extract", lambda *_, **__: "Subscribe now")
    items = gives(source(), page(META, body), "in.html")
    assert items[0].body.count("The ferry to the island") == 20
    assert "Another article" not in items[0].body
    assert "First!" not in items[0].body
    assert [item.kind for item in items[1:]] == ["short-text"]


@pytest.mark.parametrize(
    ("rules", "wrap", "outcome"),
    [
        ("", "<article><h1>Ferry</h1>{}</article>", "took the article's paragraphs"),
        ("", "<div>{}</div>", "say with html: {keep: …}"),
        ("html: {keep: .text}", '<div class="text">{}</div>', ""),
    ],
)
def test_the_text_of_a_page_that_is_too_long_to_be_looked_through_is_taken_as_declared_or_asked_for(
    rules, wrap, outcome, source, gives, monkeypatch
):
    monkeypatch.setattr(html, "MAX_ELEMENTS", 5)
    items = gives(source(rules), page(META, wrap.format(TEXT)), "a.html")
    articles = [item for item in items if isinstance(item, Article)]
    told = [getattr(item, "message", getattr(item, "reason", "")) for item in items if item not in articles]
    assert [outcome in each for each in told] == ([True] if outcome else [])
    assert [article.body.count("back in service") for article in articles] == (
        [] if "say" in outcome else [2]
    )
