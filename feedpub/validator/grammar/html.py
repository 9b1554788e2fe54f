"""HTML in feeds: the tags, attributes and styles in a text, without building a tree.

The standard library's ``html.parser`` reads 2 to 4 MB/s and accepts everything. One regular expression is fast enough
for feeds of 10 MB, and what it does not recognise as a tag is a finding. Nothing is repaired. Styles are judged by
their properties and values: most cannot cover, move or load anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from html.entities import html5
from typing import Final

from feedpub.validator.grammar import iris, words

# Elements that only present or structure text (HTML Standard §4, and HTML 4). They are harmless to readers.
SAFE: Final = words(
    """
    a abbr acronym address area article aside audio b bdi bdo big blockquote br button canvas caption center
    cite code col colgroup command data datagrid datalist dd del details dfn dialog dir div dl dt em
    event-source fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hgroup hr i img input ins
    kbd keygen label legend li m main map mark menu menuitem meter multicol nav nextid nobr noscript ol optgroup
    option output p picture pre progress q rb rbc rp rt rtc ruby s samp search section select small sound source
    spacer span strike strong sub summary sup svg math table tbody td template textarea tfoot th thead time tr
    track tt u ul var video wbr xmp
    """,
)
# Elements that run code, embed files or redirect. A reader that shows them lets them into its own page.
UNSAFE: Final = words(
    """
    applet base basefont bgsound blink body comment embed frame frameset head html iframe ilayer isindex layer
    link listing marquee meta noembed noframes object param plaintext script slot style title xml
    """,
)
ELEMENTS: Final = SAFE | UNSAFE
# SVG 1.1 and MathML 3 without scripts, foreign objects and event handlers.
SVG: Final = words(
    """
    a animate animateColor animateMotion animateTransform circle clipPath defs desc ellipse filter font-face
    font-face-name font-face-src feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix
    feDiffuseLighting feDisplacementMap feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur
    feImage feMerge feMergeNode feMorphology feOffset feSpecularLighting feTile feTurbulence g glyph hkern image
    line linearGradient marker mask metadata missing-glyph mpath path pattern polygon polyline radialGradient
    rect set stop svg switch symbol text textPath title tspan use view
    """,
)
MATHML: Final = words(
    """
    annotation annotation-xml maction math merror mfenced mfrac mglyph mi mlabeledtr mmultiscripts mn mo mover
    mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder
    munderover none semantics
    """,
)
# Elements of SVG and MathML may be in HTML (HTML Standard §4.8.15 and §4.8.16), where names ignore case.
_FOREIGN: Final = (frozenset(name.lower() for name in SVG | MATHML) - ELEMENTS) | {"svg", "math"}
_VOID: Final = words(
    """
    area base br col embed hr img input link meta param source track wbr
    """,
)

ATTRIBUTES: Final = words(
    """
    abbr about accept accept-charset accesskey action align allow allowfullscreen alt aspect-ratio async
    autocomplete autofocus autoplay axis background balance bgcolor bgproperties border bordercolor
    bordercolordark bordercolorlight bottompadding cellpadding cellspacing ch challenge char charoff charset
    checked choff cite class clear code codebase codetype color cols colspan compact content contenteditable
    controls coords crossorigin currentpage data datatype datafld datapagesize datasrc datetime decoding default
    defer delay dir dirname disabled download draggable dynsrc end enctype enterkeyhint exportparts face
    fetchpriority for form formaction formmethod frame frameborder galleryimg gutter headers height hidden
    hidefocus high href hreflang hspace http-equiv icon id imagesizes imagesrcset inert inputmode integrity is
    ismap itemid itemprop itemref itemscope itemtype keytype kind label lang language left leftspacing link list
    loading longdesc loop loopcount loopend loopstart low lowsrc marginheight marginwidth max maxlength media
    method min minlength multiple muted name nohref nonce noshade novalidate nowrap open optimum part pattern
    ping placeholder playsinline point-size popover poster preload prefix prompt property pqg radiogroup
    readonly referrerpolicy rel repeat-max repeat-min replace required resource rev reversed rightspacing role
    rows rowspan rules sandbox scheme scope scrolling scoped selected shape size sizes slot span spellcheck src
    srcdoc srclang srcset start step style summary suppress tabindex target template title toppadding translate
    type typeof unselectable urn usemap valign value valuetype variable version vocab volume vrml vspace width
    wrap xmlns xml:lang xml:space
    """,
)
_ATTRIBUTE_PREFIXES: Final = ("data-", "aria-", "on")
_ADDRESSES: Final = ("href", "src", "srcset", "action", "cite", "poster", "longdesc", "background", "data")

_TAG: Final = re.compile(r"""</?[A-Za-z][^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*)*>""")
# The most common tag, in which nothing is wrong.
_LINK: Final = re.compile(r'<a href="https?:[^"]*">\Z')
_NAME: Final = re.compile(r"""</?([A-Za-z][^\s/><"'=]*)""")
_OPENING: Final = re.compile(r"<(?=[A-Za-z/!])")
_ATTRIBUTE: Final = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]*)))?""")
_ABSOLUTE: Final = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.\-]*:")
_REFERENCE: Final = re.compile(r"&(?:#(x[0-9A-Fa-f]+|[0-9]+);?|([A-Za-z][A-Za-z0-9]*);?)")
# A text about HTML may name these entities. In any other text, they show that it was escaped twice.
_OF_XML: Final = frozenset({"amp", "lt", "gt", "quot", "apos", "AMP", "LT", "GT", "QUOT"})
_ABOUT_HTML: Final = re.compile(r"\b(?:html|xml|entit|escap|ampersand|character|symbol|sign)", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"\s*&(?:lt|#60|#x3[Cc]);[A-Za-z]")
# The beginnings of a comment, a CDATA section, a declaration and a processing instruction, and their ends.
_SPECIAL: Final = re.compile(r"<!--|<!\[CDATA\[|<![A-Za-z]|<\?")
_ENDS: Final = {"<!--": "-->", "<![CDATA[": "]]>"}


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found in a text of HTML, for the checks. The tuples are sorted.

    ``mistake`` is the rest of a sentence about a syntax error, or None. ``unsafe`` are names of dangerous elements,
    ``attributes`` those that run scripts, and ``styles`` dangerous declarations. ``unknown_attributes`` are not in
    HTML, and ``unknown_styles`` are not known to be harmless. ``relative`` are relative addresses, ``local`` addresses
    of files on localhost, and ``mute`` image tags without alternative text. ``escaped`` is a tag that was escaped
    twice, or None.
    """

    mistake: str | None
    unsafe: tuple[str, ...]
    attributes: tuple[str, ...]
    styles: tuple[str, ...]
    relative: tuple[str, ...] = ()
    unknown_attributes: tuple[str, ...] = ()
    unknown_styles: tuple[str, ...] = ()
    local: tuple[str, ...] = ()
    mute: tuple[str, ...] = ()
    escaped: str | None = None


# The survey of a <title>, which is unsafe in HTML but harmless in SVG.
_TITLE: Final = Survey(None, ("title",), (), ())
_NOTHING: Final = Survey(None, (), (), ())


def survey(text: str) -> Survey | None:
    """Search a text of HTML once for all checks; return None if there is nothing to report, which is usual."""
    bare = _tags_only(text)
    tags = _TAG.findall(bare)
    unfinished = _unfinished(bare) if len(tags) != bare.count("<") else None
    odd = [found for written in set(tags) if (found := _survey_of_tag(written)) is not None]
    if odd and "<svg" in bare:
        odd = [found for found in odd if found != _TITLE]
    mistake = unfinished or (_wrong_number(text) if "&#" in text else None)
    escaped = _escaped_tag(bare) if not tags else None
    if mistake is None and escaped is None and not odd:
        return None
    return Survey(
        min((found.mistake for found in odd if found.mistake), default=mistake),
        _sorted(found.unsafe for found in odd),
        _sorted(found.attributes for found in odd),
        _sorted(found.styles for found in odd),
        _sorted(found.relative for found in odd),
        _sorted(found.unknown_attributes for found in odd),
        _sorted(found.unknown_styles for found in odd),
        _sorted(found.local for found in odd),
        _sorted(found.mute for found in odd),
        escaped,
    )


def _escaped_tag(text: str) -> str | None:
    """Return the first tag of a text whose HTML was escaped twice; None if it was not."""
    if not _ESCAPED.match(text):
        return None
    meant = unescape(text).strip()
    first = _TAG.match(meant)
    whole = first is not None and _name(first[0]) in ELEMENTS and meant.endswith(">")
    return first[0] if first is not None and whole and "</" in meant else None


def _sorted(found: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({one for several in found for one in several}))


@lru_cache(maxsize=4096)
def _survey_of_tag(written: str) -> Survey | None:
    """Return the survey of one tag; None if there is nothing to report."""
    if _LINK.match(written):
        return None
    name = _name(written)
    known = name in ELEMENTS or name in _FOREIGN or "-" in name or ":" in name
    mistake = None if known else f"contains {written!r}, which is not an HTML element"
    unsafe = (name,) if name in UNSAFE else ()
    there = dict(_attributes(written)) if name in ELEMENTS or name in _FOREIGN else {}
    foreign = name in _FOREIGN
    scripts = tuple(attribute for attribute in there if runs_script(attribute))
    unknown = tuple(found for found in there if unknown_attribute(found)) if not foreign else ()
    harmful, odd = judge_style(there.get("style", "")) if not foreign else ((), ())
    addresses = [(attribute, value) for attribute, value in there.items() if attribute in _ADDRESSES]
    found = Survey(
        mistake,
        unsafe,
        scripts,
        harmful,
        tuple(value for _, value in addresses if is_relative(value)),
        unknown,
        odd,
        # A tutorial may link to the reader's own computer, but a feed should not load anything from there.
        tuple(value for attribute, value in addresses if attribute != "href" and iris.is_local(value)),
        (written,) if name == "img" and "alt" not in there and written[:2] != "</" else (),
    )
    return None if found == _NOTHING else found


def _name(written: str) -> str:
    found = _NAME.match(written)
    return found[1].lower() if found else ""


def _attributes(written: str) -> Iterator[tuple[str, str]]:
    """Yield the names of a tag's attributes in lower case, with their unescaped values."""
    name = _NAME.match(written)
    for found in _ATTRIBUTE.finditer(written, name.end() if name else 0, len(written) - 1):
        yield found[1].lower(), unescape(found[2] or found[3] or found[4] or "")


def markup_in(text: str) -> str | None:
    """Return the first thing in a plain text that a reader would take for HTML; None if there is nothing.

    A tag counts if it is an element of HTML, an entity if HTML defines it. The five entities of XML only count with a
    semicolon (``AT&T`` has none), and if the text is not about HTML.
    """
    if "<" in text:
        for written in _TAG.findall(text):
            if _name(written) in ELEMENTS:
                return str(written)
        if "<!--" in text:
            return "<!--"
    if "&" in text:
        if "&#x" in text:
            return "&#x"
        about_html = _ABOUT_HTML.search(text) is not None
        for found in _REFERENCE.finditer(text):
            if found[1] or _is_entity(found, text, about_html):
                return found[0]
    return None


def _is_entity(found: re.Match[str], text: str, about_html: bool) -> bool:
    if found[2] in _OF_XML:
        return found[0].endswith(";") and not about_html
    # HTML accepts old entities without a semicolon. In an address, &copy=1 is a parameter.
    return f"{found[2]};" in html5 and text[found.end() : found.end() + 1] != "="


def _tags_only(text: str) -> str:
    """Return a text without comments, CDATA sections and declarations; those that do not end stay."""
    if "<!" not in text and "<?" not in text:
        return text
    kept, place = [], 0
    # An end that is missing once is missing for the rest of the text; another search would take quadratic time.
    missing: set[str] = set()
    for found in _SPECIAL.finditer(text):
        mark = _ENDS.get(found[0], ">")
        if found.start() < place or mark in missing:
            continue
        end = text.find(mark, found.end())
        if end < 0:
            missing.add(mark)
            continue
        kept.append(text[place : found.start()])
        place = end + len(mark)
    return " ".join((*kept, text[place:]))


def unfinished_tag(text: str) -> str | None:
    """Return a ``<`` with the name of an HTML element and no ``>`` after it; None if there is none."""
    place = text.rfind("<")
    if place < 0 or ">" in text[place:]:
        return None
    found = re.match(r"</?([A-Za-z][A-Za-z0-9]*)", text[place:])
    return found[0] if found and found[1].lower() in ELEMENTS else None


def _unfinished(text: str) -> str | None:
    rest = _TAG.sub(" ", text)
    opening = _OPENING.search(rest)
    return f"contains a tag that does not end: {rest[opening.start() :][:20]!r}" if opening else None


def _wrong_number(text: str) -> str | None:
    for found in _REFERENCE.finditer(text):
        if found[1] and not _allowed(found[1]):
            return f"contains {found[0]}, which is not a character"
    return None


def _allowed(number: str) -> bool:
    digits = number[1:] if number[0] == "x" else number
    if len(digits) > 8:
        return False
    code = int(digits, 16 if number[0] == "x" else 10)
    return not (0x7F < code < 0xA0 or 0xD800 <= code < 0xE000 or code > 0x10FFFF or code == 0)


def unknown_attribute(name: str) -> bool:
    """Tell whether an attribute is neither defined by HTML nor an event handler."""
    return name not in ATTRIBUTES and not name.startswith(_ATTRIBUTE_PREFIXES)


def is_relative(address: str) -> bool:
    """Tell whether an address is relative, so that it does not work outside its page."""
    return bool(address) and address[0] != "#" and not _ABSOLUTE.match(address)


# Properties that change how text looks in its own box (CSS 2.1 and later modules).
_PROPERTIES: Final = words(
    """
    azimuth background background-color border border-bottom border-bottom-color border-bottom-left-radius
    border-bottom-right-radius border-bottom-style border-bottom-width border-collapse border-color border-left
    border-left-color border-left-style border-left-width border-radius border-right border-right-color
    border-right-style border-right-width border-spacing border-style border-top border-top-color
    border-top-left-radius border-top-right-radius border-top-style border-top-width border-width box-sizing
    clear color cursor direction display elevation float font font-family font-feature-settings font-size
    font-stretch font-style font-variant font-weight gap height letter-spacing line-height list-style
    list-style-position list-style-type margin margin-bottom margin-left margin-right margin-top max-height
    max-width min-height min-width orphans overflow overflow-wrap overflow-x overflow-y padding padding-bottom
    padding-left padding-right padding-top page-break-after page-break-before page-break-inside pause
    pause-after pause-before pitch pitch-range quotes richness speak speak-header speak-numeral
    speak-punctuation speech-rate stress table-layout text-align text-align-last text-decoration
    text-decoration-color text-decoration-line text-decoration-style text-indent text-overflow text-transform
    unicode-bidi vertical-align voice-family volume white-space widows width word-break word-spacing word-wrap
    """,
)
# Atomic groups match whole tokens: a digit that could belong to two tokens would cause exponential time.
_SAFE_VALUE: Final = re.compile(
    r"\s*(?>(?:[-+]?[0-9.]+(?:%|[a-z]{1,4})?|#[0-9a-f]{3,8}|rgba?\([0-9.%,\s/]*\)|hsla?\([0-9a-z.%,\s/]*\)|"
    r"[a-z][a-z0-9-]*(?!\()|!important|'[^'\\<>()]*'|\"[^\"\\<>()]*\"|,|/)\s*)*+\Z",
    re.ASCII | re.IGNORECASE,
)


_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
# Values that load a file, run a script, hide either with an escape, or place the text over the rest of the page.
_HARMFUL: Final = re.compile(
    r"\b(?:url|image|image-set|src|expression)\s*\(|(?:java|vb)script\s*:|[\\<]|"
    r"\A\s*(?:behavior|-moz-binding|position|z-index|filter|-ms-filter|src)\s*:",
    re.ASCII | re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def judge_style(style: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the dangerous declarations of a style, and those that are only unknown."""
    harmful, unknown = [], []
    for declaration in _COMMENT.sub("", style).split(";") if style else ():
        name, colon, value = declaration.partition(":")
        if not declaration.strip():
            continue
        line = " ".join(declaration.split())
        if _HARMFUL.search(declaration):
            harmful.append(line)
        elif not colon or name.strip().lower() not in _PROPERTIES or not _SAFE_VALUE.match(value):
            unknown.append(line)
    return tuple(harmful), tuple(unknown)


def runs_script(attribute: str) -> bool:
    """Tell whether an attribute is an event handler, whose value is a script."""
    return attribute.startswith("on")
