"""``html`` and ``replace`` of a source change its articles in each format, and are reported."""

from __future__ import annotations

import re
from pathlib import Path

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedpub.articles.article import Article, Notice
from feedpub.core.errors import Where
from feedpub.sources.cleaning import Cleaning, Selector, select

DOCS = (Path(__file__).parents[2] / "docs/sources.md").read_text("utf-8")
HERE = Where("config.yaml", 1, 1)
RULES = """
timezone: UTC
body: html
html: {remove: [.ad, aside]}
replace:
  title: [{pattern: "^VIDEO: "}]
  body: [{pattern: "\\\\(AP\\\\) - ", with: "- "}]
"""
BODY = "<p>OSLO (AP) - Two ships left the port of Oslo on Monday.</p><div class='ad'>Buy now</div>"
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:x.test,2020:f</id><title>F</title>
<updated>2023-10-09T14:25:00Z</updated><entry><id>tag:x.test,2020:1</id><title>VIDEO: Ships</title>
<updated>2023-10-09T14:25:00Z</updated><published>2023-10-09T14:25:00Z</published>
<content type="html"><![CDATA[{BODY}]]></content></entry></feed>"""
WXR = f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>F</title><wp:wxr_version>1.2</wp:wxr_version>
<item><title>VIDEO: Ships</title><link>https://x.test/1</link><guid>https://x.test/?p=1</guid>
<pubDate>Mon, 09 Oct 2023 14:25:00 +0000</pubDate><content:encoded><![CDATA[{BODY}]]></content:encoded>
<wp:post_type>post</wp:post_type><wp:status>publish</wp:status></item></channel></rss>"""
FILES = {
    "a.json": f'[{{"title": "VIDEO: Ships", "date": "2023-10-09 14:25", "body": "{BODY}"}}]',
    "a.jsonl": f'{{"title": "VIDEO: Ships", "date": "2023-10-09 14:25", "body": "{BODY}"}}\n',
    "a.csv": f'title,date,body\nVIDEO: Ships,2023-10-09 14:25,"{BODY}"\n',
    "a.txt": f"VIDEO: Ships\n{BODY}\n2023-10-09 14:25\n",
    "a.md": f"---\ntitle: 'VIDEO: Ships'\ndate: 2023-10-09 14:25\n---\n{BODY}\n",
    "a.atom": ATOM,
    "wordpress.xml": WXR,
    "a.html": f"""<html><head><title>VIDEO: Ships</title>
<meta property="article:published_time" content="2023-10-09T14:25:00Z"></head>
<body><article><h1>VIDEO: Ships</h1>{BODY}</article></body></html>""",
}


def article_of(items):
    found = [item for item in items if isinstance(item, Article)]
    assert len(found) == 1, items
    return found[0]


def block(name):
    return re.search(rf"<!-- cleaning: {name} -->\n```\w+\n(.*?)```", DOCS, re.DOTALL)[1]


@pytest.mark.parametrize("name", FILES)
def test_every_format_is_cleaned_and_keeps_the_id_of_the_text_before(name, source, gives):
    data = FILES[name].encode()
    plain = article_of(gives(source("timezone: UTC\nbody: html"), data, name))
    cleaned = article_of(gives(source(RULES), data, name))
    assert cleaned.id == plain.id
    assert cleaned.published == plain.published
    assert cleaned.title == "Ships"
    assert "Two ships left" in cleaned.body
    assert not re.search("Buy now|AP", cleaned.body)
    assert (cleaned.source_title, cleaned.source_body) == (plain.title, plain.body)


def test_the_example_of_the_docs_is_what_is_done(source, gives):
    config = re.sub("^    ", "", block("config").partition("\n")[2], flags=re.MULTILINE)
    article = article_of(gives(source(config), block("page").encode(), "a.html"))
    assert article.title == "Ships leave the port"
    assert article.body == block("body").strip()


def test_what_no_rule_fits_stays_to_the_byte(source, gives):
    data = b'[{"title": "T", "date": "2023-10-09", "body": "<P>odd <b>mark-up</i> &nbsp"}]'
    rules = RULES.replace("{remove: [.ad, aside]}", "{keep: .body, remove: [.ad]}")
    plain, cleaned = (
        article_of(gives(source(r), data, "a.json")) for r in ("timezone: UTC\nbody: html", rules)
    )
    assert cleaned == plain


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("html: {keep: article}", "keep matches nothing in it"),
        ("replace: {title: [{pattern: '.+'}]}", "leave nothing of its title"),
    ],
)
def test_a_rule_that_would_leave_nothing_leaves_all_and_says_so(rules, told, source, gives):
    items = gives(source(f"timezone: UTC\nbody: html\n{rules}"), FILES["a.json"].encode(), "a.json")
    article = article_of(items)
    assert (article.title, article.body) == ("VIDEO: Ships", BODY)
    assert [told in item.message for item in items if isinstance(item, Notice)] == [True]


def test_check_names_the_rules_that_never_applied_and_explain_shows_what_was_changed(command, tmp_path):
    (tmp_path / "a.json").write_text(FILES["a.json"])
    (tmp_path / "config.yaml").write_text(
        "version: 1\n"
        "site: {title: T, base_url: https://x.org/, id_authority: 'x.org,2020'}\n"
        "feeds: {all: {title: All}}\n"
        "sources:\n"
        "  - path: a.json\n"
        "    timezone: UTC\n"
        "    body: html\n"
        "    html: {remove: [.ad,\n"
        "      .never]}\n"
        "    replace: {title: [{pattern: '^VIDEO: '}, {pattern: nowhere}]}\n"
    )
    said = command(tmp_path, "check").stdout
    assert "config.yaml:9: '.never' matches nothing in 1 article\n" in said
    assert "config.yaml:10: 'nowhere' matches nothing in 1 article\n" in said
    assert "'.ad' fits" not in said
    said = command(tmp_path, "explain", "VIDEO: Ships").stdout
    assert "cleaned by config.yaml:8: '.ad'" in said
    assert "- VIDEO: Ships\n" in said
    assert "- Buy now\n" in said
    assert "+ Ships\n" in said


WORDS = st.sampled_from(["oak", "elm & ash", "<", "&lt;", "é"])
NODES = st.recursive(
    WORDS,
    lambda inner: st.builds(
        lambda tag, name, parts: f'<{tag} class="{name}">{"".join(parts)}</{tag}>',
        st.sampled_from(["div", "span", "section"]),
        st.sampled_from(["ad", "body", "x"]),
        st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)


def shown(nodes):
    """Return the words of a tree without its ads, by another parser."""

    def words(node):
        if node.get("class") == "ad":
            return ""
        return (node.text or "") + "".join(words(child) + (child.tail or "") for child in node)

    return "".join(words(node) + (node.tail or "") for node in nodes)


@settings(max_examples=60)
@given(st.lists(NODES, max_size=5))
def test_what_is_removed_is_what_another_parser_would_remove(parts):
    body = "".join(parts)
    cleaned = select(Cleaning(remove=(Selector(".ad", HERE),)), body).body
    before = html5lib.parse(f"<div>{body}</div>", namespaceHTMLElements=False).find("body")
    after = html5lib.parse(f"<div>{cleaned}</div>", namespaceHTMLElements=False).find("body")
    assert shown(before) == shown(after)
    assert not any(node.get("class") == "ad" for node in after.iter())
