"""Texts: plain text that holds markup, HTML that is none or that is dangerous, and the characters of both.

Which of the two a text is, the vocabulary says, or the ``type`` attribute where it leaves that open.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from feedpub.validate.checks.model import document_check, element_check, here, quoted, shown, value_check
from feedpub.validate.finding import Level
from feedpub.validate.grammar import css, html
from feedpub.validate.vocabulary import MARKUP_PREFIXES
from feedpub.validate.vocabulary.model import Kind
from feedpub.validate.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedpub.validate.checks.model import Circumstances, Problem
    from feedpub.validate.document import Document, Node
    from feedpub.validate.vocabulary.model import Element, Value

_PROFILE: Final = "https://www.rssboard.org/rss-profile#data-types-characterdata"
_ATOM: Final = "https://www.rfc-editor.org/rfc/rfc4287.html#section-"
_SECURITY: Final = f"{_ATOM}8.1"
_TYPED: Final = frozenset({Kind.TEXT_CONSTRUCT, Kind.CONTENT})
_PLAIN_TYPES: Final = frozenset({"", "text", "plain", "text/plain"})
_HTML_TYPES: Final = frozenset({"html", "text/html"})


def text_type(node: Node) -> str:
    """Return the type attribute of a text construct, in lower case and without parameters."""
    return node.attributes.get("type", "").partition(";")[0].strip().lower()


def _typed(_within: str, _tag: str, element: Element | None) -> bool:
    return element is not None and element.text is not None and element.text.kind in _TYPED


def _may_be_html(_within: str, _tag: str, element: Element | None) -> bool:
    return element is not None and element.text is not None and element.text.kind in _TYPED | {Kind.HTML}


def _is_html(node: Node, element: Element | None) -> bool:
    if element is not None and element.text is not None and element.text.kind is Kind.HTML:
        return True
    return text_type(node) in _HTML_TYPES


def _markup(_within: str, tag: str, _element: Element | None) -> bool:
    return tag.startswith(MARKUP_PREFIXES)


@value_check(
    "html-in-plain-text",
    Level.WARNING,
    Kind.PLAIN,
    Kind.CONTACT,
    spec=_PROFILE,
    remedy="write plain text; a literal & or < becomes &#x26; or &#x3C;",
)
def html_in_plain_text(text: str, _value: Value) -> str | None:
    """A text that is shown as it is holds tags or entities of HTML: some readers show them, others drop them.

    Wrong:

        <title>Caf&amp;eacute; &lt;b&gt;news&lt;/b&gt;</title>

    Right:

        <title>Café news</title>
    """
    found = html.markup_in(text) if "<" in text or "&" in text else None
    return f"holds {quoted(found)}, which readers may take for HTML" if found else None


@value_check(
    "stray-angle-bracket",
    Level.WARNING,
    Kind.PLAIN,
    spec=_PROFILE,
    remedy="put a space behind the bracket",
)
def stray_angle_bracket(text: str, _value: Value) -> str | None:
    """A ``<`` is followed by the name of an HTML element and never closed: readers drop the rest of the text.

    Wrong:

        <title>if x &lt;b then</title>

    Right:

        <title>if x &lt; b then</title>
    """
    found = html.unfinished_tag(text) if "<" in text else None
    return f"holds {quoted(found)}, which readers may take for a tag" if found else None


@value_check(
    "blank-value",
    Level.WARNING,
    *(frozenset(Kind) - _TYPED - {Kind.MARKUP}),
    remedy="fill it or leave it out",
)
def blank_value(text: str, value: Value) -> str | None:
    """An element or an attribute is there, and empty.

    Wrong:

        <title></title>

    Right:

        <title>News</title>
    """
    return "is blank" if not text and not value.blank else None


@element_check("blank-text", Level.WARNING, _typed, spec=f"{_ATOM}3.1", remedy="fill it or leave it out")
def blank_text(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """A title, a summary or a content is there, and empty.

    Wrong:

        <title></title>

    Right:

        <title>News</title>
    """
    if not node.children and not node.text.strip() and "src" not in node.attributes:
        yield here(node, f"{shown(node)} is blank")


@element_check(
    "undeclared-html",
    Level.WARNING,
    _typed,
    needs="text",
    spec=f"{_ATOM}3.1.1.1",
    remedy='add type="html", or write plain text',
)
def undeclared_html(node: Node, element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """A text holds HTML and its type says that it is plain: readers show the tags.

    Wrong:

        <summary>&lt;p&gt;News&lt;/p&gt;</summary>

    Right:

        <summary type="html">&lt;p&gt;News&lt;/p&gt;</summary>
    """
    if ("<" in node.text or "&" in node.text) and text_type(node) in _PLAIN_TYPES:
        found = html.markup_in(node.text)
        if found:
            spec = element.spec if element and not node.tag.startswith("atom:") else ""
            yield here(node, f"{shown(node)} is plain text and holds {quoted(found)}", spec)


@element_check(
    "not-html",
    Level.WARNING,
    _may_be_html,
    needs="text",
    spec=f"{_ATOM}3.1.1.2",
    remedy="correct the markup, or escape what is not meant as markup",
)
def not_html(node: Node, element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """A text that should be HTML holds what HTML does not know: a tag without an end, an unknown element.

    Wrong:

        <summary type="html">&lt;a href="https://example.org/"</summary>

    Right:

        <summary type="html">&lt;a href="https://example.org/"&gt;News&lt;/a&gt;</summary>
    """
    if ("<" in node.text or "&" in node.text) and _is_html(node, element):
        wrong = html.survey(node.text).mistake
        if wrong:
            yield here(node, f"{shown(node)} {wrong}")


@element_check(
    "dangerous-markup",
    Level.WARNING,
    _may_be_html,
    needs="text",
    spec=_SECURITY,
    remedy="remove it; readers do so anyway, or are harmed",
)
def dangerous_markup(node: Node, element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """HTML holds elements that run, embed or redirect: script, object, meta … Readers remove them or are harmed.

    Wrong:

        <description>&lt;script src="https://example.org/count.js"&gt;&lt;/script&gt;</description>

    Right:

        <description>&lt;p&gt;News&lt;/p&gt;</description>
    """
    if "<" in node.text and _is_html(node, element):
        for name in html.survey(node.text).unsafe:
            yield here(node, f"{shown(node)} holds <{name}>")


@element_check(
    "dangerous-attribute",
    Level.WARNING,
    _may_be_html,
    needs="text",
    spec=_SECURITY,
    remedy="remove the attribute",
)
def dangerous_attribute(node: Node, element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """A tag in HTML has an attribute that runs a script, or that HTML does not know.

    Wrong:

        <description>&lt;p onclick="count()"&gt;News&lt;/p&gt;</description>

    Right:

        <description>&lt;p&gt;News&lt;/p&gt;</description>
    """
    if "<" in node.text and _is_html(node, element):
        for name in html.survey(node.text).attributes:
            yield here(node, f"{shown(node)} holds a tag with the attribute {name!r}")


@element_check(
    "dangerous-style",
    Level.WARNING,
    _may_be_html,
    needs="text",
    spec=_SECURITY,
    remedy="remove the declaration",
)
def dangerous_style(node: Node, element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """A style in HTML can do more than style its text: move it over the page, load a file, run a script.

    Wrong:

        <description>&lt;p style="position: absolute"&gt;News&lt;/p&gt;</description>

    Right:

        <description>&lt;p style="color: #080"&gt;News&lt;/p&gt;</description>
    """
    if "<" in node.text and _is_html(node, element):
        for style in html.survey(node.text).styles:
            yield here(node, f"{shown(node)} holds the style {quoted(style)}")


@element_check(
    "relative-link-in-html",
    Level.WARNING,
    lambda _within, _tag, element: (
        element is not None and element.text is not None and element.text.kind is Kind.HTML
    ),
    needs="text",
    spec="https://www.rssboard.org/rss-profile#element-channel-item-description",
    remedy="write whole addresses",
)
def relative_link_in_html(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """HTML in RSS has a relative link or image. Nothing says what it is relative to.

    Wrong:

        <description>&lt;img src="/logo.png"&gt;</description>

    Right:

        <description>&lt;img src="https://example.org/logo.png"&gt;</description>
    """
    if "<" in node.text and not node.base:
        for address in html.survey(node.text).relative:
            yield here(node, f"{shown(node)} holds the relative address {quoted(address)}")


@element_check(
    "dangerous-xhtml",
    Level.WARNING,
    _markup,
    spec=_SECURITY,
    remedy="remove it; readers do so anyway, or are harmed",
)
def dangerous_xhtml(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """XHTML or SVG holds elements that run, embed or redirect, or that do not exist.

    Wrong:

        <div xmlns="http://www.w3.org/1999/xhtml"><object data="film.swf"/></div>

    Right:

        <div xmlns="http://www.w3.org/1999/xhtml"><p>News</p></div>
    """
    prefix, _, name = node.tag.partition(":")
    safe = html.SAFE | {"body"} if prefix == "xhtml" else SVG if prefix == "svg" else MATHML
    if name not in safe:
        yield here(node, f"{shown(node)} is not safe in a feed")


@element_check(
    "dangerous-xhtml-attribute",
    Level.WARNING,
    lambda _within, tag, _element: tag.startswith("xhtml:"),
    needs="attributes",
    spec=_SECURITY,
    remedy="remove the attribute",
)
def dangerous_xhtml_attribute(
    node: Node, _element: Element | None, _about: Circumstances
) -> Iterator[Problem]:
    """An element of XHTML has an attribute that runs a script, or that XHTML does not know.

    Wrong:

        <p xmlns="http://www.w3.org/1999/xhtml" onclick="count()">News</p>

    Right:

        <p xmlns="http://www.w3.org/1999/xhtml">News</p>
    """
    for name in node.attributes:
        if ":" not in name and html.unknown_attribute(name.lower()):
            yield here(node, f"{shown(node)} has the attribute {name!r}")


@element_check(
    "dangerous-xhtml-style",
    Level.WARNING,
    _markup,
    needs="attributes",
    spec=_SECURITY,
    remedy="remove the declaration",
)
def dangerous_xhtml_style(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """A style in XHTML can do more than style its text.

    Wrong:

        <p xmlns="http://www.w3.org/1999/xhtml" style="position: fixed">News</p>

    Right:

        <p xmlns="http://www.w3.org/1999/xhtml" style="color: #080">News</p>
    """
    wrong = css.danger(node.attributes.get("style", ""))
    if wrong:
        yield here(node, f"{shown(node)} has the style {quoted(wrong)}")


# Controls of the C1 block, replacement characters, and two Latin-1 characters that were UTF-8 once.
_BAD: Final = re.compile("[\x80-\x9f\ufffd]|[\u00c2\u00c3][\u0080-\u00bf]")


@document_check(
    "bad-characters",
    Level.WARNING,
    spec="https://www.w3.org/TR/xml/#charsets",
    remedy="decode the text with its real encoding before it goes into the feed",
)
def bad_characters(document: Document, _about: Circumstances) -> Iterator[Problem]:
    """A text holds control characters or letters that come from reading it in the wrong encoding.

    Wrong:

        <title>CafÃ© news</title>

    Right:

        <title>Café news</title>
    """
    if document.root is None or not document.suspicious:
        return
    for node in document.root.walk():
        for text in (node.text, *node.attributes.values()):
            found = _BAD.search(text)
            if found:
                yield here(
                    node, f"{shown(node)} holds {found[0]!r} in {quoted(text[max(0, found.start() - 20) :])}"
                )
                break


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

CHECKS: Final = (
    html_in_plain_text,
    stray_angle_bracket,
    blank_value,
    blank_text,
    undeclared_html,
    not_html,
    dangerous_markup,
    dangerous_attribute,
    dangerous_style,
    relative_link_in_html,
    dangerous_xhtml,
    dangerous_xhtml_attribute,
    dangerous_xhtml_style,
    bad_characters,
)
