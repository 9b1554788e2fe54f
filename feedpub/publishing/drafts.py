"""A preview of a site with its drafts, built in a separate folder, so that it never goes online."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from feedpub.config import Settings


def with_drafts(settings: Settings, folder: Path) -> Settings:
    """Return ``settings`` that also publish drafts and articles that are held back, but to ``folder``.

    They call no hook and no hub, and ignore what was published before.
    """
    output = replace(
        settings.output,
        dir=folder / "feeds",
        state=folder / "state",
        layout="files",
        gzip=False,
        on_publish=(),
    )
    sources = tuple(replace(spec, drafts=True) for spec in settings.sources)
    guards = replace(settings.guards, max_rejects=None)
    return replace(settings, output=output, sources=sources, guards=guards, drafts=True)
