"""Values: numbers, words, tags and lengths against the grammar that the vocabulary gives them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from feedpub.validator.checks.model import value_check
from feedpub.validator.finding import Level
from feedpub.validator.grammar import languages, media_types
from feedpub.validator.vocabulary.model import Kind, Value
from feedpub.validator.vocabulary.podcast import APPLE

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


CHECKS: Final = (
    invalid_integer,
    invalid_decimal,
    unlisted_value,
    malformed_value,
    invalid_language,
    invalid_media_type,
    too_long,
)
