"""The table of input formats, with one row for each.

The module of a format is a :class:`Reader`. It is imported when a file of that format is read.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Protocol, cast

from feedpub.core.errors import SourceError, install_hint

if TYPE_CHECKING:
    from feedpub.sources.decoding import Block
    from feedpub.sources.records import ByteStream, Item
    from feedpub.sources.spec import ParseContext


class Reader(Protocol):
    """What each module of this package must have."""

    def read(self, stream: ByteStream, reading: ParseContext, /) -> Iterator[Item]:
        """Yield the items of ``stream`` in order; what cannot be read is a reject, and nothing is dropped silently.

        Each line of the file belongs to an item (:func:`feedpub.sources.records.with_blank_lines`). The
        content of a record never raises an error.
        """
        ...


class LinedReader(Reader, Protocol):
    """A reader of a format in which most items can be read without the lines before them."""

    def at(self, lines: Block, reading: ParseContext, /) -> Iterator[Item]:
        """Yield what :meth:`Reader.read` yields for these lines, which are usually those of one item."""
        ...


class SampledReader(Reader, Protocol):
    """A reader that can show how the first record names its fields."""

    def first_record(self, text: str, /) -> Mapping[str, str]:
        """Return the texts of the first record by name; raises ``ValueError`` if there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFormat:
    """One input format; ``packages`` are those of its ``extra``, if it needs one.

    ``named``: its records name their fields, and ``fields:`` of a source maps them. ``sampled``: its module is a
    :class:`SampledReader`; ``lined``: a :class:`LinedReader`. ``body_option``: ``body:`` of a source applies to it.
    ``binary``: its files are not text.
    """

    name: str
    extensions: tuple[str, ...]
    module: str
    extra: str = ""
    packages: tuple[str, ...] = ()
    named: bool = False
    sampled: bool = False
    lined: bool = False
    body_option: bool = False
    binary: bool = False


_ALL: Final = (
    InputFormat(name="text", extensions=(".txt", ".text"), module="text", lined=True, body_option=True),
    InputFormat(
        name="jsonl",
        extensions=(".jsonl", ".ndjson"),
        module="jsonl",
        sampled=True,
        lined=True,
        named=True,
        body_option=True,
    ),
    InputFormat(
        name="json", extensions=(".json",), module="json", sampled=True, named=True, body_option=True
    ),
    InputFormat(name="csv", extensions=(".csv",), module="csv", sampled=True, named=True, body_option=True),
    InputFormat(
        name="tsv", extensions=(".tsv", ".tab"), module="csv", sampled=True, named=True, body_option=True
    ),
    InputFormat(
        name="markdown",
        extensions=(".md", ".markdown", ".mdown"),
        module="markdown",
    ),
    InputFormat(
        name="html",
        extensions=(".html", ".htm", ".xhtml"),
        module="html",
        extra="html",
        packages=("trafilatura",),
    ),
    InputFormat(
        name="feed",
        extensions=(".rss", ".atom", ".rdf"),
        module="feed",
        extra="feeds",
        packages=("feedparser",),
    ),
    InputFormat(
        name="parquet",
        extensions=(".parquet",),
        module="parquet",
        extra="tables",
        packages=("pyarrow",),
        binary=True,
        named=True,
        body_option=True,
    ),
)
INPUT_FORMATS: Final[dict[str, InputFormat]] = {known.name: known for known in _ALL}
"""By name, in the order of the docs."""

# Text files in other formats: read as plain text, they would publish nonsense.
_FOREIGN: Final = {
    ".adoc": "AsciiDoc", ".asciidoc": "AsciiDoc", ".bib": "BibTeX", ".docx": "Word", ".eml": "mail",
    ".ics": "a calendar", ".mbox": "mail",
    ".msg": "mail", ".odt": "OpenDocument", ".org": "Org", ".pdf": "PDF", ".ris": "RIS",
    ".rst": "reStructuredText", ".rtf": "RTF", ".tex": "TeX", ".vcf": "an address book", ".warc": "a web archive",
    ".xls": "Excel", ".xlsx": "Excel",
}  # fmt: skip
_FOREIGN_CONTENTS: Final = (
    ("RTF", re.compile(rb"\{\\rtf")),
    ("a calendar", re.compile(rb"BEGIN:VCALENDAR")),
    ("PDF", re.compile(rb"%PDF-")),
    ("mail", re.compile(rb"(?:From |(?:Return-Path|Received|Delivered-To|Message-ID|MIME-Version): )")),
    ("BibTeX", re.compile(rb"@[A-Za-z]+\s*\{[^\s,{}]+,\s*\n")),
)

COMPRESSED = (".gz", ".bz2", ".xz", ".zst")
_FRONT_MATTER = re.compile(rb"(?:---|\+\+\+)\w*[ \t]*\r?\n")
# How content begins after white space; the first match counts, otherwise it is text.
_CONTENTS = (
    ("parquet", re.compile(rb"PAR1")),
    ("json", re.compile(rb"\[")),
    ("jsonl", re.compile(rb"\{[^\n]*\}[ \t]*\r?\n\s*\{")),
    ("json", re.compile(rb"\{")),
    ("feed", re.compile(rb"(?s)<.{0,2000}?<(?:\w+:)?(?:rss|feed|RDF)[\s>]|<(?:\w+:)?(?:rss|feed|RDF)[\s>]")),
    ("html", re.compile(rb"(?i)<(?:!doctype|html|head|body|\?xml|!--)")),
    ("markdown", _FRONT_MATTER),
)


def missing_extra(name: str) -> str:
    """Return the extra that has to be installed before format ``name`` can be read, or an empty text."""
    known = INPUT_FORMATS[name]
    return known.extra if any(find_spec(package) is None for package in known.packages) else ""


def choose(file: str, head: bytes) -> str:
    """Return the format of a file by its extension, else by ``head``, its decompressed beginning."""
    known = _by_extension(file)
    # Jekyll also has front matter in HTML pages; Markdown may contain HTML.
    return _by_content(head) if known is None or (known == "html" and _FRONT_MATTER.match(head)) else known


def foreign(file: str, head: bytes) -> str:
    """Return the kind of a file in an unsupported format, by its extension or ``head``; empty for other files."""
    name = file.lower()
    for extension in COMPRESSED:
        name = name.removesuffix(extension)
    _, dot, extension = name.rpartition("/")[2].rpartition(".")
    if known := _FOREIGN.get(dot + extension):
        return known
    if _by_extension(file) is not None:
        return ""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((name for name, pattern in _FOREIGN_CONTENTS if pattern.match(start)), "")


def has_extension(file: str) -> bool:
    """Say whether the name of a file has the extension of a format."""
    return _by_extension(file) is not None


def _by_extension(file: str) -> str | None:
    name = file.lower()
    for extension in COMPRESSED:
        name = name.removesuffix(extension)
    _, dot, extension = name.rpartition("/")[2].rpartition(".")
    return next((known.name for known in INPUT_FORMATS.values() if dot + extension in known.extensions), None)


def _by_content(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((name for name, pattern in _CONTENTS if pattern.match(start)), "text")


def reader(name: str, file: str) -> Reader:
    """Return the reader of format ``name``. Raises :class:`SourceError` if its extra is not installed."""
    if extra := missing_extra(name):
        raise SourceError(file, f"the format {name!r} needs another package; {install_hint(extra)}")
    return cast("Reader", importlib.import_module(f"feedpub.sources.readers.{INPUT_FORMATS[name].module}"))


def sampled_reader(name: str, file: str) -> SampledReader | None:
    """Return the reader of format ``name`` if it can return the first record."""
    return cast("SampledReader", reader(name, file)) if INPUT_FORMATS[name].sampled else None


def lined_reader(name: str, file: str) -> LinedReader | None:
    """Return the reader of format ``name`` if it can read an item without the lines before it."""
    return cast("LinedReader", reader(name, file)) if INPUT_FORMATS[name].lined else None
