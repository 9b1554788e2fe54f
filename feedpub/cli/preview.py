"""A web server for the folder just built: enough to subscribe on this machine, not one for the internet.

It serves what the manifest lists and nothing else. Types carry ``charset=utf-8``, without which browsers show
mojibake; the ETag is the hash of the bytes, so that a poll of an unchanged feed costs a 304 (RFC 9110 §13).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from feedpub.publishing.local.folder import read_manifest, read_published


@dataclass(frozen=True, slots=True)
class Page:
    """A generated page that stands beside the published files."""

    data: bytes
    media_type: str


def make_app(folder: Path, pages: Mapping[str, Page]) -> Starlette:
    """Return an ASGI application for the published ``folder`` and ``pages`` by path (``""`` is the root)."""

    async def answer(request: Request) -> Response:
        page = await run_in_threadpool(_find, request.path_params["path"], folder, pages)
        if page is None:
            return PlainTextResponse("Not found.\n", status_code=404)
        return _respond(page, request)

    return Starlette(routes=[Route("/{path:path}", answer, methods=["GET", "HEAD"])])


def _find(path: str, folder: Path, pages: Mapping[str, Page]) -> Page | None:
    if path in pages:
        return pages[path]
    published = read_manifest(folder).documents.get(path)
    data = read_published(folder, path) if published else None
    return Page(data, published.media_type) if published and data is not None else None


def _respond(page: Page, request: Request) -> Response:
    tag = f'"{hashlib.sha256(page.data).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "no-cache",  # keep it, but ask each time: a rebuild shows at once
        "Access-Control-Allow-Origin": "*",  # readers that run in a browser
        "X-Content-Type-Options": "nosniff",
    }
    wanted = request.headers.get("if-none-match", "")
    if "*" in wanted or tag in {candidate.strip().removeprefix("W/") for candidate in wanted.split(",")}:
        return Response(status_code=304, headers=headers)
    return Response(page.data, headers=headers | {"Content-Type": f"{page.media_type}; charset=utf-8"})
