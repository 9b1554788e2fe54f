"""A web server for the folder just built: enough to look at it and subscribe on this machine, not for the internet.

It serves what the manifest lists and nothing else. Types carry ``charset=utf-8``, without which browsers show
mojibake; the ETag is the hash of the bytes, so that a poll of an unchanged feed costs a 304 (RFC 9110 §13). Pages name
the address that they are asked at in place of the one they will have, so that what one copies from them works.
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
"""Where what pages need to reload is served; no published file has such a name."""

_SCRIPT: Final = Path(__file__).with_name("live.js")


@dataclass(frozen=True, slots=True)
class Page:
    """What is answered: bytes and their media type."""

    data: bytes
    media_type: str


@dataclass
class Shown:
    """What is served: a published ``folder``, whose pages name ``base`` as their address.

    ``spare`` has, by name, what is served where the folder has no file of that name, ``links`` the header ``Link`` of
    the documents that people subscribe to (https://www.w3.org/TR/websub/#discovery).
    """

    folder: Path
    base: str
    spare: Mapping[str, Page]
    links: Mapping[str, str]

    @classmethod
    def of(cls, settings: Settings) -> Shown:
        """Return what is published of ``settings``."""
        site = settings.site
        hub = f'<{site.hub}>; rel="hub", ' if site.hub else ""
        names = [f"{feed.slug}.{known.name}" for feed in settings.feeds for known in settings.output.formats]
        links = {name: f'{hub}<{site.base_url}{name}>; rel="self"' for name in names}
        return cls(settings.output.dir, site.base_url, spare_pages(settings), links)


def make_app(shown: Shown, live: Live | None = None) -> Starlette:
    """Return an ASGI application for what is ``shown``; where it is ``live``, pages reload after each build.

    The script that does so lies in a file of its own, as no policy for pages allows one inside them.
    """

    async def answer(request: Request) -> Response:
        path = request.path_params["path"] or INDEX
        page = await run_in_threadpool(_find, path, shown)
        if page is not None:
            # A player seeks in a file by asking for parts of it.
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
    """Return a list of the feeds of ``settings``, for a site whose own pages are off or somebody else's."""
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
    # Of the page for what is missing, which begins its links at the host.
    return Page(data.replace(f'="{escape(urlsplit(base).path)}'.encode(), b'="/'), page.media_type)


def _respond(page: Page, request: Request, link: str | None, file: Path | None = None) -> Response:
    tag = f'"{hashlib.sha256(page.data).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "no-cache",  # keep it, but ask each time: a rebuild shows at once
        "Access-Control-Allow-Origin": "*",  # readers that run in a browser
        "X-Content-Type-Options": "nosniff",
    } | ({"Link": link} if link else {})
    wanted = request.headers.get("if-none-match", "")
    if "*" in wanted or tag in {candidate.strip().removeprefix("W/") for candidate in wanted.split(",")}:
        return Response(status_code=304, headers=headers)
    if file:
        return FileResponse(file, headers=headers, media_type=page.media_type)
    return Response(page.data, headers=headers | {"Content-Type": with_charset(page.media_type)})
