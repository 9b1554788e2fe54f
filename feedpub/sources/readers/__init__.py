"""The table of formats: their names, extensions, modules and the extra that a module needs.

A module has ``read(stream, reading)``, a generator of items. It is imported when a file of its format is
read.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from feedpub.core.errors import SourceError, install_hint

if TYPE_CHECKING:
    from feedpub.sources.records import ByteStream, Item
    from feedpub.sources.spec import ParseContext

    Reader = Callable[[ByteStream, ParseContext], Iterator[Item]]


@dataclass(frozen=True, slots=True)
class Format:
    """One input format; ``packages`` are what its extra installs."""

    name: str
    extensions: tuple[str, ...]
    module: str
    extra: str = ""
    packages: tuple[str, ...] = ()


FORMATS = (
    Format("text", (".txt", ".text"), "text"),
    Format("jsonl", (".jsonl", ".ndjson"), "jsonl"),
    Format("json", (".json",), "json"),
    Format("csv", (".csv",), "csv"),
    Format("tsv", (".tsv", ".tab"), "csv"),
    Format("markdown", (".md", ".markdown", ".mdown"), "markdown", "markdown", ("markdown_it",)),
    Format("html", (".html", ".htm", ".xhtml"), "html", "html", ("trafilatura",)),
    Format("feed", (".rss", ".atom", ".rdf"), "feed", "feeds", ("feedparser",)),
    Format("parquet", (".parquet",), "parquet", "tables", ("pyarrow",)),
)
COMPRESSED = (".gz", ".bz2", ".xz", ".zst")
_BY_NAME = {known.name: known for known in FORMATS}
_BY_EXTENSION = {extension: known.name for known in FORMATS for extension in known.extensions}
_FRONT_MATTER = re.compile(rb"(?:---|\+\+\+)\w*[ \t]*\r?\n")
# What a file's content begins with, behind white space; the first that matches counts, else it is text.
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
    known = _BY_NAME[name]
    return known.extra if any(find_spec(package) is None for package in known.packages) else ""


def choose(file: str, head: bytes) -> str:
    """Return the format of a file by its extension, else by ``head``, its first kilobytes, decompressed."""
    known = _by_extension(file)
    # Jekyll has front matter in pages of HTML too; Markdown may hold HTML.
    return _by_content(head) if known is None or (known == "html" and _FRONT_MATTER.match(head)) else known


def has_extension(file: str) -> bool:
    """Say whether the name of a file has the extension of a format."""
    return _by_extension(file) is not None


def _by_extension(file: str) -> str | None:
    name = file.lower()
    for extension in COMPRESSED:
        name = name.removesuffix(extension)
    _, dot, extension = name.rpartition("/")[2].rpartition(".")
    return _BY_EXTENSION.get(dot + extension)


def _by_content(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return next((name for name, pattern in _CONTENTS if pattern.match(start)), "text")


def reader(name: str, file: str) -> Reader:
    """Return the reader of format ``name``. Raises :class:`SourceError` where its extra is not installed."""
    if extra := missing_extra(name):
        raise SourceError(file, f"the format {name!r} needs a further package; {install_hint(extra)}")
    module = importlib.import_module(f"feedpub.sources.readers.{_BY_NAME[name].module}")
    read: Reader = module.read
    return read
