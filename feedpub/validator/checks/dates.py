"""Dates: RFC 822 in RSS, RFC 3339 in Atom, the W3C's profile in Dublin Core."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from feedpub.validator.checks.model import (
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
from feedpub.validator.grammar import dates
from feedpub.validator.vocabulary.model import Element, Kind, Value

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
    invalid_rfc3339_date,
    invalid_rfc822_date,
    wrong_weekday,
    problematic_rfc822_date,
    invalid_w3c_date,
    implausible_date,
)
