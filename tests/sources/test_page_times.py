"""The time of a page is that of its own article, never of a comment or a teaser."""

from __future__ import annotations

import pytest

from feedpub.articles.article import Article, Reject

TEXT = (
    "<p>The ferry to the island is back in service after a long repair, and all seats for the week are sold.</p>"
    * 2
)
OWN = '<time datetime="2023-05-06T07:08:00Z">6 May</time>'
OTHER = '<time datetime="2019-01-02T03:04:00Z">2 Jan</time>'
PUB, OTHER_PUB = (time.replace("<time", '<time itemprop="datePublished"') for time in (OWN, OTHER))
META, OTHER_META = (
    f'<meta itemprop="datePublished" content="{day}:00Z">' for day in ("2023-05-06T07:08", "2019-01-02T03:04")
)


@pytest.mark.parametrize(
    ("body", "dated"),
    [
        (f"<article><h1>A</h1>{OWN}{TEXT}</article>", True),
        (f"<article><h1>A</h1>{TEXT}<footer>{OWN}</footer></article>", True),
        (f"<article><header><h1>A</h1></header><div>{OWN}</div>{TEXT}</article>", True),
        (f"<section><article>{OTHER}</article></section><article><h1>A</h1>{OWN}{TEXT}</article>", True),
        (f"<article><h1>A</h1><article>{OTHER}</article>{OWN}{TEXT}</article>", True),
        (f"<article><article><h1>A</h1>{OWN}{TEXT}</article>{OTHER}</article>", True),
        (f"<article>{TEXT}{OWN}</article>", True),
        (f'<body class="has-sidebar"><article><h1>A</h1>{OWN}{TEXT}</article></body>', True),
        (f'<article><h1>A</h1><div class="comment-list">{OTHER}</div>{OWN}{TEXT}</article>', True),
        (f"<main><h1>A</h1>{PUB}{TEXT}</main>", True),
        (f"<main><h1>A</h1>{TEXT}</main><article>{OTHER_PUB}</article><p>{PUB}</p>", True),
        (f"<div itemscope><h1>A</h1>{TEXT}{PUB}</div><div itemscope>{OTHER_PUB}</div>", True),
        (f"<div itemscope>{OTHER_PUB}</div><div itemscope><h1>A</h1>{TEXT}{PUB}</div>", True),
        (f"<header><h1>Site</h1></header><article itemscope><h2>A</h2>{PUB}{TEXT}</article>", True),
        (f"<article itemscope><h1>A</h1>{META}{TEXT}</article><div itemscope>{OTHER_META}</div>", True),
        (f"<div itemscope>{OTHER_META}</div><article itemscope><h1>A</h1>{META}{TEXT}</article>", True),
        # There is only somebody else's.
        (f"<article><h1>A</h1>{TEXT}<div class='comment' itemscope>{OTHER_META}</div></article>", False),
        (
            f"<main><h1>A</h1>{TEXT}</main><div itemscope>{OTHER_META}</div><div itemscope>{OTHER_META}</div>",
            False,
        ),
        (f"<main><h1>A</h1>{TEXT}</main><article><h3>B</h3>{OTHER}</article>", False),
        (
            f"<main><h1>A</h1>{TEXT}</main><article><h3>B</h3>{OTHER}</article><article>{OTHER}</article>",
            False,
        ),
        (
            f'<article><h1>A</h1>{TEXT}<section id="comments"><article>{OTHER}</article></section></article>',
            False,
        ),
        (f'<article><h1>A</h1>{TEXT}<div class="comment">{OTHER}</div></article>', False),
        (f'<article><h1>A</h1>{TEXT}<div id="respond">{OTHER_PUB}</div></article>', False),
        (f'<article><h1>A</h1>{TEXT}<div itemprop="comment" itemscope>{OTHER_PUB}</div></article>', False),
        (f"<article><h1>A</h1>{TEXT}<aside>{OTHER}</aside></article>", False),
        (f'<article><h1>A</h1>{TEXT}<ul class="related-posts"><li>{OTHER}</li></ul></article>', False),
        (f"<article><h1>A</h1>{OTHER}{TEXT}</article><article><h1>B</h1>{OTHER}{TEXT}</article>", False),
        (f"<main>{TEXT}</main><article>{OTHER}</article><article>{OTHER}</article>", False),
        (f"<article><h1>A</h1>{TEXT}</article>{OTHER}", False),
    ],
)
def test_only_the_article_of_the_page_dates_it(body, dated, source, gives):
    item = gives(source(), f"<html><head><title>A</title></head>{body}</html>".encode(), "in.html")[0]
    if dated:
        assert isinstance(item, Article)
        assert f"{item.published:%F %R}" == "2023-05-06 07:08"
    else:
        assert isinstance(item, Reject)
        assert "has no date" in item.reason
