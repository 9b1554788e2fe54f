"""Encoding, well-formedness and limits. :mod:`feedpub.validator.document` finds these; here are their pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from feedpub.validator.check_kinds import Check, Context, Problem, document_check, here
from feedpub.validator.finding import Level

_XML: Final = "https://www.w3.org/TR/xml/"


def _remark(code: str, level: Level, spec: str, remedy: str, manual: str) -> Check:
    def reported(about: Context) -> Iterator[Problem]:
        for remark in about.document.remarks:
            if remark.code == code:
                yield Problem(remark.message, remark.line, remark.column, remedy=remark.remedy)

    reported.__doc__ = manual
    made: Callable[..., Check] = document_check(code, level, spec=spec, remedy=remedy)
    return made(reported)


@document_check(
    "unchecked-format",
    Level.WARNING,
    spec="https://www.rssboard.org/rss-specification",
    remedy="publish RSS 2.0 or Atom 1.0 as well; every reader takes them",
)
def unchecked_format(about: Context) -> Iterator[Problem]:
    """The feed is in RSS 1.0 or 0.90. It is well-formed XML, but nothing else about it was checked.

    feedpub has no checks for these versions.

    Wrong:

        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">

    Right:

        <rss version="2.0">
    """
    document = about.document
    root = document.root
    if root is not None and document.unchecked:
        yield here(root, f"{document.unchecked} is only checked for well-formed XML")


CHECKS: Final[tuple[Check, ...]] = (
    unchecked_format,
    _remark(
        "not-well-formed",
        Level.ERROR,
        f"{_XML}#sec-well-formed",
        "correct the markup at that place, or let an XML library write the feed",
        """The document is not well-formed XML. For example, a tag is not closed, or an ``&`` is not escaped.

        XML parsers stop at the first such mistake, so many readers show nothing at all.

        Wrong:

            <title>Bread & butter</title>

        Right:

            <title>Bread &amp; butter</title>
        """,
    ),
    _remark(
        "undefined-entity",
        Level.ERROR,
        f"{_XML}#wf-entdeclared",
        "write the character itself, or its number",
        """The feed uses an entity that XML does not define, such as ``&eacute;`` from HTML. Parsers stop there.

        Wrong:

            <title>Caf&eacute;</title>

        Right:

            <title>Caf&#233;</title>
        """,
    ),
    _remark(
        "undeclared-prefix",
        Level.ERROR,
        "https://www.w3.org/TR/xml-names/#ns-qualnames",
        "declare the prefix on the root element",
        """A name has a namespace prefix that no ``xmlns`` attribute declares. Parsers stop there.

        Wrong:

            <rss version="2.0"><channel><dc:date>2024</dc:date></channel></rss>

        Right:

            <rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><dc:date>2024</dc:date></channel></rss>
        """,
    ),
    _remark(
        "entity-expansion",
        Level.ERROR,
        f"{_XML}#sec-references",
        "write the text instead of the entities",
        """Entities expand to far more text than the feed contains. Parsers refuse this as an attack.

        Wrong:

            <!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"> … ]>

        Right:

            <title>aaaaaaaaaa</title>
        """,
    ),
    _remark(
        "external-entity",
        Level.WARNING,
        f"{_XML}#include-if-valid",
        "write its text into the feed",
        """An entity refers to another file. Readers do not fetch the file, so its text is missing.

        Wrong:

            <!DOCTYPE rss [<!ENTITY terms SYSTEM "terms.xml">]>

        Right:

            <copyright>All rights reserved</copyright>
        """,
    ),
    _remark(
        "unread-entity",
        Level.WARNING,
        f"{_XML}#wf-entdeclared",
        "write the character itself, or its number",
        """An entity is declared in another file. Readers do not fetch the file, so the character is missing.

        Wrong:

            <!DOCTYPE rss SYSTEM "entities.dtd"> … <title>Caf&eacute;</title>

        Right:

            <title>Café</title>
        """,
    ),
    _remark(
        "too-deep",
        Level.ERROR,
        "https://www.rssboard.org/rss-specification",
        "nest fewer elements; no feed needs this depth",
        """Elements are nested more than 256 levels deep. Some readers crash on this.

        Wrong:

            <div><div><div> … 257 times …

        Right:

            <div><p>text</p></div>
        """,
    ),
    _remark(
        "too-large",
        Level.ERROR,
        "https://www.rssboard.org/rss-profile",
        "keep the latest items, and move older ones to archive documents (RFC 5005)",
        """The feed is larger than 64 MB, or has more than a million elements. The rest was not checked.

        Readers download the whole feed whenever it changes.

        Wrong:

            a feed with every item since 1998

        Right:

            a feed with the latest fifty items
        """,
    ),
    _remark(
        "unknown-encoding",
        Level.ERROR,
        f"{_XML}#charencoding",
        "save the feed as UTF-8, and declare that",
        """The XML declaration names an encoding that does not exist, or UTF-7, which no reader supports.

        Parsers that do not know the encoding refuse the feed.

        Wrong:

            <?xml version="1.0" encoding="utf8-bom"?>

        Right:

            <?xml version="1.0" encoding="utf-8"?>
        """,
    ),
    _remark(
        "encoding-mismatch",
        Level.ERROR,
        f"{_XML}#charencoding",
        "declare the encoding that the file really has",
        """The XML declaration names an encoding that the file does not have.

        Parsers stop, or show the wrong characters.

        Wrong:

            a file that begins with a UTF-8 byte order mark and <?xml version="1.0" encoding="us-ascii"?>

        Right:

            the same file with encoding="utf-8"
        """,
    ),
    _remark(
        "undecodable-bytes",
        Level.ERROR,
        f"{_XML}#charencoding",
        "save the feed in the encoding that it declares, preferably UTF-8",
        """Some bytes are not valid in the declared encoding, or in UTF-8 if none is declared.

        XML parsers must stop there, so many readers show nothing at all.

        Wrong:

            a file in Latin-1 that declares nothing

        Right:

            the same file in UTF-8
        """,
    ),
    _remark(
        "obscure-encoding",
        Level.WARNING,
        f"{_XML}#charencoding",
        "use UTF-8",
        """Few XML parsers know this encoding. Readers with other parsers cannot read the feed.

        Wrong:

            <?xml version="1.0" encoding="mac-cyrillic"?>

        Right:

            <?xml version="1.0" encoding="utf-8"?>
        """,
    ),
    _remark(
        "nonstandard-encoding",
        Level.HINT,
        f"{_XML}#charencoding",
        "use UTF-8",
        """The encoding is neither UTF-8 nor UTF-16, the only two that every XML parser must support.

        Wrong:

            <?xml version="1.0" encoding="iso-8859-1"?>

        Right:

            <?xml version="1.0" encoding="utf-8"?>
        """,
    ),
)
