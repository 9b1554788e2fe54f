"""``feedpub templates``: write the templates of the pages to a folder, for the owner to change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from feedpub.cli.console import Failed, Misused, print_text
from feedpub.documents.pages.look import our_templates


def templates(
    folder: Annotated[
        Path, typer.Argument(help="Where to write them; it is created if missing.", metavar="FOLDER")
    ],
) -> None:
    """Write the templates of the pages, the style sheet and the icon to a folder. No file there is replaced.

    Name the folder as output.templates in the config. Keep only files that you change: missing ones are ours.

    Example: feedpub templates templates
    """
    ours = our_templates()
    if there := next((name for name in ours if (folder / name).exists()), None):
        raise Misused(f"{folder / there} already exists, so nothing was written; name another folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in ours.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise Failed(f"cannot write to {folder}: {error.strerror}; name another folder") from None
    print_text(
        f"Wrote {len(ours)} files to {folder}. Name it in the config:\n\noutput:\n  templates: {folder}"
    )
