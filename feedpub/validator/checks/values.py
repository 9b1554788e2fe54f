"""Values of elements and attributes: numbers, lists, patterns, languages, media types and dates."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from feedpub.validator.check_kinds import (
    Context,
    value_check,
)
from feedpub.validator.finding import Level
from feedpub.validator.grammar import dates, tokens
from feedpub.validator.vocabulary.element import Kind, Value
from feedpub.validator.vocabulary.podcasts import APPLE

_INTEGER = re.compile(r"[+-]?[0-9]+\Z", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\Z", re.ASCII)


@value_check(
    "invalid-integer", Level.ERROR, Kind.INTEGER, remedy="write a whole number within the range, in digits"
)
def invalid_integer(about: Context) -> str | None:
    """A value is not a whole number, or is out of range.

    Most readers ignore it.

    Wrong:

        <ttl>1.5</ttl>

    Right:

        <ttl>90</ttl>
    """
    text = about.text
    value = about.value
    if not _INTEGER.match(text) or len(text) > 30 or not _within(int(text), value):
        return f"is not {value.name}"
    return None


@value_check("invalid-decimal", Level.ERROR, Kind.DECIMAL, remedy="write a decimal number within the range")
def invalid_decimal(about: Context) -> str | None:
    """A value is not a decimal number, or is out of range.

    Most readers ignore it.

    Wrong:

        <media:content url="https://example.org/1.mp3" bitrate="fast"/>

    Right:

        <media:content url="https://example.org/1.mp3" bitrate="128.5"/>
    """
    text = about.text
    value = about.value
    if not _DECIMAL.match(text) or not _within(float(text), value):
        return f"is not {value.name}"
    return None


def _within(number: float, value: Value) -> bool:
    return (value.minimum is None or number >= value.minimum) and (
        value.maximum is None or number <= value.maximum
    )


@value_check(
    "unlisted-value",
    Level.ERROR,
    Kind.CHOICE,
    remedy="use one of the listed words; upper and lower case matter",
)
def unlisted_value(about: Context) -> str | None:
    """A value is not one of the words that the specification lists.

    Most readers ignore it.

    Wrong:

        <day>Sun</day>

    Right:

        <day>Sunday</day>
    """
    text = about.text
    value = about.value
    found = text.lower() in _folded(value.choices) if value.folded else text in value.choices
    return None if found or text.lower() in value.former else f"is not {value.name}"


@value_check("former-value", Level.WARNING, Kind.CHOICE, remedy="use one of the current words")
def former_value(about: Context) -> str | None:
    """A value was once allowed, but no longer is. Most programs still understand it.

    Wrong:

        <itunes:explicit>no</itunes:explicit>

    Right:

        <itunes:explicit>false</itunes:explicit>
    """
    return (
        f"is no longer allowed; it should be {about.value.name}"
        if about.text.lower() in about.value.former
        else None
    )


@lru_cache(maxsize=256)
def _folded(choices: frozenset[str]) -> frozenset[str]:
    return frozenset(word.lower() for word in choices)


@value_check(
    "flag-without-effect",
    Level.WARNING,
    Kind.FLAG,
    remedy="write Yes, or leave the element out",
)
def flag_without_effect(about: Context) -> str | None:
    """An Apple tag has a value that seems to mean yes, but only ``Yes`` has an effect.

    Wrong:

        <itunes:block>true</itunes:block>

    Right:

        <itunes:block>Yes</itunes:block>
    """
    return None if about.text.lower() in _YES_OR_NO else "has no effect; only 'Yes' does"


_YES_OR_NO: Final = frozenset({"yes", "no", "false", "0", ""})


@value_check(
    "malformed-value",
    Level.ERROR,
    Kind.PATTERN,
    remedy="write it in the form that the specification describes",
)
def malformed_value(about: Context) -> str | None:
    """A value does not have the form that its specification requires.

    Most readers ignore it.

    Wrong:

        <georss:point>45.256</georss:point>

    Right:

        <georss:point>45.256 -71.92</georss:point>
    """
    value = about.value
    return None if _compiled(value.pattern).fullmatch(about.text) else f"is not {value.name}"


@lru_cache(maxsize=256)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.ASCII)


@value_check(
    "invalid-language",
    Level.ERROR,
    Kind.LANGUAGE,
    spec="https://www.rfc-editor.org/rfc/rfc5646.html#section-2.1",
    remedy="write a tag such as en, en-GB or zh-Hant",
)
def invalid_language(about: Context) -> str | None:
    """A language is not a valid RFC 5646 tag, or its first part is not a language.

    Readers cannot use it, for example to choose a voice or a font.

    Wrong:

        <language>english</language>

    Right:

        <language>en</language>
    """
    text = about.text
    return None if tokens.is_language(text) or (about.value.blank and not text) else "is not a language tag"


@value_check(
    "invalid-media-type",
    Level.ERROR,
    Kind.MEDIA_TYPE,
    spec="https://www.rfc-editor.org/rfc/rfc6838.html#section-4.2",
    remedy="write a type and a subtype, such as audio/mpeg",
)
def invalid_media_type(about: Context) -> str | None:
    """A media type does not have the form ``type/subtype``, with optional parameters.

    Readers decide by the type whether they can open a file.

    Wrong:

        <enclosure url="https://example.org/1.mp3" type="mp3" length="12345"/>

    Right:

        <enclosure url="https://example.org/1.mp3" type="audio/mpeg" length="12345"/>
    """
    return None if tokens.split_media_type(about.text) else "is not a media type"


@value_check("too-long", Level.ERROR, Kind.PLAIN, spec=APPLE, remedy="shorten it")
def too_long(about: Context) -> str | None:
    """A text is longer than its specification allows. Readers cut it off.

    Wrong:

        <itunes:subtitle>… 300 characters …</itunes:subtitle>

    Right:

        <itunes:subtitle>What we learned this week</itunes:subtitle>
    """
    text = about.text
    value = about.value
    if value.longest and len(text) > value.longest:
        return f"has {len(text)} characters; at most {value.longest} are allowed"
    return None


# Dates before the web come from a default or a wrong unit; no time zone explains dates after tomorrow.
_EARLIEST: Final = datetime(1970, 1, 2, tzinfo=UTC)
_SLACK: Final = timedelta(days=1)


@value_check(
    "invalid-rfc3339-date",
    Level.ERROR,
    Kind.RFC3339,
    spec="https://www.rfc-editor.org/rfc/rfc3339.html#section-5.6",
    remedy="write it like 2024-05-31T08:00:00Z or 2024-05-31T10:00:00+02:00",
)
def invalid_rfc3339_date(about: Context) -> str | None:
    """A date is not an RFC 3339 date with time and zone, or names a day that does not exist.

    Readers that cannot read a date sort the entry wrongly, or show it without one.

    Wrong:

        <updated>2024-02-30 08:00</updated>

    Right:

        <updated>2024-02-29T08:00:00Z</updated>
    """
    return None if dates.rfc3339(about.text) else "is not an RFC 3339 date and time"


@value_check(
    "invalid-rfc822-date",
    Level.ERROR,
    Kind.RFC822,
    spec="https://www.rssboard.org/rss-profile#data-types-datetime",
    remedy="write it like Fri, 31 May 2024 08:00:00 GMT",
)
def invalid_rfc822_date(about: Context) -> str | None:
    """A date is not an RFC 822 date and time, or names a day that does not exist.

    Readers that cannot read a date sort the item wrongly, or show it without one.

    Wrong:

        <pubDate>2024-05-31T08:00:00Z</pubDate>

    Right:

        <pubDate>Fri, 31 May 2024 08:00:00 GMT</pubDate>
    """
    return None if dates.rfc822(about.text) else "is not an RFC 822 date and time"


@value_check(
    "wrong-weekday",
    Level.ERROR,
    Kind.RFC822,
    spec="https://www.rfc-editor.org/rfc/rfc2822.html#section-3.3",
    remedy="correct the weekday, or leave it out",
)
def wrong_weekday(about: Context) -> str | None:
    """The weekday of a date does not match its day. Strict readers reject the whole date.

    Wrong:

        <pubDate>Mon, 31 May 2024 08:00:00 GMT</pubDate>

    Right:

        <pubDate>Fri, 31 May 2024 08:00:00 GMT</pubDate>
    """
    found = dates.rfc822(about.text)
    if found and found[1]:
        right = dates.weekday(found[0])
        if right != found[1]:
            return f"has the wrong weekday; it should be {right.title()}"
    return None


@value_check(
    "problematic-rfc822-date",
    Level.WARNING,
    Kind.RFC822,
    spec="https://www.rssboard.org/rss-profile#data-types-datetime",
    remedy="write it like Fri, 31 May 2024 08:00:00 GMT",
)
def problematic_rfc822_date(about: Context) -> str | None:
    """A date has a form that readers often misread, such as a two-digit year or a military zone.

    Wrong:

        <pubDate>Fri, 31 May 24 08:00:00 A</pubDate>

    Right:

        <pubDate>Fri, 31 May 2024 08:00:00 +0100</pubDate>
    """
    found = dates.rfc822(about.text)
    return "has a form that some readers misread" if found and not found[2] else None


@value_check(
    "invalid-w3c-date",
    Level.ERROR,
    Kind.W3CDTF,
    spec="https://www.w3.org/TR/NOTE-datetime",
    remedy="write it like 2024, 2024-05, 2024-05-31 or 2024-05-31T08:00:00Z",
)
def invalid_w3c_date(about: Context) -> str | None:
    """A date does not follow the W3C profile of ISO 8601, or names a day that does not exist.

    Readers ignore a date that they cannot read.

    Wrong:

        <dc:date>31 May 2024</dc:date>

    Right:

        <dc:date>2024-05-31</dc:date>
    """
    return None if dates.w3cdtf(about.text) else "is not a W3C date"


@value_check(
    "invalid-iso-8601-date",
    Level.ERROR,
    Kind.ISO8601,
    remedy="write it like 2024-05-31T08:00:00Z",
)
def invalid_iso_8601_date(about: Context) -> str | None:
    """A date does not follow ISO 8601, or names a day that does not exist.

    Readers ignore a date that they cannot read.

    Wrong:

        <podcast:liveItem status="pending" start="tomorrow">

    Right:

        <podcast:liveItem status="pending" start="2024-05-31T08:00:00Z">
    """
    return None if dates.iso8601(about.text) else "is not an ISO 8601 date and time"


@value_check(
    "implausible-date",
    Level.WARNING,
    Kind.RFC822,
    Kind.RFC3339,
    spec="https://www.rssboard.org/rss-profile#data-types-datetime",
    remedy="correct the date",
)
def implausible_date(about: Context) -> str | None:
    """A date is before 1970, or later than tomorrow.

    Readers hide items from the future, or keep them on top until then.

    Wrong:

        <updated>2424-05-31T08:00:00Z</updated>

    Right:

        <updated>2024-05-31T08:00:00Z</updated>
    """
    if about.value.kind is Kind.RFC3339:
        instant = dates.rfc3339(about.text)
    else:
        found = dates.rfc822(about.text)
        instant = found[0] if found else None
    if instant is None:
        return None
    if instant < _EARLIEST:
        return "is older than the web"
    return "is in the future" if about.now is not None and instant > about.now + _SLACK else None
