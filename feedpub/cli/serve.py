"""``feedpub serve``: look at the published files, and subscribe to them, on this machine."""

from __future__ import annotations

import logging
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
import uvicorn

from feedpub.cli.console import DEFAULT_CONFIG, FAILED, BaseUrlOption, ConfigOption, Failed, print_text
from feedpub.cli.live import Live, Rebuilder, missing_watchfiles
from feedpub.cli.preview import LIVE, Shown, make_app
from feedpub.config import Settings, load_config
from feedpub.core.errors import ALLOWANCES
from feedpub.publishing.build import build, with_published
from feedpub.publishing.build_report import BuildReport
from feedpub.publishing.drafts import with_drafts
from feedpub.publishing.local.folder import read_manifest


def serve(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    base_url: BaseUrlOption = None,
    host: Annotated[
        str,
        typer.Option(
            help="The address to listen on; by default, only this machine can connect.", metavar="HOST"
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="The port to listen on.", min=0, max=65535, metavar="PORT")
    ] = 8000,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Build first, and whenever sources, config or templates change; reload pages."
        ),
    ] = False,
    drafts: Annotated[
        bool,
        typer.Option(
            "--drafts",
            help="Also show drafts and articles that are held back, marked, from a temporary folder.",
        ),
    ] = False,
) -> None:
    """Serve the published feeds and pages until Ctrl-C.

    Example: feedpub serve --port 8000
    """
    if watch and (missing := missing_watchfiles()):
        raise Failed(missing)
    with ExitStack() as held:
        apart = Path(held.enter_context(TemporaryDirectory(prefix="feedpub-drafts-"))) if drafts else None
        settings = _settings(config, base_url, apart)
        shown, live = Shown.of(settings), Live() if watch else None

        def rebuild() -> tuple[Settings, BuildReport]:
            settings = _settings(config, base_url, apart)
            # Nobody has subscribed to the temporary site.
            report = build(settings, datetime.now(UTC), allow=ALLOWANCES if drafts else ())
            made = Shown.of(with_published(settings))
            shown.folder, shown.base, shown.spare, shown.links = (
                made.folder,
                made.base,
                made.spare,
                made.links,
            )
            return settings, report

        rebuilder = Rebuilder(config, rebuild, live or Live())
        if (watch or drafts) and not rebuilder.build() and not watch:
            raise typer.Exit(FAILED)
        if not watch and not read_manifest(shown.folder).documents:
            raise Failed(f"nothing is published in {shown.folder} yet; run feedpub build first")
        listener = held.enter_context(_listening(host, port))
        address = f"http://{'localhost' if host == '127.0.0.1' else host}:{listener.getsockname()[1]}/"
        what = "drafts and published articles" if drafts else str(shown.folder)
        print_text(f"Serving {what} at {address} (Ctrl-C to stop)")
        if shown.base != address:
            print_text(f"The feeds themselves contain the address {shown.base}, from site.base_url.")
        if watch:
            held.enter_context(_rebuilding(rebuilder))
        server = uvicorn.Server(uvicorn.Config(make_app(shown, live), log_level="info"))
        # Pages ask twice a second whether there is something new.
        logging.getLogger("uvicorn.access").addFilter(lambda record: LIVE not in record.getMessage())
        # When uvicorn has stopped, it raises the signal that stopped it again.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        with suppress(KeyboardInterrupt):  # the usual way to end it
            server.run(sockets=[listener])


def _settings(config: Path, base_url: str | None, apart: Path | None) -> Settings:
    settings = load_config(config, base_url=base_url)
    return with_drafts(settings, apart) if apart else with_published(settings)


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(128)
        except OSError as error:
            raise Failed(
                f"cannot listen on {host} port {port}: {error.strerror}; choose another with --port"
            ) from None
        yield listener


@contextmanager
def _rebuilding(rebuilder: Rebuilder) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=rebuilder.run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
