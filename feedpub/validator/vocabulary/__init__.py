"""All known elements, by name and, if necessary, by parent."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from feedpub.validator.vocabulary import (
    atom,
    extensions,
    media_rss,
    podcasts,
    rss,
)
from feedpub.validator.vocabulary.element import Kind

if TYPE_CHECKING:
    from feedpub.validator.vocabulary.element import Element


TABLES: Final = (
    rss.ELEMENTS,
    atom.ELEMENTS,
    media_rss.ELEMENTS,
    extensions.ELEMENTS,
    *podcasts.TABLES,
    *extensions.TABLES,
)
ELEMENTS: Final[dict[str, Element]] = {tag: found for table in TABLES for tag, found in table.items()}
IN_CONTEXT: Final[dict[tuple[str, str], Element]] = {**rss.IN_CONTEXT}
# Namespaces that no longer grow, so that a name which is not in the tables is a mistake.
CLOSED: Final = frozenset(
    {tag.partition(":")[0] for tag in ELEMENTS if ":" in tag} - {"podcast", "dcterms", "gml", "cc"}
)


# Namespaces of markup within text.
MARKUP: Final = frozenset({"xhtml", "svg", "mathml"})
MARKUP_PREFIXES: Final = tuple(f"{prefix}:" for prefix in sorted(MARKUP))
# Kinds of text without child elements.
LEAVES: Final = frozenset(Kind) - {Kind.ANY, Kind.MARKUP, Kind.CONTENT, Kind.TEXT_CONSTRUCT}


def element(within: str, tag: str) -> Element | None:
    """Return the definition of ``tag`` in the parent ``within``; None if no vocabulary has one."""
    if is_stray(within, tag):
        return None
    # A live item may contain the same elements as an item.
    place = "item" if within == "podcast:liveItem" else within
    return IN_CONTEXT.get((place, tag)) or ELEMENTS.get(tag)


def is_stray(within: str, tag: str) -> bool:
    """Tell whether ``tag`` has no namespace but its parent has one, so that it is not an element of RSS."""
    if ":" in tag or tag[:1] == "{" or not (":" in within or within[:1] == "{"):
        return False
    above = ELEMENTS.get(within)
    return within != "podcast:liveItem" and (above is None or tag not in above.children)


@lru_cache(maxsize=4096)
def single(parent: str, tag: str) -> bool:
    """Tell whether ``tag`` may only appear once in ``parent``."""
    above = ELEMENTS.get(parent)
    sign = above.children.get(tag) if above else None
    if sign is None:
        found = ELEMENTS.get(tag)
        return found is not None and found.once
    return sign in {"1", "?"}


@lru_cache(maxsize=4096)
def undefined(parent: str, tag: str) -> bool:
    """Tell whether ``tag`` is a mistake in ``parent``.

    It is a mistake if the parent is plain text; if both are of the same vocabulary, which does not allow it there; if
    its namespace is closed and does not define it; or if it is only defined for other parents. In an unknown parent,
    or in none, nothing is a mistake. Elements of unknown namespaces are foreign markup, which may be anywhere but in
    plain text.
    """
    prefix, colon, _ = tag.partition(":")
    foreign = tag[:1] == "{"
    if parent.startswith(MARKUP_PREFIXES):
        # Markup may contain markup and foreign markup. Readers ignore elements of other known or of no namespaces in
        # it.
        return tag[:2] == "{}" or (not foreign and prefix not in MARKUP and (not colon or prefix in CLOSED))
    above = ELEMENTS.get(parent)
    if above is None or foreign:
        return above is not None and _is_leaf(above)
    if above.text is None and (prefix if colon else "") == parent.rpartition(":")[0]:
        return tag not in above.children
    found = ELEMENTS.get(tag)
    if _is_leaf(above) or found is None or not colon:
        return _is_leaf(above) or (bool(colon) and prefix in CLOSED)
    return bool(found.within) and parent not in found.within and tag not in above.children


def _is_leaf(element: Element) -> bool:
    return element.text is not None and element.text.kind in LEAVES


def is_closed(tag: str) -> bool:
    """Tell whether all attributes of an element are known, because its namespace no longer grows."""
    return tag.partition(":")[0] not in {"podcast", "gml"}


def unknown_attribute(name: str) -> bool:
    """Tell whether an attribute is not an extension: it has no namespace, or one whose attributes are all known."""
    if name[:1] == "{":
        return False
    return ":" not in name or name.startswith("thr:")
