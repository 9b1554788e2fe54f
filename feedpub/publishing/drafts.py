"""A site as it would be if its drafts were published: built apart, so that nothing of it is ever online."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from feedpub.config import Settings


def with_drafts(settings: Settings, folder: Path) -> Settings:
    """Return ``settings`` that show drafts and what is held back, too, and put all that they make into ``folder``.

    Nobody is told of what is published there, and nothing that was published before counts.
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
