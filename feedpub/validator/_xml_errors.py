"""Why a document is not well-formed XML, in sentences; the parser only gives a number and a place.

``explain`` looks at the text around the place and at the elements that are open there. It says what is wrong, where
the elements opened, and what would be right.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from html.entities import html5
from typing import Final, NamedTuple
from xml.parsers.expat import ErrorString

from feedpub.validator import namespaces
from feedpub.validator.recognition import Kind, is_template, xml_kind

Place = tuple[int, int]


class Explained(NamedTuple):
    """What is wrong, what would be right (empty if the remedy of the check applies), and the offset of the mistake."""

    message: str
    remedy: str
    offset: int


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the parser stopped: the UTF-8 text, an offset in it, and the offsets of the elements that are open.

    ``ended`` says that the root element is closed. ``declared`` are the prefixes declared before the offset. ``place``
    returns the line and column of an offset.
    """

    text: bytes
    at: int
    opened: Sequence[int]
    ended: bool
    declared: Collection[str]
    place: Callable[[int], Place]

    @property
    def before(self) -> bytes:
        """The text before the offset, as far back as is searched for the tag that it belongs to."""
        return self.text[max(0, self.at - _BACK) : self.at]

    @property
    def tag(self) -> int:
        """The offset of the last ``<`` up to the place; 0 if there is none."""
        return max(0, self.text.rfind(b"<", max(0, self.at - _BACK), self.at + 1))

    def name(self, offset: int) -> str:
        """Return the name of the tag at an offset."""
        found = _TAG_NAME.match(self.text, offset)
        return _shown(found[1]) if found else "an element"

    def opening(self, offset: int) -> str:
        """Return a tag with its line and column, for the middle of a sentence."""
        line, column = self.place(offset)
        return f"<{self.name(offset)}>, opened in line {line}, column {column},"


_BACK: Final = 10_000
_TAG_NAME: Final = re.compile(rb"</?([^\s<>/=\"']+)")
_ATTRIBUTE: Final = re.compile(rb"""[\s"']([^\s<>/="']+)\s*=\s*(?:"[^"<]*"|'[^'<]*')""")
# The remedy of the check.
_GENERAL: Final = ""
_WRITE_AMP: Final = "write &amp; instead of &, also in addresses"
_WRITE_LT: Final = "write &lt; instead of <"
_BEGIN: Final = "begin with <rss version='2.0'> or <feed xmlns='http://www.w3.org/2005/Atom'>"
_DECLARATION: Final = 'begin with <?xml version="1.0" encoding="utf-8"?>'
_LONGEST: Final = 40


def explain(code: int, fault: Fault) -> Explained:
    """Return what the error ``code`` of expat means where the parser stopped."""
    special = _not_a_feed(fault)
    if special is not None:
        return special
    said = _SENTENCES.get(code, _of_the_parser)(fault)
    if said is None:
        said = (f"{ErrorString(code)}", _GENERAL)
    return Explained(*said[:2], said[2] if len(said) > 2 else fault.at)


_Said = tuple[str, str] | tuple[str, str, int] | None


def _shown(raw: bytes, limit: int = _LONGEST) -> str:
    line = " ".join(raw[: 4 * limit].decode("utf-8", "replace").split())
    line = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)
    return f"{line[: limit - 1]}…" if len(line) > limit else line


def _not_a_feed(fault: Fault) -> Explained | None:
    """Say what the document is if it is not a feed at all; None if it may be one."""
    text = fault.text.lstrip()
    start = len(fault.text) - len(text)
    if not text:
        return Explained("the file is empty", "publish the feed again; the program that wrote it failed", 0)
    if is_template(text):
        remedy = "build the site, and validate the result"
        return Explained("this is a template of a site generator, not a feed", remedy, start)
    if xml_kind(text[: 1 << 16]) is Kind.HTML:
        title = re.search(rb"<title[^>]*>([^<]*)", text[: 1 << 16], re.IGNORECASE)
        called = f" with the title '{_shown(title[1])}'" if title and title[1].strip() else ""
        return Explained(
            f"this is an HTML page{called}, not a feed",
            "find out why the program or server wrote a page",
            start,
        )
    return None


def _syntax(fault: Fault) -> _Said:
    return _before_root(fault) or (f"'{_shown(fault.text[fault.at :][:20])}' is not XML", _GENERAL)


def _before_root(fault: Fault) -> _Said:
    """Say that there is text before the first element; None if there is not."""
    text = fault.text.lstrip()
    if not fault.opened and not fault.ended and not text.startswith(b"<"):
        start = len(fault.text) - len(text)
        stray = text.partition(b"<")[0]
        if stray.strip() == codecs.BOM_UTF8:
            return (
                "a byte order mark is not at the beginning of the file",
                "keep it only at the beginning",
                start,
            )
        return (
            f"the text '{_shown(stray)}' comes before the first tag",
            "remove it; a feed begins with <",
            start,
        )
    return None


def _no_element(fault: Fault) -> _Said:
    if fault.opened:
        return (
            f"the feed ends too early: {fault.opening(fault.opened[-1])} is not closed",
            "publish the whole file again; it was cut off",
        )
    return ("the file contains no element", _BEGIN)


def _invalid_token(fault: Fault) -> _Said:
    text, at = fault.text, fault.at
    if fault.ended:
        return _junk(fault)
    for look in (_control, _before_root, _bare, _in_tag):
        said = look(fault)
        if said is not None:
            return said
    before = fault.before
    if before.endswith(b"--") and before.rfind(b"<!--") > before.rfind(b"-->"):
        return ("a comment contains '--'", "end the comment with -->, or write a space between the hyphens")
    if before.endswith(b"]]"):
        return ("a text contains ']]>'", "write ]]&gt;")
    if before[-5:].lower() == b"<?xml":
        return ("<?xml is in upper case", _DECLARATION, max(at - 5, 0))
    return (f"'{_shown(_character(text, at)) or ' '}' is not allowed here", _GENERAL)


def _character(text: bytes, at: int) -> bytes:
    return text[at : at + 4].decode("utf-8", "ignore")[:1].encode()


def _control(fault: Fault) -> _Said:
    char = _character(fault.text, fault.at).decode()
    if char and (char < " " or char in "\ufffe\uffff") and char not in "\t\r\n":
        return (f"XML does not allow the character U+{ord(char):04X}", "remove the character")
    return None


_BARE: Final = re.compile(rb"(&#?[\w.:-]*|</?)\Z")


def _bare(fault: Fault) -> _Said:
    found = _BARE.search(fault.before[-64:])
    if found is None:
        return None
    sign = found[1]
    start = fault.at - len(sign)
    rest = _shown(fault.text[start : fault.at + 12].partition(b"\n")[0], 20)
    if sign.startswith(b"&#"):
        return (f"'{rest}' is not a valid character reference", "write it like &#233; or &#xE9;", start)
    if sign.startswith(b"&"):
        return (f"there is a bare & in '{rest}'", _WRITE_AMP, start)
    if not fault.opened:
        return (f"a feed cannot begin with '{rest}'", _BEGIN, start)
    return (f"there is a bare < in '{rest}'", _WRITE_LT, start)


_TAG_SO_FAR: Final = re.compile(rb"""<[^\s<>/!?"'=]+((?:[^<>"']|"[^"<]*"|'[^'<]*')*+)("[^"<]*|'[^'<]*)?\Z""")


def _in_tag(fault: Fault) -> _Said:
    start = fault.text.rfind(b"<", max(0, fault.at - _BACK), fault.at)
    found = _TAG_SO_FAR.match(fault.text[start : fault.at]) if start >= 0 else None
    if found is None:
        return None
    tag, sofar = f"<{fault.name(start)}>", found[1].rstrip()
    if found[2] is not None:
        name = _shown((sofar.removesuffix(b"=").split() or [b"?"])[-1])
        message = f"the attribute {name!r} of {tag} contains a bare <, or its quote is not closed"
        return (message, _WRITE_LT, start)
    return _at_attribute(tag, sofar, fault.text[fault.at : fault.at + 12])


def _at_attribute(tag: str, sofar: bytes, rest: bytes) -> _Said:
    """Say what is wrong between the attributes of a tag, from the text before and after the place."""
    names = re.findall(rb"""[^\s<>/="']+""", sofar.rpartition(b'"')[2].rpartition(b"'")[2])
    name = _shown(names[-1]) if names else ""
    here = _shown(rest.split(b">")[0] or b">")
    if sofar.endswith(b"="):
        message = f"the attribute {name!r} of {tag} has no quotes around its value"
        return (message, "put the value between straight quotes")
    if sofar.endswith((b'"', b"'")):
        message = f"there is no space before '{here}' in {tag}"
        return (message, "write a space between attributes, and each quote once")
    if sofar.endswith(b"/"):
        return (f"the / in {tag} is not followed by >", "end an empty element with />")
    if name and rest[:1] in {b">", b"/"}:
        return (f"the attribute {name!r} of {tag} has no value", f'write {name}="…", or leave it out')
    return (f"'{here}' is not allowed in the tag {tag}", _GENERAL)


_OPENINGS: Final = {
    b"<!--": ("a comment", "-->"),
    b"<![CDATA[": ("a CDATA section", "]]>"),
    b"<?": ("a processing instruction", "?>"),
    b"<!DOCTYPE": ("the document type declaration", ">"),
    b"</": ("a closing tag", ">"),
    b"<": ("a tag", ">"),
}


def _unclosed_token(fault: Fault) -> _Said:
    begun = fault.text[fault.at : fault.at + 9]
    what, end = next((said for sign, said in _OPENINGS.items() if begun.startswith(sign)), ("something", ">"))
    beginning = _shown(fault.text[fault.at : fault.at + 24], 20)
    return (f"{what} is not closed: '{beginning}'", f"end it with {end}; perhaps the file was cut off")


def _unclosed_cdata(fault: Fault) -> _Said:
    start = fault.text.rfind(b"<![CDATA[", 0, fault.at)
    return ("a CDATA section is not closed", "end it with ]]>; perhaps the file was cut off", max(start, 0))


def _mismatched(fault: Fault) -> _Said:
    start = fault.tag
    closing = fault.name(start)
    names = [fault.name(offset) for offset in fault.opened]
    if not names:
        return (f"</{closing}> closes no element", "remove it", start)
    inner = names[-1]
    opening = fault.opening(fault.opened[-1])
    if closing in names:
        return (
            f"</{closing}> comes before {opening} is closed",
            f"write </{inner}> before it, or <{inner}/> for an empty element",
            start,
        )
    if closing.lower() == inner.lower():
        return (f"</{closing}> does not close {opening} because case matters", f"write </{inner}>", start)
    return (
        f"</{closing}> closes no element; {opening} is still open",
        f"write </{inner}>, or remove it",
        start,
    )


def _duplicate_attribute(fault: Fault) -> _Said:
    start = fault.tag
    seen: set[bytes] = set()
    for found in _ATTRIBUTE.finditer(fault.text, start, start + _BACK):
        if found[1] in seen:
            message = f"<{fault.name(start)}> has the attribute {_shown(found[1])!r} twice"
            return (message, "remove one of the two", found.start(1))
        seen.add(found[1])
    return (
        f"<{fault.name(start)}> has an attribute twice: two prefixes stand for the same namespace",
        "remove one of the two",
        start,
    )


def _junk(fault: Fault) -> _Said:
    rest = fault.text[fault.at : fault.at + 80]
    if rest.startswith(b"<?xml"):
        return (
            "a second document begins after the end of the feed",
            "publish each feed in a file of its own",
        )
    closed = f"'{_shown(rest, 20)}' comes after the end of the feed"
    return (closed, "remove what comes after the last closing tag")


_REFERENCE: Final = re.compile(rb"&([^\s;&<>\"'#]{1,60});")
_PREDEFINED: Final = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})


def _undefined_entity(fault: Fault) -> _Said:
    for found in _REFERENCE.finditer(fault.text, fault.at, fault.at + _BACK):
        if found[1] in _PREDEFINED:
            continue
        name = _shown(found[1])
        characters = html5.get(f"{name};")
        if characters is not None:
            number = "".join(f"&#{ord(char)};" for char in characters)
            return (
                f"&{name}; is an HTML entity, which XML does not define",
                f"write {number}",
                found.start(),
            )
        return (f"the entity &{name}; is not defined", _WRITE_AMP, found.start())
    return ("an entity is not defined", _WRITE_AMP)


def _character_number(fault: Fault) -> _Said:
    found = re.search(rb"&#[xX]?[0-9A-Fa-f]+;", fault.text[fault.at : fault.at + 64])
    return (f"{_shown(found[0]) if found else 'a number'} is not a character that XML allows", "remove it")


def _about_entity(sentence: str, remedy: str) -> Callable[[Fault], _Said]:
    def said(fault: Fault) -> _Said:
        found = _REFERENCE.search(fault.text, fault.at, fault.at + _BACK)
        return (sentence.format(f"&{_shown(found[1])};" if found else "an entity"), remedy)

    return said


def _declaration_inside(fault: Fault) -> _Said:
    before = fault.text[: fault.at]
    remedy = "remove everything before <?xml, including blank lines"
    if fault.opened:
        message = f"<?xml is inside {fault.opening(fault.opened[-1])} as if a document began there"
        return (message, "remove it; a feed has only one XML declaration, at its beginning")
    if before.startswith(b"<?xml"):
        return ("there is a second <?xml", "remove one of the two")
    if before.strip():
        return (f"'{_shown(before.strip(), 20)}' comes before <?xml", remedy)
    lines = len(re.findall(rb"\r\n?|\n", before))
    if not lines:
        return ("a space comes before <?xml", remedy)
    return (
        f"{lines:,} blank lines come before <?xml" if lines > 1 else "a blank line comes before <?xml",
        remedy,
    )


def _declaration(fault: Fault) -> _Said:
    written = re.match(rb"<\?xml[^>]*>?", fault.text)
    return (
        f"the XML declaration is malformed: {_shown(written[0]) if written else '<?xml'}",
        _DECLARATION,
    )


def _unbound_prefix(fault: Fault) -> _Said:
    start = fault.tag
    end = fault.text.find(b">", start)
    tag = fault.text[start : end if end >= 0 else start + _BACK][:_BACK]
    names = [found[1] for found in (_TAG_NAME.match(tag), *_ATTRIBUTE.finditer(tag)) if found is not None]
    own = {name.partition(b":")[2] for name in names if name.startswith(b"xmlns:")}
    prefixes = [
        _shown(name.partition(b":")[0]) for name in names if b":" in name and not name.startswith(b"xmlns:")
    ]
    unbound = [
        one for one in prefixes if one not in fault.declared and one.encode() not in own and one != "xml"
    ]
    prefix = next(iter(unbound or prefixes), "?")
    uri = next((uri for uri, usual in namespaces.KNOWN.items() if usual == prefix), None)
    remedy = f'add xmlns:{prefix}="{uri or "…"}" to the root element'
    return (f"<{fault.name(start)}> uses the prefix {prefix!r}, which is not declared", remedy)


def _always(message: str, remedy: str = _GENERAL) -> Callable[[Fault], _Said]:
    return lambda _fault: (message, remedy)


def _of_the_parser(_fault: Fault) -> _Said:
    """Leave the sentence to expat: no document causes this error, or a newer expat added it."""
    return None


_EXTERNAL: Final = "remove the document type declaration; readers do not fetch other files"
_NAMESPACE: Final = "remove the declaration, or use another prefix"

# The errors that a document can cause, by expat's numbers (XML_ERROR_… in its manual).
_SENTENCES: Final[dict[int, Callable[[Fault], _Said]]] = {
    2: _syntax,
    3: _no_element,
    4: _invalid_token,
    5: _unclosed_token,
    6: _always("the file ends in the middle of a character", "publish the whole file again; it was cut off"),
    7: _mismatched,
    8: _duplicate_attribute,
    9: _junk,
    10: _always("a parameter entity is not allowed here", _EXTERNAL),
    11: _undefined_entity,
    12: _about_entity("{} refers to itself", "write the text instead of the entity"),
    13: _about_entity("{} contains half an element", "write the text instead of the entity"),
    14: _character_number,
    15: _about_entity("{} refers to data that is not text", "write text instead of the entity"),
    16: _about_entity(
        "{} refers to another file, which is not allowed in an attribute",
        "write the text instead of the entity",
    ),
    17: _declaration_inside,
    18: _always("the XML declaration names an unknown encoding", _DECLARATION),
    19: _always("the XML declaration names an encoding that the file does not have", _DECLARATION),
    20: _unclosed_cdata,
    21: _always("another file that the feed refers to could not be read", _EXTERNAL),
    22: _always("the feed says standalone='yes' but refers to another file", _EXTERNAL),
    24: _always("an entity is declared in a parameter entity", _EXTERNAL),
    27: _unbound_prefix,
    28: _always("a prefix is declared with an empty namespace", _NAMESPACE),
    29: _always("a parameter entity contains half a declaration", _EXTERNAL),
    30: _declaration,
    31: _declaration,
    32: _always("the public name of the document type has a forbidden character", _EXTERNAL),
    38: _always("the prefix 'xml' is declared for a namespace other than XML's", _NAMESPACE),
    39: _always("the prefix 'xmlns' is declared, although its meaning is fixed", _NAMESPACE),
    40: _always("a prefix is declared for a namespace that belongs to XML itself", _NAMESPACE),
    43: _always(
        "the entities expand to far more text than the feed contains",
        "write the text instead of the entities",
    ),
}
