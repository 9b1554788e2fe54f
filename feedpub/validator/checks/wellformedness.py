"""Reading: the encoding, the well-formedness and the limits. The reader finds these; here is what they mean."""

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
    remedy="publish RSS 2.0 or Atom 1.0 as well, which every reader takes",
)
def unchecked_format(about: Context) -> Iterator[Problem]:
    """The feed is in RSS 1.0 or 0.90, which has no checks here: it is well-formed, and that is all that is known.

    Wrong:

        <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">

    Right:

        <rss version="2.0">
    """
    document = about.document
    root = document.root
    if root is not None and document.unchecked:
        yield here(root, f"{document.unchecked} is not checked; only that it is well-formed")


CHECKS: Final[tuple[Check, ...]] = (
    unchecked_format,
    _remark(
        "not-well-formed",
        Level.ERROR,
        f"{_XML}#sec-well-formed",
        "correct the markup at that place; a library that writes XML gets it right",
        """The document is not XML: a tag is not closed, a quote is missing, a character is forbidden.

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
        """An entity of HTML is used, which XML does not know.

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
        """A namespace prefix is used that nothing declares.

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
        """Entities expand to far more text than the document has: an attack on readers, whatever it was meant as.

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
        "write the text into the feed",
        """An entity stands for another file. Readers do not fetch it: what it stands for is lost.

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
        """An entity is declared in an external file, which readers do not fetch: the character is lost.

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
        "nest less; no feed needs such depth",
        """Elements nest more than 256 levels deep, which makes some readers crash.

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
        "keep the latest items and put older ones into archive documents (RFC 5005)",
        """The feed has more than 64 MB or a million elements. It is not read further.

        Wrong:

            a feed that holds every item since 1998

        Right:

            a feed that holds the latest fifty
        """,
    ),
    _remark(
        "unknown-encoding",
        Level.ERROR,
        f"{_XML}#charencoding",
        "save the feed as UTF-8 and declare that",
        """The XML declaration names an encoding that does not exist, or that no reader takes (UTF-7).

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
        "declare the encoding that the bytes are in",
        """The encoding that the XML declaration names is not that of the bytes.

        Wrong:

            a file with a UTF-8 byte order mark that begins <?xml version="1.0" encoding="us-ascii"?>

        Right:

            the same file with encoding="utf-8"
        """,
    ),
    _remark(
        "undecodable-bytes",
        Level.ERROR,
        f"{_XML}#charencoding",
        "save the feed in the encoding it declares, best UTF-8",
        """Bytes are not text in the declared encoding (UTF-8 where none is declared).

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
        """The encoding is one that few XML readers know.

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
        """The encoding is not one of the two that every XML reader must know, UTF-8 and UTF-16.

        Wrong:

            <?xml version="1.0" encoding="iso-8859-1"?>

        Right:

            <?xml version="1.0" encoding="utf-8"?>
        """,
    ),
)
