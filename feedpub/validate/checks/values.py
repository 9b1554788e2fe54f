"""Values: dates, addresses, numbers and words against the grammar that the vocabulary gives them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from feedpub.validate.checks.model import value_check
from feedpub.validate.finding import Level
from feedpub.validate.grammar import dates, iris, languages, mail, media_types
from feedpub.validate.vocabulary.model import Kind, Value
from feedpub.validate.vocabulary.podcast import APPLE

_IDENTIFIERS = (Kind.IRI, Kind.URI)
_IRIS = (Kind.URI, Kind.WEB, Kind.IRI, Kind.IRI_REFERENCE)
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
    """An address holds a character that no address may hold: a space, a quote, a bare percent sign.

    Wrong:

        <link>https://example.org/my feed</link>

    Right:

        <link>https://example.org/my%20feed</link>
    """
    wrong = iris.wrong_character(text)
    return None if wrong is None else f"holds {wrong!r}, which no address may hold"


@value_check(
    "relative-iri",
    Level.ERROR,
    Kind.URI,
    Kind.WEB,
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
    Kind.WEB,
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


@value_check(
    "invalid-tag-uri",
    Level.ERROR,
    *_IDENTIFIERS,
    spec="https://www.rfc-editor.org/rfc/rfc4151.html#section-2.1",
    remedy="write it like tag:example.org,2024:news/1",
)
def invalid_tag_uri(text: str, _value: Value) -> str | None:
    """A tag URI is not one: its authority, its date or its specific part are not as RFC 4151 has them.

    Wrong:

        <id>tag:example.org:1</id>

    Right:

        <id>tag:example.org,2024:1</id>
    """
    return None if iris.scheme(text) != "tag" or iris.is_tag(text) else "is not a tag URI"


@value_check(
    "invalid-urn",
    Level.ERROR,
    *_IDENTIFIERS,
    spec="https://www.rfc-editor.org/rfc/rfc8141.html#section-2",
    remedy="write it like urn:isbn:9780141036144",
)
def invalid_urn(text: str, _value: Value) -> str | None:
    """A URN is not one: its namespace identifier or what follows is not as RFC 8141 has them.

    Wrong:

        <id>urn:my.site:1</id>

    Right:

        <id>urn:isbn:9780141036144</id>
    """
    return None if iris.scheme(text) != "urn" or iris.is_urn(text) else "is not a URN"


@value_check(
    "invalid-uuid",
    Level.ERROR,
    *_IDENTIFIERS,
    spec="https://www.rfc-editor.org/rfc/rfc9562.html#section-4",
    remedy="write 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12",
)
def invalid_uuid(text: str, _value: Value) -> str | None:
    """A URN of the namespace ``uuid`` is not a UUID.

    Wrong:

        <id>urn:uuid:60a76c80-d399-11d9</id>

    Right:

        <id>urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6</id>
    """
    return "is not a UUID" if text[:9].lower() == "urn:uuid:" and not iris.is_uuid(text) else None


@value_check(
    "not-on-the-web",
    Level.ERROR,
    Kind.WEB,
    spec="https://www.rssboard.org/rss-specification#ltenclosuregtSubelementOfLtitemgt",
    remedy="use an address that begins with https:// or http://",
)
def not_on_the_web(text: str, _value: Value) -> str | None:
    """A file that readers are to fetch is not on the web: its address is neither ``http`` nor ``https``.

    Wrong:

        <enclosure url="ftp://example.org/1.mp3" type="audio/mpeg" length="12345"/>

    Right:

        <enclosure url="https://example.org/1.mp3" type="audio/mpeg" length="12345"/>
    """
    return "is neither http nor https" if iris.scheme(text) not in {"", "http", "https"} else None


@value_check(
    "unregistered-scheme",
    Level.WARNING,
    *_IRIS,
    spec="https://www.iana.org/assignments/uri-schemes/uri-schemes.xhtml",
    remedy="use a registered scheme; https and tag are the usual ones",
)
def unregistered_scheme(text: str, _value: Value) -> str | None:
    """An address has a scheme that is not registered: nobody else knows what it means.

    Wrong:

        <link>example-internal:news</link>

    Right:

        <link>https://example.org/news</link>
    """
    name = iris.scheme(text)
    return f"has the scheme {name!r}, which is not registered" if name and name not in iris.SCHEMES else None


@value_check(
    "problematic-rfc822-date",
    Level.WARNING,
    Kind.RFC822,
    spec="https://www.rssboard.org/rss-profile#data-types-datetime",
    remedy="write it like Fri, 31 May 2024 08:00:00 GMT",
)
def problematic_rfc822_date(text: str, _value: Value) -> str | None:
    """A date has a form of RFC 822 that readers get wrong: a year of two digits, a military zone, a comment.

    Wrong:

        <pubDate>Fri, 31 May 24 08:00:00 A</pubDate>

    Right:

        <pubDate>Fri, 31 May 2024 08:00:00 +0100</pubDate>
    """
    found = dates.rfc822(text)
    return "is in a form that not all readers take" if found and not found[2] else None


@value_check(
    "invalid-w3c-date",
    Level.ERROR,
    Kind.W3CDTF,
    spec="https://www.w3.org/TR/NOTE-datetime",
    remedy="write it like 2024, 2024-05, 2024-05-31 or 2024-05-31T08:00:00Z",
)
def invalid_w3c_date(text: str, _value: Value) -> str | None:
    """A date is not in the W3C's profile of ISO 8601, or names a day that does not exist.

    Wrong:

        <dc:date>31 May 2024</dc:date>

    Right:

        <dc:date>2024-05-31</dc:date>
    """
    return None if dates.w3cdtf(text) else "is not a W3C date"


@value_check("too-long", Level.ERROR, Kind.PLAIN, spec=APPLE, remedy="shorten it; readers cut it")
def too_long(text: str, value: Value) -> str | None:
    """A text is longer than its specification allows.

    Wrong:

        <itunes:subtitle>… 300 characters …</itunes:subtitle>

    Right:

        <itunes:subtitle>What we learned this week</itunes:subtitle>
    """
    if value.longest and len(text) > value.longest:
        return f"has {len(text)} characters, {value.longest} are allowed"
    return None


@value_check(
    "nameless-contact",
    Level.WARNING,
    Kind.CONTACT,
    spec="https://www.rssboard.org/rss-profile#data-types-email",
    remedy="write user@example.org (Real Name)",
)
def nameless_contact(text: str, _value: Value) -> str | None:
    """A person is given by an e-mail address alone: readers have no name to show.

    Wrong:

        <author>ada@example.org</author>

    Right:

        <author>ada@example.org (Ada Lovelace)</author>
    """
    return "has no name beside the address" if mail.contact(text) == "nameless" else None


@value_check(
    "contact-form",
    Level.WARNING,
    Kind.CONTACT,
    spec="https://www.rssboard.org/rss-profile#data-types-email",
    remedy="write user@example.org (Real Name)",
)
def contact_form(text: str, _value: Value) -> str | None:
    """A person's address and name are there, in another form than the one that RSS readers look for.

    Wrong:

        <author>Ada Lovelace &lt;ada@example.org&gt;</author>

    Right:

        <author>ada@example.org (Ada Lovelace)</author>
    """
    return "is not of the form address (name)" if mail.contact(text) == "other" else None


@value_check(
    "local-host",
    Level.WARNING,
    Kind.ADDRESS,
    spec="https://www.rfc-editor.org/rfc/rfc4287.html#section-3.2.3",
    remedy="write the full domain",
)
def local_host(text: str, _value: Value) -> str | None:
    """The host of an e-mail address is a single word, which only means something inside one network.

    Wrong:

        <email>ada@mailhost</email>

    Right:

        <email>ada@example.org</email>
    """
    host = mail.host(text)
    return f"has the host {host!r}, which is no domain" if mail.is_address(text) and host.isalnum() else None


CHECKS: Final = (
    invalid_rfc3339_date,
    invalid_rfc822_date,
    wrong_weekday,
    problematic_rfc822_date,
    invalid_w3c_date,
    invalid_iri_character,
    relative_iri,
    non_ascii_uri,
    not_on_the_web,
    unregistered_scheme,
    invalid_tag_uri,
    invalid_urn,
    invalid_uuid,
    invalid_integer,
    invalid_decimal,
    unlisted_value,
    malformed_value,
    invalid_language,
    invalid_media_type,
    invalid_address,
    local_host,
    invalid_contact,
    nameless_contact,
    contact_form,
    too_long,
)
