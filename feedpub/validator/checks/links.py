"""Atom links: their relations, targets and types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from feedpub.validator.checks.atom import relation
from feedpub.validator.checks.model import element_check, here, named, quoted, shown, value_check
from feedpub.validator.finding import Level
from feedpub.validator.grammar import media_types
from feedpub.validator.vocabulary.model import Kind
from feedpub.validator.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedpub.validator.checks.model import Circumstances, Problem
    from feedpub.validator.document import Node
    from feedpub.validator.vocabulary.model import Element, Value

_RFC4287: Final = "https://www.rfc-editor.org/rfc/rfc4287.html#section-"
_IANA: Final = "https://www.iana.org/assignments/link-relations/link-relations.xhtml"
RELATIONS: Final = words(
    """
    about acl alternate amphtml api-catalog appendix apple-touch-icon apple-touch-startup-image archives author
    blocked-by bookmark c2pa-manifest canonical chapter cite-as collection compression-dictionary contents
    convertedfrom copyright create-form current deprecation describedby describes disclosure dns-prefetch
    duplicate edit edit-form edit-media enclosure external first geofeed glossary help hosts hub ice-server icon
    index intervalafter intervalbefore intervalcontains intervaldisjoint intervalduring intervalequals
    intervalfinishedby intervalfinishes intervalin intervalmeets intervalmetby intervaloverlappedby
    intervaloverlaps intervalstartedby intervalstarts item last latest-version license linkset lrdd manifest
    mask-icon me media-feed memento micropub modulepreload monitor monitor-group next next-archive nofollow
    noopener noreferrer opener openid2.local_provider openid2.provider original p3pv1 payment pingback
    preconnect predecessor-version prefetch preload prerender prev prev-archive preview previous privacy-policy
    profile publication rdap-active rdap-bottom rdap-down rdap-top rdap-up related replies restconf ruleinput
    search section self service service-desc service-doc service-meta sip-trunking-capability sponsored start
    status stylesheet subsection successor-version sunset tag terms-of-service timegate timemap type ugc up
    version-history via webmention working-copy working-copy-of
    """,
)


@value_check(
    "unregistered-relation",
    Level.WARNING,
    Kind.LINK_RELATION,
    spec=_IANA,
    remedy="use a registered relation, or an IRI of your own",
)
def unregistered_relation(text: str, _value: Value) -> str | None:
    """A link's relation is a word that is not registered, and not an IRI either.

    Wrong:

        <link rel="homepage" href="https://example.org/"/>

    Right:

        <link rel="alternate" href="https://example.org/"/>
    """
    name = text.removeprefix("http://www.iana.org/assignments/relation/")
    if name.lower() not in RELATIONS and (":" not in name or name != text):
        return "is no registered link relation"
    return None


@element_check(
    "link-not-empty",
    Level.WARNING,
    named("atom:link"),
    needs="text",
    spec=f"{_RFC4287}4.2.7",
    remedy="put the address into href",
)
def link_not_empty(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """A link of Atom has text. Its address belongs into the attribute ``href``.

    Wrong:

        <link>https://example.org/</link>

    Right:

        <link href="https://example.org/"/>
    """
    if node.text.strip():
        yield here(node, f"{shown(node)} holds the text {quoted(node.text)}")


@element_check(
    "self-link-type",
    Level.WARNING,
    named("atom:link"),
    needs="attributes",
    spec=f"{_RFC4287}4.2.7.2",
    remedy="use the type of the feed, or rel='alternate' for a page",
)
def self_link_type(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """A self link says that what it points to is no feed.

    Wrong:

        <link rel="self" type="text/html" href="https://example.org/"/>

    Right:

        <link rel="alternate" type="text/html" href="https://example.org/"/>
    """
    kind = node.attributes.get("type", "")
    if relation(node) == "self" and media_types.split(kind) and not media_types.is_xml(kind):
        yield here(node, f"{shown(node)} with rel='self' has the type {quoted(kind)}")


@element_check(
    "same-document-link",
    Level.WARNING,
    named("atom:link"),
    needs="attributes",
    spec="https://www.rfc-editor.org/rfc/rfc3986.html#section-4.4",
    remedy="write the whole address",
)
def same_document_link(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """A link is relative and means its own base: some readers take it for the feed itself.

    Wrong:

        <feed xml:base="https://example.org/" … ><link href="."/> …

    Right:

        <link href="https://example.org/"/>
    """
    href = node.attributes.get("href", "").strip()
    if node.base and relation(node) != "self" and href in {"", ".", "./"}:
        yield here(node, f"{shown(node)}: {quoted(href)} means the base address itself")


CHECKS: Final = (unregistered_relation, link_not_empty, self_link_type, same_document_link)
