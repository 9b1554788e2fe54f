"""What makes a document a feed: the root element, the document type, and the namespaces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feedpub.validator import namespaces
from feedpub.validator.check_kinds import Context, Problem, document_check, here, quoted, shown
from feedpub.validator.finding import Level
from feedpub.validator.grammar import iris

ROOTS: Final = frozenset({"rss", "atom:feed", "atom:entry"})
_NAMES: Final = frozenset({"rss", "feed", "entry"})


@document_check(
    "unknown-format",
    Level.ERROR,
    spec="https://www.rssboard.org/rss-specification#whatIsRss",
    remedy="begin with <rss version='2.0'> or <feed xmlns='http://www.w3.org/2005/Atom'>",
)
def unknown_format(about: Context) -> Iterator[Problem]:
    """The document is XML, but neither RSS nor Atom. Readers cannot subscribe to it.

    Wrong:

        <html><body>Not found</body></html>

    Right:

        <rss version="2.0"><channel>…</channel></rss>
    """
    document = about.document
    root = document.root
    if root is None or document.broken or document.unchecked:
        return
    if root.tag not in ROOTS and _local(root.tag) not in _NAMES:
        yield here(root, f"{shown(root)} is not the root element of a known feed format")


@document_check(
    "wrong-namespace",
    Level.ERROR,
    spec="https://www.rfc-editor.org/rfc/rfc4287.html#section-1.2",
    remedy="use xmlns='http://www.w3.org/2005/Atom' for Atom, and no namespace for RSS",
)
def wrong_namespace(about: Context) -> Iterator[Problem]:
    """The root element has the name of a feed, but is in the wrong namespace. Readers do not recognise it.

    Wrong:

        <feed xmlns="http://www.w3.org/2005/atom">

    Right:

        <feed xmlns="http://www.w3.org/2005/Atom">
    """
    document = about.document
    root = document.root
    if root is not None and not document.broken and root.tag not in ROOTS and _local(root.tag) in _NAMES:
        uri = root.tag[1:].partition("}")[0] if root.tag[:1] == "{" else root.tag.rpartition(":")[0]
        yield here(
            root,
            f"{shown(root)} is in the namespace {quoted(uri)}"
            if uri
            else f"{shown(root)} is in no namespace",
        )


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2]


@document_check(
    "dead-dtd",
    Level.ERROR,
    spec="https://www.rssboard.org/rss-0-9-1-netscape",
    remedy="remove the document type declaration",
)
def dead_dtd(about: Context) -> Iterator[Problem]:
    """The document type is Netscape's for RSS 0.91. Its file no longer exists, so readers that fetch it fail.

    Wrong:

        <!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">

    Right:

        <rss version="2.0">
    """
    document = about.document
    doctype = document.doctype
    if doctype is not None and "netscape" in f"{doctype.public} {doctype.system}".lower():
        message = f"the document type {quoted(doctype.system or doctype.public)} no longer exists"
        yield Problem(message, doctype.line, doctype.column)


@document_check(
    "xml-version",
    Level.ERROR,
    spec="https://www.w3.org/TR/xml/#sec-prolog-dtd",
    remedy='write <?xml version="1.0"?>',
)
def xml_version(about: Context) -> Iterator[Problem]:
    """The XML declaration names a version other than 1.0. Few readers understand XML 1.1.

    Wrong:

        <?xml version="1.1"?>

    Right:

        <?xml version="1.0"?>
    """
    document = about.document
    if document.root is not None and document.version != "1.0":
        yield Problem(f"the XML declaration names version {quoted(document.version)}", 1, 1)


_XML_NAMES: Final = "https://www.w3.org/TR/xml-names/#ns-decl"
_PROFILE: Final = "https://www.rssboard.org/rss-profile#namespace-elements"


def _loose(uri: str) -> str:
    """Return a namespace without what people mistype: case, ``https``, and ``/`` or ``#`` at the end."""
    return uri.lower().replace("https://", "http://").rstrip("/#")


_LOOSE: Final = {_loose(uri): uri for uri in namespaces.KNOWN}


@document_check(
    "invalid-namespace",
    Level.ERROR,
    spec=_XML_NAMES,
    remedy="write a valid address with a scheme, and without spaces",
)
def invalid_namespace(about: Context) -> Iterator[Problem]:
    """A namespace name is not a valid IRI, tag URI or UUID. Strict parsers reject it.

    Wrong:

        <rss version="2.0" xmlns:x="http://example.com/ my namespace">

    Right:

        <rss version="2.0" xmlns:x="http://example.com/my-namespace">
    """
    for found in about.document.declarations:
        uri = found.uri
        scheme = iris.scheme(uri)
        if (
            iris.wrong_character(uri)
            or (scheme == "tag" and not iris.is_tag(uri))
            or (scheme == "urn" and not iris.is_urn(uri))
        ):
            yield Problem(
                f"xmlns:{found.prefix or '(default)'} is {quoted(uri)}, which is not a valid IRI",
                found.line,
                found.column,
            )


@document_check(
    "misspelled-namespace",
    Level.ERROR,
    spec=_XML_NAMES,
    remedy="write the name exactly as its specification does, including case and a final slash",
)
def misspelled_namespace(about: Context) -> Iterator[Problem]:
    """A namespace name is misspelled. Readers compare every character, so they ignore its elements.

    Wrong:

        <rss version="2.0" xmlns:media="http://search.yahoo.com/mrss">

    Right:

        <rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/">
    """
    for found in about.document.declarations:
        right = _LOOSE.get(_loose(found.uri))
        if right is not None and found.uri not in namespaces.KNOWN:
            yield Problem(
                f"the namespace {quoted(found.uri)} should be {quoted(right)}", found.line, found.column
            )


@document_check(
    "reserved-prefix",
    Level.WARNING,
    spec=_PROFILE,
    remedy="use another prefix",
)
def reserved_prefix(about: Context) -> Iterator[Problem]:
    """A prefix that usually belongs to a known extension is declared for another namespace.

    Readers that only look at prefixes mistake its elements for those of the extension.

    Wrong:

        <rss version="2.0" xmlns:dc="https://example.org/discounts">

    Right:

        <rss version="2.0" xmlns:discount="https://example.org/discounts">
    """
    for found in about.document.declarations:
        right = namespaces.KNOWN.get(_LOOSE.get(_loose(found.uri), ""))
        if _is_taken(found.prefix, right or ""):
            yield Problem(
                f"the prefix {found.prefix!r} usually belongs to a namespace other than {quoted(found.uri)}",
                found.line,
                found.column,
            )


def _is_taken(prefix: str, usual: str) -> bool:
    """Tell whether a prefix usually belongs to a namespace other than the one whose usual prefix is ``usual``."""
    return prefix in _RESERVED and prefix.lower() != usual.lower()


@document_check(
    "unusual-prefix",
    Level.HINT,
    spec=_PROFILE,
    remedy="use the usual prefix",
)
def unusual_prefix(about: Context) -> Iterator[Problem]:
    """A known namespace has an unusual prefix. Readers that only look at prefixes miss its elements.

    Wrong:

        <rss version="2.0" xmlns:dublin="http://purl.org/dc/elements/1.1/">

    Right:

        <rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
    """
    for found in about.document.declarations:
        usual = namespaces.KNOWN.get(found.uri)
        # A prefix that belongs to another namespace is reported above.
        if usual is not None and found.prefix not in {"", usual} and not _is_taken(found.prefix, usual):
            yield Problem(
                f"the prefix {found.prefix!r} is used where {usual!r} is usual",
                found.line,
                found.column,
            )


@document_check(
    "unknown-namespace",
    Level.HINT,
    spec="https://www.rfc-editor.org/rfc/rfc4287.html#section-6.3",
    remedy="check the spelling; if the namespace is your own, there is nothing to do",
)
def unknown_namespace(about: Context) -> Iterator[Problem]:
    """The namespace is unknown to feedpub, so nothing in it was checked.

    If the name is misspelled, readers ignore everything in it.

    Wrong:

        <example:thing xmlns:example="https://example.org/ns"/>

    Right:

        <dc:type xmlns:dc="http://purl.org/dc/elements/1.1/">thing</dc:type>
    """
    for uri, (line, column) in about.document.foreign.items():
        if _loose(uri) not in _LOOSE:
            yield Problem(
                f"the namespace {quoted(uri)} is unknown, so nothing in it was checked", line, column
            )


_RESERVED: Final = frozenset(namespaces.KNOWN.values()) - {"l", "ref", "re", "at", "activity", "link"}
