"""Values: dates, addresses, numbers and words against the grammar that the vocabulary gives them."""

from __future__ import annotations

import re
from functools import lru_cache

from feedpub.validate.checks.model import value_check
from feedpub.validate.finding import Level
from feedpub.validate.grammar import dates, iris, languages, mail, media_types
from feedpub.validate.vocabulary.model import Kind, Value

_IRIS = (Kind.URI, Kind.IRI, Kind.IRI_REFERENCE)
_INTEGER = re.compile(r"[+-]?[0-9]+\Z", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\Z", re.ASCII)


@value_check(
    "invalid-rfc3339-date",
    Level.ERROR,
    Kind.RFC3339,
    spec="https://www.rfc-editor.org/rfc/rfc3339.html#section-5.6",
    remedy="write it like 2024-05-31T08:00:00Z or 2024-05-31T10:00:00+02:00",
)
def invalid_rfc3339_date(text: str, _value: Value) -> str | None:
    """A date is not an RFC 3339 date and time, with seconds and a zone, or names a day that does not exist.

    Wrong:

        <updated>2024-02-30 08:00</updated>

    Right:

        <updated>2024-02-29T08:00:00Z</updated>
    """
    return None if dates.rfc3339(text) else "is not an RFC 3339 date and time"


@value_check(
    "invalid-rfc822-date",
    Level.ERROR,
    Kind.RFC822,
    spec="https://www.rssboard.org/rss-profile#data-types-datetime",
    remedy="write it like Fri, 31 May 2024 08:00:00 GMT",
)
def invalid_rfc822_date(text: str, _value: Value) -> str | None:
    """A date is not an RFC 822 date and time, or names a day that does not exist.

    Wrong:

        <pubDate>2024-05-31T08:00:00Z</pubDate>

    Right:

        <pubDate>Fri, 31 May 2024 08:00:00 GMT</pubDate>
    """
    return None if dates.rfc822(text) else "is not an RFC 822 date and time"


@value_check(
    "wrong-weekday",
    Level.ERROR,
    Kind.RFC822,
    spec="https://www.rfc-editor.org/rfc/rfc2822.html#section-3.3",
    remedy="correct the day or leave the weekday out",
)
def wrong_weekday(text: str, _value: Value) -> str | None:
    """The weekday of a date is not that of the day it names.

    Wrong:

        <pubDate>Mon, 31 May 2024 08:00:00 GMT</pubDate>

    Right:

        <pubDate>Fri, 31 May 2024 08:00:00 GMT</pubDate>
    """
    found = dates.rfc822(text)
    if found and found[1]:
        right = dates.weekday(found[0])
        if right != found[1]:
            return f"names a weekday that the day is not; it is a {right.title()}"
    return None


@value_check(
    "invalid-iri-character",
    Level.ERROR,
    *_IRIS,
    spec="https://www.rfc-editor.org/rfc/rfc3987.html#section-2.2",
    remedy="percent-encode the character, or remove it",
)
def invalid_iri_character(text: str, _value: Value) -> str | None:
    """An address holds a character that no address may hold: a space, a quote, a bare percent sign …

    Wrong:

        <link>https://example.org/my feed</link>

    Right:

        <link>https://example.org/my%20feed</link>
    """
    wrong = iris.wrong_character(text)
    return f"holds {wrong!r}, which no address may hold" if wrong else None


@value_check(
    "relative-iri",
    Level.ERROR,
    Kind.URI,
    Kind.IRI,
    spec="https://www.rfc-editor.org/rfc/rfc3986.html#section-4.3",
    remedy="write the whole address, with its scheme and host",
)
def relative_iri(text: str, _value: Value) -> str | None:
    """An address that must be whole is relative, or lacks its host.

    Wrong:

        <link>/news/1</link>

    Right:

        <link>https://example.org/news/1</link>
    """
    return None if iris.is_absolute(text) or iris.wrong_character(text) else "is not a whole address"


@value_check(
    "non-ascii-uri",
    Level.ERROR,
    Kind.URI,
    spec="https://www.rssboard.org/rss-profile#data-types-url",
    remedy="write it as a URI: percent-encode the path, use punycode for the host",
)
def non_ascii_uri(text: str, _value: Value) -> str | None:
    """An address in RSS has characters beyond ASCII: RSS takes URIs, not IRIs.

    Wrong:

        <link>https://example.org/año</link>

    Right:

        <link>https://example.org/a%C3%B1o</link>
    """
    return None if text.isascii() else "has characters beyond ASCII"


@value_check("invalid-integer", Level.ERROR, Kind.INTEGER, remedy="write digits only, within the bounds")
def invalid_integer(text: str, value: Value) -> str | None:
    """A number is not a whole number or out of its bounds.

    Wrong:

        <ttl>1.5</ttl>

    Right:

        <ttl>90</ttl>
    """
    if not _INTEGER.match(text) or len(text) > 30 or not _within(int(text), value):
        return f"is not {value.name}"
    return None


@value_check("invalid-decimal", Level.ERROR, Kind.DECIMAL, remedy="write a decimal number within the bounds")
def invalid_decimal(text: str, value: Value) -> str | None:
    """A value is not a decimal number or out of its bounds.

    Wrong:

        <media:content url="https://example.org/1.mp3" bitrate="fast"/>

    Right:

        <media:content url="https://example.org/1.mp3" bitrate="128.5"/>
    """
    if not _DECIMAL.match(text) or not _within(float(text), value):
        return f"is not {value.name}"
    return None


def _within(number: float, value: Value) -> bool:
    return (value.minimum is None or number >= value.minimum) and (
        value.maximum is None or number <= value.maximum
    )


@value_check(
    "unlisted-value", Level.ERROR, Kind.CHOICE, remedy="use one of the words of the list, in their case"
)
def unlisted_value(text: str, value: Value) -> str | None:
    """A value is not one of the words that its element or attribute knows.

    Wrong:

        <day>Sun</day>

    Right:

        <day>Sunday</day>
    """
    found = text.lower() in _folded(value.choices) if value.folded else text in value.choices
    return None if found else f"is not {value.name}"


@lru_cache(maxsize=256)
def _folded(choices: frozenset[str]) -> frozenset[str]:
    return frozenset(word.lower() for word in choices)


@value_check(
    "malformed-value", Level.ERROR, Kind.PATTERN, remedy="write it in the form that the specification gives"
)
def malformed_value(text: str, value: Value) -> str | None:
    """A value does not have the form that its specification gives it.

    Wrong:

        <georss:point>45.256</georss:point>

    Right:

        <georss:point>45.256 -71.92</georss:point>
    """
    return None if _compiled(value.pattern).fullmatch(text) else f"is not {value.name}"


@lru_cache(maxsize=256)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.ASCII)


@value_check(
    "invalid-language",
    Level.ERROR,
    Kind.LANGUAGE,
    spec="https://www.rfc-editor.org/rfc/rfc5646.html#section-2.1",
    remedy="write a tag like en, en-GB or zh-Hant",
)
def invalid_language(text: str, value: Value) -> str | None:
    """A language is not a tag of RFC 5646, or its first part is no language.

    Wrong:

        <language>english</language>

    Right:

        <language>en</language>
    """
    return None if languages.is_language(text) or (value.blank and not text) else "is not a language tag"


@value_check(
    "invalid-media-type",
    Level.ERROR,
    Kind.MEDIA_TYPE,
    spec="https://www.rfc-editor.org/rfc/rfc6838.html#section-4.2",
    remedy="write type and subtype, like audio/mpeg",
)
def invalid_media_type(text: str, _value: Value) -> str | None:
    """A media type is not of the form ``type/subtype`` with optional parameters.

    Wrong:

        <enclosure url="https://example.org/1.mp3" type="mp3" length="12345"/>

    Right:

        <enclosure url="https://example.org/1.mp3" type="audio/mpeg" length="12345"/>
    """
    return None if media_types.split(text) else "is not a media type"


@value_check(
    "invalid-address",
    Level.ERROR,
    Kind.ADDRESS,
    spec="https://www.rfc-editor.org/rfc/rfc4287.html#section-3.2.3",
    remedy="write the bare address; the name has its own element",
)
def invalid_address(text: str, _value: Value) -> str | None:
    """An e-mail address is not one, or has a name beside it.

    Wrong:

        <email>Ada &lt;ada@example.org&gt;</email>

    Right:

        <email>ada@example.org</email>
    """
    return None if mail.is_address(text) else "is not an e-mail address"


@value_check(
    "invalid-contact",
    Level.ERROR,
    Kind.CONTACT,
    spec="https://www.rssboard.org/rss-profile#data-types-email",
    remedy="write user@example.org (Real Name); a bare name goes into dc:creator",
)
def invalid_contact(text: str, _value: Value) -> str | None:
    """A person of an RSS feed is given without an e-mail address.

    Wrong:

        <author>Ada Lovelace</author>

    Right:

        <author>ada@example.org (Ada Lovelace)</author>
    """
    return "has no e-mail address that can be read" if mail.contact(text) == "none" else None
