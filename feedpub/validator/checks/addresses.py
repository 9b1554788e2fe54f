"""Addresses and ids: URIs in RSS, IRIs in Atom, and the schemes that ids are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from feedpub.validator.check_kinds import (
    Context,
    Problem,
    element_check,
    element_too,
    here,
    html_too,
    named,
    quoted,
    shown,
    value_check,
)
from feedpub.validator.finding import Level
from feedpub.validator.grammar import iris
from feedpub.validator.vocabulary.element import Kind

_IDENTIFIERS = (Kind.IRI, Kind.URI)
_IRIS = (Kind.URI, Kind.WEB, Kind.IRI, Kind.IRI_REFERENCE)
_RFC4287: Final = "https://www.rfc-editor.org/rfc/rfc4287.html#section-"
_PORTS: Final = {"http": 80, "https": 443, "ftp": 21}
_UNRESERVED: Final = re.compile(
    r"%(?:4[1-9A-Fa-f]|5[0-9Aa]|6[1-9A-Fa-f]|7[0-9Aa]|3[0-9]|2[DdEe]|5[Ff]|7[Ee])"
)
_ESCAPES: Final = re.compile(r"%[0-9A-Fa-f]{2}")


@value_check(
    "invalid-iri-character",
    Level.ERROR,
    *_IRIS,
    spec="https://www.rfc-editor.org/rfc/rfc3987.html#section-2.2",
    remedy="percent-encode the character, or remove it",
)
def invalid_iri_character(about: Context) -> str | None:
    """An address contains a character that is not allowed there, such as a space or a quote.

    Readers guess what was meant, or the link does not work.

    Wrong:

        <link>https://example.org/my feed</link>

    Right:

        <link>https://example.org/my%20feed</link>
    """
    wrong = iris.wrong_character(about.text)
    return None if wrong is None else f"contains {wrong!r}, which is not allowed in an address"


@value_check(
    "relative-iri",
    Level.ERROR,
    Kind.URI,
    Kind.WEB,
    Kind.IRI,
    spec="https://www.rfc-editor.org/rfc/rfc3986.html#section-4.3",
    remedy="write the full address, with scheme and host",
)
def relative_iri(about: Context) -> str | None:
    """An address is relative, or has no host, where a full address is required.

    Readers do not know what it is relative to.

    Wrong:

        <link>/news/1</link>

    Right:

        <link>https://example.org/news/1</link>
    """
    text = about.text
    return None if iris.is_absolute(text) or iris.wrong_character(text) else "is not a full address"


@value_check(
    "non-ascii-uri",
    Level.ERROR,
    Kind.URI,
    Kind.WEB,
    spec="https://www.rssboard.org/rss-profile#data-types-url",
    remedy="percent-encode the path, and write the host in Punycode",
)
def non_ascii_uri(about: Context) -> str | None:
    """An address in RSS contains non-ASCII characters. RSS requires URIs, not IRIs.

    Some readers cannot open such a link.

    Wrong:

        <link>https://example.org/año</link>

    Right:

        <link>https://example.org/a%C3%B1o</link>
    """
    return None if about.text.isascii() else "contains non-ASCII characters"


@value_check(
    "not-on-the-web",
    Level.ERROR,
    Kind.WEB,
    spec="https://www.rssboard.org/rss-specification#ltenclosuregtSubelementOfLtitemgt",
    remedy="use an address that begins with https:// or http://",
)
def not_on_the_web(about: Context) -> str | None:
    """A file to be downloaded has an address that is neither ``http`` nor ``https``. Most players cannot fetch it.

    Wrong:

        <enclosure url="ftp://example.org/1.mp3" type="audio/mpeg" length="12345"/>

    Right:

        <enclosure url="https://example.org/1.mp3" type="audio/mpeg" length="12345"/>
    """
    return "is neither http nor https" if iris.scheme(about.text) not in {"", "http", "https"} else None


@value_check(
    "unregistered-scheme",
    Level.WARNING,
    *_IRIS,
    spec="https://www.iana.org/assignments/uri-schemes/uri-schemes.xhtml",
    remedy="use a registered scheme, usually https or tag",
)
def unregistered_scheme(about: Context) -> str | None:
    """An address has a scheme that is not registered. Other programs do not know what to do with it.

    Wrong:

        <link>example-internal:news</link>

    Right:

        <link>https://example.org/news</link>
    """
    name = iris.scheme(about.text)
    return f"has the scheme {name!r}, which is not registered" if name and name not in iris.SCHEMES else None


@value_check(
    "localhost-address",
    Level.WARNING,
    *_IRIS,
    Kind.GUID,
    spec="https://www.rfc-editor.org/rfc/rfc6761.html#section-6.3",
    remedy="write the public address; your site generator may be using its development settings",
)
def localhost_address(about: Context) -> str | None:
    """An address points to the reader's own computer, such as ``localhost``, but the feed is on the web.

    Wrong:

        <link>http://localhost:4000/news/1</link>

    Right:

        <link>https://example.org/news/1</link>
    """
    local = iris.is_local(about.text) and not about.is_local
    return "points to the reader's own computer" if local else None


@html_too(localhost_address, Kind.HTML, Kind.TEXT_CONSTRUCT, Kind.CONTENT)
def localhost_in_html(about: Context) -> Iterator[str]:
    for address in about.survey.local if not about.is_local else ():
        yield f"contains {quoted(address)}, which points to the reader's own computer"


@element_too(localhost_address, lambda _within, tag, _element: tag.startswith("xhtml:"), "attributes")
def localhost_in_xhtml(about: Context) -> Iterator[Problem]:
    node = about.node
    address = node.attributes.get("src", "")
    if iris.is_local(address) and not about.is_local:
        yield here(node, f"{shown(node)}: {quoted(address)} points to the reader's own computer")


@value_check(
    "invalid-tag-uri",
    Level.ERROR,
    *_IDENTIFIERS,
    spec="https://www.rfc-editor.org/rfc/rfc4151.html#section-2.1",
    remedy="write it like tag:example.org,2024:news/1",
)
def invalid_tag_uri(about: Context) -> str | None:
    """A ``tag:`` URI does not follow RFC 4151: its authority, date or specific part is wrong.

    Readers only compare ids, but other programs may reject this one.

    Wrong:

        <id>tag:example.org:1</id>

    Right:

        <id>tag:example.org,2024:1</id>
    """
    text = about.text
    return None if iris.scheme(text) != "tag" or iris.is_tag(text) else "is not a valid tag URI"


@value_check(
    "invalid-urn",
    Level.ERROR,
    *_IDENTIFIERS,
    spec="https://www.rfc-editor.org/rfc/rfc8141.html#section-2",
    remedy="write it like urn:isbn:9780141036144",
)
def invalid_urn(about: Context) -> str | None:
    """A URN does not follow RFC 8141: its namespace, or what comes after it, is wrong.

    Readers only compare ids, but other programs may reject this one.

    Wrong:

        <id>urn:my.site:1</id>

    Right:

        <id>urn:isbn:9780141036144</id>
    """
    text = about.text
    return None if iris.scheme(text) != "urn" or iris.is_urn(text) else "is not a valid URN"


@value_check(
    "invalid-uuid",
    Level.ERROR,
    *_IDENTIFIERS,
    spec="https://www.rfc-editor.org/rfc/rfc9562.html#section-4",
    remedy="write 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12",
)
def invalid_uuid(about: Context) -> str | None:
    """A ``urn:uuid:`` address does not contain a UUID.

    Readers only compare ids, but other programs may reject this one.

    Wrong:

        <id>urn:uuid:60a76c80-d399-11d9</id>

    Right:

        <id>urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6</id>
    """
    text = about.text
    return "is not a valid UUID" if text[:9].lower() == "urn:uuid:" and not iris.is_uuid(text) else None


@element_check(
    "noncanonical-id",
    Level.WARNING,
    named("atom:id"),
    needs="text",
    spec=f"{_RFC4287}4.2.6.1",
    remedy="write new ids in canonical form, but never change an id that is already published",
)
def noncanonical_id(about: Context) -> Iterator[Problem]:
    """An id is not in canonical form, so another program may write the same id differently.

    Readers then show the entry twice.

    Wrong:

        <id>HTTP://Example.org:80/a/../1</id>

    Right:

        <id>http://example.org/1</id>
    """
    node = about.node
    wrong = _uncanonical(node.text.strip())
    if wrong:
        yield here(node, f"{shown(node)}: {quoted(node.text.strip())} {wrong}")


def _uncanonical(text: str) -> str | None:
    """Return why an IRI is not in canonical form (RFC 3986 §6.2); None if it is, or if it is relative."""
    scheme, colon, rest = text.partition(":")
    if not colon:
        return None
    wrong = [
        (scheme != scheme.lower(), "has a scheme in upper case"),
        (
            any(found[0] != found[0].upper() for found in _ESCAPES.finditer(text)),
            "has a percent escape in lower case",
        ),
        (_UNRESERVED.search(text) is not None, "has a percent escape that is not needed"),
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
        ("@" in parts.netloc and not parts.username, "has an empty user name"),
        (host != host.lower(), "has a host in upper case"),
        (host.endswith(":") or (port is not None and port == default), "names the default port"),
        (default is not None and not parts.path, "has no path"),
        (bool({".", ".."}.intersection(parts.path.split("/"))), "has . or .. in its path"),
    ]
