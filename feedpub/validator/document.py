"""Feed bytes → one read-only tree that every check looks at.

The parser is expat, from the standard library. It gives the exact place of every element (lxml only gives lines),
fetches nothing, and limits the expansion of entities. Names get the prefixes of :mod:`feedpub.validator.namespaces`.
An element keeps its offset; line and column are only counted when a finding needs them.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urljoin
from xml.parsers import expat

from feedpub.validator import _source_text, namespaces
from feedpub.validator._source_text import Remark, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

MAX_BYTES: Final = 64 << 20
MAX_DEPTH: Final = 256
MAX_ELEMENTS: Final = 1_000_000
_LONGEST_BASE: Final = 8_000
_GZIP: Final = b"\x1f\x8b"
# XML does not allow this character, so no namespace can contain it.
_SEPARATOR: Final = "\f"

# In UTF-8: C1 control characters, U+FFFD, and Latin-1 letters that were the first byte of a UTF-8 sequence.
# Separate expressions, because one that begins with a literal is found as fast as memory is read.
_SUSPICIOUS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rb"\xc2[\x80-\x9f]",
        rb"\xef\xbf\xbd",
        rb"\xc3[\x82\x83]\xc2[\x80-\xbf]",
        rb"&#x0*[89][0-9a-fA-F];|&#0*1[2-5][0-9];",
    )
)
_ERRORS: Final = {
    11: "undefined-entity",
    27: "undeclared-prefix",
    43: "entity-expansion",
}


class Base(NamedTuple):
    """An ``xml:base``, perhaps inside another one. They are only joined when a check needs that, which is rare."""

    above: Base | None
    reference: str

    def join(self, reference: str) -> str:
        """Return a reference joined with the base; unchanged if they cannot be joined."""
        # No real address is as long, and joining many of them would be slow.
        if len(self.reference) > _LONGEST_BASE:
            return reference
        try:
            joined = urljoin(self.reference, reference)
        except ValueError:
            return reference
        return self.above.join(joined) if self.above is not None else joined


class Node:
    """One element: its name, its place, its attributes, its own text and its children.

    ``within`` is the parent's tag. ``base`` is the base IRI from ``xml:base``, or None. ``text`` is the character data
    directly in it, without that of its children. Read-only by contract.
    """

    __slots__ = ("attributes", "base", "children", "offset", "prefix", "source", "tag", "text", "within")

    def __init__(  # noqa: PLR0913, PLR0917 - made once, and often: keywords would cost
        self,
        tag: str,
        prefix: str,
        within: str,
        base: Base | None,
        attributes: Mapping[str, str],
        source: Source,
        offset: int,
    ) -> None:
        self.tag = tag
        self.prefix = prefix
        self.within = within
        self.base = base
        self.attributes = attributes
        self.source = source
        self.offset = offset
        # Most elements are leaves and share one empty list; the builder gives a parent its own.
        self.children = NO_CHILDREN
        self.text = ""

    @property
    def place(self) -> tuple[int, int]:
        """Line and column, from 1, in characters."""
        return self.source.place(self.offset)

    @property
    def line(self) -> int:
        """The line where it begins, from 1."""
        return self.place[0]

    def all(self, tag: str) -> list[Node]:
        """Return the children with that tag."""
        return [child for child in self.children if child.tag == tag]

    def first(self, tag: str) -> Node | None:
        """Return the first child with that tag, or None."""
        for child in self.children:
            if child.tag == tag:
                return child
        return None

    def walk(self) -> Iterator[Node]:
        """Yield this element and all below it in document order, without recursion."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            if node.children:
                stack.extend(reversed(node.children))


NO_CHILDREN: Final[list[Node]] = []
NO_ATTRIBUTES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Declaration:
    """A namespace declaration: ``xmlns:prefix="uri"`` and the element's place."""

    prefix: str
    uri: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Doctype:
    """A document type declaration."""

    name: str
    system: str
    public: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Document:
    """A feed as it was read: ``nodes`` are its elements in document order; ``broken`` says that it is not XML.

    ``remarks`` are about the encoding, the well-formedness and the limits. ``foreign`` maps unknown namespaces to the
    places where they are first used. ``suspicious`` says that there are bytes which suggest wrong decoding, so that it
    is worth the time to check every character.
    """

    nodes: list[Node]
    broken: bool
    remarks: tuple[Remark, ...]
    encoding: str
    version: str
    declarations: tuple[Declaration, ...] = ()
    doctype: Doctype | None = None
    foreign: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    suspicious: bool = False

    @property
    def root(self) -> Node | None:
        """The root element; None if nothing could be read."""
        return self.nodes[0] if self.nodes else None

    @property
    def unchecked(self) -> str:
        """The version of RSS, if there are no checks for it; empty otherwise."""
        if self.broken or self.root is None or self.root.tag != "rdf:RDF":
            return ""
        return next((_UNCHECKED[found.uri] for found in self.declarations if found.uri in _UNCHECKED), "")


_UNCHECKED: Final = {
    "http://purl.org/rss/1.0/": "RSS 1.0",
    "http://my.netscape.com/rdf/simple/0.9/": "RSS 0.90",
    "http://channel.netscape.com/rdf/simple/0.9/": "RSS 0.90",
}


class _Limit(Exception):
    """The document exceeds a limit; carries the remark about it."""

    def __init__(self, remark: Remark) -> None:
        self.remark = remark
        super().__init__(remark.message)


@dataclass(slots=True)
class _Builder:
    """The handlers of expat, and the tree so far."""

    parser: expat.XMLParserType
    source: Source
    nodes: list[Node] = field(default_factory=list)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    declarations: dict[tuple[str, str], Declaration] = field(default_factory=dict)
    foreign: dict[str, tuple[int, int]] = field(default_factory=dict)
    doctype: Doctype | None = None
    entities: bool = False
    opened: list[Node] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def listen(self) -> dict[Node, list[str]]:
        """Give the parser its handlers; return a dict for the texts that arrive in several pieces.

        The three handlers that are called for every element are closures: half of the reading time is spent in them.
        """
        parser, source, names, nodes = self.parser, self.source, self.names, self.nodes
        outside = Node("", "", "", None, NO_ATTRIBUTES, source, 0)
        stack = self.opened
        stack.append(outside)
        node = outside
        pieces: dict[Node, list[str]] = {}

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal node
            tag, prefix = names.get(name) or self.name(name)
            above = node
            base = above.base
            if attributes:
                attributes = self.renamed(attributes)
                if attributes.get("xml:base"):
                    base = Base(base, attributes["xml:base"])
            node = Node(
                tag, prefix, above.tag, base, attributes or NO_ATTRIBUTES, source, parser.CurrentByteIndex
            )
            if above.children is NO_CHILDREN:
                above.children = [node]
            else:
                above.children.append(node)
            stack.append(node)
            nodes.append(node)
            if len(stack) > MAX_DEPTH + 1 or len(nodes) > MAX_ELEMENTS:
                self.stop(len(stack) > MAX_DEPTH + 1)

        def end(_name: str) -> None:
            nonlocal node
            stack.pop()
            node = stack[-1]

        def characters(data: str) -> None:
            if not node.text:
                node.text = data
            elif node in pieces:
                pieces[node].append(data)
            else:
                pieces[node] = [node.text, data]

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = characters
        parser.StartNamespaceDeclHandler = self.namespace
        parser.StartDoctypeDeclHandler = self.start_doctype
        parser.EntityDeclHandler = self.entity
        parser.SkippedEntityHandler = self.skipped
        return pieces

    def let_go(self) -> None:
        """Remove the handlers from the parser: they form a reference cycle that would keep the document in memory."""
        parser = self.parser
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None
        parser.StartNamespaceDeclHandler = parser.StartDoctypeDeclHandler = None
        parser.EntityDeclHandler = parser.SkippedEntityHandler = None

    def watch(self) -> None:
        """Count the characters from here on: entities may expand to far more text than the feed has bytes."""
        parser, left = self.parser, MAX_BYTES
        start: Callable[[str, dict[str, str]], None] = parser.StartElementHandler  # type: ignore[assignment]
        characters: Callable[[str], None] = parser.CharacterDataHandler  # type: ignore[assignment]

        def spend(length: int) -> None:
            nonlocal left
            left -= length
            if left < 0:
                message = f"the entities of the feed expand to more than {MAX_BYTES:,} characters"
                raise _Limit(Remark("entity-expansion", message, *self.place()))

        def watched_start(name: str, attributes: dict[str, str]) -> None:
            spend(sum(map(len, attributes.values())))
            start(name, attributes)

        def watched_characters(data: str) -> None:
            spend(len(data))
            characters(data)

        parser.StartElementHandler = watched_start
        parser.CharacterDataHandler = watched_characters

    def stop(self, deep: bool) -> None:
        code = "too-deep" if deep else "too-large"
        message = (
            f"elements are nested more than {MAX_DEPTH} levels deep"
            if deep
            else f"the feed has more than {MAX_ELEMENTS:,} elements"
        )
        raise _Limit(Remark(code, message, *self.place()))

    def place(self) -> tuple[int, int]:
        """Return the line and column where the parser is."""
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1

    def name(self, raw: str) -> tuple[str, str]:
        """Return the tag and the prefix for a name as expat reports it."""
        uri, _, rest = raw.partition(_SEPARATOR)
        local, _, prefix = rest.partition(_SEPARATOR)
        if not rest:
            # In a format that has a namespace, a name without one is foreign, even if RSS has it.
            found = (uri if not self.nodes or self.nodes[0].tag == "rss" else f"{{}}{uri}", "")
        elif uri in namespaces.KNOWN:
            found = (f"{namespaces.KNOWN[uri]}:{local}", prefix)
        else:
            found = (f"{{{uri}}}{local}", prefix)
            self.foreign.setdefault(uri, self.place())
        self.names[raw] = found
        return found

    def renamed(self, attributes: dict[str, str]) -> dict[str, str]:
        for raw in attributes:
            if _SEPARATOR in raw:
                return {
                    (self.names.get(key) or self.name(key))[0] if _SEPARATOR in key else key: attributes[key]
                    for key in attributes
                }
        return attributes

    def namespace(self, prefix: str | None, uri: str | None) -> None:
        key = (prefix or "", uri or "")
        if key not in self.declarations:
            self.declarations[key] = Declaration(*key, *self.place())

    def start_doctype(self, name: str, system: str | None, public: str | None, _internal: int) -> None:
        self.doctype = Doctype(name, system or "", public or "", *self.place())

    def entity(
        self,
        name: str,
        _parameter: bool,
        _value: str | None,
        _base: str | None,
        system: str | None,
        _public: str | None,
        _notation: str | None,
    ) -> None:
        if not self.entities:
            self.entities = True
            self.watch()
        if system is not None:
            message = f"the entity {name!r} refers to another file, {system!r}"
            self.remarks.append(Remark("external-entity", message, *self.place()))

    def skipped(self, name: str, parameter: bool) -> None:
        if not parameter:
            message = f"the entity &{name}; is declared in another file"
            self.remarks.append(Remark("unread-entity", message, *self.place()))


def _explained(error: expat.ExpatError, builder: _Builder) -> Remark:
    from feedpub.validator import _xml_errors  # noqa: PLC0415 - most feeds are well-formed

    source = builder.source
    message, remedy, offset = _xml_errors.explain(
        error.code,
        _xml_errors.Fault(
            source.data,
            max(builder.parser.ErrorByteIndex, 0),
            [node.offset for node in builder.opened[1:]],
            bool(builder.nodes) and len(builder.opened) == 1,
            {prefix for prefix, _ in builder.declarations},
            source.place,
        ),
    )
    return Remark(_ERRORS.get(error.code, "not-well-formed"), message, *source.place(offset), remedy)


def read(data: bytes) -> Document:
    """Read any bytes as a feed in XML; the ``remarks`` of the document say what is wrong. Never raises."""
    if len(data) > MAX_BYTES:
        remark = Remark("too-large", f"the feed has {len(data):,} bytes; at most {MAX_BYTES:,} are allowed")
        return Document([], True, (remark,), "", "")
    if data.startswith(_GZIP):
        message, remedy = (
            "the file is compressed with gzip",
            "publish the uncompressed file, or send it with Content-Encoding: gzip",
        )
        remark = Remark("not-well-formed", message, remedy=remedy)
        return Document([], True, (remark,), "", "")
    decoded = _source_text.decode(data)
    if decoded.data.startswith(codecs.BOM_UTF8):
        # decode() removed the first one; the parser would accept the second.
        message, remedy = (
            "the file begins with two byte order marks",
            "save the file with only one, or with none",
        )
        remark = Remark("not-well-formed", message, remedy=remedy)
        return Document([], True, (*decoded.remarks, remark), decoded.encoding, decoded.version)
    parser = expat.ParserCreate("utf-8", _SEPARATOR)
    builder = _Builder(parser, Source(decoded.data))
    parser.namespace_prefixes = True
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    pieces = builder.listen()
    broken: Remark | None = None
    try:
        parser.Parse(decoded.data, True)
    except expat.ExpatError as error:
        broken = _explained(error, builder)
    except _Limit as limit:
        broken = limit.remark
    builder.let_go()
    for node, texts in pieces.items():
        node.text = "".join(texts)
    remarks = (*decoded.remarks, *builder.remarks, *((broken,) if broken else ()))
    return Document(
        builder.nodes,
        broken is not None,
        remarks,
        decoded.encoding,
        decoded.version,
        tuple(builder.declarations.values()),
        builder.doctype,
        builder.foreign,
        # Bytes that could not be decoded were replaced by U+FFFD, and there is a remark about them.
        not decoded.replaced and any(pattern.search(decoded.data) for pattern in _SUSPICIOUS),
    )
