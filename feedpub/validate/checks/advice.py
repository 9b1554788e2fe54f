"""Advice on Atom and on dates: what is allowed and hurts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from feedpub.validate.checks.model import element_check, here, named, quoted, shown
from feedpub.validate.finding import Level
from feedpub.validate.grammar import dates
from feedpub.validate.vocabulary.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedpub.validate.checks.model import Circumstances, Problem
    from feedpub.validate.document import Node
    from feedpub.validate.vocabulary.model import Element

_RFC4287: Final = "https://www.rfc-editor.org/rfc/rfc4287.html#section-"
# Older than the web, and so a default or a wrong unit; newer than tomorrow, so that no zone explains it.
_EARLIEST: Final = datetime(1970, 1, 2, tzinfo=UTC)
_SLACK: Final = timedelta(days=1)
_PORTS: Final = {"http": 80, "https": 443, "ftp": 21}
_UNRESERVED: Final = re.compile(
    r"%(?:4[1-9A-Fa-f]|5[0-9Aa]|6[1-9A-Fa-f]|7[0-9Aa]|3[0-9]|2[DdEe]|5[Ff]|7[Ee])"
)
_ESCAPES: Final = re.compile(r"%[0-9A-Fa-f]{2}")
_EMAIL: Final = re.compile(r"[\w+-]@[\w-]+\.\w")


@element_check(
    "implausible-date",
    Level.WARNING,
    lambda _within, _tag, element: (
        element is not None and element.text is not None and element.text.kind in {Kind.RFC822, Kind.RFC3339}
    ),
    needs="text",
    spec="https://www.rssboard.org/rss-profile#data-types-datetime",
    remedy="correct the date; readers hide items of the future or sort them wrongly for ever",
)
def implausible_date(node: Node, element: Element | None, about: Circumstances) -> Iterator[Problem]:
    """A date is before 1970 or later than tomorrow.

    Wrong:

        <updated>2424-05-31T08:00:00Z</updated>

    Right:

        <updated>2024-05-31T08:00:00Z</updated>
    """
    assert element is not None
    assert element.text is not None
    text = node.text.strip()
    if element.text.kind is Kind.RFC3339:
        instant = dates.rfc3339(text)
    else:
        found = dates.rfc822(text)
        instant = found[0] if found else None
    if instant is None:
        return
    if instant < _EARLIEST:
        yield here(node, f"{shown(node)}: {quoted(text)} is before the web")
    elif about.now is not None and instant > about.now + _SLACK:
        yield here(node, f"{shown(node)}: {quoted(text)} is in the future")


@element_check(
    "noncanonical-id",
    Level.WARNING,
    named("atom:id"),
    needs="text",
    spec=f"{_RFC4287}4.2.6.1",
    remedy="normalise the id once, before it is first published",
)
def noncanonical_id(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """An id is not in the canonical form of its address, so that someone may write the same one differently.

    Wrong:

        <id>HTTP://Example.org:80/a/../1</id>

    Right:

        <id>http://example.org/1</id>
    """
    wrong = _uncanonical(node.text.strip())
    if wrong:
        yield here(node, f"{shown(node)}: {quoted(node.text)} {wrong}")


def _uncanonical(text: str) -> str | None:
    """Return what keeps an IRI from its canonical form (RFC 3986 §6.2), None where it has it or is none."""
    scheme, colon, rest = text.partition(":")
    if not colon:
        return None
    wrong = [
        (scheme != scheme.lower(), "has a scheme in capitals"),
        (
            any(found[0] != found[0].upper() for found in _ESCAPES.finditer(text)),
            "has an escape in small letters",
        ),
        (_UNRESERVED.search(text) is not None, "has an escape that is not needed"),
        *(_uncanonical_authority(scheme, text) if rest.startswith("//") else ()),
    ]
    return next((message for found, message in wrong if found), None)


def _uncanonical_authority(scheme: str, text: str) -> list[tuple[bool, str]]:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return []
    host = parts.netloc.rpartition("@")[2]
    default = _PORTS.get(scheme)
    return [
        ("@" in parts.netloc and not parts.username, "has an empty user"),
        (host != host.lower(), "has a host in capitals"),
        (host.endswith(":") or (port is not None and port == default), "has a port that is the default"),
        (default is not None and not parts.path, "has no path"),
        (bool({".", ".."}.intersection(parts.path.split("/"))), "has a path with dots"),
    ]


@element_check(
    "missing-source-element",
    Level.WARNING,
    named("atom:source"),
    spec=f"{_RFC4287}4.2.11",
    remedy="copy id, title and updated from the source feed",
)
def missing_source_element(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """The source of a copied entry lacks the id, the title or the updated of the feed it came from.

    Wrong:

        <source><title>Other news</title></source>

    Right:

        <source><id>tag:example.org,2024:other</id><title>Other news</title>
        <updated>2024-05-31T08:00:00Z</updated></source>
    """
    for tag in ("id", "title", "updated"):
        if not node.first(f"atom:{tag}"):
            yield here(node, f"{shown(node)} has no <{tag}>")


@element_check(
    "name-holds-address",
    Level.WARNING,
    named("atom:name"),
    needs="text",
    spec=f"{_RFC4287}3.2.1",
    remedy="put the address into <email>",
)
def name_holds_address(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """A person's name holds an e-mail address, which has an element of its own.

    Wrong:

        <name>Ada (ada@example.org)</name>

    Right:

        <name>Ada</name><email>ada@example.org</email>
    """
    if _EMAIL.search(node.text):
        yield here(node, f"{shown(node)}: {quoted(node.text)} holds an e-mail address")


@element_check(
    "nothing-to-read",
    Level.WARNING,
    named("atom:entry"),
    spec=f"{_RFC4287}4.1.1.1",
    remedy="add a summary",
)
def nothing_to_read(node: Node, _element: Element | None, _about: Circumstances) -> Iterator[Problem]:
    """An entry has neither content nor a summary: readers show a title and nothing else.

    Wrong:

        <entry><title>One</title><link href="https://example.org/1"/> … </entry>

    Right:

        <entry><title>One</title><link href="https://example.org/1"/><summary>The first</summary> … </entry>
    """
    if not any(child.tag in {"atom:content", "atom:summary"} for child in node.children):
        yield here(node, f"{shown(node)} has neither content nor a summary")


CHECKS: Final = (
    implausible_date,
    noncanonical_id,
    missing_source_element,
    name_holds_address,
    nothing_to_read,
)
