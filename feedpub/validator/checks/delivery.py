"""How a feed is served: status, redirects, media type, encoding, and conditional requests."""

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
    """The server does not send the feed. The address is wrong, or the server has a fault.

    Wrong:

        HTTP/1.1 404 Not Found

    Right:

        HTTP/1.1 200 OK
    """
    delivery = about.delivery
    if delivery.status != 200:
        yield Problem(f"the server answered {delivery.status} {delivery.reason}".rstrip(), 1, 1)


@delivery_check(
    "http-redirect",
    Level.HINT,
    spec=f"{_HTTP}#name-redirection-3xx",
    remedy="use the new address wherever you link to the feed",
)
def http_redirect(about: Context) -> Iterator[Problem]:
    """The feed has moved permanently: the server redirects with 301 or 308.

    Readers that do not store the new address make two requests each time.

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
    """The header ``Content-Type`` does not name the format of the feed. Browsers and some readers rely on it.

    Wrong:

        Content-Type: text/html

    Right:

        Content-Type: application/rss+xml
    """
    expected = _TYPES.get(about.format)
    found = about.delivery.media_type
    if about.delivery.status == 200 and expected is not None and found not in expected:
        usual = min(expected - _XML)
        said = f"the Content-Type is {quoted(found)}, but" if found else "there is no Content-Type; it"
        yield Problem(f"{said} should be {usual}", 1, 1)


@delivery_check(
    "http-charset",
    Level.WARNING,
    spec="https://www.rfc-editor.org/rfc/rfc7303.html#section-3",
    remedy="name the encoding of the feed in the header, or leave out charset",
)
def http_charset(about: Context) -> Iterator[Problem]:
    """The ``charset`` in the header is not the encoding of the feed. Some readers then show wrong characters.

    Wrong:

        Content-Type: application/rss+xml; charset=iso-8859-1    (the feed is in UTF-8)

    Right:

        Content-Type: application/rss+xml; charset=utf-8
    """
    named = about.delivery.charset
    own = about.document.encoding or ("utf-8" if about.format == "json" else "")
    if named and own and about.delivery.status == 200 and not _same(named, own):
        yield Problem(f"the header says charset={quoted(named)}, but the feed is in {own.upper()}", 1, 1)


def _same(named: str, own: str) -> bool:
    try:
        codec = codecs.lookup(named).name
    except (LookupError, ValueError):
        return False
    # "utf-16" leaves the byte order to the byte order mark. ASCII is also valid UTF-8, but not the reverse.
    return codec == own or own.startswith(f"{codec}-") or (own == "ascii" and codec == "utf-8")


@delivery_check(
    "http-no-validator",
    Level.HINT,
    spec=f"{_HTTP}#name-validator-fields",
    remedy="make the server send an ETag or Last-Modified header",
)
def http_no_validator(about: Context) -> Iterator[Problem]:
    """The server sends neither ``ETag`` nor ``Last-Modified``. Readers download the whole feed each time.

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
    remedy="make the server answer If-None-Match and If-Modified-Since with 304 when nothing changed",
)
def http_not_conditional(about: Context) -> Iterator[Problem]:
    """The server sends the whole feed again to readers that already have it, which costs both sides traffic.

    Wrong:

        If-None-Match: "5e8f1a" → 200, the whole feed

    Right:

        If-None-Match: "5e8f1a" → 304
    """
    delivery = about.delivery
    if delivery.status == 200 and delivery.again is not None and delivery.again != 304:
        yield Problem(
            f"asked whether the feed changed, the server answered {delivery.again} instead of 304", 1, 1
        )
