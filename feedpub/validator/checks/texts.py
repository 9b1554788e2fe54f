"""Texts: plain text that contains markup, blank text, and characters that were decoded wrongly.

The vocabulary says whether a text is plain; if it leaves that open, the ``type`` attribute does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from feedpub.validator.check_kinds import (
    Context,
    Problem,
    document_check,
    element_check,
    here,
    json_too,
    quoted,
    shown,
    value_check,
)
from feedpub.validator.document import Node
from feedpub.validator.finding import Level
from feedpub.validator.grammar import html
from feedpub.validator.vocabulary.element import Element, Kind

_PROFILE: Final = "https://www.rssboard.org/rss-profile#data-types-characterdata"
_ATOM: Final = "https://www.rfc-editor.org/rfc/rfc4287.html#section-"
TYPED: Final = frozenset({Kind.TEXT_CONSTRUCT, Kind.CONTENT})
_HTML_TYPES: Final = frozenset({"html", "text/html"})
_PLAIN_TYPES: Final = frozenset({"", "text", "plain", "text/plain"})
# C1 control characters, replacement characters, and pairs of Latin-1 characters that were UTF-8.
_BAD: Final = re.compile("[\x80-\x9f\ufffd]|[\u00c2\u00c3][\u0080-\u00bf]")


def text_type(node: Node) -> str:
    """Return the type attribute of a text construct, in lower case and without parameters."""
    return node.attributes.get("type", "").partition(";")[0].strip().lower()


def is_html(node: Node, kind: Kind) -> bool:
    """Tell whether readers take the text of an element, whose grammar is of that kind, for HTML."""
    return kind is Kind.HTML or text_type(node) in _HTML_TYPES


def typed(_within: str, _tag: str, element: Element | None) -> bool:
    """Choose texts whose type attribute says whether they are plain."""
    return element is not None and element.text is not None and element.text.kind in TYPED


@value_check(
    "html-in-plain-text",
    Level.WARNING,
    Kind.PLAIN,
    Kind.CONTACT,
    needs="markup",
    spec=_PROFILE,
    remedy="write plain text; in RSS, write a literal & or < as &#x26; or &#x3C;",
)
def html_in_plain_text(about: Context) -> str | None:
    """A plain text contains HTML tags or entities. Some readers show them as they are, others remove them.

    Wrong:

        <title>Caf&amp;eacute; &lt;b&gt;news&lt;/b&gt;</title>

    Right:

        <title>Café news</title>
    """
    found = html.markup_in(about.text)
    return f"contains {quoted(found)}, which readers may take for HTML" if found else None


@value_check(
    "stray-angle-bracket",
    Level.WARNING,
    Kind.PLAIN,
    needs="markup",
    spec=_PROFILE,
    remedy="put a space after the <",
)
def stray_angle_bracket(about: Context) -> str | None:
    """A ``<`` before the name of an HTML element is never closed. Readers may drop the rest of the text.

    Wrong:

        <title>if x &lt;b then</title>

    Right:

        <title>if x &lt; b then</title>
    """
    found = html.unfinished_tag(about.text)
    return f"contains {quoted(found)}, which readers may take for a tag" if found else None


# Kinds whose own checks report an empty text already.
_NEVER_BLANK: Final = frozenset(
    {
        *(Kind.INTEGER, Kind.DECIMAL, Kind.CHOICE, Kind.PATTERN, Kind.LANGUAGE, Kind.MEDIA_TYPE),
        *(Kind.RFC822, Kind.RFC3339, Kind.W3CDTF, Kind.ISO8601, Kind.URI, Kind.WEB, Kind.IRI),
        *(Kind.ADDRESS, Kind.CONTACT, Kind.LINK_RELATION),
    }
)


@value_check(
    "blank-value",
    Level.WARNING,
    *(frozenset(Kind) - TYPED - {Kind.MARKUP} - _NEVER_BLANK),
    needs="blank",
    remedy="fill it in, or leave it out",
)
def blank_value(about: Context) -> str | None:
    """An element or attribute is present but empty.

    Readers show a gap, or treat it as missing.

    Wrong:

        <title></title>

    Right:

        <title>News</title>
    """
    return "is blank" if not about.text and not about.value.blank else None


@element_check("blank-text", Level.WARNING, typed, spec=f"{_ATOM}3.1", remedy="fill it in, or leave it out")
def blank_text(about: Context) -> Iterator[Problem]:
    """A title, summary or content is present but empty.

    Readers show a gap, or treat it as missing.

    Wrong:

        <title></title>

    Right:

        <title>News</title>
    """
    node = about.node
    if not node.children and not node.text.strip() and "src" not in node.attributes:
        yield here(node, f"{shown(node)} is blank")


@element_check(
    "undeclared-html",
    Level.WARNING,
    typed,
    needs="text",
    spec=f"{_ATOM}3.1.1.1",
    remedy='add type="html", or write plain text',
)
def undeclared_html(about: Context) -> Iterator[Problem]:
    """A text contains HTML, but its type says that it is plain text. Readers show the tags.

    Wrong:

        <summary>&lt;p&gt;News&lt;/p&gt;</summary>

    Right:

        <summary type="html">&lt;p&gt;News&lt;/p&gt;</summary>
    """
    node = about.node
    if ("<" in node.text or "&" in node.text) and text_type(node) in _PLAIN_TYPES:
        found = html.markup_in(node.text)
        if found:
            spec = about.element.spec if about.element and not node.tag.startswith("atom:") else ""
            yield here(node, f"{shown(node)} is plain text and contains {quoted(found)}", spec)


@document_check(
    "bad-characters",
    Level.WARNING,
    spec="https://www.w3.org/TR/xml/#charsets",
    remedy="decode the text with its real encoding before you put it in the feed",
)
def bad_characters(about: Context) -> Iterator[Problem]:
    """A text contains control characters, or letters that were decoded with the wrong encoding.

    Readers show them as odd characters, such as ``Ã©`` for ``é``.

    Wrong:

        <title>CafÃ© news</title>

    Right:

        <title>Café news</title>
    """
    document = about.document
    for node in document.nodes if document.suspicious else ():
        for text in (node.text, *node.attributes.values()):
            found = _BAD.search(text)
            if found:
                yield here(node, f"{shown(node)} {_around(found)}")
                break


@json_too(bad_characters)
def bad_characters_in_json(about: Context) -> Iterator[Problem]:
    for index, (key, text) in enumerate(about.object.pairs()):
        found = _BAD.search(text) if isinstance(text, str) and not text.isascii() else None
        if found:
            place = about.object.below(text, index)
            yield Problem(f"{key} {_around(found)}", place.line, place.column)


def _around(found: re.Match[str]) -> str:
    return f"contains {found[0]!r} in {quoted(found.string[max(0, found.start() - 20) :])}"
