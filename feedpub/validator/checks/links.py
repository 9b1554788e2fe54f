"""Links: their relations, and the self link, which has the address of the feed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feedpub.validator.check_kinds import (
    Context,
    Problem,
    element_check,
    here,
    named,
    quoted,
    relation,
    shown,
    value_check,
)
from feedpub.validator.finding import Level
from feedpub.validator.grammar import tokens, words
from feedpub.validator.vocabulary.element import Kind

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
def unregistered_relation(about: Context) -> str | None:
    """A link's ``rel`` is neither a registered relation nor an IRI. Readers do not know what the link is for.

    Wrong:

        <link rel="homepage" href="https://example.org/"/>

    Right:

        <link rel="alternate" href="https://example.org/"/>
    """
    text = about.text
    name = text.removeprefix("http://www.iana.org/assignments/relation/")
    if name.lower() not in RELATIONS and (":" not in name or name != text):
        return "is not a registered link relation"
    return None


@element_check(
    "link-not-empty",
    Level.WARNING,
    named("atom:link"),
    needs="text",
    spec=f"{_RFC4287}4.2.7",
    remedy="put the address in href",
)
def link_not_empty(about: Context) -> Iterator[Problem]:
    """An Atom link contains text. Readers only look for the address in the attribute ``href``.

    Wrong:

        <link>https://example.org/</link>

    Right:

        <link href="https://example.org/"/>
    """
    node = about.node
    if node.text.strip():
        yield here(node, f"{shown(node)} contains the text {quoted(node.text.strip())}")


@element_check(
    "self-link-type",
    Level.WARNING,
    named("atom:link"),
    needs="attributes",
    spec=f"{_RFC4287}4.2.7.2",
    remedy="use the type of the feed, or rel='alternate' if the link leads to a page",
)
def self_link_type(about: Context) -> Iterator[Problem]:
    """A self link has a type that is not a feed's. Readers do not take it for the address of the feed.

    Wrong:

        <link rel="self" type="text/html" href="https://example.org/"/>

    Right:

        <link rel="alternate" type="text/html" href="https://example.org/"/>
    """
    node = about.node
    kind = node.attributes.get("type", "")
    if relation(node) == "self" and tokens.split_media_type(kind) and not tokens.is_xml_type(kind):
        yield here(node, f"{shown(node)} with rel='self' has the type {quoted(kind)}")


@element_check(
    "same-document-link",
    Level.WARNING,
    named("atom:link"),
    needs="attributes",
    spec="https://www.rfc-editor.org/rfc/rfc3986.html#section-4.4",
    remedy="write the full address",
)
def same_document_link(about: Context) -> Iterator[Problem]:
    """A relative link points to its own base address. Some readers take it for the feed itself.

    Wrong:

        <feed xml:base="https://example.org/" … ><link href="."/> …

    Right:

        <link href="https://example.org/"/>
    """
    node = about.node
    href = node.attributes.get("href", "").strip()
    if node.base and "href" in node.attributes and relation(node) != "self" and href in {"", ".", "./"}:
        yield here(node, f"{shown(node)}: {quoted(href)} means the base address itself")
