"""Every element that is understood, by name and, where it matters, by the parent it is in."""

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
# Namespaces whose owners say what is in them and no longer add to it: a name beyond the tables is a mistake.
CLOSED: Final = frozenset(
    {tag.partition(":")[0] for tag in ELEMENTS if ":" in tag} - {"podcast", "dcterms", "gml", "cc"}
)


# Namespaces of text that is marked up, and elements of theirs that hold it.
MARKUP: Final = frozenset({"xhtml", "svg", "mathml"})
MARKUP_PREFIXES: Final = tuple(f"{prefix}:" for prefix in sorted(MARKUP))
# Kinds of text that hold no elements.
LEAVES: Final = frozenset(Kind) - {Kind.ANY, Kind.MARKUP, Kind.CONTENT, Kind.TEXT_CONSTRUCT}


def element(within: str, tag: str) -> Element | None:
    """Return the definition of ``tag`` in the parent ``within``; None where no vocabulary has it."""
    if is_stray(within, tag):
        return None
    # A live item holds what an item holds.
    place = "item" if within == "podcast:liveItem" else within
    return IN_CONTEXT.get((place, tag)) or ELEMENTS.get(tag)


def is_stray(within: str, tag: str) -> bool:
    """Tell whether ``tag`` is in no namespace and its parent in one, so that it is not the element of RSS."""
    if ":" in tag or tag[:1] == "{" or not (":" in within or within[:1] == "{"):
        return False
    above = ELEMENTS.get(within)
    return within != "podcast:liveItem" and (above is None or tag not in above.children)


@lru_cache(maxsize=4096)
def single(parent: str, tag: str) -> bool:
    """Tell whether ``tag`` may be at most once in ``parent``."""
    above = ELEMENTS.get(parent)
    sign = above.children.get(tag) if above else None
    if sign is None:
        found = ELEMENTS.get(tag)
        return found is not None and found.once
    return sign in {"1", "?"}


@lru_cache(maxsize=4096)
def undefined(parent: str, tag: str) -> bool:
    """Tell whether ``tag`` is a mistake in ``parent``, where that is known (and not empty, for none).

    It is one where the parent is plain text, where both are of the same vocabulary and the parent's definition does
    not have it, where its (closed) namespace does not have it at all, and where it is defined for other parents only.
    Elements of unknown namespaces are foreign markup, which any element but plain text may hold.
    """
    prefix, colon, _ = tag.partition(":")
    foreign = tag[:1] == "{"
    if parent.startswith(MARKUP_PREFIXES):
        # Markup holds markup, and foreign markup; what is in no namespace, or means something else, is lost in it.
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
    """Tell whether all attributes of an element are known: its namespace does not grow."""
    return tag.partition(":")[0] not in {"podcast", "gml"}


def unknown_attribute(name: str) -> bool:
    """Tell whether no element could have the attribute: no namespace, or one whose attributes are all known."""
    if name[:1] == "{":
        return False
    return ":" not in name or name.startswith("thr:")
