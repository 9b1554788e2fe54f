"""In a site of many pages, a build only renders what changed, and every address in the site exists."""

import json
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urldefrag, urljoin

import html5lib
import pytest
from lxml import etree, html

from feedpub.documents.pages.look import Look

BASE = "https://x.test/f/"
ATOM = "{http://www.w3.org/2005/Atom}"


def stories(count):
    first = datetime(2020, 1, 1, tzinfo=UTC)
    return [
        {
            "title": f"Story {n} of the {'oak' if n % 3 else 'elm'}",
            "text": f"Text of the {n}th story, which is like no other: {n * 7919}.",
            "date": (first + timedelta(hours=3 * n)).isoformat(),
        }
        for n in range(count)
    ]


@pytest.fixture
def rendered(monkeypatch):
    """Count how often each template was filled."""
    counts = Counter()
    render = Look.render

    def counting(self, template, **values):
        counts[template] += 1
        return render(self, template, **values)

    monkeypatch.setattr(Look, "render", counting)
    return counts


@pytest.mark.slow
@pytest.mark.parametrize(
    "output", [{"max_items": "1000"}, {"max_items": "5", "archive": "10"}, {"max_items": "5"}]
)
def test_what_a_build_renders_follows_from_what_changed_and_not_from_how_much_there_is(
    site, rendered, output
):
    site.config["output"] |= output
    counts = []
    for size in (20, 40):
        site.build(stories(size))
        rendered.clear()
        site.build(stories(size))
        unchanged = rendered["article.html"]
        rendered.clear()
        site.build(stories(size + 1))
        counts.append((unchanged, rendered["article.html"], rendered["feed.html"]))
    assert counts[0] == counts[1]
    # The new article, and the one that was the newest, which names it now; if one leaves the feed, its last version,
    # too, which is made from its present page.
    assert counts[0][1] <= 4


def named(address):
    """Return the file for an address of the site; None for any other address."""
    leads = urldefrag(address)[0]
    return unquote(leads.removeprefix(BASE)) or "index.html" if leads.startswith(BASE) else None


def reached(out, files):
    """Follow all links from the pages to which nothing has to link; return everything that was found."""
    waiting, seen = ["index.html", "404.html", "old.html"], set()
    while waiting:
        page = waiting.pop()
        if page in seen or not page.endswith(".html"):
            continue
        seen.add(page)
        data = (out / page).read_bytes()
        if len(seen) % 10 == 0:
            html5lib.HTMLParser(strict=True).parse(data)
        leads = {named(urljoin(BASE + page, link)) for *_, link, _ in html.fromstring(data).iterlinks()}
        assert leads <= {*files, None}, page
        waiting += leads - {None}
    return seen


def addresses(out):
    """Return the addresses in feeds and sitemap as files."""
    trees = [etree.parse(document) for document in (*out.glob("*.atom"), out / "sitemap.xml")]
    found = [link.get("href") for tree in trees for link in tree.iter(f"{ATOM}link")]
    found += [url.text for tree in trees for url in tree.getroot().iter("{*}loc")]
    for document in out.glob("*.json"):
        found += [item["url"] for item in json.loads(document.read_bytes()).get("items", ())]
    return {named(address) for address in found}


SWEEP = pytest.mark.skipif(not os.environ.get("FEEDPUB_SWEEP"), reason="a large site is a part of the sweep")


@pytest.mark.slow
@pytest.mark.parametrize("size", [1_000, pytest.param(10_000, marks=SWEEP)])
def test_every_link_and_every_address_of_an_entry_is_answered(site, size):
    site.config["feeds"] |= {
        "oak": {"title": "Oak", "any": ["oak"]},
        "elm": {"title": "Elm", "any": ["elm"], "archive": "off"},
        "old": {"title": "Old", "retired": {"moved_to": BASE + "oak.atom"}},
    }
    site.config["output"]["archive"] = str(size // 20)
    for part in (0.4, 0.9, 1):
        site.build(stories(int(part * size)))
    files = {str(path.relative_to(site.out)) for path in site.out.rglob("*") if path.is_file()}
    articles = {name for name in files if name.startswith("article/") and name.endswith(".html")}
    assert len(articles) == size
    assert articles <= reached(site.out, files)
    assert articles <= addresses(site.out) <= {*files, None}
