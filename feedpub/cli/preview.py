"""A web server for the published folder: to look at it and subscribe on this machine, not for the internet.

It serves only files that the manifest lists. Types have ``charset=utf-8``, without which browsers show
mojibake. The ETag is the hash of the bytes, so a poll of an unchanged feed gets a 304 (RFC 9110 §13). Pages contain
the address at which they are opened instead of their own, so that addresses copied from them work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from feedpub.cli.live import Live
from feedpub.config import Settings
from feedpub.core.media_types import with_charset
from feedpub.documents.channel import make_feed
from feedpub.documents.pages.look import Look
from feedpub.documents.pages.site import HTML_TYPE, INDEX, MISSING, PagedFeed, PageRenderer
from feedpub.publishing.local.folder import find_published
from feedpub.publishing.local.manifest import MEDIA

LIVE: Final = "/-/"
"""The path for what pages need to reload; no published file has such a name."""

_SCRIPT: Final = Path(__file__).with_name("live.js")


@dataclass(frozen=True, slots=True)
class Page:
    """A response: bytes and their media type."""

    data: bytes
    media_type: str


@dataclass
class Shown:
    """What is served: a published ``folder``, whose pages contain ``base`` as their address.

    ``spare`` has pages by name for names that the folder does not have, ``links`` the header ``Link`` of
    the documents that people subscribe to (https://www.w3.org/TR/websub/#discovery).
    """

    folder: Path
    base: str
    spare: Mapping[str, Page]
    links: Mapping[str, str]

    @classmethod
    def of(cls, settings: Settings) -> Shown:
        """Return what is published for ``settings``."""
        site = settings.site
        hub = f'<{site.hub}>; rel="hub", ' if site.hub else ""
        names = [f"{feed.slug}.{known.name}" for feed in settings.feeds for known in settings.output.formats]
        links = {name: f'{hub}<{site.base_url}{name}>; rel="self"' for name in names}
        return cls(settings.output.dir, site.base_url, spare_pages(settings), links)


def make_app(shown: Shown, live: Live | None = None) -> Starlette:
    """Return an ASGI application for what is ``shown``; if it is ``live``, pages reload after each build.

    The script for that is in a file of its own, because the policy for pages allows no inline script.
    """

    async def answer(request: Request) -> Response:
        path = request.path_params["path"] or INDEX
        page = await run_in_threadpool(_find, path, shown)
        if page is not None:
            # A player seeks in a file by requesting parts of it.
            file = shown.folder / path if path.startswith(MEDIA) else None
            return _respond(fitted(page, request), request, shown.links.get(path), file)
        missing = await run_in_threadpool(_find, MISSING, shown)
        if missing is None:
            return PlainTextResponse("Not found.\n", status_code=404)
        data = fitted(missing, request).data
        return Response(data, status_code=404, headers={"Content-Type": with_charset(HTML_TYPE)})

    def fitted(page: Page, request: Request) -> Page:
        page = _at(page, shown.base, str(request.base_url))
        return _reloading(page, live.build) if live and page.media_type == HTML_TYPE else page

    async def script(_: Request) -> Response:
        return Response(_SCRIPT.read_bytes(), media_type="text/javascript")

    async def builds(_: Request) -> Response:
        told = {"build": live.build, "error": live.error} if live else {}
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    ours = [Route(f"{LIVE}live.js", script), Route(f"{LIVE}builds.json", builds)] if live else []
    return Starlette(routes=[*ours, Route("/{path:path}", answer, methods=["GET", "HEAD"])])


def _reloading(page: Page, build: int) -> Page:
    tag = f'<script src="{LIVE}live.js" data-build="{build}" defer></script>\n</body>'
    head, found, rest = page.data.rpartition(b"</body>")
    return Page(head + tag.encode() + rest, page.media_type) if found else page


def spare_pages(settings: Settings) -> dict[str, Page]:
    """Return pages that list the feeds of ``settings``, for a site without pages of ours."""
    feeds = [PagedFeed(make_feed(feed, [], settings.site)) for feed in settings.feeds]
    output = settings.output
    made = PageRenderer(
        settings.site, output.formats, settings.categories, feeds, known=None, look=Look(output.templates)
    )
    return {
        page.path: Page(page.data, page.media_type) for page in (made.index(), made.missing(), *made.assets())
    }


def _find(path: str, shown: Shown) -> Page | None:
    published = find_published(shown.folder, path)
    return Page(published[1], published[0].media_type) if published else shown.spare.get(path)


def _at(page: Page, base: str, here: str) -> Page:
    """Return ``page`` as it is when it is served at ``here`` instead of ``base``."""
    if page.media_type != HTML_TYPE:
        return page
    data = page.data.replace(escape(base).encode(), escape(here).encode())
    # The 404 page begins its links at the host.
    return Page(data.replace(f'="{escape(urlsplit(base).path)}'.encode(), b'="/'), page.media_type)


def _respond(page: Page, request: Request, link: str | None, file: Path | None = None) -> Response:
    tag = f'"{hashlib.sha256(page.data).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "no-cache",  # ask each time, so that a new build is visible at once
        "Access-Control-Allow-Origin": "*",  # readers that run in a browser
        "X-Content-Type-Options": "nosniff",
    } | ({"Link": link} if link else {})
    wanted = request.headers.get("if-none-match", "")
    if "*" in wanted or tag in {candidate.strip().removeprefix("W/") for candidate in wanted.split(",")}:
        return Response(status_code=304, headers=headers)
    if file:
        return FileResponse(file, headers=headers, media_type=page.media_type)
    return Response(page.data, headers=headers | {"Content-Type": with_charset(page.media_type)})
