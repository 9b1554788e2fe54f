"""Markdown → HTML, by CommonMark with tables, struck-out text and no footnotes."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


def to_html(text: str) -> str:
    """Return Markdown as HTML."""
    return str(renderer().render(text))


@lru_cache(maxsize=1)
def renderer() -> Any:
    """Return the parser; its own limit on nesting keeps time linear."""
    # Most runs do not read Markdown.
    from markdown_it import MarkdownIt  # noqa: PLC0415
    from markdown_it.rules_block import reference  # noqa: PLC0415

    def no_footnote(state: Any, first: int, last: int, silent: bool) -> bool:
        start = state.bMarks[first] + state.tShift[first]
        return not state.src.startswith("[^", start) and reference(state, first, last, silent)

    found = MarkdownIt("commonmark").enable("table").enable("strikethrough")
    # In CommonMark, a footnote of one word is an invisible link reference definition.
    found.block.ruler.at("reference", no_footnote)
    return found
