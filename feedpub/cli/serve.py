"""``feedpub serve``: look at what was built, and subscribe to it on this machine."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Annotated

import typer
import uvicorn

from feedpub.cli.console import DEFAULT_CONFIG, FAILED, ConfigOption, print_error, print_text
from feedpub.cli.preview import make_app, spare_pages
from feedpub.config import load_config
from feedpub.publishing.build import with_published
from feedpub.publishing.local.folder import read_manifest


def serve(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    host: Annotated[
        str, typer.Option(help="The address to listen on; the default is this machine only.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65535)] = 8000,
) -> None:
    """Serve the built feeds and pages, until Ctrl-C.

    Example: feedpub serve --port 8000
    """
    settings = with_published(load_config(config))
    if not read_manifest(settings.output.dir).documents:
        print_error(f"nothing is published in {settings.output.dir} yet; run feedpub build first")
        raise typer.Exit(FAILED)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        print_error(f"cannot listen on {host} port {port}: {error.strerror}; choose another with --port")
        raise typer.Exit(FAILED) from None
    address = f"http://{'localhost' if host == '127.0.0.1' else host}:{listener.getsockname()[1]}/"
    print_text(f"Serving {settings.output.dir} at {address} (Ctrl-C to stop)")
    if settings.site.base_url != address:
        print_text(f"The feeds name their own address as {settings.site.base_url}, as site.base_url says.")
    app = make_app(settings.output.dir, settings.site.base_url, spare_pages(settings))
    server = uvicorn.Server(uvicorn.Config(app, log_level="info"))
    with suppress(KeyboardInterrupt):  # which is how it is meant to end
        server.run(sockets=[listener])
