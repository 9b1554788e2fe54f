"""Feed bytes → one read-only tree that every check looks at.

The parser is expat, from the standard library: of the parsers at hand it alone gives line *and* column of
every element, fetches nothing, and bounds what entities may expand to; lxml knows lines only. Names come
out under the prefixes of :mod:`feedpub.validate.namespaces`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin
from xml.parsers import expat

from feedpub.validate import encoding, namespaces
from feedpub.validate.encoding import Remark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_BYTES: Final = 64 << 20
MAX_DEPTH: Final = 256
MAX_ELEMENTS: Final = 1_000_000
# A character that XML text cannot hold, so that no namespace can contain it.
_SEPARATOR: Final = "\f"

# Controls of the C1 block, U+FFFD, a Latin-1 letter that was the first byte of a UTF-8 sequence; as bytes of UTF-8.
_SUSPICIOUS: Final = re.compile(
    rb"\xc2[\x80-\x9f]|\xef\xbf\xbd|\xc3[\x82\x83]\xc2[\x80-\xbf]|&#x0*[89][0-9a-fA-F];|&#0*1[2-5][0-9];"
)
_ERRORS: Final = {
    11: "undefined-entity",
    27: "undeclared-prefix",
    43: "entity-expansion",
}


class Node:
    """One element: its name, where it stands, its attributes, its own text and the elements in it.

    ``within`` is the parent's tag and ``base`` the base IRI that ``xml:base`` gives it (empty where none does).
    ``text`` is the character data directly in it, without that of the elements in it. Read-only by contract.
    """

    __slots__ = ("attributes", "base", "children", "column", "line", "prefix", "tag", "text", "within")

    def __init__(  # noqa: PLR0913, PLR0917 - made once, and often: keywords would cost
        self,
        tag: str,
        prefix: str,
        within: str,
        base: str,
        attributes: Mapping[str, str],
        line: int,
        column: int,
    ) -> None:
        self.tag = tag
        self.prefix = prefix
        self.within = within
        self.base = base
        self.attributes = attributes
        self.line = line
        self.column = column
        # One empty list for all leaves, which are most elements; the builder gives a parent its own.
        self.children = NO_CHILDREN
        self.text = ""

    def all(self, tag: str) -> list[Node]:
        """Return the children of that name."""
        return [child for child in self.children if child.tag == tag]

    def first(self, tag: str) -> Node | None:
        """Return the first child of that name."""
        for child in self.children:
            if child.tag == tag:
                return child
        return None

    def walk(self) -> Iterator[Node]:
        """Yield this element and all below it, in document order; depth costs no recursion."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            if node.children:
                stack.extend(reversed(node.children))


NO_CHILDREN: Final[list[Node]] = []


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
    """A feed as it was read. ``root`` is None where nothing could be read; ``broken`` where it is no XML.

    ``remarks`` is what the reading itself found: the encoding, the well-formedness, the limits. ``foreign`` gives
    the namespaces that are used and not known, with their first place; ``suspicious`` says that there are bytes
    which text that was decoded rightly does not have, so that a check of every character is worth its time.
    """

    root: Node | None
    broken: bool
    remarks: tuple[Remark, ...]
    encoding: str
    version: str
    declarations: tuple[Declaration, ...] = ()
    doctype: Doctype | None = None
    foreign: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    suspicious: bool = False


class _Limit(Exception):
    """The document passes one of the limits; carries the remark."""

    def __init__(self, remark: Remark) -> None:
        self.remark = remark
        super().__init__(remark.message)


@dataclass(slots=True)
class _Builder:
    """The expat handlers and the tree as it grows."""

    parser: expat.XMLParserType
    stack: list[Node] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)
    root: Node | None = None
    elements: int = 0
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    declarations: dict[tuple[str, str], Declaration] = field(default_factory=dict)
    foreign: dict[str, tuple[int, int]] = field(default_factory=dict)
    doctype: Doctype | None = None
    remarks: list[Remark] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        parser = self.parser
        tag, prefix = self.names.get(name) or self.name(name)
        if attributes:
            for key in attributes:
                if _SEPARATOR in key:
                    attributes = {self.attribute(key): value for key, value in attributes.items()}
                    break
        line, column = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        stack = self.stack
        if stack:
            above = stack[-1]
            base = above.base
            if "xml:base" in attributes:
                base = _joined(base, attributes["xml:base"])
            node = Node(tag, prefix, above.tag, base, attributes, line, column)
            if above.children is NO_CHILDREN:
                above.children = [node]
            else:
                above.children.append(node)
        else:
            node = Node(tag, prefix, "", attributes.get("xml:base", ""), attributes, line, column)
            self.root = node
        stack.append(node)
        self.texts.append([])
        self.elements += 1
        if len(stack) > MAX_DEPTH:
            raise _Limit(Remark("too-deep", f"elements nest more than {MAX_DEPTH} levels deep", line, column))
        if self.elements > MAX_ELEMENTS:
            raise _Limit(
                Remark("too-large", f"the feed has more than {MAX_ELEMENTS:,} elements", line, column)
            )

    def end(self, _name: str) -> None:
        node = self.stack.pop()
        pieces = self.texts.pop()
        if pieces:
            node.text = pieces[0] if len(pieces) == 1 else "".join(pieces)

    def characters(self, data: str) -> None:
        self.texts[-1].append(data)

    def name(self, raw: str) -> tuple[str, str]:
        """Return the tag and the prefix that a name of expat's stands for."""
        uri, _, rest = raw.partition(_SEPARATOR)
        local, _, prefix = rest.partition(_SEPARATOR)
        if not rest:
            found = (uri, "")
        elif uri in namespaces.KNOWN:
            found = (f"{namespaces.KNOWN[uri]}:{local}", prefix)
        else:
            found = (f"{{{uri}}}{local}", prefix)
            place = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
            self.foreign.setdefault(uri, place)
        self.names[raw] = found
        return found

    def attribute(self, raw: str) -> str:
        return (self.names.get(raw) or self.name(raw))[0]

    def namespace(self, prefix: str | None, uri: str | None) -> None:
        key = (prefix or "", uri or "")
        if key not in self.declarations:
            line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
            self.declarations[key] = Declaration(*key, line, column)

    def start_doctype(self, name: str, system: str | None, public: str | None, _internal: int) -> None:
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        self.doctype = Doctype(name, system or "", public or "", line, column)

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
        if system is not None:
            line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
            message = f"the entity {name!r} stands for another file, {system!r}"
            self.remarks.append(Remark("external-entity", message, line, column))

    def skipped(self, name: str, parameter: bool) -> None:
        if not parameter:
            line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
            self.remarks.append(
                Remark("unread-entity", f"the entity &{name}; is declared elsewhere", line, column)
            )


def _joined(base: str, reference: str) -> str:
    try:
        return urljoin(base, reference)
    except ValueError:
        return base


def read(data: bytes) -> Document:
    """Read ``data``, whatever it is; what is wrong with it as XML is in the document's ``remarks``."""
    if len(data) > MAX_BYTES:
        remark = Remark("too-large", f"the feed has {len(data):,} bytes; {MAX_BYTES:,} are read")
        return Document(None, True, (remark,), "", "")
    decoded = encoding.decode(data)
    parser = expat.ParserCreate("utf-8", _SEPARATOR)
    builder = _Builder(parser)
    parser.namespace_prefixes = True
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.StartNamespaceDeclHandler = builder.namespace
    parser.StartDoctypeDeclHandler = builder.start_doctype
    parser.EntityDeclHandler = builder.entity
    parser.SkippedEntityHandler = builder.skipped
    broken: Remark | None = None
    try:
        parser.Parse(decoded.data, True)
    except expat.ExpatError as error:
        code = _ERRORS.get(error.code, "not-well-formed")
        broken = Remark(code, f"not XML: {expat.ErrorString(error.code)}", error.lineno, error.offset + 1)
    except _Limit as limit:
        broken = limit.remark
    remarks = (*decoded.remarks, *builder.remarks, *((broken,) if broken else ()))
    return Document(
        builder.root,
        broken is not None,
        remarks,
        decoded.encoding,
        decoded.version,
        tuple(builder.declarations.values()),
        builder.doctype,
        builder.foreign,
        # What could not be decoded was replaced by U+FFFD and is a remark already.
        not decoded.replaced and _SUSPICIOUS.search(decoded.data) is not None,
    )
