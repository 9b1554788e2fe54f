"""Structure: which elements and attributes must, may and must not stand where. The vocabularies say; these ask."""

from __future__ import annotations

from collections.abc import Iterator

from feedpub.validate.checks.model import Problem, element_check, here, quoted, shown
from feedpub.validate.document import Document, Node
from feedpub.validate.finding import Level
from feedpub.validate.vocabulary.model import Element


def _container(_within: str, _tag: str, element: Element | None) -> bool:
    return element is not None and bool(element.children)


def _display(tag: str) -> str:
    return f"<{tag.removeprefix('atom:')}>"


@element_check(
    "missing-element",
    Level.ERROR,
    lambda _within, _tag, element: (
        element is not None and any(sign in "1+" for sign in element.children.values())
    ),
    remedy="add the element",
)
def missing_element(node: Node, element: Element | None, _document: Document) -> Iterator[Problem]:
    """An element that the specification requires is not there.

    Wrong:

        <channel><title>News</title><description>News</description></channel>

    Right:

        <channel><title>News</title><link>https://example.org/</link><description>News</description></channel>
    """
    assert element is not None
    there = {child.tag for child in node.children}
    for tag, sign in element.children.items():
        if sign in "1+" and tag not in there:
            yield here(node, f"{shown(node)} has no {_display(tag)}", element.spec)


@element_check("duplicate-element", Level.ERROR, _container, remedy="keep one of them")
def duplicate_element(node: Node, element: Element | None, _document: Document) -> Iterator[Problem]:
    """An element stands more often than the specification allows: most may stand once in their parent.

    Wrong:

        <item><title>One</title><title>Two</title></item>

    Right:

        <item><title>One, two</title></item>
    """
    assert element is not None
    seen: set[str] = set()
    for child in node.children:
        tag = child.tag
        if tag not in seen:
            seen.add(tag)
        elif element.children.get(tag, "*") in "1?":
            yield here(child, f"{shown(child)} stands more than once in {shown(node)}", element.spec)


@element_check(
    "unknown-element",
    Level.ERROR,
    _container,
    remedy="remove it, or put it into a namespace of its own",
)
def unknown_element(node: Node, element: Element | None, _document: Document) -> Iterator[Problem]:
    """An element is not defined where it stands: misspelled, misplaced, or of another format.

    Wrong:

        <item><title>One</title><subtitle>Two</subtitle></item>

    Right:

        <item><title>One</title><description>Two</description></item>
    """
    assert element is not None
    own = node.tag.rpartition(":")[0]
    for child in node.children:
        tag = child.tag
        if tag not in element.children and tag[:1] != "{" and tag.rpartition(":")[0] == own:
            yield here(child, f"{shown(child)} is not defined in {shown(node)}", element.spec)


@element_check(
    "missing-attribute",
    Level.ERROR,
    lambda _within, _tag, element: (
        element is not None and any(value.required for value in element.attributes.values())
    ),
    remedy="add the attribute",
)
def missing_attribute(node: Node, element: Element | None, _document: Document) -> Iterator[Problem]:
    """An attribute that the specification requires is not there.

    Wrong:

        <enclosure url="https://example.org/1.mp3" type="audio/mpeg"/>

    Right:

        <enclosure url="https://example.org/1.mp3" type="audio/mpeg" length="12345"/>
    """
    assert element is not None
    for name, value in element.attributes.items():
        if value.required and name not in node.attributes:
            yield here(node, f"{shown(node)} has no attribute {name!r}", element.spec)


@element_check(
    "unexpected-attribute",
    Level.ERROR,
    lambda _within, _tag, element: element is not None,
    remedy="remove it; attributes of extensions stand in a namespace",
)
def unexpected_attribute(node: Node, element: Element | None, _document: Document) -> Iterator[Problem]:
    """An attribute without a namespace is not defined for the element. Case counts.

    Wrong:

        <guid isPermalink="false">1</guid>

    Right:

        <guid isPermaLink="false">1</guid>
    """
    assert element is not None
    for name in node.attributes:
        if name not in element.attributes and ":" not in name and name[:1] != "{":
            yield here(node, f"{shown(node)} has an undefined attribute {name!r}", element.spec)


@element_check(
    "unexpected-text", Level.ERROR, _container, remedy="put the text into the element that it belongs to"
)
def unexpected_text(node: Node, element: Element | None, _document: Document) -> Iterator[Problem]:
    """Text stands between elements, where only elements may.

    Wrong:

        <channel>News <title>News</title></channel>

    Right:

        <channel><title>News</title></channel>
    """
    assert element is not None
    if node.text and not node.text.isspace():
        yield here(
            node, f"{shown(node)} holds the text {quoted(node.text)} beside its elements", element.spec
        )
