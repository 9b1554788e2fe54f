"""The types of a vocabulary: elements, what they may contain, and the grammar of each value.

A vocabulary is data that the checks in :mod:`feedpub.validator.checks` use. A new element of an extension needs a line
in a table, and no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final, TypeAlias


class Kind(Enum):
    """The kind of a text or an attribute value. Each kind has its checks in :mod:`feedpub.validator.checks`."""

    ANY = auto()  # text without any rules
    PLAIN = auto()  # text that readers show as it is, including any markup
    HTML = auto()  # text that readers treat as HTML
    TEXT_CONSTRUCT = auto()  # RFC 4287 §3.1: plain, HTML or XHTML, by the type attribute
    CONTENT = auto()  # RFC 4287 §4.1.3
    MARKUP = auto()  # XHTML or other elements, and text without rules
    URI = auto()  # an absolute URI, ASCII only
    WEB = auto()  # an absolute URI with http or https
    IRI = auto()  # an absolute IRI
    IRI_REFERENCE = auto()  # an IRI, absolute or relative
    RFC822 = auto()
    RFC3339 = auto()
    W3CDTF = auto()
    ISO8601 = auto()
    LANGUAGE = auto()
    MEDIA_TYPE = auto()
    ADDRESS = auto()  # an RFC 5322 addr-spec
    CONTACT = auto()  # an e-mail address and a name, in the form of the RSS profile
    INTEGER = auto()
    DECIMAL = auto()
    CHOICE = auto()
    FLAG = auto()  # one word has an effect, all others have none
    PATTERN = auto()
    DURATION = auto()  # of an episode: seconds are best, other forms are accepted
    GUID = auto()  # an RSS guid: a URL if it is a permalink
    LINK_RELATION = auto()


@dataclass(frozen=True, slots=True)
class Value:
    """The grammar of a text or an attribute: its kind and, for numbers and words, its limits.

    ``name`` says in a few words what the value should be, for messages. ``required`` is for attributes. ``blank``
    allows an empty value. ``folded`` makes ``choices`` ignore case; ``former`` are words that were choices once.
    ``longest`` is a number of characters, 0 for no limit.
    """

    kind: Kind
    name: str = ""
    required: bool = False
    blank: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: frozenset[str] = frozenset()
    folded: bool = False
    former: frozenset[str] = frozenset()
    pattern: str = ""
    longest: int = 0


Attributes: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a vocabulary.

    ``spec`` is the address of the paragraph that defines it. ``text`` is the grammar of its character data, or None if
    it may only contain elements. ``children`` maps elements of its own vocabulary to the signs of a DTD: ``1``, ``?``,
    ``+`` or ``*``. ``once`` says that an extension element may only appear once in its parent. ``within`` are the
    parents that it may have; empty for any.
    """

    spec: str
    text: Value | None = None
    attributes: Attributes = field(default_factory=dict)
    children: Mapping[str, str] = field(default_factory=dict)
    once: bool = False
    within: frozenset[str] = frozenset()


def required(value: Value) -> Value:
    """Return ``value`` for a required attribute."""
    return replace(value, required=True)


def integer(minimum: float | None = None, maximum: float | None = None, name: str = "") -> Value:
    """Return the grammar of a whole number within limits."""
    if not name:
        name = {(0, None): "a whole number of 0 or more", (1, None): "a whole number of 1 or more"}.get(
            (minimum, maximum),  # type: ignore[arg-type]
            "a whole number" if maximum is None else f"a whole number from {minimum:g} to {maximum:g}",
        )
    return Value(Kind.INTEGER, name, minimum=minimum, maximum=maximum)


def decimal(minimum: float | None = None, maximum: float | None = None, name: str = "a number") -> Value:
    """Return the grammar of a decimal number within limits."""
    return Value(Kind.DECIMAL, name, minimum=minimum, maximum=maximum)


def choice(*words: str, folded: bool = False, former: str = "") -> Value:
    """Return the grammar of one word of a list; ``former`` are words, separated by spaces, that were in it once."""
    name = f"one of {', '.join(words)}"
    return Value(Kind.CHOICE, name, choices=frozenset(words), folded=folded, former=frozenset(former.split()))


def pattern(expression: str, name: str) -> Value:
    """Return the grammar of a regular expression, which must match the whole value."""
    return Value(Kind.PATTERN, name, pattern=expression)


ANY: Final = Value(Kind.ANY, "text", blank=True)
PLAIN: Final = Value(Kind.PLAIN, "plain text")
HTML: Final = Value(Kind.HTML, "HTML")
MARKUP: Final = Value(Kind.MARKUP, "markup")
TEXT_CONSTRUCT: Final = Value(Kind.TEXT_CONSTRUCT, "a text construct")
CONTENT: Final = Value(Kind.CONTENT, "content")
URI: Final = Value(Kind.URI, "an absolute URL")
WEB: Final = Value(Kind.WEB, "an address on the web")
IRI: Final = Value(Kind.IRI, "an absolute IRI")
IRI_REFERENCE: Final = Value(Kind.IRI_REFERENCE, "an IRI")
RFC822: Final = Value(Kind.RFC822, "an RFC 822 date and time")
RFC3339: Final = Value(Kind.RFC3339, "an RFC 3339 date and time")
W3CDTF: Final = Value(Kind.W3CDTF, "a W3C date")
ISO8601: Final = Value(Kind.ISO8601, "an ISO 8601 date and time")
LANGUAGE: Final = Value(Kind.LANGUAGE, "a language tag")
MEDIA_TYPE: Final = Value(Kind.MEDIA_TYPE, "a media type")
ADDRESS: Final = Value(Kind.ADDRESS, "an e-mail address")
CONTACT: Final = Value(Kind.CONTACT, "an e-mail address and a name")
GUID: Final = Value(Kind.GUID, "a guid")
LINK_RELATION: Final = Value(Kind.LINK_RELATION, "a link relation")
TRUE_FALSE: Final = choice("true", "false")
