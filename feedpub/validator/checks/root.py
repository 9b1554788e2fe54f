"""The root element and what stands before it: which format the feed is in, and whether it can be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from feedpub.validator.checks.model import Circumstances, Problem, document_check, here, quoted, shown
from feedpub.validator.document import Document
from feedpub.validator.finding import Level

ROOTS: Final = frozenset({"rss", "atom:feed", "atom:entry"})
_NAMES: Final = frozenset({"rss", "feed", "entry"})


@document_check(
    "unknown-format",
    Level.ERROR,
    spec="https://www.rssboard.org/rss-specification#whatIsRss",
    remedy="begin with <rss version='2.0'> or <feed xmlns='http://www.w3.org/2005/Atom'>",
)
def unknown_format(document: Document, _circumstances: Circumstances) -> Iterator[Problem]:
    """The document is XML, and neither RSS 2.0 nor Atom 1.0.

    Wrong:

        <html><body>Not found</body></html>

    Right:

        <rss version="2.0"><channel>…</channel></rss>
    """
    root = document.root
    if root is not None and not document.broken and root.tag not in ROOTS and _local(root.tag) not in _NAMES:
        yield here(root, f"{shown(root)} is the root element of no feed format that is known here")


@document_check(
    "wrong-namespace",
    Level.ERROR,
    spec="https://www.rfc-editor.org/rfc/rfc4287.html#section-1.2",
    remedy="Atom stands in xmlns='http://www.w3.org/2005/Atom', RSS in no namespace",
)
def wrong_namespace(document: Document, _circumstances: Circumstances) -> Iterator[Problem]:
    """The root element has the name of a feed format and stands in another namespace, or in none.

    Wrong:

        <feed xmlns="http://www.w3.org/2005/atom">

    Right:

        <feed xmlns="http://www.w3.org/2005/Atom">
    """
    root = document.root
    if root is not None and not document.broken and root.tag not in ROOTS and _local(root.tag) in _NAMES:
        uri = root.tag[1:].partition("}")[0] if root.tag[:1] == "{" else root.tag.rpartition(":")[0]
        yield here(
            root,
            f"{shown(root)} stands in the namespace {quoted(uri)}"
            if uri
            else f"{shown(root)} stands in no namespace",
        )


def _local(tag: str) -> str:
    return tag.rpartition("}")[2].rpartition(":")[2]


@document_check(
    "dead-dtd",
    Level.ERROR,
    spec="https://www.rssboard.org/rss-0-9-1-netscape",
    remedy="remove the document type declaration",
)
def dead_dtd(document: Document, _about: Circumstances) -> Iterator[Problem]:
    """The document type is that of Netscape's RSS 0.91, whose file is gone: readers that fetch it fail.

    Wrong:

        <!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">

    Right:

        <rss version="2.0">
    """
    doctype = document.doctype
    if doctype is not None and "netscape" in f"{doctype.public} {doctype.system}".lower():
        message = f"the document type {quoted(doctype.system or doctype.public)} does not exist any more"
        yield Problem(message, doctype.line, doctype.column)


@document_check(
    "xml-version",
    Level.ERROR,
    spec="https://www.w3.org/TR/xml/#sec-prolog-dtd",
    remedy='write <?xml version="1.0"?>',
)
def xml_version(document: Document, _about: Circumstances) -> Iterator[Problem]:
    """The XML declaration gives another version than 1.0. Hardly a reader knows XML 1.1.

    Wrong:

        <?xml version="1.1"?>

    Right:

        <?xml version="1.0"?>
    """
    if document.root is not None and document.version != "1.0":
        yield Problem(f"the XML declaration gives the version {quoted(document.version)}", 1, 1)


CHECKS: Final = (
    unknown_format,
    wrong_namespace,
    dead_dtd,
    xml_version,
)
