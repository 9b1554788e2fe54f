"""The documentation as a site. ``python3 run.py docs`` builds it, and fails if a link within it is broken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer

import feedpub

ROOT = Path(__file__).resolve().parent.parent

project = "feedpub"
version = release = feedpub.__version__
extensions = ["myst_parser"]
myst_heading_anchors = 4
exclude_patterns = ["_build"]
nitpicky = True
html_theme = "furo"
html_title = f"feedpub {release}"
html_copy_source = False
html_show_copyright = False
html_favicon = str(ROOT / "feedpub/documents/pages/templates/icon.svg")

OUTSIDE = {"changelog": "CHANGELOG.md", "contributing": "CONTRIBUTING.md", "security": "SECURITY.md"}
"""Pages whose text is in the root of the project, where contributors look for it; the files here only link to it."""


def bring(_app: Any, name: str, source: list[str]) -> None:
    """Load the text of a page from the root of the project, and change links to pages of the site."""
    if name in OUTSIDE:
        source[0] = (ROOT / OUTSIDE[name]).read_text(encoding="utf-8").replace("](docs/", "](")
    for page, file in OUTSIDE.items():
        source[0] = source[0].replace(f"](../{file}", f"]({page}.md").replace(f"]({file}", f"]({page}.md")


def setup(app: Any) -> None:
    """Register ``bring``, and a language that the highlighter does not know."""
    app.connect("source-read", bring)
    app.add_lexer("caddyfile", TextLexer)
