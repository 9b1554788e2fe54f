"""Atom's text constructs and content: whether they are what their type attribute says."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

from feedpub.validator.check_kinds import element_check, here, named, quoted, shown
from feedpub.validator.checks.texts import text_type, typed
from feedpub.validator.finding import Level
from feedpub.validator.grammar import html, tokens
from feedpub.validator.vocabulary import MARKUP_PREFIXES
from feedpub.validator.vocabulary.element import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedpub.validator.check_kinds import Context, Problem
    from feedpub.validator.document import Node
    from feedpub.validator.vocabulary.element import Element

_RFC4287: Final = "https://www.rfc-editor.org/rfc/rfc4287.html#section-"
_OWN_TYPES: Final = frozenset({"", "text", "html", "xhtml"})
_PLAIN: Final = frozenset({"", "text", "html", "plain"})


def _construct(_within: str, tag: str, element: Element | None) -> bool:
    return (
        tag.startswith("atom:")
        and element is not None
        and element.text is not None
        and element.text.kind is Kind.TEXT_CONSTRUCT
    )


def _either(within: str, tag: str, element: Element | None) -> bool:
    return tag == "atom:content" or _construct(within, tag, element)


@element_check(
    "invalid-text-type",
    Level.ERROR,
    _construct,
    needs="attributes",
    spec=f"{_RFC4287}3.1.1",
    remedy='use "text", "html" or "xhtml"; only content may have a media type',
)
def invalid_text_type(about: Context) -> Iterator[Problem]:
    """The type of a text construct, such as a title or summary, is not ``text``, ``html`` or ``xhtml``.

    Readers do not know how to show the text.

    Wrong:

        <summary type="text/html">&lt;p&gt;News&lt;/p&gt;</summary>

    Right:

        <summary type="html">&lt;p&gt;News&lt;/p&gt;</summary>
    """
    node = about.node
    kind = node.attributes.get("type", "")
    if kind not in _OWN_TYPES:
        yield here(node, f"{shown(node)} has the type {quoted(kind)}")


@element_check(
    "invalid-content-type",
    Level.ERROR,
    named("atom:content"),
    needs="attributes",
    spec=f"{_RFC4287}4.1.3.1",
    remedy='use "text", "html", "xhtml" or a media type; with src, use a media type',
)
def invalid_content_type(about: Context) -> Iterator[Problem]:
    """The type of ``content`` is not ``text``, ``html``, ``xhtml`` or a media type that Atom allows.

    Readers do not know how to show the content.

    Wrong:

        <content type="multipart/mixed">…</content>

    Right:

        <content type="image/png">…</content>
    """
    node = about.node
    kind = node.attributes.get("type", "")
    if kind in _OWN_TYPES and not ("src" in node.attributes and kind):
        return
    parts = tokens.split_media_type(kind)
    if parts is None or parts[0] in {"multipart", "message"}:
        yield here(node, f"{shown(node)} has the type {quoted(kind)}")


@element_check(
    "missing-content-type",
    Level.WARNING,
    named("atom:content"),
    needs="attributes",
    spec=f"{_RFC4287}4.1.3.2",
    remedy="add the media type of the file that src points to",
)
def missing_content_type(about: Context) -> Iterator[Problem]:
    """The content is in another file, and has no type. Readers cannot tell whether they can show it.

    Wrong:

        <content src="https://example.org/1.mp4"/>

    Right:

        <content src="https://example.org/1.mp4" type="video/mp4"/>
    """
    node = about.node
    if "src" in node.attributes and "type" not in node.attributes:
        yield here(node, f"{shown(node)} has 'src' but no 'type'")


@element_check(
    "content-beside-src",
    Level.ERROR,
    named("atom:content"),
    needs="attributes",
    spec=f"{_RFC4287}4.1.3.2",
    remedy="keep one of the two",
)
def content_beside_src(about: Context) -> Iterator[Problem]:
    """The content points to another file with ``src``, but is not empty.

    Readers cannot tell which of the two to show.

    Wrong:

        <content src="https://example.org/1.mp4" type="video/mp4">A film</content>

    Right:

        <content src="https://example.org/1.mp4" type="video/mp4"/>
    """
    node = about.node
    if "src" in node.attributes and (node.text.strip() or node.children):
        yield here(node, f"{shown(node)} has 'src' but is not empty")


@element_check(
    "missing-summary",
    Level.ERROR,
    named("atom:entry"),
    spec=f"{_RFC4287}4.1.2",
    remedy="add a summary",
)
def missing_summary(about: Context) -> Iterator[Problem]:
    """The content of an entry is binary or in another file, and there is no summary to show instead.

    Wrong:

        <entry> … <content type="image/png">iVBORw0KGgo…</content></entry>

    Right:

        <entry> … <summary>The new logo</summary><content type="image/png">iVBORw0KGgo…</content></entry>
    """
    node = about.node
    content = node.first("atom:content")
    if content is not None and not node.first("atom:summary"):
        binary = text_type(content) not in _OWN_TYPES and not _is_text(content)
        if "src" in content.attributes or binary:
            yield here(
                content,
                f"{shown(node)} needs a <summary>: its content is {'binary' if binary else 'in another file'}",
            )


def _is_text(content: Node) -> bool:
    kind = text_type(content)
    return kind.startswith("text/") or tokens.is_xml_type(kind)


@element_check(
    "not-base64",
    Level.ERROR,
    _either,
    needs="attributes",
    spec=f"{_RFC4287}4.1.3.3",
    remedy="encode the bytes as Base64",
)
def not_base64(about: Context) -> Iterator[Problem]:
    """The content has a binary media type but is not Base64, so readers cannot decode it.

    Wrong:

        <content type="image/png">logo.png</content>

    Right:

        <content type="image/png">iVBORw0KGgo=</content>
    """
    node = about.node
    kind = text_type(node)
    if kind in _OWN_TYPES or "/" not in kind or _is_text(node) or node.children or "src" in node.attributes:
        return
    try:
        base64.b64decode("".join(node.text.split()), validate=True)
    except (binascii.Error, ValueError):
        yield here(node, f"{shown(node)} of type {quoted(kind)} is not Base64")


@element_check(
    "html-fragment",
    Level.WARNING,
    _either,
    needs="attributes",
    spec=f"{_RFC4287}4.1.3.3",
    remedy='use type="html" or type="xhtml" for part of a page',
)
def html_fragment(about: Context) -> Iterator[Problem]:
    """The media type says that the content is a complete HTML page, but it is only part of one.

    Readers may treat it as a file instead of showing it.

    Wrong:

        <content type="text/html">&lt;p&gt;News&lt;/p&gt;</content>

    Right:

        <content type="html">&lt;p&gt;News&lt;/p&gt;</content>
    """
    node = about.node
    kind = text_type(node)
    whole = "<html" in node.text.lower() or any(child.tag == "xhtml:html" for child in node.children)
    if kind in {"text/html", "application/xhtml+xml"} and "src" not in node.attributes and not whole:
        yield here(node, f"{shown(node)} of type {quoted(kind)} is not a complete page")


@element_check(
    "missing-xhtml-div",
    Level.ERROR,
    _either,
    needs="attributes",
    spec=f"{_RFC4287}3.1.1.3",
    remedy='put it into one <div xmlns="http://www.w3.org/1999/xhtml">',
)
def missing_xhtml_div(about: Context) -> Iterator[Problem]:
    """A text of type ``xhtml`` is not exactly one ``div`` in the XHTML namespace.

    Readers show what is inside the ``div``, and may show nothing without it.

    Wrong:

        <summary type="xhtml">News</summary>

    Right:

        <summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">News</div></summary>
    """
    node = about.node
    if text_type(node) != "xhtml":
        return
    if [child.tag for child in node.children] != ["xhtml:div"]:
        yield here(node, f"{shown(node)} of type 'xhtml' is not a single XHTML <div>")
    elif node.text.strip():
        yield here(node, f"{shown(node)} of type 'xhtml' has text outside its <div>")


@element_check(
    "not-inline-markup",
    Level.WARNING,
    _either,
    needs="attributes",
    spec=f"{_RFC4287}3.1.1.3",
    remedy='write elements, or use type="html"',
)
def not_inline_markup(about: Context) -> Iterator[Problem]:
    """A text of type ``xhtml`` contains escaped markup. Readers show the tags.

    Wrong:

        <summary type="xhtml">&lt;p&gt;News&lt;/p&gt;</summary>

    Right:

        <summary type="html">&lt;p&gt;News&lt;/p&gt;</summary>
    """
    node = about.node
    if text_type(node) == "xhtml" and not node.children and html.markup_in(node.text):
        yield here(node, f"{shown(node)} of type 'xhtml' contains escaped markup")


@element_check(
    "elements-in-text",
    Level.ERROR,
    typed,
    needs="children",
    spec=f"{_RFC4287}3.1.1",
    remedy='escape the markup and use type="html", or use type="xhtml" and a div',
)
def elements_in_text(about: Context) -> Iterator[Problem]:
    """A text contains elements, but its type is ``text``, ``html`` or a media type of text.

    Readers show the text without them, or not at all.

    Wrong:

        <summary type="html"><p>News</p></summary>

    Right:

        <summary type="html">&lt;p&gt;News&lt;/p&gt;</summary>
    """
    node = about.node
    kind = text_type(node)
    for child in node.children[:1]:
        if kind in _PLAIN or (kind != "xhtml" and not tokens.is_xml_type(kind)):
            yield here(child, f"{shown(node)} of type {quoted(kind or 'text')} contains {shown(child)}")


@element_check(
    "prefixed-xhtml",
    Level.WARNING,
    _either,
    needs="children",
    spec=f"{_RFC4287}3.1.1.3",
    remedy="declare the namespace on the div, without a prefix",
)
def prefixed_xhtml(about: Context) -> Iterator[Problem]:
    """XHTML has a namespace prefix. Readers that copy the text into a page do not understand it.

    Wrong:

        <summary type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml">News</h:div></summary>

    Right:

        <summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">News</div></summary>
    """
    for child in about.node.walk():
        if child.tag.startswith("xhtml:") and child.prefix:
            yield here(child, f"{shown(child)} is XHTML with a prefix")
            return


@element_check(
    "misplaced-xhtml",
    Level.WARNING,
    named("atom:entry", "atom:feed", "atom:source"),
    needs="shape",
    spec=f"{_RFC4287}6.3",
    remedy="move it into the content or the summary",
)
def misplaced_xhtml(about: Context) -> Iterator[Problem]:
    """XHTML is next to the content of an entry instead of inside it. Readers do not show it.

    Wrong:

        <entry> … <p xmlns="http://www.w3.org/1999/xhtml">News</p></entry>

    Right:

        <entry> … <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">News</div></content></entry>
    """
    for child in about.node.children:
        if child.tag.startswith(MARKUP_PREFIXES):
            yield here(child, f"{shown(child)} is outside the content")
