"""Markup: HTML and XHTML that is wrong, or dangerous to the reader that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feedpub.validator.check_kinds import (
    Context,
    Problem,
    element_check,
    element_too,
    here,
    html_check,
    named,
    quoted,
    shown,
)
from feedpub.validator.checks.texts import TYPED
from feedpub.validator.finding import Level
from feedpub.validator.grammar import html
from feedpub.validator.vocabulary import MARKUP_PREFIXES
from feedpub.validator.vocabulary.element import Element, Kind

_ATOM: Final = "https://www.rfc-editor.org/rfc/rfc4287.html#section-"
_SECURITY: Final = f"{_ATOM}8.1"
_MAYBE_HTML: Final = (*TYPED, Kind.HTML)


def _markup(_within: str, tag: str, _element: Element | None) -> bool:
    return tag.startswith(MARKUP_PREFIXES)


def _xhtml(_within: str, tag: str, _element: Element | None) -> bool:
    return tag.startswith("xhtml:")


@html_check(
    "not-html",
    Level.WARNING,
    *_MAYBE_HTML,
    spec=f"{_ATOM}3.1.1.2",
    remedy="correct the markup, or escape what is not meant as markup",
)
def not_html(about: Context) -> Iterator[str]:
    """HTML contains a tag that does not end, or an element that does not exist.

    Readers guess what was meant, or drop the rest of the text.

    Wrong:

        <summary type="html">&lt;a href="https://example.org/"</summary>

    Right:

        <summary type="html">&lt;a href="https://example.org/"&gt;News&lt;/a&gt;</summary>
    """
    if about.survey.mistake:
        yield about.survey.mistake


@html_check(
    "dangerous-markup",
    Level.WARNING,
    *_MAYBE_HTML,
    spec=_SECURITY,
    remedy="remove the element",
)
def dangerous_markup(about: Context) -> Iterator[str]:
    """HTML contains elements that run code, embed files or redirect, such as ``script`` or ``iframe``.

    Careful readers remove them. In others, the feed can run code.

    Wrong:

        <description>&lt;script src="https://example.org/count.js"&gt;&lt;/script&gt;</description>

    Right:

        <description>&lt;p&gt;News&lt;/p&gt;</description>
    """
    for name in about.survey.unsafe:
        yield f"contains <{name}>"


@html_check(
    "dangerous-attribute",
    Level.WARNING,
    *_MAYBE_HTML,
    spec=_SECURITY,
    remedy="remove the attribute",
)
def dangerous_attribute(about: Context) -> Iterator[str]:
    """A tag has an attribute that runs a script, such as ``onclick``.

    Careful readers remove it. In others, the feed can run code.

    Wrong:

        <description>&lt;p onclick="count()"&gt;News&lt;/p&gt;</description>

    Right:

        <description>&lt;p&gt;News&lt;/p&gt;</description>
    """
    for name in about.survey.attributes:
        yield f"contains a tag with the attribute {name!r}, which runs a script"


@element_too(dangerous_attribute, _xhtml, "attributes")
def dangerous_xhtml_attribute(about: Context) -> Iterator[Problem]:
    for name in about.node.attributes:
        if html.runs_script(name.lower()):
            yield here(about.node, f"{shown(about.node)} has the attribute {name!r}, which runs a script")


@html_check(
    "unknown-html-attribute",
    Level.HINT,
    *_MAYBE_HTML,
    spec="https://html.spec.whatwg.org/multipage/indices.html#attributes-3",
    remedy="remove the attribute",
)
def unknown_html_attribute(about: Context) -> Iterator[str]:
    """A tag has an attribute that HTML does not define. It does no harm, but readers remove it.

    Wrong:

        <description>&lt;p markdown="1"&gt;News&lt;/p&gt;</description>

    Right:

        <description>&lt;p data-markdown="1"&gt;News&lt;/p&gt;</description>
    """
    for name in about.survey.unknown_attributes:
        yield f"contains a tag with the unknown attribute {name!r}"


@element_too(unknown_html_attribute, _xhtml, "attributes")
def unknown_xhtml_attribute(about: Context) -> Iterator[Problem]:
    for name in about.node.attributes:
        if ":" not in name and html.unknown_attribute(name.lower()):
            yield here(about.node, f"{shown(about.node)} has the unknown attribute {name!r}")


@html_check(
    "unknown-style",
    Level.HINT,
    *_MAYBE_HTML,
    spec="https://www.w3.org/TR/CSS/",
    remedy="remove the declaration",
)
def unknown_style(about: Context) -> Iterator[str]:
    """A style uses a property or value that is not known to be harmless. Most readers remove it.

    Wrong:

        <description>&lt;p style="mso-list: l0"&gt;News&lt;/p&gt;</description>

    Right:

        <description>&lt;p style="color: #080"&gt;News&lt;/p&gt;</description>
    """
    for style in about.survey.unknown_styles:
        yield f"contains the unknown style {quoted(style)}"


@element_too(unknown_style, _markup, "attributes")
def unknown_xhtml_style(about: Context) -> Iterator[Problem]:
    for style in html.judge_style(about.node.attributes.get("style", ""))[1]:
        yield here(about.node, f"{shown(about.node)} has the unknown style {quoted(style)}")


@html_check(
    "dangerous-style",
    Level.WARNING,
    *_MAYBE_HTML,
    spec=_SECURITY,
    remedy="remove the declaration",
)
def dangerous_style(about: Context) -> Iterator[str]:
    """A style can do more than change how text looks: cover the page, load a file or run a script.

    Careful readers remove it.

    Wrong:

        <description>&lt;p style="position: absolute"&gt;News&lt;/p&gt;</description>

    Right:

        <description>&lt;p style="color: #080"&gt;News&lt;/p&gt;</description>
    """
    for style in about.survey.styles:
        yield f"contains the style {quoted(style)}"


@element_too(dangerous_style, _markup, "attributes")
def dangerous_xhtml_style(about: Context) -> Iterator[Problem]:
    for style in html.judge_style(about.node.attributes.get("style", ""))[0]:
        yield here(about.node, f"{shown(about.node)} has the style {quoted(style)}")


@html_check(
    "relative-link-in-html",
    Level.WARNING,
    Kind.HTML,
    spec="https://www.rssboard.org/rss-profile#element-channel-item-description",
    remedy="write full addresses",
)
def relative_link_in_html(about: Context) -> Iterator[str]:
    """A link or image in HTML has a relative address. Nothing says what it is relative to.

    Readers cannot open the link or load the image.

    Wrong:

        <description>&lt;img src="/logo.png"&gt;</description>

    Right:

        <description>&lt;img src="https://example.org/logo.png"&gt;</description>
    """
    for address in about.survey.relative if not about.node.base else ():
        yield f"contains the relative address {quoted(address)}"


@html_check(
    "markup-escaped-twice",
    Level.WARNING,
    *_MAYBE_HTML,
    spec=f"{_ATOM}3.1.1.2",
    remedy="escape the markup once",
)
def markup_escaped_twice(about: Context) -> Iterator[str]:
    """HTML was escaped twice. Readers show the tags as text.

    Wrong:

        <description>&amp;lt;p&amp;gt;News&amp;lt;/p&amp;gt;</description>

    Right:

        <description>&lt;p&gt;News&lt;/p&gt;</description>
    """
    if about.survey.escaped:
        yield f"contains {quoted(about.survey.escaped)}, escaped twice"


@html_check(
    "image-without-alternative",
    Level.HINT,
    *_MAYBE_HTML,
    spec="https://html.spec.whatwg.org/multipage/images.html#alt",
    remedy='describe the image in alt="…", or write alt="" for decoration',
)
def image_without_alternative(about: Context) -> Iterator[str]:
    """An image has no alternative text. People who cannot see the image learn nothing about it.

    Wrong:

        <description>&lt;img src="https://example.org/bridge.jpg"&gt;</description>

    Right:

        <description>&lt;img src="https://example.org/bridge.jpg" alt="The new bridge at night"&gt;</description>
    """
    images = about.survey.mute
    if images:
        yield f"contains {quoted(images[0])} without alt" + (
            f", and {len(images) - 1} more" if images[1:] else ""
        )


@element_too(image_without_alternative, named("xhtml:img"))
def image_without_alternative_in_xhtml(about: Context) -> Iterator[Problem]:
    if "alt" not in about.node.attributes:
        yield here(about.node, f"{shown(about.node)} has no attribute 'alt'")


@element_check(
    "dangerous-xhtml",
    Level.WARNING,
    _markup,
    spec=_SECURITY,
    remedy="remove the element",
)
def dangerous_xhtml(about: Context) -> Iterator[Problem]:
    """XHTML or SVG contains an element that runs code, embeds files or redirects, or that does not exist.

    Careful readers remove it.

    Wrong:

        <div xmlns="http://www.w3.org/1999/xhtml"><object data="film.swf"/></div>

    Right:

        <div xmlns="http://www.w3.org/1999/xhtml"><p>News</p></div>
    """
    node = about.node
    prefix, _, name = node.tag.partition(":")
    safe = html.SAFE | {"body"} if prefix == "xhtml" else html.SVG if prefix == "svg" else html.MATHML
    if name not in safe:
        yield here(node, f"{shown(node)} is not safe in a feed")
