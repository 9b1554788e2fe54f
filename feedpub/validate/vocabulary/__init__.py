"""Every element that is understood, by name and, where it matters, by the parent it stands in."""

from __future__ import annotations

from typing import Final

from feedpub.validate.vocabulary import atom, rss
from feedpub.validate.vocabulary.model import Element

TABLES: Final = (rss.ELEMENTS, atom.ELEMENTS)
ELEMENTS: Final[dict[str, Element]] = {tag: element for table in TABLES for tag, element in table.items()}
IN_CONTEXT: Final[dict[tuple[str, str], Element]] = {**rss.IN_CONTEXT}


def element(within: str, tag: str) -> Element | None:
    """Return the definition of ``tag`` in the parent ``within``; None where no vocabulary has it."""
    return IN_CONTEXT.get((within, tag)) or ELEMENTS.get(tag)
