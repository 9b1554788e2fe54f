"""The page for people: what feeds there are, in plain words, and how to subscribe."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from feedpub.documents.channel import Channel, Site
from feedpub.documents.formats import OPML_NAME, OutputFormat

_STYLE = """
:root { color-scheme: light dark; --quiet: light-dark(#59636e, #9198a1); --line: light-dark(#d8dee4, #30363d); }
body { font: 1.0625rem/1.55 system-ui, sans-serif; max-width: 42rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { margin: 0 0 .5rem; line-height: 1.2; }
h2 { font-size: 1.15rem; margin: 0; }
p { margin: .25rem 0; }
.quiet { color: var(--quiet); }
ul { list-style: none; padding: 0; margin: 2rem 0; }
li { border-top: 1px solid var(--line); padding: 1rem 0; }
a { overflow-wrap: anywhere; }
code { font-size: .9em; overflow-wrap: anywhere; }
"""


def index_page(site: Site, feeds: Sequence[Channel], formats: Sequence[OutputFormat]) -> bytes:
    """Return the HTML page that lists ``feeds``; its head lets readers find them from the page's address."""
    lang = f' lang="{escape(site.language)}"' if site.language else ""
    alternates = "\n".join(
        f'<link rel="alternate" type="{known.media_type}" title="{escape(feed.title)} ({known.label})"'
        f' href="{feed.slug}.{known.name}">'
        for feed in feeds
        for known in formats
    )
    items = "\n".join(_item(feed, site, formats) for feed in feeds)
    page = f"""<!doctype html>
<html{lang}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(site.title)}: feeds</title>
{alternates}
<style>{_STYLE}</style>
</head>
<body>
<h1>{escape(site.title)}</h1>
<p>Follow a topic in a feed reader: copy an address below into your reader's “add feed” field, or
<a href="{OPML_NAME}">import all of them at once</a> (OPML).</p>
<p class="quiet">A feed reader is a program or web service that fetches new articles for you, without an
account here and without tracking.</p>
<ul>
{items}
</ul>
</body>
</html>
"""
    return page.encode()


def _item(feed: Channel, site: Site, formats: Sequence[OutputFormat]) -> str:
    links = "".join(
        f'<p><a href="{feed.slug}.{known.name}">{known.label}</a>'
        f" <code>{escape(site.base_url)}{feed.slug}.{known.name}</code></p>"
        for known in formats
    )
    return f'<li><h2>{escape(feed.title)}</h2><p class="quiet">{escape(feed.description)}</p>{links}</li>'
