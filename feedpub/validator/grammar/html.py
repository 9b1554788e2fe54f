"""HTML inside feeds: what tags, attributes and styles a text contains, without building a tree.

The standard library's ``html.parser`` reads 2 to 4 MB/s and forgives everything; one expression finds the tags at a
speed that a feed of 10 MB deserves, and what it cannot read as a tag is a finding by itself. Nothing is repaired.
Styles are judged by their properties and values: most cannot cover, move or load anything.
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

# Elements that only present or structure text (HTML Standard §4, and what HTML 4 had): no reader minds them.
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
# Elements that run, embed or redirect: what a reader that shows them lets into its own page.
UNSAFE: Final = words(
    """
    applet base basefont bgsound blink body comment embed frame frameset head html iframe ilayer isindex layer
    link listing marquee meta noembed noframes object param plaintext script slot style title xml
    """,
)
ELEMENTS: Final = SAFE | UNSAFE
# SVG 1.1 and MathML 3 without scripts, foreign objects, links to files and event handlers.
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
# Drawings and formulas may be in HTML as they are (HTML Standard §4.8.15 and §4.8.16); its names know no case.
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
# The tag that is most of all; nothing is wrong with it.
_LINK: Final = re.compile(r'<a href="https?:[^"]*">\Z')
_NAME: Final = re.compile(r"""</?([A-Za-z][^\s/><"'=]*)""")
_OPENING: Final = re.compile(r"<(?=[A-Za-z/!])")
_ATTRIBUTE: Final = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]*)))?""")
_ABSOLUTE: Final = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.\-]*:")
_REFERENCE: Final = re.compile(r"&(?:#(x[0-9A-Fa-f]+|[0-9]+);?|([A-Za-z][A-Za-z0-9]*);?)")
# What a text about HTML names, and a text about anything else shows when it was escaped twice.
_OF_XML: Final = frozenset({"amp", "lt", "gt", "quot", "apos", "AMP", "LT", "GT", "QUOT"})
_ABOUT_HTML: Final = re.compile(r"\b(?:html|xml|entit|escap|ampersand|character|symbol|sign)", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"\s*&(?:lt|#60|#x3[Cc]);[A-Za-z]")
# What begins a comment, a CDATA section, a declaration or a processing instruction, and what ends it.
_SPECIAL: Final = re.compile(r"<!--|<!\[CDATA\[|<![A-Za-z]|<\?")
_ENDS: Final = {"<!--": "-->", "<![CDATA[": "]]>"}


@dataclass(frozen=True, slots=True)
class Survey:
    """What a check may ask of a text of HTML; each field contains what was found, in the order of the alphabet.

    ``mistake`` is the rest of a sentence, None where all can be read. ``unsafe`` names elements, ``attributes`` those
    that run scripts, ``styles`` dangerous declarations; ``unknown_attributes`` and ``unknown_styles`` are not known to
    be HTML or harmless CSS. ``relative`` holds addresses, ``local`` files on localhost, ``mute`` images without an
    alternative text; ``escaped`` is a tag that was escaped twice.
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


# What a title is: of a page in its head, or of a drawing, where it is harmless.
_TITLE: Final = Survey(None, ("title",), (), ())
_NOTHING: Final = Survey(None, (), (), ())


def survey(text: str) -> Survey | None:
    """Read a text of HTML once for all checks; None where there is nothing to say of it, as mostly."""
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
    """Return the tag that a text without tags begins with, if it was escaped once more, and all the text with it."""
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
    """Return what there is to say of one tag, None where that is nothing."""
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
        # A tutorial may well link to the reader's own machine; nothing can be loaded from there.
        tuple(value for attribute, value in addresses if attribute != "href" and iris.is_local(value)),
        (written,) if name == "img" and "alt" not in there and written[:2] != "</" else (),
    )
    return None if found == _NOTHING else found


def _name(written: str) -> str:
    found = _NAME.match(written)
    return found[1].lower() if found else ""


def _attributes(written: str) -> Iterator[tuple[str, str]]:
    """Yield the attributes of a tag, their names in lower case, their values without escapes."""
    name = _NAME.match(written)
    for found in _ATTRIBUTE.finditer(written, name.end() if name else 0, len(written) - 1):
        yield found[1].lower(), unescape(found[2] or found[3] or found[4] or "")


def markup_in(text: str) -> str | None:
    """Return the first thing in a plain text that a reader would take for HTML, None where there is none.

    A tag counts where its name is one of HTML; an entity where HTML has it. The five of XML count with their semicolon
    (``AT&T`` has none), and where the text does not speak of such things.
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
    # Old readers need no semicolon; in an address, &copy=1 is a parameter.
    return f"{found[2]};" in html5 and text[found.end() : found.end() + 1] != "="


def _tags_only(text: str) -> str:
    """Return a text without comments and the like; one that does not end is left as it is."""
    if "<!" not in text and "<?" not in text:
        return text
    kept, place = [], 0
    # Where an end is missing once, it is missing from there on: looking again would be quadratic.
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
    """Return a ``<`` with the name of an HTML element behind it and no ``>``, None where there is none."""
    place = text.rfind("<")
    if place < 0 or ">" in text[place:]:
        return None
    found = re.match(r"</?([A-Za-z][A-Za-z0-9]*)", text[place:])
    return found[0] if found and found[1].lower() in ELEMENTS else None


def _unfinished(text: str) -> str | None:
    rest = _TAG.sub(" ", text)
    opening = _OPENING.search(rest)
    return f"contains a tag that does not end, {rest[opening.start() :][:20]!r}" if opening else None


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
    """Tell whether an attribute is neither one of HTML's nor a handler of events."""
    return name not in ATTRIBUTES and not name.startswith(_ATTRIBUTE_PREFIXES)


def is_relative(address: str) -> bool:
    """Tell whether an address is relative, and so is lost outside its page."""
    return bool(address) and address[0] != "#" and not _ABSOLUTE.match(address)


# Properties that change how text looks in its own box (CSS 2.1 and the modules that grew from it).
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
# Tokens are taken whole (atomic groups): a digit that could belong to two of them would cost exponential time.
_SAFE_VALUE: Final = re.compile(
    r"\s*(?>(?:[-+]?[0-9.]+(?:%|[a-z]{1,4})?|#[0-9a-f]{3,8}|rgba?\([0-9.%,\s/]*\)|hsla?\([0-9a-z.%,\s/]*\)|"
    r"[a-z][a-z0-9-]*(?!\()|!important|'[^'\\<>()]*'|\"[^\"\\<>()]*\"|,|/)\s*)*+\Z",
    re.ASCII | re.IGNORECASE,
)


_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
# What loads a file, runs a script, hides either by an escape, or lays the text over the page around it.
_HARMFUL: Final = re.compile(
    r"\b(?:url|image|image-set|src|expression)\s*\(|(?:java|vb)script\s*:|[\\<]|"
    r"\A\s*(?:behavior|-moz-binding|position|z-index|filter|-ms-filter|src)\s*:",
    re.ASCII | re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def judge_style(style: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the declarations of a style that are dangerous, and those that are only unknown."""
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
    """Tell whether an attribute is a handler of events: its value is a script."""
    return attribute.startswith("on")
