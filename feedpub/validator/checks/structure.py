"""Structure: which elements and attributes the vocabularies require, allow and forbid, and where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feedpub.validator.check_kinds import Context, Problem, element_check, here, named, quoted, shown
from feedpub.validator.finding import Level
from feedpub.validator.grammar import html
from feedpub.validator.vocabulary import (
    ELEMENTS,
    IN_CONTEXT,
    is_closed,
    is_stray,
    single,
    undefined,
    unknown_attribute,
)
from feedpub.validator.vocabulary.element import Element, Kind
from feedpub.validator.vocabulary.rss import SPEC

_RFC4287: Final = "https://www.rfc-editor.org/rfc/rfc4287.html#section-"


def _container(_within: str, _tag: str, element: Element | None) -> bool:
    return element is not None and bool(element.children)


def _textless(_within: str, _tag: str, element: Element | None) -> bool:
    return element is not None and element.text is None


def _display(tag: str) -> str:
    return f"<{tag.removeprefix('atom:').removeprefix('xhtml:')}>"


@element_check(
    "missing-element",
    Level.ERROR,
    lambda _within, _tag, element: (
        element is not None and any(sign in "1+" for sign in element.children.values())
    ),
    needs="shape",
    remedy="add the element",
)
def missing_element(about: Context) -> Iterator[Problem]:
    """A required element is missing.

    Readers may reject the feed, or show it without what the element says.

    Wrong:

        <channel><title>News</title><description>News</description></channel>

    Right:

        <channel><title>News</title><link>https://example.org/</link><description>News</description></channel>
    """
    node = about.node
    there = {child.tag for child in node.children}
    for tag, sign in about.element.children.items():
        if sign in "1+" and tag not in there:
            yield here(node, f"{shown(node)} has no {_display(tag)}", about.element.spec)


@element_check("duplicate-element", Level.ERROR, _container, needs="shape", remedy="keep one of them")
def duplicate_element(about: Context) -> Iterator[Problem]:
    """An element appears more often than the specification allows. Most may appear only once.

    Some readers take the first, others the last.

    Wrong:

        <item><title>One</title><title>Two</title></item>

    Right:

        <item><title>One, two</title></item>
    """
    node = about.node
    seen: set[str] = set()
    for child in node.children:
        tag = child.tag
        if tag not in seen:
            seen.add(tag)
        elif single(node.tag, tag):
            yield here(child, f"{shown(child)} appears more than once in {shown(node)}", about.element.spec)


@element_check(
    "unknown-element",
    Level.ERROR,
    lambda within, tag, _element: undefined(within, tag) or is_stray(within, tag),
    remedy="correct or remove it, or put it in a namespace of its own",
)
def unknown_element(about: Context) -> Iterator[Problem]:
    """The specification does not define this element here. It may be misspelled, misplaced or of another format.

    Readers ignore it. In text, it may be HTML that is not escaped.

    Wrong:

        <item><title>One</title><subtitle>Two</subtitle></item>

    Right:

        <item><title>One</title><description>Two</description></item>
    """
    node = about.node
    above = ELEMENTS.get(node.within)
    if not undefined(node.within, node.tag):
        # RSS extensions are elements in a namespace. Atom allows foreign markup, with or without one.
        in_rss = about.document.root is not None and about.document.root.tag == "rss"
        if in_rss and (above is None or above.text is None):
            yield here(node, f"{shown(node)} is in no namespace", f"{SPEC}#extendingRss")
        return
    spec = above.spec if above else f"{_RFC4287}3.1.1.3"
    message = f"{shown(node)} is not defined in {_display(node.within)}"
    yield here(node, message, spec, _of_html(node.tag, node.within))


def _of_html(tag: str, within: str) -> str:
    """Return what to do with an element of HTML in text that is not escaped; empty if it is not such an element."""
    above = ELEMENTS.get(within)
    if tag not in html.ELEMENTS or above is None or above.text is None:
        return ""
    meanings = [above, *(found for (_, name), found in IN_CONTEXT.items() if name == within)]
    kinds = {found.text.kind for found in meanings if found.text}
    if Kind.HTML in kinds:
        return "escape the HTML (such as &lt;b&gt;) or wrap it in CDATA"
    return f"write the text of {_display(within)} without HTML" if Kind.PLAIN in kinds else ""


@element_check(
    "missing-attribute",
    Level.ERROR,
    lambda _within, _tag, element: (
        element is not None and any(value.required for value in element.attributes.values())
    ),
    remedy="add the attribute",
)
def missing_attribute(about: Context) -> Iterator[Problem]:
    """A required attribute is missing.

    Readers may ignore the whole element.

    Wrong:

        <enclosure url="https://example.org/1.mp3" type="audio/mpeg"/>

    Right:

        <enclosure url="https://example.org/1.mp3" type="audio/mpeg" length="12345"/>
    """
    node = about.node
    for name, value in about.element.attributes.items():
        if value.required and name not in node.attributes:
            yield here(node, f"{shown(node)} has no attribute {name!r}", about.element.spec)


@element_check(
    "unexpected-attribute",
    Level.ERROR,
    lambda _within, _tag, element: element is not None,
    needs="attributes",
    remedy="correct or remove it; attributes of extensions need a namespace",
)
def unexpected_attribute(about: Context) -> Iterator[Problem]:
    """The specification does not define this attribute for this element. Case matters.

    Readers ignore it, so it has no effect.

    Wrong:

        <guid isPermalink="false">1</guid>

    Right:

        <guid isPermaLink="false">1</guid>
    """
    node = about.node
    for name in node.attributes if is_closed(node.tag) else ():
        if name not in about.element.attributes and unknown_attribute(name):
            yield here(node, f"{shown(node)} has an undefined attribute {name!r}", about.element.spec)


@element_check(
    "unexpected-text",
    Level.ERROR,
    _textless,
    needs="text",
    remedy="move the text into the element where it belongs",
)
def unexpected_text(about: Context) -> Iterator[Problem]:
    """There is text between elements, or in an element that can only have attributes.

    Readers do not show it.

    Wrong:

        <channel>News <title>News</title></channel>

    Right:

        <channel><title>News</title></channel>
    """
    node = about.node
    text = node.text.strip()
    if text:
        yield here(
            node,
            f"{shown(node)} contains the text {quoted(text)}, but may not contain text",
            about.element.spec,
        )


@element_check(
    "extension-attribute",
    Level.WARNING,
    lambda _within, tag, element: element is not None and ":" not in tag,
    needs="attributes",
    spec="https://www.rssboard.org/rss-specification#extendingRss",
    remedy="use an element of the extension instead",
)
def extension_attribute(about: Context) -> Iterator[Problem]:
    """An RSS element has an attribute from another namespace. Readers ignore it: RSS extensions are elements.

    Wrong:

        <category example:weight="3">News</category>

    Right:

        <category>News</category><example:weight>3</example:weight>
    """
    node = about.node
    for name in node.attributes:
        if name[:1] == "{" or (":" in name and not name.startswith(("xml:", "rdf:"))):
            local = name.rpartition("}")[2]
            yield here(node, f"{shown(node)} has the attribute {local!r} from another namespace")


@element_check(
    "misplaced-item",
    Level.WARNING,
    named("channel"),
    spec="https://www.rssboard.org/rss-profile#element-channel-item",
    remedy="put the items last",
)
def misplaced_item(about: Context) -> Iterator[Problem]:
    """Elements of the channel come after an item. Readers that stop at the first item miss them.

    Wrong:

        <channel><title>News</title><item>…</item><link>https://example.org/</link> … </channel>

    Right:

        <channel><title>News</title><link>https://example.org/</link> … <item>…</item></channel>
    """
    item = None
    for child in about.node.children:
        if child.tag == "item":
            item = item or child
        elif item is not None and ":" not in child.tag:
            yield here(child, f"{shown(child)} comes after the first <item>, at line {item.line}")


@element_check(
    "misplaced-metadata",
    Level.ERROR,
    named("atom:feed"),
    spec=f"{_RFC4287}4.1.1",
    remedy="put it before the first entry",
)
def misplaced_metadata(about: Context) -> Iterator[Problem]:
    """Metadata of an Atom feed comes after the first entry. Readers that stream the feed miss it.

    Wrong:

        <feed …><title>News</title><entry>…</entry><id>tag:example.org,2024:news</id></feed>

    Right:

        <feed …><title>News</title><id>tag:example.org,2024:news</id><entry>…</entry></feed>
    """
    entry = None
    for child in about.node.children:
        if child.tag == "atom:entry":
            entry = entry or child
        elif entry is not None and child.tag.startswith("atom:"):
            yield here(child, f"{shown(child)} comes after the first <entry>, at line {entry.line}")
