"""HTML from sources, made safe once: an allow-list as feed readers use it, absolute addresses, bounded depth."""

from __future__ import annotations

import re
from html import escape, unescape
from itertools import accumulate
from urllib.parse import urljoin, urlsplit

import nh3

MAX_DEPTH = 256
MAX_TAGS = 20_000

_TAGS = {
    *(
        "a",
        "abbr",
        "acronym",
        "address",
        "article",
        "aside",
        "audio",
        "b",
        "bdi",
        "bdo",
        "big",
        "blockquote",
        "br",
    ),
    *(
        "caption",
        "center",
        "cite",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
    ),
    *(
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
    ),
    *(
        "li",
        "mark",
        "ol",
        "p",
        "picture",
        "pre",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "section",
        "small",
        "source",
    ),
    *(
        "span",
        "strike",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "time",
    ),
    *("tr", "tt", "u", "ul", "var", "video", "wbr"),
}
_DROPPED_WHOLE = {
    *(
        "iframe",
        "math",
        "noscript",
        "object",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
    ),
}
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "hreflang"},
    "audio": {"controls", "src"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "del": {"cite", "datetime"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"cite", "datetime"},
    "ol": {"reversed", "start", "type"},
    "q": {"cite"},
    "source": {"src", "type"},
    "td": {"colspan", "headers", "rowspan"},
    "th": {"colspan", "headers", "rowspan", "scope"},
    "time": {"datetime"},
    "video": {"controls", "height", "poster", "src", "width"},
}
_ADDRESSES = frozenset(["href", "src", "cite", "poster"])
_SCHEMES = {"http", "https", "mailto", "tel"}

_TAG = re.compile(r"<(/?)[a-zA-Z]")
_MARKUP = re.compile(r"<[^<>]*>")
_SOURCELESS = re.compile(r"<img(?![^>]* src=)[^>]*>")  # of sanitised HTML, whose attributes hold no bare >


def sanitise(html: str, base: str | None) -> str:
    """Return ``html`` with what a feed may carry; addresses become absolute against ``base``.

    Without a ``base``, relative addresses are dropped: a reader would resolve them against its own. What is
    nested deeper than any page loses all markup, since parsing it costs quadratic time.
    """
    if _too_deep(html):
        return escape(visible_text(html), quote=False)

    def absolute(_: str, attribute: str, value: str) -> str | None:
        if attribute not in _ADDRESSES:
            return value
        try:
            address = urljoin(base or "", value.strip())
            return address if urlsplit(address).scheme in _SCHEMES else None
        except ValueError:
            return None

    safe = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=absolute,
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    return _SOURCELESS.sub("", safe).strip()


def visible_text(html: str) -> str:
    """Return the text of sanitised ``html``, with a space for each tag."""
    return " ".join(unescape(_MARKUP.sub(" ", html)).split())


def _too_deep(html: str) -> bool:
    # A closing tag in an attribute can hide a level from this count; the bound on tags is for that.
    levels = [-1 if match[1] else 1 for match in _TAG.finditer(html)]
    return len(levels) > MAX_TAGS or max(accumulate(levels), default=0) > MAX_DEPTH
