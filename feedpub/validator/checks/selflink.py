"""The self link: a feed says where it is fetched from, and should be right about it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from feedpub.validator.checks.model import Circumstances, Problem, document_check, here, quoted
from feedpub.validator.document import Document, Node
from feedpub.validator.finding import Level

_ATOM: Final = "https://www.rfc-editor.org/rfc/rfc4287.html#section-4.1.1"
_PROFILE: Final = "https://www.rssboard.org/rss-profile#namespace-elements-atom-link"
_PORTS: Final = {"http": ":80", "https": ":443"}


def _head(document: Document) -> Node | None:
    """Return the element that holds the feed's own links, None where there is no feed."""
    root = document.root
    if root is None or document.broken:
        return None
    if root.tag == "rss":
        return root.first("channel")
    return root if root.tag == "atom:feed" else None


def self_links(head: Node) -> list[Node]:
    """Return the links of a feed that say where it is fetched from."""
    return [
        link
        for link in head.children
        if link.tag == "atom:link"
        and link.attributes.get("rel", "").strip().removeprefix("http://www.iana.org/assignments/relation/")
        == "self"
    ]


def _target(link: Node) -> str:
    href = link.attributes.get("href", "").strip()
    return link.base.join(href) if link.base is not None else href


def _normal(address: str) -> str:
    """Return an address so that equal ones compare equal (RFC 3986 §6.2.2 and §6.2.3)."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    scheme, host = parts.scheme.lower(), parts.netloc.lower()
    return parts._replace(
        scheme=scheme, netloc=host.removesuffix(_PORTS.get(scheme, "\0")), path=parts.path or "/", fragment=""
    ).geturl()


@document_check(
    "missing-self-link",
    Level.WARNING,
    spec=_ATOM,
    remedy='add a link with rel="self" and the address that the feed is fetched from',
)
def missing_self_link(document: Document, circumstances: Circumstances) -> Iterator[Problem]:
    """A feed does not say where it is fetched from. In RSS the link is that of Atom.

    Wrong:

        <feed xmlns="http://www.w3.org/2005/Atom"><title>News</title> … </feed>

    Right:

        <feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="https://example.org/feed.atom"/> … </feed>
    """
    head = _head(document)
    if head is not None and not circumstances.before_rss_2 and not self_links(head):
        spec = _PROFILE if head.tag == "channel" else _ATOM
        yield here(head, "the feed has no link with rel='self'", spec)


@document_check(
    "self-link-mismatch",
    Level.WARNING,
    spec=_ATOM,
    remedy="make the self link the address that the feed is fetched from",
)
def self_link_mismatch(document: Document, circumstances: Circumstances) -> Iterator[Problem]:
    """The self link names another address than the one the feed is served from (known with ``--location``).

    Wrong:

        <link rel="self" href="http://localhost:8000/feed.atom"/> served as https://example.org/feed.atom

    Right:

        <link rel="self" href="https://example.org/feed.atom"/>
    """
    head = _head(document)
    location = circumstances.location
    if head is None or location is None:
        return
    links = self_links(head)
    if links and _normal(location) not in {_normal(_target(link)) for link in links}:
        found = links[0].attributes.get("href", "")
        yield here(links[0], f"<link rel='self'>: {quoted(found, 200)} is not {quoted(location, 200)}")


@document_check(
    "relative-self-link",
    Level.WARNING,
    spec=_ATOM,
    remedy="write the whole address",
)
def relative_self_link(document: Document, _circumstances: Circumstances) -> Iterator[Problem]:
    """The self link is relative, with nothing in the feed to resolve it: a reader that kept the file is lost.

    Wrong:

        <link rel="self" href="feed.atom"/>

    Right:

        <link rel="self" href="https://example.org/feed.atom"/>
    """
    head = _head(document)
    for link in self_links(head) if head is not None else ():
        target = _target(link)
        if ":" not in target.partition("/")[0]:
            yield here(link, f"<link rel='self'>: {quoted(target)} is relative")


CHECKS: Final = (missing_self_link, self_link_mismatch, relative_self_link)
