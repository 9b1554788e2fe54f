"""Values of elements and attributes: numbers, lists, patterns, languages, media types and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from feedpub.validator.check_kinds import (
    Circumstances,
    Problem,
    element_check,
    here,
    quoted,
    shown,
    value_check,
)
from feedpub.validator.document import Node
from feedpub.validator.finding import Level
from feedpub.validator.grammar import dates, tokens
from feedpub.validator.vocabulary.element import Element, Kind, Value
from feedpub.validator.vocabulary.podcasts import APPLE

_INTEGER = re.compile(r"[+-]?[0-9]+\Z", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\Z", re.ASCII)


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
    "flag-without-effect",
    Level.WARNING,
    Kind.FLAG,
    remedy="write Yes, or leave the element out",
)
def flag_without_effect(text: str, _value: Value) -> str | None:
    """A tag of Apple's that acts on ``Yes`` alone has another value that seems to mean yes: nothing happens.

    Wrong:

        <itunes:block>true</itunes:block>

    Right:

        <itunes:block>Yes</itunes:block>
    """
    return None if text.lower() in _YES_OR_NO else "has no effect: only 'Yes' has one"


_YES_OR_NO: Final = frozenset({"yes", "no", "false", "0", ""})


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
    return None if tokens.is_language(text) or (value.blank and not text) else "is not a language tag"


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
    return None if tokens.split_media_type(text) else "is not a media type"


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


# Older than the web, and so a default or a wrong unit; newer than tomorrow, so that no zone explains it.
_EARLIEST: Final = datetime(1970, 1, 2, tzinfo=UTC)
_SLACK: Final = timedelta(days=1)


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


@value_check(
    "invalid-iso-8601-date",
    Level.ERROR,
    Kind.ISO8601,
    remedy="write it like 2024-05-31T08:00:00Z",
)
def invalid_iso_8601_date(text: str, _value: Value) -> str | None:
    """A date is in none of the forms of ISO 8601, or names a day that does not exist.

    Wrong:

        <podcast:liveItem status="pending" start="tomorrow">

    Right:

        <podcast:liveItem status="pending" start="2024-05-31T08:00:00Z">
    """
    return None if dates.iso8601(text) else "is not an ISO 8601 date and time"


@element_check(
    "implausible-date",
    Level.WARNING,
    lambda _within, _tag, element: (
        element is not None and element.text is not None and element.text.kind in {Kind.RFC822, Kind.RFC3339}
    ),
    needs="text",
    spec="https://www.rssboard.org/rss-profile#data-types-datetime",
    remedy="correct the date; readers hide items of the future or sort them wrongly for ever",
)
def implausible_date(node: Node, element: Element | None, about: Circumstances) -> Iterator[Problem]:
    """A date is before 1970 or later than tomorrow.

    Wrong:

        <updated>2424-05-31T08:00:00Z</updated>

    Right:

        <updated>2024-05-31T08:00:00Z</updated>
    """
    assert element is not None
    assert element.text is not None
    text = node.text.strip()
    if element.text.kind is Kind.RFC3339:
        instant = dates.rfc3339(text)
    else:
        found = dates.rfc822(text)
        instant = found[0] if found else None
    if instant is None:
        return
    if instant < _EARLIEST:
        yield here(node, f"{shown(node)}: {quoted(text)} is before the web")
    elif about.now is not None and instant > about.now + _SLACK:
        yield here(node, f"{shown(node)}: {quoted(text)} is in the future")


CHECKS: Final = (
    invalid_integer,
    invalid_decimal,
    unlisted_value,
    flag_without_effect,
    malformed_value,
    invalid_language,
    invalid_media_type,
    too_long,
    invalid_rfc3339_date,
    invalid_rfc822_date,
    wrong_weekday,
    problematic_rfc822_date,
    invalid_w3c_date,
    invalid_iso_8601_date,
    implausible_date,
)
