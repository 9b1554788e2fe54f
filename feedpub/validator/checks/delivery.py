"""How a feed is served: status, redirects, media type and encoding, and whether it can be asked for changes only."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

from feedpub.validator.check_kinds import Context, Problem, delivery_check, quoted
from feedpub.validator.delivery import PERMANENT
from feedpub.validator.finding import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

_HTTP: Final = "https://www.rfc-editor.org/rfc/rfc9110.html"
_XML: Final = frozenset({"application/xml", "text/xml"})
_TYPES: Final = {
    "rss": frozenset({"application/rss+xml"}) | _XML,
    "atom": frozenset({"application/atom+xml"}) | _XML,
    "json": frozenset({"application/feed+json", "application/json"}),
}


@delivery_check(
    "http-status",
    Level.ERROR,
    spec=f"{_HTTP}#name-status-codes",
    remedy="make the server answer with 200 and the feed",
)
def http_status(about: Context) -> Iterator[Problem]:
    """The server does not send the feed: the address is wrong, or the server has a fault.

    Wrong:

        HTTP/1.1 404 Not Found

    Right:

        HTTP/1.1 200 OK
    """
    delivery = about.delivery
    if delivery.status != 200:
        yield Problem(f"the server says {delivery.status} {delivery.reason}".rstrip(), 1, 1)


@delivery_check(
    "http-redirect",
    Level.HINT,
    spec=f"{_HTTP}#name-redirection-3xx",
    remedy="name the new address wherever the feed is linked; readers ask twice until then",
)
def http_redirect(about: Context) -> Iterator[Problem]:
    """The feed has moved for good: the server redirects from its address with 301 or 308.

    Wrong:

        GET http://example.org/feed.rss → 301 https://example.org/feed.rss

    Right:

        GET https://example.org/feed.rss → 200
    """
    if any(status in PERMANENT for status, _ in about.delivery.redirects):
        yield Problem(f"the feed has moved to {quoted(about.delivery.location, 200)}", 1, 1)


@delivery_check(
    "http-media-type",
    Level.WARNING,
    spec=f"{_HTTP}#name-content-type",
    remedy="set the media type in the server's configuration",
)
def http_media_type(about: Context) -> Iterator[Problem]:
    """The header ``Content-Type`` does not name the format of the feed. Browsers and some readers go by it.

    Wrong:

        Content-Type: text/html

    Right:

        Content-Type: application/rss+xml
    """
    expected = _TYPES.get(about.format)
    found = about.delivery.media_type
    if about.delivery.status == 200 and expected is not None and found not in expected:
        usual = min(expected - _XML)
        said = f"the Content-Type is {quoted(found)}" if found else "there is no Content-Type"
        yield Problem(f"{said}, which should be {usual}", 1, 1)


@delivery_check(
    "http-charset",
    Level.WARNING,
    spec="https://www.rfc-editor.org/rfc/rfc7303.html#section-3",
    remedy="let the header name the encoding that the feed is in, or none",
)
def http_charset(about: Context) -> Iterator[Problem]:
    """The ``charset`` of the header is not the encoding of the feed. Readers that go by the header show other letters.

    Wrong:

        Content-Type: application/rss+xml; charset=iso-8859-1    (the feed is in UTF-8)

    Right:

        Content-Type: application/rss+xml; charset=utf-8
    """
    named = about.delivery.charset
    own = about.document.encoding or ("utf-8" if about.format == "json" else "")
    if named and own and about.delivery.status == 200 and not _same(named, own):
        yield Problem(f"the header says charset={quoted(named)}, the feed is in {own.upper()}", 1, 1)


def _same(named: str, own: str) -> bool:
    try:
        codec = codecs.lookup(named).name
    except (LookupError, ValueError):
        return False
    # Without an order of bytes, the mark tells it; ASCII is a part of UTF-8 the other way round only.
    return codec == own or own.startswith(f"{codec}-") or (own == "ascii" and codec == "utf-8")


@delivery_check(
    "http-no-validator",
    Level.HINT,
    spec=f"{_HTTP}#name-validator-fields",
    remedy="let the server send an ETag or Last-Modified",
)
def http_no_validator(about: Context) -> Iterator[Problem]:
    """The server sends neither ``ETag`` nor ``Last-Modified``, so readers cannot ask for changes only.

    Wrong:

        HTTP/1.1 200 OK

    Right:

        HTTP/1.1 200 OK
        ETag: "5e8f1a"
    """
    delivery = about.delivery
    if delivery.status == 200 and not (delivery.etag or delivery.last_modified):
        yield Problem("the server sends neither ETag nor Last-Modified", 1, 1)


@delivery_check(
    "http-not-conditional",
    Level.WARNING,
    spec=f"{_HTTP}#name-conditional-requests",
    remedy="let the server answer 304 to If-None-Match and If-Modified-Since when nothing changed",
)
def http_not_conditional(about: Context) -> Iterator[Problem]:
    """The server sends the whole feed again to a reader that has it already.

    Wrong:

        If-None-Match: "5e8f1a" → 200, the whole feed

    Right:

        If-None-Match: "5e8f1a" → 304
    """
    delivery = about.delivery
    if delivery.status == 200 and delivery.again is not None and delivery.again != 304:
        yield Problem(f"asked for changes only, the server says {delivery.again} instead of 304", 1, 1)
