"""HTML from sources, made safe once: an allow-list like those of feed readers, absolute addresses, bounded depth."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from html import escape, unescape
from itertools import accumulate
from types import MappingProxyType
from urllib.parse import urljoin, urlsplit

import nh3

from feedpub.core.feed_values import without_password
from feedpub.text.folding import raised


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MAX_DEPTH = 256
MAX_TAGS = 20_000

_TAGS = _words(
    """
    a abbr acronym address article aside audio b bdi bdo big blockquote br caption center cite code
    col colgroup dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header
    hr i img ins kbd li mark ol p picture pre q rp rt ruby s samp section small source span strike
    strong sub summary sup table tbody td tfoot th thead time tr tt u ul var video wbr
    """
)
_DROPPED_WHOLE = _words(
    """
    iframe math noscript object script select style svg template textarea title
    """
)
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

_OPEN_OR_CLOSE = re.compile(r"<(/?)[a-zA-Z]")
_ANY_TAG = re.compile(r"<[^<>]*>")
# Inline elements: their tags are not replaced by a space; the tags of all others break the line.
_INLINE = _words(
    """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q rp rt ruby s
    samp small span strike strong sub sup time tt u var wbr
    """
)
_WITHIN_LINE = re.compile(rf"</?(?:{'|'.join(sorted(_INLINE))})(?=[\s>])[^<>]*>")
# Most bodies do not have this, and need not be parsed for it: the end of href, src, cite or poster, and a
# relative address. The pattern begins with a sign that is rare in text.
_MAYBE_RELATIVE = re.compile(r"=(?<=[fcer\s]=)\s*+[\"']?+\s*+(?!https?:|mailto:|tel:)", re.IGNORECASE)
# For sanitised HTML, in which all attribute values are in double quotes.
_IMAGE_OR_LINK = re.compile(r'<img((?: [^\s="]+="[^"]*")*)>|<(/?)a((?: [^\s="]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([^\s="]+)="([^"]*)"')


# What a browser shows but a feed cannot carry, or only shows with a script; searched before anything is parsed.
_EMBEDDED = re.compile(
    r"<(?:iframe|embed|object|noscript|math)\b|\s(?:srcset|data-[a-z-]*src|data-original)\s*=", re.IGNORECASE
)
# Bounded, so that broken markup takes linear time: a tag, and its attributes.
_TAG = re.compile(
    r"""<(?P<end>/)?(?P<name>iframe|embed|object|noscript|math|img|script|style|template)(?=[\s/>])
      (?P<attributes>(?: [^<>"']{1,500} | "[^"]{0,2000}" | '[^']{0,2000}' ){0,40}+)>""",
    re.IGNORECASE | re.VERBOSE,
)
_VALUE = re.compile(r"""([a-z][a-z0-9-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_LAZY = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-original-src",
    "data-orig-src",
    "data-hi-res-src",
)
_SETS = ("srcset", "data-srcset", "data-lazy-srcset")
_TEX = re.compile(
    r"<annotation[^>]*encoding\s*=\s*[\"']?application/x-tex[^>]*>(.*?)</annotation>",
    re.IGNORECASE | re.DOTALL,
)
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


def carried(html: str) -> str:
    """Replace embeds, images that a script loads, and formulas by something that a feed can carry.

    An embed becomes a link, an image gets its own address, a formula becomes its text. Invisible parts are removed.
    """
    if not _EMBEDDED.search(html):
        return html
    tags = list(_TAG.finditer(html))
    parts: list[str] = []
    place = 0
    for number, tag in enumerate(tags):
        if tag.start() < place or tag["end"]:
            continue
        name = tag["name"].lower()
        end = _end_of(name, tags, number, len(html)) if name in _HOLDING else tag.end()
        parts.append(html[place : tag.start()])
        parts.append(_instead(name, tag, html[tag.end() : end], "".join(parts[-3:])))
        place = end
    return "".join((*parts, html[place:]))


_HOLDING = frozenset(("iframe", "noscript", "math", "script", "style", "template"))


def _instead(name: str, tag: re.Match[str], inner: str, before: str) -> str:
    """Return the replacement of an element with the content ``inner``."""
    match name:
        case "iframe" | "embed":
            return _link_to(_values(tag))
        case "math":
            return _formula(_values(tag), inner)
        case "noscript":
            return _without_program(inner, before)
        case "object":
            # Its content is a fallback for browsers that cannot show it.
            return ""
        case "img":
            return _own_address(tag)
        case _:
            return tag[0] + inner


def _end_of(name: str, tags: list[re.Match[str]], number: int, length: int) -> int:
    """Return where the element of a start tag ends: after its end tag, else at the end of the text."""
    for later in tags[number + 1 : number + 50]:
        if later["end"] and later["name"].lower() == name:
            return later.end()
    return length if name in ("script", "style") else tags[number].end()


def _values(tag: re.Match[str]) -> dict[str, str]:
    found = _VALUE.findall(tag["attributes"])
    return {name.lower(): unescape(one or two or three).strip() for name, one, two, three in reversed(found)}


def _link_to(values: dict[str, str]) -> str:
    """Return a link to the embedded content; empty if it is hidden or too small to see."""
    address = values.get("src") or values.get("data-src") or values.get("data-lazy-src") or ""
    if address.startswith("//"):
        address = f"https:{address}"
    is_seen = not _INVISIBLE.search(values.get("style", "")) and not {"0", "1"} & {
        values.get("width"),
        values.get("height"),
    }
    if not is_seen or not address or address.startswith(("about:", "data:", "javascript:")):
        return ""
    return f'<p><a href="{escape(address)}">{escape(values.get("title") or address)}</a></p>'


def _own_address(tag: re.Match[str]) -> str:
    """Return an image with the address that a script would give it; unchanged if it has one."""
    values = _values(tag)
    lazy = next((values[name] for name in _LAZY if values.get(name)), "")
    sets = (values[name].split(",")[-1].split() for name in _SETS if values.get(name))
    source = values.get("src", "")
    better = lazy or next((found[0] for found in sets if found), "")
    if not better or (source and not source.startswith("data:") and not lazy):
        return tag[0]
    kept = "".join(
        f' {name}="{escape(values[name])}"' for name in ("alt", "title", "width", "height") if name in values
    )
    return f'<img src="{escape(better)}"{kept}>'


def _without_program(inner: str, before: str) -> str:
    """Return the images for browsers without scripts, if they differ from those before them."""
    images = [tag for tag in _TAG.finditer(inner) if tag["name"].lower() == "img" and not tag["end"]]
    addresses = [_values(tag).get("src", "") for tag in images]
    shown = unescape(before)
    return "".join(
        tag[0] for tag, address in zip(images, addresses, strict=True) if address and address not in shown
    )


def _formula(values: dict[str, str], inner: str) -> str:
    """Return the text of a formula, as TeX if available."""
    tex = _TEX.search(inner)
    if tex or values.get("alttext"):
        return f"<code>{escape(unescape(tex[1].strip()) if tex else values['alttext'], quote=False)}</code>"
    return f"<span>{' '.join(_ANY_TAG.sub(' ', inner).split())}</span>"


def sanitise(html: str, base: str | None, files: Mapping[str, str] = MappingProxyType({})) -> str:
    """Return ``html`` reduced to what a feed may carry; addresses become absolute against ``base``.

    ``files`` maps references to addresses of published files.

    Without a ``base``, relative addresses are dropped, because a reader would resolve them against its own. An image
    without an address becomes its alternative text, and a link its text. HTML that is nested deeper than
    any page loses all markup, because parsing it takes quadratic time.
    """
    if too_deep(html):
        return escape(visible_text(html), quote=False)
    html = carried(html)

    def absolute(_: str, attribute: str, value: str) -> str | None:
        if attribute not in _ADDRESSES:
            return value
        if published := files.get(value.strip()):
            return published
        try:
            # Before and after: //ann:password@host only has a scheme with its base.
            address = without_password(urljoin(base or "", without_password(value.strip())))
            return address if urlsplit(address).scheme in _SCHEMES else None
        except ValueError:
            return None

    return _readable(_clean(html, absolute)).strip()


def relative_addresses(html: str) -> list[str]:
    """Return the addresses in ``html`` that :func:`sanitise` drops without a base."""
    if not _MAYBE_RELATIVE.search(html) or too_deep(html):
        return []
    html = carried(html)
    found: list[str] = []

    def note(tag: str, attribute: str, value: str) -> None:
        # It is also called for elements that are dropped as a whole.
        if attribute in _ADDRESSES and attribute in _ATTRIBUTES.get(tag, ()) and value.strip():
            with suppress(ValueError):
                if not urlsplit(value.strip()).scheme:
                    found.append(value.strip())

    _clean(html, note)
    return found


def visible_text(html: str) -> str:
    """Return the text of sanitised ``html`` on one line, with a space for each tag that is not inside a word."""
    return " ".join(unescape(_ANY_TAG.sub(" ", _WITHIN_LINE.sub("", html))).split())


def _clean(html: str, attribute_filter: Callable[[str, str, str], str | None]) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_DROPPED_WHOLE,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute_filter,
        url_schemes=_SCHEMES,
        link_rel=None,
    )


def _readable(safe: str) -> str:
    """Return sanitised HTML with text in place of images and links that have no address."""
    # Whether each open link has an address: with a table between them, links may be nested.
    addressed: list[bool] = []

    def shown(match: re.Match[str]) -> str:
        image, closing, link = match.groups()
        if image is not None:
            attributes = dict(_ATTRIBUTE.findall(image))
            return match[0] if "src" in attributes else _as_text(attributes.get("alt", ""))
        if closing:
            return match[0] if addressed.pop() else ""
        addressed.append("href" in dict(_ATTRIBUTE.findall(link)))
        return match[0] if addressed[-1] else ""

    return _IMAGE_OR_LINK.sub(shown, safe)


def _as_text(attribute: str) -> str:
    """Return an attribute's value as text: ``<`` needs no escape there, and not all versions of nh3 write one."""
    return attribute.replace("<", "&lt;").replace(">", "&gt;")


def too_deep(html: str) -> bool:
    # A closing tag in an attribute can hide a level from this count; the limit on tags covers that.
    levels = [-1 if match[1] else 1 for match in _OPEN_OR_CLOSE.finditer(html)]
    return len(levels) > MAX_TAGS or max(accumulate(levels), default=0) > MAX_DEPTH


_PLAIN_TAG = re.compile(r"<[^>]*>")


def plain_text(markup: str) -> str:
    """Return the text of a piece of HTML, with blocks separated, without scripts and styles."""
    if "<" not in markup and "&" not in markup:
        return markup
    # Slow to import, and not needed for plain text.
    from lxml import etree, html  # noqa: PLC0415

    try:
        parser = html.HTMLParser(no_network=True, remove_comments=True, huge_tree=False)
        tree = html.fragment_fromstring(markup.replace("\x00", " "), create_parent="div", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return _PLAIN_TAG.sub(" ", markup)
    for dropped in tree.xpath("//script | //style"):
        dropped.drop_tree()
    for block in tree.xpath("//p | //br | //div | //li | //h1 | //h2 | //h3 | //tr | //blockquote"):
        block.tail = f"\n{block.tail or ''}"
    return str(tree.text_content()).strip()


_SHOWN = re.compile(r"<(?:audio|embed|iframe|img|math|object|picture|svg|video)[\s/>]", re.IGNORECASE)
_SPACE = "\u200b\u200c\u200d\u2060\ufeff"


def shows_something(markup: str) -> bool:
    """Say whether a piece of HTML has words, a picture or a player, and not only empty paragraphs and comments."""
    return _SHOWN.search(markup) is not None or bool(visible(markup).strip().strip(_SPACE).strip())


# One pass without backtracking, so broken markup takes linear time: a quantifier with a + is possessive, and an
# unclosed part extends to the end of the text, as in the HTML standard.
_MARKUP = re.compile(
    r"""(?P<comment><!--.*?(?:-->|\Z) | <[!?][^>]*(?:>|\Z))
    | <(?P<end>/)?(?P<name>[a-z][^\s/>]*+)
      (?: [^>=] | =\s*+(?:"[^"]*+(?:"|\Z) | '[^']*+(?:'|\Z) | (?!["'])) )*+ (?:>|\Z)""",
    re.ASCII | re.DOTALL | re.IGNORECASE | re.VERBOSE,
)


# Elements whose content is not shown.
_UNSEEN = frozenset(("head", "iframe", "script", "style", "template", "title"))
# Block elements, which end phrases. Elements that are neither block nor inline, such as images, break the line.
_BLOCKS = _words(
    """
    address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p pre search section
    summary table tbody td tfoot th thead tr ul
    """
)


def visible(markup: str) -> str:
    """Return the text that a browser would show, with a blank line where a block begins or ends.

    Digits in ``<sup>`` become superscripts, and a superscript link (a footnote) is separate from the word
    before it. Broken markup is read like in the HTML standard's tokeniser (§13.2.5), without its repairs.
    """
    if "<" not in markup:
        return html.unescape(markup)
    parts: list[str] = []
    place = 0
    raised_from = -1
    linked = False
    link_ends_at = -1
    while (match := _MARKUP.search(markup, place)) is not None:
        parts.append(html.unescape(markup[place : match.start()]))
        place = match.end()
        name = (match["name"] or "").lower()
        if name in _UNSEEN and not match["end"]:
            place = _end_of_unseen(markup, name, place)
        elif name == "sup":
            if match["end"] and raised_from >= 0:
                parts[raised_from:] = [_raised("".join(parts[raised_from:]), linked=linked)]
            raised_from = -1 if match["end"] else len(parts)
            linked = link_ends_at == match.start()
        elif name == "a":
            linked = not match["end"] or linked
            link_ends_at = -1 if match["end"] else place
        elif name and name not in _INLINE:
            parts.append("\n\n" if name in _BLOCKS else "\n")
    parts.append(html.unescape(markup[place:]))
    return "".join(parts)


def _raised(text: str, *, linked: bool) -> str:
    if text.isascii() and text.strip().isdigit():
        text = raised(text)
    return f" {text}" if linked else text


def _end_of_unseen(markup: str, name: str, place: int) -> int:
    """Return where an element that is not shown ends; without an end tag, at the end of the text."""
    end = re.compile(rf"</{name}(?![a-z0-9])[^>]*+>?", re.IGNORECASE).search(markup, place)
    return end.end() if end else len(markup)
